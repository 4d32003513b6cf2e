/* export_table.h - records of a kind as rows of a table that karto import reads back: named as there, a set's elements
 * in one cell (set_cell.h), a timeline as it is today, what a record hangs on by a code that finds it again, each line
 * of a purchase in a row of its own with the purchase before it. */
#ifndef KARTO_CLIENT_EXPORT_TABLE_H
#define KARTO_CLIENT_EXPORT_TABLE_H

#include "client/csv.h"
#include "core/store/entry.h"

struct karto_export_column {
    const char *name;
    const struct karto_field_def *def; /* NULL: the record's id */
    struct karto_slice key;            /* of a map */
};

struct karto_export_table {
    struct karto_arena arena;
    uint32_t kind;
    int64_t today;
    struct karto_export_column *columns;
    size_t count, room;
    struct karto_slice asked; /* names of columns, apart by commas; empty: all */
    bool has_lines;
    bool excel;
    struct karto_csv_writer writer;
    uint64_t rows; /* written, without the heading */
};

enum { KARTO_EXPORT_COLUMNS_MAX = 80 }; /* besides attributes */

/* Looks which attributes there are, so that each has a column, and appends the heading to out. asked: --columns, the
 * columns that are wanted and their order, or NULL. excel: as that opens it, which knows UTF-8 by its mark only, here
 * takes ; between cells, whatever separator is, and a comma in numbers, and must not find formulas (formula.h). For
 * fini in either case. */
KARTO_CHECKED enum karto_err karto_export_table_begin(struct karto_export_table *table, struct karto_tx *tx,
                                                      uint32_t kind, const char *asked, char separator, bool excel,
                                                      struct karto_buf *out);
void karto_export_table_fini(struct karto_export_table *table);

/* Appends the rows of a record. */
KARTO_CHECKED enum karto_err karto_export_table_add(struct karto_export_table *table, struct karto_tx *tx,
                                                    const struct karto_record *record);

#endif
