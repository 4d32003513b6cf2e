/* A device whose owner has changed the program: whatever it pushes, it learns and changes nothing that is not its
 * user's business, and stops nobody. And a store that was copied believes nothing of what its copy wrote. */
#include "core/model/merge.h"
#include "core/store/log.h"
#include "tests/spine.h"

enum { SITE = 29, NOTE = 31, DAY_MS = 24 * 60 * 60 * 1000 };

static const char *const north[] = {"01", NULL};
static const char *const south[] = {"02", NULL};

/* ---- a push of anything ---- */

struct raw {
    struct spine *spine;
    int device;
    struct karto_dot last;
    struct karto_change change;
    enum karto_err err;
    struct karto_judgement judgement;
};

static enum karto_err do_push(struct karto_tx *tx, void *context)
{
    struct raw *raw = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, raw->spine->devices[raw->device].device, &device);
    if (err != KARTO_OK)
        return err;
    raw->change.stamp.author = device.user;
    raw->err = karto_hub_push(tx, &device, &raw->change, false, &raw->judgement);
    return KARTO_OK;
}

static struct raw raw_begin(struct spine *spine, int device)
{
    return (struct raw){.spine = spine, .device = device, .last = spine_last(&spine->devices[device])};
}

/* Sets one register with this context. */
static void push(struct raw *raw, uint32_t kind, struct karto_rid record, uint32_t field, struct karto_vv context,
                 struct karto_slice value)
{
    const struct karto_set set = {.value = value};
    const struct karto_touch touch = {field, context, &set, 1};
    raw->change = (struct karto_change){.kind = kind,
                                        .record = record,
                                        .touches = &touch,
                                        .count = 1,
                                        .batch = 1,
                                        .via = KARTO_VIA_CLI,
                                        .stamp.dot = {raw->last.node, raw->last.seq + 1},
                                        .stamp.hlc = karto_hlc_make(raw->spine->clock.now_ms)};
    CHECK_INT(karto_store_write(raw->spine->hub.store, do_push, raw), KARTO_OK);
    raw->last.seq += raw->err == KARTO_OK;
}

static void refused(const struct raw *raw, enum karto_err reason)
{
    CHECK_INT(raw->err, KARTO_OK);
    CHECK_INT(raw->judgement.verdict, KARTO_V_REFUSED);
    CHECK_INT(raw->judgement.reason, reason);
}

static struct karto_slice text(struct karto_arena *arena, const char *value)
{
    return karto_value_bytes(arena, karto_value_text(karto_slice_str(value)));
}

/* Oksana has the north, Boris the south; both know the id of her client. */
struct stage {
    struct spine spine;
    struct karto_arena arena;
    struct karto_rid client;
    int oksana, boris;
    struct raw raw; /* Boris's */
};

static void begin(struct stage *s)
{
    karto_arena_init(&s->arena);
    spine_open(&s->spine);
    s->oksana = spine_device(&s->spine, "oksana", north);
    s->boris = spine_device(&s->spine, "boris", south);
    s->client = spine_client(&s->spine.hub, "Секретна фірма", "01");
    spine_sync_all(&s->spine);
    s->raw = raw_begin(&s->spine, s->boris);
}

static void end(struct stage *s)
{
    spine_sync_all(&s->spine);
    spine_is_whole(&s->spine.hub);
    spine_close(&s->spine);
    karto_arena_fini(&s->arena);
}

/* ---- what is not his business ---- */

static void a_foreign_record_stays_as_it_is(void)
{
    struct stage s;
    begin(&s);
    push(&s.raw, KARTO_DEVICE, s.client, NOTE, KARTO_VV_EMPTY, text(&s.arena, "x"));
    refused(&s.raw, KARTO_E_NOT_FOUND);
    push(&s.raw, KARTO_CLIENT, s.client, NOTE, KARTO_VV_EMPTY, text(&s.arena, "x"));
    refused(&s.raw, KARTO_E_NOT_FOUND);
    struct karto_rid unknown = s.client;
    unknown.b[10] ^= 1;
    push(&s.raw, KARTO_CLIENT, unknown, NOTE, KARTO_VV_EMPTY, text(&s.arena, "x"));
    refused(&s.raw, KARTO_E_NOT_FOUND);
    for (uint32_t i = 0; i < 300; i++)
        push(&s.raw, KARTO_CLIENT, s.client, 2000 + i, KARTO_VV_EMPTY, text(&s.arena, "x"));
    spine_sync(&s.spine, s.boris);
    CHECK(!spine_see(&s.spine.devices[s.boris], s.client, NOTE, "").exists);
    CHECK_INT(spine_set(&s.spine.devices[s.oksana], s.client, NOTE, "", "mine"), KARTO_OK);
    spine_sync_all(&s.spine);
    CHECK_STR(spine_see(&s.spine.hub, s.client, NOTE, "").text, "mine");
    end(&s);
}

static void nothing_new_lies_where_he_likes(void)
{
    static const char *const places[] = {"01", "02", "*"};
    struct stage s;
    begin(&s);
    for (int i = 0; i < 3; i++) {
        struct karto_rid id = {{9, 9, 9, 9, 9, 9, 0x70, 0, 0x80, (uint8_t)i}};
        push(&s.raw, KARTO_PERSON, id, KARTO_F_TERRITORY, KARTO_VV_EMPTY, text(&s.arena, places[i]));
        refused(&s.raw, KARTO_E_INVALID);
        push(&s.raw, KARTO_PERSON, id, KARTO_F_CLIENT, KARTO_VV_EMPTY,
             karto_value_bytes(&s.arena, karto_value_reference(s.client)));
        refused(&s.raw, KARTO_E_NOT_FOUND);
        push(&s.raw, KARTO_PERSON, id, KARTO_F_CLIENT, KARTO_VV_EMPTY, karto_value_bytes(&s.arena, karto_value_nil()));
        CHECK_INT(s.raw.judgement.verdict, KARTO_V_REFUSED);
        spine_sync(&s.spine, s.oksana);
        CHECK(!spine_see(&s.spine.devices[s.oksana], id, NOTE, "").exists);
    }
    end(&s);
}

/* Records of devices go to everybody, and the hub alone writes them: nothing that he pushes of one gets there. */
static void nobody_hears_of_a_device_that_he_makes(void)
{
    struct stage s;
    begin(&s);
    struct karto_rid made = s.client, oksanas = s.spine.devices[s.oksana].device;
    made.b[10] ^= 1;
    push(&s.raw, KARTO_DEVICE, made, KARTO_F_CLIENT, KARTO_VV_EMPTY,
         karto_value_bytes(&s.arena, karto_value_reference(s.client)));
    refused(&s.raw, KARTO_E_NOT_FOUND);
    push(&s.raw, KARTO_DEVICE, made, KARTO_F_NAME, KARTO_VV_EMPTY, text(&s.arena, "x"));
    CHECK_INT(s.raw.judgement.verdict, KARTO_V_REFUSED);
    push(&s.raw, KARTO_DEVICE, oksanas, KARTO_F_NAME, KARTO_VV_EMPTY, text(&s.arena, "x"));
    refused(&s.raw, KARTO_E_NOT_PERMITTED);
    CHECK_INT(spine_sync(&s.spine, s.oksana), 1); /* there is no news */
    CHECK(!spine_see(&s.spine.hub, made, KARTO_F_NAME, "").exists);
    CHECK_STR(spine_see(&s.spine.hub, oksanas, KARTO_F_NAME, "").text, "oksana");
    end(&s);
}

/* What nobody has placed since its creation was refused is placed by who made it, or by nobody on the road. */
static void what_was_refused_is_not_his(void)
{
    struct stage s;
    begin(&s);
    struct karto_rid his = spine_client(&s.spine.hub, "Своя", "02"), made = s.client;
    struct raw hers = raw_begin(&s.spine, s.oksana);
    struct karto_slice here = karto_value_bytes(&s.arena, karto_value_reference(his));
    made.b[10] ^= 1;
    push(&hers, KARTO_PERSON, made, KARTO_F_CLIENT, KARTO_VV_EMPTY, here);
    refused(&hers, KARTO_E_NOT_FOUND);
    push(&s.raw, KARTO_PERSON, made, KARTO_F_CLIENT, KARTO_VV_EMPTY, here);
    refused(&s.raw, KARTO_E_NOT_FOUND);
    push(&hers, KARTO_PERSON, made, KARTO_F_CLIENT, KARTO_VV_EMPTY,
         karto_value_bytes(&s.arena, karto_value_reference(s.client)));
    CHECK_INT(hers.judgement.verdict, KARTO_V_APPLIED);
    CHECK_INT(spine_see(&s.spine.hub, made, KARTO_F_CLIENT, "").heads, 1);
    end(&s);
}

static void what_left_long_ago_is_nobodys_business(void)
{
    struct stage s;
    begin(&s);
    CHECK_INT(spine_territory(&s.spine.hub, s.client, "02"), KARTO_OK);
    spine_sync_all(&s.spine);
    CHECK_INT(spine_territory(&s.spine.hub, s.client, "01"), KARTO_OK);
    push(&s.raw, KARTO_CLIENT, s.client, NOTE, KARTO_VV_EMPTY, text(&s.arena, "still on the road"));
    CHECK_INT(s.raw.judgement.verdict, KARTO_V_APPLIED);
    s.spine.clock.now_ms += 31LL * DAY_MS;
    push(&s.raw, KARTO_CLIENT, s.client, NOTE, KARTO_VV_EMPTY, text(&s.arena, "too late"));
    refused(&s.raw, KARTO_E_NOT_FOUND);
    end(&s);
}

/* ---- what he cannot have seen ---- */

static void old_values_are_of_the_same_record(void)
{
    struct stage s;
    struct spine_node *hub = &s.spine.hub;
    begin(&s);
    struct karto_rid own = spine_client(hub, "Своя", "02");
    struct karto_dot office;
    spine_sync_all(&s.spine);
    office = spine_last(hub);
    for (uint64_t seq = 1; seq < office.seq; seq++) { /* these wrote other clients' names */
        struct karto_dot claimed = {office.node, seq};
        push(&s.raw, KARTO_CLIENT, own, KARTO_F_NAME, (struct karto_vv){&claimed, 1}, text(&s.arena, "x"));
        CHECK_INT(s.raw.judgement.verdict, KARTO_V_APPLIED);
    }
    spine_sync(&s.spine, s.boris);
    CHECK(!spine_logs(&s.spine.devices[s.boris], "Секретна"));
    end(&s);
}

static void a_hide_cannot_have_seen_the_future(void)
{
    struct stage s;
    begin(&s);
    struct karto_rid own = spine_client(&s.spine.hub, "Своя", "02");
    struct karto_dot office = spine_last(&s.spine.hub);
    office.seq = UINT64_MAX;
    const struct karto_seen seen = {NOTE, {&office, 1}};
    const struct karto_set set = {.value = karto_value_bytes(&s.arena, karto_value_nil())};
    const struct karto_touch touch = {KARTO_F_HIDDEN, KARTO_VV_EMPTY, &set, 1};
    s.raw.change = (struct karto_change){.kind = KARTO_CLIENT,
                                         .record = own,
                                         .touches = &touch,
                                         .count = 1,
                                         .batch = 1,
                                         .via = KARTO_VIA_CLI,
                                         .seen = &seen,
                                         .seen_count = 1,
                                         .stamp.dot = {s.raw.last.node, s.raw.last.seq + 1}};
    CHECK_INT(karto_store_write(s.spine.hub.store, do_push, &s.raw), KARTO_OK);
    CHECK_INT(s.raw.err, KARTO_E_PROTOCOL);
    end(&s);
}

static void another_ones_dots_are_not_told(void)
{
    struct stage s;
    begin(&s);
    struct raw other = raw_begin(&s.spine, s.oksana);
    CHECK_INT(spine_set(&s.spine.devices[s.oksana], s.client, NOTE, "", "hers"), KARTO_OK);
    spine_sync_all(&s.spine);
    struct raw raw = s.raw;
    for (uint64_t seq = 1; seq <= 2; seq++) {
        raw.last = (struct karto_dot){other.last.node, other.last.seq + seq - 1};
        push(&raw, KARTO_CLIENT, s.client, NOTE, KARTO_VV_EMPTY, text(&s.arena, "x"));
        CHECK_INT(raw.err, KARTO_E_PROTOCOL);
    }
    end(&s);
}

int main(void)
{
    a_foreign_record_stays_as_it_is();
    nothing_new_lies_where_he_likes();
    nobody_hears_of_a_device_that_he_makes();
    what_was_refused_is_not_his();
    what_left_long_ago_is_nobodys_business();
    old_values_are_of_the_same_record();
    a_hide_cannot_have_seen_the_future();
    another_ones_dots_are_not_told();
    return 0;
}
