#include "core/store/undo_plan.h"

#include "core/model/batch.h"

struct planning {
    struct karto_arena *arena;
    const struct karto_record *view;
    const struct karto_undo_event *events;
    uint32_t count;
    struct karto_slice reason;
    struct karto_undo_plan *plan;
};

static const struct karto_slice nothing = {NULL, 0};

/* ---- history ---- */

static const struct karto_set *set_of(const struct karto_change *change, uint32_t field, struct karto_slice key)
{
    const struct karto_touch *touch = karto_change_touch(change, field);
    uint32_t low = 0, high = touch ? touch->count : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = karto_slice_compare(touch->sets[middle].key, key);
        if (order == 0)
            return &touch->sets[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool sets(const struct karto_undo_event *event, uint32_t field, struct karto_slice key)
{
    return !event->refused && set_of(event->change, field, key);
}

/* The next event from at on, backwards in time, that set the register; p->count: none. */
static uint32_t next_setting(const struct planning *p, uint32_t at, uint32_t field, struct karto_slice key)
{
    while (at < p->count && !sets(&p->events[at], field, key))
        at++;
    return at;
}

/* The batch's first change of the register; p->count: none. */
static uint32_t first_of_target(const struct planning *p, uint32_t field, struct karto_slice key)
{
    for (uint32_t i = p->count; i-- > 0;)
        if (p->events[i].is_target && sets(&p->events[i], field, key))
            return i;
    return p->count;
}

/* What stood there before a batch of this number came, which an event at at has put back; p->count: what was before all
 * events. */
static uint32_t before_batch(const struct planning *p, uint32_t at, uint32_t number, uint32_t field,
                             struct karto_slice key)
{
    for (uint32_t i = p->count; i-- > at + 1;)
        if (karto_batch_number(p->events[i].change->batch) == number && sets(&p->events[i], field, key))
            return next_setting(p, i + 1, field, key);
    return p->count;
}

enum side {
    OTHERS,
    ITS,    /* the batch's */
    BEFORE, /* what was there before the batch */
};

/* Whose the value is that this event wrote into the register. */
static enum side side_of_event(const struct planning *p, uint32_t at, uint32_t field, struct karto_slice key)
{
    uint32_t first = first_of_target(p, field, key);
    if (at == p->count || (first < p->count && at > first))
        return OTHERS; /* nobody knows, or the batch did not know of it */
    while (at < p->count && (first == p->count || at <= first)) {
        const struct karto_undo_event *event = &p->events[at];
        uint32_t undoes = karto_batch_undoes(event->change->batch);
        if (event->is_target)
            return ITS;
        if (undoes == 0)
            return OTHERS;
        at = before_batch(p, at, undoes, field, key);
    }
    return BEFORE;
}

static enum side side_of(const struct planning *p, struct karto_dot dot, uint32_t field, struct karto_slice key)
{
    uint32_t at = 0;
    while (at < p->count && !karto_dot_equal(p->events[at].change->stamp.dot, dot))
        at++;
    return side_of_event(p, at, field, key);
}

/* What the batch found there: the old value of its first change, also of one that was refused, for the next one was
 * made on top of it. False: none of it had an effect. */
static bool find_old(const struct planning *p, uint32_t field, struct karto_slice key, struct karto_slice *old)
{
    bool has_effect = false;
    for (uint32_t i = 0; i < p->count; i++) {
        const struct karto_undo_event *event = &p->events[i];
        const struct karto_set *set = event->is_target ? set_of(event->change, field, key) : NULL;
        if (!set)
            continue;
        *old = set->old;
        has_effect |= !event->refused;
    }
    return has_effect;
}

/* ---- one register ---- */

static struct karto_undo_step *add_step(struct planning *p, enum karto_undo_fate fate, uint32_t field,
                                        struct karto_slice key, struct karto_slice would)
{
    struct karto_undo_step *step = &p->plan->steps[p->plan->count++];
    *step = (struct karto_undo_step){.fate = fate, .field = field, .key = key, .would = would};
    return step;
}

/* Empty where nothing should stand there: of a set no element, else a cleared value. False: whether this is a set is
 * not known here, and so neither how to empty it. */
static bool would_of(const struct planning *p, uint32_t field, struct karto_slice key, struct karto_slice old,
                     struct karto_slice *would)
{
    const struct karto_field_def *def = karto_field_def(p->view->kind, field);
    *would = old;
    if (field == KARTO_F_HIDDEN && !karto_hidden_says(old))
        *would = karto_hidden_bytes(p->arena, false, p->reason);
    else if (karto_value_is_nil(old) && def && def->shape == KARTO_SET)
        *would = nothing;
    return def || key.size == 0 || !karto_value_is_nil(old);
}

static bool same_value(const struct planning *p, uint32_t field, struct karto_slice a, struct karto_slice b)
{
    const struct karto_field_def *def = karto_field_def(p->view->kind, field);
    if (!a.size || !b.size)
        return karto_value_is_nil(a) && karto_value_is_nil(b);
    return karto_slice_equal(karto_normal(p->arena, def, a), karto_normal(p->arena, def, b));
}

/* The winner of those heads that others wrote; NULL: there are none. */
static const struct karto_head *foreign_head(const struct planning *p, uint32_t field, const struct karto_register *reg)
{
    const struct karto_head *best = NULL;
    for (uint32_t i = 0; i < reg->count; i++) {
        const struct karto_head *head = &reg->heads[i];
        if (side_of(p, head->stamp.dot, field, reg->key) == OTHERS && (!best || best->stamp.hlc.v <= head->stamp.hlc.v))
            best = head;
    }
    return best;
}

static bool is_before(const struct planning *p, uint32_t field, const struct karto_register *reg)
{
    for (uint32_t i = 0; i < reg->count; i++)
        if (side_of(p, reg->heads[i].stamp.dot, field, reg->key) != BEFORE)
            return false;
    return true;
}

static void plan_present(struct planning *p, uint32_t field, const struct karto_register *reg, struct karto_slice would)
{
    const struct karto_head *foreign = foreign_head(p, field, reg);
    bool is_so = reg->count == 1 && same_value(p, field, reg->heads[0].value, would);
    if (is_so || is_before(p, field, reg)) {
        add_step(p, KARTO_UNDO_DONE, field, reg->key, would);
    } else if (!foreign) {
        add_step(p, KARTO_UNDO_REVERT, field, reg->key, would);
    } else {
        struct karto_undo_step *step = add_step(p, KARTO_UNDO_CHANGED, field, reg->key, would);
        step->now = foreign;
        step->wins = foreign == karto_winner(reg);
    }
}

/* Nothing stands there: the batch removed an element, or what it wrote was removed. */
static void plan_absent(struct planning *p, uint32_t field, struct karto_slice key, struct karto_slice would)
{
    uint32_t newest = next_setting(p, 0, field, key);
    enum side side = side_of_event(p, newest, field, key);
    if (would.size == 0 || side == BEFORE) {
        add_step(p, KARTO_UNDO_DONE, field, key, would);
    } else if (side == ITS && set_of(p->events[newest].change, field, key)->value.size == 0) {
        add_step(p, KARTO_UNDO_REVERT, field, key, would);
    } else {
        struct karto_undo_step *step = add_step(p, KARTO_UNDO_CHANGED, field, key, would);
        struct karto_head *now = karto_arena_alloc(p->arena, sizeof *now);
        step->wins = true;
        if (newest < p->count && side == OTHERS) {
            now->stamp = p->events[newest].change->stamp;
            step->now = now;
        }
    }
}

static void plan_register(struct planning *p, uint32_t field, struct karto_slice key)
{
    struct karto_slice old = nothing, would = nothing;
    const struct karto_register *reg = karto_record_register(p->view, field, key);
    if (!find_old(p, field, key, &old))
        return;
    if (old.size == 0 || !would_of(p, field, key, old, &would))
        add_step(p, KARTO_UNDO_UNKNOWN, field, key, nothing);
    else if (reg && reg->count)
        plan_present(p, field, reg, would);
    else
        plan_absent(p, field, key, would);
}

/* ---- a new record ---- */

/* It can be hidden only where all that stands in it is the batch's own: else somebody works with it. */
static void plan_new(struct planning *p)
{
    if (karto_record_hidden(p->view)) {
        add_step(p, KARTO_UNDO_DONE, 0, nothing, nothing);
        return;
    }
    for (uint32_t i = 0; i < p->view->count; i++)
        for (uint32_t j = 0; j < p->view->fields[i].count; j++) {
            const struct karto_register *reg = &p->view->fields[i].registers[j];
            const struct karto_head *foreign = foreign_head(p, p->view->fields[i].number, reg);
            if (!foreign)
                continue;
            struct karto_undo_step *step =
                add_step(p, KARTO_UNDO_CHANGED, p->view->fields[i].number, reg->key, nothing);
            step->now = foreign;
            step->wins = foreign == karto_winner(reg);
        }
    if (p->plan->count == 0)
        add_step(p, KARTO_UNDO_REVERT, KARTO_F_HIDDEN, nothing, karto_hidden_bytes(p->arena, true, p->reason));
}

/* The batch's oldest change of the record. */
static const struct karto_undo_event *oldest(const struct planning *p)
{
    for (uint32_t i = p->count; i-- > 0;)
        if (p->events[i].is_target)
            return &p->events[i];
    return NULL;
}

/* ---- all of it ---- */

static uint32_t registers_of(const struct karto_record *record)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < record->count; i++)
        count += record->fields[i].count;
    return count;
}

static uint32_t sets_of(const struct planning *p)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->count; i++)
        for (uint32_t j = 0; p->events[i].is_target && j < p->events[i].change->count; j++)
            count += p->events[i].change->touches[j].count;
    return count;
}

/* Whether a newer change of the batch has set it, so that there is a step for it already. */
static bool was_planned(const struct planning *p, uint32_t before, uint32_t field, struct karto_slice key)
{
    for (uint32_t i = 0; i < before; i++)
        if (p->events[i].is_target && set_of(p->events[i].change, field, key))
            return true;
    return false;
}

static void plan_event(struct planning *p, uint32_t at)
{
    const struct karto_change *change = p->events[at].change;
    for (uint32_t i = 0; i < change->count; i++)
        for (uint32_t j = 0; j < change->touches[i].count; j++)
            if (!was_planned(p, at, change->touches[i].field, change->touches[i].sets[j].key))
                plan_register(p, change->touches[i].field, change->touches[i].sets[j].key);
}

void karto_undo_plan_make(struct karto_arena *arena, const struct karto_record *view,
                          const struct karto_undo_event *events, uint32_t count, struct karto_slice reason,
                          struct karto_undo_plan *plan)
{
    struct planning p = {arena, view, events, count, reason, plan};
    const struct karto_undo_event *first = oldest(&p);
    *plan = (struct karto_undo_plan){.makes = first && !first->refused && karto_change_makes(first->change)};
    plan->steps = karto_arena_array(arena, plan->makes ? registers_of(view) + 1 : sets_of(&p), sizeof *plan->steps);
    if (plan->makes) {
        plan_new(&p);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        if (events[i].is_target)
            plan_event(&p, i);
}
