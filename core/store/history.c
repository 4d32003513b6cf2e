#include "core/store/history.h"

#include "core/store/entry.h"
#include "core/store/log.h"
#include "core/store/own.h"

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

static enum karto_err visit_one(struct karto_tx *tx, uint64_t position, const struct karto_log_entry *row,
                                karto_history_visit *visit, void *context)
{
    struct karto_history_item item;
    if (row->type != KARTO_LOG_CHANGE)
        return KARTO_OK;
    enum karto_err err = read_item(tx, position, row, &item);
    return err == KARTO_OK ? visit(tx, &item, context) : err;
}

static enum karto_err last_position(struct karto_tx *tx, const struct karto_rid *record, uint64_t *position)
{
    struct karto_entry entry;
    *position = tx->ledger.position;
    if (!record)
        return KARTO_OK;
    enum karto_err err = karto_entry_load(tx, *record, &entry);
    *position = entry.last;
    return err;
}

enum karto_err karto_history(struct karto_tx *tx, const struct karto_rid *record, uint64_t before,
                             karto_history_visit *visit, void *context)
{
    uint64_t position;
    enum karto_err err = last_position(tx, record, &position);
    while (err == KARTO_OK && position > 0) {
        struct karto_log_entry row;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_log_read(tx, position, &row);
        if (err == KARTO_E_NOT_FOUND)
            err = KARTO_E_CORRUPT;
        if (err == KARTO_OK && (before == 0 || position < before))
            err = visit_one(tx, position, &row, visit, context);
        position = record ? row.previous : position - 1;
        karto_arena_release(&tx->arena, mark);
    }
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

enum karto_err karto_history_of(struct karto_tx *tx, struct karto_rid record, struct karto_dot dot,
                                struct karto_change *change)
{
    uint64_t position;
    enum karto_err err = last_position(tx, &record, &position);
    while (err == KARTO_OK && position > 0) {
        struct karto_log_entry row;
        err = karto_log_read(tx, position, &row);
        if (err == KARTO_OK && row.type == KARTO_LOG_CHANGE) {
            err = karto_log_change(tx, &row, change);
            if (err == KARTO_OK && karto_dot_equal(change->stamp.dot, dot))
                return KARTO_OK;
        }
        position = row.previous;
    }
    return err == KARTO_OK ? KARTO_E_NOT_FOUND : err;
}
