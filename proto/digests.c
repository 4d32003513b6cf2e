/* digests: a page of (record id, hash of its territory and state), ascending; erased ids with the first page. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/codec.h"
#include "proto/columns.h"

enum { ERASED_MAX = KARTO_BODY_SIZE_MAX / 10 };

/* ---- request ---- */

enum karto_err karto_digests_encode(const struct karto_digests *digests, struct karto_buf *out)
{
    if (digests->most > KARTO_DIGESTS_MAX)
        return KARTO_E_LIMIT;
    karto_codec_pack_rid(out, digests->after);
    karto_pack_uint(out, digests->most);
    return KARTO_OK;
}

void karto_digests_decode(struct karto_reader *reader, struct karto_digests *digests)
{
    digests->after = karto_codec_read_rid(reader);
    digests->most = karto_read_uint(reader, KARTO_DIGESTS_MAX);
}

/* ---- answer ---- */

enum karto_err karto_digests_answer_encode(const struct karto_digests_answer *answer, struct karto_buf *out)
{
    if (answer->count > KARTO_DIGESTS_MAX || answer->erased_count > ERASED_MAX)
        return KARTO_E_LIMIT;
    karto_pack_uint(out, answer->position);
    karto_pack_bool(out, answer->more);
    karto_pack_uint(out, answer->count);
    karto_codec_pack_entries(out, answer->entries, answer->count);
    karto_pack_uint(out, answer->erased_count);
    karto_columns_pack_ids(out, answer->erased, answer->erased_count);
    return KARTO_OK;
}

void karto_digests_answer_decode(struct karto_reader *reader, struct karto_arena *arena,
                                 struct karto_digests_answer *answer)
{
    answer->position = karto_read_uint(reader, UINT64_MAX);
    answer->more = karto_read_bool(reader);
    answer->count = karto_columns_read_count(reader, KARTO_DIGESTS_MAX);
    answer->entries = karto_codec_read_entries(reader, arena, answer->count);
    answer->erased_count = karto_columns_read_count(reader, ERASED_MAX);
    struct karto_rid *erased = karto_arena_array(arena, answer->erased_count, sizeof *erased);
    karto_columns_read_ids(reader, erased, answer->erased_count);
    answer->erased = erased;
}
