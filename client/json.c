#include "client/json.h"

#include "core/base/character.h"

#include <string.h>

static void add_escaped(struct karto_buf *out, uint32_t code)
{
    static const char letters[] = "\b\f\n\r\t\"\\", escapes[] = "bfnrt\"\\";
    const char *letter = code && code < 0x80 ? strchr(letters, (int)code) : NULL;
    if (letter)
        karto_buf_printf(out, "\\%c", escapes[letter - letters]);
    else
        karto_buf_printf(out, "\\u%04x", code);
}

/* What commands a terminal is written as a number, although JSON could bear most of it: an answer may be read there. */
static bool must_escape(uint32_t code)
{
    return code == '"' || code == '\\' || karto_character_commands(code);
}

void karto_json_text(struct karto_buf *out, struct karto_slice text)
{
    karto_buf_add_byte(out, '"');
    size_t from = 0;
    for (size_t at = 0, size; at < text.size; at += size) {
        uint32_t code;
        size = karto_character_at(text, at, &code);
        if (!must_escape(code))
            continue;
        karto_buf_add(out, text.data + from, at - from);
        add_escaped(out, code);
        from = at + size;
    }
    if (from < text.size)
        karto_buf_add(out, text.data + from, text.size - from);
    karto_buf_add_byte(out, '"');
}

void karto_json_comma(struct karto_buf *out)
{
    uint8_t last = out->size ? out->data[out->size - 1] : '[';
    if (last != '{' && last != '[' && last != ':')
        karto_buf_add_byte(out, ',');
}
