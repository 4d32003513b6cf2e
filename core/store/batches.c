#include "core/store/batches.h"

#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/log.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_HEAD = 8, ROW = 36, KEY_MAX = KEY_HEAD + KARTO_AUTHOR_SIZE_MAX };

/* ---- rows ---- */

static struct karto_slice key_head(uint64_t batch, uint8_t out[KEY_HEAD])
{
    karto_be32_write(karto_batch_number(batch), out);
    karto_be32_write(karto_batch_undoes(batch), out + 4);
    return karto_slice(out, KEY_HEAD);
}

static struct karto_slice key_of(struct karto_tx *tx, uint64_t batch, struct karto_slice author)
{
    uint8_t *key = karto_arena_alloc(&tx->arena, KEY_HEAD + author.size);
    key_head(batch, key);
    if (author.size)
        memcpy(key + KEY_HEAD, author.data, author.size);
    return karto_slice(key, KEY_HEAD + author.size);
}

enum karto_err karto_batch_decode(struct karto_slice key, struct karto_slice row, struct karto_batch *batch,
                                  uint64_t *mark)
{
    *batch = (struct karto_batch){.batch = 0};
    *mark = 0;
    if (key.size < KEY_HEAD || key.size > KEY_MAX)
        return KARTO_E_CORRUPT;
    batch->batch = karto_batch_make(karto_be32(key.data), karto_be32(key.data + 4));
    batch->author = karto_slice(key.data + KEY_HEAD, key.size - KEY_HEAD);
    if (key.size == KEY_HEAD && batch->batch == 0 && row.size == 8) {
        *mark = karto_be64(row.data);
        return KARTO_OK;
    }
    if (row.size != ROW)
        return KARTO_E_CORRUPT;
    batch->first = karto_be64(row.data);
    batch->last = karto_be64(row.data + 8);
    batch->changes = karto_be64(row.data + 16);
    batch->records = karto_be64(row.data + 24);
    batch->undone = karto_be32(row.data + 32);
    return KARTO_OK;
}

static enum karto_err put(struct karto_tx *tx, const struct karto_batch *batch)
{
    uint8_t row[ROW];
    karto_be64_write(batch->first, row);
    karto_be64_write(batch->last, row + 8);
    karto_be64_write(batch->changes, row + 16);
    karto_be64_write(batch->records, row + 24);
    karto_be32_write(batch->undone, row + 32);
    return karto_kv_put(tx->kv, KARTO_DB_BATCHES, key_of(tx, batch->batch, batch->author), karto_slice(row, ROW));
}

/* ---- the one that changes are being counted into ---- */

struct karto_open_batch {
    struct karto_batch batch;
    uint8_t author[KARTO_AUTHOR_SIZE_MAX];
};

void karto_batches_forget(struct karto_tx *tx)
{
    free(tx->batch);
    tx->batch = NULL;
}

static enum karto_err put_open(struct karto_tx *tx)
{
    enum karto_err err = tx->batch ? put(tx, &tx->batch->batch) : KARTO_OK;
    karto_batches_forget(tx);
    return err;
}

static void open_batch(struct karto_tx *tx, const struct karto_batch *batch)
{
    struct karto_open_batch *open = tx->batch = karto_must(malloc(sizeof *open));
    struct karto_slice author = batch->author;
    KARTO_ASSERT(author.size <= sizeof open->author);
    if (author.size)
        memcpy(open->author, author.data, author.size);
    open->batch = *batch;
    open->batch.author = karto_slice(open->author, author.size);
}

enum karto_err karto_batch_get(struct karto_tx *tx, uint64_t batch, struct karto_slice author,
                               struct karto_batch *found)
{
    uint64_t mark;
    struct karto_slice row, key = key_of(tx, batch, author);
    enum karto_err err = put_open(tx);
    if (err == KARTO_OK)
        err = karto_kv_get(tx->kv, KARTO_DB_BATCHES, key, &row);
    return err == KARTO_OK ? karto_batch_decode(key, row, found, &mark) : err;
}

/* Those whose key begins like this, at most max of them. */
static enum karto_err find(struct karto_tx *tx, struct karto_slice prefix, struct karto_batch *found, uint32_t max,
                           uint32_t *count)
{
    uint64_t mark;
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    *count = 0;
    enum karto_err err = put_open(tx);
    if (err == KARTO_OK)
        err = karto_kv_cursor_open(tx->kv, KARTO_DB_BATCHES, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, prefix, &key, &row); err == KARTO_OK; err = karto_kv_next(cursor, &key, &row)) {
        if (!karto_slice_begins(key, prefix))
            break;
        if (*count < max)
            err = karto_batch_decode(karto_arena_copy(&tx->arena, key), row, &found[*count], &mark);
        if (err != KARTO_OK)
            break;
        ++*count;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_batch_find(struct karto_tx *tx, uint32_t number, struct karto_batch *found, uint32_t max,
                                uint32_t *count)
{
    uint8_t prefix[4];
    karto_be32_write(number, prefix);
    return find(tx, karto_slice(prefix, sizeof prefix), found, max, count);
}

/* ---- what was taken back ---- */

enum karto_err karto_batch_undone_by(struct karto_tx *tx, const struct karto_batch *batch, struct karto_batch *by)
{
    uint8_t head[KEY_HEAD];
    uint32_t count;
    if (batch->undone == 0)
        return KARTO_E_NOT_FOUND;
    uint64_t whole = karto_batch_make(batch->undone, karto_batch_number(batch->batch));
    enum karto_err err = find(tx, key_head(whole, head), by, 1, &count);
    return err == KARTO_OK && count == 0 ? KARTO_E_NOT_FOUND : err;
}

enum karto_err karto_batch_holds(struct karto_tx *tx, const struct karto_batch *batch, bool *holds)
{
    struct karto_batch at = *batch, by;
    enum karto_err err = KARTO_OK;
    *holds = true;
    for (int i = 0; i < KARTO_UNDO_CHAIN_MAX && (err = karto_batch_undone_by(tx, &at, &by)) == KARTO_OK; i++) {
        *holds = !*holds;
        at = by;
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* Of several batches of one number, which happens to different people, all: who took back which is not in the log. */
static enum karto_err note_undone(struct karto_tx *tx, uint64_t by)
{
    struct karto_batch batches[KARTO_SAME_NUMBER_MAX];
    uint32_t count;
    enum karto_err err = karto_batch_find(tx, karto_batch_undoes(by), batches, KARTO_SAME_NUMBER_MAX, &count);
    for (uint32_t i = 0; i < count && i < KARTO_SAME_NUMBER_MAX && err == KARTO_OK; i++) {
        batches[i].undone = karto_batch_number(by);
        err = put(tx, &batches[i]);
    }
    return err;
}

/* ---- writing ---- */

static bool is_of(const struct karto_change *change, const struct karto_batch *batch)
{
    return change->batch == batch->batch && karto_slice_equal(change->stamp.author, batch->author);
}

enum karto_err karto_batch_had(struct karto_tx *tx, const struct karto_batch *batch, uint64_t previous, bool *had)
{
    enum karto_err err = KARTO_OK;
    *had = false;
    while (err == KARTO_OK && previous >= batch->first && previous != 0 && !*had) {
        struct karto_log_entry row;
        struct karto_change change;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_log_read(tx, previous, &row);
        if (err == KARTO_OK && row.type == KARTO_LOG_CHANGE) {
            err = karto_log_change(tx, &row, &change);
            *had = err == KARTO_OK && is_of(&change, batch);
        }
        previous = row.previous;
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

static enum karto_err put_mark(struct karto_tx *tx, uint64_t position)
{
    uint8_t head[KEY_HEAD], row[8];
    karto_be64_write(position, row);
    return karto_kv_put(tx->kv, KARTO_DB_BATCHES, key_head(0, head), karto_slice(row, sizeof row));
}

/* Makes the batch of a change the open one. */
static enum karto_err open_for(struct karto_tx *tx, const struct karto_change *change, uint64_t position, bool *is_new)
{
    struct karto_batch batch;
    *is_new = false;
    if (tx->batch && is_of(change, &tx->batch->batch))
        return KARTO_OK;
    enum karto_err err = karto_batch_get(tx, change->batch, change->stamp.author, &batch);
    *is_new = err == KARTO_E_NOT_FOUND;
    if (*is_new)
        batch = (struct karto_batch){.batch = change->batch, .author = change->stamp.author, .first = position};
    else if (err != KARTO_OK)
        return err;
    open_batch(tx, &batch);
    return KARTO_OK;
}

static enum karto_err add(struct karto_tx *tx, const struct karto_change *change, uint64_t position, uint64_t previous)
{
    bool had = false, is_new;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = open_for(tx, change, position, &is_new);
    if (err == KARTO_OK)
        err = karto_batch_had(tx, &tx->batch->batch, previous, &had);
    if (err != KARTO_OK && is_new)
        karto_batches_forget(tx); /* one of no change */
    if (err == KARTO_OK) {
        tx->batch->batch.last = position;
        tx->batch->batch.changes++;
        tx->batch->batch.records += !had;
    }
    if (err == KARTO_OK && is_new && karto_batch_undoes(change->batch))
        err = note_undone(tx, change->batch);
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_batches_add(struct karto_tx *tx, const struct karto_change *change, uint64_t previous)
{
    return add(tx, change, tx->ledger.position, previous);
}

enum karto_err karto_batches_kept(struct karto_tx *tx)
{
    enum karto_err err = put_open(tx);
    return err == KARTO_OK ? put_mark(tx, tx->ledger.position) : err;
}

enum karto_err karto_batch_fresh(struct karto_tx *tx, uint32_t *number)
{
    uint32_t count = 1;
    enum karto_err err = KARTO_OK;
    for (*number = (uint32_t)(karto_sys_random64(tx->sys) >> 32); count > 0 && err == KARTO_OK; *number += count > 0)
        err = *number ? karto_batch_find(tx, *number, NULL, 0, &count) : KARTO_OK;
    return err;
}

/* ---- what an older program has written ---- */

static enum karto_err counted(struct karto_tx *tx, uint64_t *position)
{
    uint8_t head[KEY_HEAD];
    struct karto_slice row;
    *position = 0;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_BATCHES, key_head(0, head), &row);
    if (err == KARTO_OK && row.size != 8)
        return KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        *position = karto_be64(row.data);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_batches_behind(struct karto_tx *tx, bool *behind)
{
    uint64_t position;
    enum karto_err err = counted(tx, &position);
    *behind = err == KARTO_OK && position < tx->ledger.position;
    return err;
}

static enum karto_err add_entry(struct karto_tx *tx, uint64_t position)
{
    struct karto_log_entry row;
    struct karto_change change;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_log_read(tx, position, &row);
    if (err == KARTO_OK && row.type == KARTO_LOG_CHANGE) {
        err = karto_log_change(tx, &row, &change);
        if (err == KARTO_OK)
            err = add(tx, &change, position, row.previous);
    }
    karto_arena_release(&tx->arena, mark);
    return err == KARTO_E_NOT_FOUND || err == KARTO_E_CORRUPT ? KARTO_OK : err;
}

enum karto_err karto_batches_keep(struct karto_tx *tx)
{
    uint64_t position;
    enum karto_err err = counted(tx, &position);
    if (err != KARTO_OK || position >= tx->ledger.position)
        return err;
    while (err == KARTO_OK && position < tx->ledger.position)
        err = add_entry(tx, ++position);
    if (err == KARTO_OK)
        err = put_open(tx);
    return err == KARTO_OK ? put_mark(tx, position) : err;
}

enum karto_err karto_batches_again(struct karto_tx *tx)
{
    karto_batches_forget(tx);
    enum karto_err err = karto_kv_clear(tx->kv, KARTO_DB_BATCHES);
    return err == KARTO_OK ? karto_batches_keep(tx) : err;
}

/* ---- walking ---- */

/* *next: the position to go on from. Where all entries from first to last are of this batch, nothing else is there. */
static enum karto_err visit_at(struct karto_tx *tx, uint64_t position, uint64_t *next, karto_batch_visit *visit,
                               void *context)
{
    struct karto_batch batch;
    struct karto_history_item item;
    enum karto_err err = karto_history_at(tx, position, &item);
    *next = position - 1;
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    err = karto_batch_get(tx, item.change.batch, item.change.stamp.author, &batch);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    if (batch.last == position && batch.last - batch.first + 1 == batch.changes)
        *next = batch.first - 1;
    return batch.last == position ? visit(tx, &batch, &item, context) : KARTO_OK;
}

enum karto_err karto_batches_walk(struct karto_tx *tx, uint64_t before, karto_batch_visit *visit, void *context)
{
    uint64_t position = before && before <= tx->ledger.position ? before - 1 : tx->ledger.position;
    enum karto_err err = KARTO_OK;
    while (err == KARTO_OK && position > 0) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = visit_at(tx, position, &position, visit, context);
        karto_arena_release(&tx->arena, mark);
    }
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}
