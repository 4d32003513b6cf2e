/* field_value.h - one value of a field: as a person types it, as a store keeps it, as it is shown. */
#ifndef KARTO_CLIENT_FIELD_VALUE_H
#define KARTO_CLIENT_FIELD_VALUE_H

#include "client/out.h"
#include "client/problem.h"
#include "core/model/schema.h"

/* Reads text into the encoded value of a field of type def->type, in the arena; empty text is nil.
 *
 *   text       as karto_text_clean has it
 *   integer    1234, 1 234, -5
 *   money      1234,50   1 234.50 грн   UAH 1234.50   $5: hundredths at most, UAH where no currency is named
 *   date       2026-12-01, 01.12.2026
 *   bool       так ні yes no 1 0 true false
 *   enum       one of def->choices or its Ukrainian word (heading.h), capitals or not
 *   reference  32 hexadecimal digits
 *
 * KARTO_E_INVALID, KARTO_E_LIMIT: problem names the field and what it takes. A tuple is not typed: KARTO_E_INVALID. */
KARTO_CHECKED enum karto_err karto_field_value_parse(struct karto_arena *arena, const struct karto_field_def *def,
                                                     struct karto_slice text, enum karto_lang lang,
                                                     struct karto_slice *bytes, struct karto_problem *problem);

/* Prints an encoded value: null for nil (or nothing), an object for money, an array for a tuple. */
void karto_field_value_show(struct karto_out *out, struct karto_slice bytes);

/* The same as plain text that parse would take again, in the arena; empty for nil. Elements of a tuple are apart by
 * "; ". */
struct karto_slice karto_field_value_text(struct karto_arena *arena, struct karto_slice bytes);

/* The choices that a field takes, "visit (візит), call (дзвінок)", and the one nearest to a text, in either language;
 * NULL: none is near. */
void karto_choice_list(struct karto_arena *arena, const struct karto_field_def *def, enum karto_lang lang,
                       struct karto_buf *out);
const char *karto_choice_nearest(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice text);

#endif
