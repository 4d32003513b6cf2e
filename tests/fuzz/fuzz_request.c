/* Any bytes as a request, or as the body of one. */
#include "proto/messages.h"
#include "tests/flawed.h"
#include "tests/fuzz/fuzz.h"

static enum karto_err again(struct karto_arena *arena, struct karto_slice frame, struct karto_buf *out)
{
    struct karto_request request;
    enum karto_err err = karto_request_decode(arena, frame, &request);
    if (err == KARTO_OK && flawed_request(arena, &request))
        return KARTO_E_UNREADABLE; /* whoever gets it takes it, and sets something aside */
    if (err == KARTO_OK)
        KARTO_ASSERT(karto_request_encode(&request, out) == KARTO_OK);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct karto_arena arena;
    struct karto_buf frame = KARTO_BUF_EMPTY, second = KARTO_BUF_EMPTY, third = KARTO_BUF_EMPTY;
    karto_arena_init(&arena);
    fuzz_frame(data, size, 0, &frame);
    if (again(&arena, karto_buf_slice(&frame), &second) == KARTO_OK) {
        KARTO_ASSERT(again(&arena, karto_buf_slice(&second), &third) == KARTO_OK);
        fuzz_expect_equal(&second, &third);
    }
    karto_buf_fini(&frame);
    karto_buf_fini(&second);
    karto_buf_fini(&third);
    karto_arena_fini(&arena);
    return 0;
}
