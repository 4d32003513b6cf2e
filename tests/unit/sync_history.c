/* The history of a device: after the fetch every change that the hub has of a record in its scope is there exactly
 * once, with what it replaced, and nothing of other records; whatever came between. */
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/history.h"
#include "core/store/log.h"
#include "proto/messages.h"
#include "tests/spine.h"

enum { SITE = 29, NOTE = 31, TINY = 300, FRAMES_MAX = SPINE_PAGES_MAX, DAY_MS = 24 * 60 * 60 * 1000 };

static const char *const north[] = {"01", NULL}, *const south[] = {"02", NULL};
static const struct karto_past_limits wide = {36500, 1000};

/* ---- the fetch ---- */

static void fetch_all(struct spine *s, int device)
{
    spine_fetch(s, device, wide, TINY, FRAMES_MAX, false);
}

/* ---- the proof ---- */

enum { CHANGES_MAX = 4000 };

struct seen {
    struct karto_rid record;
    struct karto_dot dot;
    bool refused, found;
    uint64_t content; /* hash of the change, old values included */
};

struct story {
    struct seen items[CHANGES_MAX];
    uint32_t count;
    const struct karto_rights *scope; /* what of the hub's log is meant */
    bool own;                         /* and what the device's own store made is */
    int64_t last_ms;
};

static uint64_t content_of(const struct karto_change *change)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_encode(change, true, &bytes);
    uint64_t content = karto_sum_of(karto_buf_slice(&bytes)).low;
    karto_buf_fini(&bytes);
    return content;
}

static void add(struct story *story, const struct karto_change *change)
{
    CHECK(story->count < CHANGES_MAX);
    story->items[story->count++] =
        (struct seen){change->record, change->stamp.dot, karto_change_is_void(change), false, content_of(change)};
}

static enum karto_err read_hub(struct karto_tx *tx, void *context)
{
    struct story *story = context;
    for (uint64_t position = 1; position <= tx->ledger.position; position++) {
        struct karto_log_entry row;
        struct karto_change change;
        struct karto_entry entry;
        CHECK_INT(karto_log_read(tx, position, &row), KARTO_OK);
        CHECK_INT(karto_entry_load(tx, row.record, &entry), KARTO_OK);
        if (row.type != KARTO_LOG_CHANGE || row.apart || !karto_rights_hold(story->scope, entry.view.kind, entry.home))
            continue;
        CHECK_INT(karto_log_change(tx, &row, &change), KARTO_OK);
        add(story, &change);
    }
    return KARTO_OK;
}

static enum karto_err see_item(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct story *story = context;
    (void)tx;
    CHECK(item->at_ms <= story->last_ms); /* the newest first */
    story->last_ms = item->at_ms;
    add(story, &item->change);
    story->items[story->count - 1].refused = item->state == KARTO_IS_REFUSED;
    return KARTO_OK;
}

static struct seen *find(struct story *story, struct karto_dot dot)
{
    for (uint32_t i = 0; i < story->count; i++)
        if (karto_dot_equal(story->items[i].dot, dot))
            return &story->items[i];
    return NULL;
}

/* Each change of the hub's is in the device's, once; old values are the same where they were not made up by a pull of
 * what is concurrent. What is left over was made here. */
static void compare(struct karto_tx *tx, struct story *hub, struct story *device)
{
    for (uint32_t i = 0; i < hub->count; i++) {
        struct seen *here = find(device, hub->items[i].dot);
        CHECK(here && karto_rid_equal(here->record, hub->items[i].record));
        CHECK(!here->found && here->refused == hub->items[i].refused);
        CHECK(here->refused || here->content == hub->items[i].content);
        here->found = true;
    }
    for (uint32_t i = 0; i < device->count; i++) {
        CHECK(find(device, device->items[i].dot) == &device->items[i]); /* no dot twice */
        CHECK(device->items[i].found || karto_is_own_node(tx, device->items[i].dot.node));
    }
}

struct proving {
    struct story *hub;
    struct karto_rights scope;
};

/* The same of each record by itself. */
static void prove_records(struct karto_tx *tx, struct story *hub)
{
    static struct story one;
    for (uint32_t i = 0; i < hub->count; i++) {
        uint32_t want = 0;
        for (uint32_t j = 0; j < hub->count; j++)
            want += karto_rid_equal(hub->items[i].record, hub->items[j].record);
        one.count = 0;
        one.last_ms = INT64_MAX;
        CHECK_INT(karto_history(tx, &hub->items[i].record, 0, see_item, &one), KARTO_OK);
        for (uint32_t j = 0; j < one.count; j++) {
            const struct seen *told = find(hub, one.items[j].dot);
            CHECK(told ? karto_rid_equal(told->record, hub->items[i].record)
                       : karto_is_own_node(tx, one.items[j].dot.node));
            want -= told != NULL;
        }
        CHECK_INT(want, 0);
    }
}

static enum karto_err prove_device(struct karto_tx *tx, void *context)
{
    static struct story device;
    struct story *hub = context;
    device.count = 0;
    device.last_ms = INT64_MAX;
    CHECK_INT(karto_history(tx, NULL, 0, see_item, &device), KARTO_OK);
    compare(tx, hub, &device);
    prove_records(tx, hub);
    return KARTO_OK;
}

static void must_have_all(struct spine *s, int device, const char *const *territories)
{
    static struct story hub;
    struct karto_slice names[8];
    struct karto_rights scope = {territories ? karto_role(KARTO_ROLE_REPRESENTATIVE) : karto_role(KARTO_ROLE_OFFICE),
                                 names, 0};
    for (; territories && territories[scope.territory_count]; scope.territory_count++)
        names[scope.territory_count] = karto_slice_str(territories[scope.territory_count]);
    hub.count = 0;
    hub.scope = &scope;
    CHECK_INT(karto_store_read(s->hub.store, read_hub, &hub), KARTO_OK);
    CHECK(hub.count > 0);
    CHECK_INT(karto_store_read(s->devices[device].store, prove_device, &hub), KARTO_OK);
}

static void fetch_and_prove(struct spine *s, int device, const char *const *territories)
{
    fetch_all(s, device);
    must_have_all(s, device, territories);
}

struct facts {
    const struct karto_rid *record;
    bool complete, begun;
    int64_t since_ms;
    struct karto_past_reach reach;
    uint64_t lacks, items;
};

static enum karto_err count_item(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    (void)tx, (void)item;
    ++*(uint64_t *)context;
    return KARTO_OK;
}

static enum karto_err read_facts(struct karto_tx *tx, void *context)
{
    struct facts *facts = context;
    enum karto_err err = karto_past_since(tx, facts->record, &facts->complete, &facts->since_ms);
    facts->begun = err == KARTO_OK;
    CHECK(err == KARTO_OK || err == KARTO_E_NOT_FOUND);
    err = karto_past_get_reach(tx, &facts->reach);
    CHECK(err == KARTO_OK || err == KARTO_E_NOT_FOUND);
    CHECK_INT(karto_history(tx, facts->record, 0, count_item, &facts->items), KARTO_OK);
    return karto_kv_count(tx->kv, KARTO_DB_LACKS, &facts->lacks);
}

static struct facts facts_of(struct spine *s, int device, const struct karto_rid *record)
{
    struct facts facts = {.record = record};
    CHECK_INT(karto_store_read(s->devices[device].store, read_facts, &facts), KARTO_OK);
    return facts;
}

/* ---- head office at work ---- */

static void work(struct spine *s, const struct karto_rid *ids, unsigned count, unsigned changes)
{
    for (unsigned i = 0; i < changes; i++) {
        char text[40];
        snprintf(text, sizeof text, "note %u", i);
        CHECK_INT(spine_set(&s->hub, ids[i * 7 % count], i % 2 ? SITE : NOTE, "", text), KARTO_OK);
    }
}

static struct karto_rid ids[8]; /* its clients: five of territory 01, three of 02 */

/* A test begins with head office that has done some work. */
static void in_office(void (*test)(struct spine *s))
{
    struct spine s;
    spine_open(&s);
    for (int i = 0; i < 8; i++)
        ids[i] = spine_client(&s.hub, "Клієнт", i < 5 ? "01" : "02");
    work(&s, ids, 8, 60);
    test(&s);
    spine_close(&s);
}

/* Its laptop knows nothing yet of what happened before. */
static void oksana_joins(struct spine *s)
{
    spine_device(s, "oksana", north);
    spine_sync(s, 0);
}

/* ---- what must come out ---- */

static void first_contact(struct spine *s, uint64_t page_size, bool twice)
{
    oksana_joins(s);
    CHECK(!facts_of(s, 0, NULL).begun);
    CHECK_INT(facts_of(s, 0, NULL).items, 0);
    unsigned pages = spine_fetch(s, 0, wide, page_size, FRAMES_MAX, twice);
    CHECK(page_size ? pages > 5 : pages == 1);
    must_have_all(s, 0, north);
    CHECK(facts_of(s, 0, NULL).complete);
    CHECK_INT(spine_fetch(s, 0, wide, TINY, FRAMES_MAX, false), 0);
}

static void first_contact_fetches_all(struct spine *s)
{
    first_contact(s, 0, false);
}

static void and_does_by_tiny_pages(struct spine *s)
{
    first_contact(s, TINY, false);
}

static void and_by_pages_that_come_twice(struct spine *s)
{
    first_contact(s, TINY, true);
}

static void office_has_everything(struct spine *s)
{
    spine_device(s, "office", NULL);
    spine_sync(s, 0);
    fetch_and_prove(s, 0, NULL);
}

/* Work goes on at both ends, and each fetch is dropped after a page or two. */
static void cut_and_interrupted(struct spine *s)
{
    spine_device(s, "oksana", north);
    spine_device(s, "petro", north);
    spine_sync_all(s);
    int64_t since = INT64_MAX;
    for (int i = 0; i < 40; i++) {
        struct facts facts = facts_of(s, 0, NULL);
        CHECK(!facts.begun || facts.complete || i % 5 == 1 || facts.since_ms <= since);
        since = facts.begun && !facts.complete ? facts.since_ms : INT64_MAX;
        spine_fetch(s, 0, wide, TINY, 1 + (unsigned)i % 2, i % 3 == 0);
        if (i % 5 == 0) {
            CHECK_INT(spine_set(&s->devices[1], ids[i % 4], SITE, "", "b.ua"), KARTO_OK);
            CHECK_INT(spine_set(&s->devices[0], ids[i % 4], SITE, "", "a.ua"), KARTO_OK);
            spine_client(&s->hub, "Новий", "01");
            spine_sync(s, 1);
            spine_sync(s, 0);
        }
    }
    spine_sync_all(s);
    fetch_all(s, 0);
    fetch_all(s, 1);
    must_have_all(s, 0, north);
    must_have_all(s, 1, north);
}

/* Of a record that has left, the log has who changed it and when, and what was made here; no values of others. */
static enum karto_err must_be_stripped(struct karto_tx *tx, void *context)
{
    const struct karto_rid *id = context;
    uint64_t found = 0;
    for (uint64_t position = 1; position <= tx->ledger.position; position++) {
        struct karto_log_entry row;
        struct karto_change change;
        CHECK_INT(karto_log_read(tx, position, &row), KARTO_OK);
        CHECK_INT(karto_log_change(tx, &row, &change), KARTO_OK);
        bool own = karto_is_own_node(tx, change.stamp.dot.node);
        if (!karto_rid_equal(row.record, *id))
            continue;
        CHECK(row.stripped != own);
        CHECK(own || (karto_change_is_void(&change) && change.reason.size == 0));
        found += row.stripped;
    }
    CHECK(found > 0);
    return KARTO_OK;
}

/* A record's history goes with it, and comes with it: what was done to it elsewhere is a part of it. */
static void handed_over_and_back(struct spine *s)
{
    spine_device(s, "oksana", north);
    spine_device(s, "petro", south);
    spine_sync_all(s);
    fetch_all(s, 0);
    fetch_all(s, 1);
    CHECK_INT(spine_set(&s->devices[0], ids[0], SITE, "", "mine.ua"), KARTO_OK);
    spine_sync_all(s);
    for (int round = 0; round < 3; round++) {
        const char *to = round % 2 ? "01" : "02";
        CHECK_INT(spine_territory(&s->hub, ids[0], to), KARTO_OK);
        work(s, ids, 1, 3);
        spine_sync_all(s);
        work(s, ids, 1, 2); /* comes as changes, and stands in the log */
        spine_sync_all(s);
        fetch_all(s, 0);
        fetch_all(s, 1);
        must_have_all(s, 0, north);
        must_have_all(s, 1, south);
        CHECK_INT(facts_of(s, round % 2, &ids[0]).items, round % 2 ? 0 : facts_of(s, 0, &ids[0]).items);
        CHECK(facts_of(s, !(round % 2), &ids[0]).complete);
        if (round > 0)
            CHECK_INT(karto_store_read(s->devices[round % 2].store, must_be_stripped, &ids[0]), KARTO_OK);
    }
}

/* It came from elsewhere before the device was there: its territory's feed does not tell all of it. */
static void came_from_elsewhere(struct spine *s)
{
    CHECK_INT(spine_territory(&s->hub, ids[6], "01"), KARTO_OK);
    work(s, ids + 6, 1, 4);
    oksana_joins(s);
    fetch_and_prove(s, 0, north);
    CHECK(facts_of(s, 0, &ids[6]).complete);
}

struct granting {
    struct karto_rid device;
    const char *const *territories;
};

static enum karto_err grant(struct karto_tx *tx, void *context)
{
    const struct granting *granting = context;
    struct karto_device device;
    struct karto_slice names[8];
    struct karto_rights scope = {karto_role(KARTO_ROLE_REPRESENTATIVE), names, 0};
    for (; granting->territories[scope.territory_count]; scope.territory_count++)
        names[scope.territory_count] = karto_slice_str(granting->territories[scope.territory_count]);
    enum karto_err err = karto_hub_device(tx, granting->device, &device);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &device, &scope) : err;
}

static void new_rights(struct spine *s)
{
    static const char *const both[] = {"01", "02", NULL};
    oksana_joins(s);
    spine_fetch(s, 0, wide, TINY, 3, false);
    const char *const *now[] = {both, south, north};
    for (int i = 0; i < 3; i++) {
        struct granting granting = {s->devices[0].device, now[i]};
        CHECK_INT(karto_store_write(s->hub.store, grant, &granting), KARTO_OK);
        spine_sync(s, 0);
        fetch_and_prove(s, 0, now[i]);
        CHECK(facts_of(s, 0, NULL).complete);
    }
}

/* The rest of a record's history is in a territory that is lost before the walk is there. */
static void new_rights_in_the_midst(struct spine *s)
{
    static const char *const both[] = {"01", "02", NULL};
    CHECK_INT(spine_territory(&s->hub, ids[0], "02"), KARTO_OK);
    work(s, ids + 5, 3, 30);
    spine_device(s, "oksana", both);
    spine_sync(s, 0);
    struct facts facts = {.begun = false};
    for (int i = 0; i < 100 && facts.items < 34; i++) { /* past the handover, and not much further */
        spine_fetch(s, 0, wide, TINY, 1, false);
        facts = facts_of(s, 0, NULL);
    }
    CHECK(facts.begun && facts.reach.below > 1);
    struct granting granting = {s->devices[0].device, south};
    CHECK_INT(karto_store_write(s->hub.store, grant, &granting), KARTO_OK);
    spine_sync(s, 0);
    fetch_and_prove(s, 0, south);
}

struct refusal {
    struct karto_rid record;
    uint32_t found, sets;
};

static enum karto_err see_refusal(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct refusal *refusal = context;
    (void)tx;
    if (item->state != KARTO_IS_REFUSED)
        return KARTO_OK;
    refusal->found++;
    refusal->sets = item->change.touches[0].count;
    CHECK(karto_slice_is(item->reason, "E-NOT-FOUND"));
    return KARTO_OK;
}

static enum karto_err find_refusal(struct karto_tx *tx, void *context)
{
    struct refusal *refusal = context;
    return karto_history(tx, &refusal->record, 0, see_refusal, refusal);
}

/* Refused changes of others are there without their values; one's own with them, and with the reason. */
static void refused_changes(struct spine *s)
{
    spine_device(s, "oksana", north);
    spine_device(s, "petro", south);
    spine_sync_all(s);
    CHECK_INT(spine_set(&s->devices[0], ids[0], SITE, "", "late.ua"), KARTO_OK);
    CHECK_INT(spine_territory(&s->hub, ids[0], "02"), KARTO_OK);
    work(s, ids, 1, 1);
    s->clock.now_ms += 2 * KARTO_LATE_MS_MAX;
    spine_sync_all(s);
    fetch_and_prove(s, 1, south);
    CHECK_INT(spine_territory(&s->hub, ids[0], "01"), KARTO_OK);
    spine_sync_all(s);
    fetch_all(s, 0);
    fetch_all(s, 1);
    must_have_all(s, 0, north);
    must_have_all(s, 1, south);
    struct refusal refusal = {.record = ids[0]};
    CHECK_INT(karto_store_read(s->devices[0].store, find_refusal, &refusal), KARTO_OK);
    CHECK(refusal.found == 1 && refusal.sets == 1);
}

/* What was made here is in the log: its state, coming back, is no reason to ask for anything. */
static void own_work_is_here(struct spine *s)
{
    oksana_joins(s);
    fetch_all(s, 0);
    struct karto_rid id = spine_client(&s->devices[0], "Мій", "01");
    CHECK_INT(spine_set(&s->devices[0], id, SITE, "", "mine.ua"), KARTO_OK);
    spine_sync(s, 0);
    CHECK_INT(spine_fetch(s, 0, wide, TINY, FRAMES_MAX, false), 0);
    CHECK(facts_of(s, 0, &id).complete);
    CHECK_INT(spine_set(&s->hub, id, NOTE, "", "of the office"), KARTO_OK);
    CHECK_INT(spine_territory(&s->hub, id, "02"), KARTO_OK);
    spine_sync(s, 0);
    CHECK_INT(spine_territory(&s->hub, id, "01"), KARTO_OK);
    spine_sync(s, 0);
    CHECK(spine_fetch(s, 0, wide, TINY, FRAMES_MAX, false) > 0);
    must_have_all(s, 0, north);
}

/* ---- limits ---- */

static void age_ends_it(struct spine *s)
{
    CHECK_INT(spine_territory(&s->hub, ids[6], "01"), KARTO_OK);
    s->clock.now_ms += 100LL * DAY_MS;
    int64_t then = s->clock.now_ms;
    work(s, ids, 8, 20);
    oksana_joins(s);
    spine_fetch(s, 0, (struct karto_past_limits){50, 100}, TINY, FRAMES_MAX, false);
    struct facts facts = facts_of(s, 0, NULL);
    CHECK(facts.begun && !facts.complete && facts.since_ms < then && facts.since_ms > then - 51LL * DAY_MS);
    CHECK(facts.items > 5 && facts.items < 20);
    CHECK_INT(spine_fetch(s, 0, (struct karto_past_limits){50, 100}, TINY, FRAMES_MAX, false), 0);
    fetch_and_prove(s, 0, north); /* a wider limit goes on */
    CHECK(facts_of(s, 0, NULL).complete);
    spine_fetch(s, 0, (struct karto_past_limits){0, 100}, TINY, FRAMES_MAX, false);
    CHECK(!facts_of(s, 0, NULL).begun); /* none: what was here is given up */
    CHECK_INT(facts_of(s, 0, NULL).items, 0);
    CHECK_INT(facts_of(s, 0, NULL).lacks, 0);
    fetch_and_prove(s, 0, north);
}

static void size_ends_it(struct spine *s)
{
    char text[30001];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    for (int i = 0; i < 60; i++) {
        text[0] = (char)('a' + i % 20);
        CHECK_INT(spine_set(&s->hub, ids[0], NOTE, "", text), KARTO_OK);
    }
    oksana_joins(s);
    spine_fetch(s, 0, (struct karto_past_limits){730, 1}, 100000, FRAMES_MAX, false);
    struct facts facts = facts_of(s, 0, NULL);
    CHECK(facts.begun && !facts.complete && facts.reach.bytes >= 1 << 20 && facts.reach.bytes < (1 << 20) + 300000);
    spine_fetch(s, 0, wide, 100000, FRAMES_MAX, false);
    must_have_all(s, 0, north);
}

/* ---- who asks for what is not his, and who answers what was not asked ---- */

static struct karto_answer answer_to(struct spine *s, int device, struct karto_arena *arena, struct karto_past_ask ask)
{
    struct karto_request request = {.type = KARTO_HISTORY, .token = {.rights = 1}, .of.history = ask};
    struct karto_answer answer;
    struct karto_buf frame = KARTO_BUF_EMPTY, bytes = KARTO_BUF_EMPTY;
    request.token.epoch = facts_of(s, device, NULL).reach.epoch;
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    spine_ask(s, device, karto_buf_slice(&frame), &bytes);
    CHECK_INT(karto_answer_decode(arena, karto_arena_copy(arena, karto_buf_slice(&bytes)), &answer), KARTO_OK);
    karto_buf_fini(&frame);
    karto_buf_fini(&bytes);
    return answer;
}

static void strangers_learn_nothing(struct spine *s)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    oksana_joins(s);
    fetch_all(s, 0);
    struct karto_past_place places[] = {{ids[7], UINT64_MAX, 0}, {{{9, 9, 9}}, UINT64_MAX, 0}, {ids[1], UINT64_MAX, 0}};
    for (uint64_t cursor = 0; cursor < 200; cursor += 40) {
        struct karto_past_ask ask = {.cursor = cursor, .budget = 10000, .places = &places[0], .place_count = 1};
        struct karto_past_page foreign = answer_to(s, 0, &arena, ask).of.history;
        ask.places = &places[1];
        struct karto_past_page unknown = answer_to(s, 0, &arena, ask).of.history;
        CHECK(foreign.count == 0 && unknown.count == 0 && foreign.done == 1 && unknown.done == 1);
        CHECK(foreign.below == unknown.below && foreign.more == unknown.more && foreign.place_count == 0);
    }
    struct karto_past_ask ask = {.cursor = 10000, .budget = 1 << 20, .places = places, .place_count = 3};
    struct karto_past_page page = answer_to(s, 0, &arena, ask).of.history;
    CHECK(page.done == 3 && page.count > 1);
    for (uint32_t i = 0; i < page.count; i++)
        CHECK(karto_rid_equal(page.changes[i].change.record, ids[1]));
    karto_arena_fini(&arena);
}

/* A record that has just left is the device's to hear of first: or its history would be thought complete. */
static void left_behind_the_cursor(struct spine *s)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    oksana_joins(s);
    spine_fetch(s, 0, wide, TINY, 1, false);
    CHECK_INT(spine_territory(&s->hub, ids[0], "02"), KARTO_OK);
    struct karto_past_place place = {ids[0], UINT64_MAX, 0};
    struct karto_past_ask ask = {.cursor = facts_of(s, 0, NULL).reach.below, .before = UINT64_MAX, .budget = 10000};
    CHECK_INT(answer_to(s, 0, &arena, ask).error, KARTO_E_STALE);
    ask.places = &place;
    ask.place_count = 1;
    CHECK_INT(answer_to(s, 0, &arena, ask).error, KARTO_E_STALE);
    spine_sync(s, 0);
    fetch_and_prove(s, 0, north);
    karto_arena_fini(&arena);
}

struct taking {
    struct karto_past_ask ask;
    struct karto_past_page page;
};

static enum karto_err take(struct karto_tx *tx, void *context)
{
    const struct taking *taking = context;
    return karto_past_take(tx, &taking->ask, &taking->page);
}

static void must_refuse(struct spine *s, struct taking taking)
{
    uint64_t before = facts_of(s, 0, NULL).items;
    CHECK_INT(karto_store_write(s->devices[0].store, take, &taking), KARTO_E_PROTOCOL);
    CHECK_INT(facts_of(s, 0, NULL).items, before);
}

static void a_hostile_hub_is_refused(struct spine *s)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    oksana_joins(s);
    spine_fetch(s, 0, wide, TINY, 1, false);
    struct karto_past_place places[] = {{ids[1], 1000, 0}, {ids[2], 1000, 0}};
    struct karto_past_ask scope = {.cursor = 1000, .before = 1000, .budget = 1 << 20},
                          named = {.cursor = 1000, .budget = 1 << 20, .places = places, .place_count = 2};
    struct karto_past_page page = answer_to(s, 0, &arena, scope).of.history;
    struct karto_past_change *changes = (struct karto_past_change *)(uintptr_t)page.changes, swapped = changes[0];
    struct taking taking = {scope, page};
    taking.page.below = 1001; /* upwards */
    must_refuse(s, taking);
    taking.page = page;
    taking.page.below = changes[page.count - 1].position + 1; /* above what it gives */
    must_refuse(s, taking);
    taking.page = (struct karto_past_page){.below = 1000, .more = true}; /* gets nowhere */
    must_refuse(s, taking);
    changes[0] = changes[1], changes[1] = swapped; /* out of order */
    taking.page = page;
    must_refuse(s, taking);
    swapped = changes[0], changes[0] = changes[1], changes[1] = swapped;
    taking.ask = named; /* of records that were not asked for */
    must_refuse(s, taking);
    page = answer_to(s, 0, &arena, named).of.history;
    taking.page = page;
    taking.page.done = 1; /* not through, and no more */
    must_refuse(s, taking);
    taking.page.done = 2, taking.page.more = true;
    must_refuse(s, taking);
    taking.page.done = 0, taking.page.below = 1; /* the second, before it is through with the first */
    must_refuse(s, taking);
    taking.page = page;
    CHECK_INT(karto_store_write(s->devices[0].store, take, &taking), KARTO_OK);
    karto_arena_fini(&arena);
}

int main(void)
{
    in_office(first_contact_fetches_all);
    in_office(and_does_by_tiny_pages);
    in_office(and_by_pages_that_come_twice);
    in_office(office_has_everything);
    in_office(cut_and_interrupted);
    in_office(handed_over_and_back);
    in_office(came_from_elsewhere);
    in_office(new_rights);
    in_office(new_rights_in_the_midst);
    in_office(refused_changes);
    in_office(own_work_is_here);
    in_office(age_ends_it);
    in_office(size_ends_it);
    in_office(strangers_learn_nothing);
    in_office(left_behind_the_cursor);
    in_office(a_hostile_hub_is_refused);
    return 0;
}
