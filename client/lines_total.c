#include "client/lines_total.h"

#include "client/field_value.h"
#include "client/purchase_line.h"
#include "core/base/limits.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

enum { LINES = 73, TOTAL = 74, QUANTITY_UNIT = 1000, DISCOUNT_UNIT = 10000 };

/* ---- the sum ---- */

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

/* ---- what follows from it ---- */

static struct karto_slice money_of(struct karto_arena *arena, const struct karto_lines_total *total)
{
    return karto_value_bytes(arena,
                             total->is_known ? karto_value_money(total->minor, total->currency) : karto_value_nil());
}

static void warn_of_difference(struct karto_field_edits *edits, const struct karto_lines_total *total,
                               struct karto_slice own)
{
    struct karto_slice sum = money_of(edits->arena, total);
    if (edits->warnings && total->is_known && !karto_value_is_nil(own) && !karto_slice_equal(sum, own))
        karto_warnings_add(edits->warnings, "E-TOTAL", "total", karto_field_value_text(edits->arena, sum));
}

void karto_lines_total_follow(struct karto_field_edits *edits)
{
    const struct karto_slice no_key = {NULL, 0};
    struct karto_lines_total before, now;
    const struct karto_edit *given = karto_field_edits_last(edits, TOTAL);
    bool touches_lines = karto_field_edits_last(edits, LINES) != NULL;
    struct karto_slice total = edits->view ? karto_record_value(edits->view, TOTAL) : no_key;
    karto_lines_total(edits->arena, edits->view, NULL, 0, &before);
    karto_lines_total(edits->arena, edits->view, edits->edits, edits->count, &now);
    if (given) {
        warn_of_difference(edits, &now, given->value);
        return;
    }
    if (!touches_lines)
        return;
    bool follows = karto_value_is_nil(total) || karto_slice_equal(total, money_of(edits->arena, &before));
    if (!follows) {
        warn_of_difference(edits, &now, total);
        return;
    }
    karto_field_edits_put(edits, (struct karto_edit){TOTAL, no_key, money_of(edits->arena, &now)});
    if (edits->warnings && now.is_mixed)
        karto_warnings_add(edits->warnings, "E-LINES-CURRENCY", "total", no_key);
}
