/* lines.h - the lines of a purchase: their parts, their order, what they come to. */
#ifndef KARTO_MODEL_LINES_H
#define KARTO_MODEL_LINES_H

#include "core/model/change.h"
#include "core/model/schema.h"

/* The parts of the field "lines", product, quantity, price and discount, ended by a name of NULL. */
const struct karto_field_def *karto_line_parts(void);
enum { KARTO_LINE_PARTS = 4 };

/* The parts of an encoded line, as many as the schema has: nil where there are none. What is no line has none. *count
 * is at least KARTO_LINE_PARTS: a newer version may have more. parts takes KARTO_TUPLE_MAX. */
void karto_line_split(struct karto_arena *arena, struct karto_slice bytes, struct karto_slice *parts, uint32_t *count);

/* The lines of a purchase that were not emptied, in the order of their keys, numbers by value; in the arena. */
const struct karto_register **karto_lines_in_order(struct karto_arena *arena, const struct karto_record *record,
                                                   uint32_t *count);

struct karto_lines_total {
    uint32_t lines; /* those that are not empty */
    bool is_mixed;  /* of several currencies, so that there is no sum */
    bool is_known;  /* there are lines, each has a price, in one currency, and the sum fits */
    int64_t minor; /* hundredths: of each line quantity × price, less the discount, rounded half away from zero. A line
                      without a quantity is of one */
    char currency[4];
};

/* Of the lines of view (NULL: none), with edits on top of them. Made on the way in arena. */
void karto_lines_total(struct karto_arena *arena, const struct karto_record *view, const struct karto_edit *edits,
                       uint32_t count, struct karto_lines_total *total);

#endif
