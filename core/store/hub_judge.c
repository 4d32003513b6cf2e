/* Whether a device may make a change: of whom, of what, where, and how large. */
#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/model/merge.h"
#include "core/store/dots.h"
#include "core/store/hub_bring.h"
#include "core/store/hub_recovery.h"
#include "core/store/hub_take.h"
#include "core/store/log.h"

/* A record that the device has made itself, and that had gone elsewhere by the time it came here: with the client that
 * it hangs on. */
static enum karto_err made_by(struct karto_tx *tx, const struct karto_device *device, const struct karto_log_entry *row,
                              bool *made)
{
    struct karto_change change;
    struct karto_rid owner;
    if (row->previous != 0 || row->type != KARTO_LOG_CHANGE)
        return KARTO_OK;
    enum karto_err err = karto_log_change(tx, row, &change);
    if (err == KARTO_OK)
        err = karto_hub_owner(tx, change.stamp.dot.node, &owner);
    if (err == KARTO_OK)
        *made = karto_rid_equal(owner, device->id);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* Whether a record was in a scope of the device at some time of the last days: what is still pending then goes through.
 * A stillborn one was in nobody's: it is whose device made it, for as long as it is. */
static enum karto_err was_inside(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_rights *scope, const struct karto_entry *entry, bool *inside)
{
    int64_t since = karto_sys_now_ms(tx->sys) - KARTO_LATE_MS_MAX;
    struct karto_log_entry row;
    *inside = false;
    for (uint64_t at = entry->last; at && !*inside; at = row.previous) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        enum karto_err err = karto_log_read(tx, at, &row);
        if (err != KARTO_OK)
            return err;
        if (row.at_ms < since && !entry->stillborn) /* when it came, the record had been gone for as long already */
            return KARTO_OK;
        *inside = karto_rights_hold(scope, entry->view.kind, row.before);
        if (!*inside)
            err = made_by(tx, device, &row, inside);
        karto_arena_release(&tx->arena, mark);
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

/* The answer to was_inside holds for the whole transaction: a push of many changes of one record asks once. */
static enum karto_err was_inside_once(struct karto_tx *tx, const struct karto_device *device,
                                      const struct karto_rights *scope, const struct karto_entry *entry, bool *inside)
{
    struct karto_lately *memo = &tx->lately[entry->id.b[15] % KARTO_LATELY];
    bool former = scope == &device->former;
    bool same = memo->known && memo->former == former && karto_rid_equal(memo->device, device->id) &&
                karto_rid_equal(memo->record, entry->id);
    if (same) {
        *inside = memo->inside;
        return KARTO_OK;
    }
    enum karto_err err = was_inside(tx, device, scope, entry, inside);
    if (err == KARTO_OK)
        *memo = (struct karto_lately){device->id, entry->id, former, true, *inside};
    return err;
}

static enum karto_err is_inside(struct karto_tx *tx, const struct karto_device *device,
                                const struct karto_rights *scope, const struct karto_entry *entry, bool *inside)
{
    *inside = karto_rights_hold(scope, entry->view.kind, entry->home);
    return *inside ? KARTO_OK : was_inside_once(tx, device, scope, entry, inside);
}

/* The client that a change hangs its record on must be the device's business too. */
static enum karto_err check_reference(struct karto_tx *tx, const struct karto_device *device,
                                      const struct karto_rights *scope, const struct karto_change *change,
                                      enum karto_err *reason)
{
    const struct karto_touch *touch = karto_change_touch(change, KARTO_F_CLIENT);
    struct karto_value value;
    struct karto_entry parent;
    bool inside = false;
    if (!touch || karto_value_decode(touch->sets[0].value, &value) != KARTO_OK || value.type != KARTO_REFERENCE)
        return KARTO_OK;
    enum karto_err err = karto_entry_load(tx, value.rid, &parent);
    if (err == KARTO_OK && parent.exists && !parent.stillborn)
        err = is_inside(tx, device, scope, &parent, &inside);
    if (err != KARTO_OK)
        return err;
    if (!inside)
        *reason = KARTO_E_NOT_FOUND;
    else if (parent.view.kind != KARTO_CLIENT)
        *reason = KARTO_E_INVALID;
    return KARTO_OK;
}

/* What has gone elsewhere takes what is still pending, but no lead takes it back: it would bring him what others have
 * written since, and take the client from them. */
static bool takes_back(const struct karto_rights *scope, const struct karto_entry *entry,
                       const struct karto_change *change)
{
    return karto_change_touch(change, KARTO_F_TERRITORY) && !karto_rights_cover(scope, entry->home);
}

/* Whether the record is made of what others have given back to a hub that was put back, and what made it has not come
 * yet: then it is as good as not here, for who makes it. */
static enum karto_err is_unmade(struct karto_tx *tx, const struct karto_entry *entry, bool *unmade)
{
    struct karto_recovery recovery;
    bool named = entry->view.kind == KARTO_CLIENT && karto_record_field(&entry->view, KARTO_F_NAME);
    *unmade = entry->exists && !entry->stillborn && !named && !karto_hub_place(&entry->view);
    if (!*unmade)
        return KARTO_OK;
    enum karto_err err = karto_hub_recovery_state(tx, &recovery);
    *unmade = err == KARTO_OK && recovery.ever;
    return err;
}

/* Whether a scope permits the change of a record that lies in it, or that it makes. */
static enum karto_err check_rights(struct karto_tx *tx, const struct karto_device *device,
                                   const struct karto_rights *scope, const struct karto_entry *entry, bool unmade,
                                   const struct karto_change *change, enum karto_err *reason)
{
    bool is_new = !entry->exists || unmade || (entry->stillborn && karto_hub_places(change));
    bool hangs = karto_field_def(change->kind, KARTO_F_CLIENT) != NULL;
    *reason = karto_rights_check(scope, change, is_new, tx->ledger.day);
    if (*reason == KARTO_OK && is_new && hangs && !karto_change_touch(change, KARTO_F_CLIENT))
        *reason = KARTO_E_INVALID;
    if (*reason == KARTO_OK && !is_new && takes_back(scope, entry, change))
        *reason = KARTO_E_NOT_PERMITTED;
    if (*reason == KARTO_OK && entry->stillborn && !is_new && !KARTO_BROKEN("stillborn"))
        *reason = KARTO_E_NOT_FOUND; /* what builds on a refused creation is refused with it */
    return *reason == KARTO_OK ? check_reference(tx, device, scope, change, reason) : KARTO_OK;
}

static bool has_every_kind(const struct karto_role *role)
{
    bool every = true;
    for (uint32_t kind = 1; kind <= KARTO_KIND_MAX && every; kind++)
        every = karto_role_has(role, kind);
    return every;
}

/* Whether a change says where what it makes is to be. A client of whoever is everywhere may lie nowhere yet: then its
 * name tells that it is one. */
static bool says_where(const struct karto_rights *scope, const struct karto_change *change)
{
    if (change->kind != KARTO_CLIENT)
        return karto_change_touch(change, KARTO_F_CLIENT) != NULL;
    return karto_change_touch(change, KARTO_F_TERRITORY) ||
           (karto_role_is_everywhere(scope->role) && karto_change_touch(change, KARTO_F_NAME));
}

/* Whether a change of what is not there is judged as one that would make it. Whoever may not have every kind could else
 * tell by the reason whether the id is one of the others; who makes a record learns no more than that it was free. */
static bool would_make(const struct karto_rights *scope, const struct karto_change *change)
{
    if (change->kind == KARTO_DEVICE)
        return false; /* those are the hub's to make */
    if (has_every_kind(scope->role))
        return karto_hub_places(change) || karto_role_is_everywhere(scope->role);
    return karto_role_makes(scope->role, change->kind) && says_where(scope, change);
}

/* Under one scope. One whose creation was refused is the business of who made it. A record that is not there and one
 * that is none of the device's business are answered alike. */
static enum karto_err judge_under(struct karto_tx *tx, const struct karto_device *device,
                                  const struct karto_rights *scope, const struct karto_entry *entry,
                                  const struct karto_change *change, struct karto_finding *finding)
{
    bool inside = false, unmade, makes = would_make(scope, change);
    enum karto_err err = is_unmade(tx, entry, &unmade);
    unmade = unmade && makes;
    if (err == KARTO_OK && (!entry->exists || unmade))
        inside = makes;
    else if (err == KARTO_OK)
        err = is_inside(tx, device, scope, entry, &inside);
    *finding = (struct karto_finding){.reason = KARTO_E_NOT_FOUND, .apart = true};
    if (err != KARTO_OK || !inside)
        return err;
    bool other_kind = entry->exists && entry->view.kind != change->kind;
    bool apart = other_kind || change->kind == KARTO_DEVICE || karto_rid_is_zero(change->record);
    *finding = (struct karto_finding){karto_change_check(change), apart};
    if (finding->reason == KARTO_OK && other_kind)
        finding->reason = KARTO_E_INVALID; /* a record stays what it is */
    return finding->reason == KARTO_OK ? check_rights(tx, device, scope, entry, unmade, change, &finding->reason)
                                       : KARTO_OK;
}

enum karto_err karto_hub_judge(struct karto_tx *tx, const struct karto_device *device, const struct karto_entry *entry,
                               const struct karto_change *change, struct karto_finding *finding)
{
    struct karto_finding before = {.reason = KARTO_E_NOT_FOUND};
    enum karto_err err = judge_under(tx, device, &device->scope, entry, change, finding);
    bool had_others = device->former_until_ms >= karto_sys_now_ms(tx->sys) && !KARTO_BROKEN("former");
    if (err != KARTO_OK || finding->reason == KARTO_OK || !had_others)
        return err;
    err = judge_under(tx, device, &device->former, entry, change, &before);
    if (err == KARTO_OK && (before.reason == KARTO_OK || finding->apart))
        *finding = before;
    return err;
}

/* Whether the log can hold the change. */
static bool change_fits(struct karto_tx *tx, const struct karto_change *change)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_change back;
    if (karto_change_is_small(change))
        return true;
    karto_change_encode(change, false, &bytes);
    bool fits = bytes.size <= KARTO_CHANGE_SIZE_MAX &&
                karto_change_decode(&tx->arena, karto_buf_slice(&bytes), &back) == KARTO_OK;
    karto_buf_fini(&bytes);
    return fits;
}

enum karto_err karto_hub_apply(struct karto_tx *tx, const struct karto_entry *entry, const struct karto_change *change,
                               struct karto_record *after)
{
    enum karto_outcome outcome = karto_apply(&tx->arena, &entry->view, change, after);
    if (outcome == KARTO_GAP)
        return KARTO_E_PROTOCOL;
    if (outcome == KARTO_KNOWN)
        *after = entry->view;
    /* a record that is beyond a limit could not be read again */
    bool fits = change_fits(tx, change) && (outcome == KARTO_KNOWN || karto_record_check(after) == KARTO_OK);
    return fits ? KARTO_OK : KARTO_E_LIMIT;
}

static bool is_whole(const struct karto_change *change)
{
    bool whole = change->via != 0 && change->via != KARTO_VIA_RULE && change->batch != 0;
    for (uint32_t i = 0; i < change->count; i++)
        whole = whole && change->touches[i].count > 0;
    return whole;
}

enum karto_err karto_hub_honest(struct karto_tx *tx, const struct karto_change *change, bool gaps)
{
    uint64_t seq, hash;
    enum karto_err err = karto_hub_known(tx, change->stamp.dot.node, &seq, &hash);
    if (err != KARTO_OK)
        return err;
    bool in_turn = gaps ? change->stamp.dot.seq > seq : change->stamp.dot.seq == seq + 1;
    return in_turn && is_whole(change) ? KARTO_OK : KARTO_E_PROTOCOL;
}
