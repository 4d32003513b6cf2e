/* collation.h - the order of names, which is ICU's and another with each version of it: which one the rows of index are
 * made with, and making them anew where this program has another.
 *
 * Invariant: all rows of text (karto_index_of_text) are of the one collation that the store notes. Every write
 * transaction sees to that before it does anything else, and commits the new rows together with the note; so it does
 * not matter which process comes first, or when one is killed. A process that still has an older ICU when another has
 * made the rows anew makes them its own again with its next write: slow if both go on, but never a mixture.
 *
 * Reading needs no sort key: rows of another collation are read in its order. Only a name or number whose compared form
 * is another since may not be found there. */
#ifndef KARTO_STORE_COLLATION_H
#define KARTO_STORE_COLLATION_H

#include "core/store/store.h"

struct karto_collation {
    uint64_t version; /* of all forms of text in rows: karto_text_collation_version */
    void (*sort_key)(struct karto_buf *buf, struct karto_slice text, size_t size_max); /* karto_text_sort_key */
};

extern const char karto_collation_row[]; /* its name in meta */

struct karto_collation karto_collation_icu(void);

/* Whether the rows are of tx->collation. */
KARTO_CHECKED enum karto_err karto_collation_is_present(struct karto_tx *tx, bool *present);

/* Makes all rows of text anew, and notes tx->collation, if they are of another or of one that is not known. A record
 * that cannot be read gets none. Needs no more memory than the largest record and the pages that the transaction holds
 * back. */
KARTO_CHECKED enum karto_err karto_collation_keep(struct karto_tx *tx);

#endif
