#include "client/lines_total.h"

#include "client/field_value.h"
#include "client/line_part.h"
#include "core/base/limits.h"
#include "core/model/lines.h"

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

/* More than the whole price, or less than nothing: mostly a price in the wrong part. */
static void warn_of_discount(struct karto_field_edits *edits, struct karto_slice line)
{
    enum { DISCOUNT = 3, WHOLE = 10000 }; /* the part of a line; hundredths of a per cent */
    struct karto_slice parts[KARTO_TUPLE_MAX];
    struct karto_value value;
    uint32_t count;
    karto_line_split(edits->arena, line, parts, &count);
    if (karto_value_decode(parts[DISCOUNT], &value) == KARTO_OK && value.type == KARTO_INTEGER &&
        (value.integer < 0 || value.integer > WHOLE))
        karto_warnings_add(edits->warnings, "E-LINE-DISCOUNT", "lines",
                           karto_line_part_text(edits->arena, karto_line_parts() + DISCOUNT, parts[DISCOUNT]));
}

void karto_lines_total_follow(struct karto_field_edits *edits)
{
    for (uint32_t i = 0; i < edits->count && edits->warnings; i++)
        if (edits->edits[i].field == KARTO_F_LINES && !karto_value_is_nil(edits->edits[i].value))
            warn_of_discount(edits, edits->edits[i].value);
    const struct karto_slice no_key = {NULL, 0};
    struct karto_lines_total before, now;
    const struct karto_edit *given = karto_field_edits_last(edits, KARTO_F_TOTAL);
    bool touches_lines = karto_field_edits_last(edits, KARTO_F_LINES) != NULL;
    struct karto_slice total = edits->view ? karto_record_value(edits->view, KARTO_F_TOTAL) : no_key;
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
    karto_field_edits_put(edits, (struct karto_edit){KARTO_F_TOTAL, no_key, money_of(edits->arena, &now)});
    if (edits->warnings && now.is_mixed)
        karto_warnings_add(edits->warnings, "E-LINES-CURRENCY", "total", no_key);
}
