/* undo_plan.h - what taking a batch back means for one record, decided from the record as it stands and its history
 * since then. Pure: no store, nothing is written. */
#ifndef KARTO_STORE_UNDO_PLAN_H
#define KARTO_STORE_UNDO_PLAN_H

#include "core/model/change.h"

struct karto_undo_event {
    const struct karto_change *change;
    bool is_target; /* of the batch that is taken back */
    bool refused;   /* had no effect */
};

enum karto_undo_fate {
    KARTO_UNDO_REVERT,
    KARTO_UNDO_DONE,    /* it stands there as it should already */
    KARTO_UNDO_CHANGED, /* somebody has written there since */
    KARTO_UNDO_HANGS,   /* something that is in use hangs on the new record */
    KARTO_UNDO_REFUSED, /* who asks may not, or it would not fit: see err */
    KARTO_UNDO_UNKNOWN, /* what stood there before is not known here */
    KARTO_UNDO_GONE,    /* the record is not here any more */
};

struct karto_undo_step {
    enum karto_undo_fate fate;
    uint32_t field; /* 0: the record as a whole */
    struct karto_slice key;
    struct karto_slice would;     /* what should stand there: encoded; empty: nothing, of a set no such element */
    const struct karto_head *now; /* CHANGED, HANGS: what somebody wrote; its value empty: it was removed. Else NULL */
    bool wins;                    /* now is what is shown there */
    enum karto_err err;           /* REFUSED */
};

struct karto_undo_plan {
    struct karto_undo_step *steps; /* one for each register that the batch set; of a new record one for all */
    uint32_t count;
    bool makes; /* the batch made the record: to take that back is to hide it */
};

/* events: of this record, newest first, from the newest to the batch's oldest, with old values. reason: of a hide or
 * its opposite. All of it lives as long as view, events and the arena. A register of which all of the batch was refused
 * has no step. */
void karto_undo_plan_make(struct karto_arena *arena, const struct karto_record *view,
                          const struct karto_undo_event *events, uint32_t count, struct karto_slice reason,
                          struct karto_undo_plan *plan);

#endif
