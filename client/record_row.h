/* record_row.h - a record as a row of a list. */
#ifndef KARTO_CLIENT_RECORD_ROW_H
#define KARTO_CLIENT_RECORD_ROW_H

#include "client/out.h"
#include "core/store/select.h"

enum { KARTO_ROW_COLUMNS_MAX = 80 };

struct karto_row {
    struct karto_out *out;
    uint32_t kind;
    int64_t today;     /* for what timelines say */
    const char *asked; /* --columns: fields that it names are in the row too; may be NULL */

    struct karto_column columns[KARTO_ROW_COLUMNS_MAX]; /* all that can be asked for; live as long as this */
    size_t column_count;
};

void karto_row_init(struct karto_row *row, struct karto_out *out, uint32_t kind, int64_t today, const char *asked);

/* Prints a record of the kind as an object: "kind", "id", "short", of what hangs on a client "client", what tells the
 * kind's records apart, "match", "conflicts", "hidden". hit NULL: nothing was looked for. */
KARTO_CHECKED enum karto_err karto_row_show(const struct karto_row *row, struct karto_tx *tx,
                                            const struct karto_record *view, const struct karto_why *hit);

/* Prints what a record hangs on: {"id","short","name"}, or null; name null: it is not here. */
KARTO_CHECKED enum karto_err karto_client_show(struct karto_out *out, struct karto_tx *tx,
                                               const struct karto_record *view);

/* Prints how a record was found: {"field","how"}, or null; hit may be NULL. */
void karto_match_show(struct karto_out *out, const struct karto_why *hit);

/* The field that a column shows, if it goes by another name. */
const char *karto_row_field(const char *column);

#endif
