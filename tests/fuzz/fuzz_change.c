/* Any bytes as a change's canonical ones, with old values or without. */
#include "core/model/change.h"
#include "tests/fuzz/fuzz.h"

static enum karto_err again(struct karto_arena *arena, struct karto_slice bytes, bool with_old, struct karto_buf *out)
{
    struct karto_change change;
    enum karto_err err = karto_change_decode(arena, bytes, &change);
    if (err == KARTO_OK)
        karto_change_encode(&change, with_old, out);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int with_old = 0; with_old <= 1; with_old++) {
        struct karto_arena arena;
        struct karto_buf second = KARTO_BUF_EMPTY, third = KARTO_BUF_EMPTY;
        karto_arena_init(&arena);
        if (again(&arena, karto_slice(data, size), with_old, &second) == KARTO_OK) {
            KARTO_ASSERT(again(&arena, karto_buf_slice(&second), with_old, &third) == KARTO_OK);
            fuzz_expect_equal(&second, &third);
        }
        karto_buf_fini(&second);
        karto_buf_fini(&third);
        karto_arena_fini(&arena);
    }
    return 0;
}
