/* heal: what a device has of confirmed records, for a hub that was put back: hashes, then the states that it wants. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/codec.h"
#include "proto/columns.h"
#include "proto/state_set.h"

/* ---- request ---- */

enum karto_err karto_heal_encode(const struct karto_heal *heal, struct karto_buf *out)
{
    karto_pack_uint(out, heal->form);
    switch (heal->form) {
    case KARTO_HEAL_HASHES:
        if (heal->count > KARTO_DIGESTS_MAX)
            return KARTO_E_LIMIT;
        karto_codec_pack_rid(out, heal->after);
        karto_codec_pack_rid(out, heal->last);
        karto_pack_uint(out, heal->count);
        karto_codec_pack_entries(out, heal->entries, heal->count);
        return KARTO_OK;
    case KARTO_HEAL_STATES:
        if (heal->count > KARTO_STATES_MAX)
            return KARTO_E_LIMIT;
        karto_pack_uint(out, heal->count);
        return karto_state_set_pack(out, heal->states, heal->count);
    case KARTO_HEAL_DONE: return KARTO_OK;
    }
    return KARTO_E_USAGE;
}

/* The entries must lie in the range that they are all of. */
static void read_hashes(struct karto_reader *reader, struct karto_arena *arena, struct karto_heal *heal)
{
    heal->after = karto_codec_read_rid(reader);
    heal->last = karto_codec_read_rid(reader);
    heal->count = karto_columns_read_count(reader, KARTO_DIGESTS_MAX);
    heal->entries = karto_codec_read_entries(reader, arena, heal->count);
    if (reader->error || heal->count == 0)
        return;
    if (karto_rid_compare(heal->entries[0].record, heal->after) <= 0)
        karto_reader_fail(reader, "a record before the range");
    if (!karto_rid_is_zero(heal->last) && karto_rid_compare(heal->entries[heal->count - 1].record, heal->last) > 0)
        karto_reader_fail(reader, "a record behind the range");
}

static void read_states(struct karto_reader *reader, struct karto_arena *arena, struct karto_heal *heal)
{
    heal->count = karto_columns_read_count(reader, KARTO_STATES_MAX);
    struct karto_state *states = karto_arena_array(arena, heal->count, sizeof *states);
    karto_state_set_read(reader, arena, states, heal->count);
    for (uint32_t i = 1; i < heal->count; i++)
        if (karto_rid_compare(states[i - 1].record, states[i].record) >= 0)
            karto_reader_fail(reader, "records out of order");
    heal->states = states;
}

static enum karto_heal_form read_form(struct karto_reader *reader)
{
    uint64_t form = karto_read_uint(reader, KARTO_HEAL_DONE);
    if (form == 0)
        karto_reader_fail(reader, "no such form");
    return form ? (enum karto_heal_form)form : KARTO_HEAL_DONE;
}

void karto_heal_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_heal *heal)
{
    heal->form = read_form(reader);
    switch (heal->form) {
    case KARTO_HEAL_HASHES: read_hashes(reader, arena, heal); return;
    case KARTO_HEAL_STATES: read_states(reader, arena, heal); return;
    case KARTO_HEAL_DONE: return;
    }
}

/* ---- answer ---- */

static enum karto_err pack_count(struct karto_buf *out, uint32_t count, uint32_t most)
{
    karto_pack_uint(out, count);
    return count <= most ? KARTO_OK : KARTO_E_LIMIT;
}

enum karto_err karto_heal_answer_encode(const struct karto_heal_answer *answer, struct karto_buf *out)
{
    enum karto_err err = KARTO_OK;
    karto_pack_uint(out, answer->form);
    switch (answer->form) {
    case KARTO_HEAL_HASHES:
        err = pack_count(out, answer->count, KARTO_DIGESTS_MAX);
        if (err == KARTO_OK)
            karto_columns_pack_ids(out, answer->wanted, answer->count);
        return err;
    case KARTO_HEAL_STATES:
        err = pack_count(out, answer->count, KARTO_STATES_MAX);
        for (uint32_t i = 0; i < answer->count && err == KARTO_OK; i++)
            karto_pack_uint(out, answer->outcomes[i]);
        return err;
    case KARTO_HEAL_DONE: return KARTO_OK;
    }
    return KARTO_E_USAGE;
}

static void read_wanted(struct karto_reader *reader, struct karto_arena *arena, struct karto_heal_answer *answer)
{
    answer->count = karto_columns_read_count(reader, KARTO_DIGESTS_MAX);
    struct karto_rid *wanted = karto_arena_array(arena, answer->count, sizeof *wanted);
    karto_columns_read_ids(reader, wanted, answer->count);
    for (uint32_t i = 1; i < answer->count; i++)
        if (karto_rid_compare(wanted[i - 1], wanted[i]) >= 0)
            karto_reader_fail(reader, "records out of order");
    answer->wanted = wanted;
}

static void read_outcomes(struct karto_reader *reader, struct karto_arena *arena, struct karto_heal_answer *answer)
{
    answer->count = karto_columns_read_count(reader, KARTO_STATES_MAX);
    enum karto_heal_outcome *outcomes = karto_arena_array(arena, answer->count, sizeof *outcomes);
    for (uint32_t i = 0; i < answer->count && !reader->error; i++) {
        outcomes[i] = (enum karto_heal_outcome)karto_read_uint(reader, KARTO_HEAL_NO_ROOM);
        if (outcomes[i] < KARTO_HEAL_TAKEN)
            karto_reader_fail(reader, "no such outcome");
    }
    answer->outcomes = outcomes;
}

void karto_heal_answer_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_heal_answer *answer)
{
    answer->form = read_form(reader);
    switch (answer->form) {
    case KARTO_HEAL_HASHES: read_wanted(reader, arena, answer); return;
    case KARTO_HEAL_STATES: read_outcomes(reader, arena, answer); return;
    case KARTO_HEAL_DONE: return;
    }
}
