/* shortened.h - codes that a spreadsheet has taken for numbers and shortened: 1,43606E+07 in place of 14360570. Which
 * code it was cannot be told any more. */
#ifndef KARTO_CLIENT_SHORTENED_H
#define KARTO_CLIENT_SHORTENED_H

#include "core/base/slice.h"

/* A digit, perhaps more behind a comma or point, E, + or -, and at least two digits: so spreadsheets write them. White
 * space around it does not matter. */
bool karto_is_shortened(struct karto_slice text);

#endif
