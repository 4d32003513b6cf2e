/* states: whole records, named ones or all behind an id. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/codec.h"
#include "proto/columns.h"
#include "proto/state_set.h"

/* ---- request ---- */

enum karto_err karto_states_encode(const struct karto_states *states, struct karto_buf *out)
{
    if (states->count > KARTO_STATES_MAX)
        return KARTO_E_LIMIT;
    karto_codec_pack_rid(out, states->after);
    karto_pack_uint(out, states->budget);
    karto_pack_uint(out, states->count);
    karto_columns_pack_ids(out, states->records, states->count);
    return KARTO_OK;
}

void karto_states_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_states *states)
{
    states->after = karto_codec_read_rid(reader);
    states->budget = karto_read_uint(reader, UINT64_MAX);
    states->count = karto_columns_read_count(reader, KARTO_STATES_MAX);
    struct karto_rid *records = karto_arena_array(arena, states->count, sizeof *records);
    karto_columns_read_ids(reader, records, states->count);
    states->records = records;
}

/* ---- answer ---- */

enum karto_err karto_states_answer_encode(const struct karto_states_answer *answer, struct karto_buf *out)
{
    if (answer->count > KARTO_STATES_MAX)
        return KARTO_E_LIMIT;
    karto_pack_uint(out, answer->position);
    karto_pack_bool(out, answer->more);
    karto_pack_uint(out, answer->count);
    return karto_state_set_pack(out, answer->states, answer->count);
}

void karto_states_answer_decode(struct karto_reader *reader, struct karto_arena *arena,
                                struct karto_states_answer *answer)
{
    answer->position = karto_read_uint(reader, UINT64_MAX);
    answer->more = karto_read_bool(reader);
    answer->count = karto_columns_read_count(reader, KARTO_STATES_MAX);
    struct karto_state *states = karto_arena_array(arena, answer->count, sizeof *states);
    karto_state_set_read(reader, arena, states, answer->count);
    for (uint32_t i = 1; i < answer->count; i++)
        if (karto_rid_compare(states[i - 1].record, states[i].record) >= 0)
            karto_reader_fail(reader, "records out of order");
    answer->states = states;
}
