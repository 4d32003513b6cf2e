/* hash.h - the hashes that the formats use. */
#ifndef KARTO_BASE_HASH_H
#define KARTO_BASE_HASH_H

#include "core/base/slice.h"

/* SHA-256 (FIPS 180-4), 32 bytes. Over a, then b, as if they were one. */
void karto_sha256(struct karto_slice a, struct karto_slice b, uint8_t out[32]);

/* The first 64 bits, big-endian, of SHA-256(key || bytes): keyed, and truncated, so that it can be neither guessed nor
 * extended. */
uint64_t karto_keyed_hash(const uint8_t key[32], struct karto_slice bytes);

/* A sum of 128-bit hashes (XXH3), modulo 2^128: of a set of things, whatever their order. All zero is the empty set. */
struct karto_sum {
    uint64_t low, high;
};

struct karto_sum karto_sum_of(struct karto_slice bytes);
struct karto_sum karto_sum_add(struct karto_sum a, struct karto_sum b);
struct karto_sum karto_sum_sub(struct karto_sum a, struct karto_sum b);
bool karto_sum_equal(struct karto_sum a, struct karto_sum b);
void karto_sum_write(struct karto_sum sum, uint8_t out[16]); /* big-endian, high first */
struct karto_sum karto_sum_read(const uint8_t in[16]);

#endif
