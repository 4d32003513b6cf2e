#include "core/base/harmless.h"

#include "core/base/character.h"

void karto_harmless(struct karto_buf *out, struct karto_slice text, const char *line_break)
{
    for (size_t at = 0; at < text.size;) {
        uint32_t code;
        size_t size = karto_character_at(text, at, &code);
        bool ends_line = code == '\r' && at + 1 < text.size && text.data[at + 1] == '\n';
        if (code == '\n')
            karto_buf_add_str(out, line_break);
        else if (code == '\t' || (code == '\r' && !ends_line))
            karto_buf_add_byte(out, ' ');
        else if (!ends_line && (karto_character_commands(code) || code == 0xFFFD))
            karto_buf_add_str(out, "\uFFFD");
        else if (!ends_line)
            karto_buf_add(out, text.data + at, size);
        at += size;
    }
}
