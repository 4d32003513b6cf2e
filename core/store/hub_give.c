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

/* Without copying the record, which may be large. */
static enum karto_err is_inside(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                                bool *inside)
{
    struct karto_slice row, home, state;
    *inside = false;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    err = karto_entry_split(row, &home, &state);
    *inside = err == KARTO_OK && karto_rights_hold(&device->scope, home);
    return err;
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
    enum karto_err err = karto_log_change(g->tx, row, &event->change);
    if (err != KARTO_OK)
        return err;
    if (KARTO_BROKEN("voids") && row->verdict == KARTO_V_REFUSED)
        return KARTO_OK;
    struct karto_dot dot = event->change.stamp.dot;
    if (karto_node_equal(dot.node, g->skip.node) && dot.seq <= g->skip.seq)
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
    const struct karto_rights *scope = &g->device->scope;
    struct karto_feed_event *event = &g->events[g->count];
    bool inside;
    *event = (struct karto_feed_event){.record = row->record};
    if (row->apart)
        return KARTO_OK;
    enum karto_err err = is_inside(g->tx, g->device, row->record, &inside);
    if (err != KARTO_OK)
        return err;
    if (!inside) {
        event->type = KARTO_FEED_LEAVE;
        g->size += sizeof event->record;
        g->count++;
        return KARTO_OK;
    }
    if (scope->role != KARTO_ROLE_OFFICE && !karto_rights_hold(scope, row->after))
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
    struct karto_sum one;
    if (device->scope.role == KARTO_ROLE_OFFICE)
        return karto_digest_all(tx, sum);
    enum karto_err err = karto_digest_of(tx, karto_slice_str(KARTO_EVERYBODY), sum);
    for (uint32_t i = 0; i < device->scope.territory_count && err == KARTO_OK; i++) {
        err = karto_digest_of(tx, device->scope.territories[i], &one);
        *sum = karto_sum_add(*sum, one);
    }
    return err;
}

/* ---- states ---- */

enum karto_err karto_hub_state(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                               struct karto_slice *home, struct karto_slice *state)
{
    struct karto_slice row;
    bool inside;
    enum karto_err err = is_inside(tx, device, id, &inside);
    if (err == KARTO_OK && !inside)
        err = KARTO_E_NOT_FOUND;
    if (err == KARTO_OK)
        err = karto_row(tx, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    return err == KARTO_OK ? karto_entry_split(row, home, state) : err;
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
        if (err == KARTO_OK && !karto_rid_equal(id, after) && karto_rights_hold(&device->scope, home))
            err = visit(tx, id, home, state, context);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND || err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}
