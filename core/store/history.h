/* history.h - what happened, backwards: of one record, or of all. */
#ifndef KARTO_STORE_HISTORY_H
#define KARTO_STORE_HISTORY_H

#include "core/model/change.h"
#include "core/store/store.h"

enum karto_history_state {
    KARTO_IS_CONFIRMED, /* the hub has applied it; or there is no hub */
    KARTO_IS_PENDING,   /* not with the hub yet */
    KARTO_IS_REFUSED,
    KARTO_IS_WAITING,
};

struct karto_history_item {
    uint64_t position, previous; /* in the log; previous: of the same record's entry before, 0: none */
    int64_t at_ms;               /* when it came here */
    struct karto_change change;  /* with old values */
    enum karto_history_state state;
    struct karto_slice reason; /* of a refusal: an id as in err.h, where it is known here */
};

/* Newest first, from behind position before (0: from the newest). record NULL: of all records. An error of visit ends
 * the walk and comes back, KARTO_E_INTERRUPTED as KARTO_OK. What visit gets is gone after it. */
typedef enum karto_err karto_history_visit(struct karto_tx *tx, const struct karto_history_item *item, void *context);
KARTO_CHECKED enum karto_err karto_history(struct karto_tx *tx, const struct karto_rid *record, uint64_t before,
                                           karto_history_visit *visit, void *context);

/* The change at a position of the log, in the arena. KARTO_E_NOT_FOUND: there is none there; previous is set all the
 * same. */
KARTO_CHECKED enum karto_err karto_history_at(struct karto_tx *tx, uint64_t position, struct karto_history_item *item);

/* When the oldest entry of the log came here; now, if there is none. */
KARTO_CHECKED enum karto_err karto_history_begins(struct karto_tx *tx, int64_t *at_ms);

/* The change that wrote a head, if this store's log has it: for reasons and old values. KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_history_of(struct karto_tx *tx, struct karto_rid record, struct karto_dot dot,
                                              struct karto_change *change);

#endif
