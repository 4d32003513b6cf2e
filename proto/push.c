/* push: own changes, in order; what became of each. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/changes.h"
#include "proto/codec.h"
#include "proto/columns.h"
#include "proto/names.h"

enum { RESULT_VERDICT = 0x0f, RESULT_INSIDE = 0x10, RESULT_REASON = 0x20, RESULT_MAX = 0x3f };

/* ---- request ---- */

enum karto_err karto_push_encode(const struct karto_push *push, uint32_t version, struct karto_buf *out)
{
    if (push->count > KARTO_PUSH_MAX || push->earlier > push->count)
        return KARTO_E_LIMIT;
    karto_pack_uint(out, push->count);
    if (version >= 2)
        karto_pack_uint(out, push->earlier);
    return karto_changes_pack(out, push->changes, push->count);
}

void karto_push_decode(struct karto_reader *reader, struct karto_arena *arena, uint32_t version,
                       struct karto_push *push)
{
    push->count = karto_columns_read_count(reader, KARTO_PUSH_MAX);
    push->earlier = version >= 2 ? (uint32_t)karto_read_uint(reader, push->count) : 0;
    struct karto_change *changes = karto_arena_array(arena, push->count, sizeof *changes);
    const char **flaws = karto_arena_array(arena, push->count, sizeof *flaws);
    karto_changes_read(reader, arena, changes, flaws, push->count);
    push->changes = changes;
    push->flaws = flaws;
}

/* ---- answer ---- */

static unsigned result_byte(const struct karto_push_result *result)
{
    return (unsigned)result->verdict | (result->inside ? RESULT_INSIDE : 0u) |
           (result->reason.size ? RESULT_REASON : 0u);
}

static void pack_receipts(const struct karto_push_answer *answer, struct karto_buf *out)
{
    struct karto_buf receipts = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < answer->count; i++)
        karto_buf_add_be64(&receipts, answer->results[i].receipt);
    karto_pack_bin(out, karto_buf_slice(&receipts));
    karto_buf_fini(&receipts);
}

enum karto_err karto_push_answer_encode(const struct karto_push_answer *answer, uint32_t version, struct karto_buf *out)
{
    struct karto_names reasons;
    if (answer->count > KARTO_PUSH_MAX)
        return KARTO_E_LIMIT;
    for (uint32_t i = 0; i < answer->count; i++)
        if (answer->results[i].reason.size > KARTO_REASON_SIZE_MAX)
            return KARTO_E_LIMIT;
    karto_names_init(&reasons);
    karto_pack_uint(out, answer->count);
    for (uint32_t i = 0; i < answer->count; i++)
        karto_pack_uint(out, result_byte(&answer->results[i]));
    for (uint32_t i = 0; i < answer->count; i++)
        if (answer->results[i].reason.size)
            karto_names_pack(&reasons, out, answer->results[i].reason);
    karto_names_fini(&reasons);
    if (version >= 2)
        pack_receipts(answer, out);
    return KARTO_OK;
}

static void read_reasons(struct karto_reader *reader, struct karto_push_result *results, const uint8_t *bytes,
                         uint32_t count)
{
    struct karto_names reasons;
    karto_names_init(&reasons);
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        if (!(bytes[i] & RESULT_REASON))
            continue;
        results[i].reason = karto_names_read(&reasons, reader, KARTO_REASON_SIZE_MAX);
        if (results[i].reason.size == 0)
            karto_reader_fail(reader, "a reason that is announced and empty");
    }
    karto_names_fini(&reasons);
}

static void read_receipts(struct karto_reader *reader, struct karto_push_result *results, uint32_t count)
{
    struct karto_slice receipts = karto_codec_read_be64s(reader, count);
    for (uint32_t i = 0; i < count && !reader->error; i++)
        results[i].receipt = karto_be64(receipts.data + 8 * (size_t)i);
}

void karto_push_answer_decode(struct karto_reader *reader, struct karto_arena *arena, uint32_t version,
                              struct karto_push_answer *answer)
{
    uint32_t count = karto_columns_read_count(reader, KARTO_PUSH_MAX);
    struct karto_push_result *results = karto_arena_array(arena, count, sizeof *results);
    uint8_t *bytes = karto_arena_alloc(arena, count);
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        bytes[i] = (uint8_t)karto_read_uint(reader, RESULT_MAX);
        results[i].verdict = (enum karto_verdict)(bytes[i] & RESULT_VERDICT);
        results[i].inside = (bytes[i] & RESULT_INSIDE) != 0;
        if ((bytes[i] & RESULT_VERDICT) >= KARTO_V_COUNT)
            karto_reader_fail(reader, "an unknown verdict");
    }
    read_reasons(reader, results, bytes, count);
    if (version >= 2)
        read_receipts(reader, results, count);
    answer->results = results;
    answer->count = count;
}
