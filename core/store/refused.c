#include "core/store/refused.h"

#include "core/store/databases.h"
#include "core/store/entry.h"
#include "core/store/keys.h"
#include "core/store/log.h"
#include "core/store/own.h"

#include <stdlib.h>

enum karto_err karto_refused_count(struct karto_tx *tx, uint64_t *count)
{
    uint64_t dismissed;
    enum karto_err err = karto_kv_count(tx->kv, KARTO_DB_DISMISSED, &dismissed);
    *count = err == KARTO_OK && tx->ledger.refused > dismissed ? tx->ledger.refused - dismissed : 0;
    return err;
}

/* ---- list ---- */

struct listing {
    struct karto_refused *list;
    uint32_t count, room;
};

static enum karto_err is_dismissed(struct karto_tx *tx, struct karto_slice dot, bool *dismissed)
{
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_DISMISSED, dot, &row);
    *dismissed = err == KARTO_OK;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* A row that cannot be read hides none of the others: it is for check to tell of. */
static enum karto_err look_at(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct listing *listing = context;
    struct karto_own own;
    bool dismissed;
    if (key.size != 16 || karto_own_parse(row, &own) != KARTO_OK || own.verdict != KARTO_V_REFUSED)
        return KARTO_OK;
    enum karto_err err = is_dismissed(tx, key, &dismissed);
    if (err != KARTO_OK || dismissed)
        return err;
    if (listing->count == listing->room)
        return KARTO_E_INTERRUPTED;
    listing->list[listing->count++] =
        (struct karto_refused){{{karto_be64(key.data)}, karto_be64(key.data + 8)}, own.position};
    return KARTO_OK;
}

static int compare(const void *a, const void *b)
{
    const struct karto_refused *x = a, *y = b;
    return x->position < y->position ? 1 : x->position > y->position ? -1 : 0;
}

enum karto_err karto_refused_list(struct karto_tx *tx, struct karto_refused **list, uint32_t *count)
{
    uint64_t open, made;
    struct listing listing = {.count = 0};
    *list = NULL;
    *count = 0;
    enum karto_err err = karto_refused_count(tx, &open);
    if (err == KARTO_OK)
        err = karto_kv_count(tx->kv, KARTO_DB_OWN, &made);
    if (err != KARTO_OK || open == 0)
        return err;
    listing.room = (uint32_t)(open < made ? open : made); /* a count that is wrong asks for no memory */
    listing.list = karto_arena_array(&tx->arena, listing.room, sizeof *listing.list);
    err = karto_each_row(tx, KARTO_DB_OWN, look_at, &listing);
    if (listing.count > 1)
        qsort(listing.list, listing.count, sizeof *listing.list, compare);
    *list = listing.list;
    *count = listing.count;
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

/* ---- dismiss ---- */

enum karto_err karto_refused_dismiss(struct karto_tx *tx, struct karto_dot dot)
{
    uint8_t key[16], when[8];
    struct karto_own own;
    enum karto_err err = karto_own_get(tx, dot, &own);
    if (err == KARTO_OK && own.verdict != KARTO_V_REFUSED)
        err = KARTO_E_NOT_FOUND;
    if (err != KARTO_OK)
        return err;
    karto_be64_write((uint64_t)karto_now_ms(tx), when);
    err = karto_kv_put_new(tx->kv, KARTO_DB_DISMISSED, karto_key_dot(dot, key), karto_slice(when, sizeof when));
    return err == KARTO_E_EXISTS ? KARTO_OK : err;
}

/* ---- settle ---- */

static bool stands(const struct karto_record *record, uint32_t field, const struct karto_set *set)
{
    const struct karto_register *reg = karto_record_register(record, field, set->key);
    uint32_t heads = reg ? reg->count : 0;
    if (set->value.size == 0)
        return heads == 0;
    return heads == 1 && karto_slice_equal(reg->heads[0].value, set->value);
}

/* A change that cannot be read hides nothing, and stays. */
static enum karto_err is_settled(struct karto_tx *tx, uint64_t position, bool *settled)
{
    struct karto_log_entry row;
    struct karto_change change;
    struct karto_entry entry;
    *settled = false;
    enum karto_err err = karto_log_read(tx, position, &row);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &row, &change);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, row.record, &entry);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND || err == KARTO_E_CORRUPT ? KARTO_OK : err;
    *settled = entry.exists && entry.kept && entry.base.kind == change.kind;
    for (uint32_t i = 0; i < change.count; i++)
        for (uint32_t j = 0; j < change.touches[i].count; j++)
            *settled = *settled && stands(&entry.base, change.touches[i].field, &change.touches[i].sets[j]);
    return KARTO_OK;
}

enum karto_err karto_refused_settle(struct karto_tx *tx)
{
    struct karto_refused *list;
    uint32_t count;
    enum karto_err err = karto_refused_list(tx, &list, &count);
    for (uint32_t i = 0; i < count && i < KARTO_REFUSED_LOOK && err == KARTO_OK; i++) {
        bool settled;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = is_settled(tx, list[i].position, &settled);
        if (err == KARTO_OK && settled)
            err = karto_refused_dismiss(tx, list[i].dot);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

enum karto_err karto_refused_forget(struct karto_tx *tx, struct karto_dot dot)
{
    uint8_t key[16];
    enum karto_err err = karto_kv_delete(tx->kv, KARTO_DB_DISMISSED, karto_key_dot(dot, key));
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}
