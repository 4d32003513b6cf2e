/* check.h - walks a whole store and verifies what docs/DESIGN.md marks with a check mark. Reads only; takes as long as
 * reading everything two or three times, and memory for 24 to 96 bytes a record besides what one record needs.
 *
 * Records: readable, canonical; on a device the view is the base with what is pending on top; their rows in the
 * indexes; on a hub the home, and the dates on which it will change.
 *
 * Log: without holes; each entry names the one before of its record, and begins in the territory where that ended; the
 * record names its last. A change has no values exactly when it was refused; only then may it stand apart from its
 * record. A device forgets the place of a record that left, so there a history may begin anew.
 *
 * Hub: each change in the log has its row in dots, with its position, verdict and keyed hash, and each row its change;
 * where values (of a refused one) or contexts (of an amended one) are gone, the hash cannot be made again. The seqs of
 * a node have no holes, and the node its device. Feeds, dates, nodes, devices, invitations; what is held of devices can
 * be read, and is counted. Each proposal is the change that was refused, values and all, by the hash that dots has of
 * it; they are counted.
 *
 * Device: each change made here has its row in own, and the other way; those without a verdict are pending, and no
 * others; each row of base has its record; what is dismissed was refused.
 *
 * What is set aside: each entry can be read; a hub has refused it in its log.
 *
 * Sums: each digest; the ledger's counts, conflicts, pending, refused, seqs and position; the store's own node ids.
 *
 * It is not verified that a record is what the log makes of it: a copy may have come as a state. */
#ifndef KARTO_STORE_CHECK_H
#define KARTO_STORE_CHECK_H

#include "core/store/store.h"

struct karto_check {
    uint64_t records, changes, indexed, problems;
};

/* Called for each problem with what is wrong, in English, and where: the record, if one is meant, or NULL. what lives
 * as long as the call. */
typedef void karto_check_report(void *context, const char *what, const struct karto_rid *record);

/* KARTO_OK also when there are problems: check->problems counts them. What cannot be read is one, and the walk goes on;
 * errors are those of the disk, and of a database that cannot be walked to its end. */
KARTO_CHECKED enum karto_err karto_check(struct karto_tx *tx, karto_check_report *report, void *context,
                                         struct karto_check *check);

#endif
