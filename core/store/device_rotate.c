/* Going on under a new node id, and making a store that was used alone a device's: the cases in which pending changes
 * are written anew. */
#include "core/store/batches.h"
#include "core/store/device.h"
#include "core/store/device_view.h"
#include "core/store/log.h"
#include "core/store/own.h"

/* ---- rotate ---- */

/* One change on its way to a new dot. */
struct move {
    struct karto_tx *tx;
    struct karto_entry entry;
    struct karto_view_pending *pending; /* all of its record's, those before it moved already */
    uint64_t position, from;
};

/* Up to which seq of an own node n this record's field f still stands on changes that keep their dots. */
static uint64_t stays(const struct move *m, struct karto_node n, uint32_t field, uint64_t seq)
{
    const struct karto_field *base = karto_record_field(&m->entry.base, field);
    uint64_t best = base ? karto_vv_seq(base->vv, n) : 0;
    best = best < seq ? best : seq;
    for (uint32_t i = 0; i < m->entry.pending; i++) {
        const struct karto_change *change = &m->pending[i].change;
        bool keeps_its_dot = m->pending[i].position < m->from;
        if (keeps_its_dot && karto_node_equal(change->stamp.dot.node, n) && change->stamp.dot.seq <= seq &&
            change->stamp.dot.seq > best && karto_change_touch(change, field))
            best = change->stamp.dot.seq;
    }
    return best;
}

/* The seq under the new node of the change of the same field that was moved last; 0: none. */
static uint64_t moved_before(const struct move *m, uint32_t field)
{
    uint64_t seq = 0;
    for (uint32_t i = 0; i < m->entry.pending && m->pending[i].position < m->position; i++)
        if (m->pending[i].position >= m->from && karto_change_touch(&m->pending[i].change, field))
            seq = m->pending[i].change.stamp.dot.seq;
    return seq;
}

static struct karto_vv remap(const struct move *m, uint32_t field, struct karto_vv vv)
{
    struct karto_vv out = KARTO_VV_EMPTY;
    bool own = false;
    for (uint32_t i = 0; i < vv.count; i++) {
        struct karto_dot dot = vv.dots[i];
        if (karto_is_own_node(m->tx, dot.node)) {
            own = true;
            dot.seq = stays(m, dot.node, field, dot.seq);
        }
        if (dot.seq > 0)
            out = karto_vv_with(&m->tx->arena, out, dot);
    }
    uint64_t seq = own ? moved_before(m, field) : 0;
    if (seq > 0)
        out = karto_vv_with(&m->tx->arena, out, (struct karto_dot){m->tx->ledger.node, seq});
    return out;
}

static void remap_change(const struct move *m, struct karto_change *change)
{
    struct karto_touch *touches = karto_arena_array(&m->tx->arena, change->count, sizeof *touches);
    struct karto_seen *seen = karto_arena_array(&m->tx->arena, change->seen_count, sizeof *seen);
    for (uint32_t i = 0; i < change->count; i++) {
        touches[i] = change->touches[i];
        touches[i].context = remap(m, touches[i].field, touches[i].context);
    }
    for (uint32_t i = 0; i < change->seen_count; i++)
        seen[i] = (struct karto_seen){change->seen[i].field, remap(m, change->seen[i].field, change->seen[i].vv)};
    change->touches = touches;
    change->seen = seen;
}

static enum karto_err rewrite(struct karto_tx *tx, uint64_t position, const struct karto_change *change)
{
    struct karto_log_entry row;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    enum karto_err err = karto_log_read(tx, position, &row);
    if (err == KARTO_OK) {
        karto_change_encode(change, true, &bytes);
        row.change = karto_buf_slice(&bytes);
        err = karto_log_replace(tx, position, &row);
    }
    karto_buf_fini(&bytes);
    return err;
}

static enum karto_err give_new_dot(struct karto_tx *tx, struct karto_dot old, uint64_t position,
                                   struct karto_change *change)
{
    change->stamp.dot = (struct karto_dot){tx->ledger.node, ++tx->ledger.seq};
    struct karto_own own = {.position = position};
    enum karto_err err = rewrite(tx, position, change);
    if (err == KARTO_OK)
        err = karto_own_delete(tx, old);
    if (err == KARTO_OK)
        err = karto_own_put(tx, change->stamp.dot, &own);
    return err == KARTO_OK ? karto_pending_put(tx, position, change->stamp.dot) : err;
}

static enum karto_err move_one(struct karto_tx *tx, uint64_t from, uint64_t position, struct karto_dot dot)
{
    struct karto_log_entry row;
    struct karto_change change;
    struct move m = {.tx = tx, .position = position, .from = from};
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_log_read(tx, position, &row);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &row, &change);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, row.record, &m.entry);
    if (err == KARTO_OK)
        err = karto_view_pending(tx, &m.entry, &m.pending);
    if (err == KARTO_OK) {
        remap_change(&m, &change);
        err = give_new_dot(tx, dot, position, &change);
    }
    karto_arena_release(&tx->arena, mark);
    return err;
}

static enum karto_err refresh_record_at(struct karto_tx *tx, uint64_t position)
{
    struct karto_log_entry row;
    struct karto_entry before, after;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_log_read(tx, position, &row);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, row.record, &before);
    if (err == KARTO_OK) {
        after = before;
        err = karto_view_save(tx, &before, &after);
    }
    karto_arena_release(&tx->arena, mark);
    return err;
}

static enum karto_err refresh_moved(struct karto_tx *tx, uint64_t from)
{
    struct karto_dot dot;
    enum karto_err err = KARTO_OK;
    for (uint64_t at = from; (err = karto_pending_from(tx, at, &at, &dot)) == KARTO_OK; at++) {
        err = refresh_record_at(tx, at);
        if (err != KARTO_OK)
            return err;
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_device_rotate(struct karto_tx *tx, uint64_t from_position)
{
    struct karto_dot dot;
    enum karto_err err = karto_new_node(tx);
    if (err != KARTO_OK || from_position == 0)
        return err;
    for (uint64_t at = from_position; (err = karto_pending_from(tx, at, &at, &dot)) == KARTO_OK; at++) {
        err = move_one(tx, from_position, at, dot);
        if (err != KARTO_OK)
            return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    }
    return err == KARTO_E_NOT_FOUND ? refresh_moved(tx, from_position) : err;
}

/* ---- join ---- */

/* The change that creates a client, with a territory from the beginning of time if it has none: what creates a client
 * must say where it lies. */
static void add_territory(struct karto_tx *tx, struct karto_change *change, struct karto_slice territory)
{
    struct karto_set *set = karto_arena_alloc(&tx->arena, sizeof *set);
    struct karto_touch *touches = karto_arena_array(&tx->arena, change->count + 1, sizeof *touches);
    uint32_t at = 0, count = 0;
    if (karto_change_touch(change, KARTO_F_TERRITORY))
        return;
    set->key = karto_date_key(&tx->arena, KARTO_DATE_MIN);
    set->value = karto_value_bytes(&tx->arena, karto_value_text(territory));
    set->old = karto_value_bytes(&tx->arena, karto_value_nil());
    while (at < change->count && change->touches[at].field < KARTO_F_TERRITORY)
        touches[count++] = change->touches[at++];
    touches[count++] = (struct karto_touch){KARTO_F_TERRITORY, KARTO_VV_EMPTY, set, 1};
    while (at < change->count)
        touches[count++] = change->touches[at++];
    change->touches = touches;
    change->count = count;
}

struct join {
    struct karto_slice user, territory;
};

/* One entry of the log becomes pending, under the name of the user that the hub knows. */
static enum karto_err join_entry(struct karto_tx *tx, const struct join *join, uint64_t position)
{
    struct karto_log_entry row;
    struct karto_change change;
    struct karto_entry before, after;
    struct karto_own own = {.position = position};
    enum karto_err err = karto_log_read(tx, position, &row);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &row, &change);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, row.record, &before);
    if (err != KARTO_OK)
        return err;
    change.stamp.author = join->user;
    if (row.previous == 0 && change.kind == KARTO_CLIENT && join->territory.size)
        add_territory(tx, &change, join->territory);
    err = rewrite(tx, position, &change);
    if (err == KARTO_OK)
        err = karto_own_put(tx, change.stamp.dot, &own);
    if (err == KARTO_OK)
        err = karto_pending_put(tx, position, change.stamp.dot);
    after = before;
    after.base = (struct karto_record){.id = before.id, .kind = before.view.kind};
    after.pending++;
    tx->ledger.pending++;
    return err == KARTO_OK ? karto_entry_save(tx, &before, &after) : err;
}

enum karto_err karto_device_join(struct karto_tx *tx, struct karto_slice user, struct karto_slice territory)
{
    struct join join = {user, territory};
    if (tx->ledger.role != KARTO_LOCAL)
        return KARTO_E_ROLE;
    tx->ledger.role = KARTO_ON_DEVICE;
    enum karto_err err = karto_set_user(tx, user);
    for (uint64_t position = 1; position <= tx->ledger.position && err == KARTO_OK; position++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = join_entry(tx, &join, position);
        karto_arena_release(&tx->arena, mark);
    }
    if (err == KARTO_OK)
        err = karto_batches_again(tx);
    return err == KARTO_OK ? refresh_moved(tx, 0) : err;
}
