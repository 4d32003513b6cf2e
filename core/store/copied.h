/* copied.h - a store that was copied, or put back from a backup, writes as somebody else from then on: the original, or
 * what became of it since, has used the node id that the copy remembers, and one dot must never name two changes.
 *
 * It is told by the data file. The row "file" of meta says which one the store was last opened in (its inode and when
 * it was born), a copy is another file, and LMDB's pages carry the row along. Not told so: bytes written over the old
 * file in place, and disks that were put back as a whole. Those a device learns of from its hub, and the hub from its
 * devices. */
#ifndef KARTO_STORE_COPIED_H
#define KARTO_STORE_COPIED_H

#include "core/store/store.h"

/* unknown: there is no row "file", as in stores of older programs, or the journal beside a hub's store lacks its epoch.
 * copied: the row names another file than this, or that journal knows a higher epoch than the store. */
KARTO_CHECKED enum karto_err karto_copied_look(struct karto_tx *tx, bool *unknown, bool *copied);

/* Notes which file this is, and in a hub's journal the epoch. A copy goes on under new node ids, and one of a hub with
 * a new epoch, as a hub that is to be recovered (hub_recovery.h). What is pending on a device keeps its dots: the
 * original has the same changes under them, and the hub takes each once, from whoever is first. */
KARTO_CHECKED enum karto_err karto_copied_note(struct karto_tx *tx);

/* The administrator's word that a hub's store was put back, where nothing shows it: a disk, or a virtual machine, that
 * was put back as a whole. KARTO_E_USAGE: it is no hub's. */
KARTO_CHECKED enum karto_err karto_copied_said(struct karto_tx *tx);

#endif
