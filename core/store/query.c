#include "core/store/query.h"

#include "core/base/codes.h"
#include "core/base/reader.h"
#include "core/base/text.h"
#include "core/store/databases.h"

#include <stdlib.h>
#include <string.h>

/* ---- find ---- */

struct finding {
    uint32_t kind;
    struct karto_rid *ids;
    uint32_t max, count;
    const struct karto_rid *wanted; /* no other counts; NULL: any */
};

static void add_found(struct finding *f, struct karto_rid id)
{
    if (f->wanted && !karto_rid_equal(*f->wanted, id))
        return;
    for (uint32_t i = 0; i < f->count && i < f->max; i++)
        if (karto_rid_equal(f->ids[i], id))
            return;
    if (f->count < f->max)
        f->ids[f->count] = id;
    f->count++;
}

static enum karto_err visit_found(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    (void)tx;
    (void)value;
    add_found(context, id);
    return KARTO_OK;
}

static enum karto_err by_id(struct karto_tx *tx, struct finding *f, struct karto_slice text)
{
    struct karto_entry entry;
    struct karto_rid id;
    if (karto_rid_parse(text, &id) != KARTO_OK)
        return KARTO_OK;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && entry.exists && entry.view.kind == f->kind)
        add_found(f, id);
    return err;
}

static enum karto_err visit_short(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    struct finding *f = context;
    struct karto_entry entry;
    (void)value;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && entry.view.kind == f->kind)
        add_found(f, id);
    return err;
}

static enum karto_err by_short(struct karto_tx *tx, struct finding *f, struct karto_slice text)
{
    char padded[32];
    struct karto_rid id;
    if (text.size != 8)
        return KARTO_OK;
    memset(padded, '0', sizeof padded);
    memcpy(padded + 24, text.data, 8);
    if (karto_rid_parse(karto_slice(padded, sizeof padded), &id) != KARTO_OK)
        return KARTO_OK;
    return karto_index_walk(tx, KARTO_BY_SHORT, 0, karto_slice(id.b + 12, 4), NULL, visit_short, f);
}

static enum karto_err by_value(struct karto_tx *tx, struct finding *f, enum karto_index index, struct karto_slice value)
{
    return value.size ? karto_index_walk(tx, index, f->kind, value, NULL, visit_found, f) : KARTO_OK;
}

/* The ways in which text can name a record, as fields are called. */
static const char *const ways[] = {"id", "short", "edrpou", "phone", "external_id", "number", "name"};
enum { WAYS = sizeof ways / sizeof *ways };

static enum karto_err find_by(struct karto_tx *tx, struct finding *f, int way, struct karto_slice text)
{
    enum karto_code_check check;
    struct karto_slice value;
    switch (way) {
    case 0: return by_id(tx, f, text);
    case 1: return by_short(tx, f, text);
    case 2:
        value = karto_edrpou_normal(&tx->arena, text, &check);
        return check == KARTO_CODE_SHAPE ? KARTO_OK : by_value(tx, f, KARTO_BY_EDRPOU, value);
    case 3:
        value = karto_phone_normal(&tx->arena, text, NULL);
        return karto_phone_plain(karto_text_normal(&tx->arena, text)) ? by_value(tx, f, KARTO_BY_PHONE, value)
                                                                      : KARTO_OK;
    case 4: return by_value(tx, f, KARTO_BY_EXTERNAL, karto_text_normal(&tx->arena, text));
    case 5: return by_value(tx, f, KARTO_BY_NUMBER, karto_text_normal(&tx->arena, text));
    default: return by_value(tx, f, KARTO_BY_NAME, karto_text_fold(&tx->arena, text));
    }
}

static int compare_ids(const void *a, const void *b)
{
    return karto_rid_compare(*(const struct karto_rid *)a, *(const struct karto_rid *)b);
}

enum karto_err karto_find(struct karto_tx *tx, uint32_t kind, struct karto_slice text, struct karto_rid *ids,
                          uint32_t max, uint32_t *count)
{
    struct finding f = {kind, ids, max, 0, NULL};
    enum karto_err err = KARTO_OK;
    *count = 0;
    if (text.size == 0 || !karto_utf8_valid(text))
        return KARTO_E_NOT_FOUND;
    text = karto_text_clean(&tx->arena, text);
    for (int way = 0; way < WAYS && err == KARTO_OK; way++) {
        err = find_by(tx, &f, way, text);
        if (way == 0 && f.count)
            break; /* a whole id is the way out where everything else is ambiguous */
    }
    if (err != KARTO_OK)
        return err;
    uint32_t held = f.count < max ? f.count : max;
    if (held > 1)
        qsort(ids, held, sizeof *ids, compare_ids);
    *count = f.count;
    return f.count ? KARTO_OK : KARTO_E_NOT_FOUND;
}

enum karto_err karto_find_how(struct karto_tx *tx, uint32_t kind, struct karto_slice text, struct karto_rid id,
                              const char **how)
{
    struct karto_rid held;
    struct finding f = {kind, &held, 1, 0, &id};
    enum karto_err err = KARTO_OK;
    if (text.size == 0 || !karto_utf8_valid(text))
        return KARTO_E_NOT_FOUND;
    text = karto_text_clean(&tx->arena, text);
    for (int way = 0; way < WAYS && err == KARTO_OK && f.count == 0; way++) {
        err = find_by(tx, &f, way, text);
        *how = ways[way];
    }
    return err == KARTO_OK && f.count == 0 ? KARTO_E_NOT_FOUND : err;
}

/* ---- walks ---- */

struct walking {
    karto_list_visit *visit;
    void *context;
    struct karto_index_place *at;
    uint32_t kind;
};

static enum karto_err visit_entry(struct karto_tx *tx, struct walking *w, struct karto_rid id)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && !entry.exists)
        err = KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        err = w->visit(tx, &entry, w->context);
    karto_arena_release(&tx->arena, mark);
    return err;
}

static enum karto_err visit_place(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    struct walking *w = context;
    enum karto_err err = visit_entry(tx, w, id);
    if (err == KARTO_OK && w->at) {
        w->at->value = karto_arena_copy(&tx->arena, value);
        w->at->id = id;
    }
    return err;
}

enum karto_err karto_list(struct karto_tx *tx, uint32_t kind, const struct karto_index_place *from,
                          karto_list_visit *visit, void *context, struct karto_index_place *at)
{
    struct walking w = {visit, context, at, kind};
    if (karto_index_is_by_day(kind))
        return karto_index_walk_back(tx, KARTO_BY_ORDER, kind, from, visit_place, &w);
    return karto_index_walk(tx, KARTO_BY_ORDER, kind, karto_slice(NULL, 0), from, visit_place, &w);
}

enum karto_err karto_each_child(struct karto_tx *tx, uint32_t kind, struct karto_rid client, karto_list_visit *visit,
                                void *context)
{
    struct walking w = {visit, context, NULL, kind};
    return karto_index_walk(tx, KARTO_BY_CLIENT, kind, karto_rid_slice(&client), NULL, visit_place, &w);
}

enum karto_err karto_each_conflict(struct karto_tx *tx, uint32_t kind, karto_list_visit *visit, void *context)
{
    struct walking w = {visit, context, NULL, kind};
    return karto_index_walk(tx, KARTO_BY_CONFLICT, kind, karto_slice(NULL, 0), NULL, visit_place, &w);
}

static enum karto_err visit_row(struct karto_tx *tx, const struct walking *w, struct karto_rid id,
                                struct karto_slice row)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_entry_decode(&tx->arena, id, row, &entry);
    if (err == KARTO_OK && entry.view.kind == w->kind) {
        err = karto_entry_load_base(tx, &entry);
        if (err == KARTO_OK)
            err = w->visit(tx, &entry, w->context);
    }
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_each(struct karto_tx *tx, uint32_t kind, struct karto_rid after, karto_list_visit *visit,
                          void *context)
{
    struct walking w = {visit, context, NULL, kind};
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, karto_rid_slice(&after), &key, &row); err == KARTO_OK;
         err = karto_kv_next(cursor, &key, &row)) {
        struct karto_rid id = karto_rid_read(key.data);
        if (karto_rid_equal(id, after))
            continue;
        err = visit_row(tx, &w, id, row);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND || err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

/* ---- words about records ---- */

static struct karto_slice text_in(struct karto_slice bytes)
{
    struct karto_value value;
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_TEXT)
        return karto_slice(NULL, 0);
    return value.text;
}

struct karto_slice karto_text_of(const struct karto_record *record, uint32_t field)
{
    return text_in(karto_record_value(record, field));
}

struct karto_slice karto_text_at(const struct karto_record *record, uint32_t field, int64_t day)
{
    const struct karto_head *head = karto_timeline_at(karto_record_field(record, field), day);
    return head ? text_in(head->value) : karto_slice(NULL, 0);
}

static enum karto_err visit_writer(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    struct karto_writer *writer = context;
    struct karto_entry entry;
    (void)value;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err != KARTO_OK)
        return err;
    writer->device = karto_arena_copy(&tx->arena, karto_text_of(&entry.view, KARTO_F_NAME));
    writer->user = karto_arena_copy(&tx->arena, karto_text_of(&entry.view, KARTO_F_USER));
    return KARTO_E_INTERRUPTED;
}

enum karto_err karto_writer_of(struct karto_tx *tx, struct karto_node node, struct karto_writer *writer)
{
    char text[KARTO_NODE_TEXT];
    karto_node_print(node, text);
    *writer = (struct karto_writer){{NULL, 0}, {NULL, 0}};
    enum karto_err err =
        karto_index_walk(tx, KARTO_BY_NODE, 0, karto_slice(text, KARTO_NODE_TEXT - 1), NULL, visit_writer, writer);
    if (err == KARTO_OK && writer->device.size == 0 && karto_is_own_node(tx, node))
        err = karto_meta_get(tx, "name", &writer->device);
    return err;
}
