/* edit.h - a person's edit at this store, whatever its role: logged, merged and indexed in one transaction. */
#ifndef KARTO_STORE_EDIT_H
#define KARTO_STORE_EDIT_H

#include "core/model/change.h"
#include "core/store/store.h"

/* The heads that a form showed in one register: if the store has others by the time of the save, it fails. */
struct karto_shown {
    uint32_t field;
    struct karto_slice key;
    const struct karto_dot *dots; /* ascending */
    uint32_t count;
};

struct karto_save {
    uint32_t kind;
    struct karto_rid record;
    bool create; /* it must not be there yet; else it must */
    const struct karto_edit *edits;
    uint32_t count;
    const struct karto_shown *shown; /* may be NULL: nothing was shown */
    uint32_t shown_count;
    struct karto_slice author; /* empty: the store's user */
    enum karto_via via;
    uint64_t batch; /* 0: one of its own */
    struct karto_slice reason;
};

/* KARTO_E_NOT_FOUND, KARTO_E_EXISTS, KARTO_E_CHANGED (shown is no longer true), KARTO_E_INVALID, KARTO_E_LIMIT,
 * KARTO_E_NOT_PERMITTED (the hub would refuse it). *batch is the number for undo; may be NULL. Nothing is written when
 * no edit changes anything. */
KARTO_CHECKED enum karto_err karto_save(struct karto_tx *tx, const struct karto_save *save, uint64_t *batch);

#endif
