/* Memory that is given back all at once: aligned, zero, where it was, and after release only what stood before. */
#include "core/base/arena.h"

#include "tests/abort.h"

static struct karto_arena arena;

static bool all(const uint8_t *p, size_t size, uint8_t byte)
{
    for (size_t i = 0; i < size; i++)
        if (p[i] != byte)
            return false;
    return true;
}

/* Pieces of all sizes around those of blocks: none overlaps another, none moves. */
static void pieces(void)
{
    static const size_t sizes[] = {0,     1,     15,    16,    17,     4096,   16383,  16384,
                                   16385, 32768, 32769, 65536, 100000, 131073, 2000000};
    enum { COUNT = sizeof sizes / sizeof *sizes, ROUNDS = 3 };
    uint8_t *got[COUNT * ROUNDS];
    for (size_t i = 0; i < COUNT * ROUNDS; i++) {
        size_t size = sizes[i % COUNT];
        got[i] = karto_arena_alloc(&arena, size);
        CHECK(got[i] != NULL);
        CHECK_INT((uintptr_t)got[i] % _Alignof(max_align_t), 0);
        CHECK(all(got[i], size, 0));
        memset(got[i], (int)i + 1, size);
    }
    for (size_t i = 0; i < COUNT * ROUNDS; i++)
        CHECK(all(got[i], sizes[i % COUNT], (uint8_t)(i + 1)));
}

/* Memory that was used before is zero again. */
static void zero_again(void)
{
    memset(karto_arena_alloc(&arena, 1000), 0xff, 1000);
    karto_arena_reset(&arena);
    CHECK(all(karto_arena_alloc(&arena, 1000), 1000, 0));
}

static void released(size_t size)
{
    uint8_t *before = karto_arena_alloc(&arena, 100);
    memset(before, 7, 100);
    struct karto_arena_mark mark = karto_arena_mark(&arena);
    uint8_t *first = karto_arena_alloc(&arena, 64);
    for (int i = 0; i < 10; i++)
        memset(karto_arena_alloc(&arena, size), 0xff, size);
    karto_arena_release(&arena, mark);
    CHECK(all(before, 100, 7));
    CHECK(karto_arena_alloc(&arena, 64) == first);
    CHECK(all(first, 64, 0));
}

static void marks(void)
{
    released(10);
    released(100 * 1000);
    struct karto_arena_mark outer = karto_arena_mark(&arena);
    void *first = karto_arena_alloc(&arena, 16);
    struct karto_arena_mark inner = karto_arena_mark(&arena);
    void *second = karto_arena_alloc(&arena, 16);
    karto_arena_release(&arena, inner);
    CHECK(karto_arena_alloc(&arena, 16) == second);
    karto_arena_release(&arena, outer);
    CHECK(karto_arena_alloc(&arena, 16) == first);
}

/* A mark of an arena that has held nothing yet. */
static void mark_of_nothing(void)
{
    karto_arena_fini(&arena);
    struct karto_arena_mark mark = karto_arena_mark(&arena);
    karto_arena_release(&arena, mark);
    for (int round = 0; round < 3; round++) {
        memset(karto_arena_alloc(&arena, 50 * 1000), 0xff, 50 * 1000);
        memset(karto_arena_alloc(&arena, 10), 0xff, 10);
        karto_arena_release(&arena, mark);
        CHECK(all(karto_arena_alloc(&arena, 10), 10, 0));
    }
    karto_arena_fini(&arena);
    karto_arena_reset(&arena);
    karto_arena_fini(&arena);
}

/* One item of many that needs a block of its own: the next gets the same one, as zeros. */
static void items(void)
{
    enum { ITEM = 20 * 1000 };
    karto_arena_fini(&arena);
    karto_arena_alloc(&arena, 100);
    const void *before = NULL;
    for (int round = 0; round < 5; round++) {
        struct karto_arena_mark mark = karto_arena_mark(&arena);
        uint8_t *item = karto_arena_alloc(&arena, ITEM);
        CHECK(all(item, ITEM, 0));
        CHECK(round == 0 || item == before);
        memset(item, 0xff, ITEM);
        before = item;
        karto_arena_release(&arena, mark);
    }
    CHECK(all(karto_arena_alloc(&arena, 10 * ITEM), 10 * ITEM, 0)); /* for which the spare block is too small */
}

static void copies(void)
{
    struct karto_slice copy = karto_arena_copy(&arena, karto_slice("a\0b", 3));
    CHECK(karto_slice_equal(copy, karto_slice("a\0b", 3)));
    CHECK_INT(karto_arena_copy(&arena, karto_slice(NULL, 0)).size, 0);
    CHECK_STR(karto_arena_string(&arena, karto_slice("Їжак і лис", 8)), "Їжак");
    CHECK_STR(karto_arena_string(&arena, karto_slice(NULL, 0)), "");
    CHECK_STR(karto_arena_printf(&arena, "%s-%d", "a", 5), "a-5");
    CHECK_STR(karto_arena_printf(&arena, "%s", ""), "");
    CHECK_INT(strlen(karto_arena_printf(&arena, "%40000d", 1)), 40000);
    uint64_t *numbers = karto_arena_array(&arena, 1000, sizeof *numbers);
    CHECK(all((const uint8_t *)numbers, 1000 * sizeof *numbers, 0));
    CHECK(karto_arena_array(&arena, 0, 8) != NULL);
}

static void absurd_array(void)
{
    karto_arena_array(&arena, SIZE_MAX / 8 + 1, 8);
}

static void absurd_size(void)
{
    karto_arena_alloc(&arena, SIZE_MAX);
}

static void absurd_block(void)
{
    karto_arena_alloc(&arena, SIZE_MAX - 20);
}

int main(void)
{
    karto_arena_init(&arena);
    pieces();
    zero_again();
    marks();
    mark_of_nothing();
    items();
    copies();
    CHECK(aborts(absurd_array));
    CHECK(aborts(absurd_size));
    CHECK(aborts(absurd_block));
    karto_arena_fini(&arena);
    return 0;
}
