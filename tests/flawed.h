/* flawed.h - whether a message that was decoded has something in it that its receiver sets aside: a change with a flaw,
 * a state that is no record. Such a message need not be one that can be encoded again. */
#ifndef KARTO_TESTS_FLAWED_H
#define KARTO_TESTS_FLAWED_H

#include "core/base/limits.h"
#include "core/base/reader.h"
#include "proto/messages.h"

static inline bool flawed_changes(const char *const *flaws, uint32_t count)
{
    bool has = false;
    for (uint32_t i = 0; i < count; i++)
        has = has || flaws[i];
    return has;
}

static inline bool flawed_states(struct karto_arena *arena, const struct karto_state *states, uint32_t count)
{
    bool has = false;
    struct karto_record record;
    for (uint32_t i = 0; i < count; i++)
        has = has || karto_record_decode(arena, states[i].record, states[i].state, &record) != KARTO_OK ||
              !karto_utf8_valid(states[i].home) || states[i].home.size > KARTO_TERRITORY_SIZE_MAX;
    return has;
}

static inline bool flawed_request(struct karto_arena *arena, const struct karto_request *request)
{
    if (request->type == KARTO_PUSH)
        return flawed_changes(request->of.push.flaws, request->of.push.count);
    if (request->type == KARTO_GIVEBACK)
        return flawed_changes(request->of.giveback.flaws, request->of.giveback.count);
    return request->type == KARTO_HEAL && request->of.heal.form == KARTO_HEAL_STATES &&
           flawed_states(arena, request->of.heal.states, request->of.heal.count);
}

static inline bool flawed_event(struct karto_arena *arena, const struct karto_event *event)
{
    const struct karto_state state = {event->record, event->home, event->state};
    return event->flaw || (event->type == KARTO_EVENT_STATE && flawed_states(arena, &state, 1));
}

static inline bool flawed_answer(struct karto_arena *arena, const struct karto_answer *answer)
{
    bool has = false;
    if (answer->error != KARTO_OK)
        return false;
    if (answer->type == KARTO_STATES)
        return flawed_states(arena, answer->of.states.states, answer->of.states.count);
    for (uint32_t i = 0; answer->type == KARTO_PULL && i < answer->of.pull.count; i++)
        has = has || flawed_event(arena, &answer->of.pull.events[i]);
    return has;
}

#endif
