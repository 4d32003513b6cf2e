/* The batches: each spans its changes, and knows what took it back. */
#include "core/store/batches.h"
#include "core/store/check_walk.h"
#include "core/store/databases.h"

/* What a batch takes back knows it, if it was here before. */
static enum karto_err check_undone(struct karto_walk *walk, const struct karto_batch *by,
                                   const struct karto_rid *record)
{
    struct karto_batch batches[KARTO_SAME_NUMBER_MAX];
    uint32_t count = 0, number = karto_batch_undoes(by->batch);
    enum karto_err err = number ? karto_batch_find(walk->tx, number, batches, KARTO_SAME_NUMBER_MAX, &count) : KARTO_OK;
    for (uint32_t i = 0; i < count && i < KARTO_SAME_NUMBER_MAX; i++)
        if (batches[i].first < by->first && batches[i].undone == 0)
            karto_walk_problem(walk, "a batch does not know that it was taken back", record);
    return err;
}

enum karto_err karto_check_in_batch(struct karto_walk *walk, uint64_t position, const struct karto_log_entry *entry,
                                    const struct karto_change *change)
{
    struct karto_batch batch;
    bool had = false;
    enum karto_err err = karto_batch_get(walk->tx, change->batch, change->stamp.author, &batch);
    if (err == KARTO_OK && (position < batch.first || position > batch.last))
        err = KARTO_E_NOT_FOUND;
    if (!karto_walk_has(walk, &err, "a change in the log is not where its batch says", &change->record))
        return err;
    err = karto_batch_had(walk->tx, &batch, entry->previous, &had);
    if (err == KARTO_OK && position == batch.first)
        err = check_undone(walk, &batch, &change->record);
    walk->batches.first += position == batch.first;
    walk->batches.last += position == batch.last;
    walk->batches.logged_changes++;
    walk->batches.logged_records += !had;
    return err;
}

static enum karto_err check_row(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_batch batch;
    uint64_t mark = 0;
    enum karto_err err = karto_batch_decode(key, row, &batch, &mark);
    if (!karto_walk_has(walk, &err, "a batch cannot be read", NULL))
        return err;
    if (mark) {
        if (mark != walk->tx->ledger.position)
            karto_walk_problem(walk, "not all of the log is counted in its batches", NULL);
        return KARTO_OK;
    }
    walk->batches.rows++;
    walk->batches.changes += batch.changes;
    walk->batches.records += batch.records;
    return KARTO_OK;
}

enum karto_err karto_check_batches(struct karto_walk *walk)
{
    enum karto_err err = karto_walk_rows(walk, KARTO_DB_BATCHES, check_row);
    if (walk->batches.changes != walk->batches.logged_changes ||
        walk->batches.records != walk->batches.logged_records || walk->batches.rows != walk->batches.first ||
        walk->batches.rows != walk->batches.last)
        karto_walk_problem(walk, "the batches are not those of the log", NULL);
    return err;
}
