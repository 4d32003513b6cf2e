/* handover.h - giving clients another territory, or another manager, from a day on: whom it is about, and one client of
 * it. Each is an ordinary change, and all have one batch. What a client is to have on later days stays. */
#ifndef KARTO_STORE_HANDOVER_H
#define KARTO_STORE_HANDOVER_H

#include "core/model/query.h"
#include "core/store/entry.h"

struct karto_handover {
    uint32_t field;        /* KARTO_F_TERRITORY or KARTO_F_MANAGER */
    struct karto_slice to; /* text */
    int64_t since;         /* days */
    uint64_t batch;        /* 0: a new one is chosen by karto_hand_over, and put here */
    struct karto_slice reason;
};

/* Whether a client has `from` on that day, or had it until then and is to have `to` from that very day on: so that a
 * handover that was broken off knows again what it has done. */
bool karto_handover_means(const struct karto_handover *handover, const struct karto_record *client,
                          struct karto_slice from);

/* A query that means all of these, and some others at most: for page.h. In the arena. */
const struct karto_query *karto_handover_query(struct karto_arena *arena, const struct karto_handover *handover,
                                               struct karto_slice from);

/* What became of one client. */
struct karto_handed {
    bool changed; /* neither changed nor refused: it was so already */
    enum karto_err
        refused; /* why it may not be: KARTO_E_NOT_PERMITTED, KARTO_E_INVALID, KARTO_E_LIMIT; else KARTO_OK */
    bool later;  /* from some later day on it has another one, whatever becomes of it now */
    struct karto_slice was; /* on that day, text: of the entry */
};

/* Gives it to one client, as loaded in this transaction. A refusal is no error. */
KARTO_CHECKED enum karto_err karto_hand_over(struct karto_tx *tx, struct karto_handover *handover,
                                             const struct karto_entry *client, struct karto_handed *handed);

#endif
