#include "core/base/character.h"

size_t karto_character_at(struct karto_slice text, size_t at, uint32_t *code)
{
    static const uint8_t lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const uint8_t *p = text.data + at;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC0 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF8 ? 4 : 0;
    *code = 0xFFFD;
    if (length == 0 || length > text.size - at)
        return 1;
    uint32_t whole = p[0] & lead_mask[length];
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 1;
        whole = whole << 6 | (p[i] & 0x3F);
    }
    *code = whole;
    return length;
}

void karto_character_add(struct karto_buf *out, uint32_t c)
{
    if (c < 0x80) {
        karto_buf_add_byte(out, (uint8_t)c);
    } else if (c < 0x800) {
        karto_buf_add_byte(out, (uint8_t)(0xC0 | c >> 6));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        karto_buf_add_byte(out, (uint8_t)(0xE0 | c >> 12));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
    } else {
        karto_buf_add_byte(out, (uint8_t)(0xF0 | c >> 18));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c >> 12 & 0x3F)));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
    }
}

bool karto_character_commands(uint32_t code)
{
    bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    bool direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    return control || direction;
}
