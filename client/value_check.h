/* value_check.h - what a value that fits its field should have besides: never a wall where a person may know better. */
#ifndef KARTO_CLIENT_VALUE_CHECK_H
#define KARTO_CLIENT_VALUE_CHECK_H

#include "client/warning.h"
#include "core/model/schema.h"

/* Looks at an encoded value as karto_field_value_parse gave it, on a day (0: not known). What is doubtful is said in
 * warnings (NULL: nobody listens); zeros that a spreadsheet has eaten are put back into an EDRPOU, and digits for which
 * somebody typed letters. KARTO_E_LIMIT, KARTO_E_INVALID: a code that no territory can have; in problem. */
KARTO_CHECKED enum karto_err karto_value_check(struct karto_arena *arena, const struct karto_field_def *def,
                                               enum karto_lang lang, int64_t today, struct karto_slice *bytes,
                                               struct karto_warnings *warnings, struct karto_problem *problem);

#endif
