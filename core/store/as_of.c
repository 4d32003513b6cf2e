#include "core/store/as_of.h"

#include "core/store/history.h"
#include "core/store/hub_recovery.h"
#include "core/store/past.h"

#include <stdlib.h>

/* ---- what the history tells ---- */

/* One register and what was written to it: the latest by the end of the day, or else what stood there before the
 * earliest later one. */
struct point {
    uint32_t field;
    struct karto_slice key;
    struct karto_head then; /* value.data NULL: nothing by then that is known */
    bool found;
    struct karto_slice before; /* value that the earliest later change replaced; empty: not known */
    bool later;
    struct karto_hlc later_at;
};

struct looking {
    int64_t day;
    struct karto_arena *arena; /* not the transaction's, which forgets behind each item */
    struct point *points;
    uint32_t count, capacity;
};

static struct point *point_of(struct looking *l, uint32_t field, struct karto_slice key)
{
    for (uint32_t i = 0; i < l->count; i++)
        if (l->points[i].field == field && karto_slice_equal(l->points[i].key, key))
            return &l->points[i];
    if (l->count == l->capacity) {
        uint32_t capacity = l->capacity ? 2 * l->capacity : 64;
        struct point *grown = karto_arena_array(l->arena, capacity, sizeof *grown);
        for (uint32_t i = 0; i < l->count; i++)
            grown[i] = l->points[i];
        l->points = grown;
        l->capacity = capacity;
    }
    struct point *point = &l->points[l->count++];
    *point = (struct point){.field = field, .key = karto_arena_copy(l->arena, key)};
    return point;
}

/* value empty: an element was removed. */
static void see(struct looking *l, const struct karto_sys *sys, uint32_t field, struct karto_slice key,
                const struct karto_stamp *stamp, struct karto_slice value, struct karto_slice old)
{
    struct point *point = point_of(l, field, key);
    if (sys->day(sys->context, karto_hlc_ms(stamp->hlc)) > l->day) {
        if (point->later && (point->later_at.v < stamp->hlc.v || (point->later_at.v == stamp->hlc.v && old.size == 0)))
            return;
        point->later = true;
        point->later_at = stamp->hlc;
        point->before = karto_arena_copy(l->arena, old);
    } else if (!point->found || point->then.stamp.hlc.v < stamp->hlc.v) {
        point->found = true;
        point->then = (struct karto_head){*stamp, karto_arena_copy(l->arena, value)};
        point->then.stamp.author = karto_arena_copy(l->arena, stamp->author);
    }
}

static enum karto_err see_change(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    const struct karto_change *change = &item->change;
    if (item->state == KARTO_IS_REFUSED)
        return KARTO_OK;
    for (uint32_t i = 0; i < change->count; i++)
        for (uint32_t j = 0; j < change->touches[i].count; j++) {
            const struct karto_set *set = &change->touches[i].sets[j];
            see(context, tx->sys, change->touches[i].field, set->key, &change->stamp, set->value, set->old);
        }
    return KARTO_OK;
}

static void see_heads(struct looking *l, const struct karto_sys *sys, const struct karto_record *record)
{
    for (uint32_t i = 0; i < record->count; i++)
        for (uint32_t j = 0; j < record->fields[i].count; j++) {
            const struct karto_register *reg = &record->fields[i].registers[j];
            for (uint32_t k = 0; k < reg->count; k++)
                see(l, sys, record->fields[i].number, reg->key, &reg->heads[k].stamp, reg->heads[k].value,
                    karto_slice(NULL, 0));
        }
}

/* ---- the record ---- */

static int compare_points(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    return karto_slice_compare(x->key, y->key);
}

/* Those that held something then, in the order of a record. */
static uint32_t keep_points(struct looking *l)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < l->count; i++) {
        struct point *point = &l->points[i];
        if (!point->found)
            point->then.value = point->before;
        if (!karto_value_is_nil(point->then.value))
            l->points[kept++] = *point;
    }
    if (kept > 1)
        qsort(l->points, kept, sizeof *l->points, compare_points);
    return kept;
}

static void make_record(struct karto_arena *arena, const struct point *points, uint32_t count, struct karto_record *out)
{
    struct karto_field *fields = karto_arena_array(arena, count, sizeof *fields);
    struct karto_register *registers = karto_arena_array(arena, count, sizeof *registers);
    out->fields = fields;
    for (uint32_t i = 0; i < count; i++) {
        registers[i] = (struct karto_register){points[i].key, &points[i].then, 1};
        if (out->count == 0 || fields[out->count - 1].number != points[i].field)
            fields[out->count++] = (struct karto_field){points[i].field, KARTO_VV_EMPTY, &registers[i], 0};
        fields[out->count - 1].count++;
    }
}

enum karto_err karto_record_as_of(struct karto_tx *tx, const struct karto_entry *entry, int64_t day,
                                  struct karto_arena *arena, struct karto_record *out)
{
    struct looking l = {.day = day, .arena = arena};
    *out = (struct karto_record){.id = entry->id, .kind = entry->view.kind};
    see_heads(&l, tx->sys, &entry->view);
    enum karto_err err = karto_history(tx, &entry->id, 0, see_change, &l);
    if (err == KARTO_OK)
        make_record(arena, l.points, keep_points(&l), out);
    return err;
}

/* ---- how far back ---- */

struct tracing {
    struct karto_arena *arena;
    struct karto_past *past;
    int64_t oldest_ms; /* 0: no history at all */
};

static enum karto_err trace(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct tracing *t = context;
    (void)tx;
    if (item->state == KARTO_IS_REFUSED)
        return KARTO_OK;
    t->oldest_ms = item->at_ms;
    t->past->made = karto_change_makes(&item->change);
    t->past->first = item->change.stamp;
    t->past->first.author = karto_arena_copy(t->arena, item->change.stamp.author);
    return KARTO_OK;
}

enum karto_err karto_past_of(struct karto_tx *tx, const struct karto_entry *entry, struct karto_arena *arena,
                             struct karto_past *past)
{
    struct tracing t = {arena, past, 0};
    *past = (struct karto_past){.complete = false};
    struct karto_past_place lack;
    bool fetched;
    int64_t since_ms;
    enum karto_err err = karto_history(tx, &entry->id, 0, trace, &t);
    const struct karto_stamp *youngest = karto_record_youngest(&entry->view);
    past->since_ms = t.oldest_ms || !youngest ? t.oldest_ms : karto_hlc_ms(youngest->hlc);
    past->complete = past->made && karto_past_get_lack(tx, entry->id, &lack) == KARTO_E_NOT_FOUND;
    if (err == KARTO_OK && past->complete && tx->ledger.role == KARTO_ON_HUB)
        return karto_hub_history(tx, &entry->view, &past->complete, &past->since_ms);
    if (err != KARTO_OK || past->complete)
        return err;
    err = karto_past_since(tx, &entry->id, &fetched, &since_ms);
    if (err == KARTO_OK && !fetched)
        past->since_ms = since_ms;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}
