/* past.h - device: what happened to its records before they came here, or came as a whole. A device gets states and,
 * from then on, changes; the changes that the states are made of are fetched in the background (past_fetch.h), the
 * newest first, as far as the limits allow.
 *
 * Invariants: of a record in scope, each change that the hub had up to the cursor is in the log, or in the past, or
 * lies where it is still to be fetched: below the position that the walk through the scope has reached, or that the
 * record's own row of what it lacks names. None is in both. The past holds nothing of records that are not in scope. */
#ifndef KARTO_STORE_PAST_H
#define KARTO_STORE_PAST_H

#include "core/model/epoch.h"
#include "core/model/past.h"
#include "core/store/log.h"

/* ---- how far it is ---- */

struct karto_past_limits {
    uint64_t days; /* of age; 0: nothing is kept */
    uint64_t mb;   /* MiB on the device; what comes into the scope later may take as much again */
};

struct karto_past_reach {
    struct karto_epoch epoch; /* of the hub whose positions these are */
    uint64_t rights;          /* version of the rights under which the scope is walked */
    uint64_t below;           /* the walk through the scope is down to this position; 0: at its end */
    int64_t since_ms;         /* and at this time */
    uint64_t bytes, changes;  /* kept here */
    struct karto_past_limits limits;
};

/* KARTO_E_NOT_FOUND: nothing was asked for yet. */
KARTO_CHECKED enum karto_err karto_past_get_reach(struct karto_tx *tx, struct karto_past_reach *reach);
KARTO_CHECKED enum karto_err karto_past_put_reach(struct karto_tx *tx, const struct karto_past_reach *reach);

/* Since when log and past together are complete, of one record or of all (NULL); *complete: since ever.
 * KARTO_E_NOT_FOUND: nothing was fetched from this hub. */
KARTO_CHECKED enum karto_err karto_past_since(struct karto_tx *tx, const struct karto_rid *record, bool *complete,
                                              int64_t *since_ms);

/* ---- changes ---- */

/* The youngest change of the past before a position, of one record or of any (NULL). KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_past_before(struct karto_tx *tx, const struct karto_rid *record, uint64_t before,
                                               uint64_t *position, struct karto_log_entry *row);

/* Keeps a change, unless it is there. KARTO_E_PROTOCOL: another record's stands at its position. */
KARTO_CHECKED enum karto_err karto_past_put(struct karto_tx *tx, struct karto_past_reach *reach,
                                            const struct karto_past_change *change);

/* Gives up everything, at most so many rows of it; *left: there may be more. */
KARTO_CHECKED enum karto_err karto_past_drop(struct karto_tx *tx, struct karto_past_reach *reach, uint32_t most,
                                             bool *left);

/* The bytes that a change takes, of this size in its row. */
uint64_t karto_past_size(size_t row_size);

/* The dots of a record's changes in the log, from its last entry back; *dots in the arena. */
KARTO_CHECKED enum karto_err karto_past_logged(struct karto_tx *tx, uint64_t last, const struct karto_dot **dots,
                                               uint32_t *count);

bool karto_dots_have(const struct karto_dot *dots, uint32_t count, struct karto_dot dot);

/* ---- records that come and go ---- */

/* The record came as a state, with last its last entry in the log: what it is made of is still to be fetched. Nothing
 * to do before anything was, or when all of it was made here. */
KARTO_CHECKED enum karto_err karto_past_lack(struct karto_tx *tx, const struct karto_record *state, uint64_t last);

/* What a record lacks: what is older than place->before (0: than the cursor), complete since place->at_ms. */
KARTO_CHECKED enum karto_err karto_past_put_lack(struct karto_tx *tx, const struct karto_past_place *place);
KARTO_CHECKED enum karto_err karto_past_get_lack(struct karto_tx *tx, struct karto_rid id,
                                                 struct karto_past_place *place); /* KARTO_E_NOT_FOUND */
KARTO_CHECKED enum karto_err karto_past_end_lack(struct karto_tx *tx, struct karto_rid id);
KARTO_CHECKED enum karto_err karto_past_parse_lack(struct karto_slice key, struct karto_slice row,
                                                   struct karto_past_place *place);

/* The record leaves the scope: its past goes, and from the log what others wrote into it. last: its last position in
 * the log. */
KARTO_CHECKED enum karto_err karto_past_forget(struct karto_tx *tx, struct karto_rid id, uint64_t last);

/* The last position in the log of a record that is gone, for when it comes back: noted; and taken, 0 for none. */
KARTO_CHECKED enum karto_err karto_past_leave(struct karto_tx *tx, struct karto_rid id, uint64_t last);
KARTO_CHECKED enum karto_err karto_past_return(struct karto_tx *tx, struct karto_rid id, uint64_t *last);

#endif
