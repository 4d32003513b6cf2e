#include "core/store/device_view.h"

#include "core/base/broken.h"
#include "core/model/merge.h"
#include "core/store/device.h"
#include "core/store/log.h"
#include "core/store/own.h"
#include "core/store/past.h"

static enum karto_err is_pending(struct karto_tx *tx, struct karto_dot dot, bool *pending)
{
    struct karto_own own;
    enum karto_err err = karto_own_get(tx, dot, &own);
    *pending = err == KARTO_OK && own.verdict == KARTO_V_NONE;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_view_pending(struct karto_tx *tx, const struct karto_entry *entry,
                                  struct karto_view_pending **pending)
{
    struct karto_log_entry row;
    uint32_t left = entry->pending;
    *pending = karto_arena_array(&tx->arena, left, sizeof **pending);
    for (uint64_t at = entry->last; left > 0; at = row.previous) {
        bool found = false;
        enum karto_err err = at ? karto_log_read(tx, at, &row) : KARTO_E_CORRUPT;
        struct karto_view_pending *slot = &(*pending)[left - 1];
        if (err == KARTO_OK)
            err = karto_log_change(tx, &row, &slot->change);
        if (err == KARTO_OK)
            err = is_pending(tx, slot->change.stamp.dot, &found);
        if (err != KARTO_OK)
            return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
        slot->position = at;
        left -= found;
    }
    return KARTO_OK;
}

enum karto_err karto_view_part(struct karto_tx *tx, const struct karto_change *change, struct karto_change *part,
                               bool *some)
{
    struct karto_rights rights;
    enum karto_err err = karto_device_rights(tx, &rights);
    *part = *change;
    *some = true;
    if (err == KARTO_OK && !KARTO_BROKEN("view-part"))
        *some = karto_change_part(&tx->arena, rights.role, change, part);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* the hub has not been asked yet */
}

static enum karto_err show_pending(struct karto_tx *tx, struct karto_entry *entry, const struct karto_change *change)
{
    struct karto_change part;
    struct karto_record next;
    bool some;
    enum karto_err err = karto_view_part(tx, change, &part, &some);
    if (err == KARTO_OK && some && karto_apply(&tx->arena, &entry->view, &part, &next) == KARTO_APPLIED &&
        karto_record_check(&next) == KARTO_OK) /* what others wrote meanwhile may leave no room for it */
        entry->view = next;
    return err;
}

static enum karto_err make_view(struct karto_tx *tx, struct karto_entry *entry)
{
    struct karto_view_pending *pending;
    entry->view = entry->base;
    if (entry->pending == 0)
        return KARTO_OK;
    enum karto_err err = karto_view_pending(tx, entry, &pending);
    for (uint32_t i = 0; i < entry->pending && err == KARTO_OK; i++)
        err = show_pending(tx, entry, &pending[i].change);
    return err;
}

enum karto_err karto_view_save(struct karto_tx *tx, const struct karto_entry *before, struct karto_entry *after)
{
    enum karto_err err = KARTO_OK;
    bool was_ours = before->kept || before->expect, is_ours = after->kept || after->expect;
    after->exists = is_ours || after->pending > 0;
    if (was_ours && !is_ours)
        err = karto_past_forget(tx, after->id, after->last);
    if (err == KARTO_OK && before->exists && !after->exists)
        err = karto_past_leave(tx, after->id, after->last);
    if (err == KARTO_OK && after->exists)
        err = make_view(tx, after);
    return err == KARTO_OK ? karto_entry_save(tx, before, after) : err;
}
