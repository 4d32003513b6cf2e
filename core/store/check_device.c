/* What a device knows besides: what became of the changes made here, and which are pending. */
#include "core/store/check_walk.h"
#include "core/store/databases.h"
#include "core/store/device.h"
#include "core/store/keys.h"
#include "core/store/own.h"

/* ---- own ---- */

static bool may_be_told(enum karto_verdict verdict)
{
    return verdict == KARTO_V_NONE || verdict == KARTO_V_APPLIED || verdict == KARTO_V_CONTAINED ||
           verdict == KARTO_V_REFUSED || verdict == KARTO_V_ERASED;
}

/* A change without a verdict is pending under its position. */
static enum karto_err is_pending(struct karto_walk *walk, struct karto_dot dot, uint64_t position,
                                 const struct karto_rid *record)
{
    uint8_t key[8], want[16];
    struct karto_slice row;
    enum karto_err err = karto_kv_get(walk->tx->kv, KARTO_DB_PENDING, karto_key_position(position, key), &row);
    if (err == KARTO_OK && !karto_slice_equal(row, karto_key_dot(dot, want)))
        err = KARTO_E_NOT_FOUND;
    karto_walk_has(walk, &err, "a change that is not judged is not pending either", record);
    return err;
}

static enum karto_err check_own(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_own own;
    struct karto_log_entry entry = {.record = {{0}}};
    struct karto_change change;
    (void)row;
    if (key.size != 16) {
        karto_walk_problem(walk, "the number of a change made here cannot be read", NULL);
        return KARTO_OK;
    }
    struct karto_dot dot = {{karto_be64(key.data)}, karto_be64(key.data + 8)};
    enum karto_err err = karto_own_get(walk->tx, dot, &own);
    if (!karto_walk_has(walk, &err, "what became of a change made here cannot be read", NULL))
        return err;
    err = karto_log_read(walk->tx, own.position, &entry);
    if (err == KARTO_OK)
        err = karto_log_change(walk->tx, &entry, &change);
    if (err == KARTO_OK && !karto_dot_equal(change.stamp.dot, dot))
        err = KARTO_E_NOT_FOUND;
    const struct karto_rid *record = karto_rid_is_zero(entry.record) ? NULL : &entry.record;
    if (!karto_walk_has(walk, &err, "a change made here is not where it should be in the log", record))
        return err;
    if (!may_be_told(own.verdict))
        karto_walk_problem(walk, "a change made here has a verdict that no hub gives", record);
    walk->counted.refused += own.verdict == KARTO_V_REFUSED;
    return own.verdict == KARTO_V_NONE ? is_pending(walk, dot, own.position, record) : KARTO_OK;
}

/* ---- pending ---- */

static enum karto_err check_pending(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_own own;
    if (key.size != 8 || row.size != 16) {
        karto_walk_problem(walk, "a row of what is pending cannot be read", NULL);
        return KARTO_OK;
    }
    struct karto_dot dot = {{karto_be64(row.data)}, karto_be64(row.data + 8)};
    enum karto_err err = karto_own_get(walk->tx, dot, &own);
    if (karto_walk_has(walk, &err, "something is pending that was not made here", NULL) &&
        (own.position != karto_be64(key.data) || own.verdict != KARTO_V_NONE))
        karto_walk_problem(walk, "something is pending that is judged, or stands elsewhere", NULL);
    return err;
}

/* ---- dismissed ---- */

static enum karto_err check_dismissed(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_own own = {.verdict = KARTO_V_NONE};
    if (key.size != 16 || row.size != 8) {
        karto_walk_problem(walk, "a row of what is dismissed cannot be read", NULL);
        return KARTO_OK;
    }
    struct karto_dot dot = {{karto_be64(key.data)}, karto_be64(key.data + 8)};
    enum karto_err err = karto_own_get(walk->tx, dot, &own);
    if (err == KARTO_OK && own.verdict != KARTO_V_REFUSED)
        err = KARTO_E_NOT_FOUND;
    karto_walk_has(walk, &err, "a change is dismissed that was not refused", NULL);
    return err;
}

static enum karto_err check_rights(struct karto_walk *walk)
{
    struct karto_rights rights;
    enum karto_err err = karto_device_rights(walk->tx, &rights);
    if (err == KARTO_E_NOT_FOUND)
        return KARTO_OK; /* the hub has not said yet */
    karto_walk_has(walk, &err, "the rights of this device cannot be read", NULL);
    return err;
}

enum karto_err karto_check_device(struct karto_walk *walk)
{
    bool same;
    enum karto_err err = karto_walk_rows(walk, KARTO_DB_OWN, check_own);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_PENDING, check_pending);
    if (err == KARTO_OK)
        err = karto_walk_counts(walk, KARTO_DB_PENDING, walk->counted.pending, &same);
    if (err == KARTO_OK && !same)
        karto_walk_problem(walk, "records have other changes pending than the list of what is pending", NULL);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_DISMISSED, check_dismissed);
    if (err == KARTO_OK)
        err = check_rights(walk);
    return err == KARTO_OK ? karto_check_past(walk) : err;
}
