/* numbers.h - a small number for each record, by which other rows name many of them at little room. Numbers are local:
 * they never travel, and no two stores have the same. */
#ifndef KARTO_STORE_NUMBERS_H
#define KARTO_STORE_NUMBERS_H

#include "core/store/number_set.h"
#include "core/store/store.h"

enum { KARTO_NUMBER_MAX = 0x3FFFFFFF };

/* KARTO_E_NOT_FOUND: the record has none. */
KARTO_CHECKED enum karto_err karto_number_of(struct karto_tx *tx, struct karto_rid id, uint32_t *number);

/* Those of many records, ascending by id, into a set; quicker than one by one. What has none is left out. */
KARTO_CHECKED enum karto_err karto_numbers_of(struct karto_tx *tx, const struct karto_rid *ids, uint32_t count,
                                              struct karto_number_set *set);

/* KARTO_E_NOT_FOUND: nobody's. */
KARTO_CHECKED enum karto_err karto_number_record(struct karto_tx *tx, uint32_t number, uint32_t *kind,
                                                 struct karto_rid *id);

struct karto_numbered {
    struct karto_rid id;
    uint32_t kind;
};

/* Gives records that have none the numbers from first on, which are greater than all others; or one its own again, with
 * another kind. */
KARTO_CHECKED enum karto_err karto_numbers_give(struct karto_tx *tx, const struct karto_numbered *records,
                                                uint32_t count, uint32_t first);
KARTO_CHECKED enum karto_err karto_number_drop(struct karto_tx *tx, struct karto_rid id, uint32_t number);

#endif
