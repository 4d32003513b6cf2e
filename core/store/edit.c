#include "core/store/edit.h"

#include "core/model/merge.h"
#include "core/model/rights.h"
#include "core/store/batches.h"
#include "core/store/device.h"
#include "core/store/hub.h"

/* ---- what is shown, and what changes nothing ---- */

static bool still_shown(const struct karto_record *view, const struct karto_shown *shown)
{
    const struct karto_register *reg = karto_record_register(view, shown->field, shown->key);
    uint32_t count = reg ? reg->count : 0;
    if (count != shown->count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!karto_dot_equal(reg->heads[i].stamp.dot, shown->dots[i]))
            return false;
    return true;
}

static bool changes_nothing(const struct karto_record *view, const struct karto_edit *edit)
{
    const struct karto_register *reg = karto_record_register(view, edit->field, edit->key);
    if (!reg)
        return karto_value_is_nil(edit->value);
    return reg->count == 1 && karto_slice_equal(reg->heads[0].value, edit->value);
}

/* Whether another edit of this save is about the same register: of several the last counts, so that none may be left
 * out. */
static bool is_alone(const struct karto_save *save, uint32_t at)
{
    for (uint32_t i = 0; i < save->count; i++)
        if (i != at && save->edits[i].field == save->edits[at].field &&
            karto_slice_equal(save->edits[i].key, save->edits[at].key))
            return false;
    return true;
}

static struct karto_edit *real_edits(struct karto_tx *tx, const struct karto_record *view,
                                     const struct karto_save *save, uint32_t *count)
{
    struct karto_edit *edits = karto_arena_array(&tx->arena, save->count, sizeof *edits);
    *count = 0;
    for (uint32_t i = 0; i < save->count; i++)
        if (!changes_nothing(view, &save->edits[i]) || !is_alone(save, i))
            edits[(*count)++] = save->edits[i];
    return edits;
}

/* ---- the change ---- */

static enum karto_err make_change(struct karto_tx *tx, const struct karto_entry *entry, const struct karto_save *save,
                                  const struct karto_edit *edits, uint32_t count, struct karto_change *change)
{
    *change = (struct karto_change){
        .kind = save->kind, .record = save->record, .batch = save->batch, .via = save->via, .reason = save->reason};
    change->stamp.dot = (struct karto_dot){tx->ledger.node, tx->ledger.seq + 1};
    change->stamp.author = save->author;
    enum karto_err err = KARTO_OK;
    if (save->author.size == 0)
        err = karto_user(tx, &change->stamp.author);
    if (err == KARTO_OK && save->batch == 0) {
        uint32_t number;
        err = karto_batch_fresh(tx, &number);
        change->batch = number;
    }
    if (err != KARTO_OK)
        return err;
    change->stamp.hlc = karto_next_stamp(tx);
    karto_change_make(&tx->arena, &entry->view, edits, count, change);
    return karto_change_check(change);
}

/* What the hub will ask, asked first, so that the user knows at once. */
static enum karto_err permitted(struct karto_tx *tx, const struct karto_change *change, bool is_new)
{
    struct karto_rights rights;
    enum karto_err err = karto_device_rights(tx, &rights);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    return karto_rights_check(&rights, change, is_new, karto_today(tx));
}

static enum karto_err make_and_write(struct karto_tx *tx, const struct karto_entry *entry,
                                     const struct karto_save *save, const struct karto_edit *edits, uint32_t count,
                                     uint64_t *batch)
{
    struct karto_change change;
    struct karto_record after;
    enum karto_err err = make_change(tx, entry, save, edits, count, &change);
    if (err == KARTO_OK && tx->ledger.role == KARTO_ON_DEVICE)
        err = permitted(tx, &change, !entry->exists);
    if (err != KARTO_OK)
        return err;
    if (batch)
        *batch = change.batch;
    if (tx->ledger.role == KARTO_ON_HUB)
        return karto_hub_edit(tx, entry, &change);
    if (karto_apply(&tx->arena, &entry->view, &change, &after) != KARTO_APPLIED)
        return KARTO_E_CORRUPT; /* an own, new change, made from this very record */
    err = karto_record_check(&after);
    return err != KARTO_OK ? err : karto_device_edit(tx, entry, &change, &after);
}

enum karto_err karto_save(struct karto_tx *tx, const struct karto_save *save, uint64_t *batch)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    if (batch)
        *batch = 0;
    enum karto_err err = karto_entry_load(tx, save->record, &entry);
    if (err == KARTO_OK && save->create && entry.exists)
        err = KARTO_E_EXISTS;
    if (err == KARTO_OK && !save->create && (!entry.exists || entry.view.kind != save->kind))
        err = KARTO_E_NOT_FOUND;
    for (uint32_t i = 0; i < save->shown_count && err == KARTO_OK; i++)
        if (!still_shown(&entry.view, &save->shown[i]))
            err = KARTO_E_CHANGED;
    if (err == KARTO_OK) {
        uint32_t count;
        const struct karto_edit *edits = real_edits(tx, &entry.view, save, &count);
        if (count > 0)
            err = make_and_write(tx, &entry, save, edits, count, batch);
    }
    karto_arena_release(&tx->arena, mark);
    return err;
}
