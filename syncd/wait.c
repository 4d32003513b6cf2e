#include "syncd/wait.h"

#include "proto/messages.h"

struct waiting {
    uint32_t seconds;
    struct karto_buf *frame;
    uint64_t position;
    bool *news;
};

static enum karto_err make_wait(struct karto_tx *tx, void *context)
{
    struct waiting *waiting = context;
    struct karto_request request = {.type = KARTO_WAIT, .token = {tx->ledger.epoch, tx->ledger.rights}};
    request.of.wait = (struct karto_wait){tx->ledger.cursor, waiting->seconds};
    return karto_request_encode(&request, waiting->frame);
}

enum karto_err karto_wait_frame(struct karto_store *store, uint32_t seconds, struct karto_buf *frame)
{
    struct waiting waiting = {.seconds = seconds, .frame = frame};
    return karto_store_read(store, make_wait, &waiting);
}

static enum karto_err compare_cursor(struct karto_tx *tx, void *context)
{
    struct waiting *waiting = context;
    *waiting->news = waiting->position > tx->ledger.cursor;
    return KARTO_OK;
}

enum karto_err karto_wait_answer(struct karto_store *store, struct karto_slice frame, bool *news)
{
    struct karto_arena arena;
    struct karto_answer answer;
    karto_arena_init(&arena);
    enum karto_err err = karto_answer_decode(&arena, frame, &answer);
    if (err == KARTO_OK)
        err = karto_err_of_hub(answer.error);
    if (err == KARTO_OK && answer.type != KARTO_WAIT)
        err = KARTO_E_PROTOCOL;
    struct waiting waiting = {.position = err == KARTO_OK ? answer.of.wait.position : 0, .news = news};
    karto_arena_fini(&arena);
    return err == KARTO_OK ? karto_store_read(store, compare_cursor, &waiting) : err;
}
