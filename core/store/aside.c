#include "core/store/aside.h"

#include "core/base/fatal.h"
#include "core/base/os_worker.h"
#include "core/model/record_values.h"
#include "core/store/index.h"
#include "core/store/words_gather.h"

#include <stdatomic.h>
#include <stdlib.h>

/* New records that a transaction does itself first; records that go to the thread at once; rows that make a run, few
 * enough to be sorted before the next are there, and so many that few runs are to be merged. */
enum { OWN_MAX = 256, PART_RECORDS = 128, RUN_ROWS = 16384 };

struct given {
    struct karto_slice values; /* record_values.h */
    uint32_t number;
};

/* Some records. The transaction's until it is given, and again behind a wait. */
struct part {
    struct part *next;        /* given before it */
    struct part *behind;      /* whose terms are gathered next */
    struct karto_arena keys;  /* of the rows */
    struct karto_arena arena; /* of the records, until their terms are gathered */
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
    atomic_bool hurried;  /* the transaction waits for rows: terms can wait */

    /* The thread's, but for behind a wait. All but the last are sorted. */
    struct karto_late_run *runs;
    uint32_t run_count;
    struct part *first, *last; /* whose rows are there, and terms are not: rows are wanted first */
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

static void add_aside_rows(struct part *part, struct karto_arena *arena, const struct given *record)
{
    struct karto_slice keys[KARTO_INDEX_ASIDE_KEYS];
    uint8_t out[KARTO_INDEX_ROW_MAX];
    struct karto_record view = karto_values_read(arena, record->values);
    uint32_t count = karto_index_aside_keys(arena, part->collation, &view, keys);
    for (uint32_t i = 0; i < count; i++) {
        struct karto_slice value = karto_index_value(keys[i], &view, out);
        karto_late_run_add(last_run(part->aside), karto_late_row_copy(&part->keys, keys[i], value), value.size);
    }
}

static void gather_terms(const struct part *part, struct karto_arena *arena, const struct given *record)
{
    struct karto_record view = karto_values_read(arena, record->values);
    struct karto_terms terms = karto_terms_of(arena, &view);
    karto_postings_change(part->postings, terms.all, terms.count, record->number, true);
}

static void add_rows(struct part *part)
{
    struct karto_arena arena; /* of one record */
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < part->rows.count; i++) {
        const struct karto_late_row *row = &part->rows.rows[i];
        karto_late_run_add(last_run(part->aside), karto_slice(row->key, row->key_size), row->value_size);
    }
    for (uint32_t i = 0; i < part->count; i++) {
        add_aside_rows(part, &arena, &part->records[i]);
        karto_arena_reset(&arena);
    }
    karto_arena_fini(&arena);
}

static void add_terms(struct part *part)
{
    struct karto_arena arena; /* of one record */
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < part->count; i++) {
        if (part->records[i].number)
            gather_terms(part, &arena, &part->records[i]);
        karto_arena_reset(&arena);
    }
    karto_arena_fini(&arena);
    karto_arena_fini(&part->arena);
}

static void put_behind(struct karto_aside *aside, struct part *part)
{
    if (aside->first)
        aside->last->behind = part;
    else
        aside->first = part;
    aside->last = part;
}

static void work_through(void *given)
{
    struct part *part = given;
    struct karto_aside *aside = part->aside;
    add_rows(part);
    put_behind(aside, part);
    while (aside->first && !atomic_load(&aside->hurried) && !karto_worker_has_more(aside->worker)) {
        add_terms(aside->first);
        aside->first = aside->first->behind;
    }
}

/* ---- in the transaction ---- */

bool karto_aside_takes(struct karto_tx *tx, const struct karto_record *view)
{
    if (!karto_values_are_all(view))
        return false;
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
    karto_arena_init(&part->keys);
    karto_arena_init(&part->arena);
    part->behind = NULL;
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
    karto_late_run_add(&part->rows, karto_late_row_copy(&part->keys, key, value), value.size);
}

void karto_aside_give(struct karto_tx *tx, const struct karto_record *view, uint32_t number)
{
    struct part *part = filling(tx);
    karto_late_rows_begin(tx);
    part->records[part->count++] = (struct given){karto_values_write(&part->arena, view), number};
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

/* The part that is given behind the wait is empty: it lets the thread go on to the terms. */
uint32_t karto_aside_collect(struct karto_tx *tx, const struct karto_late_run **runs)
{
    struct karto_aside *aside = tx->aside;
    *runs = NULL;
    if (!aside || !aside->worker)
        return 0;
    atomic_store(&aside->hurried, true);
    karto_aside_wait(tx);
    atomic_store(&aside->hurried, false);
    if (aside->run_count)
        karto_late_run_sort(&aside->runs[aside->run_count - 1]);
    filling(tx);
    give_part(aside);
    *runs = aside->runs;
    return aside->run_count;
}

static void part_free(struct part *part)
{
    karto_arena_fini(&part->keys);
    karto_arena_fini(&part->arena);
    karto_late_run_fini(&part->rows);
    free(part);
}

void karto_aside_drop(struct karto_tx *tx)
{
    struct karto_aside *aside = tx->aside;
    if (!aside)
        return;
    karto_aside_wait(tx);
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
    tx->aside->worker = NULL;
    if (tx->aside->filling)
        part_free(tx->aside->filling);
    karto_aside_drop(tx);
    free(tx->aside->runs);
    free(tx->aside);
    tx->aside = NULL;
}
