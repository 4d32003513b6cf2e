/* What an enterprise says of its roles holds for every laptop that has one, and for nobody else: also where a hub was
 * put back, where a row is damaged, and where a role makes records of which it has only some fields. */
#include "core/base/limits.h"
#include "core/model/role_text.h"
#include "core/store/hub_admit.h"
#include "core/store/roles.h"
#include "tests/spine.h"

enum { NOTE = 31 };

static const char *const north[] = {"01", NULL};
static struct karto_arena arena;

#define CALLER "role caller\nwhere territories\nclient read hidden territory merged name"
#define LESS   CALLER "\n"
#define MORE   CALLER " note\n"

static const struct karto_role *role_of(const char *text)
{
    struct karto_role *role = karto_arena_alloc(&arena, sizeof *role);
    struct karto_role_problem problem;
    CHECK_INT(karto_role_parse(&arena, karto_slice_str(text), role, &problem), KARTO_OK);
    return role;
}

struct keeping {
    const struct karto_role *role;
    struct karto_role_kept kept;
};

static enum karto_err do_keep(struct karto_tx *tx, void *context)
{
    struct keeping *keeping = context;
    return karto_keep_role(tx, keeping->role, &keeping->kept);
}

static struct karto_role_kept keep(struct spine *s, const char *text)
{
    struct keeping keeping = {.role = role_of(text)};
    CHECK_INT(karto_store_write(s->hub.store, do_keep, &keeping), KARTO_OK);
    return keeping.kept;
}

/* ---- every laptop ---- */

static void all_laptops_of_a_role_hear_of_it(void)
{
    static const char *const users[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    enum { USERS = sizeof users / sizeof *users };
    struct spine s;
    spine_open(&s);
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    CHECK_INT(spine_set(&s.hub, client, NOTE, "", "noted"), KARTO_OK);
    keep(&s, LESS);
    for (int i = 0; i < USERS; i++)
        spine_device_as(&s, users[i], i % 3 ? role_of(LESS) : karto_role(KARTO_ROLE_REPRESENTATIVE), north);
    spine_sync_all(&s);
    CHECK_INT(keep(&s, MORE).devices, USERS - USERS / 3);
    for (int i = 0; i < USERS; i++) {
        spine_sync(&s, i);
        CHECK_INT(s.last.reconciled, i % 3 != 0);
        CHECK_STR(spine_see(&s.devices[i], client, NOTE, "").text, "noted");
    }
    CHECK_INT(keep(&s, LESS).devices, USERS - USERS / 3);
    for (int i = 0; i < USERS; i++) {
        spine_sync(&s, i);
        CHECK_STR(spine_see(&s.devices[i], client, NOTE, "").text, i % 3 ? "" : "noted");
    }
    spine_close(&s);
}

/* ---- the hub's rows ---- */

struct reading {
    struct karto_rid device;
    struct karto_rights rights; /* to be given; no role: none */
    char scope[200], claims[200];
};

static void copy(char out[200], const struct karto_role *role)
{
    struct karto_slice said = karto_slice_str("");
    if (role)
        said = role->text;
    snprintf(out, 200, "%.*s", (int)said.size, said.size ? (const char *)said.data : "");
}

static enum karto_err do_read(struct karto_tx *tx, void *context)
{
    struct reading *reading = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, reading->device, &device);
    if (err == KARTO_OK)
        copy(reading->scope, device.scope.role), copy(reading->claims, device.claims.role);
    return err;
}

static struct reading row_of(struct spine *s, int device)
{
    struct reading reading = {.device = s->devices[device].device};
    CHECK_INT(karto_store_read(s->hub.store, do_read, &reading), KARTO_OK);
    return reading;
}

static enum karto_err do_give(struct karto_tx *tx, void *context)
{
    const struct reading *reading = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, reading->device, &device);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &device, &reading->rights) : err;
}

/* However a laptop came to another text: to say the role again puts it right. */
static void who_has_it_otherwise_is_put_right(void)
{
    struct spine s;
    const struct karto_slice territory = karto_slice_str("01");
    spine_open(&s);
    keep(&s, LESS);
    int device = spine_device_as(&s, "oksana", role_of(LESS), north);
    struct reading wider = {.device = s.devices[device].device, .rights = {role_of(MORE), &territory, 1}};
    CHECK_INT(karto_store_write(s.hub.store, do_give, &wider), KARTO_OK);
    struct karto_role_kept kept = keep(&s, LESS);
    CHECK(kept.changed);
    CHECK_INT(kept.devices, 1);
    CHECK_STR(row_of(&s, device).scope, LESS "client write nothing\n");
    CHECK(!keep(&s, LESS).changed);
    spine_close(&s);
}

static enum karto_err do_damage(struct karto_tx *tx, void *context)
{
    return karto_meta_put(tx, "role.caller", karto_slice_str(context));
}

static enum karto_err do_find(struct karto_tx *tx, void *context)
{
    const struct karto_role *role;
    enum karto_err err = karto_find_role(tx, karto_slice_str("caller"), &role);
    if (err == KARTO_OK)
        copy(((struct reading *)context)->scope, role);
    return err;
}

static void a_damaged_role_is_said_anew(void)
{
    static char *const damages[] = {"rule caller\n", "", "role other\nwhere everywhere\n"};
    struct spine s;
    struct reading found;
    spine_open(&s);
    keep(&s, MORE);
    int device = spine_device_as(&s, "oksana", role_of(MORE), north);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        CHECK_INT(karto_store_write(s.hub.store, do_damage, damages[i]), KARTO_OK);
        CHECK_INT(karto_store_read(s.hub.store, do_find, &found), KARTO_E_CORRUPT);
        CHECK(keep(&s, LESS).changed);
        CHECK_INT(karto_store_read(s.hub.store, do_find, &found), KARTO_OK);
        CHECK_STR(found.scope, LESS "client write nothing\n");
        CHECK_STR(row_of(&s, device).scope, LESS "client write nothing\n");
    }
    spine_close(&s);
}

/* There is an end to them, and those that there are can still be said anew. */
static void roles_are_bounded(void)
{
    struct spine s;
    char text[100];
    spine_open(&s);
    for (int i = 0; i <= KARTO_ROLES_MAX; i++) {
        snprintf(text, sizeof text, "role a%c%c\nwhere everywhere\nclient read all\n", 'a' + i / 26, 'a' + i % 26);
        struct keeping keeping = {.role = role_of(text)};
        CHECK_INT(karto_store_write(s.hub.store, do_keep, &keeping), i < KARTO_ROLES_MAX ? KARTO_OK : KARTO_E_LIMIT);
    }
    CHECK(keep(&s, "role aaa\nwhere territories\nclient read all\n").changed);
    spine_close(&s);
}

/* ---- a hub that was put back ---- */

static enum karto_err set_rights(struct karto_tx *tx, void *context)
{
    return karto_device_set_rights(tx, context);
}

static enum karto_err admit_as_it_says(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    const struct karto_rights says = device.claims;
    return err == KARTO_OK ? karto_hub_admit(tx, &device, &says) : err;
}

/* A laptop that the hub does not know says it has this role. */
static int claims(struct spine *s, const struct karto_role *role)
{
    const struct karto_slice territory = karto_slice_str("01");
    struct karto_rights said = {role, &territory, 1};
    spine_keep(s, &s->hub, "before");
    int device = spine_device_as(s, "late", role, north);
    spine_sync(s, device);
    spine_put_back(s, &s->hub, "before");
    spine_restored(&s->hub);
    CHECK_INT(karto_store_write(s->devices[device].store, set_rights, &said), KARTO_OK);
    CHECK_INT(spine_try_sync(s, device), KARTO_E_NOT_ADMITTED);
    return device;
}

/* The representative's, as this enterprise has made it: it sees less than everybody's. */
static void who_says_an_unknown_role_gets_the_hubs_own(void)
{
    static const char less[] = "role representative\nwhere territories\nclient read hidden territory merged name\n"
                               "client write nothing\n";
    struct spine s;
    spine_open(&s);
    keep(&s, less);
    int device = claims(&s, role_of("role unheard-of\nwhere territories\nother read all\n"));
    CHECK_STR(row_of(&s, device).claims, less);
    spine_close(&s);
}

/* Between what it says and the administrator's word the role became less. */
static void who_is_admitted_gets_the_role_as_it_is_now(void)
{
    struct spine s;
    spine_open(&s);
    keep(&s, MORE);
    int device = claims(&s, role_of(MORE));
    CHECK_STR(row_of(&s, device).claims, MORE "client write nothing\n");
    keep(&s, LESS);
    CHECK_INT(karto_store_write(s.hub.store, admit_as_it_says, &s.devices[device].device), KARTO_OK);
    CHECK_STR(row_of(&s, device).scope, LESS "client write nothing\n");
    spine_recovered(&s.hub);
    spine_sync(&s, device);
    spine_close(&s);
}

/* ---- who makes records ---- */

static enum karto_err do_save(struct karto_tx *tx, void *context)
{
    return karto_save(tx, context, NULL);
}

static struct karto_slice text_bytes(const char *text)
{
    return karto_value_bytes(&arena, karto_value_text(karto_slice_str(text)));
}

static void makes(struct spine_node *node, struct karto_rid id, const struct karto_edit *edits, uint32_t count)
{
    struct karto_save job = {
        .kind = KARTO_CLIENT, .record = id, .create = true, .edits = edits, .count = count, .via = KARTO_VIA_CLI};
    CHECK_INT(karto_store_write(node->store, do_save, &job), KARTO_OK);
}

/* Whoever is everywhere may enter a client that lies in no territory yet, and head office takes it, though he has not
 * every kind. */
static void a_client_of_no_territory_is_taken(const char *text)
{
    struct spine s;
    struct karto_rid id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 77, 15, 1}}, none = id;
    spine_open(&s);
    int device = spine_device_as(&s, "oksana", role_of(text), NULL);
    spine_sync(&s, device);
    const struct karto_edit name = {KARTO_F_NAME, {NULL, 0}, text_bytes("Nowhere")};
    makes(&s.devices[device], id, &name, 1);
    spine_sync(&s, device);
    CHECK_STR(spine_see(&s.hub, id, KARTO_F_NAME, "").text, "Nowhere");
    spine_sync(&s, device);
    CHECK_STR(spine_see(&s.devices[device], id, KARTO_F_NAME, "").text, "Nowhere");
    CHECK_INT(spine_sync(&s, device), 1);
    none.b[15] = 2;
    CHECK(!spine_see(&s.hub, none, KARTO_F_NAME, "").exists);
    spine_close(&s);
}

/* What he gives a new client without saying so, and may not see: where he serves it himself. */
static void who_makes_more_than_he_sees_agrees_with_the_hub(void)
{
    struct spine s;
    struct karto_rid id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 78, 15, 1}};
    spine_open(&s);
    int device = spine_device_as(&s, "oksana", role_of(LESS "client write name\nclient make\n"), north);
    spine_sync(&s, device);
    const struct karto_edit edits[] = {{KARTO_F_NAME, {NULL, 0}, text_bytes("Hers")},
                                       {KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN), text_bytes("01")},
                                       {KARTO_F_MANAGER, karto_date_key(&arena, KARTO_DATE_MIN), text_bytes("oksana")}};
    makes(&s.devices[device], id, edits, 3);
    CHECK_STR(spine_see(&s.devices[device], id, KARTO_F_NAME, "").text, "Hers");
    spine_sync(&s, device);
    CHECK_INT(spine_sync(&s, device), 1);
    CHECK(spine_see(&s.hub, id, KARTO_F_NAME, "").exists);
    CHECK_STR(spine_see(&s.devices[device], id, KARTO_F_NAME, "").text, "Hers");
    spine_is_whole(&s.devices[device]);
    spine_close(&s);
}

int main(void)
{
    karto_arena_init(&arena);
    all_laptops_of_a_role_hear_of_it();
    who_has_it_otherwise_is_put_right();
    a_damaged_role_is_said_anew();
    roles_are_bounded();
    who_says_an_unknown_role_gets_the_hubs_own();
    who_is_admitted_gets_the_role_as_it_is_now();
    a_client_of_no_territory_is_taken(
        "role booker\nwhere everywhere\nclient read all\nclient write all\nclient make\n");
    a_client_of_no_territory_is_taken("role bare\nwhere everywhere\nclient read hidden territory merged name\n"
                                      "client write name\nclient make\n");
    who_makes_more_than_he_sees_agrees_with_the_hub();
    karto_arena_fini(&arena);
    return 0;
}
