/* What may pass on its way to nng: whole streams in pieces of every size, and each rule broken. */
#include "syncd/sp.h"

#include "tests/check.h"

#include <stdbool.h>

enum { MAX = 300 };

static const uint8_t greeting[] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};

struct stream {
    uint8_t bytes[4096];
    size_t size;
};

static void add(struct stream *stream, const void *bytes, size_t size)
{
    memcpy(stream->bytes + stream->size, bytes, size);
    stream->size += size;
}

/* A message of size bytes, of which the first has this value. */
static void add_message(struct stream *stream, uint64_t size, uint8_t first)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        stream->bytes[stream->size++] = (uint8_t)(size >> shift);
    for (uint64_t i = 0; i < size && i <= MAX; i++)
        stream->bytes[stream->size++] = i == 0 ? first : (uint8_t)i;
}

static bool passes(const struct stream *stream, size_t piece, bool greeted)
{
    struct karto_sp sp;
    karto_sp_init(&sp, MAX, greeted);
    for (size_t at = 0; at < stream->size; at += piece)
        if (!karto_sp_pass(&sp, stream->bytes + at, stream->size - at < piece ? stream->size - at : piece))
            return false;
    return true;
}

/* However it is cut up, the judgement is the same. */
static bool passes_in_all_pieces(const struct stream *stream, bool greeted)
{
    bool whole = passes(stream, sizeof stream->bytes, greeted);
    for (size_t piece = 1; piece <= 64; piece++)
        CHECK(passes(stream, piece, greeted) == whole);
    return whole;
}

static bool one_message(uint64_t size, uint8_t first)
{
    struct stream stream = {.size = 0};
    add_message(&stream, 4, 0x80);
    add_message(&stream, size, first);
    return passes_in_all_pieces(&stream, true);
}

int main(void)
{
    struct stream stream = {.size = 0};
    add(&stream, greeting, sizeof greeting);
    for (uint64_t size = 4; size <= 40; size += 3)
        add_message(&stream, size, 0x80);
    add_message(&stream, MAX, 0xff);
    CHECK(passes_in_all_pieces(&stream, false));
    CHECK(!passes_in_all_pieces(&stream, true)); /* a second greeting is no message */

    CHECK(one_message(4, 0x80) && one_message(MAX - 1, 0x80) && one_message(MAX, 0x80));
    CHECK(!one_message(0, 0x80) && !one_message(3, 0x80) && !one_message(MAX + 1, 0x80));
    CHECK(!one_message(UINT64_MAX, 0x80) && !one_message(UINT64_C(1) << 32, 0x80));
    CHECK(!one_message(10, 0x7f) && !one_message(10, 0)); /* a number without its bit: nng would look for another */

    for (size_t at = 0; at < sizeof greeting; at++) {
        stream = (struct stream){.size = 0};
        add(&stream, greeting, sizeof greeting);
        stream.bytes[at] ^= 1;
        bool any_protocol = at == 4 || at == 5;
        CHECK(passes_in_all_pieces(&stream, false) == any_protocol);
        CHECK(karto_sp_is_greeting(stream.bytes) == any_protocol);
    }

    struct karto_sp sp; /* no limit: anything */
    karto_sp_init(&sp, 0, false);
    CHECK(karto_sp_pass(&sp, (const uint8_t *)"GET / HTTP/1.1", 14));
    return 0;
}
