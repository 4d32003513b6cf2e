/* What a device has of the time before: of records that are here alone, each change once, and counted. */
#include "core/store/check_walk.h"
#include "core/store/databases.h"
#include "core/store/past.h"

/* Whether a record is one of those whose history a device keeps; last: its last entry in the log. */
static enum karto_err find_ours(struct karto_walk *walk, struct karto_rid id, bool *ours, uint64_t *last)
{
    struct karto_slice row;
    enum karto_err err = karto_kv_get(walk->tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    *ours = err == KARTO_OK && karto_entry_is_ours(row);
    *last = *ours ? karto_entry_last_of(row) : 0;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err check_past_of(struct karto_walk *walk, struct karto_rid id, uint64_t position)
{
    uint64_t found;
    struct karto_log_entry entry;
    enum karto_err err = karto_past_before(walk->tx, &id, position + 1, &found, &entry);
    if (err == KARTO_OK && found != position)
        err = KARTO_E_NOT_FOUND;
    karto_walk_has(walk, &err, "a change of the time before is not known by its record", &id);
    return err;
}

/* A change is in the log, or in the past. */
static enum karto_err check_not_logged(struct karto_walk *walk, const struct karto_change *change, uint64_t last)
{
    const struct karto_dot *dots;
    uint32_t count;
    enum karto_err err = karto_past_logged(walk->tx, last, &dots, &count);
    if (err == KARTO_OK && karto_dots_have(dots, count, change->stamp.dot))
        karto_walk_problem(walk, "a change of the time before is in the log as well", &change->record);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* said where it stands */
}

static enum karto_err check_row(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_log_entry entry;
    struct karto_change change;
    uint64_t last, position = key.size == 8 ? karto_be64(key.data) : 0;
    bool ours;
    enum karto_err err = position ? karto_log_parse(row, &entry) : KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        err = karto_log_change(walk->tx, &entry, &change);
    if (err == KARTO_OK && (entry.previous >= position || !karto_rid_equal(change.record, entry.record)))
        err = KARTO_E_CORRUPT;
    if (!karto_walk_has(walk, &err, "a change of the time before cannot be read", NULL))
        return err;
    walk->past.bytes += karto_past_size(row.size);
    walk->past.changes++;
    err = find_ours(walk, entry.record, &ours, &last);
    if (err == KARTO_OK && !ours)
        karto_walk_problem(walk, "a change of the time before is of a record that is not here", &entry.record);
    if (err == KARTO_OK)
        err = check_past_of(walk, entry.record, position);
    return err == KARTO_OK ? check_not_logged(walk, &change, last) : err;
}

static enum karto_err check_lack(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_past_place lack;
    uint64_t last;
    bool ours = false;
    enum karto_err err = karto_past_parse_lack(key, row, &lack);
    if (err == KARTO_OK)
        err = find_ours(walk, lack.record, &ours, &last);
    if (err == KARTO_OK && !ours)
        err = KARTO_E_NOT_FOUND;
    karto_walk_has(walk, &err, "history is to be fetched of a record that is not here", NULL);
    return err;
}

static enum karto_err check_left(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_log_entry entry;
    struct karto_slice record;
    enum karto_err err = key.size == 16 && row.size == 8 ? KARTO_OK : KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        err = karto_log_read(walk->tx, karto_be64(row.data), &entry);
    if (err == KARTO_OK && (!karto_rid_equal(entry.record, karto_rid_read(key.data)) ||
                            karto_kv_get(walk->tx->kv, KARTO_DB_RECORDS, key, &record) != KARTO_E_NOT_FOUND))
        err = KARTO_E_NOT_FOUND;
    karto_walk_has(walk, &err, "a record that is gone is noted wrongly", NULL);
    return err;
}

static enum karto_err check_counts(struct karto_walk *walk)
{
    struct karto_past_reach reach;
    bool same;
    enum karto_err err = karto_past_get_reach(walk->tx, &reach);
    if (err == KARTO_E_NOT_FOUND)
        err = KARTO_OK; /* nothing was fetched yet */
    if (err == KARTO_OK && (reach.bytes != walk->past.bytes || reach.changes != walk->past.changes))
        karto_walk_problem(walk, "the changes of the time before are not counted right", NULL);
    if (err == KARTO_OK)
        err = karto_walk_counts(walk, KARTO_DB_PAST_OF, walk->past.changes, &same);
    if (err == KARTO_OK && !same)
        karto_walk_problem(walk, "records name changes of the time before that are not there", NULL);
    return err;
}

enum karto_err karto_check_past(struct karto_walk *walk)
{
    enum karto_err err = karto_walk_rows(walk, KARTO_DB_PAST, check_row);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_LACKS, check_lack);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_LEFT, check_left);
    return err == KARTO_OK ? check_counts(walk) : err;
}
