/* The canonical bytes of a change: docs/FORMAT.md, "A change". */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "core/base/reader.h"
#include "core/model/change.h"
#include "core/model/stamp_table.h"

enum { PARTS = 12 };

/* ---- encode ---- */

static void encode_touch(struct karto_buf *out, const struct karto_stamp_table *table, const struct karto_touch *touch,
                         bool with_old)
{
    karto_pack_uint(out, touch->field);
    karto_stamp_table_pack_vv(out, table, touch->context);
    karto_pack_array(out, (with_old ? 3 : 2) * touch->count);
    for (uint32_t i = 0; i < touch->count; i++) {
        const struct karto_set *set = &touch->sets[i];
        karto_pack_bin(out, set->key);
        karto_pack_bin(out, set->value);
        if (with_old)
            karto_pack_bin(out, set->old);
    }
}

static void gather(struct karto_stamp_table *table, const struct karto_change *change)
{
    karto_stamp_table_add(table, &change->stamp);
    for (uint32_t i = 0; i < change->count; i++)
        karto_stamp_table_add_vv(table, change->touches[i].context);
    for (uint32_t i = 0; i < change->seen_count; i++)
        karto_stamp_table_add_vv(table, change->seen[i].vv);
    karto_stamp_table_close(table);
}

void karto_change_encode(const struct karto_change *change, bool with_old, struct karto_buf *out)
{
    struct karto_stamp_table table;
    karto_stamp_table_init(&table);
    gather(&table, change);
    karto_pack_array(out, PARTS);
    karto_stamp_table_pack_nodes(out, &table);
    karto_pack_uint(out, karto_stamp_table_node(&table, change->stamp.dot.node));
    karto_pack_uint(out, change->stamp.dot.seq);
    karto_pack_uint(out, change->stamp.hlc.v);
    karto_pack_str(out, change->stamp.author);
    karto_pack_uint(out, change->kind);
    karto_pack_bin(out, karto_rid_slice(&change->record));
    karto_pack_uint(out, change->batch);
    karto_pack_uint(out, change->via);
    karto_pack_str(out, change->reason);
    karto_pack_array(out, 3 * change->count + 1);
    karto_pack_bool(out, with_old);
    for (uint32_t i = 0; i < change->count; i++)
        encode_touch(out, &table, &change->touches[i], with_old);
    karto_pack_array(out, 2 * change->seen_count);
    for (uint32_t i = 0; i < change->seen_count; i++) {
        karto_pack_uint(out, change->seen[i].field);
        karto_stamp_table_pack_vv(out, &table, change->seen[i].vv);
    }
    karto_stamp_table_fini(&table);
}

/* At most so many bytes: of what is there once; of a node's number in a vector, and its place in the table; of a field;
 * of a set beside key and values. */
enum { MOST_ONCE = 128, MOST_DOT = 32, MOST_FIELD = 16, MOST_SET = 15 };

/* Each node of a vector takes more than 8, so that there are not too many of them either. */
bool karto_change_is_small(const struct karto_change *change)
{
    enum { SMALL = 8 * KARTO_VECTOR_MAX };
    size_t most = MOST_ONCE + change->stamp.author.size + change->reason.size;
    for (uint32_t i = 0; i < change->seen_count; i++)
        most += MOST_FIELD + (size_t)MOST_DOT * change->seen[i].vv.count;
    for (uint32_t i = 0; i < change->count; i++) {
        const struct karto_touch *touch = &change->touches[i];
        most += MOST_FIELD + (size_t)MOST_DOT * touch->context.count;
        for (uint32_t j = 0; j < touch->count; j++)
            most += MOST_SET + touch->sets[j].key.size + touch->sets[j].value.size + touch->sets[j].old.size;
    }
    return most <= SMALL;
}

/* ---- decode ---- */

struct decoder {
    struct karto_reader reader;
    struct karto_arena *arena;
    struct karto_stamp_names names;
    uint32_t sets;
};

static uint32_t decode_field_number(struct decoder *d, uint32_t before)
{
    uint32_t number = (uint32_t)karto_read_uint(&d->reader, KARTO_FIELD_NUMBER_MAX);
    if (number <= before)
        karto_reader_fail(&d->reader, "fields out of order");
    return number;
}

static struct karto_slice decode_value(struct decoder *d)
{
    struct karto_slice bytes = karto_read_bin(&d->reader, KARTO_VALUE_SIZE_MAX);
    struct karto_value value;
    if (!d->reader.error && bytes.size > 0 && karto_value_decode(bytes, &value) != KARTO_OK)
        karto_reader_fail(&d->reader, "not a value");
    return bytes;
}

static void decode_touch(struct decoder *d, struct karto_touch *touch, uint32_t before, bool with_old)
{
    touch->field = decode_field_number(d, before);
    touch->context = karto_stamp_names_vv(&d->names, &d->reader, d->arena);
    uint32_t width = with_old ? 3 : 2, parts = karto_read_array(&d->reader, 3 * KARTO_SETS_MAX);
    if (parts % width)
        karto_reader_fail(&d->reader, "a set that is cut");
    touch->count = d->reader.error ? 0 : parts / width;
    d->sets += touch->count;
    if (d->sets > KARTO_SETS_MAX)
        karto_reader_fail(&d->reader, "more sets than allowed");
    struct karto_set *sets = karto_arena_array(d->arena, touch->count, sizeof *sets);
    for (uint32_t i = 0; i < touch->count && !d->reader.error; i++) {
        sets[i].key = karto_read_bin(&d->reader, KARTO_KEY_SIZE_MAX);
        sets[i].value = decode_value(d);
        if (with_old)
            sets[i].old = decode_value(d);
        if (i > 0 && karto_slice_compare(sets[i - 1].key, sets[i].key) >= 0)
            karto_reader_fail(&d->reader, "registers out of order");
    }
    touch->sets = sets;
}

static void decode_touches(struct decoder *d, struct karto_change *change)
{
    uint32_t parts = karto_read_array(&d->reader, 3 * KARTO_FIELDS_MAX + 1);
    if (parts < 4 || parts % 3 != 1)
        karto_reader_fail(&d->reader, "a change of no field");
    bool with_old = karto_read_bool(&d->reader);
    change->count = d->reader.error ? 0 : parts / 3;
    struct karto_touch *touches = karto_arena_array(d->arena, change->count, sizeof *touches);
    for (uint32_t i = 0; i < change->count && !d->reader.error; i++)
        decode_touch(d, &touches[i], i ? touches[i - 1].field : 0, with_old);
    change->touches = touches;
}

static void decode_seen(struct decoder *d, struct karto_change *change)
{
    uint32_t parts = karto_read_array(&d->reader, 2 * KARTO_FIELDS_MAX);
    if (parts % 2)
        karto_reader_fail(&d->reader, "what was seen is cut");
    change->seen_count = d->reader.error ? 0 : parts / 2;
    struct karto_seen *seen = karto_arena_array(d->arena, change->seen_count, sizeof *seen);
    for (uint32_t i = 0; i < change->seen_count && !d->reader.error; i++) {
        seen[i].field = decode_field_number(d, i ? seen[i - 1].field : 0);
        seen[i].vv = karto_stamp_names_vv(&d->names, &d->reader, d->arena);
    }
    change->seen = seen;
}

static void decode_names(struct decoder *d)
{
    struct karto_slice nodes = karto_read_bin(&d->reader, 8 * KARTO_VECTOR_MAX);
    karto_stamp_names_set_nodes(&d->names, &d->reader, d->arena, nodes);
}

static void decode_change(struct decoder *d, struct karto_change *change)
{
    if (karto_read_array(&d->reader, PARTS) != PARTS)
        karto_reader_fail(&d->reader, "a change of another number of parts");
    decode_names(d);
    change->stamp.dot.node = karto_stamp_names_node(&d->names, &d->reader);
    change->stamp.dot.seq = karto_read_uint(&d->reader, UINT64_MAX);
    change->stamp.hlc.v = karto_read_uint(&d->reader, UINT64_MAX);
    change->stamp.author = karto_read_str(&d->reader, KARTO_AUTHOR_SIZE_MAX);
    change->kind = (uint32_t)karto_read_uint(&d->reader, KARTO_KIND_MAX);
    struct karto_slice id = karto_read_bin(&d->reader, 16);
    if (id.size == 16)
        change->record = karto_rid_read(id.data);
    change->batch = karto_read_uint(&d->reader, UINT64_MAX);
    change->via = (enum karto_via)karto_read_uint(&d->reader, 255);
    change->reason = karto_read_str(&d->reader, KARTO_REASON_SIZE_MAX);
    if (id.size != 16 || change->stamp.dot.seq == 0 || change->kind == 0)
        karto_reader_fail(&d->reader, "a change without number, record or kind");
    decode_touches(d, change);
    decode_seen(d, change);
}

enum karto_err karto_change_decode(struct karto_arena *arena, struct karto_slice bytes, struct karto_change *change)
{
    struct decoder d = {.arena = arena};
    *change = (struct karto_change){.count = 0};
    if (bytes.size > 2 * KARTO_CHANGE_SIZE_MAX)
        return KARTO_E_LIMIT;
    karto_reader_init(&d.reader, bytes);
    decode_change(&d, change);
    return karto_reader_end(&d.reader);
}
