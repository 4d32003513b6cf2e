/* farewell.h - a device that was turned out: it asks what becomes of its data, removes them if it is told to, and says
 * that it did. What is on the disk meanwhile, and in which order: core/store/revoked.h.
 *
 * Data that are removed are gone, with what was never sent. So it is believed of nobody but the hub whose certificate
 * is of the authority that this device joined (the dial sees to that), of this device alone, by its id, and of no hub
 * of a lower epoch than was heard. A hub that does not know the question says what it says to everything, that the
 * device was turned out: then the data stay. */
#ifndef KARTO_SYNCD_FAREWELL_H
#define KARTO_SYNCD_FAREWELL_H

#include "core/store/store.h"
#include "syncd/transport.h"

/* For a device that was answered KARTO_E_REVOKED. *wipes: it was told to remove its data, and the mark that says so is
 * on the disk: the store must not be used any more, and most likely it is gone. Takes KARTO_GREET_MS at most. Errors:
 * ask.h; of the disk: the data are still there. */
KARTO_CHECKED enum karto_err karto_farewell(struct karto_store *store, struct karto_dial *dial, bool *wipes);

/* The same in two, without the way between them: the question, and what comes of the answer. */
KARTO_CHECKED enum karto_err karto_farewell_frame(struct karto_store *store, struct karto_buf *frame);
KARTO_CHECKED enum karto_err karto_farewell_heard(struct karto_store *store, struct karto_slice frame, bool *wipes);

/* For a directory with a mark: removes what is left, and tells the hub if it has not heard yet. KARTO_OK: there is
 * nothing left to do, and so where there is no mark. KARTO_E_REVOKED: the hub listens, but does not know this any more.
 * Other errors: of the disk, or of the way; it can be tried again. */
KARTO_CHECKED enum karto_err karto_farewell_tell(const char *dir, const struct karto_sys *sys);

#endif
