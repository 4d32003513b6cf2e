/* A change that comes to a hub that was put back, though a vector here covers it already: for a later one of the same
 * node, which came with a state. Who made both may never have made the later one. So the earlier is put beside it, and
 * goes when the later comes itself, which had seen it. */
#include "core/store/hub_take.h"

#include <string.h>

/* Whether a head of the register is the change, or a later one of its node: that one is not in the log either. */
static bool is_before_another(const struct karto_register *reg, struct karto_dot dot)
{
    for (uint32_t i = 0; i < reg->count; i++)
        if (karto_node_equal(reg->heads[i].stamp.dot.node, dot.node) && reg->heads[i].stamp.dot.seq >= dot.seq)
            return true;
    return false;
}

static const struct karto_set *find_set(const struct karto_touch *touch, struct karto_slice key)
{
    for (uint32_t i = 0; i < touch->count; i++)
        if (karto_slice_equal(touch->sets[i].key, key))
            return &touch->sets[i];
    return NULL;
}

/* Its heads but for those that the change had seen, and the change as its author has it. */
static struct karto_register put_beside(struct karto_arena *arena, const struct karto_register *reg,
                                        const struct karto_set *set, struct karto_vv context,
                                        const struct karto_stamp *stamp, bool *news)
{
    struct karto_head *heads = karto_arena_array(arena, reg->count + 1, sizeof *heads);
    uint32_t count = 0, kept = 0;
    bool pending = set->value.size > 0;
    for (uint32_t i = 0; i < reg->count; i++) {
        const struct karto_head *head = &reg->heads[i];
        int order = karto_dot_compare(stamp->dot, head->stamp.dot);
        if (pending && order <= 0) {
            heads[count++] = (struct karto_head){*stamp, set->value};
            pending = false;
        }
        kept += order == 0 && karto_slice_equal(head->value, set->value);
        if (order == 0 || karto_vv_covers(context, head->stamp.dot))
            continue;
        heads[count++] = *head;
        kept++;
    }
    if (pending)
        heads[count++] = (struct karto_head){*stamp, set->value};
    *news = *news || count != reg->count || kept != count;
    return (struct karto_register){reg->key, heads, count};
}

static struct karto_field field_beside(struct karto_arena *arena, const struct karto_field *field,
                                       const struct karto_touch *touch, const struct karto_stamp *stamp, bool *news)
{
    struct karto_register *registers = karto_arena_array(arena, field->count, sizeof *registers);
    uint32_t count = 0;
    for (uint32_t i = 0; i < field->count; i++) {
        const struct karto_register *reg = &field->registers[i];
        const struct karto_set *set = is_before_another(reg, stamp->dot) ? find_set(touch, reg->key) : NULL;
        registers[count] = set ? put_beside(arena, reg, set, touch->context, stamp, news) : *reg;
        count += registers[count].count > 0;
    }
    return (struct karto_field){field->number, field->vv, registers, count};
}

bool karto_hub_put_beside(struct karto_tx *tx, const struct karto_record *before, const struct karto_change *change,
                          struct karto_record *after)
{
    struct karto_record joined = *after;
    struct karto_field *fields = NULL;
    bool news = false;
    for (uint32_t i = 0; i < after->count; i++) {
        const struct karto_touch *touch = karto_change_touch(change, after->fields[i].number);
        const struct karto_field *field = touch ? karto_record_field(before, touch->field) : NULL;
        if (!field || !karto_vv_covers(field->vv, change->stamp.dot))
            continue;
        if (!fields) {
            fields = karto_arena_array(&tx->arena, after->count, sizeof *fields);
            memcpy(fields, after->fields, after->count * sizeof *fields);
            joined.fields = fields;
        }
        fields[i] = field_beside(&tx->arena, field, touch, &change->stamp, &news);
    }
    if (!news || karto_record_check(&joined) != KARTO_OK)
        return false;
    *after = joined;
    return true;
}
