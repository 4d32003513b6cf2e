/* lines_total.h - the total of a purchase, which follows what its lines come to (core/model/lines.h). */
#ifndef KARTO_CLIENT_LINES_TOTAL_H
#define KARTO_CLIENT_LINES_TOTAL_H

#include "client/field_edits.h"

/* Gives a purchase that is being saved its total: that of its lines where it has none, or had that of its lines before.
 * A total of a person's own stays, and gains a warning where the lines come to something else. */
void karto_lines_total_follow(struct karto_field_edits *edits);

#endif
