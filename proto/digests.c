/* digests: a page of (record id, hash of its territory and state), ascending; erased ids with the first page. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/codec.h"
#include "proto/columns.h"

enum { HASH_SIZE = 8, ERASED_MAX = KARTO_BODY_SIZE_MAX / 10 };

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

static void pack_entries(struct karto_buf *out, const struct karto_digests_answer *answer)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_rid *ids = karto_arena_array(&arena, answer->count, sizeof *ids);
    struct karto_buf hashes = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < answer->count; i++) {
        ids[i] = answer->entries[i].record;
        karto_buf_add_be64(&hashes, answer->entries[i].hash);
    }
    karto_columns_pack_ids(out, ids, answer->count);
    karto_pack_bin(out, karto_buf_slice(&hashes));
    karto_buf_fini(&hashes);
    karto_arena_fini(&arena);
}

enum karto_err karto_digests_answer_encode(const struct karto_digests_answer *answer, struct karto_buf *out)
{
    if (answer->count > KARTO_DIGESTS_MAX || answer->erased_count > ERASED_MAX)
        return KARTO_E_LIMIT;
    karto_pack_uint(out, answer->position);
    karto_pack_bool(out, answer->more);
    karto_pack_uint(out, answer->count);
    pack_entries(out, answer);
    karto_pack_uint(out, answer->erased_count);
    karto_columns_pack_ids(out, answer->erased, answer->erased_count);
    return KARTO_OK;
}

static void read_entries(struct karto_reader *reader, struct karto_arena *arena, struct karto_digests_answer *answer)
{
    struct karto_digest_entry *entries = karto_arena_array(arena, answer->count, sizeof *entries);
    struct karto_rid *ids = karto_arena_array(arena, answer->count, sizeof *ids);
    karto_columns_read_ids(reader, ids, answer->count);
    struct karto_slice hashes = karto_read_bin(reader, (size_t)HASH_SIZE * answer->count);
    if (hashes.size != (size_t)HASH_SIZE * answer->count)
        karto_reader_fail(reader, "hashes that are cut");
    for (uint32_t i = 0; i < answer->count && !reader->error; i++) {
        entries[i] = (struct karto_digest_entry){ids[i], karto_be64(hashes.data + (size_t)HASH_SIZE * i)};
        if (i > 0 && karto_rid_compare(ids[i - 1], ids[i]) >= 0)
            karto_reader_fail(reader, "records out of order");
    }
    answer->entries = entries;
}

void karto_digests_answer_decode(struct karto_reader *reader, struct karto_arena *arena,
                                 struct karto_digests_answer *answer)
{
    answer->position = karto_read_uint(reader, UINT64_MAX);
    answer->more = karto_read_bool(reader);
    answer->count = karto_columns_read_count(reader, KARTO_DIGESTS_MAX);
    read_entries(reader, arena, answer);
    answer->erased_count = karto_columns_read_count(reader, ERASED_MAX);
    struct karto_rid *erased = karto_arena_array(arena, answer->erased_count, sizeof *erased);
    karto_columns_read_ids(reader, erased, answer->erased_count);
    answer->erased = erased;
}
