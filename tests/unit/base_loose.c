/* Words that are taken for one another have one loose form; edits are counted as people make them. */
#include "core/base/loose.h"
#include "core/base/text.h"
#include "tests/check.h"

static struct karto_arena arena;

static struct karto_slice fold(const char *text)
{
    return karto_text_fold(&arena, karto_slice_str(text));
}

static const char *loose(const char *text)
{
    return karto_arena_string(&arena, karto_loose(&arena, fold(text)));
}

static unsigned edits(const char *a, const char *b, unsigned most)
{
    unsigned there = karto_edits(karto_slice_str(a), karto_slice_str(b), most);
    CHECK_INT(karto_edits(karto_slice_str(b), karto_slice_str(a), most), there);
    return there;
}

static void test_loose(void)
{
    CHECK_STR(loose("Ґалаґан"), "галаган");
    CHECK_STR(loose("Київ"), loose("Кыив"));
    CHECK_STR(loose("гґ"), "г");
    CHECK_STR(loose("ґи"), loose("гі"));
    CHECK_STR(loose("аи"), loose("аі"));
    CHECK_STR(loose("аї"), loose("аы"));
    CHECK_STR(loose("аи"), loose("ай"));
    CHECK_STR(loose("ае"), loose("ає"));
    CHECK_STR(loose("аэ"), loose("аё"));
    CHECK_STR(loose("альт"), loose("алът"));
    CHECK_STR(loose("аллт"), loose("альт"));
    CHECK_STR(loose("Єлизавета"), loose("Элизавета"));
    CHECK_STR(loose("Семён"), loose("Семен"));
    CHECK_STR(loose("Сергій"), "сергии");
    CHECK_STR(loose("Йосип"), "йосип");
    CHECK_STR(loose("Геннадій"), loose("Генадий"));
    CHECK_STR(loose("Подъезд"), "подезд");
    CHECK_STR(loose("Запоріжжя"), "запорижя");
    CHECK_STR(loose("Anna"), "ana");
    CHECK_STR(loose("зоо"), "зоо"); /* vowels stay */
    CHECK_STR(loose("1100"), "1100");
    CHECK_STR(loose("ттьт"), "т"); /* what comes together when a sign goes is one too */
    CHECK_STR(loose("йь"), "и");
    CHECK_STR(loose("ь"), "");
    CHECK_STR(loose("漢"), "漢");
    CHECK_STR(loose(""), "");
}

/* Its own form, over words of letters that it is about. */
static void test_twice(void)
{
    static const char *const letters[] = {"г", "ґ", "и", "і", "ї", "ы", "й", "е", "є", "э", "ё",
                                          "ь", "ъ", "т", "т", "н", "а", "x", "x", "a", "1"};
    uint32_t random = 12345;
    for (int i = 0; i < 20000; i++) {
        char word[64] = "";
        for (int j = 0; j < 8; j++) {
            random = random * 1664525u + 1013904223u;
            strcat(word, letters[(random >> 16) % (sizeof letters / sizeof *letters)]);
        }
        struct karto_slice once = karto_loose(&arena, karto_slice_str(word));
        CHECK(karto_slice_equal(karto_loose(&arena, once), once));
        karto_arena_reset(&arena);
    }
}

static void test_edits(void)
{
    CHECK_INT(edits("ромашка", "ромашка", 2), 0);
    CHECK_INT(edits("ромашка", "рамашка", 2), 1);  /* mistaken */
    CHECK_INT(edits("ромашка", "рмашка", 2), 1);   /* left out */
    CHECK_INT(edits("ромашка", "ромаашка", 2), 1); /* put in */
    CHECK_INT(edits("ромашка", "рмоашка", 2), 1);  /* exchanged */
    CHECK_INT(edits("київ", "кїив", 1), 1);
    CHECK_INT(edits("вінниця", "венниця", 1), 1);
    CHECK_INT(edits("ромашка", "рамажка", 2), 2);
    CHECK_INT(edits("ромашка", "рамажка", 1), 2); /* one more than most */
    CHECK_INT(edits("ромашка", "львів", 2), 3);
    CHECK_INT(edits("", "аб", 2), 2);
    CHECK_INT(edits("", "абв", 2), 3);
    CHECK_INT(edits("kyiv", "київ", 4), 4);
    char long_word[KARTO_EDITS_SIZE_MAX + 2], other[KARTO_EDITS_SIZE_MAX + 2];
    memset(long_word, 'a', sizeof long_word);
    memset(other, 'a', sizeof other);
    other[5] = 'b';
    struct karto_slice a = karto_slice(long_word, KARTO_EDITS_SIZE_MAX), b = karto_slice(other, KARTO_EDITS_SIZE_MAX);
    CHECK_INT(karto_edits(a, b, 2), 1);
    a.size = b.size = KARTO_EDITS_SIZE_MAX + 1;
    CHECK_INT(karto_edits(a, b, 2), 3);
    CHECK_INT(karto_edits(a, a, 2), 0);
}

int main(void)
{
    karto_arena_init(&arena);
    test_loose();
    test_twice();
    test_edits();
    karto_arena_fini(&arena);
    return 0;
}
