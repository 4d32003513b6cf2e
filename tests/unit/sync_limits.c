/* A device that writes more than a record can hold is refused, and what it wrote before can still be read. */
#include "core/base/limits.h"
#include "core/model/merge.h"
#include "tests/spine.h"

enum { SITE = 29 };

struct flood {
    struct spine *spine;
    struct karto_rid record;
    struct karto_dot last; /* of the device, as the hub knows it */
    uint32_t field, fields;
    enum karto_err pushed;
    struct karto_judgement judgement;
};

/* A change that has seen nothing of the record: each adds a head to each of its fields. */
static struct karto_change blind(struct karto_tx *tx, struct flood *flood)
{
    struct karto_change change = {.kind = KARTO_CLIENT, .record = flood->record, .batch = 1, .via = KARTO_VIA_CLI};
    struct karto_touch *touches = karto_arena_array(&tx->arena, flood->fields, sizeof *touches);
    struct karto_set *set = karto_arena_alloc(&tx->arena, sizeof *set);
    set->value = karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str("x")));
    for (uint32_t i = 0; i < flood->fields; i++)
        touches[i] = (struct karto_touch){flood->field + i, KARTO_VV_EMPTY, set, 1};
    change.touches = touches;
    change.count = flood->fields;
    change.stamp.dot = (struct karto_dot){flood->last.node, flood->last.seq + 1};
    change.stamp.hlc = karto_hlc_make(karto_now_ms(tx));
    change.stamp.author = karto_slice_str("oksana");
    return change;
}

static enum karto_err push(struct karto_tx *tx, void *context)
{
    struct flood *flood = context;
    struct karto_device device;
    struct karto_change change = blind(tx, flood);
    enum karto_err err = karto_hub_device(tx, flood->spine->devices[0].device, &device);
    if (err != KARTO_OK)
        return err;
    flood->pushed = karto_hub_push(tx, &device, &change, false, &flood->judgement);
    flood->last.seq += flood->pushed == KARTO_OK;
    return KARTO_OK;
}

static void flood_once(struct flood *flood, uint32_t field, uint32_t fields)
{
    flood->field = field;
    flood->fields = fields;
    CHECK_INT(karto_store_write(flood->spine->hub.store, push, flood), KARTO_OK);
}

static enum karto_err read_node(struct karto_tx *tx, void *context)
{
    struct karto_dot *last = context;
    *last = (struct karto_dot){tx->ledger.node, tx->ledger.seq};
    return KARTO_OK;
}

static struct flood begin(struct spine *spine)
{
    static const char *const north[] = {"01", NULL};
    struct flood flood = {.spine = spine};
    spine_open(spine);
    spine_device(spine, "oksana", north);
    flood.record = spine_client(&spine->hub, "Ромашка", "01");
    spine_sync(spine, 0);
    CHECK_INT(karto_store_read(spine->devices[0].store, read_node, &flood.last), KARTO_OK);
    return flood;
}

static void a_65th_head_is_refused(void)
{
    struct spine spine;
    struct flood flood = begin(&spine);
    for (uint32_t i = 1; i <= KARTO_HEADS_MAX; i++) {
        flood_once(&flood, SITE, 1);
        CHECK_INT(flood.pushed, KARTO_OK);
        CHECK_INT(flood.judgement.verdict, KARTO_V_APPLIED);
    }
    flood_once(&flood, SITE, 1);
    CHECK_INT(flood.pushed, KARTO_OK);
    CHECK_INT(flood.judgement.verdict, KARTO_V_REFUSED);
    CHECK_INT(flood.judgement.reason, KARTO_E_LIMIT);
    CHECK_INT(spine_see(&spine.hub, flood.record, SITE, "").heads, KARTO_HEADS_MAX);
    CHECK_INT(spine_set(&spine.hub, flood.record, SITE, "", "romashka.ua"), KARTO_OK);
    CHECK_INT(spine_see(&spine.hub, flood.record, SITE, "").heads, 1);
    spine_close(&spine);
}

/* Of a change for whose vectors there is no room the record has nothing; and whoever sent it is not stuck. */
static void a_thousand_fields_more_are_refused(void)
{
    struct spine spine;
    struct flood flood = begin(&spine);
    flood_once(&flood, 2000, KARTO_FIELDS_MAX - 10);
    CHECK_INT(flood.judgement.verdict, KARTO_V_APPLIED);
    flood_once(&flood, 4000, 100);
    CHECK_INT(flood.pushed, KARTO_OK);
    CHECK_INT(flood.judgement.verdict, KARTO_V_REFUSED);
    CHECK_INT(flood.judgement.reason, KARTO_E_LIMIT);
    flood_once(&flood, SITE, 1);
    CHECK_INT(flood.judgement.verdict, KARTO_V_APPLIED);
    CHECK_STR(spine_see(&spine.hub, flood.record, KARTO_F_NAME, "").text, "Ромашка");
    spine_close(&spine);
}

/* ---- a rule for which there is no room ---- */

enum { NOTE = 31, PHONE = 33, LARGE = 65000 };

struct sizing {
    struct karto_rid record;
    size_t size;
};

static enum karto_err do_size(struct karto_tx *tx, void *context)
{
    struct sizing *sizing = context;
    struct karto_entry entry;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    enum karto_err err = karto_entry_load(tx, sizing->record, &entry);
    karto_record_encode(&entry.view, &bytes);
    sizing->size = bytes.size;
    karto_buf_fini(&bytes);
    return err;
}

static size_t size_of(struct spine_node *node, struct karto_rid record)
{
    struct sizing sizing = {record, 0};
    CHECK_INT(karto_store_read(node->store, do_size, &sizing), KARTO_OK);
    return sizing.size;
}

static void put(struct spine *s, struct karto_rid id, const char *key, size_t size)
{
    static char text[LARGE + 1];
    CHECK(size <= LARGE);
    memset(text, 'b', size);
    text[size] = 0;
    CHECK_INT(spine_set(&s->devices[0], id, PHONE, key, text), KARTO_OK);
}

/* oksana fills a client, so that this many bytes are free, and hides it; petro, who has not heard of that, has edited
 * it. What he wrote comes in, with what the rule says of it or without; when there is room, the rule speaks again. */
static void a_rule_without_room_keeps_nobody_out(size_t free_bytes)
{
    struct spine s;
    spine_open_pair(&s);
    struct karto_rid id = spine_client(&s.devices[0], "Full", "01");
    CHECK_INT(spine_set(&s.devices[0], id, NOTE, "", "n"), KARTO_OK);
    spine_sync_all(&s);
    CHECK_INT(spine_set(&s.devices[1], id, NOTE, "", "m"), KARTO_OK);
    for (char key[] = "a"; key[0] < 'a' + 16; key[0]++)
        put(&s, id, key, LARGE);
    put(&s, id, "z", 1000);
    CHECK_INT(spine_hide(&s.devices[0], id, true), KARTO_OK);
    spine_sync(&s, 0);
    put(&s, id, "z", 1000 + KARTO_RECORD_SIZE_MAX - size_of(&s.hub, id) - free_bytes);
    CHECK_INT(spine_hide(&s.devices[0], id, false), KARTO_OK);
    CHECK_INT(spine_hide(&s.devices[0], id, true), KARTO_OK);
    spine_sync(&s, 0);
    CHECK(KARTO_RECORD_SIZE_MAX - size_of(&s.hub, id) < free_bytes + 10);
    bool room = free_bytes > 1000;
    CHECK_INT(spine_try_sync(&s, 1), KARTO_OK);
    CHECK_STR(spine_see(&s.hub, id, NOTE, "").text, "m");
    CHECK_INT(spine_see(&s.hub, id, NOTE, "").hidden, !room);
    spine_sync_all(&s);
    put(&s, id, "z", 1);
    spine_sync_all(&s);
    CHECK_INT(spine_see(&s.hub, id, NOTE, "").hidden, false);
    spine_same(&s, "01");
    spine_is_whole(&s.hub);
    spine_close(&s);
}

int main(void)
{
    a_rule_without_room_keeps_nobody_out(20);
    a_rule_without_room_keeps_nobody_out(2000);
    a_65th_head_is_refused();
    a_thousand_fields_more_are_refused();
    return 0;
}
