#include "core/store/index.h"

#include "core/base/text.h"
#include "core/store/aside.h"
#include "core/store/child_row.h"
#include "core/store/collation.h"
#include "core/store/databases.h"
#include "core/store/late_rows.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 2, ID = 16 }; /* of a key: index and kind before the value, record id behind it */

static struct karto_slice make_key(struct karto_arena *arena, enum karto_index index, uint32_t kind,
                                   struct karto_slice value, const struct karto_rid *id)
{
    size_t size = value.size < KARTO_INDEX_VALUE_MAX ? value.size : KARTO_INDEX_VALUE_MAX;
    uint8_t *key = karto_arena_alloc(arena, HEAD + size + (id ? ID : 0));
    key[0] = (uint8_t)index;
    key[1] = (uint8_t)kind;
    if (size)
        memcpy(key + HEAD, value.data, size);
    if (id)
        memcpy(key + HEAD + size, id->b, ID);
    return karto_slice(key, HEAD + size + (id ? ID : 0));
}

/* ---- which rows a record has ---- */

/* The rows of one field of a view, at most one a register. */
struct rows {
    struct karto_arena *arena;
    const struct karto_record *view;
    struct karto_slice *keys;
    uint32_t count;
};

static void add_row(struct rows *rows, enum karto_index index, uint32_t kind, struct karto_slice value)
{
    rows->keys[rows->count++] = make_key(rows->arena, index, kind, value, &rows->view->id);
}

static struct karto_slice text_of(struct karto_slice bytes)
{
    struct karto_value value;
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_TEXT)
        return karto_slice(NULL, 0);
    return value.text;
}

static void rows_of_set(struct rows *rows, enum karto_index index, uint32_t kind, const struct karto_field *field)
{
    for (uint32_t i = 0; i < field->count; i++)
        add_row(rows, index, kind, field->registers[i].key);
}

static void row_of_normal(struct rows *rows, enum karto_index index, uint32_t number, struct karto_slice value)
{
    const struct karto_field_def *def = karto_field_def(rows->view->kind, number);
    struct karto_slice normal = value.size ? text_of(karto_normal(rows->arena, def, value)) : value;
    if (normal.size)
        add_row(rows, index, rows->view->kind, normal);
}

static void row_of_reference(struct rows *rows, enum karto_index index, struct karto_slice value)
{
    struct karto_value decoded;
    if (value.size && karto_value_decode(value, &decoded) == KARTO_OK && decoded.type == KARTO_REFERENCE)
        add_row(rows, index, rows->view->kind, karto_rid_slice(&decoded.rid));
}

static void rows_of_field(struct rows *rows, const struct karto_field *field)
{
    uint32_t kind = rows->view->kind;
    struct karto_slice value = karto_record_value(rows->view, field->number);
    switch (field->number) {
    case KARTO_F_NAME: add_row(rows, KARTO_BY_NAME, kind, karto_text_fold(rows->arena, text_of(value))); break;
    case KARTO_F_PHONE: rows_of_set(rows, KARTO_BY_PHONE, kind, field); break;
    case KARTO_F_NODE: rows_of_set(rows, KARTO_BY_NODE, 0, field); break;
    case KARTO_F_EDRPOU: row_of_normal(rows, KARTO_BY_EDRPOU, field->number, value); break;
    case KARTO_F_EXTERNAL_ID: row_of_normal(rows, KARTO_BY_EXTERNAL, field->number, value); break;
    case KARTO_F_NUMBER: row_of_normal(rows, KARTO_BY_NUMBER, field->number, value); break;
    case KARTO_F_CLIENT: row_of_reference(rows, KARTO_BY_CLIENT, value); break;
    default: break;
    }
}

static bool indexed(uint32_t number)
{
    return number == KARTO_F_NAME || number == KARTO_F_PHONE || number == KARTO_F_NODE || number == KARTO_F_EDRPOU ||
           number == KARTO_F_EXTERNAL_ID || number == KARTO_F_CLIENT || number == KARTO_F_NUMBER;
}

/* ---- the place in a list, which every record has ---- */

bool karto_index_is_by_day(uint32_t kind)
{
    return kind == KARTO_ACTIVITY || kind == KARTO_PURCHASE;
}

static const struct karto_field *order_field(const struct karto_record *view)
{
    return karto_record_field(view, karto_index_is_by_day(view->kind) ? KARTO_F_DATE : KARTO_F_NAME);
}

static struct karto_slice day_key(struct karto_arena *arena, const struct karto_record *view)
{
    struct karto_value value;
    struct karto_slice bytes = karto_record_value(view, KARTO_F_DATE);
    bool dated = bytes.size && karto_value_decode(bytes, &value) == KARTO_OK && value.type == KARTO_DATE;
    return karto_date_key(arena, dated ? value.integer : KARTO_DATE_MIN);
}

static struct karto_slice order_of(struct karto_arena *arena, const struct karto_collation *collation,
                                   const struct karto_record *view)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    if (karto_index_is_by_day(view->kind))
        return day_key(arena, view);
    collation->sort_key(&key, text_of(karto_record_value(view, KARTO_F_NAME)), KARTO_INDEX_VALUE_MAX);
    struct karto_slice order = karto_arena_copy(arena, karto_buf_slice(&key));
    karto_buf_fini(&key);
    return order;
}

struct karto_slice karto_index_order(struct karto_tx *tx, struct karto_arena *arena, const struct karto_record *view)
{
    return order_of(arena, tx->collation, view);
}

static struct karto_slice order_key(struct karto_arena *arena, const struct karto_collation *collation,
                                    const struct karto_record *view)
{
    return make_key(arena, KARTO_BY_ORDER, view->kind, order_of(arena, collation, view), &view->id);
}

bool karto_index_is_aside(struct karto_slice key)
{
    return key.size && (key.data[0] == KARTO_BY_NAME || key.data[0] == KARTO_BY_ORDER || key.data[0] == KARTO_BY_SHORT);
}

bool karto_index_of_text(struct karto_slice key)
{
    uint8_t index = key.size ? key.data[0] : 0;
    return index == KARTO_BY_NAME || index == KARTO_BY_ORDER || index == KARTO_BY_EDRPOU ||
           index == KARTO_BY_EXTERNAL || index == KARTO_BY_NUMBER;
}

/* ---- what rows say besides ---- */

struct karto_slice karto_index_value(struct karto_slice key, const struct karto_record *view,
                                     uint8_t out[KARTO_INDEX_ROW_MAX])
{
    if (key.data[0] == KARTO_BY_CLIENT) {
        const struct karto_child child = karto_child_of(view);
        return karto_child_encode(&child, out);
    }
    struct karto_rid client = karto_client_of(view);
    if (key.data[0] != KARTO_BY_ORDER || !karto_index_is_by_day(view->kind) || karto_rid_is_zero(client))
        return karto_slice(NULL, 0);
    memcpy(out, client.b, ID);
    return karto_slice(out, ID);
}

/* ---- update ---- */

static void add_late(struct karto_tx *tx, struct karto_slice key, const struct karto_record *view)
{
    uint8_t out[KARTO_INDEX_ROW_MAX];
    karto_late_rows_add(tx, key, karto_index_value(key, view, out));
}

static enum karto_err delete_key(struct karto_tx *tx, struct karto_slice key)
{
    enum karto_err err = karto_late_rows_put(tx, karto_slice(key.data, key.size - ID));
    if (err == KARTO_OK)
        err = karto_kv_delete(tx->kv, KARTO_DB_INDEX, key);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static int compare_keys(const void *a, const void *b)
{
    const struct karto_slice *x = a, *y = b;
    return karto_slice_compare(*x, *y);
}

static void sort_keys(const struct rows *rows)
{
    if (rows->count > 1)
        qsort(rows->keys, rows->count, sizeof *rows->keys, compare_keys);
}

static enum karto_err replace(struct karto_tx *tx, const struct rows *old, const struct rows *new)
{
    enum karto_err err = KARTO_OK;
    sort_keys(old);
    sort_keys(new);
    for (uint32_t i = 0, j = 0; err == KARTO_OK && (i < old->count || j < new->count);) {
        int order = i == old->count ? 1 : j == new->count ? -1 : karto_slice_compare(old->keys[i], new->keys[j]);
        if (order < 0)
            err = delete_key(tx, old->keys[i]);
        else if (order > 0)
            add_late(tx, new->keys[j], new->view);
        i += order <= 0;
        j += order >= 0;
    }
    return err;
}

static struct rows rows_for(struct karto_arena *arena, const struct karto_record *view, const struct karto_field *field)
{
    struct rows rows = {arena, view, NULL, 0};
    if (!field)
        return rows;
    rows.keys = karto_arena_array(arena, 1 + (size_t)field->count, sizeof *rows.keys);
    rows_of_field(&rows, field);
    return rows;
}

static bool same_field(const struct karto_field *a, const struct karto_field *b)
{
    return a && b && a->registers == b->registers && a->count == b->count;
}

static enum karto_err update_fields(struct karto_tx *tx, const struct karto_record *before,
                                    const struct karto_record *after)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0, j = 0; err == KARTO_OK && (i < before->count || j < after->count);) {
        uint32_t left = i < before->count ? before->fields[i].number : UINT32_MAX;
        uint32_t right = j < after->count ? after->fields[j].number : UINT32_MAX;
        const struct karto_field *old = left <= right ? &before->fields[i++] : NULL;
        const struct karto_field *new = right <= left ? &after->fields[j++] : NULL;
        if (!indexed(left < right ? left : right) || same_field(old, new))
            continue;
        struct rows old_rows = rows_for(&tx->arena, before, old), new_rows = rows_for(&tx->arena, after, new);
        err = replace(tx, &old_rows, &new_rows);
    }
    return err;
}

static enum karto_err update_order(struct karto_tx *tx, const struct karto_entry *before,
                                   const struct karto_entry *after)
{
    const struct karto_field *old = order_field(&before->view), *new = order_field(&after->view);
    enum karto_err err = KARTO_OK;
    if (before->exists && after->exists && (same_field(old, new) || (!old && !new)))
        return KARTO_OK;
    if (before->exists)
        err = delete_key(tx, order_key(&tx->arena, tx->collation, &before->view));
    if (err == KARTO_OK && after->exists)
        add_late(tx, order_key(&tx->arena, tx->collation, &after->view), &after->view);
    return err;
}

static struct karto_slice conflict_key(struct karto_arena *arena, const struct karto_record *view, uint32_t conflicts)
{
    uint8_t count[4] = {(uint8_t)(conflicts >> 24), (uint8_t)(conflicts >> 16), (uint8_t)(conflicts >> 8),
                        (uint8_t)conflicts};
    return make_key(arena, KARTO_BY_CONFLICT, view->kind, karto_slice(count, sizeof count), &view->id);
}

static enum karto_err update_conflicts(struct karto_tx *tx, const struct karto_record *before,
                                       const struct karto_record *after)
{
    uint32_t old = karto_record_conflicts(before), new = karto_record_conflicts(after);
    tx->ledger.conflicts += (uint64_t) new - old;
    if (old == new)
        return KARTO_OK;
    enum karto_err err = old ? delete_key(tx, conflict_key(&tx->arena, before, old)) : KARTO_OK;
    if (err == KARTO_OK && new)
        add_late(tx, conflict_key(&tx->arena, after, new), after);
    return err;
}

static void say_order_again(struct karto_tx *tx, const struct karto_record *view)
{
    if (karto_index_is_by_day(view->kind))
        add_late(tx, order_key(&tx->arena, tx->collation, view), view);
}

static void say_child_again(struct karto_tx *tx, const struct karto_record *view)
{
    struct rows rows = rows_for(&tx->arena, view, karto_record_field(view, KARTO_F_CLIENT));
    if (rows.count)
        add_late(tx, rows.keys[0], view);
}

void karto_index_say_again(struct karto_tx *tx, const struct karto_record *view)
{
    say_order_again(tx, view);
    say_child_again(tx, view);
}

/* Rows that stay, of which the value is another. */
static void update_values(struct karto_tx *tx, const struct karto_record *before, const struct karto_record *after)
{
    const struct karto_field *old = karto_record_field(before, KARTO_F_CLIENT);
    const struct karto_field *new = karto_record_field(after, KARTO_F_CLIENT);
    if (!karto_child_same(before, after))
        say_child_again(tx, after);
    if ((old || new) && !same_field(old, new))
        say_order_again(tx, after);
}

static struct karto_slice short_key(struct karto_arena *arena, const struct karto_rid *id)
{
    return make_key(arena, KARTO_BY_SHORT, 0, karto_slice(id->b + 12, 4), id);
}

enum karto_err karto_index_update(struct karto_tx *tx, const struct karto_entry *before,
                                  const struct karto_entry *after)
{
    static const struct karto_record nothing;
    const struct karto_record *old = before->exists ? &before->view : &nothing;
    const struct karto_record *new = after->exists ? &after->view : &nothing;
    enum karto_err err = KARTO_OK;
    if (after->exists && !before->exists)
        add_late(tx, short_key(&tx->arena, &after->id), &after->view);
    else if (before->exists && !after->exists)
        err = delete_key(tx, short_key(&tx->arena, &after->id));
    if (err == KARTO_OK)
        err = update_order(tx, before, after);
    if (err == KARTO_OK)
        err = update_fields(tx, old, new);
    if (err == KARTO_OK && before->exists && after->exists)
        update_values(tx, old, new);
    return err == KARTO_OK ? update_conflicts(tx, old, new) : err;
}

/* ---- all rows of a record ---- */

uint32_t karto_index_aside_keys(struct karto_arena *arena, const struct karto_collation *collation,
                                const struct karto_record *view, struct karto_slice keys[KARTO_INDEX_ASIDE_KEYS])
{
    struct rows rows = rows_for(arena, view, karto_record_field(view, KARTO_F_NAME));
    keys[0] = order_key(arena, collation, view);
    keys[1] = short_key(arena, &view->id);
    if (rows.count)
        keys[2] = rows.keys[0];
    return 2 + rows.count;
}

static uint32_t code_keys(struct karto_arena *arena, const struct karto_record *view, uint32_t conflicts,
                          struct karto_slice **keys)
{
    uint32_t count = 0, room = 1;
    for (uint32_t i = 0; i < view->count; i++)
        room += indexed(view->fields[i].number) ? 1 + view->fields[i].count : 0;
    *keys = karto_arena_array(arena, room, sizeof **keys);
    for (uint32_t i = 0; i < view->count; i++) {
        if (!indexed(view->fields[i].number) || view->fields[i].number == KARTO_F_NAME)
            continue;
        struct rows rows = rows_for(arena, view, &view->fields[i]);
        for (uint32_t j = 0; j < rows.count; j++)
            (*keys)[count++] = rows.keys[j];
    }
    if (conflicts)
        (*keys)[count++] = conflict_key(arena, view, conflicts);
    return count;
}

void karto_index_give_codes(struct karto_tx *tx, const struct karto_record *view)
{
    struct karto_slice *keys;
    uint8_t out[KARTO_INDEX_ROW_MAX];
    uint32_t conflicts = karto_record_conflicts(view), count = code_keys(&tx->arena, view, conflicts, &keys);
    for (uint32_t i = 0; i < count; i++)
        karto_aside_give_row(tx, keys[i], karto_index_value(keys[i], view, out));
    tx->ledger.conflicts += conflicts;
}

enum karto_err karto_index_rows(struct karto_tx *tx, const struct karto_record *view, karto_index_row *row,
                                void *context)
{
    struct karto_slice names[KARTO_INDEX_ASIDE_KEYS], *codes;
    uint32_t name_count = karto_index_aside_keys(&tx->arena, tx->collation, view, names);
    uint32_t code_count = code_keys(&tx->arena, view, karto_record_conflicts(view), &codes);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < name_count && err == KARTO_OK; i++)
        err = row(tx, names[i], context);
    for (uint32_t i = 0; i < code_count && err == KARTO_OK; i++)
        err = row(tx, codes[i], context);
    return err;
}

/* ---- walk ---- */

/* A cursor for rows of this head (late_rows.h), those included that this transaction has still to put. */
static enum karto_err open_rows(struct karto_tx *tx, struct karto_slice head, struct karto_kv_cursor **cursor)
{
    enum karto_err err = karto_late_rows_put(tx, head);
    return err == KARTO_OK ? karto_kv_cursor_open(tx->kv, KARTO_DB_INDEX, cursor) : err;
}

/* The end of a walk, whatever has ended it. */
static enum karto_err close_rows(struct karto_kv_cursor *cursor, enum karto_err err)
{
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND || err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

/* One row of a walk over those that begin with prefix; KARTO_E_NOT_FOUND: it is none of them. */
static enum karto_err visit_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice prefix, bool exactly,
                                karto_index_visit *visit, void *context)
{
    if (!karto_slice_begins(key, prefix))
        return KARTO_E_NOT_FOUND;
    if (key.size < HEAD + ID || (exactly && key.size != prefix.size + ID))
        return KARTO_OK;
    struct karto_slice found = karto_slice(key.data + HEAD, key.size - HEAD - ID);
    return visit(tx, found, karto_rid_read(key.data + key.size - ID), context);
}

enum karto_err karto_index_walk(struct karto_tx *tx, enum karto_index index, uint32_t kind, struct karto_slice value,
                                const struct karto_index_place *from, karto_index_visit *visit, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    struct karto_slice prefix = make_key(&tx->arena, index, kind, value, NULL);
    struct karto_slice begin = from ? make_key(&tx->arena, index, kind, from->value, &from->id) : prefix;
    enum karto_err err = open_rows(tx, value.data ? prefix : value, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, begin, &key, &row); err == KARTO_OK; err = karto_kv_next(cursor, &key, &row)) {
        if (from && karto_slice_equal(key, begin))
            continue;
        err = visit_row(tx, key, prefix, value.data != NULL, visit, context);
        if (err != KARTO_OK)
            break;
    }
    return close_rows(cursor, err);
}

enum karto_err karto_index_walk_back(struct karto_tx *tx, enum karto_index index, uint32_t kind,
                                     const struct karto_index_place *from, karto_index_visit *visit, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    struct karto_slice prefix = make_key(&tx->arena, index, kind, karto_slice(NULL, 0), NULL);
    const uint8_t behind[] = {(uint8_t)index, (uint8_t)kind, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    struct karto_slice before =
        from ? make_key(&tx->arena, index, kind, from->value, &from->id) : karto_slice(behind, sizeof behind);
    enum karto_err err = open_rows(tx, karto_slice(NULL, 0), &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek_last_before(cursor, before, &key, &row); err == KARTO_OK;
         err = karto_kv_prev(cursor, &key, &row)) {
        err = visit_row(tx, key, prefix, false, visit, context);
        if (err != KARTO_OK)
            break;
    }
    return close_rows(cursor, err);
}

enum karto_err karto_index_children(struct karto_tx *tx, uint32_t kind, const struct karto_rid *client,
                                    karto_child_visit *visit, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    uint8_t prefix[HEAD + ID] = {KARTO_BY_CLIENT, (uint8_t)kind};
    size_t size = client ? HEAD + ID : HEAD;
    if (client)
        memcpy(prefix + HEAD, client->b, ID);
    enum karto_err err = open_rows(tx, karto_slice(client ? prefix : NULL, client ? size : 0), &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, karto_slice(prefix, size), &key, &row); err == KARTO_OK;
         err = karto_kv_next(cursor, &key, &row)) {
        if (key.size != HEAD + 2 * ID || memcmp(key.data, prefix, size) != 0)
            break;
        err = visit(tx, karto_rid_read(key.data + HEAD), karto_rid_read(key.data + HEAD + ID), row, context);
        if (err != KARTO_OK)
            break;
    }
    return close_rows(cursor, err);
}

/* Behind all rows of the days that are asked for, or where an earlier walk came to. */
static struct karto_slice begin_of_days(struct karto_tx *tx, uint32_t kind, struct karto_days days,
                                        const struct karto_index_place *from)
{
    int64_t behind = days.to >= KARTO_DATE_MAX  ? KARTO_DATE_MAX + 1
                     : days.to < KARTO_DATE_MIN ? KARTO_DATE_MIN
                                                : days.to + 1;
    struct karto_slice end = make_key(&tx->arena, KARTO_BY_ORDER, kind, karto_date_key(&tx->arena, behind), NULL);
    struct karto_slice place = end;
    if (from)
        place = make_key(&tx->arena, KARTO_BY_ORDER, kind, from->value, &from->id);
    return karto_slice_compare(place, end) < 0 ? place : end;
}

enum karto_err karto_index_days(struct karto_tx *tx, uint32_t kind, struct karto_days days,
                                const struct karto_index_place *from, karto_child_visit *visit, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row, before = begin_of_days(tx, kind, days, from);
    int64_t day;
    enum karto_err err = open_rows(tx, karto_slice(NULL, 0), &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek_last_before(cursor, before, &key, &row); err == KARTO_OK;
         err = karto_kv_prev(cursor, &key, &row)) {
        if (key.size != HEAD + 4 + ID || memcmp(key.data, before.data, HEAD) != 0 ||
            !karto_date_of_key(karto_slice(key.data + HEAD, 4), &day) || day < days.from)
            break;
        struct karto_rid client = {{0}};
        if (row.size == ID)
            client = karto_rid_read(row.data);
        err = visit(tx, client, karto_rid_read(key.data + key.size - ID), row, context);
        if (err != KARTO_OK)
            break;
    }
    return close_rows(cursor, err);
}
