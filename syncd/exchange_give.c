/* Giving back: to a hub that was put back, what it has lost. Requests, and what comes of the answers. */
#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/store/device.h"
#include "core/store/device_give.h"
#include "syncd/exchange_course.h"

#include <stdlib.h>
#include <string.h>

enum karto_err karto_exchange_begin_giving(struct karto_tx *tx, struct karto_exchange *x,
                                           const struct karto_hello_answer *hello)
{
    const struct karto_own_node *nodes;
    uint32_t count;
    enum karto_err err = karto_own_nodes(tx, &nodes, &count);
    if (err != KARTO_OK)
        return err;
    x->give_count = 0;
    x->give_at = 0;
    x->heal_after = x->heal_last = (struct karto_rid){{0}};
    x->wanted_count = 0;
    uint32_t known = hello->known_count < count ? hello->known_count : count;
    for (uint32_t i = known; i > 0; i--)
        x->give_after[x->give_count++] =
            (struct karto_dot){nodes[count - i].node, hello->known[hello->known_count - i].mark};
    return KARTO_OK;
}

/* ---- own changes ---- */

static void remember_given(struct karto_exchange *x, const struct karto_give *gives, uint32_t count)
{
    x->pushed = karto_must(realloc(x->pushed, (count + 1) * sizeof *x->pushed));
    x->pushed_count = count;
    for (uint32_t i = 0; i < count; i++)
        x->pushed[i] = gives[i].change.stamp.dot;
}

/* The first node that has something left; an empty giveback when none has. */
enum karto_err karto_exchange_ask_giveback(struct karto_tx *tx, struct karto_exchange *x,
                                           struct karto_giveback *giveback)
{
    struct karto_give *gives = NULL;
    uint32_t count = 0;
    enum karto_err err = KARTO_OK;
    for (; x->give_at < x->give_count && err == KARTO_OK && count == 0; x->give_at += count == 0)
        err = karto_device_give(tx, x->give_after[x->give_at], x->options.push_most, x->options.page_size, &gives,
                                &count);
    if (err != KARTO_OK)
        return err;
    struct karto_change *changes = karto_arena_array(&tx->arena, count, sizeof *changes);
    struct karto_given *given = karto_arena_array(&tx->arena, count, sizeof *given);
    for (uint32_t i = 0; i < count; i++) {
        bool refused = gives[i].own.verdict == KARTO_V_REFUSED;
        changes[i] = gives[i].change;
        given[i] = (struct karto_given){.verdict = refused ? KARTO_V_REFUSED : KARTO_V_APPLIED,
                                        .receipt = gives[i].own.receipt};
        if (refused)
            given[i].reason = gives[i].own.reason;
    }
    *giveback = (struct karto_giveback){changes, given, count};
    remember_given(x, gives, count);
    return KARTO_OK;
}

static enum karto_err hear_one(struct karto_tx *tx, struct karto_dot dot, const struct karto_push_result *result)
{
    switch (result->verdict) {
    case KARTO_V_APPLIED:
    case KARTO_V_CONTAINED:
    case KARTO_V_REFUSED: return karto_device_given(tx, dot, result->receipt);
    case KARTO_V_FORK:
    case KARTO_V_REISSUE: return karto_device_again(tx, dot);
    case KARTO_V_WAITS:
    case KARTO_V_ERASED: return KARTO_OK;
    case KARTO_V_NONE:
    case KARTO_V_COUNT: break;
    }
    return KARTO_E_PROTOCOL;
}

/* What was not looked at is given back again, after what stands before it. Where that is the first already, it builds
 * on what others have not given back yet: it is kept here until they have, or until the hub is recovered without. */
enum karto_err karto_exchange_hear_giveback(struct karto_tx *tx, struct karto_exchange *x,
                                            const struct karto_push_answer *answer)
{
    uint32_t heard = 0;
    enum karto_err err = answer->count == x->pushed_count ? KARTO_OK : KARTO_E_PROTOCOL;
    for (; heard < answer->count && err == KARTO_OK; heard++) {
        if (answer->results[heard].verdict == KARTO_V_NONE)
            break;
        err = hear_one(tx, x->pushed[heard], &answer->results[heard]);
    }
    if (err != KARTO_OK)
        return err;
    x->given = heard;
    x->news.more = x->pushed_count > 0;
    x->news.recovering = x->pushed_count > 0 && heard == 0;
    return x->news.more ? KARTO_OK : karto_exchange_rotate_again(tx, x);
}

/* ---- states ---- */

static enum karto_err ask_hashes(struct karto_tx *tx, struct karto_exchange *x, struct karto_heal *heal)
{
    struct karto_hash *hashes;
    uint32_t count;
    enum karto_err err =
        karto_device_hashes(tx, x->heal_after, (uint32_t)x->options.digests_most, &hashes, &count, &x->heal_last);
    struct karto_digest_entry *entries = karto_arena_array(&tx->arena, count, sizeof *entries);
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++)
        entries[i] = (struct karto_digest_entry){hashes[i].record, hashes[i].hash};
    *heal = (struct karto_heal){
        .form = KARTO_HEAL_HASHES, .after = x->heal_after, .last = x->heal_last, .entries = entries, .count = count};
    return err;
}

static enum karto_err ask_states(struct karto_tx *tx, struct karto_exchange *x, struct karto_heal *heal)
{
    struct karto_state *states = karto_arena_array(&tx->arena, x->wanted_count, sizeof *states);
    uint32_t count = 0;
    uint64_t size = 0;
    enum karto_err err = KARTO_OK;
    for (x->healing = 0;
         x->healing < x->wanted_count && count < KARTO_STATES_MAX && size < x->options.page_size && err == KARTO_OK;
         x->healing++) {
        struct karto_state *state = &states[count];
        state->record = x->wanted[x->healing];
        err = karto_device_confirmed_state(tx, state->record, &state->home, &state->state);
        size += state->state.size;
        count += state->state.size > 0;
    }
    *heal = (struct karto_heal){.form = KARTO_HEAL_STATES, .states = states, .count = count};
    return err;
}

enum karto_err karto_exchange_ask_heal(struct karto_tx *tx, struct karto_exchange *x, struct karto_heal *heal)
{
    if (x->session.step == KARTO_STEP_HEAL_HASHES)
        return ask_hashes(tx, x, heal);
    if (x->session.step == KARTO_STEP_HEAL_STATES)
        return ask_states(tx, x, heal);
    *heal = (struct karto_heal){.form = KARTO_HEAL_DONE};
    return KARTO_OK;
}

static void want_all(struct karto_exchange *x, const struct karto_heal_answer *answer)
{
    x->wanted = karto_must(realloc(x->wanted, (answer->count + 1) * sizeof *x->wanted));
    if (answer->count)
        memcpy(x->wanted, answer->wanted, answer->count * sizeof *x->wanted);
    x->wanted_count = answer->count;
}

/* Some of it stands nowhere but here: nothing may be put in its place until the hub takes it. */
static bool has_no_room(const struct karto_heal_answer *answer)
{
    for (uint32_t i = 0; i < answer->count; i++)
        if (answer->outcomes[i] == KARTO_HEAL_NO_ROOM)
            return true;
    return false;
}

enum karto_err karto_exchange_hear_heal(struct karto_exchange *x, const struct karto_heal_answer *answer)
{
    switch (x->session.step) {
    case KARTO_STEP_HEAL_HASHES:
        if (answer->form != KARTO_HEAL_HASHES)
            return KARTO_E_PROTOCOL;
        want_all(x, answer);
        break;
    case KARTO_STEP_HEAL_STATES:
        if (answer->form != KARTO_HEAL_STATES)
            return KARTO_E_PROTOCOL;
        if (has_no_room(answer))
            return KARTO_E_HELD;
        x->wanted_done = x->healing;
        break;
    default: return answer->form == KARTO_HEAL_DONE ? KARTO_OK : KARTO_E_PROTOCOL;
    }
    x->news.wanted = x->wanted_count > x->wanted_done;
    x->news.more = !karto_rid_is_zero(x->heal_last);
    return KARTO_OK;
}

/* In a transaction that was committed. */
void karto_exchange_gave(struct karto_exchange *x)
{
    if (x->session.step == KARTO_STEP_GIVEBACK && x->given > 0)
        x->give_after[x->give_at].seq = x->pushed[x->given - 1].seq;
    if (x->session.step == KARTO_STEP_HEAL_HASHES || x->session.step == KARTO_STEP_HEAL_STATES)
        if (!x->news.wanted)
            x->heal_after = x->heal_last;
    x->given = 0;
}
