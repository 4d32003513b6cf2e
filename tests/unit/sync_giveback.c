/* What a device gives to a hub that says that it was put back: every judged change behind the mark, in order, the
 * hashes of all that is confirmed and the states that the hub wants; cut anywhere, it begins again; what must come
 * again under another dot is pending again. The hub here is a real one, behind a stand-in that speaks for its recovery.
 */
#include "core/store/device.h"
#include "proto/messages.h"
#include "syncd/session.h"
#include "tests/spine.h"

enum { SITE = 29, CITY = 42 };

struct stand_in {
    struct spine *spine;
    struct karto_arena arena;
    bool wanted, recovering;
    uint64_t mark;              /* of every node */
    enum karto_verdict verdict; /* of what is given back */
    unsigned pushed, gave, states, hashes, done;
    uint64_t last_seq;
    unsigned cut_at, requests; /* the answer to this request is lost; 0: none */
};

static void answer_hello(struct stand_in *hub, struct karto_answer *answer)
{
    struct karto_hello_answer *hello = &answer->of.hello;
    struct karto_hello_known *known = (struct karto_hello_known *)(uintptr_t)hello->known;
    hello->wanted = hub->wanted;
    hello->recovering = hub->recovering;
    for (uint32_t i = 0; i < hello->known_count; i++)
        known[i].mark = hub->mark;
}

static void answer_giveback(struct stand_in *hub, const struct karto_giveback *giveback, struct karto_answer *answer)
{
    struct karto_push_result *results = karto_arena_array(&hub->arena, giveback->count, sizeof *results);
    for (uint32_t i = 0; i < giveback->count; i++) {
        CHECK(giveback->changes[i].stamp.dot.seq > hub->mark);
        CHECK(hub->cut_at || giveback->changes[i].stamp.dot.seq > hub->last_seq);
        hub->last_seq = giveback->changes[i].stamp.dot.seq;
        results[i] = (struct karto_push_result){.verdict = hub->verdict, .receipt = 0xabcdef};
        hub->gave++;
    }
    answer->of.giveback = (struct karto_push_answer){results, giveback->count};
}

static void answer_heal(struct stand_in *hub, const struct karto_heal *heal, struct karto_answer *answer)
{
    struct karto_heal_answer *out = &answer->of.heal;
    struct karto_rid *wanted = karto_arena_array(&hub->arena, heal->count, sizeof *wanted);
    enum karto_heal_outcome *outcomes = karto_arena_array(&hub->arena, heal->count, sizeof *outcomes);
    *out = (struct karto_heal_answer){heal->form, wanted, outcomes, heal->count};
    for (uint32_t i = 0; i < heal->count; i++) {
        if (heal->form == KARTO_HEAL_HASHES)
            wanted[i] = heal->entries[i].record;
        outcomes[i] = KARTO_HEAL_TAKEN;
    }
    hub->hashes += heal->form == KARTO_HEAL_HASHES ? heal->count : 0;
    hub->states += heal->form == KARTO_HEAL_STATES ? heal->count : 0;
    hub->done += heal->form == KARTO_HEAL_DONE;
    if (heal->form == KARTO_HEAL_DONE)
        hub->wanted = false;
}

static void ask(struct stand_in *hub, struct karto_slice frame, struct karto_buf *out)
{
    struct karto_request request;
    struct karto_answer answer;
    struct karto_buf real = KARTO_BUF_EMPTY;
    CHECK_INT(karto_request_decode(&hub->arena, frame, &request), KARTO_OK);
    hub->pushed += request.type == KARTO_PUSH ? request.of.push.count : 0;
    bool ours = request.type == KARTO_GIVEBACK || request.type == KARTO_HEAL;
    answer = (struct karto_answer){.type = request.type, .version = request.version, .token = request.token};
    if (!ours) {
        spine_ask(hub->spine, 0, frame, &real);
        CHECK_INT(karto_answer_decode(&hub->arena, karto_buf_slice(&real), &answer), KARTO_OK);
    }
    if (request.type == KARTO_HELLO)
        answer_hello(hub, &answer);
    else if (request.type == KARTO_GIVEBACK)
        answer_giveback(hub, &request.of.giveback, &answer);
    else if (request.type == KARTO_HEAL)
        answer_heal(hub, &request.of.heal, &answer);
    karto_buf_clear(out);
    CHECK_INT(karto_answer_encode(&answer, out), KARTO_OK);
    karto_buf_fini(&real);
}

/* One exchange of device 0 with small pages, until it ends or its answer is lost. */
static enum karto_err exchange(struct stand_in *hub)
{
    struct karto_exchange *x;
    struct karto_exchange_options options = {.push_most = 2, .page_size = 300, .digests_most = 2};
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    enum karto_err err = KARTO_OK;
    bool done = false;
    karto_exchange_new(hub->spine->devices[0].store, &options, &x);
    for (int i = 0; i < 200 && !done && err == KARTO_OK; i++) {
        karto_buf_clear(&frame);
        err = karto_exchange_next(x, &frame, &done);
        if (err != KARTO_OK || done)
            break;
        ask(hub, karto_buf_slice(&frame), &answer);
        err = ++hub->requests == hub->cut_at ? KARTO_E_TIMEOUT : karto_exchange_answer(x, karto_buf_slice(&answer));
    }
    CHECK(done || err != KARTO_OK);
    karto_exchange_free(x);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return err;
}

enum { EDITS = 5 };

/* A laptop that has sent five changes of one client, and has three clients in all. */
static struct karto_rid begin(struct spine *s, struct stand_in *hub)
{
    spine_open_pair(s);
    struct karto_rid id = spine_client(&s->hub, "Нова Пошта", "01");
    spine_client(&s->hub, "Рошен", "01");
    spine_client(&s->hub, "Оболонь", "01");
    spine_sync(s, 0);
    for (int i = 0; i < EDITS; i++) {
        char site[] = "0.ua";
        site[0] = (char)('0' + i);
        CHECK_INT(spine_set(&s->devices[0], id, SITE, "", site), KARTO_OK);
    }
    spine_sync(s, 0);
    *hub = (struct stand_in){.spine = s, .wanted = true, .verdict = KARTO_V_CONTAINED};
    karto_arena_init(&hub->arena);
    return id;
}

static void end(struct spine *s, struct stand_in *hub)
{
    spine_sync_all(s);
    spine_same(s, "01");
    karto_arena_fini(&hub->arena);
    spine_close(s);
}

static void gives_everything_behind_the_mark(void)
{
    for (uint64_t mark = 0; mark <= EDITS; mark++) {
        struct spine s;
        struct stand_in hub;
        begin(&s, &hub);
        hub.mark = mark;
        CHECK_INT(exchange(&hub), KARTO_OK);
        CHECK_INT(hub.gave, EDITS - mark);
        CHECK(hub.hashes >= 3 && hub.states == hub.hashes);
        CHECK_INT(hub.done, 1);
        end(&s, &hub);
    }
}

/* Whichever answer is lost, the next attempt gives everything. */
static void begins_again_where_it_was_cut(void)
{
    for (unsigned cut = 1; cut <= 10; cut++) {
        struct spine s;
        struct stand_in hub;
        begin(&s, &hub);
        hub.cut_at = cut;
        CHECK_INT(exchange(&hub), KARTO_E_TIMEOUT);
        CHECK_INT(exchange(&hub), KARTO_OK);
        CHECK(hub.gave >= EDITS && hub.states >= 3 && hub.done >= 1);
        end(&s, &hub);
    }
}

/* A hub that is being recovered takes, and gives nothing: pending changes stay. */
static void waits_for_the_end_of_a_recovery(void)
{
    struct spine s;
    struct stand_in hub;
    struct karto_rid id = begin(&s, &hub);
    hub.recovering = true;
    CHECK_INT(spine_set(&s.devices[0], id, CITY, "", "Львів"), KARTO_OK);
    CHECK_INT(exchange(&hub), KARTO_E_RECOVERING);
    CHECK_INT(hub.gave, EDITS);
    CHECK_STR(spine_see(&s.hub, id, CITY, "").text, "");
    CHECK_INT(exchange(&hub), KARTO_E_RECOVERING);
    CHECK_INT(hub.gave, EDITS);
    hub.recovering = false;
    CHECK_INT(exchange(&hub), KARTO_OK);
    CHECK_STR(spine_see(&s.hub, id, CITY, "").text, "Львів");
    end(&s, &hub);
}

/* What has to come again under another dot does, and once: nothing is lost, and the last value stands. */
static void comes_again_under_another_dot(enum karto_verdict verdict)
{
    struct spine s;
    struct stand_in hub;
    struct karto_rid id = begin(&s, &hub);
    hub.mark = EDITS - 1;
    hub.verdict = verdict;
    CHECK_INT(exchange(&hub), KARTO_OK);
    CHECK_INT(hub.gave, 1);
    CHECK_INT(hub.pushed, verdict == KARTO_V_CONTAINED ? 0 : 1);
    CHECK_STR(spine_see(&s.hub, id, SITE, "").text, "4.ua");
    CHECK_STR(spine_see(&s.devices[0], id, SITE, "").text, "4.ua");
    end(&s, &hub);
}

/* Also where its record has left the scope since, and nothing of it is here but the log. */
static void comes_again_though_it_has_left(void)
{
    struct spine s;
    struct stand_in hub;
    struct karto_rid id = begin(&s, &hub);
    CHECK_INT(spine_territory(&s.hub, id, "02"), KARTO_OK);
    spine_sync(&s, 0);
    CHECK(!spine_see(&s.devices[0], id, SITE, "").exists);
    hub.mark = EDITS - 2;
    hub.verdict = KARTO_V_REISSUE;
    CHECK_INT(exchange(&hub), KARTO_OK);
    CHECK_INT(hub.pushed, 2);
    CHECK_STR(spine_see(&s.hub, id, SITE, "").text, "4.ua");
    end(&s, &hub);
}

/* ---- two hubs ---- */

static enum karto_err do_hear(struct karto_tx *tx, void *context)
{
    return karto_device_hear(tx, *(struct karto_epoch *)context);
}

static enum karto_err do_epoch(struct karto_tx *tx, void *context)
{
    *(struct karto_epoch *)context = tx->ledger.epoch;
    return KARTO_OK;
}

/* Once it has heard of a hub that took the place of its own, it talks to its own no more, though it has compared
 * nothing with the new one yet. */
static void the_old_hub_is_not_heard(void)
{
    struct spine s;
    struct stand_in hub;
    struct karto_epoch old, new;
    begin(&s, &hub);
    struct karto_store *store = s.devices[0].store;
    CHECK_INT(karto_store_read(store, do_epoch, &old), KARTO_OK);
    new = (struct karto_epoch){old.ms + 1, old.node};
    CHECK_INT(karto_store_write(store, do_hear, &old), KARTO_OK);
    CHECK_INT(karto_store_write(store, do_hear, &new), KARTO_OK);
    CHECK_INT(karto_store_write(store, do_hear, &old), KARTO_E_OLD_HUB);
    CHECK_INT(karto_store_write(store, do_hear, &new), KARTO_OK);
    karto_arena_fini(&hub.arena);
    spine_close(&s);
}

/* ---- the machine alone ---- */

static void steps(void)
{
    struct karto_session session;
    karto_session_begin(&session);
    karto_session_news(&session, &(struct karto_news){.give = true, .pending = true});
    CHECK_INT(session.step, KARTO_STEP_GIVEBACK);
    karto_session_news(&session, &(struct karto_news){.more = true});
    CHECK_INT(session.step, KARTO_STEP_GIVEBACK);
    karto_session_news(&session, &(struct karto_news){.renamed = true});
    CHECK_INT(session.step, KARTO_STEP_HELLO);
    karto_session_news(&session, &(struct karto_news){.give = true});
    karto_session_news(&session, &(struct karto_news){.more = false});
    CHECK_INT(session.step, KARTO_STEP_HEAL_HASHES);
    karto_session_news(&session, &(struct karto_news){.wanted = true, .more = true});
    CHECK_INT(session.step, KARTO_STEP_HEAL_STATES);
    karto_session_news(&session, &(struct karto_news){.more = true});
    CHECK_INT(session.step, KARTO_STEP_HEAL_HASHES);
    karto_session_news(&session, &(struct karto_news){.more = false});
    CHECK_INT(session.step, KARTO_STEP_HEAL_DONE);
    karto_session_news(&session, &(struct karto_news){.more = false});
    CHECK_INT(session.step, KARTO_STEP_HELLO);
    for (int again = 0; again < 8; again++) { /* put back between the two, and not for ever */
        session.step = KARTO_STEP_HELLO;
        session.gave = true;
        karto_session_news(&session, &(struct karto_news){.give = true, .another = true});
        CHECK_INT(session.step, KARTO_STEP_GIVEBACK);
    }
    session.step = KARTO_STEP_HELLO;
    session.gave = true;
    karto_session_news(&session, &(struct karto_news){.give = true, .another = true});
    CHECK(session.step == KARTO_STEP_FAILED && session.error == KARTO_E_PROTOCOL);
    karto_session_begin(&session);
    session.gave = true;
    karto_session_news(&session, &(struct karto_news){.give = true});
    CHECK(session.step == KARTO_STEP_FAILED && session.error == KARTO_E_PROTOCOL);
    karto_session_begin(&session);
    session.step = KARTO_STEP_STATES; /* a state told it that it was put back: the hub has to hear of the new node */
    karto_session_news(&session, &(struct karto_news){.renamed = true});
    CHECK_INT(session.step, KARTO_STEP_HELLO);
    CHECK_INT(session.restarts, 1);
    karto_session_begin(&session);
    karto_session_news(&session, &(struct karto_news){.recovering = true, .even = true});
    CHECK(session.step == KARTO_STEP_FAILED && session.error == KARTO_E_RECOVERING);
    karto_session_begin(&session);
    karto_session_news(&session, &(struct karto_news){.give = true});
    karto_session_news(&session, &(struct karto_news){.more = true, .recovering = true});
    CHECK_INT(session.step, KARTO_STEP_HEAL_HASHES);
    karto_session_news(&session, &(struct karto_news){.wanted = true});
    CHECK_INT(session.step, KARTO_STEP_HEAL_STATES);
    karto_session_news(&session, &(struct karto_news){.wanted = false});
    CHECK(session.step == KARTO_STEP_FAILED && session.error == KARTO_E_RECOVERING);
}

int main(void)
{
    steps();
    gives_everything_behind_the_mark();
    begins_again_where_it_was_cut();
    waits_for_the_end_of_a_recovery();
    comes_again_under_another_dot(KARTO_V_CONTAINED);
    comes_again_under_another_dot(KARTO_V_REISSUE);
    comes_again_under_another_dot(KARTO_V_FORK);
    comes_again_though_it_has_left();
    the_old_hub_is_not_heard();
    return 0;
}
