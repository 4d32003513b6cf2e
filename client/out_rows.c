#include "client/out_rows.h"

#include "client/json.h"
#include "client/set_cell.h"
#include "core/base/fatal.h"

#include <string.h>

/* While an operation of a form runs, out->depth already is what it will be afterwards: the level of what was opened, or
 * around what was closed. */

void karto_rows_begin(struct karto_rows *rows, enum karto_out_shape shape)
{
    rows->shape = shape;
    rows->in_rows = false;
    rows->row_depth = 0;
    rows->array_depth = 0;
    rows->path_size[1] = 0;
}

void karto_rows_list(struct karto_rows *rows, bool in_rows)
{
    rows->in_rows = in_rows;
    rows->array_depth = 0;
}

void karto_rows_fini(struct karto_rows *rows)
{
    karto_buf_fini(&rows->value);
    karto_buf_fini(&rows->nested);
    for (unsigned i = 0; i < KARTO_COLUMNS_MAX; i++)
        karto_buf_fini(&rows->cells[i]);
}

void karto_rows_key(struct karto_out *out, struct karto_slice key)
{
    struct karto_rows *rows = out->form;
    if (rows->array_depth) {
        karto_json_comma(&rows->nested);
        karto_json_text(&rows->nested, key);
        karto_buf_add_byte(&rows->nested, ':');
        return;
    }
    size_t size = rows->path_size[out->depth];
    KARTO_ASSERT(size + 1 + key.size < sizeof rows->path);
    if (size)
        rows->path[size++] = '.';
    if (key.size)
        memcpy(rows->path + size, key.data, key.size);
    rows->path_size[out->depth + 1] = size + key.size;
}

/* Keys count from here on: what is opened now is a row, or what it is called goes without saying. */
static bool begins_path(const struct karto_out *out, const struct karto_rows *rows, bool is_array)
{
    if (is_array)
        return false;
    if (rows->in_rows)
        return out->depth == rows->row_depth;
    struct karto_slice path = karto_slice(rows->path, rows->path_size[out->depth]);
    return out->depth == 2 && karto_slice_is(path, "fields");
}

static void clear_cells(struct karto_out *out)
{
    struct karto_rows *rows = out->form;
    for (unsigned i = 0; i < out->column_count; i++) {
        karto_buf_clear(&rows->cells[i]);
        rows->is_number[i] = false;
    }
}

void karto_rows_open(struct karto_out *out, bool is_array)
{
    struct karto_rows *rows = out->form;
    if (rows->in_rows && rows->row_depth == 0) {
        rows->row_depth = out->depth;
        clear_cells(out);
    }
    if (begins_path(out, rows, is_array))
        rows->path_size[out->depth] = 0;
    if (is_array && !rows->array_depth) {
        rows->array_depth = out->depth;
        rows->has_objects = false;
        karto_buf_clear(&rows->value);
        karto_buf_clear(&rows->nested);
    }
    if (rows->array_depth) {
        karto_json_comma(&rows->nested);
        karto_buf_add_byte(&rows->nested, is_array ? '[' : '{');
        rows->has_objects = rows->has_objects || out->depth > rows->array_depth;
    }
    if (out->depth > 1 && out->is_array[out->depth - 2])
        rows->element_begins = true;
}

/* Whether a leaf at path belongs into column: it is its value, or a part of it. */
static bool belongs(struct karto_slice path, struct karto_slice column)
{
    if (path.size < column.size || memcmp(path.data, column.data, column.size) != 0)
        return false;
    return path.size == column.size || path.data[column.size] == '.';
}

/* A fact of a card, if it is among those that --columns asks for. */
static void add_fact(struct karto_out *out, struct karto_slice name, enum karto_leaf kind, struct karto_slice value)
{
    struct karto_rows *rows = out->form;
    struct karto_slice rest = karto_slice_str(out->options.columns), column;
    bool wanted = rest.size == 0;
    while (!wanted && karto_out_next_column(&rest, &column))
        wanted = belongs(name, column);
    if (wanted)
        rows->fact(out, name, kind, value);
}

/* Of texts and numbers what a cell of a set is (set_cell.h), which karto import reads; of anything else JSON. */
static struct karto_slice array_text(const struct karto_rows *rows)
{
    return karto_buf_slice(rows->has_objects ? &rows->nested : &rows->value);
}

static void end_array(struct karto_out *out)
{
    struct karto_rows *rows = out->form;
    struct karto_slice name = karto_slice(rows->path, rows->path_size[out->depth + 1]);
    struct karto_slice text = rows->exact ? array_text(rows) : karto_buf_slice(&rows->value);
    rows->array_depth = 0;
    if (!rows->in_rows && rows->shape == KARTO_OUT_CARD)
        add_fact(out, name, text.size ? KARTO_LEAF_TEXT : KARTO_LEAF_NULL, text);
    for (unsigned i = 0; rows->exact && rows->row_depth && i < out->column_count; i++)
        if (belongs(name, out->columns[i]))
            karto_buf_add_slice(&rows->cells[i], text);
}

void karto_rows_close(struct karto_out *out, bool is_array)
{
    struct karto_rows *rows = out->form;
    if (rows->array_depth)
        karto_buf_add_byte(&rows->nested, is_array ? ']' : '}');
    if (is_array && rows->array_depth == out->depth + 1) {
        end_array(out);
    } else if (rows->row_depth && rows->row_depth == out->depth + 1) {
        rows->row_depth = 0;
        rows->row(out);
    }
}

/* Elements of an array are apart by ", ", and what belongs together by a blank. */
static void append(struct karto_rows *rows, struct karto_buf *cell, struct karto_slice text)
{
    if (cell->size)
        karto_buf_add_str(cell, rows->array_depth && rows->element_begins ? ", " : " ");
    karto_buf_add_slice(cell, text);
}

/* Money is a number with a currency here, and JSON knows none. */
static void add_nested(struct karto_rows *rows, enum karto_leaf kind, struct karto_slice text)
{
    karto_json_comma(&rows->nested);
    if (kind == KARTO_LEAF_NULL)
        karto_buf_add_str(&rows->nested, "null");
    else if (kind == KARTO_LEAF_TEXT || (text.size && memchr(text.data, ' ', text.size)))
        karto_json_text(&rows->nested, text);
    else
        karto_buf_add_slice(&rows->nested, text);
}

void karto_rows_leaf(struct karto_out *out, enum karto_leaf kind, struct karto_slice text)
{
    struct karto_rows *rows = out->form;
    bool element = rows->array_depth && out->is_array[out->depth - 1];
    if (rows->array_depth)
        add_nested(rows, kind, text);
    if (rows->exact && rows->array_depth) {
        if (kind != KARTO_LEAF_NULL)
            karto_set_cell_add(&rows->value, 0, text);
        return;
    }
    if (element)
        rows->element_begins = true;
    unsigned level = rows->array_depth ? rows->array_depth : out->depth + 1;
    struct karto_slice path = karto_slice(rows->path, rows->path_size[level]);
    if (rows->row_depth) {
        for (unsigned i = 0; i < out->column_count; i++) {
            if (!belongs(path, out->columns[i]) || kind == KARTO_LEAF_NULL)
                continue;
            append(rows, &rows->cells[i], text);
            rows->is_number[i] = kind == KARTO_LEAF_NUMBER;
        }
    } else if (rows->array_depth && kind != KARTO_LEAF_NULL) {
        append(rows, &rows->value, text);
    } else if (!rows->array_depth && rows->shape == KARTO_OUT_CARD && !rows->in_rows) {
        add_fact(out, path, kind, text);
    }
    if (kind != KARTO_LEAF_NULL)
        rows->element_begins = element;
}
