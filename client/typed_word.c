#include "client/typed_word.h"

#include <string.h>

static bool is_plain(uint8_t byte)
{
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           (byte && strchr("+,-./:=@_%^", byte));
}

void karto_typed_word(struct karto_buf *out, struct karto_slice word)
{
    const uint8_t *equals = word.size ? memchr(word.data, '=', word.size) : NULL;
    size_t begin = equals ? (size_t)(equals - word.data) + 1 : 0, at = begin;
    while (at < word.size && is_plain(word.data[at]))
        at++;
    if (at == word.size && word.size) {
        karto_buf_add_slice(out, word);
        return;
    }
    karto_buf_add(out, word.data, begin);
    karto_buf_add_byte(out, '"');
    for (at = begin; at < word.size; at++) {
        if (word.data[at] && strchr("\"\\$`", word.data[at]))
            karto_buf_add_byte(out, '\\');
        karto_buf_add_byte(out, word.data[at]);
    }
    karto_buf_add_byte(out, '"');
}
