/* lines_total.h - what the lines of a purchase come to, and the total that follows from it. */
#ifndef KARTO_CLIENT_LINES_TOTAL_H
#define KARTO_CLIENT_LINES_TOTAL_H

#include "client/field_edits.h"

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

/* Gives a purchase that is being saved its total: that of its lines where it has none, or had that of its lines before.
 * A total of a person's own stays, and gains a warning where the lines come to something else. */
void karto_lines_total_follow(struct karto_field_edits *edits);

#endif
