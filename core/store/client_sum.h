/* client_sum.h - what hangs on a client, counted: how many, how much, the last of them. */
#ifndef KARTO_STORE_CLIENT_SUM_H
#define KARTO_STORE_CLIENT_SUM_H

#include "core/model/day.h"
#include "core/store/entry.h"

struct karto_client_sum {
    uint64_t count;
    int64_t last;  /* the latest day that is not in the future; INT64_MIN: none */
    int64_t total; /* hundredths, of purchases in this currency; held at the ends of int64_t */
};

/* Over the records of a kind that hang on the client, are not hidden, and have their date in days (those without a date
 * count where days is all). Cancelled purchases do not count. */
KARTO_CHECKED enum karto_err karto_client_sum(struct karto_tx *tx, struct karto_rid client, uint32_t kind,
                                              struct karto_days days, int64_t today, const char *currency,
                                              struct karto_client_sum *sum);

#endif
