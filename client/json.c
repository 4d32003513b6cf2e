#include "client/json.h"

#include <string.h>

static void add_escaped(struct karto_buf *out, uint8_t byte)
{
    static const char letters[] = "\b\f\n\r\t\"\\", escapes[] = "bfnrt\"\\";
    const char *letter = byte ? strchr(letters, byte) : NULL;
    if (letter)
        karto_buf_printf(out, "\\%c", escapes[letter - letters]);
    else
        karto_buf_printf(out, "\\u%04x", byte);
}

void karto_json_text(struct karto_buf *out, struct karto_slice text)
{
    karto_buf_add_byte(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F)
            continue;
        karto_buf_add(out, text.data + from, i - from);
        add_escaped(out, byte);
        from = i + 1;
    }
    if (from < text.size)
        karto_buf_add(out, text.data + from, text.size - from);
    karto_buf_add_byte(out, '"');
}
