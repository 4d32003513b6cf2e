#include "core/store/entry.h"

#include "core/base/limits.h"
#include "core/store/aside.h"
#include "core/store/databases.h"
#include "core/store/digest.h"
#include "core/store/index.h"
#include "core/store/words.h"

enum { KEPT = 1, EXPECT = 2, STILLBORN = 4, FLAGS_ALL = 7, HEAD = 10 };

/* ---- load ---- */

bool karto_entry_is_ours(struct karto_slice row)
{
    return row.size >= HEAD && row.data[0] & (KEPT | EXPECT);
}

uint64_t karto_entry_last_of(struct karto_slice row)
{
    return karto_be64(row.data + 1);
}

enum karto_err karto_entry_split(struct karto_slice row, struct karto_slice *home, struct karto_slice *state)
{
    if (row.size < HEAD || row.size < (size_t)HEAD + row.data[HEAD - 1])
        return KARTO_E_CORRUPT;
    *home = karto_slice(row.data + HEAD, row.data[HEAD - 1]);
    *state = karto_slice(home->data + home->size, row.size - HEAD - home->size);
    return KARTO_OK;
}

/* A row: flags, position of the last event (8), size of the home (1), home, record. */
enum karto_err karto_entry_decode(struct karto_arena *arena, struct karto_rid id, struct karto_slice row,
                                  struct karto_entry *entry)
{
    *entry = (struct karto_entry){.id = id, .exists = true};
    if (row.size < HEAD || row.data[0] > FLAGS_ALL)
        return KARTO_E_CORRUPT;
    entry->kept = row.data[0] & KEPT;
    entry->expect = row.data[0] & EXPECT;
    entry->stillborn = row.data[0] & STILLBORN;
    entry->last = karto_entry_last_of(row);
    struct karto_slice bytes;
    enum karto_err err = karto_entry_split(row, &entry->home, &bytes);
    if (err == KARTO_OK)
        err = karto_record_decode(arena, id, bytes, &entry->view);
    entry->base = entry->view;
    return err == KARTO_OK ? KARTO_OK : KARTO_E_CORRUPT;
}

enum karto_err karto_entry_load_base(struct karto_tx *tx, struct karto_entry *entry)
{
    struct karto_slice row;
    if (tx->ledger.role != KARTO_ON_DEVICE)
        return KARTO_OK;
    enum karto_err err = karto_row(tx, KARTO_DB_BASE, karto_rid_slice(&entry->id), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size < 4)
        return KARTO_E_CORRUPT;
    entry->pending = karto_be32(row.data);
    entry->base = (struct karto_record){.id = entry->id, .kind = entry->view.kind};
    if (row.size == 4)
        return KARTO_OK;
    err = karto_record_decode(&tx->arena, entry->id, karto_slice(row.data + 4, row.size - 4), &entry->base);
    return err == KARTO_OK ? KARTO_OK : KARTO_E_CORRUPT;
}

enum karto_err karto_entry_load(struct karto_tx *tx, struct karto_rid id, struct karto_entry *entry)
{
    struct karto_slice row;
    *entry = (struct karto_entry){.id = id, .view.id = id, .base.id = id};
    enum karto_err err = karto_row(tx, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    err = karto_entry_decode(&tx->arena, id, row, entry);
    return err == KARTO_OK ? karto_entry_load_base(tx, entry) : err;
}

/* ---- save ---- */

static enum karto_err delete_if_there(struct karto_tx *tx, unsigned db, struct karto_slice key)
{
    enum karto_err err = karto_kv_delete(tx->kv, db, key);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err save_record(struct karto_tx *tx, const struct karto_entry *entry)
{
    struct karto_buf *row = &tx->row;
    enum karto_err err = karto_record_check(&entry->view);
    if (err != KARTO_OK)
        return err;
    karto_buf_clear(row);
    karto_buf_add_byte(
        row, (uint8_t)((entry->kept ? KEPT : 0) | (entry->expect ? EXPECT : 0) | (entry->stillborn ? STILLBORN : 0)));
    karto_buf_add_be64(row, entry->last);
    karto_buf_add_byte(row, (uint8_t)entry->home.size);
    karto_buf_add_slice(row, entry->home);
    karto_record_encode(&entry->view, row);
    return karto_kv_put(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&entry->id), karto_buf_slice(row));
}

static enum karto_err save_base(struct karto_tx *tx, const struct karto_entry *entry)
{
    struct karto_buf *row = &tx->row;
    karto_buf_clear(row);
    karto_buf_add_be32(row, entry->pending);
    if (entry->base.count > 0)
        karto_record_encode(&entry->base, row);
    return karto_kv_put(tx->kv, KARTO_DB_BASE, karto_rid_slice(&entry->id), karto_buf_slice(row));
}

static bool same_base(const struct karto_entry *a, const struct karto_entry *b)
{
    return a->pending == b->pending && a->base.fields == b->base.fields && a->base.count == b->base.count;
}

static enum karto_err save_rows(struct karto_tx *tx, const struct karto_entry *before, const struct karto_entry *after)
{
    enum karto_err err = KARTO_OK;
    if (after->exists)
        err = save_record(tx, after);
    else if (before->exists)
        err = delete_if_there(tx, KARTO_DB_RECORDS, karto_rid_slice(&after->id));
    if (err != KARTO_OK)
        return err;
    if (after->exists && after->pending > 0)
        return same_base(before, after) ? KARTO_OK : save_base(tx, after);
    return before->pending > 0 ? delete_if_there(tx, KARTO_DB_BASE, karto_rid_slice(&after->id)) : KARTO_OK;
}

static void count(struct karto_tx *tx, const struct karto_entry *before, const struct karto_entry *after)
{
    if (before->exists && before->view.kind < KARTO_LEDGER_KINDS)
        tx->ledger.counts[before->view.kind]--;
    if (after->exists && after->view.kind < KARTO_LEDGER_KINDS)
        tx->ledger.counts[after->view.kind]++;
}

static enum karto_err update_indexes(struct karto_tx *tx, const struct karto_entry *before,
                                     const struct karto_entry *after)
{
    enum karto_err err = karto_index_update(tx, before, after);
    return err == KARTO_OK ? karto_words_update(tx, before, after, NULL) : err;
}

/* The same, of a new record, for the greater part by the thread beside. */
static enum karto_err give_aside(struct karto_tx *tx, const struct karto_entry *before, const struct karto_entry *after)
{
    uint32_t number = 0;
    karto_index_give_codes(tx, &after->view);
    enum karto_err err = karto_words_update(tx, before, after, &number);
    karto_aside_give(tx, &after->view, number);
    return err;
}

static enum karto_err save(struct karto_tx *tx, const struct karto_entry *before, const struct karto_entry *after)
{
    bool aside = !before->exists && after->exists && karto_aside_takes(tx, &after->view);
    enum karto_err err = karto_digest_update(tx, before, after);
    if (err == KARTO_OK)
        err = aside ? give_aside(tx, before, after) : update_indexes(tx, before, after);
    if (err == KARTO_OK)
        err = save_rows(tx, before, after);
    if (err == KARTO_OK)
        count(tx, before, after);
    return err;
}

/* Sums and rows are of a kind: of another they are another record's, which only its id has in common with this. */
enum karto_err karto_entry_save(struct karto_tx *tx, const struct karto_entry *before, const struct karto_entry *after)
{
    const struct karto_entry nothing = {.id = after->id, .view.id = after->id, .base.id = after->id};
    if (!before->exists || !after->exists || before->view.kind == after->view.kind)
        return save(tx, before, after);
    enum karto_err err = save(tx, before, &nothing);
    return err == KARTO_OK ? save(tx, &nothing, after) : err;
}

uint64_t karto_state_hash(const struct karto_record *record, struct karto_slice home)
{
    uint8_t sum[16];
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_sum_write(karto_record_sum(record), sum);
    karto_buf_add(&buf, sum, sizeof sum);
    karto_buf_add_slice(&buf, home);
    uint64_t hash = karto_sum_of(karto_buf_slice(&buf)).low;
    karto_buf_fini(&buf);
    return hash ? hash : 1;
}
