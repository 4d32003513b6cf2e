/* What a device gets of the time before: its territories' feeds are walked backwards, which costs what is in them and
 * no more, however large the log is, and gives the newest first. What a record did before it came into the scope is in
 * other feeds: its place is named, and the device asks for it by name, which walks that record's own entries back. */
#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/hub_feed.h"
#include "core/store/log.h"

struct giving {
    struct karto_tx *tx;
    const struct karto_device *device;
    const struct karto_past_ask *ask;
    struct karto_past_page *page;
    struct karto_past_change *changes;
    struct karto_past_place *places;
    uint64_t size;
    uint32_t rows; /* of the log, looked at */
    bool behind;   /* there is more in the scope than the device has pulled */
    bool untold;   /* the last row is of what the device may not have: it hears neither where it is nor of when */
};

static bool is_full(const struct giving *g)
{
    return g->rows >= KARTO_HISTORY_ROWS_MAX || g->size >= g->ask->budget;
}

/* How far the walk has come. Of a row that is not told only if there is no other way to go on. */
static void reach(struct giving *g, uint64_t position, int64_t at_ms)
{
    if (g->untold && g->rows < KARTO_HISTORY_ROWS_MAX)
        return;
    g->page->below = position;
    g->page->at_ms = at_ms;
}

static bool covers(const struct giving *g, struct karto_slice home)
{
    return karto_rights_cover(&g->device->scope, home);
}

static enum karto_err read_row(struct giving *g, uint64_t position, struct karto_log_entry *row)
{
    g->rows++;
    g->untold = false;
    enum karto_err err = karto_log_read(g->tx, position, row);
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

/* Whether a record that is not in scope was there after the device's cursor: it still has it, and would take this
 * answer for all there is. Of records that it did not have it learns nothing. */
static enum karto_err must_not_have_left(struct giving *g, uint64_t last)
{
    enum karto_err err = KARTO_OK;
    for (uint64_t at = last; g->behind && at > g->ask->cursor && err == KARTO_OK;) {
        struct karto_log_entry row;
        struct karto_arena_mark mark = karto_arena_mark(&g->tx->arena);
        if (g->rows >= KARTO_HISTORY_ROWS_MAX)
            return KARTO_E_STALE;
        err = read_row(g, at, &row);
        if (err == KARTO_OK && row.previous && covers(g, row.before))
            err = KARTO_E_STALE;
        at = row.previous;
        karto_arena_release(&g->tx->arena, mark);
    }
    return err;
}

/* Whether the device may have the record now; *last: the position of the last entry about it. */
static enum karto_err find_record(struct giving *g, struct karto_rid id, bool *inside, uint64_t *last)
{
    struct karto_slice row, home, state;
    *inside = false;
    enum karto_err err = karto_kv_get(g->tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    if (err == KARTO_OK)
        err = karto_entry_split(row, &home, &state);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    *last = karto_entry_last_of(row);
    if (!karto_role_has(g->device->scope.role, karto_record_kind_of(state))) {
        g->untold = true;
        return KARTO_OK; /* it never had it */
    }
    *inside = covers(g, home);
    return *inside ? KARTO_OK : must_not_have_left(g, *last);
}

/* The entry before may be of what it may not have: no more is said than that there is one. */
static uint64_t told_previous(const struct giving *g, uint64_t position, const struct karto_log_entry *row,
                              uint32_t kind)
{
    bool whole = row->previous == 0 || karto_role_has_whole(g->device->scope.role, kind);
    return whole ? row->previous : position - 1;
}

static enum karto_err give(struct giving *g, uint64_t position, const struct karto_log_entry *row)
{
    struct karto_past_change *out = &g->changes[g->page->count];
    struct karto_change whole;
    if (row->type != KARTO_LOG_CHANGE || row->apart)
        return KARTO_OK;
    *out = (struct karto_past_change){.position = position, .at_ms = row->at_ms};
    enum karto_err err = karto_log_change(g->tx, row, &whole);
    if (err != KARTO_OK) /* what cannot be read here, nobody gets; check says so */
        return err == KARTO_E_CORRUPT ? KARTO_OK : err;
    out->change = whole;
    out->previous = told_previous(g, position, row, whole.kind);
    g->untold =
        !KARTO_BROKEN("past-part") && !karto_change_part(&g->tx->arena, g->device->scope.role, &whole, &out->change);
    if (g->untold)
        return KARTO_OK;
    g->size += row->change.size;
    g->page->count++;
    return KARTO_OK;
}

/* ---- the whole scope ---- */

static enum karto_err give_of_feed(struct giving *g, uint64_t position, const struct karto_log_entry *row)
{
    bool inside;
    uint64_t last;
    enum karto_err err = find_record(g, row->record, &inside, &last);
    if (err != KARTO_OK || !inside)
        return err;
    if (row->previous && !covers(g, row->before))
        g->places[g->page->place_count++] = (struct karto_past_place){row->record, position, row->at_ms};
    return give(g, position, row);
}

/* One step down; *aged: the entry is older than what is asked for, which is all then, if not all there is. */
static enum karto_err give_at(struct giving *g, uint64_t position, bool *aged)
{
    struct karto_log_entry row;
    uint32_t given = g->page->count;
    struct karto_arena_mark mark = karto_arena_mark(&g->tx->arena);
    enum karto_err err = read_row(g, position, &row);
    *aged = err == KARTO_OK && row.at_ms < g->ask->since_ms;
    if (err == KARTO_OK && !*aged)
        err = give_of_feed(g, position, &row);
    if (err == KARTO_OK && !*aged)
        reach(g, position, row.at_ms);
    if (g->page->count == given)
        karto_arena_release(&g->tx->arena, mark);
    return err;
}

static enum karto_err walk_feed(struct giving *g, struct karto_feed *feed)
{
    uint64_t position;
    bool aged = false;
    enum karto_err err;
    while ((err = karto_feed_next(feed, &position)) == KARTO_OK) {
        g->page->more = is_full(g);
        if (g->page->more)
            return KARTO_OK;
        err = give_at(g, position, &aged);
        if (err != KARTO_OK || aged)
            return err;
    }
    g->page->below = 0;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err give_scope(struct giving *g)
{
    struct karto_feed feed;
    uint64_t above = g->ask->cursor < UINT64_MAX ? g->ask->cursor + 1 : UINT64_MAX;
    g->page->below = g->ask->before < above ? g->ask->before : above;
    enum karto_err err = karto_feed_open(g->tx, g->device, g->page->below, true, &feed);
    if (err != KARTO_OK)
        return err;
    err = walk_feed(g, &feed);
    karto_feed_close(&feed);
    return err;
}

/* ---- named records ---- */

/* The newest entry of a record below a position: from that position itself, if it is one of the record's (what stands
 * apart is in nobody's chain), else from its last one back. KARTO_E_STALE: so much has happened since that the device
 * should pull first. */
static enum karto_err find_start(struct giving *g, const struct karto_past_place *place, uint64_t last, uint64_t *start)
{
    struct karto_log_entry row;
    enum karto_err err = KARTO_OK;
    uint32_t steps = 0;
    if (place->before && place->before <= g->ask->cursor && place->before <= last) {
        err = read_row(g, place->before, &row);
        *start = row.previous;
        if (err != KARTO_OK || (karto_rid_equal(row.record, place->record) && !row.apart))
            return err;
    }
    for (*start = last; *start && (*start >= place->before || *start > g->ask->cursor); *start = row.previous) {
        if (++steps > KARTO_HISTORY_ROWS_MAX / 2)
            return KARTO_E_STALE;
        err = read_row(g, *start, &row);
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

static enum karto_err walk_back(struct giving *g, uint64_t at)
{
    while (at) {
        struct karto_log_entry row;
        g->page->more = is_full(g);
        if (g->page->more)
            return KARTO_OK;
        enum karto_err err = read_row(g, at, &row);
        if (err != KARTO_OK)
            return err;
        if (row.at_ms < g->ask->since_ms)
            return KARTO_OK;
        err = give(g, at, &row);
        if (err != KARTO_OK)
            return err;
        reach(g, at, row.at_ms);
        at = row.previous;
    }
    return KARTO_OK;
}

static enum karto_err give_record(struct giving *g, const struct karto_past_place *place)
{
    uint64_t last, start;
    bool inside;
    g->page->below = place->before;
    g->page->at_ms = 0;
    g->page->more = is_full(g);
    if (g->page->more)
        return KARTO_OK;
    g->rows++;
    enum karto_err err = find_record(g, place->record, &inside, &last);
    if (err != KARTO_OK || !inside)
        return err;
    err = find_start(g, place, last, &start);
    return err == KARTO_OK ? walk_back(g, start) : err;
}

static enum karto_err give_named(struct giving *g)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < g->ask->place_count && err == KARTO_OK && !g->page->more; i++) {
        err = give_record(g, &g->ask->places[i]);
        g->page->done += !g->page->more;
    }
    return err;
}

enum karto_err karto_hub_past(struct karto_tx *tx, const struct karto_device *device, const struct karto_past_ask *ask,
                              struct karto_past_page *page)
{
    struct giving g = {.tx = tx, .device = device, .ask = ask, .page = page};
    uint64_t position;
    *page = (struct karto_past_page){.below = 0};
    g.changes = karto_arena_array(&tx->arena, KARTO_HISTORY_ROWS_MAX, sizeof *g.changes);
    g.places = karto_arena_array(&tx->arena, KARTO_HISTORY_ROWS_MAX, sizeof *g.places);
    page->changes = g.changes;
    page->places = g.places;
    enum karto_err err = karto_hub_position(tx, device, &position);
    g.behind = position > ask->cursor;
    if (err != KARTO_OK)
        return err;
    return ask->place_count ? give_named(&g) : give_scope(&g);
}
