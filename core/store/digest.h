/* digest.h - for each territory, kind and field, the sum of the hashes of that field in all records kept there.
 * Additive, so an edit costs one subtraction and one addition; a device adds up what it is entitled to and compares
 * with the hub. */
#ifndef KARTO_STORE_DIGEST_H
#define KARTO_STORE_DIGEST_H

#include "core/store/entry.h"

KARTO_CHECKED enum karto_err karto_digest_update(struct karto_tx *tx, const struct karto_entry *before,
                                                 const struct karto_entry *after);

#endif
