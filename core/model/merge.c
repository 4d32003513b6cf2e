#include "core/model/merge.h"

#include "core/base/broken.h"

static const struct karto_field *field_or_empty(const struct karto_record *record, uint32_t number)
{
    static const struct karto_field empty;
    const struct karto_field *field = karto_record_field(record, number);
    return field ? field : &empty;
}

/* ---- apply ---- */

static bool touch_is_known(const struct karto_record *record, const struct karto_touch *touch, struct karto_dot dot)
{
    return karto_vv_covers(field_or_empty(record, touch->field)->vv, dot);
}

static struct karto_register register_after(struct karto_arena *arena, const struct karto_register *before,
                                            const struct karto_set *set, const struct karto_touch *touch,
                                            const struct karto_stamp *stamp)
{
    uint32_t before_count = before ? before->count : 0, count = 0;
    bool pending = set->value.size > 0;
    struct karto_head *heads = karto_arena_array(arena, before_count + 1, sizeof *heads);
    for (uint32_t i = 0; i < before_count; i++) {
        const struct karto_head *head = &before->heads[i];
        if (karto_vv_covers(touch->context, head->stamp.dot))
            continue;
        if (KARTO_BROKEN("order") && !karto_node_equal(head->stamp.dot.node, stamp->dot.node))
            continue;
        if (pending && karto_dot_compare(stamp->dot, head->stamp.dot) < 0) {
            heads[count++] = (struct karto_head){*stamp, set->value};
            pending = false;
        }
        heads[count++] = *head;
    }
    if (pending)
        heads[count++] = (struct karto_head){*stamp, set->value};
    return (struct karto_register){set->key, heads, count};
}

static struct karto_field field_after(struct karto_arena *arena, const struct karto_field *before,
                                      const struct karto_touch *touch, const struct karto_stamp *stamp)
{
    struct karto_register *registers = karto_arena_array(arena, before->count + touch->count, sizeof *registers);
    uint32_t i = 0, j = 0, count = 0;
    while (i < before->count || j < touch->count) {
        int order = i == before->count  ? 1
                    : j == touch->count ? -1
                                        : karto_slice_compare(before->registers[i].key, touch->sets[j].key);
        if (order < 0) {
            registers[count++] = before->registers[i++];
            continue;
        }
        const struct karto_register *old = order == 0 ? &before->registers[i++] : NULL;
        struct karto_register reg = register_after(arena, old, &touch->sets[j++], touch, stamp);
        if (reg.count > 0)
            registers[count++] = reg;
    }
    struct karto_vv vv = karto_vv_with(arena, before->vv, stamp->dot);
    return (struct karto_field){touch->field, vv, registers, count};
}

/* What apply_touches comes to where nothing is yet, as in all of a bulk load: each set is a head of its own, and all
 * fields share one vector. */
static void apply_to_nothing(struct karto_arena *arena, const struct karto_change *change, struct karto_record *out)
{
    size_t sets = 0;
    for (uint32_t i = 0; i < change->count; i++)
        sets += change->touches[i].count;
    struct karto_field *fields = karto_arena_room(arena, change->count, sizeof *fields);
    struct karto_register *registers = karto_arena_room(arena, sets, sizeof *registers);
    struct karto_head *heads = karto_arena_room(arena, sets, sizeof *heads);
    struct karto_vv vv = karto_vv_with(arena, KARTO_VV_EMPTY, change->stamp.dot);
    for (uint32_t i = 0; i < change->count; i++) {
        const struct karto_touch *touch = &change->touches[i];
        fields[i] = (struct karto_field){touch->field, vv, registers, 0};
        for (uint32_t j = 0; j < touch->count; j++) {
            if (touch->sets[j].value.size == 0)
                continue;
            *heads = (struct karto_head){change->stamp, touch->sets[j].value};
            *registers++ = (struct karto_register){touch->sets[j].key, heads++, 1};
            fields[i].count++;
        }
    }
    *out = (struct karto_record){change->record, change->kind, fields, change->count};
}

static void apply_touches(struct karto_arena *arena, const struct karto_record *record,
                          const struct karto_change *change, struct karto_record *out)
{
    struct karto_field *fields = karto_arena_array(arena, record->count + change->count, sizeof *fields);
    uint32_t i = 0, j = 0, count = 0;
    while (i < record->count || j < change->count) {
        if (j == change->count || (i < record->count && record->fields[i].number < change->touches[j].field)) {
            fields[count++] = record->fields[i++];
            continue;
        }
        const struct karto_touch *touch = &change->touches[j++];
        const struct karto_field *before = field_or_empty(record, touch->field);
        if (i < record->count && record->fields[i].number == touch->field)
            i++;
        bool known = karto_vv_covers(before->vv, change->stamp.dot);
        fields[count++] = known ? *before : field_after(arena, before, touch, &change->stamp);
    }
    *out = (struct karto_record){change->record, record->kind, fields, count};
    bool is_something = record->kind && (karto_record_has_heads(record) || !karto_record_has_heads(out));
    out->kind = is_something ? record->kind : change->kind; /* a record stays what it is */
}

enum karto_outcome karto_apply(struct karto_arena *arena, const struct karto_record *record,
                               const struct karto_change *change, struct karto_record *out)
{
    bool known = true;
    for (uint32_t i = 0; i < change->count; i++) {
        const struct karto_touch *touch = &change->touches[i];
        if (touch_is_known(record, touch, change->stamp.dot))
            continue;
        if (!KARTO_BROKEN("gap") && !karto_vv_includes(field_or_empty(record, touch->field)->vv, touch->context))
            return KARTO_GAP;
        known = false;
    }
    if (known)
        return KARTO_KNOWN;
    if (record->count == 0 && record->kind == 0)
        apply_to_nothing(arena, change, out);
    else
        apply_touches(arena, record, change, out);
    return KARTO_APPLIED;
}

/* ---- join ---- */

static const struct karto_register *register_or_empty(const struct karto_register *reg)
{
    static const struct karto_register empty;
    return reg ? reg : &empty;
}

/* a and b: one register in two copies of a field; each vector is that of the other copy. */
static struct karto_register register_join(struct karto_arena *arena, const struct karto_register *a,
                                           struct karto_vv b_vv, const struct karto_register *b, struct karto_vv a_vv)
{
    struct karto_slice key = a ? a->key : b->key;
    a = register_or_empty(a), b = register_or_empty(b);
    if (KARTO_BROKEN("join"))
        a_vv = b_vv = KARTO_VV_EMPTY;
    struct karto_head *heads = karto_arena_array(arena, a->count + b->count, sizeof *heads);
    uint32_t i = 0, j = 0, count = 0;
    while (i < a->count || j < b->count) {
        int order = i == a->count   ? 1
                    : j == b->count ? -1
                                    : karto_dot_compare(a->heads[i].stamp.dot, b->heads[j].stamp.dot);
        if (order == 0) {
            heads[count++] = a->heads[i];
            i++, j++;
        } else if (order < 0) {
            if (!karto_vv_covers(b_vv, a->heads[i].stamp.dot))
                heads[count++] = a->heads[i];
            i++;
        } else {
            if (!karto_vv_covers(a_vv, b->heads[j].stamp.dot))
                heads[count++] = b->heads[j];
            j++;
        }
    }
    return (struct karto_register){key, heads, count};
}

static struct karto_field field_join(struct karto_arena *arena, const struct karto_field *a,
                                     const struct karto_field *b)
{
    struct karto_register *registers = karto_arena_array(arena, a->count + b->count, sizeof *registers);
    uint32_t i = 0, j = 0, count = 0;
    while (i < a->count || j < b->count) {
        int order = i == a->count   ? 1
                    : j == b->count ? -1
                                    : karto_slice_compare(a->registers[i].key, b->registers[j].key);
        const struct karto_register *left = order <= 0 ? &a->registers[i++] : NULL;
        const struct karto_register *right = order >= 0 ? &b->registers[j++] : NULL;
        struct karto_register reg = register_join(arena, left, b->vv, right, a->vv);
        if (reg.count > 0)
            registers[count++] = reg;
    }
    uint32_t number = a->number ? a->number : b->number;
    return (struct karto_field){number, karto_vv_max(arena, a->vv, b->vv), registers, count};
}

void karto_join(struct karto_arena *arena, const struct karto_record *a, const struct karto_record *b,
                struct karto_record *out)
{
    struct karto_field *fields = karto_arena_array(arena, a->count + b->count, sizeof *fields);
    uint32_t i = 0, j = 0, count = 0;
    while (i < a->count || j < b->count) {
        bool left = j == b->count || (i < a->count && a->fields[i].number <= b->fields[j].number);
        uint32_t number = left ? a->fields[i].number : b->fields[j].number;
        fields[count++] = field_join(arena, field_or_empty(a, number), field_or_empty(b, number));
        i += i < a->count && a->fields[i].number == number;
        j += j < b->count && b->fields[j].number == number;
    }
    const struct karto_record *whose = a->count && (karto_record_has_heads(a) || !karto_record_has_heads(b)) ? a : b;
    *out = (struct karto_record){a->count ? a->id : b->id, whose->kind, fields, count};
}
