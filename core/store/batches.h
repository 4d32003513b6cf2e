/* batches.h - where in the log the changes of each batch are, who made it, and what took it back. All of it follows
 * from the log, and is written with it. */
#ifndef KARTO_STORE_BATCHES_H
#define KARTO_STORE_BATCHES_H

#include "core/model/batch.h"
#include "core/store/history.h"

enum { KARTO_SAME_NUMBER_MAX = 16 }; /* batches of one number that are looked at: two are there by chance alone */

struct karto_batch {
    uint64_t batch;            /* batch.h */
    struct karto_slice author; /* in the arena. Others may have a batch of the same number */
    uint64_t first, last;      /* positions in the log: of its first and its last change */
    uint64_t changes, records; /* refused ones too */
    uint32_t undone;           /* number of the batch that took it back; 0: none. That may be taken back itself */
};

/* Counts in the change that was just written to the log at the ledger's position; previous: position of the entry
 * before of the same record. The row of the batch waits for another's turn, or for somebody who reads rows here. For
 * log.c. */
KARTO_CHECKED enum karto_err karto_batches_add(struct karto_tx *tx, const struct karto_change *change,
                                               uint64_t previous);

/* All that is in the log is counted in: the end of every write to it. */
KARTO_CHECKED enum karto_err karto_batches_kept(struct karto_tx *tx);

/* Drops the row that waits: the end of every transaction. */
void karto_batches_forget(struct karto_tx *tx);

/* KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_batch_get(struct karto_tx *tx, uint64_t batch, struct karto_slice author,
                                             struct karto_batch *found);

/* Those of a number, at most max, whoever made them; *count says how many there are. */
KARTO_CHECKED enum karto_err karto_batch_find(struct karto_tx *tx, uint32_t number, struct karto_batch *found,
                                              uint32_t max, uint32_t *count);

/* The batch that took this one back. KARTO_E_NOT_FOUND: none did. */
KARTO_CHECKED enum karto_err karto_batch_undone_by(struct karto_tx *tx, const struct karto_batch *batch,
                                                   struct karto_batch *by);

/* Whether what it did holds: it was not taken back, or that was taken back in its turn. */
KARTO_CHECKED enum karto_err karto_batch_holds(struct karto_tx *tx, const struct karto_batch *batch, bool *holds);

/* A number that no batch here has. */
KARTO_CHECKED enum karto_err karto_batch_fresh(struct karto_tx *tx, uint32_t *number);

/* Whether a change of batch stands in the log before the one whose entry names previous as the one before of its
 * record. */
KARTO_CHECKED enum karto_err karto_batch_had(struct karto_tx *tx, const struct karto_batch *batch, uint64_t previous,
                                             bool *had);

/* By their last changes, newest first, from behind position before (0: from the newest). last is that change. An error
 * of visit ends the walk and comes back, KARTO_E_INTERRUPTED as KARTO_OK. What visit gets is gone after it. */
typedef enum karto_err karto_batch_visit(struct karto_tx *tx, const struct karto_batch *batch,
                                         const struct karto_history_item *last, void *context);
KARTO_CHECKED enum karto_err karto_batches_walk(struct karto_tx *tx, uint64_t before, karto_batch_visit *visit,
                                                void *context);

/* Whether the log holds more than is counted in, as where an older program has written; counting that in, which every
 * write transaction begins with; and all of it anew, where authors have changed. An entry that cannot be read is left
 * out: check names it. */
KARTO_CHECKED enum karto_err karto_batches_behind(struct karto_tx *tx, bool *behind);
KARTO_CHECKED enum karto_err karto_batches_keep(struct karto_tx *tx);
KARTO_CHECKED enum karto_err karto_batches_again(struct karto_tx *tx);

/* Decodes a row, for checks. *mark: it is the mark, of this position, and no batch; else 0. */
KARTO_CHECKED enum karto_err karto_batch_decode(struct karto_slice key, struct karto_slice row,
                                                struct karto_batch *batch, uint64_t *mark);

#endif
