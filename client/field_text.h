/* field_text.h - a value of any field as a person types it, lines of purchases too. */
#ifndef KARTO_CLIENT_FIELD_TEXT_H
#define KARTO_CLIENT_FIELD_TEXT_H

#include "client/problem.h"
#include "core/model/schema.h"

/* As karto_field_value_parse and karto_field_value_text; a line as karto_line_parse and karto_line_text have it. def
 * NULL, of the second: a field of a newer version. */
KARTO_CHECKED enum karto_err karto_field_parse(struct karto_arena *arena, const struct karto_field_def *def,
                                               struct karto_slice text, enum karto_lang lang, struct karto_slice *bytes,
                                               struct karto_problem *problem);
struct karto_slice karto_field_text(struct karto_arena *arena, const struct karto_field_def *def,
                                    struct karto_slice bytes);

#endif
