/* import_columns.h - what the columns of a table mean for the records of a kind.
 *
 * A column is named as a field is on the command line ("address.city", "attr.AREA", "territory@2026-12-01"), or by the
 * field's heading in either language. Besides fields there are:
 *
 *     id                 the record itself
 *     FIELD.since        of a timeline: the day from which the row's value counts
 *     lines.product ...  the parts of a purchase's line, and lines.key, by which it is known
 *     error              what an import wrote there: passed over
 *
 * A column without a name is passed over as long as there is nothing in it.
 */
#ifndef KARTO_CLIENT_IMPORT_COLUMNS_H
#define KARTO_CLIENT_IMPORT_COLUMNS_H

#include "client/cli.h"
#include "core/model/schema.h"

enum karto_target {
    KARTO_TO_NOTHING,
    KARTO_TO_ID,
    KARTO_TO_FIELD,
    KARTO_TO_SINCE,
    KARTO_TO_LINE_KEY,
    KARTO_TO_LINE_PART,
};

struct karto_import_column {
    struct karto_slice name; /* as the table has it */
    enum karto_target target;
    const struct karto_field_def *def; /* FIELD, SINCE, LINE_PART: the part's */
    struct karto_slice key;            /* FIELD: of a map */
    bool has_date;                     /* FIELD: of a timeline */
    int64_t date;
    unsigned part;            /* LINE_PART: its place */
    struct karto_slice *also; /* folded: what else it may be called, and its own name */
    size_t also_count;
};

struct karto_import_columns {
    struct karto_arena arena;
    uint32_t kind;
    struct karto_import_column *all;
    size_t count;
};

enum { KARTO_NO_COLUMN = -1 };

/* Reads a heading, with the options --map of cli. KARTO_E_USAGE: columns that are no field, fields that have two
 * columns, an option that fits no column: all of them in cli->problem at once. In either case for fini. */
KARTO_CHECKED enum karto_err karto_import_columns_read(struct karto_import_columns *columns, struct karto_cli *cli,
                                                       uint32_t kind, const struct karto_slice *names, size_t count);

/* Whether cells are likely to be the heading of such a table: two of them, and half of those that are not empty, are
 * names of columns, as they stand or by --map; or the only one is. *known: how many are. */
bool karto_import_columns_likely(struct karto_cli *cli, uint32_t kind, const struct karto_slice *cells, size_t count,
                                 size_t *known);

/* Whether a row says once more what the columns are called, as they are named here or in other words for the same: two
 * of its cells, and half of those that are not empty, or the only column's. */
bool karto_import_columns_again(const struct karto_import_columns *columns, const struct karto_slice *cells,
                                size_t count);

void karto_import_columns_fini(struct karto_import_columns *columns);

/* The place of the first column of that target and, unless def is NULL, of that field; KARTO_NO_COLUMN. */
int karto_import_column_find(const struct karto_import_columns *columns, enum karto_target target,
                             const struct karto_field_def *def);

#endif
