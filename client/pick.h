/* pick.h - which record somebody means. */
#ifndef KARTO_CLIENT_PICK_H
#define KARTO_CLIENT_PICK_H

#include "client/cli.h"
#include "core/store/query.h"

/* The one record of kind that text names, as karto_find understands it. KARTO_E_NOT_FOUND; KARTO_E_AMBIGUOUS, with what
 * it could be and by which field: both in cli->problem, never a guess. Where text names a record of another kind, or is
 * a part of a name or a phone, the problem says what to type instead. */
KARTO_CHECKED enum karto_err karto_pick(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const char *text,
                                        struct karto_rid *id);

/* The same, and loads it. */
KARTO_CHECKED enum karto_err karto_pick_entry(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind,
                                              const char *text, struct karto_entry *entry);

/* The same of any kind: CLIENT, or else the one record that text names. */
KARTO_CHECKED enum karto_err karto_pick_any(struct karto_cli *cli, struct karto_tx *tx, const char *text,
                                            struct karto_rid *id);

/* Appends what a record is, for people: "Ромашка, Львів, Зелена", "01.12.2026, візит, …"; with whose also the client
 * that it hangs on. */
KARTO_CHECKED enum karto_err karto_pick_describe(struct karto_tx *tx, const struct karto_record *view, bool whose,
                                                 enum karto_lang lang, struct karto_buf *out);

/* The same of a record by its id, with its short id behind, and whether it is hidden: "Ромашка, Львів, Зелена
 * (7f3a90c1)". */
KARTO_CHECKED enum karto_err karto_pick_print(struct karto_tx *tx, struct karto_rid id, enum karto_lang lang,
                                              struct karto_buf *out);

/* Adds a record to the candidates of cli->problem: its short id, and what it is. */
KARTO_CHECKED enum karto_err karto_pick_candidate(struct karto_cli *cli, struct karto_tx *tx, struct karto_rid id);

#endif
