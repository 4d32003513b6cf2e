/* line_part.h - the parts of a purchase's line as tables have them: a quantity of 12.5, a discount of 5 (per cent). A
 * store keeps both as whole numbers, of thousandths and of hundredths. */
#ifndef KARTO_CLIENT_LINE_PART_H
#define KARTO_CLIENT_LINE_PART_H

#include "client/problem.h"
#include "core/model/lines.h"

/* As karto_field_value_parse and karto_field_value_text, for a part. */
KARTO_CHECKED enum karto_err karto_line_part_parse(struct karto_arena *arena, const struct karto_field_def *part,
                                                   struct karto_slice text, enum karto_lang lang,
                                                   struct karto_slice *bytes, struct karto_problem *problem);
struct karto_slice karto_line_part_text(struct karto_arena *arena, const struct karto_field_def *part,
                                        struct karto_slice bytes);

#endif
