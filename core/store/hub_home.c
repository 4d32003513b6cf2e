/* Homes: in which territory a record lies, and what follows when that changes. */
#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/hub_feed.h"
#include "core/store/hub_take.h"
#include "core/store/index.h"
#include "core/store/log.h"

static struct karto_slice own_territory(const struct karto_tx *tx, const struct karto_record *record)
{
    struct karto_value value;
    const struct karto_head *head = karto_timeline_at(karto_record_field(record, KARTO_F_TERRITORY), tx->ledger.day);
    if (!head || karto_value_decode(head->value, &value) != KARTO_OK || value.type != KARTO_TEXT ||
        value.text.size > KARTO_TERRITORY_SIZE_MAX)
        return karto_slice(NULL, 0);
    return value.text;
}

enum karto_err karto_hub_home(struct karto_tx *tx, const struct karto_record *record, struct karto_slice *home)
{
    struct karto_slice row, state;
    struct karto_rid parent = karto_client_of(record);
    *home = karto_slice(NULL, 0);
    if (record->kind == KARTO_DEVICE)
        *home = karto_slice_str(KARTO_EVERYBODY);
    else if (record->kind == KARTO_CLIENT)
        *home = own_territory(tx, record);
    if (record->kind == KARTO_DEVICE || record->kind == KARTO_CLIENT || karto_rid_is_zero(parent))
        return KARTO_OK;
    enum karto_err err = karto_row(tx, KARTO_DB_RECORDS, karto_rid_slice(&parent), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    return karto_entry_split(row, home, &state);
}

/* ---- feed ---- */

static enum karto_err feed(struct karto_tx *tx, struct karto_slice territory)
{
    if (territory.size == 0)
        return KARTO_OK;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    struct karto_slice key = karto_feed_key(&tx->arena, territory, tx->ledger.position);
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_FEED, key, karto_slice(NULL, 0));
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_hub_tell(struct karto_tx *tx, struct karto_slice before, struct karto_slice after)
{
    enum karto_err err = feed(tx, after);
    if (err == KARTO_OK && !karto_slice_equal(before, after))
        err = feed(tx, before);
    return err;
}

enum karto_err karto_hub_log_move(struct karto_tx *tx, const struct karto_entry *entry, struct karto_slice home)
{
    const struct karto_log_entry row = {.type = KARTO_LOG_MOVE,
                                        .previous = entry->last,
                                        .record = entry->id,
                                        .at_ms = karto_sys_now_ms(tx->sys),
                                        .before = entry->home,
                                        .after = home};
    enum karto_err err = karto_log_append(tx, &row, NULL);
    return err == KARTO_OK ? karto_hub_tell(tx, entry->home, home) : err;
}

/* ---- what hangs on a client ---- */

struct children {
    struct karto_rid *ids;
    uint32_t count, room;
};

static enum karto_err collect(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    struct children *children = context;
    (void)value;
    if (children->count == children->room) {
        uint32_t room = children->room ? 2 * children->room : 16;
        struct karto_rid *larger = karto_arena_array(&tx->arena, room, sizeof *larger);
        for (uint32_t i = 0; i < children->count; i++)
            larger[i] = children->ids[i];
        children->ids = larger;
        children->room = room;
    }
    children->ids[children->count++] = id;
    return KARTO_OK;
}

/* The record lies in another territory because of something else than a change of its own. */
static enum karto_err move(struct karto_tx *tx, struct karto_rid id)
{
    struct karto_entry before, after;
    enum karto_err err = karto_entry_load(tx, id, &before);
    if (err == KARTO_E_CORRUPT)
        return KARTO_OK; /* it stays where it is, for check to find: nobody else is held up */
    if (err != KARTO_OK || !before.exists)
        return err;
    after = before;
    err = karto_hub_home(tx, &before.view, &after.home);
    if (err != KARTO_OK || karto_slice_equal(before.home, after.home))
        return err;
    err = karto_hub_log_move(tx, &before, after.home);
    after.last = tx->ledger.position;
    if (err == KARTO_OK)
        err = karto_entry_save(tx, &before, &after);
    return err == KARTO_OK ? karto_hub_follow(tx, &before, &after) : err;
}

/* Clients and devices lie where they say themselves. */
static bool may_hang(const struct karto_tx *tx, uint32_t kind)
{
    return kind != KARTO_CLIENT && kind != KARTO_DEVICE && tx->ledger.counts[kind] > 0;
}

static enum karto_err move_children(struct karto_tx *tx, struct karto_rid client)
{
    struct children children = {NULL, 0, 0};
    enum karto_err err = KARTO_OK;
    for (uint32_t kind = 0; kind < KARTO_LEDGER_KINDS && err == KARTO_OK; kind++)
        if (may_hang(tx, kind)) /* of kinds of newer versions, too */
            err = karto_index_walk(tx, KARTO_BY_CLIENT, kind, karto_rid_slice(&client), NULL, collect, &children);
    for (uint32_t i = 0; i < children.count && err == KARTO_OK; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = move(tx, children.ids[i]);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

/* ---- dates ---- */

static enum karto_err note_due(struct karto_tx *tx, const struct karto_record *record)
{
    const struct karto_field *field = karto_record_field(record, KARTO_F_TERRITORY);
    for (uint32_t i = 0; field && i < field->count; i++) {
        int64_t day;
        struct karto_buf key = KARTO_BUF_EMPTY;
        if (!karto_date_of_key(field->registers[i].key, &day) || day <= tx->ledger.day)
            continue;
        karto_buf_add_slice(&key, field->registers[i].key);
        karto_buf_add(&key, record->id.b, sizeof record->id.b);
        enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_DUE, karto_buf_slice(&key), karto_slice(NULL, 0));
        karto_buf_fini(&key);
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

enum karto_err karto_hub_follow(struct karto_tx *tx, const struct karto_entry *before, const struct karto_entry *after)
{
    const struct karto_field *old = karto_record_field(&before->view, KARTO_F_TERRITORY);
    const struct karto_field *new = karto_record_field(&after->view, KARTO_F_TERRITORY);
    bool same = (!old && !new) || (old && new && old->registers == new->registers);
    enum karto_err err = same ? KARTO_OK : note_due(tx, &after->view);
    if (err == KARTO_OK && after->view.kind == KARTO_CLIENT && !KARTO_BROKEN("children") &&
        !karto_slice_equal(before->home, after->home))
        err = move_children(tx, after->id);
    return err;
}

static enum karto_err first_due(struct karto_tx *tx, uint8_t row[20])
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_DUE, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_first(cursor, &key, &value);
    if (err == KARTO_OK && key.size != 20)
        err = KARTO_E_CORRUPT;
    for (size_t i = 0; err == KARTO_OK && i < 20; i++)
        row[i] = key.data[i];
    karto_kv_cursor_close(cursor);
    return err;
}

enum karto_err karto_hub_midnight(struct karto_tx *tx)
{
    uint8_t row[20];
    int64_t today = karto_sys_today(tx->sys), day;
    enum karto_err err;
    if (today <= tx->ledger.day)
        return KARTO_OK; /* a clock that goes back moves nobody back */
    tx->ledger.day = today;
    while ((err = first_due(tx, row)) == KARTO_OK) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        if (!karto_date_of_key(karto_slice(row, 4), &day) || day > today)
            return KARTO_OK;
        err = karto_kv_delete(tx->kv, KARTO_DB_DUE, karto_slice(row, sizeof row));
        if (err == KARTO_OK)
            err = move(tx, karto_rid_read(row + 4));
        karto_arena_release(&tx->arena, mark);
        if (err != KARTO_OK)
            return err;
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}
