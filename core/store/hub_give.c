/* What a device gets: the feed of its territories, and states. */
#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/hub_take.h"
#include "core/store/log.h"

#include <string.h>

/* ---- one stream of positions out of the feeds of several territories ---- */

struct stream {
    struct karto_kv_cursor *cursor;
    struct karto_slice territory;
    uint64_t position; /* of the next event; UINT64_MAX: no more */
};

struct feed {
    struct stream *streams;
    uint32_t count;
};

static struct karto_slice feed_key(struct karto_tx *tx, struct karto_slice territory, uint64_t position)
{
    uint8_t *key = karto_arena_alloc(&tx->arena, territory.size + 9);
    if (territory.size)
        memcpy(key, territory.data, territory.size);
    karto_be64_write(position, key + territory.size + 1);
    return karto_slice(key, territory.size + 9);
}

static bool is_of(struct karto_slice key, struct karto_slice territory)
{
    return key.size == territory.size + 9 && memcmp(key.data, territory.data, territory.size) == 0 &&
           key.data[territory.size] == 0;
}

static enum karto_err settle(struct stream *stream, enum karto_err err, struct karto_slice key)
{
    stream->position = UINT64_MAX;
    if (err == KARTO_OK && is_of(key, stream->territory))
        stream->position = karto_be64(key.data + stream->territory.size + 1);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err open_stream(struct karto_tx *tx, struct stream *stream, struct karto_slice territory,
                                  uint64_t cursor)
{
    struct karto_slice key, value;
    stream->territory = territory;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_FEED, &stream->cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek(stream->cursor, feed_key(tx, territory, cursor + 1), &key, &value);
    return settle(stream, err, key);
}

static void close_feed(struct feed *feed)
{
    for (uint32_t i = 0; i < feed->count; i++)
        karto_kv_cursor_close(feed->streams[i].cursor);
}

static enum karto_err open_feed(struct karto_tx *tx, const struct karto_device *device, uint64_t cursor,
                                struct feed *feed)
{
    uint32_t territories = device->scope.territory_count;
    feed->streams = karto_arena_array(&tx->arena, territories + 1, sizeof *feed->streams);
    feed->count = 0;
    for (uint32_t i = 0; i <= territories; i++) {
        struct karto_slice name = i < territories ? device->scope.territories[i] : karto_slice_str(KARTO_EVERYBODY);
        enum karto_err err = open_stream(tx, &feed->streams[feed->count++], name, cursor);
        if (err != KARTO_OK) {
            close_feed(feed);
            return err;
        }
    }
    return KARTO_OK;
}

/* The next position behind *position of a device's scope; UINT64_MAX: no more. */
static enum karto_err next_position(struct feed *feed, uint64_t *position)
{
    uint64_t best = UINT64_MAX;
    for (uint32_t i = 0; i < feed->count; i++) {
        struct stream *stream = &feed->streams[i];
        if (stream->position <= *position) {
            struct karto_slice key, value;
            enum karto_err err = karto_kv_next(stream->cursor, &key, &value);
            err = settle(stream, err, key);
            if (err != KARTO_OK)
                return err;
        }
        if (stream->position < best)
            best = stream->position;
    }
    *position = best;
    return KARTO_OK;
}

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
    return given_as_state(g, row->record) ? KARTO_OK : give_change(g, row, event);
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

/* The next position in scope, for whoever has everything: the next of the log. */
static enum karto_err step(struct karto_tx *tx, const struct karto_device *device, struct feed *feed,
                           uint64_t *position)
{
    if (device->scope.role != KARTO_ROLE_OFFICE)
        return next_position(feed, position);
    *position = *position < tx->ledger.position ? *position + 1 : UINT64_MAX;
    return KARTO_OK;
}

enum karto_err karto_hub_feed(struct karto_tx *tx, const struct karto_device *device, uint64_t cursor,
                              struct karto_dot skip, uint64_t budget, uint32_t most, struct karto_feed_event **events,
                              uint32_t *count, uint64_t *next, bool *more)
{
    struct feed feed = {NULL, 0};
    struct giving g = {.tx = tx, .device = device, .skip = skip};
    uint64_t position = cursor;
    uint64_t left = tx->ledger.position > cursor ? tx->ledger.position - cursor : 0;
    most = left < most ? (uint32_t)left : most;
    g.events = karto_arena_array(&tx->arena, most, sizeof *g.events);
    enum karto_err err = device->scope.role == KARTO_ROLE_OFFICE ? KARTO_OK : open_feed(tx, device, cursor, &feed);
    if (err != KARTO_OK)
        return err;
    *next = cursor;
    *more = false;
    while ((err = step(tx, device, &feed, &position)) == KARTO_OK && position != UINT64_MAX) {
        *more = g.count == most || g.size >= budget || g.looked_at == KARTO_EVENTS_MAX;
        if (*more)
            break;
        err = look_at(&g, position);
        if (err != KARTO_OK)
            break;
        *next = position;
    }
    close_feed(&feed);
    *events = g.events;
    *count = g.count;
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

/* ---- where the scope ends, and what it adds up to ---- */

static enum karto_err last_of(struct karto_tx *tx, struct karto_slice territory, uint64_t *position)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_FEED, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek_last_before(cursor, feed_key(tx, territory, UINT64_MAX), &key, &value);
    if (err == KARTO_OK && is_of(key, territory)) {
        uint64_t last = karto_be64(key.data + territory.size + 1);
        *position = last > *position ? last : *position;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_hub_position(struct karto_tx *tx, const struct karto_device *device, uint64_t *position)
{
    *position = device->scope.role == KARTO_ROLE_OFFICE ? tx->ledger.position : 0;
    if (*position)
        return KARTO_OK;
    enum karto_err err = last_of(tx, karto_slice_str(KARTO_EVERYBODY), position);
    for (uint32_t i = 0; i < device->scope.territory_count && err == KARTO_OK; i++)
        err = last_of(tx, device->scope.territories[i], position);
    return err;
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
