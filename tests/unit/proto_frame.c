/* Frames: headers, sizes, and bodies that inflate to what they announce and nothing else. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/deflate.h"
#include "proto/frame.h"
#include "tests/check.h"
#include "tests/sample.h"

static struct karto_arena arena;

enum { DEFLATED = 1, DICTIONARY = 2 };

static enum karto_err decode(const struct karto_buf *frame)
{
    struct karto_frame got;
    enum karto_err err = karto_frame_decode(&arena, karto_buf_slice(frame), &got);
    karto_arena_reset(&arena);
    return err;
}

static struct karto_slice words(struct sample *s, size_t size)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    while (text.size < size)
        karto_buf_add_str(&text, sample_note(s));
    struct karto_slice out = karto_arena_copy(s->arena, karto_slice(text.data, size));
    karto_buf_fini(&text);
    return out;
}

static void check_body(struct karto_slice body)
{
    struct sample s = {body.size, &arena};
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_frame f = {.type = 3, .token = sample_token(&s), .body = body}, got;
    CHECK_INT(karto_frame_encode(&f, &frame), KARTO_OK);
    CHECK(frame.size <= body.size + 40);
    CHECK_INT(karto_frame_decode(&arena, karto_buf_slice(&frame), &got), KARTO_OK);
    CHECK(got.type == 3 && !got.error && karto_slice_equal(got.body, body));
    CHECK(got.token.epoch.ms == f.token.epoch.ms && got.token.epoch.node.v == f.token.epoch.node.v);
    CHECK(got.token.rights == f.token.rights);
    karto_buf_fini(&frame);
}

static void bodies_come_back(void)
{
    static const size_t sizes[] = {0,
                                   1,
                                   2,
                                   3,
                                   50,
                                   1000,
                                   KARTO_DICTIONARY_BODY_MAX - 1,
                                   KARTO_DICTIONARY_BODY_MAX,
                                   KARTO_DICTIONARY_BODY_MAX + 1,
                                   100000,
                                   KARTO_BODY_SIZE_MAX - 1,
                                   KARTO_BODY_SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct sample s = {i, &arena};
        check_body(words(&s, sizes[i]));
        check_body(sample_bytes(&s, (uint32_t)sizes[i]));
        karto_arena_reset(&arena);
    }
}

static void a_body_over_the_limit_is_refused(void)
{
    struct sample s = {5, &arena};
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_frame f = {.type = 1, .body = words(&s, KARTO_BODY_SIZE_MAX + 1)};
    CHECK_INT(karto_frame_encode(&f, &frame), KARTO_E_LIMIT);
    CHECK_INT(frame.size, 0);
    karto_arena_reset(&arena);
}

/* ---- headers, written by hand ---- */

struct header {
    uint32_t parts;
    uint64_t version, type, flags, size;
};

static const struct header good = {7, 1, 3, 0, 4};

static void put_header(struct karto_buf *out, struct header h)
{
    karto_pack_array(out, h.parts);
    karto_pack_uint(out, h.version);
    karto_pack_uint(out, h.type);
    karto_pack_uint(out, h.flags);
    karto_pack_uint(out, h.size);
    for (uint32_t i = 4; i < h.parts; i++)
        karto_pack_uint(out, 0);
}

static enum karto_err decode_header(struct header h, const char *body)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    put_header(&frame, h);
    karto_buf_add_str(&frame, body);
    enum karto_err err = decode(&frame);
    karto_buf_fini(&frame);
    return err;
}

static void headers_are_checked(void)
{
    struct header h = good;
    CHECK_INT(decode_header(h, "body"), KARTO_OK);
    CHECK_INT(decode_header(h, "bod"), KARTO_E_PROTOCOL);
    CHECK_INT(decode_header(h, "bodyy"), KARTO_E_PROTOCOL);
    h.parts = 8;
    CHECK_INT(decode_header(h, "body"), KARTO_E_PROTOCOL);
    h.version = 3;
    CHECK_INT(decode_header(h, "body"), KARTO_E_VERSION);
    h = good;
    h.version = 0;
    CHECK_INT(decode_header(h, "body"), KARTO_E_VERSION);
    h = good;
    h.type = 0x100;
    CHECK_INT(decode_header(h, "body"), KARTO_E_PROTOCOL);
    h = good;
    h.flags = 8;
    CHECK_INT(decode_header(h, "body"), KARTO_E_PROTOCOL);
    h.flags = DICTIONARY;
    CHECK_INT(decode_header(h, "body"), KARTO_E_PROTOCOL);
}

static void announced_sizes_are_checked(void)
{
    struct header h = good;
    for (uint64_t flags = 0; flags <= DEFLATED; flags++) {
        h.flags = flags;
        h.size = KARTO_BODY_SIZE_MAX + 1;
        CHECK_INT(decode_header(h, "body"), KARTO_E_LIMIT);
        h.size = UINT32_MAX;
        CHECK_INT(decode_header(h, "body"), KARTO_E_LIMIT);
        h.size = (uint64_t)UINT32_MAX + 1;
        CHECK_INT(decode_header(h, "body"), KARTO_E_PROTOCOL);
        h.size = KARTO_BODY_SIZE_MAX; /* which four bytes can never become */
        CHECK_INT(decode_header(h, "body"), KARTO_E_PROTOCOL);
        h.size = 0;
        CHECK_INT(decode_header(h, ""), flags ? KARTO_E_PROTOCOL : KARTO_OK);
    }
}

static void a_frame_over_the_limit_is_refused(void)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    put_header(&frame, good);
    memset(karto_buf_reserve(&frame, KARTO_FRAME_SIZE_MAX), 0, KARTO_FRAME_SIZE_MAX);
    frame.size = KARTO_FRAME_SIZE_MAX;
    CHECK_INT(decode(&frame), KARTO_E_PROTOCOL);
    frame.size++;
    CHECK_INT(decode(&frame), KARTO_E_LIMIT);
    karto_buf_fini(&frame);
}

/* ---- streams ---- */

static struct karto_buf deflated(struct karto_slice body, bool want_dictionary)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    bool dictionary;
    CHECK(karto_deflate(body, &out, &dictionary));
    CHECK_INT(dictionary, want_dictionary);
    return out;
}

static enum karto_err inflate(const struct karto_buf *stream, bool dictionary, size_t size)
{
    uint8_t *out = malloc(size ? size : 1); /* of exactly that size, for the sanitizer */
    enum karto_err err = karto_inflate(karto_buf_slice(stream), dictionary, out, size);
    free(out);
    return err;
}

static void streams_are_as_long_as_they_say(void)
{
    struct sample s = {8, &arena};
    for (int dictionary = 0; dictionary <= 1; dictionary++) {
        size_t size = dictionary ? 5000 : 50000;
        struct karto_buf stream = deflated(words(&s, size), dictionary);
        CHECK_INT(inflate(&stream, dictionary, size), KARTO_OK);
        CHECK_INT(inflate(&stream, !dictionary, size), KARTO_E_PROTOCOL);
        CHECK_INT(inflate(&stream, dictionary, size - 1), KARTO_E_PROTOCOL);
        CHECK_INT(inflate(&stream, dictionary, size + 1), KARTO_E_PROTOCOL);
        CHECK_INT(inflate(&stream, dictionary, 0), KARTO_E_PROTOCOL);
        stream.size--;
        CHECK_INT(inflate(&stream, dictionary, size), KARTO_E_PROTOCOL);
        stream.size++;
        karto_buf_add_byte(&stream, 0);
        CHECK_INT(inflate(&stream, dictionary, size), KARTO_E_PROTOCOL);
        karto_buf_fini(&stream);
    }
    karto_arena_reset(&arena);
}

/* Bytes 2 to 5 of the stream name the dictionary. */
static void another_dictionary_is_refused(void)
{
    struct sample s = {9, &arena};
    struct karto_buf stream = deflated(words(&s, 3000), true);
    for (int i = 2; i < 6; i++) {
        stream.data[i] ^= 1;
        CHECK_INT(inflate(&stream, true, 3000), KARTO_E_PROTOCOL);
        stream.data[i] ^= 1;
    }
    CHECK_INT(inflate(&stream, true, 3000), KARTO_OK);
    karto_buf_fini(&stream);
    karto_arena_reset(&arena);
}

/* Four megabytes of zeros in four kilobytes, as a frame that announces less: no byte over that is written. */
static void a_bomb_is_defused(void)
{
    uint8_t *zeros = karto_arena_alloc(&arena, KARTO_BODY_SIZE_MAX);
    struct karto_buf stream = deflated(karto_slice(zeros, KARTO_BODY_SIZE_MAX), false), frame = KARTO_BUF_EMPTY;
    CHECK(stream.size < 5000);
    CHECK_INT(inflate(&stream, false, 1000), KARTO_E_PROTOCOL);
    struct header h = {7, 1, 3, DEFLATED, 1000};
    put_header(&frame, h);
    karto_buf_add_slice(&frame, karto_buf_slice(&stream));
    CHECK_INT(decode(&frame), KARTO_E_PROTOCOL);
    karto_buf_clear(&frame);
    h.size = KARTO_BODY_SIZE_MAX;
    put_header(&frame, h);
    karto_buf_add_slice(&frame, karto_buf_slice(&stream));
    CHECK_INT(decode(&frame), KARTO_OK);
    karto_buf_fini(&stream);
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

static void nothing_grows(void)
{
    struct sample s = {10, &arena};
    for (uint32_t size = 0; size < 200; size++) {
        struct karto_buf out = KARTO_BUF_EMPTY;
        struct karto_slice body = sample_one_in(&s, 2) ? words(&s, size) : sample_bytes(&s, size);
        bool dictionary, smaller = karto_deflate(body, &out, &dictionary);
        CHECK(smaller ? out.size < body.size : out.size == 0);
        karto_buf_fini(&out);
    }
    karto_arena_reset(&arena);
}

/* ---- the dictionary ---- */

/* Peers that do not have the very same bytes cannot talk: RFC 1950's Adler-32 is their name. */
static void the_dictionary_never_changes(void)
{
    struct karto_slice bytes = karto_dictionary();
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        a = (a + bytes.data[i]) % 65521;
        b = (b + a) % 65521;
    }
    CHECK_INT(bytes.size, 3818);
    CHECK_INT(b << 16 | a, 0x18009d34);
}

/* Three changes of a morning, alone in their push. */
static void the_dictionary_is_worth_it(void)
{
    static const char *const typed[] = {"вул. Тараса Шевченка", "+380 67 123-45-67",
                                        "Телефонував, просив передзвонити"};
    struct karto_change changes[3];
    struct karto_set sets[3];
    struct karto_touch touches[3];
    struct sample s = {4, &arena};
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_dot seen = {{0x8d0c44e1f2a35b97}, 812};
    for (int i = 0; i < 3; i++) {
        sets[i] = (struct karto_set){.value = sample_text(&s, typed[i])};
        touches[i] = (struct karto_touch){43 - (uint32_t)i * 12, {&seen, 1}, &sets[i], 1};
        changes[i] = (struct karto_change){
            .kind = KARTO_CLIENT, .batch = sample_u64(&s) >> 32, .via = KARTO_VIA_WEB, .count = 1};
        changes[i].stamp = (struct karto_stamp){{{0x5b1f7a90c3e2d481}, 41 + (uint64_t)i},
                                                karto_hlc_make(1770000000000 + i * 60000),
                                                karto_slice_str("olena")};
        changes[i].record = sample_rid(&s, 1760000000000 + i);
        changes[i].touches = &touches[i];
    }
    struct karto_request request = {.type = KARTO_PUSH, .of.push = {changes, 3}};
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    struct karto_frame got;
    CHECK_INT(karto_frame_decode(&arena, karto_buf_slice(&frame), &got), KARTO_OK);
    printf("three changes: %zu bytes of body, a frame of %zu\n", got.body.size, frame.size);
    CHECK(frame.size < got.body.size * 3 / 4);
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

int main(void)
{
    karto_arena_init(&arena);
    bodies_come_back();
    a_body_over_the_limit_is_refused();
    headers_are_checked();
    announced_sizes_are_checked();
    a_frame_over_the_limit_is_refused();
    streams_are_as_long_as_they_say();
    another_dictionary_is_refused();
    a_bomb_is_defused();
    nothing_grows();
    the_dictionary_is_worth_it();
    the_dictionary_never_changes();
    karto_arena_fini(&arena);
    return 0;
}
