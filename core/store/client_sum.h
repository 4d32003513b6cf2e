/* client_sum.h - what hangs on a client, counted: how many, how much, the last of them. */
#ifndef KARTO_STORE_CLIENT_SUM_H
#define KARTO_STORE_CLIENT_SUM_H

#include "core/model/day.h"
#include "core/store/child_row.h"

struct karto_client_sum {
    uint64_t count;
    int64_t last;  /* the latest day that is not in the future; INT64_MIN: none */
    int64_t total; /* hundredths, of purchases in this currency; held at the ends of int64_t */
};

#define KARTO_CLIENT_SUM_NOTHING ((struct karto_client_sum){.last = INT64_MIN})

/* Which records count: of this kind, not hidden, with their date in days (those without a date count where days is
 * all). Cancelled purchases do not count. */
struct karto_sum_of {
    uint32_t kind;
    struct karto_days days;
    int64_t today;
    const char *currency;
};

/* Over what hangs on the client. Reads rows of an index alone, unless an older program has written them. */
KARTO_CHECKED enum karto_err karto_client_sum(struct karto_tx *tx, struct karto_rid client,
                                              const struct karto_sum_of *of, struct karto_client_sum *sum);

/* One more of them. */
void karto_client_sum_add(struct karto_client_sum *sum, const struct karto_sum_of *of, const struct karto_child *child);

#endif
