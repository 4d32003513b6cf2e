#include "core/store/hub_accept.h"

#include "core/base/limits.h"
#include "core/store/batches.h"
#include "core/store/dots.h"
#include "core/store/log.h"

static enum karto_err log_change(struct karto_tx *tx, const struct karto_entry *before, struct karto_slice home,
                                 const struct karto_change *change, enum karto_verdict verdict, bool concurrent,
                                 bool amended)
{
    struct karto_log_entry row = {.type = KARTO_LOG_CHANGE,
                                  .verdict = verdict,
                                  .concurrent = concurrent,
                                  .amended = amended,
                                  .previous = before->last,
                                  .record = change->record,
                                  .at_ms = karto_sys_now_ms(tx->sys),
                                  .before = before->home,
                                  .after = home};
    enum karto_err err = karto_log_append(tx, &row, change);
    return err == KARTO_OK ? karto_hub_tell(tx, before->home, home) : err;
}

bool karto_hub_places(const struct karto_change *change)
{
    return karto_change_touch(change, KARTO_F_TERRITORY) || karto_change_touch(change, KARTO_F_CLIENT);
}

static bool is_stillborn(const struct karto_entry *before, const struct karto_change *change, bool refused,
                         const struct karto_record *after)
{
    if (!karto_hub_places(change))
        return before->stillborn || (refused && !before->exists);
    return refused ? before->stillborn || !karto_record_has_heads(after) : false;
}

/* Whether what goes into the log is not, byte for byte, what has this hash. */
static enum karto_err is_amended(struct karto_tx *tx, const struct karto_change *effect, uint64_t hash, bool *amended)
{
    uint64_t kept;
    enum karto_err err = karto_dot_hash(tx, effect, &kept);
    *amended = err == KARTO_OK && kept != hash;
    return err;
}

enum karto_err karto_hub_accept(struct karto_tx *tx, const struct karto_entry *before,
                                const struct karto_change *change, const struct karto_effect *its,
                                enum karto_err reason, struct karto_entry *after)
{
    bool refused = reason != KARTO_OK, concurrent = false, amended = false;
    struct karto_known known = {.verdict = refused ? KARTO_V_REFUSED : KARTO_V_APPLIED, .reason = reason};
    struct karto_change effect = *its->change;
    *after = *before;
    after->view = its->view;
    bool beside = karto_hub_put_beside(tx, &before->view, &effect, &after->view);
    after->exists = after->kept = true;
    after->base = after->view;
    after->stillborn = is_stillborn(before, change, refused, &after->view);
    enum karto_err err = karto_dot_hash(tx, change, &known.hash);
    if (err == KARTO_OK && !refused && its->change != change)
        err = is_amended(tx, &effect, known.hash, &amended);
    if (err == KARTO_OK)
        err = karto_hub_home(tx, &after->view, &after->home);
    if (err == KARTO_OK)
        err = karto_hub_fill_old(tx, &before->view, &effect, &concurrent);
    if (err == KARTO_OK)
        err = log_change(tx, before, after->home, &effect, known.verdict, concurrent, amended);
    known.position = after->last = tx->ledger.position;
    if (err == KARTO_OK && beside) /* for who has a vector that covers it: the record as a whole */
        err = karto_hub_log_move(tx, after, after->home);
    after->last = tx->ledger.position;
    if (err == KARTO_OK)
        err = karto_dot_put(tx, change->stamp.dot, &known);
    if (err == KARTO_OK)
        err = karto_entry_save(tx, before, after);
    return err == KARTO_OK ? karto_hub_follow(tx, before, after) : err;
}

enum karto_err karto_hub_log_apart(struct karto_tx *tx, const struct karto_change *change,
                                   const struct karto_change *bare, enum karto_err reason)
{
    struct karto_known known = {.verdict = KARTO_V_REFUSED, .reason = reason};
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_encode(bare, false, &bytes);
    const struct karto_log_entry row = {.type = KARTO_LOG_CHANGE,
                                        .verdict = KARTO_V_REFUSED,
                                        .apart = true,
                                        .record = change->record,
                                        .at_ms = karto_sys_now_ms(tx->sys),
                                        .change = karto_buf_slice(&bytes)};
    enum karto_err err = karto_dot_hash(tx, change, &known.hash);
    if (err == KARTO_OK)
        err = karto_log_append(tx, &row, bare);
    known.position = tx->ledger.position;
    karto_buf_fini(&bytes);
    return err == KARTO_OK ? karto_dot_put(tx, change->stamp.dot, &known) : err;
}

enum karto_err karto_hub_set_apart(struct karto_tx *tx, const struct karto_change *change, enum karto_err reason)
{
    struct karto_change bare = karto_change_bare(&tx->arena, change);
    return karto_hub_log_apart(tx, change, &bare, reason);
}

/* ---- head office's own ---- */

bool karto_hub_has_some(const struct karto_record *record, const struct karto_change *change)
{
    for (uint32_t i = 0; i < change->count; i++) {
        const struct karto_field *field = karto_record_field(record, change->touches[i].field);
        if (field && karto_vv_covers(field->vv, change->stamp.dot))
            return true;
    }
    return false;
}

enum karto_err karto_hub_follow_rules(struct karto_tx *tx, const struct karto_record *before,
                                      const struct karto_change *change, const struct karto_record *after)
{
    uint64_t rules = tx->ledger.rule_seq;
    struct karto_dot none = {{0}, 0};
    enum karto_err err = karto_hub_outrun(tx, change, after);
    if (err != KARTO_OK || (tx->ledger.rule_seq == rules && !karto_record_hidden(after)))
        return err;
    return karto_hub_unhide(tx, change->record, karto_hub_has_some(before, change) ? none : change->stamp.dot);
}

enum karto_err karto_hub_edit(struct karto_tx *tx, const struct karto_entry *before, const struct karto_change *change)
{
    struct karto_entry after;
    struct karto_effect effect = {.change = change};
    enum karto_err err = karto_hub_apply(tx, before, change, &effect.view);
    if (err == KARTO_OK)
        err = karto_hub_accept(tx, before, change, &effect, KARTO_OK, &after);
    if (err != KARTO_OK)
        return err == KARTO_E_PROTOCOL ? KARTO_E_CORRUPT : err;
    tx->ledger.seq = change->stamp.dot.seq;
    if (!before->exists && !karto_record_hidden(&after.view))
        return KARTO_OK; /* rules are about what several have written */
    return karto_hub_follow_rules(tx, &before->view, change, &after.view);
}

/* ---- rules ---- */

static void sign_rule(struct karto_tx *tx, struct karto_change *change)
{
    change->stamp.dot = (struct karto_dot){tx->ledger.rule_node, ++tx->ledger.rule_seq};
    change->stamp.hlc = karto_next_stamp(tx);
    change->batch = change->stamp.dot.seq;
    change->via = KARTO_VIA_RULE;
}

/* A rule for which log or record have no room is left out: what it follows has come in, and must not fail because of
 * it. What is written in the records of devices follows no rule, and has no reason. */
static enum karto_err accept_rule(struct karto_tx *tx, const struct karto_entry *before,
                                  const struct karto_change *change)
{
    struct karto_entry after;
    struct karto_effect effect = {.change = change};
    enum karto_err err = karto_hub_apply(tx, before, change, &effect.view);
    if (err == KARTO_E_LIMIT && change->reason.size > 0) {
        tx->ledger.rule_seq--;
        return KARTO_OK;
    }
    if (err == KARTO_OK)
        err = karto_hub_accept(tx, before, change, &effect, KARTO_OK, &after);
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
                                   const struct karto_edit *edits, uint32_t count, struct karto_slice author,
                                   struct karto_slice reason)
{
    struct karto_entry before;
    struct karto_change change = {.kind = kind, .record = record, .stamp.author = author, .reason = reason};
    enum karto_err err = karto_entry_load(tx, record, &before);
    if (err != KARTO_OK)
        return err;
    sign_rule(tx, &change);
    if (author.size) { /* he may take it back: under a number that no other batch of his has */
        uint32_t number;
        err = karto_batch_fresh(tx, &number);
        change.batch = number;
    }
    if (err != KARTO_OK)
        return err;
    karto_change_make(&tx->arena, &before.view, edits, count, &change);
    return accept_rule(tx, &before, &change);
}
