#include "client/typed_word.h"

#include <string.h>

static bool is_plain(uint8_t byte)
{
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           (byte && strchr("+,-./:=@_%^", byte));
}

static bool are_plain(const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && is_plain(bytes[at]))
        at++;
    return at == size;
}

/* Where the part begins that is quoted: the value of a plain FIELD=VALUE, else all. */
static size_t quoted_from(struct karto_slice word)
{
    const uint8_t *equals = word.size ? memchr(word.data, '=', word.size) : NULL;
    size_t size = equals ? (size_t)(equals - word.data) + 1 : 0;
    return are_plain(word.data, size) ? size : 0;
}

void karto_typed_word(struct karto_buf *out, struct karto_slice word)
{
    size_t begin = quoted_from(word), at;
    if (word.size && are_plain(word.data, word.size) && (begin == 0 || begin < word.size)) {
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
