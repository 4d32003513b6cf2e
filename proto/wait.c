/* wait: parked at the hub until there is news. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/codec.h"

enum karto_err karto_wait_encode(const struct karto_wait *wait, struct karto_buf *out)
{
    if (wait->seconds > KARTO_WAIT_SECONDS_MAX)
        return KARTO_E_LIMIT;
    karto_pack_uint(out, wait->cursor);
    karto_pack_uint(out, wait->seconds);
    return KARTO_OK;
}

void karto_wait_decode(struct karto_reader *reader, struct karto_wait *wait)
{
    wait->cursor = karto_read_uint(reader, UINT64_MAX);
    wait->seconds = (uint32_t)karto_read_uint(reader, KARTO_WAIT_SECONDS_MAX);
}

enum karto_err karto_wait_answer_encode(const struct karto_wait_answer *answer, struct karto_buf *out)
{
    karto_pack_uint(out, answer->position);
    return KARTO_OK;
}

void karto_wait_answer_decode(struct karto_reader *reader, struct karto_wait_answer *answer)
{
    answer->position = karto_read_uint(reader, UINT64_MAX);
}
