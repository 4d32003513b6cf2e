/* That what people write as FIELD=VALUE is taken apart as they mean it, and that an error points at the character. */
#include "client/fieldexpr.h"
#include "core/base/limits.h"
#include "core/model/value.h"
#include "tests/check.h"

static struct karto_fieldexpr parse(const char *text)
{
    struct karto_fieldexpr expr;
    struct karto_fieldexpr_error error;
    CHECK_INT(karto_fieldexpr_parse(karto_slice_str(text), &expr, &error), KARTO_OK);
    return expr;
}

static void check(const char *text, const char *field, const char *key, enum karto_field_op op, const char *value)
{
    struct karto_fieldexpr expr = parse(text);
    CHECK(karto_slice_is(expr.field, field));
    CHECK(karto_slice_is(expr.key, key));
    CHECK_INT(expr.op, op);
    CHECK(karto_slice_is(expr.value, value));
    CHECK(!expr.has_date);
}

static void check_date(const char *text, int year, int month, int day)
{
    struct karto_fieldexpr expr = parse(text);
    CHECK(karto_slice_is(expr.field, "territory") && karto_slice_is(expr.name, "territory"));
    CHECK(karto_slice_is(expr.value, "14"));
    CHECK(expr.has_date && expr.op == KARTO_FIELD_SET);
    int64_t want;
    CHECK(karto_date_make(year, month, day, &want));
    CHECK_INT(expr.date, want);
}

static void check_fails(const char *text, enum karto_message message, size_t at)
{
    struct karto_fieldexpr expr;
    struct karto_fieldexpr_error error;
    CHECK_INT(karto_fieldexpr_parse(karto_slice_str(text), &expr, &error), KARTO_E_USAGE);
    CHECK_INT(error.message, message);
    CHECK_INT(error.at, at);
}

static void what_people_write(void)
{
    check("name=Ромашка", "name", "", KARTO_FIELD_SET, "Ромашка");
    check("phone+=067 123-45-67", "phone", "", KARTO_FIELD_ADD, "067 123-45-67");
    check("phone-=0671234567", "phone", "", KARTO_FIELD_REMOVE, "0671234567");
    check("site=", "site", "", KARTO_FIELD_SET, "");
    check("name =x", "name", "", KARTO_FIELD_SET, "x");
    check("phone + =067", "phone", "", KARTO_FIELD_ADD, "067");
    check("note=a=b+=c@d", "note", "", KARTO_FIELD_SET, "a=b+=c@d");
    check("note=-5", "note", "", KARTO_FIELD_SET, "-5");
    check("address.city=Львів", "address", "city", KARTO_FIELD_SET, "Львів");
    check("attr.площа залу=120", "attr", "площа залу", KARTO_FIELD_SET, "120");
    check("attr. a.b =1", "attr", "a.b", KARTO_FIELD_SET, "1");
    check("attr.мережа+=так", "attr", "мережа", KARTO_FIELD_ADD, "так");
    check("next_date=2026-12-05", "next_date", "", KARTO_FIELD_SET, "2026-12-05");
    CHECK(karto_slice_is(parse("address.city=Львів").name, "address.city"));
}

static void dates(void)
{
    check_date("territory@2026-12-01=14", 2026, 12, 1);
    check_date("territory@01.12.2026=14", 2026, 12, 1);
    check_date("territory@01.12.26=14", 2026, 12, 1);
    check_date("territory@1.2.69=14", 2069, 2, 1);
    check_date("territory@31.12.70=14", 1970, 12, 31);
    check_date("territory@1.2.2026=14", 2026, 2, 1);
    check_date("territory@2028-02-29=14", 2028, 2, 29);
    check_date("territory@2026-12-01 =14", 2026, 12, 1);
    static const char *const bad[] = {
        "territory@=14",           "territory@2026-13-01=14", "territory@2026-00-10=14",  "territory@2026-02-29=14",
        "territory@2100-02-29=14", "territory@2026-1-1=14",   "territory@31.04.2026=14",  "territory@01.12.026=14",
        "territory@вчора=14",      "territory@0999-01-01=14", "territory@12026-01-01=14",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_fails(bad[i], KARTO_M_FIELD_DATE, strlen("territory@"));
    check_fails("territory@2026-12-01+=14", KARTO_M_FIELD_DATE_SIGN, strlen("territory@2026-12-01"));
}

static void errors_point_at_the_character(void)
{
    check_fails("", KARTO_M_FIELD_NO_EQUALS, 0);
    check_fails("name", KARTO_M_FIELD_NO_EQUALS, 4);
    check_fails("=x", KARTO_M_FIELD_NO_NAME, 0);
    check_fails("+=x", KARTO_M_FIELD_NO_NAME, 0);
    check_fails("Name=x", KARTO_M_FIELD_LETTER, 0);
    check_fails("nаme=x", KARTO_M_FIELD_LETTER, 1); /* the а is Cyrillic */
    check_fails("na me=x", KARTO_M_FIELD_LETTER, 2);
    check_fails("1name=x", KARTO_M_FIELD_LETTER, 0);
    check_fails("attr.=x", KARTO_M_FIELD_NO_KEY, 5);
    check_fails("attr.a\nb=x", KARTO_M_FIELD_NO_KEY, 6);
    check_fails("phone+=", KARTO_M_FIELD_NO_VALUE, 7);
    check_fails("name=\xff", KARTO_M_FIELD_UTF8, 0);
}

static void limits_of_names(void)
{
    char text[KARTO_KEY_SIZE_MAX + 16];
    for (size_t size = KARTO_FIELD_NAME_SIZE_MAX - 1; size <= KARTO_FIELD_NAME_SIZE_MAX + 1; size++) {
        memset(text, 'a', size);
        strcpy(text + size, "=x");
        if (size <= KARTO_FIELD_NAME_SIZE_MAX)
            CHECK_INT(parse(text).field.size, size);
        else
            check_fails(text, KARTO_M_FIELD_LONG, 0);
    }
    for (size_t size = KARTO_KEY_SIZE_MAX - 1; size <= KARTO_KEY_SIZE_MAX + 1; size++) {
        strcpy(text, "attr.");
        memset(text + 5, 'k', size);
        strcpy(text + 5 + size, "=x");
        if (size <= KARTO_KEY_SIZE_MAX)
            CHECK_INT(parse(text).key.size, size);
        else
            check_fails(text, KARTO_M_FIELD_LONG, 5);
    }
}

static void the_mark_is_below(void)
{
    struct karto_problem problem;
    struct karto_fieldexpr expr;
    struct karto_fieldexpr_error error;
    struct karto_slice text = karto_slice_str("казна=x");
    karto_problem_init(&problem);
    CHECK_INT(karto_fieldexpr_parse(text, &expr, &error), KARTO_E_USAGE);
    CHECK_INT(karto_fieldexpr_explain(text, &error, KARTO_LANG_EN, &problem), KARTO_E_USAGE);
    karto_buf_add_byte(&problem.picture, 0);
    CHECK(strstr((const char *)problem.picture.data, "    казна=x\n    ^\n"));

    text = karto_slice_str("Назва+=x");
    CHECK_INT(karto_fieldexpr_parse(text, &expr, &error), KARTO_E_USAGE);
    CHECK_INT(karto_fieldexpr_explain(text, &error, KARTO_LANG_EN, &problem), KARTO_E_USAGE);
    CHECK_STR(problem.id, "E-FIELD");
    CHECK(problem.candidate_count == 1 && karto_slice_is(problem.candidates[0].value, "name"));

    text = karto_slice_str("attr.площа@2026-99-01=1");
    CHECK_INT(karto_fieldexpr_parse(text, &expr, &error), KARTO_E_USAGE);
    karto_fieldexpr_explain(text, &error, KARTO_LANG_UK, &problem);
    karto_buf_add_byte(&problem.picture, 0);
    CHECK(strstr((const char *)problem.picture.data, "    attr.площа@2026-99-01=1\n               ^\n"));
    karto_problem_fini(&problem);
}

int main(void)
{
    what_people_write();
    dates();
    errors_point_at_the_character();
    limits_of_names();
    the_mark_is_below();
    return 0;
}
