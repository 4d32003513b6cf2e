/* Owned bytes that grow, and borrowed ones that are compared. */
#include "core/base/buf.h"

#include "tests/abort.h"

static void grows(void)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    CHECK_INT(karto_buf_slice(&buf).size, 0);
    for (uint32_t i = 0; i < 100 * 1000; i++)
        karto_buf_add_be32(&buf, i);
    CHECK_INT(buf.size, 400 * 1000);
    CHECK(buf.capacity >= buf.size && buf.capacity < 4 * buf.size);
    for (uint32_t i = 0; i < 100 * 1000; i++)
        CHECK_INT(karto_be32(buf.data + 4 * i), i);
    size_t capacity = buf.capacity;
    karto_buf_clear(&buf);
    CHECK_INT(buf.size, 0);
    CHECK_INT(buf.capacity, capacity);
    karto_buf_fini(&buf);
    CHECK(buf.data == NULL && buf.size == 0 && buf.capacity == 0);
    karto_buf_fini(&buf);
}

static void adds(void)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_buf_add(&buf, NULL, 0);
    karto_buf_add_slice(&buf, karto_slice(NULL, 0));
    karto_buf_add_str(&buf, "");
    CHECK_INT(buf.size, 0);
    karto_buf_add(&buf, "a\0b", 3);
    karto_buf_add_byte(&buf, 0xff);
    karto_buf_add_str(&buf, "xyz");
    karto_buf_printf(&buf, "%d%s", 42, "!");
    karto_buf_add_slice(&buf, karto_slice("q", 1));
    CHECK(karto_slice_equal(karto_buf_slice(&buf), karto_slice("a\0b\xffxyz42!q", 11)));
    karto_buf_fini(&buf);
}

/* What is reserved does not count until it is added, and stays where it is until then. */
static void reserves(void)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    for (size_t size = 1; size < 5000; size = size * 3 / 2 + 1) {
        size_t before = buf.size;
        uint8_t *room = karto_buf_reserve(&buf, size);
        CHECK_INT(buf.size, before);
        CHECK(room == buf.data + before && buf.capacity >= before + size);
        memset(room, 1, size);
        CHECK(karto_buf_reserve(&buf, size) == room);
        buf.size += size;
    }
    karto_buf_fini(&buf);
}

static void absurd(void)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_buf_reserve(&buf, SIZE_MAX - 1);
}

/* Bytes in the order of their numbers: what keys of a store rest on. */
static void big_endian(void)
{
    static const uint64_t numbers[] = {0, 1, 0xff, 0x100, 0xffffffff, 0x100000000, 0x0123456789abcdef, UINT64_MAX};
    struct karto_buf a = KARTO_BUF_EMPTY, b = KARTO_BUF_EMPTY;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        karto_buf_clear(&a);
        karto_buf_add_be64(&a, numbers[i]);
        CHECK_INT(a.size, 8);
        CHECK(karto_be64(a.data) == numbers[i]);
        CHECK(i == 0 || karto_slice_compare(karto_buf_slice(&b), karto_buf_slice(&a)) < 0);
        karto_buf_clear(&b);
        karto_buf_add_slice(&b, karto_buf_slice(&a));
    }
    karto_buf_clear(&a);
    karto_buf_add_be64(&a, 0x0123456789abcdef);
    CHECK(karto_slice_equal(karto_buf_slice(&a), karto_slice("\x01\x23\x45\x67\x89\xab\xcd\xef", 8)));
    karto_buf_fini(&a);
    karto_buf_fini(&b);
}

static void slices(void)
{
    static const char *const ordered[] = {"", "A", "a", "aa", "ab", "b", "\xd0", "\xff"};
    enum { COUNT = sizeof ordered / sizeof *ordered };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++) {
            struct karto_slice a = karto_slice_str(ordered[i]), b = karto_slice_str(ordered[j]);
            int order = karto_slice_compare(a, b);
            CHECK_INT((order > 0) - (order < 0), (i > j) - (i < j));
            CHECK_INT(karto_slice_equal(a, b), i == j);
            CHECK_INT(karto_slice_is(a, ordered[j]), i == j);
        }
    CHECK(karto_slice_equal(karto_slice(NULL, 0), karto_slice("", 0)));
    CHECK(karto_slice_equal(karto_slice_str(NULL), karto_slice(NULL, 0)));
    CHECK(karto_slice_is(karto_slice(NULL, 0), ""));
    CHECK_INT(karto_slice_compare(karto_slice(NULL, 0), karto_slice("", 0)), 0);
    CHECK(!karto_slice_equal(karto_slice("a\0b", 3), karto_slice("a\0c", 3)));
}

int main(void)
{
    grows();
    adds();
    reserves();
    CHECK(aborts(absurd));
    big_endian();
    slices();
    return 0;
}
