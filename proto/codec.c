#include "proto/codec.h"

#include "core/base/pack.h"

enum { RID_SIZE = 16, SUM_SIZE = 16 };

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
