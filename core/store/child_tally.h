/* child_tally.h - what hangs on all clients, counted at once: one walk over the rows by which it does, without a record
 * being read (child_row.h). */
#ifndef KARTO_STORE_CHILD_TALLY_H
#define KARTO_STORE_CHILD_TALLY_H

#include "core/store/number_set.h"
#include "core/store/select.h"

/* Whether a condition counts what hangs on a client, and does not hold where nothing does, so that those for which it
 * holds are found by what hangs on them. Then *of is what it counts. */
bool karto_child_tally_can(const struct karto_select *select, const struct karto_condition *condition,
                           struct karto_sum_of *of);

/* Adds the numbers of the clients for which a condition of the kind holds. One without a number is left out. */
KARTO_CHECKED enum karto_err karto_child_tally(struct karto_tx *tx, const struct karto_condition *condition,
                                               const struct karto_sum_of *of, struct karto_number_set *set);

#endif
