/* That everything we say can be said in both languages, each with words of its own, the same placeholders and every
 * plural form, and that what users type is put into sentences as it is. */
#include "core/base/heading.h"
#include "core/base/message.h"
#include "core/base/reader.h"
#include "tests/check.h"

enum { HOLES_MAX = 16 };

struct hole {
    char name[32];
    unsigned forms; /* 0: the value itself */
};

/* The placeholders of a template; every brace must be part of one. */
static unsigned holes_of(const char *text, enum karto_lang lang, struct hole *holes)
{
    unsigned count = 0;
    while ((text = strchr(text, '{')) != NULL) {
        if (text[1] == '{') {
            text += 2;
            continue;
        }
        const char *end = strchr(text, '}');
        CHECK(end && count < HOLES_MAX);
        size_t size = strcspn(text + 1, "|}");
        CHECK(size > 0 && size < sizeof holes[0].name);
        struct hole *hole = &holes[count++];
        memset(hole, 0, sizeof *hole);
        memcpy(hole->name, text + 1, size);
        for (const char *at = text + 1 + size; *at == '|'; hole->forms++) {
            size_t form = strcspn(at + 1, "|}{");
            CHECK(form > 0);
            at += 1 + form;
            CHECK(at <= end);
        }
        CHECK(hole->forms == 0 || hole->forms == (lang == KARTO_LANG_UK ? 4 : 2));
        text = end + 1;
    }
    return count;
}

static bool has_hole(const struct hole *holes, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(holes[i].name, name) == 0)
            return true;
    return false;
}

/* Whether a template has a letter of Ukrainian, or of Latin, outside the names of its placeholders. */
static bool has_letter(const char *text, bool ukrainian)
{
    for (; *text; text++) {
        if (*text == '{')
            text += strcspn(text, "|}");
        uint8_t byte = (uint8_t)*text;
        if (ukrainian ? byte >= 0xD0 && byte <= 0xD2 : (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')
            return true;
    }
    return false;
}

/* A row that was copied from one language to the other is in one only. */
static void check_languages(const char *uk, const char *en)
{
    CHECK(has_letter(uk, true) || !has_letter(en, false));
    CHECK(!has_letter(en, true) || has_letter(en, false));
    CHECK(strcmp(uk, en) != 0 || !(has_letter(uk, true) || has_letter(en, false)));
}

static void check_row(enum karto_message id)
{
    struct hole uk[HOLES_MAX], en[HOLES_MAX];
    const char *uk_text = karto_message_text(KARTO_LANG_UK, id), *en_text = karto_message_text(KARTO_LANG_EN, id);
    CHECK(uk_text && *uk_text && en_text && *en_text);
    CHECK(karto_utf8_valid(karto_slice_str(uk_text)) && karto_utf8_valid(karto_slice_str(en_text)));
    check_languages(uk_text, en_text);
    unsigned uk_count = holes_of(uk_text, KARTO_LANG_UK, uk), en_count = holes_of(en_text, KARTO_LANG_EN, en);
    for (unsigned i = 0; i < uk_count; i++)
        CHECK(has_hole(en, en_count, uk[i].name));
    for (unsigned i = 0; i < en_count; i++)
        CHECK(has_hole(uk, uk_count, en[i].name));
}

static void every_row_is_whole(void)
{
    for (unsigned i = 0; i < KARTO_MESSAGE_COUNT; i++)
        check_row((enum karto_message)i);
}

static void every_error_has_words(void)
{
    for (unsigned i = 0; i < KARTO_ERR_COUNT; i++) {
        char hint[64];
        enum karto_message row, hint_row;
        const char *id = karto_err_id((enum karto_err)i);
        snprintf(hint, sizeof hint, "%s-HINT", id);
        CHECK(karto_message_find(id, &row) && karto_message_find(hint, &hint_row));
        for (unsigned lang = 0; lang < KARTO_LANG_COUNT; lang++) {
            CHECK_STR(karto_err_text(lang, (enum karto_err)i), karto_message_text(lang, row));
            CHECK_STR(karto_err_hint(lang, (enum karto_err)i), karto_message_text(lang, hint_row));
            /* They are printed as they stand, so nothing may be missing in them. */
            CHECK(!strchr(karto_err_text(lang, (enum karto_err)i), '{'));
            CHECK(!strchr(karto_err_hint(lang, (enum karto_err)i), '{'));
        }
    }
    enum karto_message row;
    CHECK(karto_message_find("E-EDRPOU-CHECK", &row) && row == KARTO_M_E_EDRPOU_CHECK);
    CHECK(!karto_message_find("E-EDRPOU", &row) && !karto_message_find("E-EDRPOU-CHECKS", &row));
}

static void plurals_of_both_languages(void)
{
    static const struct {
        int64_t n;
        enum karto_plural uk;
    } cases[] = {
        {1, KARTO_PLURAL_ONE},     {21, KARTO_PLURAL_ONE},  {101, KARTO_PLURAL_ONE},        {121, KARTO_PLURAL_ONE},
        {2, KARTO_PLURAL_FEW},     {3, KARTO_PLURAL_FEW},   {4, KARTO_PLURAL_FEW},          {22, KARTO_PLURAL_FEW},
        {0, KARTO_PLURAL_MANY},    {5, KARTO_PLURAL_MANY},  {11, KARTO_PLURAL_MANY},        {12, KARTO_PLURAL_MANY},
        {14, KARTO_PLURAL_MANY},   {20, KARTO_PLURAL_MANY}, {111, KARTO_PLURAL_MANY},       {112, KARTO_PLURAL_MANY},
        {1000, KARTO_PLURAL_MANY}, {-1, KARTO_PLURAL_ONE},  {INT64_MIN, KARTO_PLURAL_MANY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_INT(karto_plural(KARTO_LANG_UK, cases[i].n, 0), cases[i].uk);
        bool one = cases[i].n == 1 || cases[i].n == -1;
        CHECK_INT(karto_plural(KARTO_LANG_EN, cases[i].n, 0), one ? KARTO_PLURAL_ONE : KARTO_PLURAL_OTHER);
    }
    CHECK_INT(karto_plural(KARTO_LANG_UK, 15, 1), KARTO_PLURAL_OTHER);
    CHECK_INT(karto_plural(KARTO_LANG_EN, 10, 1), KARTO_PLURAL_OTHER);
}

static void check_said(struct karto_buf *out, const char *want)
{
    karto_buf_add_byte(out, 0);
    CHECK_STR((const char *)out->data, want);
    karto_buf_fini(out);
}

static void check_number(enum karto_lang lang, int64_t number, unsigned digits, const char *want)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    karto_number_print(&out, lang, number, digits);
    check_said(&out, want);
}

static void numbers_of_both_languages(void)
{
    check_number(KARTO_LANG_UK, 123456789, 2, "1\u00a0234\u00a0567,89");
    check_number(KARTO_LANG_EN, 123456789, 2, "1,234,567.89");
    check_number(KARTO_LANG_UK, 0, 0, "0");
    check_number(KARTO_LANG_EN, -5, 2, "-0.05");
    check_number(KARTO_LANG_EN, 999, 0, "999");
    check_number(KARTO_LANG_EN, 1000, 0, "1,000");
    check_number(KARTO_LANG_EN, INT64_MIN, 0, "-9,223,372,036,854,775,808");
    check_number(KARTO_LANG_EN, 1, 18, "0.000000000000000001");
}

static void sentences(void)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    KARTO_SAY(&out, KARTO_LANG_UK, KARTO_M_CHANGED_CLIENTS, karto_arg_int("n", 1));
    check_said(&out, "змінено 1 клієнта");
    KARTO_SAY(&out, KARTO_LANG_UK, KARTO_M_SYNC_DONE, karto_arg_int("sent", 31), karto_arg_int("received", 118));
    check_said(&out, "відправлено 31 зміну, отримано 118 змін");
    KARTO_SAY(&out, KARTO_LANG_EN, KARTO_M_SYNC_DONE, karto_arg_int("sent", 1), karto_arg_int("received", 0));
    check_said(&out, "1 change sent, 0 changes received");
    KARTO_SAY(&out, KARTO_LANG_UK, KARTO_M_SYNC_PENDING, karto_arg_int("n", 2));
    check_said(&out, "ще не надіслано: 2 зміни");
}

static void arguments_are_only_text(void)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    KARTO_SAY(&out, KARTO_LANG_EN, KARTO_M_UNKNOWN_COMMAND, karto_arg_str("command", "%s{command}{n|a|b}%n"));
    check_said(&out, "There is no command “%s{command}{n|a|b}%n”.");
    /* A text where a number should be has no plural; what is missing is left to be seen. */
    KARTO_SAY(&out, KARTO_LANG_EN, KARTO_M_SYNC_PENDING, karto_arg_str("n", "many"));
    check_said(&out, "not yet sent: many {n|change|changes}");
    karto_message(&out, KARTO_LANG_EN, KARTO_M_UNKNOWN_COMMAND, NULL, 0);
    check_said(&out, "There is no command “{command}”.");
}

static void the_language_is_chosen(void)
{
    CHECK_INT(karto_lang_choose(NULL, NULL, NULL, NULL), KARTO_LANG_EN);
    CHECK_INT(karto_lang_choose("uk", "en_US.UTF-8", NULL, NULL), KARTO_LANG_UK);
    CHECK_INT(karto_lang_choose("", "", "", "uk_UA.UTF-8"), KARTO_LANG_UK);
    CHECK_INT(karto_lang_choose(NULL, NULL, "en_GB", "uk_UA"), KARTO_LANG_EN);
    CHECK_INT(karto_lang_choose("klingon", "uk", NULL, NULL), KARTO_LANG_UK);
    CHECK_INT(karto_lang_of_locale("ukraine"), KARTO_LANG_EN);
    CHECK_INT(karto_lang_of_locale("C"), KARTO_LANG_EN);
    enum karto_lang lang = KARTO_LANG_EN;
    CHECK(!karto_lang_parse("UK", &lang) && lang == KARTO_LANG_EN);
    CHECK(karto_lang_parse("uk", &lang) && lang == KARTO_LANG_UK);
}

static void check_heading(enum karto_lang lang, const char *name, const char *want)
{
    CHECK(karto_slice_is(karto_heading(lang, karto_slice_str(name)), want));
}

static void headings(void)
{
    const char *name, *uk, *en, *other, *ignore, *ignore_too;
    for (unsigned row = 0; karto_heading_row(row, &name, &uk, &en); row++) {
        CHECK(*name && *uk && *en);
        for (unsigned i = 0; i < row; i++)
            CHECK(karto_heading_row(i, &other, &ignore, &ignore_too) && strcmp(name, other) != 0);
        CHECK(has_letter(uk, true) || strcmp(uk, en) == 0); /* IBAN is that everywhere */
        CHECK(!has_letter(en, true));
    }
    check_heading(KARTO_LANG_UK, "edrpou", "ЄДРПОУ");
    check_heading(KARTO_LANG_UK, "legal_address.city", "Юридична адреса: місто");
    check_heading(KARTO_LANG_EN, "legal_address.city", "Legal address: city");
    check_heading(KARTO_LANG_EN, "attr.площа", "площа");
    check_heading(KARTO_LANG_EN, "brand_new", "brand_new");
}

int main(void)
{
    every_row_is_whole();
    every_error_has_words();
    plurals_of_both_languages();
    numbers_of_both_languages();
    sentences();
    arguments_are_only_text();
    the_language_is_chosen();
    headings();
    return 0;
}
