/* What two laptops and head office come to: fields merge, conflicts are kept and resolved, sets add, hides hide what
 * was seen. */
#include "tests/spine.h"

enum { SITE = 29, NOTE = 31, CITY = 42, DAY_MS = 24 * 60 * 60 * 1000 };

static const char *const north[] = {"01", NULL};

/* Two representatives of territory 01 and a client that all have. */
static struct karto_rid begin(struct spine *s)
{
    spine_open_pair(s);
    struct karto_rid id = spine_client(&s->hub, "Нова Пошта", "01");
    spine_sync_all(s);
    for (int i = 0; i < 2; i++)
        CHECK_STR(spine_see(&s->devices[i], id, KARTO_F_NAME, "").text, "Нова Пошта");
    return id;
}

static void end(struct spine *s)
{
    spine_sync_all(s);
    spine_same(s, "01");
    spine_same(s, "*");
    spine_close(s);
}

static void different_fields_both_survive(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "a.ua"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[1], id, CITY, "", "Львів"), KARTO_OK);
    spine_sync_all(&s);
    for (int i = 0; i < 2; i++) {
        CHECK_STR(spine_see(&s.devices[i], id, SITE, "").text, "a.ua");
        CHECK_STR(spine_see(&s.devices[i], id, CITY, "").text, "Львів");
        CHECK_INT(spine_see(&s.devices[i], id, CITY, "").conflicts, 0);
    }
    end(&s);
}

static void same_field_is_a_conflict_until_resolved(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "a.ua"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[1], id, SITE, "", "b.ua"), KARTO_OK);
    spine_sync_all(&s);
    struct spine_seen hub = spine_see(&s.hub, id, SITE, "");
    CHECK_INT(hub.heads, 2);
    CHECK(hub.conflict);
    CHECK_STR(hub.text, "b.ua");
    for (int i = 0; i < 2; i++) {
        CHECK_INT(spine_see(&s.devices[i], id, SITE, "").heads, 2);
        CHECK_STR(spine_see(&s.devices[i], id, SITE, "").text, hub.text);
    }
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "a.ua"), KARTO_OK);
    spine_sync_all(&s);
    CHECK_INT(spine_see(&s.hub, id, SITE, "").heads, 1);
    CHECK_STR(spine_see(&s.devices[1], id, SITE, "").text, "a.ua");
    end(&s);
}

static void equal_in_normal_form_is_no_conflict(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_set(&s.devices[0], id, NOTE, "", "Мар'яна  Ґудзь"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[1], id, NOTE, "", "Мар’яна Ґудзь"), KARTO_OK);
    spine_sync_all(&s);
    CHECK_INT(spine_see(&s.hub, id, NOTE, "").heads, 2);
    CHECK(!spine_see(&s.hub, id, NOTE, "").conflict);
    end(&s);
}

static void added_beats_removed(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_set(&s.hub, id, KARTO_F_PHONE, "380671234567", "067 123 45 67"), KARTO_OK);
    spine_sync_all(&s);
    CHECK_INT(spine_set(&s.devices[0], id, KARTO_F_PHONE, "380671234567", NULL), KARTO_OK);
    CHECK_INT(spine_see(&s.devices[0], id, KARTO_F_PHONE, "380671234567").heads, 0);
    CHECK_INT(spine_set(&s.devices[1], id, KARTO_F_PHONE, "380671234567", "(067) 123-45-67"), KARTO_OK);
    spine_sync_all(&s);
    for (int i = 0; i < 2; i++) {
        CHECK_STR(spine_see(&s.devices[i], id, KARTO_F_PHONE, "380671234567").text, "(067) 123-45-67");
        CHECK(!spine_see(&s.devices[i], id, KARTO_F_PHONE, "380671234567").conflict);
    }
    end(&s);
}

static void hidden_here_and_edited_there_comes_back(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_hide(&s.devices[0], id, true), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[1], id, NOTE, "", "called"), KARTO_OK);
    CHECK(spine_see(&s.devices[0], id, NOTE, "").hidden);
    spine_sync_all(&s);
    CHECK(!spine_see(&s.hub, id, NOTE, "").hidden);
    CHECK(!spine_see(&s.devices[0], id, NOTE, "").hidden);
    CHECK_INT(spine_hide(&s.devices[0], id, true), KARTO_OK);
    spine_sync_all(&s);
    CHECK(spine_see(&s.devices[1], id, NOTE, "").hidden);
    CHECK_INT(spine_set(&s.devices[1], id, NOTE, "", "seen it hidden"), KARTO_OK);
    spine_sync_all(&s);
    CHECK(spine_see(&s.hub, id, NOTE, "").hidden);
    end(&s);
}

static void a_client_that_moves_leaves_and_enters(void)
{
    static const char *const south[] = {"02", NULL};
    struct spine s;
    struct karto_rid id = begin(&s);
    int boris = spine_device(&s, "boris", south);
    spine_sync_all(&s);
    CHECK(!spine_see(&s.devices[boris], id, NOTE, "").exists);
    CHECK_INT(spine_territory(&s.hub, id, "02"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[0], id, NOTE, "", "still pending when it left"), KARTO_OK);
    spine_sync_all(&s);
    CHECK(!spine_see(&s.devices[0], id, NOTE, "").exists);
    CHECK(!spine_see(&s.devices[1], id, NOTE, "").exists);
    CHECK_STR(spine_see(&s.devices[boris], id, NOTE, "").text, "still pending when it left");
    spine_close(&s);
}

/* A laptop whose clock says 2099 wins no conflict, whichever comes first, and loses nothing that nobody contests. */
static void a_value_from_the_future_loses(bool first)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    int ahead = first ? 0 : 1;
    CHECK_INT(spine_set(&s.devices[1 - ahead], id, SITE, "", "now.ua"), KARTO_OK);
    s.clock.now_ms += 2 * DAY_MS;
    CHECK_INT(spine_set(&s.devices[ahead], id, SITE, "", "later.ua"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[ahead], id, NOTE, "", "uncontested"), KARTO_OK);
    s.clock.now_ms -= 2 * DAY_MS;
    spine_sync_all(&s);
    for (int i = 0; i < 2; i++) {
        CHECK_INT(spine_see(&s.devices[i], id, SITE, "").heads, 1);
        CHECK_STR(spine_see(&s.devices[i], id, SITE, "").text, "now.ua");
        CHECK_STR(spine_see(&s.devices[i], id, NOTE, "").text, "uncontested");
    }
    end(&s);
}

static enum karto_err give_south(struct karto_tx *tx, void *context)
{
    static const struct karto_slice south = {(const uint8_t *)"02", 2};
    const struct karto_rights scope = {karto_role(KARTO_ROLE_REPRESENTATIVE), &south, 1};
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &device, &scope) : err;
}

/* What was written before the news that a territory is somebody else's goes through, and then the client leaves.
 */
static void what_is_pending_under_former_rights_goes_through(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_set(&s.devices[0], id, NOTE, "", "written on the road"), KARTO_OK);
    CHECK_INT(karto_store_write(s.hub.store, give_south, &s.devices[0].device), KARTO_OK);
    spine_sync_all(&s);
    CHECK(!spine_see(&s.devices[0], id, NOTE, "").exists);
    CHECK_STR(spine_see(&s.hub, id, NOTE, "").text, "written on the road");
    spine_close(&s);
}

static void what_is_forbidden_is_refused_and_kept(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_territory(&s.devices[0], id, "02"), KARTO_E_NOT_PERMITTED);
    end(&s);
}

static void nothing_to_say_is_one_round_trip(void)
{
    struct spine s;
    begin(&s);
    CHECK_INT(spine_sync(&s, 0), 1);
    end(&s);
}

/* The pages behind the first, each while the one before is stored. */
static void a_first_copy_is_asked_for_ahead(void)
{
    enum { CLIENTS = 40, PAGE = 600, NEW = 2 };
    struct spine s;
    struct karto_rid ids[CLIENTS];
    begin(&s);
    for (int i = 0; i < CLIENTS; i++)
        ids[i] = spine_client(&s.hub, "Клієнт з назвою середньої довжини", "01");
    s.page_size = PAGE;
    spine_device(&s, "nova", north);
    unsigned requests = spine_sync(&s, NEW);
    CHECK(s.ahead > 5);
    CHECK(s.ahead <= requests - 3); /* hello, the first page and the pull have their turn */
    for (int i = 0; i < CLIENTS; i++)
        CHECK_STR(spine_see(&s.devices[NEW], ids[i], KARTO_F_NAME, "").text, "Клієнт з назвою середньої довжини");
    s.page_size = 0;
    CHECK_INT(spine_sync(&s, NEW), 1);
    CHECK_INT(s.ahead, 0);
    end(&s);
}

int main(void)
{
    different_fields_both_survive();
    same_field_is_a_conflict_until_resolved();
    equal_in_normal_form_is_no_conflict();
    added_beats_removed();
    hidden_here_and_edited_there_comes_back();
    a_client_that_moves_leaves_and_enters();
    a_value_from_the_future_loses(true);
    a_value_from_the_future_loses(false);
    what_is_pending_under_former_rights_goes_through();
    what_is_forbidden_is_refused_and_kept();
    nothing_to_say_is_one_round_trip();
    a_first_copy_is_asked_for_ahead();
    return 0;
}
