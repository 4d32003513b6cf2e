/* ledger.h - all the small numbers of a store in one row: read at the beginning of a transaction, written at its end if
 * they changed. */
#ifndef KARTO_STORE_LEDGER_H
#define KARTO_STORE_LEDGER_H

#include "core/base/buf.h"
#include "core/base/limits.h"
#include "core/model/epoch.h"
#include "core/model/hlc.h"

enum karto_store_role {
    KARTO_LOCAL = 1, /* one person, no hub yet */
    KARTO_ON_DEVICE,
    KARTO_ON_HUB,
};

enum { KARTO_LEDGER_KINDS = KARTO_KIND_MAX + 1 };

struct karto_ledger {
    enum karto_store_role role;
    struct karto_node node;      /* the writer at this store */
    uint64_t seq;                /* of its last change */
    struct karto_node rule_node; /* hub: the writer of its own rules */
    uint64_t rule_seq;
    struct karto_hlc clock;
    uint64_t position; /* of the last entry of the log; on a hub the hub sequence */

    struct karto_epoch epoch;   /* hub: its own. Device: the one reconciled with */
    struct karto_epoch heard;   /* device: the highest ever heard */
    struct karto_epoch rotated; /* device: the one for which never-sent changes were reissued */
    uint64_t rights;            /* device: version of its rights that it has reconciled with */
    uint64_t cursor;            /* device: hub position up to which everything was pulled */

    bool reconciling; /* device: a reconcile was begun under these, and is through up to this record */
    struct karto_epoch reconcile_epoch;
    uint64_t reconcile_rights, reconcile_cursor;
    struct karto_rid reconcile_after;

    int64_t clock_offset_ms; /* device: to add to this machine's clock to have the hub's */
    int64_t synced_ms;       /* device: when a synchronisation last went through; 0: never */
    int64_t day;             /* hub: the last day whose timelines were put into effect */
    uint64_t pending, refused, conflicts;
    uint64_t counts[KARTO_LEDGER_KINDS]; /* records of each kind */
};

void karto_ledger_encode(const struct karto_ledger *ledger, struct karto_buf *out);
KARTO_CHECKED enum karto_err karto_ledger_decode(struct karto_slice bytes, struct karto_ledger *ledger);

#endif
