#include "client/terminal.h"

#include "core/base/harmless.h"
#include "core/base/text.h"

#include <string.h>

void karto_terminal_text(struct karto_buf *out, struct karto_slice text)
{
    karto_harmless(out, text, " ");
}

void karto_terminal_lines(struct karto_buf *out, struct karto_slice text)
{
    karto_harmless(out, text, "\n");
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
