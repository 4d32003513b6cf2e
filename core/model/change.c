#include "core/model/change.h"

#include "core/base/broken.h"
#include "core/base/limits.h"

#include <stdlib.h>
#include <string.h>

const struct karto_touch *karto_change_touch(const struct karto_change *change, uint32_t field)
{
    for (uint32_t i = 0; i < change->count; i++)
        if (change->touches[i].field == field)
            return &change->touches[i];
    return NULL;
}

bool karto_change_makes(const struct karto_change *change)
{
    const struct karto_touch *touch = karto_change_touch(change, KARTO_F_CLIENT);
    if (!touch)
        touch = karto_change_touch(change, KARTO_F_NAME);
    return touch && touch->context.count == 0;
}

const char *karto_via_name(enum karto_via via)
{
    switch (via) {
    case KARTO_VIA_CLI: return "cli";
    case KARTO_VIA_WEB: return "web";
    case KARTO_VIA_IMPORT: return "import";
    case KARTO_VIA_RULE: return "rule";
    case KARTO_VIA_MERGE: return "merge";
    }
    return NULL;
}

bool karto_change_is_void(const struct karto_change *change)
{
    for (uint32_t i = 0; i < change->count; i++)
        if (change->touches[i].count > 0)
            return false;
    return true;
}

struct karto_change karto_change_void(struct karto_arena *arena, const struct karto_change *change)
{
    struct karto_change out = *change;
    struct karto_touch *touches = karto_arena_array(arena, change->count, sizeof *touches);
    for (uint32_t i = 0; i < change->count; i++)
        touches[i] = (struct karto_touch){change->touches[i].field, change->touches[i].context, NULL, 0};
    out.touches = touches;
    return out;
}

struct karto_change karto_change_bare(struct karto_arena *arena, const struct karto_change *change)
{
    struct karto_change out = *change;
    struct karto_touch *touches = karto_arena_array(arena, change->count, sizeof *touches);
    for (uint32_t i = 0; i < change->count; i++)
        touches[i] = (struct karto_touch){change->touches[i].field, KARTO_VV_EMPTY, NULL, 0};
    out.touches = touches;
    out.seen_count = 0;
    return out;
}

/* ---- make ---- */

enum { FEW = 64 };

/* Pointers into one array: of several edits of one register the last counts. */
static int compare_edits(const void *a, const void *b)
{
    const struct karto_edit *x = *(const struct karto_edit *const *)a, *y = *(const struct karto_edit *const *)b;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    int order = karto_slice_compare(x->key, y->key);
    return order ? order : (x > y) - (x < y);
}

static bool same_register(const struct karto_edit *a, const struct karto_edit *b)
{
    return a->field == b->field && karto_slice_equal(a->key, b->key);
}

/* Few, as nearly always, are put in their place one by one. */
static void sort(const struct karto_edit **edits, uint32_t count)
{
    if (count > FEW) {
        qsort(edits, count, sizeof *edits, compare_edits);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        const struct karto_edit *edit = edits[i];
        uint32_t at = i;
        for (; at > 0 && compare_edits(&edits[at - 1], &edit) > 0; at--)
            edits[at] = edits[at - 1];
        edits[at] = edit;
    }
}

static uint32_t sort_edits(const struct karto_edit *edits, uint32_t count, const struct karto_edit **out)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        out[i] = &edits[i];
    sort(out, count);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && same_register(out[kept - 1], out[i]))
            kept--;
        out[kept++] = out[i];
    }
    return kept;
}

static struct karto_slice value_shown(const struct karto_field *field, struct karto_slice key)
{
    static const uint8_t nil = 0xc0;
    const struct karto_head *head = field ? karto_winner(karto_field_register(field, key)) : NULL;
    return head ? head->value : karto_slice(&nil, 1);
}

static struct karto_slice value_seen(const struct karto_field *field, const struct karto_touch *touch,
                                     struct karto_slice key)
{
    static const uint8_t nil = 0xc0;
    const struct karto_register *reg = karto_field_register(field, key);
    const struct karto_head *best = NULL;
    for (uint32_t i = 0; reg && i < reg->count; i++) {
        if (!karto_vv_covers(touch->context, reg->heads[i].stamp.dot))
            continue;
        if (!best ||
            best->stamp.hlc.v <= reg->heads[i].stamp.hlc.v) /* of equal ones the greater dot, as karto_winner */
            best = &reg->heads[i];
    }
    return best ? best->value : karto_slice(&nil, 1);
}

void karto_change_fill_old(struct karto_arena *arena, const struct karto_record *record, struct karto_change *change)
{
    struct karto_touch *touches = karto_arena_array(arena, change->count, sizeof *touches);
    for (uint32_t i = 0; i < change->count; i++) {
        touches[i] = change->touches[i];
        const struct karto_field *field = karto_record_field(record, touches[i].field);
        struct karto_set *sets = karto_arena_array(arena, touches[i].count, sizeof *sets);
        for (uint32_t j = 0; j < touches[i].count; j++) {
            sets[j] = touches[i].sets[j];
            if (sets[j].old.size == 0)
                sets[j].old = value_seen(field, &touches[i], sets[j].key);
        }
        touches[i].sets = sets;
    }
    change->touches = touches;
}

void karto_change_forget_old(struct karto_arena *arena, struct karto_change *change)
{
    struct karto_touch *touches = karto_arena_array(arena, change->count, sizeof *touches);
    for (uint32_t i = 0; i < change->count; i++) {
        touches[i] = change->touches[i];
        struct karto_set *sets = karto_arena_array(arena, touches[i].count, sizeof *sets);
        for (uint32_t j = 0; j < touches[i].count; j++)
            sets[j] = (struct karto_set){touches[i].sets[j].key, touches[i].sets[j].value, karto_slice(NULL, 0)};
        touches[i].sets = sets;
    }
    change->touches = touches;
}

static struct karto_touch make_touch(const struct karto_record *record, const struct karto_edit *const *edits,
                                     uint32_t count, struct karto_set *sets)
{
    const struct karto_field *field = karto_record_field(record, edits[0]->field);
    for (uint32_t i = 0; i < count; i++)
        sets[i] = (struct karto_set){edits[i]->key, edits[i]->value, value_shown(field, edits[i]->key)};
    struct karto_vv context = field && !KARTO_BROKEN("context") ? field->vv : KARTO_VV_EMPTY;
    return (struct karto_touch){edits[0]->field, context, sets, count};
}

static void make_seen(struct karto_arena *arena, const struct karto_record *record, struct karto_change *change)
{
    bool hides = karto_change_touch(change, KARTO_F_HIDDEN) != NULL;
    struct karto_seen *seen = karto_arena_room(arena, record->count, sizeof *seen);
    change->seen = seen;
    change->seen_count = 0;
    if (!hides && !karto_record_hidden(record))
        return;
    for (uint32_t i = 0; i < record->count; i++)
        if (hides || record->fields[i].number == KARTO_F_HIDDEN)
            seen[change->seen_count++] = (struct karto_seen){record->fields[i].number, record->fields[i].vv};
}

void karto_change_make(struct karto_arena *arena, const struct karto_record *record, const struct karto_edit *edits,
                       uint32_t count, struct karto_change *change)
{
    const struct karto_edit **sorted = karto_arena_room(arena, count, sizeof *sorted);
    struct karto_touch *touches = karto_arena_room(arena, count, sizeof *touches);
    struct karto_set *sets = karto_arena_room(arena, count, sizeof *sets);
    count = sort_edits(edits, count, sorted);
    change->count = 0;
    for (uint32_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && sorted[end]->field == sorted[i]->field; end++)
            ;
        touches[change->count++] = make_touch(record, sorted + i, end - i, sets + i);
    }
    change->touches = touches;
    make_seen(arena, record, change);
}

/* ---- check ---- */

/* Clients lie in territories and hang on nobody; whatever hangs on a client always hangs on one, and lies where that
 * does. Nobody may write into everybody's. */
static bool is_out_of_place(uint32_t kind, uint32_t field, struct karto_slice bytes)
{
    struct karto_value value;
    if (field != KARTO_F_TERRITORY && field != KARTO_F_CLIENT)
        return false;
    bool good = karto_value_decode(bytes, &value) == KARTO_OK;
    if (field == KARTO_F_TERRITORY)
        return kind != KARTO_CLIENT || (good && value.type == KARTO_TEXT && karto_slice_is(value.text, "*"));
    return kind == KARTO_CLIENT || !good || value.type != KARTO_REFERENCE;
}

static enum karto_err check_touch(const struct karto_change *change, const struct karto_touch *touch,
                                  const struct karto_field_def *def)
{
    if (karto_vv_covers(touch->context, change->stamp.dot))
        return KARTO_E_INVALID;
    for (uint32_t i = 0; i < touch->count; i++) {
        enum karto_err err = karto_schema_check(def, touch->field, touch->sets[i].key, touch->sets[i].value);
        if (err == KARTO_OK && is_out_of_place(change->kind, touch->field, touch->sets[i].value))
            err = KARTO_E_INVALID;
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

enum karto_err karto_change_check(const struct karto_change *change)
{
    uint64_t sets = 0;
    const struct karto_field_def *last = NULL;
    if (karto_rid_is_zero(change->record) || change->count == 0 || change->stamp.author.size > KARTO_AUTHOR_SIZE_MAX ||
        change->reason.size > KARTO_REASON_SIZE_MAX)
        return KARTO_E_INVALID;
    for (uint32_t i = 0; i < change->count; i++) {
        const struct karto_field_def *def = karto_field_def_behind(last, change->kind, change->touches[i].field);
        enum karto_err err = check_touch(change, &change->touches[i], def);
        if (err != KARTO_OK)
            return err;
        sets += change->touches[i].count;
        last = def;
    }
    return sets > KARTO_SETS_MAX ? KARTO_E_LIMIT : KARTO_OK;
}
