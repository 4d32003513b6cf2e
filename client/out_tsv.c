#include "client/out_rows.h"

#include "core/base/fatal.h"
#include "core/base/character.h"

#include <stdlib.h>

enum { FLUSH_SIZE = 64 * 1024 };

/* Tabs and ends of lines are the form's own; what commands has no business in a terminal that this is piped to. */
static void add_escaped(struct karto_buf *out, struct karto_slice text)
{
    for (size_t at = 0, size; at < text.size; at += size) {
        uint32_t code;
        size = karto_character_at(text, at, &code);
        if (code == '\t')
            karto_buf_add_str(out, "\\t");
        else if (code == '\n')
            karto_buf_add_str(out, "\\n");
        else if (code == '\r')
            karto_buf_add_str(out, "\\r");
        else if (code == '\\')
            karto_buf_add_str(out, "\\\\");
        else if (!karto_character_commands(code))
            karto_buf_add(out, text.data + at, size);
        else
            for (size_t i = 0; i < size; i++)
                karto_buf_printf(out, "\\x%02x", text.data[at + i]);
    }
}

static void tsv_fact(struct karto_out *out, struct karto_slice name, enum karto_leaf kind, struct karto_slice value)
{
    (void)kind;
    if (karto_slice_is(name, "schema") || karto_slice_is(name, "kind"))
        return;
    add_escaped(&out->text, name);
    karto_buf_add_byte(&out->text, '\t');
    add_escaped(&out->text, value);
    karto_buf_add_byte(&out->text, '\n');
    if (out->text.size > FLUSH_SIZE)
        karto_out_flush(out);
}

static void tsv_row(struct karto_out *out)
{
    struct karto_rows *rows = out->form;
    for (unsigned i = 0; i < out->column_count; i++) {
        karto_buf_add_str(&out->text, i ? "\t" : "");
        add_escaped(&out->text, karto_buf_slice(&rows->cells[i]));
    }
    karto_buf_add_byte(&out->text, '\n');
    if (out->text.size > FLUSH_SIZE)
        karto_out_flush(out);
}

static void tsv_begin(struct karto_out *out, enum karto_out_shape shape)
{
    if (!out->form) {
        struct karto_rows *rows = karto_must(calloc(1, sizeof *rows));
        rows->exact = true;
        rows->fact = tsv_fact;
        rows->row = tsv_row;
        out->form = rows;
    }
    karto_rows_begin(out->form, shape);
}

static void tsv_end(struct karto_out *out)
{
    (void)out;
}

static void tsv_rows(struct karto_out *out)
{
    struct karto_rows *rows = out->form;
    if (rows->shape == KARTO_OUT_CARD) {
        karto_rows_open(out, true);
        return;
    }
    karto_rows_list(rows, true);
    for (unsigned i = 0; i < out->column_count; i++) {
        karto_buf_add_str(&out->text, i ? "\t" : "");
        karto_buf_add_slice(&out->text, out->columns[i]);
    }
    karto_buf_add_byte(&out->text, '\n');
}

static void tsv_rows_end(struct karto_out *out)
{
    struct karto_rows *rows = out->form;
    if (rows->shape == KARTO_OUT_CARD)
        karto_rows_close(out, true);
    else
        karto_rows_list(rows, false);
}

static void tsv_free(struct karto_out *out)
{
    if (out->form)
        karto_rows_fini(out->form);
    free(out->form);
}

const struct karto_form_ops karto_out_tsv = {
    .begin = tsv_begin,
    .end = tsv_end,
    .key = karto_rows_key,
    .open = karto_rows_open,
    .close = karto_rows_close,
    .leaf = karto_rows_leaf,
    .rows = tsv_rows,
    .rows_end = tsv_rows_end,
    .free = tsv_free,
};
