/* That one description of an answer comes out right in all three forms, whatever is in the values. */
#include "client/json.h"
#include "client/out.h"
#include "core/base/heading.h"
#include "core/base/text.h"
#include "core/model/schema.h"
#include "tests/check.h"

#include <unistd.h>

static char *printed;
static size_t printed_size;
static FILE *file;

static struct karto_out *open_out(enum karto_form form, enum karto_lang lang, unsigned width, const char *columns)
{
    free(printed);
    file = open_memstream(&printed, &printed_size);
    CHECK(file);
    const struct karto_out_options options = {.form = form, .lang = lang, .width = width, .columns = columns};
    return karto_out_new(file, &options);
}

static void close_out(struct karto_out *out)
{
    CHECK_INT(karto_out_end(out), KARTO_OK);
    karto_out_free(out);
    CHECK(fclose(file) == 0);
}

static void check_printed(struct karto_out *out, const char *want)
{
    close_out(out);
    CHECK_STR(printed, want);
}

static void key_text(struct karto_out *out, const char *key, const char *text)
{
    karto_out_key(out, key);
    karto_out_str(out, text);
}

static void key_int(struct karto_out *out, const char *key, int64_t number)
{
    karto_out_key(out, key);
    karto_out_int(out, number);
}

/* -- a list -- */

static const struct karto_column columns[] = {
    {"short", true}, {"name", true}, {"phone", true}, {"conflicts", true}, {"match", false}, {"match.field", false},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void say_row(struct karto_out *out, const char *id, const char *name, int phones, int64_t conflicts)
{
    karto_out_object(out);
    key_text(out, "short", id);
    key_text(out, "name", name);
    karto_out_key(out, "phone");
    karto_out_array(out);
    for (int i = 0; i < phones; i++)
        karto_out_str(out, i ? "0501" : "0670");
    karto_out_array_end(out);
    key_int(out, "conflicts", conflicts);
    karto_out_key(out, "match");
    karto_out_object(out);
    key_text(out, "field", "phone");
    key_text(out, "how", "prefix");
    karto_out_object_end(out);
    karto_out_object_end(out);
}

static void say_list(struct karto_out *out)
{
    karto_out_begin(out, "find", KARTO_OUT_LIST);
    key_text(out, "query", "рома");
    karto_out_rows(out, "items", columns, COLUMNS);
    say_row(out, "7f3a90c1", "Ромашка", 2, 0);
    say_row(out, "00000001", "a\tb\nc\\d\033", 0, 12);
    karto_out_rows_end(out);
    karto_out_key(out, "next");
    karto_out_null(out);
}

static void a_list_in_three_forms(void)
{
    struct karto_out *out = open_out(KARTO_FORM_JSON, KARTO_LANG_UK, 0, NULL);
    say_list(out);
    check_printed(
        out,
        "{\"schema\":1,\"kind\":\"find\",\"query\":\"рома\",\"items\":[{\"short\":\"7f3a90c1\",\"name\":\"Ромашка\","
        "\"phone\":[\"0670\",\"0501\"],\"conflicts\":0,\"match\":{\"field\":\"phone\",\"how\":\"prefix\"}},"
        "{\"short\":\"00000001\",\"name\":\"a\\tb\\nc\\\\d\\u001b\",\"phone\":[],\"conflicts\":12,"
        "\"match\":{\"field\":\"phone\",\"how\":\"prefix\"}}],\"next\":null}\n");
    out = open_out(KARTO_FORM_TSV, KARTO_LANG_UK, 20, NULL);
    say_list(out);
    check_printed(out, "short\tname\tphone\tconflicts\n7f3a90c1\tРомашка\t0670;0501\t0\n"
                       "00000001\ta\\tb\\nc\\\\d\\x1b\t\t12\n");
    out = open_out(KARTO_FORM_TABLE, KARTO_LANG_UK, 0, NULL);
    say_list(out);
    check_printed(out, "Короткий номер  Назва     Телефон     Конфлікти\n"
                       "7f3a90c1        Ромашка   0670, 0501          0\n"
                       "00000001        a b c\\d\uFFFD                     12\n");
}

static void columns_are_chosen(void)
{
    struct karto_out *out = open_out(KARTO_FORM_TSV, KARTO_LANG_EN, 0, "match, name,match.field,attr.x");
    struct karto_problem problem;
    karto_problem_init(&problem);
    CHECK_INT(karto_out_check_columns(out, columns, COLUMNS, &problem), KARTO_OK);
    say_list(out);
    check_printed(out, "match\tname\tmatch.field\tattr.x\nphone prefix\tРомашка\tphone\t\n"
                       "phone prefix\ta\\tb\\nc\\\\d\\x1b\tphone\t\n");
    out = open_out(KARTO_FORM_JSON, KARTO_LANG_EN, 0, "name,phnoe");
    CHECK_INT(karto_out_check_columns(out, columns, COLUMNS, &problem), KARTO_E_USAGE);
    CHECK(karto_slice_is(problem.candidates[0].value, "phone"));
    karto_buf_add_byte(&problem.message, 0);
    CHECK(strstr((const char *)problem.message.data, "“phnoe”. Did you mean phone?"));
    karto_out_free(out);
    CHECK(fclose(file) == 0);
    karto_problem_fini(&problem);
}

static size_t line_width(const char *line)
{
    return karto_text_width(karto_slice(line, strcspn(line, "\n")));
}

static void a_table_fits_its_terminal(void)
{
    struct karto_out *out = open_out(KARTO_FORM_TABLE, KARTO_LANG_UK, 40, NULL);
    karto_out_begin(out, "find", KARTO_OUT_LIST);
    karto_out_rows(out, "items", columns, COLUMNS);
    for (int i = 0; i < 500; i++) /* more than the widths are taken from; later names are longer */
        say_row(out, "7f3a90c1", i < 300 ? "Приватне підприємство" : "Товариство з обмеженою відповідальністю", 2, i);
    karto_out_rows_end(out);
    close_out(out);
    unsigned lines = 0;
    for (const char *line = printed; *line; line += strcspn(line, "\n") + 1, lines++)
        CHECK_INT(line_width(line), 40);
    CHECK_INT(lines, 501);
    CHECK(strstr(printed, "Прива… ") || strstr(printed, "Приват… ") || strstr(printed, "Приватн… "));
}

/* What is typed again stays whole, what is empty gives up its place, and what was changed goes on in the next line. */
static void a_narrow_terminal(void)
{
    static const struct karto_column log[] = {{"short", true}, {"name", true}, {"manager", true}, {"sets", true}};
    struct karto_out *out = open_out(KARTO_FORM_TABLE, KARTO_LANG_EN, 36, NULL);
    karto_out_begin(out, "log", KARTO_OUT_LIST);
    karto_out_rows(out, "items", log, sizeof log / sizeof *log);
    karto_out_object(out);
    key_text(out, "short", "7f3a90c1");
    key_text(out, "name", "Товариство Ромашка");
    key_text(out, "manager", NULL);
    key_text(out, "sets", "Site: romashka.ua → romashka.com.ua");
    karto_out_object_end(out);
    karto_out_rows_end(out);
    check_printed(out, "Short id  Name    Changes\n"
                       "7f3a90c1  Товар…  Site: romashka.ua\n"
                       "                  → romashka.com.ua\n");
}

/* Names need the room of conflicts that are not there; those that are there stay. */
static void no_conflicts_are_nothing(void)
{
    static const struct karto_column list[] = {{"name", true}, {"conflicts", true}};
    for (int conflicts = 0; conflicts < 2; conflicts++) {
        struct karto_out *out = open_out(KARTO_FORM_TABLE, KARTO_LANG_EN, 20, NULL);
        karto_out_begin(out, "find", KARTO_OUT_LIST);
        karto_out_rows(out, "items", list, sizeof list / sizeof *list);
        karto_out_object(out);
        key_text(out, "name", "Товариство Ромашка");
        key_int(out, "conflicts", conflicts);
        karto_out_object_end(out);
        karto_out_rows_end(out);
        check_printed(out, conflicts ? "Name       Conflicts\nТоварист…          1\n" : "Name\nТовариство Ромашка\n");
    }
}

static void an_empty_list(void)
{
    struct karto_out *out = open_out(KARTO_FORM_TABLE, KARTO_LANG_UK, 0, NULL);
    karto_out_begin(out, "find", KARTO_OUT_LIST);
    karto_out_rows(out, "items", columns, COLUMNS);
    karto_out_rows_end(out);
    check_printed(out, "");
    out = open_out(KARTO_FORM_TSV, KARTO_LANG_UK, 0, NULL);
    karto_out_begin(out, "find", KARTO_OUT_LIST);
    karto_out_rows(out, "items", columns, COLUMNS);
    karto_out_rows_end(out);
    check_printed(out, "short\tname\tphone\tconflicts\n");
    out = open_out(KARTO_FORM_JSON, KARTO_LANG_UK, 0, NULL);
    karto_out_begin(out, "find", KARTO_OUT_LIST);
    karto_out_rows(out, "items", columns, COLUMNS);
    karto_out_rows_end(out);
    check_printed(out, "{\"schema\":1,\"kind\":\"find\",\"items\":[]}\n");
}

/* -- a card -- */

static void say_since(struct karto_out *out, const char *since, const char *value)
{
    karto_out_object(out);
    key_text(out, "since", since);
    key_text(out, "value", value);
    karto_out_object_end(out);
}

static void say_card(struct karto_out *out)
{
    karto_out_begin(out, "client", KARTO_OUT_CARD);
    key_text(out, "short", "7f3a90c1");
    karto_out_key(out, "hidden");
    karto_out_null(out);
    karto_out_key(out, "fields");
    karto_out_object(out);
    key_text(out, "name", "Ромашка");
    karto_out_key(out, "territory");
    karto_out_array(out);
    say_since(out, "2026-01-01", "14");
    say_since(out, "2026-12-01", "15");
    karto_out_array_end(out);
    karto_out_key(out, "credit_limit");
    karto_out_money(out, -123456750, karto_slice_str("UAH"));
    karto_out_key(out, "tag");
    karto_out_array(out);
    karto_out_array_end(out);
    karto_out_object_end(out);
    karto_out_key(out, "created");
    karto_out_object(out);
    key_text(out, "user", "oksana");
    karto_out_key(out, "time");
    karto_out_time(out, 1763733900123);
    karto_out_object_end(out);
    karto_out_key(out, "pending");
    karto_out_bool(out, true);
}

static void a_card_in_three_forms(void)
{
    struct karto_out *out = open_out(KARTO_FORM_JSON, KARTO_LANG_UK, 0, NULL);
    say_card(out);
    check_printed(out,
                  "{\"schema\":1,\"kind\":\"client\",\"short\":\"7f3a90c1\",\"hidden\":null,\"fields\":{\"name\":"
                  "\"Ромашка\",\"territory\":[{\"since\":\"2026-01-01\",\"value\":\"14\"},{\"since\":\"2026-12-01\","
                  "\"value\":\"15\"}],\"credit_limit\":{\"amount\":\"-1234567.50\",\"currency\":\"UAH\"},\"tag\":[]},"
                  "\"created\":{\"user\":\"oksana\",\"time\":\"2025-11-21T14:05:00.123Z\"},\"pending\":true}\n");
    out = open_out(KARTO_FORM_TSV, KARTO_LANG_UK, 0, NULL);
    say_card(out);
    check_printed(out, "short\t7f3a90c1\nhidden\t\nname\tРомашка\nterritory\t[{\"since\":\"2026-01-01\",\"value\":"
                       "\"14\"},{\"since\":\"2026-12-01\",\"value\":\"15\"}]\n"
                       "credit_limit\t-1234567.50 UAH\ntag\t\ncreated.user\toksana\n"
                       "created.time\t2025-11-21T14:05:00.123Z\npending\ttrue\n");
    out = open_out(KARTO_FORM_TABLE, KARTO_LANG_UK, 0, NULL);
    say_card(out);
    check_printed(out, "Короткий номер   7f3a90c1\n"
                       "Назва            Ромашка\n"
                       "Територія        2026-01-01 14, 2026-12-01 15\n"
                       "Кредитний ліміт  -1\u00a0234\u00a0567,50 UAH\n"
                       "Внесено: Хто     oksana\n"
                       "Внесено: Час     2025-11-21T14:05:00.123Z\n"
                       "Не надіслано     так\n");
}

static void people_are_told_more(void)
{
    static const char lines[] = "рядок\nі ще\033[2J";
    struct karto_out *out = open_out(KARTO_FORM_TABLE, KARTO_LANG_EN, 0, NULL);
    karto_out_begin(out, "status", KARTO_OUT_CARD);
    key_text(out, "name", "x");
    karto_out_say(out, karto_slice_str(lines));
    key_text(out, "city", "y");
    check_printed(out, "Name  x\nрядок\nі ще\uFFFD[2J\nCity  y\n");
    out = open_out(KARTO_FORM_JSON, KARTO_LANG_EN, 0, NULL);
    karto_out_begin(out, "status", KARTO_OUT_CARD);
    karto_out_say(out, karto_slice_str(lines));
    check_printed(out, "{\"schema\":1,\"kind\":\"status\"}\n");
}

/* -- the rest -- */

static void check_json(const char *text, size_t size, const char *want)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    karto_json_text(&out, karto_slice(text, size));
    karto_buf_add_byte(&out, 0);
    CHECK_STR((const char *)out.data, want);
    karto_buf_fini(&out);
}

static void json_escapes(void)
{
    check_json("", 0, "\"\"");
    check_json("\"\\/", 3, "\"\\\"\\\\/\"");
    check_json("\b\f\n\r\t\0\x01\x1f\x7f", 9, "\"\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\\u007f\"");
    check_json("їґ\u2028😀", 4 + 3 + 4, "\"їґ\u2028😀\"");
}

static void colour(void)
{
    CHECK(karto_terminal_color(KARTO_COLOR_AUTO, true, NULL, "xterm"));
    CHECK(karto_terminal_color(KARTO_COLOR_AUTO, true, "", NULL));
    CHECK(!karto_terminal_color(KARTO_COLOR_AUTO, true, "1", "xterm"));
    CHECK(!karto_terminal_color(KARTO_COLOR_AUTO, true, NULL, "dumb"));
    CHECK(!karto_terminal_color(KARTO_COLOR_AUTO, false, NULL, "xterm"));
    CHECK(karto_terminal_color(KARTO_COLOR_ALWAYS, false, "1", "dumb"));
    CHECK(!karto_terminal_color(KARTO_COLOR_NEVER, true, NULL, "xterm"));
    CHECK_INT(karto_out_form_for(KARTO_FORM_AUTO, true), KARTO_FORM_TABLE);
    CHECK_INT(karto_out_form_for(KARTO_FORM_AUTO, false), KARTO_FORM_TSV);
    CHECK_INT(karto_out_form_for(KARTO_FORM_JSON, true), KARTO_FORM_JSON);
}

static void headings_are_bold_in_colour(void)
{
    free(printed);
    file = open_memstream(&printed, &printed_size);
    const struct karto_out_options options = {
        .form = KARTO_FORM_TABLE, .lang = KARTO_LANG_EN, .color = true, .columns = "name"};
    struct karto_out *out = karto_out_new(file, &options);
    say_list(out);
    close_out(out);
    CHECK(strncmp(printed, "\033[1mName", 8) == 0);
    CHECK(strstr(printed, "\033[0m\nРомашка"));
}

static void lists_go_through_the_pager(void)
{
    char path[] = "/tmp/karto_test_XXXXXX", pager[64], line[64];
    int descriptor = mkstemp(path);
    CHECK(descriptor >= 0 && close(descriptor) == 0);
    snprintf(pager, sizeof pager, "sed s/^/paged:/ > %s", path);
    free(printed);
    file = open_memstream(&printed, &printed_size);
    const struct karto_out_options options = {.form = KARTO_FORM_TABLE, .columns = "name", .pager = pager};
    struct karto_out *out = karto_out_new(file, &options);
    say_list(out);
    CHECK_INT(karto_out_end(out), KARTO_OK);
    karto_out_begin(out, "client", KARTO_OUT_CARD); /* a card is short: it is not paged */
    key_text(out, "name", "x");
    close_out(out);
    CHECK_STR(printed, "Назва  x\n");
    FILE *paged = fopen(path, "r");
    CHECK(paged && fgets(line, sizeof line, paged));
    CHECK_STR(line, "paged:Назва\n");
    fclose(paged);
    unlink(path);

    /* One that there is not shows nothing: the list is simply printed. */
    static const char *const none[] = {"nonexistent --no", "/nonexistent/less", "./nonexistent"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        free(printed);
        file = open_memstream(&printed, &printed_size);
        const struct karto_out_options without = {.form = KARTO_FORM_TABLE, .columns = "name", .pager = none[i]};
        out = karto_out_new(file, &without);
        say_list(out);
        close_out(out);
        CHECK(strstr(printed, "Ромашка"));
    }
}

static void a_full_disk_is_said(void)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full) {
        printf("skipped: there is no /dev/full here\n");
        return;
    }
    const struct karto_out_options options = {.form = KARTO_FORM_JSON};
    struct karto_out *out = karto_out_new(full, &options);
    say_list(out);
    CHECK_INT(karto_out_end(out), KARTO_E_FULL);
    karto_out_free(out);
    fclose(full);
}

static void long_answers_stay_whole(void)
{
    struct karto_out *out = open_out(KARTO_FORM_JSON, KARTO_LANG_EN, 0, NULL);
    karto_out_begin(out, "find", KARTO_OUT_LIST);
    karto_out_rows(out, "items", columns, COLUMNS);
    for (int i = 0; i < 5000; i++)
        say_row(out, "7f3a90c1", "Ромашка", 1, i);
    karto_out_rows_end(out);
    close_out(out);
    size_t rows = 0;
    for (const char *at = printed; (at = strstr(at, "{\"short\":\"7f3a90c1\"")) != NULL; at++, rows++)
        CHECK(at[-1] == (rows ? ',' : '['));
    CHECK_INT(rows, 5000);
    CHECK_STR(printed + printed_size - 6, "\"}}]}\n");
}

/* Every field that somebody can be shown has a name in both languages. */
static void fields_have_headings(void)
{
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++) {
        for (const struct karto_field_def *field = (*kind)->fields; field->name; field++) {
            struct karto_slice name = karto_slice_str(field->name);
            CHECK(strcmp(field->name, "attr") == 0 || !karto_slice_equal(karto_heading(KARTO_LANG_UK, name), name));
        }
    }
}

int main(void)
{
    a_list_in_three_forms();
    columns_are_chosen();
    a_table_fits_its_terminal();
    a_narrow_terminal();
    no_conflicts_are_nothing();
    an_empty_list();
    a_card_in_three_forms();
    people_are_told_more();
    json_escapes();
    colour();
    headings_are_bold_in_colour();
    lists_go_through_the_pager();
    a_full_disk_is_said();
    long_answers_stay_whole();
    fields_have_headings();
    free(printed);
    return 0;
}
