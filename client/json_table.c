#include "client/json_table.h"

#include "client/csv.h"
#include "client/json_tree.h"
#include "client/line_part.h"
#include "client/set_cell.h"

#include <stdio.h>
#include <string.h>

/* What is done with each record: first the columns are found, then the rows are written. */
struct making {
    struct karto_json_table *table;
    struct karto_arena arena;    /* of the whole table */
    struct karto_arena record;   /* of the record at hand */
    struct karto_slice *columns; /* KARTO_CSV_CELLS_MAX */
    size_t column_count;
    struct karto_slice *cells; /* of the record at hand */
    bool writes;
    uint64_t number; /* of the record at hand */
    struct karto_csv_writer writer;
};

/* ---- cells ---- */

/* A column of this name gets text, or, when they are still looked for, is there from now on. */
static enum karto_err put(struct making *m, struct karto_slice name, struct karto_slice text)
{
    size_t i = 0;
    while (i < m->column_count && !karto_slice_equal(m->columns[i], name))
        i++;
    if (i == KARTO_CSV_CELLS_MAX)
        return KARTO_E_LIMIT;
    if (i == m->column_count)
        m->columns[m->column_count++] = karto_arena_copy(&m->arena, name);
    m->cells[i] = text;
    return KARTO_OK;
}

static struct karto_slice joined(struct making *m, struct karto_slice a, char between, struct karto_slice b)
{
    return karto_slice_str(karto_arena_printf(&m->record, "%.*s%c%.*s", (int)a.size, (const char *)a.data, between,
                                              (int)b.size, b.size ? (const char *)b.data : ""));
}

/* One value: text, a number, yes or no, money. */
static enum karto_err value_text(struct making *m, const struct karto_json *value, struct karto_slice *text)
{
    const struct karto_json *amount = karto_json_member(value, "amount");
    const struct karto_json *currency = karto_json_member(value, "currency");
    *text = value->text;
    switch (value->type) {
    case KARTO_JSON_NULL: *text = karto_slice(NULL, 0); return KARTO_OK;
    case KARTO_JSON_BOOL:
    case KARTO_JSON_NUMBER:
    case KARTO_JSON_STRING: return KARTO_OK;
    case KARTO_JSON_ARRAY: return KARTO_E_INVALID;
    case KARTO_JSON_OBJECT: break;
    }
    if (!amount || !currency)
        return KARTO_E_INVALID;
    *text = joined(m, amount->text, ' ', currency->text);
    return KARTO_OK;
}

static enum karto_err put_set(struct making *m, struct karto_slice name, const struct karto_json *set)
{
    struct karto_buf cell = KARTO_BUF_EMPTY;
    struct karto_slice text;
    enum karto_err err = set->type == KARTO_JSON_ARRAY ? KARTO_OK : KARTO_E_INVALID;
    for (size_t i = 0; i < set->count && err == KARTO_OK; i++) {
        err = value_text(m, &set->items[i], &text);
        karto_set_cell_add(&cell, 0, text);
    }
    if (err == KARTO_OK && cell.size)
        err = put(m, name, karto_arena_copy(&m->record, karto_buf_slice(&cell)));
    karto_buf_fini(&cell);
    return err;
}

static enum karto_err put_timeline(struct making *m, struct karto_slice name, const struct karto_json *timeline)
{
    enum karto_err err = timeline->type == KARTO_JSON_ARRAY ? KARTO_OK : KARTO_E_INVALID;
    for (size_t i = 0; i < timeline->count && err == KARTO_OK; i++) {
        const struct karto_json *since = karto_json_member(&timeline->items[i], "since");
        const struct karto_json *value = karto_json_member(&timeline->items[i], "value");
        struct karto_slice day = since ? since->text : karto_slice_str("0001-01-01"), text;
        if (timeline->items[i].type != KARTO_JSON_OBJECT)
            return KARTO_E_INVALID;
        if (!value)
            continue; /* a day that was taken back */
        err = value_text(m, value, &text);
        if (err == KARTO_OK)
            err = put(m, joined(m, name, '@', day), text);
    }
    return err;
}

static enum karto_err put_map(struct making *m, struct karto_slice name, const struct karto_json *map)
{
    struct karto_slice text;
    enum karto_err err = map->type == KARTO_JSON_OBJECT ? KARTO_OK : KARTO_E_INVALID;
    for (size_t i = 0; i < map->count && err == KARTO_OK; i++) {
        err = value_text(m, &map->items[i], &text);
        if (err == KARTO_OK)
            err = put(m, joined(m, name, '.', map->items[i].key), text);
    }
    return err;
}

/* ---- rows ---- */

static void write_row(struct making *m)
{
    for (size_t i = 0; i < m->column_count; i++)
        karto_csv_write(&m->writer, m->cells[i]);
    karto_csv_write_end_row(&m->writer);
    karto_buf_add(&m->table->records, &m->number, sizeof m->number);
}

/* The parts of a line, each in the column of its name; those that it does not have are empty. */
static enum karto_err put_line(struct making *m, const struct karto_json *line)
{
    enum karto_err err = put(m, karto_slice_str("lines.key"), line->key);
    for (const struct karto_field_def *part = karto_line_parts(); part->name && err == KARTO_OK; part++) {
        const struct karto_json *value = karto_json_member(line, part->name);
        struct karto_slice text = {NULL, 0}, name = karto_slice_str(part->name);
        if (value)
            err = value_text(m, value, &text);
        if (err == KARTO_OK)
            err = put(m, joined(m, karto_slice_str("lines"), '.', name), text);
    }
    return err;
}

static enum karto_err put_lines(struct making *m, const struct karto_json *lines)
{
    enum karto_err err = lines->type == KARTO_JSON_OBJECT ? KARTO_OK : KARTO_E_INVALID;
    for (size_t i = 0; i < lines->count && err == KARTO_OK; i++) {
        if (lines->items[i].type != KARTO_JSON_OBJECT)
            return KARTO_E_INVALID;
        err = put_line(m, &lines->items[i]);
        if (err == KARTO_OK && m->writes)
            write_row(m);
    }
    return err;
}

static enum karto_err put_field(struct making *m, const struct karto_json *field)
{
    const struct karto_field_def *def = karto_field_named(m->table->kind, field->key);
    struct karto_slice text;
    if (field->type == KARTO_JSON_NULL || (def && (def->number == KARTO_F_MERGED || def->type == KARTO_TUPLE)))
        return KARTO_OK;
    switch (def ? def->shape : KARTO_SCALAR) { /* a field that there is not, the import will name */
    case KARTO_SET: return put_set(m, field->key, field);
    case KARTO_TIMELINE: return put_timeline(m, field->key, field);
    case KARTO_MAP: return put_map(m, field->key, field);
    case KARTO_SCALAR: break;
    }
    enum karto_err err = value_text(m, field, &text);
    return err == KARTO_OK ? put(m, field->key, text) : err;
}

/* ---- records ---- */

static enum karto_err choose_kind(struct making *m, const struct karto_json *record)
{
    const struct karto_json *name = karto_json_member(record, "kind");
    const struct karto_kind_def *kind = name ? karto_kind_named(name->text) : NULL;
    if (!kind)
        return KARTO_E_INVALID;
    if (m->table->kind == 0)
        m->table->kind = kind->number;
    return m->table->kind == kind->number ? KARTO_OK : KARTO_E_EXISTS;
}

static enum karto_err take_record(struct making *m, const struct karto_json *record)
{
    const struct karto_json *id = karto_json_member(record, "id"), *fields = karto_json_member(record, "fields");
    const struct karto_json *lines = fields ? karto_json_member(fields, "lines") : NULL;
    m->number++;
    memset(m->cells, 0, KARTO_CSV_CELLS_MAX * sizeof *m->cells);
    if (!fields || fields->type != KARTO_JSON_OBJECT)
        return KARTO_E_INVALID;
    enum karto_err err = choose_kind(m, record);
    if (err == KARTO_OK && id)
        err = put(m, karto_slice_str("id"), id->text);
    for (size_t i = 0; i < fields->count && err == KARTO_OK; i++)
        err = put_field(m, &fields->items[i]);
    if (err == KARTO_OK && lines && lines->count)
        return put_lines(m, lines);
    if (err == KARTO_OK && m->writes)
        write_row(m);
    return err;
}

static enum karto_err take_value(struct making *m, const struct karto_json *value)
{
    const struct karto_json *items = karto_json_member(value, "items");
    enum karto_err err = KARTO_OK;
    if (!items)
        return take_record(m, value);
    for (size_t i = 0; i < items->count && err == KARTO_OK; i++)
        err = take_record(m, &items->items[i]);
    return err;
}

static uint64_t line_of(struct karto_slice text, size_t at)
{
    uint64_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text.data[i] == '\n';
    return line;
}

/* From the beginning to the end. */
static enum karto_err take_all(struct making *m, struct karto_slice text)
{
    enum karto_err err = KARTO_OK;
    m->number = 0;
    for (size_t at = 0, begin; err == KARTO_OK && karto_json_more(text, &at);) {
        struct karto_json value;
        begin = at;
        err = karto_json_read(&m->record, text, &at, &value) ? take_value(m, &value) : KARTO_E_INVALID;
        if (err != KARTO_OK)
            m->table->line = line_of(text, err == KARTO_E_INVALID && at < text.size ? at : begin);
        karto_arena_reset(&m->record);
    }
    return err;
}

static struct karto_slice without_mark(struct karto_slice text)
{
    bool marked = text.size >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0;
    return marked ? karto_slice(text.data + 3, text.size - 3) : text;
}

bool karto_json_table_begins(struct karto_slice text)
{
    size_t at = 0;
    text = without_mark(text);
    return karto_json_more(text, &at) && text.data[at] == '{';
}

enum karto_err karto_json_table_make(struct karto_json_table *table, struct karto_slice text)
{
    struct making m = {.table = table};
    karto_arena_init(&m.arena);
    karto_arena_init(&m.record);
    m.columns = karto_arena_array(&m.arena, KARTO_CSV_CELLS_MAX, sizeof *m.columns);
    m.cells = karto_arena_array(&m.arena, KARTO_CSV_CELLS_MAX, sizeof *m.cells);
    text = without_mark(text);
    enum karto_err err = take_all(&m, text);
    if (err == KARTO_OK && m.number == 0)
        err = KARTO_E_NOT_FOUND;
    if (err == KARTO_OK) {
        m.writes = true;
        karto_csv_write_begin(&m.writer, &table->csv, ',', false);
        for (size_t i = 0; i < m.column_count; i++)
            karto_csv_write(&m.writer, m.columns[i]);
        karto_csv_write_end_row(&m.writer);
        err = take_all(&m, text);
    }
    karto_arena_fini(&m.record);
    karto_arena_fini(&m.arena);
    return err;
}

void karto_json_table_fini(struct karto_json_table *table)
{
    karto_buf_fini(&table->csv);
    karto_buf_fini(&table->records);
}

uint64_t karto_json_table_record(const struct karto_json_table *table, uint64_t row)
{
    uint64_t number = 0, behind = row - 2; /* rows count from 1, and the first is the heading */
    if (row >= 2 && behind < table->records.size / sizeof number)
        memcpy(&number, table->records.data + behind * sizeof number, sizeof number);
    return number;
}
