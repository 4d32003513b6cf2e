#include "client/fieldexpr.h"

#include "client/mark.h"
#include "client/synonym.h"
#include "core/base/limits.h"
#include "core/base/reader.h"
#include "core/base/text.h"

#include <string.h>

static enum karto_err fail(struct karto_fieldexpr_error *error, enum karto_message message, size_t at)
{
    *error = (struct karto_fieldexpr_error){message, at};
    return KARTO_E_USAGE;
}

static const uint8_t *find_byte(struct karto_slice text, char byte)
{
    return text.size ? memchr(text.data, byte, text.size) : NULL;
}

static bool is_letter(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z';
}

static struct karto_slice trim_end(struct karto_slice text)
{
    while (text.size && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

static struct karto_slice trim_blanks(struct karto_slice text)
{
    while (text.size && text.data[0] == ' ')
        text = karto_slice(text.data + 1, text.size - 1);
    return trim_end(text);
}

/* base: where the name begins in the whole text. */
static enum karto_err take_field(struct karto_slice field, size_t base, struct karto_fieldexpr_error *error)
{
    if (field.size == 0)
        return fail(error, KARTO_M_FIELD_NO_NAME, base);
    for (size_t i = 0; i < field.size; i++) {
        uint8_t byte = field.data[i];
        if (!is_letter(byte) && (i == 0 || (byte != '_' && (byte < '0' || byte > '9'))))
            return fail(error, KARTO_M_FIELD_LETTER, base + i);
    }
    return field.size <= KARTO_FIELD_NAME_SIZE_MAX ? KARTO_OK : fail(error, KARTO_M_FIELD_LONG, base);
}

static enum karto_err take_key(struct karto_slice key, size_t base, struct karto_fieldexpr_error *error)
{
    if (key.size == 0)
        return fail(error, KARTO_M_FIELD_NO_KEY, base);
    for (size_t i = 0; i < key.size; i++)
        if (key.data[i] < 0x20 || key.data[i] == 0x7F)
            return fail(error, KARTO_M_FIELD_NO_KEY, base + i);
    return key.size <= KARTO_KEY_SIZE_MAX ? KARTO_OK : fail(error, KARTO_M_FIELD_LONG, base);
}

static enum karto_err take_name(struct karto_slice name, struct karto_fieldexpr *expr,
                                struct karto_fieldexpr_error *error)
{
    const uint8_t *dot = find_byte(name, '.');
    size_t field_size = dot ? (size_t)(dot - name.data) : name.size;
    expr->name = name;
    expr->field = karto_slice(name.data, field_size);
    enum karto_err err = take_field(expr->field, 0, error);
    if (err != KARTO_OK || !dot)
        return err;
    expr->key = trim_blanks(karto_slice(dot + 1, name.size - field_size - 1));
    return take_key(expr->key, field_size + 1, error);
}

/* The left side without + or -: NAME or NAME@DATE. */
static enum karto_err take_left(struct karto_slice left, struct karto_fieldexpr *expr,
                                struct karto_fieldexpr_error *error)
{
    const uint8_t *sign = find_byte(left, '@');
    size_t name_size = sign ? (size_t)(sign - left.data) : left.size;
    enum karto_err err = take_name(karto_slice(left.data, name_size), expr, error);
    if (err != KARTO_OK || !sign)
        return err;
    struct karto_slice date = karto_slice(sign + 1, left.size - name_size - 1);
    expr->has_date = true;
    if (!karto_day_parse(date, &expr->date))
        return fail(error, KARTO_M_FIELD_DATE, name_size + 1);
    return expr->op == KARTO_FIELD_SET ? KARTO_OK : fail(error, KARTO_M_FIELD_DATE_SIGN, left.size);
}

enum karto_err karto_fieldexpr_parse(struct karto_slice text, struct karto_fieldexpr *expr,
                                     struct karto_fieldexpr_error *error)
{
    *expr = (struct karto_fieldexpr){.op = KARTO_FIELD_SET};
    if (!karto_utf8_valid(text))
        return fail(error, KARTO_M_FIELD_UTF8, 0);
    const uint8_t *equals = find_byte(text, '=');
    if (!equals)
        return fail(error, KARTO_M_FIELD_NO_EQUALS, text.size);
    struct karto_slice left = karto_slice(text.data, (size_t)(equals - text.data));
    expr->value = karto_slice(equals + 1, text.size - left.size - 1);
    left = trim_end(left);
    uint8_t sign = left.size ? left.data[left.size - 1] : 0;
    if (sign == '+' || sign == '-') {
        expr->op = sign == '+' ? KARTO_FIELD_ADD : KARTO_FIELD_REMOVE;
        left.size--;
    }
    left = trim_end(left);
    enum karto_err err = take_left(left, expr, error);
    if (err == KARTO_OK && expr->op != KARTO_FIELD_SET && expr->value.size == 0)
        return fail(error, KARTO_M_FIELD_NO_VALUE, text.size);
    return err;
}

/* What stands before the sign. */
static struct karto_slice name_typed(struct karto_slice text)
{
    const uint8_t *equals = find_byte(text, '=');
    size_t size = equals ? (size_t)(equals - text.data) : 0;
    if (size && (text.data[size - 1] == '+' || text.data[size - 1] == '-'))
        size--;
    return karto_slice(text.data, size);
}

/* "Name", "e-mail", "Телефон": no name of a field, but it is plain which is meant. */
static enum karto_err explain_name(struct karto_slice name, const char *meant, enum karto_lang lang,
                                   struct karto_problem *problem)
{
    enum karto_err err = KARTO_PROBLEM(problem, lang, KARTO_E_USAGE, KARTO_M_E_FIELD, karto_arg_text("field", name));
    problem->id = "E-FIELD";
    karto_problem_suggest(problem, lang, meant);
    karto_message(&problem->hint, lang, KARTO_M_FIELD_HINT, NULL, 0);
    return err;
}

enum karto_err karto_fieldexpr_explain(struct karto_slice text, const struct karto_fieldexpr_error *error,
                                       enum karto_lang lang, struct karto_problem *problem)
{
    struct karto_slice name = name_typed(text);
    const char *meant = error->message == KARTO_M_FIELD_LETTER ? karto_field_meant(name) : NULL;
    if (meant)
        return explain_name(name, meant, lang, problem);
    enum karto_err err = karto_problem_set(problem, lang, KARTO_E_USAGE, error->message, NULL, 0);
    karto_message(&problem->hint, lang, KARTO_M_FIELD_HINT, NULL, 0);
    karto_mark_place(&problem->picture, text, error->at);
    return err;
}
