/* The tables of kinds and fields keep their promises, normal forms make writings of one thing one, and what does not
 * fit a field is refused. */
#include "core/model/schema.h"

#include "core/base/limits.h"
#include "tests/model.h"

static struct karto_arena arena;

static void check_kind(const struct karto_kind_def *kind)
{
    CHECK((int)kind->number > 0 && (int)kind->number <= KARTO_KIND_MAX);
    CHECK(karto_kind(kind->number) == kind);
    CHECK(karto_kind_named(str(kind->name)) == kind);
    for (const struct karto_field_def *field = kind->fields; field->name; field++) {
        CHECK(field->number > 0 && field->number <= KARTO_FIELD_NUMBER_MAX);
        CHECK(karto_field_def(kind->number, field->number) == field); /* the first of its number: so the only one */
        CHECK(karto_field_named(kind->number, str(field->name)) == field);
        CHECK((field->type == KARTO_ENUM) == (field->choices != NULL));
        CHECK(field->parts == NULL || field->type == KARTO_TUPLE);
        CHECK(field->normal == KARTO_AS_IS || field->type == KARTO_TEXT || field->normal == KARTO_N_FIRST);
        CHECK(field->shape != KARTO_SET || field->type == KARTO_TEXT);
    }
}

static void numbers_and_names_are_given_once(void)
{
    uint32_t count = 0;
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++, count++)
        check_kind(*kind);
    CHECK_INT(count, 5);
    CHECK(karto_kind(200) == NULL);
    CHECK(karto_kind_named(str("customer")) == NULL);
    CHECK(karto_field_def(KARTO_CLIENT, 9999) == NULL);
    CHECK(karto_field_def(200, 1) == NULL);
}

/* A number that two kinds share means the same in both. */
static void a_shared_number_is_a_shared_name(void)
{
    for (const struct karto_kind_def *const *a = karto_kinds(); *a; a++)
        for (const struct karto_field_def *field = (*a)->fields; field->name; field++)
            for (const struct karto_kind_def *const *b = karto_kinds(); *b; b++) {
                const struct karto_field_def *other = karto_field_def((*b)->number, field->number);
                CHECK(!other || strcmp(other->name, field->name) == 0);
            }
}

/* Numbers in stores and on the wire: changing one of these loses data. */
static void numbers_never_change(void)
{
    static const struct {
        uint32_t kind, number;
        const char *name;
    } given[] = {
        {1, 1, "hidden"},
        {1, 2, "territory"},
        {1, 4, "merged"},
        {1, 16, "name"},
        {1, 17, "manager"},
        {1, 18, "edrpou"},
        {1, 19, "external_id"},
        {1, 20, "phone"},
        {1, 21, "email"},
        {1, 22, "iban"},
        {1, 23, "tag"},
        {1, 27, "status"},
        {1, 29, "site"},
        {1, 30, "credit_limit"},
        {1, 31, "note"},
        {1, 33, "attr"},
        {1, 42, "address.city"},
        {1, 52, "legal_address.city"},
        {1, 62, "postal_address.city"},
        {2, 3, "client"},
        {2, 34, "role"},
        {3, 36, "type"},
        {3, 37, "date"},
        {4, 73, "lines"},
        {4, 74, "total"},
        {16, 100, "node"},
        {16, 101, "user"},
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        CHECK_STR(karto_field_def(given[i].kind, given[i].number)->name, given[i].name);
}

static bool same(uint32_t field, const char *a, const char *b)
{
    const struct karto_field_def *def = karto_field_def(KARTO_CLIENT, field);
    return karto_slice_equal(karto_normal(&arena, def, text(&arena, a)), karto_normal(&arena, def, text(&arena, b)));
}

static void normal_forms_make_one_of_many_writings(void)
{
    CHECK(same(SITE, "https://www.romashka.ua/", "romashka.ua"));
    CHECK(!same(SITE, "romashka.ua/a", "romashka.ua/b"));
    CHECK(same(NOTE, "Мар'яна  Ґудзь", "Мар’яна Ґудзь"));
    CHECK(!same(NOTE, "Мар'яна", "Марʼян"));
    CHECK(same(KARTO_F_PHONE, "067 123-45-67", "+38 (067) 1234567"));
    CHECK(same(KARTO_F_EDRPOU, "1234 5678", "12345678"));
    struct karto_slice a = hidden(&arena, true, "закрились"), b = hidden(&arena, true, "банкрут"),
                       c = hidden(&arena, false, "закрились");
    const struct karto_field_def *def = karto_field_def(KARTO_CLIENT, KARTO_F_HIDDEN);
    CHECK(karto_slice_equal(karto_normal(&arena, def, a), karto_normal(&arena, def, b)));
    CHECK(!karto_slice_equal(karto_normal(&arena, def, a), karto_normal(&arena, def, c)));
    CHECK(karto_slice_equal(karto_normal(&arena, NULL, a), a));
}

static void a_sets_key_is_the_normal_form(void)
{
    const struct karto_field_def *def = karto_field_def(KARTO_CLIENT, KARTO_F_PHONE);
    CHECK(karto_slice_is(karto_set_key(&arena, def, text(&arena, "067 123-45-67")), "380671234567"));
    char *letters = karto_arena_alloc(&arena, KARTO_KEY_SIZE_MAX + 10);
    memset(letters, 'a', KARTO_KEY_SIZE_MAX + 9);
    def = karto_field_def(KARTO_CLIENT, 23);
    CHECK_INT(karto_set_key(&arena, def, text(&arena, letters)).size, KARTO_KEY_SIZE_MAX);
}

static void dates_sort_as_their_keys(void)
{
    static const int64_t days[] = {KARTO_DATE_MIN, -1, 0, 1, 20000, KARTO_DATE_MAX};
    struct karto_slice before = {NULL, 0};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct karto_slice key = karto_date_key(&arena, days[i]);
        int64_t back;
        CHECK(karto_date_of_key(key, &back) && back == days[i]);
        CHECK(karto_slice_compare(before, key) < 0);
        before = key;
    }
    int64_t day;
    CHECK(!karto_date_of_key(karto_date_key(&arena, KARTO_DATE_MAX + 1), &day));
    CHECK(!karto_date_of_key(str("abc"), &day));
}

static enum karto_err check(uint32_t kind, uint32_t field, const char *key, struct karto_slice value)
{
    return karto_schema_check(karto_field_def(kind, field), field, str(key), value);
}

static void what_does_not_fit_is_refused(void)
{
    struct karto_slice name = text(&arena, "x"), nothing = {NULL, 0};
    struct karto_slice nil = karto_value_bytes(&arena, karto_value_nil());
    CHECK_INT(check(KARTO_CLIENT, SITE, "", name), KARTO_OK);
    CHECK_INT(check(KARTO_CLIENT, SITE, "", nil), KARTO_OK);
    CHECK_INT(check(KARTO_CLIENT, SITE, "k", name), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, SITE, "", nothing), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, SITE, "", karto_value_bytes(&arena, karto_value_bool(true))), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, KARTO_F_PHONE, "380671234567", name), KARTO_OK);
    CHECK_INT(check(KARTO_CLIENT, KARTO_F_PHONE, "380671234567", nothing), KARTO_OK);
    CHECK_INT(check(KARTO_CLIENT, KARTO_F_PHONE, "380671234567", nil), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, KARTO_F_PHONE, "", name), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, KARTO_F_TERRITORY, "2026-12-01", name), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, 33, "\xff", name), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, 27, "", karto_value_bytes(&arena, karto_value_enum(str("customer")))), KARTO_OK);
    CHECK_INT(check(KARTO_CLIENT, 27, "", karto_value_bytes(&arena, karto_value_enum(str("friend")))), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, KARTO_F_HIDDEN, "", hidden(&arena, true, "")), KARTO_OK);
    CHECK_INT(check(KARTO_CLIENT, KARTO_F_HIDDEN, "", karto_tuple_bytes(&arena, &name, 1)), KARTO_E_INVALID);
    CHECK_INT(check(KARTO_CLIENT, KARTO_F_HIDDEN, "", karto_tuple_bytes(&arena, NULL, 0)), KARTO_E_INVALID);
}

static void what_is_unknown_passes_within_limits(void)
{
    char *letters = karto_arena_alloc(&arena, KARTO_KEY_SIZE_MAX + 2);
    memset(letters, 'a', KARTO_KEY_SIZE_MAX);
    CHECK_INT(check(200, 7, letters, text(&arena, "x")), KARTO_OK);
    letters[KARTO_KEY_SIZE_MAX] = 'a';
    CHECK_INT(check(200, 7, letters, text(&arena, "x")), KARTO_E_LIMIT);
    CHECK_INT(check(KARTO_CLIENT, 0, "", text(&arena, "x")), KARTO_E_LIMIT);
    CHECK_INT(check(KARTO_CLIENT, KARTO_FIELD_NUMBER_MAX + 1, "", text(&arena, "x")), KARTO_E_LIMIT);
    CHECK_INT(check(KARTO_CLIENT, 9999, "any", karto_slice(NULL, 0)), KARTO_OK);
}

/* Where it is looked for first makes no difference to what is found. */
static void a_field_is_found_from_wherever_one_looks(void)
{
    enum { BEYOND = 120 };
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++)
        for (const struct karto_field_def *last = (*kind)->fields; last->name; last++)
            for (uint32_t number = 0; number < BEYOND; number++) {
                const struct karto_field_def *wanted = karto_field_def((*kind)->number, number);
                CHECK(karto_field_def_behind(last, (*kind)->number, number) == wanted);
                CHECK(karto_field_def_behind(NULL, (*kind)->number, number) == wanted);
            }
}

int main(void)
{
    karto_arena_init(&arena);
    numbers_and_names_are_given_once();
    a_shared_number_is_a_shared_name();
    numbers_never_change();
    normal_forms_make_one_of_many_writings();
    a_sets_key_is_the_normal_form();
    dates_sort_as_their_keys();
    what_does_not_fit_is_refused();
    what_is_unknown_passes_within_limits();
    a_field_is_found_from_wherever_one_looks();
    karto_arena_fini(&arena);
    return 0;
}
