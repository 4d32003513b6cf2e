/* hub_recovery.h - a hub that was put back from a backup. What it took after the backup is lost to it, but not to the
 * devices: each gives back what it had made, and what it knows of records. Until the administrator says that the hub is
 * recovered it takes that and gives nothing.
 *
 * A mark says of a node up to which of its changes the backup had them: those behind it are to be given back. */
#ifndef KARTO_STORE_HUB_RECOVERY_H
#define KARTO_STORE_HUB_RECOVERY_H

#include "core/store/hub.h"

/* What was said of the data of a device that was turned out, and when. */
enum karto_journal_word {
    KARTO_JOURNAL_WIPE,  /* they are to be removed */
    KARTO_JOURNAL_KEEP,  /* they stay */
    KARTO_JOURNAL_WIPED, /* it has removed them */
};

struct karto_journal_line {
    struct karto_rid device;
    enum karto_journal_word word;
    int64_t ms;
};

/* What is kept outside of the store, and outlives putting it back. */
struct karto_hub_journal {
    const struct karto_epoch *epochs; /* that hubs of this organisation ever had */
    uint32_t epoch_count;
    const struct karto_rid *revoked; /* devices */
    uint32_t revoked_count;
    const struct karto_rid *retired; /* those of them that were taken out of service */
    uint32_t retired_count;
    const struct karto_journal_line *data; /* of whichever devices; of WIPE and KEEP the latest counts */
    uint32_t data_count;
};

/* The store is a copy from a backup: it goes on as another hub, of an epoch above all that it, or the journal, knows.
 * Devices that the journal says are revoked are so again, and those that were enrolled after the backup are known by
 * that alone. Invitations that the backup has as unused are withdrawn: they may have been used after it, and would be
 * good for a second device. KARTO_E_USAGE: it is no hub's. */
KARTO_CHECKED enum karto_err karto_hub_restored(struct karto_tx *tx, const struct karto_hub_journal *journal);

struct karto_recovery {
    bool ever;              /* the hub was put back at some time: the rest counts */
    bool recovering;        /* it gives nothing yet */
    int64_t at_ms;          /* when it was put back, by its own clock */
    uint64_t position;      /* of the log then */
    uint64_t first;         /* and when it was put back for the first time: up to there nothing was ever lost */
    uint32_t gave, lacking; /* devices that have given back all that they had; that have not. Revoked ones do not count
                             */
    uint32_t claimed;       /* of the latter: those that nobody has admitted yet. hub_admit.h */
    uint64_t held;          /* states that wait for a word of the administrator: hub_held.h */
    uint32_t full;          /* devices that have more of them than is held */
    uint64_t withdrawn;     /* invitations of the backup that could still have been used, and are good no more */
};

/* Without counting devices, for every request; and with it. */
KARTO_CHECKED enum karto_err karto_hub_recovery_state(struct karto_tx *tx, struct karto_recovery *recovery);
KARTO_CHECKED enum karto_err karto_hub_recovery(struct karto_tx *tx, struct karto_recovery *recovery);

/* What karto_hub_recovery says of invitations, alone. */
KARTO_CHECKED enum karto_err karto_hub_withdrawn(struct karto_tx *tx, uint64_t *count);

/* From now on it takes and gives as ever; what is held is looked at once more. KARTO_E_USAGE: it is not being
 * recovered. */
KARTO_CHECKED enum karto_err karto_hub_recovered(struct karto_tx *tx);

/* Whether the device has something to give back in this epoch; and that it has given all. */
bool karto_hub_wants(const struct karto_tx *tx, const struct karto_recovery *recovery,
                     const struct karto_device *device);
KARTO_CHECKED enum karto_err karto_hub_gave(struct karto_tx *tx, struct karto_device *device);

/* What the device says of a change that it gives back: the verdict (APPLIED or REFUSED, then with a reason), and the
 * receipt, 0 if it has none. */
struct karto_claim {
    enum karto_verdict verdict;
    enum karto_err reason;
    uint64_t receipt;
};

/* Takes a change back that the lost hub has judged: with a receipt as it was judged then, for a verdict is final;
 * without one as it would be judged now. KARTO_V_REISSUE: it would be refused now, or a later one of its node has come
 * already, from a copy of the device's store. KARTO_V_NONE: it builds on what nobody has given back yet, and is to be
 * given back again later; when the hub is recovered, what is missing then is taken for lost. So is what a device
 * without a receipt brings that is not admitted yet. KARTO_E_PROTOCOL: no honest device gives that back, or the hub was
 * never put back. */
KARTO_CHECKED enum karto_err karto_hub_give_back(struct karto_tx *tx, const struct karto_device *device,
                                                 const struct karto_change *change, const struct karto_claim *claim,
                                                 struct karto_judgement *judgement);

/* Up to which seq the backup had the node's changes: 0, none. */
KARTO_CHECKED enum karto_err karto_hub_mark(struct karto_tx *tx, struct karto_node node, uint64_t *seq);

/* Whether the log tells all that was written in the record, or in all of them (NULL). *whole false: something came with
 * states after head office was put back, and of all records that cannot be known; since_ms is then when that was. */
KARTO_CHECKED enum karto_err karto_hub_history(struct karto_tx *tx, const struct karto_record *record, bool *whole,
                                               int64_t *since_ms);

#endif
