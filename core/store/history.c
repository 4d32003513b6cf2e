#include "core/store/history.h"

#include "core/store/entry.h"
#include "core/store/log.h"
#include "core/store/own.h"
#include "core/store/past.h"

static enum karto_history_state state_of(enum karto_verdict verdict)
{
    switch (verdict) {
    case KARTO_V_REFUSED: return KARTO_IS_REFUSED;
    case KARTO_V_WAITS: return KARTO_IS_WAITING;
    case KARTO_V_NONE: return KARTO_IS_PENDING;
    case KARTO_V_APPLIED:
    case KARTO_V_CONTAINED:
    case KARTO_V_FORK:
    case KARTO_V_REISSUE:
    case KARTO_V_ERASED:
    case KARTO_V_COUNT: break;
    }
    return KARTO_IS_CONFIRMED;
}

/* On a device the verdict on an own change stands in its own row: the log is written once. */
static enum karto_err find_state(struct karto_tx *tx, const struct karto_log_entry *row,
                                 struct karto_history_item *item)
{
    struct karto_own own;
    item->state = tx->ledger.role == KARTO_LOCAL ? KARTO_IS_CONFIRMED : state_of(row->verdict);
    if (tx->ledger.role != KARTO_ON_DEVICE || row->verdict != KARTO_V_NONE)
        return KARTO_OK;
    enum karto_err err = karto_own_get(tx, item->change.stamp.dot, &own);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    item->state = state_of(own.verdict);
    item->reason = own.reason;
    return KARTO_OK;
}

static enum karto_err read_item(struct karto_tx *tx, uint64_t position, const struct karto_log_entry *row,
                                struct karto_history_item *item)
{
    *item = (struct karto_history_item){.position = position, .previous = row->previous, .at_ms = row->at_ms};
    if (row->stripped)
        return KARTO_E_NOT_FOUND;
    enum karto_err err = karto_log_change(tx, row, &item->change);
    return err == KARTO_OK ? find_state(tx, row, item) : err;
}

enum karto_err karto_history_at(struct karto_tx *tx, uint64_t position, struct karto_history_item *item)
{
    struct karto_log_entry row;
    *item = (struct karto_history_item){.position = position};
    enum karto_err err = karto_log_read(tx, position, &row);
    return err == KARTO_OK ? read_item(tx, position, &row, item) : err;
}

enum karto_err karto_history_begins(struct karto_tx *tx, int64_t *at_ms)
{
    struct karto_log_entry row;
    enum karto_err err = karto_log_read(tx, 1, &row);
    *at_ms = err == KARTO_OK ? row.at_ms : karto_now_ms(tx);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* ---- log and past as one ---- */

/* Where a walk back stands. Positions of the past are the hub's: as names, they have a bit that the log's have not. */
struct walk {
    struct karto_tx *tx;
    const struct karto_rid *record; /* NULL: all */
    uint64_t log, past;             /* the next entry of each; 0: no more */
    struct karto_log_entry log_row, past_row;
};

#define OF_PAST (1ULL << 63)

static enum karto_err read_log(struct walk *w)
{
    enum karto_err err = w->log ? karto_log_read(w->tx, w->log, &w->log_row) : KARTO_OK;
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

static enum karto_err read_past(struct walk *w, uint64_t before)
{
    enum karto_err err = karto_past_before(w->tx, w->record, before, &w->past, &w->past_row);
    if (err == KARTO_E_NOT_FOUND)
        w->past = 0;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err begin(struct karto_tx *tx, const struct karto_rid *record, struct walk *w)
{
    struct karto_entry entry;
    *w = (struct walk){.tx = tx, .record = record, .log = tx->ledger.position};
    enum karto_err err = KARTO_OK;
    if (record) {
        err = karto_entry_load(tx, *record, &entry);
        w->log = entry.last;
    }
    if (err == KARTO_OK)
        err = read_log(w);
    return err == KARTO_OK && tx->ledger.role == KARTO_ON_DEVICE ? read_past(w, OF_PAST) : err;
}

static bool log_is_next(const struct walk *w)
{
    return w->past == 0 || (w->log != 0 && w->log_row.at_ms >= w->past_row.at_ms);
}

/* The row that the walk stands on, and the name of its place; NULL: the end. */
static const struct karto_log_entry *stands_on(const struct walk *w, uint64_t *place)
{
    if (w->log == 0 && w->past == 0)
        return NULL;
    *place = log_is_next(w) ? w->log : w->past | OF_PAST;
    return log_is_next(w) ? &w->log_row : &w->past_row;
}

static enum karto_err go_on(struct walk *w)
{
    if (!log_is_next(w))
        return read_past(w, w->past);
    w->log = w->record ? w->log_row.previous : w->log - 1;
    return read_log(w);
}

/* Whether a place was passed: it stands in the log or in the past, and the walk is behind it there. */
static bool is_behind(const struct walk *w, uint64_t place)
{
    return place & OF_PAST ? w->past < (place & ~OF_PAST) : w->log < place;
}

enum karto_err karto_history(struct karto_tx *tx, const struct karto_rid *record, uint64_t before,
                             karto_history_visit *visit, void *context)
{
    struct walk w;
    const struct karto_log_entry *row;
    uint64_t place;
    enum karto_err err = begin(tx, record, &w);
    while (err == KARTO_OK && (row = stands_on(&w, &place)) != NULL) {
        struct karto_history_item item;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        if (row->type == KARTO_LOG_CHANGE && !row->stripped && (before == 0 || is_behind(&w, before))) {
            err = read_item(tx, place, row, &item);
            item.previous = place & OF_PAST ? 0 : item.previous;
            if (err == KARTO_OK)
                err = visit(tx, &item, context);
        }
        karto_arena_release(&tx->arena, mark);
        if (err == KARTO_OK)
            err = go_on(&w);
    }
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

enum karto_err karto_history_of(struct karto_tx *tx, struct karto_rid record, struct karto_dot dot,
                                struct karto_change *change)
{
    struct walk w;
    uint64_t place;
    const struct karto_log_entry *row;
    enum karto_err err = begin(tx, &record, &w);
    while (err == KARTO_OK && (row = stands_on(&w, &place)) != NULL) {
        if (row->type == KARTO_LOG_CHANGE && !row->stripped) {
            err = karto_log_change(tx, row, change);
            if (err == KARTO_OK && karto_dot_equal(change->stamp.dot, dot))
                return KARTO_OK;
        }
        if (err == KARTO_OK)
            err = go_on(&w);
    }
    return err == KARTO_OK ? KARTO_E_NOT_FOUND : err;
}
