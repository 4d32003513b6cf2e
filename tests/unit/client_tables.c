/* That files in other encodings, cells with several elements, and parts of a purchase's line are read as they were
 * meant, and written so that they are read the same again. */
#include "client/encoding.h"
#include "client/encoding_guess.h"
#include "client/formula.h"
#include "client/line_part.h"
#include "client/set_cell.h"
#include "core/base/character.h"
#include "tests/check.h"

/* ---- encodings ---- */

/* Bytes given so many at a time. */
struct drip {
    struct karto_slice left;
    size_t each;
};

static long read_drip(void *context, void *out, size_t size)
{
    struct drip *drip = context;
    size_t taken = drip->each < size ? drip->each : size;
    taken = taken < drip->left.size ? taken : drip->left.size;
    if (taken)
        memcpy(out, drip->left.data, taken);
    drip->left = karto_slice(drip->left.data + taken, drip->left.size - taken);
    return (long)taken;
}

static void check_decoded(enum karto_encoding encoding, const void *bytes, size_t size, const char *want)
{
    for (size_t each = 1; each <= size + 1; each++) {
        struct drip drip = {karto_slice(bytes, size), each};
        const struct karto_csv_source source = {&drip, read_drip};
        struct karto_decoder decoder;
        struct karto_buf text = KARTO_BUF_EMPTY;
        char room[3];
        karto_decoder_init(&decoder, &source, encoding);
        struct karto_csv_source decoded = karto_decoder_source(&decoder);
        for (long got; (got = decoded.read(decoded.context, room, sizeof room)) > 0;)
            karto_buf_add(&text, room, (size_t)got);
        karto_buf_add_byte(&text, 0);
        CHECK_STR((const char *)text.data, want);
        karto_buf_fini(&text);
        karto_decoder_fini(&decoder);
    }
}

#define DECODES(encoding, bytes, want) check_decoded(encoding, bytes, sizeof bytes - 1, want)

static void encodings(void)
{
    enum karto_encoding encoding;
    CHECK(karto_encoding_parse("CP1251", &encoding) && encoding == KARTO_WINDOWS_1251);
    CHECK(karto_encoding_parse("UTF-8", &encoding) && encoding == KARTO_UTF_8);
    CHECK(karto_encoding_parse("utf-16", &encoding) && encoding == KARTO_UTF_16);
    CHECK(karto_encoding_parse("cp866u", &encoding) && encoding == KARTO_CP1125);
    CHECK(karto_encoding_parse(karto_encoding_name(KARTO_KOI8_U), &encoding) && encoding == KARTO_KOI8_U);
    CHECK(!karto_encoding_parse("koi8", &encoding) && !karto_encoding_parse("", &encoding));
    DECODES(KARTO_WINDOWS_1251, "\xBF\xE6\xE0\xEA \xAF\xB2\xB3\xAA\xBA\xA5\xB4\xC0\xFF \xB9", "їжак ЇІіЄєҐґАя №");
    DECODES(KARTO_WINDOWS_1251, "\x98\xA0\x80", "\xFF\u00A0Ђ");
    DECODES(KARTO_UTF_8, "їжак", "їжак");
    DECODES(KARTO_UTF_8, "\xEF\xBB\xBFї", "\xEF\xBB\xBFї");
    DECODES(KARTO_UTF_8, "\xFF\xFE\x57\x04;\0", "ї;");
    DECODES(KARTO_UTF_8, "\xFE\xFF\x04\x57\0;", "ї;");
    DECODES(KARTO_UTF_16, "\x57\x04;\0\x3D\xD8\x00\xDE", "ї;😀");
    DECODES(KARTO_UTF_16, "\x3D\xD8;\0\x00\xDE;", "\xFF;\xFF\xFF");
    DECODES(KARTO_UTF_16, "", "");
    DECODES(KARTO_WINDOWS_1251, "\xEF\xBB\xBFї", "\xEF\xBB\xBFї"); /* the mark knows better */
}

/* Text as a file of this encoding has it. False: it does not have all of its characters. */
static bool encode(enum karto_encoding encoding, const char *text, struct karto_buf *out)
{
    uint16_t page[128];
    bool wide = encoding == KARTO_UTF_16 || encoding == KARTO_UTF_16_BE;
    if (encoding == KARTO_UTF_8) {
        karto_buf_add_str(out, text);
        return true;
    }
    if (!wide)
        karto_encoding_page(encoding, page);
    for (size_t at = 0, size = strlen(text); at < size;) {
        uint32_t code;
        at += karto_character_at(karto_slice(text, size), at, &code);
        unsigned i = 0;
        while (!wide && code >= 0x80 && i < 128 && page[i] != code)
            i++;
        if (i == 128)
            return false;
        uint8_t high = (uint8_t)(code >> 8), low = (uint8_t)code;
        if (encoding == KARTO_UTF_16_BE)
            karto_buf_add_byte(out, high);
        karto_buf_add_byte(out, wide || code < 0x80 ? low : (uint8_t)(0x80 + i));
        if (encoding == KARTO_UTF_16)
            karto_buf_add_byte(out, high);
    }
    return true;
}

/* Whatever people keep of clients, in all the encodings that can hold it: it is found out, and read as it was. */
static void guesses(void)
{
    static const char *const texts[] = {
        "Назва;Код ЄДРПОУ;Місто\nТОВ \"Ромашка\";14360570;Львів\nФОП Гнатюк Їжак;12345678;Київ\n",
        "НАЗВА;АДРЕСА\nТОВ РОМАШКА ПЛЮС;М. ЛЬВІВ, ВУЛ. ЗЕЛЕНА, 5\nПП ОЛЕНКА;СМТ ЩИРЕЦЬ\n",
        "name,city\nКав'ярня на розі,Івано-Франківськ\n",
        "name\tphone\nмагазин продуктів\t067 123-45-67\n",
        "name;note\nСтолова №5;работает по будням, вход со двора\nЭлектротовары;объезд через мост\n",
        "name,note\nшинок Ґазда,ґанок пофарбовано; є ще їдальня\n",
    };
    unsigned held = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (enum karto_encoding encoding = KARTO_UTF_8; encoding <= KARTO_KOI8_U; encoding++) {
            struct karto_buf bytes = KARTO_BUF_EMPTY;
            if (encode(encoding, texts[i], &bytes)) {
                enum karto_encoding found = karto_encoding_guess(karto_buf_slice(&bytes));
                /* CP866 and CP1125 are one where there is no letter of Ukrainian alone. */
                CHECK(found == encoding || (encoding == KARTO_CP1125 && found == KARTO_CP866));
                check_decoded(KARTO_FIND_OUT, bytes.data, bytes.size, texts[i]);
                held++;
            }
            karto_buf_fini(&bytes);
        }
    CHECK_INT(held, 6 * 7 - 6); /* CP866 has no і and no ґ, KOI8-U no № */
    CHECK(karto_encoding_guess(karto_slice_str("name,city\nRose,Lviv\n")) == KARTO_UTF_8);
    CHECK(karto_encoding_guess(karto_slice_str("назва,місто\nРома\xF8ка,Львів\n")) == KARTO_UTF_8); /* one is damaged */
    CHECK(karto_encoding_guess(karto_slice("Київ\xD0", 9)) == KARTO_UTF_8);                         /* one is cut */
}

/* Letters may come far behind the beginning. */
static void guesses_late(void)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY, text = KARTO_BUF_EMPTY;
    for (int i = 0; i < 5000; i++)
        karto_buf_printf(&bytes, "%d,ascii\n", i);
    karto_buf_add_slice(&text, karto_buf_slice(&bytes));
    CHECK(encode(KARTO_KOI8_U, "5001,Львів і Київ\n", &bytes));
    karto_buf_add_str(&text, "5001,Львів і Київ\n");
    struct drip drip = {karto_buf_slice(&bytes), 1000};
    const struct karto_csv_source source = {&drip, read_drip};
    struct karto_decoder decoder;
    struct karto_buf read = KARTO_BUF_EMPTY;
    char room[777];
    karto_decoder_init(&decoder, &source, KARTO_FIND_OUT);
    struct karto_csv_source decoded = karto_decoder_source(&decoder);
    for (long got; (got = decoded.read(decoded.context, room, sizeof room)) > 0;)
        karto_buf_add(&read, room, (size_t)got);
    CHECK(karto_slice_equal(karto_buf_slice(&read), karto_buf_slice(&text)));
    CHECK(karto_decoder_encoding(&decoder) == KARTO_KOI8_U);
    karto_decoder_fini(&decoder);
    karto_buf_fini(&bytes);
    karto_buf_fini(&text);
    karto_buf_fini(&read);
}

/* ---- sets in cells ---- */

static void check_split(const char *cell, const char *const *want)
{
    struct karto_arena arena;
    struct karto_slice rest = karto_slice_str(cell), element;
    karto_arena_init(&arena);
    for (; karto_set_cell_next(&arena, &rest, &element); want++) {
        CHECK(*want != NULL);
        CHECK_STR(karto_arena_string(&arena, element), *want);
    }
    CHECK(*want == NULL);
    karto_arena_fini(&arena);
}

#define SPLITS(cell, ...) check_split(cell, (const char *const[]){__VA_ARGS__, NULL})

static void check_joined(const char *const *elements, const char *want)
{
    struct karto_buf cell = KARTO_BUF_EMPTY;
    karto_buf_add_str(&cell, "before|");
    size_t begin = cell.size;
    for (const char *const *element = elements; *element; element++)
        karto_set_cell_add(&cell, begin, karto_slice_str(*element));
    karto_buf_add_byte(&cell, 0);
    CHECK_STR((const char *)cell.data + begin, want);
    check_split((const char *)cell.data + begin, elements);
    karto_buf_fini(&cell);
}

#define JOINS(want, ...) check_joined((const char *const[]){__VA_ARGS__, NULL}, want)

static void set_cells(void)
{
    SPLITS("", NULL);
    SPLITS(" ; ;\n", NULL);
    SPLITS(" а ;б\r\nв; ", "а", "б", "в");
    SPLITS("\"а;б\" ; \"в\"\"г\"", "а;б", "в\"г");
    SPLITS("\"Ромашка\" оптова;б", "\"Ромашка\" оптова", "б");
    SPLITS("\"відкрито;б", "\"відкрито", "б");
    SPLITS("ТОВ \"Ромашка\"", "ТОВ \"Ромашка\"");
    JOINS("а;б", "а", "б");
    JOINS("\"а;б\";\"\"\"в\"\"\";г\"д;\"е\nє\"", "а;б", "\"в\"", "г\"д", "е\nє");
}

/* ---- lines ---- */

static const struct karto_field_def *part_named(const char *name)
{
    for (const struct karto_field_def *part = karto_line_parts(); part->name; part++)
        if (strcmp(part->name, name) == 0)
            return part;
    CHECK(!"no such part");
    return NULL;
}

/* want NULL: it is refused. */
static void check_part(const char *name, const char *text, const char *want)
{
    struct karto_arena arena;
    struct karto_problem problem;
    struct karto_slice bytes;
    const struct karto_field_def *part = part_named(name);
    karto_arena_init(&arena);
    karto_problem_init(&problem);
    enum karto_err err = karto_line_part_parse(&arena, part, karto_slice_str(text), KARTO_LANG_EN, &bytes, &problem);
    CHECK_INT(err, want ? KARTO_OK : KARTO_E_INVALID);
    if (want)
        CHECK_STR(karto_arena_string(&arena, karto_line_part_text(&arena, part, bytes)), want);
    karto_problem_fini(&problem);
    karto_arena_fini(&arena);
}

static void line_parts(void)
{
    CHECK(part_named("discount") - karto_line_parts() == KARTO_LINE_PARTS - 1);
    check_part("quantity", "12", "12");
    check_part("quantity", "1 200,5", "1200.5");
    check_part("quantity", "1\u00A0200.125", "1200.125");
    check_part("quantity", "-0.001", "-0.001");
    check_part("quantity", "0.1250", "0.125");
    check_part("quantity", "", "");
    check_part("quantity", "0.1255", NULL);
    check_part("quantity", "ten", NULL);
    check_part("quantity", ".5", NULL);
    check_part("quantity", "1.2.3", NULL);
    check_part("quantity", "9223372036854776", NULL);
    check_part("discount", "5 %", "5");
    check_part("discount", "7,25", "7.25");
    check_part("discount", "0", "0");
    check_part("product", "Чай", "Чай");
    check_part("price", "9.8 USD", "9.80 USD");
    check_part("price", "дорого", NULL);
}

/* ---- formulas ---- */

static void check_formula(const char *cell, const char *for_programs, const char *for_spreadsheets)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_slice plain = karto_formula_guard(&arena, karto_slice_str(cell), false);
    struct karto_slice guarded = karto_formula_guard(&arena, karto_slice_str(cell), true);
    CHECK(karto_slice_is(plain, for_programs) && karto_slice_is(guarded, for_spreadsheets));
    CHECK(karto_slice_is(karto_formula_read(plain), cell) && karto_slice_is(karto_formula_read(guarded), cell));
    karto_arena_fini(&arena);
}

static void formulas(void)
{
    static const char *const begins[] = {"=1+1", "+380671234567", "-5.00 UAH", "@SUM(A1)", "=", "-"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        char once[32], twice[32];
        snprintf(once, sizeof once, "'%s", begins[i]);
        snprintf(twice, sizeof twice, "''%s", begins[i]);
        check_formula(begins[i], begins[i], once);
        check_formula(once, twice, twice);
    }
    static const char *const others[] = {"", "'", "''", "'а", "а=1", "1-2", "м'=", "\"=1\""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        check_formula(others[i], others[i], others[i]);
    CHECK(karto_slice_is(karto_formula_read(karto_slice_str("'=1")), "=1")); /* as people type it */
}

int main(void)
{
    formulas();
    encodings();
    guesses();
    guesses_late();
    set_cells();
    line_parts();
    return 0;
}
