#include "client/field_value.h"

#include "core/model/day.h"
#include "client/currency.h"
#include "client/person.h"
#include "client/suggest.h"
#include "core/base/heading.h"
#include "core/base/limits.h"
#include "core/base/reader.h"
#include "core/base/text.h"

#include <string.h>

/* ---- what is wrong ---- */

/* What is typed and what may be said of it. */
struct parsing {
    struct karto_arena *arena;
    const struct karto_field_def *def;
    struct karto_slice text; /* clean */
    enum karto_lang lang;
    struct karto_problem *problem;
};

static enum karto_err refuse(const struct parsing *p, enum karto_message message)
{
    return KARTO_PROBLEM(p->problem, p->lang, KARTO_E_INVALID, message, karto_arg_str("field", p->def->name),
                         karto_arg_text("value", p->text));
}

/* What a choice is called for people: itself, where it has no other name. */
static const char *choice_word(struct karto_arena *arena, const struct karto_field_def *def, enum karto_lang lang,
                               const char *choice)
{
    const char *name = karto_arena_printf(arena, "%s.%s", def->name, choice);
    struct karto_slice word = karto_heading(lang, karto_slice_str(name));
    return karto_slice_is(word, name) ? choice : karto_arena_string(arena, word);
}

const char *karto_choice_nearest(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice text)
{
    const char *nearest = NULL, *typed = karto_arena_string(arena, karto_text_fold(arena, text));
    struct karto_suggestion best;
    karto_suggest_init(&best, typed);
    for (const char *const *choice = def->choices; *choice; choice++) {
        size_t before = best.distance;
        karto_suggest_try(&best, *choice);
        karto_suggest_try(&best, choice_word(arena, def, KARTO_LANG_UK, *choice));
        if (best.distance < before)
            nearest = *choice;
    }
    return nearest;
}

void karto_choice_list(struct karto_arena *arena, const struct karto_field_def *def, enum karto_lang lang,
                       struct karto_buf *out)
{
    for (const char *const *choice = def->choices; *choice; choice++) {
        const char *word = choice_word(arena, def, lang, *choice);
        karto_buf_add_str(out, choice > def->choices ? ", " : "");
        karto_buf_add_str(out, *choice);
        if (strcmp(word, *choice) != 0)
            karto_buf_printf(out, " (%s)", word);
    }
}

static enum karto_err refuse_choice(const struct parsing *p)
{
    struct karto_buf all = KARTO_BUF_EMPTY;
    const char *nearest = karto_choice_nearest(p->arena, p->def, p->text);
    karto_choice_list(p->arena, p->def, p->lang, &all);
    enum karto_err err =
        KARTO_PROBLEM(p->problem, p->lang, KARTO_E_INVALID, KARTO_M_VALUE_CHOICE, karto_arg_str("field", p->def->name),
                      karto_arg_text("value", p->text), karto_arg_text("choices", karto_buf_slice(&all)));
    if (nearest)
        karto_problem_suggest(p->problem, p->lang, nearest);
    karto_buf_fini(&all);
    return err;
}

/* ---- numbers ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Text with the blanks that group digits gone (also those that do not break), and − as -; with a 0 behind. */
static char *without_blanks(const struct parsing *p)
{
    static const struct {
        const char *from, *to;
    } rules[] = {{" ", ""}, {"\u00a0", ""}, {"\u202f", ""}, {"\u2009", ""}, {"\u2212", "-"}};
    struct karto_buf out = KARTO_BUF_EMPTY;
    for (const char *at = karto_arena_string(p->arena, p->text); *at;) {
        size_t taken = 0;
        for (unsigned i = 0; i < sizeof rules / sizeof *rules && !taken; i++) {
            if (strncmp(at, rules[i].from, strlen(rules[i].from)) != 0)
                continue;
            taken = strlen(rules[i].from);
            karto_buf_add_str(&out, rules[i].to);
        }
        if (!taken)
            karto_buf_add_byte(&out, (uint8_t)*at);
        at += taken ? taken : 1;
    }
    char *text = karto_arena_string(p->arena, karto_buf_slice(&out));
    karto_buf_fini(&out);
    return text;
}

/* Digits into *number; false: something else is among them, there is none, or they are too many. */
static bool read_digits(const char *text, size_t size, int64_t *number)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_digit(text[i]) || *number > (INT64_MAX - 9) / 10)
            return false;
        *number = *number * 10 + (text[i] - '0');
    }
    return size > 0;
}

static enum karto_err parse_integer(const struct parsing *p, struct karto_value *value)
{
    const char *text = without_blanks(p);
    bool negative = *text == '-';
    int64_t number = 0;
    if (!read_digits(text + negative, strlen(text + negative), &number))
        return refuse(p, KARTO_M_VALUE_INTEGER);
    *value = karto_value_integer(negative ? -number : number);
    return KARTO_OK;
}

/* ---- money ---- */

/* A point or comma with one or two digits behind it is the decimal one, and the other of the two groups before it. With
 * three behind it it could mean either, so that is refused. */
static bool read_amount(const char *text, int64_t *minor)
{
    size_t size = strlen(text), whole = size;
    bool negative = *text == '-';
    for (size_t back = 2; back <= 3 && back <= size; back++)
        if (text[size - back] == ',' || text[size - back] == '.')
            whole = size - back;
    char grouping = whole == size ? 0 : text[whole] == ',' ? '.' : ',';
    int64_t number = 0;
    size_t run = 0, groups = 0;
    for (size_t i = negative; i <= whole; i++) {
        if (i < whole && is_digit(text[i])) {
            run++;
            continue;
        }
        if (i < whole && (text[i] != grouping || run == 0 || run > 3))
            return false;
        if ((groups > 0 && run != 3) || !read_digits(text + i - run, run, &(int64_t){0}))
            return false;
        groups++;
        run = 0;
    }
    for (size_t i = negative; i < whole; i++)
        if (is_digit(text[i]) && !read_digits(text + i, 1, &number))
            return false;
    size_t fraction = whole == size ? 0 : size - whole - 1;
    if (fraction && !read_digits(text + whole + 1, fraction, &number))
        return false;
    for (; fraction < 2; fraction++) {
        if (number > INT64_MAX / 10)
            return false;
        number *= 10;
    }
    *minor = negative ? -number : number;
    return true;
}

static enum karto_err parse_money(const struct parsing *p, struct karto_value *value)
{
    char currency[4], *text = without_blanks(p);
    int64_t minor;
    karto_currency_take(&text, currency);
    if (!read_amount(text, &minor))
        return refuse(p, KARTO_M_VALUE_MONEY);
    *value = karto_value_money(minor, currency);
    return KARTO_OK;
}

/* ---- words ---- */

static bool same_word(struct karto_arena *arena, struct karto_slice text, const char *word)
{
    return karto_slice_equal(karto_text_fold(arena, text), karto_text_fold(arena, karto_slice_str(word)));
}

static enum karto_err parse_bool(const struct parsing *p, struct karto_value *value)
{
    static const char *const words[][4] = {{"ні", "no", "0", "false"}, {"так", "yes", "1", "true"}};
    for (int answer = 0; answer < 2; answer++)
        for (int i = 0; i < 4; i++)
            if (same_word(p->arena, p->text, words[answer][i])) {
                *value = karto_value_bool(answer);
                return KARTO_OK;
            }
    return refuse(p, KARTO_M_VALUE_BOOL);
}

static enum karto_err parse_enum(const struct parsing *p, struct karto_value *value)
{
    for (const char *const *choice = p->def->choices; *choice; choice++)
        if (same_word(p->arena, p->text, *choice) ||
            same_word(p->arena, p->text, choice_word(p->arena, p->def, KARTO_LANG_UK, *choice))) {
            *value = karto_value_enum(karto_slice_str(*choice));
            return KARTO_OK;
        }
    return refuse_choice(p);
}

static enum karto_err parse_date(const struct parsing *p, struct karto_value *value)
{
    int64_t days;
    if (!karto_day_parse(p->text, &days))
        return refuse(p, KARTO_M_VALUE_DATE);
    *value = karto_value_date(days);
    return KARTO_OK;
}

static enum karto_err parse_reference(const struct parsing *p, struct karto_value *value)
{
    struct karto_rid id;
    if (karto_rid_parse(p->text, &id) != KARTO_OK)
        return refuse(p, KARTO_M_VALUE_REFERENCE);
    *value = karto_value_reference(id);
    return KARTO_OK;
}

static enum karto_err parse(const struct parsing *p, struct karto_value *value)
{
    *value = karto_value_nil();
    if (p->text.size == 0)
        return KARTO_OK;
    switch (p->def->type) {
    case KARTO_TEXT: *value = karto_value_text(p->text); return KARTO_OK;
    case KARTO_INTEGER: return parse_integer(p, value);
    case KARTO_BOOL: return parse_bool(p, value);
    case KARTO_MONEY: return parse_money(p, value);
    case KARTO_DATE: return parse_date(p, value);
    case KARTO_REFERENCE: return parse_reference(p, value);
    case KARTO_ENUM: return parse_enum(p, value);
    case KARTO_NIL:
    case KARTO_INSTANT:
    case KARTO_TUPLE:
    case KARTO_UNKNOWN: break;
    }
    return refuse(p, KARTO_M_VALUE_NOT_TYPED);
}

enum karto_err karto_field_value_parse(struct karto_arena *arena, const struct karto_field_def *def,
                                       struct karto_slice text, enum karto_lang lang, struct karto_slice *bytes,
                                       struct karto_problem *problem)
{
    struct parsing p = {arena, def, text, lang, problem};
    struct karto_value value;
    *bytes = karto_slice(NULL, 0);
    if (!karto_utf8_valid(text)) {
        p.text = karto_slice(NULL, 0);
        return refuse(&p, KARTO_M_VALUE_UTF8);
    }
    p.text = karto_text_clean(arena, text);
    enum karto_err err = parse(&p, &value);
    if (err != KARTO_OK)
        return err;
    *bytes = karto_value_bytes(arena, value);
    if (bytes->size <= KARTO_VALUE_SIZE_MAX)
        return KARTO_OK;
    return KARTO_PROBLEM(problem, lang, KARTO_E_LIMIT, KARTO_M_VALUE_LONG, karto_arg_str("field", def->name),
                         karto_arg_int("max", KARTO_VALUE_SIZE_MAX));
}

/* ---- showing ---- */

static void print_date(int64_t days, struct karto_buf *out)
{
    int year, month, day;
    karto_date_split(days, &year, &month, &day);
    karto_buf_printf(out, "%04d-%02d-%02d", year, month, day);
}

/* What is one text in every form of output. */
static void print_plain(struct karto_value value, struct karto_buf *out)
{
    char id[KARTO_RID_TEXT];
    uint64_t amount = value.integer < 0 ? 0 - (uint64_t)value.integer : (uint64_t)value.integer;
    switch (value.type) {
    case KARTO_TEXT:
    case KARTO_ENUM: karto_buf_add_slice(out, value.text); break;
    case KARTO_INTEGER:
    case KARTO_INSTANT: karto_buf_printf(out, "%lld", (long long)value.integer); break;
    case KARTO_BOOL: karto_buf_add_str(out, value.integer ? "true" : "false"); break;
    case KARTO_MONEY:
        karto_buf_printf(out, "%s%llu.%02u", value.integer < 0 ? "-" : "", (unsigned long long)(amount / 100),
                         (unsigned)(amount % 100));
        karto_buf_printf(out, " %.3s", value.currency);
        break;
    case KARTO_DATE: print_date(value.integer, out); break;
    case KARTO_REFERENCE:
        karto_rid_print(value.rid, id);
        karto_buf_add_str(out, id);
        break;
    case KARTO_NIL:
    case KARTO_TUPLE:
    case KARTO_UNKNOWN: break;
    }
}

static void show_tuple(struct karto_out *out, struct karto_value tuple)
{
    struct karto_slice elements[KARTO_TUPLE_MAX];
    uint32_t count = 0;
    if (karto_tuple_decode(tuple, elements, KARTO_TUPLE_MAX, &count) != KARTO_OK)
        count = 0;
    karto_out_array(out);
    for (uint32_t i = 0; i < count; i++)
        karto_field_value_show(out, elements[i]);
    karto_out_array_end(out);
}

void karto_field_value_show(struct karto_out *out, struct karto_slice bytes)
{
    struct karto_value value;
    struct karto_buf text = KARTO_BUF_EMPTY;
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK)
        value = karto_value_nil();
    switch (value.type) {
    case KARTO_NIL:
    case KARTO_UNKNOWN: karto_out_null(out); break;
    case KARTO_INTEGER: karto_out_int(out, value.integer); break;
    case KARTO_BOOL: karto_out_bool(out, value.integer); break;
    case KARTO_MONEY: karto_out_money(out, value.integer, karto_slice(value.currency, 3)); break;
    case KARTO_TUPLE: show_tuple(out, value); break;
    case KARTO_INSTANT: karto_out_time(out, value.integer); break;
    case KARTO_DATE:
        if (karto_out_form(out) == KARTO_FORM_TABLE)
            karto_person_day(value.integer, &text);
        else
            print_date(value.integer, &text);
        karto_out_text(out, karto_buf_slice(&text));
        break;
    case KARTO_TEXT:
    case KARTO_REFERENCE:
    case KARTO_ENUM:
        print_plain(value, &text);
        karto_out_text(out, karto_buf_slice(&text));
        break;
    }
    karto_buf_fini(&text);
}

static void print_value(struct karto_slice bytes, struct karto_buf *out)
{
    struct karto_slice elements[KARTO_TUPLE_MAX];
    struct karto_value value;
    uint32_t count = 0;
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK)
        return;
    if (value.type != KARTO_TUPLE) {
        print_plain(value, out);
        return;
    }
    if (karto_tuple_decode(value, elements, KARTO_TUPLE_MAX, &count) != KARTO_OK)
        return;
    for (uint32_t i = 0; i < count; i++) {
        karto_buf_add_str(out, i ? "; " : "");
        print_value(elements[i], out);
    }
}

struct karto_slice karto_field_value_text(struct karto_arena *arena, struct karto_slice bytes)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    print_value(bytes, &out);
    struct karto_slice text = karto_arena_copy(arena, karto_buf_slice(&out));
    karto_buf_fini(&out);
    return text;
}
