/* The hashes are the published ones, for ever: what is on disk and on the wire rests on them. */
#include "core/base/hash.h"

#include "tests/check.h"

static void hex_of(const uint8_t *bytes, size_t size, char *out)
{
    for (size_t i = 0; i < size; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void check_sha256(struct karto_slice a, struct karto_slice b, const char *want)
{
    uint8_t digest[32];
    char hex[65];
    karto_sha256(a, b, digest);
    hex_of(digest, sizeof digest, hex);
    CHECK_STR(hex, want);
}

/* NIST's examples for FIPS 180-4, each also cut in two at every byte. */
static void sha256(void)
{
    static const char *const examples[][2] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct karto_slice text = karto_slice_str(examples[i][0]);
        for (size_t cut = 0; cut <= text.size; cut++)
            check_sha256(karto_slice(text.data, cut), karto_slice(text.data + cut, text.size - cut), examples[i][1]);
    }
    static uint8_t million[1000 * 1000];
    memset(million, 'a', sizeof million);
    check_sha256(karto_slice(million, sizeof million), karto_slice(NULL, 0),
                 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void keyed(void)
{
    /* SHA-256 of 32 zero bytes begins 66687aadf862bd77; of 32 zero bytes and "abc", 365aa7d8f7f9402c. */
    const uint64_t abc = 0x365aa7d8f7f9402c;
    uint8_t key[32] = {0};
    CHECK(karto_keyed_hash(key, karto_slice(NULL, 0)) == 0x66687aadf862bd77);
    CHECK(karto_keyed_hash(key, karto_slice_str("abc")) == abc);
    key[31] = 1;
    CHECK(karto_keyed_hash(key, karto_slice_str("abc")) != abc);
}

static void check_sum(struct karto_sum sum, const char *want)
{
    uint8_t bytes[16];
    char hex[33];
    karto_sum_write(sum, bytes);
    hex_of(bytes, sizeof bytes, hex);
    CHECK_STR(hex, want);
    CHECK(karto_sum_equal(karto_sum_read(bytes), sum));
}

/* XXH3's 128 bits, seed 0, as xxh128sum prints them. */
static void sums_of_bytes(void)
{
    check_sum(karto_sum_of(karto_slice(NULL, 0)), "99aa06d3014798d86001c324468d497f");
    check_sum(karto_sum_of(karto_slice_str("abc")), "06b05ab6733a618578af5f94892f3950");
    check_sum((struct karto_sum){0, 0}, "00000000000000000000000000000000");
    check_sum((struct karto_sum){0x08090a0b0c0d0e0f, 0x0001020304050607}, "000102030405060708090a0b0c0d0e0f");
}

static void carries(void)
{
    struct karto_sum zero = {0, 0}, one = {1, 0}, low = {UINT64_MAX, 0}, most = {UINT64_MAX, UINT64_MAX};
    check_sum(karto_sum_add(low, one), "00000000000000010000000000000000");
    check_sum(karto_sum_add(most, one), "00000000000000000000000000000000");
    check_sum(karto_sum_sub(zero, one), "ffffffffffffffffffffffffffffffff");
    check_sum(karto_sum_sub((struct karto_sum){0, 1}, one), "0000000000000000ffffffffffffffff");
    CHECK(!karto_sum_equal(one, zero) && !karto_sum_equal(low, most));
}

/* Adding in any order is the same sum, and taking away what was added leaves what was there. */
static void any_order(void)
{
    static const char *const things[] = {"a", "b", "c", "Їжак", ""};
    enum { COUNT = sizeof things / sizeof *things };
    struct karto_sum up = {0, 0}, down = {0, 0};
    for (size_t i = 0; i < COUNT; i++) {
        up = karto_sum_add(up, karto_sum_of(karto_slice_str(things[i])));
        down = karto_sum_add(down, karto_sum_of(karto_slice_str(things[COUNT - 1 - i])));
    }
    CHECK(karto_sum_equal(up, down));
    for (size_t i = 0; i < COUNT; i++)
        up = karto_sum_sub(up, karto_sum_of(karto_slice_str(things[i])));
    CHECK(karto_sum_equal(up, (struct karto_sum){0, 0}));
}

int main(void)
{
    sha256();
    keyed();
    sums_of_bytes();
    carries();
    any_order();
    return 0;
}
