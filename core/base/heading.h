/* heading.h - what a column or a line of a card is called for people. Scripts see the English field names, which are
 * the keys here. */
#ifndef KARTO_BASE_HEADING_H
#define KARTO_BASE_HEADING_H

#include "core/base/message.h"

/* The heading of a field ("edrpou", "address.city"), an attribute ("attr.area": its own name), or another key of an
 * answer ("short", "device"). What nobody named yet is its own heading. Borrowed from the table or from name. */
struct karto_slice karto_heading(enum karto_lang lang, struct karto_slice name);

/* The rows, for tests: false behind the last one. */
bool karto_heading_row(unsigned row, const char **name, const char **uk, const char **en);

#endif
