#include "core/store/hub_take.h"

#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/model/merge.h"
#include "core/store/databases.h"
#include "core/store/dots.h"
#include "core/store/log.h"

/* ---- accept: the only way into the hub's log ---- */

static enum karto_err log_change(struct karto_tx *tx, const struct karto_entry *before, struct karto_slice home,
                                 const struct karto_change *change, enum karto_verdict verdict, bool concurrent,
                                 bool amended)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_encode(change, true, &bytes);
    if (bytes.size > 2 * KARTO_CHANGE_SIZE_MAX) {
        karto_buf_clear(&bytes);
        karto_change_encode(change, false, &bytes);
    }
    struct karto_log_entry row = {.type = KARTO_LOG_CHANGE,
                                  .verdict = verdict,
                                  .concurrent = concurrent,
                                  .amended = amended,
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

/* Whether what goes into the log is not, byte for byte, what has this hash. */
static enum karto_err is_amended(struct karto_tx *tx, const struct karto_change *effect, uint64_t hash, bool *amended)
{
    uint64_t kept;
    enum karto_err err = karto_dot_hash(tx, effect, &kept);
    *amended = err == KARTO_OK && kept != hash;
    return err;
}

/* Writes a change whose fate is decided (refused for a reason: its effect is void): log, record, feed, what follows.
 * KARTO_E_PROTOCOL: it has a gap. */
static enum karto_err accept(struct karto_tx *tx, const struct karto_entry *before, const struct karto_change *change,
                             const struct karto_change *its_effect, enum karto_err reason, struct karto_entry *after)
{
    bool refused = reason != KARTO_OK, concurrent = false, amended = false;
    struct karto_known known = {.verdict = refused ? KARTO_V_REFUSED : KARTO_V_APPLIED, .reason = reason};
    struct karto_change effect = *its_effect;
    *after = *before;
    if (karto_apply(&tx->arena, &before->view, &effect, &after->view) != KARTO_APPLIED)
        return KARTO_E_PROTOCOL;
    after->exists = after->kept = true;
    after->base = after->view;
    after->stillborn = is_stillborn(before, change, refused, &after->view);
    enum karto_err err = karto_dot_hash(tx, change, &known.hash);
    if (err == KARTO_OK && !refused && its_effect != change)
        err = is_amended(tx, &effect, known.hash, &amended);
    if (err == KARTO_OK)
        err = karto_hub_home(tx, &after->view, &after->home);
    if (err == KARTO_OK)
        err = karto_hub_fill_old(tx, &before->view, &effect, &concurrent);
    if (err == KARTO_OK)
        err = log_change(tx, before, after->home, &effect, known.verdict, concurrent, amended);
    after->last = known.position = tx->ledger.position;
    if (err == KARTO_OK)
        err = karto_dot_put(tx, change->stamp.dot, &known);
    if (err == KARTO_OK)
        err = karto_entry_save(tx, before, after);
    return err == KARTO_OK ? karto_hub_follow(tx, before, after) : err;
}

/* A change that is refused and leaves nothing in the record, not even its vectors: its author has no business there, or
 * there is no room. It stands in the log and its dot is known, but it is no part of the record's history, and nobody
 * else hears of it. */
static enum karto_err set_apart(struct karto_tx *tx, const struct karto_change *change, enum karto_err reason)
{
    struct karto_known known = {.verdict = KARTO_V_REFUSED, .reason = reason};
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_change bare = karto_change_bare(&tx->arena, change);
    karto_change_encode(&bare, false, &bytes);
    const struct karto_log_entry row = {.type = KARTO_LOG_CHANGE,
                                        .verdict = KARTO_V_REFUSED,
                                        .apart = true,
                                        .record = change->record,
                                        .at_ms = karto_sys_now_ms(tx->sys),
                                        .change = karto_buf_slice(&bytes)};
    enum karto_err err = karto_dot_hash(tx, change, &known.hash);
    if (err == KARTO_OK)
        err = karto_log_append(tx, &row, &bare);
    known.position = tx->ledger.position;
    karto_buf_fini(&bytes);
    return err == KARTO_OK ? karto_dot_put(tx, change->stamp.dot, &known) : err;
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
        err = accept(tx, &before, change, change, KARTO_OK, &after);
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
    enum karto_err err = accept(tx, before, change, change, KARTO_OK, &after);
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

/* What the device has written itself it has pushed before, whatever became of it: where that left nothing in the
 * record, it is not missing. Of others' changes the record must have what the device says it has seen:
 * KARTO_E_PROTOCOL. */
static enum karto_err without_missing_own(struct karto_tx *tx, const struct karto_device *device,
                                          const struct karto_field *field, struct karto_vv *vv)
{
    struct karto_vv have = field ? field->vv : KARTO_VV_EMPTY;
    for (uint32_t i = vv->count; i-- > 0;) {
        struct karto_rid owner;
        struct karto_dot dot = vv->dots[i];
        if (karto_vv_covers(have, dot))
            continue;
        enum karto_err err = karto_hub_owner(tx, dot.node, &owner);
        if (err != KARTO_OK || !karto_rid_equal(owner, device->id))
            return err == KARTO_OK || err == KARTO_E_NOT_FOUND ? KARTO_E_PROTOCOL : err;
        *vv = karto_vv_cap(&tx->arena, *vv, dot.node, karto_vv_seq(have, dot.node));
    }
    return KARTO_OK;
}

static enum karto_err make_effect(struct karto_tx *tx, const struct karto_device *device,
                                  const struct karto_record *record, const struct karto_change *change,
                                  struct karto_change *effect)
{
    struct karto_touch *touches = karto_arena_array(&tx->arena, change->count, sizeof *touches);
    struct karto_seen *seen = karto_arena_array(&tx->arena, change->seen_count, sizeof *seen);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < change->count && err == KARTO_OK; i++) {
        touches[i] = change->touches[i];
        err = without_missing_own(tx, device, karto_record_field(record, touches[i].field), &touches[i].context);
    }
    for (uint32_t i = 0; i < change->seen_count && err == KARTO_OK; i++) {
        seen[i] = change->seen[i];
        err = without_missing_own(tx, device, karto_record_field(record, seen[i].field), &seen[i].vv);
    }
    *effect = *change;
    effect->touches = touches;
    effect->seen = seen;
    return err;
}

/* Applies or refuses a change of a record that is the device's business. */
static enum karto_err take_inside(struct karto_tx *tx, const struct karto_device *device,
                                  const struct karto_entry *before, const struct karto_change *change,
                                  struct karto_judgement *judgement)
{
    struct karto_entry after;
    struct karto_change effect;
    enum karto_err err = make_effect(tx, device, &before->view, change, &effect);
    if (err != KARTO_OK)
        return err;
    if (judgement->reason == KARTO_OK && !karto_hub_fits(tx, before, &effect))
        judgement->reason = KARTO_E_LIMIT;
    bool refused = judgement->reason != KARTO_OK;
    struct karto_change empty = karto_change_void(&tx->arena, &effect);
    if (refused && !karto_hub_fits(tx, before, &empty))
        return set_apart(tx, change, judgement->reason);
    err = accept(tx, before, change, refused ? &empty : &effect, judgement->reason, &after);
    if (err != KARTO_OK)
        return err;
    judgement->inside = karto_rights_hold(&device->scope, after.home);
    return refused ? KARTO_OK : follow_rules(tx, change, &after.view);
}

static enum karto_err take(struct karto_tx *tx, const struct karto_device *device, const struct karto_change *change,
                           struct karto_judgement *judgement)
{
    struct karto_entry before;
    struct karto_finding finding = {KARTO_OK, false};
    enum karto_err err = karto_hub_honest(tx, change);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, change->record, &before);
    if (err == KARTO_OK)
        err = karto_hub_judge(tx, device, &before, change, &finding);
    if (err != KARTO_OK)
        return err;
    judgement->reason = finding.reason;
    judgement->inside = before.exists && karto_rights_hold(&device->scope, before.home);
    err =
        finding.apart ? set_apart(tx, change, judgement->reason) : take_inside(tx, device, &before, change, judgement);
    if (err != KARTO_OK)
        return err;
    tx->ledger.clock = karto_hlc_observe(tx->ledger.clock, change->stamp.hlc, karto_now_ms(tx));
    judgement->verdict = judgement->reason == KARTO_OK ? KARTO_V_APPLIED : KARTO_V_REFUSED;
    return KARTO_OK;
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
    judgement->reason = known->reason;
    if (hash != known->hash && !KARTO_BROKEN("dotreuse"))
        judgement->verdict = KARTO_V_FORK;
    else
        judgement->verdict = known->verdict == KARTO_V_REFUSED ? KARTO_V_REFUSED : KARTO_V_CONTAINED;
    return KARTO_OK;
}

enum karto_err karto_hub_push(struct karto_tx *tx, const struct karto_device *device, const struct karto_change *change,
                              struct karto_judgement *judgement)
{
    struct karto_rid owner;
    struct karto_known known;
    struct karto_change bare = *change;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    *judgement = (struct karto_judgement){.verdict = KARTO_V_NONE};
    karto_change_forget_old(&tx->arena, &bare); /* the hub finds them itself, and believes no others */
    enum karto_err err = karto_hub_owner(tx, change->stamp.dot.node, &owner);
    if (err == KARTO_E_NOT_FOUND || (err == KARTO_OK && (!karto_rid_equal(owner, device->id) ||
                                                         !karto_slice_equal(change->stamp.author, device->user))))
        err = KARTO_E_PROTOCOL;
    if (err == KARTO_OK) {
        err = karto_dot_find(tx, change->stamp.dot, &known);
        if (err == KARTO_OK)
            err = take_again(tx, device, &bare, &known, judgement);
        else if (err == KARTO_E_NOT_FOUND)
            err = take(tx, device, &bare, judgement);
    }
    karto_arena_release(&tx->arena, mark);
    return err;
}
