#include "syncd/service.h"

#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/model/rights_code.h"
#include "core/store/hub_admit.h"
#include "core/store/hub_heal.h"
#include "core/store/hub_held.h"
#include "core/store/hub_recovery.h"
#include "proto/frame.h"
#include "proto/messages.h"
#include "syncd/feed_events.h"
#include "syncd/measure.h"

#include <string.h>

enum {
    CONTACT_EVERY_MS = 60 * 1000,
    SINCE_GIVEBACK = 2,      /* version of the protocol */
    FAREWELL_SIZE_MAX = 256, /* bytes of a frame: more is not unpacked for one that was turned out */
};

/* One request in work. */
struct serving {
    struct karto_tx *tx;
    struct karto_device device;
    struct karto_recovery recovery;
    const struct karto_request *request;
    struct karto_answer answer;
    struct karto_served *served;
};

/* ---- hello ---- */

static enum karto_err note_contact(struct serving *s, const struct karto_hello *hello)
{
    int64_t now = karto_sys_now_ms(s->tx->sys);
    bool moved = hello->pending > 0 && s->device.cursor != hello->cursor;
    if (!moved && s->device.unsent == hello->pending && now - s->device.contact_ms < CONTACT_EVERY_MS &&
        now >= s->device.contact_ms)
        return KARTO_OK; /* a device that only asks whether there is news makes the hub write nothing */
    s->device.contact_ms = now;
    s->device.unsent = hello->pending;
    s->device.cursor = hello->cursor;
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
        if (err == KARTO_OK)
            err = karto_hub_mark(s->tx, hello->nodes[i].node, &known[i].mark);
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

/* What the device may do, and at whose; left out where it says that it has been told. */
static enum karto_err answer_rights(struct serving *s, const struct karto_hello *hello, struct karto_hello_answer *out)
{
    const struct karto_rights *scope = &s->device.scope;
    out->rights = s->device.rights;
    if (hello->told != 0 && hello->told == out->rights && karto_epoch_equal(hello->heard, out->epoch))
        return KARTO_OK;
    out->everything = karto_role_is_everywhere(scope->role);
    out->territories = scope->territories;
    out->territory_count = scope->territory_count;
    out->role = karto_role_say(scope->role);
    return karto_meta_get(s->tx, "name", &out->hub);
}

static enum karto_err serve_hello(struct serving *s)
{
    const struct karto_hello *hello = &s->request->of.hello;
    struct karto_hello_answer *out = &s->answer.of.hello;
    if (hello->version_least > KARTO_PROTOCOL_MOST || hello->version_most < KARTO_PROTOCOL_LEAST)
        return KARTO_E_VERSION;
    if (karto_epoch_compare(hello->heard, s->tx->ledger.epoch) > 0)
        return KARTO_E_OLD_HUB;
    if (s->recovery.ever && hello->version_most < SINCE_GIVEBACK)
        return KARTO_E_VERSION; /* it could not give back what this hub has lost, and would take it for known */
    *out = (struct karto_hello_answer){.version = hello->version_most < KARTO_PROTOCOL_MOST ? hello->version_most
                                                                                            : KARTO_PROTOCOL_MOST,
                                       .epoch = s->tx->ledger.epoch,
                                       .recovering = s->recovery.recovering,
                                       .wanted = karto_hub_wants(s->tx, &s->recovery, &s->device),
                                       .log_position = s->tx->ledger.position,
                                       .clock_ms = karto_sys_now_ms(s->tx->sys)};
    enum karto_err err = answer_rights(s, hello, out);
    if (err == KARTO_OK)
        err = answer_known(s, hello, out);
    if (err == KARTO_OK)
        err = note_contact(s, hello);
    if (err == KARTO_OK)
        err = karto_hub_position(s->tx, &s->device, &out->position);
    if (err == KARTO_OK)
        err = karto_hub_digest(s->tx, &s->device, &out->digest);
    if (err == KARTO_OK)
        err = doubt_digest(s, hello, out);
    return err;
}

/* ---- push ---- */

static struct karto_push_result result_of(const struct karto_judgement *judgement)
{
    struct karto_push_result result = {
        .verdict = judgement->verdict, .inside = judgement->inside, .receipt = judgement->receipt};
    if (judgement->verdict == KARTO_V_REFUSED)
        result.reason = karto_slice_str(karto_err_id(judgement->reason));
    return result;
}

static enum karto_err serve_push(struct serving *s)
{
    const struct karto_push *push = &s->request->of.push;
    struct karto_push_result *results = karto_arena_array(&s->tx->arena, push->count, sizeof *results);
    enum karto_err err = KARTO_OK;
    bool stop = false;
    for (uint32_t i = 0; i < push->count && err == KARTO_OK && !stop; i++) {
        struct karto_judgement judgement;
        err =
            karto_hub_push_flawed(s->tx, &s->device, &push->changes[i], i < push->earlier, push->flaws[i], &judgement);
        if (err != KARTO_OK)
            break;
        s->served->quarantined += judgement.aside;
        results[i] = result_of(&judgement);
        stop = judgement.verdict == KARTO_V_FORK || judgement.verdict == KARTO_V_REISSUE;
    }
    s->answer.of.push = (struct karto_push_answer){results, push->count};
    return err;
}

/* ---- what a hub that was put back has lost ---- */

static struct karto_claim claim_of(const struct karto_given *given)
{
    struct karto_claim claim = {.verdict = given->verdict, .receipt = given->receipt};
    if (given->verdict == KARTO_V_REFUSED)
        claim.reason = karto_err_of_id((const char *)given->reason.data, given->reason.size);
    return claim;
}

static enum karto_err serve_giveback(struct serving *s)
{
    const struct karto_giveback *giveback = &s->request->of.giveback;
    struct karto_push_result *results = karto_arena_array(&s->tx->arena, giveback->count, sizeof *results);
    enum karto_err err = s->recovery.ever ? KARTO_OK : KARTO_E_PROTOCOL;
    bool stop = false;
    for (uint32_t i = 0; i < giveback->count && err == KARTO_OK && !stop; i++) {
        struct karto_judgement judgement;
        struct karto_claim claim = claim_of(&giveback->given[i]);
        err = giveback->flaws[i]
                  ? karto_hub_push_flawed(s->tx, &s->device, &giveback->changes[i], claim.verdict == KARTO_V_APPLIED,
                                          giveback->flaws[i], &judgement)
                  : karto_hub_give_back(s->tx, &s->device, &giveback->changes[i], &claim, &judgement);
        if (err == KARTO_OK) {
            results[i] = result_of(&judgement);
            s->served->quarantined += judgement.aside;
        }
        stop = judgement.verdict == KARTO_V_FORK || judgement.verdict == KARTO_V_REISSUE ||
               judgement.verdict == KARTO_V_NONE;
    }
    if (err == KARTO_OK && karto_hub_is_claimed(&s->device) && giveback->count > 0 &&
        results[0].verdict == KARTO_V_NONE)
        return KARTO_E_NOT_ADMITTED;
    s->answer.of.giveback = (struct karto_push_answer){results, giveback->count};
    return err;
}

static enum karto_err want_states(struct serving *s, const struct karto_heal *heal, struct karto_heal_answer *out)
{
    struct karto_rid *wanted = karto_arena_array(&s->tx->arena, heal->count, sizeof *wanted);
    bool begins = karto_rid_is_zero(heal->after); /* from the beginning: it will be seen whether there is room now */
    enum karto_err err = begins ? karto_hub_has_room(s->tx, s->device.id) : KARTO_OK;
    out->wanted = wanted;
    for (uint32_t i = 0; i < heal->count && err == KARTO_OK; i++) {
        const struct karto_digest_entry *entry = &heal->entries[i];
        bool wants;
        err = karto_hub_heal_wants(s->tx, &s->device, entry->record, entry->hash, &wants);
        if (err == KARTO_OK && wants)
            wanted[out->count++] = entry->record;
    }
    return err;
}

static enum karto_heal_outcome outcome_of(enum karto_healed healed)
{
    switch (healed) {
    case KARTO_HEALED: return KARTO_HEAL_TAKEN;
    case KARTO_HEALED_NOTHING: return KARTO_HEAL_NOTHING_NEW;
    case KARTO_HEALED_HELD: return KARTO_HEAL_HELD;
    case KARTO_HEALED_NO_ROOM: break;
    }
    return KARTO_HEAL_NO_ROOM;
}

/* Where there is no room, some may be made, once: by what has come in since it was held. */
static enum karto_err take_state(struct serving *s, const struct karto_state *state, bool *tried,
                                 enum karto_healed *healed)
{
    enum karto_err err = karto_hub_heal(s->tx, &s->device, state->record, state->home, state->state, healed);
    if (err != KARTO_OK || *healed != KARTO_HEALED_NO_ROOM || *tried)
        return err;
    *tried = true;
    err = karto_hub_heal_again(s->tx, NULL, &s->device.id);
    return err == KARTO_OK ? karto_hub_heal(s->tx, &s->device, state->record, state->home, state->state, healed) : err;
}

static enum karto_err take_states(struct serving *s, const struct karto_heal *heal, struct karto_heal_answer *out)
{
    enum karto_heal_outcome *outcomes = karto_arena_array(&s->tx->arena, heal->count, sizeof *outcomes);
    enum karto_err err = KARTO_OK;
    bool tried = false;
    out->outcomes = outcomes;
    for (; out->count < heal->count && err == KARTO_OK; out->count++) {
        enum karto_healed healed = KARTO_HEALED_HELD;
        err = take_state(s, &heal->states[out->count], &tried, &healed);
        outcomes[out->count] = outcome_of(healed);
    }
    return err;
}

/* What hung on something that came later comes in now. */
static enum karto_err end_healing(struct serving *s)
{
    struct karto_held_tally tally;
    enum karto_err err = karto_hub_heal_again(s->tx, NULL, &s->device.id);
    if (err == KARTO_OK)
        err = karto_hub_held_tally(s->tx, s->device.id, &tally);
    if (err == KARTO_OK && tally.full)
        err = KARTO_E_HELD;
    return err == KARTO_OK ? karto_hub_gave(s->tx, &s->device) : err;
}

static enum karto_err serve_heal(struct serving *s)
{
    const struct karto_heal *heal = &s->request->of.heal;
    struct karto_heal_answer *out = &s->answer.of.heal;
    *out = (struct karto_heal_answer){.form = heal->form};
    if (!s->recovery.ever)
        return KARTO_E_PROTOCOL;
    switch (heal->form) {
    case KARTO_HEAL_HASHES: return want_states(s, heal, out);
    case KARTO_HEAL_STATES: return take_states(s, heal, out);
    case KARTO_HEAL_DONE: break;
    }
    return end_healing(s);
}

/* ---- pull ---- */

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
    out->events = karto_feed_events(&s->tx->arena, feed, out->count);
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
    bool readable = karto_record_decode(&tx->arena, id, state, &record) == KARTO_OK;
    if (!KARTO_BROKEN("hash-part"))
        record = karto_record_part(&tx->arena, page->s->device.scope.role, &record);
    uint64_t hash = readable ? karto_state_hash(&record, home) : karto_sum_of(state).low; /* nobody has that: he asks */
    page->entries[page->count++] = (struct karto_digest_entry){id, hash};
    karto_arena_release(&tx->arena, mark);
    return KARTO_OK;
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

static enum karto_err add_part(struct karto_tx *tx, struct karto_rid id, struct karto_slice home,
                               struct karto_slice state, void *context)
{
    const struct page *page = context;
    return add_state(tx, id, home, karto_hub_part(tx, &page->s->device, id, state), context);
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
    enum karto_err err =
        states->count ? add_named(s, states, &page) : karto_hub_walk(s->tx, &s->device, states->after, add_part, &page);
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
    *s->served = (struct karto_served){
        .parked = true, .cursor = wait->cursor, .seconds = (uint32_t)seconds, .version = s->request->version};
    return KARTO_OK;
}

/* ---- history ---- */

static enum karto_err serve_history(struct serving *s)
{
    struct karto_past_ask ask = s->request->of.history;
    ask.budget = within(ask.budget, KARTO_PAGE_SIZE);
    return karto_hub_past(s->tx, &s->device, &ask, &s->answer.of.history);
}

/* ---- farewell ---- */

/* A device is believed its clock only as far as the hub's own goes: by which the list has all its times. */
static enum karto_err serve_farewell(struct serving *s)
{
    const struct karto_farewell *farewell = &s->request->of.farewell;
    int64_t now_ms = karto_sys_now_ms(s->tx->sys);
    bool likely = farewell->at_ms >= s->device.revoked_ms && farewell->at_ms <= now_ms;
    enum karto_err err = KARTO_OK;
    if (farewell->form == KARTO_FAREWELL_WIPED)
        err = karto_hub_wiped(s->tx, &s->device, likely ? farewell->at_ms : now_ms);
    s->answer.of.farewell = (struct karto_farewell_answer){s->device.id, s->device.wipe, s->device.revoked_ms};
    return err;
}

/* One that was turned out hears that, whatever it asks; and what becomes of its data, if it asks for that. */
static enum karto_err turn_away(struct serving *s, struct karto_slice frame, struct karto_request *request)
{
    if (s->answer.type != KARTO_FAREWELL || frame.size > FAREWELL_SIZE_MAX ||
        karto_request_decode(&s->tx->arena, frame, request) != KARTO_OK || request->type != KARTO_FAREWELL)
        return KARTO_E_REVOKED;
    return serve_farewell(s);
}

/* ---- one request ---- */

static enum karto_err dispatch(struct serving *s)
{
    if (s->request->type == KARTO_HELLO)
        return serve_hello(s);
    bool current =
        karto_epoch_equal(s->request->token.epoch, s->tx->ledger.epoch) && s->request->token.rights == s->device.rights;
    if (!current && !KARTO_BROKEN("stale"))
        return KARTO_E_STALE;
    if (karto_hub_is_claimed(&s->device) && s->request->type != KARTO_GIVEBACK)
        return KARTO_E_NOT_ADMITTED;
    if (s->recovery.recovering && s->request->type != KARTO_GIVEBACK && s->request->type != KARTO_HEAL)
        return KARTO_E_RECOVERING;
    switch (s->request->type) {
    case KARTO_HELLO: break;
    case KARTO_PUSH: return serve_push(s);
    case KARTO_PULL: return serve_pull(s);
    case KARTO_DIGESTS: return serve_digests(s);
    case KARTO_STATES: return serve_states(s);
    case KARTO_WAIT: return serve_wait(s);
    case KARTO_GIVEBACK: return serve_giveback(s);
    case KARTO_HEAL: return serve_heal(s);
    case KARTO_HISTORY: return serve_history(s);
    case KARTO_FAREWELL: break; /* it is not turned out */
    case KARTO_MEASURE: return karto_measure(s->tx, &s->device, s->request, &s->answer.of.measure);
    }
    return KARTO_E_PROTOCOL;
}

/* Errors that are the peer's, and are told to him; all others are the store's. */
static bool is_the_peers(enum karto_err err)
{
    return err == KARTO_E_PROTOCOL || err == KARTO_E_VERSION || err == KARTO_E_STALE || err == KARTO_E_OLD_HUB ||
           err == KARTO_E_REVOKED || err == KARTO_E_NOT_ADMITTED || err == KARTO_E_RECOVERING || err == KARTO_E_HELD ||
           err == KARTO_E_HUB_BEHIND || err == KARTO_E_QUARANTINE;
}

/* In place of a record of ours that cannot even be taken apart: no record either, so that the device sets it aside, and
 * keeps the good copy that it may have. */
static struct karto_slice stand_in(struct karto_tx *tx, struct karto_rid id, struct karto_slice state)
{
    static const uint8_t no_record[] = {0x95, 0x00, 0xc4, 0x00, 0x90, 0xc0, 0x92, 0x01, 0xc0};
    struct karto_record record;
    bool readable = karto_record_decode(&tx->arena, id, state, &record) == KARTO_OK;
    return readable ? state : karto_slice(no_record, sizeof no_record);
}

static void stand_in_for_states(struct serving *s)
{
    if (s->answer.type == KARTO_STATES) {
        struct karto_states_answer *out = &s->answer.of.states;
        struct karto_state *states = karto_arena_array(&s->tx->arena, out->count, sizeof *states);
        for (uint32_t i = 0; i < out->count; i++) {
            states[i] = out->states[i];
            states[i].state = stand_in(s->tx, states[i].record, states[i].state);
        }
        out->states = states;
    } else if (s->answer.type == KARTO_PULL) {
        struct karto_pull_answer *out = &s->answer.of.pull;
        struct karto_event *events = karto_arena_array(&s->tx->arena, out->count, sizeof *events);
        for (uint32_t i = 0; i < out->count; i++) {
            events[i] = out->events[i];
            if (events[i].type == KARTO_EVENT_STATE)
                events[i].state = stand_in(s->tx, events[i].record, events[i].state);
        }
        out->events = events;
    }
}

static enum karto_err finish(struct serving *s, enum karto_err err, struct karto_buf *answer)
{
    if (err != KARTO_OK && !is_the_peers(err))
        return err;
    if (err == KARTO_OK && s->served->parked)
        return KARTO_OK;
    s->answer.token = (struct karto_token){s->tx->ledger.epoch, s->device.rights};
    s->answer.error = err;
    s->served->quarantine_full = err == KARTO_E_QUARANTINE;
    err = karto_answer_encode(&s->answer, answer);
    if (err != KARTO_E_CORRUPT)
        return err;
    stand_in_for_states(s);
    return karto_answer_encode(&s->answer, answer);
}

/* A device of our authority that is not in this store: it was enrolled after the backup that the store came from. Where
 * nobody has said that it came from one, that is how one knows. */
static enum karto_err meet(struct serving *s, const struct karto_peer *peer)
{
    const struct karto_hello *hello = &s->request->of.hello;
    if (!s->recovery.ever)
        return KARTO_E_HUB_BEHIND;
    if (s->request->type != KARTO_HELLO) /* which says who it is */
        return KARTO_E_STALE;
    if (hello->version_most < SINCE_GIVEBACK)
        return KARTO_E_VERSION;
    const struct karto_device device = {.id = peer->device,
                                        .public_key = peer->public_key,
                                        .serial = peer->serial,
                                        .user = hello->user,
                                        .claims = hello->rights};
    enum karto_err err = karto_hub_claim(s->tx, &device, hello->name);
    s->served->claimed = err == KARTO_OK;
    return err == KARTO_OK ? karto_hub_device(s->tx, peer->device, &s->device) : err;
}

/* Who is turned out has nothing unpacked for him. */
static enum karto_err find_device(struct serving *s, const struct karto_peer *peer, bool *known)
{
    enum karto_err err = karto_hub_device(s->tx, peer->device, &s->device);
    *known = err == KARTO_OK;
    if (*known && s->device.revoked)
        return KARTO_E_REVOKED;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err serve_admitted(struct serving *s, const struct karto_peer *peer, struct karto_slice frame,
                                     struct karto_request *request, bool known)
{
    enum karto_err err = karto_request_decode(&s->tx->arena, frame, request);
    if (err == KARTO_E_LIMIT)
        err = KARTO_E_PROTOCOL;
    if (err == KARTO_OK && !known)
        err = meet(s, peer);
    return err == KARTO_OK ? dispatch(s) : err;
}

enum karto_err karto_serve(struct karto_tx *tx, const struct karto_peer *peer, struct karto_slice frame,
                           struct karto_buf *answer, struct karto_served *served)
{
    struct karto_request request = {.type = KARTO_HELLO};
    struct serving s = {.tx = tx, .request = &request, .served = served};
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    bool known = false;
    *served = (struct karto_served){.parked = false};
    s.answer.version = karto_frame_version(frame);
    s.answer.type = karto_request_type_of(frame);
    enum karto_err err = karto_hub_recovery_state(tx, &s.recovery);
    if (err == KARTO_OK)
        err = find_device(&s, peer, &known);
    served->revoked = err == KARTO_E_REVOKED;
    if (err == KARTO_E_REVOKED)
        err = turn_away(&s, frame, &request);
    else if (err == KARTO_OK)
        err = serve_admitted(&s, peer, frame, &request, known);
    err = finish(&s, err, answer);
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_service_waited(struct karto_tx *tx, struct karto_rid device, uint64_t cursor, uint32_t version,
                                    bool over, struct karto_buf *answer, bool *ready)
{
    struct karto_device row;
    struct karto_answer out = {.type = KARTO_WAIT, .version = version};
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
