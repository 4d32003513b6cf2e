/* exchange_course.h - how far an exchange is, and what its files share: its steps (exchange.c), its requests
 * (exchange_ask.c), what comes of the answers (exchange_hear.c), of the pages of a reconcile (exchange_pages.c), of
 * giving back (exchange_give.c), and of what cannot be read (exchange_aside.c). For nobody else. All on the thread that
 * owns the store. */
#ifndef KARTO_SYNCD_EXCHANGE_COURSE_H
#define KARTO_SYNCD_EXCHANGE_COURSE_H

#include "core/base/limits.h"
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

    struct karto_dot give_after[KARTO_NODES_MAX]; /* of each own node, up to which seq it was given back */
    uint32_t give_count, give_at;
    uint32_t given;                         /* heard, of those given back last */
    struct karto_rid heal_after, heal_last; /* the range of hashes under way; last zero: to the end */
    uint32_t healing;                       /* of those wanted, that are under way */

    struct karto_buf ahead; /* the request that was guessed; empty: none */
    bool is_ahead;          /* … rightly */

    bool differs;            /* the last hello's digest was another, and nothing but the digests could be why */
    struct karto_sum digest; /* ours then */
    bool repairs;            /* … and the page under way is of what that hello saw */
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

/* ---- giving back (exchange_give.c): in the transaction of ask or hear; gave: behind a commit ---- */

KARTO_CHECKED enum karto_err karto_exchange_begin_giving(struct karto_tx *tx, struct karto_exchange *x,
                                                         const struct karto_hello_answer *hello);
KARTO_CHECKED enum karto_err karto_exchange_ask_giveback(struct karto_tx *tx, struct karto_exchange *x,
                                                         struct karto_giveback *giveback);
KARTO_CHECKED enum karto_err karto_exchange_hear_giveback(struct karto_tx *tx, struct karto_exchange *x,
                                                          const struct karto_push_answer *answer);
KARTO_CHECKED enum karto_err karto_exchange_ask_heal(struct karto_tx *tx, struct karto_exchange *x,
                                                     struct karto_heal *heal);
KARTO_CHECKED enum karto_err karto_exchange_hear_heal(struct karto_exchange *x, const struct karto_heal_answer *answer);
void karto_exchange_gave(struct karto_exchange *x);

/* ---- what cannot be decoded or applied (exchange_aside.c): in the transaction of hear. KARTO_E_QUARANTINE ---- */

KARTO_CHECKED enum karto_err karto_exchange_aside_change(struct karto_tx *tx, struct karto_exchange *x,
                                                         const struct karto_change *change, const char *why);
KARTO_CHECKED enum karto_err karto_exchange_aside_state(struct karto_tx *tx, struct karto_exchange *x,
                                                        struct karto_rid id, struct karto_slice bytes);

/* All records were compared: what the sums still differ by is what is set aside, if anything was, and it came as
 * damaged as before. */
KARTO_CHECKED enum karto_err karto_exchange_compared(struct karto_tx *tx, struct karto_exchange *x);

/* Whether the two digests are the same but for what is set aside. learn: quarantine.h. */
KARTO_CHECKED enum karto_err karto_exchange_same(struct karto_tx *tx, struct karto_sum hubs, struct karto_sum ours,
                                                 bool learn, bool *same);

/* ---- inside of the transaction of hear ---- */

/* Goes on under a new node, with what is pending from this position on: at most so many times in an exchange. */
KARTO_CHECKED enum karto_err karto_exchange_rotate(struct karto_tx *tx, struct karto_exchange *x, uint64_t from);

/* The same once for all that was given back and has to come again (device_give.h), if there is any. */
KARTO_CHECKED enum karto_err karto_exchange_rotate_again(struct karto_tx *tx, struct karto_exchange *x);

/* A record as the hub has it, from a pull or a page. A state that has changes of this store's node which it has not
 * made shows a copy of it: then it goes on under a new node. One that is no record is set aside. */
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
