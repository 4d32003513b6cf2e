/* The tables of docs/MERGE.md, row by row: the numbers are the document's. */
#include "core/model/merge.h"

#include "tests/model.h"

static struct karto_arena arena;
static struct writer oksana, petro, office;

static const char *const phone = "380671234567";

static void begin(void)
{
    karto_arena_reset(&arena);
    oksana = writer_make(1, "oksana");
    petro = writer_make(2, "petro");
    office = writer_make(3, "maria");
}

/* All three have what one of them wrote. */
static void all_hear(const struct karto_change *change)
{
    hears(&arena, &oksana, change);
    hears(&arena, &petro, change);
    hears(&arena, &office, change);
}

static bool conflict(const struct karto_record *record, uint32_t field, const char *key)
{
    return karto_is_conflict(karto_field_def(KARTO_CLIENT, field), karto_record_register(record, field, str(key)));
}

/* ---- apply ---- */

static void row_a1_into_nothing(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, SITE, "", "a.ua");
    CHECK_INT(hears(&arena, &office, &a), KARTO_APPLIED);
    CHECK_INT(heads(&office.copy, SITE, ""), 1);
    CHECK(same_record(&arena, &office.copy, &oksana.copy));
}

static void row_a2_known(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, SITE, "", "a.ua");
    all_hear(&a);
    struct karto_slice before = record_bytes(&arena, &office.copy);
    CHECK_INT(hears(&arena, &office, &a), KARTO_KNOWN);
    CHECK(karto_slice_equal(before, record_bytes(&arena, &office.copy)));
}

static void row_a3_gap(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, SITE, "", "a.ua"), b = sets(&arena, &oksana, 10, SITE, "", "b.ua");
    struct karto_slice before = record_bytes(&arena, &office.copy);
    CHECK_INT(hears(&arena, &office, &b), KARTO_GAP);
    CHECK(karto_slice_equal(before, record_bytes(&arena, &office.copy)));
    CHECK_INT(hears(&arena, &office, &a), KARTO_APPLIED);
    CHECK_INT(hears(&arena, &office, &b), KARTO_APPLIED);
    CHECK_STR(shown(&office.copy, SITE, ""), "b.ua");
}

static void row_a3_one_field_with_a_gap_holds_up_all(void)
{
    begin();
    sets(&arena, &oksana, 9, SITE, "", "a.ua");
    struct karto_edit both[] = {edit(&arena, SITE, "", "b.ua"), edit(&arena, NOTE, "", "новий сайт")};
    struct karto_change b = writes(&arena, &oksana, 10, both, 2);
    CHECK_INT(hears(&arena, &office, &b), KARTO_GAP);
    CHECK_INT(office.copy.count, 0);
}

/* Петро's clock is two days slow: he saw the value, so his replaces it all the same. */
static void row_a4_seen_is_replaced_whatever_the_clock(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 48, SITE, "", "a.ua");
    all_hear(&a);
    struct karto_change b = sets(&arena, &petro, 0, SITE, "", "b.ua");
    CHECK_INT(hears(&arena, &office, &b), KARTO_APPLIED);
    CHECK_INT(heads(&office.copy, SITE, ""), 1);
    CHECK_STR(shown(&office.copy, SITE, ""), "b.ua");
}

static void row_a5_unseen_stays_beside_it(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 10, SITE, "", "a.ua"), b = sets(&arena, &petro, 9, SITE, "", "b.ua");
    all_hear(&a);
    all_hear(&b);
    CHECK_INT(heads(&office.copy, SITE, ""), 2);
    CHECK(conflict(&office.copy, SITE, ""));
    CHECK_INT(karto_record_conflicts(&office.copy), 1);
    CHECK_STR(shown(&office.copy, SITE, ""), "a.ua");
    CHECK(same_record(&arena, &oksana.copy, &petro.copy));
}

static void row_a5_equal_clocks_the_greater_node_is_shown(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, SITE, "", "a.ua"), b = sets(&arena, &petro, 9, SITE, "", "b.ua");
    all_hear(&b);
    all_hear(&a);
    CHECK_STR(shown(&oksana.copy, SITE, ""), "b.ua");
    CHECK_STR(shown(&petro.copy, SITE, ""), "b.ua");
}

static void row_a5_same_normal_form_is_no_conflict(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 10, SITE, "", "https://www.romashka.ua/"),
                        b = sets(&arena, &petro, 9, SITE, "", "romashka.ua");
    all_hear(&a);
    all_hear(&b);
    CHECK_INT(heads(&office.copy, SITE, ""), 2);
    CHECK(!conflict(&office.copy, SITE, ""));
    CHECK_INT(karto_record_conflicts(&office.copy), 0);
}

static void row_a6_who_has_seen_all_resolves(void)
{
    row_a5_unseen_stays_beside_it();
    struct karto_change c = sets(&arena, &office, 11, SITE, "", "b.ua");
    all_hear(&c);
    CHECK_INT(heads(&petro.copy, SITE, ""), 1);
    CHECK_INT(karto_record_conflicts(&petro.copy), 0);
    CHECK_STR(shown(&oksana.copy, SITE, ""), "b.ua");
}

static void row_a7_removed_leaves_no_head(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, KARTO_F_PHONE, phone, "067 123 45 67");
    all_hear(&a);
    struct karto_change b = sets(&arena, &petro, 10, KARTO_F_PHONE, phone, NULL);
    all_hear(&b);
    const struct karto_field *field = karto_record_field(&office.copy, KARTO_F_PHONE);
    CHECK(field != NULL);
    CHECK_INT(field->count, 0);
    CHECK_INT(field->vv.count, 2);
}

static void row_a8_added_beats_removed(void)
{
    begin();
    struct karto_change a = sets(&arena, &office, 9, KARTO_F_PHONE, phone, "067 123 45 67");
    all_hear(&a);
    struct karto_change gone = sets(&arena, &oksana, 11, KARTO_F_PHONE, phone, NULL),
                        again = sets(&arena, &petro, 10, KARTO_F_PHONE, phone, "(067) 123-45-67");
    all_hear(&gone);
    all_hear(&again);
    CHECK_INT(heads(&office.copy, KARTO_F_PHONE, phone), 1);
    CHECK_STR(shown(&office.copy, KARTO_F_PHONE, phone), "(067) 123-45-67");
    CHECK_INT(karto_record_conflicts(&office.copy), 0);
    CHECK(same_record(&arena, &oksana.copy, &petro.copy));
}

static void row_a9_refused_leaves_no_head_and_removes_none(void)
{
    begin();
    struct karto_change a = sets(&arena, &office, 9, SITE, "", "a.ua");
    all_hear(&a);
    struct karto_change b = sets(&arena, &petro, 10, SITE, "", "b.ua");
    struct karto_change refused = karto_change_void(&arena, &b);
    CHECK_INT(hears(&arena, &office, &refused), KARTO_APPLIED);
    CHECK_STR(shown(&office.copy, SITE, ""), "a.ua");
    CHECK_INT(heads(&office.copy, SITE, ""), 1);
    CHECK(karto_vv_covers(karto_record_field(&office.copy, SITE)->vv, b.stamp.dot));
    struct karto_change next = sets(&arena, &petro, 11, SITE, "", "c.ua");
    CHECK_INT(hears(&arena, &office, &next), KARTO_APPLIED);
    CHECK_STR(shown(&office.copy, SITE, ""), "c.ua");
}

static void row_a10_registers_of_a_field_do_not_disturb_each_other(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, KARTO_F_PHONE, phone, "067 123 45 67"),
                        b = sets(&arena, &petro, 10, KARTO_F_PHONE, "380501112233", "050 111 22 33");
    all_hear(&a);
    all_hear(&b);
    CHECK_INT(karto_record_field(&office.copy, KARTO_F_PHONE)->count, 2);
    CHECK_INT(karto_record_conflicts(&office.copy), 0);
}

/* ---- join ---- */

static struct karto_record join(const struct karto_record *a, const struct karto_record *b)
{
    struct karto_record out, other;
    karto_join(&arena, a, b, &out);
    karto_join(&arena, b, a, &other);
    CHECK(same_record(&arena, &out, &other));
    check_record(&out);
    return out;
}

static void row_j1_both_have_it(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, SITE, "", "a.ua");
    all_hear(&a);
    struct karto_record both = join(&oksana.copy, &petro.copy);
    CHECK(same_record(&arena, &both, &oksana.copy));
}

static void row_j2_one_has_it_and_the_other_never_saw_it(void)
{
    begin();
    sets(&arena, &oksana, 9, SITE, "", "a.ua");
    sets(&arena, &petro, 9, NOTE, "", "склад на вул. Зеленій");
    struct karto_record both = join(&oksana.copy, &petro.copy);
    CHECK_STR(shown(&both, SITE, ""), "a.ua");
    CHECK_STR(shown(&both, NOTE, ""), "склад на вул. Зеленій");
}

static void row_j3_one_has_it_and_the_other_has_replaced_it(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, SITE, "", "a.ua");
    hears(&arena, &petro, &a);
    sets(&arena, &petro, 10, SITE, "", "b.ua");
    struct karto_record both = join(&oksana.copy, &petro.copy);
    CHECK_INT(heads(&both, SITE, ""), 1);
    CHECK_STR(shown(&both, SITE, ""), "b.ua");
}

static void row_j4_one_has_it_and_the_other_has_removed_it(void)
{
    begin();
    struct karto_change a = sets(&arena, &oksana, 9, KARTO_F_PHONE, phone, "067 123 45 67");
    hears(&arena, &petro, &a);
    sets(&arena, &petro, 10, KARTO_F_PHONE, phone, NULL);
    struct karto_record both = join(&oksana.copy, &petro.copy);
    CHECK_INT(heads(&both, KARTO_F_PHONE, phone), 0);
}

static void row_j5_both_have_one_the_other_never_saw(void)
{
    begin();
    sets(&arena, &oksana, 9, SITE, "", "a.ua");
    sets(&arena, &petro, 10, SITE, "", "b.ua");
    struct karto_record both = join(&oksana.copy, &petro.copy);
    CHECK_INT(heads(&both, SITE, ""), 2);
    CHECK(conflict(&both, SITE, ""));
}

static void row_j6_an_absent_field_claims_nothing(void)
{
    begin();
    sets(&arena, &oksana, 9, SITE, "", "a.ua");
    struct karto_record both = join(&oksana.copy, &petro.copy);
    CHECK(same_record(&arena, &both, &oksana.copy));
}

int main(void)
{
    karto_arena_init(&arena);
    row_a1_into_nothing();
    row_a2_known();
    row_a3_gap();
    row_a3_one_field_with_a_gap_holds_up_all();
    row_a4_seen_is_replaced_whatever_the_clock();
    row_a5_unseen_stays_beside_it();
    row_a5_equal_clocks_the_greater_node_is_shown();
    row_a5_same_normal_form_is_no_conflict();
    row_a6_who_has_seen_all_resolves();
    row_a7_removed_leaves_no_head();
    row_a8_added_beats_removed();
    row_a9_refused_leaves_no_head_and_removes_none();
    row_a10_registers_of_a_field_do_not_disturb_each_other();
    row_j1_both_have_it();
    row_j2_one_has_it_and_the_other_never_saw_it();
    row_j3_one_has_it_and_the_other_has_replaced_it();
    row_j4_one_has_it_and_the_other_has_removed_it();
    row_j5_both_have_one_the_other_never_saw();
    row_j6_an_absent_field_claims_nothing();
    karto_arena_fini(&arena);
    return 0;
}
