#include "client/out_rows.h"

#include "client/terminal.h"
#include "core/base/fatal.h"
#include "core/base/heading.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

/* So many rows are looked at before the first is printed; later ones are cut to the widths of these. */
enum { LOOK_AHEAD = 200, GAP = 2, WIDTH_MIN = 6, WRAPPED_MIN = 24, FLUSH_SIZE = 64 * 1024 };

struct cell {
    size_t at, size; /* in the table's text */
    size_t width;
};

struct table {
    struct karto_rows rows; /* first: out_rows.h */
    struct karto_buf text;  /* of headings and rows that wait, or of a card's names and values */
    struct karto_buf cells; /* struct cell, column by column, row by row */
    bool settled;           /* widths stand, rows are printed as they come */
    size_t width[KARTO_COLUMNS_MAX];
    bool is_number[KARTO_COLUMNS_MAX];
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static struct cell *cells_of(const struct table *table)
{
    return (struct cell *)(void *)table->cells.data;
}

static size_t cell_count(const struct table *table)
{
    return table->cells.size / sizeof(struct cell);
}

static void add_cell(struct table *table, struct karto_slice text)
{
    struct cell cell = {.at = table->text.size};
    karto_terminal_text(&table->text, text);
    cell.size = table->text.size - cell.at;
    cell.width = karto_text_width(karto_slice(table->text.data + cell.at, cell.size));
    karto_buf_add(&table->cells, &cell, sizeof cell);
}

static struct karto_slice text_of(const struct table *table, const struct cell *cell)
{
    return karto_slice(table->text.data + cell->at, cell->size);
}

static void forget_cells(struct table *table)
{
    karto_buf_clear(&table->text);
    karto_buf_clear(&table->cells);
}

/* A choice as people call it: "покупець" for "customer" of "status"; anything else as it is. word holds it. */
static struct karto_slice choice_word(enum karto_lang lang, struct karto_slice name, struct karto_slice value,
                                      struct karto_buf *word)
{
    if (name.size == 0 || memchr(name.data, '.', name.size)) /* choices are of plain fields */
        return value;
    karto_buf_clear(word);
    karto_buf_add_slice(word, name);
    karto_buf_add_byte(word, '.');
    karto_buf_add_slice(word, value);
    struct karto_slice whole = karto_buf_slice(word), heading = karto_heading(lang, whole);
    return karto_slice_equal(heading, whole) ? value : heading;
}

/* -- a list -- */

static bool is_among(struct karto_slice name, const char *const *names)
{
    for (; *names; names++)
        if (karto_slice_is(name, *names))
            return true;
    return false;
}

/* What is typed again is no good when a part of it is missing. */
static bool is_whole(const struct karto_out *out, const struct table *table, unsigned column)
{
    static const char *const names[] = {"short", "id", "record", "undo", "dot", "edrpou", "date", "time", NULL};
    return table->is_number[column] || is_among(out->columns[column], names);
}

/* What was changed, and why it was not, is read to its end: it goes on in the next line. */
static bool is_wrapped(const struct karto_out *out, unsigned column)
{
    static const char *const names[] = {"sets", "state", "values", NULL};
    return is_among(out->columns[column], names);
}

/* The part of a cell that the next line takes, between words where that is possible; *rest is what remains. */
static struct karto_slice take_line(struct karto_slice *rest, size_t width)
{
    struct karto_slice part = karto_text_cut(*rest, width);
    size_t size = part.size;
    if (size == 0) /* a letter wider than the column */
        size = rest->size;
    if (size < rest->size) {
        while (size && rest->data[size] != ' ')
            size--;
        size = size ? size : part.size;
    }
    part = karto_slice(rest->data, size);
    *rest = karto_slice(rest->data + size, rest->size - size);
    while (rest->size && rest->data[0] == ' ')
        *rest = karto_slice(rest->data + 1, rest->size - 1);
    return part;
}

static void print_cell(struct karto_out *out, const struct table *table, unsigned column, struct karto_slice text,
                       bool last)
{
    size_t width = table->width[column], used = karto_text_width(text);
    used = used < width ? used : width;
    if (table->is_number[column])
        karto_terminal_spaces(&out->text, width - used);
    karto_terminal_cut(&out->text, text, width);
    if (!last)
        karto_terminal_spaces(&out->text, GAP + (table->is_number[column] ? 0 : width - used));
}

/* A line of a row. rests: what of each cell has not been printed; is taken off. */
static void print_line(struct karto_out *out, const struct table *table, struct karto_slice *rests, bool wraps)
{
    unsigned last = out->column_count;
    while (last && (table->width[last - 1] == 0 || (rests[last - 1].size == 0 && last > 1)))
        last--;
    for (unsigned i = 0; i < last; i++) {
        if (table->width[i] == 0)
            continue;
        struct karto_slice text = rests[i];
        if (wraps && is_wrapped(out, i))
            text = take_line(&rests[i], table->width[i]);
        else
            rests[i].size = 0;
        print_cell(out, table, i, text, i + 1 == last);
    }
}

static void print_row(struct karto_out *out, const struct table *table, const struct cell *row, bool is_heading)
{
    struct karto_slice rests[KARTO_COLUMNS_MAX];
    bool more = true;
    karto_buf_add_str(&out->text, is_heading && out->options.color ? KARTO_STYLE_BOLD : "");
    for (unsigned i = 0; i < out->column_count; i++)
        rests[i] = text_of(table, &row[i]);
    while (more) {
        print_line(out, table, rests, !is_heading);
        more = false;
        for (unsigned i = 0; i < out->column_count; i++)
            more = more || (table->width[i] && rests[i].size);
        karto_buf_add_str(&out->text, more ? "\n" : "");
    }
    karto_buf_add_str(&out->text, is_heading && out->options.color ? KARTO_STYLE_NONE : "");
    karto_buf_add_byte(&out->text, '\n');
    if (out->text.size > FLUSH_SIZE)
        karto_out_flush(out);
}

static size_t total_width(const struct karto_out *out, const struct table *table)
{
    size_t total = 0;
    for (unsigned i = 0; i < out->column_count; i++)
        total += table->width[i] ? table->width[i] + (total ? GAP : 0) : 0;
    return total;
}

/* That there are no conflicts is nothing to see either. */
static bool says_nothing(const struct karto_out *out, unsigned column, struct karto_slice text)
{
    static const char *const counts[] = {"conflicts", NULL};
    return text.size == 0 || (karto_slice_is(text, "0") && is_among(out->columns[column], counts));
}

/* Where there is too little room, a column in which nothing stands gives up its place, unless it was asked for. */
static void leave_out_empty(const struct karto_out *out, struct table *table)
{
    const struct cell *cells = cells_of(table);
    size_t count = cell_count(table), columns = out->column_count;
    if (out->options.columns)
        return;
    for (size_t column = 0; column < columns; column++) {
        bool empty = true;
        for (size_t i = columns + column; i < count && empty; i += columns)
            empty = says_nothing(out, (unsigned)column, text_of(table, &cells[i]));
        if (empty)
            table->width[column] = 0;
    }
}

/* How narrow a column may become: what must stay whole keeps the room of its values, if not that of its heading. */
static size_t least_width(const struct karto_out *out, const struct table *table, unsigned column)
{
    size_t count = cell_count(table), least = 0;
    if (!is_whole(out, table, column))
        return WIDTH_MIN;
    for (size_t i = out->column_count + column; i < count; i += out->column_count)
        least = larger(least, cells_of(table)[i].width);
    return least;
}

/* Takes from the widest column that may be cut, again and again, until the row fits or none can be narrower. */
static void narrow(const struct karto_out *out, struct table *table, const size_t *least)
{
    for (size_t total = total_width(out, table); total > out->options.width; total--) {
        unsigned widest = out->column_count;
        for (unsigned i = 0; i < out->column_count; i++)
            if (table->width[i] > least[i] && (widest == out->column_count || table->width[i] > table->width[widest]))
                widest = i;
        if (widest == out->column_count)
            return;
        table->width[widest]--;
    }
}

/* What goes on in the next line is hard to read in a very narrow column: it is the last to become one. */
static void fit(const struct karto_out *out, struct table *table, bool all_is_here)
{
    size_t least[KARTO_COLUMNS_MAX];
    if (out->options.width == 0 || total_width(out, table) <= out->options.width)
        return;
    if (all_is_here)
        leave_out_empty(out, table);
    for (unsigned i = 0; i < out->column_count; i++)
        least[i] = is_wrapped(out, i) ? WRAPPED_MIN : least_width(out, table, i);
    narrow(out, table, least);
    for (unsigned i = 0; i < out->column_count; i++)
        least[i] = is_wrapped(out, i) ? WIDTH_MIN : table->width[i];
    narrow(out, table, least);
}

/* all_is_here: no rows come behind these. */
static void settle(struct karto_out *out, bool all_is_here)
{
    struct table *table = out->form;
    const struct cell *cells = cells_of(table);
    size_t count = cell_count(table), columns = out->column_count;
    for (size_t i = 0; i < columns; i++)
        table->width[i] = 1;
    for (size_t i = 0; i < count; i++)
        table->width[i % columns] = larger(table->width[i % columns], cells[i].width);
    fit(out, table, all_is_here);
    for (size_t i = 0; i < count; i += columns)
        print_row(out, table, cells + i, i == 0);
    forget_cells(table);
    table->settled = true;
}

static void table_row(struct karto_out *out)
{
    struct table *table = out->form;
    struct karto_buf word = KARTO_BUF_EMPTY;
    for (unsigned i = 0; i < out->column_count; i++) {
        struct karto_slice value = karto_buf_slice(&table->rows.cells[i]);
        add_cell(table, choice_word(out->options.lang, out->columns[i], value, &word));
        table->is_number[i] = table->is_number[i] || table->rows.is_number[i];
    }
    karto_buf_fini(&word);
    if (table->settled) {
        print_row(out, table, cells_of(table), false);
        forget_cells(table);
    } else if (cell_count(table) > LOOK_AHEAD * (size_t)out->column_count) {
        settle(out, false);
    }
}

static void table_rows(struct karto_out *out)
{
    struct table *table = out->form;
    if (table->rows.shape == KARTO_OUT_CARD) {
        karto_rows_open(out, true);
        return;
    }
    karto_rows_list(&table->rows, true);
    table->settled = false;
    memset(table->is_number, 0, sizeof table->is_number);
    for (unsigned i = 0; i < out->column_count; i++)
        add_cell(table, karto_heading(out->options.lang, out->columns[i]));
}

/* Headings over nothing are no answer: what an empty list means, the command says. */
static void table_rows_end(struct karto_out *out)
{
    struct table *table = out->form;
    if (table->rows.shape == KARTO_OUT_CARD) {
        karto_rows_close(out, true);
        return;
    }
    karto_rows_list(&table->rows, false);
    if (!table->settled && cell_count(table) > out->column_count)
        settle(out, true);
    forget_cells(table);
}

/* -- a card -- */

/* "created.user" has no row of its own: "Created: user". */
static void add_name(struct karto_buf *out, enum karto_lang lang, struct karto_slice name)
{
    struct karto_slice whole = karto_heading(lang, name);
    const uint8_t *dot = memchr(name.data, '.', name.size);
    if (!dot || !karto_slice_equal(whole, name)) {
        karto_buf_add_slice(out, whole);
        return;
    }
    size_t first = (size_t)(dot - name.data);
    karto_buf_add_slice(out, karto_heading(lang, karto_slice(name.data, first)));
    karto_buf_add_str(out, ": ");
    add_name(out, lang, karto_slice(dot + 1, name.size - first - 1));
}

static void table_fact(struct karto_out *out, struct karto_slice name, enum karto_leaf kind, struct karto_slice value)
{
    struct table *table = out->form;
    enum karto_lang lang = out->options.lang;
    if (kind == KARTO_LEAF_NULL || karto_slice_is(name, "schema") || karto_slice_is(name, "kind"))
        return;
    struct karto_buf heading = KARTO_BUF_EMPTY;
    add_name(&heading, lang, name);
    add_cell(table, karto_buf_slice(&heading));
    karto_buf_fini(&heading);
    if (kind == KARTO_LEAF_BOOL)
        value = karto_slice_str(karto_message_text(lang, karto_slice_is(value, "true") ? KARTO_M_YES : KARTO_M_NO));
    struct karto_buf word = KARTO_BUF_EMPTY;
    add_cell(table, choice_word(lang, name, value, &word));
    karto_buf_fini(&word);
}

static void print_card(struct karto_out *out)
{
    struct table *table = out->form;
    const struct cell *cells = cells_of(table);
    size_t count = cell_count(table), width = 0;
    for (size_t i = 0; i < count; i += 2)
        width = larger(width, cells[i].width);
    for (size_t i = 0; i + 1 < count; i += 2) {
        karto_buf_add_str(&out->text, out->options.color ? KARTO_STYLE_DIM : "");
        karto_buf_add_slice(&out->text, text_of(table, &cells[i]));
        karto_buf_add_str(&out->text, out->options.color ? KARTO_STYLE_NONE : "");
        karto_terminal_spaces(&out->text, width - cells[i].width + GAP);
        karto_buf_add_slice(&out->text, text_of(table, &cells[i + 1]));
        karto_buf_add_byte(&out->text, '\n');
    }
    forget_cells(table);
}

static void table_begin(struct karto_out *out, enum karto_out_shape shape)
{
    if (!out->form) {
        struct table *table = karto_must(calloc(1, sizeof *table));
        table->rows.fact = table_fact;
        table->rows.row = table_row;
        out->form = table;
    }
    karto_rows_begin(out->form, shape);
}

static void table_end(struct karto_out *out)
{
    print_card(out);
}

static void table_say(struct karto_out *out, struct karto_slice lines)
{
    const struct table *table = out->form;
    KARTO_ASSERT(!table || !table->rows.in_rows);
    if (table)
        print_card(out); /* what was said before stands before */
    karto_terminal_lines(&out->text, lines);
    if (lines.size && lines.data[lines.size - 1] != '\n')
        karto_buf_add_byte(&out->text, '\n');
}

static void table_free(struct karto_out *out)
{
    struct table *table = out->form;
    if (!table)
        return;
    karto_rows_fini(&table->rows);
    karto_buf_fini(&table->text);
    karto_buf_fini(&table->cells);
    free(table);
}

const struct karto_form_ops karto_out_table = {
    .begin = table_begin,
    .end = table_end,
    .key = karto_rows_key,
    .open = karto_rows_open,
    .close = karto_rows_close,
    .leaf = karto_rows_leaf,
    .rows = table_rows,
    .rows_end = table_rows_end,
    .say = table_say,
    .free = table_free,
};
