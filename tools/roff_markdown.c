#include "tools/roff_markdown.h"

#include "tools/roff.h"

#include <string.h>

/* The next line, without its end. False: there is none. */
static bool next_line(struct karto_slice *rest, struct karto_slice *line)
{
    if (rest->size == 0)
        return false;
    const uint8_t *end = memchr(rest->data, '\n', rest->size);
    size_t size = end ? (size_t)(end - rest->data) : rest->size, step = size + (end != NULL);
    *line = karto_slice(rest->data, size);
    *rest = karto_slice(rest->data + step, rest->size - step);
    return true;
}

static bool begins(struct karto_slice line, const char *with)
{
    size_t size = strlen(with);
    return line.size >= size && memcmp(line.data, with, size) == 0;
}

static struct karto_slice behind(struct karto_slice line, size_t size)
{
    return karto_slice(line.data + size, line.size - size);
}

static struct karto_slice trimmed(struct karto_slice text)
{
    while (text.size && text.data[0] == ' ')
        text = behind(text, 1);
    while (text.size && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

/* How much of text, which begins with '[', is a link; 0: it is none. label: its words. */
static size_t link_size(struct karto_slice text, struct karto_slice *label)
{
    const uint8_t *middle = memchr(text.data, ']', text.size), *end = text.data + text.size;
    if (!middle || end - middle < 2 || middle[1] != '(')
        return 0;
    const uint8_t *close = memchr(middle, ')', (size_t)(end - middle));
    *label = karto_slice(text.data + 1, (size_t)(middle - text.data) - 1);
    return close ? (size_t)(close - text.data) + 1 : 0;
}

/* Without the marks of Markdown; what stands in `code` stays as it is, but for the \| of tables. */
static void add_plain(struct karto_buf *plain, struct karto_slice text)
{
    bool code = false;
    for (size_t i = 0; i < text.size; i++) {
        struct karto_slice label;
        uint8_t byte = text.data[i];
        size_t link = byte == '[' && !code ? link_size(behind(text, i), &label) : 0;
        if (link) {
            add_plain(plain, label);
            i += link - 1;
        } else if (byte == '`') {
            code = !code;
        } else if (byte == '\\' && i + 1 < text.size && (text.data[i + 1] == '|' || !code)) {
            karto_buf_add_byte(plain, text.data[++i]);
        } else if (byte != '*' || code) {
            karto_buf_add_byte(plain, byte);
        }
    }
}

/* The next cell of a row of a table; row is what is left of it. */
static struct karto_slice next_cell(struct karto_slice *row)
{
    size_t size = 0;
    while (size < row->size && (row->data[size] != '|' || (size && row->data[size - 1] == '\\')))
        size++;
    struct karto_slice cell = trimmed(karto_slice(row->data, size));
    *row = behind(*row, size < row->size ? size + 1 : size);
    return cell;
}

static void add_row(struct karto_buf *out, struct karto_slice line)
{
    struct karto_buf name = KARTO_BUF_EMPTY, text = KARTO_BUF_EMPTY;
    struct karto_slice row = behind(line, 1);
    add_plain(&name, next_cell(&row));
    add_plain(&text, next_cell(&row));
    karto_roff_item(out, karto_buf_slice(&name), karto_buf_slice(&text));
    karto_buf_fini(&name);
    karto_buf_fini(&text);
}

/* The rows of a table, of which line is the first: its head and the rule below it say nothing on a page. */
static void add_table(struct karto_buf *out, struct karto_slice *rest)
{
    struct karto_slice line;
    (void)next_line(rest, &line);
    while (begins(*rest, "|") && next_line(rest, &line))
        add_row(out, line);
}

/* Gathers the lines from line on that belong to one block. */
static void gather(struct karto_buf *block, struct karto_slice line, struct karto_slice *rest, const char *indent)
{
    karto_buf_add_slice(block, behind(line, strlen(indent)));
    while (begins(*rest, indent) && !begins(*rest, "\n") && !begins(*rest, "|") && next_line(rest, &line)) {
        karto_buf_add_byte(block, '\n');
        karto_buf_add_slice(block, behind(line, strlen(indent)));
    }
}

static void add_block(struct karto_buf *out, struct karto_slice line, struct karto_slice *rest)
{
    struct karto_buf block = KARTO_BUF_EMPTY, plain = KARTO_BUF_EMPTY;
    bool as_it_stands = begins(line, "    ");
    gather(&block, line, rest, as_it_stands ? "    " : "");
    if (as_it_stands) {
        karto_roff_lines(out, karto_buf_slice(&block));
    } else {
        add_plain(&plain, karto_buf_slice(&block));
        karto_roff_paragraph(out, karto_buf_slice(&plain));
    }
    karto_buf_fini(&block);
    karto_buf_fini(&plain);
}

void karto_roff_markdown(struct karto_buf *out, struct karto_slice document)
{
    struct karto_slice line;
    while (next_line(&document, &line)) {
        if (line.size == 0 || begins(line, "# "))
            continue;
        if (begins(line, "## "))
            karto_roff_section(out, behind(line, 3));
        else if (begins(line, "|"))
            add_table(out, &document);
        else
            add_block(out, line, &document);
    }
}
