/* What happens when hub and laptop add up differently though they have the same records: whoever is wrong makes his
 * sums anew, once, and what could make them differ for ever is not taken in the first place. */
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/device.h"
#include "core/store/digest.h"
#include "core/store/entry.h"
#include "core/store/repaired.h"
#include "tests/spine.h"

enum { NOTE = 31 };

static struct karto_rid begin(struct spine *s)
{
    spine_open_pair(s);
    struct karto_rid id = spine_client(&s->hub, "Нова Пошта", "01");
    spine_client(&s->hub, "Ромашка", "02");
    spine_sync_all(s);
    for (int i = 0; i < 2; i++)
        CHECK_INT(spine_sync(s, i), 1);
    return id;
}

/* ---- rows that are wrong ---- */

/* The first row of territory 01: one byte is another. */
static enum karto_err turn_row(struct karto_tx *tx, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    struct karto_buf name = KARTO_BUF_EMPTY;
    uint8_t row[16];
    (void)context;
    CHECK_INT(karto_kv_cursor_open(tx->kv, KARTO_DB_DIGEST, &cursor), KARTO_OK);
    CHECK_INT(karto_kv_seek(cursor, karto_slice_str("01"), &key, &value), KARTO_OK);
    karto_buf_add_slice(&name, key);
    memcpy(row, value.data, sizeof row);
    karto_kv_cursor_close(cursor);
    row[3] ^= 1;
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_DIGEST, karto_buf_slice(&name), karto_slice(row, sizeof row));
    karto_buf_fini(&name);
    return err;
}

static void make_wrong(struct spine_node *node)
{
    CHECK_INT(karto_store_write(node->store, turn_row, NULL), KARTO_OK);
}

static enum karto_err count_wrong(struct karto_tx *tx, void *context)
{
    enum karto_err err = karto_digest_rebuild(tx, context);
    return err == KARTO_OK ? KARTO_E_INTERRUPTED : err; /* only a look */
}

static uint64_t wrong_rows(struct spine_node *node)
{
    uint64_t wrong = 0;
    CHECK_INT(karto_store_write(node->store, count_wrong, &wrong), KARTO_E_INTERRUPTED);
    return wrong;
}

static void a_laptop_with_wrong_sums_repairs_them(void)
{
    struct spine s;
    begin(&s);
    make_wrong(&s.devices[0]);
    CHECK_INT(wrong_rows(&s.devices[0]), 1);
    CHECK_INT(spine_sync(&s, 0), 4); /* hello, hashes, pull, hello */
    CHECK_INT(s.last.sums_wrong, 1);
    CHECK(!s.last.sums_differ);
    CHECK_INT(wrong_rows(&s.devices[0]), 0);
    CHECK_INT(spine_sync(&s, 0), 1);
    spine_same(&s, "01");
    spine_close(&s);
}

static void a_hub_with_wrong_sums_repairs_them(void)
{
    struct spine s;
    begin(&s);
    make_wrong(&s.hub);
    CHECK_INT(spine_sync(&s, 0), 4);
    CHECK_INT(s.last.sums_wrong, 0);
    CHECK(!s.last.sums_differ);
    CHECK_INT(wrong_rows(&s.hub), 0);
    for (int i = 0; i < 2; i++)
        CHECK_INT(spine_sync(&s, i), 1);
    spine_same(&s, "01");
    spine_close(&s);
}

static void a_hub_with_wrong_sums_repairs_them_once_a_day(void)
{
    struct spine s;
    begin(&s);
    make_wrong(&s.hub);
    for (int day = 0; day < 2; day++) {
        spine_sync(&s, 0);
        CHECK_INT(wrong_rows(&s.hub), 0);
        make_wrong(&s.hub);
        for (int i = 0; i < 3; i++) {
            CHECK_INT(spine_sync(&s, i % 2), 5); /* hello, hashes, pull, hello, pull: it ends all the same */
            CHECK(s.last.sums_differ);
        }
        CHECK_INT(wrong_rows(&s.hub), 1);
        s.clock.now_ms += KARTO_DIGEST_REBUILD_MS_MIN;
    }
    spine_sync(&s, 1);
    CHECK_INT(wrong_rows(&s.hub), 0);
    spine_close(&s);
}

/* Records that are really others are fetched, and nothing is made anew. */
static void what_is_missing_is_fetched(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_set(&s.hub, id, NOTE, "", "news"), KARTO_OK);
    make_wrong(&s.devices[0]);
    spine_sync(&s, 0); /* not at the end: pulls */
    CHECK_STR(spine_see(&s.devices[0], id, NOTE, "").text, "news");
    CHECK_INT(wrong_rows(&s.devices[0]), 1);
    spine_sync(&s, 0);
    CHECK_INT(wrong_rows(&s.devices[0]), 0);
    spine_close(&s);
}

/* ---- records that are wrong ---- */

static enum karto_err lose(struct karto_tx *tx, void *context)
{
    return karto_device_leave(tx, *(const struct karto_rid *)context);
}

struct state {
    struct karto_rid id;
    struct karto_buf home, bytes;
};

static enum karto_err keep_state(struct karto_tx *tx, void *context)
{
    struct state *state = context;
    struct karto_entry entry;
    CHECK_INT(karto_entry_load(tx, state->id, &entry), KARTO_OK);
    karto_buf_add_slice(&state->home, entry.home);
    karto_record_encode(&entry.base, &state->bytes);
    return KARTO_OK;
}

static enum karto_err put_back(struct karto_tx *tx, void *context)
{
    struct state *state = context;
    uint64_t seq;
    return karto_device_state(tx, state->id, karto_buf_slice(&state->home), karto_buf_slice(&state->bytes), &seq);
}

static enum karto_err read_repaired(struct karto_tx *tx, void *context)
{
    return karto_repaired_get(tx, context);
}

static struct karto_repaired repaired(struct spine *s)
{
    struct karto_repaired repaired;
    CHECK_INT(karto_store_read(s->devices[0].store, read_repaired, &repaired), KARTO_OK);
    return repaired;
}

/* A record that is gone here, or otherwise, comes back, and that it was wrong is counted. */
static void a_record_that_is_wrong_is_repaired_and_counted(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK(repaired(&s).records == 0 && repaired(&s).last_ms == 0);
    spine_client(&s.hub, "Мак", "01");
    spine_sync_all(&s);
    CHECK_INT(karto_store_write(s.devices[0].store, lose, &id), KARTO_OK);
    int64_t before_ms = s.clock.now_ms;
    spine_sync(&s, 0);
    CHECK(s.last.repaired == 1 && s.last.sums_wrong == 0);
    CHECK_INT(repaired(&s).records, 1);
    CHECK(repaired(&s).last_ms > before_ms && repaired(&s).last_ms < s.clock.now_ms);
    spine_same(&s, "01");
    struct state state = {id, KARTO_BUF_EMPTY, KARTO_BUF_EMPTY};
    CHECK_INT(karto_store_read(s.devices[0].store, keep_state, &state), KARTO_OK);
    CHECK_INT(spine_set(&s.hub, id, NOTE, "", "news"), KARTO_OK);
    spine_sync_all(&s);
    CHECK_INT(karto_store_write(s.devices[0].store, put_back, &state), KARTO_OK);
    spine_sync(&s, 0);
    CHECK_INT(s.last.repaired, 1);
    CHECK_STR(spine_see(&s.devices[0], id, NOTE, "").text, "news");
    CHECK_INT(repaired(&s).records, 2);
    CHECK_INT(spine_sync(&s, 0), 1);
    CHECK_INT(s.last.repaired, 0);
    spine_same(&s, "01");
    karto_buf_fini(&state.home);
    karto_buf_fini(&state.bytes);
    spine_close(&s);
}

/* All that is kept: then states come without hashes before them. */
static void a_store_that_has_lost_all_is_repaired_and_counted(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(karto_store_write(s.devices[0].store, lose, &id), KARTO_OK);
    spine_sync(&s, 0);
    CHECK_INT(s.last.repaired, 1);
    CHECK_INT(repaired(&s).records, 1);
    spine_same(&s, "01");
    spine_close(&s);
}

/* A first copy, news and wrong sums are no damage. */
static void what_is_only_new_is_not_counted(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    CHECK_INT(spine_set(&s.hub, id, NOTE, "", "news"), KARTO_OK);
    spine_sync(&s, 0);
    make_wrong(&s.devices[0]);
    spine_sync(&s, 0);
    CHECK_INT(s.last.sums_wrong, 1);
    CHECK_INT(s.last.repaired, 0);
    CHECK_INT(repaired(&s).records, 0);
    spine_close(&s);
}

/* ---- who can make the hub do it ---- */

struct doubting {
    struct karto_rid device;
    uint64_t position, wrong;
};

static enum karto_err do_doubt(struct karto_tx *tx, void *context)
{
    struct doubting *d = context;
    return karto_hub_doubt(tx, d->device, d->position, &d->wrong);
}

static uint64_t doubt(struct spine *s, int device, uint64_t position)
{
    struct doubting d = {s->devices[device].device, position, 0};
    CHECK_INT(karto_store_write(s->hub.store, do_doubt, &d), KARTO_OK);
    return d.wrong;
}

static void the_hub_believes_who_says_so_twice(void)
{
    struct spine s;
    begin(&s);
    make_wrong(&s.hub);
    CHECK_INT(doubt(&s, 0, 7), 0);
    CHECK_INT(doubt(&s, 1, 7), 0); /* another */
    CHECK_INT(doubt(&s, 1, 7), 0);
    CHECK_INT(doubt(&s, 0, 8), 0); /* something has happened since */
    CHECK_INT(doubt(&s, 0, 8), 1);
    make_wrong(&s.hub);
    for (int i = 0; i < 4; i++)
        CHECK_INT(doubt(&s, 0, 8), 0); /* not today */
    s.clock.now_ms += KARTO_DIGEST_REBUILD_MS_MIN;
    CHECK_INT(doubt(&s, 0, 8), 0);
    s.clock.now_ms += 60 * 60 * 1000;
    CHECK_INT(doubt(&s, 1, 9), 0); /* the first never came back: this one's turn */
    CHECK_INT(doubt(&s, 1, 9), 1);
    spine_close(&s);
}

/* ---- what made them differ for ever ---- */

static void a_territory_named_twice_counts_once(void)
{
    static const char *const twice[] = {"01", "02", "01", NULL};
    struct spine s;
    begin(&s);
    int boris = spine_device(&s, "boris", twice);
    spine_sync_all(&s);
    CHECK_INT(spine_sync(&s, boris), 1);
    spine_close(&s);
}

static enum karto_err invite_twice(struct karto_tx *tx, void *context)
{
    static const uint8_t token[16] = {7};
    const struct karto_slice twice[] = {karto_slice_str("01"), karto_slice_str("01")};
    struct karto_invite invite = {.user = karto_slice_str("ivan"),
                                  .rights = {karto_role(KARTO_ROLE_REPRESENTATIVE), twice, 2},
                                  .expires_ms = INT64_MAX};
    struct karto_invite *found = context;
    enum karto_err err = karto_hub_invite(tx, token, &invite);
    return err == KARTO_OK ? karto_hub_find_invite(tx, token, karto_slice_str("key"), found) : err;
}

static void an_invitation_names_it_once(void)
{
    struct spine s;
    struct karto_invite found;
    begin(&s);
    CHECK_INT(karto_store_write(s.hub.store, invite_twice, &found), KARTO_OK);
    CHECK_INT(found.rights.territory_count, 1);
    spine_close(&s);
}

struct nameless {
    struct spine *spine;
    struct karto_save save;
    struct karto_judgement at_hub;
};

static enum karto_err save_nameless(struct karto_tx *tx, void *context)
{
    return karto_save(tx, context, NULL);
}

/* As a laptop without our checks would send it. */
static enum karto_err push_nameless(struct karto_tx *tx, void *context)
{
    struct nameless *n = context;
    struct karto_device device;
    struct karto_entry entry;
    CHECK_INT(karto_hub_device(tx, n->spine->devices[0].device, &device), KARTO_OK);
    const struct karto_set set = {.key = n->save.edits[0].key, .value = n->save.edits[0].value};
    const struct karto_touch touch = {n->save.edits[0].field, KARTO_VV_EMPTY, &set, 1};
    struct karto_change change = {
        .kind = KARTO_CLIENT, .touches = &touch, .count = 1, .batch = 1, .via = KARTO_VIA_CLI};
    CHECK_INT(karto_change_check(&change), KARTO_E_INVALID);
    change.stamp.author = device.user;
    change.stamp.hlc = karto_hlc_make(n->spine->clock.now_ms);
    change.stamp.dot.seq = 1;
    CHECK_INT(karto_hub_prove(tx, &device, karto_node_make(device.public_key, 5), 5), KARTO_OK);
    change.stamp.dot.node = karto_node_make(device.public_key, 5);
    CHECK_INT(karto_hub_push(tx, &device, &change, false, &n->at_hub), KARTO_OK);
    CHECK_INT(karto_entry_load(tx, change.record, &entry), KARTO_OK);
    CHECK(!entry.exists);
    return KARTO_OK;
}

static void a_record_without_id_is_not_taken(void)
{
    struct spine s;
    struct karto_arena arena;
    begin(&s);
    karto_arena_init(&arena);
    const struct karto_edit edit = {KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN),
                                    karto_value_bytes(&arena, karto_value_text(karto_slice_str("01")))};
    struct nameless n = {
        .spine = &s, .save = {.kind = KARTO_CLIENT, .create = true, .edits = &edit, .count = 1, .via = KARTO_VIA_CLI}};
    CHECK_INT(karto_store_write(s.devices[0].store, save_nameless, &n.save), KARTO_E_INVALID);
    CHECK_INT(karto_store_write(s.hub.store, save_nameless, &n.save), KARTO_E_INVALID);
    CHECK_INT(karto_store_write(s.hub.store, push_nameless, &n), KARTO_OK);
    CHECK_INT(n.at_hub.verdict, KARTO_V_REFUSED);
    CHECK_INT(n.at_hub.reason, KARTO_E_INVALID);
    int office = spine_device(&s, "office", NULL); /* has everything */
    spine_sync_all(&s);
    CHECK_INT(spine_sync(&s, office), 1);
    karto_arena_fini(&arena);
    spine_close(&s);
}

int main(void)
{
    a_laptop_with_wrong_sums_repairs_them();
    a_hub_with_wrong_sums_repairs_them();
    a_hub_with_wrong_sums_repairs_them_once_a_day();
    what_is_missing_is_fetched();
    a_record_that_is_wrong_is_repaired_and_counted();
    a_store_that_has_lost_all_is_repaired_and_counted();
    what_is_only_new_is_not_counted();
    the_hub_believes_who_says_so_twice();
    a_territory_named_twice_counts_once();
    an_invitation_names_it_once();
    a_record_without_id_is_not_taken();
    return 0;
}
