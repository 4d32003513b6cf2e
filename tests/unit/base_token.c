/* Words of a text: where they begin and end, and that they are folded as karto_text_fold folds. */
#include "core/base/token.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "tests/check.h"

static struct karto_arena arena;

/* The words with a space between them, or + where they touch; digits in brackets. */
static const char *tokens(const char *text)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    struct karto_tokens found = karto_tokens_of(&arena, karto_slice_str(text));
    for (uint32_t i = 0; i < found.count; i++) {
        struct karto_token token = found.all[i];
        if (i > 0)
            karto_buf_add_str(&out, token.touches ? "+" : " ");
        karto_buf_printf(&out, token.digits ? "[%.*s]" : "%.*s", (int)token.text.size, (const char *)token.text.data);
    }
    const char *string = karto_arena_string(&arena, karto_buf_slice(&out));
    karto_buf_fini(&out);
    return string;
}

static void test_cuts(void)
{
    CHECK_STR(tokens("ТОВ «Нова Пошта»"), "тов нова пошта");
    CHECK_STR(tokens("ТОВ«Ромашка-Опт»"), "тов ромашка опт");
    CHECK_STR(tokens("вул. Січових Стрільців, 12а/2"), "вул січових стрільців [12]+а [2]");
    CHECK_STR(tokens("office@agro17.com.ua"), "office agro+[17] com ua");
    CHECK_STR(tokens("№5 ₴100 50%"), "[5] [100] [50]");
    CHECK_STR(tokens("067 123-45-67"), "[067] [123] [45] [67]");
    CHECK_STR(tokens(" \n "), "");
    CHECK_STR(tokens(""), "");
    CHECK_STR(tokens("漢字 x²"), "漢字 x+[2]");
}

static void test_apostrophes(void)
{
    static const char *const marks[] = {"'", "’", "ʼ", "‘", "`", "´", "′"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        char text[64];
        snprintf(text, sizeof text, "М%sята %sв лапках%s", marks[i], marks[i], marks[i]);
        CHECK_STR(tokens(text), "мята в лапках");
    }
}

/* " and * in data of DOS programs, where they are no quotation marks. */
static void test_old_apostrophes(void)
{
    CHECK_STR(tokens("М\"ята п*ять Об\"єкт З*їзд"), "мята пять обєкт зїзд");
    CHECK_STR(tokens("М\"ЯТА П*ЯТЬ"), "мята пять");
    CHECK_STR(tokens("ТОВ \"М\"ята\""), "тов мята");
    CHECK_STR(tokens("П\"ять \"Зірок\""), "пять зірок");
    CHECK_STR(tokens("ТОВ\"Ялинка\""), "тов ялинка");
    CHECK_STR(tokens("Магазин\"Ялинка\", кафе\"Юність\"!"), "магазин ялинка кафе юність");
    CHECK_STR(tokens("Кафе\"Омега\" і м*яч"), "кафе омега і мяч");
    CHECK_STR(tokens("5*10 а*б *я я* \"я"), "[5] [10] а б я я я");
    CHECK_STR(tokens("Cm*я Cм*я"), "cm я см"
                                   "я"); /* a Latin word; a Latin C */
}

static void test_folds(void)
{
    CHECK_STR(tokens("Kиїв Львiв TОВ Xаркiв"), "київ львів тов харків"); /* Latin K, i, T, X, i */
    CHECK_STR(tokens("OOO ABC"), "ooo abc");
    CHECK_STR(tokens("ҐЄІЇ ЁЪЫЭ Ђ Ѣ Ԁ Ӏ Ӂ"), "ґєії ёъыэ ђ ѣ ԁ ӏ ӂ");
    CHECK_STR(tokens("И\xcc\x86І\xcc\x88"), "йї"); /* decomposed */
    CHECK_STR(tokens("Café Straße ﬁrma Ａｂ"), "café strasse firma ab");
    CHECK_STR(tokens("co\xc2\xadop"), "coop"); /* a soft hyphen */
}

static void test_size(void)
{
    char text[200] = "";
    for (int i = 0; i < 40; i++)
        strcat(text, "я");
    struct karto_tokens found = karto_tokens_of(&arena, karto_slice_str(text));
    CHECK_INT(found.count, 1);
    CHECK_INT(found.all[0].text.size, KARTO_TOKEN_SIZE_MAX);
    found = karto_tokens_of(&arena, karto_slice_str("xèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèèè"));
    CHECK_INT(found.all[0].text.size, KARTO_TOKEN_SIZE_MAX - 1); /* at a letter */
}

/* The short way and the way through ICU give the same: of random words of all kinds of letters. */
static void test_like_fold(void)
{
    static const char *const letters[] = {"а", "Б", "ґ", "Ї", "є",  "Й", "a", "B", "i", "K", "Ӂ",
                                          "Ѣ", "Ԑ", "'", "’", "\"", "é", "ß", "5", "І", "ь"};
    uint32_t random = 54321;
    for (int i = 0; i < 50000; i++) {
        char text[64] = "";
        for (int j = 0; j < 6; j++) {
            random = random * 1664525u + 1013904223u;
            strcat(text, letters[(random >> 16) % (sizeof letters / sizeof *letters)]);
        }
        if (strchr(text, '"') || strchr(text, '5'))
            continue;
        struct karto_tokens found = karto_tokens_of(&arena, karto_slice_str(text));
        struct karto_slice fold = karto_text_fold(&arena, karto_slice_str(text));
        CHECK_INT(found.count, fold.size > 0);
        CHECK(fold.size == 0 || karto_slice_equal(found.all[0].text, fold));
        karto_arena_reset(&arena);
    }
}

int main(void)
{
    karto_arena_init(&arena);
    test_cuts();
    test_apostrophes();
    test_old_apostrophes();
    test_folds();
    test_size();
    test_like_fold();
    CHECK(karto_token_version() != 0);
    karto_arena_fini(&arena);
    return 0;
}
