#include "core/store/refused.h"

#include "core/store/databases.h"
#include "core/store/keys.h"
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

enum karto_err karto_refused_forget(struct karto_tx *tx, struct karto_dot dot)
{
    uint8_t key[16];
    enum karto_err err = karto_kv_delete(tx->kv, KARTO_DB_DISMISSED, karto_key_dot(dot, key));
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}
