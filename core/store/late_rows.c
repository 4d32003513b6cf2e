#include "core/store/late_rows.h"

#include "core/base/fatal.h"
#include "core/base/hash.h"
#include "core/store/aside.h"
#include "core/store/databases.h"
#include "core/store/index.h"

#include <stdlib.h>
#include <string.h>

enum { ID = 16, ROWS_MIN = 32, SLOTS_MIN = 64, AHEAD = 4 };

struct karto_late_rows {
    struct karto_arena arena; /* keys of own */
    struct karto_late_run own;
    uint32_t *heads; /* hashes of keys without their ids, 0 for a free slot: a hash table, at most half full */
    uint32_t head_count, slots;
    bool any; /* of own, or aside */
};

/* ---- runs ---- */

static struct karto_late_row row_of(struct karto_slice key, size_t value_size, uint32_t turn)
{
    uint8_t bytes[16] = {0};
    memcpy(bytes, key.data, key.size < sizeof bytes ? key.size : sizeof bytes);
    return (struct karto_late_row){
        {karto_be64(bytes), karto_be64(bytes + 8)}, key.data, (uint16_t)key.size, (uint16_t)value_size, turn};
}

struct karto_slice karto_late_row_copy(struct karto_arena *arena, struct karto_slice key, struct karto_slice value)
{
    uint8_t *both = karto_arena_alloc(arena, key.size + value.size);
    memcpy(both, key.data, key.size);
    if (value.size)
        memcpy(both + key.size, value.data, value.size);
    return karto_slice(both, key.size);
}

void karto_late_run_add(struct karto_late_run *run, struct karto_slice key, size_t value_size)
{
    if (run->count == run->room) {
        run->room = run->room ? 2 * run->room : ROWS_MIN;
        run->rows = karto_must(realloc(run->rows, run->room * sizeof *run->rows));
    }
    run->rows[run->count] = row_of(key, value_size, run->count);
    run->count++;
}

static int compare_keys(const struct karto_late_row *x, const struct karto_late_row *y)
{
    for (int i = 0; i < 2; i++)
        if (x->begin[i] != y->begin[i])
            return x->begin[i] < y->begin[i] ? -1 : 1;
    return karto_slice_compare(karto_slice(x->key, x->key_size), karto_slice(y->key, y->key_size));
}

static int compare(const void *a, const void *b)
{
    const struct karto_late_row *x = a, *y = b;
    int order = compare_keys(x, y);
    return order ? order : (x->turn > y->turn) - (x->turn < y->turn);
}

void karto_late_run_sort(struct karto_late_run *run)
{
    if (run->count > 1)
        qsort(run->rows, run->count, sizeof *run->rows, compare);
}

void karto_late_run_fini(struct karto_late_run *run)
{
    free(run->rows);
    *run = (struct karto_late_run){NULL, 0, 0};
}

/* ---- what there may be ---- */

static uint32_t hash_of(struct karto_slice head)
{
    uint32_t hash = (uint32_t)karto_sum_of(head).low;
    return hash ? hash : 1;
}

static uint32_t *slot_of(const struct karto_late_rows *late, uint32_t hash)
{
    uint32_t mask = late->slots - 1, at = hash & mask;
    while (late->heads[at] && late->heads[at] != hash)
        at = (at + 1) & mask;
    return &late->heads[at];
}

static void grow(struct karto_late_rows *late)
{
    uint32_t *old = late->heads;
    uint32_t old_slots = late->slots;
    late->slots = old_slots ? 2 * old_slots : SLOTS_MIN;
    late->heads = karto_must(calloc(late->slots, sizeof *late->heads));
    for (uint32_t i = 0; i < old_slots; i++)
        if (old[i])
            *slot_of(late, old[i]) = old[i];
    free(old);
}

void karto_late_rows_begin(struct karto_tx *tx)
{
    if (!tx->late) {
        tx->late = karto_must(calloc(1, sizeof *tx->late));
        karto_arena_init(&tx->late->arena);
    }
    tx->late->any = true;
}

void karto_late_rows_expect(struct karto_tx *tx, struct karto_slice key)
{
    karto_late_rows_begin(tx);
    struct karto_late_rows *late = tx->late;
    if (2 * late->head_count >= late->slots)
        grow(late);
    uint32_t hash = hash_of(karto_slice(key.data, key.size - ID)), *slot = slot_of(late, hash);
    late->head_count += !*slot;
    *slot = hash;
}

void karto_late_rows_add(struct karto_tx *tx, struct karto_slice key, struct karto_slice value)
{
    karto_late_rows_expect(tx, key);
    karto_late_run_add(&tx->late->own, karto_late_row_copy(&tx->late->arena, key, value), value.size);
}

/* ---- putting ---- */

/* The next of several sorted runs, of equal ones that of the first; NULL: all are through. at: how far each is. */
static const struct karto_late_row *next(const struct karto_late_run *const *runs, uint32_t *at, uint32_t count)
{
    const struct karto_late_row *least = NULL;
    uint32_t which = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct karto_late_row *row = at[i] < runs[i]->count ? &runs[i]->rows[at[i]] : NULL;
        if (row && (!least || compare_keys(row, least) < 0)) {
            least = row;
            which = i;
        }
    }
    at[which] += least != NULL;
    if (least && at[which] + AHEAD < runs[which]->count)
        __builtin_prefetch(runs[which]->rows[at[which] + AHEAD].key); /* the keys lie in the order of the records */
    return least;
}

static enum karto_err put(struct karto_tx *tx, const struct karto_late_row *row)
{
    struct karto_slice value = karto_slice(row->key + row->key_size, row->value_size);
    return karto_kv_put(tx->kv, KARTO_DB_INDEX, karto_slice(row->key, row->key_size), value);
}

static enum karto_err put_merged(struct karto_tx *tx, const struct karto_late_run *const *runs, uint32_t count)
{
    uint32_t *at = karto_arena_array(&tx->arena, count, sizeof *at);
    enum karto_err err = KARTO_OK;
    memset(at, 0, count * sizeof *at);
    for (const struct karto_late_row *row; err == KARTO_OK && (row = next(runs, at, count)) != NULL;)
        err = put(tx, row);
    return err;
}

static bool may_have(const struct karto_tx *tx, struct karto_slice head)
{
    const struct karto_late_rows *late = tx->late;
    return late && late->any &&
           (!head.data || karto_index_is_aside(head) || (late->slots && *slot_of(late, hash_of(head))));
}

enum karto_err karto_late_rows_put(struct karto_tx *tx, struct karto_slice head)
{
    const struct karto_late_run *runs;
    if (!may_have(tx, head))
        return KARTO_OK;
    struct karto_late_rows *late = tx->late;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    uint32_t count = karto_aside_collect(tx, &runs);
    const struct karto_late_run **all = karto_arena_array(&tx->arena, count + 1, sizeof *all);
    for (uint32_t i = 0; i < count; i++)
        all[i] = &runs[i];
    all[count] = &late->own; /* the last: what was changed counts before what was new */
    karto_late_run_sort(&late->own);
    enum karto_err err = put_merged(tx, all, count + 1);
    karto_arena_release(&tx->arena, mark);
    karto_aside_drop(tx);
    late->own.count = 0;
    karto_arena_reset(&late->arena);
    if (late->slots)
        memset(late->heads, 0, late->slots * sizeof *late->heads);
    late->head_count = 0;
    late->any = false;
    return err;
}

void karto_late_rows_forget(struct karto_tx *tx)
{
    if (!tx->late)
        return;
    karto_arena_fini(&tx->late->arena);
    karto_late_run_fini(&tx->late->own);
    free(tx->late->heads);
    free(tx->late);
    tx->late = NULL;
}
