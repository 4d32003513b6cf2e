/* child_row.h - what the row by which a record hangs on a client (KARTO_BY_CLIENT) says of it besides: as much as is
 * counted of a client, so that counting reads rows of an index that stand side by side, and no records. */
#ifndef KARTO_STORE_CHILD_ROW_H
#define KARTO_STORE_CHILD_ROW_H

#include "core/store/entry.h"

struct karto_child {
    bool counts; /* neither hidden nor cancelled; else there is nothing below */
    bool dated, priced;
    int64_t day;      /* of one that is dated */
    int64_t total;    /* hundredths, of a purchase that is priced */
    char currency[4]; /* of total */
};

/* Of a person, activity or purchase. */
struct karto_child karto_child_of(const struct karto_record *record);

/* Whether both say the same because the fields that are looked at are the very same. */
bool karto_child_same(const struct karto_record *a, const struct karto_record *b);

enum { KARTO_CHILD_ROW_MAX = 16 }; /* bytes */
struct karto_slice karto_child_encode(const struct karto_child *child, uint8_t out[KARTO_CHILD_ROW_MAX]);

/* false: the row does not say, as those of older programs. */
bool karto_child_decode(struct karto_slice row, struct karto_child *child);

/* Whether the row of this record can be believed: programs that know of no values leave behind what is out of date,
 * which is seen by their not keeping the index of words either. */
KARTO_CHECKED enum karto_err karto_child_is_kept(struct karto_tx *tx, struct karto_rid id, bool *kept);

/* What the row of a record says, or, where that is not to be had, the record itself. */
KARTO_CHECKED enum karto_err karto_child_read(struct karto_tx *tx, struct karto_rid id, struct karto_slice row,
                                              struct karto_child *child);

#endif
