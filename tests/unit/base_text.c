/* The forms of text: what stays, what becomes one, what order lists have; and that no bytes can break them. */
#include "core/base/text.h"
#include "core/base/reader.h"
#include "tests/check.h"

#include <pthread.h>

typedef struct karto_slice form(struct karto_arena *arena, struct karto_slice text);

static struct karto_arena arena;

static const char *done(form *f, const char *text)
{
    return karto_arena_string(&arena, f(&arena, karto_slice_str(text)));
}

static const char *clean(const char *text)
{
    return done(karto_text_clean, text);
}

static const char *normal(const char *text)
{
    return done(karto_text_normal, text);
}

static const char *fold(const char *text)
{
    return done(karto_text_fold, text);
}

static const char *repair(const char *text)
{
    return done(karto_text_repair, text);
}

static int order(const char *a, const char *b)
{
    struct karto_buf x = KARTO_BUF_EMPTY, y = KARTO_BUF_EMPTY;
    karto_text_sort_key(&x, karto_slice_str(a), 1000);
    karto_text_sort_key(&y, karto_slice_str(b), 1000);
    int result = karto_slice_compare(karto_buf_slice(&x), karto_buf_slice(&y));
    karto_buf_fini(&x);
    karto_buf_fini(&y);
    return result;
}

static void check_clean(void)
{
    CHECK_STR(clean(""), "");
    CHECK_STR(clean(" \t\r\n "), "");
    CHECK_STR(clean("\xc2\xa0\xe2\x80\x83 Нова  Пошта\xe3\x80\x80\n"), "Нова  Пошта");
    CHECK_STR(clean("а\r\nб\rв\r\r\nг"), "а\nб\rв\nг");
    CHECK_STR(clean("м’яч «О»"), "м’яч «О»");
    CHECK_STR(clean("и\xcc\x86"), "й"); /* U+0438 U+0306 */
    CHECK_STR(clean("Иі\xcc\x88"), "Иї");
    CHECK_STR(clean("Киі\xcc\x88в, Лисии\xcc\x86"), "Київ, Лисий");
    CHECK_STR(clean("Ґґ Єє Іі Її ₴ №"), "Ґґ Єє Іі Її ₴ №");
    CHECK_STR(clean("₴"), "\xe2\x82\xb4");
    CHECK_STR(clean("\xe2\x84\xab"), "Å");            /* ANGSTROM SIGN */
    CHECK_STR(clean("\xef\xac\x81"), "\xef\xac\x81"); /* a ligature is no canonical matter */
}

static size_t encode(uint32_t c, uint8_t *out)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xC0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xE0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (c & 0x3F));
    return 4;
}

/* Text of common characters takes a way without ICU. Beside the ANGSTROM SIGN, which NFC replaces, the same character
 * goes through ICU: where it stays alone, it must stay there too. All of the basic plane. */
static void check_shortcut(void)
{
    for (uint32_t c = 1; c < 0x10000; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        uint8_t alone[4], beside[8] = "x";
        size_t size = encode(c, alone);
        memcpy(beside + 1, alone, size);
        memcpy(beside + 1 + size, "\xe2\x84\xab", 3);
        struct karto_slice short_way = karto_text_clean(&arena, karto_slice(alone, size));
        struct karto_slice long_way = karto_text_clean(&arena, karto_slice(beside, size + 4));
        bool stays = karto_slice_equal(short_way, karto_slice(alone, size));
        bool combines = long_way.data[0] != 'x';
        if (stays && !combines) {
            CHECK_INT(long_way.size, 1 + size + 2);
            CHECK(memcmp(long_way.data + 1, alone, size) == 0);
            CHECK(memcmp(long_way.data + 1 + size, "Å", 2) == 0);
        }
        karto_arena_reset(&arena);
    }
}

static void check_normal(void)
{
    static const char *const apostrophes[] = {"'", "’", "ʼ", "‘", "`", "´", "′"};
    for (size_t i = 0; i < sizeof apostrophes / sizeof *apostrophes; i++) {
        char text[64];
        snprintf(text, sizeof text, "М%sЯч", apostrophes[i]);
        CHECK_STR(normal(text), "М'Яч");
        CHECK_STR(fold(text), "мяч");
        CHECK_INT(order(text, "М'Яч"), 0);
    }
    CHECK_STR(normal(" ТОВ \xc2\xa0 «Зоря»\n\tКиїв "), "ТОВ \"Зоря\" Київ");
    CHECK_STR(normal("„Зоря“ ”x”"), "\"Зоря\" \"x\"");
    CHECK_STR(normal("Київ"), "Київ");
    CHECK(strcmp(normal("Київ"), normal("київ")) != 0);
    CHECK(strcmp(normal("ТОВ"), normal("ТзОВ")) != 0);
}

static void check_old_apostrophes(void)
{
    CHECK_STR(fold("М*Яч"), "мяч");
    CHECK_STR(fold("М\"Яч"), "мяч");
    CHECK_STR(fold("об*єкт з*їзд"), "обєкт зїзд");
    CHECK_STR(fold("м*'я"), "мя"); /* once more when the other has gone */
    CHECK_STR(fold("а*б 5*10"), "а*б 5*10");
    CHECK_STR(normal("М*Яч"), "М*Яч");
    CHECK_INT(order("М*Яч", "М'Яч"), 0);
    CHECK_INT(order("М\"Яч", "М'Яч"), 0);
    CHECK(karto_text_is_old_apostrophe(karto_slice_str("М\"яч"), 2));
    CHECK(!karto_text_is_old_apostrophe(karto_slice_str("Кафе\"Юг\""), 8));
    CHECK(!karto_text_is_old_apostrophe(karto_slice_str("*яч"), 0));
    CHECK(!karto_text_is_old_apostrophe(karto_slice_str("М*"), 2));
}

/* What each page has of our letters, and what it lacks. */
static bool has_character(const char *page_name, uint16_t character)
{
    uint16_t page[128];
    karto_text_code_page(page_name, page);
    for (size_t i = 0; i < 128; i++)
        if (page[i] == character)
            return true;
    return false;
}

static bool has_all(const char *page_name, const uint16_t *characters)
{
    bool all = true;
    for (; *characters; characters++)
        all = all && has_character(page_name, *characters);
    return all;
}

static void check_code_pages(void)
{
    static const char *const pages[] = {"windows-1251", "KOI8-U", "ibm-866", "ibm-1125"};
    static const uint16_t ours[] = {u'Ґ', u'ґ', u'Є', u'є', u'І', u'і', u'Ї', u'ї', 0};
    static const uint16_t of_866[] = {u'Є', u'є', u'Ї', u'ї', 0}, not_of_866[] = {u'І', u'і', u'Ґ', u'ґ', 0};
    CHECK(has_all("windows-1251", ours) && has_all("KOI8-U", ours) && has_all("ibm-1125", ours));
    CHECK(has_all("ibm-866", of_866));
    for (const uint16_t *letter = not_of_866; *letter; letter++)
        CHECK(!has_character("ibm-866", *letter));
    CHECK(has_character("windows-1251", 0x2019) && has_character("windows-1251", 0x2116));
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        CHECK(!has_character(pages[i], 0x20B4) && !has_character(pages[i], 0x2BC));
}

static void check_lookalike(void)
{
    CHECK_STR(done(karto_text_lookalike, "TOB"), "ТОВ");
    CHECK_STR(done(karto_text_lookalike, "АВС"), "ABC");
    CHECK_STR(done(karto_text_lookalike, "OOO Xata, AMK 5"), "ООО Xata, АМК 5");
    CHECK_STR(done(karto_text_lookalike, "Ромашка"), "Ромашка");
    CHECK_STR(done(karto_text_lookalike, "її"), "ïï");
    CHECK_STR(done(karto_text_lookalike, ""), "");
}

static void check_repair(void)
{
    CHECK_STR(repair("Kиїв"), "Київ");
    CHECK_STR(repair("Львiв"), "Львів");
    CHECK_STR(repair("TОВ"), "ТОВ");
    CHECK_STR(repair("Xаркiв"), "Харків");
    CHECK_STR(repair("OOO"), "OOO");
    CHECK_STR(repair("ABC"), "ABC");
    CHECK_STR(repair("OOO Зоря"), "OOO Зоря");
    CHECK_STR(repair("Iвано-Фрaнкiвськ (Oдеса)"), "Івано-Франківськ (Одеса)");
    CHECK_STR(repair("c’їзд"), "с’їзд");
    CHECK_STR(repair("Укpaïна"), "Україна");
    CHECK_STR(repair("acerба"), "acerба"); /* r is no look-alike: nothing is touched */
    static const char latin[] = "aceiopxyABCEHIKMOPTX";
    static const char *const cyrillic[] = {"а", "с", "е", "і", "о", "р", "х", "у", "А", "В",
                                           "С", "Е", "Н", "І", "К", "М", "О", "Р", "Т", "Х"};
    for (size_t i = 0; latin[i]; i++) {
        char text[8], want[8];
        snprintf(text, sizeof text, "%cж", latin[i]);
        snprintf(want, sizeof want, "%sж", cyrillic[i]);
        CHECK_STR(repair(text), want);
    }
}

static void check_fold(void)
{
    CHECK_STR(fold("  ТОВ «Нова  Пошта» "), "тов нова пошта");
    CHECK_STR(fold("Kиїв"), "київ");
    CHECK_STR(fold("Xаркiв"), "харків");
    CHECK_STR(fold("OOO"), "ooo");
    CHECK_STR(fold("ABC"), "abc");
    CHECK_STR(fold("В’ячеслав"), fold("ВЯЧЕСЛАВ"));
    CHECK_STR(fold("Straße"), fold("STRASSE"));
    CHECK_STR(fold("Ґалаґан Єва Їжак"), "ґалаґан єва їжак");
    CHECK_STR(fold("№ 5"), "no 5");
    CHECK_STR(fold("\"\""), "");
    for (char c = '!'; c < 0x7F; c++) { /* ASCII alone goes without ICU: the same as beside a NUMERO SIGN */
        char alone[] = {c, 0}, beside[] = {c, ' ', '\xe2', '\x84', '\x96', 0}, want[8];
        snprintf(want, sizeof want, "%s%sno", fold(alone), *fold(alone) ? " " : "");
        CHECK_STR(fold(beside), want);
    }
    CHECK_STR(fold("\xef\xbd\x81бв"), "абв"); /* a wide a among Cyrillic letters */
}

static void check_alphabet(void)
{
    static const char *const letters[][33] = {
        {"а", "б", "в", "г", "ґ", "д", "е", "є", "ж", "з", "и", "і", "ї", "й", "к", "л", "м",
         "н", "о", "п", "р", "с", "т", "у", "ф", "х", "ц", "ч", "ш", "щ", "ь", "ю", "я"},
        {"А", "Б", "В", "Г", "Ґ", "Д", "Е", "Є", "Ж", "З", "И", "І", "Ї", "Й", "К", "Л", "М",
         "Н", "О", "П", "Р", "С", "Т", "У", "Ф", "Х", "Ц", "Ч", "Ш", "Щ", "Ь", "Ю", "Я"},
    };
    for (size_t i = 0; i < 33; i++) {
        CHECK_STR(fold(letters[1][i]), letters[0][i]);
        CHECK(order(letters[0][i], letters[1][i]) != 0);
        for (size_t other = i + 1; other < 33; other++) {
            for (size_t k = 0; k < 4; k++)
                CHECK(order(letters[k & 1][i], letters[k >> 1][other]) < 0);
        }
    }
    CHECK(order("яя", "a") < 0); /* Cyrillic before Latin */
    CHECK(order("9", "а") < 0);
    /* Russian letters of old data: beside е and ь, or behind і and е */
    CHECK(order("е", "ё") < 0 && order("ё", "є") < 0);
    CHECK(order("щ", "ъ") < 0 && order("ъ", "ь") < 0);
    CHECK(order("і", "ы") < 0 && order("е", "э") < 0);
}

static void check_sorted(const char *const *texts, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (order(texts[i], texts[i + 1]) >= 0) {
            fprintf(stderr, "\"%s\" does not come before \"%s\"\n", texts[i], texts[i + 1]);
            exit(1);
        }
    }
}

static void check_order(void)
{
    static const char *const names[] = {"Галина",  "Гнат",   "гуз",   "Ґалаґан", "ґудзь", "Демко", "Ева",
                                        "Ернест",  "Євген",  "Жанна", "Іван",    "Їжак",  "Йосип", "Марина",
                                        "Мар’яна", "«Нова»", "Одеса", "ABC",     "Zoria"};
    static const char *const houses[] = {"буд. 2", "буд. 2/1", "буд. 2а", "буд. 10", "буд. 100"};
    check_sorted(names, sizeof names / sizeof *names);
    check_sorted(houses, sizeof houses / sizeof *houses);
    CHECK(order("2", "10") < 0);
    CHECK(order("мʼяч", "мята") > 0); /* the apostrophe counts for nothing: т before ч */
    CHECK(order("мʼяч", "мʼята") > 0);
    CHECK_INT(order("мʼяч", "м’яч"), 0);
    CHECK_INT(order("Киі\xcc\x88в", "Київ"), 0);
    CHECK_INT(order(" Зоря ", "«Зоря»"), 0);
    CHECK(order("Іван Франко", "Іванко") < 0); /* word by word */
}

static void check_key_cut(void)
{
    struct karto_buf whole = KARTO_BUF_EMPTY, cut = KARTO_BUF_EMPTY;
    struct karto_slice text = karto_slice_str("Товариство з обмеженою відповідальністю «Зоря»");
    karto_text_sort_key(&whole, text, 1000);
    CHECK(whole.size > 20 && memchr(whole.data, 0, whole.size) == NULL);
    for (size_t max = 0; max <= whole.size + 1; max++) {
        karto_buf_clear(&cut);
        karto_buf_add_str(&cut, "<");
        karto_text_sort_key(&cut, text, max);
        CHECK_INT(cut.size, 1 + (max < whole.size ? max : whole.size));
        CHECK(cut.data[0] == '<' && memcmp(cut.data + 1, whole.data, cut.size - 1) == 0);
    }
    karto_buf_clear(&cut);
    karto_text_sort_key(&cut, karto_slice(NULL, 0), 10);
    CHECK(cut.size < 10);
    karto_buf_fini(&whole);
    karto_buf_fini(&cut);
    CHECK(karto_text_collation_version() != 0);
    CHECK(karto_text_collation_version() == karto_text_collation_version());
}

static void check_width(void)
{
    static const struct {
        const char *text;
        size_t width;
    } table[] = {
        {"", 0},  {"abc", 3}, {"Ґжицький", 8}, {"и\xcc\x86", 1},    {"м’яч — №5", 9}, {"漢字", 4},     {"한국", 4},
        {"😀", 2}, {"Ａ", 2},  {"а\n\x7f", 1},  {"\xe2\x80\x8b", 0}, {"₴ «»", 4},      {"\xcc\x81", 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        CHECK_INT(karto_text_width(karto_slice_str(table[i].text)), table[i].width);
    CHECK(karto_slice_is(karto_text_cut(karto_slice_str("Їжак"), 2), "Їж"));
    CHECK(karto_slice_is(karto_text_cut(karto_slice_str("Їжак"), 9), "Їжак"));
    CHECK(karto_slice_is(karto_text_cut(karto_slice_str("Їжак"), 0), ""));
    CHECK(karto_slice_is(karto_text_cut(karto_slice_str("漢字"), 3), "漢"));
    CHECK(karto_slice_is(karto_text_cut(karto_slice_str("и\xcc\x86и\xcc\x86"), 1), "и\xcc\x86"));
}

static uint64_t state = 20261103;

static uint32_t below(uint32_t limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % limit;
}

/* Whatever has surprised somebody's normalisation: accents without a letter, spaces and apostrophes inside of
 * compatibility characters, letters whose case forms are longer or composed, what is invisible, what is no character.
 */
static const char *const naughty[] = {
    " ",
    "\t",
    "\r",
    "\n",
    "\xc2\xa0",
    "\xc2\x85",
    "\xe2\x80\x80",
    "\xe2\x80\x83",
    "\xe2\x80\xa8",
    "\xe3\x80\x80",
    "\xe1\x9a\x80",
    "'",
    "’",
    "ʼ",
    "‘",
    "`",
    "´",
    "′",
    "″",
    "‴",
    "＇",
    "｀",
    "ŉ",
    "\"",
    "«",
    "»",
    "„",
    "“",
    "”",
    "＂",
    "\xcc\x80",
    "\xcc\x81",
    "\xcc\x86",
    "\xcc\x87",
    "\xcc\x88",
    "\xcc\x8a",
    "\xcc\xb1",
    "\xcc\x8c",
    "\xcc\xb8",
    "\xcd\x84",
    "\xcd\x85",
    "\xd2\x83",
    "\xd2\x88",
    "¨",
    "˝",
    "¯",
    "\xcd\xba",
    "\xce\x84",
    "\xe1\xbe\xbd",
    "\xe1\xbf\xaf",
    "\xe1\xbf\xbd",
    "\xe1\xbf\x81",
    "a",
    "c",
    "e",
    "i",
    "o",
    "p",
    "x",
    "y",
    "A",
    "B",
    "Y",
    "H",
    "K",
    "T",
    "J",
    "W",
    "r",
    "z",
    "а",
    "б",
    "ж",
    "і",
    "ї",
    "и",
    "й",
    "у",
    "Е",
    "Ґ",
    "Ѐ",
    "Ё",
    "ё",
    "Ў",
    "ï",
    "Ï",
    "İ",
    "ı",
    "ſ",
    "ß",
    "ẞ",
    "ŀ",
    "ǰ",
    "Ǆ",
    "ﬁ",
    "ﬆ",
    "№",
    "™",
    "½",
    "Å",
    "\xe2\x84\xab",
    "\xe2\x84\xaa",
    "\xe2\x84\xa6",
    "Σ",
    "ς",
    "ᾳ",
    "ΐ",
    "Ａ",
    "ａ",
    "ｃ",
    "Ｂ",
    "\xf0\x9d\x90\x80",
    "\xf0\x9d\x92\x82",
    "ᄀ",
    "ᅡ",
    "ᆨ",
    "가",
    "각",
    "ﷺ",
    "\xe2\x80\x8b",
    "\xe2\x80\x8d",
    "\xef\xbb\xbf",
    "\xc2\xad",
    "\xef\xb8\x8f",
    "\xe2\x80\xae",
    "\xef\xbf\xbd",
    "\xef\xbf\xbf",
    "\xee\x80\x80",
    "\xf4\x8f\xbf\xbf",
    "\xf0\x9f\x87\xba",
    "\xf0\x9f\x91\xa9",
    "\x01",
    "\x7f",
    "0",
    "9",
    "-",
    "*",
    "є",
    "@",
    ".",
};

static void add_random(struct karto_buf *text)
{
    if (below(8) > 0) {
        karto_buf_add_str(text, naughty[below(sizeof naughty / sizeof *naughty)]);
        return;
    }
    uint32_t c = 1 + below(0x10FFFF);
    uint8_t bytes[4];
    if (c < 0xD800 || c > 0xDFFF)
        karto_buf_add(text, bytes, encode(c, bytes));
}

static bool same_key(struct karto_slice a, struct karto_slice b)
{
    struct karto_buf x = KARTO_BUF_EMPTY, y = KARTO_BUF_EMPTY;
    karto_text_sort_key(&x, a, 4000);
    karto_text_sort_key(&y, b, 4000);
    bool same = karto_slice_equal(karto_buf_slice(&x), karto_buf_slice(&y));
    karto_buf_fini(&x);
    karto_buf_fini(&y);
    return same;
}

/* Each form is its own form; a coarser form does not see the finer one; all that comes out is valid. */
static void check_properties(void)
{
    static form *const forms[] = {karto_text_clean, karto_text_normal, karto_text_fold, karto_text_repair};
    struct karto_buf text = KARTO_BUF_EMPTY;
    for (int round = 0; round < 40000; round++) {
        karto_buf_clear(&text);
        for (uint32_t n = below(8) ? below(10) : below(300); n > 0; n--)
            add_random(&text);
        struct karto_slice in = karto_buf_slice(&text), results[4];
        CHECK(karto_utf8_valid(in));
        for (size_t i = 0; i < 4; i++) {
            results[i] = forms[i](&arena, in);
            CHECK(karto_utf8_valid(results[i]));
            CHECK(karto_slice_equal(results[i], forms[i](&arena, results[i])));
            CHECK(results[i].size == 0 || results[i].data < in.data || results[i].data >= in.data + in.size);
        }
        CHECK(karto_slice_equal(results[1], karto_text_normal(&arena, results[0])));
        CHECK(karto_slice_equal(results[2], karto_text_fold(&arena, results[1])));
        CHECK(same_key(in, results[0]) && same_key(in, results[1]));
        karto_arena_reset(&arena);
    }
    karto_buf_fini(&text);
}

/* What is folded without ICU is folded as ICU does it, to whom a letter ґ takes the whole text. */
static void check_plain_fold(void)
{
    static const char *const pieces[] = {"а", "Б", "Є", "ѐ",  "ѥ",  "Ѡ", "ѿ", "Ї", "я", "'", "`", "\"",
                                         "«", "»", " ", "\t", "\n", "7", "-", ".", "&", "a", "Z", "x"};
    enum { CYRILLIC = 21, PIECES = sizeof pieces / sizeof *pieces };
    for (int round = 0; round < 20000; round++) {
        char text[120] = "";
        for (uint32_t n = below(20), most = below(2) ? CYRILLIC : PIECES; n > 0; n--)
            strcat(text, pieces[below(most)]);
        struct karto_slice plain = karto_text_fold(&arena, karto_slice_str(text));
        strcat(text, " ґ");
        struct karto_slice whole = karto_text_fold(&arena, karto_slice_str(text));
        size_t tail = plain.size ? 3 : 2;
        CHECK(whole.size == plain.size + tail && karto_slice_begins(whole, plain));
        CHECK(karto_slice_is(karto_slice(whole.data + plain.size, tail), plain.size ? " ґ" : "ґ"));
        karto_arena_reset(&arena);
    }
}

/* Bytes that nobody has checked give anything but a crash. */
static void check_garbage(void)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[24];
        size_t size = below(sizeof bytes + 1);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(below(3) ? 0x80 | below(128) : below(256));
        uint8_t *exact = karto_arena_alloc(&arena, size); /* reading past the end is seen by a sanitizer */
        memcpy(exact, bytes, size);
        struct karto_slice in = karto_slice(exact, size);
        karto_text_clean(&arena, in);
        karto_text_normal(&arena, in);
        karto_text_fold(&arena, in);
        karto_text_repair(&arena, in);
        karto_text_sort_key(&key, in, 50);
        struct karto_slice cut = karto_text_cut(in, 5);
        CHECK(karto_text_width(cut) <= 5 && cut.size <= in.size);
        CHECK(karto_text_width(in) <= 2 * in.size);
        karto_buf_clear(&key);
        karto_arena_reset(&arena);
    }
    karto_buf_fini(&key);
}

static void *make_keys(void *out)
{
    struct karto_buf *key = out;
    for (int i = 0; i < 2000; i++) {
        char text[64];
        snprintf(text, sizeof text, "ТОВ «Мʼята %d»", i);
        karto_text_sort_key(key, karto_slice_str(text), 200);
    }
    return NULL;
}

/* The first use of ICU, by four threads at once: to be the first test. */
static void check_threads(void)
{
    pthread_t threads[4];
    struct karto_buf keys[4] = {KARTO_BUF_EMPTY, KARTO_BUF_EMPTY, KARTO_BUF_EMPTY, KARTO_BUF_EMPTY};
    for (size_t i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, make_keys, &keys[i]) == 0);
    for (size_t i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (size_t i = 0; i < 4; i++) {
        CHECK(keys[i].size > 2000 && karto_slice_equal(karto_buf_slice(&keys[i]), karto_buf_slice(&keys[0])));
    }
    for (size_t i = 0; i < 4; i++)
        karto_buf_fini(&keys[i]);
}

static void marks_do_not_pile_up(void)
{
    char text[4 * KARTO_TEXT_MARKS_MAX + 10] = "и";
    for (int i = 0; i < KARTO_TEXT_MARKS_MAX; i++)
        strcat(text, i % 2 ? "\xcc\x81" : "\xcc\xa3");
    CHECK(karto_text_marks_fit(karto_slice_str(text)));
    strcat(text, "\xcc\x81");
    CHECK(!karto_text_marks_fit(karto_slice_str(text)));
    CHECK(karto_text_marks_fit(karto_slice_str("Ї́жа́к")));
    CHECK(karto_text_marks_fit(karto_slice(NULL, 0)));
    static const char *const marks[] = {"\xcc\x80", "\xcd\xaf", "\xd2\x83", "\xd6\x91", "\xe1\xaa\xb0", "\xef\xb8\xa0"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) { /* wherever the mark stands in Unicode */
        text[0] = 0;
        for (int j = 0; j <= KARTO_TEXT_MARKS_MAX; j++)
            strcat(text, marks[i]);
        CHECK(!karto_text_marks_fit(karto_slice_str(text)));
        text[strlen(text) - strlen(marks[i])] = 0;
        CHECK(karto_text_marks_fit(karto_slice_str(text)));
    }
}

int main(void)
{
    karto_arena_init(&arena);
    marks_do_not_pile_up();
    check_threads();
    check_lookalike();
    check_clean();
    check_shortcut();
    check_normal();
    check_repair();
    check_fold();
    check_old_apostrophes();
    check_code_pages();
    check_alphabet();
    check_order();
    check_key_cut();
    check_width();
    check_properties();
    check_plain_fold();
    check_garbage();
    karto_arena_fini(&arena);
    return 0;
}
