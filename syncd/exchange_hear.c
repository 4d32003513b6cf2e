#include "core/base/broken.h"
#include "core/base/fatal.h"
#include "core/model/rights_code.h"
#include "core/store/device.h"
#include "core/store/device_give.h"
#include "core/store/own.h"
#include "core/store/refused.h"
#include "proto/frame.h"
#include "syncd/exchange_course.h"

#include <stdlib.h>
#include <string.h>

enum { ROTATIONS_MAX = 9 };

/* What is not written down again: a measured offset that differs by less than measuring does, and that the store was
 * even with the hub if that is known of the last minute. */
enum { OFFSET_MS = 1000, SYNCED_EVERY_MS = 60 * 1000 };

struct hearing {
    struct karto_exchange *x;
    const struct karto_answer *answer;
    struct karto_exchange_stats before;
};

enum karto_err karto_exchange_rotate(struct karto_tx *tx, struct karto_exchange *x, uint64_t from)
{
    if (++x->stats.rotations > ROTATIONS_MAX)
        return KARTO_E_PROTOCOL;
    return karto_device_rotate(tx, from);
}

enum karto_err karto_exchange_rotate_again(struct karto_tx *tx, struct karto_exchange *x)
{
    bool rotated;
    enum karto_err err = karto_device_rotate_again(tx, &rotated);
    x->stats.rotations += rotated;
    return err;
}

/* An own node of which the hub knows more than this store remembers: the store was put back. */
static enum karto_err check_memory(struct karto_tx *tx, struct karto_exchange *x,
                                   const struct karto_hello_answer *hello)
{
    const struct karto_hello_known *known =
        hello->known_count ? &hello->known[hello->known_count - 1] : &(struct karto_hello_known){0, 0};
    return known->seq > tx->ledger.seq ? karto_exchange_rotate(tx, x, 0) : KARTO_OK;
}

/* A hub of the same epoch that knows less than it did was put back, and does not know it. */
static enum karto_err check_hub(struct karto_tx *tx, const struct karto_exchange *x,
                                const struct karto_hello_answer *hello)
{
    if (x->options.protocol_most < 2)
        return KARTO_OK;
    uint64_t *seqs = karto_arena_array(&tx->arena, hello->known_count, sizeof *seqs);
    for (uint32_t i = 0; i < hello->known_count; i++)
        seqs[i] = hello->known[i].seq;
    struct karto_hub_knows knows = {hello->epoch, hello->log_position, seqs, hello->known_count};
    return karto_device_check_hub(tx, &knows);
}

/* Under a new node, of which the hub must hear before it gets changes of it. */
static enum karto_err reissue_unsent(struct karto_tx *tx, struct karto_exchange *x, struct karto_epoch epoch)
{
    struct karto_node node = tx->ledger.node;
    enum karto_err err = karto_device_new_epoch(tx, epoch);
    x->stats.rotations += !karto_node_equal(node, tx->ledger.node);
    return err;
}

/* Whether the hub is to get back first what it has lost: it says so; or it is not the one that this store knows, and
 * has been told by a copy of this store, which is the same device to it, that all is given. */
static bool has_to_give(const struct karto_tx *tx, const struct karto_exchange *x,
                        const struct karto_hello_answer *hello)
{
    bool another = tx->ledger.epoch.node.v != 0 && !karto_epoch_equal(tx->ledger.epoch, hello->epoch) &&
                   !karto_epoch_equal(tx->ledger.rotated, hello->epoch);
    return hello->wanted || (another && (!x->session.gave || x->news.another));
}

static enum karto_err hear_epoch(struct karto_tx *tx, struct karto_exchange *x, const struct karto_hello_answer *hello)
{
    enum karto_err err = karto_device_hear(tx, hello->epoch);
    if (err == KARTO_OK)
        err = check_hub(tx, x, hello);
    bool first = tx->ledger.epoch.node.v == 0;
    if (err != KARTO_OK)
        return err;
    if (x->news.give)
        return KARTO_OK;
    err = karto_exchange_rotate_again(tx, x); /* what was cut short */
    if (err != KARTO_OK)
        return err;
    if (!first && !karto_epoch_equal(tx->ledger.epoch, hello->epoch))
        return reissue_unsent(tx, x, hello->epoch);
    if (first && !KARTO_BROKEN("first"))
        tx->ledger.epoch = tx->ledger.rotated =
            hello->epoch; /* whose verdicts these are, also before the first reconcile is through */
    return check_memory(tx, x, hello);
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

/* This store knows what the hub thinks of it: the rights are those that it has settled with. */
static bool has_rights(const struct karto_tx *tx, const struct karto_hello_answer *hello)
{
    return karto_epoch_equal(tx->ledger.epoch, hello->epoch) && tx->ledger.rights == hello->rights;
}

static enum karto_err keep_facts(struct karto_tx *tx, const struct karto_hello_answer *hello)
{
    struct karto_rights rights = {.territories = hello->territories, .territory_count = hello->territory_count};
    int64_t offset = hello->clock_ms - karto_sys_now_ms(tx->sys), moved = offset - tx->ledger.clock_offset_ms;
    if (moved <= -OFFSET_MS || moved >= OFFSET_MS)
        tx->ledger.clock_offset_ms = offset;
    if (hello->role.size == 0 && has_rights(tx, hello)) /* as it was */
        return KARTO_OK;
    rights.role = karto_role_hear(&tx->arena, hello->role);
    if (!rights.role)
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
    x->news.another = !karto_epoch_equal(x->token.epoch, hello->epoch);
    x->news.give = has_to_give(tx, x, hello);
    enum karto_err err = hello->version == x->options.protocol_most ? hear_epoch(tx, x, hello) : KARTO_E_VERSION;
    x->token = (struct karto_token){hello->epoch, hello->rights};
    x->news.recovering = hello->recovering;
    if (err == KARTO_OK && x->news.give)
        return karto_exchange_begin_giving(tx, x, hello);
    if (err == KARTO_OK && x->news.recovering) /* gives nothing yet, nor what it thinks of this device */
        return KARTO_OK;
    if (err == KARTO_OK)
        err = keep_facts(tx, hello);
    if (err == KARTO_OK)
        err = karto_device_digest(tx, &digest);
    if (err != KARTO_OK)
        return err;
    bool same_rights = has_rights(tx, hello);
    bool at_the_end = tx->ledger.cursor >= hello->position;
    bool same;
    x->news.pending = tx->ledger.pending > 0;
    x->wanted_count = 0;
    err = karto_exchange_same(tx, hello->digest, digest,
                              at_the_end && same_rights && !x->news.pending && !tx->ledger.reconciling, &same);
    if (err != KARTO_OK)
        return err;
    x->differs = at_the_end && !same && same_rights && !x->news.pending && !tx->ledger.reconciling;
    x->digest = digest;
    x->stats.sums_differ = x->differs && x->session.doubted;
    x->news.reconcile = !same_rights || tx->ledger.reconciling || (at_the_end && !same && !x->stats.sums_differ);
    x->news.even = at_the_end && same && !x->news.reconcile && !x->news.pending;
    if (x->news.reconcile)
        karto_exchange_begin_reconcile(tx, &x->token);
    if (x->news.even)
        note_synced(tx);
    x->push_after = 0;
    return KARTO_OK;
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

static enum karto_err hear_judged(struct karto_tx *tx, struct karto_exchange *x, struct karto_dot dot,
                                  const struct karto_push_result *result)
{
    struct karto_rid lacking;
    enum karto_err err =
        karto_device_judged(tx, dot, result->verdict, result->reason, result->receipt, result->inside, &lacking);
    if (err == KARTO_OK && !karto_rid_is_zero(lacking))
        want(x, lacking); /* behind the pull, if nothing is compared until then */
    return err;
}

static enum karto_err hear_verdict(struct karto_tx *tx, struct karto_exchange *x, uint32_t i,
                                   const struct karto_push_result *result, bool *stop)
{
    switch (result->verdict) {
    case KARTO_V_REFUSED: x->stats.refused++; return hear_judged(tx, x, x->pushed[i], result);
    case KARTO_V_APPLIED:
    case KARTO_V_CONTAINED:
    case KARTO_V_ERASED: x->stats.pushed++; return hear_judged(tx, x, x->pushed[i], result);
    case KARTO_V_WAITS:
        x->push_after = x->positions[i]; /* holds up nobody else's */
        return KARTO_OK;
    case KARTO_V_FORK:
    case KARTO_V_REISSUE: *stop = true; return karto_exchange_rotate(tx, x, x->positions[i]);
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

/* Somebody has written under this store's node: a copy of it. */
static enum karto_err fork(struct karto_tx *tx, struct karto_exchange *x, uint64_t seq)
{
    return ++x->stats.rotations > ROTATIONS_MAX ? KARTO_E_PROTOCOL : karto_device_fork(tx, seq);
}

/* What it did will be in the record's state, if the hub has a good one. */
static enum karto_err set_aside(struct karto_tx *tx, struct karto_exchange *x, const struct karto_change *change,
                                const char *why)
{
    enum karto_err err = karto_exchange_aside_change(tx, x, change, why);
    if (err == KARTO_OK)
        want(x, change->record);
    return err;
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
    return err == KARTO_E_INVALID ? set_aside(tx, x, change, "more than a change may have") : err;
}

uint64_t karto_exchange_records_here(const struct karto_tx *tx)
{
    uint64_t records = 0;
    for (unsigned kind = 0; kind < KARTO_LEDGER_KINDS; kind++)
        records += tx->ledger.counts[kind];
    return records;
}

enum karto_err karto_exchange_leave(struct karto_tx *tx, struct karto_exchange *x, struct karto_rid record)
{
    uint64_t before = karto_exchange_records_here(tx);
    enum karto_err err = karto_device_leave(tx, record);
    x->stats.gone += before - karto_exchange_records_here(tx);
    return err;
}

enum karto_err karto_exchange_take_state(struct karto_tx *tx, struct karto_exchange *x, struct karto_rid id,
                                         struct karto_slice home, struct karto_slice bytes)
{
    uint64_t seq = 0;
    enum karto_err err = karto_device_state(tx, id, home, bytes, &seq);
    if (err == KARTO_E_INVALID)
        return karto_exchange_aside_state(tx, x, id, bytes);
    if (err != KARTO_E_CHANGED)
        return err;
    err = fork(tx, x, seq);
    return err == KARTO_OK ? karto_device_state(tx, id, home, bytes, &seq) : err;
}

static enum karto_err hear_event(struct karto_tx *tx, struct karto_exchange *x, const struct karto_event *event)
{
    x->stats.pulled++;
    switch (event->type) {
    case KARTO_EVENT_CHANGE:
        return event->flaw ? set_aside(tx, x, &event->change, event->flaw) : hear_change(tx, x, &event->change);
    case KARTO_EVENT_STATE: return karto_exchange_take_state(tx, x, event->record, event->home, event->state);
    case KARTO_EVENT_LEAVE:
    case KARTO_EVENT_ERASE: return karto_exchange_leave(tx, x, event->record);
    }
    return KARTO_E_PROTOCOL;
}

static enum karto_err hear_pull(struct karto_tx *tx, struct hearing *h)
{
    const struct karto_pull_answer *pull = &h->answer->of.pull;
    struct karto_exchange *x = h->x;
    enum karto_err err = pull->cursor >= tx->ledger.cursor ? KARTO_OK : KARTO_E_PROTOCOL;
    for (uint32_t i = 0; i < pull->count && err == KARTO_OK; i++)
        err = hear_event(tx, x, &pull->events[i]);
    if (err != KARTO_OK)
        return err;
    tx->ledger.cursor = pull->cursor;
    x->news.more = x->page_more = pull->more;
    x->news.wanted = x->wanted_count > 0;
    if (x->news.more || x->news.wanted)
        return KARTO_OK;
    tx->ledger.synced_ms = karto_now_ms(tx);
    return pull->count ? karto_refused_settle(tx) : KARTO_OK;
}

static enum karto_err hear(struct karto_tx *tx, void *context)
{
    struct hearing *h = context;
    struct karto_exchange *x = h->x;
    enum karto_err err = KARTO_E_PROTOCOL;
    x->stats = h->before; /* the work may be done twice */
    memset(&x->news, 0, sizeof x->news);
    x->wanted_done = 0;
    switch (x->session.step) {
    case KARTO_STEP_HELLO: err = hear_hello(tx, h); break;
    case KARTO_STEP_GIVEBACK: err = karto_exchange_hear_giveback(tx, x, &h->answer->of.giveback); break;
    case KARTO_STEP_HEAL_HASHES:
    case KARTO_STEP_HEAL_STATES:
    case KARTO_STEP_HEAL_DONE: err = karto_exchange_hear_heal(x, &h->answer->of.heal); break;
    case KARTO_STEP_PUSH: err = hear_push(tx, h); break;
    case KARTO_STEP_PULL: err = hear_pull(tx, h); break;
    case KARTO_STEP_DIGESTS: err = karto_exchange_hear_digests(tx, x, &h->answer->of.digests); break;
    case KARTO_STEP_RANGE: err = karto_exchange_hear_range(tx, x, &h->answer->of.states); break;
    case KARTO_STEP_STATES: err = karto_exchange_hear_states(tx, x, &h->answer->of.states); break;
    case KARTO_STEP_DONE:
    case KARTO_STEP_FAILED: break;
    }
    if (err == KARTO_OK && tx->ledger.reconciling && x->session.step <= KARTO_STEP_PUSH)
        err = karto_device_keeps(tx, tx->ledger.reconcile_after, &x->news.kept);
    x->news.renamed = x->stats.rotations > h->before.rotations;
    return err;
}

static void forget_done(struct karto_exchange *x)
{
    x->wanted_count -= x->wanted_done;
    if (x->wanted_count > 0)
        memmove(x->wanted, x->wanted + x->wanted_done, x->wanted_count * sizeof *x->wanted);
    x->wanted_done = 0;
}

enum karto_err karto_exchange_hear(struct karto_exchange *x, const struct karto_answer *answer)
{
    struct hearing hearing = {x, answer, x->stats};
    enum karto_err err = karto_store_write(x->store, hear, &hearing);
    if (err == KARTO_OK) {
        karto_exchange_gave(x);
        forget_done(x);
    } else
        x->stats = hearing.before;
    return err;
}
