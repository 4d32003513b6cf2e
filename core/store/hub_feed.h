/* hub_feed.h - what happened in the territories of a device, as one stream of positions out of several feeds, forwards
 * or backwards; for whoever has everything, all positions of the log. */
#ifndef KARTO_STORE_HUB_FEED_H
#define KARTO_STORE_HUB_FEED_H

#include "core/store/hub.h"

/* The key of an event's row in the feed of a territory; in the arena. */
struct karto_slice karto_feed_key(struct karto_arena *arena, struct karto_slice territory, uint64_t position);

struct karto_feed_stream;

struct karto_feed {
    struct karto_tx *tx;
    struct karto_feed_stream *streams;
    uint32_t count;
    uint64_t position; /* of the last one given; before the first: where it was opened */
    bool backwards, everything;
};

/* Opens a stream of the positions behind this one, or of those before it. Close it also after an error of next, but not
 * after one of open. */
KARTO_CHECKED enum karto_err karto_feed_open(struct karto_tx *tx, const struct karto_device *device, uint64_t position,
                                             bool backwards, struct karto_feed *feed);
void karto_feed_close(struct karto_feed *feed);

/* The next one; each position once. KARTO_E_NOT_FOUND: no more. */
KARTO_CHECKED enum karto_err karto_feed_next(struct karto_feed *feed, uint64_t *position);

#endif
