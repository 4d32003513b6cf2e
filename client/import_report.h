/* import_report.h - what became of the rows of an import: numbers, the rows that were rejected in a file of their own,
 * and an answer. */
#ifndef KARTO_CLIENT_IMPORT_REPORT_H
#define KARTO_CLIENT_IMPORT_REPORT_H

#include "client/csv.h"
#include "client/encoding.h"
#include "client/import.h"
#include "client/out_file.h"

struct karto_import_report {
    struct karto_cli *cli;
    const struct karto_import *import;
    const char *errors_path;
    char separator;
    bool is_json;                 /* the file has none */
    uint64_t heading;             /* the row that names the columns */
    enum karto_encoding encoding; /* of the file, as it was said or found out */
    struct karto_out_file errors; /* not open: nothing was rejected yet, or it is a dry run */
    bool has_errors;              /* the file was written */
    struct karto_buf text;
    uint64_t rows, added, updated, same, skipped, rejected;
    uint64_t changes;
    struct karto_spill records;  /* ids, one behind the other */
    struct karto_buf samples;    /* a line each */
    struct karto_buf rejections; /* for an answer of JSON */
    struct karto_buf repeated;   /* uint64_t for each row that says the names of columns once more: the first of them */
    uint64_t repeated_count;
};

/* errors_path is set before the first rows, and records, for which the report knows no place. */
void karto_import_report_begin(struct karto_import_report *report, struct karto_cli *cli,
                               const struct karto_import *import);
void karto_import_report_end(struct karto_import_report *report);

/* Takes over the rows that were flushed. The file of errors is made at the first one that was rejected: the columns of
 * the table, the line's number where it would be lost, the reason, and behind it what the row had too many. Text that
 * was no UTF-8 is there as it was meant perhaps, and zero bytes are not. What writing said is in cli->problem. */
KARTO_CHECKED enum karto_err karto_import_report_rows(struct karto_import_report *report);

/* Notes a row that says the names of columns once more, and is passed over. */
void karto_import_report_repeated(struct karto_import_report *report, uint64_t row);

/* Closes the file of errors and prints the answer. */
KARTO_CHECKED enum karto_err karto_import_report_show(struct karto_import_report *report);

#endif
