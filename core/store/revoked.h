/* revoked.h - what is left in the directory of a laptop's store that was told to remove its data: a mark, as lines of
 * text (docs/FORMAT.md), by which every later command knows, and by which head office hears of it once more if it has
 * not yet.
 *
 * In this order, so that the power may be cut anywhere: the mark is on the disk; the data go; that they are gone is in
 * the mark; head office has said that it has heard so, and that is in the mark; the keys go. Whoever comes to a
 * directory with a mark goes on where that was. So nothing is removed without a mark, nothing is reported that was not
 * removed, and as long as it has to be reported there is a key to do that with: one that opens nothing any more.
 *
 * The files are unlinked, not overwritten: on flash, what is written over a block lands elsewhere, and the block stays
 * until the disk clears it. Who fears that has an encrypted disk. A process that has the store open keeps what it sees
 * until it ends, and what it still writes is gone with it. */
#ifndef KARTO_STORE_REVOKED_H
#define KARTO_STORE_REVOKED_H

#include "core/base/arena.h"
#include "core/base/sys.h"
#include "core/model/epoch.h"
#include "core/model/id.h"

#define KARTO_REVOKED_MARK "revoked.txt"

struct karto_revoked {
    struct karto_rid device;  /* which one it was */
    struct karto_slice hub;   /* HOST:PORT of head office */
    struct karto_epoch epoch; /* of head office when it said so */
    int64_t revoked_ms;       /* when it was revoked, by head office's clock; 0: not known */
    int64_t wiped_ms;         /* when all data were gone; 0: they are not */
    int64_t told_ms;          /* when head office had heard that; 0: it has not */
};

/* Reads the mark of a directory, into the arena. KARTO_E_NOT_FOUND: there is none, or what stands there is none, or the
 * directory is head office's. */
KARTO_CHECKED enum karto_err karto_revoked_read(struct karto_arena *arena, const char *dir, struct karto_revoked *mark);

/* Sets the mark, with which all of this begins: wiped_ms and told_ms are not looked at. An error of the disk: nothing
 * is removed. */
KARTO_CHECKED enum karto_err karto_revoked_begin(const char *dir, const struct karto_revoked *mark);

/* Goes on as far as it can without head office: what is still to be removed goes, and that it is gone is noted by the
 * clock of sys. *mark as it is then. KARTO_E_NOT_FOUND: no mark, and nothing was touched. Another error: of the disk;
 * it begins again there. */
KARTO_CHECKED enum karto_err karto_revoked_finish(struct karto_arena *arena, const char *dir,
                                                  const struct karto_sys *sys, struct karto_revoked *mark);

/* Head office has heard: that is noted, and the keys go. */
KARTO_CHECKED enum karto_err karto_revoked_told(struct karto_arena *arena, const char *dir,
                                                const struct karto_sys *sys);

/* KARTO_E_REVOKED where there is a mark, having gone on with it; else KARTO_OK. For who opens or makes a store. */
KARTO_CHECKED enum karto_err karto_revoked_check(const char *dir, const struct karto_sys *sys);

#endif
