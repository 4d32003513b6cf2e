/* hub_held.h - states that devices brought to a hub that was put back, and that are not joined without a word of the
 * administrator. One for each record and device, the last that it brought.
 *
 * A device may have KARTO_HELD_MAX of them, of KARTO_HELD_SIZE_MAX bytes together: what is over stays on the device,
 * which is told so, and comes again when the administrator has decided on some. */
#ifndef KARTO_STORE_HUB_HELD_H
#define KARTO_STORE_HUB_HELD_H

#include "core/store/hub.h"

struct karto_held {
    struct karto_rid record, device;
    struct karto_slice home, state; /* as the device had them: canonical bytes */
    bool late;                      /* came when its device had said that it has given all: never joined by itself */
};

/* Of one device. */
struct karto_held_tally {
    uint32_t count;
    uint64_t size; /* bytes of the states */
    bool full;     /* it has more, for which there is no room */
};

KARTO_CHECKED enum karto_err karto_hub_held_tally(struct karto_tx *tx, struct karto_rid device,
                                                  struct karto_held_tally *tally);

/* Puts the state in place of what is held of that record and device. *room false: there is none; what was held stays,
 * and the tally says that the device has more. What is there already is not written again. */
KARTO_CHECKED enum karto_err karto_hub_hold(struct karto_tx *tx, const struct karto_held *held, bool *room);

/* Forgets what is held of the record and device, if anything is; and that the device has more. */
KARTO_CHECKED enum karto_err karto_hub_release(struct karto_tx *tx, struct karto_rid record, struct karto_rid device);

/* The tally says that the device has more. */
KARTO_CHECKED enum karto_err karto_hub_held_is_full(struct karto_tx *tx, struct karto_rid device);

KARTO_CHECKED enum karto_err karto_hub_has_room(struct karto_tx *tx, struct karto_rid device);

/* KARTO_E_NOT_FOUND. In the arena. */
KARTO_CHECKED enum karto_err karto_hub_held(struct karto_tx *tx, struct karto_rid record, struct karto_rid device,
                                            struct karto_held *held);

/* What is held of this record, or device: NULL, of all. By record, then device; without the states, in the arena. */
KARTO_CHECKED enum karto_err karto_hub_held_list(struct karto_tx *tx, const struct karto_rid *record,
                                                 const struct karto_rid *device, struct karto_held **list,
                                                 uint32_t *count);

/* A row of the database, for check. KARTO_E_CORRUPT. */
KARTO_CHECKED enum karto_err karto_hub_held_decode(struct karto_slice key, struct karto_slice row,
                                                   struct karto_held *held);

#endif
