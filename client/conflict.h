/* conflict.h - a register with several values that were written without knowing of each other. All of it lives as long
 * as the transaction. */
#ifndef KARTO_CLIENT_CONFLICT_H
#define KARTO_CLIENT_CONFLICT_H

#include "client/cli.h"
#include "core/store/entry.h"

struct karto_conflict {
    const struct karto_record *record;
    uint32_t field;
    const struct karto_field_def *def; /* NULL: of a newer version */
    const struct karto_register *reg;  /* its heads ascend by dot */
    struct karto_slice title;          /* what people call the record */
    struct karto_slice base;           /* the value before, encoded; empty: not known here */
};

typedef enum karto_err karto_conflict_visit(struct karto_tx *tx, const struct karto_conflict *conflict, void *context);

/* Those of one record, in the order of field and key. */
KARTO_CHECKED enum karto_err karto_conflict_each(struct karto_tx *tx, const struct karto_record *record,
                                                 karto_conflict_visit *visit, void *context);

/* The one that text names (register_name.h). KARTO_E_NOT_FOUND: there is none, or it is one no longer. */
KARTO_CHECKED enum karto_err karto_conflict_find(struct karto_tx *tx, struct karto_slice text,
                                                 struct karto_conflict *conflict);

/* Prints the keys of an open object: "id", "record", "of", "name", "field", "key", "base", "values". */
KARTO_CHECKED enum karto_err karto_conflict_show(struct karto_out *out, struct karto_tx *tx,
                                                 const struct karto_conflict *conflict);

/* Appends lines for people: whose and what, who wrote which value when and where, what it was, how to choose. */
KARTO_CHECKED enum karto_err karto_conflict_say(struct karto_cli *cli, struct karto_tx *tx,
                                                const struct karto_conflict *conflict, struct karto_buf *out);

/* Appends one of its values with its number (from 1), as above. */
KARTO_CHECKED enum karto_err karto_conflict_say_value(struct karto_cli *cli, struct karto_tx *tx,
                                                      const struct karto_conflict *conflict, uint32_t number,
                                                      struct karto_buf *out);

#endif
