#include "core/store/check.h"

#include "core/model/merge.h"
#include "core/store/collation.h"
#include "core/store/databases.h"
#include "core/store/device_view.h"
#include "core/store/dots.h"
#include "core/store/hub_take.h"
#include "core/store/index.h"
#include "core/store/log.h"
#include "core/store/own.h"

#include <string.h>

struct checking {
    struct karto_tx *tx;
    karto_check_report *report;
    void *context;
    struct karto_check *check;
    uint64_t counts[KARTO_LEDGER_KINDS], conflicts, pending, index_rows, feed_rows, dots;
    struct karto_sum digest; /* of all that is kept */
    bool collated;           /* the index is of the present collation: else its rows of text cannot be compared */
};

static void problem(struct checking *c, const char *what, const struct karto_rid *record)
{
    c->check->problems++;
    c->report(c->context, what, record);
}

typedef enum karto_err row_check(struct checking *c, struct karto_slice key, struct karto_slice value);

static enum karto_err each_row(struct checking *c, unsigned db, row_check *check)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    enum karto_err err = karto_kv_cursor_open(c->tx->kv, db, &cursor);
    if (err != KARTO_OK)
        return err;
    while ((err = karto_kv_next(cursor, &key, &value)) == KARTO_OK) {
        struct karto_arena_mark mark = karto_arena_mark(&c->tx->arena);
        err = check(c, key, value);
        karto_arena_release(&c->tx->arena, mark);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* ---- records ---- */

static enum karto_err check_collation(struct checking *c)
{
    enum karto_err err = karto_collation_is_present(c->tx, &c->collated);
    if (err == KARTO_OK && !c->collated)
        problem(c, "the indexes are of another version of ICU; who may write makes them anew at opening", NULL);
    return err;
}

static enum karto_err index_row_is_there(struct karto_tx *tx, struct karto_slice key, void *context)
{
    struct checking *c = context;
    struct karto_slice value;
    c->index_rows++;
    if (!c->collated && karto_index_of_text(key))
        return KARTO_OK;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_INDEX, key, &value);
    if (err == KARTO_E_NOT_FOUND)
        problem(c, "a row of an index is missing", NULL);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static bool same_bytes(const struct karto_record *a, const struct karto_record *b)
{
    struct karto_buf x = KARTO_BUF_EMPTY, y = KARTO_BUF_EMPTY;
    karto_record_encode(a, &x);
    karto_record_encode(b, &y);
    bool same = karto_slice_equal(karto_buf_slice(&x), karto_buf_slice(&y));
    karto_buf_fini(&x);
    karto_buf_fini(&y);
    return same;
}

static enum karto_err check_view(struct checking *c, const struct karto_entry *entry)
{
    struct karto_view_pending *pending;
    struct karto_record view = entry->base, next;
    enum karto_err err = karto_view_pending(c->tx, entry, &pending);
    for (uint32_t i = 0; i < entry->pending && err == KARTO_OK; i++)
        if (karto_apply(&c->tx->arena, &view, &pending[i].change, &next) == KARTO_APPLIED)
            view = next;
    if (err == KARTO_E_CORRUPT)
        problem(c, "pending changes of a record are missing from its history", &entry->id);
    else if (err == KARTO_OK && !same_bytes(&view, &entry->view))
        problem(c, "what is shown is not what is confirmed with the pending changes on top", &entry->id);
    c->pending += entry->pending;
    return err == KARTO_E_CORRUPT ? KARTO_OK : err;
}

static void check_canonical(struct checking *c, const struct karto_entry *entry, struct karto_slice row)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_slice home, state;
    karto_record_encode(&entry->view, &bytes);
    if (karto_entry_split(row, &home, &state) != KARTO_OK || !karto_slice_equal(state, karto_buf_slice(&bytes)))
        problem(c, "a record is not in its canonical form", &entry->id);
    karto_buf_fini(&bytes);
}

static enum karto_err check_home(struct checking *c, const struct karto_entry *entry)
{
    struct karto_slice home;
    if (c->tx->ledger.role != KARTO_ON_HUB)
        return KARTO_OK;
    enum karto_err err = karto_hub_home(c->tx, &entry->view, &home);
    if (err == KARTO_OK && !karto_slice_equal(home, entry->home))
        problem(c, "a record lies in another territory than it should", &entry->id);
    return err;
}

static enum karto_err check_record(struct checking *c, struct karto_slice key, struct karto_slice row)
{
    struct karto_entry entry;
    struct karto_log_entry last;
    c->check->records++;
    if (key.size != 16 || karto_entry_decode(&c->tx->arena, karto_rid_read(key.data), row, &entry) != KARTO_OK) {
        problem(c, "a record cannot be read", NULL);
        return KARTO_OK;
    }
    check_canonical(c, &entry, row);
    enum karto_err err = karto_entry_load_base(c->tx, &entry);
    if (err == KARTO_OK && entry.pending > 0)
        err = check_view(c, &entry);
    if (err == KARTO_OK)
        err = karto_index_rows(c->tx, &entry.view, index_row_is_there, c);
    if (err == KARTO_OK)
        err = check_home(c, &entry);
    for (uint32_t i = 0; entry.kept && i < entry.base.count; i++)
        c->digest = karto_sum_add(c->digest, karto_field_sum(entry.id, &entry.base.fields[i]));
    if (entry.view.kind < KARTO_LEDGER_KINDS)
        c->counts[entry.view.kind]++;
    c->conflicts += karto_record_conflicts(&entry.view);
    if (err == KARTO_OK && entry.last != 0) {
        err = karto_log_read(c->tx, entry.last, &last);
        if (err == KARTO_E_NOT_FOUND || (err == KARTO_OK && !karto_rid_equal(last.record, entry.id)))
            problem(c, "a record names a last event that is not its own", &entry.id);
        err = err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    }
    return err;
}

/* ---- log ---- */

static void check_feed_row(struct checking *c, struct karto_slice territory, uint64_t position,
                           const struct karto_rid *record)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    struct karto_slice value;
    if (territory.size == 0)
        return;
    karto_buf_add_slice(&key, territory);
    karto_buf_add_byte(&key, 0);
    karto_buf_add_be64(&key, position);
    if (karto_kv_get(c->tx->kv, KARTO_DB_FEED, karto_buf_slice(&key), &value) != KARTO_OK)
        problem(c, "an event is missing from the feed of its territory", record);
    c->feed_rows++;
    karto_buf_fini(&key);
}

static enum karto_err check_dot(struct checking *c, const struct karto_change *change)
{
    struct karto_change found;
    struct karto_own own;
    enum karto_err err = KARTO_OK;
    if (c->tx->ledger.role == KARTO_ON_HUB) {
        err = karto_dot_change(c->tx, change->stamp.dot, &found);
        c->dots++;
    } else if (c->tx->ledger.role == KARTO_ON_DEVICE && karto_is_own_node(c->tx, change->stamp.dot.node)) {
        err = karto_own_get(c->tx, change->stamp.dot, &own);
        if (err == KARTO_E_NOT_FOUND && !karto_node_equal(change->stamp.dot.node, c->tx->ledger.node))
            err = KARTO_OK; /* came back from the hub after this store was put back */
    }
    if (err == KARTO_E_NOT_FOUND)
        problem(c, "a change in the log is not known by its number", &change->record);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err check_log(struct checking *c, struct karto_slice key, struct karto_slice row)
{
    struct karto_log_entry entry, previous;
    struct karto_change change;
    uint64_t position = key.size == 8 ? karto_be64(key.data) : 0;
    if (position != ++c->check->changes || karto_log_parse(row, &entry) != KARTO_OK) {
        problem(c, "an entry of the log cannot be read, or is missing", NULL);
        return KARTO_OK;
    }
    if (c->tx->ledger.role == KARTO_ON_HUB && !entry.apart) {
        check_feed_row(c, entry.after, position, &entry.record);
        if (!karto_slice_equal(entry.before, entry.after))
            check_feed_row(c, entry.before, position, &entry.record);
    }
    if (entry.previous != 0) {
        enum karto_err err = karto_log_read(c->tx, entry.previous, &previous);
        if (entry.previous >= position || err != KARTO_OK || !karto_rid_equal(previous.record, entry.record))
            problem(c, "the history of a record is broken", &entry.record);
    }
    if (entry.type != KARTO_LOG_CHANGE)
        return KARTO_OK;
    if (karto_log_change(c->tx, &entry, &change) != KARTO_OK || !karto_rid_equal(change.record, entry.record)) {
        problem(c, "a change in the log cannot be read", &entry.record);
        return KARTO_OK;
    }
    return check_dot(c, &change);
}

/* ---- what must agree ---- */

static enum karto_err check_pending_row(struct checking *c, struct karto_slice key, struct karto_slice row)
{
    struct karto_own own;
    if (key.size != 8 || row.size != 16) {
        problem(c, "a row of what is pending cannot be read", NULL);
        return KARTO_OK;
    }
    struct karto_dot dot = {{karto_be64(row.data)}, karto_be64(row.data + 8)};
    enum karto_err err = karto_own_get(c->tx, dot, &own);
    if (err == KARTO_E_NOT_FOUND ||
        (err == KARTO_OK && (own.position != karto_be64(key.data) || own.verdict != KARTO_V_NONE)))
        problem(c, "what is pending is not what was made here", NULL);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err check_count(struct checking *c, unsigned db, uint64_t want, const char *what)
{
    uint64_t count;
    enum karto_err err = karto_kv_count(c->tx->kv, db, &count);
    if (err == KARTO_OK && count != want)
        problem(c, what, NULL);
    return err;
}

static enum karto_err check_totals(struct checking *c)
{
    const struct karto_ledger *ledger = &c->tx->ledger;
    struct karto_sum digest;
    enum karto_err err = karto_digest_all(c->tx, &digest);
    if (err == KARTO_OK && !karto_sum_equal(digest, c->digest))
        problem(c, "the digests are not those of the records", NULL);
    if (memcmp(c->counts, ledger->counts, sizeof c->counts) != 0)
        problem(c, "the numbers of records are not counted right", NULL);
    if (c->conflicts != ledger->conflicts)
        problem(c, "the conflicts are not counted right", NULL);
    if (c->pending != ledger->pending)
        problem(c, "the pending changes are not counted right", NULL);
    if (c->check->changes != ledger->position)
        problem(c, "the log is shorter or longer than it should be", NULL);
    if (err == KARTO_OK)
        err = check_count(c, KARTO_DB_INDEX, c->index_rows, "an index has rows of records that are not there");
    if (err == KARTO_OK)
        err = check_count(c, KARTO_DB_PENDING, ledger->pending, "the list of what is pending is not complete");
    if (err == KARTO_OK && ledger->role == KARTO_ON_HUB)
        err = check_count(c, KARTO_DB_FEED, c->feed_rows, "the feed has events that did not happen");
    if (err == KARTO_OK && ledger->role == KARTO_ON_HUB)
        err = check_count(c, KARTO_DB_DOTS, c->dots, "changes are known that are not in the log");
    return err;
}

enum karto_err karto_check(struct karto_tx *tx, karto_check_report *report, void *context, struct karto_check *check)
{
    struct checking c = {.tx = tx, .report = report, .context = context, .check = check};
    memset(check, 0, sizeof *check);
    enum karto_err err = check_collation(&c);
    if (err == KARTO_OK)
        err = each_row(&c, KARTO_DB_RECORDS, check_record);
    if (err == KARTO_OK)
        err = each_row(&c, KARTO_DB_LOG, check_log);
    if (err == KARTO_OK)
        err = each_row(&c, KARTO_DB_PENDING, check_pending_row);
    check->indexed = c.index_rows;
    return err == KARTO_OK ? check_totals(&c) : err;
}
