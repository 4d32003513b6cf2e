#include "tests/sim/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 128 };

/* Which fields of an earlier change an author had before him. */
struct sight {
    uint64_t fields[FIELDS / 64];
};

/* What the hub has of a change. */
struct taken {
    enum oracle_fate fate;
    struct sight states; /* fields in which a state has brought it */
    uint64_t clock, node;
};

struct made {
    struct oracle_change change;
    struct sight *saw; /* of each uid below the change's own */
    bool saw_hidden;
    bool ever_taken, ever_applied;
    struct taken now;
};

struct oracle_past {
    struct taken *then; /* [uid - 1] */
    unsigned count;
};

struct oracle {
    struct made *made; /* [uid]; [0] is not used */
    unsigned count, room;
};

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

struct oracle *oracle_new(void)
{
    return must(calloc(1, sizeof(struct oracle)));
}

void oracle_free(struct oracle *oracle)
{
    if (!oracle)
        return;
    for (unsigned uid = 1; uid <= oracle->count; uid++)
        free(oracle->made[uid].saw);
    free(oracle->made);
    free(oracle);
}

/* ---- what happened ---- */

unsigned oracle_make(struct oracle *oracle, const struct oracle_change *change)
{
    if (oracle->count + 1 >= oracle->room) {
        oracle->room = oracle->room ? 2 * oracle->room : 256;
        oracle->made = must(realloc(oracle->made, oracle->room * sizeof *oracle->made));
    }
    unsigned uid = ++oracle->count;
    oracle->made[uid] = (struct made){.change = *change, .saw = must(calloc(uid, sizeof(struct sight)))};
    return uid;
}

void oracle_add_set(struct oracle *oracle, unsigned uid, const struct oracle_set *set)
{
    struct oracle_change *change = &oracle->made[uid].change;
    if (change->count == ORACLE_SETS)
        abort();
    change->sets[change->count++] = *set;
}

static bool has_seen(const struct oracle *oracle, unsigned uid, unsigned seen, unsigned field)
{
    return seen < uid && (oracle->made[uid].saw[seen].fields[field / 64] >> (field % 64) & 1);
}

void oracle_saw(struct oracle *oracle, unsigned uid, unsigned seen, unsigned field)
{
    struct sight *saw = oracle->made[uid].saw;
    if (seen >= uid)
        abort();
    saw[seen].fields[field / 64] |= (uint64_t)1 << (field % 64);
    for (unsigned before = 1; before < seen; before++)
        if (has_seen(oracle, seen, before, field))
            saw[before].fields[field / 64] |= (uint64_t)1 << (field % 64);
}

void oracle_saw_own(struct oracle *oracle, unsigned uid, unsigned own)
{
    const struct oracle_change *change = &oracle->made[own].change;
    for (unsigned i = 0; i < change->count && change->record == oracle->made[uid].change.record; i++)
        oracle_saw(oracle, uid, own, change->sets[i].field);
}

void oracle_saw_all(struct oracle *oracle, unsigned uid)
{
    for (unsigned before = 1; before < uid; before++)
        if (oracle_has_any_effect(oracle, before))
            oracle_saw_own(oracle, uid, before);
}

void oracle_saw_hidden(struct oracle *oracle, unsigned uid)
{
    oracle->made[uid].saw_hidden = true;
}

bool oracle_take(struct oracle *oracle, unsigned uid, enum oracle_fate fate, uint64_t clock, uint64_t node)
{
    struct made *made = &oracle->made[uid];
    if (made->now.fate != ORACLE_NOT_SEEN) {
        if (fate == ORACLE_APPLIED)
            made->now.fate = fate;
        return false;
    }
    made->ever_taken = true;
    made->ever_applied = made->ever_applied || fate == ORACLE_APPLIED;
    made->now.fate = fate;
    made->now.clock = clock;
    made->now.node = node;
    return true;
}

void oracle_take_state(struct oracle *oracle, unsigned uid, unsigned field)
{
    oracle->made[uid].now.states.fields[field / 64] |= (uint64_t)1 << (field % 64);
}

struct oracle_past *oracle_keep(const struct oracle *oracle)
{
    struct oracle_past *past = must(calloc(1, sizeof *past));
    past->count = oracle->count;
    past->then = must(calloc(past->count + 1, sizeof *past->then));
    for (unsigned uid = 1; uid <= past->count; uid++)
        past->then[uid - 1] = oracle->made[uid].now;
    return past;
}

/* The stamp of what is forgotten stays: a state that brings it back has the same. */
static void forget(struct taken *taken)
{
    taken->fate = ORACLE_NOT_SEEN;
    memset(&taken->states, 0, sizeof taken->states);
}

void oracle_go_back(struct oracle *oracle, const struct oracle_past *past)
{
    for (unsigned uid = 1; uid <= oracle->count; uid++) {
        struct taken *now = &oracle->made[uid].now;
        if (uid <= past->count && past->then[uid - 1].clock)
            *now = past->then[uid - 1];
        else
            forget(now);
    }
}

void oracle_past_free(struct oracle_past *past)
{
    if (!past)
        return;
    free(past->then);
    free(past);
}

/* ---- registers ---- */

const struct oracle_change *oracle_change(const struct oracle *oracle, unsigned uid)
{
    return &oracle->made[uid].change;
}

enum oracle_fate oracle_fate(const struct oracle *oracle, unsigned uid)
{
    return oracle->made[uid].now.fate;
}

bool oracle_has_effect(const struct oracle *oracle, unsigned uid, unsigned field)
{
    const struct taken *now = &oracle->made[uid].now;
    return now->fate == ORACLE_APPLIED || (now->states.fields[field / 64] >> (field % 64) & 1);
}

bool oracle_has_any_effect(const struct oracle *oracle, unsigned uid)
{
    const struct taken *now = &oracle->made[uid].now;
    return now->fate == ORACLE_APPLIED || now->states.fields[0] || now->states.fields[1];
}

bool oracle_was_taken(const struct oracle *oracle, unsigned uid)
{
    return oracle->made[uid].ever_taken;
}

bool oracle_was_applied(const struct oracle *oracle, unsigned uid)
{
    return oracle->made[uid].ever_applied;
}

bool oracle_is_lost(const struct oracle *oracle, unsigned uid)
{
    const struct made *made = &oracle->made[uid];
    bool all = made->now.fate != ORACLE_NOT_SEEN || !made->ever_taken;
    for (unsigned i = 0; i < made->change.count && !all; i++)
        if (!oracle_has_effect(oracle, uid, made->change.sets[i].field))
            return true;
    return false;
}

uint64_t oracle_clock(const struct oracle *oracle, unsigned uid)
{
    return oracle->made[uid].now.clock;
}

unsigned oracle_count(const struct oracle *oracle)
{
    return oracle->count;
}

/* What an effective change sets there; NULL: nothing. */
static const struct oracle_set *writes(const struct oracle *oracle, unsigned uid, unsigned record, unsigned field,
                                       const char *key)
{
    const struct made *made = &oracle->made[uid];
    if (made->change.record != record || !oracle_has_effect(oracle, uid, field))
        return NULL;
    for (unsigned i = 0; i < made->change.count; i++)
        if (made->change.sets[i].field == field && strcmp(made->change.sets[i].key, key) == 0)
            return &made->change.sets[i];
    return NULL;
}

static bool is_replaced(const struct oracle *oracle, unsigned uid, unsigned record, unsigned field, const char *key)
{
    for (unsigned later = uid + 1; later <= oracle->count; later++)
        if (has_seen(oracle, later, uid, field) && writes(oracle, later, record, field, key))
            return true;
    return false;
}

unsigned oracle_heads(const struct oracle *oracle, unsigned record, unsigned field, const char *key,
                      unsigned uids[ORACLE_HEADS])
{
    unsigned count = 0;
    for (unsigned uid = 1; uid <= oracle->count; uid++) {
        const struct oracle_set *set = writes(oracle, uid, record, field, key);
        if (!set || set->removed || is_replaced(oracle, uid, record, field, key))
            continue;
        if (count == ORACLE_HEADS)
            abort();
        uids[count++] = uid;
    }
    return count;
}

unsigned oracle_winner(const struct oracle *oracle, unsigned record, unsigned field, const char *key)
{
    unsigned uids[ORACLE_HEADS], best = 0, count = oracle_heads(oracle, record, field, key, uids);
    for (unsigned i = 0; i < count; i++) {
        const struct taken *a = &oracle->made[uids[i]].now, *b = &oracle->made[best].now;
        if (best == 0 || a->clock > b->clock || (a->clock == b->clock && a->node > b->node))
            best = uids[i];
    }
    return best;
}

bool oracle_is_conflict(const struct oracle *oracle, unsigned record, unsigned field, const char *key)
{
    unsigned uids[ORACLE_HEADS], count = oracle_heads(oracle, record, field, key, uids);
    for (unsigned i = 1; i < count; i++)
        if (strcmp(writes(oracle, uids[0], record, field, key)->normal,
                   writes(oracle, uids[i], record, field, key)->normal) != 0)
            return true;
    return false;
}

/* ---- homes ---- */

/* The set that is shown in a register; NULL: none. */
static const struct oracle_set *shown(const struct oracle *oracle, unsigned record, unsigned field, const char *key)
{
    unsigned uid = oracle_winner(oracle, record, field, key);
    return uid ? writes(oracle, uid, record, field, key) : NULL;
}

static const char *own_territory(const struct oracle *oracle, unsigned record, int64_t day)
{
    const struct oracle_set *best = NULL;
    for (unsigned uid = 1; uid <= oracle->count; uid++) {
        const struct oracle_change *change = &oracle->made[uid].change;
        for (unsigned i = 0; i < change->count && change->record == record; i++) {
            const struct oracle_set *set = &change->sets[i];
            if (set->field != ORACLE_TERRITORY || set->day > day || (best && set->day <= best->day))
                continue;
            const struct oracle_set *here = shown(oracle, record, ORACLE_TERRITORY, set->key);
            best = here ? here : best;
        }
    }
    return best && best->normal[0] ? best->normal : NULL;
}

const char *oracle_home(const struct oracle *oracle, unsigned record, int64_t day)
{
    const struct oracle_set *client = shown(oracle, record, ORACLE_CLIENT, "");
    return own_territory(oracle, client && client->record ? client->record : record, day);
}

/* ---- hiding ---- */

bool oracle_is_hidden(const struct oracle *oracle, unsigned record)
{
    const struct oracle_set *set = shown(oracle, record, ORACLE_HIDDEN, "");
    return set && strcmp(set->normal, "yes") == 0;
}

static bool is_hide(const struct oracle *oracle, unsigned uid, unsigned record)
{
    const struct oracle_set *set = writes(oracle, uid, record, ORACLE_HIDDEN, "");
    return set && strcmp(set->normal, "yes") == 0;
}

/* Whether the author of uid saw the record hidden, by this hide or by one that its author had seen. */
static bool knew_hide(const struct oracle *oracle, unsigned uid, unsigned record, unsigned hide, bool strictly)
{
    if (!oracle->made[uid].saw_hidden)
        return false;
    if (has_seen(oracle, uid, hide, ORACLE_HIDDEN))
        return true;
    for (unsigned earlier = 1; earlier < hide && !strictly; earlier++)
        if (is_hide(oracle, earlier, record) && has_seen(oracle, uid, earlier, ORACLE_HIDDEN) &&
            has_seen(oracle, hide, earlier, ORACLE_HIDDEN))
            return true;
    return false;
}

static bool is_fair(const struct oracle *oracle, unsigned record, unsigned uid, unsigned field, bool strictly)
{
    unsigned heads[ORACLE_HEADS], count = oracle_heads(oracle, record, ORACLE_HIDDEN, "", heads);
    for (unsigned i = 0; i < count; i++)
        if (is_hide(oracle, heads[i], record) &&
            (has_seen(oracle, heads[i], uid, field) || knew_hide(oracle, uid, record, heads[i], strictly)))
            return true;
    return false;
}

unsigned oracle_swallowed(const struct oracle *oracle, unsigned record, bool strictly)
{
    if (!oracle_is_hidden(oracle, record))
        return 0;
    for (unsigned uid = 1; uid <= oracle->count; uid++) {
        const struct oracle_change *change = &oracle->made[uid].change;
        for (unsigned i = 0; i < change->count && change->record == record && !change->rule; i++) {
            const struct oracle_set *set = &change->sets[i];
            bool matters = oracle_has_effect(oracle, uid, set->field) && !set->removed && set->field != ORACLE_HIDDEN &&
                           set->field != ORACLE_MERGED;
            if (matters && !is_replaced(oracle, uid, record, set->field, set->key) &&
                !is_fair(oracle, record, uid, set->field, strictly))
                return uid;
        }
    }
    return 0;
}
