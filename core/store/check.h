/* check.h - walks a whole store and verifies every invariant that docs/DESIGN.md names. Reads only; takes as long as
 * reading everything does. */
#ifndef KARTO_STORE_CHECK_H
#define KARTO_STORE_CHECK_H

#include "core/store/store.h"

struct karto_check {
    uint64_t records, changes, indexed, problems;
};

/* Called for each problem with what is wrong, in English, and where: the record, if one is meant, or NULL. */
typedef void karto_check_report(void *context, const char *what, const struct karto_rid *record);

/* KARTO_OK also when there are problems: check->problems counts them. */
KARTO_CHECKED enum karto_err karto_check(struct karto_tx *tx, karto_check_report *report, void *context,
                                         struct karto_check *check);

#endif
