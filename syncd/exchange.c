#include "syncd/exchange.h"

#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "proto/frame.h"
#include "syncd/exchange_course.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t or_else(uint64_t value, uint64_t otherwise)
{
    return value ? value : otherwise;
}

void karto_exchange_new(struct karto_store *store, const struct karto_exchange_options *options,
                        struct karto_exchange **exchange)
{
    struct karto_exchange *x = *exchange = karto_must(calloc(1, sizeof *x));
    x->store = store;
    x->options = *options;
    x->options.push_most = (uint32_t)or_else(options->push_most, KARTO_PUSH_MAX);
    x->options.page_size = or_else(options->page_size, KARTO_PAGE_SIZE);
    x->options.digests_most = or_else(options->digests_most, KARTO_DIGESTS_MAX);
    x->options.protocol_most = (uint32_t)or_else(options->protocol_most, KARTO_PROTOCOL_MOST);
    karto_arena_init(&x->arena);
    karto_session_begin(&x->session);
}

void karto_exchange_free(struct karto_exchange *exchange)
{
    if (!exchange)
        return;
    karto_arena_fini(&exchange->arena);
    free(exchange->pushed);
    free(exchange->positions);
    free(exchange->wanted);
    karto_buf_fini(&exchange->ahead);
    free(exchange);
}

struct karto_exchange_stats karto_exchange_stats(const struct karto_exchange *exchange)
{
    return exchange->stats;
}

const char *karto_exchange_detail(const struct karto_exchange *exchange)
{
    return exchange->detail;
}

enum karto_err karto_exchange_next(struct karto_exchange *exchange, struct karto_buf *frame, bool *done)
{
    *done = exchange->session.step == KARTO_STEP_DONE;
    if (*done)
        return KARTO_OK;
    if (exchange->session.step == KARTO_STEP_FAILED)
        return exchange->session.error;
    return karto_exchange_ask(exchange, frame);
}

bool karto_exchange_is_ahead(const struct karto_exchange *exchange)
{
    return exchange->is_ahead;
}

static enum karto_err hear_answer(struct karto_exchange *x, const struct karto_answer *answer)
{
    if (answer->error != KARTO_OK) {
        snprintf(x->detail, sizeof x->detail, "%.*s", (int)answer->detail.size,
                 answer->detail.data ? (const char *)answer->detail.data : "");
        karto_session_error(&x->session, karto_err_of_hub(answer->error));
        return x->session.step == KARTO_STEP_FAILED ? x->session.error : KARTO_OK;
    }
    enum karto_err err = KARTO_E_PROTOCOL;
    if (answer->type == karto_exchange_type(x->session.step))
        err = karto_exchange_hear(x, answer);
    if (err == KARTO_OK)
        karto_session_news(&x->session, &x->news);
    else
        karto_session_error(&x->session, err == KARTO_E_STALE ? KARTO_E_PROTOCOL : err);
    return err;
}

enum karto_err karto_exchange_answer(struct karto_exchange *exchange, struct karto_slice frame)
{
    struct karto_answer answer;
    if (exchange->session.step >= KARTO_STEP_DONE)
        return KARTO_E_USAGE;
    karto_arena_reset(&exchange->arena);
    exchange->stats.received += frame.size;
    enum karto_err err = karto_answer_decode(&exchange->arena, frame, &answer);
    if (err == KARTO_OK) {
        karto_exchange_guess(exchange, &answer);
        return hear_answer(exchange, &answer);
    }
    karto_session_error(&exchange->session, err == KARTO_E_STALE ? KARTO_E_PROTOCOL : err);
    return exchange->session.error;
}
