/* history: older changes of the scope, or of named records. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/changes.h"
#include "proto/codec.h"
#include "proto/columns.h"

/* ---- places ---- */

static void pack_ids(struct karto_buf *out, const struct karto_past_place *places, uint32_t count)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_rid *ids = karto_arena_array(&arena, count, sizeof *ids);
    for (uint32_t i = 0; i < count; i++)
        ids[i] = places[i].record;
    karto_pack_uint(out, count);
    karto_columns_pack_ids(out, ids, count);
    for (uint32_t i = 0; i < count; i++)
        karto_pack_uint(out, places[i].before);
    karto_arena_fini(&arena);
}

static struct karto_past_place *read_ids(struct karto_reader *reader, struct karto_arena *arena, uint32_t most,
                                         uint32_t *count)
{
    *count = karto_columns_read_count(reader, most);
    struct karto_rid *ids = karto_arena_array(arena, *count, sizeof *ids);
    struct karto_past_place *places = karto_arena_array(arena, *count, sizeof *places);
    karto_columns_read_ids(reader, ids, *count);
    for (uint32_t i = 0; i < *count && !reader->error; i++)
        places[i] = (struct karto_past_place){ids[i], karto_read_uint(reader, UINT64_MAX), 0};
    return places;
}

/* Times as differences: wide ones wrap around, on both sides alike. */
static void pack_time(struct karto_buf *out, int64_t ms, int64_t *last)
{
    karto_pack_int(out, (int64_t)((uint64_t)ms - (uint64_t)*last));
    *last = ms;
}

static int64_t read_time(struct karto_reader *reader, int64_t *last)
{
    return *last = (int64_t)((uint64_t)*last + (uint64_t)karto_read_int(reader));
}

/* ---- request ---- */

enum karto_err karto_history_encode(const struct karto_past_ask *ask, struct karto_buf *out)
{
    if (ask->place_count > KARTO_HISTORY_RECORDS_MAX)
        return KARTO_E_LIMIT;
    karto_pack_uint(out, ask->cursor);
    karto_pack_uint(out, ask->before);
    karto_pack_int(out, ask->since_ms);
    karto_pack_uint(out, ask->budget);
    pack_ids(out, ask->places, ask->place_count);
    return KARTO_OK;
}

void karto_history_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_past_ask *ask)
{
    ask->cursor = karto_read_uint(reader, UINT64_MAX);
    ask->before = karto_read_uint(reader, UINT64_MAX);
    ask->since_ms = karto_read_int(reader);
    ask->budget = karto_read_uint(reader, UINT64_MAX);
    ask->places = read_ids(reader, arena, KARTO_HISTORY_RECORDS_MAX, &ask->place_count);
}

/* ---- answer ---- */

static enum karto_err pack_changes(struct karto_buf *out, const struct karto_past_page *page)
{
    struct karto_arena arena;
    int64_t time = 0;
    uint64_t last = 0;
    karto_arena_init(&arena);
    struct karto_change *changes = karto_arena_array(&arena, page->count, sizeof *changes);
    karto_pack_uint(out, page->count);
    for (uint32_t i = 0; i < page->count; i++) {
        changes[i] = page->changes[i].change;
        karto_pack_int(out, (int64_t)(page->changes[i].position - last));
        last = page->changes[i].position;
    }
    for (uint32_t i = 0; i < page->count; i++)
        karto_pack_uint(out, page->changes[i].previous);
    for (uint32_t i = 0; i < page->count; i++)
        pack_time(out, page->changes[i].at_ms, &time);
    enum karto_err err = karto_changes_pack(out, changes, page->count);
    karto_arena_fini(&arena);
    return err;
}

enum karto_err karto_history_answer_encode(const struct karto_past_page *page, struct karto_buf *out)
{
    int64_t time = 0;
    if (page->count > KARTO_HISTORY_ROWS_MAX || page->place_count > KARTO_HISTORY_ROWS_MAX ||
        page->done > KARTO_HISTORY_RECORDS_MAX)
        return KARTO_E_LIMIT;
    karto_pack_uint(out, page->below);
    karto_pack_int(out, page->at_ms);
    karto_pack_uint(out, page->done);
    karto_pack_bool(out, page->more);
    enum karto_err err = pack_changes(out, page);
    pack_ids(out, page->places, page->place_count);
    for (uint32_t i = 0; i < page->place_count; i++)
        pack_time(out, page->places[i].at_ms, &time);
    return err;
}

static void read_changes(struct karto_reader *reader, struct karto_arena *arena, struct karto_past_page *page)
{
    int64_t time = 0;
    uint64_t last = 0;
    uint32_t count = karto_columns_read_count(reader, KARTO_HISTORY_ROWS_MAX);
    struct karto_past_change *out = karto_arena_array(arena, count, sizeof *out);
    struct karto_change *changes = karto_arena_array(arena, count, sizeof *changes);
    for (uint32_t i = 0; i < count && !reader->error; i++)
        last = out[i].position = last + (uint64_t)karto_read_int(reader);
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        out[i].previous = karto_read_uint(reader, UINT64_MAX);
        if (out[i].position <= out[i].previous)
            karto_reader_fail(reader, "an entry that comes before the one before it");
    }
    for (uint32_t i = 0; i < count && !reader->error; i++)
        out[i].at_ms = read_time(reader, &time);
    if (reader->error)
        return;
    karto_changes_read(reader, arena, changes, NULL, count);
    for (uint32_t i = 0; i < count && !reader->error; i++)
        out[i].change = changes[i];
    page->changes = out;
    page->count = count;
}

void karto_history_answer_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_past_page *page)
{
    int64_t time = 0;
    page->below = karto_read_uint(reader, UINT64_MAX);
    page->at_ms = karto_read_int(reader);
    page->done = (uint32_t)karto_read_uint(reader, KARTO_HISTORY_RECORDS_MAX);
    page->more = karto_read_bool(reader);
    read_changes(reader, arena, page);
    struct karto_past_place *places = read_ids(reader, arena, KARTO_HISTORY_ROWS_MAX, &page->place_count);
    for (uint32_t i = 0; i < page->place_count && !reader->error; i++)
        places[i].at_ms = read_time(reader, &time);
    page->places = places;
}
