/* past_fetch.h - device: the fetch of what happened before, page by page: what to ask the hub for, and what to do with
 * its answer. All of its state is in the store: cut anywhere, it goes on.
 *
 * Between two pages there may be a synchronisation, but a whole one: in the midst of one there are states here of
 * positions that the cursor is not at yet, and their changes would be missed. */
#ifndef KARTO_STORE_PAST_FETCH_H
#define KARTO_STORE_PAST_FETCH_H

#include "core/store/past.h"

/* What to ask for next, in the arena; *any: there is something. Records that lack something come first, then the walk
 * through the scope, from the cursor down. Notes the limits, and begins. What they, or a new hub, have made void is
 * given up here, a few thousand rows at a time: *again: call again, in another transaction. */
KARTO_CHECKED enum karto_err karto_past_next(struct karto_tx *tx, const struct karto_past_limits *limits,
                                             uint64_t budget, struct karto_past_ask *ask, bool *any, bool *again);

/* Whether there is anything to ask for, under the limits that next noted last: reads only. */
KARTO_CHECKED enum karto_err karto_past_wants(struct karto_tx *tx, bool *any);

/* The answer to what next has asked for. KARTO_E_PROTOCOL: it is none. */
KARTO_CHECKED enum karto_err karto_past_take(struct karto_tx *tx, const struct karto_past_ask *ask,
                                             const struct karto_past_page *page);

#endif
