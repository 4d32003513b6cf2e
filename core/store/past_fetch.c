#include "core/store/past_fetch.h"

#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/entry.h"

#include <stdlib.h>

enum { DROP_MOST = 5000, PLACES_MOST = 200 };

#define DAY_MS (24 * 60 * 60 * 1000LL)
#define MIB    (1024 * 1024ULL)

/* ---- what to ask for ---- */

static bool same_limits(const struct karto_past_limits *a, const struct karto_past_limits *b)
{
    return a->days == b->days && a->mb == b->mb;
}

static enum karto_err drop_some(struct karto_tx *tx, struct karto_past_reach *reach, bool *again)
{
    enum karto_err err = karto_past_drop(tx, reach, DROP_MOST, again);
    if (err != KARTO_OK)
        return err;
    return *again ? karto_past_put_reach(tx, reach) : karto_kv_delete(tx->kv, KARTO_DB_META, karto_slice_str("past"));
}

/* Where the fetch stands. Under other rights the walk begins anew, if it is not at its end: of a record that was in two
 * of the territories in turn, the rest may be in one that is not walked any more. *ready: it may go on. */
static enum karto_err settle(struct karto_tx *tx, const struct karto_past_limits *limits,
                             struct karto_past_reach *reach, bool *ready, bool *again)
{
    *ready = false;
    enum karto_err err = karto_past_get_reach(tx, reach);
    bool there = err == KARTO_OK;
    if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
        return err;
    if (there && (limits->days == 0 || !karto_epoch_equal(reach->epoch, tx->ledger.epoch))) {
        err = drop_some(tx, reach, again);
        *again |= limits->days > 0; /* the first rows are gone; the next call begins anew */
        return err;
    }
    *ready = limits->days > 0;
    if (!*ready || (there && same_limits(&reach->limits, limits) && reach->rights == tx->ledger.rights))
        return KARTO_OK;
    if (!there)
        reach->epoch = tx->ledger.epoch;
    if (!there || (reach->below > 0 && reach->rights != tx->ledger.rights)) {
        reach->below = tx->ledger.cursor + 1;
        reach->since_ms = karto_now_ms(tx);
    }
    reach->rights = tx->ledger.rights;
    reach->limits = *limits;
    return karto_past_put_reach(tx, reach);
}

/* Records that lack something within the limit of age. */
static enum karto_err list_lacks(struct karto_tx *tx, struct karto_past_ask *ask)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    struct karto_past_place *places = karto_arena_array(&tx->arena, PLACES_MOST, sizeof *places);
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_LACKS, &cursor);
    if (err != KARTO_OK)
        return err;
    while (ask->place_count < PLACES_MOST && (err = karto_kv_next(cursor, &key, &row)) == KARTO_OK) {
        struct karto_past_place *place = &places[ask->place_count];
        err = karto_past_parse_lack(key, row, place);
        if (err != KARTO_OK)
            break;
        if (place->before == 0)
            place->before = ask->cursor + 1;
        ask->place_count += place->at_ms > ask->since_ms;
    }
    karto_kv_cursor_close(cursor);
    ask->places = places;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err make_ask(struct karto_tx *tx, const struct karto_past_reach *reach, struct karto_past_ask *ask,
                               bool *any)
{
    enum karto_err err = KARTO_OK;
    const struct karto_past_limits *limits = &reach->limits;
    *ask = (struct karto_past_ask){.cursor = tx->ledger.cursor,
                                   .since_ms = karto_now_ms(tx) - (int64_t)limits->days * DAY_MS};
    if (reach->bytes < 2 * limits->mb * MIB)
        err = list_lacks(tx, ask);
    ask->before = reach->below <= ask->cursor ? reach->below : ask->cursor + 1;
    bool walk = reach->below > 0 && reach->since_ms > ask->since_ms && reach->bytes < limits->mb * MIB;
    *any = ask->place_count > 0 || walk;
    return err;
}

enum karto_err karto_past_next(struct karto_tx *tx, const struct karto_past_limits *limits, uint64_t budget,
                               struct karto_past_ask *ask, bool *any, bool *again)
{
    struct karto_past_reach reach;
    bool ready;
    *any = *again = false;
    if (tx->ledger.role != KARTO_ON_DEVICE || tx->ledger.reconciling || tx->ledger.synced_ms == 0)
        return KARTO_OK;
    enum karto_err err = settle(tx, limits, &reach, &ready, again);
    if (err != KARTO_OK || !ready)
        return err;
    err = make_ask(tx, &reach, ask, any);
    ask->budget = budget;
    return err;
}

enum karto_err karto_past_wants(struct karto_tx *tx, bool *any)
{
    struct karto_past_reach reach;
    struct karto_past_ask ask;
    *any = false;
    enum karto_err err = karto_past_get_reach(tx, &reach);
    return err == KARTO_OK ? make_ask(tx, &reach, &ask, any) : err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* ---- what was answered ---- */

static int compare_changes(const void *a, const void *b)
{
    const struct karto_past_change *x = *(const struct karto_past_change *const *)a,
                                   *y = *(const struct karto_past_change *const *)b;
    int order = karto_rid_compare(x->change.record, y->change.record);
    return order ? order : (x->position < y->position) - (x->position > y->position);
}

/* Changes of one record: what is not ours is left, and what the log has. */
static enum karto_err take_record(struct karto_tx *tx, struct karto_past_reach *reach,
                                  const struct karto_past_change *const *changes, uint32_t count)
{
    struct karto_slice row;
    const struct karto_dot *dots = NULL;
    uint32_t dot_count = 0;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&changes[0]->change.record), &row);
    if (err != KARTO_OK || !karto_entry_is_ours(row))
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    err = karto_past_logged(tx, karto_entry_last_of(row), &dots, &dot_count);
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++)
        if (!karto_dots_have(dots, dot_count, changes[i]->change.stamp.dot))
            err = karto_past_put(tx, reach, changes[i]);
    karto_arena_release(&tx->arena, mark);
    return err;
}

static enum karto_err take_changes(struct karto_tx *tx, struct karto_past_reach *reach,
                                   const struct karto_past_page *page)
{
    const struct karto_past_change **sorted = karto_arena_array(&tx->arena, page->count, sizeof *sorted);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < page->count; i++)
        sorted[i] = &page->changes[i];
    if (page->count > 1)
        qsort(sorted, page->count, sizeof *sorted, compare_changes);
    for (uint32_t i = 0, end; i < page->count && err == KARTO_OK; i = end) {
        for (end = i + 1; end < page->count && karto_rid_equal(sorted[i]->change.record, sorted[end]->change.record);
             end++)
            ;
        err = take_record(tx, reach, sorted + i, end - i);
    }
    return err;
}

/* ---- of the whole scope ---- */

static bool is_of_scope(const struct karto_past_ask *ask, const struct karto_past_page *page)
{
    uint64_t last = ask->before;
    for (uint32_t i = 0; i < page->count; i++) {
        if (page->changes[i].position >= last || page->changes[i].position < page->below)
            return false;
        last = page->changes[i].position;
    }
    return page->done == 0 && page->below <= ask->before && (!page->more || page->below < ask->before);
}

/* A record that came from elsewhere: what is older is asked for by name. Where it lacks more already, that includes
 * this. */
static enum karto_err note_place(struct karto_tx *tx, const struct karto_past_place *place)
{
    struct karto_past_place lack;
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&place->record), &row);
    if (err != KARTO_OK || !karto_entry_is_ours(row))
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    err = karto_past_get_lack(tx, place->record, &lack);
    if (err == KARTO_OK && (lack.before == 0 || lack.before >= place->before))
        return KARTO_OK;
    return err == KARTO_OK || err == KARTO_E_NOT_FOUND ? karto_past_put_lack(tx, place) : err;
}

static enum karto_err take_scope(struct karto_tx *tx, const struct karto_past_ask *ask,
                                 const struct karto_past_page *page, struct karto_past_reach *reach)
{
    enum karto_err err = is_of_scope(ask, page) ? take_changes(tx, reach, page) : KARTO_E_PROTOCOL;
    for (uint32_t i = 0; i < page->place_count && err == KARTO_OK; i++)
        err = note_place(tx, &page->places[i]);
    reach->below = page->below;
    if (!page->more)
        reach->since_ms = ask->since_ms;
    else if (page->at_ms < reach->since_ms)
        reach->since_ms = page->at_ms;
    return err;
}

/* ---- of named records ---- */

/* Whether the answer has nothing but changes of the records asked for, in turn and each downwards, and gets on. */
static bool is_of_places(const struct karto_past_ask *ask, const struct karto_past_page *page)
{
    uint32_t at = 0;
    uint64_t last = ask->places[0].before;
    for (uint32_t i = 0; i < page->count; i++) {
        while (at < ask->place_count && !karto_rid_equal(ask->places[at].record, page->changes[i].change.record))
            last = ++at < ask->place_count ? ask->places[at].before : 0;
        if (page->changes[i].position >= last)
            return false;
        last = page->changes[i].position;
    }
    if (!page->more)
        return page->done == ask->place_count;
    return page->done < ask->place_count && at <= page->done && (page->done > 0 || page->below < ask->places[0].before);
}

/* A record is through: to its first change, or to the limit of age, which is then remembered as what it lacks. */
static enum karto_err end_place(struct karto_tx *tx, const struct karto_past_ask *ask,
                                const struct karto_past_place *place, const struct karto_past_change *oldest)
{
    struct karto_past_place rest = {place->record, oldest ? oldest->position : place->before, ask->since_ms};
    if (oldest && oldest->previous == 0)
        return karto_past_end_lack(tx, place->record);
    return karto_past_put_lack(tx, &rest);
}

static enum karto_err take_places(struct karto_tx *tx, const struct karto_past_ask *ask,
                                  const struct karto_past_page *page, struct karto_past_reach *reach)
{
    uint32_t at = 0;
    enum karto_err err = is_of_places(ask, page) ? take_changes(tx, reach, page) : KARTO_E_PROTOCOL;
    for (uint32_t i = 0; i < page->done && err == KARTO_OK; i++) {
        const struct karto_past_change *oldest = NULL;
        for (; at < page->count && karto_rid_equal(page->changes[at].change.record, ask->places[i].record); at++)
            oldest = &page->changes[at];
        err = end_place(tx, ask, &ask->places[i], oldest);
    }
    if (err != KARTO_OK || !page->more)
        return err;
    struct karto_past_place rest = ask->places[page->done];
    rest.before = page->below;
    if (page->at_ms)
        rest.at_ms = page->at_ms;
    return karto_past_put_lack(tx, &rest);
}

enum karto_err karto_past_take(struct karto_tx *tx, const struct karto_past_ask *ask,
                               const struct karto_past_page *page)
{
    struct karto_past_reach reach;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_past_get_reach(tx, &reach);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_USAGE : err;
    err = ask->place_count ? take_places(tx, ask, page, &reach) : take_scope(tx, ask, page, &reach);
    if (err == KARTO_OK)
        err = karto_past_put_reach(tx, &reach);
    karto_arena_release(&tx->arena, mark);
    return err;
}
