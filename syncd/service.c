#include "syncd/service.h"

#include "core/base/broken.h"
#include "core/base/limits.h"
#include "proto/frame.h"
#include "proto/messages.h"

#include <string.h>

enum { CONTACT_EVERY_MS = 60 * 1000 };

/* One request in work. */
struct serving {
    struct karto_tx *tx;
    struct karto_device device;
    const struct karto_request *request;
    struct karto_answer answer;
    struct karto_served *served;
};

/* ---- hello ---- */

static enum karto_err note_contact(struct serving *s, const struct karto_hello *hello)
{
    int64_t now = karto_sys_now_ms(s->tx->sys);
    if (s->device.unsent == hello->pending && now - s->device.contact_ms < CONTACT_EVERY_MS &&
        now >= s->device.contact_ms)
        return KARTO_OK; /* a device that only asks whether there is news makes the hub write nothing */
    s->device.contact_ms = now;
    s->device.unsent = hello->pending;
    return karto_hub_put_device(s->tx, &s->device);
}

static enum karto_err answer_known(struct serving *s, const struct karto_hello *hello, struct karto_hello_answer *out)
{
    struct karto_hello_known *known = karto_arena_array(&s->tx->arena, hello->node_count, sizeof *known);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < hello->node_count && err == KARTO_OK; i++) {
        err = karto_hub_prove(s->tx, &s->device, hello->nodes[i].node, hello->nodes[i].random);
        if (err == KARTO_OK)
            err = karto_hub_known(s->tx, hello->nodes[i].node, &known[i].seq, &known[i].hash);
    }
    out->known = known;
    out->known_count = hello->node_count;
    return err;
}

/* Sums that differ though the device has everything and nothing of its own, under rights that it has reconciled with.
 */
static enum karto_err doubt_digest(struct serving *s, const struct karto_hello *hello, struct karto_hello_answer *out)
{
    bool comparable = hello->cursor >= out->position && hello->pending == 0 && s->device.former_until_ms == 0 &&
                      karto_epoch_equal(hello->heard, s->tx->ledger.epoch);
    if (!comparable || karto_sum_equal(hello->digest, out->digest))
        return KARTO_OK;
    enum karto_err err = karto_hub_doubt(s->tx, s->device.id, out->position, &s->served->sums_wrong);
    return err == KARTO_OK && s->served->sums_wrong ? karto_hub_digest(s->tx, &s->device, &out->digest) : err;
}

static enum karto_err serve_hello(struct serving *s)
{
    const struct karto_hello *hello = &s->request->of.hello;
    struct karto_hello_answer *out = &s->answer.of.hello;
    if (hello->version_least > KARTO_PROTOCOL_VERSION || hello->version_most < KARTO_PROTOCOL_VERSION)
        return KARTO_E_VERSION;
    if (karto_epoch_compare(hello->heard, s->tx->ledger.epoch) > 0)
        return KARTO_E_OLD_HUB;
    *out = (struct karto_hello_answer){.version = KARTO_PROTOCOL_VERSION,
                                       .epoch = s->tx->ledger.epoch,
                                       .rights = s->device.rights,
                                       .clock_ms = karto_sys_now_ms(s->tx->sys),
                                       .everything = s->device.scope.role == KARTO_ROLE_OFFICE,
                                       .territories = s->device.scope.territories,
                                       .territory_count = s->device.scope.territory_count,
                                       .role = karto_slice_str(karto_role_name(s->device.scope.role))};
    enum karto_err err = answer_known(s, hello, out);
    if (err == KARTO_OK)
        err = note_contact(s, hello);
    if (err == KARTO_OK)
        err = karto_hub_position(s->tx, &s->device, &out->position);
    if (err == KARTO_OK)
        err = karto_hub_digest(s->tx, &s->device, &out->digest);
    if (err == KARTO_OK)
        err = doubt_digest(s, hello, out);
    return err == KARTO_OK ? karto_meta_get(s->tx, "name", &out->hub) : err;
}

/* ---- push ---- */

static enum karto_err serve_push(struct serving *s)
{
    const struct karto_push *push = &s->request->of.push;
    struct karto_push_result *results = karto_arena_array(&s->tx->arena, push->count, sizeof *results);
    enum karto_err err = KARTO_OK;
    bool stop = false;
    for (uint32_t i = 0; i < push->count && err == KARTO_OK && !stop; i++) {
        struct karto_judgement judgement;
        err = karto_hub_push(s->tx, &s->device, &push->changes[i], &judgement);
        if (err != KARTO_OK)
            break;
        results[i] = (struct karto_push_result){.verdict = judgement.verdict, .inside = judgement.inside};
        if (judgement.verdict == KARTO_V_REFUSED)
            results[i].reason = karto_slice_str(karto_err_id(judgement.reason));
        stop = judgement.verdict == KARTO_V_FORK || judgement.verdict == KARTO_V_REISSUE;
    }
    s->answer.of.push = (struct karto_push_answer){results, push->count};
    return err;
}

/* ---- pull ---- */

static struct karto_event event_of(const struct karto_feed_event *feed)
{
    struct karto_event event = {.record = feed->record};
    switch (feed->type) {
    case KARTO_FEED_CHANGE:
        event.type = KARTO_EVENT_CHANGE;
        event.change = feed->change;
        break;
    case KARTO_FEED_STATE:
        event.type = KARTO_EVENT_STATE;
        event.home = feed->home;
        event.state = feed->state;
        break;
    case KARTO_FEED_LEAVE: event.type = KARTO_EVENT_LEAVE; break;
    }
    return event;
}

static uint64_t within(uint64_t asked, uint64_t most)
{
    return asked == 0 ? 1 : asked < most ? asked : most;
}

static enum karto_err serve_pull(struct serving *s)
{
    const struct karto_pull *pull = &s->request->of.pull;
    struct karto_pull_answer *out = &s->answer.of.pull;
    struct karto_feed_event *feed;
    struct karto_rid owner;
    enum karto_err err = pull->skip.node.v ? karto_hub_owner(s->tx, pull->skip.node, &owner) : KARTO_OK;
    if (err == KARTO_E_NOT_FOUND || (err == KARTO_OK && pull->skip.node.v && !karto_rid_equal(owner, s->device.id)))
        return KARTO_E_PROTOCOL;
    if (err == KARTO_OK)
        err = karto_hub_settle(s->tx, &s->device); /* it has pushed and compared everything */
    if (err == KARTO_OK)
        err = karto_hub_feed(s->tx, &s->device, pull->cursor, pull->skip, within(pull->budget, KARTO_PAGE_SIZE),
                             KARTO_EVENTS_MAX, &feed, &out->count, &out->cursor, &out->more);
    if (err != KARTO_OK)
        return err;
    struct karto_event *events = karto_arena_array(&s->tx->arena, out->count, sizeof *events);
    for (uint32_t i = 0; i < out->count; i++)
        events[i] = event_of(&feed[i]);
    out->events = events;
    return KARTO_OK;
}

/* ---- digests and states ---- */

struct page {
    struct serving *s;
    struct karto_digest_entry *entries;
    struct karto_state *states;
    uint32_t count, most;
    uint64_t size, budget;
    bool more;
};

static enum karto_err add_hash(struct karto_tx *tx, struct karto_rid id, struct karto_slice home,
                               struct karto_slice state, void *context)
{
    struct page *page = context;
    struct karto_record record;
    page->more = page->count == page->most;
    if (page->more)
        return KARTO_E_INTERRUPTED;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_record_decode(&tx->arena, id, state, &record);
    if (err == KARTO_OK)
        page->entries[page->count++] = (struct karto_digest_entry){id, karto_state_hash(&record, home)};
    karto_arena_release(&tx->arena, mark);
    return err;
}

static enum karto_err serve_digests(struct serving *s)
{
    const struct karto_digests *digests = &s->request->of.digests;
    struct page page = {.s = s, .most = (uint32_t)within(digests->most, KARTO_DIGESTS_MAX)};
    page.entries = karto_arena_array(&s->tx->arena, page.most, sizeof *page.entries);
    enum karto_err err = karto_hub_walk(s->tx, &s->device, digests->after, add_hash, &page);
    s->answer.of.digests = (struct karto_digests_answer){
        .position = s->tx->ledger.position, .entries = page.entries, .count = page.count, .more = page.more};
    return err;
}

static enum karto_err add_state(struct karto_tx *tx, struct karto_rid id, struct karto_slice home,
                                struct karto_slice state, void *context)
{
    struct page *page = context;
    (void)tx;
    page->more = page->count == page->most || (page->count && page->size + state.size > page->budget);
    if (page->more)
        return KARTO_E_INTERRUPTED;
    page->states[page->count++] = (struct karto_state){id, home, state};
    page->size += state.size + home.size + 16;
    return KARTO_OK;
}

static enum karto_err add_named(struct serving *s, const struct karto_states *states, struct page *page)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < states->count && err == KARTO_OK; i++) {
        struct karto_slice home, state;
        if (i > 0 && karto_rid_compare(states->records[i - 1], states->records[i]) >= 0)
            return KARTO_E_PROTOCOL;
        err = karto_hub_state(s->tx, &s->device, states->records[i], &home, &state);
        if (err == KARTO_OK)
            err = add_state(s->tx, states->records[i], home, state, page);
        else if (err == KARTO_E_NOT_FOUND)
            err = KARTO_OK;
    }
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

static enum karto_err serve_states(struct serving *s)
{
    const struct karto_states *states = &s->request->of.states;
    struct page page = {.s = s, .most = KARTO_STATES_MAX, .budget = within(states->budget, KARTO_PAGE_SIZE)};
    page.states = karto_arena_array(&s->tx->arena, page.most, sizeof *page.states);
    enum karto_err err = states->count ? add_named(s, states, &page)
                                       : karto_hub_walk(s->tx, &s->device, states->after, add_state, &page);
    s->answer.of.states = (struct karto_states_answer){
        .position = s->tx->ledger.position, .states = page.states, .count = page.count, .more = page.more};
    return err;
}

/* ---- wait ---- */

static enum karto_err serve_wait(struct serving *s)
{
    const struct karto_wait *wait = &s->request->of.wait;
    uint64_t position;
    enum karto_err err = karto_hub_position(s->tx, &s->device, &position);
    s->answer.of.wait = (struct karto_wait_answer){position};
    if (err != KARTO_OK || position > wait->cursor)
        return err;
    uint64_t seconds = wait->seconds < KARTO_WAIT_SECONDS_MAX ? wait->seconds : KARTO_WAIT_SECONDS_MAX;
    *s->served = (struct karto_served){.parked = true, .cursor = wait->cursor, .seconds = (uint32_t)seconds};
    return KARTO_OK;
}

/* ---- history ---- */

static enum karto_err serve_history(struct serving *s)
{
    struct karto_past_ask ask = s->request->of.history;
    ask.budget = within(ask.budget, KARTO_PAGE_SIZE);
    return karto_hub_past(s->tx, &s->device, &ask, &s->answer.of.history);
}

/* ---- one request ---- */

static enum karto_err dispatch(struct serving *s)
{
    if (s->device.revoked)
        return KARTO_E_REVOKED;
    if (s->request->type == KARTO_HELLO)
        return serve_hello(s);
    bool current =
        karto_epoch_equal(s->request->token.epoch, s->tx->ledger.epoch) && s->request->token.rights == s->device.rights;
    if (!current && !KARTO_BROKEN("stale"))
        return KARTO_E_STALE;
    switch (s->request->type) {
    case KARTO_HELLO: break;
    case KARTO_PUSH: return serve_push(s);
    case KARTO_PULL: return serve_pull(s);
    case KARTO_DIGESTS: return serve_digests(s);
    case KARTO_STATES: return serve_states(s);
    case KARTO_WAIT: return serve_wait(s);
    case KARTO_HISTORY: return serve_history(s);
    }
    return KARTO_E_PROTOCOL;
}

/* Errors that are the peer's, and are told to him; all others are the store's. */
static bool is_the_peers(enum karto_err err)
{
    return err == KARTO_E_PROTOCOL || err == KARTO_E_VERSION || err == KARTO_E_STALE || err == KARTO_E_OLD_HUB ||
           err == KARTO_E_REVOKED || err == KARTO_E_CERTIFICATE;
}

static enum karto_err finish(struct serving *s, enum karto_err err, struct karto_buf *answer)
{
    if (err != KARTO_OK && !is_the_peers(err))
        return err;
    if (err == KARTO_OK && s->served->parked)
        return KARTO_OK;
    s->answer.token = (struct karto_token){s->tx->ledger.epoch, s->device.rights};
    s->answer.error = err;
    return karto_answer_encode(&s->answer, answer);
}

enum karto_err karto_serve(struct karto_tx *tx, struct karto_rid device, struct karto_slice frame,
                           struct karto_buf *answer, struct karto_served *served)
{
    struct karto_request request = {.type = KARTO_HELLO};
    struct serving s = {.tx = tx, .request = &request, .served = served};
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    *served = (struct karto_served){.parked = false};
    enum karto_err err = karto_hub_device(tx, device, &s.device);
    if (err == KARTO_E_NOT_FOUND)
        err = KARTO_E_CERTIFICATE; /* of our authority, but not in this store */
    if (err == KARTO_OK) {
        err = karto_request_decode(&tx->arena, frame, &request);
        if (err == KARTO_E_LIMIT)
            err = KARTO_E_PROTOCOL;
        s.answer.type = request.type;
        if (err == KARTO_OK)
            err = dispatch(&s);
    } else
        s.answer.type = KARTO_HELLO;
    err = finish(&s, err, answer);
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_service_waited(struct karto_tx *tx, struct karto_rid device, uint64_t cursor, bool over,
                                    struct karto_buf *answer, bool *ready)
{
    struct karto_device row;
    struct karto_answer out = {.type = KARTO_WAIT};
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    *ready = true;
    enum karto_err err = karto_hub_device(tx, device, &row);
    if (err == KARTO_OK && row.revoked)
        out.error = KARTO_E_REVOKED;
    if (err == KARTO_OK)
        err = karto_hub_position(tx, &row, &out.of.wait.position);
    if (err == KARTO_OK)
        *ready = over || out.error != KARTO_OK || out.of.wait.position > cursor;
    out.token = (struct karto_token){tx->ledger.epoch, row.rights};
    if (err == KARTO_OK && *ready)
        err = karto_answer_encode(&out, answer);
    karto_arena_release(&tx->arena, mark);
    return err;
}
