#include "core/store/hub_take.h"

#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/model/merge.h"
#include "core/store/databases.h"
#include "core/store/log.h"

/* ---- dots ---- */

enum { DOT_ROW = 17 }; /* position 8, hash 8, verdict 1 */

struct known {
    uint64_t position, hash;
    enum karto_verdict verdict;
};

static void write64(uint8_t *out, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

static struct karto_slice dot_key(struct karto_dot dot, uint8_t out[16])
{
    write64(out, dot.node.v);
    write64(out + 8, dot.seq);
    return karto_slice(out, 16);
}

static enum karto_err parse_known(struct karto_slice row, struct known *known)
{
    if (row.size != DOT_ROW || row.data[16] >= KARTO_V_COUNT)
        return KARTO_E_CORRUPT;
    *known = (struct known){karto_be64(row.data), karto_be64(row.data + 8), (enum karto_verdict)row.data[16]};
    return KARTO_OK;
}

static enum karto_err find_dot(struct karto_tx *tx, struct karto_dot dot, struct known *known)
{
    uint8_t key[16];
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_DOTS, dot_key(dot, key), &row);
    return err == KARTO_OK ? parse_known(row, known) : err;
}

static enum karto_err put_dot(struct karto_tx *tx, struct karto_dot dot, const struct known *known)
{
    uint8_t key[16], row[DOT_ROW];
    write64(row, known->position);
    write64(row + 8, known->hash);
    row[16] = (uint8_t)known->verdict;
    return karto_kv_put(tx->kv, KARTO_DB_DOTS, dot_key(dot, key), karto_slice(row, sizeof row));
}

static enum karto_err hash_change(struct karto_tx *tx, const struct karto_change *change, uint64_t *hash)
{
    const uint8_t *secret;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    enum karto_err err = karto_secret(tx, &secret);
    if (err == KARTO_OK) {
        karto_change_encode(change, false, &bytes);
        *hash = karto_keyed_hash(secret, karto_buf_slice(&bytes));
    }
    karto_buf_fini(&bytes);
    return err;
}

enum karto_err karto_hub_known(struct karto_tx *tx, struct karto_node node, uint64_t *seq, uint64_t *hash)
{
    uint8_t end[16];
    struct known known;
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    *seq = *hash = 0;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_DOTS, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek_last_before(cursor, dot_key((struct karto_dot){node, UINT64_MAX}, end), &key, &row);
    if (err == KARTO_OK && key.size == 16 && karto_be64(key.data) == node.v) {
        err = parse_known(row, &known);
        *seq = karto_be64(key.data + 8);
        *hash = err == KARTO_OK ? known.hash : 0;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_hub_change(struct karto_tx *tx, struct karto_dot dot, struct karto_change *change)
{
    struct known known;
    struct karto_log_entry row;
    enum karto_err err = find_dot(tx, dot, &known);
    if (err == KARTO_OK)
        err = karto_log_read(tx, known.position, &row);
    return err == KARTO_OK ? karto_log_change(tx, &row, change) : err;
}

enum karto_err karto_hub_owner(struct karto_tx *tx, struct karto_node node, struct karto_rid *device)
{
    uint8_t key[8];
    struct karto_slice row;
    write64(key, node.v);
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_NODES, karto_slice(key, sizeof key), &row);
    if (err == KARTO_OK && row.size != 16)
        return KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        *device = karto_rid_read(row.data);
    return err;
}

/* ---- accept: the only way into the hub's log ---- */

/* The value that the author saw, where the record no longer has it: from the change in the log that wrote it. */
static enum karto_err old_from_log(struct karto_tx *tx, const struct karto_touch *touch, struct karto_slice key,
                                   struct karto_slice *old)
{
    struct karto_hlc best = {0};
    for (uint32_t i = 0; i < touch->context.count; i++) {
        struct karto_change change;
        enum karto_err err = karto_hub_change(tx, touch->context.dots[i], &change);
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
    enum karto_err err = karto_log_append(tx, &row);
    karto_buf_fini(&bytes);
    return err == KARTO_OK ? karto_hub_tell(tx, before->home, home) : err;
}

static bool begins_a_place(const struct karto_change *change)
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
    if (!begins_a_place(change))
        return before->stillborn || (refused && !before->exists);
    return refused ? before->stillborn || !has_heads(after) : false;
}

/* Applies a change whose fate is decided: log, record, feed, what follows. KARTO_E_PROTOCOL: it has a gap. */
static enum karto_err accept(struct karto_tx *tx, const struct karto_entry *before, const struct karto_change *change,
                             bool refused, struct karto_entry *after)
{
    struct known known = {.verdict = refused ? KARTO_V_REFUSED : KARTO_V_APPLIED};
    struct karto_change effect = refused ? karto_change_void(&tx->arena, change) : *change;
    bool concurrent = false;
    *after = *before;
    if (karto_apply(&tx->arena, &before->view, &effect, &after->view) != KARTO_APPLIED)
        return KARTO_E_PROTOCOL;
    after->exists = after->kept = true;
    after->base = after->view;
    after->stillborn = is_stillborn(before, change, refused, &after->view);
    enum karto_err err = hash_change(tx, change, &known.hash);
    if (err == KARTO_OK)
        err = karto_hub_home(tx, &after->view, &after->home);
    if (err == KARTO_OK)
        err = fill_old(tx, &before->view, &effect, &concurrent);
    if (err == KARTO_OK)
        err = log_change(tx, before, after->home, &effect, known.verdict, concurrent);
    after->last = known.position = tx->ledger.position;
    if (err == KARTO_OK)
        err = put_dot(tx, change->stamp.dot, &known);
    if (err == KARTO_OK)
        err = karto_entry_save(tx, before, after);
    return err == KARTO_OK ? karto_hub_follow(tx, before, after) : err;
}

/* ---- head office's own ---- */

enum karto_err karto_hub_edit(struct karto_tx *tx, const struct karto_change *change)
{
    struct karto_entry before, after;
    enum karto_err err = karto_entry_load(tx, change->record, &before);
    if (err == KARTO_OK)
        err = accept(tx, &before, change, false, &after);
    if (err != KARTO_OK)
        return err == KARTO_E_PROTOCOL ? KARTO_E_CORRUPT : err;
    tx->ledger.seq = change->stamp.dot.seq;
    return karto_record_hidden(&after.view) ? karto_hub_unhide(tx, change->record) : KARTO_OK;
}

enum karto_err karto_hub_rule(struct karto_tx *tx, uint32_t kind, struct karto_rid record,
                              const struct karto_edit *edits, uint32_t count, struct karto_slice reason)
{
    struct karto_entry before, after;
    struct karto_change change = {.kind = kind, .record = record, .via = KARTO_VIA_RULE, .reason = reason};
    enum karto_err err = karto_entry_load(tx, record, &before);
    if (err != KARTO_OK)
        return err;
    change.stamp.dot = (struct karto_dot){tx->ledger.rule_node, tx->ledger.rule_seq + 1};
    change.stamp.hlc = karto_next_stamp(tx);
    change.batch = change.stamp.dot.seq;
    karto_change_make(&tx->arena, &before.view, edits, count, &change);
    err = accept(tx, &before, &change, false, &after);
    tx->ledger.rule_seq++;
    return err == KARTO_E_PROTOCOL ? KARTO_E_CORRUPT : err;
}

/* ---- devices' ---- */

enum { LEFT_FOR_DAYS = 30 };

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

/* Whether the record was in the device's scope at some time of the last days: what is still pending then goes through.
 */
static enum karto_err was_inside(struct karto_tx *tx, const struct karto_device *device, uint64_t position,
                                 bool *inside)
{
    int64_t since = karto_sys_now_ms(tx->sys) - (int64_t)LEFT_FOR_DAYS * 24 * 60 * 60 * 1000;
    struct karto_log_entry row;
    *inside = false;
    for (uint64_t at = position; at && !*inside; at = row.previous) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        enum karto_err err = karto_log_read(tx, at, &row);
        if (err == KARTO_OK && row.at_ms >= since)
            err = made_by(tx, device, &row, inside);
        if (err != KARTO_OK)
            return err;
        *inside = *inside || karto_rights_hold(&device->scope, row.before);
        bool old = row.at_ms < since;
        karto_arena_release(&tx->arena, mark);
        if (old)
            break;
    }
    return KARTO_OK;
}

static enum karto_err check_reference(struct karto_tx *tx, const struct karto_device *device,
                                      const struct karto_change *change, enum karto_err *reason)
{
    const struct karto_touch *touch = karto_change_touch(change, KARTO_F_CLIENT);
    for (uint32_t i = 0; touch && i < touch->count; i++) {
        struct karto_value value;
        struct karto_entry parent;
        if (karto_value_decode(touch->sets[i].value, &value) != KARTO_OK || value.type != KARTO_REFERENCE)
            continue;
        enum karto_err err = karto_entry_load(tx, value.rid, &parent);
        if (err != KARTO_OK)
            return err;
        bool inside = parent.exists && karto_rights_hold(&device->scope, parent.home);
        if (parent.exists && !inside && !parent.stillborn) {
            err = was_inside(tx, device, parent.last, &inside);
            if (err != KARTO_OK)
                return err;
        }
        if (!inside)
            *reason = KARTO_E_NOT_FOUND;
        if (parent.exists && parent.view.kind != KARTO_CLIENT)
            *reason = KARTO_E_INVALID;
    }
    return KARTO_OK;
}

/* Whether the device may make this change of this record, and why not. */
static enum karto_err judge(struct karto_tx *tx, const struct karto_device *device, const struct karto_entry *entry,
                            const struct karto_change *change, enum karto_err *reason)
{
    bool inside = !entry->exists || karto_rights_hold(&device->scope, entry->home);
    bool is_new = !entry->exists || (entry->stillborn && begins_a_place(change));
    enum karto_err err = KARTO_OK;
    *reason = karto_change_check(change);
    if (*reason == KARTO_OK && entry->exists && entry->view.kind != change->kind)
        *reason = KARTO_E_INVALID;
    if (*reason == KARTO_OK)
        *reason = karto_rights_check(&device->scope, change, is_new);
    if (*reason == KARTO_OK && entry->stillborn && !is_new)
        *reason = KARTO_E_NOT_FOUND; /* what builds on a refused creation is refused with it */
    if (*reason == KARTO_OK && !inside && !entry->stillborn) {
        err = was_inside(tx, device, entry->last, &inside);
        if (err == KARTO_OK && !inside)
            *reason = KARTO_E_NOT_FOUND; /* answered like a record that is not there */
    }
    if (err == KARTO_OK && *reason == KARTO_OK)
        err = check_reference(tx, device, change, reason);
    return err;
}

/* Whether the log can hold the change: beyond this size its vectors may name more nodes than a change can. */
static bool change_fits(struct karto_tx *tx, const struct karto_change *change)
{
    enum { SURELY_FITS = 8 * KARTO_VECTOR_MAX };
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_change back;
    karto_change_encode(change, false, &bytes);
    bool fits = bytes.size <= SURELY_FITS;
    if (!fits && bytes.size <= KARTO_CHANGE_SIZE_MAX)
        fits = karto_change_decode(&tx->arena, karto_buf_slice(&bytes), &back) == KARTO_OK;
    karto_buf_fini(&bytes);
    return fits;
}

/* Whether the record is still within every limit after the change: one that is not could not be read again. */
static bool record_fits(struct karto_tx *tx, const struct karto_entry *entry, const struct karto_change *change)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_record after;
    if (karto_apply(&tx->arena, &entry->view, change, &after) != KARTO_APPLIED)
        return true; /* a gap: accept says so */
    if (karto_record_check(&after) != KARTO_OK)
        return false;
    karto_record_encode(&after, &bytes);
    bool fits = bytes.size <= KARTO_RECORD_SIZE_MAX;
    karto_buf_fini(&bytes);
    return fits;
}

static bool fits(struct karto_tx *tx, const struct karto_entry *entry, const struct karto_change *change)
{
    return change_fits(tx, change) && record_fits(tx, entry, change);
}

/* What an honest device never sends. */
static enum karto_err check_honest(struct karto_tx *tx, const struct karto_device *device,
                                   const struct karto_change *change)
{
    struct karto_rid owner;
    uint64_t seq, hash;
    enum karto_err err = karto_hub_owner(tx, change->stamp.dot.node, &owner);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_PROTOCOL : err;
    err = karto_hub_known(tx, change->stamp.dot.node, &seq, &hash);
    if (err != KARTO_OK)
        return err;
    bool honest = karto_rid_equal(owner, device->id) && change->stamp.dot.seq == seq + 1 &&
                  !karto_change_is_void(change) && change->via != KARTO_VIA_RULE &&
                  karto_slice_equal(change->stamp.author, device->user);
    return honest ? KARTO_OK : KARTO_E_PROTOCOL;
}

static enum karto_err take(struct karto_tx *tx, const struct karto_device *device, const struct karto_change *change,
                           struct karto_judgement *judgement)
{
    struct karto_entry before, after;
    enum karto_err err = check_honest(tx, device, change);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, change->record, &before);
    if (err == KARTO_OK)
        err = judge(tx, device, &before, change, &judgement->reason);
    if (err != KARTO_OK)
        return err;
    if (judgement->reason == KARTO_OK && !fits(tx, &before, change))
        judgement->reason = KARTO_E_LIMIT;
    bool refused = judgement->reason != KARTO_OK;
    struct karto_change empty = karto_change_void(&tx->arena, change);
    if (refused && !fits(tx, &before, &empty))
        return KARTO_E_PROTOCOL; /* not even its fields and contexts can be kept */
    err = accept(tx, &before, change, refused, &after);
    if (err != KARTO_OK)
        return err;
    tx->ledger.clock = karto_hlc_observe(tx->ledger.clock, change->stamp.hlc, karto_now_ms(tx));
    judgement->verdict = refused ? KARTO_V_REFUSED : KARTO_V_APPLIED;
    judgement->inside = karto_rights_hold(&device->scope, after.home);
    return !refused && karto_record_hidden(&after.view) ? karto_hub_unhide(tx, change->record) : KARTO_OK;
}

/* A dot that is in the log: the same change again, or another one under its name. */
static enum karto_err take_again(struct karto_tx *tx, const struct karto_device *device,
                                 const struct karto_change *change, const struct known *known,
                                 struct karto_judgement *judgement)
{
    struct karto_entry entry;
    uint64_t hash;
    enum karto_err err = hash_change(tx, change, &hash);
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
    struct known known;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    *judgement = (struct karto_judgement){.verdict = KARTO_V_NONE};
    enum karto_err err = find_dot(tx, change->stamp.dot, &known);
    if (err == KARTO_OK)
        err = take_again(tx, device, change, &known, judgement);
    else if (err == KARTO_E_NOT_FOUND)
        err = take(tx, device, change, judgement);
    karto_arena_release(&tx->arena, mark);
    return err;
}
