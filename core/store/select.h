/* select.h - whether a record is meant by a query (docs/QUERY.md, core/model/query.h). */
#ifndef KARTO_STORE_SELECT_H
#define KARTO_STORE_SELECT_H

#include "core/model/query.h"
#include "core/store/entry.h"

/* How the first word of the query was found. */
struct karto_why {
    const char *field; /* its name; NULL: the query has no word outside of a NOT */
    const char *how;   /* "exact", "prefix", "word", "substring" */
};

struct karto_select {
    const struct karto_query *query;
    int64_t today;
    bool asks_hidden; /* the query has is:hidden, so that hidden records are not left out */
};

/* query must live as long. today as it was parsed with. */
void karto_select_init(struct karto_select *select, const struct karto_query *query, int64_t today);

/* Reads what hangs on the record, or its client, where the query asks for that. What is made on the way lies in tx's
 * arena: mark it. */
KARTO_CHECKED enum karto_err karto_select_fits(const struct karto_select *select, struct karto_tx *tx,
                                               const struct karto_entry *entry, bool *fits, struct karto_why *hit);

#endif
