/* entry.h - a record as the store keeps it, with everything that hangs on it: indexes, digests, counters.
 * karto_entry_save is the only way in which the state of a record changes.
 *
 * Invariants: view is base with the pending changes applied in order; the digest of a territory is the sum over the
 * bases that are kept there; every index row belongs to the view of a record that exists. */
#ifndef KARTO_STORE_ENTRY_H
#define KARTO_STORE_ENTRY_H

#include "core/model/role.h"
#include "core/store/store.h"

struct karto_entry {
    struct karto_rid id;
    bool exists;
    struct karto_record view; /* as the user sees it */
    struct karto_record base; /* as the hub has confirmed it; the same as view while nothing is pending */
    uint32_t pending;         /* changes made here and not yet judged */
    bool kept;      /* this copy is current: part of the digests, and follows the hub's changes. On a hub: always */
    bool expect;    /* in scope, but its state is still to come: shown, and changes are ignored until then */
    bool stillborn; /* hub: its creation was refused, and nobody has given it a territory since */
    struct karto_slice home; /* its territory, as the hub last wrote it; "*": everybody's; empty: nobody's */
    uint64_t last;           /* position in the log of the last thing that happened to it; 0: none */
};

/* A record that is not there is not an error: exists is false, view and base are empty with the id set. */
KARTO_CHECKED enum karto_err karto_entry_load(struct karto_tx *tx, struct karto_rid id, struct karto_entry *entry);

/* before must be what load gave in this transaction, or what was saved last. KARTO_E_LIMIT: the record would be too
 * large. */
KARTO_CHECKED enum karto_err karto_entry_save(struct karto_tx *tx, const struct karto_entry *before,
                                              const struct karto_entry *after);

/* Decodes a row of the records database, for walks with a cursor. */
KARTO_CHECKED enum karto_err karto_entry_decode(struct karto_arena *arena, struct karto_rid id, struct karto_slice row,
                                                struct karto_entry *entry);

/* What decode leaves out: base and pending, which on a device stand in rows of their own. */
KARTO_CHECKED enum karto_err karto_entry_load_base(struct karto_tx *tx, struct karto_entry *entry);

/* Whether a row, not decoded, is of a record that is kept or expected; and its home and the record's bytes, which point
 * into it. */
bool karto_entry_is_ours(struct karto_slice row);
uint64_t karto_entry_last_of(struct karto_slice row); /* of one that split takes */
KARTO_CHECKED enum karto_err karto_entry_split(struct karto_slice row, struct karto_slice *home,
                                               struct karto_slice *state);

/* The hash by which hub and device compare one record: of its territory and its state. Never 0. */
uint64_t karto_state_hash(const struct karto_record *record, struct karto_slice home);

/* ---- digests ---- */

/* The sum over the kinds and fields of one territory, or of all (NULL), that a role may have. */
KARTO_CHECKED enum karto_err karto_digest_part(struct karto_tx *tx, const struct karto_slice *territory,
                                               const struct karto_role *role, struct karto_sum *sum);

/* The sum over all kinds and fields of one territory; over all territories. */
KARTO_CHECKED enum karto_err karto_digest_of(struct karto_tx *tx, struct karto_slice territory, struct karto_sum *sum);
KARTO_CHECKED enum karto_err karto_digest_all(struct karto_tx *tx, struct karto_sum *sum);

/* Walks the territories that have a digest, in order: after is the last one seen, empty at first. KARTO_E_NOT_FOUND: no
 * more. Records of no territory count under the empty name, which this passes over. */
KARTO_CHECKED enum karto_err karto_digest_next(struct karto_tx *tx, struct karto_slice after,
                                               struct karto_slice *territory, struct karto_sum *sum);

#endif
