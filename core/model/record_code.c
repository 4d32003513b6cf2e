/* The canonical bytes of a record: docs/FORMAT.md, "A record". */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "core/base/reader.h"
#include "core/model/record.h"
#include "core/model/stamp_table.h"

#include <stdlib.h>

/* ---- encode ---- */

static void gather(struct karto_stamp_table *table, const struct karto_record *record)
{
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_field *field = &record->fields[i];
        karto_stamp_table_add_vv(table, field->vv);
        for (uint32_t j = 0; j < field->count; j++)
            for (uint32_t k = 0; k < field->registers[j].count; k++)
                karto_stamp_table_add(table, &field->registers[j].heads[k].stamp);
    }
    karto_stamp_table_close(table);
}

/* Whether vv says no more than that the heads of the field are contained. */
static bool vector_is_the_heads(const struct karto_field *field)
{
    for (uint32_t i = 0; i < field->vv.count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < field->count && !found; j++)
            for (uint32_t k = 0; k < field->registers[j].count && !found; k++)
                found = karto_dot_equal(field->registers[j].heads[k].stamp.dot, field->vv.dots[i]);
        if (!found)
            return false;
    }
    return true;
}

static void encode_stamp(struct karto_buf *out, const struct karto_stamp_table *table, const struct karto_stamp *stamp)
{
    karto_pack_array(out, 4);
    karto_pack_uint(out, karto_stamp_table_node(table, stamp->dot.node));
    karto_pack_uint(out, stamp->dot.seq);
    karto_pack_uint(out, stamp->hlc.v);
    karto_pack_uint(out, karto_stamp_table_author(table, stamp->author));
}

static bool is_default(const struct karto_stamp_table *table, const struct karto_stamp *stamp)
{
    return table->standard && karto_dot_equal(stamp->dot, table->standard->dot);
}

static void encode_heads(struct karto_buf *out, const struct karto_stamp_table *table, const struct karto_register *reg)
{
    if (reg->count == 1 && is_default(table, &reg->heads[0].stamp)) {
        karto_buf_add_slice(out, reg->heads[0].value);
        return;
    }
    karto_pack_array(out, 2 * reg->count);
    for (uint32_t i = 0; i < reg->count; i++) {
        karto_buf_add_slice(out, reg->heads[i].value);
        if (is_default(table, &reg->heads[i].stamp))
            karto_pack_nil(out);
        else
            encode_stamp(out, table, &reg->heads[i].stamp);
    }
}

static void encode_field(struct karto_buf *out, const struct karto_stamp_table *table, const struct karto_field *field)
{
    bool short_vector = field->count > 0 && vector_is_the_heads(field);
    const struct karto_register *first = field->registers;
    if (short_vector && field->count == 1 && first->key.size == 0 && first->count == 1 &&
        is_default(table, &first->heads[0].stamp)) {
        karto_buf_add_slice(out, first->heads[0].value);
        return;
    }
    karto_pack_array(out, 1 + 2 * field->count);
    if (short_vector)
        karto_pack_nil(out);
    else
        karto_stamp_table_pack_vv(out, table, field->vv);
    for (uint32_t i = 0; i < field->count; i++) {
        karto_pack_bin(out, field->registers[i].key);
        encode_heads(out, table, &field->registers[i]);
    }
}

void karto_record_encode(const struct karto_record *record, struct karto_buf *out)
{
    struct karto_stamp_table table;
    karto_stamp_table_init(&table);
    gather(&table, record);
    karto_pack_array(out, 5);
    karto_pack_uint(out, record->kind);
    karto_stamp_table_pack_nodes(out, &table);
    karto_stamp_table_pack_authors(out, &table);
    if (table.standard)
        encode_stamp(out, &table, table.standard);
    else
        karto_pack_nil(out);
    karto_pack_array(out, 2 * record->count);
    for (uint32_t i = 0; i < record->count; i++) {
        karto_pack_uint(out, record->fields[i].number);
        encode_field(out, &table, &record->fields[i]);
    }
    karto_stamp_table_fini(&table);
}

/* ---- limits ---- */

/* Nodes and authors are counted only where there may be too many: each vector and head brings one of each at most. */
static bool names_fit(const struct karto_record *record, uint64_t names)
{
    struct karto_stamp_table table;
    if (names <= KARTO_VECTOR_MAX)
        return true;
    karto_stamp_table_init(&table);
    gather(&table, record);
    bool fit = table.node_count <= KARTO_VECTOR_MAX && table.author_count <= KARTO_VECTOR_MAX;
    karto_stamp_table_fini(&table);
    return fit;
}

/* What a record comes to. size: no less than the encoding can, by what a number, a stamp or an entry of a vector takes
 * at most, and names as if each head had its own. */
struct measure {
    uint64_t registers, names, size;
    uint32_t heads_most, vector_most;
};

static void measure_register(struct measure *m, const struct karto_register *reg)
{
    enum { REGISTER = 16, HEAD = 64 };
    m->names += reg->count;
    m->heads_most = reg->count > m->heads_most ? reg->count : m->heads_most;
    m->size += REGISTER + reg->key.size;
    for (uint32_t i = 0; i < reg->count; i++)
        m->size += HEAD + reg->heads[i].value.size + reg->heads[i].stamp.author.size;
}

static struct measure measure(const struct karto_record *record)
{
    enum { RECORD = 64, FIELD = 16, ENTRY = 32 };
    struct measure m = {.size = RECORD};
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_field *field = &record->fields[i];
        m.registers += field->count;
        m.names += field->vv.count;
        m.vector_most = field->vv.count > m.vector_most ? field->vv.count : m.vector_most;
        m.size += FIELD + (uint64_t)ENTRY * field->vv.count;
        for (uint32_t j = 0; j < field->count; j++)
            measure_register(&m, &field->registers[j]);
    }
    return m;
}

static bool size_fits(const struct karto_record *record, uint64_t at_most)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    if (at_most <= KARTO_RECORD_SIZE_MAX)
        return true;
    karto_record_encode(record, &bytes);
    bool fits = bytes.size <= KARTO_RECORD_SIZE_MAX;
    karto_buf_fini(&bytes);
    return fits;
}

enum karto_err karto_record_check(const struct karto_record *record)
{
    struct measure m = measure(record);
    bool fits = record->count <= KARTO_FIELDS_MAX && m.registers <= KARTO_REGISTERS_MAX &&
                m.heads_most <= KARTO_HEADS_MAX && m.vector_most <= KARTO_VECTOR_MAX && names_fit(record, m.names) &&
                size_fits(record, m.size);
    return fits ? KARTO_OK : KARTO_E_LIMIT;
}

/* ---- decode ---- */

struct decoder {
    struct karto_reader reader;
    struct karto_arena *arena;
    struct karto_stamp_names names;
    struct karto_stamp standard;
    bool has_standard;
    uint32_t registers, stamps; /* stamps: written out at a head */
};

static struct karto_stamp decode_stamp(struct decoder *d)
{
    if (karto_read_array(&d->reader, 4) != 4)
        karto_reader_fail(&d->reader, "a stamp of other than four parts");
    struct karto_stamp stamp;
    stamp.dot.node = karto_stamp_names_node(&d->names, &d->reader);
    stamp.dot.seq = karto_read_uint(&d->reader, UINT64_MAX);
    stamp.hlc.v = karto_read_uint(&d->reader, UINT64_MAX);
    stamp.author = karto_stamp_names_author(&d->names, &d->reader);
    if (stamp.dot.seq == 0)
        karto_reader_fail(&d->reader, "a change numbered 0");
    return stamp;
}

static struct karto_stamp decode_stamp_or_standard(struct decoder *d)
{
    if (!karto_read_nil(&d->reader)) {
        struct karto_stamp stamp = decode_stamp(d);
        if (d->has_standard && karto_dot_equal(stamp.dot, d->standard.dot))
            karto_reader_fail(&d->reader, "the standard stamp is written out");
        d->stamps++;
        return stamp;
    }
    if (!d->has_standard)
        karto_reader_fail(&d->reader, "the standard stamp is missing");
    return d->standard;
}

static struct karto_slice decode_value(struct decoder *d)
{
    struct karto_slice bytes = karto_read_any(&d->reader, KARTO_VALUE_SIZE_MAX);
    struct karto_value value;
    if (!d->reader.error && karto_value_decode(bytes, &value) != KARTO_OK)
        karto_reader_fail(&d->reader, "not a value");
    return bytes;
}

static void decode_heads(struct decoder *d, struct karto_register *reg)
{
    if (karto_reader_peek(&d->reader) != KARTO_WIRE_ARRAY) {
        struct karto_head *head = karto_arena_alloc(d->arena, sizeof *head);
        head->value = decode_value(d);
        head->stamp = d->standard;
        if (!d->has_standard)
            karto_reader_fail(&d->reader, "the standard stamp is missing");
        reg->heads = head;
        reg->count = 1;
        return;
    }
    uint32_t count = karto_read_array(&d->reader, 2 * KARTO_HEADS_MAX);
    struct karto_head *heads = karto_arena_array(d->arena, count / 2, sizeof *heads);
    if (count == 0 || count % 2)
        karto_reader_fail(&d->reader, "a register without heads");
    for (uint32_t i = 0; i < count / 2; i++) {
        heads[i].value = decode_value(d);
        heads[i].stamp = decode_stamp_or_standard(d);
        if (i > 0 && karto_dot_compare(heads[i - 1].stamp.dot, heads[i].stamp.dot) >= 0)
            karto_reader_fail(&d->reader, "heads out of order");
    }
    reg->heads = heads;
    reg->count = count / 2;
}

static int by_dot(const void *a, const void *b)
{
    return karto_dot_compare(*(const struct karto_dot *)a, *(const struct karto_dot *)b);
}

static struct karto_vv vector_of_heads(struct karto_arena *arena, const struct karto_register *registers,
                                       uint32_t count)
{
    uint32_t total = 0, kept = 0;
    for (uint32_t i = 0; i < count; i++)
        total += registers[i].count;
    struct karto_dot *dots = karto_arena_array(arena, total, sizeof *dots);
    for (uint32_t i = 0, at = 0; i < count; i++)
        for (uint32_t j = 0; j < registers[i].count; j++)
            dots[at++] = registers[i].heads[j].stamp.dot;
    if (total > 1)
        qsort(dots, total, sizeof *dots, by_dot);
    for (uint32_t i = 0; i < total; i++) {
        if (kept > 0 && karto_node_equal(dots[kept - 1].node, dots[i].node))
            kept--;
        dots[kept++] = dots[i];
    }
    return (struct karto_vv){dots, kept};
}

static bool covers_its_heads(const struct karto_field *field)
{
    for (uint32_t i = 0; i < field->count; i++)
        for (uint32_t j = 0; j < field->registers[i].count; j++)
            if (!karto_vv_covers(field->vv, field->registers[i].heads[j].stamp.dot))
                return false;
    return true;
}

static void decode_registers(struct decoder *d, struct karto_field *field, uint32_t count)
{
    struct karto_register *registers = karto_arena_array(d->arena, count, sizeof *registers);
    d->registers += count;
    if (d->registers > KARTO_REGISTERS_MAX)
        karto_reader_fail(&d->reader, "more registers than allowed");
    for (uint32_t i = 0; i < count; i++) {
        registers[i].key = karto_read_bin(&d->reader, KARTO_KEY_SIZE_MAX);
        if (i > 0 && karto_slice_compare(registers[i - 1].key, registers[i].key) >= 0)
            karto_reader_fail(&d->reader, "registers out of order");
        decode_heads(d, &registers[i]);
    }
    field->registers = registers;
    field->count = count;
}

static void decode_field(struct decoder *d, struct karto_field *field)
{
    if (karto_reader_peek(&d->reader) != KARTO_WIRE_ARRAY) {
        struct karto_register *reg = karto_arena_alloc(d->arena, sizeof *reg);
        decode_heads(d, reg);
        field->registers = reg;
        field->count = 1;
        field->vv = vector_of_heads(d->arena, reg, 1);
        d->registers++;
        return;
    }
    uint32_t count = karto_read_array(&d->reader, 1 + 2 * KARTO_REGISTERS_MAX);
    if (count % 2 != 1)
        karto_reader_fail(&d->reader, "a field of an even number of parts");
    bool short_vector = karto_read_nil(&d->reader);
    struct karto_vv vv = short_vector ? KARTO_VV_EMPTY : karto_stamp_names_vv(&d->names, &d->reader, d->arena);
    decode_registers(d, field, d->reader.error ? 0 : count / 2);
    if (d->reader.error)
        return;
    field->vv = short_vector ? vector_of_heads(d->arena, field->registers, field->count) : vv;
    if (field->vv.count == 0 || !covers_its_heads(field))
        karto_reader_fail(&d->reader, "a vector that does not cover its heads");
}

static int by_stamp(const void *a, const void *b)
{
    const struct karto_stamp *const *x = a, *const *y = b;
    return karto_dot_compare((*x)->dot, (*y)->dot);
}

/* The same dot is the same head everywhere: else the record would not be the same once it is written again. */
static void check_stamps(struct decoder *d, const struct karto_record *record)
{
    const struct karto_stamp **stamps = karto_arena_array(d->arena, d->stamps, sizeof(struct karto_stamp *));
    uint32_t count = 0;
    for (uint32_t i = 0; i < record->count; i++)
        for (uint32_t j = 0; j < record->fields[i].count; j++)
            for (uint32_t k = 0; k < record->fields[i].registers[j].count; k++) {
                const struct karto_stamp *stamp = &record->fields[i].registers[j].heads[k].stamp;
                if (!d->has_standard || !karto_dot_equal(stamp->dot, d->standard.dot))
                    stamps[count++] = stamp;
            }
    qsort(stamps, count, sizeof *stamps, by_stamp);
    for (uint32_t i = 1; i < count; i++)
        if (karto_dot_equal(stamps[i - 1]->dot, stamps[i]->dot) &&
            (stamps[i - 1]->hlc.v != stamps[i]->hlc.v || !karto_slice_equal(stamps[i - 1]->author, stamps[i]->author)))
            karto_reader_fail(&d->reader, "two stamps of one change");
}

static void decode_record(struct decoder *d, struct karto_record *record)
{
    if (karto_read_array(&d->reader, 5) != 5)
        karto_reader_fail(&d->reader, "a record of other than five parts");
    record->kind = (uint32_t)karto_read_uint(&d->reader, KARTO_KIND_MAX);
    karto_stamp_names_read(&d->names, &d->reader, d->arena);
    d->has_standard = !karto_read_nil(&d->reader);
    if (d->has_standard)
        d->standard = decode_stamp(d);
    uint32_t count = karto_read_array(&d->reader, 2 * KARTO_FIELDS_MAX);
    if (count % 2)
        karto_reader_fail(&d->reader, "a field without content");
    struct karto_field *fields = karto_arena_array(d->arena, count / 2, sizeof *fields);
    for (uint32_t i = 0; i < count / 2 && !d->reader.error; i++) {
        fields[i].number = (uint32_t)karto_read_uint(&d->reader, KARTO_FIELD_NUMBER_MAX);
        if (fields[i].number == 0 || (i > 0 && fields[i - 1].number >= fields[i].number))
            karto_reader_fail(&d->reader, "fields out of order");
        decode_field(d, &fields[i]);
    }
    record->fields = fields;
    record->count = count / 2;
    if (!d->reader.error && d->stamps > 1)
        check_stamps(d, record);
}

uint32_t karto_record_kind_of(struct karto_slice bytes)
{
    struct karto_reader reader;
    karto_reader_init(&reader, bytes);
    (void)karto_read_array(&reader, 5);
    uint32_t kind = (uint32_t)karto_read_uint(&reader, KARTO_KIND_MAX);
    return reader.error ? 0 : kind;
}

enum karto_err karto_record_decode(struct karto_arena *arena, struct karto_rid id, struct karto_slice bytes,
                                   struct karto_record *record)
{
    struct decoder d = {.arena = arena};
    *record = (struct karto_record){.id = id};
    if (bytes.size > KARTO_RECORD_SIZE_MAX)
        return KARTO_E_LIMIT;
    karto_reader_init(&d.reader, bytes);
    decode_record(&d, record);
    enum karto_err err = karto_reader_end(&d.reader);
    if (err != KARTO_OK)
        record->count = 0;
    return err;
}
