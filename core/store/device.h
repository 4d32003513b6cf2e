/* device.h - the store's side of synchronisation on a device: what is pending, what the hub said of it, what it sent.
 * Calls of one synchronisation are made by one process at a time (a lock above this). */
#ifndef KARTO_STORE_DEVICE_H
#define KARTO_STORE_DEVICE_H

#include "core/model/rights.h"
#include "core/model/verdict.h"
#include "core/store/entry.h"

/* A person's change on a device or a store without hub: see edit.h, which calls this. */
KARTO_CHECKED enum karto_err karto_device_edit(struct karto_tx *tx, const struct karto_entry *before,
                                               const struct karto_change *change, const struct karto_record *after);

/* What the user of this device may do, as the hub last said. KARTO_E_NOT_FOUND: it has not said yet. */
KARTO_CHECKED enum karto_err karto_device_rights(struct karto_tx *tx, struct karto_rights *rights);
KARTO_CHECKED enum karto_err karto_device_set_rights(struct karto_tx *tx, const struct karto_rights *rights);

/* ---- hello ---- */

/* Keeps the highest epoch heard: durable before anything else is sent. KARTO_E_OLD_HUB: epoch is lower than that. */
KARTO_CHECKED enum karto_err karto_device_hear(struct karto_tx *tx, struct karto_epoch epoch);

/* A hub of a new epoch: changes that were never sent get new dots, once an epoch. */
KARTO_CHECKED enum karto_err karto_device_new_epoch(struct karto_tx *tx, struct karto_epoch epoch);

/* The highest seq that this store remembers of one of its nodes. */
KARTO_CHECKED enum karto_err karto_device_seq(struct karto_tx *tx, struct karto_node node, uint64_t *seq);

/* Goes on under a new node id. Pending changes from this position of the log on (0: none) are made again under it, with
 * the contexts that their author really had. */
KARTO_CHECKED enum karto_err karto_device_rotate(struct karto_tx *tx, uint64_t from_position);

/* What a hub of the epoch that this store has reconciled with must know: KARTO_E_HUB_BEHIND if its log ends before the
 * cursor, or it has less of an own node than it has judged. A hub of another epoch may know anything. */
struct karto_hub_knows {
    struct karto_epoch epoch;
    uint64_t log_position;
    const uint64_t *seqs; /* the highest of each own node, for the last count of them */
    uint32_t count;
};

KARTO_CHECKED enum karto_err karto_device_check_hub(struct karto_tx *tx, const struct karto_hub_knows *knows);

/* ---- push ---- */

struct karto_pending {
    uint64_t position;
    bool earlier;               /* first sent under another epoch */
    struct karto_change change; /* in the arena */
};

/* The next pending changes behind position after, in order: as many as fit into size_max bytes of their encodings, at
 * least one if there is any, most at the most; those that were first sent under another epoch come first. Marks them as
 * sent under epoch, durably before they leave: so this writes; in a transaction that only reads it marks nothing, and
 * they must not leave. */
KARTO_CHECKED enum karto_err karto_device_take(struct karto_tx *tx, struct karto_epoch epoch, uint64_t after,
                                               uint32_t most, size_t size_max, struct karto_pending **pending,
                                               uint32_t *count);

/* The hub's verdict on a pending change: APPLIED, CONTAINED, REFUSED (with the reason's id) or ERASED, and its receipt.
 * Of one that is not pending any more: nothing to do. inside: whether the record is in scope now. *lacking: the record,
 * where the hub has taken the change upon another state than is here, and tells it by no event: it is to be asked for;
 * else 0. */
KARTO_CHECKED enum karto_err karto_device_judged(struct karto_tx *tx, struct karto_dot dot, enum karto_verdict verdict,
                                                 struct karto_slice reason, uint64_t receipt, bool inside,
                                                 struct karto_rid *lacking);

/* The position in the log of a change made here. KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_device_find(struct karto_tx *tx, struct karto_dot dot, uint64_t *position);

/* The dot of the present node up to which everything made here is confirmed. */
KARTO_CHECKED enum karto_err karto_device_confirmed(struct karto_tx *tx, struct karto_dot *dot);

/* ---- pull and reconcile ---- */

/* A change from the hub. *gap: something it builds on is missing here: ask for the record's state. KARTO_E_CHANGED: it
 * is one of this store's present node that was not made here: the store was copied; karto_device_fork, and again.
 * KARTO_E_INVALID: it cannot be kept; nothing was done. */
KARTO_CHECKED enum karto_err karto_device_change(struct karto_tx *tx, const struct karto_change *change, bool *gap);

/* Somebody else has written under the present node up to this seq: goes on under a new one, and makes what is pending
 * here from the first change that he cannot have seen on again. */
KARTO_CHECKED enum karto_err karto_device_fork(struct karto_tx *tx, uint64_t seq);

/* A state from the hub replaces what was confirmed here; it is never joined. KARTO_E_CHANGED: it holds changes of the
 * present node that were not made here, or not sent yet; *seq is the last of them: karto_device_fork, and again.
 * KARTO_E_INVALID: its bytes are not a record; nothing was done. */
KARTO_CHECKED enum karto_err karto_device_state(struct karto_tx *tx, struct karto_rid id, struct karto_slice home,
                                                struct karto_slice bytes, uint64_t *seq);

/* The record is no longer in scope: forgotten once nothing of it is pending. Of an unknown record: nothing to do. */
KARTO_CHECKED enum karto_err karto_device_leave(struct karto_tx *tx, struct karto_rid id);

/* Compares a page of the hub's hashes, ascending, of all records in (after, last] (last zero: to the end) with what is
 * kept here. wanted: records whose state must be fetched; what the hub has not is left. */
struct karto_hash {
    struct karto_rid record;
    uint64_t hash;
};

KARTO_CHECKED enum karto_err karto_device_compare(struct karto_tx *tx, struct karto_rid after, struct karto_rid last,
                                                  const struct karto_hash *hashes, uint32_t count,
                                                  struct karto_rid **wanted, uint32_t *wanted_count);

/* Whether anything is kept behind this id: if not, states are asked for without hashes. */
KARTO_CHECKED enum karto_err karto_device_keeps(struct karto_tx *tx, struct karto_rid after, bool *any);

/* The digest of all that is kept. */
KARTO_CHECKED enum karto_err karto_device_digest(struct karto_tx *tx, struct karto_sum *sum);

/* ---- joining a hub ---- */

/* A store that was used alone becomes a device of user: all that it holds is pending, and his. A client without a
 * territory gets territory (empty: none is given) from the beginning, as part of the change that created it. */
KARTO_CHECKED enum karto_err karto_device_join(struct karto_tx *tx, struct karto_slice user,
                                               struct karto_slice territory);

#endif
