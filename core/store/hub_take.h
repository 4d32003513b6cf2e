/* hub_take.h - how the hub takes changes, for core/store/hub_*.c. */
#ifndef KARTO_STORE_HUB_TAKE_H
#define KARTO_STORE_HUB_TAKE_H

#include "core/store/hub.h"

/* The rule's reason, as an id that is put into words where it is shown: the record was changed by somebody who did not
 * see it hidden. */
#define KARTO_RULE_UNSEEN "R-HIDE-UNSEEN"

/* Which device a node id belongs to. KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_hub_owner(struct karto_tx *tx, struct karto_node node, struct karto_rid *device);

/* A change of the hub's rule node, with the id of the rule as its reason. */
KARTO_CHECKED enum karto_err karto_hub_rule(struct karto_tx *tx, uint32_t kind, struct karto_rid record,
                                            const struct karto_edit *edits, uint32_t count, struct karto_slice reason);

/* The territory of a record as things stand on the ledger's day: its own, or that of the client that it hangs on. */
KARTO_CHECKED enum karto_err karto_hub_home(struct karto_tx *tx, const struct karto_record *record,
                                            struct karto_slice *home);

/* One feed entry for what the log's last position says of a record that was in one territory and is in another. */
KARTO_CHECKED enum karto_err karto_hub_tell(struct karto_tx *tx, struct karto_slice before, struct karto_slice after);

/* What hangs on a client moves with it; and the days on which its timeline takes effect are noted. */
KARTO_CHECKED enum karto_err karto_hub_follow(struct karto_tx *tx, const struct karto_entry *before,
                                              const struct karto_entry *after);

/* Takes back a hide that did not see what stands in the record now. */
KARTO_CHECKED enum karto_err karto_hub_unhide(struct karto_tx *tx, struct karto_rid record);

/* The change with this dot, from the log. KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_hub_change(struct karto_tx *tx, struct karto_dot dot, struct karto_change *change);

#endif
