/* hub_take.h - how the hub takes changes, for core/store/hub_*.c. */
#ifndef KARTO_STORE_HUB_TAKE_H
#define KARTO_STORE_HUB_TAKE_H

#include "core/store/hub.h"

/* The reasons of rules, as ids that are put into words where they are shown: the record was changed by somebody who did
 * not see it hidden; something was hung on it by somebody who had not heard of it; a value was written by a clock that
 * is more than a day ahead. */
#define KARTO_RULE_UNSEEN "R-HIDE-UNSEEN"
#define KARTO_RULE_CHILD  "R-HIDE-CHILD"
#define KARTO_RULE_AHEAD  "R-CLOCK-AHEAD"

/* A row of invitations. KARTO_E_CORRUPT. */
KARTO_CHECKED enum karto_err karto_hub_decode_invite(struct karto_tx *tx, struct karto_slice row,
                                                     struct karto_invite *invite);

/* A change of the hub's rule node, with the id of the rule as its reason: of edits, made from the record as it stands;
 * or ready, but for the rule node's dot, clock and batch, which are filled in here. author: of whom head office does
 * it; empty: of nobody. One of a rule that does not fit into log or record is left out, which is no error; one without
 * a reason: KARTO_E_LIMIT. */
KARTO_CHECKED enum karto_err karto_hub_rule_edit(struct karto_tx *tx, uint32_t kind, struct karto_rid record,
                                                 const struct karto_edit *edits, uint32_t count,
                                                 struct karto_slice author, struct karto_slice reason);
KARTO_CHECKED enum karto_err karto_hub_rule(struct karto_tx *tx, struct karto_change *change);

/* Enters the ledger's two nodes as head office's own, in its record too. */
KARTO_CHECKED enum karto_err karto_hub_enter_own_nodes(struct karto_tx *tx);

/* Enters a device as it stands there, with a record that everybody gets. */
KARTO_CHECKED enum karto_err karto_hub_enter(struct karto_tx *tx, const struct karto_device *device,
                                             struct karto_slice name);

/* Fills in the values that the change replaced, from before (the record) or the log; *concurrent: some field has moved
 * on since its author saw it. */
KARTO_CHECKED enum karto_err karto_hub_fill_old(struct karto_tx *tx, const struct karto_record *before,
                                                struct karto_change *change, bool *concurrent);

/* Puts into after, which the change was applied to, what of it is not there though a vector before covers it: beside
 * later ones of its node that came with a state. false: there is nothing of that kind, or no room in the record. */
bool karto_hub_put_beside(struct karto_tx *tx, const struct karto_record *before, const struct karto_change *change,
                          struct karto_record *after);

/* The territory of a record as things stand on the ledger's day: its own, or that of the client that it hangs on. */
KARTO_CHECKED enum karto_err karto_hub_home(struct karto_tx *tx, const struct karto_record *record,
                                            struct karto_slice *home);

/* One feed entry for what the log's last position says of a record that was in one territory and is in another. */
KARTO_CHECKED enum karto_err karto_hub_tell(struct karto_tx *tx, struct karto_slice before, struct karto_slice after);

/* The log's entry, and the feed's, for a record (as it was) that is otherwise because of something else than a change
 * of its own: who may have it gets it as a whole. */
KARTO_CHECKED enum karto_err karto_hub_log_move(struct karto_tx *tx, const struct karto_entry *entry,
                                                struct karto_slice home);

/* What hangs on a client moves with it; and the days on which its timeline takes effect are noted. */
KARTO_CHECKED enum karto_err karto_hub_follow(struct karto_tx *tx, const struct karto_entry *before,
                                              const struct karto_entry *after);

/* Takes away values from more than a day ahead that stand in conflict with others where a change has just set
 * registers; record is as it stands after that. */
KARTO_CHECKED enum karto_err karto_hub_outrun(struct karto_tx *tx, const struct karto_change *taken,
                                              const struct karto_record *record);

/* Takes back a hide that did not see what stands in the record now. came: what has just come into it, if anything has
 * (else zero): that was not seen by a hide that came with a state, of which the log knows no more. */
KARTO_CHECKED enum karto_err karto_hub_unhide(struct karto_tx *tx, struct karto_rid record, struct karto_dot came);

/* Takes back the hide of a client on which the device has hung something, a change of whose was applied, where it had
 * heard of none of the hides in force: contexts do not cross records. */
KARTO_CHECKED enum karto_err karto_hub_unhide_client(struct karto_tx *tx, const struct karto_device *device,
                                                     const struct karto_change *change);

/* The rule's change that shows a hidden record again, for one of the reasons above. */
KARTO_CHECKED enum karto_err karto_hub_take_back_hide(struct karto_tx *tx, const struct karto_record *record,
                                                      const char *reason);

/* Whether the change says where its record lies: it sets a territory, or the client that it hangs on. */
bool karto_hub_places(const struct karto_change *change);

/* Whether an honest device can have sent the change, which is of a node of its own; KARTO_E_PROTOCOL: not. gaps: the
 * hub was put back, so that seqs may be missing before it. */
KARTO_CHECKED enum karto_err karto_hub_honest(struct karto_tx *tx, const struct karto_change *change, bool gaps);

struct karto_finding {
    enum karto_err reason; /* why not; KARTO_OK if it may */
    bool apart;            /* nothing of the change may reach the record: it is none of the device's business, of
                              another kind, or one that everybody gets and the hub alone writes */
};

/* Whether the device may make this change of this record. What it has made under the rights that it last reconciled
 * with counts by those, as long as hub.h says. */
KARTO_CHECKED enum karto_err karto_hub_judge(struct karto_tx *tx, const struct karto_device *device,
                                             const struct karto_entry *entry, const struct karto_change *change,
                                             struct karto_finding *finding);

/* Whether there is such a record, and it is none of the device's business: then no answer may depend on what it is. */
KARTO_CHECKED enum karto_err karto_hub_is_foreign(struct karto_tx *tx, const struct karto_device *device,
                                                  struct karto_rid record, bool *foreign);

/* The record with the change; as it is where it has that already, as it may on a hub that was put back. KARTO_E_LIMIT:
 * log or record have no room for it. KARTO_E_PROTOCOL: it has a gap. */
KARTO_CHECKED enum karto_err karto_hub_apply(struct karto_tx *tx, const struct karto_entry *entry,
                                             const struct karto_change *change, struct karto_record *after);

#endif
