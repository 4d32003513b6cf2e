#include "core/model/lines.h"

#include "core/base/limits.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

enum { LINES = 73, QUANTITY_UNIT = 1000, DISCOUNT_UNIT = 10000 };

const struct karto_field_def *karto_line_parts(void)
{
    return karto_field_def(KARTO_PURCHASE, LINES)->parts;
}

void karto_line_split(struct karto_arena *arena, struct karto_slice bytes, struct karto_slice *parts, uint32_t *count)
{
    struct karto_value tuple;
    *count = 0;
    if (bytes.size == 0 || karto_value_decode(bytes, &tuple) != KARTO_OK || tuple.type != KARTO_TUPLE ||
        karto_tuple_decode(tuple, parts, KARTO_TUPLE_MAX, count) != KARTO_OK)
        *count = 0;
    for (; *count < KARTO_LINE_PARTS; ++*count)
        parts[*count] = karto_value_bytes(arena, karto_value_nil());
}

static int compare_lines(const void *a, const void *b)
{
    struct karto_slice one = (*(const struct karto_register *const *)a)->key;
    struct karto_slice other = (*(const struct karto_register *const *)b)->key;
    if (one.size != other.size)
        return one.size < other.size ? -1 : 1; /* numbers by value: 2 before 10 */
    return karto_slice_compare(one, other);
}

const struct karto_register **karto_lines_in_order(struct karto_arena *arena, const struct karto_record *record,
                                                   uint32_t *count)
{
    const struct karto_field *field = karto_record_field(record, LINES);
    const struct karto_register **found = karto_arena_array(arena, field ? field->count : 0, sizeof *found);
    *count = 0;
    for (uint32_t i = 0; field && i < field->count; i++)
        if (!karto_value_is_nil(karto_winner(&field->registers[i])->value))
            found[(*count)++] = &field->registers[i];
    if (*count > 1)
        qsort(found, *count, sizeof *found, compare_lines);
    return found;
}

/* ---- what they come to ---- */

/* An integer part of a line; without where there is none. */
static int64_t number_of(struct karto_slice part, int64_t without)
{
    struct karto_value value;
    return karto_value_decode(part, &value) == KARTO_OK && value.type == KARTO_INTEGER ? value.integer : without;
}

static wide rounded(wide number, wide unit)
{
    return (number < 0 ? number - unit / 2 : number + unit / 2) / unit;
}

/* False: it has no price, or is out of all bounds. */
static bool line_sum(const struct karto_slice *parts, int64_t *minor, char currency[4])
{
    struct karto_value price;
    const wide unit = (wide)QUANTITY_UNIT * DISCOUNT_UNIT;
    if (karto_value_decode(parts[2], &price) != KARTO_OK || price.type != KARTO_MONEY)
        return false;
    int64_t quantity = number_of(parts[1], QUANTITY_UNIT), rest;
    if (__builtin_sub_overflow((int64_t)DISCOUNT_UNIT, number_of(parts[3], 0), &rest) || llabs(rest) > INT32_MAX)
        return false;
    wide product = (wide)quantity * price.integer;
    if (product > (wide)INT64_MAX * QUANTITY_UNIT || product < -(wide)INT64_MAX * QUANTITY_UNIT)
        return false;
    wide sum = rounded(product * rest, unit);
    *minor = (int64_t)sum;
    memcpy(currency, price.currency, sizeof price.currency);
    return sum <= INT64_MAX && sum >= -(wide)INT64_MAX;
}

static void add_line(struct karto_arena *arena, struct karto_slice bytes, struct karto_lines_total *total)
{
    struct karto_slice parts[KARTO_TUPLE_MAX];
    char currency[4];
    uint32_t count;
    int64_t minor;
    if (karto_value_is_nil(bytes))
        return;
    karto_line_split(arena, bytes, parts, &count);
    if (!line_sum(parts, &minor, currency)) {
        total->is_known = false;
    } else if (total->currency[0] == 0) {
        memcpy(total->currency, currency, sizeof currency);
        total->minor = minor;
    } else if (memcmp(total->currency, currency, 3) != 0) {
        total->is_mixed = true;
    } else if (__builtin_add_overflow(total->minor, minor, &total->minor)) {
        total->is_known = false;
    }
    total->lines++;
}

static bool is_edited(const struct karto_edit *edits, uint32_t count, struct karto_slice line)
{
    for (uint32_t i = 0; i < count; i++)
        if (edits[i].field == LINES && karto_slice_equal(edits[i].key, line))
            return true;
    return false;
}

void karto_lines_total(struct karto_arena *arena, const struct karto_record *view, const struct karto_edit *edits,
                       uint32_t count, struct karto_lines_total *total)
{
    const struct karto_field *field = view ? karto_record_field(view, LINES) : NULL;
    *total = (struct karto_lines_total){.is_known = true};
    for (uint32_t i = 0; field && i < field->count; i++)
        if (!is_edited(edits, count, field->registers[i].key))
            add_line(arena, karto_winner(&field->registers[i])->value, total);
    for (uint32_t i = 0; i < count; i++)
        if (edits[i].field == LINES)
            add_line(arena, edits[i].value, total);
    total->is_known = total->is_known && !total->is_mixed && total->lines > 0;
}
