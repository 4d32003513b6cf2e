/* import.h - rows of a table into a store: each finds the record that it is about, or makes one, and changes of it what
 * is different. A cell without text changes nothing, a set only gains, and what several people are in conflict about
 * stays so unless the table has something new. Rows are gathered, and go to the store many at a time. */
#ifndef KARTO_CLIENT_IMPORT_H
#define KARTO_CLIENT_IMPORT_H

#include "client/import_columns.h"
#include "client/tally.h"
#include "client/warning.h"
#include "core/store/store.h"

enum {
    KARTO_IMPORT_ROWS = 5000,      /* after so many a transaction ends with the record at hand */
    KARTO_IMPORT_ROWS_MAX = 20000, /* of one record that does not end; and never more than this */
    KARTO_MATCHES_MAX = 8,
    KARTO_IMPORT_TOLD = 5,        /* rejected or doubtful rows that are shown to a person at once */
    KARTO_IMPORT_TOLD_JSON = 100, /* and that stand in an answer of JSON */
};

/* By which column a row tells the record that it is about. */
struct karto_import_match {
    uint32_t field; /* KARTO_F_...; 0: by its id */
    int column;
};

enum karto_import_outcome {
    KARTO_IMPORT_WAITS,   /* not done yet */
    KARTO_IMPORT_ADDED,   /* a new record */
    KARTO_IMPORT_UPDATED, /* something of it was different */
    KARTO_IMPORT_SAME,
    KARTO_IMPORT_SKIPPED, /* new-only, update-only */
    KARTO_IMPORT_REJECTED,
    KARTO_IMPORT_MORE, /* one more line of the record of the row before */
};

struct karto_import_row {
    uint64_t number;                 /* as a spreadsheet shows it */
    const struct karto_slice *cells; /* as many as there are columns; of a wrong row perhaps more */
    size_t cell_count;
    enum karto_import_outcome outcome;
    bool excluded;             /* rejected before the store was asked */
    struct karto_slice why;    /* rejected */
    const char *id;            /* rejected: "E-..." */
    struct karto_slice column; /* rejected: the heading of the column that it is about; empty: of none */
    bool says_where;           /* why names the row itself, because its file is wrong there */
    struct karto_rid record;   /* added, updated */
    struct karto_slice said;   /* dry run: what would be written, of the first few */

    struct karto_slice match;     /* what stands in the column that decides, as typed; empty: a new record */
    struct karto_slice match_key; /* and its normal form */
    uint32_t match_field;         /* 0: by its id */
    int match_column;
    struct karto_tally_entry *seen; /* of match_key */
    uint64_t line;                  /* which row of its record it is, from 1 */
};

struct karto_import {
    struct karto_cli *cli;
    struct karto_import_columns columns;
    struct karto_import_match matches[KARTO_MATCHES_MAX];
    unsigned match_count; /* 0: every row is a new record */
    bool new_only, update_only, dry_run, has_lines;
    bool is_text; /* a table as people's programs write it, where an apostrophe may be in front of a cell (formula.h) */
    int line_key, client; /* columns */
    uint64_t batch;       /* of all changes */
    int64_t today;        /* of the transaction */

    struct karto_spill spill; /* what is remembered of each record of the file */
    struct karto_tally seen;
    struct karto_problem problem;   /* of the row at hand */
    struct karto_warnings warnings; /* of what was written all the same, row by row */
    unsigned samples;               /* still to be said */

    /* Those of one transaction. */
    struct karto_arena arena;
    struct karto_import_row *rows;
    size_t row_count;
    uint64_t chunk; /* counts them, from 1 */
    bool again;     /* a row turned out wrong too late: once more without it */
};

/* cli, columns, matches and switches are set; the rest is made here. dir: where there is room for what must be
 * remembered of a long table, some hundred bytes a record; lives as long. */
void karto_import_begin(struct karto_import *import, const char *dir);
void karto_import_end(struct karto_import *import);

/* Whether the next row, of these cells, may wait too; if not, karto_import_flush comes first. */
bool karto_import_has_room(struct karto_import *import, const struct karto_slice *cells);

/* Copies a row. why: what is wrong with it, if its file says so, and in which column; empty else. Missing cells are
 * empty. An error: there is no room to remember it, and it was not taken. */
KARTO_CHECKED enum karto_err karto_import_add(struct karto_import *import, uint64_t number,
                                              const struct karto_slice *cells, size_t count, struct karto_slice why,
                                              struct karto_slice column);

/* Writes what waits (in a dry run as if), in one transaction; outcomes are in rows after it. Rows that do not fit are
 * no error. */
KARTO_CHECKED enum karto_err karto_import_flush(struct karto_import *import, struct karto_store *store);
void karto_import_clear(struct karto_import *import); /* the next rows */

#endif
