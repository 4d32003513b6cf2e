#include "core/model/schema.h"

#include "core/base/codes.h"
#include "core/base/limits.h"
#include "core/base/reader.h"
#include "core/base/text.h"

/* ---- look-up ---- */

const struct karto_kind_def *karto_kind(uint32_t number)
{
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++)
        if ((*kind)->number == number)
            return *kind;
    return NULL;
}

const struct karto_kind_def *karto_kind_named(struct karto_slice name)
{
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++)
        if (karto_slice_is(name, (*kind)->name))
            return *kind;
    return NULL;
}

const struct karto_field_def *karto_field_def(uint32_t kind, uint32_t number)
{
    const struct karto_kind_def *def = karto_kind(kind);
    for (const struct karto_field_def *field = def ? def->fields : NULL; field && field->name; field++)
        if (field->number == number)
            return field;
    return NULL;
}

const struct karto_field_def *karto_field_def_behind(const struct karto_field_def *last, uint32_t kind, uint32_t number)
{
    for (const struct karto_field_def *field = last; field && field->name; field++)
        if (field->number == number)
            return field;
    return karto_field_def(kind, number);
}

const struct karto_field_def *karto_field_named(uint32_t kind, struct karto_slice name)
{
    const struct karto_kind_def *def = karto_kind(kind);
    for (const struct karto_field_def *field = def ? def->fields : NULL; field && field->name; field++)
        if (karto_slice_is(name, field->name))
            return field;
    return NULL;
}

/* ---- normal forms ---- */

static struct karto_slice normal_text(struct karto_arena *arena, enum karto_normal normal, struct karto_slice text)
{
    enum karto_code_check check;
    switch (normal) {
    case KARTO_N_TEXT: return karto_text_normal(arena, text);
    case KARTO_N_PHONE: return karto_phone_normal(arena, text, &check);
    case KARTO_N_EMAIL: return karto_email_normal(arena, text);
    case KARTO_N_SITE: return karto_site_normal(arena, text);
    case KARTO_N_EDRPOU: return karto_edrpou_normal(arena, text, &check);
    case KARTO_N_IBAN: return karto_iban_normal(arena, text, &check);
    case KARTO_AS_IS:
    case KARTO_N_FIRST: return text;
    }
    return text;
}

static struct karto_slice first_of_tuple(struct karto_value tuple)
{
    struct karto_slice first = {NULL, 0};
    uint32_t count = 0;
    enum karto_err err = karto_tuple_decode(tuple, &first, 1, &count);
    (void)err; /* what stands behind the first is left unread on purpose */
    return count ? first : tuple.text;
}

struct karto_slice karto_normal(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice value)
{
    struct karto_value decoded;
    if (!def || def->normal == KARTO_AS_IS || karto_value_decode(value, &decoded) != KARTO_OK)
        return value;
    if (def->normal == KARTO_N_FIRST)
        return decoded.type == KARTO_TUPLE ? first_of_tuple(decoded) : value;
    if (decoded.type != KARTO_TEXT)
        return value;
    return karto_value_bytes(arena, karto_value_text(normal_text(arena, def->normal, decoded.text)));
}

struct karto_slice karto_set_key(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice value)
{
    struct karto_value decoded;
    if (karto_value_decode(value, &decoded) != KARTO_OK || decoded.type != KARTO_TEXT)
        return value;
    struct karto_slice key = normal_text(arena, def ? def->normal : KARTO_AS_IS, decoded.text);
    return key.size <= KARTO_KEY_SIZE_MAX ? key : karto_slice(key.data, KARTO_KEY_SIZE_MAX);
}

struct karto_slice karto_date_key(struct karto_arena *arena, int64_t days)
{
    uint32_t shifted = (uint32_t)(days - KARTO_DATE_MIN);
    uint8_t *key = karto_arena_alloc(arena, 4);
    for (int i = 0; i < 4; i++)
        key[i] = (uint8_t)(shifted >> (24 - 8 * i));
    return karto_slice(key, 4);
}

bool karto_date_of_key(struct karto_slice key, int64_t *days)
{
    if (key.size != 4)
        return false;
    uint32_t shifted =
        (uint32_t)key.data[0] << 24 | (uint32_t)key.data[1] << 16 | (uint32_t)key.data[2] << 8 | key.data[3];
    *days = (int64_t)shifted + KARTO_DATE_MIN;
    return *days <= KARTO_DATE_MAX;
}

/* ---- checks ---- */

static bool key_fits(const struct karto_field_def *def, struct karto_slice key)
{
    int64_t days;
    switch (def->shape) {
    case KARTO_SCALAR: return key.size == 0;
    case KARTO_SET: return key.size > 0;
    case KARTO_MAP: return key.size > 0 && karto_utf8_valid(key);
    case KARTO_TIMELINE: return karto_date_of_key(key, &days);
    }
    return false;
}

static bool tuple_fits(const struct karto_field_def *parts, struct karto_value tuple)
{
    struct karto_slice elements[KARTO_TUPLE_MAX];
    uint32_t count = 0;
    if (karto_tuple_decode(tuple, elements, KARTO_TUPLE_MAX, &count) != KARTO_OK)
        return false;
    for (uint32_t i = 0; parts && parts[i].name; i++) {
        struct karto_value part;
        if (i >= count || karto_value_decode(elements[i], &part) != KARTO_OK)
            return false;
        if (part.type != parts[i].type && part.type != KARTO_NIL)
            return false;
        if (part.type == KARTO_TEXT && !karto_text_marks_fit(part.text))
            return false;
    }
    return true;
}

static bool choice_fits(const char *const *choices, struct karto_slice name)
{
    for (; choices && *choices; choices++)
        if (karto_slice_is(name, *choices))
            return true;
    return choices == NULL;
}

static bool value_fits(const struct karto_field_def *def, struct karto_slice bytes)
{
    struct karto_value value;
    if (karto_value_decode(bytes, &value) != KARTO_OK)
        return false;
    if (value.type == KARTO_NIL)
        return def->shape != KARTO_SET;
    if (value.type != def->type)
        return value.type == KARTO_UNKNOWN;
    if (value.type == KARTO_TUPLE)
        return tuple_fits(def->parts, value);
    if (value.type == KARTO_TEXT)
        return karto_text_marks_fit(value.text);
    return value.type != KARTO_ENUM || choice_fits(def->choices, value.text);
}

enum karto_err karto_schema_check(const struct karto_field_def *def, uint32_t field, struct karto_slice key,
                                  struct karto_slice value)
{
    if (key.size > KARTO_KEY_SIZE_MAX || value.size > KARTO_VALUE_SIZE_MAX || field > KARTO_FIELD_NUMBER_MAX ||
        field == 0)
        return KARTO_E_LIMIT;
    if (!def)
        return KARTO_OK;
    if (!key_fits(def, key))
        return KARTO_E_INVALID;
    if (value.size == 0)
        return def->shape == KARTO_SET ? KARTO_OK : KARTO_E_INVALID;
    return value_fits(def, value) ? KARTO_OK : KARTO_E_INVALID;
}
