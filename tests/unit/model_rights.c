/* Who may hold and who may write what. */
#include "core/model/rights.h"

#include "tests/model.h"

static struct karto_arena arena;

static const struct karto_slice *north(void)
{
    static struct karto_slice territories[2];
    territories[0] = str("14");
    territories[1] = str("15");
    return territories;
}

static struct karto_rights representative(void)
{
    return (struct karto_rights){karto_role(KARTO_ROLE_REPRESENTATIVE), north(), 2};
}

enum { TODAY = 20000 };

static struct karto_rights office;

static void roles_have_names(void)
{
    CHECK(karto_role_named(str("representative")) == karto_role(KARTO_ROLE_REPRESENTATIVE));
    CHECK(karto_role_named(str("office")) == karto_role(KARTO_ROLE_OFFICE));
    CHECK(!karto_role_named(str("king")));
    CHECK(!karto_role_named(str("")));
    CHECK_STR(karto_role_name(karto_role(KARTO_ROLE_OFFICE)), "office");
}

static void a_representative_holds_his_territories_and_what_everybody_has(void)
{
    struct karto_rights rights = representative();
    CHECK(karto_rights_hold(&rights, KARTO_CLIENT, str("14")));
    CHECK(karto_rights_hold(&rights, KARTO_CLIENT, str("15")));
    CHECK(karto_rights_hold(&rights, KARTO_CLIENT, str(KARTO_EVERYBODY)));
    CHECK(!karto_rights_hold(&rights, KARTO_CLIENT, str("16")));
    CHECK(!karto_rights_hold(&rights, KARTO_CLIENT, str("1")));
    CHECK(!karto_rights_hold(&rights, KARTO_CLIENT, str("")));
    CHECK(karto_rights_hold(&office, KARTO_CLIENT, str("")));
    CHECK(karto_rights_hold(&office, KARTO_CLIENT, str("16")));
}

static struct karto_change change_of(uint32_t kind, uint32_t field, struct karto_slice key, struct karto_slice value)
{
    struct writer w = writer_make(1, "oksana");
    struct karto_edit edit = {field, key, value};
    struct karto_change change = writes(&arena, &w, 9, &edit, 1);
    change.kind = kind;
    return change;
}

static enum karto_err may(const struct karto_rights *rights, uint32_t kind, uint32_t field, bool is_new)
{
    struct karto_change change = change_of(kind, field, str(""), text(&arena, "x"));
    return karto_rights_check(rights, &change, is_new, TODAY);
}

static enum karto_err may_create_from(const struct karto_rights *rights, int64_t day, struct karto_slice value)
{
    struct karto_change change = change_of(KARTO_CLIENT, KARTO_F_TERRITORY, karto_date_key(&arena, day), value);
    return karto_rights_check(rights, &change, true, TODAY);
}

static enum karto_err may_create_in(const struct karto_rights *rights, struct karto_slice value)
{
    return may_create_from(rights, KARTO_DATE_MIN, value);
}

static void what_a_representative_may_write(void)
{
    struct karto_rights rights = representative();
    CHECK_INT(may(&rights, KARTO_CLIENT, SITE, false), KARTO_OK);
    CHECK_INT(may(&rights, KARTO_CLIENT, KARTO_F_HIDDEN, false), KARTO_OK);
    CHECK_INT(may(&rights, KARTO_CLIENT, KARTO_F_TERRITORY, false), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may(&rights, KARTO_CLIENT, KARTO_F_MANAGER, false), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may(&rights, KARTO_CLIENT, KARTO_F_MERGED, false), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may(&rights, KARTO_CLIENT, CREDIT, false), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may(&rights, KARTO_CLIENT, CREDIT, true), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may(&rights, KARTO_PERSON, KARTO_F_CLIENT, true), KARTO_OK);
    CHECK_INT(may(&rights, KARTO_PERSON, KARTO_F_NAME, true), KARTO_E_INVALID);
    CHECK_INT(may(&rights, KARTO_PERSON, KARTO_F_NAME, false), KARTO_OK);
    CHECK_INT(may(&rights, KARTO_DEVICE, KARTO_F_NAME, false), KARTO_E_NOT_PERMITTED);
}

static void who_creates_a_client_gives_it_a_territory_of_his_own(void)
{
    struct karto_rights rights = representative();
    CHECK_INT(may_create_in(&rights, text(&arena, "14")), KARTO_OK);
    CHECK_INT(may_create_in(&rights, text(&arena, "16")), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may_create_in(&rights, text(&arena, "*")), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may_create_in(&rights, text(&arena, "")), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may_create_in(&rights, karto_value_bytes(&arena, karto_value_nil())), KARTO_E_INVALID);
    CHECK_INT(may(&rights, KARTO_CLIENT, KARTO_F_NAME, true), KARTO_E_INVALID);
    CHECK_INT(may_create_from(&rights, TODAY, text(&arena, "14")), KARTO_OK);
    CHECK_INT(may_create_from(&rights, TODAY + 1, text(&arena, "14")), KARTO_E_INVALID);
}

static void head_office_may_write_all_but_devices(void)
{
    CHECK_INT(may(&office, KARTO_CLIENT, KARTO_F_TERRITORY, false), KARTO_OK);
    CHECK_INT(may(&office, KARTO_CLIENT, CREDIT, true), KARTO_OK);
    CHECK_INT(may(&office, KARTO_DEVICE, KARTO_F_NAME, false), KARTO_E_NOT_PERMITTED);
    CHECK_INT(may_create_in(&office, text(&arena, "16")), KARTO_OK);
}

static void territories_are_named_once(void)
{
    struct karto_slice all[] = {karto_slice_str("02"), karto_slice_str("01"), karto_slice_str("02"),
                                karto_slice_str("010"), karto_slice_str("01")};
    CHECK_INT(karto_territories_once(all, 5), 3);
    CHECK(karto_slice_is(all[0], "02") && karto_slice_is(all[1], "01") && karto_slice_is(all[2], "010"));
    CHECK_INT(karto_territories_once(all, 3), 3);
    CHECK_INT(karto_territories_once(all, 0), 0);
}

int main(void)
{
    territories_are_named_once();
    karto_arena_init(&arena);
    office.role = karto_role(KARTO_ROLE_OFFICE);
    roles_have_names();
    a_representative_holds_his_territories_and_what_everybody_has();
    what_a_representative_may_write();
    who_creates_a_client_gives_it_a_territory_of_his_own();
    head_office_may_write_all_but_devices();
    karto_arena_fini(&arena);
    return 0;
}
