#include "core/model/record_values.h"

#include <string.h>

/* First one of these for the record, then one for each field and each of its registers, then the bytes of keys and
 * values in the same order. */
struct record_part {
    struct karto_rid id;
    uint32_t kind, fields, registers;
};
struct field_part {
    uint32_t number, registers;
};
struct register_part {
    uint32_t key_size, value_size;
};

static uint32_t registers_of(const struct karto_record *record)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < record->count; i++)
        count += record->fields[i].count;
    return count;
}

bool karto_values_are_all(const struct karto_record *record)
{
    for (uint32_t i = 0; i < record->count; i++)
        for (uint32_t j = 0; j < record->fields[i].count; j++)
            if (record->fields[i].registers[j].count != 1)
                return false;
    return true;
}

static size_t bytes_of(const struct karto_record *record)
{
    size_t size = 0;
    for (uint32_t i = 0; i < record->count; i++)
        for (uint32_t j = 0; j < record->fields[i].count; j++)
            size += record->fields[i].registers[j].key.size + record->fields[i].registers[j].heads[0].value.size;
    return size;
}

static uint8_t *add(uint8_t *at, struct karto_slice slice)
{
    if (slice.size)
        memcpy(at, slice.data, slice.size);
    return at + slice.size;
}

struct karto_slice karto_values_write(struct karto_arena *arena, const struct karto_record *record)
{
    struct record_part whole = {record->id, record->kind, record->count, registers_of(record)};
    size_t size = sizeof whole + record->count * sizeof(struct field_part) +
                  whole.registers * sizeof(struct register_part) + bytes_of(record);
    uint8_t *begin = karto_arena_room(arena, size, 1);
    struct field_part *field = (struct field_part *)(begin + sizeof whole);
    struct register_part *part = (struct register_part *)(field + record->count);
    uint8_t *at = (uint8_t *)(part + whole.registers);
    memcpy(begin, &whole, sizeof whole);
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_register *registers = record->fields[i].registers;
        *field++ = (struct field_part){record->fields[i].number, record->fields[i].count};
        for (uint32_t j = 0; j < record->fields[i].count; j++) {
            *part++ =
                (struct register_part){(uint32_t)registers[j].key.size, (uint32_t)registers[j].heads[0].value.size};
            at = add(add(at, registers[j].key), registers[j].heads[0].value);
        }
    }
    return karto_slice(begin, size);
}

struct karto_record karto_values_read(struct karto_arena *arena, struct karto_slice bytes)
{
    struct record_part whole;
    memcpy(&whole, bytes.data, sizeof whole);
    const struct field_part *field = (const struct field_part *)(bytes.data + sizeof whole);
    const struct register_part *part = (const struct register_part *)(field + whole.fields);
    const uint8_t *at = (const uint8_t *)(part + whole.registers);
    struct karto_field *fields = karto_arena_room(arena, whole.fields, sizeof *fields);
    struct karto_register *registers = karto_arena_room(arena, whole.registers, sizeof *registers);
    struct karto_head *heads = karto_arena_room(arena, whole.registers, sizeof *heads);
    for (uint32_t i = 0; i < whole.fields; i++, field++) {
        fields[i] = (struct karto_field){field->number, KARTO_VV_EMPTY, registers, field->registers};
        for (uint32_t j = 0; j < field->registers; j++, part++, registers++, heads++) {
            *registers = (struct karto_register){karto_slice(at, part->key_size), heads, 1};
            *heads = (struct karto_head){.value = karto_slice(at + part->key_size, part->value_size)};
            at += part->key_size + part->value_size;
        }
    }
    return (struct karto_record){whole.id, whole.kind, fields, whole.fields};
}
