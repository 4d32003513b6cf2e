#include "core/store/device.h"

#include "core/base/broken.h"
#include "core/base/pack.h"
#include "core/model/merge.h"
#include "core/model/rights_code.h"
#include "core/store/databases.h"
#include "core/store/device_view.h"
#include "core/store/log.h"
#include "core/store/own.h"
#include "core/store/past.h"

/* ---- rights ---- */

enum karto_err karto_device_set_rights(struct karto_tx *tx, const struct karto_rights *rights)
{
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_rights_pack(&row, rights);
    struct karto_slice before;
    enum karto_err err = karto_meta_get(tx, "rights", &before);
    if (err == KARTO_E_NOT_FOUND || (err == KARTO_OK && !karto_slice_equal(before, karto_buf_slice(&row))))
        err = karto_meta_put(tx, "rights", karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_device_rights(struct karto_tx *tx, struct karto_rights *rights)
{
    struct karto_slice row;
    struct karto_reader reader;
    enum karto_err err = karto_meta_get(tx, "rights", &row);
    if (err != KARTO_OK)
        return err;
    karto_reader_init(&reader, karto_arena_copy(&tx->arena, row));
    karto_rights_read(&reader, &tx->arena, rights);
    return karto_reader_end(&reader);
}

/* ---- edits ---- */

enum karto_err karto_device_edit(struct karto_tx *tx, const struct karto_entry *before,
                                 const struct karto_change *change, const struct karto_record *after)
{
    struct karto_entry entry = *before;
    enum karto_err err = before->exists ? KARTO_OK : karto_past_return(tx, change->record, &entry.last);
    if (err != KARTO_OK)
        return err;
    struct karto_log_entry row = {
        .type = KARTO_LOG_CHANGE, .previous = entry.last, .record = change->record, .at_ms = karto_now_ms(tx)};
    err = karto_log_append(tx, &row, change);
    if (err != KARTO_OK)
        return err;
    tx->ledger.seq = change->stamp.dot.seq;
    entry.exists = true;
    entry.view = *after;
    entry.last = tx->ledger.position;
    if (tx->ledger.role == KARTO_ON_DEVICE) {
        entry.pending++;
        tx->ledger.pending++;
        struct karto_own own = {.position = tx->ledger.position};
        err = karto_own_put(tx, change->stamp.dot, &own);
        if (err == KARTO_OK)
            err = karto_pending_put(tx, tx->ledger.position, change->stamp.dot);
    } else {
        entry.base = *after;
    }
    return err == KARTO_OK ? karto_entry_save(tx, before, &entry) : err;
}

/* ---- hello ---- */

enum karto_err karto_device_hear(struct karto_tx *tx, struct karto_epoch epoch)
{
    int order = karto_epoch_compare(epoch, KARTO_BROKEN("heard") ? tx->ledger.epoch : tx->ledger.heard);
    if (order < 0)
        return KARTO_E_OLD_HUB;
    tx->ledger.heard = epoch;
    return KARTO_OK;
}

enum karto_err karto_device_seq(struct karto_tx *tx, struct karto_node node, uint64_t *seq)
{
    if (!karto_node_equal(node, tx->ledger.node))
        return karto_own_last(tx, node, seq);
    *seq = tx->ledger.seq;
    return KARTO_OK;
}

enum karto_err karto_device_new_epoch(struct karto_tx *tx, struct karto_epoch epoch)
{
    uint64_t at = 0, first_unsent = 0;
    struct karto_dot dot;
    struct karto_own own;
    if (karto_epoch_equal(tx->ledger.rotated, epoch))
        return KARTO_OK;
    enum karto_err err;
    while ((err = karto_pending_from(tx, at, &at, &dot)) == KARTO_OK && first_unsent == 0) {
        err = karto_own_get(tx, dot, &own);
        if (err != KARTO_OK)
            return err;
        if (own.sent.node.v == 0 || KARTO_BROKEN("sent"))
            first_unsent = at;
        at++;
    }
    if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
        return err;
    tx->ledger.rotated = epoch;
    return karto_device_rotate(tx, first_unsent);
}

enum karto_err karto_device_check_hub(struct karto_tx *tx, const struct karto_hub_knows *knows)
{
    const struct karto_own_node *nodes;
    uint32_t count;
    if (!karto_epoch_equal(tx->ledger.epoch, knows->epoch))
        return KARTO_OK;
    enum karto_err err = karto_own_nodes(tx, &nodes, &count);
    if (err == KARTO_OK && knows->log_position < tx->ledger.cursor)
        err = KARTO_E_HUB_BEHIND;
    for (uint32_t i = 1; i <= count && i <= knows->count && err == KARTO_OK; i++) {
        uint64_t judged = 0;
        err = karto_own_judged(tx, nodes[count - i].node, &judged);
        if (err == KARTO_OK && knows->seqs[knows->count - i] < judged)
            err = KARTO_E_HUB_BEHIND;
    }
    return err;
}

/* ---- push ---- */

static enum karto_err take_one(struct karto_tx *tx, struct karto_epoch epoch, uint64_t position, struct karto_dot dot,
                               struct karto_pending *out, size_t *size)
{
    struct karto_own own;
    struct karto_log_entry entry;
    enum karto_err err = karto_own_get(tx, dot, &own);
    out->earlier = err == KARTO_OK && own.sent.node.v != 0 && !karto_epoch_equal(own.sent, epoch);
    if (err == KARTO_OK && own.sent.node.v == 0 && tx->write) {
        own.sent = epoch;
        err = karto_own_put(tx, dot, &own);
    }
    if (err == KARTO_OK)
        err = karto_log_read(tx, position, &entry);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &entry, &out->change);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    out->position = position;
    *size += entry.change.size;
    return KARTO_OK;
}

enum karto_err karto_device_take(struct karto_tx *tx, struct karto_epoch epoch, uint64_t after, uint32_t most,
                                 size_t size_max, struct karto_pending **pending, uint32_t *count)
{
    size_t size = 0;
    uint64_t position = after;
    struct karto_dot dot;
    enum karto_err err = KARTO_OK;
    uint32_t room = most < tx->ledger.pending ? most : (uint32_t)tx->ledger.pending;
    *pending = karto_arena_array(&tx->arena, room, sizeof **pending);
    *count = 0;
    while (*count < room && size < size_max) {
        err = karto_pending_from(tx, position + 1, &position, &dot);
        if (err != KARTO_OK)
            break;
        err = take_one(tx, epoch, position, dot, &(*pending)[*count], &size);
        if (err != KARTO_OK)
            break;
        if (*count > 0 && (*pending)[*count].earlier && !(*pending)[*count - 1].earlier)
            break; /* the next push begins with it */
        ++*count;
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_device_find(struct karto_tx *tx, struct karto_dot dot, uint64_t *position)
{
    struct karto_own own;
    enum karto_err err = karto_own_get(tx, dot, &own);
    *position = err == KARTO_OK ? own.position : 0;
    return err;
}

/* The confirmed copy after the verdict, of what the user may read; of a refused change only its fields and contexts
 * count, and of one that took the record for another kind not even those. */
static enum karto_err judge_base(struct karto_tx *tx, struct karto_entry *entry, const struct karto_change *change,
                                 bool refused)
{
    struct karto_record base;
    bool some;
    if (refused && entry->base.count > 0 && entry->base.kind != change->kind)
        return KARTO_OK;
    struct karto_change effect = refused ? karto_change_void(&tx->arena, change) : *change, part;
    enum karto_err err = karto_view_part(tx, &effect, &part, &some);
    if (err != KARTO_OK || !some)
        return err;
    enum karto_outcome outcome = karto_apply(&tx->arena, &entry->base, &part, &base);
    if (outcome == KARTO_KNOWN)
        return KARTO_OK;
    if (outcome == KARTO_APPLIED && karto_record_check(&base) == KARTO_OK)
        entry->base = base;
    else
        entry->kept = false; /* the hub has taken it upon another state: that one is still to come */
    return KARTO_OK;
}

static enum karto_err judge_entry(struct karto_tx *tx, const struct karto_change *change, enum karto_verdict verdict,
                                  bool inside, struct karto_rid *lacking)
{
    struct karto_entry before, after;
    enum karto_err err = karto_entry_load(tx, change->record, &before);
    if (err != KARTO_OK)
        return err;
    after = before;
    if (after.pending == 0)
        return KARTO_E_CORRUPT;
    after.pending--;
    if (verdict != KARTO_V_ERASED)
        err = judge_base(tx, &after, change, verdict == KARTO_V_REFUSED);
    if (err != KARTO_OK)
        return err;
    if (!inside)
        after.kept = after.expect = false;
    else if (before.kept && !after.kept)
        *lacking = change->record;
    if (inside && !after.kept && KARTO_BROKEN("inside"))
        after.kept = true;
    else if (inside && !after.kept)
        after.expect = true; /* shown, but current only when its state has come */
    return karto_view_save(tx, &before, &after);
}

enum karto_err karto_device_judged(struct karto_tx *tx, struct karto_dot dot, enum karto_verdict verdict,
                                   struct karto_slice reason, uint64_t receipt, bool inside, struct karto_rid *lacking)
{
    struct karto_own own;
    struct karto_log_entry entry;
    struct karto_change change;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_own_get(tx, dot, &own);
    *lacking = (struct karto_rid){{0}};
    if (err != KARTO_OK || own.verdict != KARTO_V_NONE)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    own.verdict = verdict;
    own.reason = reason;
    own.receipt = receipt;
    err = karto_own_put(tx, dot, &own);
    if (err == KARTO_OK)
        err = karto_pending_delete(tx, own.position);
    if (err == KARTO_OK)
        err = karto_log_read(tx, own.position, &entry);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &entry, &change);
    if (err == KARTO_OK)
        err = judge_entry(tx, &change, verdict, inside, lacking);
    tx->ledger.pending--;
    tx->ledger.refused += verdict == KARTO_V_REFUSED;
    karto_arena_release(&tx->arena, mark);
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

enum karto_err karto_device_confirmed(struct karto_tx *tx, struct karto_dot *dot)
{
    uint64_t at = 0;
    struct karto_dot pending;
    enum karto_err err;
    *dot = (struct karto_dot){tx->ledger.node, tx->ledger.seq};
    for (; (err = karto_pending_from(tx, at, &at, &pending)) == KARTO_OK; at++)
        if (karto_node_equal(pending.node, tx->ledger.node)) {
            dot->seq = pending.seq - 1;
            break;
        }
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* ---- pull ---- */

/* The values that another change of this record replaced, which was made upon the same state of the field: what the hub
 * took before it may come here after it. */
static void copy_old(struct karto_change *to, const struct karto_change *from)
{
    for (uint32_t i = 0; i < to->count; i++) {
        const struct karto_touch *touch = &to->touches[i], *same = karto_change_touch(from, touch->field);
        if (!same || !karto_vv_equal(same->context, touch->context))
            continue;
        for (uint32_t j = 0; j < touch->count; j++) {
            struct karto_set *set =
                (struct karto_set *)(uintptr_t)&touch->sets[j]; /* fill_old made them, in our arena */
            for (uint32_t k = 0; k < same->count && karto_value_is_nil(set->old); k++)
                if (karto_slice_equal(same->sets[k].key, set->key) && same->sets[k].old.size)
                    set->old = same->sets[k].old;
        }
    }
}

static bool is_concurrent(const struct karto_record *base, const struct karto_change *change)
{
    for (uint32_t i = 0; i < change->count; i++) {
        const struct karto_field *field = karto_record_field(base, change->touches[i].field);
        if (field && !karto_vv_equal(field->vv, change->touches[i].context))
            return true;
    }
    return false;
}

static enum karto_err find_old(struct karto_tx *tx, const struct karto_entry *entry, struct karto_change *change)
{
    enum karto_err err = KARTO_OK;
    karto_change_fill_old(&tx->arena, &entry->base, change);
    if (!is_concurrent(&entry->base, change))
        return KARTO_OK;
    for (uint64_t at = entry->last; at && err == KARTO_OK;) {
        struct karto_log_entry row;
        struct karto_change earlier;
        err = karto_log_read(tx, at, &row);
        if (err == KARTO_OK)
            err = karto_log_change(tx, &row, &earlier);
        if (err == KARTO_OK)
            copy_old(change, &earlier);
        at = row.previous;
    }
    return err;
}

/* Whether what the log will have of it can be read again: too many nodes or too many bytes could not. */
static bool is_readable(struct karto_tx *tx, const struct karto_change *change)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_change back;
    if (karto_change_is_small(change))
        return true;
    karto_change_encode(change, true, &bytes);
    bool readable = karto_change_decode(&tx->arena, karto_buf_slice(&bytes), &back) == KARTO_OK;
    karto_buf_fini(&bytes);
    return readable;
}

static enum karto_err log_pulled(struct karto_tx *tx, const struct karto_entry *entry,
                                 const struct karto_change *change)
{
    struct karto_change filled = *change;
    enum karto_err err = find_old(tx, entry, &filled);
    if (err != KARTO_OK)
        return err;
    if (!is_readable(tx, &filled))
        return KARTO_E_INVALID;
    struct karto_log_entry row = {.type = KARTO_LOG_CHANGE,
                                  .verdict = karto_change_is_void(change) ? KARTO_V_REFUSED : KARTO_V_APPLIED,
                                  .previous = entry->last,
                                  .record = change->record,
                                  .at_ms = karto_now_ms(tx)};
    return karto_log_append(tx, &row, &filled);
}

static enum karto_err change_kept(struct karto_tx *tx, const struct karto_entry *before,
                                  const struct karto_change *change, bool *gap)
{
    struct karto_entry after = *before;
    switch (karto_apply(&tx->arena, &before->base, change, &after.base)) {
    case KARTO_KNOWN: return KARTO_OK;
    case KARTO_GAP: *gap = true; return KARTO_OK;
    case KARTO_APPLIED: break;
    }
    if (karto_record_check(&after.base) != KARTO_OK) { /* what stands here took another way to the same: fetch it */
        *gap = true;
        return KARTO_OK;
    }
    enum karto_err err = log_pulled(tx, before, change);
    if (err != KARTO_OK)
        return err;
    tx->ledger.clock = karto_hlc_observe(tx->ledger.clock, change->stamp.hlc, karto_now_ms(tx));
    after.last = tx->ledger.position;
    return karto_view_save(tx, before, &after);
}

/* Whether the hub can have this change of the present node from here: it was sent. */
static enum karto_err is_from_here(struct karto_tx *tx, struct karto_dot dot, bool *here)
{
    struct karto_own own;
    enum karto_err err = karto_own_get(tx, dot, &own);
    *here = err == KARTO_OK && (own.verdict != KARTO_V_NONE || own.sent.node.v != 0);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_device_fork(struct karto_tx *tx, uint64_t seq)
{
    uint64_t at = 0, from = 0;
    struct karto_dot dot;
    struct karto_own own;
    enum karto_err err;
    for (; from == 0 && (err = karto_pending_from(tx, at, &at, &dot)) == KARTO_OK; at++) {
        if (!karto_node_equal(dot.node, tx->ledger.node) || dot.seq > seq)
            continue;
        err = karto_own_get(tx, dot, &own);
        if (err != KARTO_OK)
            return err;
        from = own.sent.node.v == 0 ? own.position : 0;
    }
    return err == KARTO_OK || err == KARTO_E_NOT_FOUND ? karto_device_rotate(tx, from) : err;
}

enum karto_err karto_device_change(struct karto_tx *tx, const struct karto_change *change, bool *gap)
{
    struct karto_entry entry;
    bool here = true;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    *gap = false;
    if (karto_node_equal(change->stamp.dot.node, tx->ledger.node)) {
        enum karto_err mine = is_from_here(tx, change->stamp.dot, &here);
        if (mine != KARTO_OK || !here)
            return mine == KARTO_OK ? KARTO_E_CHANGED : mine;
    }
    enum karto_err err = karto_entry_load(tx, change->record, &entry);
    if (err == KARTO_OK && entry.kept)
        err = change_kept(tx, &entry, change, gap);
    karto_arena_release(&tx->arena, mark);
    return err;
}

/* The last change of the present node that a state holds. */
static uint64_t own_seq(const struct karto_tx *tx, const struct karto_record *record)
{
    uint64_t last = 0;
    for (uint32_t i = 0; i < record->count; i++) {
        uint64_t seq = karto_vv_seq(record->fields[i].vv, tx->ledger.node);
        last = seq > last ? seq : last;
    }
    return last;
}

static bool lacks_any(const struct karto_record *record, const struct karto_record *of)
{
    bool lacks = false;
    for (uint32_t i = 0; i < of->count; i++)
        lacks = lacks || !karto_record_field(record, of->fields[i].number);
    return lacks;
}

/* Whether what is known of the record's past is to be fetched anew: a field that is gone is the user's to read no more,
 * and what others wrote in it goes from the log, too; of one that comes with other rights the changes here say nothing.
 */
static bool is_other_past(const struct karto_tx *tx, const struct karto_record *before,
                          const struct karto_record *after)
{
    return lacks_any(after, before) || (tx->ledger.reconciling && lacks_any(before, after));
}

static enum karto_err take_state(struct karto_tx *tx, struct karto_rid id, struct karto_slice home,
                                 struct karto_slice bytes, uint64_t *seq)
{
    struct karto_entry before, after;
    bool here = true;
    enum karto_err err = karto_entry_load(tx, id, &before);
    if (err != KARTO_OK)
        return err;
    after = before;
    after.kept = true;
    after.expect = false;
    after.home = home;
    err = karto_record_decode(&tx->arena, id, bytes, &after.base);
    if (err != KARTO_OK || after.base.kind == 0 || home.size > KARTO_TERRITORY_SIZE_MAX || !karto_utf8_valid(home))
        return KARTO_E_INVALID;
    *seq = own_seq(tx, &after.base);
    if (*seq > 0)
        err = is_from_here(tx, (struct karto_dot){tx->ledger.node, *seq}, &here);
    if (err != KARTO_OK || !here)
        return err == KARTO_OK ? KARTO_E_CHANGED : err;
    const struct karto_stamp *youngest = karto_record_youngest(&after.base);
    if (youngest)
        tx->ledger.clock = karto_hlc_observe(tx->ledger.clock, youngest->hlc, karto_now_ms(tx));
    if (!before.exists)
        err = karto_past_return(tx, id, &after.last);
    else if (is_other_past(tx, &before.base, &after.base) && !KARTO_BROKEN("lost"))
        err = karto_past_forget(tx, id, after.last);
    if (err == KARTO_OK)
        err = karto_past_lack(tx, &after.base, after.last);
    return err == KARTO_OK ? karto_view_save(tx, &before, &after) : err;
}

enum karto_err karto_device_state(struct karto_tx *tx, struct karto_rid id, struct karto_slice home,
                                  struct karto_slice bytes, uint64_t *seq)
{
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = take_state(tx, id, home, bytes, seq);
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_device_leave(struct karto_tx *tx, struct karto_rid id)
{
    struct karto_entry before, after;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_entry_load(tx, id, &before);
    if (err == KARTO_OK && before.exists) {
        after = before;
        after.kept = after.expect = false;
        err = karto_view_save(tx, &before, &after);
    }
    karto_arena_release(&tx->arena, mark);
    return err;
}

/* ---- reconcile ---- */

struct compare {
    struct karto_rid last;
    bool to_the_end;
    const struct karto_hash *hashes;
    uint32_t count, at;
    struct karto_rid *wanted, *gone;
    uint32_t wanted_count, gone_count, gone_room;
};

static void add_gone(struct karto_tx *tx, struct compare *c, struct karto_rid id)
{
    if (c->gone_count == c->gone_room) {
        uint32_t room = c->gone_room ? 2 * c->gone_room : 64;
        struct karto_rid *larger = karto_arena_array(&tx->arena, room, sizeof *larger);
        for (uint32_t i = 0; i < c->gone_count; i++)
            larger[i] = c->gone[i];
        c->gone = larger;
        c->gone_room = room;
    }
    c->gone[c->gone_count++] = id;
}

/* One of our records, against the hashes up to it. */
static enum karto_err compare_row(struct karto_tx *tx, struct compare *c, struct karto_rid id, struct karto_slice row)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    while (c->at < c->count && karto_rid_compare(c->hashes[c->at].record, id) < 0)
        c->wanted[c->wanted_count++] = c->hashes[c->at++].record;
    bool named = c->at < c->count && karto_rid_equal(c->hashes[c->at].record, id);
    enum karto_err err = karto_entry_decode(&tx->arena, id, row, &entry);
    if (err == KARTO_OK)
        err = karto_entry_load_base(tx, &entry);
    if (err != KARTO_OK)
        return err;
    bool current = entry.kept && named && karto_state_hash(&entry.base, entry.home) == c->hashes[c->at].hash;
    bool ours = entry.kept || entry.expect;
    karto_arena_release(&tx->arena, mark);
    if (named && !current)
        c->wanted[c->wanted_count++] = id;
    if (!named && ours)
        add_gone(tx, c, id);
    c->at += named;
    return KARTO_OK;
}

static enum karto_err compare_rows(struct karto_tx *tx, struct compare *c, struct karto_rid after)
{
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, karto_rid_slice(&after), &key, &row); err == KARTO_OK;
         err = karto_kv_next(cursor, &key, &row)) {
        struct karto_rid id = karto_rid_read(key.data);
        if (karto_rid_equal(id, after))
            continue;
        if (!c->to_the_end && karto_rid_compare(id, c->last) > 0)
            break;
        err = compare_row(tx, c, id, row);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    while (c->at < c->count)
        c->wanted[c->wanted_count++] = c->hashes[c->at++].record;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_device_compare(struct karto_tx *tx, struct karto_rid after, struct karto_rid last,
                                    const struct karto_hash *hashes, uint32_t count, struct karto_rid **wanted,
                                    uint32_t *wanted_count)
{
    struct compare c = {.last = last, .to_the_end = karto_rid_is_zero(last), .hashes = hashes, .count = count};
    c.wanted = karto_arena_array(&tx->arena, count, sizeof *c.wanted);
    enum karto_err err = compare_rows(tx, &c, after);
    for (uint32_t i = 0; i < c.gone_count && err == KARTO_OK; i++)
        err = karto_device_leave(tx, c.gone[i]);
    *wanted = c.wanted;
    *wanted_count = c.wanted_count;
    return err;
}

enum karto_err karto_device_keeps(struct karto_tx *tx, struct karto_rid after, bool *any)
{
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    *any = false;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, karto_rid_slice(&after), &key, &row); err == KARTO_OK && !*any;
         err = karto_kv_next(cursor, &key, &row))
        *any = !karto_rid_equal(karto_rid_read(key.data), after) && row.size && karto_entry_is_ours(row);
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_device_digest(struct karto_tx *tx, struct karto_sum *sum)
{
    return karto_digest_all(tx, sum);
}
