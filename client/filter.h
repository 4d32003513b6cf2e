/* filter.h - the records of any kind that a QUERY means: of clients those that karto_match takes, as in their list, and
 * of the others what hangs on such a client. */
#ifndef KARTO_CLIENT_FILTER_H
#define KARTO_CLIENT_FILTER_H

#include "client/match.h"
#include "core/store/entry.h"

struct karto_filter {
    struct karto_match match;
    struct karto_rid last; /* the client that was asked about last, and the answer */
    bool last_fits;
};

/* words, which are UTF-8, may be none: everything fits. The filter lives as long as arena. */
void karto_filter_init(struct karto_filter *filter, struct karto_arena *arena, const char *const *words, size_t count);

KARTO_CHECKED enum karto_err karto_filter_fits(struct karto_filter *filter, struct karto_tx *tx,
                                               const struct karto_record *record, bool *fits);

#endif
