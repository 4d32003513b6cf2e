/* import_heading.h - which row of a table names its columns: above it there may be a title, a period, a letterhead. */
#ifndef KARTO_CLIENT_IMPORT_HEADING_H
#define KARTO_CLIENT_IMPORT_HEADING_H

#include "client/cli.h"
#include "client/csv.h"

struct karto_import_heading {
    uint64_t row; /* its number */
    struct karto_slice *cells;
    size_t count, known, filled; /* cells; of them names of columns, and not empty */
};

/* Reads up to the first row that is likely to be the heading for records of a kind, with the options --map of cli; if
 * none is, heading is what comes nearest, so that it can be said what is wrong with it. What it holds lives in arena.
 * KARTO_CSV_END: there is no row with anything in it. KARTO_CSV_BAD: the first one is wrong, and in *bad. */
enum karto_csv_event karto_import_heading_find(struct karto_import_heading *heading, struct karto_arena *arena,
                                               struct karto_cli *cli, uint32_t kind, struct karto_csv *csv,
                                               struct karto_csv_row *bad);

#endif
