#include "core/store/hub_take.h"

#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/model/merge.h"
#include "core/store/databases.h"
#include "core/store/dots.h"
#include "core/store/log.h"

/* ---- accept: the only way into the hub's log ---- */

/* The value that the author saw, where the record no longer has it: from the change in the log that wrote it. */
static enum karto_err old_from_log(struct karto_tx *tx, const struct karto_touch *touch, struct karto_slice key,
                                   struct karto_slice *old)
{
    struct karto_hlc best = {0};
    for (uint32_t i = 0; i < touch->context.count; i++) {
        struct karto_change change;
        enum karto_err err = karto_dot_change(tx, touch->context.dots[i], &change);
        if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
            return err;
        const struct karto_touch *same = err == KARTO_OK ? karto_change_touch(&change, touch->field) : NULL;
        for (uint32_t j = 0; same && j < same->count; j++)
            if (karto_slice_equal(same->sets[j].key, key) && same->sets[j].value.size && change.stamp.hlc.v > best.v) {
                best = change.stamp.hlc;
                *old = same->sets[j].value;
            }
    }
    return KARTO_OK;
}

static enum karto_err fill_old(struct karto_tx *tx, const struct karto_record *before, struct karto_change *change,
                               bool *concurrent)
{
    *concurrent = false;
    karto_change_fill_old(&tx->arena, before, change);
    for (uint32_t i = 0; i < change->count; i++) {
        const struct karto_touch *touch = &change->touches[i];
        const struct karto_field *field = karto_record_field(before, touch->field);
        bool moved_on = field && !karto_vv_equal(field->vv, touch->context);
        *concurrent |= moved_on;
        for (uint32_t j = 0; moved_on && j < touch->count; j++) {
            struct karto_set *set =
                (struct karto_set *)(uintptr_t)&touch->sets[j]; /* fill_old has just made them in our arena */
            enum karto_err err = karto_value_is_nil(set->old) ? old_from_log(tx, touch, set->key, &set->old) : KARTO_OK;
            if (err != KARTO_OK)
                return err;
        }
    }
    return KARTO_OK;
}

static enum karto_err log_change(struct karto_tx *tx, const struct karto_entry *before, struct karto_slice home,
                                 const struct karto_change *change, enum karto_verdict verdict, bool concurrent)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_encode(change, true, &bytes);
    if (bytes.size > 2 * KARTO_CHANGE_SIZE_MAX) { /* old values, which the device may have made up */
        karto_buf_clear(&bytes);
        karto_change_encode(change, false, &bytes);
    }
    struct karto_log_entry row = {.type = KARTO_LOG_CHANGE,
                                  .verdict = verdict,
                                  .concurrent = concurrent,
                                  .previous = before->last,
                                  .record = change->record,
                                  .at_ms = karto_sys_now_ms(tx->sys),
                                  .before = before->home,
                                  .after = home,
                                  .change = karto_buf_slice(&bytes)};
    enum karto_err err = karto_log_append(tx, &row, change);
    karto_buf_fini(&bytes);
    return err == KARTO_OK ? karto_hub_tell(tx, before->home, home) : err;
}

bool karto_hub_places(const struct karto_change *change)
{
    return karto_change_touch(change, KARTO_F_TERRITORY) || karto_change_touch(change, KARTO_F_CLIENT);
}

static bool has_heads(const struct karto_record *record)
{
    for (uint32_t i = 0; i < record->count; i++)
        if (record->fields[i].count > 0)
            return true;
    return false;
}

static bool is_stillborn(const struct karto_entry *before, const struct karto_change *change, bool refused,
                         const struct karto_record *after)
{
    if (!karto_hub_places(change))
        return before->stillborn || (refused && !before->exists);
    return refused ? before->stillborn || !has_heads(after) : false;
}

/* Applies a change whose fate is decided: log, record, feed, what follows. KARTO_E_PROTOCOL: it has a gap. */
static enum karto_err accept(struct karto_tx *tx, const struct karto_entry *before, const struct karto_change *change,
                             bool refused, struct karto_entry *after)
{
    struct karto_known known = {.verdict = refused ? KARTO_V_REFUSED : KARTO_V_APPLIED};
    struct karto_change effect = refused ? karto_change_void(&tx->arena, change) : *change;
    bool concurrent = false;
    *after = *before;
    if (karto_apply(&tx->arena, &before->view, &effect, &after->view) != KARTO_APPLIED)
        return KARTO_E_PROTOCOL;
    after->exists = after->kept = true;
    after->base = after->view;
    after->stillborn = is_stillborn(before, change, refused, &after->view);
    enum karto_err err = karto_dot_hash(tx, change, &known.hash);
    if (err == KARTO_OK)
        err = karto_hub_home(tx, &after->view, &after->home);
    if (err == KARTO_OK)
        err = fill_old(tx, &before->view, &effect, &concurrent);
    if (err == KARTO_OK)
        err = log_change(tx, before, after->home, &effect, known.verdict, concurrent);
    after->last = known.position = tx->ledger.position;
    if (err == KARTO_OK)
        err = karto_dot_put(tx, change->stamp.dot, &known);
    if (err == KARTO_OK)
        err = karto_entry_save(tx, before, after);
    return err == KARTO_OK ? karto_hub_follow(tx, before, after) : err;
}

/* ---- head office's own ---- */

/* What the rules make of a change that was applied. */
static enum karto_err follow_rules(struct karto_tx *tx, const struct karto_change *change,
                                   const struct karto_record *after)
{
    enum karto_err err = karto_hub_outrun(tx, change, after);
    return err == KARTO_OK ? karto_hub_unhide(tx, change->record) : err;
}

enum karto_err karto_hub_edit(struct karto_tx *tx, const struct karto_change *change)
{
    struct karto_entry before, after;
    enum karto_err err = karto_entry_load(tx, change->record, &before);
    if (err == KARTO_OK && !karto_hub_fits(tx, &before, change))
        err = KARTO_E_LIMIT;
    if (err == KARTO_OK)
        err = accept(tx, &before, change, false, &after);
    if (err != KARTO_OK)
        return err == KARTO_E_PROTOCOL ? KARTO_E_CORRUPT : err;
    tx->ledger.seq = change->stamp.dot.seq;
    return follow_rules(tx, change, &after.view);
}

/* ---- rules ---- */

static void sign_rule(struct karto_tx *tx, struct karto_change *change)
{
    change->stamp.dot = (struct karto_dot){tx->ledger.rule_node, ++tx->ledger.rule_seq};
    change->stamp.hlc = karto_next_stamp(tx);
    change->batch = change->stamp.dot.seq;
    change->via = KARTO_VIA_RULE;
}

static enum karto_err accept_rule(struct karto_tx *tx, const struct karto_entry *before,
                                  const struct karto_change *change)
{
    struct karto_entry after;
    enum karto_err err = accept(tx, before, change, false, &after);
    return err == KARTO_E_PROTOCOL ? KARTO_E_CORRUPT : err;
}

enum karto_err karto_hub_rule(struct karto_tx *tx, struct karto_change *change)
{
    struct karto_entry before;
    enum karto_err err = karto_entry_load(tx, change->record, &before);
    if (err != KARTO_OK)
        return err;
    sign_rule(tx, change);
    return accept_rule(tx, &before, change);
}

enum karto_err karto_hub_rule_edit(struct karto_tx *tx, uint32_t kind, struct karto_rid record,
                                   const struct karto_edit *edits, uint32_t count, struct karto_slice reason)
{
    struct karto_entry before;
    struct karto_change change = {.kind = kind, .record = record, .reason = reason};
    enum karto_err err = karto_entry_load(tx, record, &before);
    if (err != KARTO_OK)
        return err;
    sign_rule(tx, &change);
    karto_change_make(&tx->arena, &before.view, edits, count, &change);
    return accept_rule(tx, &before, &change);
}

/* ---- devices' ---- */

static enum karto_err take(struct karto_tx *tx, const struct karto_device *device, const struct karto_change *change,
                           struct karto_judgement *judgement)
{
    struct karto_entry before, after;
    enum karto_err err = karto_hub_honest(tx, device, change);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, change->record, &before);
    if (err == KARTO_OK)
        err = karto_hub_judge(tx, device, &before, change, &judgement->reason);
    if (err != KARTO_OK)
        return err;
    if (judgement->reason == KARTO_OK && !karto_hub_fits(tx, &before, change))
        judgement->reason = KARTO_E_LIMIT;
    bool refused = judgement->reason != KARTO_OK;
    struct karto_change empty = karto_change_void(&tx->arena, change);
    if (refused && !karto_hub_fits(tx, &before, &empty))
        return KARTO_E_PROTOCOL; /* not even its fields and contexts can be kept */
    err = accept(tx, &before, change, refused, &after);
    if (err != KARTO_OK)
        return err;
    tx->ledger.clock = karto_hlc_observe(tx->ledger.clock, change->stamp.hlc, karto_now_ms(tx));
    judgement->verdict = refused ? KARTO_V_REFUSED : KARTO_V_APPLIED;
    judgement->inside = karto_rights_hold(&device->scope, after.home);
    return refused ? KARTO_OK : follow_rules(tx, change, &after.view);
}

/* A dot that is in the log: the same change again, or another one under its name. */
static enum karto_err take_again(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_change *change, const struct karto_known *known,
                                 struct karto_judgement *judgement)
{
    struct karto_entry entry;
    uint64_t hash;
    enum karto_err err = karto_dot_hash(tx, change, &hash);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, change->record, &entry);
    if (err != KARTO_OK)
        return err;
    judgement->inside = entry.exists && karto_rights_hold(&device->scope, entry.home);
    if (hash != known->hash && !KARTO_BROKEN("dotreuse"))
        judgement->verdict = KARTO_V_FORK;
    else if (known->verdict == KARTO_V_REFUSED) {
        judgement->verdict = KARTO_V_REFUSED;
        judgement->reason = KARTO_E_NOT_PERMITTED;
    } else
        judgement->verdict = KARTO_V_CONTAINED;
    return KARTO_OK;
}

enum karto_err karto_hub_push(struct karto_tx *tx, const struct karto_device *device, const struct karto_change *change,
                              struct karto_judgement *judgement)
{
    struct karto_known known;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    *judgement = (struct karto_judgement){.verdict = KARTO_V_NONE};
    enum karto_err err = karto_dot_find(tx, change->stamp.dot, &known);
    if (err == KARTO_OK)
        err = take_again(tx, device, change, &known, judgement);
    else if (err == KARTO_E_NOT_FOUND)
        err = take(tx, device, change, judgement);
    karto_arena_release(&tx->arena, mark);
    return err;
}
