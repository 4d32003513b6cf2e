#include "client/value_said.h"

#include "client/field_text.h"
#include "client/field_value.h"
#include "client/person.h"
#include "client/purchase_line.h"
#include "core/base/heading.h"
#include "core/base/limits.h"

static bool is_tuple(struct karto_slice bytes)
{
    struct karto_value value;
    return bytes.size && karto_value_decode(bytes, &value) == KARTO_OK && value.type == KARTO_TUPLE;
}

/* "yes, closed down" */
static struct karto_slice hidden_text(struct karto_arena *arena, struct karto_slice bytes, enum karto_lang lang)
{
    struct karto_slice parts[KARTO_TUPLE_MAX];
    uint32_t count;
    karto_line_split(arena, bytes, parts, &count);
    struct karto_slice reason = karto_field_value_text(arena, parts[1]);
    return karto_slice_str(karto_arena_printf(
        arena, "%s%s%.*s", karto_message_text(lang, karto_hidden_says(bytes) ? KARTO_M_YES : KARTO_M_NO),
        reason.size ? ", " : "", (int)reason.size, (const char *)reason.data));
}

struct karto_slice karto_value_written(struct karto_arena *arena, const struct karto_field_def *def,
                                       struct karto_slice bytes, enum karto_lang lang)
{
    bool hides = def && def->number == KARTO_F_HIDDEN && is_tuple(bytes);
    return hides ? hidden_text(arena, bytes, lang) : karto_field_text(arena, def, bytes);
}

static struct karto_slice day_text(struct karto_arena *arena, int64_t days)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_person_day(days, &text);
    struct karto_slice day = karto_arena_copy(arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return day;
}

static struct karto_slice money_text(struct karto_arena *arena, struct karto_value money, enum karto_lang lang)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_number_print(&text, lang, money.integer, 2);
    karto_buf_printf(&text, " %.3s", money.currency);
    struct karto_slice said = karto_arena_copy(arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return said;
}

static struct karto_slice choice_text(struct karto_arena *arena, const struct karto_field_def *def,
                                      struct karto_slice name, enum karto_lang lang)
{
    struct karto_slice whole =
        karto_slice_str(karto_arena_printf(arena, "%s.%.*s", def->name, (int)name.size, (const char *)name.data));
    struct karto_slice word = karto_heading(lang, whole);
    return karto_slice_equal(word, whole) ? name : word;
}

struct karto_slice karto_value_said(struct karto_arena *arena, const struct karto_field_def *def,
                                    struct karto_slice bytes, enum karto_lang lang)
{
    struct karto_value value;
    if (def && bytes.size && karto_value_decode(bytes, &value) == KARTO_OK) {
        if (value.type == KARTO_DATE)
            return day_text(arena, value.integer);
        if (value.type == KARTO_MONEY)
            return money_text(arena, value, lang);
        if (value.type == KARTO_ENUM)
            return choice_text(arena, def, value.text, lang);
    }
    return karto_value_written(arena, def, bytes, lang);
}
