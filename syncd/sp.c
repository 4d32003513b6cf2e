#include "syncd/sp.h"

#include "core/base/buf.h"

#include <string.h>

bool karto_sp_is_greeting(const uint8_t greeting[KARTO_SP_GREETING_SIZE])
{
    return memcmp(greeting, "\0SP\0", 4) == 0 && greeting[6] == 0 && greeting[7] == 0;
}

void karto_sp_init(struct karto_sp *sp, uint64_t message_size_max, bool greeted)
{
    *sp = (struct karto_sp){.message_size_max = message_size_max, .greeted = greeted};
}

/* Takes what the head still lacks; how many bytes that were. */
static size_t collect(struct karto_sp *sp, const uint8_t *data, size_t size)
{
    size_t lacks = (sp->greeted ? sizeof sp->head : KARTO_SP_GREETING_SIZE) - sp->head_size;
    if (size > lacks)
        size = lacks;
    memcpy(sp->head + sp->head_size, data, size);
    sp->head_size += size;
    return size;
}

static bool judge_greeting(struct karto_sp *sp)
{
    if (sp->head_size < KARTO_SP_GREETING_SIZE)
        return true;
    sp->greeted = true;
    sp->head_size = 0;
    return karto_sp_is_greeting(sp->head);
}

/* The length as soon as it is there: what is too long need not come first. */
static bool judge_head(struct karto_sp *sp)
{
    if (sp->head_size < 8)
        return true;
    uint64_t size = karto_be64(sp->head);
    if (size < KARTO_SP_NUMBER_SIZE || size > sp->message_size_max)
        return false;
    if (sp->head_size < sizeof sp->head)
        return true;
    sp->head_size = 0;
    sp->left = size - KARTO_SP_NUMBER_SIZE;
    return (sp->head[8] & 0x80) != 0;
}

bool karto_sp_pass(struct karto_sp *sp, const uint8_t *data, size_t size)
{
    if (sp->message_size_max == 0)
        return true;
    while (size) {
        size_t taken = sp->left < size ? (size_t)sp->left : size;
        sp->left -= taken;
        if (taken == 0) {
            taken = collect(sp, data, size);
            if (!(sp->greeted ? judge_head(sp) : judge_greeting(sp)))
                return false;
        }
        data += taken;
        size -= taken;
    }
    return true;
}
