/* What is set aside: each entry can be read, and a hub has in its log that it refused it. */
#include "core/store/check_walk.h"
#include "core/store/databases.h"
#include "core/store/quarantine.h"

/* On a hub: the change stands in the log as refused, apart from its record. */
static enum karto_err check_refused(struct karto_walk *walk, const struct karto_quarantined *entry)
{
    struct karto_log_entry row;
    struct karto_change change;
    enum karto_err err = karto_log_read(walk->tx, entry->position, &row);
    if (err == KARTO_OK)
        err = karto_log_change(walk->tx, &row, &change);
    if (err == KARTO_OK &&
        (!row.apart || row.verdict != KARTO_V_REFUSED || !karto_dot_equal(change.stamp.dot, entry->dot)))
        err = KARTO_E_NOT_FOUND;
    karto_walk_has(walk, &err, "a change that is set aside is not refused in the log", NULL);
    return err;
}

static enum karto_err check_row(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_quarantined entry;
    uint64_t last;
    enum karto_err err = karto_quarantine_parse(key, row, &entry);
    if (!karto_walk_has(walk, &err, "an entry that is set aside cannot be read", NULL))
        return err;
    err = karto_quarantine_last(walk->tx, &last);
    if (karto_walk_has(walk, &err, "how many entries were set aside cannot be read", NULL) && entry.number > last)
        karto_walk_problem(walk, "an entry that is set aside has a number that was not given yet", NULL);
    bool hub = walk->tx->ledger.role == KARTO_ON_HUB;
    if (hub == karto_rid_is_zero(entry.device))
        karto_walk_problem(walk, "an entry that is set aside came from nobody who sends to this store", NULL);
    return err == KARTO_OK && hub && !karto_rid_is_zero(entry.device) ? check_refused(walk, &entry) : err;
}

enum karto_err karto_check_quarantine(struct karto_walk *walk)
{
    return karto_walk_rows(walk, KARTO_DB_SIDE, check_row);
}
