/* refused.h - on a device: changes made here that head office has refused, and which of them their user has dismissed.
 * They all stay in the log, with what their author wanted; what he has dismissed is in his list and counted no longer.
 *
 * Dismissed is a change, by its dot: what is refused again under another is told again. A change that is given back to
 * a hub that was put back, and pending once more, is forgotten here. */
#ifndef KARTO_STORE_REFUSED_H
#define KARTO_STORE_REFUSED_H

#include "core/store/store.h"

struct karto_refused {
    struct karto_dot dot;
    uint64_t position; /* in the log: its number for people, the same for ever */
};

/* How many are not dismissed: a look-up. */
KARTO_CHECKED enum karto_err karto_refused_count(struct karto_tx *tx, uint64_t *count);

/* Those, the newest first; in the arena. Reads what became of everything made here, unless there are none. */
KARTO_CHECKED enum karto_err karto_refused_list(struct karto_tx *tx, struct karto_refused **list, uint32_t *count);

/* KARTO_E_NOT_FOUND: it was not refused. Of one that is dismissed already: nothing to do. */
KARTO_CHECKED enum karto_err karto_refused_dismiss(struct karto_tx *tx, struct karto_dot dot);

/* Dismisses, of the newest KARTO_REFUSED_LOOK, those of which all that their author wanted is confirmed by now: head
 * office has accepted it as a proposal, or somebody else has written the same. Called when something has come. */
enum { KARTO_REFUSED_LOOK = 200 };
KARTO_CHECKED enum karto_err karto_refused_settle(struct karto_tx *tx);

/* It is refused no longer. */
KARTO_CHECKED enum karto_err karto_refused_forget(struct karto_tx *tx, struct karto_dot dot);

#endif
