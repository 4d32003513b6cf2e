#include "core/model/batch.h"

#include <stdio.h>

uint32_t karto_batch_number(uint64_t batch)
{
    return (uint32_t)batch;
}

uint32_t karto_batch_undoes(uint64_t batch)
{
    return (uint32_t)(batch >> 32);
}

uint64_t karto_batch_make(uint32_t number, uint32_t undoes)
{
    return (uint64_t)undoes << 32 | number;
}

void karto_batch_print(uint64_t batch, char out[KARTO_BATCH_TEXT])
{
    snprintf(out, KARTO_BATCH_TEXT, "%08lx", (unsigned long)karto_batch_number(batch));
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum karto_err karto_batch_parse(struct karto_slice text, uint32_t *number)
{
    *number = 0;
    if (text.size == 0 || text.size > KARTO_BATCH_TEXT - 1)
        return KARTO_E_INVALID;
    for (size_t i = 0; i < text.size; i++) {
        int digit = digit_of(text.data[i]);
        if (digit < 0)
            return KARTO_E_INVALID;
        *number = *number << 4 | (uint32_t)digit;
    }
    return *number ? KARTO_OK : KARTO_E_INVALID;
}
