#include "client/field_show.h"

#include "client/field_text.h"
#include "client/field_value.h"
#include "client/purchase_line.h"
#include "core/base/code_shown.h"
#include "core/base/limits.h"
#include "core/store/query.h"

void karto_text_show(struct karto_out *out, struct karto_slice text)
{
    if (text.size)
        karto_out_text(out, text);
    else
        karto_out_null(out);
}

void karto_text_show_as(struct karto_out *out, const char *key, struct karto_slice text)
{
    karto_out_key(out, key);
    karto_text_show(out, text);
}

void karto_day_show(struct karto_out *out, int64_t days)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    karto_field_value_show(out, karto_value_bytes(&arena, karto_value_date(days)));
    karto_arena_fini(&arena);
}

void karto_key_show(struct karto_out *out, const struct karto_field_def *def, struct karto_slice key)
{
    int64_t since;
    if (!def || def->shape != KARTO_TIMELINE)
        karto_text_show(out, key);
    else if (karto_date_of_key(key, &since) && since > KARTO_DATE_MIN)
        karto_day_show(out, since);
    else
        karto_out_null(out);
}

/* ---- values ---- */

/* Whole numbers of a tuple stand for decimal fractions. */
static void show_part(struct karto_out *out, struct karto_arena *arena, const struct karto_field_def *part,
                      struct karto_slice bytes)
{
    if (part->type == KARTO_INTEGER)
        karto_text_show(out, karto_line_part_text(arena, part, bytes));
    else
        karto_field_value_show(out, bytes);
}

static bool is_tuple(struct karto_slice bytes)
{
    struct karto_value value;
    return bytes.size && karto_value_decode(bytes, &value) == KARTO_OK && value.type == KARTO_TUPLE;
}

void karto_parts_show(struct karto_out *out, const struct karto_field_def *def, struct karto_slice bytes)
{
    struct karto_slice parts[KARTO_TUPLE_MAX];
    struct karto_arena arena;
    uint32_t count;
    karto_arena_init(&arena);
    karto_line_split(&arena, bytes, parts, &count);
    for (const struct karto_field_def *part = def->parts; part->name; part++) {
        karto_out_key(out, part->name);
        show_part(out, &arena, part, parts[part - def->parts]);
    }
    karto_arena_fini(&arena);
}

void karto_value_show(struct karto_out *out, const struct karto_field_def *def, struct karto_slice bytes)
{
    if (!def || !def->parts || !is_tuple(bytes)) {
        karto_field_value_show(out, bytes);
        return;
    }
    karto_out_object(out);
    karto_parts_show(out, def, bytes);
    karto_out_object_end(out);
}

/* ---- fields ---- */

static struct karto_slice shown_value(const struct karto_register *reg)
{
    return karto_winner(reg)->value;
}

static void show_timeline(struct karto_out *out, const struct karto_field_def *def, const struct karto_field *field)
{
    karto_out_array(out);
    for (uint32_t i = 0; field && i < field->count; i++) {
        karto_out_object(out);
        karto_out_key(out, "since");
        karto_key_show(out, def, field->registers[i].key);
        karto_out_key(out, "value");
        karto_field_value_show(out, shown_value(&field->registers[i]));
        karto_out_object_end(out);
    }
    karto_out_array_end(out);
}

/* Phones and accounts for people: in groups. */
static void show_element(struct karto_out *out, const struct karto_field_def *def, struct karto_slice bytes)
{
    bool grouped = karto_out_form(out) == KARTO_FORM_TABLE && !karto_value_is_nil(bytes);
    struct karto_arena arena;
    karto_arena_init(&arena);
    if (grouped && def->normal == KARTO_N_PHONE)
        karto_text_show(out, karto_phone_shown(&arena, karto_field_value_text(&arena, bytes)));
    else if (grouped && def->normal == KARTO_N_IBAN)
        karto_text_show(out, karto_iban_shown(&arena, karto_field_value_text(&arena, bytes)));
    else
        karto_field_value_show(out, bytes);
    karto_arena_fini(&arena);
}

static void show_set(struct karto_out *out, const struct karto_field_def *def, const struct karto_field *field)
{
    karto_out_array(out);
    for (uint32_t i = 0; field && i < field->count; i++)
        show_element(out, def, shown_value(&field->registers[i]));
    karto_out_array_end(out);
}

static void show_map(struct karto_out *out, const struct karto_field_def *def, const struct karto_field *field)
{
    karto_out_object(out);
    for (uint32_t i = 0; field && i < field->count; i++) {
        if (karto_value_is_nil(shown_value(&field->registers[i])))
            continue;
        karto_out_key_slice(out, field->registers[i].key);
        karto_value_show(out, def, shown_value(&field->registers[i]));
    }
    karto_out_object_end(out);
}

/* Lines of a purchase for people: as they are typed. */
static void show_lines(struct karto_out *out, const struct karto_record *record)
{
    struct karto_arena arena;
    uint32_t count;
    karto_arena_init(&arena);
    const struct karto_register **lines = karto_lines_in_order(&arena, record, &count);
    karto_out_object(out);
    for (uint32_t i = 0; i < count; i++) {
        karto_out_key_slice(out, lines[i]->key);
        karto_text_show(out, karto_line_text(&arena, shown_value(lines[i])));
    }
    karto_out_object_end(out);
    karto_arena_fini(&arena);
}

void karto_field_show(struct karto_out *out, const struct karto_field_def *def, const struct karto_record *record)
{
    const struct karto_field *field = karto_record_field(record, def->number);
    switch (def->shape) {
    case KARTO_SCALAR: karto_field_value_show(out, karto_record_value(record, def->number)); break;
    case KARTO_SET: show_set(out, def, field); break;
    case KARTO_MAP:
        if (def->parts && karto_out_form(out) != KARTO_FORM_JSON)
            show_lines(out, record);
        else
            show_map(out, def, field);
        break;
    case KARTO_TIMELINE: show_timeline(out, def, field); break;
    }
}

static bool holds_something(const struct karto_record *record, uint32_t number)
{
    const struct karto_field *field = karto_record_field(record, number);
    for (uint32_t i = 0; field && i < field->count; i++)
        if (!karto_value_is_nil(shown_value(&field->registers[i])))
            return true;
    return false;
}

/* day NULL: all of a timeline; else what held on it, where one text is enough. */
static void show_named(struct karto_out *out, const struct karto_field_def *def, const struct karto_record *record,
                       const int64_t *day)
{
    bool programs = karto_out_form(out) == KARTO_FORM_JSON, one = day && def->shape == KARTO_TIMELINE && !programs;
    struct karto_slice text = one ? karto_text_at(record, def->number, *day) : karto_slice(NULL, 0);
    if (!programs && (one ? text.size == 0 : !holds_something(record, def->number)))
        return;
    karto_out_key(out, def->name);
    if (one)
        karto_text_show(out, text);
    else
        karto_field_show(out, def, record);
}

static void show_fields(struct karto_out *out, const struct karto_record *record, const int64_t *day)
{
    const struct karto_kind_def *kind = karto_kind(record->kind);
    const struct karto_field_def *name = karto_field_def(record->kind, KARTO_F_NAME);
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE;
    karto_out_key(out, "fields");
    karto_out_object(out);
    if (name)
        show_named(out, name, record, day);
    for (const struct karto_field_def *def = kind ? kind->fields : NULL; def && def->name; def++)
        if (def != name && def->number != KARTO_F_HIDDEN && (!for_people || def->number != KARTO_F_CLIENT))
            show_named(out, def, record, day);
    karto_out_object_end(out);
}

void karto_fields_show(struct karto_out *out, const struct karto_record *record)
{
    show_fields(out, record, NULL);
}

void karto_fields_show_on(struct karto_out *out, const struct karto_record *record, int64_t day)
{
    show_fields(out, record, &day);
}

/* ---- heads ---- */

enum karto_err karto_stamp_show(struct karto_out *out, struct karto_tx *tx, const struct karto_stamp *stamp)
{
    struct karto_writer writer = {{NULL, 0}, {NULL, 0}};
    enum karto_err err = stamp->dot.node.v ? karto_writer_of(tx, stamp->dot.node, &writer) : KARTO_OK;
    karto_out_key(out, "user");
    if (stamp->author.size == 0 && stamp->dot.node.v)
        karto_out_str(out, "rule");
    else
        karto_text_show(out, stamp->author);
    karto_out_key(out, "device");
    karto_text_show(out, writer.device);
    karto_out_key(out, "time");
    karto_out_time(out, karto_hlc_ms(stamp->hlc));
    return err;
}

enum karto_err karto_head_show(struct karto_out *out, struct karto_tx *tx, const struct karto_field_def *def,
                               const struct karto_head *head, bool winner)
{
    char dot[KARTO_DOT_TEXT];
    karto_dot_print(head->stamp.dot, dot);
    karto_out_object(out);
    karto_out_key(out, "value");
    karto_value_show(out, def, head->value);
    enum karto_err err = karto_stamp_show(out, tx, &head->stamp);
    karto_out_key(out, "dot");
    karto_out_str(out, dot);
    karto_out_key(out, "winner");
    karto_out_bool(out, winner);
    karto_out_object_end(out);
    return err;
}
