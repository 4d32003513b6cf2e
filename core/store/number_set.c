#include "core/store/number_set.h"

#include "core/base/fatal.h"

#include <stdlib.h>

enum { BITS = 64 };

static uint32_t word_count(const struct karto_number_set *set)
{
    return set->end / BITS + 1;
}

void karto_number_set_init(struct karto_number_set *set, uint32_t end)
{
    set->end = end;
    set->bits = karto_must(calloc(word_count(set), sizeof *set->bits));
}

void karto_number_set_fini(struct karto_number_set *set)
{
    free(set->bits);
    *set = (struct karto_number_set){NULL, 0};
}

void karto_number_set_add(struct karto_number_set *set, uint32_t number)
{
    if (number < set->end)
        set->bits[number / BITS] |= UINT64_C(1) << number % BITS;
}

bool karto_number_set_has(const struct karto_number_set *set, uint32_t number)
{
    return number < set->end && set->bits[number / BITS] >> number % BITS & 1;
}

void karto_number_set_and(struct karto_number_set *set, const struct karto_number_set *other)
{
    KARTO_ASSERT(set->end == other->end);
    for (uint32_t i = 0; i < word_count(set); i++)
        set->bits[i] &= other->bits[i];
}

void karto_number_set_or(struct karto_number_set *set, const struct karto_number_set *other)
{
    KARTO_ASSERT(set->end == other->end);
    for (uint32_t i = 0; i < word_count(set); i++)
        set->bits[i] |= other->bits[i];
}

uint32_t karto_number_set_count(const struct karto_number_set *set)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < word_count(set); i++)
        count += (uint32_t)__builtin_popcountll(set->bits[i]);
    return count;
}

bool karto_number_set_next(const struct karto_number_set *set, uint32_t *number)
{
    for (uint32_t i = *number / BITS, from = *number % BITS; i < word_count(set); i++, from = 0) {
        uint64_t left = set->bits[i] & UINT64_MAX << from;
        if (left) {
            *number = i * BITS + (uint32_t)__builtin_ctzll(left);
            return true;
        }
    }
    return false;
}
