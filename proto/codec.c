#include "proto/codec.h"

#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/columns.h"

enum { RID_SIZE = 16, SUM_SIZE = 16, BE64_SIZE = 8 };

static const uint8_t *read_sixteen(struct karto_reader *reader)
{
    static const uint8_t zeros[16];
    struct karto_slice bytes = karto_read_bin(reader, 16);
    if (bytes.size == 16)
        return bytes.data;
    karto_reader_fail(reader, "other than 16 bytes");
    return zeros;
}

void karto_codec_pack_rid(struct karto_buf *out, struct karto_rid id)
{
    karto_pack_bin(out, karto_slice(id.b, RID_SIZE));
}

struct karto_rid karto_codec_read_rid(struct karto_reader *reader)
{
    return karto_rid_read(read_sixteen(reader));
}

void karto_codec_pack_sum(struct karto_buf *out, struct karto_sum sum)
{
    uint8_t bytes[SUM_SIZE];
    karto_sum_write(sum, bytes);
    karto_pack_bin(out, karto_slice(bytes, SUM_SIZE));
}

struct karto_sum karto_codec_read_sum(struct karto_reader *reader)
{
    return karto_sum_read(read_sixteen(reader));
}

void karto_codec_pack_epoch(struct karto_buf *out, struct karto_epoch epoch)
{
    karto_pack_int(out, epoch.ms);
    karto_pack_uint(out, epoch.node.v);
}

struct karto_epoch karto_codec_read_epoch(struct karto_reader *reader)
{
    struct karto_epoch epoch;
    epoch.ms = karto_read_int(reader);
    epoch.node.v = karto_read_uint(reader, UINT64_MAX);
    return epoch;
}

/* ---- hashes of records ---- */

void karto_codec_pack_entries(struct karto_buf *out, const struct karto_digest_entry *entries, uint32_t count)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_rid *ids = karto_arena_array(&arena, count, sizeof *ids);
    struct karto_buf hashes = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = entries[i].record;
        karto_buf_add_be64(&hashes, entries[i].hash);
    }
    karto_columns_pack_ids(out, ids, count);
    karto_pack_bin(out, karto_buf_slice(&hashes));
    karto_buf_fini(&hashes);
    karto_arena_fini(&arena);
}

struct karto_slice karto_codec_read_be64s(struct karto_reader *reader, uint32_t count)
{
    size_t size = (size_t)BE64_SIZE * count;
    struct karto_slice bytes = karto_read_bin(reader, size);
    if (bytes.size != size)
        karto_reader_fail(reader, "numbers that are cut");
    return bytes;
}

const struct karto_digest_entry *karto_codec_read_entries(struct karto_reader *reader, struct karto_arena *arena,
                                                          uint32_t count)
{
    struct karto_digest_entry *entries = karto_arena_array(arena, count, sizeof *entries);
    struct karto_rid *ids = karto_arena_array(arena, count, sizeof *ids);
    karto_columns_read_ids(reader, ids, count);
    struct karto_slice hashes = karto_codec_read_be64s(reader, count);
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        entries[i] = (struct karto_digest_entry){ids[i], karto_be64(hashes.data + (size_t)BE64_SIZE * i)};
        if (i > 0 && karto_rid_compare(ids[i - 1], ids[i]) >= 0)
            karto_reader_fail(reader, "records out of order");
    }
    return entries;
}

/* ---- territories ---- */

enum karto_err karto_codec_pack_territories(struct karto_buf *out, const struct karto_slice *territories,
                                            uint32_t count)
{
    if (count > KARTO_TERRITORIES_MAX)
        return KARTO_E_LIMIT;
    karto_pack_array(out, count);
    for (uint32_t i = 0; i < count; i++) {
        if (territories[i].size > KARTO_TERRITORY_SIZE_MAX)
            return KARTO_E_LIMIT;
        karto_pack_str(out, territories[i]);
    }
    return KARTO_OK;
}

const struct karto_slice *karto_codec_read_territories(struct karto_reader *reader, struct karto_arena *arena,
                                                       uint32_t *count)
{
    *count = karto_read_array(reader, KARTO_TERRITORIES_MAX);
    struct karto_slice *territories = karto_arena_array(arena, *count, sizeof *territories);
    for (uint32_t i = 0; i < *count; i++)
        territories[i] = karto_read_str(reader, KARTO_TERRITORY_SIZE_MAX);
    return territories;
}
