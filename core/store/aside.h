/* aside.h - what a transaction that brings many new records leaves to a thread beside it while it goes on to the next:
 * the rows of the index, of which those of names take a sort key each, put in order; and the terms of words. A bulk
 * load spends half of its time on these, and hardly anybody asks for them before it is through.
 *
 * The thread sees nothing of the store, and lives no longer than the transaction. It is not begun for few records, or
 * where there is one processor: then the transaction does all by itself. */
#ifndef KARTO_STORE_ASIDE_H
#define KARTO_STORE_ASIDE_H

#include "core/store/late_rows.h"

/* Whether this new record is to be given. */
bool karto_aside_takes(struct karto_tx *tx, const struct karto_record *view);

/* A row of it that somebody might ask for; key and value are copied. To be followed by give. */
void karto_aside_give_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice value);

/* The rest of it; its values are copied. number: its number among the gathered; 0: its words are not wanted. */
void karto_aside_give(struct karto_tx *tx, const struct karto_record *view, uint32_t number);

/* Waits until the terms of all that was given are gathered. */
void karto_aside_wait(struct karto_tx *tx);

/* Waits for the rows of all that was given alone: sorted, in so many runs, until drop. Terms are gathered meanwhile,
 * and drop waits for them. */
uint32_t karto_aside_collect(struct karto_tx *tx, const struct karto_late_run **runs);
void karto_aside_drop(struct karto_tx *tx);

/* Ends the thread, and drops everything: the end of every transaction. */
void karto_aside_end(struct karto_tx *tx);

#endif
