/* hub_heal.h - states of records that devices had confirmed, for a hub that was put back: they bring back what no log
 * has any more, of head office's own edits and of laptops that are gone. A state is joined field by field, and only
 * those of its fields that the device might write itself; the rest is held for the administrator. */
#ifndef KARTO_STORE_HUB_HEAL_H
#define KARTO_STORE_HUB_HEAL_H

#include "core/store/hub_held.h"

enum karto_healed {
    KARTO_HEALED = 1,     /* something of it is in the record now, and nothing is held */
    KARTO_HEALED_NOTHING, /* the record has all of it */
    KARTO_HEALED_HELD,    /* some of it, or all, is kept for the administrator */
    KARTO_HEALED_NO_ROOM, /* the same, but it must keep that itself: too much of this device's is kept
                              already, or something that one record cannot hold beside it */
};

/* Whether the device's state of a record with this hash is of any use: the record is not here, or another one is. A
 * record that is none of the device's business is answered as one that is not here. */
KARTO_CHECKED enum karto_err karto_hub_heal_wants(struct karto_tx *tx, const struct karto_device *device,
                                                  struct karto_rid id, uint64_t hash, bool *wants);

/* home: where the device had it. Of a record that is none of the device's business all is held, new or not: else the
 * answer, or how much room is left, would tell what is in it; a state with a field that the device may not have is
 * answered so, too. What has to do with something here that cannot be read is
 * held. KARTO_E_PROTOCOL: no honest device has such a state; it claims a change of this hub's that was never made; or
 * the hub was never put back.
 */
KARTO_CHECKED enum karto_err karto_hub_heal(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                                            struct karto_slice home, struct karto_slice state,
                                            enum karto_healed *outcome);

/* Looks once more at what is held of this record, or of this device (NULL: of any): what has come in meanwhile is not
 * held any more, and what may come in now, as the client that it hangs on has come, does. What cannot be read, or hangs
 * on something that cannot, stays as it is. */
KARTO_CHECKED enum karto_err karto_hub_heal_again(struct karto_tx *tx, const struct karto_rid *record,
                                                  const struct karto_rid *device);

/* For the administrator: the record as it stands here, the state as the device has it, and of that the fields that
 * wait for his word, which have something new: all of them, where something here cannot be read. */
KARTO_CHECKED enum karto_err karto_hub_heal_rest(struct karto_tx *tx, const struct karto_held *held,
                                                 struct karto_entry *here, struct karto_record *state,
                                                 struct karto_record *rest);

/* The administrator's word that what is held of a record and device is true: what heal_rest shows of it comes in, as
 * if a laptop of head office had brought it, and it is not held any more. Of vectors no more comes in than these values
 * and those here account for: what others have still to bring is not swallowed. Values that the record would not show,
 * as a vector here covers them, come in besides what stands there. KARTO_E_NOT_FOUND; KARTO_E_INVALID: it is of another
 * kind than the record, makes no sense, or there is no room in the record; nothing has come in, and the transaction
 * must not be kept. */
KARTO_CHECKED enum karto_err karto_hub_heal_accept(struct karto_tx *tx, struct karto_rid record, struct karto_rid by);

#endif
