#include "client/value_check.h"

#include "client/currency.h"
#include "client/field_value.h"
#include "core/base/codes.h"
#include "core/base/limits.h"
#include "core/model/rights.h"

#include <string.h>

/* Spaces and hyphens between digits do not count. */
static bool has_digits(struct karto_slice text, size_t count)
{
    for (size_t i = 0; i < text.size; i++) {
        bool is_digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (!is_digit && text.data[i] != ' ' && text.data[i] != '-')
            return false;
        count -= is_digit;
    }
    return count == 0;
}

static const char *warning_of_edrpou(struct karto_arena *arena, struct karto_slice text)
{
    enum karto_code_check check;
    struct karto_slice normal = karto_edrpou_normal(arena, text, &check);
    switch (check) {
    case KARTO_CODE_FINE: return NULL;
    case KARTO_CODE_PADDED: return "E-EDRPOU-PADDED";
    case KARTO_CODE_LETTERS: return "E-EDRPOU-LETTERS";
    case KARTO_CODE_CHECK_DIGIT: return normal.size == KARTO_RNOKPP_SIZE ? "E-RNOKPP-CHECK" : "E-EDRPOU-CHECK";
    case KARTO_CODE_SHAPE: break;
    }
    return "E-EDRPOU-SHAPE";
}

/* 12 digits of a firm, whose check digit nobody has published, or the number of a sole trader. */
static const char *warning_of_vat(struct karto_arena *arena, struct karto_slice text)
{
    enum karto_code_check check;
    if (!has_digits(text, KARTO_RNOKPP_SIZE))
        return has_digits(text, KARTO_VAT_SIZE) ? NULL : "E-VAT-SHAPE";
    karto_edrpou_normal(arena, text, &check);
    return check == KARTO_CODE_CHECK_DIGIT ? "E-RNOKPP-CHECK" : NULL;
}

static const char *warning_of_iban(struct karto_arena *arena, struct karto_slice text)
{
    enum karto_code_check check;
    karto_iban_normal(arena, text, &check);
    return check == KARTO_CODE_FINE ? NULL : check == KARTO_CODE_SHAPE ? "E-IBAN-SHAPE" : "E-IBAN-CHECK";
}

static const char *warning_of_phone(struct karto_arena *arena, struct karto_slice text)
{
    enum karto_code_check check;
    struct karto_slice normal = karto_phone_normal(arena, text, &check);
    if (check == KARTO_CODE_SHAPE)
        return "E-PHONE-SHAPE";
    return normal.size && normal.data[0] == '~' ? "E-PHONE-LOCAL" : NULL;
}

static const char *warning_of_email(struct karto_slice text)
{
    const uint8_t *at = text.size ? memchr(text.data, '@', text.size) : NULL;
    if (!at || at == text.data || at == text.data + text.size - 1 || memchr(text.data, ' ', text.size))
        return "E-EMAIL-SHAPE";
    return NULL;
}

/* DD, DD.D or DD.DD, as the classifier has divisions, groups and classes. What has other signs than such a code, but
 * for the letter of a section in front, is somebody's own word for it. */
static const char *warning_of_industry(struct karto_slice text)
{
    static const char shape[] = "00.00";
    bool section = text.size > 1 && text.data[0] >= 'A' && text.data[0] <= 'U', dotted = !section;
    for (size_t i = section; i < text.size; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (!digit && !strchr(".,- ", text.data[i]))
            return NULL;
        dotted = dotted && i + 1 < sizeof shape && digit == (shape[i] == '0') && (digit || text.data[i] == '.');
    }
    return dotted && text.size >= 2 && text.size != 3 ? NULL : "E-KVED-SHAPE";
}

/* What has no normal form of its own, and a shape all the same. No Ukrainian postcode begins with 00. */
static const char *warning_of_shape(struct karto_arena *arena, const struct karto_field_def *def,
                                    struct karto_slice text)
{
    const char *dot = strrchr(def->name, '.');
    if (strcmp(def->name, "vat") == 0)
        return warning_of_vat(arena, text);
    if (strcmp(def->name, "industry") == 0)
        return warning_of_industry(text);
    if (dot && strcmp(dot, ".index") == 0)
        return has_digits(text, 5) && memcmp(text.data, "00", 2) != 0 ? NULL : "E-INDEX-SHAPE";
    return NULL;
}

static void warn(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice text,
                 struct karto_warnings *warnings)
{
    const char *id = NULL;
    if (!warnings || text.size == 0)
        return;
    switch (def->normal) {
    case KARTO_N_EDRPOU: id = warning_of_edrpou(arena, text); break;
    case KARTO_N_IBAN: id = warning_of_iban(arena, text); break;
    case KARTO_N_PHONE: id = warning_of_phone(arena, text); break;
    case KARTO_N_EMAIL: id = warning_of_email(text); break;
    case KARTO_AS_IS:
    case KARTO_N_TEXT: id = warning_of_shape(arena, def, text); break;
    case KARTO_N_SITE:
    case KARTO_N_FIRST: break;
    }
    if (id)
        karto_warnings_add(warnings, id, def->name, text);
}

/* Since when somebody is a client, or works there, is a day that has been. */
static void warn_of_future(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice bytes,
                           int64_t today, struct karto_warnings *warnings)
{
    struct karto_value value;
    if (warnings && today && strcmp(def->name, "since") == 0 && karto_value_decode(bytes, &value) == KARTO_OK &&
        value.type == KARTO_DATE && value.integer > today)
        karto_warnings_add(warnings, "E-DATE-FUTURE", def->name, karto_field_value_text(arena, bytes));
}

static enum karto_err check_territory(const struct karto_field_def *def, enum karto_lang lang, struct karto_slice text,
                                      struct karto_problem *problem)
{
    if (text.size > KARTO_TERRITORY_SIZE_MAX)
        return KARTO_PROBLEM(problem, lang, KARTO_E_LIMIT, KARTO_M_VALUE_LONG, karto_arg_str("field", def->name),
                             karto_arg_int("max", KARTO_TERRITORY_SIZE_MAX));
    if (karto_slice_is(text, KARTO_EVERYBODY))
        return KARTO_PROBLEM(problem, lang, KARTO_E_INVALID, KARTO_M_VALUE_TERRITORY, karto_arg_text("value", text));
    return KARTO_OK;
}

static struct karto_slice mended_edrpou(struct karto_arena *arena, struct karto_slice text, struct karto_slice bytes)
{
    enum karto_code_check check;
    struct karto_slice normal = karto_edrpou_normal(arena, text, &check);
    return check == KARTO_CODE_PADDED || check == KARTO_CODE_LETTERS
               ? karto_value_bytes(arena, karto_value_text(normal))
               : bytes;
}

enum karto_err karto_value_check(struct karto_arena *arena, const struct karto_field_def *def, enum karto_lang lang,
                                 int64_t today, struct karto_slice *bytes, struct karto_warnings *warnings,
                                 struct karto_problem *problem)
{
    struct karto_value value;
    warn_of_future(arena, def, *bytes, today, warnings);
    if (karto_value_decode(*bytes, &value) != KARTO_OK)
        return KARTO_OK;
    if (value.type == KARTO_MONEY && warnings && !karto_currency_is_known(value.currency))
        karto_warnings_add(warnings, "E-CURRENCY", def->name, karto_slice(value.currency, strlen(value.currency)));
    if (value.type != KARTO_TEXT)
        return KARTO_OK;
    if (def->number == KARTO_F_TERRITORY) {
        enum karto_err err = check_territory(def, lang, value.text, problem);
        if (err != KARTO_OK)
            return err;
    }
    warn(arena, def, value.text, warnings);
    if (def->normal == KARTO_N_EDRPOU)
        *bytes = mended_edrpou(arena, value.text, *bytes);
    return KARTO_OK;
}
