#include "core/store/device_give.h"

#include "core/store/databases.h"
#include "core/store/device.h"
#include "core/store/device_view.h"
#include "core/store/keys.h"
#include "core/store/log.h"
#include "core/store/past.h"
#include "core/store/refused.h"

/* ---- own changes ---- */

static bool is_given(enum karto_verdict verdict)
{
    return verdict == KARTO_V_APPLIED || verdict == KARTO_V_CONTAINED || verdict == KARTO_V_REFUSED;
}

static enum karto_err read_change(struct karto_tx *tx, uint64_t position, struct karto_change *change, size_t *size)
{
    struct karto_log_entry entry;
    enum karto_err err = karto_log_read(tx, position, &entry);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &entry, change);
    *size += err == KARTO_OK ? entry.change.size : 0;
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

enum karto_err karto_device_give(struct karto_tx *tx, struct karto_dot after, uint32_t most, size_t size_max,
                                 struct karto_give **gives, uint32_t *count)
{
    uint64_t last;
    size_t size = 0;
    enum karto_err err = karto_own_judged(tx, after.node, &last);
    uint64_t room = err == KARTO_OK && last > after.seq ? last - after.seq : 0;
    *gives = karto_arena_array(&tx->arena, room < most ? (uint32_t)room : most, sizeof **gives);
    *count = 0;
    for (uint64_t seq = after.seq + 1; err == KARTO_OK && seq <= last && *count < most && size < size_max; seq++) {
        struct karto_give *give = &(*gives)[*count];
        err = karto_own_get(tx, (struct karto_dot){after.node, seq}, &give->own);
        if (err == KARTO_E_NOT_FOUND || (err == KARTO_OK && !is_given(give->own.verdict))) {
            err = KARTO_OK;
            continue;
        }
        if (err == KARTO_OK)
            err = read_change(tx, give->own.position, &give->change, &size);
        if (err == KARTO_OK)
            karto_change_forget_old(&tx->arena, &give->change);
        *count += err == KARTO_OK;
    }
    return err;
}

enum karto_err karto_device_given(struct karto_tx *tx, struct karto_dot dot, uint64_t receipt)
{
    struct karto_own own;
    enum karto_err err = karto_own_get(tx, dot, &own);
    if (err != KARTO_OK || receipt == 0 || receipt == own.receipt)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    own.receipt = receipt;
    return karto_own_put(tx, dot, &own);
}

/* A record that has left, of which something is on its way once more. */
static enum karto_err come_back(struct karto_tx *tx, const struct karto_log_entry *row, struct karto_entry *entry)
{
    struct karto_change change;
    enum karto_err err = karto_log_change(tx, row, &change);
    if (err == KARTO_OK)
        err = karto_past_return(tx, row->record, &entry->last);
    entry->base = (struct karto_record){.id = row->record, .kind = change.kind};
    return err;
}

/* Position of the first of those that are pending again, in a row of meta. */
static const char again[] = "again";

static enum karto_err first_again(struct karto_tx *tx, uint64_t *position)
{
    struct karto_slice row;
    enum karto_err err = karto_meta_get(tx, again, &row);
    *position = 0;
    if (err != KARTO_OK || row.size != 8)
        return err == KARTO_OK ? KARTO_E_CORRUPT : err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    *position = karto_be64(row.data);
    return KARTO_OK;
}

static enum karto_err note_again(struct karto_tx *tx, uint64_t position)
{
    uint64_t first;
    uint8_t row[8];
    enum karto_err err = first_again(tx, &first);
    if (err != KARTO_OK || (first && first <= position))
        return err;
    return karto_meta_put(tx, again, karto_key_position(position, row));
}

enum karto_err karto_device_rotate_again(struct karto_tx *tx, bool *rotated)
{
    uint64_t first;
    enum karto_err err = first_again(tx, &first);
    *rotated = err == KARTO_OK && first > 0;
    if (*rotated)
        err = karto_kv_delete(tx->kv, KARTO_DB_META, karto_slice_str(again));
    return err == KARTO_OK && *rotated ? karto_device_rotate(tx, first) : err;
}

enum karto_err karto_device_again(struct karto_tx *tx, struct karto_dot dot)
{
    struct karto_own own;
    struct karto_log_entry row;
    struct karto_entry before, after;
    enum karto_err err = karto_own_get(tx, dot, &own);
    if (err == KARTO_OK && own.verdict == KARTO_V_NONE)
        err = KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        err = karto_log_read(tx, own.position, &row);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, row.record, &before);
    if (err != KARTO_OK)
        return err;
    tx->ledger.refused -= own.verdict == KARTO_V_REFUSED;
    tx->ledger.pending++;
    own = (struct karto_own){.position = own.position};
    err = karto_refused_forget(tx, dot);
    if (err == KARTO_OK)
        err = note_again(tx, own.position);
    if (err == KARTO_OK)
        err = karto_own_put(tx, dot, &own);
    if (err == KARTO_OK)
        err = karto_pending_put(tx, own.position, dot);
    after = before;
    if (err == KARTO_OK && !before.exists)
        err = come_back(tx, &row, &after);
    after.exists = true;
    after.pending++;
    return err == KARTO_OK ? karto_view_save(tx, &before, &after) : err;
}

/* ---- confirmed states ---- */

static enum karto_err hash_row(struct karto_tx *tx, struct karto_rid id, struct karto_slice row,
                               struct karto_hash *hashes, uint32_t *count)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_entry_decode(&tx->arena, id, row, &entry);
    if (err == KARTO_OK)
        err = karto_entry_load_base(tx, &entry);
    if (err == KARTO_OK && entry.base.count > 0)
        hashes[(*count)++] = (struct karto_hash){id, karto_state_hash(&entry.base, entry.home)};
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_device_hashes(struct karto_tx *tx, struct karto_rid after, uint32_t most,
                                   struct karto_hash **hashes, uint32_t *count, struct karto_rid *last)
{
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    *hashes = karto_arena_array(&tx->arena, most, sizeof **hashes);
    *count = 0;
    *last = (struct karto_rid){{0}};
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, karto_rid_slice(&after), &key, &row); err == KARTO_OK && *count < most;
         err = karto_kv_next(cursor, &key, &row)) {
        struct karto_rid id = karto_rid_read(key.data);
        if (karto_rid_equal(id, after))
            continue;
        err = hash_row(tx, id, row, *hashes, count);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    if (err == KARTO_OK && *count > 0)
        *last = (*hashes)[*count - 1].record;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_device_confirmed_state(struct karto_tx *tx, struct karto_rid id, struct karto_slice *home,
                                            struct karto_slice *bytes)
{
    struct karto_entry entry;
    struct karto_buf out = KARTO_BUF_EMPTY;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    *home = *bytes = karto_slice(NULL, 0);
    if (err != KARTO_OK || entry.base.count == 0)
        return err;
    karto_record_encode(&entry.base, &out);
    *home = entry.home;
    *bytes = karto_arena_copy(&tx->arena, karto_buf_slice(&out));
    karto_buf_fini(&out);
    return KARTO_OK;
}
