/* field_edits.h - from FIELD=VALUE as typed to the edits of a record.
 *
 *   field=V       a plain field; of a set, V instead of all that was seen; of a timeline, from today on, or from the
 *                 beginning in a new record
 *   field=        empties; of a set, all of it
 *   field+=V      of a set: V besides
 *   field-=V      of a set: without V, however it is written
 *   field@D=V     of a timeline: from that day on
 *   attr.KEY=V    an element of a map
 *   lines.KEY=V   a line of a purchase, as purchase_line.h has it; lines.KEY.quantity=V one part of it
 *
 * Several = of one set in one line are all of its new values. Several phones in one value, apart by a comma, a
 * semicolon or a line break, are all of these. What belongs to a record's frame is not among these fields: hidden,
 * merged, what a record hangs on, what a device is. */
#ifndef KARTO_CLIENT_FIELD_EDITS_H
#define KARTO_CLIENT_FIELD_EDITS_H

#include "client/fieldexpr.h"
#include "client/warning.h"
#include "core/model/change.h"
#include "core/model/schema.h"

/* Whether a field belongs to a record's frame, so that nobody types it. */
bool karto_field_is_frame(const struct karto_field_def *def);

struct karto_field_edits {
    uint32_t kind;
    const struct karto_record *view; /* NULL: a new record */
    int64_t today;                   /* days; 0: nobody minds what has not been yet */
    bool each_once;                  /* two different values where one fits are a mistake; else the last counts */
    enum karto_lang lang;
    struct karto_warnings *warnings; /* gains what should be said; NULL: nobody listens */

    struct karto_arena *arena; /* holds the edits */
    struct karto_edit *edits;  /* one for each register, which is the last of the line */
    uint32_t count, capacity;
};

/* Adds the edits of one expression. KARTO_E_USAGE: no such field, or it does not take this sign. KARTO_E_INVALID,
 * KARTO_E_LIMIT: the value. KARTO_E_NOT_FOUND: what should be taken away is not there. All in problem. */
KARTO_CHECKED enum karto_err karto_field_edits_add(struct karto_field_edits *edits, const struct karto_fieldexpr *expr,
                                                   struct karto_problem *problem);

/* The last edit of a field, whichever register of it that is about; NULL: there is none. */
const struct karto_edit *karto_field_edits_last(const struct karto_field_edits *edits, uint32_t field);

/* Adds one edit made elsewhere, instead of one of the same register. */
void karto_field_edits_put(struct karto_field_edits *edits, struct karto_edit edit);

/* The field that a person named, which may be "attr.KEY": then *key is KEY. KARTO_E_USAGE: in problem, with the nearest
 * name. */
KARTO_CHECKED enum karto_err karto_field_choose(uint32_t kind, struct karto_slice name, enum karto_lang lang,
                                                const struct karto_field_def **def, struct karto_slice *key,
                                                struct karto_problem *problem);

/* The field that was probably meant by a name that is none: mistyped, without what stands before the dot, in Ukrainian
 * or from another program. NULL: nothing is near. Lives for ever. */
const char *karto_field_nearest(uint32_t kind, struct karto_slice name);

#endif
