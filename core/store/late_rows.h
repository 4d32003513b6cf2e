/* late_rows.h - rows of the index that a transaction has still to put. They come one record after the other, in no
 * order of their own; put together in the order of their keys, those of one page find it at hand, which makes a bulk
 * load twice as fast and an edit no slower. Whoever reads or deletes rows of the index asks first. */
#ifndef KARTO_STORE_LATE_ROWS_H
#define KARTO_STORE_LATE_ROWS_H

#include "core/store/store.h"

/* A row of KARTO_DB_INDEX without value: key, whose last 16 bytes are the id of its record. */
void karto_late_rows_add(struct karto_tx *tx, struct karto_slice key);

/* Puts what waits, if there may be a row in it whose key, the id apart, is head; head.data NULL: any. */
KARTO_CHECKED enum karto_err karto_late_rows_put(struct karto_tx *tx, struct karto_slice head);

/* Drops what waits, and its memory: the end of every transaction. */
void karto_late_rows_forget(struct karto_tx *tx);

#endif
