/* What a device gets: the feed of its territories, and states. */
#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/hub_feed.h"
#include "core/store/hub_take.h"
#include "core/store/log.h"

#include <string.h>

/* ---- events ---- */

struct giving {
    struct karto_tx *tx;
    const struct karto_device *device;
    struct karto_dot skip;
    struct karto_feed_event *events;
    uint32_t count, looked_at;
    uint64_t size;
};

/* What a record is to a device. */
enum business { NONE_OF_ITS_KIND, OUTSIDE, INSIDE };

/* Without copying the record, which may be large. */
static enum karto_err look_whose(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                                 enum business *business)
{
    struct karto_slice row, home, state;
    *business = OUTSIDE;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    err = karto_entry_split(row, &home, &state);
    if (err != KARTO_OK)
        return err;
    uint32_t kind = karto_record_kind_of(state);
    if (!karto_role_has(device->scope.role, kind) && !KARTO_BROKEN("kinds"))
        *business = NONE_OF_ITS_KIND;
    else if (karto_rights_cover(&device->scope, home))
        *business = INSIDE;
    return KARTO_OK;
}

static bool given_as_state(const struct giving *g, struct karto_rid record)
{
    for (uint32_t i = g->count; i-- > 0 && i + 64 > g->count;)
        if (karto_rid_equal(g->events[i].record, record))
            return g->events[i].type == KARTO_FEED_STATE;
    return false;
}

static enum karto_err give_change(struct giving *g, const struct karto_log_entry *row, struct karto_feed_event *event)
{
    struct karto_change whole;
    enum karto_err err = karto_log_change(g->tx, row, &whole);
    if (err != KARTO_OK)
        return err;
    if (KARTO_BROKEN("voids") && row->verdict == KARTO_V_REFUSED)
        return KARTO_OK;
    struct karto_dot dot = whole.stamp.dot;
    if (karto_node_equal(dot.node, g->skip.node) && dot.seq <= g->skip.seq)
        return KARTO_OK;
    event->change = whole;
    if (!KARTO_BROKEN("change-part") &&
        !karto_change_part(&g->tx->arena, g->device->scope.role, &whole, &event->change))
        return KARTO_OK;
    if (!row->concurrent)
        karto_change_forget_old(&g->tx->arena, &event->change);
    event->type = KARTO_FEED_CHANGE;
    g->size += row->change.size;
    g->count++;
    return KARTO_OK;
}

static enum karto_err give_state(struct giving *g, struct karto_feed_event *event)
{
    enum karto_err err = karto_hub_state(g->tx, g->device, event->record, &event->home, &event->state);
    event->type = KARTO_FEED_STATE;
    g->size += event->state.size + event->home.size;
    g->count += err == KARTO_OK;
    return err;
}

static enum karto_err give_event(struct giving *g, const struct karto_log_entry *row)
{
    struct karto_feed_event *event = &g->events[g->count];
    enum business business;
    *event = (struct karto_feed_event){.record = row->record};
    if (row->apart)
        return KARTO_OK;
    enum karto_err err = look_whose(g->tx, g->device, row->record, &business);
    if (err != KARTO_OK || business == NONE_OF_ITS_KIND)
        return err;
    if (business == OUTSIDE) {
        event->type = KARTO_FEED_LEAVE;
        g->size += sizeof event->record;
        g->count++;
        return KARTO_OK;
    }
    if (!karto_rights_cover(&g->device->scope, row->after))
        return KARTO_OK;
    if (row->type != KARTO_LOG_CHANGE || row->previous == 0 || !karto_slice_equal(row->before, row->after))
        return give_state(g, event);
    if (given_as_state(g, row->record))
        return KARTO_OK;
    err = give_change(g, row, event);
    return err == KARTO_E_CORRUPT ? give_state(g, event) : err; /* the record has it all the same */
}

/* What is not given takes no memory. */
static enum karto_err look_at(struct giving *g, uint64_t position)
{
    struct karto_log_entry row;
    uint32_t before = g->count;
    struct karto_arena_mark mark = karto_arena_mark(&g->tx->arena);
    enum karto_err err = karto_log_read(g->tx, position, &row);
    if (err == KARTO_OK)
        err = give_event(g, &row);
    if (g->count == before)
        karto_arena_release(&g->tx->arena, mark);
    g->looked_at++;
    return err;
}

enum karto_err karto_hub_feed(struct karto_tx *tx, const struct karto_device *device, uint64_t cursor,
                              struct karto_dot skip, uint64_t budget, uint32_t most, struct karto_feed_event **events,
                              uint32_t *count, uint64_t *next, bool *more)
{
    struct karto_feed feed;
    struct giving g = {.tx = tx, .device = device, .skip = skip};
    uint64_t position, left = tx->ledger.position > cursor ? tx->ledger.position - cursor : 0;
    most = left < most ? (uint32_t)left : most;
    g.events = karto_arena_array(&tx->arena, most, sizeof *g.events);
    enum karto_err err = karto_feed_open(tx, device, cursor, false, &feed);
    if (err != KARTO_OK)
        return err;
    *next = cursor;
    *more = false;
    while ((err = karto_feed_next(&feed, &position)) == KARTO_OK) {
        *more = g.count == most || g.size >= budget || g.looked_at == KARTO_EVENTS_MAX;
        if (*more)
            break;
        err = look_at(&g, position);
        if (err != KARTO_OK) {
            err = err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
            break;
        }
        *next = position;
    }
    karto_feed_close(&feed);
    *events = g.events;
    *count = g.count;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* ---- where the scope ends, and what it adds up to ---- */

enum karto_err karto_hub_position(struct karto_tx *tx, const struct karto_device *device, uint64_t *position)
{
    struct karto_feed feed;
    *position = 0;
    enum karto_err err = karto_feed_open(tx, device, UINT64_MAX, true, &feed);
    if (err != KARTO_OK)
        return err;
    err = karto_feed_next(&feed, position);
    karto_feed_close(&feed);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_hub_digest(struct karto_tx *tx, const struct karto_device *device, struct karto_sum *sum)
{
    const struct karto_rights *scope = &device->scope;
    struct karto_sum one;
    if (karto_role_is_everywhere(scope->role))
        return karto_digest_part(tx, NULL, scope->role, sum);
    struct karto_slice everybody = karto_slice_str(KARTO_EVERYBODY);
    enum karto_err err = karto_digest_part(tx, &everybody, scope->role, sum);
    for (uint32_t i = 0; i < scope->territory_count && err == KARTO_OK; i++) {
        err = karto_digest_part(tx, &scope->territories[i], scope->role, &one);
        *sum = karto_sum_add(*sum, one);
    }
    return err;
}

/* ---- states ---- */

struct karto_slice karto_hub_part(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                                  struct karto_slice state)
{
    struct karto_record record;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    if (karto_role_has_whole(device->scope.role, karto_record_kind_of(state)) || KARTO_BROKEN("state-part"))
        return state;
    if (karto_record_decode(&tx->arena, id, state, &record) != KARTO_OK)
        return karto_slice(NULL, 0); /* nobody can say what it may have of that */
    record = karto_record_part(&tx->arena, device->scope.role, &record);
    karto_record_encode(&record, &bytes);
    struct karto_slice part = karto_arena_copy(&tx->arena, karto_buf_slice(&bytes));
    karto_buf_fini(&bytes);
    return part;
}

enum karto_err karto_hub_has(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id, bool *has)
{
    enum business business;
    enum karto_err err = look_whose(tx, device, id, &business);
    *has = err == KARTO_OK && business == INSIDE;
    return err;
}

enum karto_err karto_hub_state(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                               struct karto_slice *home, struct karto_slice *state)
{
    struct karto_slice row;
    bool has;
    enum karto_err err = karto_hub_has(tx, device, id, &has);
    if (err == KARTO_OK && !has)
        err = KARTO_E_NOT_FOUND;
    if (err == KARTO_OK)
        err = karto_row(tx, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    if (err == KARTO_OK)
        err = karto_entry_split(row, home, state);
    if (err == KARTO_OK)
        *state = karto_hub_part(tx, device, id, *state);
    return err;
}

enum karto_err karto_hub_walk(struct karto_tx *tx, const struct karto_device *device, struct karto_rid after,
                              karto_hub_visit *visit, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row, home, state;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, karto_rid_slice(&after), &key, &row); err == KARTO_OK;
         err = karto_kv_next(cursor, &key, &row)) {
        struct karto_rid id = karto_rid_read(key.data);
        err = karto_entry_split(row, &home, &state);
        if (err == KARTO_OK && !karto_rid_equal(id, after) &&
            karto_rights_hold(&device->scope, karto_record_kind_of(state), home))
            err = visit(tx, id, home, state, context);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND || err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}
