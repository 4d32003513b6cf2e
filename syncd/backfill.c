#include "syncd/backfill.h"

#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "proto/messages.h"

#include <stdlib.h>

struct karto_backfill {
    struct karto_store *store;
    struct karto_backfill_options options;
    struct karto_arena asked;  /* holds the ask */
    struct karto_past_ask ask; /* of the frame under way */
    struct karto_arena arena;  /* of the frame in work */
};

void karto_backfill_new(struct karto_store *store, const struct karto_backfill_options *options,
                        struct karto_backfill **backfill)
{
    struct karto_backfill *b = *backfill = karto_must(calloc(1, sizeof *b));
    b->store = store;
    b->options = *options;
    if (b->options.page_size == 0)
        b->options.page_size = KARTO_HISTORY_PAGE_SIZE;
    karto_arena_init(&b->asked);
    karto_arena_init(&b->arena);
}

void karto_backfill_free(struct karto_backfill *backfill)
{
    if (!backfill)
        return;
    karto_arena_fini(&backfill->asked);
    karto_arena_fini(&backfill->arena);
    free(backfill);
}

/* ---- asking ---- */

struct asking {
    struct karto_backfill *b;
    struct karto_buf *frame;
    bool any, again;
};

/* The ask outlives the transaction that made it. */
static void keep_ask(struct karto_backfill *b, const struct karto_past_ask *ask)
{
    struct karto_past_place *places;
    karto_arena_reset(&b->asked);
    places = karto_arena_array(&b->asked, ask->place_count, sizeof *places);
    for (uint32_t i = 0; i < ask->place_count; i++)
        places[i] = ask->places[i];
    b->ask = *ask;
    b->ask.places = places;
}

static enum karto_err make_ask(struct karto_tx *tx, void *context)
{
    struct asking *asking = context;
    struct karto_backfill *b = asking->b;
    struct karto_request request = {.type = KARTO_HISTORY, .token = {tx->ledger.epoch, tx->ledger.rights}};
    enum karto_err err = karto_past_next(tx, &b->options.limits, b->options.page_size, &request.of.history,
                                         &asking->any, &asking->again);
    if (err != KARTO_OK || !asking->any)
        return err;
    keep_ask(b, &request.of.history);
    karto_buf_clear(asking->frame); /* the work may be done twice */
    return karto_request_encode(&request, asking->frame);
}

enum karto_err karto_backfill_next(struct karto_backfill *backfill, struct karto_buf *frame, bool *done)
{
    struct asking asking = {.b = backfill, .frame = frame};
    enum karto_err err;
    do
        err = karto_store_write(backfill->store, make_ask, &asking);
    while (err == KARTO_OK && asking.again);
    *done = err == KARTO_OK && !asking.any;
    return err;
}

/* ---- hearing ---- */

struct hearing {
    struct karto_backfill *b;
    const struct karto_answer *answer;
};

static enum karto_err take(struct karto_tx *tx, void *context)
{
    const struct hearing *hearing = context;
    return karto_past_take(tx, &hearing->b->ask, &hearing->answer->of.history);
}

enum karto_err karto_backfill_answer(struct karto_backfill *backfill, struct karto_slice frame)
{
    struct karto_answer answer;
    struct hearing hearing = {backfill, &answer};
    karto_arena_reset(&backfill->arena);
    enum karto_err err = karto_answer_decode(&backfill->arena, frame, &answer);
    if (err == KARTO_OK)
        err = karto_err_of_hub(answer.error);
    if (err != KARTO_OK)
        return err;
    return answer.type == KARTO_HISTORY ? karto_store_write(backfill->store, take, &hearing) : KARTO_E_PROTOCOL;
}
