/* select.h - whether a record is meant by a query (docs/QUERY.md, core/model/query.h). */
#ifndef KARTO_STORE_SELECT_H
#define KARTO_STORE_SELECT_H

#include "core/model/query.h"
#include "core/store/client_sum.h"
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

/* ---- before a record is read ---- */

/* Whether a client of this id may be meant, by what needs no more of it than its id: what hangs on it, and its age. */
KARTO_CHECKED enum karto_err karto_select_may(const struct karto_select *select, struct karto_tx *tx,
                                              struct karto_rid client, bool *may);

/* Whether that can tell anything of some client. */
bool karto_select_asks_ids(const struct karto_query *query);

/* Whether what a condition on a field asks of one of its texts is asked of that text folded, and nothing else is; and
 * the answer, for the condition's operand folded. */
bool karto_select_is_folded(const struct karto_condition *condition);
bool karto_select_folded(const struct karto_condition *condition, struct karto_slice operand, struct karto_slice value);

/* What is counted for a condition, in *of; false: nothing is. And whether it comes to what the condition asks. */
bool karto_select_counts(const struct karto_select *select, const struct karto_condition *condition,
                         struct karto_sum_of *of);
bool karto_select_sum(const struct karto_condition *condition, const struct karto_client_sum *sum);

#endif
