/* dots.h - which changes the hub has, by their names: where each stands in the log, what became of it, and its keyed
 * hash, by which another change under the same name is noticed. Rows are never taken away. */
#ifndef KARTO_STORE_DOTS_H
#define KARTO_STORE_DOTS_H

#include "core/model/change.h"
#include "core/model/verdict.h"
#include "core/store/store.h"

struct karto_known {
    uint64_t position, hash;
    enum karto_verdict verdict;
    enum karto_err reason; /* of a refusal */
};

/* KARTO_E_NOT_FOUND: the hub does not have it. */
KARTO_CHECKED enum karto_err karto_dot_find(struct karto_tx *tx, struct karto_dot dot, struct karto_known *known);
KARTO_CHECKED enum karto_err karto_dot_put(struct karto_tx *tx, struct karto_dot dot, const struct karto_known *known);

/* Under the store's secret, over the change without old values. */
KARTO_CHECKED enum karto_err karto_dot_hash(struct karto_tx *tx, const struct karto_change *change, uint64_t *hash);

/* The change itself, from the log. KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_dot_change(struct karto_tx *tx, struct karto_dot dot, struct karto_change *change);

#endif
