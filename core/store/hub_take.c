#include "core/store/hub_take.h"

#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/base/reader.h"
#include "core/store/databases.h"
#include "core/store/dots.h"
#include "core/store/hub_accept.h"
#include "core/store/hub_admit.h"
#include "core/store/hub_bring.h"
#include "core/store/hub_heal.h"
#include "core/store/hub_proposal.h"
#include "core/store/hub_recovery.h"
#include "core/store/log.h"
#include "core/store/quarantine.h"
#include "core/store/receipt.h"

/* What the device has written itself it has pushed before, whatever became of it: where that left nothing in the
 * record, it is not missing. Of others' changes the record must have what the device says it has seen:
 * KARTO_E_PROTOCOL. But of a hub that was put back they may be lost: then, where that is said, nothing is missing, and
 * should they come after all they stand beside this one, in conflict. */
static enum karto_err without_missing(struct karto_tx *tx, const struct karto_device *device,
                                      const struct karto_field *field, bool lost, struct karto_vv *vv)
{
    struct karto_vv have = field ? field->vv : KARTO_VV_EMPTY;
    for (uint32_t i = vv->count; i-- > 0;) {
        struct karto_rid owner;
        struct karto_dot dot = vv->dots[i];
        if (karto_vv_covers(have, dot))
            continue;
        enum karto_err err = karto_hub_owner(tx, dot.node, &owner);
        bool own = err == KARTO_OK && karto_rid_equal(owner, device->id);
        if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
            return err;
        if (!own && !lost)
            return KARTO_E_PROTOCOL;
        *vv = karto_vv_cap(&tx->arena, *vv, dot.node, karto_vv_seq(have, dot.node));
    }
    return KARTO_OK;
}

/* Of a field that the device may not have it is not told what is there, so that nothing is missing either: else it
 * could try, one context after the other. */
static bool is_untold(const struct karto_device *device, const struct karto_change *change, uint32_t field)
{
    return !karto_role_reads(device->scope.role, change->kind, field);
}

static enum karto_err make_effect(struct karto_tx *tx, const struct karto_device *device,
                                  const struct karto_record *record, const struct karto_change *change, bool lost,
                                  struct karto_change *effect)
{
    struct karto_touch *touches = karto_arena_array(&tx->arena, change->count, sizeof *touches);
    struct karto_seen *seen = karto_arena_array(&tx->arena, change->seen_count, sizeof *seen);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < change->count && err == KARTO_OK; i++) {
        bool untold = is_untold(device, change, change->touches[i].field);
        touches[i] = change->touches[i];
        err = without_missing(tx, device, karto_record_field(record, touches[i].field), lost || untold,
                              &touches[i].context);
    }
    for (uint32_t i = 0; i < change->seen_count && err == KARTO_OK; i++) {
        bool untold = is_untold(device, change, change->seen[i].field);
        seen[i] = change->seen[i];
        err = without_missing(tx, device, karto_record_field(record, seen[i].field), lost || untold, &seen[i].vv);
    }
    *effect = *change;
    effect->touches = touches;
    effect->seen = seen;
    return err;
}

/* What was refused leaves no values, but names of fields: not so many that there is no room for what others may write.
 */
static enum karto_err leave_room(const struct karto_record *before, const struct karto_record *after)
{
    return after->count > before->count && after->count > KARTO_FIELDS_MAX / 2 ? KARTO_E_LIMIT : KARTO_OK;
}

/* Applies or refuses a change of a record that is the device's business. */
static enum karto_err take_inside(struct karto_tx *tx, const struct karto_device *device,
                                  const struct karto_entry *before, const struct karto_change *change, bool lost,
                                  struct karto_judgement *judgement)
{
    struct karto_entry after;
    struct karto_change left, empty;
    struct karto_effect effect = {.change = &left};
    enum karto_err err = make_effect(tx, device, &before->view, change, lost, &left);
    if (err == KARTO_OK && judgement->reason == KARTO_OK)
        err = karto_hub_apply(tx, before, &left, &effect.view);
    if (err == KARTO_E_LIMIT)
        judgement->reason = KARTO_E_LIMIT;
    else if (err != KARTO_OK)
        return err;
    bool refused = judgement->reason != KARTO_OK;
    if (refused) {
        empty = karto_change_void(&tx->arena, &left);
        effect.change = &empty;
        err = karto_hub_apply(tx, before, &empty, &effect.view);
        err = err == KARTO_OK ? leave_room(&before->view, &effect.view) : err;
    }
    if (refused && err == KARTO_E_LIMIT)
        return karto_hub_set_apart(tx, change, judgement->reason);
    if (err == KARTO_OK)
        err = karto_hub_accept(tx, before, change, &effect, judgement->reason, &after);
    if (err != KARTO_OK)
        return err;
    judgement->inside = karto_rights_hold(&device->scope, after.view.kind, after.home);
    return refused ? KARTO_OK : karto_hub_follow_rules(tx, &before->view, change, &after.view);
}

/* A change whose finding is made. */
static enum karto_err take_found(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_entry *before, const struct karto_change *change,
                                 const struct karto_finding *finding, bool lost, struct karto_judgement *judgement)
{
    judgement->reason = finding->reason;
    judgement->inside = before->exists && karto_rights_hold(&device->scope, before->view.kind, before->home);
    enum karto_err err = finding->apart ? karto_hub_set_apart(tx, change, judgement->reason)
                                        : take_inside(tx, device, before, change, lost, judgement);
    if (err != KARTO_OK)
        return err;
    tx->ledger.clock = karto_hlc_observe(tx->ledger.clock, change->stamp.hlc, karto_now_ms(tx));
    judgement->verdict = judgement->reason == KARTO_OK ? KARTO_V_APPLIED : KARTO_V_REFUSED;
    return judgement->reason == KARTO_OK ? KARTO_OK
                                         : karto_hub_propose(tx, device->id, before, change, judgement->reason);
}

static enum karto_err make_anew(struct karto_judgement *judgement)
{
    judgement->verdict = KARTO_V_REISSUE;
    return KARTO_OK;
}

/* Whether it is the next of its node. *overtaken: a hub that was put back must not take it under this dot, because the
 * log has one of the same node that was made later: a copy of the device's store has given that back, and this one not.
 * KARTO_E_PROTOCOL: no honest device sends it. */
static enum karto_err is_in_turn(struct karto_tx *tx, const struct karto_change *change,
                                 struct karto_recovery *recovery, bool *overtaken)
{
    uint64_t seq, hash;
    *overtaken = false;
    enum karto_err err = karto_hub_recovery_state(tx, recovery);
    if (err == KARTO_OK)
        err = karto_hub_known(tx, change->stamp.dot.node, &seq, &hash);
    if (err != KARTO_OK)
        return err;
    *overtaken = recovery->ever && change->stamp.dot.seq <= seq;
    return *overtaken ? KARTO_OK : karto_hub_honest(tx, change, recovery->ever);
}

/* A record of which a hub that was put back has what others wrote, or a creation that was refused, but not yet where it
 * lies: what says that is then judged as what makes the record, for so the lost hub may have judged it. */
static struct karto_entry as_lost(const struct karto_entry *entry, const struct karto_change *change)
{
    struct karto_entry lost = *entry;
    bool is_placed = !entry->stillborn && karto_hub_place(&entry->view);
    lost.exists = entry->exists && (is_placed || !karto_hub_places(change) || entry->view.kind != change->kind);
    return lost;
}

/* earlier: it was first sent to a hub that is lost. That one may have applied it, so that it is not refused under a dot
 * that somebody may have. One that was never sent nobody can have: where a state says that it is in the record already,
 * another change has its name, or the state is forged; it comes again under another. */
static enum karto_err take(struct karto_tx *tx, const struct karto_device *device, const struct karto_change *change,
                           bool earlier, struct karto_judgement *judgement)
{
    struct karto_entry before, lost;
    struct karto_recovery recovery;
    struct karto_finding finding = {KARTO_OK, false};
    bool overtaken;
    enum karto_err err = is_in_turn(tx, change, &recovery, &overtaken);
    if (err == KARTO_OK && overtaken)
        return make_anew(judgement);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, change->record, &before);
    if (err == KARTO_OK) {
        lost = as_lost(&before, change);
        err = karto_hub_judge(tx, device, earlier && recovery.ever ? &lost : &before, change, &finding);
    }
    bool twice = err == KARTO_OK && !earlier && karto_hub_has_some(&before.view, change) && !KARTO_BROKEN("twice");
    bool unsure = earlier && finding.reason != KARTO_OK;
    if (err == KARTO_OK && recovery.ever && (twice || unsure)) {
        judgement->verdict = twice ? KARTO_V_FORK : KARTO_V_REISSUE;
        return KARTO_OK;
    }
    if (err == KARTO_OK)
        err = take_found(tx, device, &before, change, &finding, recovery.ever, judgement);
    if (err == KARTO_OK && judgement->verdict == KARTO_V_APPLIED)
        err = karto_hub_unhide_client(tx, device, change);
    return err == KARTO_OK && recovery.ever ? karto_hub_heal_again(tx, &change->record, NULL) : err;
}

/* A dot that is in the log: the same change again, or another one under its name. */
static enum karto_err take_again(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_change *change, const struct karto_known *known,
                                 struct karto_judgement *judgement)
{
    uint64_t hash;
    enum karto_err err = karto_dot_hash(tx, change, &hash);
    if (err == KARTO_OK)
        err = karto_hub_has(tx, device, change->record, &judgement->inside);
    if (err != KARTO_OK)
        return err;
    judgement->reason = known->reason;
    if (hash != known->hash && !KARTO_BROKEN("dotreuse"))
        judgement->verdict = KARTO_V_FORK;
    else
        judgement->verdict = known->verdict == KARTO_V_REFUSED ? KARTO_V_REFUSED : KARTO_V_CONTAINED;
    return KARTO_OK;
}

/* Of a dot that is known now. */
static enum karto_err make_receipt(struct karto_tx *tx, struct karto_dot dot, uint64_t *receipt)
{
    struct karto_known known;
    struct karto_log_entry row;
    enum karto_err err = karto_dot_find(tx, dot, &known);
    if (err == KARTO_OK)
        err = karto_log_read(tx, known.position, &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    const struct karto_judged judged = {dot, known.hash, known.verdict, row.apart};
    return karto_receipt_make(tx, &judged, receipt);
}

/* A device writes under its own nodes alone. */
static enum karto_err check_owner(struct karto_tx *tx, const struct karto_device *device, struct karto_node node)
{
    struct karto_rid owner;
    enum karto_err err = karto_hub_owner(tx, node, &owner);
    if (err == KARTO_E_NOT_FOUND || (err == KARTO_OK && !karto_rid_equal(owner, device->id)))
        return KARTO_E_PROTOCOL;
    return err;
}

static bool is_final(enum karto_verdict verdict)
{
    return verdict == KARTO_V_APPLIED || verdict == KARTO_V_CONTAINED || verdict == KARTO_V_REFUSED;
}

/* ---- what cannot be decoded or applied ---- */

/* What the log can say of it: its name, and of what it set, what can be read again. */
static struct karto_change readable_part(struct karto_arena *arena, const struct karto_change *change)
{
    struct karto_change part = karto_change_bare(arena, change);
    struct karto_touch *touches = karto_arena_array(arena, part.count + 1, sizeof *touches);
    uint32_t kept = 0, last = 0;
    for (uint32_t i = 0; i < part.count && kept < KARTO_FIELDS_MAX; i++)
        if (part.touches[i].field > last && part.touches[i].field <= KARTO_FIELD_NUMBER_MAX) {
            touches[kept++] = part.touches[i];
            last = part.touches[i].field;
        }
    if (kept == 0)
        touches[kept++] = (struct karto_touch){.field = KARTO_F_HIDDEN}; /* there is no change of no field */
    part.touches = touches;
    part.count = kept;
    if (part.kind == 0 || part.kind > KARTO_KIND_MAX)
        part.kind = KARTO_KIND_MAX;
    if (part.reason.size > KARTO_REASON_SIZE_MAX || !karto_utf8_valid(part.reason))
        part.reason = karto_slice(NULL, 0);
    return part;
}

static enum karto_err quarantine(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_change *change, const char *why)
{
    bool added;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_encode(change, false, &bytes);
    const struct karto_quarantined entry = {.form = KARTO_QUARANTINE_CHANGE,
                                            .device = device->id,
                                            .record = change->record,
                                            .dot = change->stamp.dot,
                                            .position = tx->ledger.position + 1,
                                            .error = karto_slice_str(karto_err_id(KARTO_E_UNREADABLE)),
                                            .detail = karto_slice_str(why),
                                            .author = change->stamp.author,
                                            .bytes = karto_buf_slice(&bytes)};
    enum karto_err err = karto_quarantine_put(tx, &entry, &added);
    karto_buf_fini(&bytes);
    return err;
}

/* Refused, for what comes behind it in order goes on; its bytes are kept, for somebody to look at. Of the record it
 * belongs to nothing is read. */
static enum karto_err take_aside(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_change *change, bool earlier, const char *why,
                                 struct karto_judgement *judgement)
{
    struct karto_recovery recovery;
    bool overtaken;
    enum karto_err err = is_in_turn(tx, change, &recovery, &overtaken);
    if (err == KARTO_OK && overtaken)
        return make_anew(judgement);
    if (err == KARTO_OK && earlier && recovery.ever) {
        judgement->verdict = KARTO_V_REISSUE;
        return KARTO_OK;
    }
    if (err == KARTO_OK)
        err = karto_hub_has(tx, device, change->record, &judgement->inside);
    if (err == KARTO_OK)
        err = quarantine(tx, device, change, why);
    if (err != KARTO_OK)
        return err;
    judgement->verdict = KARTO_V_REFUSED;
    judgement->reason = KARTO_E_UNREADABLE;
    judgement->aside = true;
    tx->ledger.clock = karto_hlc_observe(tx->ledger.clock, change->stamp.hlc, karto_now_ms(tx));
    struct karto_change part = readable_part(&tx->arena, change);
    return karto_hub_log_apart(tx, change, &part, KARTO_E_UNREADABLE);
}

/* Whether there is such a record, and it is none of the device's business. */
static enum karto_err is_foreign(struct karto_tx *tx, const struct karto_device *device, struct karto_rid record,
                                 bool *foreign)
{
    struct karto_slice row;
    bool inside;
    enum karto_err err = karto_hub_has(tx, device, record, &inside);
    if (err == KARTO_OK)
        err = karto_kv_get(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&record), &row);
    *foreign = err == KARTO_OK && !inside;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* What the change is to be applied to cannot be read. Of another's record the device does not even learn that. */
static enum karto_err take_unreadable(struct karto_tx *tx, const struct karto_device *device,
                                      const struct karto_change *change, bool earlier,
                                      struct karto_judgement *judgement)
{
    bool foreign;
    *judgement = (struct karto_judgement){.verdict = KARTO_V_NONE};
    if (karto_hub_is_claimed(device))
        return KARTO_OK; /* nobody has said yet what is its business */
    enum karto_err err = is_foreign(tx, device, change->record, &foreign);
    if (err != KARTO_OK || !foreign)
        return err == KARTO_OK ? take_aside(tx, device, change, earlier, "the record here cannot be read", judgement)
                               : err;
    judgement->verdict = earlier ? KARTO_V_REISSUE : KARTO_V_REFUSED;
    judgement->reason = KARTO_E_NOT_FOUND;
    return earlier ? KARTO_OK : karto_hub_set_apart(tx, change, judgement->reason);
}

/* ---- given back ---- */

/* As the lost hub found it, if that is proved; else as it would be found now, or as refused if that is what the device
 * says: nobody lies to have less. */
static enum karto_err find_given(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_entry *before, const struct karto_change *change,
                                 const struct karto_claim *claim, struct karto_finding *finding, bool *proved)
{
    struct karto_judged judged = {.dot = change->stamp.dot, .verdict = claim->verdict};
    bool refused = claim->verdict == KARTO_V_REFUSED;
    enum karto_err err = karto_dot_hash(tx, change, &judged.hash);
    if (err == KARTO_OK)
        err = karto_receipt_check(tx, &judged, claim->receipt, proved);
    if (err == KARTO_OK && !*proved && karto_hub_is_claimed(device))
        return KARTO_OK; /* nobody has said yet what it may */
    if (err == KARTO_OK && (!*proved || KARTO_BROKEN("final"))) {
        const struct karto_entry lost = as_lost(before, change);
        err = karto_hub_judge(tx, device, &lost, change, finding);
        if (err == KARTO_OK && !karto_slice_equal(change->stamp.author, device->user))
            err = KARTO_E_PROTOCOL;
    } else if (refused)
        finding->apart = judged.apart;
    if (refused)
        finding->reason = claim->reason;
    return err;
}

static enum karto_err take_given(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_change *change, const struct karto_claim *claim,
                                 struct karto_judgement *judgement)
{
    struct karto_entry before;
    struct karto_recovery recovery;
    struct karto_finding finding = {KARTO_OK, false};
    bool proved = false, overtaken;
    enum karto_err err = is_in_turn(tx, change, &recovery, &overtaken);
    if (err == KARTO_OK && !recovery.ever)
        err = KARTO_E_PROTOCOL;
    if (err == KARTO_OK && overtaken)
        return make_anew(judgement);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, change->record, &before);
    if (err == KARTO_OK)
        err = find_given(tx, device, &before, change, claim, &finding, &proved);
    if (err != KARTO_OK)
        return err;
    if (!proved && karto_hub_is_claimed(device))
        return KARTO_OK; /* given back again once it is admitted */
    if (!proved && finding.reason != KARTO_OK && claim->verdict == KARTO_V_APPLIED)
        return make_anew(judgement);
    err = take_found(tx, device, &before, change, &finding, !recovery.recovering, judgement);
    if (err == KARTO_E_PROTOCOL && recovery.recovering) { /* somebody else may still bring what it builds on */
        *judgement = (struct karto_judgement){.verdict = KARTO_V_NONE};
        return KARTO_OK;
    }
    return err == KARTO_OK ? karto_hub_heal_again(tx, &change->record, NULL) : err;
}

/* ---- what comes ---- */

struct incoming {
    const struct karto_change *change;
    bool earlier;                    /* it was first sent to a hub that is lost */
    const char *flaw;                /* it cannot be applied; NULL: it has none */
    const struct karto_claim *claim; /* it is given back; NULL: it is not */
};

/* Before the log has an entry more nothing was written: what stands in the way can be left alone. */
static enum karto_err take_or_aside(struct karto_tx *tx, const struct karto_device *device, const struct incoming *in,
                                    struct karto_judgement *judgement)
{
    uint64_t position = tx->ledger.position;
    if (in->flaw && karto_hub_is_claimed(device))
        return KARTO_OK; /* given back again once it is admitted */
    if (in->flaw)
        return take_aside(tx, device, in->change, in->earlier, in->flaw, judgement);
    enum karto_err err = in->claim ? take_given(tx, device, in->change, in->claim, judgement)
                                   : take(tx, device, in->change, in->earlier, judgement);
    if (err != KARTO_E_CORRUPT || tx->ledger.position != position)
        return err;
    return take_unreadable(tx, device, in->change, in->earlier, judgement);
}

static enum karto_err receive(struct karto_tx *tx, const struct karto_device *device, const struct incoming *incoming,
                              struct karto_judgement *judgement)
{
    struct karto_known known;
    struct incoming in = *incoming;
    struct karto_change bare = *in.change;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    karto_change_forget_old(&tx->arena, &bare); /* the hub finds them itself, and believes no others */
    in.change = &bare;
    enum karto_err err = karto_dot_find(tx, bare.stamp.dot, &known);
    if (err == KARTO_OK)
        err = take_again(tx, device, &bare, &known, judgement);
    else if (err == KARTO_E_NOT_FOUND)
        err = take_or_aside(tx, device, &in, judgement);
    if (err == KARTO_OK && is_final(judgement->verdict))
        err = make_receipt(tx, bare.stamp.dot, &judgement->receipt);
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_hub_push(struct karto_tx *tx, const struct karto_device *device, const struct karto_change *change,
                              bool earlier, struct karto_judgement *judgement)
{
    return karto_hub_push_flawed(tx, device, change, earlier, NULL, judgement);
}

enum karto_err karto_hub_push_flawed(struct karto_tx *tx, const struct karto_device *device,
                                     const struct karto_change *change, bool earlier, const char *flaw,
                                     struct karto_judgement *judgement)
{
    const struct incoming in = {.change = change, .earlier = earlier, .flaw = flaw};
    *judgement = (struct karto_judgement){.verdict = KARTO_V_NONE};
    enum karto_err err = check_owner(tx, device, change->stamp.dot.node);
    if (err == KARTO_OK && !karto_hub_is_claimed(device) && !karto_slice_equal(change->stamp.author, device->user))
        err = KARTO_E_PROTOCOL;
    return err == KARTO_OK ? receive(tx, device, &in, judgement) : err;
}

enum karto_err karto_hub_give_back(struct karto_tx *tx, const struct karto_device *device,
                                   const struct karto_change *change, const struct karto_claim *claim,
                                   struct karto_judgement *judgement)
{
    const struct incoming in = {.change = change, .earlier = claim->verdict == KARTO_V_APPLIED, .claim = claim};
    *judgement = (struct karto_judgement){.verdict = KARTO_V_NONE};
    enum karto_err err = check_owner(tx, device, change->stamp.dot.node);
    if (err == KARTO_OK && claim->verdict != KARTO_V_APPLIED &&
        (claim->verdict != KARTO_V_REFUSED || claim->reason == KARTO_OK))
        err = KARTO_E_PROTOCOL;
    return err == KARTO_OK ? receive(tx, device, &in, judgement) : err;
}
