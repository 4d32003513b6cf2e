#include "client/mark.h"

#include "client/terminal.h"
#include "core/base/text.h"

enum { SHOWN_MAX = 60 };

void karto_mark_place(struct karto_buf *picture, struct karto_slice text, size_t at)
{
    struct karto_buf shown = KARTO_BUF_EMPTY, before = KARTO_BUF_EMPTY;
    karto_terminal_text(&before, karto_slice(text.data, at));
    size_t mark = karto_text_width(karto_buf_slice(&before));
    if (mark <= SHOWN_MAX) {
        karto_terminal_text(&shown, text);
        karto_buf_add_str(picture, "    ");
        karto_terminal_cut(picture, karto_buf_slice(&shown), SHOWN_MAX + 10);
        karto_buf_add_str(picture, "\n    ");
        karto_terminal_spaces(picture, mark);
        karto_buf_add_str(picture, "^\n");
    }
    karto_buf_fini(&shown);
    karto_buf_fini(&before);
}
