/* make_corpus DIRECTORY - writes the seeds of the fuzz targets into DIRECTORY/request, /answer, ...: the same ones on
 * every machine. */
#include "proto/frame.h"
#include "tests/check.h"
#include "tests/fuzz/office.h"
#include "tests/sample.h"

static struct karto_arena arena;
static const char *directory;

static void write_seed(const char *target, const char *name, struct karto_slice bytes)
{
    const char *path = karto_arena_printf(&arena, "%s/%s/%s", directory, target, name);
    FILE *file = fopen(path, "wb");
    CHECK(file);
    CHECK(fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
    CHECK(fclose(file) == 0);
}

/* A message as its type and body, which is what the fuzzer can work on; and one of each type as a frame. */
static void write_message(const char *target, struct karto_slice frame, uint32_t type, unsigned seed)
{
    struct karto_frame f;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    CHECK_INT(karto_frame_decode(&arena, frame, &f), KARTO_OK);
    karto_buf_add_byte(&bytes, (uint8_t)(type | (f.error ? 16u : 0)));
    karto_buf_add_slice(&bytes, f.body);
    write_seed(target, karto_arena_printf(&arena, "%u-%u", type, seed), karto_buf_slice(&bytes));
    if (seed == 1)
        write_seed(target, karto_arena_printf(&arena, "%u-frame", type), frame);
    karto_buf_fini(&bytes);
}

static void write_messages(unsigned seed)
{
    for (int i = 0; i < SAMPLE_TYPES; i++) {
        int type = (int)sample_types[i];
        struct sample s = {seed * 100 + (uint64_t)type, &arena};
        struct karto_buf frame = KARTO_BUF_EMPTY;
        struct karto_request request = sample_request(&s, (enum karto_request_type)type, seed);
        struct karto_answer answer = seed == 5 ? sample_error(&s, (enum karto_request_type)type)
                                               : sample_answer(&s, (enum karto_request_type)type, seed);
        CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
        write_message("request", karto_buf_slice(&frame), (uint32_t)type, seed);
        karto_buf_clear(&frame);
        CHECK_INT(karto_answer_encode(&answer, &frame), KARTO_OK);
        write_message("answer", karto_buf_slice(&frame), (uint32_t)type, seed);
        karto_buf_fini(&frame);
    }
}

static void write_models(unsigned seed)
{
    struct sample s = {seed, &arena};
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    const char *name = karto_arena_printf(&arena, "%02u", seed);
    struct karto_change change = sample_change(&s);
    karto_change_encode(&change, seed % 2, &bytes);
    write_seed("change", name, karto_buf_slice(&bytes));
    write_seed("record", name, sample_state(&s));
    write_seed("value", name, sample_value(&s));
    karto_buf_fini(&bytes);
}

/* ---- what head office is asked ---- */

static void add_asked(struct karto_buf *input, int device, struct karto_slice frame)
{
    struct karto_frame f;
    CHECK_INT(karto_frame_decode(&arena, frame, &f), KARTO_OK);
    CHECK(f.body.size <= 0xffff);
    const uint8_t head[] = {(uint8_t)(f.type | (device ? 16u : 0)), (uint8_t)(f.body.size >> 8), (uint8_t)f.body.size};
    karto_buf_add(input, head, sizeof head);
    karto_buf_add_slice(input, f.body);
}

/* A whole synchronisation of a laptop, four requests an input; and each of them alone. */
static void write_exchange(struct spine *office, int device, bool put_back)
{
    const char *what = put_back ? "back" : "asks";
    struct karto_exchange *exchange;
    struct karto_exchange_options options = {.page_size = 400, .push_most = 1, .program = karto_slice_str("seed")};
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY, four = KARTO_BUF_EMPTY;
    unsigned count = 0;
    bool done = false;
    karto_exchange_new(office->devices[device].store, &options, &exchange);
    while (karto_buf_clear(&frame), karto_exchange_next(exchange, &frame, &done) == KARTO_OK && !done) {
        struct karto_buf one = KARTO_BUF_EMPTY;
        if (put_back)
            karto_buf_add_byte(&one, OFFICE_PUT_BACK);
        if (put_back && four.size == 0)
            karto_buf_add_byte(&four, OFFICE_PUT_BACK);
        add_asked(&one, device, karto_buf_slice(&frame));
        add_asked(&four, device, karto_buf_slice(&frame));
        write_seed("serve", karto_arena_printf(&arena, "%s-%d-%02u", what, device, count), karto_buf_slice(&one));
        karto_buf_fini(&one);
        if (++count % 4 == 0) {
            write_seed("serve", karto_arena_printf(&arena, "%s-%d-%02u-four", what, device, count),
                       karto_buf_slice(&four));
            karto_buf_clear(&four);
        }
        karto_buf_clear(&answer);
        spine_ask(office, device, karto_buf_slice(&frame), &answer);
        CHECK_INT(karto_exchange_answer(exchange, karto_buf_slice(&answer)), KARTO_OK);
    }
    write_seed("serve", karto_arena_printf(&arena, "%s-%d-last", what, device), karto_buf_slice(&four));
    karto_exchange_free(exchange);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    karto_buf_fini(&four);
}

static void write_asked(void)
{
    struct spine office;
    office_open(&office);
    write_exchange(&office, 0, false);
    write_exchange(&office, 1, false);
    CHECK_INT(karto_store_write(office.hub.store, office_put_back, NULL), KARTO_OK);
    write_exchange(&office, 0, true);
    write_exchange(&office, 1, true);
    spine_close(&office);
    for (int i = 0; i < SAMPLE_TYPES; i++) {
        struct sample s = {(uint64_t)i, &arena};
        struct karto_buf frame = KARTO_BUF_EMPTY, input = KARTO_BUF_EMPTY;
        struct karto_request request = sample_request(&s, (enum karto_request_type)sample_types[i], 2);
        CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
        add_asked(&input, i % 2, karto_buf_slice(&frame));
        write_seed("serve", karto_arena_printf(&arena, "sample-%d", sample_types[i]), karto_buf_slice(&input));
        karto_buf_fini(&frame);
        karto_buf_fini(&input);
    }
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    directory = argv[1];
    karto_arena_init(&arena);
    for (unsigned seed = 1; seed <= 5; seed++)
        write_messages(seed);
    for (unsigned seed = 1; seed <= 24; seed++)
        write_models(seed);
    write_asked();
    karto_arena_fini(&arena);
    return 0;
}
