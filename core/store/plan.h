/* plan.h - which records a query can mean at most, as far as indexes tell without a record being read.
 *
 * What a plan leaves out, the query does not mean. What it has may be meant, and is to be asked (select.h): the index
 * of words has values without their days, parts of a query are not looked at, and of records that changed since they
 * were put into it nothing is known. So an answer is the same with a plan and without one. */
#ifndef KARTO_STORE_PLAN_H
#define KARTO_STORE_PLAN_H

#include "core/store/number_set.h"
#include "core/store/select.h"

struct karto_plan {
    bool informed;                  /* the index of words is there to be asked, and rows can be believed */
    bool bounded;                   /* else it may be any record */
    struct karto_number_set among;  /* bounded: by their numbers (numbers.h) */
    const struct karto_rid *others; /* bounded: and these, ascending, whatever their kind; in the arena of tx */
    uint32_t other_count;
    bool by_children; /* of clients: only these, ascending, on which something hangs that must; in the arena of tx */
    const struct karto_rid *parents;
    uint32_t parent_count;
    bool of_clients; /* what is listed by day: only what hangs on a client among these, or on one of the others */
    struct karto_number_set clients;
    struct karto_days days; /* of kinds that are listed by day: those that are left */
};

/* For records of kind. What fini gives back is there after an error too. */
KARTO_CHECKED enum karto_err karto_plan_make(struct karto_tx *tx, const struct karto_select *select, uint32_t kind,
                                             struct karto_plan *plan);
void karto_plan_fini(struct karto_plan *plan);

/* At most how many records of a bounded plan there are. */
uint32_t karto_plan_count(const struct karto_plan *plan);

/* Whether a bounded plan has a record. */
KARTO_CHECKED enum karto_err karto_plan_has(struct karto_tx *tx, const struct karto_plan *plan, struct karto_rid id,
                                            bool *has);

/* The same of a client, of a plan that is of clients. */
KARTO_CHECKED enum karto_err karto_plan_has_client(struct karto_tx *tx, const struct karto_plan *plan,
                                                   struct karto_rid client, bool *has);

/* Each record of kind that a bounded plan has, once, in no order; and all others. An error of visit ends the walk and
 * comes back. */
typedef enum karto_err karto_plan_visit(struct karto_tx *tx, struct karto_rid id, void *context);
KARTO_CHECKED enum karto_err karto_plan_each(struct karto_tx *tx, const struct karto_plan *plan, uint32_t kind,
                                             karto_plan_visit *visit, void *context);

/* The same with the clients of a plan that is of some. */
KARTO_CHECKED enum karto_err karto_plan_each_client(struct karto_tx *tx, const struct karto_plan *plan,
                                                    karto_plan_visit *visit, void *context);

/* Narrows an informed plan for clients by each condition on what hangs on them that must hold and that a client with
 * nothing does not fulfil: with one walk for each, over the rows of all that hangs on any. */
KARTO_CHECKED enum karto_err karto_plan_tally(struct karto_tx *tx, const struct karto_select *select,
                                              struct karto_plan *plan);

/* How many rows that would walk over; 0: there is no such condition. query is that of select. */
uint64_t karto_plan_tally_rows(const struct karto_tx *tx, const struct karto_select *select,
                               const struct karto_query *query);

#endif
