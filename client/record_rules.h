/* record_rules.h - what goes without saying when a record of a kind is written, and what it cannot do without.
 *
 *   client     needs a name; its codes are held against each other (code_doubt.h); what a representative adds is in
 *              his territory, and he is its manager
 *   person     needs a name
 *   activity   is a note of today; next=DATE is next_date
 *   purchase   is of today; its total follows its lines (lines_total.h) */
#ifndef KARTO_CLIENT_RECORD_RULES_H
#define KARTO_CLIENT_RECORD_RULES_H

#include "client/field_edits.h"
#include "core/store/store.h"

/* An expression as it is meant for a record of this kind, today: a day that has a name (tomorrow, вчора) is that day.
 * In the arena. */
struct karto_fieldexpr karto_record_meant(struct karto_arena *arena, uint32_t kind, struct karto_fieldexpr expr,
                                          int64_t today);

/* Completes the edits of a new record, or of one that is there. KARTO_E_INVALID: something is missing, said in
 * cli->problem. */
KARTO_CHECKED enum karto_err karto_record_complete(struct karto_cli *cli, struct karto_tx *tx,
                                                   struct karto_field_edits *edits);

/* Which of the edits head office alone may make, in cli->problem: KARTO_E_NOT_PERMITTED. */
enum karto_err karto_record_refused(struct karto_cli *cli, struct karto_tx *tx, const struct karto_field_edits *edits);

#endif
