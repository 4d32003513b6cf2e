/* number_set.h - a set of the small numbers of records (numbers.h): a bit for each, so that sets of many cost little.
 */
#ifndef KARTO_STORE_NUMBER_SET_H
#define KARTO_STORE_NUMBER_SET_H

#include <stdbool.h>
#include <stdint.h>

struct karto_number_set {
    uint64_t *bits;
    uint32_t end; /* numbers below can be in it */
};

/* Empty. */
void karto_number_set_init(struct karto_number_set *set, uint32_t end);
void karto_number_set_fini(struct karto_number_set *set); /* one that is all 0 is fine */

/* A number that is not below end is left out, and in no set. */
void karto_number_set_add(struct karto_number_set *set, uint32_t number);
bool karto_number_set_has(const struct karto_number_set *set, uint32_t number);

/* What is in both, or in either; both have the same end. */
void karto_number_set_and(struct karto_number_set *set, const struct karto_number_set *other);
void karto_number_set_or(struct karto_number_set *set, const struct karto_number_set *other);

uint32_t karto_number_set_count(const struct karto_number_set *set);

/* The least number in the set that is not below *number; false: none. */
bool karto_number_set_next(const struct karto_number_set *set, uint32_t *number);

#endif
