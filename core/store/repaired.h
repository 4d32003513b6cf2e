/* repaired.h - records that a device had otherwise than its hub, though nothing was on its way between them: found by
 * their digests, and fetched anew. Should never happen; so it is counted, and said to who looks after the store. */
#ifndef KARTO_STORE_REPAIRED_H
#define KARTO_STORE_REPAIRED_H

#include "core/store/store.h"

struct karto_repaired {
    uint64_t records; /* since the store was made; one that was repaired twice counts twice */
    int64_t last_ms;  /* 0: never */
};

KARTO_CHECKED enum karto_err karto_repaired_get(struct karto_tx *tx, struct karto_repaired *repaired);

/* So many more, now. None: nothing to do. */
KARTO_CHECKED enum karto_err karto_repaired_add(struct karto_tx *tx, uint64_t records);

#endif
