/* hub.h - the store of the hub: it orders changes, decides who gets what, and keeps what it decided. */
#ifndef KARTO_STORE_HUB_H
#define KARTO_STORE_HUB_H

#include "core/model/past.h"
#include "core/model/rights.h"
#include "core/model/verdict.h"
#include "core/store/entry.h"

/* ---- devices ---- */

struct karto_device {
    struct karto_rid id; /* its record, and the name in its certificate */
    struct karto_slice user;
    struct karto_slice public_key; /* DER */
    struct karto_rights scope;     /* role and territories */
    uint64_t rights;               /* version: grows when role or territories change */
    struct karto_rights former;    /* what it last reconciled with, where that is something else */
    int64_t former_until_ms;       /* how long what it made under those still counts; 0: there are none */
    bool revoked;
    bool retired;               /* and why: it was taken out of service, and is not in strange hands */
    bool wipe;                  /* and it is told to remove its data when it comes */
    int64_t revoked_ms;         /* when that was said last; 0: by a program that did not note it */
    int64_t wiped_ms;           /* when it had removed them, as it says; 0: it has not said so */
    struct karto_slice serial;  /* of its present certificate, hexadecimal */
    int64_t contact_ms;         /* last hello; 0: never */
    uint64_t unsent;            /* as it last said */
    struct karto_epoch gave;    /* in which it last gave back everything, or was enrolled; zero: none. hub_recovery.h */
    uint64_t cursor;            /* hub position that it had heard of when it last said hello with something to send */
    struct karto_rights claims; /* what it says that it is, and nobody has admitted yet; role 0: nothing. hub_admit.h */
};

KARTO_CHECKED enum karto_err karto_hub_device(struct karto_tx *tx, struct karto_rid id, struct karto_device *device);
KARTO_CHECKED enum karto_err karto_hub_put_device(struct karto_tx *tx, const struct karto_device *device);

/* Visits all of them, in the order of their ids. */
typedef enum karto_err karto_device_visit(struct karto_tx *tx, const struct karto_device *device, void *context);
KARTO_CHECKED enum karto_err karto_hub_each_device(struct karto_tx *tx, karto_device_visit *visit, void *context);

/* Gives it another role or other territories. What it has made under those that it last reconciled with still goes
 * through, until it has reconciled with the new ones, for KARTO_LATE_MS_MAX at most. */
KARTO_CHECKED enum karto_err karto_hub_set_scope(struct karto_tx *tx, struct karto_device *device,
                                                 const struct karto_rights *scope);

/* The device has reconciled with its present rights: it pulls under them. */
KARTO_CHECKED enum karto_err karto_hub_settle(struct karto_tx *tx, struct karto_device *device);

/* Begins the hub's life: epoch, and a device record for head office itself. */
KARTO_CHECKED enum karto_err karto_hub_init(struct karto_tx *tx);

/* Enters a new device, whose record everybody gets. device->id is its record's. */
KARTO_CHECKED enum karto_err karto_hub_enrol(struct karto_tx *tx, const struct karto_device *device,
                                             struct karto_slice name);

/* Gives a device another name, in its record, by the rule node and in the name of the store's user. name is clean
 * (karto_text_clean), not empty, and has KARTO_NAME_SIZE_MAX bytes at most. *renamed false: it is called that already,
 * and nothing was written. KARTO_E_NOT_FOUND: it has no record, as one that is known by the journal alone. */
KARTO_CHECKED enum karto_err karto_hub_rename(struct karto_tx *tx, struct karto_rid id, struct karto_slice name,
                                              bool *renamed);

/* A node id that the device has proved. Enters it if it is new: so this writes. KARTO_E_PROTOCOL: it is another
 * device's, or not proved. */
KARTO_CHECKED enum karto_err karto_hub_prove(struct karto_tx *tx, const struct karto_device *device,
                                             struct karto_node node, uint64_t random);

/* Which device a node id belongs to. KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_hub_owner(struct karto_tx *tx, struct karto_node node, struct karto_rid *device);

/* The highest change known of a node, and its keyed hash; 0, 0: none. */
KARTO_CHECKED enum karto_err karto_hub_known(struct karto_tx *tx, struct karto_node node, uint64_t *seq,
                                             uint64_t *hash);

/* ---- taking changes ---- */

struct karto_judgement {
    enum karto_verdict verdict;
    bool inside;
    enum karto_err reason; /* of a refusal */
    uint64_t receipt;      /* receipt.h, of a verdict that is final; else 0 */
    bool aside;            /* refused just now, and its bytes are set aside: quarantine.h */
};

/* Judges and, as may be, applies a change of a device: all of its effects, on other records too, in this transaction.
 * earlier: the device first sent it under an earlier epoch; KARTO_V_REISSUE: this hub would refuse what a lost one may
 * have applied, or, put back, has a later change of the same node already, from a copy of the device's store.
 * KARTO_E_PROTOCOL: an honest device cannot have sent it (another's node, a seq out of turn, a context it cannot have);
 * nothing was done. KARTO_E_QUARANTINE: nothing more is set aside of this device; nothing was done.
 *
 * A change of which the hub cannot read what it is to be applied to is refused, and set aside with its bytes. */
KARTO_CHECKED enum karto_err karto_hub_push(struct karto_tx *tx, const struct karto_device *device,
                                            const struct karto_change *change, bool earlier,
                                            struct karto_judgement *judgement);

/* The same of a change with a flaw, what is wrong with it, in English: it cannot be applied, and is set aside. Of a
 * device that waits to be admitted nothing is done: KARTO_V_NONE. */
KARTO_CHECKED enum karto_err karto_hub_push_flawed(struct karto_tx *tx, const struct karto_device *device,
                                                   const struct karto_change *change, bool earlier, const char *flaw,
                                                   struct karto_judgement *judgement);

/* A change made at head office, of this record as it is; its dot is the hub's own next. */
KARTO_CHECKED enum karto_err karto_hub_edit(struct karto_tx *tx, const struct karto_entry *before,
                                            const struct karto_change *change);

/* Puts into effect the timelines whose date has come: cheap when there are none. */
KARTO_CHECKED enum karto_err karto_hub_midnight(struct karto_tx *tx);

/* ---- giving ---- */

/* The position of the last event in the device's scope. */
KARTO_CHECKED enum karto_err karto_hub_position(struct karto_tx *tx, const struct karto_device *device,
                                                uint64_t *position);
KARTO_CHECKED enum karto_err karto_hub_digest(struct karto_tx *tx, const struct karto_device *device,
                                              struct karto_sum *sum);

/* A device that has all up to position says, with nothing pending, that its digest is another than the hub's. It will
 * compare all records; if it finds nothing it says so again, up to the same position, and then it is the hub whose sums
 * are in doubt: they are made anew, once in KARTO_DIGEST_REBUILD_MS_MIN at most. *wrong: how many rows were wrong; 0:
 * nothing was done, or all was right. */
KARTO_CHECKED enum karto_err karto_hub_doubt(struct karto_tx *tx, struct karto_rid device, uint64_t position,
                                             uint64_t *wrong);

enum karto_feed_type {
    KARTO_FEED_CHANGE,
    KARTO_FEED_STATE,
    KARTO_FEED_LEAVE,
};

/* One thing for the device to know. */
struct karto_feed_event {
    enum karto_feed_type type;
    struct karto_rid record;
    struct karto_change change; /* CHANGE: void if it was refused */
    struct karto_slice home;    /* STATE */
    struct karto_slice state;   /* STATE: canonical bytes */
};

/* Events of the device's scope behind cursor, in order, until about budget bytes or most events; *next is the cursor
 * behind them, and *more whether there are any left. skip: changes of this node up to this seq are left out. */
KARTO_CHECKED enum karto_err karto_hub_feed(struct karto_tx *tx, const struct karto_device *device, uint64_t cursor,
                                            struct karto_dot skip, uint64_t budget, uint32_t most,
                                            struct karto_feed_event **events, uint32_t *count, uint64_t *next,
                                            bool *more);

/* What of an encoded record, which lies in its scope, the device may have: in the arena, or state itself. Empty: it may
 * not have all, and the record cannot be read. */
struct karto_slice karto_hub_part(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                                  struct karto_slice state);

/* Walks the records of the device's scope behind an id, in order. visit gets the row, whole; an error ends the walk and
 * comes back, KARTO_E_INTERRUPTED as KARTO_OK. */
typedef enum karto_err karto_hub_visit(struct karto_tx *tx, struct karto_rid id, struct karto_slice home,
                                       struct karto_slice state, void *context);
KARTO_CHECKED enum karto_err karto_hub_walk(struct karto_tx *tx, const struct karto_device *device,
                                            struct karto_rid after, karto_hub_visit *visit, void *context);

/* Whether a record is there, and in the device's scope. */
KARTO_CHECKED enum karto_err karto_hub_has(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                                           bool *has);

/* Home of one record, and of its state what the device may have; KARTO_E_NOT_FOUND: not in the device's scope, or not
 * there. */
KARTO_CHECKED enum karto_err karto_hub_state(struct karto_tx *tx, const struct karto_device *device,
                                             struct karto_rid id, struct karto_slice *home, struct karto_slice *state);

/* Older changes of the records in the device's scope, for PROTOCOL.md's history: page, in the arena. Looks at
 * KARTO_HISTORY_ROWS_MAX entries of the log at most. KARTO_E_STALE: a record has left the scope behind the cursor, and
 * the device must hear of that first. */
KARTO_CHECKED enum karto_err karto_hub_past(struct karto_tx *tx, const struct karto_device *device,
                                            const struct karto_past_ask *ask, struct karto_past_page *page);

/* ---- invitations ---- */

struct karto_invite {
    struct karto_slice user;
    struct karto_rights rights;
    int64_t expires_ms;
    struct karto_slice public_key;  /* of who used it; empty: unused */
    struct karto_rid device;        /* of who used it */
    struct karto_slice certificate; /* PEM given then: the same key gets the same again */
};

/* token: 16 random bytes, of which the store keeps the SHA-256 alone. */
KARTO_CHECKED enum karto_err karto_hub_invite(struct karto_tx *tx, const uint8_t token[16],
                                              const struct karto_invite *invite);

/* Visits all of them. One that cannot be read is passed over: check names it, and it is good for nobody. */
typedef enum karto_err karto_invite_visit(struct karto_tx *tx, const struct karto_invite *invite, void *context);
KARTO_CHECKED enum karto_err karto_hub_each_invite(struct karto_tx *tx, karto_invite_visit *visit, void *context);

/* Whether somebody could still join by it. */
bool karto_hub_is_open(const struct karto_tx *tx, const struct karto_invite *invite);

/* Deletes the invitations that nobody has used, of a user or (NULL) of everybody, then with those that cannot be read.
 * Used ones stay: the same key gets its certificate again. *open: how many of them were open. */
KARTO_CHECKED enum karto_err karto_hub_withdraw(struct karto_tx *tx, const struct karto_slice *user, uint64_t *open);

/* KARTO_E_INVITATION: unknown, expired, or used with another key. */
KARTO_CHECKED enum karto_err karto_hub_find_invite(struct karto_tx *tx, const uint8_t token[16],
                                                   struct karto_slice public_key, struct karto_invite *invite);

#endif
