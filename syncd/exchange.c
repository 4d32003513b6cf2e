#include "syncd/exchange.h"

#include "core/base/broken.h"
#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/store/device.h"
#include "core/store/digest.h"
#include "core/store/own.h"
#include "proto/messages.h"
#include "syncd/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROTATIONS_MAX = 9, PROTOCOL_VERSION = 1 };

/* What is not written down again: a measured offset that differs by less than measuring does, and that the store was
 * even with the hub if that is known of the last minute. */
enum { OFFSET_MS = 1000, SYNCED_EVERY_MS = 60 * 1000 };

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

/* ---- asking ---- */

/* What a transaction that prepares a request works on. */
struct asking {
    struct karto_exchange *x;
    struct karto_request *request;
    struct karto_buf *frame;
};

static enum karto_err ask_hello(struct karto_tx *tx, struct asking *asking)
{
    struct karto_hello *hello = &asking->request->of.hello;
    const struct karto_own_node *nodes;
    uint32_t count;
    enum karto_err err = karto_own_nodes(tx, &nodes, &count);
    if (err != KARTO_OK)
        return err;
    uint32_t first = count > KARTO_NODES_MAX ? count - KARTO_NODES_MAX : 0;
    struct karto_hello_node *out = karto_arena_array(&tx->arena, count - first, sizeof *out);
    for (uint32_t i = first; i < count; i++)
        out[i - first] = (struct karto_hello_node){nodes[i].node, nodes[i].random};
    *hello = (struct karto_hello){.version_least = PROTOCOL_VERSION,
                                  .version_most = PROTOCOL_VERSION,
                                  .nodes = out,
                                  .node_count = count - first,
                                  .heard = tx->ledger.heard,
                                  .cursor = tx->ledger.cursor,
                                  .pending = tx->ledger.pending,
                                  .clock_ms = karto_sys_now_ms(tx->sys),
                                  .program = asking->x->options.program};
    err = karto_device_digest(tx, &hello->digest);
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
    *push = (struct karto_push){changes, count};
    remember_push(x, pending, count);
    return KARTO_OK;
}

static enum karto_err ask_pull(struct karto_tx *tx, struct asking *asking)
{
    struct karto_pull *pull = &asking->request->of.pull;
    *pull = (struct karto_pull){.cursor = tx->ledger.cursor, .budget = asking->x->options.page_size};
    return karto_device_confirmed(tx, &pull->skip);
}

static enum karto_err ask_pages(struct karto_tx *tx, struct asking *asking)
{
    struct karto_request *request = asking->request;
    struct karto_exchange *x = asking->x;
    if (x->session.step == KARTO_STEP_DIGESTS)
        request->of.digests = (struct karto_digests){tx->ledger.reconcile_after, x->options.digests_most};
    else if (x->session.step == KARTO_STEP_RANGE)
        request->of.states = (struct karto_states){.after = tx->ledger.reconcile_after, .budget = x->options.page_size};
    else
        request->of.states =
            (struct karto_states){.records = x->wanted,
                                  .count = x->wanted_count < KARTO_STATES_MAX ? x->wanted_count : KARTO_STATES_MAX,
                                  .budget = x->options.page_size};
    return KARTO_OK;
}

static enum karto_request_type type_of(enum karto_step step)
{
    switch (step) {
    case KARTO_STEP_HELLO: return KARTO_HELLO;
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
    size_t before = asking->frame->size;
    enum karto_err err = KARTO_OK;
    switch (asking->request->type) {
    case KARTO_HELLO: err = ask_hello(tx, asking); break;
    case KARTO_PUSH: err = ask_push(tx, asking); break;
    case KARTO_PULL: err = ask_pull(tx, asking); break;
    case KARTO_DIGESTS:
    case KARTO_STATES: err = ask_pages(tx, asking); break;
    case KARTO_WAIT:
    case KARTO_HISTORY: break;
    }
    asking->frame->size = before; /* the work may be done twice */
    return err == KARTO_OK ? karto_request_encode(asking->request, asking->frame) : err;
}

static void count_request(struct karto_exchange *x, size_t size)
{
    x->stats.requests++;
    x->stats.sent += size;
}

enum karto_err karto_exchange_next(struct karto_exchange *exchange, struct karto_buf *frame, bool *done)
{
    *done = exchange->session.step == KARTO_STEP_DONE;
    if (*done)
        return KARTO_OK;
    if (exchange->session.step == KARTO_STEP_FAILED)
        return exchange->session.error;
    struct karto_request request = {.type = type_of(exchange->session.step), .token = exchange->token};
    struct asking asking = {exchange, &request, frame};
    size_t before = frame->size;
    /* a push marks what it sends as sent, durably, before it leaves */
    enum karto_err err = request.type == KARTO_PUSH ? karto_store_write(exchange->store, ask, &asking)
                                                    : karto_store_read(exchange->store, ask, &asking);
    struct karto_slice made = karto_slice(frame->data + before, frame->size - before);
    exchange->is_ahead = err == KARTO_OK && made.size > 0 && karto_slice_equal(made, karto_buf_slice(&exchange->ahead));
    karto_buf_clear(&exchange->ahead);
    if (!exchange->is_ahead)
        count_request(exchange, made.size);
    return err;
}

bool karto_exchange_is_ahead(const struct karto_exchange *exchange)
{
    return exchange->is_ahead;
}

/* The pages of a first copy follow each other whatever is in them. Should it come otherwise, because there is something
 * to push or to compare meanwhile, the request has asked for nothing that does harm. */
static void go_ahead(struct karto_exchange *x, const struct karto_answer *answer)
{
    const struct karto_states_answer *states = &answer->of.states;
    if (!x->options.ahead || x->session.step != KARTO_STEP_RANGE || answer->error != KARTO_OK ||
        answer->type != KARTO_STATES || !states->more || states->count == 0)
        return;
    struct karto_request request = {.type = KARTO_STATES, .token = x->token};
    request.of.states =
        (struct karto_states){.after = states->states[states->count - 1].record, .budget = x->options.page_size};
    if (karto_request_encode(&request, &x->ahead) != KARTO_OK) {
        karto_buf_clear(&x->ahead);
        return;
    }
    count_request(x, x->ahead.size);
    x->options.ahead(x->options.context, karto_buf_slice(&x->ahead));
}

/* ---- hearing ---- */

struct hearing {
    struct karto_exchange *x;
    const struct karto_answer *answer;
};

static enum karto_err rotate(struct karto_tx *tx, struct karto_exchange *x, uint64_t from)
{
    if (++x->stats.rotations > ROTATIONS_MAX)
        return KARTO_E_PROTOCOL;
    return karto_device_rotate(tx, from);
}

/* An own node of which the hub knows more than this store remembers: the store was put back. */
static enum karto_err check_memory(struct karto_tx *tx, struct karto_exchange *x,
                                   const struct karto_hello_answer *hello)
{
    const struct karto_hello_known *known =
        hello->known_count ? &hello->known[hello->known_count - 1] : &(struct karto_hello_known){0, 0};
    return known->seq > tx->ledger.seq ? rotate(tx, x, 0) : KARTO_OK;
}

static enum karto_err hear_epoch(struct karto_tx *tx, struct karto_exchange *x, const struct karto_hello_answer *hello)
{
    enum karto_err err = karto_device_hear(tx, hello->epoch);
    bool first = tx->ledger.epoch.node.v == 0;
    if (err != KARTO_OK)
        return err;
    if (!first && !karto_epoch_equal(tx->ledger.epoch, hello->epoch))
        return karto_device_new_epoch(tx, hello->epoch);
    if (first)
        tx->ledger.epoch = tx->ledger.rotated =
            hello->epoch; /* whose verdicts these are, also before the first reconcile is through */
    return check_memory(tx, x, hello);
}

static void begin_reconcile(struct karto_tx *tx, const struct karto_token *token)
{
    if (tx->ledger.reconciling && karto_epoch_equal(tx->ledger.reconcile_epoch, token->epoch) &&
        tx->ledger.reconcile_rights == token->rights)
        return; /* goes on where it was cut */
    tx->ledger.reconciling = true;
    tx->ledger.reconcile_epoch = token->epoch;
    tx->ledger.reconcile_rights = token->rights;
    tx->ledger.reconcile_cursor = 0;
    tx->ledger.reconcile_after = (struct karto_rid){{0}};
}

/* All was compared and nothing came of it, though the digests differ: then they are not those of the records, here or
 * at the hub. Ours are made anew from ours; hello will say whether that was it. */
static enum karto_err doubt_sums(struct karto_tx *tx, struct karto_exchange *x)
{
    struct karto_sum digest;
    enum karto_err err = karto_device_digest(tx, &digest);
    if (err != KARTO_OK || !x->differs || !karto_sum_equal(digest, x->digest))
        return err;
    x->news.doubt = true;
    err = karto_digest_rebuild(tx, &x->stats.sums_wrong);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* a record that cannot be read is what check is for */
}

static enum karto_err end_reconcile(struct karto_tx *tx, struct karto_exchange *x)
{
    tx->ledger.epoch = tx->ledger.reconcile_epoch;
    tx->ledger.rights = tx->ledger.reconcile_rights;
    tx->ledger.cursor = tx->ledger.reconcile_cursor;
    tx->ledger.reconciling = false;
    x->stats.reconciled = true;
    return doubt_sums(tx, x);
}

/* A meta row, unless it stands there already. */
static enum karto_err put_if_new(struct karto_tx *tx, const char *name, struct karto_slice value)
{
    struct karto_slice row;
    enum karto_err err = karto_meta_get(tx, name, &row);
    if (err == KARTO_OK && karto_slice_equal(row, value))
        return KARTO_OK;
    return err == KARTO_OK || err == KARTO_E_NOT_FOUND ? karto_meta_put(tx, name, value) : err;
}

static enum karto_err keep_facts(struct karto_tx *tx, const struct karto_hello_answer *hello)
{
    struct karto_rights rights = {.territories = hello->territories, .territory_count = hello->territory_count};
    int64_t offset = hello->clock_ms - karto_sys_now_ms(tx->sys), moved = offset - tx->ledger.clock_offset_ms;
    if (moved <= -OFFSET_MS || moved >= OFFSET_MS)
        tx->ledger.clock_offset_ms = offset;
    if (!karto_role_named(hello->role, &rights.role))
        return KARTO_E_PROTOCOL;
    enum karto_err err = karto_device_set_rights(tx, &rights);
    return err == KARTO_OK ? put_if_new(tx, "hub_name", hello->hub) : err;
}

/* A device that only asks whether there is news writes nothing, which would wait for the disk. */
static void note_synced(struct karto_tx *tx)
{
    int64_t now = karto_now_ms(tx), since = now - tx->ledger.synced_ms;
    if (since < 0 || since >= SYNCED_EVERY_MS)
        tx->ledger.synced_ms = now;
}

static enum karto_err hear_hello(struct karto_tx *tx, struct hearing *h)
{
    const struct karto_hello_answer *hello = &h->answer->of.hello;
    struct karto_exchange *x = h->x;
    struct karto_sum digest;
    enum karto_err err = hello->version == PROTOCOL_VERSION ? hear_epoch(tx, x, hello) : KARTO_E_VERSION;
    if (err == KARTO_OK)
        err = keep_facts(tx, hello);
    if (err == KARTO_OK)
        err = karto_device_digest(tx, &digest);
    if (err != KARTO_OK)
        return err;
    x->token = (struct karto_token){hello->epoch, hello->rights};
    bool same_rights = karto_epoch_equal(tx->ledger.epoch, hello->epoch) && tx->ledger.rights == hello->rights;
    bool at_the_end = tx->ledger.cursor >= hello->position;
    bool same = karto_sum_equal(digest, hello->digest);
    x->news.pending = tx->ledger.pending > 0;
    x->differs = at_the_end && !same && same_rights && !x->news.pending && !tx->ledger.reconciling;
    x->digest = digest;
    x->stats.sums_differ = x->differs && x->session.doubted;
    x->news.reconcile = !same_rights || tx->ledger.reconciling || (at_the_end && !same && !x->stats.sums_differ);
    x->news.even = at_the_end && same && !x->news.reconcile && !x->news.pending;
    if (x->news.reconcile)
        begin_reconcile(tx, &x->token);
    if (x->news.even)
        note_synced(tx);
    x->push_after = 0;
    return KARTO_OK;
}

static enum karto_err hear_verdict(struct karto_tx *tx, struct karto_exchange *x, uint32_t i,
                                   const struct karto_push_result *result, bool *stop)
{
    switch (result->verdict) {
    case KARTO_V_REFUSED:
        x->stats.refused++;
        return karto_device_judged(tx, x->pushed[i], result->verdict, result->reason, result->inside);
    case KARTO_V_APPLIED:
    case KARTO_V_CONTAINED:
    case KARTO_V_ERASED:
        x->stats.pushed++;
        return karto_device_judged(tx, x->pushed[i], result->verdict, result->reason, result->inside);
    case KARTO_V_WAITS:
        x->push_after = x->positions[i]; /* holds up nobody else's */
        return KARTO_OK;
    case KARTO_V_FORK:
    case KARTO_V_REISSUE: *stop = true; return rotate(tx, x, x->positions[i]);
    case KARTO_V_NONE:
    case KARTO_V_COUNT: break;
    }
    return KARTO_E_PROTOCOL;
}

static enum karto_err hear_push(struct karto_tx *tx, struct hearing *h)
{
    const struct karto_push_answer *push = &h->answer->of.push;
    struct karto_exchange *x = h->x;
    enum karto_err err = push->count == x->pushed_count ? KARTO_OK : KARTO_E_PROTOCOL;
    bool stop = false;
    for (uint32_t i = 0; i < push->count && err == KARTO_OK && !stop; i++)
        err = hear_verdict(tx, x, i, &push->results[i], &stop);
    if (err != KARTO_OK)
        return err;
    uint64_t position;
    struct karto_dot dot;
    err = karto_pending_from(tx, x->push_after + 1, &position, &dot);
    x->news.pending = err == KARTO_OK;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static void want(struct karto_exchange *x, struct karto_rid id)
{
    uint32_t at = 0;
    while (at < x->wanted_count && karto_rid_compare(x->wanted[at], id) < 0)
        at++;
    if (at < x->wanted_count && karto_rid_equal(x->wanted[at], id))
        return;
    x->wanted = karto_must(realloc(x->wanted, (x->wanted_count + 1) * sizeof *x->wanted));
    memmove(x->wanted + at + 1, x->wanted + at, (x->wanted_count - at) * sizeof *x->wanted);
    x->wanted[at] = id;
    x->wanted_count++;
}

/* Somebody has written under this store's node: a copy of it. */
static enum karto_err fork(struct karto_tx *tx, struct karto_exchange *x, uint64_t seq)
{
    return ++x->stats.rotations > ROTATIONS_MAX ? KARTO_E_PROTOCOL : karto_device_fork(tx, seq);
}

static enum karto_err hear_change(struct karto_tx *tx, struct karto_exchange *x, const struct karto_change *change)
{
    bool gap;
    enum karto_err err = karto_device_change(tx, change, &gap);
    if (err == KARTO_E_CHANGED) {
        err = fork(tx, x, change->stamp.dot.seq);
        if (err == KARTO_OK)
            err = karto_device_change(tx, change, &gap);
    }
    if (err == KARTO_OK && gap)
        want(x, change->record);
    return err;
}

static uint64_t records_here(const struct karto_tx *tx)
{
    uint64_t records = 0;
    for (unsigned kind = 0; kind < KARTO_LEDGER_KINDS; kind++)
        records += tx->ledger.counts[kind];
    return records;
}

static enum karto_err hear_leave(struct karto_tx *tx, struct karto_exchange *x, struct karto_rid record)
{
    uint64_t before = records_here(tx);
    enum karto_err err = karto_device_leave(tx, record);
    x->stats.gone += before - records_here(tx);
    return err;
}

static enum karto_err hear_state(struct karto_tx *tx, struct karto_exchange *x, struct karto_rid id,
                                 struct karto_slice home, struct karto_slice bytes)
{
    uint64_t seq = 0;
    enum karto_err err = karto_device_state(tx, id, home, bytes, &seq);
    if (err != KARTO_E_CHANGED)
        return err;
    err = fork(tx, x, seq);
    return err == KARTO_OK ? karto_device_state(tx, id, home, bytes, &seq) : err;
}

static enum karto_err hear_event(struct karto_tx *tx, struct karto_exchange *x, const struct karto_event *event)
{
    x->stats.pulled++;
    switch (event->type) {
    case KARTO_EVENT_CHANGE: return hear_change(tx, x, &event->change);
    case KARTO_EVENT_STATE: return hear_state(tx, x, event->record, event->home, event->state);
    case KARTO_EVENT_LEAVE:
    case KARTO_EVENT_ERASE: return hear_leave(tx, x, event->record);
    }
    return KARTO_E_PROTOCOL;
}

static enum karto_err hear_pull(struct karto_tx *tx, struct hearing *h)
{
    const struct karto_pull_answer *pull = &h->answer->of.pull;
    struct karto_exchange *x = h->x;
    enum karto_err err = pull->cursor >= tx->ledger.cursor ? KARTO_OK : KARTO_E_PROTOCOL;
    x->wanted_count = 0;
    for (uint32_t i = 0; i < pull->count && err == KARTO_OK; i++)
        err = hear_event(tx, x, &pull->events[i]);
    if (err != KARTO_OK)
        return err;
    tx->ledger.cursor = pull->cursor;
    x->news.more = x->page_more = pull->more;
    x->news.wanted = x->wanted_count > 0;
    if (!x->news.more && !x->news.wanted)
        tx->ledger.synced_ms = karto_now_ms(tx);
    return KARTO_OK;
}

/* A page is through: the next begins behind it, or it was the last. */
static enum karto_err end_page(struct karto_tx *tx, struct karto_exchange *x)
{
    tx->ledger.reconcile_after = x->page_last;
    x->news.more = x->page_more;
    x->news.pending = tx->ledger.pending > 0;
    if (!x->page_more)
        return end_reconcile(tx, x);
    return karto_device_keeps(tx, x->page_last, &x->news.kept);
}

static void note_position(struct karto_tx *tx, uint64_t position)
{
    if (tx->ledger.reconcile_cursor == 0 || KARTO_BROKEN("resume"))
        tx->ledger.reconcile_cursor = position;
}

static enum karto_err hear_digests(struct karto_tx *tx, struct hearing *h)
{
    const struct karto_digests_answer *digests = &h->answer->of.digests;
    struct karto_exchange *x = h->x;
    struct karto_rid *wanted, last = {{0}};
    struct karto_hash *hashes = karto_arena_array(&tx->arena, digests->count, sizeof *hashes);
    for (uint32_t i = 0; i < digests->count; i++)
        hashes[i] = (struct karto_hash){digests->entries[i].record, digests->entries[i].hash};
    if (digests->count)
        last = digests->entries[digests->count - 1].record;
    if (digests->more && digests->count == 0)
        return KARTO_E_PROTOCOL;
    note_position(tx, digests->position);
    uint32_t wanted_count;
    uint64_t before = records_here(tx);
    enum karto_err err =
        karto_device_compare(tx, tx->ledger.reconcile_after, digests->more ? last : (struct karto_rid){{0}}, hashes,
                             digests->count, &wanted, &wanted_count);
    x->stats.gone += before - records_here(tx);
    if (err != KARTO_OK)
        return err;
    x->wanted = karto_must(realloc(x->wanted, (wanted_count + 1) * sizeof *x->wanted));
    memcpy(x->wanted, wanted, wanted_count * sizeof *wanted);
    x->wanted_count = wanted_count;
    x->page_more = digests->more;
    x->page_last = last;
    x->news.wanted = wanted_count > 0;
    return x->news.wanted ? KARTO_OK : end_page(tx, x);
}

static enum karto_err store_states(struct karto_tx *tx, struct karto_exchange *x,
                                   const struct karto_states_answer *states)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < states->count && err == KARTO_OK; i++)
        err = hear_state(tx, x, states->states[i].record, states->states[i].home, states->states[i].state);
    x->stats.pulled += states->count;
    return err;
}

static enum karto_err hear_range(struct karto_tx *tx, struct hearing *h)
{
    const struct karto_states_answer *states = &h->answer->of.states;
    struct karto_exchange *x = h->x;
    if (states->more && states->count == 0)
        return KARTO_E_PROTOCOL;
    note_position(tx, states->position);
    enum karto_err err = store_states(tx, x, states);
    x->page_more = states->more;
    if (states->count)
        x->page_last = states->states[states->count - 1].record;
    return err == KARTO_OK ? end_page(tx, x) : err;
}

/* Of the wanted records up to the end of the answer, those that are not in it are no longer in scope. */
static enum karto_err hear_states(struct karto_tx *tx, struct hearing *h)
{
    const struct karto_states_answer *states = &h->answer->of.states;
    struct karto_exchange *x = h->x;
    uint32_t asked = x->wanted_count < KARTO_STATES_MAX ? x->wanted_count : KARTO_STATES_MAX, done = 0, at = 0;
    if (states->more && states->count == 0)
        return KARTO_E_PROTOCOL;
    enum karto_err err = store_states(tx, x, states);
    for (; done < asked && err == KARTO_OK; done++) {
        if (at < states->count && karto_rid_equal(states->states[at].record, x->wanted[done]))
            at++;
        else if (at == states->count && states->more)
            break;
        else
            err = karto_device_leave(tx, x->wanted[done]);
    }
    if (err != KARTO_OK)
        return err;
    if (at != states->count)
        return KARTO_E_PROTOCOL; /* a record that was not asked for */
    x->wanted_done = done;       /* taken off the list once this is on disk: the work may be done twice */
    x->news.wanted = x->wanted_count > done;
    x->news.more = x->page_more;
    if (x->news.wanted)
        return KARTO_OK;
    if (!x->session.in_pull)
        return end_page(tx, x);
    if (!x->page_more)
        tx->ledger.synced_ms = karto_now_ms(tx);
    return KARTO_OK;
}

static enum karto_err hear(struct karto_tx *tx, void *context)
{
    struct hearing *h = context;
    struct karto_exchange *x = h->x;
    struct karto_exchange_stats before = x->stats;
    enum karto_err err = KARTO_E_PROTOCOL;
    memset(&x->news, 0, sizeof x->news);
    x->wanted_done = 0;
    switch (x->session.step) {
    case KARTO_STEP_HELLO: err = hear_hello(tx, h); break;
    case KARTO_STEP_PUSH: err = hear_push(tx, h); break;
    case KARTO_STEP_PULL: err = hear_pull(tx, h); break;
    case KARTO_STEP_DIGESTS: err = hear_digests(tx, h); break;
    case KARTO_STEP_RANGE: err = hear_range(tx, h); break;
    case KARTO_STEP_STATES: err = hear_states(tx, h); break;
    case KARTO_STEP_DONE:
    case KARTO_STEP_FAILED: break;
    }
    if (err == KARTO_OK && tx->ledger.reconciling && x->session.step <= KARTO_STEP_PUSH)
        err = karto_device_keeps(tx, tx->ledger.reconcile_after, &x->news.kept);
    x->news.renamed = x->stats.rotations > before.rotations;
    if (err != KARTO_OK)
        x->stats = before;
    return err;
}

static void forget_done(struct karto_exchange *x)
{
    x->wanted_count -= x->wanted_done;
    if (x->wanted_count > 0)
        memmove(x->wanted, x->wanted + x->wanted_done, x->wanted_count * sizeof *x->wanted);
    x->wanted_done = 0;
}

static enum karto_err hear_answer(struct karto_exchange *x, const struct karto_answer *answer)
{
    struct hearing hearing = {x, answer};
    if (answer->error != KARTO_OK) {
        snprintf(x->detail, sizeof x->detail, "%.*s", (int)answer->detail.size,
                 answer->detail.data ? (const char *)answer->detail.data : "");
        karto_session_error(&x->session, answer->error);
        return x->session.step == KARTO_STEP_FAILED ? x->session.error : KARTO_OK;
    }
    enum karto_err err = KARTO_E_PROTOCOL;
    if (answer->type == type_of(x->session.step))
        err = karto_store_write(x->store, hear, &hearing);
    if (err == KARTO_OK)
        forget_done(x);
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
        go_ahead(exchange, &answer);
        return hear_answer(exchange, &answer);
    }
    karto_session_error(&exchange->session, err == KARTO_E_STALE ? KARTO_E_PROTOCOL : err);
    return exchange->session.error;
}

/* ---- waiting for news ---- */

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
        err = answer.error;
    if (err == KARTO_OK && answer.type != KARTO_WAIT)
        err = KARTO_E_PROTOCOL;
    struct waiting waiting = {.position = err == KARTO_OK ? answer.of.wait.position : 0, .news = news};
    karto_arena_fini(&arena);
    return err == KARTO_OK ? karto_store_read(store, compare_cursor, &waiting) : err;
}
