/* The vectors of the MessagePack community's test suite: of the several encodings of one thing, the reader takes
 * exactly one, and none of a float or a map; it reads what is meant, and that written again is the same bytes. Needs
 * KARTO_DATA, a directory with msgpack-test-suite/msgpack-test-suite.json; is skipped without it. */
#include "core/base/os_posix.h"
#include "core/base/reader.h"
#include "tests/repack.h"

enum { SKIPPED = 77, FILE_SIZE_MAX = 1024 * 1024, ENCODING_SIZE_MAX = 256 };

/* What the file holds as of its commit e04f6ed. Without an encoding of ours: 2 floats, 3 maps, 3 arrays and maps with a
 * map in them. */
enum { EXERCISES = 85, EXPRESSIBLE = EXERCISES - 2 - 3 - 3 };

/* As the file writes it, where that says more than the bytes: a number, a text, true or false. Else nothing. */
static struct karto_slice meaning(struct karto_slice bytes, char number[24])
{
    struct karto_reader reader;
    karto_reader_init(&reader, bytes);
    switch (karto_reader_peek(&reader)) {
    case KARTO_WIRE_BOOL: return karto_slice_str(karto_read_bool(&reader) ? "true" : "false");
    case KARTO_WIRE_UINT:
        snprintf(number, 24, "%llu", (unsigned long long)karto_read_uint(&reader, UINT64_MAX));
        return karto_slice_str(number);
    case KARTO_WIRE_INT:
        snprintf(number, 24, "%lld", (long long)karto_read_int(&reader));
        return karto_slice_str(number);
    case KARTO_WIRE_STR: return karto_read_str(&reader, SIZE_MAX);
    default: return karto_slice(NULL, 0);
    }
}

/* The value between the beginning of an exercise and its encodings. */
static struct karto_slice wanted(const char *exercise, const char *list)
{
    static const char *const names[] = {"\"bignum\": \"", "\"number\": ", "\"string\": \"", "\"bool\": "};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = strstr(exercise, names[i]);
        if (at && at < list) {
            at += strlen(names[i]);
            return karto_slice(at, strcspn(at, strchr(names[i], ' ')[1] ? "\"" : ",\n"));
        }
    }
    return karto_slice(NULL, 0);
}

static bool taken(const char *begin, const char *end, struct karto_slice want)
{
    uint8_t bytes[ENCODING_SIZE_MAX];
    size_t size = 0;
    for (const char *p = begin; p < end; p += 3, size++) {
        unsigned byte;
        CHECK(size < sizeof bytes);
        CHECK_INT(sscanf(p, "%2x", &byte), 1);
        bytes[size] = (uint8_t)byte;
    }
    struct karto_reader reader;
    karto_reader_init(&reader, karto_slice(bytes, size));
    karto_read_any(&reader, SIZE_MAX);
    if (karto_reader_end(&reader) != KARTO_OK)
        return false;
    struct karto_buf again = KARTO_BUF_EMPTY;
    char number[24];
    karto_reader_init(&reader, karto_slice(bytes, size));
    for (uint32_t left = 1; left > 0; left--)
        left += repack(&reader, &again);
    CHECK_INT(karto_reader_end(&reader), KARTO_OK);
    CHECK(karto_slice_equal(karto_buf_slice(&again), karto_slice(bytes, size)));
    CHECK(karto_slice_equal(meaning(karto_slice(bytes, size), number), want));
    karto_buf_fini(&again);
    return true;
}

/* list begins behind "msgpack" and holds strings up to its bracket. How many of its encodings are taken. */
static int count_taken(const char *list, struct karto_slice want)
{
    int count = 0;
    const char *end = strchr(list, ']');
    CHECK(end != NULL);
    for (const char *p = strchr(list, '"'); p && p < end; p = strchr(p, '"')) {
        const char *close = strchr(++p, '"');
        CHECK(close && close < end);
        count += taken(p, close, want);
        p = close + 1;
    }
    return count;
}

int main(void)
{
    const char *data = getenv("KARTO_DATA");
    if (!data || !*data) {
        printf("KARTO_DATA is not set: skipped\n");
        return SKIPPED;
    }
    struct karto_buf path = KARTO_BUF_EMPTY, json = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s/msgpack-test-suite/msgpack-test-suite.json", data);
    CHECK_INT(karto_os_read_file((const char *)path.data, FILE_SIZE_MAX, &json), KARTO_OK);
    karto_buf_add_byte(&json, 0);

    static const char name[] = "\"msgpack\":";
    int exercises = 0, expressible = 0;
    const char *exercise = (const char *)json.data;
    for (const char *p = exercise; (p = strstr(p, name)) != NULL; exercises++) {
        p += strlen(name);
        int count = count_taken(p, wanted(exercise, p));
        exercise = strchr(p, ']');
        CHECK(count <= 1);
        expressible += count;
    }
    CHECK_INT(exercises, EXERCISES);
    CHECK_INT(expressible, EXPRESSIBLE);
    karto_buf_fini(&json);
    karto_buf_fini(&path);
    return 0;
}
