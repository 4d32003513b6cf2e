/* backfill.h - the fetch of what happened before a device's records came to it: after a synchronisation, page by page,
 * whenever there is nothing better to do, as long as the last synchronisation went through. The caller moves frames: it
 * sends what next gives, and hands in what came back. Where it stands is in the store, so that it can be dropped at any
 * moment, and any frame lost, at no harm. */
#ifndef KARTO_SYNCD_BACKFILL_H
#define KARTO_SYNCD_BACKFILL_H

#include "core/store/past_fetch.h"

struct karto_backfill;

struct karto_backfill_options {
    struct karto_past_limits limits;
    uint64_t page_size; /* bytes; 0: that of limits.h */
};

/* store must be a device's. */
void karto_backfill_new(struct karto_store *store, const struct karto_backfill_options *options,
                        struct karto_backfill **backfill);
void karto_backfill_free(struct karto_backfill *backfill); /* NULL is fine */

/* The next frame to send, or *done: there is nothing to fetch now. */
KARTO_CHECKED enum karto_err karto_backfill_next(struct karto_backfill *backfill, struct karto_buf *frame, bool *done);

/* The answer to the frame that next gave last. KARTO_E_STALE: synchronise first, then go on. After any error the fetch
 * may be begun again with next. */
KARTO_CHECKED enum karto_err karto_backfill_answer(struct karto_backfill *backfill, struct karto_slice frame);

#endif
