/* make_corpus DIRECTORY - writes the seeds of the fuzz targets into DIRECTORY/request, /answer, ...: the same ones on
 * every machine. */
#include "proto/frame.h"
#include "tests/check.h"
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
        int type = sample_types[i];
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

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    directory = argv[1];
    karto_arena_init(&arena);
    for (unsigned seed = 1; seed <= 5; seed++)
        write_messages(seed);
    for (unsigned seed = 1; seed <= 24; seed++)
        write_models(seed);
    karto_arena_fini(&arena);
    return 0;
}
