#include "client/export_table.h"

#include "client/field_value.h"
#include "client/formula.h"
#include "client/out.h"
#include "client/purchase_line.h"
#include "client/set_cell.h"
#include "core/base/limits.h"
#include "core/store/query.h"

#include <stdlib.h>
#include <string.h>

/* ---- columns ---- */

static void add_column(struct karto_export_table *table, const char *name, const struct karto_field_def *def,
                       struct karto_slice key)
{
    if (table->count == table->room) {
        size_t room = table->room ? table->room * 2 : 64;
        struct karto_export_column *columns = karto_arena_array(&table->arena, room, sizeof *columns);
        if (table->count)
            memcpy(columns, table->columns, table->count * sizeof *columns);
        table->columns = columns;
        table->room = room;
    }
    table->columns[table->count++] = (struct karto_export_column){name, def, key};
}

static bool has_column(const struct karto_export_table *table, const struct karto_field_def *def,
                       struct karto_slice key)
{
    for (size_t i = table->count; i > 0; i--)
        if (table->columns[i - 1].def == def && karto_slice_equal(table->columns[i - 1].key, key))
            return true;
    return false;
}

static int compare_keys(const void *a, const void *b)
{
    return karto_slice_compare(((const struct karto_export_column *)a)->key,
                               ((const struct karto_export_column *)b)->key);
}

static enum karto_err visit_attributes(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct karto_export_table *table = context;
    const struct karto_field_def *attr = karto_field_named(table->kind, karto_slice_str("attr"));
    const struct karto_field *field = karto_record_field(&entry->view, attr->number);
    (void)tx;
    for (uint32_t i = 0; field && i < field->count; i++) {
        struct karto_slice key = field->registers[i].key;
        if (has_column(table, attr, key))
            continue;
        key = karto_arena_copy(&table->arena, key);
        const char *name = karto_arena_printf(&table->arena, "attr.%.*s", (int)key.size, (const char *)key.data);
        add_column(table, name, attr, key);
    }
    return KARTO_OK;
}

static enum karto_err add_attributes(struct karto_export_table *table, struct karto_tx *tx)
{
    static const struct karto_rid first = {{0}};
    size_t before = table->count;
    enum karto_err err = karto_each(tx, table->kind, first, visit_attributes, table);
    if (table->count > before)
        qsort(table->columns + before, table->count - before, sizeof *table->columns, compare_keys);
    return err;
}

static bool is_asked(const struct karto_export_table *table, const char *name)
{
    struct karto_slice rest = table->asked, asked;
    while (karto_out_next_column(&rest, &asked))
        if (karto_slice_is(asked, name))
            return true;
    return false;
}

/* Only those that were asked for, in that order. */
static void choose_columns(struct karto_export_table *table)
{
    struct karto_export_column *all = table->columns;
    struct karto_slice rest = table->asked, asked;
    size_t count = table->count;
    if (rest.size == 0)
        return;
    table->columns = karto_arena_array(&table->arena, KARTO_COLUMNS_MAX, sizeof *table->columns);
    table->room = KARTO_COLUMNS_MAX;
    table->count = 0;
    while (karto_out_next_column(&rest, &asked))
        for (size_t i = 0; i < count && table->count < table->room; i++)
            if (karto_slice_is(asked, all[i].name))
                table->columns[table->count++] = all[i];
}

static enum karto_err find_columns(struct karto_export_table *table, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    struct karto_slice none = {NULL, 0};
    add_column(table, "id", NULL, none);
    for (const struct karto_field_def *def = karto_kind(table->kind)->fields; def->name && err == KARTO_OK; def++) {
        if (def->number == KARTO_F_HIDDEN || def->number == KARTO_F_MERGED)
            continue;
        if (def->type == KARTO_TUPLE)
            table->has_lines = table->asked.size == 0 || is_asked(table, "lines");
        else if (def->shape == KARTO_MAP)
            err = add_attributes(table, tx);
        else
            add_column(table, def->name, def, karto_slice(NULL, 0));
    }
    return err;
}

static void write_cell(struct karto_export_table *table, struct karto_arena *arena, struct karto_slice text)
{
    karto_csv_write(&table->writer, karto_formula_guard(arena, text, table->excel));
}

static void write_heading(struct karto_export_table *table)
{
    struct karto_csv_writer *writer = &table->writer;
    for (size_t i = 0; i < table->count; i++)
        karto_csv_write(writer, karto_slice_str(table->columns[i].name));
    if (table->has_lines)
        karto_csv_write(writer, karto_slice_str("lines.key"));
    for (const struct karto_field_def *part = karto_line_parts(); table->has_lines && part->name; part++) {
        char name[64];
        snprintf(name, sizeof name, "lines.%s", part->name);
        karto_csv_write(writer, karto_slice_str(name));
    }
    karto_csv_write_end_row(writer);
}

enum karto_err karto_export_table_begin(struct karto_export_table *table, struct karto_tx *tx, uint32_t kind,
                                        const char *asked, char separator, bool excel, struct karto_buf *out)
{
    *table = (struct karto_export_table){
        .kind = kind, .today = karto_today(tx), .asked = karto_slice_str(asked), .excel = excel};
    karto_arena_init(&table->arena);
    karto_csv_write_begin(&table->writer, out, excel ? ';' : separator, excel);
    enum karto_err err = find_columns(table, tx);
    choose_columns(table);
    if (err == KARTO_OK)
        write_heading(table);
    return err;
}

void karto_export_table_fini(struct karto_export_table *table)
{
    karto_arena_fini(&table->arena);
}

/* ---- cells ---- */

static struct karto_slice id_text(struct karto_tx *tx, struct karto_rid id)
{
    char *text = karto_arena_alloc(&tx->arena, KARTO_RID_TEXT);
    karto_rid_print(id, text);
    return karto_slice_str(text);
}

/* Whether an import will find this client, and no other, by this text. */
static bool finds(struct karto_tx *tx, struct karto_slice text, struct karto_rid client)
{
    struct karto_rid found;
    uint32_t count;
    return text.size && karto_find(tx, KARTO_CLIENT, text, &found, 1, &count) == KARTO_OK && count == 1 &&
           karto_rid_equal(found, client);
}

static enum karto_err client_text(struct karto_tx *tx, const struct karto_record *record, struct karto_slice *text)
{
    struct karto_rid id = karto_client_of(record);
    struct karto_entry client;
    *text = karto_slice(NULL, 0);
    if (karto_rid_is_zero(id))
        return KARTO_OK;
    enum karto_err err = karto_entry_load(tx, id, &client);
    if (err != KARTO_OK)
        return err;
    *text = karto_text_of(&client.view, KARTO_F_EXTERNAL_ID);
    if (!finds(tx, *text, id))
        *text = karto_text_of(&client.view, KARTO_F_EDRPOU);
    if (!finds(tx, *text, id))
        *text = id_text(tx, id);
    return KARTO_OK;
}

static struct karto_slice set_text(struct karto_tx *tx, const struct karto_field *field)
{
    struct karto_buf cell = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; field && i < field->count; i++)
        karto_set_cell_add(&cell, 0, karto_field_value_text(&tx->arena, karto_winner(&field->registers[i])->value));
    struct karto_slice text = karto_arena_copy(&tx->arena, karto_buf_slice(&cell));
    karto_buf_fini(&cell);
    return text;
}

static struct karto_slice head_text(struct karto_tx *tx, const struct karto_head *head)
{
    return head ? karto_field_value_text(&tx->arena, head->value) : karto_slice(NULL, 0);
}

static enum karto_err cell_text(const struct karto_export_table *table, struct karto_tx *tx,
                                const struct karto_record *record, const struct karto_export_column *column,
                                struct karto_slice *text)
{
    const struct karto_field_def *def = column->def;
    if (!def) {
        *text = id_text(tx, record->id);
        return KARTO_OK;
    }
    if (def->number == KARTO_F_CLIENT)
        return client_text(tx, record, text);
    const struct karto_field *field = karto_record_field(record, def->number);
    switch (def->shape) {
    case KARTO_SET: *text = set_text(tx, field); break;
    case KARTO_TIMELINE: *text = head_text(tx, karto_timeline_at(field, table->today)); break;
    case KARTO_SCALAR:
    case KARTO_MAP: *text = head_text(tx, karto_winner(karto_field_register(field, column->key))); break;
    }
    return KARTO_OK;
}

/* As a spreadsheet that takes ; between cells has numbers: it would take 5.5 for the fifth of May, and has no sum of
 * what says a currency. Of these an import takes the hryvnia for granted. */
static struct karto_slice number_text(const struct karto_export_table *table, struct karto_arena *arena,
                                      const struct karto_field_def *def, struct karto_slice text)
{
    static const char hryvnia[] = " UAH";
    const size_t size = sizeof hryvnia - 1;
    if (!table->excel || !def || (def->type != KARTO_MONEY && def->type != KARTO_INTEGER))
        return text;
    if (text.size > size && memcmp(text.data + text.size - size, hryvnia, size) == 0)
        text.size -= size;
    char *number = karto_arena_alloc(arena, text.size + 1);
    for (size_t i = 0; i < text.size; i++)
        number[i] = text.data[i] == '.' ? ',' : (char)text.data[i];
    return karto_slice(number, text.size);
}

/* ---- lines ---- */

static void write_line(struct karto_export_table *table, struct karto_tx *tx, const struct karto_register *line)
{
    struct karto_slice parts[KARTO_TUPLE_MAX], none = {NULL, 0};
    uint32_t count;
    const struct karto_field_def *part = karto_line_parts();
    karto_line_split(&tx->arena, line ? karto_winner(line)->value : none, parts, &count);
    write_cell(table, &tx->arena, line ? line->key : none);
    for (uint32_t i = 0; i < KARTO_LINE_PARTS; i++) {
        struct karto_slice text = karto_line_part_text(&tx->arena, &part[i], parts[i]);
        write_cell(table, &tx->arena, number_text(table, &tx->arena, &part[i], text));
    }
}

/* ---- records ---- */

enum karto_err karto_export_table_add(struct karto_export_table *table, struct karto_tx *tx,
                                      const struct karto_record *record)
{
    struct karto_slice *cells = karto_arena_array(&tx->arena, table->count, sizeof *cells);
    for (size_t i = 0; i < table->count; i++) {
        enum karto_err err = cell_text(table, tx, record, &table->columns[i], &cells[i]);
        if (err != KARTO_OK)
            return err;
        cells[i] = number_text(table, &tx->arena, table->columns[i].def, cells[i]);
    }
    uint32_t count = 0;
    const struct karto_register **lines = table->has_lines ? karto_lines_in_order(&tx->arena, record, &count) : NULL;
    for (uint32_t line = 0; line < count || line == 0; line++) {
        for (size_t i = 0; i < table->count; i++)
            write_cell(table, &tx->arena, cells[i]);
        if (table->has_lines)
            write_line(table, tx, line < count ? lines[line] : NULL);
        karto_csv_write_end_row(&table->writer);
        table->rows++;
    }
    return KARTO_OK;
}
