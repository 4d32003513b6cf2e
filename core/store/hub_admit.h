/* hub_admit.h - who is let in beside those with an invitation: devices that were enrolled after the backup which the
 * hub was put back from. Each has a certificate of this hub's authority, so it was somebody's once; but who, of which
 * role and territories, only the device itself still says. It may give back what the lost hub has judged, for that is
 * proved by receipts; it gets nothing, and nothing else is believed of it, until the administrator admits it.
 *
 * And who is turned out: for good, also where the store is put back to a backup of before. */
#ifndef KARTO_STORE_HUB_ADMIT_H
#define KARTO_STORE_HUB_ADMIT_H

#include "core/store/hub.h"

/* The user of a claimed device that names none: nothing, blanks, or more than a user's name may have. It waits like any
 * other, for what is proved is to come back; but nobody can admit it, for whatever it enters is under no name. */
#define KARTO_NOBODY "?"

/* Enters a device that is not known: id, public_key and serial as its certificate proves them; name, user and claims as
 * it says. KARTO_E_NOT_ADMITTED: KARTO_CLAIMED_MAX wait already. KARTO_E_USAGE: the hub was never put back. */
KARTO_CHECKED enum karto_err karto_hub_claim(struct karto_tx *tx, const struct karto_device *device,
                                             struct karto_slice name);

/* Whether the device waits to be admitted. */
bool karto_hub_is_claimed(const struct karto_device *device);

/* The administrator's word on who a claimed device is. It has everything still to give back. KARTO_E_USAGE: it does not
 * wait for that, or is nobody's. */
bool karto_hub_is_nobodys(const struct karto_device *device);
KARTO_CHECKED enum karto_err karto_hub_admit(struct karto_tx *tx, struct karto_device *device,
                                             const struct karto_rights *scope);

/* Turns a device out, and writes that down beside the store first, so that no backup of before lets it in again; for
 * good, even if the transaction is not committed. wipe: when it comes it is told to remove its data; else they stay. Of
 * one that is out already what was said of its data can so be said otherwise, as long as they are there. */
KARTO_CHECKED enum karto_err karto_hub_revoke(struct karto_tx *tx, struct karto_device *device, bool wipe);

/* A device that was turned out says that it has removed its data; at_ms by the hub's clock. What it said first counts.
 * KARTO_E_USAGE: it was not turned out. */
KARTO_CHECKED enum karto_err karto_hub_wiped(struct karto_tx *tx, struct karto_device *device, int64_t at_ms);

/* The same of an honest one that is taken out of service: it is turned away as a revoked one is, with a mark of why. Of
 * one that is out already the reason stays what it was, with both. */
KARTO_CHECKED enum karto_err karto_hub_retire(struct karto_tx *tx, struct karto_device *device);

#endif
