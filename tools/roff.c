#include "tools/roff.h"

#include <string.h>

/* What roff would read as something else than the character itself; NULL: nothing. */
static const char *escape_of(uint8_t byte)
{
    switch (byte) {
    case '\\': return "\\(rs";
    case '-': return "\\-";
    case '\'': return "\\(aq";
    case '`': return "\\(ga";
    case '^': return "\\(ha";
    case '~': return "\\(ti";
    }
    return NULL;
}

static void add_byte(struct karto_buf *out, uint8_t byte)
{
    const char *escape = escape_of(byte);
    if (escape)
        karto_buf_add_str(out, escape);
    else
        karto_buf_add_byte(out, byte);
}

static bool at_line_start(const struct karto_buf *out)
{
    return out->size == 0 || out->data[out->size - 1] == '\n';
}

void karto_roff_text(struct karto_buf *out, struct karto_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '.' && at_line_start(out))
            karto_buf_add_str(out, "\\&");
        add_byte(out, text.data[i] == '\n' ? ' ' : text.data[i]);
    }
}

void karto_roff_page(struct karto_buf *out, const char *name, char section, const char *heading, const char *summary)
{
    karto_buf_printf(out, ".TH \"%s\" %c \"\" \"Kartoteka %s\" \"Kartoteka\"\n", name, section, KARTO_VERSION);
    karto_roff_section(out, karto_slice_str(heading));
    karto_buf_printf(out, "%s \\- ", name);
    karto_roff_text(out, karto_slice_str(summary));
    karto_buf_add_byte(out, '\n');
}

/* A request whose argument is all that stands behind it. */
static void request(struct karto_buf *out, const char *name, struct karto_slice text)
{
    karto_buf_printf(out, ".%s \"", name);
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '"')
            karto_buf_add_str(out, "\\(dq");
        else
            add_byte(out, text.data[i]);
    karto_buf_add_str(out, "\"\n");
}

void karto_roff_section(struct karto_buf *out, struct karto_slice heading)
{
    request(out, "SH", heading);
}

void karto_roff_subsection(struct karto_buf *out, struct karto_slice heading)
{
    request(out, "SS", heading);
}

void karto_roff_label(struct karto_buf *out, struct karto_slice label)
{
    karto_buf_add_str(out, ".PP\n");
    request(out, "I", label);
}

void karto_roff_paragraph(struct karto_buf *out, struct karto_slice text)
{
    if (text.size == 0)
        return;
    karto_buf_add_str(out, ".PP\n");
    karto_roff_text(out, text);
    karto_buf_add_byte(out, '\n');
}

void karto_roff_lines(struct karto_buf *out, struct karto_slice lines)
{
    karto_buf_add_str(out, ".PP\n.nf\n");
    while (lines.size) {
        const uint8_t *end = memchr(lines.data, '\n', lines.size);
        size_t size = end ? (size_t)(end - lines.data) : lines.size;
        karto_roff_text(out, karto_slice(lines.data, size));
        karto_buf_add_byte(out, '\n');
        size += end != NULL;
        lines = karto_slice(lines.data + size, lines.size - size);
    }
    karto_buf_add_str(out, ".fi\n");
}

void karto_roff_item(struct karto_buf *out, struct karto_slice name, struct karto_slice text)
{
    karto_buf_add_str(out, ".TP\n");
    request(out, "B", name);
    karto_roff_text(out, text);
    karto_buf_add_byte(out, '\n');
}
