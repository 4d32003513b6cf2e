/* pull: what happened, in the hub's order. The events' types stand first; then all changes, all ids of what left or was
 * erased, all states. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/changes.h"
#include "proto/codec.h"
#include "proto/columns.h"
#include "proto/state_set.h"

/* ---- request ---- */

enum karto_err karto_pull_encode(const struct karto_pull *pull, struct karto_buf *out)
{
    karto_pack_uint(out, pull->cursor);
    karto_pack_uint(out, pull->budget);
    karto_pack_uint(out, pull->skip.node.v);
    karto_pack_uint(out, pull->skip.seq);
    return KARTO_OK;
}

void karto_pull_decode(struct karto_reader *reader, struct karto_pull *pull)
{
    pull->cursor = karto_read_uint(reader, UINT64_MAX);
    pull->budget = karto_read_uint(reader, UINT64_MAX);
    pull->skip.node.v = karto_read_uint(reader, UINT64_MAX);
    pull->skip.seq = karto_read_uint(reader, UINT64_MAX);
}

/* ---- answer ---- */

/* The events, sorted into what each type has. */
struct sorted {
    struct karto_change *changes;
    const char **flaws;    /* of changes */
    struct karto_rid *ids; /* of leave and erase */
    struct karto_state *states;
    uint32_t change_count, id_count, state_count;
};

static void sorted_init(struct sorted *s, struct karto_arena *arena, const struct karto_event *events, uint32_t count)
{
    *s = (struct sorted){.changes = NULL};
    for (uint32_t i = 0; i < count; i++) {
        s->change_count += events[i].type == KARTO_EVENT_CHANGE;
        s->state_count += events[i].type == KARTO_EVENT_STATE;
    }
    s->id_count = count - s->change_count - s->state_count;
    s->changes = karto_arena_array(arena, s->change_count, sizeof *s->changes);
    s->flaws = karto_arena_array(arena, s->change_count, sizeof *s->flaws);
    s->ids = karto_arena_array(arena, s->id_count, sizeof *s->ids);
    s->states = karto_arena_array(arena, s->state_count, sizeof *s->states);
}

static void sort(struct sorted *s, const struct karto_event *events, uint32_t count)
{
    uint32_t changes = 0, ids = 0, states = 0;
    for (uint32_t i = 0; i < count; i++)
        switch (events[i].type) {
        case KARTO_EVENT_CHANGE: s->changes[changes++] = events[i].change; break;
        case KARTO_EVENT_STATE:
            s->states[states++] = (struct karto_state){events[i].record, events[i].home, events[i].state};
            break;
        case KARTO_EVENT_LEAVE:
        case KARTO_EVENT_ERASE: s->ids[ids++] = events[i].record; break;
        }
}

static void merge(const struct sorted *s, struct karto_event *events, uint32_t count)
{
    uint32_t changes = 0, ids = 0, states = 0;
    for (uint32_t i = 0; i < count; i++)
        switch (events[i].type) {
        case KARTO_EVENT_CHANGE:
            events[i].flaw = s->flaws[changes];
            events[i].change = s->changes[changes++];
            events[i].record = events[i].change.record;
            break;
        case KARTO_EVENT_STATE:
            events[i].record = s->states[states].record;
            events[i].home = s->states[states].home;
            events[i].state = s->states[states++].state;
            break;
        case KARTO_EVENT_LEAVE:
        case KARTO_EVENT_ERASE: events[i].record = s->ids[ids++]; break;
        }
}

enum karto_err karto_pull_answer_encode(const struct karto_pull_answer *answer, struct karto_buf *out)
{
    struct karto_arena arena;
    struct sorted s;
    if (answer->count > KARTO_EVENTS_MAX)
        return KARTO_E_LIMIT;
    karto_arena_init(&arena);
    sorted_init(&s, &arena, answer->events, answer->count);
    sort(&s, answer->events, answer->count);
    karto_pack_uint(out, answer->cursor);
    karto_pack_bool(out, answer->more);
    karto_pack_uint(out, answer->count);
    for (uint32_t i = 0; i < answer->count; i++)
        karto_pack_uint(out, answer->events[i].type);
    enum karto_err err = karto_changes_pack(out, s.changes, s.change_count);
    karto_columns_pack_ids(out, s.ids, s.id_count);
    if (err == KARTO_OK)
        err = karto_state_set_pack(out, s.states, s.state_count);
    karto_arena_fini(&arena);
    return err;
}

void karto_pull_answer_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_pull_answer *answer)
{
    struct sorted s;
    answer->cursor = karto_read_uint(reader, UINT64_MAX);
    answer->more = karto_read_bool(reader);
    uint32_t count = karto_columns_read_count(reader, KARTO_EVENTS_MAX);
    struct karto_event *events = karto_arena_array(arena, count, sizeof *events);
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        uint64_t type = karto_read_uint(reader, KARTO_EVENT_ERASE);
        events[i].type = (enum karto_event_type)type;
        if (type < KARTO_EVENT_CHANGE)
            karto_reader_fail(reader, "an unknown event");
    }
    if (reader->error)
        return;
    sorted_init(&s, arena, events, count);
    karto_changes_read(reader, arena, s.changes, s.flaws, s.change_count);
    karto_columns_read_ids(reader, s.ids, s.id_count);
    karto_state_set_read(reader, arena, s.states, s.state_count);
    merge(&s, events, count);
    answer->events = events;
    answer->count = count;
}
