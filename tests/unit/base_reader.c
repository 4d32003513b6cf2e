/* Bytes that nobody vouches for: whatever is cut, too long, too deep or not in its shortest form is refused at its
 * byte, without a look behind the end; and what is taken is the same bytes when it is written again. */
#include "core/base/reader.h"

#include "core/base/pack.h"
#include "tests/repack.h"

/* Bytes in a block of exactly their size, so that a sanitizer sees a read behind them. */
struct input {
    uint8_t *data;
    size_t size;
};

static struct input input_of(const void *data, size_t size)
{
    struct input input = {malloc(size ? size : 1), size};
    CHECK(input.data != NULL);
    if (size)
        memcpy(input.data, data, size);
    return input;
}

static struct input input_hex(const char *hex)
{
    struct input input = input_of(hex, strlen(hex) / 2);
    for (size_t i = 0; i < input.size; i++) {
        unsigned byte;
        CHECK_INT(sscanf(hex + 2 * i, "%2x", &byte), 1);
        input.data[i] = (uint8_t)byte;
    }
    return input;
}

static struct karto_reader reader_of(struct input input)
{
    struct karto_reader reader;
    karto_reader_init(&reader, karto_slice(input.data, input.size));
    return reader;
}

/* --- refusals --- */

static void refused(const char *hex, const char *why, size_t at)
{
    struct input input = input_hex(hex);
    struct karto_reader reader = reader_of(input);
    CHECK_INT(karto_read_any(&reader, SIZE_MAX).size, 0);
    CHECK_INT(karto_reader_end(&reader), KARTO_E_CORRUPT);
    CHECK_STR(reader.error, why);
    CHECK_INT(reader.error_at, at);
    free(input.data);
}

static void not_shortest(void)
{
    static const char *const numbers[] = {
        "cc00", "cc7f", "cd0000", "cd00ff", "ce00000000", "ce0000ffff", "cf0000000000000000", "cf00000000ffffffff",
        /* signed forms of what is not negative */
        "d000", "d07f", "d100ff", "d17fff", "d20000ffff", "d27fffffff", "d300000000ffffffff", "d37fffffffffffffff",
        /* negative, but a shorter form would do */
        "d0ff", "d0e0", "d1ffdf", "d1ff80", "d2ffffff7f", "d2ffff8000", "d3ffffffff80000000", "d3ffffffffffffffff"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        refused(numbers[i], "a number that is not in its shortest form", 0);

    static const char *const lengths[] = {/* text */ "d900",
                                          "d90161",
                                          "da0000",
                                          "da000161",
                                          "db00000000",
                                          "db0000000161",
                                          /* bytes */ "c50000",
                                          "c5000100",
                                          "c600000000",
                                          "c60000000100",
                                          /* extensions */ "c70105ff",
                                          "c70205ffff",
                                          "c70405ffffffff",
                                          "c70805ffffffffffffffff",
                                          "c8000005",
                                          "c8000305ffffff",
                                          "c90000000005",
                                          "c90000000105ff",
                                          /* arrays */ "dc0000",
                                          "dc0001c0",
                                          "dd00000000",
                                          "dd00000001c0"};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        refused(lengths[i], "a length that is not in its shortest form", 0);
}

/* The greatest length that the next shorter form still takes, in each form; bodies are there, so that only the form is
 * wrong. */
static void not_shortest_at_the_boundary(void)
{
    static const struct {
        uint8_t head[6];
        size_t head_size, body;
    } cases[] = {
        {{0xd9, 31}, 2, 31},
        {{0xda, 0, 0xff}, 3, 0xff},
        {{0xdb, 0, 0, 0xff, 0xff}, 5, 0xffff},
        {{0xc5, 0, 0xff}, 3, 0xff},
        {{0xc6, 0, 0, 0xff, 0xff}, 5, 0xffff},
        {{0xc7, 16, 5}, 3, 16},
        {{0xc8, 0, 0xff, 5}, 4, 0xff},
        {{0xc9, 0, 0, 0xff, 0xff, 5}, 6, 0xffff},
        {{0xdc, 0, 15}, 3, 15},
        {{0xdd, 0, 0, 0xff, 0xff}, 5, 0xffff},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct karto_buf bytes = KARTO_BUF_EMPTY;
        karto_buf_add(&bytes, cases[i].head, cases[i].head_size);
        for (size_t n = 0; n < cases[i].body; n++)
            karto_buf_add_byte(&bytes, 'x');
        struct karto_reader reader;
        karto_reader_init(&reader, karto_buf_slice(&bytes));
        CHECK_INT(karto_read_any(&reader, SIZE_MAX).size, 0);
        CHECK_STR(reader.error, "a length that is not in its shortest form");
        karto_buf_fini(&bytes);
    }
}

static void never_used(void)
{
    static const char *const types[] = {"c1",     "80",        "8101c0", "8f", "ca3f800000", "cb3ff0000000000000",
                                        "de0000", "df00000000"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        refused(types[i], "a type that is never used", 0);
    refused("92c0ca3f800000", "a type that is never used", 2);
}

/* More elements or bytes than can follow: nobody loops or allocates for them. */
static void huge_counts(void)
{
    static const char *const claims[] = {"ddffffffff",   "dd02000000c0", "dcffffc0", "9f",         "92c0",
                                         "dbffffffff",   "daffff61",     "bf",       "c6ffffffff", "c4ff00",
                                         "c9ffffffff05", "c7ff05",       "d4",       "d805"};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        refused(claims[i], "the bytes end too early", 0);
    refused("92c09f", "the bytes end too early", 2);
}

/* Every sample is one element; no beginning of one is. */
static void truncated(void)
{
    static const char *const samples[] = {
        "cc80",     "cd0100",       "ce00010000",         "cf0000000100000000", "d0df",
        "d1ff7f",   "d2ffff7fff",   "d3ffffffff7fffffff", "a3616263",           "c403000102",
        "d5050102", "c70305010203", "93c0c2c3",           "9293c0a161ff9190",   "9fc0c0c0c0c0c0c0c0c0c0c0c0c0c0c0"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct input whole = input_hex(samples[i]);
        for (size_t size = 0; size <= whole.size; size++) {
            struct input part = input_of(whole.data, size);
            struct karto_reader reader = reader_of(part);
            CHECK_INT(karto_read_any(&reader, SIZE_MAX).size, size == whole.size ? size : 0);
            CHECK_INT(karto_reader_end(&reader), size == whole.size ? KARTO_OK : KARTO_E_CORRUPT);
            CHECK(reader.error_at <= size);
            free(part.data);
        }
        free(whole.data);
    }
    refused("", "an element is missing", 0);
}

static void nested(void)
{
    static uint8_t bomb[1000 * 1000];
    memset(bomb, 0x91, sizeof bomb);
    struct karto_reader reader;
    karto_reader_init(&reader, karto_slice(bomb, sizeof bomb));
    CHECK_INT(karto_read_any(&reader, SIZE_MAX).size, 0);
    CHECK_STR(reader.error, "nested too deep");
    CHECK_INT(karto_reader_end(&reader), KARTO_E_CORRUPT);

    bomb[8] = 0xc0;
    karto_reader_init(&reader, karto_slice(bomb, 9));
    CHECK_INT(karto_read_any(&reader, SIZE_MAX).size, 9);
    CHECK_INT(karto_reader_end(&reader), KARTO_OK);
    bomb[8] = 0x90;
    karto_reader_init(&reader, karto_slice(bomb, 9));
    CHECK_INT(karto_read_any(&reader, SIZE_MAX).size, 0);
    CHECK_STR(reader.error, "nested too deep");
}

/* --- limits, at and one above --- */

static void limit_one(const char *hex, size_t limit, bool fine)
{
    struct input input = input_hex(hex);
    struct karto_reader reader = reader_of(input);
    int8_t type = 1;
    switch (karto_reader_peek(&reader)) {
    case KARTO_WIRE_UINT: CHECK(karto_read_uint(&reader, limit) == (fine ? limit : 0)); break;
    case KARTO_WIRE_STR: CHECK_INT(karto_read_str(&reader, limit).size, fine ? limit : 0); break;
    case KARTO_WIRE_BIN: CHECK_INT(karto_read_bin(&reader, limit).size, fine ? limit : 0); break;
    case KARTO_WIRE_EXT:
        CHECK_INT(karto_read_ext(&reader, &type, limit).size, fine ? limit : 0);
        CHECK_INT(type, fine ? 5 : 0);
        break;
    case KARTO_WIRE_ARRAY:
        CHECK_INT(karto_read_array(&reader, (uint32_t)limit), fine ? limit : 0);
        for (size_t i = 0; fine && i < limit; i++)
            CHECK(karto_read_nil(&reader));
        break;
    case KARTO_WIRE_END:
    case KARTO_WIRE_NIL:
    case KARTO_WIRE_BOOL:
    case KARTO_WIRE_INT: CHECK(false);
    }
    CHECK_INT(karto_reader_end(&reader), fine ? KARTO_OK : KARTO_E_CORRUPT);
    free(input.data);
}

static void limits(void)
{
    static const char *const threes[] = {"03", "a3616263", "c403000102", "c70305010203", "93c0c0c0"};
    for (size_t i = 0; i < sizeof threes / sizeof *threes; i++) {
        limit_one(threes[i], 3, true);
        limit_one(threes[i], 2, false);
    }
    struct input input = input_hex("93c0c0c0");
    struct karto_reader reader = reader_of(input);
    CHECK_INT(karto_read_any(&reader, 3).size, 0);
    CHECK_STR(reader.error, "longer than allowed");
    reader = reader_of(input);
    CHECK_INT(karto_read_any(&reader, 4).size, 4);
    free(input.data);

    input = input_hex("cf8000000000000000"); /* one more than an int64_t holds */
    reader = reader_of(input);
    CHECK(karto_read_int(&reader) == 0);
    CHECK_INT(karto_reader_end(&reader), KARTO_E_CORRUPT);
    free(input.data);
}

static void error_sticks(void)
{
    struct input input = input_hex("01a16102c0");
    struct karto_reader reader = reader_of(input);
    CHECK(karto_read_uint(&reader, 9) == 1);
    CHECK(karto_read_uint(&reader, 9) == 0);
    CHECK_STR(reader.error, "another type than expected");
    CHECK_INT(reader.error_at, 1);
    int8_t type = 9;
    CHECK_INT(karto_reader_peek(&reader), KARTO_WIRE_END);
    CHECK(!karto_read_nil(&reader) && !karto_read_bool(&reader));
    CHECK(karto_read_uint(&reader, 9) == 0 && karto_read_int(&reader) == 0 && karto_read_array(&reader, 9) == 0);
    CHECK_INT(karto_read_str(&reader, 9).size + karto_read_bin(&reader, 9).size, 0);
    CHECK_INT(karto_read_ext(&reader, &type, 9).size + karto_read_any(&reader, 9).size, 0);
    CHECK_INT(type, 0);
    karto_reader_fail(&reader, "a later error");
    CHECK_STR(reader.error, "another type than expected");
    CHECK_INT(karto_reader_end(&reader), KARTO_E_CORRUPT);

    reader = reader_of(input);
    CHECK(karto_read_uint(&reader, 9) == 1);
    CHECK_INT(karto_reader_end(&reader), KARTO_E_CORRUPT);
    CHECK_STR(reader.error, "bytes behind the end");
    CHECK_INT(reader.error_at, 1);
    free(input.data);
}

static void utf8(void)
{
    static const char *const good[] = {"",
                                       "Ї",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x41",
                                      "\xe0\x9f\xbf",
                                      "\xe0\xa0",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xe2\x82\x41",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf0\x90\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xff",
                                      "a\xd0"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(karto_utf8_valid(karto_slice_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct input input = input_of(bad[i], strlen(bad[i]));
        CHECK(!karto_utf8_valid(karto_slice(input.data, input.size)));
        free(input.data);
    }
    CHECK(!karto_utf8_valid(karto_slice("a\0b", 3)));
    refused("a3610062", "text that is not UTF-8", 4);
    refused("92c0a2c328", "text that is not UTF-8", 5);
}

/* Eight bytes at a time give the same as one character at a time. */
static void utf8_in_words(void)
{
    static const char *const pieces[] = {"a",    "z9",           "я",        "Ґ",       "—",        "\xf0\x9f\x98\x80",
                                         "Київ", "ТОВ «",        "12345678", "\xf5",    "\xc0\xaf", "\xc1\xbf",
                                         "\xd0", "\xed\xa0\x80", "\xff",     "\xe2\x82"};
    enum { GOOD = 9, PIECES = sizeof pieces / sizeof *pieces };
    uint64_t random = 7;
    unsigned valid = 0, rounds = 20000;
    for (unsigned round = 0; round < rounds; round++) {
        char text[200] = "";
        bool good = true;
        for (unsigned i = 0; i < 12; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            size_t piece = (random >> 33) % (random >> 60 ? GOOD : PIECES);
            good = good && piece < GOOD;
            strcat(text, pieces[piece]);
        }
        good = good && round % 5; /* a NUL in the midst is none of what is valid */
        size_t size = strlen(text);
        if (round % 5 == 0)
            text[round % size] = 0;
        struct input input = input_of(text, size);
        CHECK(karto_utf8_valid(karto_slice(input.data, input.size)) == good);
        valid += good;
        free(input.data);
    }
    CHECK(valid > rounds / 10 && valid < rounds * 9 / 10);
}

/* --- anything at all --- */

/* A fixed sequence: heads are likely, so that much of it is nearly right. */
static size_t scramble(uint64_t *state, uint8_t out[24])
{
    static const uint8_t heads[] = {0x00, 0x7f, 0x90, 0x92, 0xa0, 0xa1, 0xc0, 0xc2, 0xc4, 0xc5, 0xc7, 0xcc, 0xcd, 0xce,
                                    0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd9, 0xda, 0xdc, 0xe0, 0xff, 0x01};
    size_t size = 0;
    do {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        out[size++] = *state & 0x100 ? (uint8_t)*state : heads[(*state >> 16) % sizeof heads];
    } while (size < 24 && *state >> 60);
    return size;
}

static void taken_is_canonical(void)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    int taken = 0;
    struct karto_buf again = KARTO_BUF_EMPTY;
    for (int i = 0; i < 100 * 1000; i++) {
        uint8_t bytes[24];
        struct input input = input_of(bytes, scramble(&state, bytes));
        struct karto_reader reader = reader_of(input);
        karto_buf_clear(&again);
        while (karto_reader_peek(&reader) != KARTO_WIRE_END) /* to the end or the first error */
            repack(&reader, &again);
        if (karto_reader_end(&reader) == KARTO_OK) {
            CHECK(karto_slice_equal(karto_buf_slice(&again), karto_slice(input.data, input.size)));
            taken++;
        }
        free(input.data);
    }
    karto_buf_fini(&again);
    CHECK(taken > 1000);
}

int main(void)
{
    not_shortest();
    not_shortest_at_the_boundary();
    never_used();
    huge_counts();
    truncated();
    nested();
    limits();
    error_sticks();
    utf8();
    utf8_in_words();
    taken_is_canonical();
    return 0;
}
