#include "core/store/aside.h"

#include "core/base/fatal.h"
#include "core/base/os_worker.h"
#include "core/store/index.h"
#include "core/store/words_gather.h"

#include <stdlib.h>

/* New records that a transaction does itself first; records that go to the thread at once; rows that make a run, few
 * enough to be sorted before the next are there, and so many that few runs are to be merged. */
enum { OWN_MAX = 256, PART_RECORDS = 64, RUN_ROWS = 16384 };

struct given {
    struct karto_record view;
    uint32_t number;
};

/* Some records. The transaction's until it is given, and again behind a wait. */
struct part {
    struct part *next;
    struct karto_arena arena; /* of the records, and of all keys */
    struct given records[PART_RECORDS];
    uint32_t count;
    struct karto_late_run rows; /* that were given */
    const struct karto_collation *collation;
    struct karto_postings *postings; /* gathers the terms */
    struct karto_aside *aside;
};

struct karto_aside {
    uint32_t own; /* new records before there was a thread */
    bool alone;   /* there is none to be had */
    struct karto_worker *worker;
    struct part *filling; /* not yet given */
    struct part *given;   /* since the last drop, the last one first */

    /* The thread's, but for behind a wait. All but the last are sorted. */
    struct karto_late_run *runs;
    uint32_t run_count;
};

/* ---- in the thread ---- */

static struct karto_late_run *last_run(struct karto_aside *aside)
{
    struct karto_late_run *last = aside->run_count ? &aside->runs[aside->run_count - 1] : NULL;
    if (last && last->count < RUN_ROWS)
        return last;
    if (last)
        karto_late_run_sort(last);
    aside->runs = karto_must(realloc(aside->runs, (aside->run_count + 1) * sizeof *aside->runs));
    aside->runs[aside->run_count] = (struct karto_late_run){NULL, 0, 0};
    return &aside->runs[aside->run_count++];
}

static void add_rows(struct part *part, struct karto_arena *arena, const struct karto_record *view)
{
    struct karto_slice keys[KARTO_INDEX_NAME_KEYS];
    uint8_t out[KARTO_INDEX_ROW_MAX];
    uint32_t count = karto_index_name_keys(arena, part->collation, view, keys);
    for (uint32_t i = 0; i < count; i++) {
        struct karto_slice value = karto_index_value(keys[i], view, out);
        karto_late_run_add(last_run(part->aside), karto_late_row_copy(&part->arena, keys[i], value), value.size);
    }
}

static void gather_terms(struct part *part, struct karto_arena *arena, const struct karto_record *view, uint32_t number)
{
    struct karto_terms terms = karto_terms_of(arena, view);
    for (uint32_t i = 0; i < terms.count; i++)
        karto_postings_change(part->postings, &terms.all[i], number, true);
}

static void work_through(void *given)
{
    struct part *part = given;
    struct karto_arena arena; /* of one record */
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < part->rows.count; i++) {
        const struct karto_late_row *row = &part->rows.rows[i];
        karto_late_run_add(last_run(part->aside), karto_slice(row->key, row->key_size), row->value_size);
    }
    for (uint32_t i = 0; i < part->count; i++) {
        const struct given *record = &part->records[i];
        add_rows(part, &arena, &record->view);
        if (record->number)
            gather_terms(part, &arena, &record->view, record->number);
        karto_arena_reset(&arena);
    }
    karto_arena_fini(&arena);
}

/* ---- in the transaction ---- */

bool karto_aside_takes(struct karto_tx *tx)
{
    if (!tx->aside)
        tx->aside = karto_must(calloc(1, sizeof *tx->aside));
    struct karto_aside *aside = tx->aside;
    if (aside->worker || aside->alone || aside->own++ < OWN_MAX)
        return aside->worker != NULL;
    aside->worker = karto_worker_start(work_through);
    aside->alone = !aside->worker;
    return !aside->alone;
}

static void give_part(struct karto_aside *aside)
{
    struct part *part = aside->filling;
    if (!part)
        return;
    aside->filling = NULL;
    part->next = aside->given;
    aside->given = part;
    karto_worker_give(aside->worker, part);
}

static struct part *filling(struct karto_tx *tx)
{
    struct part *part = tx->aside->filling;
    if (part)
        return part;
    part = tx->aside->filling = karto_must(malloc(sizeof *part));
    karto_arena_init(&part->arena);
    part->count = 0;
    part->rows = (struct karto_late_run){NULL, 0, 0};
    part->collation = tx->collation;
    part->postings = NULL;
    part->aside = tx->aside;
    return part;
}

void karto_aside_give_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice value)
{
    struct part *part = filling(tx);
    karto_late_rows_expect(tx, key);
    karto_late_run_add(&part->rows, karto_late_row_copy(&part->arena, key, value), value.size);
}

void karto_aside_give(struct karto_tx *tx, const struct karto_record *view, uint32_t number)
{
    struct part *part = filling(tx);
    part->records[part->count++] = (struct given){karto_record_copy(&part->arena, view), number};
    if (number)
        part->postings = karto_gathered_postings(tx); /* one for the whole part: who replaces them waits first */
    if (part->count == PART_RECORDS)
        give_part(tx->aside);
}

void karto_aside_wait(struct karto_tx *tx)
{
    if (!tx->aside || !tx->aside->worker)
        return;
    give_part(tx->aside);
    karto_worker_wait(tx->aside->worker);
}

uint32_t karto_aside_collect(struct karto_tx *tx, const struct karto_late_run **runs)
{
    struct karto_aside *aside = tx->aside;
    karto_aside_wait(tx);
    *runs = aside ? aside->runs : NULL;
    if (!aside || !aside->run_count)
        return 0;
    karto_late_run_sort(&aside->runs[aside->run_count - 1]);
    return aside->run_count;
}

static void part_free(struct part *part)
{
    karto_arena_fini(&part->arena);
    karto_late_run_fini(&part->rows);
    free(part);
}

void karto_aside_drop(struct karto_tx *tx)
{
    struct karto_aside *aside = tx->aside;
    if (!aside)
        return;
    for (struct part *part = aside->given, *next; part; part = next) {
        next = part->next;
        part_free(part);
    }
    for (uint32_t i = 0; i < aside->run_count; i++)
        karto_late_run_fini(&aside->runs[i]);
    aside->given = NULL;
    aside->run_count = 0;
}

void karto_aside_end(struct karto_tx *tx)
{
    if (!tx->aside)
        return;
    karto_worker_end(tx->aside->worker);
    if (tx->aside->filling)
        part_free(tx->aside->filling);
    karto_aside_drop(tx);
    free(tx->aside->runs);
    free(tx->aside);
    tx->aside = NULL;
}
