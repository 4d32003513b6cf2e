/* preview.h - what a synchronisation would move now: counted, and nothing sent, taken, marked or settled. On the hub's
 * side no more is left of it than of a greeting: when the device was there, and how much it still had to send. */
#ifndef KARTO_SYNCD_PREVIEW_H
#define KARTO_SYNCD_PREVIEW_H

#include "core/store/store.h"
#include "proto/address.h"

struct karto_preview_sent {
    uint64_t changes, records;
    uint64_t bytes; /* of the frames, as they would go */
    uint64_t requests;
};

/* What is pending here. store is only read. */
KARTO_CHECKED enum karto_err karto_preview_sent(struct karto_store *store, struct karto_preview_sent *sent);

enum karto_preview_bound {
    KARTO_PREVIEW_EXACT,   /* this is what there is now */
    KARTO_PREVIEW_MOST,    /* everything has to be compared: at most that, all records of the scope, not deflated */
    KARTO_PREVIEW_LEAST,   /* there is more than was counted */
    KARTO_PREVIEW_UNKNOWN, /* the hub does not know the question, or has to be given back first what it has lost */
};

struct karto_preview_received {
    enum karto_preview_bound bound;
    uint64_t changes; /* with what entered and left the scope; MOST: not known */
    uint64_t records; /* LEAST, and where it is more than a page: at most so many different ones */
    uint64_t bytes;   /* of the frames, without those that only ask */
};

/* What waits at the hub. Errors: greet.h. */
KARTO_CHECKED enum karto_err karto_preview_received(struct karto_store *store, const struct karto_address *hub,
                                                    struct karto_preview_received *received);

/* "exact", "most", "least", "unknown": for who started the program. */
const char *karto_preview_word(enum karto_preview_bound bound);

#endif
