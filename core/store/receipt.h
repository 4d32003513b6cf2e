/* receipt.h - what a device is given for a change that was judged: a proof of the verdict that only this hub can have
 * made. Its key is in every backup, so that a hub that was put back knows its own again. */
#ifndef KARTO_STORE_RECEIPT_H
#define KARTO_STORE_RECEIPT_H

#include "core/model/verdict.h"
#include "core/store/store.h"

/* What was judged, and how. */
struct karto_judged {
    struct karto_dot dot;
    uint64_t hash;              /* of the change, as dots.h has it */
    enum karto_verdict verdict; /* APPLIED or REFUSED */
    bool apart;                 /* refused, and nothing of it has reached the record */
};

/* Never 0, which stands for none. */
KARTO_CHECKED enum karto_err karto_receipt_make(struct karto_tx *tx, const struct karto_judged *judged,
                                                uint64_t *receipt);

/* Whether the receipt is of this change and verdict; if so, judged->apart is as it was then. */
KARTO_CHECKED enum karto_err karto_receipt_check(struct karto_tx *tx, struct karto_judged *judged, uint64_t receipt,
                                                 bool *valid);

#endif
