/* Handing over, one client: what is so already, what later days have, a conflict that is settled, a refusal; one batch
 * for all; and by random timelines, that the query for whom it is about leaves nobody out. */
#include "core/store/handover.h"
#include "core/store/page.h"
#include "core/store/query.h"
#include "tests/spine.h"

enum { DAY = 20000, DAYS = 6, CLIENTS = 60, RUNS = 40 };

/* ---- one client ---- */

struct handing {
    struct karto_handover handover;
    struct karto_rid client;
    struct karto_handed handed;
    char was[40];
};

static enum karto_err do_hand_over(struct karto_tx *tx, void *context)
{
    struct handing *h = context;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, h->client, &entry);
    if (err == KARTO_OK)
        err = karto_hand_over(tx, &h->handover, &entry, &h->handed);
    snprintf(h->was, sizeof h->was, "%.*s", (int)h->handed.was.size, (const char *)h->handed.was.data);
    return err;
}

static void hand_over(struct spine_node *node, struct karto_rid client, struct handing *h)
{
    h->client = client;
    CHECK_INT(karto_store_write(node->store, do_hand_over, h), KARTO_OK);
}

struct dated {
    struct karto_rid client;
    int64_t day;
    const char *text; /* NULL: cleared */
};

static enum karto_err do_set(struct karto_tx *tx, void *context)
{
    const struct dated *d = context;
    const struct karto_edit edit = {
        KARTO_F_TERRITORY, karto_date_key(&tx->arena, d->day),
        karto_value_bytes(&tx->arena, d->text ? karto_value_text(karto_slice_str(d->text)) : karto_value_nil())};
    const struct karto_save save = {
        .kind = KARTO_CLIENT, .record = d->client, .edits = &edit, .count = 1, .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

static void set(struct spine_node *node, struct karto_rid client, int64_t day, const char *text)
{
    struct dated d = {client, day, text};
    CHECK_INT(karto_store_write(node->store, do_set, &d), KARTO_OK);
}

struct asked {
    struct karto_rid client;
    int64_t day;
    char text[40];
};

static enum karto_err do_ask(struct karto_tx *tx, void *context)
{
    struct asked *a = context;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, a->client, &entry);
    struct karto_slice text = karto_text_at(&entry.view, KARTO_F_TERRITORY, a->day);
    snprintf(a->text, sizeof a->text, "%.*s", (int)text.size, (const char *)text.data);
    return err;
}

static const char *on(struct spine_node *node, struct karto_rid client, int64_t day)
{
    static struct asked a;
    a.client = client;
    a.day = day;
    CHECK_INT(karto_store_read(node->store, do_ask, &a), KARTO_OK);
    return a.text;
}

static struct handing to(const char *territory, int64_t since)
{
    return (struct handing){.handover = {KARTO_F_TERRITORY, karto_slice_str(territory), since, 0, {NULL, 0}}};
}

static void each_is_changed_once(void)
{
    struct spine s;
    spine_open(&s);
    struct karto_rid a = spine_client(&s.hub, "Мак", "01"), b = spine_client(&s.hub, "Клен", "01");
    struct handing h = to("02", DAY);
    hand_over(&s.hub, a, &h);
    uint64_t batch = h.handover.batch;
    CHECK(h.handed.changed && !h.handed.refused && !h.handed.later && batch != 0);
    CHECK_STR(h.was, "01");
    hand_over(&s.hub, b, &h);
    CHECK(h.handed.changed && h.handover.batch == batch);
    hand_over(&s.hub, a, &h);
    CHECK(!h.handed.changed && !h.handed.refused);
    CHECK_STR(h.was, "02");
    CHECK_STR(on(&s.hub, a, DAY - 1), "01");
    CHECK_STR(on(&s.hub, a, DAY), "02");
    spine_close(&s);
}

static void later_days_stay(void)
{
    struct spine s;
    spine_open(&s);
    struct karto_rid a = spine_client(&s.hub, "Мак", "01");
    set(&s.hub, a, DAY + 10, "03");
    struct handing h = to("02", DAY);
    hand_over(&s.hub, a, &h);
    CHECK(h.handed.changed && h.handed.later);
    CHECK_STR(on(&s.hub, a, DAY + 9), "02");
    CHECK_STR(on(&s.hub, a, DAY + 10), "03");
    h = to("03", DAY);
    hand_over(&s.hub, a, &h);
    CHECK(h.handed.changed && !h.handed.later); /* the same one */
    set(&s.hub, a, DAY + 10, NULL);
    h = to("02", DAY);
    hand_over(&s.hub, a, &h);
    CHECK(h.handed.changed && !h.handed.later); /* a day that was cleared has none */
    h = to("02", KARTO_DATE_MIN);
    hand_over(&s.hub, a, &h);
    CHECK(h.handed.changed && !h.handed.later);
    CHECK_STR(on(&s.hub, a, KARTO_DATE_MIN), "02");
    spine_close(&s);
}

static void a_conflict_is_settled(void)
{
    struct spine s;
    spine_open(&s);
    int office = spine_device(&s, "maria", NULL);
    struct karto_rid a = spine_client(&s.hub, "Мак", "01");
    spine_sync(&s, office);
    set(&s.devices[office], a, DAY, "02");
    set(&s.hub, a, DAY, "03");
    spine_sync(&s, office);
    const char *winner = strcmp(on(&s.hub, a, DAY), "02") == 0 ? "02" : "03";
    struct handing h = to(winner, DAY);
    hand_over(&s.hub, a, &h);
    CHECK(h.handed.changed);
    hand_over(&s.hub, a, &h);
    CHECK(!h.handed.changed);
    spine_close(&s);
}

static void a_refusal_is_no_error(void)
{
    struct spine s;
    spine_open_pair(&s);
    struct karto_rid a = spine_client(&s.hub, "Мак", "01");
    spine_sync(&s, 0);
    struct handing h = to("02", DAY);
    hand_over(&s.devices[0], a, &h);
    CHECK(!h.handed.changed && h.handed.refused == KARTO_E_NOT_PERMITTED);
    CHECK_STR(on(&s.devices[0], a, DAY), "01");
    h = to("01", DAY);
    hand_over(&s.devices[0], a, &h);
    CHECK(!h.handed.changed && !h.handed.refused);
    spine_close(&s);
}

/* ---- whom it is about ---- */

struct meant {
    const struct karto_handover *handover;
    struct karto_slice from;
    uint32_t count; /* of those that are visited */
};

static enum karto_err visit(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct meant *m = context;
    (void)tx;
    m->count += karto_handover_means(m->handover, &entry->view, m->from);
    return KARTO_OK;
}

static enum karto_err compare(struct karto_tx *tx, void *context)
{
    struct meant *all = context, found = *all;
    struct karto_select select;
    const struct karto_rid first = {{0}};
    karto_select_init(&select, karto_handover_query(&tx->arena, all->handover, all->from), DAY);
    CHECK_INT(karto_page_each(tx, &select, KARTO_CLIENT, first, visit, &found), KARTO_OK);
    CHECK_INT(karto_each(tx, KARTO_CLIENT, first, visit, all), KARTO_OK);
    CHECK_INT(found.count, all->count);
    return KARTO_OK;
}

static uint32_t dice(uint64_t *state, uint32_t sides)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % sides;
}

static void the_query_leaves_nobody_out(void)
{
    static const char *const names[] = {"01", "02", "03", "Захід", "захід"};
    struct spine s;
    uint64_t state = 17;
    uint32_t met = 0;
    spine_open(&s);
    for (int i = 0; i < CLIENTS; i++) {
        char name[24];
        snprintf(name, sizeof name, "Крамниця %d", i);
        struct karto_rid id = spine_client(&s.hub, name, names[dice(&state, 5)]);
        for (uint32_t j = dice(&state, 4); j > 0; j--)
            set(&s.hub, id, DAY + dice(&state, DAYS), dice(&state, 6) ? names[dice(&state, 5)] : NULL);
    }
    for (int i = 0; i < RUNS; i++) {
        struct karto_handover handover = {
            KARTO_F_TERRITORY, karto_slice_str(names[dice(&state, 5)]), DAY + dice(&state, DAYS), 0, {NULL, 0}};
        struct meant all = {&handover, karto_slice_str(names[dice(&state, 5)]), 0};
        CHECK_INT(karto_store_read(s.hub.store, compare, &all), KARTO_OK);
        met += all.count > 0;
    }
    CHECK(met > RUNS / 2);
    spine_close(&s);
}

int main(void)
{
    each_is_changed_once();
    later_days_stay();
    a_conflict_is_settled();
    a_refusal_is_no_error();
    the_query_leaves_nobody_out();
    return 0;
}
