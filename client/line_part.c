#include "client/line_part.h"

#include "client/field_value.h"
#include "core/base/text.h"

#include <string.h>

/* Digits behind the decimal point; 0: the part is no decimal fraction. */
static unsigned digits_of(const struct karto_field_def *part)
{
    if (part->type != KARTO_INTEGER)
        return 0;
    return strcmp(part->name, "quantity") == 0 ? 3 : 2;
}

/* -- reading -- */

/* Blanks between digits go, also those that do not break, and a % behind. */
static struct karto_slice only_number(struct karto_arena *arena, struct karto_slice text)
{
    text = karto_text_clean(arena, text);
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == 0xC2 && i + 1 < text.size && text.data[i + 1] == 0xA0)
            i++;
        else if (text.data[i] != ' ')
            out[size++] = text.data[i];
    }
    if (size && out[size - 1] == '%')
        size--;
    return karto_slice(out, size);
}

static bool add_digit(int64_t *number, uint8_t byte)
{
    if (byte < '0' || byte > '9' || *number > (INT64_MAX - 9) / 10)
        return false;
    *number = *number * 10 + (byte - '0');
    return true;
}

/* False: no decimal fraction, or one of more digits than are kept. */
static bool read_decimal(struct karto_slice text, unsigned digits, int64_t *number)
{
    size_t at = text.size && text.data[0] == '-' ? 1 : 0, begin = at;
    unsigned behind = 0;
    *number = 0;
    for (; at < text.size && text.data[at] != '.' && text.data[at] != ','; at++)
        if (!add_digit(number, text.data[at]))
            return false;
    if (at == begin)
        return false;
    for (at++; at < text.size; at++) {
        if (behind == digits && text.data[at] == '0')
            continue;
        if (behind++ == digits || !add_digit(number, text.data[at]))
            return false;
    }
    for (; behind < digits; behind++)
        if (!add_digit(number, '0'))
            return false;
    if (begin)
        *number = -*number;
    return true;
}

enum karto_err karto_line_part_parse(struct karto_arena *arena, const struct karto_field_def *part,
                                     struct karto_slice text, enum karto_lang lang, struct karto_slice *bytes,
                                     struct karto_problem *problem)
{
    unsigned digits = digits_of(part);
    if (digits == 0)
        return karto_field_value_parse(arena, part, text, lang, bytes, problem);
    struct karto_slice number = only_number(arena, text);
    struct karto_value value = karto_value_nil();
    if (number.size) {
        value = karto_value_integer(0);
        if (!read_decimal(number, digits, &value.integer))
            return KARTO_PROBLEM(problem, lang, KARTO_E_INVALID, KARTO_M_VALUE_DECIMAL,
                                 karto_arg_str("field", part->name), karto_arg_text("value", text),
                                 karto_arg_int("digits", digits));
    }
    *bytes = karto_value_bytes(arena, value);
    return KARTO_OK;
}

/* -- writing -- */

struct karto_slice karto_line_part_text(struct karto_arena *arena, const struct karto_field_def *part,
                                        struct karto_slice bytes)
{
    unsigned digits = digits_of(part);
    struct karto_value value;
    if (digits == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_INTEGER)
        return karto_field_value_text(arena, bytes);
    uint64_t size = value.integer < 0 ? 0 - (uint64_t)value.integer : (uint64_t)value.integer;
    uint64_t unit = digits == 3 ? 1000 : 100;
    const char *sign = value.integer < 0 ? "-" : "";
    char *text = karto_arena_printf(arena, "%s%llu.%0*llu", sign, (unsigned long long)(size / unit), (int)digits,
                                    (unsigned long long)(size % unit));
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        length--;
    return karto_slice(text, text[length - 1] == '.' ? length - 1 : length);
}
