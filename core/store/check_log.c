/* The log: without holes, each entry behind the one before of its record, each change readable and known. */
#include "core/store/check_walk.h"
#include "core/store/databases.h"
#include "core/store/own.h"

/* ---- the history of a record ---- */

/* An entry of the hub begins where the one before of its record ended. */
static enum karto_err check_home(struct karto_walk *walk, const struct karto_log_entry *entry)
{
    struct karto_log_entry previous = {.after = {NULL, 0}};
    enum karto_err err = entry->previous ? karto_log_read(walk->tx, entry->previous, &previous) : KARTO_OK;
    if (err != KARTO_OK)
        return err == KARTO_E_CORRUPT || err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* said where it stands */
    if (!karto_slice_equal(previous.after, entry->before))
        karto_walk_problem(walk, "an event begins in another territory than the one before it ended in",
                           &entry->record);
    return KARTO_OK;
}

/* A refused change that is none of the record's history. */
static void check_apart(struct karto_walk *walk, const struct karto_log_entry *entry)
{
    if (walk->tx->ledger.role != KARTO_ON_HUB || entry->verdict != KARTO_V_REFUSED || entry->previous != 0 ||
        entry->before.size || entry->after.size)
        karto_walk_problem(walk, "an event that should be apart is part of a history", &entry->record);
}

static enum karto_err check_previous(struct karto_walk *walk, uint64_t position, const struct karto_log_entry *entry)
{
    uint64_t last = karto_last_table_set(&walk->lasts, entry->record, position);
    enum karto_store_role role = walk->tx->ledger.role;
    bool left_and_came_back = role == KARTO_ON_DEVICE && entry->previous == 0;
    if (entry->previous != last && !left_and_came_back)
        karto_walk_problem(walk, "the history of a record is broken: an event does not name the one before it",
                           &entry->record);
    if (role == KARTO_ON_HUB)
        return entry->previous == last ? check_home(walk, entry) : KARTO_OK;
    if (entry->type != KARTO_LOG_CHANGE || entry->before.size || entry->after.size || entry->concurrent ||
        entry->amended)
        karto_walk_problem(walk, "an event says what only a hub's log can say", &entry->record);
    return KARTO_OK;
}

/* ---- changes ---- */

static void note_seq(struct karto_walk *walk, struct karto_dot dot)
{
    struct karto_ledger *counted = &walk->counted;
    if (karto_node_equal(dot.node, counted->node) && dot.seq > counted->seq)
        counted->seq = dot.seq;
    if (walk->tx->ledger.role == KARTO_ON_HUB && karto_node_equal(dot.node, counted->rule_node) &&
        dot.seq > counted->rule_seq)
        counted->rule_seq = dot.seq;
}

/* A change of this device has its row; one of a former node may have come back from the hub after the store was put
 * back. */
static enum karto_err check_own(struct karto_walk *walk, const struct karto_change *change)
{
    struct karto_own own;
    if (!karto_is_own_node(walk->tx, change->stamp.dot.node))
        return KARTO_OK;
    enum karto_err err = karto_own_get(walk->tx, change->stamp.dot, &own);
    if (err == KARTO_E_NOT_FOUND && !karto_node_equal(change->stamp.dot.node, walk->tx->ledger.node))
        return KARTO_OK;
    karto_walk_has(walk, &err, "a change in the log is not known by its number", &change->record);
    return err;
}

static enum karto_err check_change(struct karto_walk *walk, uint64_t position, const struct karto_log_entry *entry)
{
    struct karto_change change;
    enum karto_err err = karto_log_change(walk->tx, entry, &change);
    if (err == KARTO_OK && !karto_rid_equal(change.record, entry->record))
        err = KARTO_E_CORRUPT;
    if (!karto_walk_has(walk, &err, "a change in the log cannot be read", &entry->record))
        return err;
    note_seq(walk, change.stamp.dot);
    if (karto_change_is_void(&change) != (entry->verdict == KARTO_V_REFUSED))
        karto_walk_problem(walk, "a change has values though it was refused, or none though it was not",
                           &entry->record);
    err = karto_check_in_batch(walk, position, entry, &change);
    if (err != KARTO_OK)
        return err;
    switch (walk->tx->ledger.role) {
    case KARTO_LOCAL: break;
    case KARTO_ON_DEVICE: return check_own(walk, &change);
    case KARTO_ON_HUB: return karto_check_known(walk, position, entry, &change);
    }
    return KARTO_OK;
}

/* ---- the walk ---- */

static enum karto_err check_entry(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_log_entry entry = {.record = {{0}}};
    uint64_t position = key.size == 8 ? karto_be64(key.data) : 0;
    enum karto_err err = position ? karto_log_parse(row, &entry) : KARTO_E_CORRUPT;
    walk->check->changes++;
    if (position != walk->counted.position + 1)
        karto_walk_problem(walk, "an entry of the log is missing", NULL);
    walk->counted.position = position ? position : walk->counted.position + 1;
    const struct karto_rid *record = karto_rid_is_zero(entry.record) ? NULL : &entry.record;
    if (!karto_walk_has(walk, &err, "an entry of the log cannot be read", record))
        return err;
    if (entry.apart)
        check_apart(walk, &entry);
    else
        err = check_previous(walk, position, &entry);
    if (err == KARTO_OK && walk->tx->ledger.role == KARTO_ON_HUB && !entry.apart)
        err = karto_check_told(walk, position, &entry);
    return err == KARTO_OK && entry.type == KARTO_LOG_CHANGE ? check_change(walk, position, &entry) : err;
}

/* But on a device, whose records leave, what has a history is there. */
static enum karto_err check_lasts(struct karto_walk *walk)
{
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < walk->lasts.room && err == KARTO_OK; i++) {
        const struct karto_last *last = &walk->lasts.slots[i];
        struct karto_slice row;
        if (last->position == 0)
            continue;
        err = karto_kv_get(walk->tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&last->record), &row);
        karto_walk_has(walk, &err, "a record that has a history is missing", &last->record);
    }
    return err;
}

enum karto_err karto_check_log(struct karto_walk *walk)
{
    enum karto_err err = karto_walk_rows(walk, KARTO_DB_LOG, check_entry);
    return err == KARTO_OK && walk->tx->ledger.role != KARTO_ON_DEVICE ? check_lasts(walk) : err;
}
