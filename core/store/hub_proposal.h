/* hub_proposal.h - what devices wanted to write and may not: the log has such a change without its values, and here
 * they are kept, until somebody at head office accepts or rejects them. Rows are those of docs/FORMAT.md, "A proposal".
 *
 * A proposal is a change that was refused for lack of rights alone: KARTO_E_NOT_PERMITTED, or KARTO_E_NOT_FOUND of what
 * is here and lies elsewhere. What is malformed, of a record that nobody knows, or of a kind that this program does
 * not, is none. Its author hears the same whether it is kept or not.
 *
 * What somebody hostile could want of it, and what he gets:
 *
 * - A device fills the hub's disk: KARTO_PROPOSALS_OF_DEVICE_MAX open ones of one device, of so many bytes, and
 *   KARTO_PROPOSALS_MAX in all. What is over is counted and not kept; it is refused as the others are, and its author
 *   has it in his own log. To keep a change costs three rows and no walk; so does not to keep it.
 * - A device keeps others' proposals out. Only the whole can be full for all, and that takes many devices, each of
 *   which was invited.
 * - A device shows one thing and has another accepted. A proposal is never written anew: its number is the position of
 *   the log at which the change was refused. What stands in the fields that it sets is named with it (the mark), and
 *   who accepts says what he was shown. */
#ifndef KARTO_STORE_HUB_PROPOSAL_H
#define KARTO_STORE_HUB_PROPOSAL_H

#include "core/store/entry.h"

struct karto_proposal {
    uint64_t number; /* of the log, where the change stands as refused: its name for people */
    struct karto_rid record, device;
    int64_t at_ms;             /* when it came */
    enum karto_err reason;     /* why it was refused */
    struct karto_slice change; /* canonical bytes, without old values; empty: it was rejected */
    int64_t rejected_ms;       /* when, by whom and why it was rejected */
    struct karto_slice rejected_by, why;
};

/* Of one device; or, of the zero id, of all. */
struct karto_proposal_tally {
    uint32_t count;  /* open ones */
    uint64_t size;   /* bytes of their changes */
    uint32_t missed; /* that came since one was last decided, and for which there was no room */
};

KARTO_CHECKED enum karto_err karto_hub_proposal_tally(struct karto_tx *tx, struct karto_rid device,
                                                      struct karto_proposal_tally *tally);

/* Keeps a change that was just refused, before: the record as it was, if it is a proposal and there is room. Fails as
 * the disk does, and for nothing else: what comes is not held up. */
KARTO_CHECKED enum karto_err karto_hub_propose(struct karto_tx *tx, struct karto_rid device,
                                               const struct karto_entry *before, const struct karto_change *change,
                                               enum karto_err reason);

/* KARTO_E_NOT_FOUND; KARTO_E_CORRUPT. In the arena. */
KARTO_CHECKED enum karto_err karto_hub_proposal(struct karto_tx *tx, uint64_t number, struct karto_proposal *proposal);

/* The numbers of those that are open, ascending; in the arena. */
KARTO_CHECKED enum karto_err karto_hub_proposals(struct karto_tx *tx, uint64_t **numbers, uint32_t *count);

/* The change of an open one beside its record as it stands: old values are what is there now. mark: a name for what is
 * there, the same for as long as nobody writes into a register that the change sets. */
struct karto_proposed {
    struct karto_entry entry;
    struct karto_change change;
    uint32_t mark;
};

KARTO_CHECKED enum karto_err karto_hub_proposed(struct karto_tx *tx, const struct karto_proposal *proposal,
                                                struct karto_proposed *proposed);

/* Makes an ordinary change of it by the store's user, with this reason, and takes it away. *batch: of which it becomes
 * part, 0: of one of its own, which it is then told; unchanged if all of it stands there already.
 *   KARTO_E_CHANGED    what stands there is not what the mark is of
 *   KARTO_E_NOT_FOUND  it is decided; or its record, or the client that this hangs on, is itself only proposed
 *   KARTO_E_INVALID, KARTO_E_LIMIT  it does not fit any more */
KARTO_CHECKED enum karto_err karto_hub_proposal_accept(struct karto_tx *tx, const struct karto_proposal *proposal,
                                                       uint32_t mark, struct karto_slice reason, uint64_t *batch);

/* Takes away what it would write, and notes who said so and why. KARTO_E_NOT_FOUND: it is decided. */
KARTO_CHECKED enum karto_err karto_hub_proposal_reject(struct karto_tx *tx, const struct karto_proposal *proposal,
                                                       struct karto_slice why);

/* A row of the database, for check; not that of a tally. KARTO_E_CORRUPT. */
KARTO_CHECKED enum karto_err karto_hub_proposal_decode(struct karto_slice key, struct karto_slice row,
                                                       struct karto_proposal *proposal);

#endif
