#include "core/store/hub_feed.h"

#include "core/store/databases.h"

#include <string.h>

/* One territory's. */
struct karto_feed_stream {
    struct karto_kv_cursor *cursor;
    struct karto_slice territory;
    uint64_t position; /* of the next event; NO_MORE */
};

#define NO_MORE(feed) ((feed)->backwards ? 0 : UINT64_MAX)

struct karto_slice karto_feed_key(struct karto_arena *arena, struct karto_slice territory, uint64_t position)
{
    uint8_t *key = karto_arena_alloc(arena, territory.size + 9);
    if (territory.size)
        memcpy(key, territory.data, territory.size);
    key[territory.size] = 0;
    karto_be64_write(position, key + territory.size + 1);
    return karto_slice(key, territory.size + 9);
}

static bool is_of(struct karto_slice key, struct karto_slice territory)
{
    return key.size == territory.size + 9 && memcmp(key.data, territory.data, territory.size) == 0 &&
           key.data[territory.size] == 0;
}

static enum karto_err settle(const struct karto_feed *feed, struct karto_feed_stream *stream, enum karto_err err,
                             struct karto_slice key)
{
    stream->position = NO_MORE(feed);
    if (err == KARTO_OK && is_of(key, stream->territory))
        stream->position = karto_be64(key.data + stream->territory.size + 1);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err open_stream(struct karto_feed *feed, struct karto_feed_stream *stream,
                                  struct karto_slice territory)
{
    struct karto_slice key, value;
    stream->territory = territory;
    enum karto_err err = karto_kv_cursor_open(feed->tx->kv, KARTO_DB_FEED, &stream->cursor);
    if (err != KARTO_OK)
        return err;
    feed->count++;
    if (feed->backwards)
        err = karto_kv_seek_last_before(stream->cursor, karto_feed_key(&feed->tx->arena, territory, feed->position),
                                        &key, &value);
    else
        err = karto_kv_seek(stream->cursor, karto_feed_key(&feed->tx->arena, territory, feed->position + 1), &key,
                            &value);
    return settle(feed, stream, err, key);
}

void karto_feed_close(struct karto_feed *feed)
{
    for (uint32_t i = 0; i < feed->count; i++)
        karto_kv_cursor_close(feed->streams[i].cursor);
    feed->count = 0;
}

enum karto_err karto_feed_open(struct karto_tx *tx, const struct karto_device *device, uint64_t position,
                               bool backwards, struct karto_feed *feed)
{
    uint32_t territories = device->scope.territory_count;
    *feed = (struct karto_feed){.tx = tx,
                                .position = position,
                                .backwards = backwards,
                                .everything = karto_role_is_everywhere(device->scope.role)};
    if (feed->everything)
        return KARTO_OK;
    feed->streams = karto_arena_array(&tx->arena, territories + 1, sizeof *feed->streams);
    for (uint32_t i = 0; i <= territories; i++) {
        struct karto_slice name = i < territories ? device->scope.territories[i] : karto_slice_str(KARTO_EVERYBODY);
        enum karto_err err = open_stream(feed, &feed->streams[i], name);
        if (err != KARTO_OK) {
            karto_feed_close(feed);
            return err;
        }
    }
    return KARTO_OK;
}

static bool is_nearer(const struct karto_feed *feed, uint64_t a, uint64_t b)
{
    return feed->backwards ? a > b : a < b;
}

/* A position that several territories have was given once, and is stepped over in all. */
static enum karto_err pass(struct karto_feed *feed, struct karto_feed_stream *stream)
{
    struct karto_slice key, value;
    if (stream->position == NO_MORE(feed) || is_nearer(feed, feed->position, stream->position))
        return KARTO_OK;
    enum karto_err err =
        feed->backwards ? karto_kv_prev(stream->cursor, &key, &value) : karto_kv_next(stream->cursor, &key, &value);
    return settle(feed, stream, err, key);
}

enum karto_err karto_feed_next(struct karto_feed *feed, uint64_t *position)
{
    uint64_t best = NO_MORE(feed), last = feed->tx->ledger.position;
    if (feed->everything && feed->backwards && feed->position > 0)
        best = feed->position <= last ? feed->position - 1 : last;
    else if (feed->everything && !feed->backwards && feed->position < last)
        best = feed->position + 1;
    for (uint32_t i = 0; i < feed->count; i++) {
        enum karto_err err = pass(feed, &feed->streams[i]);
        if (err != KARTO_OK)
            return err;
        if (is_nearer(feed, feed->streams[i].position, best))
            best = feed->streams[i].position;
    }
    *position = best;
    if (best == NO_MORE(feed))
        return KARTO_E_NOT_FOUND;
    feed->position = best;
    return KARTO_OK;
}
