/* Any bytes as a record's canonical ones. */
#include "core/model/record.h"
#include "tests/fuzz/fuzz.h"

static enum karto_err again(struct karto_arena *arena, struct karto_slice bytes, struct karto_buf *out)
{
    struct karto_record record;
    enum karto_err err = karto_record_decode(arena, (struct karto_rid){{1}}, bytes, &record);
    if (err == KARTO_OK)
        karto_record_encode(&record, out);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct karto_arena arena;
    struct karto_buf second = KARTO_BUF_EMPTY, third = KARTO_BUF_EMPTY;
    karto_arena_init(&arena);
    if (again(&arena, karto_slice(data, size), &second) == KARTO_OK) {
        KARTO_ASSERT(again(&arena, karto_buf_slice(&second), &third) == KARTO_OK);
        fuzz_expect_equal(&second, &third);
    }
    karto_buf_fini(&second);
    karto_buf_fini(&third);
    karto_arena_fini(&arena);
    return 0;
}
