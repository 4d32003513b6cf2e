/* Records: readable, canonical, shown as they should be, indexed, at home where they should be. */
#include "core/model/merge.h"
#include "core/store/check_walk.h"
#include "core/store/collation.h"
#include "core/store/databases.h"
#include "core/store/device_view.h"
#include "core/store/hub_take.h"
#include "core/store/index.h"

/* ---- bytes ---- */

static bool is_encoding(struct karto_slice bytes, const struct karto_record *record)
{
    struct karto_buf encoded = KARTO_BUF_EMPTY;
    karto_record_encode(record, &encoded);
    bool same = karto_slice_equal(bytes, karto_buf_slice(&encoded));
    karto_buf_fini(&encoded);
    return same;
}

static bool same_bytes(const struct karto_record *a, const struct karto_record *b)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_record_encode(a, &bytes);
    bool same = is_encoding(karto_buf_slice(&bytes), b);
    karto_buf_fini(&bytes);
    return same;
}

static void check_canonical(struct karto_walk *walk, const struct karto_entry *entry, struct karto_slice row)
{
    struct karto_slice home, state;
    if (karto_entry_split(row, &home, &state) != KARTO_OK || !is_encoding(state, &entry->view))
        karto_walk_problem(walk, "a record is not in its canonical form", &entry->id);
}

/* ---- what is shown ---- */

static enum karto_err check_view(struct karto_walk *walk, const struct karto_entry *entry)
{
    struct karto_view_pending *pending;
    struct karto_record view = entry->base, next;
    enum karto_err err = karto_view_pending(walk->tx, entry, &pending);
    if (!karto_walk_has(walk, &err, "pending changes of a record are missing from its history", &entry->id))
        return err;
    for (uint32_t i = 0; i < entry->pending; i++)
        if (karto_apply(&walk->tx->arena, &view, &pending[i].change, &next) == KARTO_APPLIED &&
            karto_record_check(&next) == KARTO_OK)
            view = next;
    if (!same_bytes(&view, &entry->view))
        karto_walk_problem(walk, "what is shown is not what is confirmed with the pending changes on top", &entry->id);
    return KARTO_OK;
}

static enum karto_err check_base(struct karto_walk *walk, struct karto_entry *entry)
{
    enum karto_err err = karto_entry_load_base(walk->tx, entry);
    if (!karto_walk_has(walk, &err, "what is confirmed of a record cannot be read", &entry->id))
        return err;
    walk->counted.pending += entry->pending;
    return entry->pending > 0 ? check_view(walk, entry) : KARTO_OK;
}

/* ---- place ---- */

/* What only the hub can say: the home is as the rules and the record's last event have it, and every copy is current.
 */
static enum karto_err check_home(struct karto_walk *walk, const struct karto_entry *entry)
{
    struct karto_slice home;
    struct karto_log_entry last;
    enum karto_err err = karto_hub_home(walk->tx, &entry->view, &home);
    if (karto_walk_has(walk, &err, "the client that a record hangs on cannot be read", &entry->id) &&
        !karto_slice_equal(home, entry->home))
        karto_walk_problem(walk, "a record lies in another territory than it should", &entry->id);
    if (!entry->kept || entry->expect)
        karto_walk_problem(walk, "a record of the hub is marked as not current", &entry->id);
    if (err == KARTO_OK)
        err = karto_log_read(walk->tx, entry->last, &last);
    if (karto_walk_has(walk, &err, "the last event of a record cannot be read", &entry->id) &&
        !karto_slice_equal(last.after, entry->home))
        karto_walk_problem(walk, "a record lies in another territory than its last event says", &entry->id);
    return err == KARTO_OK ? karto_check_dates(walk, &entry->view) : err;
}

static void check_last(struct karto_walk *walk, const struct karto_entry *entry)
{
    bool came_as_a_state = walk->tx->ledger.role == KARTO_ON_DEVICE && entry->last == 0;
    if (entry->last != karto_last_table_get(&walk->lasts, entry->id) && !came_as_a_state)
        karto_walk_problem(walk, "a record names a last event that is not its own last", &entry->id);
}

/* ---- rows and sums ---- */

static enum karto_err check_collation(struct karto_walk *walk)
{
    enum karto_err err = karto_collation_is_present(walk->tx, &walk->collated);
    if (err == KARTO_OK && !walk->collated)
        karto_walk_problem(walk, "the indexes are of another version of ICU; who may write makes them anew at opening",
                           NULL);
    return err;
}

struct indexing {
    struct karto_walk *walk;
    const struct karto_rid *id;
    const struct karto_record *view;
};

/* An older program, which writes rows without values, is no damage. */
static enum karto_err check_value(struct indexing *indexing, struct karto_slice key, struct karto_slice value)
{
    uint8_t out[KARTO_INDEX_ROW_MAX];
    bool kept;
    enum karto_err err = karto_child_is_kept(indexing->walk->tx, *indexing->id, &kept);
    if (err == KARTO_OK && kept && !karto_slice_equal(value, karto_index_value(key, indexing->view, out)))
        karto_walk_problem(indexing->walk, "a row of an index says something else than its record", indexing->id);
    return err;
}

static enum karto_err index_row_is_there(struct karto_tx *tx, struct karto_slice key, void *context)
{
    struct indexing *indexing = context;
    struct karto_slice value;
    indexing->walk->index_rows++;
    if (!indexing->walk->collated && karto_index_of_text(key))
        return KARTO_OK;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_INDEX, key, &value);
    return karto_walk_has(indexing->walk, &err, "a row of an index is missing", indexing->id)
               ? check_value(indexing, key, value)
               : err;
}

static void count(struct karto_walk *walk, const struct karto_entry *entry)
{
    if (entry->kept && karto_digest_count(walk->sums, entry->home, &entry->base) != KARTO_OK)
        karto_walk_problem(walk, "a record lies in a territory that no territory can be", &entry->id);
    if (entry->view.kind < KARTO_LEDGER_KINDS)
        walk->counted.counts[entry->view.kind]++;
    walk->counted.conflicts += karto_record_conflicts(&entry->view);
}

/* ---- the walk ---- */

static enum karto_err check_record(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_entry entry;
    struct karto_rid id = key.size == 16 ? karto_rid_read(key.data) : (struct karto_rid){{0}};
    struct indexing indexing = {walk, &id, &entry.view};
    walk->check->records++;
    if (karto_rid_is_zero(id)) {
        karto_walk_problem(walk, "a record has no id", NULL);
        return KARTO_OK;
    }
    enum karto_err err = karto_entry_decode(&walk->tx->arena, id, row, &entry);
    if (!karto_walk_has(walk, &err, "a record cannot be read", &id))
        return err;
    check_canonical(walk, &entry, row);
    check_last(walk, &entry);
    err = check_base(walk, &entry);
    if (err == KARTO_OK)
        err = karto_index_rows(walk->tx, &entry.view, index_row_is_there, &indexing);
    if (err == KARTO_OK && walk->tx->ledger.role == KARTO_ON_HUB)
        err = check_home(walk, &entry);
    count(walk, &entry);
    return err;
}

/* What is confirmed of a record that has changes pending; without such a record, or such changes, there is none. */
static enum karto_err check_base_row(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_record base;
    struct karto_slice record;
    struct karto_rid id = key.size == 16 ? karto_rid_read(key.data) : (struct karto_rid){{0}};
    enum karto_err err = karto_kv_get(walk->tx->kv, KARTO_DB_RECORDS, key, &record);
    if (!karto_walk_has(walk, &err, "something is confirmed of a record that is not there", &id))
        return err;
    if (row.size < 4 || karto_be32(row.data) == 0)
        karto_walk_problem(walk, "what is confirmed of a record names no pending changes", &id);
    if (row.size <= 4)
        return KARTO_OK;
    struct karto_slice bytes = karto_slice(row.data + 4, row.size - 4);
    if (karto_record_decode(&walk->tx->arena, id, bytes, &base) == KARTO_OK && !is_encoding(bytes, &base))
        karto_walk_problem(walk, "what is confirmed of a record is not in its canonical form", &id);
    return KARTO_OK; /* whether it can be read was asked with its record */
}

static enum karto_err index_row_belongs(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_slice record;
    struct karto_rid id = key.size > 16 ? karto_rid_read(key.data + key.size - 16) : (struct karto_rid){{0}};
    (void)row;
    enum karto_err err = karto_kv_get(walk->tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&id), &record);
    karto_walk_has(walk, &err, "an index has a row of a record that is not there", &id);
    return err;
}

/* What no record has asked for: of one that is not there, or of one that has it no longer. */
static enum karto_err check_index(struct karto_walk *walk)
{
    bool same;
    uint64_t before = walk->check->problems;
    enum karto_err err = karto_walk_counts(walk, KARTO_DB_INDEX, walk->index_rows, &same);
    if (err == KARTO_OK && !same)
        err = karto_walk_rows(walk, KARTO_DB_INDEX, index_row_belongs);
    if (err == KARTO_OK && !same && walk->check->problems == before)
        karto_walk_problem(walk, "an index has rows that its records do not have, or lacks some", NULL);
    return err;
}

enum karto_err karto_check_records(struct karto_walk *walk)
{
    enum karto_err err = check_collation(walk);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_RECORDS, check_record);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_BASE, check_base_row);
    walk->check->indexed = walk->index_rows;
    return err == KARTO_OK ? check_index(walk) : err;
}
