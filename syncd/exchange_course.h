/* exchange_course.h - how far an exchange is, and what its files share: its steps (exchange.c), its requests
 * (exchange_ask.c), what comes of the answers (exchange_hear.c) and of the pages of a reconcile (exchange_pages.c). For
 * nobody else. All on the thread that owns the store. */
#ifndef KARTO_SYNCD_EXCHANGE_COURSE_H
#define KARTO_SYNCD_EXCHANGE_COURSE_H

#include "proto/messages.h"
#include "syncd/exchange.h"
#include "syncd/session.h"

struct karto_exchange {
    struct karto_store *store;
    struct karto_exchange_options options;
    struct karto_session session;
    struct karto_exchange_stats stats;
    struct karto_token token;
    struct karto_arena arena; /* of the frame in work */
    struct karto_news news;
    char detail[200];

    struct karto_dot *pushed; /* dots and positions of the push under way */
    uint64_t *positions;
    uint32_t pushed_count;
    uint64_t push_after; /* changes up to this position are judged, or wait */

    struct karto_rid *wanted;           /* records whose states are to be fetched, ascending */
    uint32_t wanted_count, wanted_done; /* done: heard, in the transaction that runs */
    bool page_more;                     /* more pages of hashes behind page_last */
    struct karto_rid page_last;

    struct karto_buf ahead; /* the request that was guessed; empty: none */
    bool is_ahead;          /* … rightly */

    bool differs;            /* the last hello's digest was another, and nothing but the digests could be why */
    struct karto_sum digest; /* ours then */
};

/* The request of a step that has one: neither DONE nor FAILED. */
enum karto_request_type karto_exchange_type(enum karto_step step);

/* Adds the request of the step to frame, and notes whether it is the one that was guessed. An error of the store. */
KARTO_CHECKED enum karto_err karto_exchange_ask(struct karto_exchange *x, struct karto_buf *frame);

/* Guesses the request behind this answer, which is not yet in the store, and hands it to the option ahead. */
void karto_exchange_guess(struct karto_exchange *x, const struct karto_answer *answer);

/* Puts an answer of the step's type, not an error, into the store, and what came of it into news. On an error nothing
 * has changed in the store, and the exchange is over. */
KARTO_CHECKED enum karto_err karto_exchange_hear(struct karto_exchange *x, const struct karto_answer *answer);

/* ---- inside of the transaction of hear ---- */

/* A record as the hub has it, from a pull or a page. A state that has changes of this store's node which it has not
 * made shows a copy of it: then it goes on under a new node. */
KARTO_CHECKED enum karto_err karto_exchange_take_state(struct karto_tx *tx, struct karto_exchange *x,
                                                       struct karto_rid id, struct karto_slice home,
                                                       struct karto_slice bytes);

/* A record has left the scope, and counts as gone if it was here. */
KARTO_CHECKED enum karto_err karto_exchange_leave(struct karto_tx *tx, struct karto_exchange *x,
                                                  struct karto_rid record);

uint64_t karto_exchange_records_here(const struct karto_tx *tx); /* of all kinds */

/* Begins a reconcile under this token, or goes on with one that was cut. */
void karto_exchange_begin_reconcile(struct karto_tx *tx, const struct karto_token *token);

KARTO_CHECKED enum karto_err karto_exchange_hear_digests(struct karto_tx *tx, struct karto_exchange *x,
                                                         const struct karto_digests_answer *digests);
KARTO_CHECKED enum karto_err karto_exchange_hear_range(struct karto_tx *tx, struct karto_exchange *x,
                                                       const struct karto_states_answer *states);
KARTO_CHECKED enum karto_err karto_exchange_hear_states(struct karto_tx *tx, struct karto_exchange *x,
                                                        const struct karto_states_answer *states);

#endif
