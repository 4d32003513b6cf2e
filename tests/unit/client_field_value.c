/* That a value means what a person typed, is shown so that it can be typed again, and that a wrong one is refused. */
#include "client/field_value.h"
#include "tests/check.h"

static struct karto_arena arena;
static struct karto_problem problem;

static enum karto_err parse(const char *field, const char *text, struct karto_slice *bytes)
{
    const struct karto_field_def *def = karto_field_named(KARTO_CLIENT, karto_slice_str(field));
    CHECK(def != NULL);
    return karto_field_value_parse(&arena, def, karto_slice_str(text), KARTO_LANG_EN, bytes, &problem);
}

/* text is taken, and shown as wanted, which is taken again as the same. */
static void check_taken(const char *field, const char *text, const char *wanted)
{
    struct karto_slice bytes, again;
    CHECK_INT(parse(field, text, &bytes), KARTO_OK);
    char *shown = karto_arena_string(&arena, karto_field_value_text(&arena, bytes));
    CHECK_STR(shown, wanted);
    CHECK_INT(parse(field, shown, &again), KARTO_OK);
    CHECK(karto_slice_equal(bytes, again));
}

static void check_refused(const char *field, const char *text)
{
    struct karto_slice bytes;
    CHECK_INT(parse(field, text, &bytes), KARTO_E_INVALID);
    CHECK(bytes.size == 0);
    karto_buf_add_byte(&problem.message, 0);
    CHECK(strstr((const char *)problem.message.data, field) != NULL); /* it says which field */
}

static void money(void)
{
    static const char *const right[][2] = {
        {"1234,50", "1234.50 UAH"},
        {"1 234.50 грн", "1234.50 UAH"},
        {"UAH 1234.5", "1234.50 UAH"},
        {"1\u00a0234\u202f567,89 ₴", "1234567.89 UAH"},
        {"1,234.50", "1234.50 UAH"},
        {"1.234,50", "1234.50 UAH"},
        {"12.345.678,9", "12345678.90 UAH"},
        {"$5", "5.00 USD"},
        {"5 EUR", "5.00 EUR"},
        {"-0,05", "-0.05 UAH"},
        {"\u22125", "-5.00 UAH"},
        {"0", "0.00 UAH"},
        {"90071992547409.91", "90071992547409.91 UAH"},
    };
    static const char *const wrong[] = {
        "1,234", "1.234", "five",   "5.", ",5",  "1.2.3", "1,23,4.50",  "12,34.50",
        "--5",   "UAH",   "5 грнн", "5-", "1e5", "- ",    "1.234.5678", "99999999999999999999"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        check_taken("credit_limit", right[i][0], right[i][1]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_refused("credit_limit", wrong[i]);
}

static void others(void)
{
    check_taken("since", "1.12.2026", "2026-12-01");
    check_taken("since", " 2026-12-01 ", "2026-12-01");
    check_refused("since", "31.02.2026");
    check_refused("since", "tomorrow");
    check_taken("status", "Customer", "customer");
    check_taken("status", "Покупець", "customer");
    check_refused("status", "custommer");
    CHECK_INT(problem.candidate_count, 1);
    check_taken("merged", "018F0000000070008000000000000001", "018f0000000070008000000000000001");
    check_refused("merged", "18");
    check_taken("note", "  two\r\nlines ", "two\nlines");
    check_refused("note", "\xff");
    check_refused("hidden", "yes");
    for (const char *const *name = (const char *const[]){"note", "since", "credit_limit", "status", NULL}; *name;
         name++)
        check_taken(*name, " ", "");
}

static void numbers_and_answers(void)
{
    static const struct karto_field_def number = {.name = "number", .type = KARTO_INTEGER};
    static const struct karto_field_def answer = {.name = "answer", .type = KARTO_BOOL};
    struct karto_slice bytes;
    struct karto_value value;
    CHECK_INT(karto_field_value_parse(&arena, &number, karto_slice_str("-1 234"), KARTO_LANG_UK, &bytes, &problem),
              KARTO_OK);
    CHECK(karto_value_decode(bytes, &value) == KARTO_OK && value.type == KARTO_INTEGER && value.integer == -1234);
    CHECK_INT(karto_field_value_parse(&arena, &number, karto_slice_str("1.5"), KARTO_LANG_UK, &bytes, &problem),
              KARTO_E_INVALID);
    for (const char *const *yes = (const char *const[]){"так", "Yes", "1", "TRUE", NULL}; *yes; yes++) {
        CHECK_INT(karto_field_value_parse(&arena, &answer, karto_slice_str(*yes), KARTO_LANG_UK, &bytes, &problem),
                  KARTO_OK);
        CHECK(karto_value_decode(bytes, &value) == KARTO_OK && value.type == KARTO_BOOL && value.integer == 1);
    }
    CHECK_INT(karto_field_value_parse(&arena, &answer, karto_slice_str("maybe"), KARTO_LANG_UK, &bytes, &problem),
              KARTO_E_INVALID);
}

int main(void)
{
    karto_arena_init(&arena);
    karto_problem_init(&problem);
    money();
    others();
    numbers_and_answers();
    karto_problem_fini(&problem);
    karto_arena_fini(&arena);
    return 0;
}
