/* quarantine.h - what came from the other side and cannot be decoded or applied: set aside with its bytes, its author
 * and the reason, so that the rest goes on. Rows are those of docs/FORMAT.md, "A row of quarantine".
 *
 * What somebody hostile could want of it, and what he gets:
 *
 * - A device fills the hub's disk. A hub keeps KARTO_QUARANTINE_OF_DEVICE_MAX entries of one device at most; behind
 *   that its pushes are refused until the administrator has looked, and cost a walk over the rows. To fill the whole
 *   takes many devices, each of which was invited. The same bytes under the same name are one entry, however often they
 *   come.
 * - A device hides a change, or makes another out of it. Only what is pushed under a node of its own can be set aside,
 *   in turn, and the verdict is final: the change is refused, its hash stands with its name as that of any other, so
 *   that a good change under the same name is a fork. Of a record nothing has changed: nobody's value goes away
 *   because somebody sent what cannot be read.
 * - A device blocks others. An entry belongs to who pushed it. Only the whole can be full for all, and only for those
 *   who push what cannot be read.
 * - A hub hides a change from a device. It could leave it out as well; this way it shows, in `karto status`. The device
 *   asks for the record's state, compares everything once more, and if the same bytes came again, and nothing else
 *   differs, it remembers by how much the sums differ, so that it does not compare for ever; any other difference it
 *   looks for as before. A hub that sends others each time comes to the limit below.
 * - A hub fills a device's disk: KARTO_QUARANTINE_OF_HUB_MAX, then synchronisation stops with an error, and what is
 *   here stays usable.
 * - Bytes of others reach a terminal: they are shown as what they are called, never as text; `show -o` writes a file.
 */
#ifndef KARTO_STORE_QUARANTINE_H
#define KARTO_STORE_QUARANTINE_H

#include "core/base/hash.h"
#include "core/store/store.h"

enum karto_quarantine_form {
    KARTO_QUARANTINE_CHANGE = 1, /* bytes: as a change in FORMAT.md, of the parts as they came */
    KARTO_QUARANTINE_STATE = 2,  /* bytes: the record as it came */
};

struct karto_quarantined {
    uint64_t number; /* its name for people: 1, 2, 3, … never given again */
    enum karto_quarantine_form form;
    int64_t at_ms;             /* when it came, by this store's clock */
    struct karto_rid device;   /* whose push it is of; zero: it came from the hub */
    struct karto_rid record;   /* that it is of; zero: not known */
    struct karto_dot dot;      /* of a change; zero: not known */
    uint64_t position;         /* hub: of the log, where it stands as refused. Device: up to where it had pulled */
    struct karto_slice error;  /* id */
    struct karto_slice detail; /* what is wrong, in English; may be empty */
    struct karto_slice author; /* empty: not known, or not text */
    struct karto_slice bytes;
};

/* Sets it aside under the next number; time is filled in, and an author that is not text left out. The same bytes under
 * the same name are not set aside again: *added false. KARTO_E_QUARANTINE: over a limit of limits.h; nothing was
 * done. */
KARTO_CHECKED enum karto_err karto_quarantine_put(struct karto_tx *tx, const struct karto_quarantined *entry,
                                                  bool *added);

/* KARTO_E_NOT_FOUND, KARTO_E_CORRUPT. Points into the store, or the arena where the transaction writes. */
KARTO_CHECKED enum karto_err karto_quarantine_get(struct karto_tx *tx, uint64_t number,
                                                  struct karto_quarantined *entry);

/* KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_quarantine_remove(struct karto_tx *tx, uint64_t number);

KARTO_CHECKED enum karto_err karto_quarantine_count(struct karto_tx *tx, uint64_t *count);

/* Each, by number. An error of visit ends the walk and comes back; visit must not write to the quarantine. */
typedef enum karto_err karto_quarantine_visit(struct karto_tx *tx, const struct karto_quarantined *entry,
                                              void *context);
KARTO_CHECKED enum karto_err karto_quarantine_each(struct karto_tx *tx, karto_quarantine_visit *visit, void *context);

/* A row, pointing into it. KARTO_E_CORRUPT. */
KARTO_CHECKED enum karto_err karto_quarantine_parse(struct karto_slice key, struct karto_slice row,
                                                    struct karto_quarantined *entry);

/* The highest number ever given; 0: none. */
KARTO_CHECKED enum karto_err karto_quarantine_last(struct karto_tx *tx, uint64_t *number);

/* Whether what was set aside can be decoded by this program: an older one may have set it aside. */
bool karto_quarantine_is_readable(struct karto_tx *tx, const struct karto_quarantined *entry);

/* ---- on a device: by how much the sums differ because of what it does not have ---- */

/* All records were compared. damaged: of some the hub sent again what cannot be read, and all others agree; so the
 * difference that hello shows next is theirs. Not damaged: there is no such difference any more. */
KARTO_CHECKED enum karto_err karto_quarantine_compared(struct karto_tx *tx, bool damaged);

/* Whether this difference between the hub's digest and ours is that of what is set aside. learn: it may be noted now,
 * where it is the first behind a comparison. To another version of the program it explains nothing: that one compares
 * once more, for it may read what this one cannot. */
KARTO_CHECKED enum karto_err karto_quarantine_explains(struct karto_tx *tx, struct karto_sum difference, bool learn,
                                                       bool *explains);

/* What can be decoded now is no longer set aside, and all records are compared with the next synchronisation, which
 * brings what is missing. *tried, *readable: how many there were, and how many of them are gone. number 0: of all. */
KARTO_CHECKED enum karto_err karto_quarantine_retry(struct karto_tx *tx, uint64_t number, uint64_t *tried,
                                                    uint64_t *readable);

#endif
