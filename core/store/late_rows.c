#include "core/store/late_rows.h"

#include "core/base/fatal.h"
#include "core/base/hash.h"
#include "core/store/databases.h"

#include <stdlib.h>
#include <string.h>

enum { ID = 16, ROWS_MIN = 32 };

/* A key that waits, and its first bytes as a number of the same order, so that sorting seldom looks at the key. */
struct late {
    uint64_t begin;
    struct karto_slice key;
};

struct karto_late_rows {
    struct karto_arena arena; /* keys */
    struct late *rows;
    uint64_t *heads;      /* hashes of keys without their ids, 0 for a free slot: a table of twice as many as room */
    uint32_t count, room; /* room: a power of two */
};

static uint64_t hash_of(struct karto_slice head)
{
    uint64_t hash = karto_sum_of(head).low;
    return hash ? hash : 1;
}

static uint64_t *slot_of(const struct karto_late_rows *late, uint64_t hash)
{
    uint32_t mask = 2 * late->room - 1, at = (uint32_t)hash & mask;
    while (late->heads[at] && late->heads[at] != hash)
        at = (at + 1) & mask;
    return &late->heads[at];
}

static void grow(struct karto_late_rows *late)
{
    uint64_t *old = late->heads;
    uint32_t slots = 2 * late->room;
    late->room = late->room ? 2 * late->room : ROWS_MIN;
    late->rows = karto_must(realloc(late->rows, late->room * sizeof *late->rows));
    late->heads = karto_must(calloc((size_t)2 * late->room, sizeof *late->heads));
    for (uint32_t i = 0; i < slots; i++)
        if (old[i])
            *slot_of(late, old[i]) = old[i];
    free(old);
}

static uint64_t begin_of(struct karto_slice key)
{
    uint8_t bytes[8] = {0};
    memcpy(bytes, key.data, key.size < sizeof bytes ? key.size : sizeof bytes);
    return karto_be64(bytes);
}

void karto_late_rows_add(struct karto_tx *tx, struct karto_slice key)
{
    if (!tx->late) {
        tx->late = karto_must(calloc(1, sizeof *tx->late));
        karto_arena_init(&tx->late->arena);
    }
    struct karto_late_rows *late = tx->late;
    if (late->count == late->room)
        grow(late);
    uint64_t hash = hash_of(karto_slice(key.data, key.size - ID));
    *slot_of(late, hash) = hash;
    late->rows[late->count++] = (struct late){begin_of(key), karto_arena_copy(&late->arena, key)};
}

static int compare(const void *a, const void *b)
{
    const struct late *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return karto_slice_compare(x->key, y->key);
}

enum karto_err karto_late_rows_put(struct karto_tx *tx, struct karto_slice head)
{
    struct karto_late_rows *late = tx->late;
    enum karto_err err = KARTO_OK;
    if (!late || !late->count || (head.data && !*slot_of(late, hash_of(head))))
        return KARTO_OK;
    qsort(late->rows, late->count, sizeof *late->rows, compare);
    for (uint32_t i = 0; i < late->count && err == KARTO_OK; i++)
        err = karto_kv_put(tx->kv, KARTO_DB_INDEX, late->rows[i].key, karto_slice(NULL, 0));
    late->count = 0;
    karto_arena_reset(&late->arena);
    memset(late->heads, 0, 2 * late->room * sizeof *late->heads);
    return err;
}

void karto_late_rows_forget(struct karto_tx *tx)
{
    if (!tx->late)
        return;
    karto_arena_fini(&tx->late->arena);
    free(tx->late->rows);
    free(tx->late->heads);
    free(tx->late);
    tx->late = NULL;
}
