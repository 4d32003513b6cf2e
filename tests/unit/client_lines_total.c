/* That lines of a purchase mean what was typed, come to the right sum, and that a total follows them only as long as it
 * is theirs. */
#include "client/field_value.h"
#include "client/lines_total.h"
#include "client/purchase_line.h"
#include "core/model/merge.h"
#include "tests/check.h"

enum { LINES = 73, TOTAL = 74 };

static struct karto_arena arena;
static struct karto_problem problem;

/* ---- lines ---- */

static struct karto_slice line(const char *text)
{
    struct karto_slice bytes;
    uint32_t parts;
    CHECK_INT(karto_line_parse(&arena, karto_slice_str(text), KARTO_LANG_EN, &bytes, &parts, &problem), KARTO_OK);
    return bytes;
}

static void check_line(const char *text, uint32_t wanted_parts, const char *wanted)
{
    struct karto_slice bytes;
    uint32_t parts;
    CHECK_INT(karto_line_parse(&arena, karto_slice_str(text), KARTO_LANG_EN, &bytes, &parts, &problem), KARTO_OK);
    CHECK_INT(parts, wanted_parts);
    char *shown = karto_arena_string(&arena, karto_line_text(&arena, bytes));
    CHECK_STR(shown, wanted);
    CHECK(karto_slice_equal(line(shown), bytes));
}

static void lines_as_typed(void)
{
    check_line("молоко; 20; 35.50 UAH; 0%", 4, "молоко; 20; 35.50 UAH; 0%");
    check_line("молоко;20;35,5;", 4, "молоко; 20; 35.50 UAH");
    check_line("сир", 1, "сир");
    check_line("доставка;;50", 3, "доставка; ; 50.00 UAH");
    check_line(";2;5", 3, "; 2; 5.00 UAH");
    check_line("\"чай; \"\"зелений\"\"\" ; 1", 2, "\"чай; \"\"зелений\"\"\"; 1");
    check_line("повернення; -1; 5 EUR; 2,25 %", 4, "повернення; -1; 5.00 EUR; 2.25%");
    check_line("", 0, "");
    check_line("  ", 0, "");
}

static void lines_refused(void)
{
    static const char *const wrong[] = {"чай; 1; 5; 0; зайве", "чай; 1; 5; 0;", "чай; одна", "чай; 1; дорого",
                                        "чай; 1; 5; 1.234"};
    struct karto_slice bytes;
    uint32_t parts;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_INT(karto_line_parse(&arena, karto_slice_str(wrong[i]), KARTO_LANG_EN, &bytes, &parts, &problem),
                  KARTO_E_INVALID);
}

static void parts_by_name(void)
{
    struct karto_slice key = karto_slice_str("ящик 2.quantity"), bytes;
    const struct karto_field_def *part = karto_line_key_part(&key);
    CHECK(part && strcmp(part->name, "quantity") == 0 && karto_slice_is(key, "ящик 2"));
    CHECK_INT(
        karto_line_set_part(&arena, line("чай; 1; 5"), part, karto_slice_str("2,5"), KARTO_LANG_EN, &bytes, &problem),
        KARTO_OK);
    CHECK(karto_slice_equal(bytes, line("чай; 2.5; 5")));
    CHECK_INT(
        karto_line_set_part(&arena, karto_slice(NULL, 0), part, karto_slice_str("1"), KARTO_LANG_EN, &bytes, &problem),
        KARTO_OK);
    CHECK(karto_slice_equal(bytes, line(";1")));
    static const char *const whole[] = {"1", ".quantity", "quantity", "1.color", "1quantity"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        key = karto_slice_str(whole[i]);
        CHECK(karto_line_key_part(&key) == NULL && karto_slice_is(key, whole[i]));
    }
}

/* ---- sums ---- */

/* wanted NULL: there is none. lines are apart by |. */
static void check_sum(const char *lines, const char *wanted)
{
    struct karto_edit edits[8];
    struct karto_lines_total total;
    uint32_t count = 0;
    for (char *text = karto_arena_string(&arena, karto_slice_str(lines)), *end; text; text = end ? end + 1 : NULL) {
        end = strchr(text, '|');
        if (end)
            *end = 0;
        CHECK(count < 8);
        const char *key = karto_arena_printf(&arena, "%u", count);
        edits[count++] = (struct karto_edit){LINES, karto_slice_str(key), line(text)};
    }
    karto_lines_total(&arena, NULL, edits, count, &total);
    CHECK_INT(total.is_known, wanted != NULL);
    if (wanted)
        CHECK_STR((char *)karto_arena_printf(&arena, "%lld %.3s", (long long)total.minor, total.currency), wanted);
}

static void sums(void)
{
    check_sum("молоко; 20; 35.50", "71000 UAH");
    check_sum("a; 3; 0.10; 5%|b; 1.5; 1", "179 UAH"); /* 28.5 is rounded to 29, of 0.30 less 5 % */
    check_sum("a; -3; 0.10; 5%", "-29 UAH");
    check_sum("a;; 7 USD", "700 USD");
    check_sum("a; 0.001; 4.99", "0 UAH");
    check_sum("a; 0.001; 5", "1 UAH");
    check_sum("a; 1; 100; 100%|b; 1; 1", "100 UAH");
    check_sum("a; 1; 1||", "100 UAH");
    check_sum("a; 1; 1 UAH|b; 1; 1 USD", NULL);
    check_sum("a; 1; 1|b; 2", NULL);
    check_sum("a", NULL);
    check_sum("", NULL);
    check_sum("a; 9000000000000; 90000000000000", NULL);
    check_sum("a; 1; 92233720368547757.89", "9223372036854775789 UAH");
    check_sum("a; 1; 92233720368547757.89|b; 1; 0.19", NULL);
}

/* ---- totals that follow ---- */

static struct karto_record record; /* as the edits before have left it */
static uint64_t seq;

static void check_follows(const char *key, const char *text, const char *own, const char *total, const char *warning)
{
    struct karto_warnings warnings;
    karto_warnings_init(&warnings);
    struct karto_field_edits edits = {.kind = KARTO_PURCHASE,
                                      .view = record.count ? &record : NULL,
                                      .lang = KARTO_LANG_EN,
                                      .warnings = &warnings,
                                      .arena = &arena};
    struct karto_slice money;
    if (key)
        karto_field_edits_put(&edits, (struct karto_edit){LINES, karto_slice_str(key), line(text)});
    if (own) {
        const struct karto_field_def *def = karto_field_def(KARTO_PURCHASE, TOTAL);
        const struct karto_fieldexpr expr = {.name = karto_slice_str(def->name), .value = karto_slice_str(own)};
        CHECK_INT(karto_field_edits_add(&edits, &expr, &problem), KARTO_OK);
    }
    karto_lines_total_follow(&edits);
    struct karto_change change = {
        .stamp = {{{7}, ++seq}, karto_hlc_make(1600000000000 + (int64_t)seq), karto_slice_str("oksana")},
        .kind = KARTO_PURCHASE,
        .record = record.id,
        .batch = 1,
        .via = KARTO_VIA_CLI};
    struct karto_record after;
    karto_change_make(&arena, &record, edits.edits, edits.count, &change);
    CHECK_INT(karto_apply(&arena, &record, &change, &after), KARTO_APPLIED);
    record = after;
    money = karto_record_value(&record, TOTAL);
    CHECK_INT(warnings.count, warning != NULL);
    if (warning)
        CHECK_STR(warnings.items[0].id, warning);
    karto_warnings_fini(&warnings);
    const struct karto_field_def *def = karto_field_def(KARTO_PURCHASE, TOTAL);
    struct karto_slice wanted;
    CHECK_INT(karto_field_value_parse(&arena, def, karto_slice_str(total), KARTO_LANG_EN, &wanted, &problem), KARTO_OK);
    CHECK(karto_value_is_nil(wanted) ? karto_value_is_nil(money) : karto_slice_equal(money, wanted));
}

static void totals_follow(void)
{
    record = (struct karto_record){.id = {{9}}, .kind = KARTO_PURCHASE};
    check_follows("1", "чай; 2; 5", NULL, "10", NULL);
    check_follows("2", "кава; 1; 7", NULL, "17", NULL);
    check_follows("2", "", NULL, "10", NULL);
    check_follows("2", "кава; 1; 7 USD", NULL, "", "E-LINES-CURRENCY");
    check_follows("2", "кава; 1; 7", NULL, "17", NULL);
    check_follows(NULL, NULL, "20", "20", "E-TOTAL");
    check_follows("1", "чай; 3; 5", NULL, "20", "E-TOTAL");
    check_follows("1", "чай; 3; 5", "22", "22", NULL);
    check_follows("1", "чай; 4; 5", NULL, "27", NULL);
    check_follows("1", "чай; 5; 5", "", "", NULL);
    check_follows("1", "", NULL, "7", NULL);
    check_follows("2", "", NULL, "", NULL);
    check_follows(NULL, NULL, "5 EUR", "5 EUR", NULL);
    check_follows("1", "чай; 1; 5; 100%", "0", "0", NULL);
    check_follows("1", "чай; 1; 5; 101%", NULL, "-0.05", "E-LINE-DISCOUNT");
    check_follows("1", "чай; 1; 5; -1%", NULL, "5.05", "E-LINE-DISCOUNT");
}

int main(void)
{
    karto_arena_init(&arena);
    karto_problem_init(&problem);
    lines_as_typed();
    lines_refused();
    parts_by_name();
    sums();
    totals_follow();
    karto_problem_fini(&problem);
    karto_arena_fini(&arena);
    return 0;
}
