/* digest.h - for each territory, kind and field, the sum of the hashes of that field in all records kept there.
 * Additive, so an edit costs one subtraction and one addition; a device adds up what it is entitled to and compares
 * with the hub.
 *
 * Within a transaction differences add up in memory, and are written once: when a digest is read, or at the end. */
#ifndef KARTO_STORE_DIGEST_H
#define KARTO_STORE_DIGEST_H

#include "core/store/entry.h"

KARTO_CHECKED enum karto_err karto_digest_update(struct karto_tx *tx, const struct karto_entry *before,
                                                 const struct karto_entry *after);

/* Writes what has added up. */
KARTO_CHECKED enum karto_err karto_digest_flush(struct karto_tx *tx);

/* Drops what has not been written, and its memory: the end of every transaction. */
void karto_digest_forget(struct karto_tx *tx);

#endif
