/* The vectors of the MessagePack community's test suite: of the several encodings of one thing, the reader takes
 * exactly one, and none of a float or a map. Needs KARTO_DATA, a directory with
 * msgpack-test-suite/msgpack-test-suite.json; is skipped without it. */
#include "core/base/os_posix.h"
#include "core/base/reader.h"
#include "tests/check.h"

enum { SKIPPED = 77, FILE_SIZE_MAX = 1024 * 1024, ENCODING_SIZE_MAX = 256 };

/* What the file holds as of its commit e04f6ed. Without an encoding of ours: 2 floats, 3 maps, 3 arrays and maps with a
 * map in them. */
enum { EXERCISES = 85, EXPRESSIBLE = EXERCISES - 2 - 3 - 3 };

static bool taken(const char *begin, const char *end)
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
    return karto_reader_end(&reader) == KARTO_OK;
}

/* list begins behind "msgpack" and holds strings up to its bracket. How many of its encodings are taken. */
static int count_taken(const char *list)
{
    int count = 0;
    const char *end = strchr(list, ']');
    CHECK(end != NULL);
    for (const char *p = strchr(list, '"'); p && p < end; p = strchr(p, '"')) {
        const char *close = strchr(++p, '"');
        CHECK(close && close < end);
        count += taken(p, close);
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
    for (const char *p = (const char *)json.data; (p = strstr(p, name)) != NULL; exercises++) {
        p += strlen(name);
        int count = count_taken(p);
        CHECK(count <= 1);
        expressible += count;
    }
    CHECK_INT(exercises, EXERCISES);
    CHECK_INT(expressible, EXPRESSIBLE);
    karto_buf_fini(&json);
    karto_buf_fini(&path);
    return 0;
}
