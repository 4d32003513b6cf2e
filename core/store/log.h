/* log.h - what happened, in order. An entry is a change, or, on a hub, that a record moved to another territory because
 * of something else (the client it hangs on moved, a date came). Each names the position of the same record's
 * previous entry, and the record that of its last: the history of a record is a walk back. */
#ifndef KARTO_STORE_LOG_H
#define KARTO_STORE_LOG_H

#include "core/model/change.h"
#include "core/model/verdict.h"
#include "core/store/store.h"

enum karto_log_type {
    KARTO_LOG_CHANGE = 1,
    KARTO_LOG_MOVE = 2,
};

struct karto_log_entry {
    enum karto_log_type type;
    enum karto_verdict verdict; /* of a change: NONE while it is pending here */
    bool concurrent;   /* hub: an old value is no longer in the copies of those who have all before this entry */
    bool apart;        /* hub: a refused change of which the record has nothing: not in its chain, in nobody's feed */
    bool amended;      /* hub: its contexts are not all that the device sent: dots has the hash of what it sent */
    bool stripped;     /* device: by others, of a record that has left the scope since: void, and no part of history */
    uint64_t previous; /* position of the same record's entry before; 0: none */
    struct karto_rid record;
    int64_t at_ms;                    /* when it came here, by this store's clock */
    struct karto_slice before, after; /* hub: the record's territory, and then */
    struct karto_slice change; /* canonical bytes with old values; empty in a move, and where append makes them */
};

/* At the next position, which the ledger then names. change: that of the entry, for batches.h and, where the entry has
 * no bytes of it, for its bytes; NULL in a move. */
KARTO_CHECKED enum karto_err karto_log_append(struct karto_tx *tx, const struct karto_log_entry *entry,
                                              const struct karto_change *change);
KARTO_CHECKED enum karto_err karto_log_replace(struct karto_tx *tx, uint64_t position,
                                               const struct karto_log_entry *entry);

/* KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_log_read(struct karto_tx *tx, uint64_t position, struct karto_log_entry *entry);
KARTO_CHECKED enum karto_err karto_log_parse(struct karto_slice row, struct karto_log_entry *entry);

/* Bytes of a row that parse takes. */
void karto_log_encode(const struct karto_log_entry *entry, struct karto_buf *row);

/* The change of an entry. KARTO_E_NOT_FOUND: it is none. */
KARTO_CHECKED enum karto_err karto_log_change(struct karto_tx *tx, const struct karto_log_entry *entry,
                                              struct karto_change *change);

#endif
