#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/store/device.h"
#include "core/store/own.h"
#include "proto/frame.h"
#include "syncd/exchange_course.h"

#include <stdlib.h>

/* What a transaction that prepares a request works on. */
struct asking {
    struct karto_exchange *x;
    struct karto_request *request;
    struct karto_buf *frame;
    size_t before; /* bytes that were in it: the work may be done twice */
};

static enum karto_err ask_hello(struct karto_tx *tx, struct asking *asking)
{
    struct karto_hello *hello = &asking->request->of.hello;
    const struct karto_own_node *nodes;
    uint32_t count;
    enum karto_err err = karto_own_nodes(tx, &nodes, &count);
    if (err != KARTO_OK)
        return err;
    bool of_this_hub = karto_epoch_equal(tx->ledger.epoch, tx->ledger.heard);
    uint32_t first = count > KARTO_NODES_MAX ? count - KARTO_NODES_MAX : 0;
    struct karto_hello_node *out = karto_arena_array(&tx->arena, count - first, sizeof *out);
    for (uint32_t i = first; i < count; i++)
        out[i - first] = (struct karto_hello_node){nodes[i].node, nodes[i].random};
    *hello = (struct karto_hello){.version_least = KARTO_PROTOCOL_LEAST,
                                  .version_most = asking->x->options.protocol_most,
                                  .nodes = out,
                                  .node_count = count - first,
                                  .heard = tx->ledger.heard,
                                  .cursor = of_this_hub ? tx->ledger.cursor : 0,
                                  .pending = tx->ledger.pending,
                                  .clock_ms = karto_sys_now_ms(tx->sys),
                                  .program = asking->x->options.program};
    err = karto_device_digest(tx, &hello->digest);
    if (err == KARTO_OK)
        err = karto_meta_get(tx, "user", &hello->user);
    if (err == KARTO_OK)
        err = karto_device_rights(tx, &hello->rights);
    if (err == KARTO_OK && of_this_hub)
        hello->told = tx->ledger.rights;
    if (err == KARTO_E_NOT_FOUND) /* no hub has told it yet */
        err = KARTO_OK;
    return err == KARTO_OK ? karto_meta_get(tx, "name", &hello->name) : err;
}

static void remember_push(struct karto_exchange *x, const struct karto_pending *pending, uint32_t count)
{
    x->pushed = karto_must(realloc(x->pushed, (count + 1) * sizeof *x->pushed));
    x->positions = karto_must(realloc(x->positions, (count + 1) * sizeof *x->positions));
    x->pushed_count = count;
    for (uint32_t i = 0; i < count; i++) {
        x->pushed[i] = pending[i].change.stamp.dot;
        x->positions[i] = pending[i].position;
    }
}

static enum karto_err ask_push(struct karto_tx *tx, struct asking *asking)
{
    struct karto_exchange *x = asking->x;
    struct karto_push *push = &asking->request->of.push;
    struct karto_pending *pending;
    uint32_t count;
    enum karto_err err = karto_device_take(tx, x->token.epoch, x->push_after, x->options.push_most,
                                           x->options.page_size, &pending, &count);
    if (err != KARTO_OK)
        return err;
    struct karto_change *changes = karto_arena_array(&tx->arena, count, sizeof *changes);
    for (uint32_t i = 0; i < count; i++) {
        changes[i] = pending[i].change;
        karto_change_forget_old(&tx->arena, &changes[i]);
    }
    *push = (struct karto_push){.changes = changes, .count = count};
    while (push->earlier < count && pending[push->earlier].earlier)
        push->earlier++;
    remember_push(x, pending, count);
    return KARTO_OK;
}

static enum karto_err ask_pull(struct karto_tx *tx, struct asking *asking)
{
    struct karto_pull *pull = &asking->request->of.pull;
    *pull = (struct karto_pull){.cursor = tx->ledger.cursor, .budget = asking->x->options.page_size};
    return karto_device_confirmed(tx, &pull->skip);
}

static struct karto_states range_behind(const struct karto_exchange *x, struct karto_rid after)
{
    return (struct karto_states){.after = after, .budget = x->options.page_size};
}

static enum karto_err ask_pages(struct karto_tx *tx, struct asking *asking)
{
    struct karto_request *request = asking->request;
    struct karto_exchange *x = asking->x;
    if (x->session.step == KARTO_STEP_DIGESTS)
        request->of.digests = (struct karto_digests){tx->ledger.reconcile_after, x->options.digests_most};
    else if (x->session.step == KARTO_STEP_RANGE)
        request->of.states = range_behind(x, tx->ledger.reconcile_after);
    else
        request->of.states =
            (struct karto_states){.records = x->wanted,
                                  .count = x->wanted_count < KARTO_STATES_MAX ? x->wanted_count : KARTO_STATES_MAX,
                                  .budget = x->options.page_size};
    return KARTO_OK;
}

enum karto_request_type karto_exchange_type(enum karto_step step)
{
    switch (step) {
    case KARTO_STEP_HELLO: return KARTO_HELLO;
    case KARTO_STEP_GIVEBACK: return KARTO_GIVEBACK;
    case KARTO_STEP_HEAL_HASHES:
    case KARTO_STEP_HEAL_STATES:
    case KARTO_STEP_HEAL_DONE: return KARTO_HEAL;
    case KARTO_STEP_PUSH: return KARTO_PUSH;
    case KARTO_STEP_PULL: return KARTO_PULL;
    case KARTO_STEP_DIGESTS: return KARTO_DIGESTS;
    case KARTO_STEP_RANGE:
    case KARTO_STEP_STATES: return KARTO_STATES;
    case KARTO_STEP_DONE:
    case KARTO_STEP_FAILED: break;
    }
    karto_fatal("no request in this step");
}

static enum karto_err ask(struct karto_tx *tx, void *context)
{
    struct asking *asking = context;
    enum karto_err err = KARTO_OK;
    switch (asking->request->type) {
    case KARTO_HELLO: err = ask_hello(tx, asking); break;
    case KARTO_PUSH: err = ask_push(tx, asking); break;
    case KARTO_PULL: err = ask_pull(tx, asking); break;
    case KARTO_DIGESTS:
    case KARTO_STATES: err = ask_pages(tx, asking); break;
    case KARTO_GIVEBACK: err = karto_exchange_ask_giveback(tx, asking->x, &asking->request->of.giveback); break;
    case KARTO_HEAL: err = karto_exchange_ask_heal(tx, asking->x, &asking->request->of.heal); break;
    case KARTO_WAIT:
    case KARTO_HISTORY:
    case KARTO_FAREWELL:
    case KARTO_MEASURE: break;
    }
    asking->frame->size = asking->before;
    return err == KARTO_OK ? karto_request_encode(asking->request, asking->frame) : err;
}

static void count_request(struct karto_exchange *x, size_t size)
{
    x->stats.requests++;
    x->stats.sent += size;
}

enum karto_err karto_exchange_ask(struct karto_exchange *x, struct karto_buf *frame)
{
    struct karto_request request = {
        .type = karto_exchange_type(x->session.step), .version = x->options.protocol_most, .token = x->token};
    size_t before = frame->size;
    struct asking asking = {x, &request, frame, before};
    /* a push marks what it sends as sent, durably, before it leaves */
    enum karto_err err = request.type == KARTO_PUSH ? karto_store_write(x->store, ask, &asking)
                                                    : karto_store_read(x->store, ask, &asking);
    struct karto_slice made = karto_slice(frame->data + before, frame->size - before);
    x->is_ahead = err == KARTO_OK && made.size > 0 && karto_slice_equal(made, karto_buf_slice(&x->ahead));
    karto_buf_clear(&x->ahead);
    if (!x->is_ahead)
        count_request(x, made.size);
    return err;
}

/* The pages of a first copy follow each other whatever is in them. Should it come otherwise, because this page cannot
 * be taken, or something is kept behind it that must be compared, the request has asked for nothing that does harm. */
void karto_exchange_guess(struct karto_exchange *x, const struct karto_answer *answer)
{
    const struct karto_states_answer *states = &answer->of.states;
    karto_buf_clear(&x->ahead);
    if (!x->options.ahead || x->session.step != KARTO_STEP_RANGE || answer->error != KARTO_OK ||
        answer->type != KARTO_STATES || !states->more || states->count == 0)
        return;
    struct karto_request request = {.type = KARTO_STATES, .version = x->options.protocol_most, .token = x->token};
    request.of.states = range_behind(x, states->states[states->count - 1].record);
    if (karto_request_encode(&request, &x->ahead) != KARTO_OK)
        return; /* then there is none */
    count_request(x, x->ahead.size);
    x->options.ahead(x->options.context, karto_buf_slice(&x->ahead));
}
