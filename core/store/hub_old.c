/* The values that a change replaced, as its author saw them: from the record, or, where somebody else has written there
 * meanwhile, from the log. For history, undo and the base of a conflict. */
#include "core/base/limits.h"
#include "core/store/dots.h"
#include "core/store/hub_take.h"

enum { WRITERS_MAX = 64 }; /* changes of the log that are looked at for one field: the others' values stay unknown */

/* What was found for one register: where in the bytes, and how late it was written. */
struct found {
    size_t at, size;
    struct karto_hlc hlc;
};

struct search {
    const struct karto_touch *touch;
    struct found *found; /* one for each of its sets */
    struct karto_buf bytes;
};

/* Registers ascend in both. */
static void look_into(struct search *s, const struct karto_change *change)
{
    const struct karto_touch *same = karto_change_touch(change, s->touch->field);
    for (uint32_t i = 0, j = 0; same && i < s->touch->count && j < same->count;) {
        int order = karto_slice_compare(s->touch->sets[i].key, same->sets[j].key);
        struct found *found = &s->found[i];
        if (order == 0 && same->sets[j].value.size && change->stamp.hlc.v > found->hlc.v) {
            *found = (struct found){s->bytes.size, same->sets[j].value.size, change->stamp.hlc};
            karto_buf_add_slice(&s->bytes, same->sets[j].value);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

static enum karto_err look_into_log(struct karto_tx *tx, struct search *s, struct karto_rid record)
{
    uint32_t most = s->touch->context.count < WRITERS_MAX ? s->touch->context.count : WRITERS_MAX;
    for (uint32_t i = 0; i < most && s->bytes.size < KARTO_CHANGE_SIZE_MAX; i++) {
        struct karto_change change;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        enum karto_err err = karto_dot_change(tx, s->touch->context.dots[i], &change);
        if (err == KARTO_OK && karto_rid_equal(change.record, record)) /* a vector names others' changes in passing */
            look_into(s, &change);
        karto_arena_release(&tx->arena, mark);
        if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
            return err;
    }
    return KARTO_OK;
}

static enum karto_err fill_touch(struct karto_tx *tx, struct karto_rid record, const struct karto_touch *touch)
{
    struct search s = {.touch = touch, .bytes = KARTO_BUF_EMPTY};
    s.found = karto_arena_array(&tx->arena, touch->count, sizeof *s.found);
    enum karto_err err = look_into_log(tx, &s, record);
    struct karto_slice all = karto_arena_copy(&tx->arena, karto_buf_slice(&s.bytes));
    for (uint32_t i = 0; i < touch->count && err == KARTO_OK; i++) {
        struct karto_set *set = (struct karto_set *)(uintptr_t)&touch->sets[i]; /* made in our arena just now */
        if (s.found[i].size && karto_value_is_nil(set->old))
            set->old = karto_slice(all.data + s.found[i].at, s.found[i].size);
    }
    karto_buf_fini(&s.bytes);
    return err;
}

enum karto_err karto_hub_fill_old(struct karto_tx *tx, const struct karto_record *before, struct karto_change *change,
                                  bool *concurrent)
{
    enum karto_err err = KARTO_OK;
    *concurrent = false;
    karto_change_fill_old(&tx->arena, before, change);
    for (uint32_t i = 0; i < change->count && err == KARTO_OK; i++) {
        const struct karto_touch *touch = &change->touches[i];
        const struct karto_field *field = karto_record_field(before, touch->field);
        if (!field || karto_vv_equal(field->vv, touch->context))
            continue;
        *concurrent = true;
        err = fill_touch(tx, change->record, touch);
    }
    return err;
}
