/* measure: how much would come, of which nothing is given. */
#include "core/base/pack.h"
#include "proto/codec.h"

enum karto_err karto_measure_encode(const struct karto_measure *measure, struct karto_buf *out)
{
    karto_pack_uint(out, measure->form);
    karto_pack_uint(out, measure->cursor);
    karto_pack_uint(out, measure->skip.node.v);
    karto_pack_uint(out, measure->skip.seq);
    karto_codec_pack_rid(out, measure->after);
    return KARTO_OK;
}

void karto_measure_decode(struct karto_reader *reader, struct karto_measure *measure)
{
    measure->form = (enum karto_measure_form)karto_read_uint(reader, KARTO_MEASURE_SCOPE);
    measure->cursor = karto_read_uint(reader, UINT64_MAX);
    measure->skip.node.v = karto_read_uint(reader, UINT64_MAX);
    measure->skip.seq = karto_read_uint(reader, UINT64_MAX);
    measure->after = karto_codec_read_rid(reader);
    if (measure->form < KARTO_MEASURE_NEWS)
        karto_reader_fail(reader, "no such form");
}

enum karto_err karto_measure_answer_encode(const struct karto_measure_answer *answer, struct karto_buf *out)
{
    karto_pack_uint(out, answer->events);
    karto_pack_uint(out, answer->records);
    karto_pack_uint(out, answer->bytes);
    karto_pack_uint(out, answer->cursor);
    karto_codec_pack_rid(out, answer->last);
    karto_pack_bool(out, answer->more);
    return KARTO_OK;
}

void karto_measure_answer_decode(struct karto_reader *reader, struct karto_measure_answer *answer)
{
    answer->events = karto_read_uint(reader, UINT64_MAX);
    answer->records = karto_read_uint(reader, UINT64_MAX);
    answer->bytes = karto_read_uint(reader, UINT64_MAX);
    answer->cursor = karto_read_uint(reader, UINT64_MAX);
    answer->last = karto_codec_read_rid(reader);
    answer->more = karto_read_bool(reader);
}
