#include "core/store/past.h"

#include "core/store/databases.h"
#include "core/store/keys.h"
#include "core/store/own.h"

#include <string.h>

enum { ID = 16, POSITION = 8, OF_KEY = ID + POSITION, LACK_ROW = 16, REACH_NUMBERS = 9 };

static enum karto_err delete_if_there(struct karto_tx *tx, unsigned db, struct karto_slice key)
{
    enum karto_err err = karto_kv_delete(tx->kv, db, key);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static struct karto_slice of_key(struct karto_rid id, uint64_t position, uint8_t out[OF_KEY])
{
    memcpy(out, id.b, ID);
    karto_be64_write(position, out + ID);
    return karto_slice(out, OF_KEY);
}

/* ---- how far it is ---- */

static void list_numbers(struct karto_past_reach *reach, uint64_t *out[REACH_NUMBERS])
{
    uint64_t *numbers[] = {(uint64_t *)&reach->epoch.ms,
                           &reach->epoch.node.v,
                           &reach->rights,
                           &reach->below,
                           (uint64_t *)&reach->since_ms,
                           &reach->bytes,
                           &reach->changes,
                           &reach->limits.days,
                           &reach->limits.mb};
    _Static_assert(sizeof numbers / sizeof *numbers == REACH_NUMBERS, "count the numbers");
    memcpy(out, numbers, sizeof numbers);
}

enum karto_err karto_past_get_reach(struct karto_tx *tx, struct karto_past_reach *reach)
{
    struct karto_slice row;
    uint64_t *numbers[REACH_NUMBERS];
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_META, karto_slice_str("past"), &row);
    *reach = (struct karto_past_reach){.below = 0};
    if (err == KARTO_OK && row.size != (size_t)8 * REACH_NUMBERS)
        err = KARTO_E_CORRUPT;
    list_numbers(reach, numbers);
    for (int i = 0; i < REACH_NUMBERS && err == KARTO_OK; i++)
        *numbers[i] = karto_be64(row.data + (size_t)8 * (unsigned)i);
    return err;
}

enum karto_err karto_past_put_reach(struct karto_tx *tx, const struct karto_past_reach *reach)
{
    struct karto_past_reach copy = *reach;
    uint64_t *numbers[REACH_NUMBERS];
    uint8_t row[8 * REACH_NUMBERS];
    list_numbers(&copy, numbers);
    for (int i = 0; i < REACH_NUMBERS; i++)
        karto_be64_write(*numbers[i], row + (size_t)8 * (unsigned)i);
    return karto_meta_put(tx, "past", karto_slice(row, sizeof row));
}

/* Of the hub that the store is reconciled with. */
static enum karto_err get_current(struct karto_tx *tx, struct karto_past_reach *reach)
{
    enum karto_err err = karto_past_get_reach(tx, reach);
    return err == KARTO_OK && !karto_epoch_equal(reach->epoch, tx->ledger.epoch) ? KARTO_E_NOT_FOUND : err;
}

/* A record whose first change is in the past is complete, however far the walk is. */
static enum karto_err has_first(struct karto_tx *tx, struct karto_rid id, bool *first)
{
    uint8_t from[OF_KEY], at[POSITION];
    struct karto_slice key, value, row;
    struct karto_kv_cursor *cursor;
    struct karto_log_entry entry;
    *first = false;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_PAST_OF, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek(cursor, of_key(id, 0, from), &key, &value);
    bool there = err == KARTO_OK && key.size == OF_KEY && memcmp(key.data, id.b, ID) == 0;
    uint64_t position = there ? karto_be64(key.data + ID) : 0;
    karto_kv_cursor_close(cursor);
    if (!there)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    err = karto_row(tx, KARTO_DB_PAST, karto_key_position(position, at), &row);
    if (err == KARTO_OK)
        err = karto_log_parse(row, &entry);
    *first = err == KARTO_OK && entry.previous == 0;
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

static enum karto_err since_of_record(struct karto_tx *tx, const struct karto_past_reach *reach, struct karto_rid id,
                                      bool *complete, int64_t *since_ms)
{
    struct karto_past_place lack;
    enum karto_err err = karto_past_get_lack(tx, id, &lack);
    if (err == KARTO_OK)
        *since_ms = lack.at_ms;
    if (err != KARTO_E_NOT_FOUND)
        return err;
    *complete = reach->below == 0;
    return *complete ? KARTO_OK : has_first(tx, id, complete);
}

static enum karto_err since_of_all(struct karto_tx *tx, const struct karto_past_reach *reach, bool *complete,
                                   int64_t *since_ms)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    struct karto_past_place lack;
    *complete = reach->below == 0;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_LACKS, &cursor);
    if (err != KARTO_OK)
        return err;
    while ((err = karto_kv_next(cursor, &key, &row)) == KARTO_OK) {
        err = karto_past_parse_lack(key, row, &lack);
        if (err != KARTO_OK)
            break;
        if (*complete || lack.at_ms > *since_ms)
            *since_ms = lack.at_ms;
        *complete = false;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_past_since(struct karto_tx *tx, const struct karto_rid *record, bool *complete, int64_t *since_ms)
{
    struct karto_past_reach reach;
    *complete = false;
    enum karto_err err = get_current(tx, &reach);
    if (err != KARTO_OK)
        return err;
    *since_ms = reach.since_ms;
    return record ? since_of_record(tx, &reach, *record, complete, since_ms)
                  : since_of_all(tx, &reach, complete, since_ms);
}

/* ---- changes ---- */

static enum karto_err position_before(struct karto_tx *tx, const struct karto_rid *record, uint64_t before,
                                      uint64_t *position)
{
    uint8_t end[OF_KEY];
    struct karto_slice key, value, at = karto_key_position(before, end);
    struct karto_kv_cursor *cursor;
    enum karto_err err = karto_kv_cursor_open(tx->kv, record ? KARTO_DB_PAST_OF : KARTO_DB_PAST, &cursor);
    if (err != KARTO_OK)
        return err;
    if (record)
        at = of_key(*record, before, end);
    err = karto_kv_seek_last_before(cursor, at, &key, &value);
    if (err == KARTO_OK && record && (key.size != OF_KEY || memcmp(key.data, record->b, ID) != 0))
        err = KARTO_E_NOT_FOUND;
    if (err == KARTO_OK)
        *position = karto_be64(key.data + (record ? ID : 0));
    karto_kv_cursor_close(cursor);
    return err;
}

enum karto_err karto_past_before(struct karto_tx *tx, const struct karto_rid *record, uint64_t before,
                                 uint64_t *position, struct karto_log_entry *row)
{
    uint8_t key[POSITION];
    struct karto_slice bytes;
    enum karto_err err = position_before(tx, record, before, position);
    if (err != KARTO_OK)
        return err;
    err = karto_row(tx, KARTO_DB_PAST, karto_key_position(*position, key), &bytes);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    return karto_log_parse(bytes, row);
}

uint64_t karto_past_size(size_t row_size)
{
    return POSITION + row_size + OF_KEY;
}

static void encode_row(const struct karto_past_change *change, struct karto_buf *row)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_encode(&change->change, true, &bytes);
    struct karto_log_entry entry = {.type = KARTO_LOG_CHANGE,
                                    .verdict =
                                        karto_change_is_void(&change->change) ? KARTO_V_REFUSED : KARTO_V_APPLIED,
                                    .previous = change->previous,
                                    .record = change->change.record,
                                    .at_ms = change->at_ms,
                                    .change = karto_buf_slice(&bytes)};
    karto_log_encode(&entry, row);
    karto_buf_fini(&bytes);
}

static enum karto_err must_be_its_own(struct karto_tx *tx, struct karto_slice key, struct karto_rid id)
{
    struct karto_slice row;
    struct karto_log_entry entry;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_PAST, key, &row);
    if (err == KARTO_OK)
        err = karto_log_parse(row, &entry);
    return err == KARTO_OK && !karto_rid_equal(entry.record, id) ? KARTO_E_PROTOCOL : err;
}

enum karto_err karto_past_put(struct karto_tx *tx, struct karto_past_reach *reach,
                              const struct karto_past_change *change)
{
    uint8_t key[POSITION], of[OF_KEY];
    struct karto_rid id = change->change.record;
    struct karto_slice position = karto_key_position(change->position, key);
    struct karto_buf row = KARTO_BUF_EMPTY;
    enum karto_err err = must_be_its_own(tx, position, id);
    if (err != KARTO_E_NOT_FOUND)
        return err;
    encode_row(change, &row);
    err = karto_kv_put(tx->kv, KARTO_DB_PAST, position, karto_buf_slice(&row));
    if (err == KARTO_OK)
        err = karto_kv_put(tx->kv, KARTO_DB_PAST_OF, of_key(id, change->position, of), karto_slice(NULL, 0));
    reach->bytes += karto_past_size(row.size);
    reach->changes++;
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_past_logged(struct karto_tx *tx, uint64_t last, const struct karto_dot **dots, uint32_t *count)
{
    struct karto_dot *out = NULL;
    uint32_t room = 0;
    *count = 0;
    for (uint64_t at = last; at;) {
        struct karto_log_entry row;
        struct karto_change change;
        enum karto_err err = karto_log_read(tx, at, &row);
        if (err == KARTO_OK)
            err = karto_log_change(tx, &row, &change);
        if (err != KARTO_OK)
            return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
        if (*count == room) {
            struct karto_dot *grown = karto_arena_array(&tx->arena, room = room ? 2 * room : 16, sizeof *grown);
            if (*count)
                memcpy(grown, out, *count * sizeof *grown);
            out = grown;
        }
        if (!row.stripped)
            out[(*count)++] = change.stamp.dot;
        at = row.previous;
    }
    *dots = out;
    return KARTO_OK;
}

bool karto_dots_have(const struct karto_dot *dots, uint32_t count, struct karto_dot dot)
{
    for (uint32_t i = 0; i < count; i++)
        if (karto_dot_equal(dots[i], dot))
            return true;
    return false;
}

/* ---- what records lack ---- */

enum karto_err karto_past_parse_lack(struct karto_slice key, struct karto_slice row, struct karto_past_place *place)
{
    if (key.size != ID || row.size != LACK_ROW)
        return KARTO_E_CORRUPT;
    *place =
        (struct karto_past_place){karto_rid_read(key.data), karto_be64(row.data), (int64_t)karto_be64(row.data + 8)};
    return KARTO_OK;
}

enum karto_err karto_past_get_lack(struct karto_tx *tx, struct karto_rid id, struct karto_past_place *place)
{
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_LACKS, karto_rid_slice(&id), &row);
    return err == KARTO_OK ? karto_past_parse_lack(karto_rid_slice(&id), row, place) : err;
}

enum karto_err karto_past_put_lack(struct karto_tx *tx, const struct karto_past_place *place)
{
    uint8_t row[LACK_ROW];
    karto_be64_write(place->before, row);
    karto_be64_write((uint64_t)place->at_ms, row + 8);
    return karto_kv_put(tx->kv, KARTO_DB_LACKS, karto_rid_slice(&place->record), karto_slice(row, sizeof row));
}

enum karto_err karto_past_end_lack(struct karto_tx *tx, struct karto_rid id)
{
    return delete_if_there(tx, KARTO_DB_LACKS, karto_rid_slice(&id));
}

/* Whether the log has the last change of each node to each field, and all of them were made here: who has the last of
 * his own changes has those before. */
static enum karto_err is_own_work(struct karto_tx *tx, const struct karto_record *state, uint64_t last, bool *own)
{
    const struct karto_dot *dots;
    uint32_t count;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_past_logged(tx, last, &dots, &count);
    *own = err == KARTO_OK && count > 0;
    for (uint32_t i = 0; i < state->count && *own; i++)
        for (uint32_t j = 0; j < state->fields[i].vv.count && *own; j++) {
            struct karto_dot dot = state->fields[i].vv.dots[j];
            *own = karto_dots_have(dots, count, dot) && karto_is_own_node(tx, dot.node);
        }
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_past_lack(struct karto_tx *tx, const struct karto_record *state, uint64_t last)
{
    struct karto_past_reach reach;
    struct karto_past_place place = {state->id, 0, karto_now_ms(tx)};
    bool own = false;
    enum karto_err err = get_current(tx, &reach);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* the walk is still to come, and begins above this */
    if (last)
        err = is_own_work(tx, state, last, &own);
    return err == KARTO_OK && !own ? karto_past_put_lack(tx, &place) : err;
}

/* ---- giving up ---- */

static enum karto_err forget_one(struct karto_tx *tx, struct karto_past_reach *reach, struct karto_rid id,
                                 uint64_t position)
{
    uint8_t key[POSITION], of[OF_KEY];
    struct karto_slice row, at = karto_key_position(position, key);
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_PAST, at, &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    reach->bytes -= karto_past_size(row.size);
    reach->changes--;
    err = karto_kv_delete(tx->kv, KARTO_DB_PAST, at);
    if (err == KARTO_OK)
        err = karto_kv_delete(tx->kv, KARTO_DB_PAST_OF, of_key(id, position, of));
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

/* The first key of a database, of this size: copied to out. */
static enum karto_err first_key(struct karto_tx *tx, unsigned db, size_t size, uint8_t *out)
{
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    enum karto_err err = karto_kv_cursor_open(tx->kv, db, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_first(cursor, &key, &row);
    if (err == KARTO_OK && key.size != size)
        err = KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        memcpy(out, key.data, size);
    karto_kv_cursor_close(cursor);
    return err;
}

enum karto_err karto_past_drop(struct karto_tx *tx, struct karto_past_reach *reach, uint32_t most, bool *left)
{
    uint8_t key[OF_KEY];
    enum karto_err err = KARTO_OK;
    for (; most > 0 && (err = first_key(tx, KARTO_DB_LACKS, ID, key)) == KARTO_OK; most--) {
        err = karto_kv_delete(tx->kv, KARTO_DB_LACKS, karto_slice(key, ID));
        if (err != KARTO_OK)
            return err;
    }
    for (; most > 0 && (err == KARTO_OK || err == KARTO_E_NOT_FOUND); most--) {
        err = first_key(tx, KARTO_DB_PAST_OF, OF_KEY, key);
        if (err == KARTO_OK)
            err = forget_one(tx, reach, karto_rid_read(key), karto_be64(key + ID));
        if (err != KARTO_OK)
            break;
    }
    *left = err == KARTO_OK;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* ---- records that come and go ---- */

static enum karto_err forget_past(struct karto_tx *tx, struct karto_rid id)
{
    struct karto_past_reach reach;
    uint64_t position, before = UINT64_MAX, changes;
    enum karto_err err = karto_past_get_reach(tx, &reach);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    changes = reach.changes;
    while (err == KARTO_OK && (err = position_before(tx, &id, before, &position)) == KARTO_OK) {
        err = forget_one(tx, &reach, id, position);
        before = position;
    }
    if (err != KARTO_E_NOT_FOUND)
        return err;
    err = karto_past_end_lack(tx, id);
    return err == KARTO_OK && reach.changes != changes ? karto_past_put_reach(tx, &reach) : err;
}

/* What others did to it, without what they wrote: the entry stays, for the log has no holes. */
static enum karto_err strip(struct karto_tx *tx, uint64_t position, struct karto_log_entry *row)
{
    struct karto_change change;
    struct karto_own own;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    enum karto_err err = karto_log_change(tx, row, &change);
    if (err == KARTO_OK)
        err = karto_own_get(tx, change.stamp.dot, &own);
    if (err != KARTO_E_NOT_FOUND)
        return err;
    change = karto_change_void(&tx->arena, &change);
    change.reason = karto_slice(NULL, 0);
    karto_change_encode(&change, true, &bytes);
    row->stripped = true;
    row->change = karto_buf_slice(&bytes);
    err = karto_log_replace(tx, position, row);
    karto_buf_fini(&bytes);
    return err;
}

enum karto_err karto_past_forget(struct karto_tx *tx, struct karto_rid id, uint64_t last)
{
    enum karto_err err = forget_past(tx, id);
    for (uint64_t at = last; at && err == KARTO_OK;) {
        struct karto_log_entry row;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_log_read(tx, at, &row);
        uint64_t previous = err == KARTO_OK ? row.previous : 0;
        if (err == KARTO_OK && !row.stripped)
            err = strip(tx, at, &row);
        karto_arena_release(&tx->arena, mark);
        at = previous;
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

enum karto_err karto_past_leave(struct karto_tx *tx, struct karto_rid id, uint64_t last)
{
    uint8_t row[POSITION];
    return last ? karto_kv_put(tx->kv, KARTO_DB_LEFT, karto_rid_slice(&id), karto_key_position(last, row)) : KARTO_OK;
}

enum karto_err karto_past_return(struct karto_tx *tx, struct karto_rid id, uint64_t *last)
{
    struct karto_slice row;
    *last = 0;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_LEFT, karto_rid_slice(&id), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size != POSITION)
        return KARTO_E_CORRUPT;
    *last = karto_be64(row.data);
    return karto_kv_delete(tx->kv, KARTO_DB_LEFT, karto_rid_slice(&id));
}
