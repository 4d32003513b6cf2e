/* check_walk.h - what the parts of a check share: what they have counted, and how they walk and report. For
 * core/store/check*.c. */
#ifndef KARTO_STORE_CHECK_WALK_H
#define KARTO_STORE_CHECK_WALK_H

#include "core/store/check.h"
#include "core/store/digest.h"
#include "core/store/last_table.h"
#include "core/store/log.h"

struct karto_walk {
    struct karto_tx *tx;
    karto_check_report *report;
    void *context;
    struct karto_check *check;
    struct karto_last_table lasts;  /* of the log */
    struct karto_digest_sums *sums; /* of all that is kept */
    struct karto_ledger counted;    /* position, seqs and counters, as they should be */
    bool collated; /* the index is of the present collation: else its rows of text cannot be compared */
    uint64_t index_rows, feed, dots; /* rows that should be there */
    struct karto_dot dot;            /* the last row of dots */
    struct {
        uint64_t rows, changes, records;                      /* as the rows of batches say */
        uint64_t first, last, logged_changes, logged_records; /* as the log has them */
    } batches;
    struct {
        uint64_t bytes, changes;
    } past;
    struct {
        uint64_t count, size, told_count, told_size; /* states; and as the tallies of their devices say */
    } held;
    struct {
        uint64_t count, size, told_count, told_size, all_count, all_size; /* the same of proposals, and of all */
    } proposals;
};

void karto_walk_problem(struct karto_walk *walk, const char *what, const struct karto_rid *record);

/* Whether something could be read and is there; if not, that is a problem, and *err is KARTO_OK again. Other errors
 * stay. */
bool karto_walk_has(struct karto_walk *walk, enum karto_err *err, const char *what, const struct karto_rid *record);

/* Each row of a database: karto_each_row. */
typedef enum karto_err karto_walk_row(struct karto_walk *walk, struct karto_slice key, struct karto_slice row);
KARTO_CHECKED enum karto_err karto_walk_rows(struct karto_walk *walk, unsigned db, karto_walk_row *row);

/* Whether the database has so many rows. */
KARTO_CHECKED enum karto_err karto_walk_counts(struct karto_walk *walk, unsigned db, uint64_t want, bool *same);

/* ---- the parts, in the order in which they go ---- */

KARTO_CHECKED enum karto_err karto_check_log(struct karto_walk *walk);
KARTO_CHECKED enum karto_err karto_check_records(struct karto_walk *walk);
KARTO_CHECKED enum karto_err karto_check_hub(struct karto_walk *walk);
KARTO_CHECKED enum karto_err karto_check_device(struct karto_walk *walk);
KARTO_CHECKED enum karto_err karto_check_past(struct karto_walk *walk);
KARTO_CHECKED enum karto_err karto_check_batches(struct karto_walk *walk);
KARTO_CHECKED enum karto_err karto_check_quarantine(struct karto_walk *walk);
KARTO_CHECKED enum karto_err karto_check_proposals(struct karto_walk *walk);
KARTO_CHECKED enum karto_err karto_check_ledger(struct karto_walk *walk);

/* Of one entry of the hub's log, that dots has its change, and feed its territories. */
KARTO_CHECKED enum karto_err karto_check_known(struct karto_walk *walk, uint64_t position,
                                               const struct karto_log_entry *entry, const struct karto_change *change);
KARTO_CHECKED enum karto_err karto_check_told(struct karto_walk *walk, uint64_t position,
                                              const struct karto_log_entry *entry);

/* Of one change of the log, that its batch spans it. */
KARTO_CHECKED enum karto_err karto_check_in_batch(struct karto_walk *walk, uint64_t position,
                                                  const struct karto_log_entry *entry,
                                                  const struct karto_change *change);

/* Of one record of the hub, that due has the days on which its territory will change. */
KARTO_CHECKED enum karto_err karto_check_dates(struct karto_walk *walk, const struct karto_record *record);

#endif
