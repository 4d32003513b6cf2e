/* hub_bring.h - what of a state a device may bring to a hub that was put back, for core/store/hub_*.c.
 *
 * Of head office's laptops everything. Of a representative's no more than he might have written himself, and of that no
 * more than what nobody else can still give back as changes: what his user wrote, and what the lost head office wrote
 * under a node that is no more. A vector that covers others' changes, or any of which nothing is to be seen in the
 * field, would swallow the true ones when they come. And what stands here already never makes a value vanish that the
 * hub's log does not know of. What is left is the administrator's to decide. */
#ifndef KARTO_STORE_HUB_BRING_H
#define KARTO_STORE_HUB_BRING_H

#include "core/store/hub.h"

struct karto_bringing {
    struct karto_record chosen; /* the fields that come in, each whole */
    struct karto_record here;   /* what they are joined with: the entry's view, of which no vector covers any of that */
    struct karto_record rest;   /* the fields that have something new, too, and are not in chosen */
};

/* device NULL: it is the administrator's word that all of it comes in; rest is what makes no sense. In the arena. */
KARTO_CHECKED enum karto_err karto_hub_bring(struct karto_tx *tx, const struct karto_device *device,
                                             const struct karto_entry *entry, const struct karto_record *state,
                                             struct karto_bringing *bringing);

/* Whether the state has seen changes of this hub's present nodes that were never made. */
bool karto_hub_claims_ours(const struct karto_tx *tx, const struct karto_record *state);

/* Where a new record lies: its territory, or the client that it hangs on. NULL: the state does not say. */
const struct karto_field *karto_hub_place(const struct karto_record *state);

#endif
