#include "client/terminal.h"

#include <string.h>

/* One character's bytes from p on, and its number; what is no UTF-8 counts byte by byte. */
static size_t decode(const uint8_t *p, size_t size, uint32_t *code)
{
    static const uint8_t lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC0 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF8 ? 4 : 0;
    if (length == 0 || length > size) {
        *code = 0xFFFD;
        return 1;
    }
    *code = p[0] & lead_mask[length];
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *code = 0xFFFD;
            return 1;
        }
        *code = *code << 6 | (p[i] & 0x3F);
    }
    return length;
}

static bool is_harmful(uint32_t code)
{
    bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    bool direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    return control || direction || code == 0xFFFD;
}

static void add_safe(struct karto_buf *out, struct karto_slice text, const char *line_break)
{
    for (size_t at = 0; at < text.size;) {
        uint32_t code;
        size_t size = decode(text.data + at, text.size - at, &code);
        if (code == '\n')
            karto_buf_add_str(out, line_break);
        else if (code == '\t' || code == '\r')
            karto_buf_add_byte(out, ' ');
        else if (is_harmful(code))
            karto_buf_add_str(out, "\uFFFD");
        else
            karto_buf_add(out, text.data + at, size);
        at += size;
    }
}

void karto_terminal_text(struct karto_buf *out, struct karto_slice text)
{
    add_safe(out, text, " ");
}

void karto_terminal_lines(struct karto_buf *out, struct karto_slice text)
{
    add_safe(out, text, "\n");
}

static size_t columns_of(uint32_t code)
{
    if ((code >= 0x300 && code <= 0x36F) || code == 0x200B || code == 0x200D || code == 0xFE0F)
        return 0;
    return code >= 0x1100 &&
                   (code <= 0x115F || (code >= 0x2E80 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                    (code >= 0xFF00 && code <= 0xFF60) || (code >= 0x1F300 && code <= 0x3FFFD))
               ? 2
               : 1;
}

static struct karto_slice fitting(struct karto_slice text, size_t columns)
{
    size_t at = 0;
    while (at < text.size) {
        uint32_t code;
        size_t size = decode(text.data + at, text.size - at, &code), width = columns_of(code);
        if (width > columns)
            break;
        columns -= width;
        at += size;
    }
    return karto_slice(text.data, at);
}

size_t karto_terminal_width(struct karto_slice text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t code;
        at += decode(text.data + at, text.size - at, &code);
        width += columns_of(code);
    }
    return width;
}

void karto_terminal_cut(struct karto_buf *out, struct karto_slice text, size_t width)
{
    if (karto_terminal_width(text) <= width) {
        karto_buf_add_slice(out, text);
        return;
    }
    karto_buf_add_slice(out, fitting(text, width - 1));
    karto_buf_add_str(out, "…");
}

void karto_terminal_spaces(struct karto_buf *out, size_t count)
{
    memset(karto_buf_reserve(out, count), ' ', count);
    out->size += count;
}

bool karto_terminal_color(enum karto_color choice, bool is_terminal, const char *no_color, const char *term)
{
    switch (choice) {
    case KARTO_COLOR_ALWAYS: return true;
    case KARTO_COLOR_NEVER: return false;
    case KARTO_COLOR_AUTO: break;
    }
    bool unwanted = no_color && *no_color;
    bool dumb = term && strcmp(term, "dumb") == 0;
    return is_terminal && !unwanted && !dumb;
}
