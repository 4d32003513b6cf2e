/* own.h - the rows about changes made on a device: which are pending, when each was first sent, what became of it. */
#ifndef KARTO_STORE_OWN_H
#define KARTO_STORE_OWN_H

#include "core/model/epoch.h"
#include "core/model/verdict.h"
#include "core/store/store.h"

struct karto_own {
    uint64_t position;          /* in the log */
    enum karto_verdict verdict; /* NONE: pending */
    struct karto_epoch sent;    /* in which it was first sent; zero: never */
    struct karto_slice reason;  /* of a refusal */
    uint64_t receipt;           /* the hub's proof of the verdict, for itself; 0: none */
};

/* KARTO_E_NOT_FOUND: not made here. */
KARTO_CHECKED enum karto_err karto_own_get(struct karto_tx *tx, struct karto_dot dot, struct karto_own *own);
KARTO_CHECKED enum karto_err karto_own_put(struct karto_tx *tx, struct karto_dot dot, const struct karto_own *own);

/* A row, pointing into it. KARTO_E_CORRUPT. */
KARTO_CHECKED enum karto_err karto_own_parse(struct karto_slice row, struct karto_own *own);
KARTO_CHECKED enum karto_err karto_own_delete(struct karto_tx *tx, struct karto_dot dot);

/* The highest seq of a node that has a row; 0: none. */
KARTO_CHECKED enum karto_err karto_own_last(struct karto_tx *tx, struct karto_node node, uint64_t *seq);

/* The highest seq of a node that the hub has judged; 0: none. */
KARTO_CHECKED enum karto_err karto_own_judged(struct karto_tx *tx, struct karto_node node, uint64_t *seq);

/* Pending changes by position: enter, take out, and the first at or behind a position (KARTO_E_NOT_FOUND: none). */
KARTO_CHECKED enum karto_err karto_pending_put(struct karto_tx *tx, uint64_t position, struct karto_dot dot);
KARTO_CHECKED enum karto_err karto_pending_delete(struct karto_tx *tx, uint64_t position);
KARTO_CHECKED enum karto_err karto_pending_from(struct karto_tx *tx, uint64_t from, uint64_t *position,
                                                struct karto_dot *dot);

/* When the oldest pending change was made; 0: nothing is pending. */
KARTO_CHECKED enum karto_err karto_pending_oldest(struct karto_tx *tx, int64_t *at_ms);

#endif
