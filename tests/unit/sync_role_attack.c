/* A laptop of a role that may not have everything, whose owner has changed the program: from what it is answered it
 * learns nothing of fields and kinds that it may not have, and it writes nothing where it may not. */
#include "core/store/databases.h"
#include "core/store/hub_heal.h"
#include "core/store/hub_recovery.h"
#include "core/store/log.h"
#include "tests/spine.h"

enum { SITE = 29, NOTE = 31, OUTCOME = 39, DAY_MS = 24 * 60 * 60 * 1000 };

static const char *const north[] = {"01", NULL};
static struct karto_arena arena;

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
    return raw->err; /* as the service does: what is no honest device's leaves nothing */
}

static struct raw raw_begin(struct spine *spine, int device)
{
    return (struct raw){.spine = spine, .device = device, .last = spine_last(&spine->devices[device])};
}

static void push(struct raw *raw, uint32_t kind, struct karto_rid record, const struct karto_touch *touches,
                 uint32_t count, const struct karto_seen *seen, uint32_t seen_count)
{
    raw->change = (struct karto_change){.kind = kind,
                                        .record = record,
                                        .touches = touches,
                                        .count = count,
                                        .batch = 1,
                                        .via = KARTO_VIA_CLI,
                                        .seen = seen,
                                        .seen_count = seen_count,
                                        .stamp.dot = {raw->last.node, raw->last.seq + 1},
                                        .stamp.hlc = karto_hlc_make(raw->spine->clock.now_ms)};
    enum karto_err err = karto_store_write(raw->spine->hub.store, do_push, raw);
    CHECK_INT(err, raw->err);
    raw->last.seq += err == KARTO_OK;
}

static struct karto_slice text(const char *value)
{
    return karto_value_bytes(&arena, karto_value_text(karto_slice_str(value)));
}

/* Sets one register with this context. */
static void push_one(struct raw *raw, uint32_t kind, struct karto_rid record, uint32_t field, struct karto_slice key,
                     struct karto_vv context, struct karto_slice value)
{
    const struct karto_set set = {.key = key, .value = value};
    const struct karto_touch touch = {field, context, &set, 1};
    push(raw, kind, record, &touch, 1, NULL, 0);
}

static const struct karto_slice no_key;

/* ---- what is not told ---- */

/* What the hub answers to a change that claims to have seen something of a field is the same whether that is there or
 * not, if the role may not have the field: else one finds its vector by trying. */
static void contexts_of_others_fields_are_not_told(const struct karto_role *role, uint32_t kind, uint32_t field)
{
    struct spine s;
    spine_open(&s);
    int device = spine_device_as(&s, "petro", role, NULL);
    struct karto_rid client = spine_client(&s.hub, "Client", "01"), id = client;
    if (kind != KARTO_CLIENT)
        id = spine_child(&s.hub, kind, client, field, "secret");
    else
        CHECK_INT(spine_set(&s.hub, client, field, "", "secret"), KARTO_OK);
    struct karto_dot there = spine_last(&s.hub), not_there = there;
    not_there.seq++;
    spine_sync_all(&s);
    struct raw raw = raw_begin(&s, device);
    push_one(&raw, kind, id, field, no_key, (struct karto_vv){&there, 1}, text("x"));
    struct raw first = raw;
    push_one(&raw, kind, id, field, no_key, (struct karto_vv){&not_there, 1}, text("y"));
    CHECK_INT(raw.err, first.err);
    CHECK_INT(raw.judgement.verdict, first.judgement.verdict);
    CHECK_INT(raw.judgement.reason, first.judgement.reason);
    spine_is_whole(&s.hub);
    spine_close(&s);
}

static void what_was_seen_of_others_fields_is_not_told(void)
{
    struct spine s;
    spine_open(&s);
    int device = spine_device_as(&s, "petro", karto_role(KARTO_ROLE_ACCOUNTANT), NULL);
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    CHECK_INT(spine_set(&s.hub, client, NOTE, "", "secret"), KARTO_OK);
    struct karto_dot there = spine_last(&s.hub), not_there = there;
    not_there.seq++;
    spine_sync_all(&s);
    struct raw raw = raw_begin(&s, device);
    const struct karto_field_def *def = karto_field_named(KARTO_CLIENT, karto_slice_str("full_name"));
    const struct karto_set set = {.value = text("x")};
    const struct karto_touch touch = {def->number, KARTO_VV_EMPTY, &set, 1};
    const struct karto_seen seen = {NOTE, {&there, 1}}, other = {NOTE, {&not_there, 1}};
    push(&raw, KARTO_CLIENT, client, &touch, 1, &seen, 1);
    struct raw first = raw;
    push(&raw, KARTO_CLIENT, client, &touch, 1, &other, 1);
    CHECK_INT(raw.err, first.err);
    CHECK_INT(raw.judgement.verdict, first.judgement.verdict);
    spine_is_whole(&s.hub);
    spine_close(&s);
}

/* A record that there is not and one of a kind that the role may not have. */
static void unknown_and_hidden_kinds_are_answered_alike(void)
{
    static const uint32_t kinds[] = {KARTO_CLIENT, KARTO_PERSON, KARTO_ACTIVITY, KARTO_PURCHASE, KARTO_DEVICE, 20};
    struct spine s;
    spine_open(&s);
    int device = spine_device_as(&s, "petro", karto_role(KARTO_ROLE_ACCOUNTANT), NULL);
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    struct karto_rid activity = spine_child(&s.hub, KARTO_ACTIVITY, client, OUTCOME, "secret");
    spine_sync_all(&s);
    struct raw raw = raw_begin(&s, device);
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (int field = 0; field < 3; field++) {
            struct karto_rid unknown = activity;
            unknown.b[10] ^= (uint8_t)(1 + 3 * i + (unsigned)field);
            uint32_t number = field == 0 ? KARTO_F_NAME : field == 1 ? KARTO_F_CLIENT : KARTO_F_TERRITORY;
            struct karto_slice value =
                field == 1 ? karto_value_bytes(&arena, karto_value_reference(client)) : text("01");
            struct karto_slice key = field == 2 ? karto_date_key(&arena, KARTO_DATE_MIN) : no_key;
            if (field == 1 && kinds[i] == KARTO_PURCHASE)
                continue; /* he makes one */
            push_one(&raw, kinds[i], activity, number, key, KARTO_VV_EMPTY, value);
            struct raw first = raw;
            push_one(&raw, kinds[i], unknown, number, key, KARTO_VV_EMPTY, value);
            if (raw.err != first.err || raw.judgement.reason != first.judgement.reason)
                fprintf(stderr, "kind %u, field %d: %d %d\n", kinds[i], field, raw.judgement.reason,
                        first.judgement.reason);
            CHECK_INT(raw.err, first.err);
            CHECK_INT(raw.judgement.verdict, first.judgement.verdict);
            CHECK_INT(raw.judgement.reason, first.judgement.reason);
            CHECK_INT(raw.judgement.inside, first.judgement.inside);
        }
    spine_is_whole(&s.hub);
    spine_close(&s);
}

/* ---- history ---- */

struct asking {
    struct spine *spine;
    int device;
    struct karto_past_ask ask;
    uint64_t below, previous;
    int64_t at_ms;
    uint32_t count;
};

static enum karto_err do_past(struct karto_tx *tx, void *context)
{
    struct asking *asking = context;
    struct karto_device device;
    struct karto_past_page page;
    enum karto_err err = karto_hub_device(tx, asking->spine->devices[asking->device].device, &device);
    if (err == KARTO_OK)
        err = karto_hub_past(tx, &device, &asking->ask, &page);
    if (err != KARTO_OK)
        return err;
    asking->below = page.below;
    asking->at_ms = page.at_ms;
    asking->count = page.count;
    asking->previous = page.count ? page.changes[0].previous : 0;
    return KARTO_OK;
}

static enum karto_err read_position(struct karto_tx *tx, void *context)
{
    *(uint64_t *)context = tx->ledger.position;
    return KARTO_OK;
}

/* When a note was written, and that there is one between two changes that he may have. */
static void history_does_not_tell_of_others_fields(bool named)
{
    struct spine s;
    uint64_t later;
    spine_open(&s);
    int device = spine_device_as(&s, "petro", karto_role(KARTO_ROLE_ACCOUNTANT), NULL);
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    s.clock.now_ms += DAY_MS;
    int64_t then = s.clock.now_ms;
    CHECK_INT(spine_set(&s.hub, client, NOTE, "", "secret"), KARTO_OK);
    s.clock.now_ms += DAY_MS;
    for (int i = 0; i < 3; i++)
        CHECK_INT(spine_set(&s.hub, client, NOTE, "", i ? "more" : "secrets"), KARTO_OK);
    CHECK_INT(spine_set(&s.hub, client, SITE, "", "example.com"), KARTO_OK);
    (void)spine_child(&s.hub, KARTO_ACTIVITY, client, OUTCOME, "secret");
    CHECK_INT(spine_set(&s.hub, client, KARTO_F_NAME, "", "Renamed"), KARTO_OK);
    CHECK_INT(karto_store_read(s.hub.store, read_position, &later), KARTO_OK);
    const struct karto_past_place place = {client, UINT64_MAX, 0};
    struct asking asking = {.spine = &s,
                            .device = device,
                            .ask = {.cursor = later,
                                    .before = UINT64_MAX,
                                    .since_ms = then - DAY_MS / 2,
                                    .budget = 1 << 20,
                                    .places = &place,
                                    .place_count = named}};
    CHECK_INT(karto_store_read(s.hub.store, do_past, &asking), KARTO_OK);
    CHECK_INT(asking.count, 1);
    CHECK_INT(asking.previous, later - 1); /* an activity */
    CHECK_INT(asking.below, later);
    CHECK(asking.at_ms > then + DAY_MS / 2);
    spine_close(&s);
}

/* ---- given back to a hub that was put back ---- */

struct healing {
    struct spine *spine;
    int device;
    struct karto_rid id;
    struct karto_dot dot;
    enum karto_healed outcome;
};

/* The client with a note of this name, which he never had. */
static enum karto_err do_heal(struct karto_tx *tx, void *context)
{
    struct healing *healing = context;
    struct karto_device device;
    struct karto_entry entry;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    enum karto_err err = karto_hub_device(tx, healing->spine->devices[healing->device].device, &device);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, healing->id, &entry);
    if (err != KARTO_OK)
        return err;
    const struct karto_head head = {
        .value = text("guess"),
        .stamp = {.dot = healing->dot, .author = karto_slice_str("olha"), .hlc = karto_hlc_make(1)}};
    const struct karto_register reg = {.heads = &head, .count = 1};
    const struct karto_field field = {.number = NOTE, .vv = {&healing->dot, 1}, .registers = &reg, .count = 1};
    const struct karto_record state = {healing->id, KARTO_CLIENT, &field, 1};
    karto_record_encode(&state, &bytes);
    err = karto_hub_heal(tx, &device, healing->id, entry.home, karto_buf_slice(&bytes), &healing->outcome);
    karto_buf_fini(&bytes);
    return err;
}

static enum karto_healed heal(struct spine *s, int device, struct karto_rid id, struct karto_dot dot)
{
    struct healing healing = {.spine = s, .device = device, .id = id, .dot = dot};
    CHECK_INT(karto_store_write(s->hub.store, do_heal, &healing), KARTO_OK);
    return healing.outcome;
}

/* Which changes stand in a field that he may not have. */
static void states_of_others_fields_are_not_told(void)
{
    struct spine s;
    spine_open(&s);
    int device = spine_device_as(&s, "petro", karto_role(KARTO_ROLE_ACCOUNTANT), NULL);
    int office = spine_device(&s, "olha", NULL);
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    spine_sync_all(&s);
    CHECK_INT(spine_set(&s.devices[office], client, NOTE, "", "secret"), KARTO_OK);
    struct karto_dot there = spine_last(&s.devices[office]), not_there = there;
    not_there.seq++;
    spine_sync_all(&s);
    spine_restored(&s.hub);
    enum karto_healed first = heal(&s, device, client, there);
    CHECK_INT(heal(&s, device, client, not_there), first);
    spine_close(&s);
}

/* ---- what he may not write ---- */

/* What was hers within the last days takes what she wrote on the road, but not itself back. */
static void a_lead_does_not_take_back_what_has_gone(void)
{
    struct spine s;
    spine_open(&s);
    int device = spine_device_as(&s, "petro", karto_role(KARTO_ROLE_LEAD), north);
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    spine_sync_all(&s);
    CHECK_INT(spine_territory(&s.hub, client, "02"), KARTO_OK);
    struct karto_dot office = spine_last(&s.hub);
    spine_sync_all(&s);
    CHECK(!spine_see(&s.devices[device], client, KARTO_F_NAME, "").exists);
    struct raw raw = raw_begin(&s, device);
    push_one(&raw, KARTO_CLIENT, client, KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN),
             (struct karto_vv){&office, 1}, text("01"));
    spine_sync_all(&s);
    CHECK_INT(raw.judgement.verdict, KARTO_V_REFUSED);
    CHECK(!spine_see(&s.devices[device], client, KARTO_F_NAME, "").exists);
    spine_close(&s);
}

/* Who writes nothing leaves room for those who do. */
static void who_writes_nothing_fills_no_record(void)
{
    struct spine s;
    spine_open(&s);
    int device = spine_device_as(&s, "petro", karto_role(KARTO_ROLE_ANALYST), NULL);
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    spine_sync_all(&s);
    struct raw raw = raw_begin(&s, device);
    struct karto_set set = {.value = text("x")};
    struct karto_touch touches[900];
    for (uint32_t i = 0; i < 900; i++)
        touches[i] = (struct karto_touch){2000 + i, KARTO_VV_EMPTY, &set, 1};
    push(&raw, KARTO_CLIENT, client, touches, 900, NULL, 0);
    for (uint32_t i = 0; i < 900; i++)
        touches[i].field += 900;
    push(&raw, KARTO_CLIENT, client, touches, 95, NULL, 0);
    for (uint32_t i = 0; i < 20; i++)
        push(&raw, KARTO_CLIENT, client, touches + 95 + i, 1, NULL, 0);
    CHECK_INT(spine_set(&s.hub, client, NOTE, "", "head office's"), KARTO_OK);
    CHECK_INT(spine_set(&s.hub, client, SITE, "", "example.com"), KARTO_OK);
    spine_close(&s);
}

/* ---- honest ones ---- */

static enum karto_err do_damage(struct karto_tx *tx, void *context)
{
    const struct karto_rid *id = context;
    struct karto_slice row;
    enum karto_err err = karto_row(tx, KARTO_DB_RECORDS, karto_rid_slice(id), &row);
    if (err != KARTO_OK)
        return err;
    uint8_t *bytes = karto_arena_alloc(&tx->arena, row.size);
    for (size_t i = 0; i < row.size; i++)
        bytes[i] = row.data[i];
    return karto_kv_put(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(id), karto_slice(bytes, row.size - 1));
}

/* One record that head office cannot read stops nobody of a role that has only some of its fields. */
static void a_damaged_record_stops_nobody(void)
{
    struct spine s;
    spine_open(&s);
    int device = spine_device_as(&s, "petro", karto_role(KARTO_ROLE_ACCOUNTANT), NULL);
    struct karto_rid first = spine_client(&s.hub, "First", "01");
    CHECK_INT(karto_store_write(s.hub.store, do_damage, &first), KARTO_OK);
    struct karto_rid second = spine_client(&s.hub, "Second", "01");
    (void)spine_try_sync(&s, device);
    CHECK_INT(spine_set(&s.hub, second, KARTO_F_NAME, "", "Renamed"), KARTO_OK);
    (void)spine_try_sync(&s, device);
    CHECK_STR(spine_see(&s.devices[device], second, KARTO_F_NAME, "").text, "Renamed");
    spine_drop(&s);
}

static enum karto_err do_change(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    const struct karto_rights rights = {.role = karto_role(KARTO_ROLE_ACCOUNTANT)};
    enum karto_err err = karto_hub_device(tx, *(const struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &device, &rights) : err;
}

/* A line that breaks off anywhere while a right is lost: what is here is as check wants it, and in the end as the hub
 * has it. */
static void a_right_is_lost_on_a_line_that_breaks_off(unsigned cut)
{
    struct spine s;
    spine_open(&s);
    int device = spine_device(&s, "petro", NULL);
    struct spine_node *laptop = &s.devices[device];
    struct karto_rid client = spine_client(&s.hub, "Client", "01"), bare = spine_client(&s.hub, "Bare", "01");
    CHECK_INT(spine_set(&s.hub, client, NOTE, "", "head office's"), KARTO_OK);
    spine_sync(&s, device);
    CHECK_INT(spine_set(laptop, client, NOTE, "", "pending"), KARTO_OK);
    CHECK_INT(spine_set(laptop, bare, NOTE, "", "pending"), KARTO_OK);
    (void)spine_child(laptop, KARTO_ACTIVITY, client, OUTCOME, "pending");
    CHECK_INT(karto_store_write(s.hub.store, do_change, &laptop->device), KARTO_OK);
    s.cut = cut;
    (void)spine_try_sync(&s, device);
    s.cut = 0;
    spine_is_whole(laptop);
    CHECK_INT(spine_set(laptop, bare, KARTO_F_EDRPOU, "", "14360570"), KARTO_OK);
    spine_is_whole(laptop);
    spine_sync(&s, device);
    spine_sync(&s, device);
    CHECK_INT(spine_sync(&s, device), 1);
    CHECK_STR(spine_see(&s.hub, client, NOTE, "").text, "pending");
    CHECK(!spine_see(laptop, client, NOTE, "").heads);
    spine_is_whole(laptop);
    spine_close(&s);
}

/* An older image of a laptop that loses a right goes on under a new node, and what was pending in the lost field
 * counts. */
static void an_image_put_back_loses_a_right(void)
{
    struct spine s;
    spine_open(&s);
    int device = spine_device(&s, "petro", NULL);
    struct spine_node *laptop = &s.devices[device];
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    CHECK_INT(spine_set(&s.hub, client, NOTE, "", "head office's"), KARTO_OK);
    spine_sync(&s, device);
    CHECK_INT(spine_set(laptop, client, SITE, "", "example.com"), KARTO_OK);
    spine_keep(&s, laptop, "image");
    CHECK_INT(spine_set(laptop, client, NOTE, "", "lost on the laptop"), KARTO_OK);
    spine_sync(&s, device);
    spine_put_back(&s, laptop, "image");
    CHECK_INT(spine_set(laptop, client, NOTE, "", "pending"), KARTO_OK);
    CHECK_INT(karto_store_write(s.hub.store, do_change, &laptop->device), KARTO_OK);
    for (int i = 0; i < 4; i++)
        spine_sync(&s, device);
    CHECK_INT(spine_sync(&s, device), 1);
    struct spine_seen seen = spine_see(&s.hub, client, NOTE, "");
    CHECK_INT(seen.heads, 2);
    CHECK(!spine_see(laptop, client, NOTE, "").heads);
    spine_is_whole(laptop);
    spine_is_whole(&s.hub);
    spine_close(&s);
}

/* A hub that was put back, and a laptop that has only some of what is lost. */
static void a_hub_that_was_put_back_and_a_part(bool demoted)
{
    struct spine s;
    spine_open(&s);
    int device =
        spine_device_as(&s, "petro", demoted ? karto_role(KARTO_ROLE_OFFICE) : karto_role(KARTO_ROLE_ACCOUNTANT), NULL);
    struct spine_node *laptop = &s.devices[device];
    struct karto_rid client = spine_client(&s.hub, "Client", "01");
    CHECK_INT(spine_set(&s.hub, client, NOTE, "", "head office's"), KARTO_OK);
    spine_sync_all(&s);
    if (demoted)
        CHECK_INT(karto_store_write(s.hub.store, do_change, &laptop->device), KARTO_OK);
    spine_keep(&s, &s.hub, "backup");
    CHECK_INT(spine_set(&s.hub, client, NOTE, "", "lost"), KARTO_OK);
    CHECK_INT(spine_set(&s.hub, client, KARTO_F_NAME, "", "Renamed"), KARTO_OK);
    CHECK_INT(spine_set(laptop, client, KARTO_F_EDRPOU, "", "14360570"), KARTO_OK);
    (void)spine_child(laptop, KARTO_PURCHASE, client, 41, "x");
    if (!demoted)
        spine_sync_all(&s);
    else
        CHECK_INT(spine_set(laptop, client, NOTE, "", "pending"), KARTO_OK);
    spine_put_back(&s, &s.hub, "backup");
    spine_restored(&s.hub);
    (void)spine_try_sync(&s, device);
    spine_recovered(&s.hub);
    for (int i = 0; i < 3; i++)
        spine_sync(&s, device);
    CHECK_INT(spine_sync(&s, device), 1);
    CHECK_STR(spine_see(&s.hub, client, KARTO_F_EDRPOU, "").text, "14360570");
    CHECK_STR(spine_see(&s.hub, client, NOTE, "").text, demoted ? "pending" : "head office's");
    CHECK(!spine_see(laptop, client, NOTE, "").heads);
    spine_is_whole(laptop);
    spine_is_whole(&s.hub);
    spine_close(&s);
}

/* A representative tells another's record from none by calling it a laptop. */
static void a_laptop_is_not_told_from_a_foreign_record(void)
{
    static const char *const south[] = {"02", NULL};
    struct spine s;
    spine_open(&s);
    int device = spine_device(&s, "petro", south);
    struct karto_rid client = spine_client(&s.hub, "Client", "01"), unknown = client;
    unknown.b[10] ^= 1;
    spine_sync_all(&s);
    struct raw raw = raw_begin(&s, device);
    struct karto_slice value = karto_value_bytes(&arena, karto_value_reference(client));
    push_one(&raw, KARTO_DEVICE, client, KARTO_F_CLIENT, no_key, KARTO_VV_EMPTY, value);
    struct raw first = raw;
    push_one(&raw, KARTO_DEVICE, unknown, KARTO_F_CLIENT, no_key, KARTO_VV_EMPTY, value);
    CHECK_INT(raw.judgement.reason, first.judgement.reason);
    spine_close(&s);
}

int main(void)
{
    karto_arena_init(&arena);
    contexts_of_others_fields_are_not_told(karto_role(KARTO_ROLE_ACCOUNTANT), KARTO_CLIENT, NOTE);
    contexts_of_others_fields_are_not_told(karto_role(KARTO_ROLE_ANALYST), KARTO_PERSON, KARTO_F_NAME);
    what_was_seen_of_others_fields_is_not_told();
    unknown_and_hidden_kinds_are_answered_alike();
    history_does_not_tell_of_others_fields(false);
    history_does_not_tell_of_others_fields(true);
    a_lead_does_not_take_back_what_has_gone();
    states_of_others_fields_are_not_told();
    for (unsigned cut = 1; cut < 9; cut++)
        a_right_is_lost_on_a_line_that_breaks_off(cut);
    an_image_put_back_loses_a_right();
    a_hub_that_was_put_back_and_a_part(false);
    a_hub_that_was_put_back_and_a_part(true);
    a_laptop_is_not_told_from_a_foreign_record();
    who_writes_nothing_fills_no_record();
    a_damaged_record_stops_nobody();
    karto_arena_fini(&arena);
    return 0;
}
