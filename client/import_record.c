#include "client/import_record.h"

#include "client/field_value.h"
#include "client/lines_total.h"
#include "client/purchase_line.h"
#include "client/record_rules.h"
#include "client/set_cell.h"
#include "client/table_day.h"
#include "client/value_check.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/store/edit.h"
#include "core/store/query.h"

#include <string.h>

/* The record at hand. */
struct record {
    struct karto_import *import;
    struct karto_tx *tx;
    struct karto_entry entry; /* exists or not */
    struct karto_edit *edits;
    uint32_t edit_count, edit_room;
    bool has_name, has_client;
    struct karto_rid client; /* of the row at hand; zero: it names none */
    int column;              /* that what went wrong is about, or KARTO_NO_COLUMN */
};

/* ---- what is wrong with a row ---- */

/* Whether err is about the row, and not about the store. */
static bool is_fault(enum karto_err err)
{
    return err == KARTO_E_INVALID || err == KARTO_E_LIMIT || err == KARTO_E_NOT_FOUND || err == KARTO_E_AMBIGUOUS ||
           err == KARTO_E_EXISTS || err == KARTO_E_NOT_PERMITTED || err == KARTO_E_USAGE;
}

/* Where the message does not begin with the name of the column, as the table has it, that is said before. */
static void name_column(struct karto_import *import, struct karto_slice column)
{
    struct karto_problem *problem = &import->problem;
    struct karto_slice text = karto_buf_slice(&problem->message);
    if (column.size == 0 || text.size == 0 ||
        (text.size > column.size && memcmp(text.data, column.data, column.size) == 0 && text.data[column.size] == ':'))
        return;
    struct karto_buf named = KARTO_BUF_EMPTY;
    KARTO_SAY(&named, import->cli->lang, KARTO_M_IMPORT_COLUMN, karto_arg_text("column", column),
              karto_arg_text("text", text));
    karto_buf_clear(&problem->message);
    karto_buf_add_slice(&problem->message, karto_buf_slice(&named));
    karto_buf_fini(&named);
}

/* column: the one that the problem is about, or KARTO_NO_COLUMN. */
static void reject(struct karto_import *import, struct karto_import_row *row, int column)
{
    const struct karto_problem *problem = &import->problem;
    row->outcome = KARTO_IMPORT_REJECTED;
    row->column = column == KARTO_NO_COLUMN ? karto_slice(NULL, 0) : import->columns.all[column].name;
    row->id = problem->id ? problem->id : karto_err_id(problem->err);
    name_column(import, row->column);
    row->why = problem->message.size ? karto_arena_copy(&import->arena, karto_buf_slice(&problem->message))
                                     : karto_slice_str(karto_err_text(import->cli->lang, problem->err));
}

static enum karto_err fault(struct karto_import *import, enum karto_err err, enum karto_message message,
                            struct karto_slice text, int64_t n)
{
    return KARTO_PROBLEM(&import->problem, import->cli->lang, err, message, karto_arg_text("text", text),
                         karto_arg_int("n", n));
}

static enum karto_err too_long(struct record *r, struct karto_slice field, int64_t max)
{
    return KARTO_PROBLEM(&r->import->problem, r->import->cli->lang, KARTO_E_LIMIT, KARTO_M_VALUE_LONG,
                         karto_arg_text("field", field), karto_arg_int("max", max));
}

/* ---- edits ---- */

static void add_edit(struct record *r, uint32_t field, struct karto_slice key, struct karto_slice value)
{
    if (r->edit_count == r->edit_room) {
        uint32_t room = r->edit_room ? r->edit_room * 2 : 32;
        struct karto_edit *edits = karto_arena_array(&r->tx->arena, room, sizeof *edits);
        if (r->edit_count)
            memcpy(edits, r->edits, r->edit_count * sizeof *edits);
        r->edits = edits;
        r->edit_room = room;
    }
    r->edits[r->edit_count++] = (struct karto_edit){field, key, value};
}

/* Whether one of the heads has this value: then there is nothing to write, and a conflict stays for people. */
static bool has_value(const struct karto_register *reg, struct karto_slice value)
{
    for (uint32_t i = 0; reg && i < reg->count; i++)
        if (karto_slice_equal(reg->heads[i].value, value))
            return true;
    return false;
}

static void set(struct record *r, uint32_t field, struct karto_slice key, struct karto_slice value)
{
    if (!has_value(karto_record_register(&r->entry.view, field, key), value))
        add_edit(r, field, key, value);
}

/* A day as tables have it: one that could be two days is wrong, and a number of a spreadsheet doubtful. */
static enum karto_err parse_day(struct record *r, const struct karto_field_def *def, struct karto_slice name,
                                struct karto_slice text, int64_t *day)
{
    struct karto_import *import = r->import;
    enum karto_message message = KARTO_M_VALUE_DATE;
    switch (karto_table_day_read(text, day)) {
    case KARTO_DAY_NUMBER: {
        struct karto_slice read =
            karto_field_value_text(&r->tx->arena, karto_value_bytes(&r->tx->arena, karto_value_date(*day)));
        const char *both = karto_arena_printf(&r->tx->arena, "%.*s = %.*s", (int)text.size, (const char *)text.data,
                                              (int)read.size, (const char *)read.data);
        karto_warnings_add(&import->warnings, "E-DATE-NUMBER", def->name, karto_slice_str(both));
        return KARTO_OK;
    }
    case KARTO_DAY_READ: return KARTO_OK;
    case KARTO_DAY_AMBIGUOUS: message = KARTO_M_E_DATE_AMBIGUOUS; break;
    case KARTO_DAY_NONE: break;
    }
    enum karto_err err = KARTO_PROBLEM(&import->problem, import->cli->lang, KARTO_E_INVALID, message,
                                       karto_arg_text("field", name), karto_arg_text("value", text));
    if (message == KARTO_M_E_DATE_AMBIGUOUS)
        import->problem.id = "E-DATE-AMBIGUOUS";
    return err;
}

static enum karto_err parse(struct record *r, const struct karto_field_def *def, struct karto_slice text,
                            struct karto_slice *value)
{
    struct karto_import *import = r->import;
    enum karto_lang lang = import->cli->lang;
    int64_t day = 0;
    enum karto_err err = def->type == KARTO_DATE
                             ? parse_day(r, def, karto_slice_str(def->name), text, &day)
                             : karto_field_value_parse(&r->tx->arena, def, text, lang, value, &import->problem);
    if (err != KARTO_OK)
        return err;
    if (def->type == KARTO_DATE)
        *value = karto_value_bytes(&r->tx->arena, karto_value_date(day));
    return karto_value_check(&r->tx->arena, def, lang, import->today, value, &import->warnings, &import->problem);
}

static enum karto_err add_elements(struct record *r, const struct karto_field_def *def, struct karto_slice cell)
{
    struct karto_slice element, value;
    while (karto_set_cell_next(&r->tx->arena, &cell, &element)) {
        enum karto_err err = parse(r, def, element, &value);
        if (err != KARTO_OK)
            return err;
        struct karto_slice key = karto_set_key(&r->tx->arena, def, value);
        if (key.size && !karto_record_register(&r->entry.view, def->number, key))
            add_edit(r, def->number, key, value);
    }
    return KARTO_OK;
}

/* The day from which the row's value of a timeline counts; KARTO_DATE_MAX + 1: it does not say. */
static enum karto_err since_of(struct record *r, const struct karto_import_column *column,
                               const struct karto_slice *cells, int64_t *day)
{
    int since = karto_import_column_find(&r->import->columns, KARTO_TO_SINCE, column->def);
    *day = column->has_date ? column->date : KARTO_DATE_MAX + 1;
    if (column->has_date || since == KARTO_NO_COLUMN)
        return KARTO_OK;
    struct karto_slice text = karto_text_clean(&r->tx->arena, cells[since]);
    if (text.size == 0)
        return KARTO_OK;
    enum karto_err err = parse_day(r, column->def, r->import->columns.all[since].name, text, day);
    if (err != KARTO_OK)
        r->column = since;
    return err;
}

/* Without a date it counts from the beginning in a new record, and else from today unless it is so today. */
static enum karto_err add_since(struct record *r, const struct karto_import_column *column, struct karto_slice value,
                                const struct karto_slice *cells)
{
    int64_t day;
    struct karto_arena *arena = &r->tx->arena;
    enum karto_err err = since_of(r, column, cells, &day);
    if (err != KARTO_OK)
        return err;
    if (day > KARTO_DATE_MAX) {
        const struct karto_field *field = karto_record_field(&r->entry.view, column->def->number);
        const struct karto_head *now = karto_timeline_at(field, r->import->today);
        if (now &&
            karto_slice_equal(karto_normal(arena, column->def, now->value), karto_normal(arena, column->def, value)))
            return KARTO_OK;
        day = field && field->count ? r->import->today : KARTO_DATE_MIN;
    }
    set(r, column->def->number, karto_date_key(arena, day), value);
    return KARTO_OK;
}

static enum karto_err add_cell(struct record *r, const struct karto_import_column *column,
                               const struct karto_slice *cells, struct karto_slice cell)
{
    const struct karto_field_def *def = column->def;
    struct karto_slice value;
    if (def->number == KARTO_F_CLIENT) {
        set(r, def->number, column->key, karto_value_bytes(&r->tx->arena, karto_value_reference(r->client)));
        return KARTO_OK;
    }
    if (def->shape == KARTO_SET)
        return add_elements(r, def, cell);
    enum karto_err err = parse(r, def, cell, &value);
    if (err != KARTO_OK || karto_value_is_nil(value))
        return err;
    if (def->shape == KARTO_TIMELINE)
        return add_since(r, column, value, cells);
    if (column->key.size > KARTO_KEY_SIZE_MAX)
        return too_long(r, column->name, KARTO_KEY_SIZE_MAX);
    set(r, def->number, column->key, value);
    r->has_name = r->has_name || def->number == KARTO_F_NAME;
    return KARTO_OK;
}

/* ---- lines of a purchase ---- */

static enum karto_err line_key(struct record *r, const struct karto_import_row *row, struct karto_slice *key)
{
    int column = r->import->line_key;
    if (column == KARTO_NO_COLUMN) {
        char *text = karto_arena_printf(&r->tx->arena, "%llu", (unsigned long long)(row->line ? row->line : 1));
        *key = karto_slice_str(text);
        return KARTO_OK;
    }
    *key = karto_text_clean(&r->tx->arena, row->cells[column]);
    r->column = column;
    if (key->size == 0)
        return fault(r->import, KARTO_E_INVALID, KARTO_M_IMPORT_LINE_KEY, *key, 0);
    return key->size <= KARTO_KEY_SIZE_MAX ? KARTO_OK : too_long(r, karto_slice_str("lines.key"), KARTO_KEY_SIZE_MAX);
}

static enum karto_err add_line(struct record *r, const struct karto_import_row *row)
{
    const struct karto_import_columns *columns = &r->import->columns;
    struct karto_slice key, parts[KARTO_TUPLE_MAX];
    bool any = false;
    for (size_t i = 0; i < columns->count; i++)
        any = any || (columns->all[i].target == KARTO_TO_LINE_PART && row->cells[i].size);
    if (!any)
        return KARTO_OK;
    enum karto_err err = line_key(r, row, &key);
    if (err != KARTO_OK)
        return err;
    const struct karto_field_def *lines = karto_field_named(KARTO_PURCHASE, karto_slice_str("lines"));
    const struct karto_head *old = karto_winner(karto_record_register(&r->entry.view, lines->number, key));
    uint32_t count;
    karto_line_split(&r->tx->arena, old ? old->value : karto_slice(NULL, 0), parts, &count);
    for (size_t i = 0; i < columns->count && err == KARTO_OK; i++) {
        const struct karto_import_column *column = &columns->all[i];
        struct karto_slice part;
        if (column->target != KARTO_TO_LINE_PART)
            continue;
        r->column = (int)i;
        err = karto_line_part_parse(&r->tx->arena, column->def, row->cells[i], r->import->cli->lang, &part,
                                    &r->import->problem);
        if (err == KARTO_OK && !karto_value_is_nil(part))
            parts[column->part] = part;
    }
    if (err != KARTO_OK)
        return err;
    r->column = KARTO_NO_COLUMN;
    set(r, lines->number, key, karto_tuple_bytes(&r->tx->arena, parts, count));
    return KARTO_OK;
}

/* ---- which record ---- */

static enum karto_err find_client(struct record *r, const struct karto_import_row *row)
{
    struct karto_rid found[1];
    uint32_t count;
    memset(&r->client, 0, sizeof r->client);
    r->column = r->import->client;
    if (r->import->client == KARTO_NO_COLUMN)
        return KARTO_OK;
    struct karto_slice text = karto_text_clean(&r->tx->arena, row->cells[r->import->client]);
    if (text.size == 0)
        return KARTO_OK;
    enum karto_err err = karto_find(r->tx, KARTO_CLIENT, text, found, 1, &count);
    if (err == KARTO_E_NOT_FOUND)
        return fault(r->import, err, KARTO_M_CLIENT_NOT_FOUND, text, 0);
    if (err == KARTO_OK && count > 1)
        return fault(r->import, KARTO_E_AMBIGUOUS, KARTO_M_IMPORT_CLIENTS, text, count);
    r->client = found[0];
    r->has_client = err == KARTO_OK;
    return err;
}

enum { CANDIDATES_MAX = 32 };

struct candidates {
    struct karto_rid ids[CANDIDATES_MAX];
    uint32_t count;
};

static enum karto_err visit_candidate(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    struct candidates *candidates = context;
    (void)tx;
    (void)value;
    candidates->ids[candidates->count++] = id;
    return candidates->count == CANDIDATES_MAX ? KARTO_E_INTERRUPTED : KARTO_OK;
}

/* A name or a phone can be that of people at several clients. */
static bool is_elsewhere(const struct record *r, uint32_t field, const struct karto_record *view)
{
    struct karto_rid client = karto_client_of(view);
    if (karto_rid_is_zero(r->client) || field == KARTO_F_EXTERNAL_ID)
        return false;
    return !karto_rid_is_zero(client) && !karto_rid_equal(client, r->client);
}

/* The one that fits; of several the one that is not hidden. */
static enum karto_err choose(struct record *r, const struct karto_import_row *row, const struct candidates *candidates)
{
    uint32_t visible = 0, hidden = 0;
    for (uint32_t i = 0; i < candidates->count; i++) {
        struct karto_entry entry;
        enum karto_err err = karto_entry_load(r->tx, candidates->ids[i], &entry);
        if (err != KARTO_OK)
            return err;
        if (is_elsewhere(r, row->match_field, &entry.view))
            continue;
        bool is_hidden = karto_record_hidden(&entry.view);
        if (!is_hidden || visible == 0)
            r->entry = entry;
        visible += !is_hidden;
        hidden += is_hidden;
    }
    if (visible > 1 || (visible == 0 && hidden > 1))
        return fault(r->import, KARTO_E_AMBIGUOUS, KARTO_M_IMPORT_RECORDS, row->match, visible ? visible : hidden);
    return KARTO_OK;
}

static enum karto_index index_of(uint32_t field)
{
    switch (field) {
    case KARTO_F_EDRPOU: return KARTO_BY_EDRPOU;
    case KARTO_F_PHONE: return KARTO_BY_PHONE;
    case KARTO_F_NAME: return KARTO_BY_NAME;
    case KARTO_F_NUMBER: return KARTO_BY_NUMBER;
    default: return KARTO_BY_EXTERNAL;
    }
}

static enum karto_err find_by_id(struct record *r, const struct karto_import_row *row)
{
    struct karto_rid id;
    if (karto_rid_parse(row->match, &id) != KARTO_OK || karto_rid_is_zero(id))
        return KARTO_PROBLEM(&r->import->problem, r->import->cli->lang, KARTO_E_INVALID, KARTO_M_VALUE_REFERENCE,
                             karto_arg_str("field", "id"), karto_arg_text("value", row->match));
    enum karto_err err = karto_entry_load(r->tx, id, &r->entry);
    if (err == KARTO_OK && r->entry.exists && r->entry.view.kind != r->import->columns.kind)
        return fault(r->import, KARTO_E_EXISTS, KARTO_M_IMPORT_OTHER_KIND, row->match, 0);
    return err;
}

static enum karto_err find_record(struct record *r, const struct karto_import_row *row)
{
    struct candidates candidates = {.count = 0};
    r->entry = (struct karto_entry){.exists = false};
    r->column = KARTO_NO_COLUMN;
    if (row->match.size == 0)
        return KARTO_OK;
    r->column = row->match_column;
    if (row->match_field == 0)
        return find_by_id(r, row);
    if (row->match_key.size > KARTO_INDEX_VALUE_MAX)
        return too_long(r, karto_slice_str(karto_field_def(r->import->columns.kind, row->match_field)->name),
                        KARTO_INDEX_VALUE_MAX);
    enum karto_err err = karto_index_walk(r->tx, index_of(row->match_field), r->import->columns.kind, row->match_key,
                                          NULL, visit_candidate, &candidates);
    return err == KARTO_OK ? choose(r, row, &candidates) : err;
}

/* ---- rows ---- */

static enum karto_err add_row(struct record *r, const struct karto_import_row *row)
{
    const struct karto_import_columns *columns = &r->import->columns;
    struct karto_warnings *warnings = &r->import->warnings;
    enum karto_err err = find_client(r, row);
    warnings->row = row->number;
    for (size_t i = 0; i < columns->count && err == KARTO_OK; i++)
        if (columns->all[i].target == KARTO_TO_FIELD && row->cells[i].size) {
            struct karto_slice cell = karto_text_clean(&r->tx->arena, row->cells[i]);
            uint32_t edits = r->edit_count;
            size_t warned = warnings->count;
            uint64_t dropped = warnings->dropped;
            r->column = (int)i;
            err = cell.size ? add_cell(r, &columns->all[i], row->cells, cell) : KARTO_OK;
            if (err == KARTO_OK && r->edit_count == edits) { /* nothing new, and nothing new to be said of it */
                warnings->count = warned;
                warnings->dropped = dropped;
            }
        }
    if (err != KARTO_OK)
        return err;
    r->column = KARTO_NO_COLUMN;
    return r->import->has_lines ? add_line(r, row) : KARTO_OK;
}

/* Of every row that is right; *right says how many. */
static enum karto_err add_rows(struct record *r, struct karto_import_row *rows, size_t count, size_t *right)
{
    *right = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t before = r->edit_count;
        if (rows[i].excluded)
            continue;
        enum karto_err err = add_row(r, &rows[i]);
        if (err == KARTO_OK) {
            rows[i].outcome = KARTO_IMPORT_MORE;
            ++*right;
        } else if (is_fault(err)) {
            reject(r->import, &rows[i], r->column);
            r->edit_count = before;
        } else {
            return err;
        }
    }
    return KARTO_OK;
}

static void reject_all(struct karto_import *import, struct karto_import_row *rows, size_t count, int column,
                       bool exclude)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].outcome == KARTO_IMPORT_REJECTED)
            continue;
        reject(import, &rows[i], column);
        rows[i].excluded = rows[i].excluded || exclude;
    }
}

static void tell(struct karto_import_row *rows, size_t count, enum karto_import_outcome outcome,
                 struct karto_rid record)
{
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].outcome == KARTO_IMPORT_REJECTED)
            continue;
        rows[i].outcome = first ? outcome : KARTO_IMPORT_MORE;
        rows[i].record = record;
        first = false;
    }
}

/* ---- the store ---- */

/* What a new record cannot do without. */
static enum karto_err is_complete(const struct record *r)
{
    if (r->import->columns.kind == KARTO_CLIENT)
        return r->has_name ? KARTO_OK
                           : fault(r->import, KARTO_E_INVALID, KARTO_M_IMPORT_NO_NAME, karto_slice_str(""), 0);
    return r->has_client ? KARTO_OK
                         : fault(r->import, KARTO_E_INVALID, KARTO_M_IMPORT_NO_CLIENT, karto_slice_str(""), 0);
}

/* Rules that commands have too speak of a problem of theirs: here it is one of a row. */
static enum karto_err of_row(struct record *r, enum karto_err err)
{
    struct karto_problem *said = &r->import->cli->problem;
    if (!is_fault(err))
        return err;
    karto_problem_begin(&r->import->problem, err);
    karto_buf_add_slice(&r->import->problem.message, karto_buf_slice(&said->message));
    karto_problem_begin(said, KARTO_OK);
    return err;
}

static struct karto_field_edits as_edits(struct record *r)
{
    return (struct karto_field_edits){
        .kind = r->import->columns.kind,
        .view = r->entry.exists ? &r->entry.view : NULL,
        .today = r->import->today,
        .lang = r->import->cli->lang,
        .warnings = &r->import->warnings,
        .arena = &r->tx->arena,
        .edits = r->edits,
        .count = r->edit_count,
        .capacity = r->edit_room,
    };
}

static void take_edits(struct record *r, const struct karto_field_edits *edits)
{
    r->edits = edits->edits;
    r->edit_count = edits->count;
    r->edit_room = edits->capacity;
}

/* What a new record has to have, and what goes without saying in a representative's. */
static enum karto_err complete(struct record *r, bool makes)
{
    struct karto_field_edits edits = as_edits(r);
    enum karto_err err = makes ? is_complete(r) : KARTO_OK;
    if (!makes && !edits.view)
        return KARTO_OK;
    if (err != KARTO_OK || edits.kind != KARTO_CLIENT)
        return err;
    err = of_row(r, karto_record_complete(r->import->cli, r->tx, &edits));
    take_edits(r, &edits);
    return err;
}

/* A purchase comes to what its lines do, as one that is typed. Its day is not made up: old tables may not have it. */
static void follow_lines(struct record *r)
{
    struct karto_field_edits edits = as_edits(r);
    if (edits.kind != KARTO_PURCHASE)
        return;
    karto_lines_total_follow(&edits);
    take_edits(r, &edits);
}

/* What the store said of all edits together. */
static void explain(struct record *r, enum karto_err err)
{
    struct karto_field_edits edits = as_edits(r);
    karto_problem_begin(&r->import->problem, err);
    if (err == KARTO_E_NOT_PERMITTED)
        (void)of_row(r, karto_record_refused(r->import->cli, r->tx, &edits));
    else if (err == KARTO_E_LIMIT)
        (void)fault(r->import, err, KARTO_M_IMPORT_TOO_LARGE, karto_slice_str(""), 0);
}

/* Whether the store says so before it writes anything, so that the transaction can go on. */
static bool said_in_time(const struct karto_tx *tx, enum karto_err err)
{
    return tx->ledger.role != KARTO_ON_HUB && (err == KARTO_E_INVALID || err == KARTO_E_NOT_PERMITTED);
}

static void add_sample(struct record *r, struct karto_import_row *row)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < r->edit_count && i < 6; i++) {
        const struct karto_field_def *def = karto_field_def(r->import->columns.kind, r->edits[i].field);
        karto_buf_add_str(&text, i ? " " : "");
        karto_buf_add_str(&text, def->name);
        karto_buf_add_str(&text, def->shape == KARTO_SET ? "+=" : "=");
        if (def->number != KARTO_F_CLIENT)
            karto_buf_add_slice(&text, karto_field_value_text(&r->tx->arena, r->edits[i].value));
    }
    karto_buf_add_str(&text, r->edit_count > 6 ? " …" : "");
    row->said = karto_arena_copy(&r->import->arena, karto_buf_slice(&text));
    r->import->samples--;
    karto_buf_fini(&text);
}

static enum karto_err save(struct record *r, struct karto_import_row *rows, size_t count)
{
    struct karto_import *import = r->import;
    uint64_t batch = 0;
    bool is_new = !r->entry.exists;
    /* In a dry run the rows before were not kept: what they would have made counts as being there. */
    bool ours = rows->seen && rows->seen->mark, makes = is_new && !(import->dry_run && ours);
    struct karto_save save = {
        .kind = import->columns.kind,
        .record = r->entry.id,
        .create = is_new,
        .edits = r->edits,
        .count = r->edit_count,
        .via = KARTO_VIA_IMPORT,
        .batch = import->batch,
    };
    if (is_new && rows->match.size && rows->match_field == 0) {
        enum karto_err err = karto_rid_parse(rows->match, &save.record);
        if (err != KARTO_OK)
            return err;
    } else if (is_new) {
        save.record = karto_rid_make(r->tx->sys);
    }
    enum karto_err err = complete(r, makes);
    bool asked = err == KARTO_OK;
    if (asked)
        follow_lines(r);
    save.edits = r->edits;
    save.count = r->edit_count;
    if (asked)
        err = karto_save(r->tx, &save, &batch);
    if (is_fault(err)) {
        if (asked)
            explain(r, err);
        import->again = asked && !said_in_time(r->tx, err);
        reject_all(import, rows, count, KARTO_NO_COLUMN, import->again);
        return import->again ? KARTO_E_INTERRUPTED : KARTO_OK;
    }
    if (err != KARTO_OK)
        return err;
    if (is_new && rows->seen && !rows->seen->mark)
        rows->seen->mark = import->chunk;
    tell(rows, count, batch == 0 ? KARTO_IMPORT_SAME : makes ? KARTO_IMPORT_ADDED : KARTO_IMPORT_UPDATED, save.record);
    if (import->samples && batch)
        for (size_t i = 0; i < count; i++)
            if (rows[i].outcome != KARTO_IMPORT_REJECTED && rows[i].outcome != KARTO_IMPORT_MORE)
                add_sample(r, &rows[i]);
    return KARTO_OK;
}

static bool is_skipped(const struct karto_import *import, const struct record *r, const struct karto_import_row *row)
{
    bool ours = row->seen && row->seen->mark;
    if (import->new_only && r->entry.exists)
        return !ours;
    return import->update_only && !r->entry.exists;
}

enum karto_err karto_import_record(struct karto_import *import, struct karto_tx *tx, struct karto_import_row *rows,
                                   size_t count)
{
    struct record r = {.import = import, .tx = tx};
    size_t right;
    enum karto_err err = find_client(&r, rows);
    if (err == KARTO_OK)
        err = find_record(&r, rows);
    if (is_fault(err)) {
        reject_all(import, rows, count, r.column, false);
        return KARTO_OK;
    }
    if (err == KARTO_OK && is_skipped(import, &r, rows)) {
        tell(rows, count, KARTO_IMPORT_SKIPPED, r.entry.id);
        return KARTO_OK;
    }
    r.has_client = false;
    if (err == KARTO_OK)
        err = add_rows(&r, rows, count, &right);
    return err == KARTO_OK && right > 0 ? save(&r, rows, count) : err;
}
