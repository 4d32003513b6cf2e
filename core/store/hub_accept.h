/* hub_accept.h - the only way by which a change comes into the hub's log, once its fate is decided; and what the hub
 * writes itself. For core/store/hub_*.c. */
#ifndef KARTO_STORE_HUB_ACCEPT_H
#define KARTO_STORE_HUB_ACCEPT_H

#include "core/store/hub_take.h"

/* What a change does: itself, or what is left of it. */
struct karto_effect {
    const struct karto_change *change;
    struct karto_record view; /* karto_hub_apply */
};

/* Writes a change (refused for a reason: its effect is void) to log, record and feed, and what follows from it. *after:
 * the record then. */
KARTO_CHECKED enum karto_err karto_hub_accept(struct karto_tx *tx, const struct karto_entry *before,
                                              const struct karto_change *change, const struct karto_effect *its,
                                              enum karto_err reason, struct karto_entry *after);

/* A change that is refused and leaves nothing in the record, not even its vectors: its author has no business there, or
 * there is no room. It stands in the log and its dot is known, but it is no part of the record's history, and nobody
 * else hears of it. bare: what the log can say of it; set_apart finds that out. */
KARTO_CHECKED enum karto_err karto_hub_log_apart(struct karto_tx *tx, const struct karto_change *change,
                                                 const struct karto_change *bare, enum karto_err reason);
KARTO_CHECKED enum karto_err karto_hub_set_apart(struct karto_tx *tx, const struct karto_change *change,
                                                 enum karto_err reason);

/* Whether the record has the change already in a field that it sets: it came with a state. */
bool karto_hub_has_some(const struct karto_record *record, const struct karto_change *change);

/* What the rules make of a change that was applied to the record before. */
KARTO_CHECKED enum karto_err karto_hub_follow_rules(struct karto_tx *tx, const struct karto_record *before,
                                                    const struct karto_change *change,
                                                    const struct karto_record *after);

#endif
