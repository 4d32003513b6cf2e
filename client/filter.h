/* filter.h - the clients that a QUERY means: one that a code names, or those that have each of its words in their name,
 * city or another short field. What hangs on a client goes with it. */
#ifndef KARTO_CLIENT_FILTER_H
#define KARTO_CLIENT_FILTER_H

#include "core/store/query.h"

enum { KARTO_FILTER_WORDS = 16, KARTO_FILTER_FOUND = 64 };

struct karto_filter {
    struct karto_slice words[KARTO_FILTER_WORDS]; /* folded */
    unsigned word_count;
    struct karto_rid found[KARTO_FILTER_FOUND]; /* by a code */
    uint32_t found_count;
    struct karto_rid last; /* the client that was asked about last, and the answer */
    bool last_fits;
};

/* words may be none: everything fits. The filter lives as long as tx. */
KARTO_CHECKED enum karto_err karto_filter_begin(struct karto_filter *filter, struct karto_tx *tx,
                                                const char *const *words, size_t count);
KARTO_CHECKED enum karto_err karto_filter_fits(struct karto_filter *filter, struct karto_tx *tx,
                                               const struct karto_record *record, bool *fits);

#endif
