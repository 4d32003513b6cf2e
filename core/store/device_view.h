/* device_view.h - what the user of a device sees of a record: what the hub has confirmed, with the changes that are
 * pending here on top. For core/store/device*.c. */
#ifndef KARTO_STORE_DEVICE_VIEW_H
#define KARTO_STORE_DEVICE_VIEW_H

#include "core/model/change.h"
#include "core/store/entry.h"

/* One pending change of a record, and where it stands in the log. */
struct karto_view_pending {
    uint64_t position;
    struct karto_change change;
};

/* The pending changes of entry in order: entry->pending of them. */
KARTO_CHECKED enum karto_err karto_view_pending(struct karto_tx *tx, const struct karto_entry *entry,
                                                struct karto_view_pending **pending);

/* What of a change of this store's own its user may read: of a field that he may not read any more what is pending goes
 * to the hub, and counts for nothing here. *some: there is anything. */
KARTO_CHECKED enum karto_err karto_view_part(struct karto_tx *tx, const struct karto_change *change,
                                             struct karto_change *part, bool *some);

/* Makes after->view from its base and what is pending, and saves; a record that is neither kept, nor expected, nor
 * pending is forgotten. With one that is not in scope any more goes its history (past.h). */
KARTO_CHECKED enum karto_err karto_view_save(struct karto_tx *tx, const struct karto_entry *before,
                                             struct karto_entry *after);

#endif
