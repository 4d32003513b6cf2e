/* device_give.h - what a device gives to a hub that was put back: its own changes that the lost hub had judged, and the
 * confirmed states of records. */
#ifndef KARTO_STORE_DEVICE_GIVE_H
#define KARTO_STORE_DEVICE_GIVE_H

#include "core/model/change.h"
#include "core/store/own.h"

struct karto_give {
    struct karto_change change; /* in the arena, without old values */
    struct karto_own own;       /* its verdict, receipt and reason */
};

/* The next judged changes of an own node behind seq after, in order: at most most, and as many as fit into size_max
 * bytes of their encodings, at least one if there is any. Erased ones are left out. */
KARTO_CHECKED enum karto_err karto_device_give(struct karto_tx *tx, struct karto_dot after, uint32_t most,
                                               size_t size_max, struct karto_give **gives, uint32_t *count);

/* The hub has said the same of a judged change again, with this receipt (0: none). Of an unknown one: nothing to do. */
KARTO_CHECKED enum karto_err karto_device_given(struct karto_tx *tx, struct karto_dot dot, uint64_t receipt);

/* A judged change is pending again, and has to get another dot: with all that do, in karto_device_rotate_again, before
 * anything is sent. */
KARTO_CHECKED enum karto_err karto_device_again(struct karto_tx *tx, struct karto_dot dot);

/* Once for all of those, whatever was cut short since: goes on under a new node id. *rotated: there were any. */
KARTO_CHECKED enum karto_err karto_device_rotate_again(struct karto_tx *tx, bool *rotated);

/* The hashes of at most most confirmed records behind after. *last: the last of them; zero: there are no more. */
struct karto_hash;
KARTO_CHECKED enum karto_err karto_device_hashes(struct karto_tx *tx, struct karto_rid after, uint32_t most,
                                                 struct karto_hash **hashes, uint32_t *count, struct karto_rid *last);

/* A record as it is confirmed; bytes in the arena, empty if nothing of it is. */
KARTO_CHECKED enum karto_err karto_device_confirmed_state(struct karto_tx *tx, struct karto_rid id,
                                                          struct karto_slice *home, struct karto_slice *bytes);

#endif
