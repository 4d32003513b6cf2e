/* farewell: what becomes of the data of a device that was turned out. */
#include "core/base/pack.h"
#include "proto/codec.h"

enum karto_err karto_farewell_encode(const struct karto_farewell *farewell, struct karto_buf *out)
{
    karto_pack_uint(out, farewell->form);
    karto_pack_int(out, farewell->at_ms);
    return KARTO_OK;
}

void karto_farewell_decode(struct karto_reader *reader, struct karto_farewell *farewell)
{
    farewell->form = (enum karto_farewell_form)karto_read_uint(reader, KARTO_FAREWELL_WIPED);
    farewell->at_ms = karto_read_int(reader);
    if (farewell->form < KARTO_FAREWELL_ASK)
        karto_reader_fail(reader, "no such form");
}

enum karto_err karto_farewell_answer_encode(const struct karto_farewell_answer *answer, struct karto_buf *out)
{
    karto_codec_pack_rid(out, answer->device);
    karto_pack_bool(out, answer->wipe);
    karto_pack_int(out, answer->revoked_ms);
    return KARTO_OK;
}

void karto_farewell_answer_decode(struct karto_reader *reader, struct karto_farewell_answer *answer)
{
    answer->device = karto_codec_read_rid(reader);
    answer->wipe = karto_read_bool(reader);
    answer->revoked_ms = karto_read_int(reader);
}
