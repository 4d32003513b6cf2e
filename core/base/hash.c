#include "core/base/hash.h"

#include "core/base/buf.h"
#include "core/base/fatal.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <xxhash.h>

/* Looked up once: a search for its name at each use takes longer than most of what is hashed. */
static EVP_MD *sha256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void look_up(void)
{
    sha256 = karto_must(EVP_MD_fetch(NULL, "SHA256", NULL));
}

void karto_sha256(struct karto_slice a, struct karto_slice b, uint8_t out[32])
{
    if (pthread_once(&once, look_up) != 0)
        karto_fatal("pthread_once");
    EVP_MD_CTX *context = karto_must(EVP_MD_CTX_new());
    bool fine = EVP_DigestInit_ex(context, sha256, NULL) && EVP_DigestUpdate(context, a.data, a.size) &&
                EVP_DigestUpdate(context, b.data, b.size) && EVP_DigestFinal_ex(context, out, NULL);
    EVP_MD_CTX_free(context);
    KARTO_ASSERT(fine);
}

uint64_t karto_keyed_hash(const uint8_t key[32], struct karto_slice bytes)
{
    uint8_t digest[32];
    karto_sha256(karto_slice(key, 32), bytes, digest);
    return karto_be64(digest);
}

struct karto_sum karto_sum_of(struct karto_slice bytes)
{
    XXH128_hash_t hash = XXH3_128bits(bytes.data, bytes.size);
    return (struct karto_sum){hash.low64, hash.high64};
}

struct karto_sum karto_sum_add(struct karto_sum a, struct karto_sum b)
{
    struct karto_sum sum = {a.low + b.low, a.high + b.high};
    sum.high += sum.low < a.low;
    return sum;
}

struct karto_sum karto_sum_sub(struct karto_sum a, struct karto_sum b)
{
    return (struct karto_sum){a.low - b.low, a.high - b.high - (a.low < b.low)};
}

bool karto_sum_equal(struct karto_sum a, struct karto_sum b)
{
    return a.low == b.low && a.high == b.high;
}

void karto_sum_write(struct karto_sum sum, uint8_t out[16])
{
    karto_be64_write(sum.high, out);
    karto_be64_write(sum.low, out + 8);
}

struct karto_sum karto_sum_read(const uint8_t in[16])
{
    return (struct karto_sum){karto_be64(in + 8), karto_be64(in)};
}
