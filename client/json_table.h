/* json_table.h - records as karto export writes them in JSON, a record a line or all of them in one answer, as the
 * table of text that an import reads: a timeline in a column for each of its days ("manager@2026-12-01"; "-": nobody
 * from then on), a map in one for each of its keys, lines of a purchase in rows of their own. */
#ifndef KARTO_CLIENT_JSON_TABLE_H
#define KARTO_CLIENT_JSON_TABLE_H

#include "core/base/buf.h"
#include "core/base/err.h"

struct karto_json_table {
    uint32_t kind;            /* of the records; 0 before: that of the first */
    struct karto_buf csv;     /* the table, with commas */
    struct karto_buf records; /* uint64_t for each row behind the heading: which record it is of, from 1 */
    uint64_t line;            /* of the text, from 1: where it is wrong */
};

/* Whether text that begins so is JSON, and no table. */
bool karto_json_table_begins(struct karto_slice text);

/* Fills csv and records; for fini in either case. KARTO_E_INVALID: text is no JSON of ours. KARTO_E_NOT_FOUND: it has
 * no records. KARTO_E_EXISTS: some are of another kind, or of several. KARTO_E_LIMIT: more columns than a table has. */
KARTO_CHECKED enum karto_err karto_json_table_make(struct karto_json_table *table, struct karto_slice text);
void karto_json_table_fini(struct karto_json_table *table);

/* The record of a row as karto_csv_next counts them: the heading is 1. */
uint64_t karto_json_table_record(const struct karto_json_table *table, uint64_t row);

#endif
