#include "core/model/record.h"

#include <string.h>

#include "core/base/broken.h"

const struct karto_field *karto_record_field(const struct karto_record *record, uint32_t number)
{
    uint32_t low = 0, high = record->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (record->fields[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < record->count && record->fields[low].number == number ? &record->fields[low] : NULL;
}

bool karto_record_has_heads(const struct karto_record *record)
{
    for (uint32_t i = 0; i < record->count; i++)
        if (record->fields[i].count > 0)
            return true;
    return false;
}

const struct karto_register *karto_field_register(const struct karto_field *field, struct karto_slice key)
{
    if (!field)
        return NULL;
    uint32_t low = 0, high = field->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (karto_slice_compare(field->registers[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < field->count && karto_slice_equal(field->registers[low].key, key) ? &field->registers[low] : NULL;
}

const struct karto_register *karto_record_register(const struct karto_record *record, uint32_t field,
                                                   struct karto_slice key)
{
    return karto_field_register(karto_record_field(record, field), key);
}

static bool later(const struct karto_stamp *a, const struct karto_stamp *b)
{
    if (a->hlc.v != b->hlc.v)
        return a->hlc.v > b->hlc.v;
    return (karto_dot_compare(a->dot, b->dot) > 0) != KARTO_BROKEN("tie");
}

const struct karto_head *karto_winner(const struct karto_register *reg)
{
    if (!reg)
        return NULL;
    const struct karto_head *best = &reg->heads[0];
    for (uint32_t i = 1; i < reg->count; i++)
        if (later(&reg->heads[i].stamp, &best->stamp))
            best = &reg->heads[i];
    return best;
}

struct karto_slice karto_record_value(const struct karto_record *record, uint32_t field)
{
    const struct karto_head *head = karto_winner(karto_record_register(record, field, karto_slice(NULL, 0)));
    return head && !karto_value_is_nil(head->value) ? head->value : karto_slice(NULL, 0);
}

struct karto_rid karto_client_of(const struct karto_record *record)
{
    static const struct karto_rid none = {{0}};
    struct karto_value value;
    struct karto_slice bytes = karto_record_value(record, KARTO_F_CLIENT);
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_REFERENCE)
        return none;
    return value.rid;
}

const struct karto_head *karto_timeline_at(const struct karto_field *field, int64_t day)
{
    const struct karto_head *found = NULL;
    for (uint32_t i = 0; field && i < field->count; i++) {
        int64_t since;
        if (!karto_date_of_key(field->registers[i].key, &since) || since > day)
            continue;
        const struct karto_head *head = karto_winner(&field->registers[i]);
        if (!karto_value_is_nil(head->value))
            found = head;
    }
    return found;
}

bool karto_is_conflict(const struct karto_field_def *def, const struct karto_register *reg)
{
    if (reg->count < 2)
        return false;
    struct karto_arena arena;
    karto_arena_init(&arena);
    bool same = true;
    struct karto_slice first = karto_normal(&arena, def, reg->heads[0].value);
    for (uint32_t i = 1; i < reg->count && same; i++)
        same = karto_slice_equal(first, karto_normal(&arena, def, reg->heads[i].value));
    karto_arena_fini(&arena);
    return !same;
}

/* ---- conflicts ---- */

uint32_t karto_record_conflicts(const struct karto_record *record)
{
    uint32_t conflicts = 0;
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_field *field = &record->fields[i];
        for (uint32_t j = 0; j < field->count; j++)
            conflicts += field->registers[j].count > 1 &&
                         karto_is_conflict(karto_field_def(record->kind, field->number), &field->registers[j]);
    }
    return conflicts;
}

bool karto_hidden_says(struct karto_slice value)
{
    struct karto_value tuple, first;
    struct karto_slice bytes;
    uint32_t count;
    if (value.size == 0 || karto_value_decode(value, &tuple) != KARTO_OK || tuple.type != KARTO_TUPLE)
        return false;
    enum karto_err err = karto_tuple_decode(tuple, &bytes, 1, &count);
    (void)err; /* what stands behind the first is left unread on purpose */
    return count > 0 && karto_value_decode(bytes, &first) == KARTO_OK && first.type == KARTO_BOOL && first.integer;
}

struct karto_slice karto_hidden_bytes(struct karto_arena *arena, bool hidden, struct karto_slice reason)
{
    const struct karto_slice parts[] = {
        karto_value_bytes(arena, karto_value_bool(hidden)),
        karto_value_bytes(arena, reason.size ? karto_value_text(reason) : karto_value_nil())};
    return karto_tuple_bytes(arena, parts, 2);
}

bool karto_record_hidden(const struct karto_record *record)
{
    return karto_hidden_says(karto_record_value(record, KARTO_F_HIDDEN));
}

static const struct karto_stamp *extreme(const struct karto_record *record, bool youngest)
{
    const struct karto_stamp *best = NULL;
    for (uint32_t i = 0; i < record->count; i++)
        for (uint32_t j = 0; j < record->fields[i].count; j++) {
            const struct karto_register *reg = &record->fields[i].registers[j];
            for (uint32_t k = 0; k < reg->count; k++)
                if (!best || later(&reg->heads[k].stamp, best) == youngest)
                    best = &reg->heads[k].stamp;
        }
    return best;
}

const struct karto_stamp *karto_record_youngest(const struct karto_record *record)
{
    return extreme(record, true);
}

const struct karto_stamp *karto_record_oldest(const struct karto_record *record)
{
    return extreme(record, false);
}

static void add_stamp(struct karto_buf *buf, struct karto_dot dot)
{
    karto_buf_add_be64(buf, dot.node.v);
    karto_buf_add_be64(buf, dot.seq);
}

static void add_sized(struct karto_buf *buf, struct karto_slice bytes)
{
    karto_buf_add_be32(buf, (uint32_t)bytes.size);
    karto_buf_add_slice(buf, bytes);
}

struct karto_sum karto_field_sum(struct karto_buf *room, struct karto_rid id, const struct karto_field *field)
{
    karto_buf_clear(room);
    karto_buf_add(room, id.b, sizeof id.b);
    karto_buf_add_be32(room, field->number);
    karto_buf_add_be32(room, field->vv.count);
    for (uint32_t i = 0; i < field->vv.count; i++)
        add_stamp(room, field->vv.dots[i]);
    for (uint32_t i = 0; i < field->count; i++) {
        const struct karto_register *reg = &field->registers[i];
        add_sized(room, reg->key);
        karto_buf_add_be32(room, reg->count);
        for (uint32_t j = 0; j < reg->count; j++) {
            add_stamp(room, reg->heads[j].stamp.dot);
            karto_buf_add_be64(room, reg->heads[j].stamp.hlc.v);
            add_sized(room, reg->heads[j].stamp.author);
            add_sized(room, reg->heads[j].value);
        }
    }
    return karto_sum_of(karto_buf_slice(room));
}

struct karto_sum karto_record_sum(const struct karto_record *record)
{
    struct karto_sum sum = {0, 0};
    struct karto_buf room = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < record->count; i++)
        sum = karto_sum_add(sum, karto_field_sum(&room, record->id, &record->fields[i]));
    karto_buf_fini(&room);
    return sum;
}
