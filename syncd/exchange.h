/* exchange.h - one synchronisation of a device: the session's steps carried out on the store. The caller moves frames:
 * it sends what next gives, and hands in what came back. An exchange can be dropped at any moment, and any frame lost
 * or repeated, at no harm. */
#ifndef KARTO_SYNCD_EXCHANGE_H
#define KARTO_SYNCD_EXCHANGE_H

#include "core/store/store.h"

struct karto_exchange;

/* Takes a request that may be sent before the answer at hand is in the store; frame is borrowed. Called from inside of
 * karto_exchange_answer, at most once for each answer, outside of any transaction; must not touch the exchange. */
typedef void karto_exchange_ahead(void *context, struct karto_slice frame);

/* Sizes of what is asked for and sent, so that tests can make every page tiny. Zero: the limits of limits.h. */
struct karto_exchange_options {
    uint32_t push_most;
    uint64_t page_size; /* bytes */
    uint64_t digests_most;
    uint32_t protocol_most;     /* 1: speaks as a device of version 1 does */
    struct karto_slice program; /* version, for the hub's list of devices */

    /* NULL: everything in turn. Else it is given, while an answer is being heard, the request that most likely comes
     * next: one that changes nothing at the hub, so that the hub makes a page while this side stores the one before.
     * Its answer is good if karto_exchange_is_ahead says so, and is dropped if not. */
    karto_exchange_ahead *ahead;
    void *context;
};

struct karto_exchange_stats {
    uint64_t requests, sent, received; /* frames; bytes of frames */
    uint64_t pushed, refused;          /* changes */
    uint64_t pulled;                   /* changes, states and leaves that came */
    uint64_t gone;                     /* records that were here and are no longer */
    uint64_t unlisted; /* of these: nobody said that they moved, but the hub does not list them for this device. One
                          that was put back may have them among what its administrator has yet to decide on */
    unsigned rotations;
    uint64_t repaired; /* records that were otherwise here, though nothing was on its way, and have been fetched anew */
    uint64_t sums_wrong; /* rows of digests that were wrong, and have been made anew */
    bool sums_differ;    /* the hub's are still others, though all records were compared */
    bool reconciled;
    uint64_t quarantined; /* what was set aside now */
    uint64_t unreadable;  /* states that came and are no records, set aside now or before */
    uint64_t again;       /* … before: the hub has no other */
};

/* store must be a device's. */
void karto_exchange_new(struct karto_store *store, const struct karto_exchange_options *options,
                        struct karto_exchange **exchange);
void karto_exchange_free(struct karto_exchange *exchange); /* NULL is fine */

/* The next frame to send, or *done when both sides are equal. Called again without an answer, it gives one for the same
 * step, which is not ahead. KARTO_E_OLD_HUB, KARTO_E_VERSION, KARTO_E_REVOKED, KARTO_E_PROTOCOL, or an error of the
 * store: the exchange is over, and can only be freed. */
KARTO_CHECKED enum karto_err karto_exchange_next(struct karto_exchange *exchange, struct karto_buf *frame, bool *done);

/* Whether the frame that next gave last is the one that ahead got before: if that one was sent, this need not be.
 * Either way stats count it once. */
bool karto_exchange_is_ahead(const struct karto_exchange *exchange);

/* The answer to the frame that next gave last. Errors as above. */
KARTO_CHECKED enum karto_err karto_exchange_answer(struct karto_exchange *exchange, struct karto_slice frame);

struct karto_exchange_stats karto_exchange_stats(const struct karto_exchange *exchange);

/* The hub's words of an error, in English; may be empty. They are for who looks for a fault: a log has ids and numbers
 * only, and nobody knows what stands in here. */
const char *karto_exchange_detail(const struct karto_exchange *exchange);

#endif
