#include "core/store/hub_recovery.h"

#include "core/base/broken.h"
#include "core/store/databases.h"
#include "core/store/dots.h"
#include "core/store/hub_heal.h"
#include "core/store/hub_held.h"
#include "core/store/hub_take.h"
#include "core/store/keys.h"

/* ---- the row of meta ---- */

enum { ROW = 25 }; /* u8 1 while it is being recovered, i64 time, u64 position, u64 position of the first time */

static enum karto_err put_state(struct karto_tx *tx, const struct karto_recovery *recovery)
{
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_buf_add_byte(&row, recovery->recovering);
    karto_buf_add_be64(&row, (uint64_t)recovery->at_ms);
    karto_buf_add_be64(&row, recovery->position);
    karto_buf_add_be64(&row, recovery->first);
    enum karto_err err = karto_meta_put(tx, "recovery", karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_hub_recovery_state(struct karto_tx *tx, struct karto_recovery *recovery)
{
    struct karto_slice row;
    *recovery = (struct karto_recovery){.ever = false};
    enum karto_err err = karto_meta_get(tx, "recovery", &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size != ROW || row.data[0] > 1)
        return KARTO_E_CORRUPT;
    *recovery = (struct karto_recovery){.ever = true,
                                        .recovering = row.data[0] == 1,
                                        .at_ms = (int64_t)karto_be64(row.data + 1),
                                        .position = karto_be64(row.data + 9),
                                        .first = karto_be64(row.data + 17)};
    return KARTO_OK;
}

static enum karto_err count_device(struct karto_tx *tx, const struct karto_device *device, void *context)
{
    struct karto_recovery *recovery = context;
    struct karto_held_tally tally;
    enum karto_err err = karto_hub_held_tally(tx, device->id, &tally);
    if (err != KARTO_OK)
        return err;
    recovery->held += tally.count;
    recovery->full += tally.full && !device->revoked;
    if (device->revoked)
        return KARTO_OK;
    bool wanted = karto_hub_wants(tx, recovery, device);
    recovery->gave += !wanted;
    recovery->lacking += wanted;
    recovery->claimed += device->claims.role != NULL;
    return KARTO_OK;
}

enum karto_err karto_hub_withdrawn(struct karto_tx *tx, uint64_t *count)
{
    struct karto_slice row;
    enum karto_err err = karto_meta_get(tx, "withdrawn", &row);
    *count = 0;
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* put back by an older program */
    if (row.size != 8)
        return KARTO_E_CORRUPT;
    *count = karto_be64(row.data);
    return KARTO_OK;
}

enum karto_err karto_hub_recovery(struct karto_tx *tx, struct karto_recovery *recovery)
{
    enum karto_err err = karto_hub_recovery_state(tx, recovery);
    if (err == KARTO_OK)
        err = karto_hub_withdrawn(tx, &recovery->withdrawn);
    return err == KARTO_OK && recovery->ever ? karto_hub_each_device(tx, count_device, recovery) : err;
}

enum karto_err karto_hub_recovered(struct karto_tx *tx)
{
    struct karto_recovery recovery;
    enum karto_err err = karto_hub_recovery_state(tx, &recovery);
    if (err == KARTO_OK && !recovery.recovering)
        err = KARTO_E_USAGE;
    recovery.recovering = false;
    if (err == KARTO_OK)
        err = put_state(tx, &recovery);
    return err == KARTO_OK ? karto_hub_heal_again(tx, NULL, NULL) : err;
}

bool karto_hub_wants(const struct karto_tx *tx, const struct karto_recovery *recovery,
                     const struct karto_device *device)
{
    return recovery->ever && !karto_epoch_equal(device->gave, tx->ledger.epoch);
}

enum karto_err karto_hub_gave(struct karto_tx *tx, struct karto_device *device)
{
    device->gave = tx->ledger.epoch;
    return karto_hub_put_device(tx, device);
}

/* ---- marks ---- */

enum karto_err karto_hub_mark(struct karto_tx *tx, struct karto_node node, uint64_t *seq)
{
    uint8_t key[8];
    struct karto_slice row;
    *seq = 0;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_MARKS, karto_key_node(node, key), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size != 8)
        return KARTO_E_CORRUPT;
    *seq = karto_be64(row.data);
    return KARTO_OK;
}

static enum karto_err put_mark(struct karto_tx *tx, struct karto_node node, uint64_t seq)
{
    uint8_t key[8], row[8];
    karto_be64_write(seq, row);
    return karto_kv_put(tx->kv, KARTO_DB_MARKS, karto_key_node(node, key), karto_slice(row, sizeof row));
}

/* A node of a device that had not given back everything after an earlier restore: that is still to come, although the
 * backup has some of what stands behind it. */
static enum karto_err is_unfinished(struct karto_tx *tx, const struct karto_recovery *earlier, struct karto_rid owner,
                                    bool *unfinished)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, owner, &device);
    *unfinished = err == KARTO_OK && karto_hub_wants(tx, earlier, &device);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* head office's own */
}

static enum karto_err mark_node(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    uint64_t known, hash, before;
    bool unfinished;
    if (key.size != 8 || row.size != 16)
        return KARTO_E_CORRUPT;
    struct karto_node node = {karto_be64(key.data)};
    enum karto_err err = is_unfinished(tx, context, karto_rid_read(row.data), &unfinished);
    if (err == KARTO_OK)
        err = karto_hub_known(tx, node, &known, &hash);
    if (err == KARTO_OK)
        err = karto_hub_mark(tx, node, &before);
    if (err == KARTO_OK && unfinished && before < known && !KARTO_BROKEN("marks"))
        known = before;
    return err == KARTO_OK ? put_mark(tx, node, known) : err;
}

/* ---- restored ---- */

/* By the clock, but above all that is known of: a clock that was put back makes no hub older than the lost one. */
static struct karto_epoch next_epoch(const struct karto_tx *tx, const struct karto_hub_journal *journal)
{
    int64_t highest = tx->ledger.epoch.ms, now = karto_sys_now_ms(tx->sys);
    for (uint32_t i = 0; i < journal->epoch_count; i++)
        if (journal->epochs[i].ms > highest)
            highest = journal->epochs[i].ms;
    int64_t above = highest < INT64_MAX ? highest + 1 : highest;
    return (struct karto_epoch){now > above ? now : above, tx->ledger.node};
}

static bool is_retired(const struct karto_hub_journal *journal, struct karto_rid device)
{
    uint32_t i = 0;
    while (i < journal->retired_count && !karto_rid_equal(journal->retired[i], device))
        i++;
    return i < journal->retired_count;
}

static void decide_again(struct karto_device *device, const struct karto_journal_line *line)
{
    if (line->word == KARTO_JOURNAL_WIPED && !device->wiped_ms)
        device->wiped_ms = line->ms;
    if (line->word == KARTO_JOURNAL_WIPED || line->ms <= device->revoked_ms)
        return;
    device->revoked_ms = line->ms;
    device->wipe = line->word == KARTO_JOURNAL_WIPE;
}

static enum karto_err revoke_again(struct karto_tx *tx, const struct karto_hub_journal *journal)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < journal->revoked_count && err == KARTO_OK; i++) {
        struct karto_device device;
        err = karto_hub_device(tx, journal->revoked[i], &device);
        if (err == KARTO_E_NOT_FOUND) { /* enrolled after the backup: else it would come and say so */
            device =
                (struct karto_device){.id = journal->revoked[i], .scope.role = karto_role(KARTO_ROLE_REPRESENTATIVE)};
            err = KARTO_OK;
        }
        device.revoked = true;
        device.retired = is_retired(journal, device.id);
        for (uint32_t k = 0; k < journal->data_count; k++)
            if (karto_rid_equal(journal->data[k].device, device.id))
                decide_again(&device, &journal->data[k]);
        if (err == KARTO_OK)
            err = karto_hub_put_device(tx, &device);
    }
    return err;
}

static enum karto_err withdraw_invitations(struct karto_tx *tx)
{
    uint64_t open;
    uint8_t row[8];
    enum karto_err err = karto_hub_withdraw(tx, NULL, &open);
    karto_be64_write(open, row);
    return err == KARTO_OK ? karto_meta_put(tx, "withdrawn", karto_slice(row, sizeof row)) : err;
}

enum karto_err karto_hub_restored(struct karto_tx *tx, const struct karto_hub_journal *journal)
{
    struct karto_recovery earlier;
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_USAGE;
    enum karto_err err = karto_hub_recovery_state(tx, &earlier);
    if (err == KARTO_OK)
        err = karto_each_row(tx, KARTO_DB_NODES, mark_node, &earlier);
    if (err == KARTO_OK)
        err = revoke_again(tx, journal);
    if (err == KARTO_OK)
        err = withdraw_invitations(tx);
    if (err != KARTO_OK)
        return err;
    const struct karto_recovery recovery = {.recovering = true,
                                            .at_ms = karto_sys_now_ms(tx->sys),
                                            .position = tx->ledger.position,
                                            .first = earlier.ever ? earlier.first : tx->ledger.position};
    err = put_state(tx, &recovery);
    if (err == KARTO_OK)
        err = karto_new_node(tx);
    tx->ledger.epoch = next_epoch(tx, journal);
    return err == KARTO_OK ? karto_hub_enter_own_nodes(tx) : err;
}

/* ---- what the log tells ---- */

/* A change of the log leaves its dot in the vector: one that is not there came with a state. */
static enum karto_err is_logged(struct karto_tx *tx, const struct karto_record *record, bool *logged)
{
    enum karto_err err = KARTO_OK;
    *logged = true;
    for (uint32_t i = 0; i < record->count; i++)
        for (uint32_t j = 0; j < record->fields[i].vv.count && *logged && err == KARTO_OK; j++) {
            struct karto_known known;
            err = karto_dot_find(tx, record->fields[i].vv.dots[j], &known);
            *logged = err == KARTO_OK;
            err = err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
        }
    return err;
}

enum karto_err karto_hub_history(struct karto_tx *tx, const struct karto_record *record, bool *whole, int64_t *since_ms)
{
    struct karto_recovery recovery;
    enum karto_err err = karto_hub_recovery_state(tx, &recovery);
    *whole = !recovery.ever;
    *since_ms = recovery.at_ms;
    return err == KARTO_OK && recovery.ever && record ? is_logged(tx, record, whole) : err;
}
