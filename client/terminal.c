#include "client/terminal.h"

#include "core/base/text.h"

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

void karto_terminal_cut(struct karto_buf *out, struct karto_slice text, size_t width)
{
    if (karto_text_width(text) <= width) {
        karto_buf_add_slice(out, text);
        return;
    }
    karto_buf_add_slice(out, karto_text_cut(text, width - 1));
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
