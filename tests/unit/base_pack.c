/* What is packed has exactly the bytes that MessagePack's shortest form has, and is read back as it was. */
#include "core/base/pack.h"

#include "core/base/reader.h"
#include "tests/check.h"

static struct karto_buf buf;

/* The buffer begins with the bytes that hex names; a reader of the whole buffer. */
static struct karto_reader packed(const char *hex)
{
    size_t count = strlen(hex) / 2;
    CHECK(buf.size >= count);
    for (size_t i = 0; i < count; i++) {
        char byte[3];
        snprintf(byte, sizeof byte, "%02x", buf.data[i]);
        CHECK(memcmp(byte, hex + 2 * i, 2) == 0);
    }
    struct karto_reader reader;
    karto_reader_init(&reader, karto_buf_slice(&buf));
    return reader;
}

static void all_read(struct karto_reader *reader)
{
    CHECK_INT(karto_reader_end(reader), KARTO_OK);
    karto_buf_clear(&buf);
}

static void nil_and_bool(void)
{
    karto_pack_nil(&buf);
    karto_pack_bool(&buf, false);
    karto_pack_bool(&buf, true);
    CHECK_INT(buf.size, 3);
    struct karto_reader reader = packed("c0c2c3");
    CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_NIL);
    CHECK(karto_read_nil(&reader));
    CHECK(!karto_read_nil(&reader));
    CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_BOOL);
    CHECK(!karto_read_bool(&reader));
    CHECK(karto_read_bool(&reader));
    CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_END);
    all_read(&reader);
}

static void unsigned_numbers(void)
{
    static const struct {
        uint64_t v;
        const char *hex;
    } cases[] = {
        {0, "00"},
        {127, "7f"},
        {128, "cc80"},
        {255, "ccff"},
        {256, "cd0100"},
        {65535, "cdffff"},
        {65536, "ce00010000"},
        {UINT32_MAX, "ceffffffff"},
        {(uint64_t)UINT32_MAX + 1, "cf0000000100000000"},
        {INT64_MAX, "cf7fffffffffffffff"},
        {UINT64_MAX, "cfffffffffffffffff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        karto_pack_uint(&buf, cases[i].v);
        CHECK_INT(buf.size, strlen(cases[i].hex) / 2);
        struct karto_reader reader = packed(cases[i].hex);
        CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_UINT);
        CHECK(karto_read_uint(&reader, cases[i].v) == cases[i].v);
        all_read(&reader);
    }
}

static void signed_numbers(void)
{
    static const struct {
        int64_t v;
        const char *hex;
    } cases[] = {
        {INT64_MAX, "cf7fffffffffffffff"},
        {65536, "ce00010000"},
        {128, "cc80"},
        {127, "7f"},
        {0, "00"},
        {-1, "ff"},
        {-32, "e0"},
        {-33, "d0df"},
        {INT8_MIN, "d080"},
        {INT8_MIN - 1, "d1ff7f"},
        {INT16_MIN, "d18000"},
        {INT16_MIN - 1, "d2ffff7fff"},
        {INT32_MIN, "d280000000"},
        {(int64_t)INT32_MIN - 1, "d3ffffffff7fffffff"},
        {INT64_MIN, "d38000000000000000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        karto_pack_int(&buf, cases[i].v);
        CHECK_INT(buf.size, strlen(cases[i].hex) / 2);
        struct karto_reader reader = packed(cases[i].hex);
        CHECK_INT(karto_reader_peek(&reader), cases[i].v < 0 ? KARTO_WIRE_INT : KARTO_WIRE_UINT);
        CHECK(karto_read_int(&reader) == cases[i].v);
        all_read(&reader);
    }
}

/* --- what has a length --- */

static struct karto_slice letters(size_t size)
{
    static uint8_t bytes[65537];
    CHECK(size <= sizeof bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)('a' + i % 26);
    return karto_slice(bytes, size);
}

struct length {
    size_t size;
    const char *hex; /* of the head */
};

static void check_body(struct karto_slice got, const struct length *length)
{
    CHECK(karto_slice_equal(got, letters(length->size)));
}

static void texts(void)
{
    static const struct length cases[] = {
        {0, "a0"},       {1, "a1"},       {31, "bf"},        {32, "d920"},          {255, "d9ff"},
        {256, "da0100"}, {257, "da0101"}, {65535, "daffff"}, {65536, "db00010000"}, {65537, "db00010001"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        karto_pack_str(&buf, letters(cases[i].size));
        CHECK_INT(buf.size, strlen(cases[i].hex) / 2 + cases[i].size);
        struct karto_reader reader = packed(cases[i].hex);
        CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_STR);
        check_body(karto_read_str(&reader, cases[i].size), &cases[i]);
        all_read(&reader);
    }
}

static void binaries(void)
{
    static const struct length cases[] = {
        {0, "c400"},       {1, "c401"},           {255, "c4ff"},         {256, "c50100"},
        {65535, "c5ffff"}, {65536, "c600010000"}, {65537, "c600010001"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        karto_pack_bin(&buf, letters(cases[i].size));
        CHECK_INT(buf.size, strlen(cases[i].hex) / 2 + cases[i].size);
        struct karto_reader reader = packed(cases[i].hex);
        CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_BIN);
        check_body(karto_read_bin(&reader, cases[i].size), &cases[i]);
        all_read(&reader);
    }
}

static void extensions(void)
{
    static const struct length cases[] = {
        {0, "c700fb"},   {1, "d4fb"},       {2, "d5fb"},         {3, "c703fb"},           {4, "d6fb"},  {5, "c705fb"},
        {7, "c707fb"},   {8, "d7fb"},       {9, "c709fb"},       {15, "c70ffb"},          {16, "d8fb"}, {17, "c711fb"},
        {255, "c7fffb"}, {256, "c80100fb"}, {65535, "c8fffffb"}, {65536, "c900010000fb"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        karto_pack_ext(&buf, -5, letters(cases[i].size));
        CHECK_INT(buf.size, strlen(cases[i].hex) / 2 + cases[i].size);
        struct karto_reader reader = packed(cases[i].hex);
        CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_EXT);
        int8_t type;
        check_body(karto_read_ext(&reader, &type, cases[i].size), &cases[i]);
        CHECK_INT(type, -5);
        all_read(&reader);
    }
    for (int type = INT8_MIN; type <= INT8_MAX; type++) {
        karto_pack_ext(&buf, (int8_t)type, karto_slice_str("abc"));
        struct karto_reader reader = packed("c703");
        int8_t got;
        CHECK_INT(karto_read_ext(&reader, &got, 3).size, 3);
        CHECK_INT(got, type);
        all_read(&reader);
    }
}

static void arrays(void)
{
    static const struct {
        uint32_t count;
        const char *hex;
    } cases[] = {
        {0, "90"},
        {1, "91"},
        {15, "9f"},
        {16, "dc0010"},
        {65535, "dcffff"},
        {65536, "dd00010000"},
        {65537, "dd00010001"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        karto_pack_array(&buf, cases[i].count);
        for (uint32_t n = 0; n < cases[i].count; n++)
            karto_pack_nil(&buf);
        struct karto_reader reader = packed(cases[i].hex);
        CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_ARRAY);
        CHECK_INT(karto_read_array(&reader, cases[i].count), cases[i].count);
        for (uint32_t n = 0; n < cases[i].count; n++)
            CHECK(karto_read_nil(&reader));
        all_read(&reader);
    }
    karto_pack_array(&buf, UINT32_MAX);
    CHECK_INT(buf.size, 5);
    packed("ddffffffff");
    karto_buf_clear(&buf);
}

static void goes_behind(void)
{
    karto_buf_add_str(&buf, "before");
    karto_pack_uint(&buf, 7);
    CHECK(karto_slice_is(karto_buf_slice(&buf), "before\7"));
    karto_buf_clear(&buf);
}

int main(void)
{
    nil_and_bool();
    unsigned_numbers();
    signed_numbers();
    texts();
    binaries();
    extensions();
    arrays();
    goes_behind();
    karto_buf_fini(&buf);
    return 0;
}
