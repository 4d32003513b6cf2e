/* What cannot be decoded or applied is set aside with its bytes, and the rest of the same answer or push goes on: on a
 * device what a damaged hub sends, on a hub what a device pushes. Neither is told of again, and no room is taken
 * without end. */
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/hub_recovery.h"
#include "core/store/keys.h"
#include "core/store/own.h"
#include "core/store/quarantine.h"
#include "proto/frame.h"
#include "proto/messages.h"
#include "tests/spine.h"

enum { CLIENTS = 20, NOTE = 31, HURT = 7 };

/* The last place of text in bytes; NULL: none. */
static const uint8_t *find(struct karto_slice bytes, const char *text)
{
    size_t size = strlen(text);
    const uint8_t *at = NULL;
    for (size_t i = 0; i + size <= bytes.size; i++)
        at = memcmp(bytes.data + i, text, size) == 0 ? bytes.data + i : at;
    return at;
}

/* ---- what a store has set aside ---- */

struct held {
    uint64_t count, number;
    struct karto_quarantined entry; /* the last */
    struct karto_buf bytes;
    char detail[100], error[40], author[40];
};

static enum karto_err note_entry(struct karto_tx *tx, const struct karto_quarantined *entry, void *context)
{
    struct held *held = context;
    (void)tx;
    held->count++;
    held->entry = *entry;
    karto_buf_clear(&held->bytes);
    karto_buf_add_slice(&held->bytes, entry->bytes);
    snprintf(held->detail, sizeof held->detail, "%.*s", (int)entry->detail.size, (const char *)entry->detail.data);
    snprintf(held->error, sizeof held->error, "%.*s", (int)entry->error.size, (const char *)entry->error.data);
    snprintf(held->author, sizeof held->author, "%.*s", (int)entry->author.size, (const char *)entry->author.data);
    return KARTO_OK;
}

static enum karto_err do_look(struct karto_tx *tx, void *context)
{
    struct held *held = context;
    uint64_t count;
    enum karto_err err = karto_quarantine_each(tx, note_entry, held);
    CHECK_INT(karto_quarantine_count(tx, &count), KARTO_OK);
    CHECK_INT(count, held->count);
    return err;
}

static struct held look(struct spine_node *node)
{
    struct held held = {.count = 0};
    CHECK_INT(karto_store_read(node->store, do_look, &held), KARTO_OK);
    return held;
}

static uint64_t count_held(struct spine_node *node)
{
    struct held held = look(node);
    karto_buf_fini(&held.bytes);
    return held.count;
}

/* ---- a hub whose file was harmed ---- */

struct harm {
    unsigned db; /* 0: nothing is harmed */
    uint8_t key[16];
    size_t key_size;
    const char *text;       /* the last place of it in the row is what is harmed */
    int back;               /* so many bytes before it */
    uint8_t byte;           /* what the byte there becomes */
    struct karto_buf whole; /* the row as it was */
};

static enum karto_err do_harm(struct karto_tx *tx, void *context)
{
    struct harm *harm = context;
    struct karto_slice row, key = karto_slice(harm->key, harm->key_size);
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    CHECK_INT(karto_kv_get(tx->kv, harm->db, key, &row), KARTO_OK);
    karto_buf_add_slice(&bytes, row);
    karto_buf_clear(&harm->whole);
    karto_buf_add_slice(&harm->whole, row);
    const uint8_t *at = find(row, harm->text);
    CHECK(at);
    bytes.data[at - row.data - harm->back] = harm->byte;
    enum karto_err err = karto_kv_put(tx->kv, harm->db, key, karto_buf_slice(&bytes));
    karto_buf_fini(&bytes);
    return err;
}

static enum karto_err do_mend(struct karto_tx *tx, void *context)
{
    const struct harm *harm = context;
    return karto_kv_put(tx->kv, harm->db, karto_slice(harm->key, harm->key_size), karto_buf_slice(&harm->whole));
}

struct office {
    struct spine spine;
    struct karto_rid clients[CLIENTS];
    struct harm harm;
};

static void open_office(struct office *o)
{
    char name[40];
    memset(o, 0, sizeof *o);
    spine_open_pair(&o->spine);
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(name, sizeof name, "firm %d", i);
        o->clients[i] = spine_client(&o->spine.hub, name, "01");
    }
}

static void harm_hub(struct office *o, unsigned db, struct karto_slice key, const char *text, int back, uint8_t byte)
{
    o->harm = (struct harm){.db = db, .key_size = key.size, .text = text, .back = back, .byte = byte};
    memcpy(o->harm.key, key.data, key.size);
    CHECK_INT(karto_store_write(o->spine.hub.store, do_harm, &o->harm), KARTO_OK);
}

static void mend(struct office *o)
{
    CHECK_INT(karto_store_write(o->spine.hub.store, do_mend, &o->harm), KARTO_OK);
    karto_buf_fini(&o->harm.whole);
    o->harm.db = 0;
}

/* spine_close looks whether all stores are sound. */
static void close_office(struct office *o)
{
    if (o->harm.db)
        mend(o);
    spine_close(&o->spine);
}

/* The name of the hub's record is no UTF-8. */
static void harm_text(struct office *o)
{
    harm_hub(o, KARTO_DB_RECORDS, karto_rid_slice(&o->clients[HURT]), "firm 7", 0, 0xff);
}

/* … is a map of fifteen, so that nobody can say where it ends. */
static void harm_head(struct office *o)
{
    harm_hub(o, KARTO_DB_RECORDS, karto_rid_slice(&o->clients[HURT]), "firm 7", 1, 0x8f);
}

/* An entry of the hub's log has text that is no UTF-8. */
static void harm_log(struct office *o, uint64_t position, const char *text)
{
    uint8_t key[8];
    harm_hub(o, KARTO_DB_LOG, karto_key_position(position, key), text, 0, 0xff);
}

static enum karto_err read_position(struct karto_tx *tx, void *context)
{
    *(uint64_t *)context = tx->ledger.position;
    return KARTO_OK;
}

static int clients_at(struct office *o, int device)
{
    int count = 0;
    for (int i = 0; i < CLIENTS; i++)
        count += spine_see(&o->spine.devices[device], o->clients[i], KARTO_F_NAME, "").exists;
    return count;
}

/* ---- devices ---- */

static void one_damaged_record_of_twenty_stops_no_first_copy(void)
{
    struct office o;
    open_office(&o);
    harm_text(&o);
    spine_sync(&o.spine, 0);
    CHECK_INT(clients_at(&o, 0), CLIENTS - 1);
    CHECK_INT(o.spine.last.quarantined, 1);
    struct held held = look(&o.spine.devices[0]);
    CHECK_INT(held.count, 1);
    CHECK_INT(held.entry.number, 1);
    CHECK_INT(held.entry.form, KARTO_QUARANTINE_STATE);
    CHECK(karto_rid_is_zero(held.entry.device));
    CHECK(karto_rid_equal(held.entry.record, o.clients[HURT]));
    CHECK_STR(held.error, "E-UNREADABLE");
    CHECK_STR(held.detail, "not the bytes of a record");
    CHECK(find(karto_buf_slice(&held.bytes), "\xffirm 7"));
    karto_buf_fini(&held.bytes);
    for (int i = 0; i < 3; i++)
        spine_sync(&o.spine, 0);
    CHECK_INT(o.spine.last.requests, 1);
    CHECK_INT(count_held(&o.spine.devices[0]), 1);
    spine_is_whole(&o.spine.devices[0]);
    close_office(&o);
}

/* The hub has hurt a record that the device has whole: it keeps it, and edits of others go both ways. */
static void a_good_copy_outlives_a_damaged_one(void)
{
    struct office o;
    open_office(&o);
    spine_sync_all(&o.spine);
    harm_text(&o);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[3], NOTE, "", "news"), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.devices[0], o.clients[4], NOTE, "", "mine"), KARTO_OK);
    spine_sync_all(&o.spine);
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[3], NOTE, "").text, "news");
    CHECK_STR(spine_see(&o.spine.hub, o.clients[4], NOTE, "").text, "mine");
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[HURT], KARTO_F_NAME, "").text, "firm 7");
    CHECK_INT(clients_at(&o, 0), CLIENTS);
    close_office(&o);
}

static enum karto_err forget_rights(struct karto_tx *tx, void *context)
{
    (void)context;
    tx->ledger.rights = 0;
    return KARTO_OK;
}

static enum karto_err explain_any(struct karto_tx *tx, void *context)
{
    return karto_quarantine_explains(tx, (struct karto_sum){1, 2}, true, context);
}

/* The same where all records are compared: the device keeps its copy, has nothing that the sums differ by, and takes no
 * later difference for it. */
static void a_good_copy_outlives_a_comparison(void)
{
    struct office o;
    bool explained;
    open_office(&o);
    for (int i = 0; i < 2; i++)
        spine_sync_all(&o.spine);
    harm_text(&o);
    CHECK_INT(karto_store_write(o.spine.devices[0].store, forget_rights, NULL), KARTO_OK);
    spine_sync(&o.spine, 0);
    CHECK(o.spine.last.reconciled);
    CHECK_INT(count_held(&o.spine.devices[0]), 1);
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[HURT], KARTO_F_NAME, "").text, "firm 7");
    CHECK_INT(clients_at(&o, 0), CLIENTS);
    CHECK_INT(spine_sync(&o.spine, 0), 1);
    CHECK_INT(karto_store_write(o.spine.devices[0].store, explain_any, &explained), KARTO_OK);
    CHECK(!explained);
    spine_same(&o.spine, "01");
    close_office(&o);
}

/* Digests that differ make the device compare everything: that ends, and is not begun anew for what is set aside. A
 * record that is mended comes. */
static void a_record_that_cannot_even_be_taken_apart_is_told_of(void)
{
    struct office o;
    open_office(&o);
    harm_head(&o);
    for (int i = 0; i < 3; i++)
        spine_sync(&o.spine, 0);
    CHECK_INT(o.spine.last.requests, 1);
    CHECK_INT(clients_at(&o, 0), CLIENTS - 1);
    CHECK_INT(count_held(&o.spine.devices[0]), 1);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[3], NOTE, "", "news"), KARTO_OK);
    spine_sync(&o.spine, 0);
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[3], NOTE, "").text, "news");
    spine_sync(&o.spine, 0);
    CHECK_INT(o.spine.last.requests, 1); /* the sums differ by the same as before */
    mend(&o);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[HURT], NOTE, "", "whole"), KARTO_OK);
    for (int i = 0; i < 2; i++) /* the other laptop is new, which is news for this one */
        spine_sync_all(&o.spine);
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[HURT], KARTO_F_NAME, "").text, "firm 7");
    spine_same(&o.spine, "01");
    CHECK_INT(count_held(&o.spine.devices[0]), 1); /* until somebody has looked */
    close_office(&o);
}

static void an_entry_of_the_log_that_is_damaged_comes_as_a_state(void)
{
    struct office o;
    uint64_t position;
    open_office(&o);
    spine_sync_all(&o.spine);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[HURT], NOTE, "", "a word"), KARTO_OK);
    CHECK_INT(karto_store_read(o.spine.hub.store, read_position, &position), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[3], NOTE, "", "news"), KARTO_OK);
    harm_log(&o, position, "a word");
    spine_sync_all(&o.spine);
    for (int i = 0; i < 2; i++) {
        CHECK_STR(spine_see(&o.spine.devices[i], o.clients[HURT], NOTE, "").text, "a word");
        CHECK_STR(spine_see(&o.spine.devices[i], o.clients[3], NOTE, "").text, "news");
        CHECK_INT(count_held(&o.spine.devices[i]), 0);
    }
    spine_same(&o.spine, "01");
    close_office(&o);
}

/* What happened before comes without what cannot be read, and comes to an end. */
static void a_damaged_entry_of_the_log_ends_no_history(void)
{
    struct office o;
    uint64_t position;
    open_office(&o);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[HURT], NOTE, "", "one"), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[HURT], NOTE, "", "a word"), KARTO_OK);
    CHECK_INT(karto_store_read(o.spine.hub.store, read_position, &position), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[HURT], NOTE, "", "three"), KARTO_OK);
    harm_log(&o, position, "a word");
    spine_sync_all(&o.spine);
    spine_fetch(&o.spine, 0, (struct karto_past_limits){730, 100}, 0, SPINE_PAGES_MAX, false);
    CHECK(spine_fetch(&o.spine, 0, (struct karto_past_limits){730, 100}, 0, 9, false) == 0);
    spine_is_whole(&o.spine.devices[0]);
    close_office(&o);
}

/* ---- a line on which one change is damaged ---- */

struct line {
    struct spine *spine;
    int device;
    struct karto_exchange *exchange;
    struct karto_arena arena;
    struct karto_buf frame, answer, other;
    const char *text; /* in a value of the change that is damaged */
    bool states;      /* those of states that have it too */
    int damaged;      /* how many have been */
};

/* The value of the change that has this text is no UTF-8 any more. */
static bool damage(struct line *line, const struct karto_change *change)
{
    for (uint32_t i = 0; i < change->count; i++)
        for (uint32_t j = 0; j < change->touches[i].count; j++) {
            struct karto_set *set = (struct karto_set *)(uintptr_t)&change->touches[i].sets[j];
            const uint8_t *at = find(set->value, line->text);
            if (!at)
                continue;
            struct karto_slice copy = karto_arena_copy(&line->arena, set->value);
            ((uint8_t *)(uintptr_t)copy.data)[at - set->value.data] = 0xff;
            set->value = copy;
            line->damaged++;
            return true;
        }
    return false;
}

static void damage_request(struct line *line)
{
    struct karto_request request;
    CHECK_INT(karto_request_decode(&line->arena, karto_buf_slice(&line->frame), &request), KARTO_OK);
    if (request.type != KARTO_PUSH && request.type != KARTO_GIVEBACK)
        return;
    bool push = request.type == KARTO_PUSH;
    const struct karto_change *changes = push ? request.of.push.changes : request.of.giveback.changes;
    for (uint32_t i = 0; i < (push ? request.of.push.count : request.of.giveback.count); i++)
        if (damage(line, &changes[i])) {
            karto_buf_clear(&line->frame);
            CHECK_INT(karto_request_encode(&request, &line->frame), KARTO_OK);
        }
}

/* The states that have the text are no records. */
static void damage_states(struct line *line, struct karto_answer *answer)
{
    for (uint32_t i = 0; i < answer->of.states.count; i++) {
        struct karto_state *state = (struct karto_state *)(uintptr_t)&answer->of.states.states[i];
        const uint8_t *at = find(state->state, line->text);
        if (!at)
            continue;
        struct karto_slice copy = karto_arena_copy(&line->arena, state->state);
        ((uint8_t *)(uintptr_t)copy.data)[at - state->state.data] = 0xff;
        state->state = copy;
        line->damaged++;
    }
    karto_buf_clear(&line->answer);
    CHECK_INT(karto_answer_encode(answer, &line->answer), KARTO_OK);
}

static void damage_answer(struct line *line)
{
    struct karto_answer answer;
    CHECK_INT(karto_answer_decode(&line->arena, karto_buf_slice(&line->answer), &answer), KARTO_OK);
    if (answer.type == KARTO_STATES && line->states && answer.error == KARTO_OK)
        damage_states(line, &answer);
    if (answer.type != KARTO_PULL || answer.error != KARTO_OK)
        return;
    for (uint32_t i = 0; i < answer.of.pull.count; i++)
        if (answer.of.pull.events[i].type == KARTO_EVENT_CHANGE && damage(line, &answer.of.pull.events[i].change)) {
            karto_buf_clear(&line->answer);
            CHECK_INT(karto_answer_encode(&answer, &line->answer), KARTO_OK);
        }
}

/* A synchronisation of device 0 on which the changes with this text are damaged; how it ended. Cut: the answer to the
 * first that is damaged does not come any more. */
static enum karto_err sync_on(struct spine *spine, const char *text, bool states, bool is_cut, int *damaged)
{
    struct line line = {.spine = spine, .text = text, .states = states};
    struct karto_exchange_options options = {.program = karto_slice_str("test")};
    enum karto_err err = KARTO_OK;
    bool done = false;
    karto_exchange_new(spine->devices[0].store, &options, &line.exchange);
    karto_arena_init(&line.arena);
    for (int i = 0; i < 50 && err == KARTO_OK; i++) {
        karto_buf_clear(&line.frame);
        karto_buf_clear(&line.answer);
        err = karto_exchange_next(line.exchange, &line.frame, &done);
        if (err != KARTO_OK || done)
            break;
        damage_request(&line);
        spine_ask(spine, 0, karto_buf_slice(&line.frame), &line.answer);
        if (is_cut && line.damaged)
            break;
        damage_answer(&line);
        err = karto_exchange_answer(line.exchange, karto_buf_slice(&line.answer));
    }
    CHECK(done || err != KARTO_OK || is_cut);
    spine->last = karto_exchange_stats(line.exchange);
    karto_exchange_free(line.exchange);
    karto_arena_fini(&line.arena);
    karto_buf_fini(&line.frame);
    karto_buf_fini(&line.answer);
    *damaged = line.damaged;
    return err;
}

static enum karto_err sync_damaged(struct spine *spine, const char *text, int *damaged)
{
    return sync_on(spine, text, false, false, damaged);
}

static void one_damaged_change_of_a_pull_is_repaired_by_its_state(void)
{
    struct office o;
    int damaged;
    open_office(&o);
    spine_sync_all(&o.spine);
    for (int i = 0; i < CLIENTS; i++)
        CHECK_INT(spine_set(&o.spine.hub, o.clients[i], NOTE, "", i == HURT ? "a word" : "news"), KARTO_OK);
    CHECK_INT(sync_damaged(&o.spine, "a word", &damaged), KARTO_OK);
    CHECK_INT(damaged, 1);
    CHECK_INT(o.spine.last.quarantined, 1);
    for (int i = 0; i < CLIENTS; i++)
        CHECK_STR(spine_see(&o.spine.devices[0], o.clients[i], NOTE, "").text, i == HURT ? "a word" : "news");
    struct held held = look(&o.spine.devices[0]);
    CHECK_INT(held.count, 1);
    CHECK_INT(held.entry.form, KARTO_QUARANTINE_CHANGE);
    CHECK(held.entry.dot.seq > 0 && karto_rid_equal(held.entry.record, o.clients[HURT]));
    CHECK_STR(held.detail, "text that is not UTF-8");
    CHECK(find(karto_buf_slice(&held.bytes), "\xff word"));
    karto_buf_fini(&held.bytes);
    spine_sync_all(&o.spine);
    spine_same(&o.spine, "01");
    CHECK_INT(spine_sync(&o.spine, 0), 1);
    CHECK_INT(count_held(&o.spine.devices[0]), 1);
    spine_is_whole(&o.spine.devices[0]);
    close_office(&o);
}

/* A change and then its record's state come damaged once, and whole the next time: the device has not given it up. */
static void what_comes_damaged_once_is_asked_for_again(void)
{
    struct office o;
    int damaged;
    open_office(&o);
    for (int i = 0; i < 2; i++)
        spine_sync_all(&o.spine);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[HURT], NOTE, "", "a word"), KARTO_OK);
    CHECK_INT(sync_on(&o.spine, "a word", true, false, &damaged), KARTO_OK);
    CHECK_INT(damaged, 2);
    CHECK_INT(count_held(&o.spine.devices[0]), 2);
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[HURT], NOTE, "").text, "");
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[HURT], KARTO_F_NAME, "").text, "firm 7");
    spine_sync(&o.spine, 0);
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[HURT], NOTE, "").text, "a word");
    spine_sync_all(&o.spine);
    spine_same(&o.spine, "01");
    close_office(&o);
}

/* More nodes than a change in a log may name, though no vector is too long: it cannot be kept as it is. */
struct seeing {
    struct karto_change change;
    bool gap;
    enum karto_err err;
    uint64_t before, after; /* the log's position */
};

static enum karto_err hear_change(struct karto_tx *tx, void *context)
{
    struct seeing *seeing = context;
    seeing->before = tx->ledger.position;
    seeing->err = karto_device_change(tx, &seeing->change, &seeing->gap);
    seeing->after = tx->ledger.position;
    return KARTO_OK;
}

static void a_change_of_too_many_nodes_is_not_kept(void)
{
    enum { NODES = 2100 };
    static struct karto_dot dots[2][NODES];
    struct office o;
    open_office(&o);
    spine_sync_all(&o.spine);
    for (unsigned i = 0; i < 2 * NODES; i++)
        dots[i / NODES][i % NODES] = (struct karto_dot){{1 + i}, 1};
    const struct karto_seen seen[] = {{1, {dots[0], NODES}}, {2, {dots[1], NODES}}};
    const struct karto_set set = {.value = karto_slice("\xa1x", 2)};
    const struct karto_touch touch = {.field = NOTE, .sets = &set, .count = 1};
    struct seeing seeing = {
        .change = {.stamp = {{{0x77}, 1}, karto_hlc_make(o.spine.clock.now_ms), karto_slice_str("petro")},
                   .kind = KARTO_CLIENT,
                   .record = o.clients[HURT],
                   .touches = &touch,
                   .count = 1,
                   .batch = 1,
                   .via = KARTO_VIA_CLI,
                   .seen = seen,
                   .seen_count = 2}};
    for (uint32_t count = 2; count > 0; count--) {
        seeing.change.seen_count = count;
        CHECK_INT(karto_store_write(o.spine.devices[0].store, hear_change, &seeing), KARTO_OK);
        CHECK_INT(seeing.err, count == 2 ? KARTO_E_INVALID : KARTO_OK);
        CHECK(!seeing.gap);
        CHECK_INT(seeing.after - seeing.before, count == 2 ? 0 : 1);
        spine_is_whole(&o.spine.devices[0]);
    }
    close_office(&o);
}

/* ---- hubs ---- */

static enum karto_err count_refused(struct karto_tx *tx, void *context)
{
    *(uint64_t *)context = tx->ledger.refused;
    return tx->ledger.pending == 0 ? KARTO_OK : KARTO_E_BUSY;
}

static void one_damaged_change_of_a_push_is_refused_and_the_others_go_on(void)
{
    struct office o;
    uint64_t refused;
    int damaged;
    open_office(&o);
    spine_sync_all(&o.spine);
    for (int i = 0; i < CLIENTS; i++)
        CHECK_INT(spine_set(&o.spine.devices[0], o.clients[i], NOTE, "", i == HURT ? "a word" : "mine"), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.devices[0], o.clients[HURT], NOTE, "", "better"), KARTO_OK);
    CHECK_INT(sync_damaged(&o.spine, "a word", &damaged), KARTO_OK);
    CHECK_INT(damaged, 1);
    CHECK_INT(o.spine.last.refused, 1);
    CHECK_INT(karto_store_read(o.spine.devices[0].store, count_refused, &refused), KARTO_OK);
    CHECK_INT(refused, 1);
    for (int i = 0; i < CLIENTS; i++) /* what builds on the refused one has come too */
        CHECK_STR(spine_see(&o.spine.hub, o.clients[i], NOTE, "").text, i == HURT ? "better" : "mine");
    struct held held = look(&o.spine.hub);
    CHECK_INT(held.count, 1);
    CHECK_INT(held.entry.form, KARTO_QUARANTINE_CHANGE);
    CHECK(karto_rid_equal(held.entry.device, o.spine.devices[0].device));
    CHECK(karto_rid_equal(held.entry.record, o.clients[HURT]));
    CHECK_STR(held.author, "oksana");
    CHECK_STR(held.error, "E-UNREADABLE");
    CHECK(held.entry.position > 0);
    CHECK(find(karto_buf_slice(&held.bytes), "\xff word"));
    karto_buf_fini(&held.bytes);
    CHECK_INT(count_held(&o.spine.devices[0]), 0);
    CHECK(spine_logs(&o.spine.devices[0], "a word")); /* its author has it still */
    spine_is_whole(&o.spine.hub);
    spine_sync_all(&o.spine);
    spine_same(&o.spine, "01");
    CHECK_INT(count_held(&o.spine.hub), 1);
    close_office(&o);
}

static void a_change_of_a_record_that_the_hub_cannot_read_holds_up_no_other(void)
{
    struct office o;
    open_office(&o);
    spine_sync_all(&o.spine);
    harm_text(&o);
    CHECK_INT(spine_set(&o.spine.devices[0], o.clients[HURT], NOTE, "", "lost"), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.devices[0], o.clients[3], NOTE, "", "mine"), KARTO_OK);
    spine_sync(&o.spine, 0);
    CHECK_INT(o.spine.last.refused, 1);
    CHECK_STR(spine_see(&o.spine.hub, o.clients[3], NOTE, "").text, "mine");
    struct held held = look(&o.spine.hub);
    CHECK_INT(held.count, 1);
    CHECK_STR(held.detail, "the record here cannot be read");
    CHECK(find(karto_buf_slice(&held.bytes), "lost"));
    karto_buf_fini(&held.bytes);
    mend(&o);
    spine_is_whole(&o.spine.hub);
    spine_sync_all(&o.spine);
    spine_same(&o.spine, "01");
    close_office(&o);
}

static enum karto_err make_due(struct karto_tx *tx, void *context)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&key, karto_date_key(&tx->arena, tx->ledger.day + 1));
    karto_buf_add_slice(&key, karto_rid_slice(context));
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_DUE, karto_buf_slice(&key), karto_slice(NULL, 0));
    karto_buf_fini(&key);
    return err;
}

static enum karto_err do_midnight(struct karto_tx *tx, void *context)
{
    uint64_t left;
    (void)context;
    enum karto_err err = karto_hub_midnight(tx);
    CHECK_INT(karto_kv_count(tx->kv, KARTO_DB_DUE, &left), KARTO_OK);
    CHECK_INT(left, 0);
    return err;
}

/* Each batch of requests begins with it: it must not fail for one record. */
static void a_damaged_record_holds_up_no_midnight(void)
{
    struct office o;
    open_office(&o);
    CHECK_INT(karto_store_write(o.spine.hub.store, do_midnight, NULL), KARTO_OK);
    CHECK_INT(karto_store_write(o.spine.hub.store, make_due, &o.clients[HURT]), KARTO_OK);
    harm_text(&o);
    o.spine.clock.now_ms += 3LL * 24 * 60 * 60 * 1000;
    CHECK_INT(karto_store_write(o.spine.hub.store, do_midnight, NULL), KARTO_OK);
    spine_sync(&o.spine, 0);
    CHECK_INT(clients_at(&o, 0), CLIENTS - 1);
    close_office(&o);
}

/* ---- whatever is wrong with it ---- */

struct raw {
    struct spine *spine;
    int device;
    const char *flaw;
    struct karto_change change;
    struct karto_judgement judgement;
    struct karto_dot last;
};

static enum karto_err push_raw(struct karto_tx *tx, void *context)
{
    struct raw *raw = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, raw->spine->devices[raw->device].device, &device);
    if (err != KARTO_OK)
        return err;
    raw->change.stamp.author = device.user;
    return karto_hub_push_flawed(tx, &device, &raw->change, false, raw->flaw, &raw->judgement);
}

/* An unknown kind, a reason that is no text, fields out of order or none, no value, no known record: the hub's log can
 * be read with each of them in it, and given to others. */
static void the_log_stays_readable(void)
{
    struct office o;
    open_office(&o);
    spine_sync_all(&o.spine);
    struct raw raw = {.spine = &o.spine, .flaw = "wrong"};
    raw.last = spine_last(&o.spine.devices[0]);
    struct karto_set set = {.value = karto_slice("\xa1\xff", 2)};
    struct karto_touch twice[] = {{.field = NOTE, .sets = &set, .count = 1}, {.field = NOTE, .sets = &set, .count = 1}};
    struct karto_touch odd[] = {{.field = 0, .sets = &set, .count = 1}, {.field = 70000, .sets = &set, .count = 1}};
    const struct karto_change good = {.kind = KARTO_CLIENT,
                                      .record = o.clients[HURT],
                                      .touches = twice,
                                      .count = 1,
                                      .batch = 1,
                                      .via = KARTO_VIA_CLI};
    struct karto_change wrong[] = {good, good, good, good, good, good, good};
    enum { WRONG = sizeof wrong / sizeof *wrong };
    wrong[1].kind = 0;
    wrong[2].kind = 4000;
    wrong[3].reason = karto_slice("\xff", 1);
    wrong[4].count = 2;
    wrong[5].touches = odd;
    wrong[5].count = 2;
    wrong[6].count = 0;
    wrong[6].record = (struct karto_rid){{0}};
    for (unsigned i = 0; i < WRONG; i++) {
        raw.change = wrong[i];
        raw.change.stamp.dot = (struct karto_dot){raw.last.node, raw.last.seq + 1 + i};
        raw.change.stamp.hlc = karto_hlc_make(o.spine.clock.now_ms);
        CHECK_INT(karto_store_write(o.spine.hub.store, push_raw, &raw), KARTO_OK);
        CHECK_INT(raw.judgement.verdict, KARTO_V_REFUSED);
        CHECK(raw.judgement.receipt != 0);
        spine_is_whole(&o.spine.hub);
        CHECK_INT(count_held(&o.spine.hub), i + 1);
    }
    raw.change.stamp.dot.node = (struct karto_node){0x1234}; /* another's */
    CHECK_INT(karto_store_write(o.spine.hub.store, push_raw, &raw), KARTO_E_PROTOCOL);
    raw.change.stamp.dot = (struct karto_dot){raw.last.node, raw.last.seq + WRONG + 2}; /* out of turn */
    CHECK_INT(karto_store_write(o.spine.hub.store, push_raw, &raw), KARTO_E_PROTOCOL);
    CHECK_INT(count_held(&o.spine.hub), WRONG);
    spine_sync_all(&o.spine);
    spine_same(&o.spine, "01");
    close_office(&o);
}

/* Somebody else's record is not there for a device, damaged or not. */
static void a_damaged_record_of_others_is_not_told_of(void)
{
    static const char *const south[] = {"02", NULL};
    struct office o;
    open_office(&o);
    struct raw raw = {.spine = &o.spine, .device = spine_device(&o.spine, "boris", south)};
    spine_sync_all(&o.spine);
    harm_text(&o);
    raw.last = spine_last(&o.spine.devices[raw.device]);
    const struct karto_set set = {.value = karto_slice("\xa1x", 2)};
    const struct karto_touch touch = {.field = NOTE, .sets = &set, .count = 1};
    raw.change = (struct karto_change){.kind = KARTO_CLIENT,
                                       .record = o.clients[HURT],
                                       .touches = &touch,
                                       .count = 1,
                                       .batch = 1,
                                       .via = KARTO_VIA_CLI,
                                       .stamp.dot = {raw.last.node, raw.last.seq + 1},
                                       .stamp.hlc = karto_hlc_make(o.spine.clock.now_ms)};
    CHECK_INT(karto_store_write(o.spine.hub.store, push_raw, &raw), KARTO_OK);
    CHECK_INT(raw.judgement.verdict, KARTO_V_REFUSED);
    CHECK_INT(raw.judgement.reason, KARTO_E_NOT_FOUND);
    CHECK(!raw.judgement.inside);
    CHECK_INT(count_held(&o.spine.hub), 0);
    close_office(&o);
}

/* ---- no room without end ---- */

/* Pushes of nothing but damaged changes: a hundred are kept; the next one is not taken until there is room again. */
static enum karto_err remove_first(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_quarantine_remove(tx, 1);
}

static void a_device_cannot_fill_the_hub(void)
{
    struct office o;
    int damaged;
    open_office(&o);
    spine_sync_all(&o.spine);
    for (int i = 0; i <= KARTO_QUARANTINE_OF_DEVICE_MAX; i++) {
        CHECK_INT(spine_set(&o.spine.devices[0], o.clients[i % CLIENTS], NOTE, "", "a word"), KARTO_OK);
        enum karto_err err = sync_damaged(&o.spine, "a word", &damaged);
        CHECK_INT(err, i < KARTO_QUARANTINE_OF_DEVICE_MAX ? KARTO_OK : KARTO_E_QUARANTINE);
        CHECK(damaged > 0);
    }
    CHECK_INT(count_held(&o.spine.hub), KARTO_QUARANTINE_OF_DEVICE_MAX);
    CHECK_INT(spine_set(&o.spine.devices[1], o.clients[1], NOTE, "", "petro's"), KARTO_OK);
    spine_sync(&o.spine, 1); /* nobody else is held up */
    CHECK_INT(o.spine.last.pushed, 1);
    CHECK_INT(karto_store_write(o.spine.hub.store, remove_first, NULL), KARTO_OK);
    CHECK_INT(sync_damaged(&o.spine, "a word", &damaged), KARTO_OK);
    CHECK_INT(count_held(&o.spine.hub), KARTO_QUARANTINE_OF_DEVICE_MAX);
    spine_is_whole(&o.spine.hub);
    close_office(&o);
}

static enum karto_err fill_up(struct karto_tx *tx, void *context)
{
    bool added;
    enum karto_err err = KARTO_OK;
    (void)context;
    for (unsigned i = 0; i < KARTO_QUARANTINE_OF_HUB_MAX && err == KARTO_OK; i++) {
        const struct karto_quarantined entry = {.form = KARTO_QUARANTINE_STATE,
                                                .position = i,
                                                .error = karto_slice_str("E-UNREADABLE"),
                                                .bytes = karto_slice(&i, sizeof i)};
        err = karto_quarantine_put(tx, &entry, &added);
    }
    return err;
}

static enum karto_err read_cursor(struct karto_tx *tx, void *context)
{
    *(uint64_t *)context = tx->ledger.cursor;
    return KARTO_OK;
}

/* A device that has no room for more stops, and loses nothing: not the damaged entry, and nothing that comes with it.
 */
static void a_hub_cannot_fill_a_device(void)
{
    struct office o;
    uint64_t before, after;
    int damaged;
    open_office(&o);
    spine_sync_all(&o.spine);
    spine_sync_all(&o.spine);
    CHECK_INT(karto_store_write(o.spine.devices[0].store, fill_up, NULL), KARTO_OK);
    CHECK_INT(karto_store_read(o.spine.devices[0].store, read_cursor, &before), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[3], NOTE, "", "news"), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.hub, o.clients[HURT], NOTE, "", "a word"), KARTO_OK);
    CHECK_INT(sync_damaged(&o.spine, "a word", &damaged), KARTO_E_QUARANTINE);
    CHECK_INT(karto_store_read(o.spine.devices[0].store, read_cursor, &after), KARTO_OK);
    CHECK_INT(after, before);
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[3], NOTE, "").text, "");
    CHECK_INT(karto_store_write(o.spine.devices[0].store, remove_first, NULL), KARTO_OK);
    CHECK_INT(sync_damaged(&o.spine, "a word", &damaged), KARTO_OK);
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[3], NOTE, "").text, "news");
    CHECK_STR(spine_see(&o.spine.devices[0], o.clients[HURT], NOTE, "").text, "a word");
    CHECK_INT(count_held(&o.spine.devices[0]), KARTO_QUARANTINE_OF_HUB_MAX);
    spine_is_whole(&o.spine.devices[0]);
    close_office(&o);
}

/* A hub that was put back has lost what it refused: it is given back, is no more readable than before, and stops
 * nobody. */
static enum karto_err put_hub_back(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_restored(tx, &(struct karto_hub_journal){.epoch_count = 0});
}

static enum karto_err end_recovery(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_recovered(tx);
}

static void what_was_refused_is_given_back(void)
{
    struct office o;
    int damaged;
    open_office(&o);
    spine_sync_all(&o.spine);
    spine_keep(&o.spine, &o.spine.hub, "backup");
    CHECK_INT(spine_set(&o.spine.devices[0], o.clients[HURT], NOTE, "", "a word"), KARTO_OK);
    CHECK_INT(spine_set(&o.spine.devices[0], o.clients[3], NOTE, "", "mine"), KARTO_OK);
    CHECK_INT(sync_damaged(&o.spine, "a word", &damaged), KARTO_OK);
    CHECK_INT(damaged, 1);
    spine_put_back(&o.spine, &o.spine.hub, "backup");
    CHECK_INT(karto_store_write(o.spine.hub.store, put_hub_back, NULL), KARTO_OK);
    CHECK_INT(count_held(&o.spine.hub), 0);
    (void)sync_damaged(&o.spine, "a word", &damaged);
    CHECK_INT(damaged, 1);
    CHECK_INT(count_held(&o.spine.hub), 1);
    CHECK_STR(spine_see(&o.spine.hub, o.clients[3], NOTE, "").text, "mine");
    CHECK_STR(spine_see(&o.spine.hub, o.clients[HURT], NOTE, "").text, "");
    CHECK_INT(karto_store_write(o.spine.hub.store, end_recovery, NULL), KARTO_OK);
    for (int i = 0; i < 2; i++)
        spine_sync_all(&o.spine);
    spine_same(&o.spine, "01");
    spine_is_whole(&o.spine.hub);
    close_office(&o);
}

/* A damaged change has its name for ever: sent again it is the same, kept once; a good one under it is another, and
 * comes under a new name. */
static void a_damaged_change_is_not_another_one_later(void)
{
    struct office o;
    int damaged;
    open_office(&o);
    spine_sync_all(&o.spine);
    CHECK_INT(spine_set(&o.spine.devices[0], o.clients[3], NOTE, "", "a word"), KARTO_OK);
    for (int i = 0; i < 2; i++) {
        CHECK_INT(sync_on(&o.spine, "a word", false, true, &damaged), KARTO_OK);
        CHECK_INT(damaged, 1);
        CHECK_INT(count_held(&o.spine.hub), 1);
    }
    CHECK_STR(spine_see(&o.spine.hub, o.clients[3], NOTE, "").text, "");
    spine_sync(&o.spine, 0);
    CHECK_INT(o.spine.last.rotations, 1);
    CHECK_STR(spine_see(&o.spine.hub, o.clients[3], NOTE, "").text, "a word");
    spine_sync_all(&o.spine);
    spine_same(&o.spine, "01");
    CHECK_INT(count_held(&o.spine.hub), 1);
    spine_is_whole(&o.spine.hub);
    close_office(&o);
}

/* ---- any bit ---- */

static uint64_t dice; /* seeded */

static uint32_t below(uint32_t n)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice >> 33) % n;
}

/* One bit of the body is another, as if there had been no sums under it; but not in the hub's position, with which it
 * begins: that is believed. */
static void turn_bit(struct karto_arena *arena, struct karto_buf *frame)
{
    struct karto_frame f;
    CHECK_INT(karto_frame_decode(arena, karto_buf_slice(frame), &f), KARTO_OK);
    enum { POSITION = 9 }; /* bytes at most */
    if (f.body.size <= POSITION)
        return;
    f.body = karto_arena_copy(arena, f.body);
    uint32_t place = POSITION + below((uint32_t)f.body.size - POSITION);
    ((uint8_t *)(uintptr_t)f.body.data)[place] ^= (uint8_t)(1u << below(8));
    karto_buf_clear(frame);
    CHECK_INT(karto_frame_encode(&f, frame), KARTO_OK);
}

/* A synchronisation of device 0 on which one bit is turned in this frame, counted from hello's, of the requests or of
 * the answers. How it ends is open. */
static void sync_turned(struct spine *spine, int turned, bool answers)
{
    struct karto_exchange_options options = {.program = karto_slice_str("test")};
    struct karto_exchange *exchange;
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    struct karto_arena arena;
    bool done = false;
    karto_arena_init(&arena);
    karto_exchange_new(spine->devices[0].store, &options, &exchange);
    for (int i = 0; i < 50; i++) {
        karto_buf_clear(&frame);
        if (karto_exchange_next(exchange, &frame, &done) != KARTO_OK || done)
            break;
        if (i == turned && !answers)
            turn_bit(&arena, &frame);
        spine_ask(spine, 0, karto_buf_slice(&frame), &answer);
        if (i == turned && answers)
            turn_bit(&arena, &answer);
        if (karto_exchange_answer(exchange, karto_buf_slice(&answer)) != KARTO_OK)
            break;
    }
    karto_exchange_free(exchange);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    karto_arena_fini(&arena);
}

/* Whatever bit of an answer is another, the device's store is sound, and has what the hub has once answers come whole
 * again. */
static void any_bit_of_an_answer_is_repaired(void)
{
    enum { TURNS = 150 };
    struct office o;
    char text[100];
    open_office(&o);
    dice = 20261127;
    for (int i = 0; i < 2; i++)
        spine_sync_all(&o.spine);
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < 4; i++) {
            snprintf(text, sizeof text, "новини %d.%d: просить подзвонити", turn, i);
            CHECK_INT(spine_set(&o.spine.hub, o.clients[below(CLIENTS)], NOTE, "", text), KARTO_OK);
        }
        sync_turned(&o.spine, 1 + (below(4) == 0), true); /* the pull, and what states it makes it ask for */
        spine_is_whole(&o.spine.devices[0]);
        for (int i = 0; i < 4; i++)
            CHECK_INT(spine_try_sync(&o.spine, 0), KARTO_OK);
        if (turn % 10 == 0) {
            spine_sync(&o.spine, 1);
            spine_same(&o.spine, "01");
        }
    }
    uint64_t held = count_held(&o.spine.devices[0]);
    CHECK(held > 3 && held < KARTO_QUARANTINE_OF_HUB_MAX);
    close_office(&o);
}

/* The same of a push: the hub's store is sound, and the device goes on. */
static void any_bit_of_a_push_stops_nobody(void)
{
    enum { TURNS = 150 };
    struct office o;
    char text[100];
    open_office(&o);
    dice = 20261128;
    for (int i = 0; i < 2; i++)
        spine_sync_all(&o.spine);
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < 4; i++) {
            snprintf(text, sizeof text, "новини %d.%d: просить подзвонити", turn, i);
            (void)spine_set(&o.spine.devices[0], o.clients[below(CLIENTS)], NOTE, "", text); /* it may have left */
        }
        sync_turned(&o.spine, 1, false);
        spine_is_whole(&o.spine.hub);
        for (int i = 0; i < 4; i++)
            CHECK_INT(spine_try_sync(&o.spine, 0), KARTO_OK);
        if (turn % 10 == 0) {
            spine_sync(&o.spine, 1);
            spine_same(&o.spine, "01");
        }
    }
    uint64_t held = count_held(&o.spine.hub);
    CHECK(held > 3 && held < KARTO_QUARANTINE_OF_DEVICE_MAX);
    close_office(&o);
}

int main(void)
{
    one_damaged_record_of_twenty_stops_no_first_copy();
    a_good_copy_outlives_a_damaged_one();
    a_good_copy_outlives_a_comparison();
    a_record_that_cannot_even_be_taken_apart_is_told_of();
    an_entry_of_the_log_that_is_damaged_comes_as_a_state();
    a_damaged_entry_of_the_log_ends_no_history();
    one_damaged_change_of_a_pull_is_repaired_by_its_state();
    what_comes_damaged_once_is_asked_for_again();
    a_change_of_too_many_nodes_is_not_kept();
    one_damaged_change_of_a_push_is_refused_and_the_others_go_on();
    a_change_of_a_record_that_the_hub_cannot_read_holds_up_no_other();
    a_damaged_record_holds_up_no_midnight();
    the_log_stays_readable();
    a_damaged_record_of_others_is_not_told_of();
    a_device_cannot_fill_the_hub();
    a_hub_cannot_fill_a_device();
    what_was_refused_is_given_back();
    a_damaged_change_is_not_another_one_later();
    any_bit_of_an_answer_is_repaired();
    any_bit_of_a_push_stops_nobody();
    return 0;
}
