/* undo.h - taking back what one import, bulk edit or edit did, as ordinary changes in a batch of their own. What has
 * been changed since stays as it is. A batch of many records is taken back in several transactions: broken off between
 * two of them, the same again goes on. */
#ifndef KARTO_STORE_UNDO_H
#define KARTO_STORE_UNDO_H

#include "core/base/limits.h"
#include "core/store/batches.h"
#include "core/store/undo_plan.h"

struct karto_undo {
    uint64_t batch; /* what is taken back */
    uint8_t author[KARTO_AUTHOR_SIZE_MAX];
    uint32_t author_size;
    uint64_t first; /* its first position in the log */
    uint64_t as;    /* the batch of the changes that take it back */
    bool again;     /* that one was begun before */
    bool complete;  /* all that the batch did is in the log here: it was made here, or everything passes through here */

    uint64_t next;             /* position from which on, backwards, it is still to be done; 0: all is done */
    uint64_t records, changes; /* that were written */
    uint64_t registers;        /* taken back; of a new record one */
    uint64_t left;             /* not taken back */
    uint64_t refused;          /* of these, by rights alone */
};

/* The batch of this number. Of several the author's, or, where author is empty, the store's user's. KARTO_E_NOT_FOUND;
 * KARTO_E_AMBIGUOUS: several, and none of them is the user's. */
KARTO_CHECKED enum karto_err karto_undo_find(struct karto_tx *tx, uint32_t number, struct karto_slice author,
                                             struct karto_batch *found);

/* The last batch that the store's user made at this store and that still holds, leaving aside what only took something
 * back; or what he has begun to take back and not finished. before: the last one whose last change lies before this
 * position; 0: of all. KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_undo_last(struct karto_tx *tx, uint64_t before, struct karto_batch *found);

/* Whether any change of it had an effect: what was refused needs no taking back. */
KARTO_CHECKED enum karto_err karto_undo_possible(struct karto_tx *tx, const struct karto_batch *batch, bool *possible);

/* *undo is for taking back this batch; nothing is written. KARTO_E_LIMIT: it was taken back and put back too often. */
KARTO_CHECKED enum karto_err karto_undo_begin(struct karto_tx *tx, const struct karto_batch *batch,
                                              struct karto_undo *undo);

/* What became of one record. */
struct karto_undo_record {
    struct karto_rid id;
    uint32_t kind;
    const struct karto_entry *entry; /* as it was; it may not exist */
    const struct karto_undo_plan *plan;
    bool written;
};

/* For each record of the batch that there is something to do or to say about. KARTO_E_INTERRUPTED: this record is the
 * last one for now, which is no error. What visit gets is gone after it. */
typedef enum karto_err karto_undo_visit(struct karto_tx *tx, const struct karto_undo_record *record, void *context);

/* One transaction's worth of it: at most so many records. visit may be NULL. reason may be empty. */
KARTO_CHECKED enum karto_err karto_undo_some(struct karto_tx *tx, struct karto_undo *undo, struct karto_slice reason,
                                             uint32_t records_max, karto_undo_visit *visit, void *context);

#endif
