/* pick.h - which record somebody means. */
#ifndef KARTO_CLIENT_PICK_H
#define KARTO_CLIENT_PICK_H

#include "client/command.h"
#include "core/store/query.h"

/* The one record of kind that text names, as karto_find understands it. KARTO_E_NOT_FOUND; KARTO_E_AMBIGUOUS, with what
 * it could be and by which field: both in cli->problem, never a guess. */
KARTO_CHECKED enum karto_err karto_pick(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const char *text,
                                        struct karto_rid *id);

/* Appends who a record is, for people: "Ромашка, Львів, Зелена (7f3a90c1)". */
KARTO_CHECKED enum karto_err karto_pick_print(struct karto_tx *tx, struct karto_rid id, enum karto_lang lang,
                                              struct karto_buf *out);

/* Adds a record to the candidates of cli->problem: its short id, its name and where it is. */
KARTO_CHECKED enum karto_err karto_pick_candidate(struct karto_cli *cli, struct karto_tx *tx, struct karto_rid id);

#endif
