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

/* ---- sums made anew from the records, to be held against the rows or put in their place ---- */

struct karto_digest_sums *karto_digest_sums_new(void);
void karto_digest_sums_free(struct karto_digest_sums *sums); /* NULL is fine */

/* Adds a record to the sums of a territory: what the hub has confirmed of it, if it is kept. KARTO_E_CORRUPT: no
 * territory has such a name. */
KARTO_CHECKED enum karto_err karto_digest_count(struct karto_digest_sums *sums, struct karto_slice territory,
                                                const struct karto_record *record);

/* Which sum. */
struct karto_digest_name {
    struct karto_slice territory;
    uint32_t kind, field;
};

/* Called for each row that is not the sum that sums has, or is missing; name NULL: for a row that cannot be read. */
typedef void karto_digest_differs(void *context, const struct karto_digest_name *name);
KARTO_CHECKED enum karto_err karto_digest_compare(struct karto_tx *tx, struct karto_digest_sums *sums,
                                                  karto_digest_differs *differs, void *context);

/* Makes all rows anew from the records if any is wrong; *wrong: how many were. Reads every record.
 * KARTO_E_CORRUPT: a record cannot be read; nothing was changed. */
KARTO_CHECKED enum karto_err karto_digest_rebuild(struct karto_tx *tx, uint64_t *wrong);

#endif
