/* hub_journal.h - what a hub must know of itself even when its store is put back: the epochs that it was of, and the
 * devices that were turned out. Lines of text in a file beside the store (docs/FORMAT.md), each on disk before what it
 * says counts; nothing is ever taken out of it. */
#ifndef KARTO_STORE_HUB_JOURNAL_H
#define KARTO_STORE_HUB_JOURNAL_H

#include "core/store/hub_recovery.h"

#define KARTO_HUB_JOURNAL "hub.journal"

/* In the arena. That of the store in dir; empty where there is none. A line that was cut, or that a later version
 * wrote, is left out.
 */
KARTO_CHECKED enum karto_err karto_hub_journal_read(struct karto_arena *arena, const char *dir,
                                                    struct karto_hub_journal *journal);

/* Adds a line, unless it is there. */
KARTO_CHECKED enum karto_err karto_hub_journal_epoch(const char *dir, struct karto_epoch epoch);
KARTO_CHECKED enum karto_err karto_hub_journal_revoked(const char *dir, struct karto_rid device);

/* The same, and that it was taken out of service. */
KARTO_CHECKED enum karto_err karto_hub_journal_retired(const char *dir, struct karto_rid device);

/* What becomes of the data of one that was turned out. */
KARTO_CHECKED enum karto_err karto_hub_journal_data(const char *dir, const struct karto_journal_line *line);

/* Adds to the journal of a directory what another one's says. */
KARTO_CHECKED enum karto_err karto_hub_journal_join(const char *from, const char *dir);

#endif
