/* giveback: own changes that were judged, and what was said of them, for a hub that was put back. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/changes.h"
#include "proto/codec.h"
#include "proto/columns.h"
#include "proto/names.h"

static bool fits(const struct karto_given *given)
{
    return given->verdict == KARTO_V_APPLIED ||
           (given->verdict == KARTO_V_REFUSED && given->reason.size > 0 && given->reason.size <= KARTO_REASON_SIZE_MAX);
}

static void pack_given(struct karto_buf *out, const struct karto_giveback *giveback)
{
    struct karto_names reasons;
    struct karto_buf receipts = KARTO_BUF_EMPTY;
    karto_names_init(&reasons);
    for (uint32_t i = 0; i < giveback->count; i++)
        karto_pack_uint(out, giveback->given[i].verdict);
    for (uint32_t i = 0; i < giveback->count; i++)
        if (giveback->given[i].verdict == KARTO_V_REFUSED)
            karto_names_pack(&reasons, out, giveback->given[i].reason);
    for (uint32_t i = 0; i < giveback->count; i++)
        karto_buf_add_be64(&receipts, giveback->given[i].receipt);
    karto_pack_bin(out, karto_buf_slice(&receipts));
    karto_buf_fini(&receipts);
    karto_names_fini(&reasons);
}

enum karto_err karto_giveback_encode(const struct karto_giveback *giveback, struct karto_buf *out)
{
    if (giveback->count > KARTO_PUSH_MAX)
        return KARTO_E_LIMIT;
    for (uint32_t i = 0; i < giveback->count; i++)
        if (!fits(&giveback->given[i]))
            return KARTO_E_LIMIT;
    karto_pack_uint(out, giveback->count);
    enum karto_err err = karto_changes_pack(out, giveback->changes, giveback->count);
    if (err == KARTO_OK)
        pack_given(out, giveback);
    return err;
}

static void read_given(struct karto_reader *reader, struct karto_given *given, uint32_t count)
{
    struct karto_names reasons;
    karto_names_init(&reasons);
    for (uint32_t i = 0; i < count; i++) {
        given[i].verdict = (enum karto_verdict)karto_read_uint(reader, KARTO_V_REFUSED);
        if (given[i].verdict != KARTO_V_APPLIED && given[i].verdict != KARTO_V_REFUSED)
            karto_reader_fail(reader, "a change that was not judged");
    }
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        if (given[i].verdict != KARTO_V_REFUSED)
            continue;
        given[i].reason = karto_names_read(&reasons, reader, KARTO_REASON_SIZE_MAX);
        if (given[i].reason.size == 0)
            karto_reader_fail(reader, "a refusal without a reason");
    }
    karto_names_fini(&reasons);
    struct karto_slice receipts = karto_codec_read_be64s(reader, count);
    for (uint32_t i = 0; i < count && !reader->error; i++)
        given[i].receipt = karto_be64(receipts.data + 8 * (size_t)i);
}

void karto_giveback_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_giveback *giveback)
{
    giveback->count = karto_columns_read_count(reader, KARTO_PUSH_MAX);
    struct karto_change *changes = karto_arena_array(arena, giveback->count, sizeof *changes);
    struct karto_given *given = karto_arena_array(arena, giveback->count, sizeof *given);
    const char **flaws = karto_arena_array(arena, giveback->count, sizeof *flaws);
    karto_changes_read(reader, arena, changes, flaws, giveback->count);
    giveback->flaws = flaws;
    read_given(reader, given, giveback->count);
    giveback->changes = changes;
    giveback->given = given;
}
