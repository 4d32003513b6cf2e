/* The bytes of records and changes: what is written comes back, the same content is the same bytes, and whatever is cut
 * or turned is an error or something that can be written again. */
#include "core/base/limits.h"
#include "core/model/record_values.h"
#include "core/model/stamp_table.h"
#include "tests/model.h"
#include "tests/sample.h"

enum { SAMPLES = 16 };

static struct karto_arena arena;

static void records_come_back(void)
{
    for (uint64_t seed = 1; seed <= 100 * SAMPLES; seed++) {
        struct sample s = {seed, &arena};
        struct karto_record record = sample_record(&s), back;
        struct karto_slice bytes = record_bytes(&arena, &record);
        CHECK_INT(karto_record_decode(&arena, record.id, bytes, &back), KARTO_OK);
        check_record(&back);
        CHECK_INT(back.kind, record.kind);
        CHECK(karto_slice_equal(record_bytes(&arena, &back), bytes));
        CHECK(karto_sum_equal(karto_record_sum(&back), karto_record_sum(&record)));
        karto_arena_reset(&arena);
    }
}

static void check_values(const struct karto_record *read, const struct karto_record *record)
{
    CHECK(karto_rid_equal(read->id, record->id));
    CHECK_INT(read->kind, record->kind);
    CHECK_INT(read->count, record->count);
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_field *a = &read->fields[i], *b = &record->fields[i];
        CHECK_INT(a->number, b->number);
        CHECK_INT(a->count, b->count);
        for (uint32_t j = 0; j < b->count; j++) {
            CHECK(karto_slice_equal(a->registers[j].key, b->registers[j].key));
            CHECK_INT(a->registers[j].count, 1);
            CHECK(karto_slice_equal(a->registers[j].heads[0].value, b->registers[j].heads[0].value));
        }
    }
}

/* Values stand alone: they are the same when nothing is left of what they were written from. */
static void values_come_back(void)
{
    struct karto_arena own;
    karto_arena_init(&own);
    for (uint64_t seed = 1; seed <= 20 * SAMPLES; seed++) {
        struct sample s = {seed, &arena};
        struct karto_record record = sample_record(&s), decoded;
        CHECK(karto_values_are_all(&record));
        struct karto_slice twin = record_bytes(&arena, &record);
        CHECK_INT(karto_record_decode(&arena, record.id, twin, &decoded), KARTO_OK);
        struct karto_slice values = karto_values_write(&own, &decoded);
        memset((uint8_t *)twin.data, 0xAA, twin.size);
        struct karto_record read = karto_values_read(&own, values);
        check_values(&read, &record);
        karto_arena_reset(&arena);
        karto_arena_reset(&own);
    }
    karto_arena_fini(&own);
}

static void several_heads_are_more_than_values(void)
{
    struct sample s = {1, &arena};
    struct karto_record record = sample_record(&s);
    uint32_t at = 0;
    while (record.fields[at].count == 0)
        at++;
    struct karto_register *reg = (struct karto_register *)&record.fields[at].registers[0];
    struct karto_head two[2] = {reg->heads[0], reg->heads[0]};
    *reg = (struct karto_register){reg->key, two, 2};
    CHECK(!karto_values_are_all(&record));
    karto_arena_reset(&arena);
}

static void changes_come_back(void)
{
    for (uint64_t seed = 1; seed <= 100 * SAMPLES; seed++) {
        struct sample s = {seed, &arena};
        struct karto_change change = sample_change(&s), back;
        for (int old = 0; old < 2; old++) {
            struct karto_slice bytes = change_bytes(&arena, &change, old);
            CHECK_INT(karto_change_decode(&arena, bytes, &back), KARTO_OK);
            CHECK(karto_slice_equal(change_bytes(&arena, &back, old), bytes));
        }
        karto_arena_reset(&arena);
    }
}

/* An error, or a record that is written again and then comes back as itself. */
static void try_record(struct karto_slice bytes)
{
    struct karto_record record, again;
    struct karto_rid id = {{1}};
    if (karto_record_decode(&arena, id, bytes, &record) != KARTO_OK)
        return;
    check_record(&record);
    struct karto_slice written = record_bytes(&arena, &record);
    CHECK_INT(karto_record_decode(&arena, id, written, &again), KARTO_OK);
    CHECK(karto_slice_equal(record_bytes(&arena, &again), written));
    CHECK(karto_sum_equal(karto_record_sum(&again), karto_record_sum(&record)));
    CHECK_INT(karto_record_check(&record), KARTO_OK);
}

static void try_change(struct karto_slice bytes)
{
    struct karto_change change, again;
    if (karto_change_decode(&arena, bytes, &change) != KARTO_OK)
        return;
    struct karto_slice written = change_bytes(&arena, &change, true);
    CHECK_INT(karto_change_decode(&arena, written, &again), KARTO_OK);
    CHECK(karto_slice_equal(change_bytes(&arena, &again, true), written));
}

static void turn_each_bit(struct karto_slice bytes, void (*try)(struct karto_slice bytes))
{
    struct karto_arena_mark mark = karto_arena_mark(&arena);
    for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
        uint8_t *turned = (uint8_t *)karto_arena_string(&arena, bytes);
        turned[bit / 8] ^= (uint8_t)(1u << bit % 8);
        try(karto_slice(turned, bytes.size));
        karto_arena_release(&arena, mark);
    }
}

static void turned_bits_are_an_error_or_can_be_written_again(void)
{
    for (uint64_t seed = 1; seed <= SAMPLES; seed++) {
        struct sample s = {seed, &arena};
        struct karto_record record = sample_record(&s);
        struct karto_change change = sample_change(&s);
        turn_each_bit(record_bytes(&arena, &record), try_record);
        turn_each_bit(change_bytes(&arena, &change, true), try_change);
        karto_arena_reset(&arena);
    }
}

static void cut_bytes_are_an_error(void)
{
    for (uint64_t seed = 1; seed <= SAMPLES; seed++) {
        struct sample s = {seed, &arena};
        struct karto_record record = sample_record(&s), back;
        struct karto_change change = sample_change(&s), changed;
        struct karto_slice bytes = record_bytes(&arena, &record);
        for (size_t size = 0; size < bytes.size; size++)
            CHECK_INT(karto_record_decode(&arena, record.id, karto_slice(bytes.data, size), &back), KARTO_E_CORRUPT);
        bytes = change_bytes(&arena, &change, true);
        for (size_t size = 0; size < bytes.size; size++)
            CHECK_INT(karto_change_decode(&arena, karto_slice(bytes.data, size), &changed), KARTO_E_CORRUPT);
        karto_arena_reset(&arena);
    }
}

/* A vector that says it has three parts, so that what follows would be read as one of them. */
static void a_vector_of_half_a_dot_is_an_error(void)
{
    static const uint8_t vector[] = {0x93, 0x00, 0x01, 0x02};
    struct karto_reader reader;
    struct karto_stamp_names names = {.node_count = 0};
    uint8_t node[8] = {1};
    karto_reader_init(&reader, karto_slice(vector, sizeof vector));
    karto_stamp_names_set_nodes(&names, &reader, &arena, karto_slice(node, sizeof node));
    CHECK_INT(karto_stamp_names_vv(&names, &reader, &arena).count, 0);
    CHECK(reader.error != NULL);
}

/* Heads as many as writers, in one register. */
static struct karto_record crowd(uint32_t writers)
{
    struct writer reader = writer_make(1, "");
    for (uint32_t i = 0; i < writers; i++) {
        struct writer w = writer_make(100 + i, "x");
        struct karto_change change = sets(&arena, &w, 9, SITE, "", "a.ua");
        CHECK_INT(hears(&arena, &reader, &change), KARTO_APPLIED);
    }
    return reader.copy;
}

static struct karto_record wide(uint32_t fields)
{
    struct writer w = writer_make(1, "x");
    struct karto_edit *edits = karto_arena_array(&arena, fields, sizeof *edits);
    for (uint32_t i = 0; i < fields; i++)
        edits[i] = edit(&arena, i + 1, "", "a");
    writes(&arena, &w, 9, edits, fields);
    return w.copy;
}

static struct karto_record long_one(uint32_t registers)
{
    struct writer w = writer_make(1, "x");
    struct karto_edit *edits = karto_arena_array(&arena, registers, sizeof *edits);
    for (uint32_t i = 0; i < registers; i++)
        edits[i] = edit(&arena, 33, karto_arena_printf(&arena, "%u", i), "a");
    writes(&arena, &w, 9, edits, registers);
    return w.copy;
}

/* check and decode are of one mind, at the limit and one above. */
static void check_limit(struct karto_record record, bool fits)
{
    struct karto_record back;
    CHECK_INT(karto_record_check(&record), fits ? KARTO_OK : KARTO_E_LIMIT);
    CHECK_INT(karto_record_decode(&arena, record.id, record_bytes(&arena, &record), &back),
              fits ? KARTO_OK : KARTO_E_CORRUPT);
    karto_arena_reset(&arena);
}

static void limits_hold(void)
{
    check_limit(crowd(KARTO_HEADS_MAX), true);
    check_limit(crowd(KARTO_HEADS_MAX + 1), false);
    check_limit(wide(KARTO_FIELDS_MAX), true);
    check_limit(wide(KARTO_FIELDS_MAX + 1), false);
    check_limit(long_one(KARTO_REGISTERS_MAX), true);
    check_limit(long_one(KARTO_REGISTERS_MAX + 1), false);
}

static void vectors_of_too_many_nodes_do_not_fit(void)
{
    struct karto_dot *dots = karto_arena_array(&arena, KARTO_VECTOR_MAX + 1, sizeof *dots);
    struct karto_field fields[2] = {{.number = 1}, {.number = 2}};
    struct karto_record record = {.kind = KARTO_CLIENT, .fields = fields, .count = 2};
    for (uint32_t i = 0; i <= KARTO_VECTOR_MAX; i++)
        dots[i] = (struct karto_dot){{i + 1}, 1};
    fields[0].vv = fields[1].vv = (struct karto_vv){dots, KARTO_VECTOR_MAX};
    check_limit(record, true);
    dots = karto_arena_array(&arena, KARTO_VECTOR_MAX + 1, sizeof *dots);
    for (uint32_t i = 0; i <= KARTO_VECTOR_MAX; i++)
        dots[i] = (struct karto_dot){{i + 1}, 1};
    fields[0].vv = (struct karto_vv){dots, KARTO_VECTOR_MAX};
    fields[1].vv = (struct karto_vv){dots + 1, KARTO_VECTOR_MAX};
    check_limit(record, false);
}

/* Kinds of a newer version pass every check, so whatever stands in their field 1 must be harmless. */
static void a_strange_hide_hides_nothing(void)
{
    struct writer w = writer_make(1, "x");
    struct karto_edit edit = {KARTO_F_HIDDEN, str(""), karto_tuple_bytes(&arena, NULL, 0)};
    writes(&arena, &w, 9, &edit, 1);
    CHECK(!karto_record_hidden(&w.copy));
    edit.value = text(&arena, "так");
    writes(&arena, &w, 10, &edit, 1);
    CHECK(!karto_record_hidden(&w.copy));
    edit.value = hidden(&arena, true, "закрились");
    writes(&arena, &w, 11, &edit, 1);
    CHECK(karto_record_hidden(&w.copy));
    edit.value = hidden(&arena, false, "");
    writes(&arena, &w, 12, &edit, 1);
    CHECK(!karto_record_hidden(&w.copy));
}

static void a_timeline_gives_the_value_of_a_day(void)
{
    struct writer w = writer_make(1, "maria");
    struct karto_edit edits[] = {
        {KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN), text(&arena, "14")},
        {KARTO_F_TERRITORY, karto_date_key(&arena, 20000), text(&arena, "15")},
        {KARTO_F_TERRITORY, karto_date_key(&arena, 20100), karto_value_bytes(&arena, karto_value_nil())},
    };
    writes(&arena, &w, 9, edits, 3);
    const struct karto_field *field = karto_record_field(&w.copy, KARTO_F_TERRITORY);
    CHECK(karto_slice_equal(karto_timeline_at(field, KARTO_DATE_MIN)->value, text(&arena, "14")));
    CHECK(karto_slice_equal(karto_timeline_at(field, 19999)->value, text(&arena, "14")));
    CHECK(karto_slice_equal(karto_timeline_at(field, 20000)->value, text(&arena, "15")));
    CHECK(karto_slice_equal(karto_timeline_at(field, 20500)->value, text(&arena, "15"))); /* a cleared date is none */
    CHECK(karto_timeline_at(field, KARTO_DATE_MIN - 1) == NULL);
    CHECK(karto_timeline_at(NULL, 0) == NULL);
}

/* What is applied to nothing takes a way of its own: it must come to what the change makes of those fields in a record
 * that has something else. */
static void a_first_change_is_applied_as_any_other(void)
{
    enum { ROUNDS = 500, ELSEWHERE = KARTO_FIELD_NUMBER_MAX };
    struct sample s = {.state = 21, .arena = &arena};
    for (int i = 0; i < ROUNDS; i++) {
        struct karto_change change = sample_change(&s);
        struct karto_touch *touches = karto_arena_array(&arena, change.count, sizeof *touches);
        for (uint32_t j = 0; j < change.count; j++)
            touches[j] =
                (struct karto_touch){change.touches[j].field, KARTO_VV_EMPTY, change.touches[j].sets,
                                     sample_one_in(&s, 8) ? 0 : change.touches[j].count}; /* none: it was refused */
        change.touches = touches;
        CHECK(touches[change.count - 1].field < ELSEWHERE);
        struct karto_dot dot = {{change.stamp.dot.node.v + 1}, 1};
        struct karto_field other = {.number = ELSEWHERE, .vv = {&dot, 1}};
        struct karto_record nothing = {.id = change.record}, first, some = nothing, after;
        some.kind = change.kind;
        some.fields = &other;
        some.count = 1;
        CHECK_INT(karto_apply(&arena, &nothing, &change, &first), KARTO_APPLIED);
        CHECK_INT(karto_apply(&arena, &some, &change, &after), KARTO_APPLIED);
        CHECK(after.count == change.count + 1 && after.fields[change.count].number == ELSEWHERE);
        after.count--;
        CHECK(first.kind == change.kind && karto_rid_equal(first.id, change.record));
        CHECK(same_record(&arena, &first, &after));
        CHECK_INT(karto_apply(&arena, &first, &change, &after), KARTO_KNOWN);
        karto_arena_reset(&arena);
    }
}

int main(void)
{
    karto_arena_init(&arena);
    records_come_back();
    values_come_back();
    several_heads_are_more_than_values();
    changes_come_back();
    turned_bits_are_an_error_or_can_be_written_again();
    cut_bytes_are_an_error();
    a_vector_of_half_a_dot_is_an_error();
    limits_hold();
    vectors_of_too_many_nodes_do_not_fit();
    a_strange_hide_hides_nothing();
    a_timeline_gives_the_value_of_a_day();
    a_first_change_is_applied_as_any_other();
    karto_arena_fini(&arena);
    return 0;
}
