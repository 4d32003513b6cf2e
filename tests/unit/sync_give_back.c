/* That a hub which was put back to an older copy takes back what a device gives it: as it was judged, where a receipt
 * proves that, and else as it would be judged now; nothing forged, nothing twice, and check is clean after all of it.
 */
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/store/hub_held.h"
#include "proto/messages.h"
#include "tests/spine.h"

enum { SITE = 29, CREDIT = 30, NOTE = 31, CHANGES = 3, MS = 1790000000 };

/* The changes of one device: a client, a note on it, and a limit of credit, which a representative must not set. */
struct work {
    struct spine s;
    struct karto_arena arena;
    struct karto_change changes[CHANGES];
    struct karto_given given[CHANGES];
    struct karto_change site; /* petro's, on the same client */
    struct karto_given site_given;
    struct temp_dir backup;
    struct karto_token token;
};

static struct karto_answer ask(struct work *w, int device, struct karto_request *request)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    struct karto_answer out;
    request->version = 2;
    request->token = w->token;
    CHECK_INT(karto_request_encode(request, &frame), KARTO_OK);
    spine_ask(&w->s, device, karto_buf_slice(&frame), &answer);
    CHECK_INT(karto_answer_decode(&w->arena, karto_arena_copy(&w->arena, karto_buf_slice(&answer)), &out), KARTO_OK);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return out;
}

static struct karto_hello_answer hello(struct work *w, int device)
{
    struct karto_slice user = karto_slice_str(device ? "petro" : "oksana");
    struct karto_hello_node *node = karto_arena_array(&w->arena, 1, sizeof *node);
    *node = (struct karto_hello_node){karto_node_make(user, 1), 1};
    struct karto_request request = {.type = KARTO_HELLO};
    request.of.hello = (struct karto_hello){.version_least = 1,
                                            .version_most = 2,
                                            .nodes = node,
                                            .node_count = 1,
                                            .name = user,
                                            .program = user,
                                            .user = user};
    struct karto_answer answer = ask(w, device, &request);
    CHECK_INT(answer.error, KARTO_OK);
    w->token = answer.token;
    return answer.of.hello;
}

static void make_change(struct work *w, int at, struct karto_rid id, const struct karto_edit *edits, uint32_t count,
                        const struct karto_record *seen)
{
    struct karto_change *change = &w->changes[at];
    *change = (struct karto_change){.kind = KARTO_CLIENT, .record = id, .batch = 1, .via = KARTO_VIA_CLI};
    change->stamp = (struct karto_stamp){{karto_node_make(karto_slice_str("oksana"), 1), (uint64_t)at + 1},
                                         karto_hlc_make((int64_t)MS * 1000 + at),
                                         karto_slice_str("oksana")};
    karto_change_make(&w->arena, seen, edits, count, change);
    karto_change_forget_old(&w->arena, change);
}

static struct karto_edit edit(struct work *w, uint32_t field, struct karto_slice key, struct karto_value value)
{
    return (struct karto_edit){field, key, karto_value_bytes(&w->arena, value)};
}

static struct karto_push_answer push(struct work *w, uint32_t from, uint32_t count, uint32_t earlier)
{
    struct karto_request request = {.type = KARTO_PUSH};
    request.of.push = (struct karto_push){w->changes + from, count, earlier};
    struct karto_answer answer = ask(w, 0, &request);
    CHECK_INT(answer.error, KARTO_OK);
    return answer.of.push;
}

static struct karto_answer give_back(struct work *w, int device, uint32_t from, uint32_t count)
{
    struct karto_request request = {.type = KARTO_GIVEBACK};
    request.of.giveback = (struct karto_giveback){w->changes + from, w->given + from, count};
    return ask(w, device, &request);
}

/* Petro finds oksana's client and writes its site. */
static void push_site(struct work *w, const struct karto_record *seen)
{
    struct karto_change changes[CHANGES], *own = w->changes;
    const struct karto_edit site = edit(w, SITE, karto_slice(NULL, 0), karto_value_text(karto_slice_str("a.ua")));
    memcpy(changes, w->changes, sizeof changes);
    hello(w, 1);
    make_change(w, 0, changes->record, &site, 1, seen);
    own->stamp.dot.node = karto_node_make(karto_slice_str("petro"), 1);
    own->stamp.author = karto_slice_str("petro");
    w->site = *own;
    struct karto_request request = {.type = KARTO_PUSH};
    request.of.push = (struct karto_push){.changes = &w->site, .count = 1};
    struct karto_answer answer = ask(w, 1, &request);
    CHECK_INT(answer.error, KARTO_OK);
    CHECK_INT(answer.of.push.results[0].verdict, KARTO_V_APPLIED);
    w->site_given = (struct karto_given){.verdict = KARTO_V_APPLIED, .receipt = answer.of.push.results[0].receipt};
    memcpy(w->changes, changes, sizeof changes);
    hello(w, 0);
}

static void put_back(struct work *w)
{
    karto_store_close(w->s.hub.store);
    temp_dir_remove(&w->s.hub.dir);
    w->s.hub.dir = w->backup;
    struct karto_store_options options = {
        .dir = w->backup.path, .sys = &w->s.clock.sys, .no_sync = true, .map_size = 4 << 20};
    CHECK_INT(karto_store_open(&options, &w->s.hub.store), KARTO_OK);
    spine_restored(&w->s.hub);
}

/* Made, backed up, pushed, lost: the hub is as it was before the push. */
static void open_work(struct work *w)
{
    struct karto_slice none = karto_slice(NULL, 0);
    memset(w, 0, sizeof *w);
    karto_arena_init(&w->arena);
    spine_open_pair(&w->s);
    hello(w, 0);
    snprintf(w->backup.path, sizeof w->backup.path, "%.150s/backup", w->s.root.path);
    CHECK_INT(karto_kv_copy(karto_store_kv(w->s.hub.store), w->backup.path, false), KARTO_OK);

    struct karto_rid id = karto_rid_make(&w->s.clock.sys);
    const struct karto_record empty = {.id = id};
    const struct karto_edit first[] = {
        edit(w, KARTO_F_TERRITORY, karto_date_key(&w->arena, KARTO_DATE_MIN), karto_value_text(karto_slice_str("01"))),
        edit(w, KARTO_F_NAME, none, karto_value_text(karto_slice_str("Client")))};
    const struct karto_edit second = edit(w, NOTE, none, karto_value_text(karto_slice_str("a note")));
    const struct karto_edit third = edit(w, CREDIT, none, karto_value_money(100, "UAH"));
    make_change(w, 0, id, first, 2, &empty);
    make_change(w, 1, id, &second, 1, &empty);
    make_change(w, 2, id, &third, 1, &empty);
    struct karto_push_answer answer = push(w, 0, CHANGES, 0);
    for (int i = 0; i < CHANGES; i++) {
        const struct karto_push_result *result = &answer.results[i];
        CHECK_INT(result->verdict, i < 2 ? KARTO_V_APPLIED : KARTO_V_REFUSED);
        CHECK(result->receipt != 0);
        w->given[i] = (struct karto_given){result->verdict, result->reason, result->receipt};
    }
    push_site(w, &empty);
    put_back(w);
    CHECK(!spine_see(&w->s.hub, id, NOTE, "").exists);
}

static void close_work(struct work *w)
{
    karto_arena_fini(&w->arena);
    spine_close(&w->s);
}

static const char *note_of(struct work *w)
{
    static char text[100];
    struct spine_seen seen = spine_see(&w->s.hub, w->changes[0].record, NOTE, "");
    snprintf(text, sizeof text, "%s", seen.exists ? seen.text : "nothing");
    return text;
}

static enum karto_err shrink(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    struct karto_slice south = karto_slice_str("02");
    const struct karto_rights rights = {karto_role(KARTO_ROLE_REPRESENTATIVE), &south, 1};
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &device, &rights) : err;
}

/* With receipts all is as it was, though the device may not do any of it now; a second time nothing happens. */
static void a_verdict_is_final(void)
{
    struct work w;
    open_work(&w);
    CHECK_INT(karto_store_write(w.s.hub.store, shrink, &w.s.devices[0].device), KARTO_OK);
    w.s.clock.now_ms += 40LL * 24 * 60 * 60 * 1000;
    struct karto_hello_answer said = hello(&w, 0);
    CHECK(said.recovering && said.wanted);
    CHECK_INT(said.known[0].mark, 0);
    for (int again = 0; again < 2; again++) {
        struct karto_answer answer = give_back(&w, 0, 0, CHANGES);
        CHECK_INT(answer.error, KARTO_OK);
        for (int i = 0; i < CHANGES; i++) {
            const struct karto_push_result *result = &answer.of.giveback.results[i];
            CHECK_INT(result->verdict, i == 2 ? KARTO_V_REFUSED : again ? KARTO_V_CONTAINED : KARTO_V_APPLIED);
            CHECK(result->receipt == w.given[i].receipt);
        }
        CHECK_STR(note_of(&w), "a note");
    }
    struct karto_request done = {.type = KARTO_HEAL};
    done.of.heal.form = KARTO_HEAL_DONE;
    CHECK_INT(ask(&w, 0, &done).error, KARTO_OK);
    CHECK(!hello(&w, 0).wanted);
    close_work(&w);
}

/* Without, what may be done now is done, and what may not comes again under another dot; the rest waits for that. */
static void without_a_receipt_it_is_judged(void)
{
    struct work w;
    open_work(&w);
    hello(&w, 0);
    for (int i = 0; i < CHANGES; i++)
        w.given[i].receipt ^= 1; /* forged */
    w.given[2].verdict = KARTO_V_APPLIED;
    struct karto_answer answer = give_back(&w, 0, 0, CHANGES);
    CHECK_INT(answer.error, KARTO_OK);
    CHECK_INT(answer.of.giveback.results[0].verdict, KARTO_V_APPLIED);
    CHECK_INT(answer.of.giveback.results[1].verdict, KARTO_V_APPLIED);
    CHECK_INT(answer.of.giveback.results[2].verdict, KARTO_V_REISSUE);
    CHECK(answer.of.giveback.results[2].receipt == 0);
    CHECK_INT(spine_see(&w.s.hub, w.changes[0].record, CREDIT, "").heads, 0);
    close_work(&w);
}

/* Of another's node; another change under a known dot; a verdict that no hub gives; to a hub that lost nothing. */
static void nothing_forged_is_taken(void)
{
    struct work w;
    open_work(&w);
    hello(&w, 1);
    CHECK_INT(give_back(&w, 1, 0, 1).error, KARTO_E_PROTOCOL);
    hello(&w, 0);
    CHECK_INT(give_back(&w, 0, 0, 1).of.giveback.results[0].verdict, KARTO_V_APPLIED);
    struct karto_change first = w.changes[0];
    w.changes[0].stamp.hlc.v++;
    CHECK_INT(give_back(&w, 0, 0, 1).of.giveback.results[0].verdict, KARTO_V_FORK);
    w.changes[0] = first;
    CHECK_STR(note_of(&w), "");
    close_work(&w);

    spine_open_pair(&w.s);
    karto_arena_init(&w.arena);
    hello(&w, 0);
    CHECK_INT(give_back(&w, 0, 0, 0).error, KARTO_E_PROTOCOL);
    close_work(&w);
}

/* What builds on another's change that is not here is not looked at yet; once the hub is recovered, that is lost. */
static void what_builds_on_others_waits(void)
{
    struct work w;
    open_work(&w);
    hello(&w, 0);
    CHECK_INT(give_back(&w, 0, 0, 1).of.giveback.results[0].verdict, KARTO_V_APPLIED);
    const struct karto_dot dot = {karto_node_make(karto_slice_str("petro"), 1), 7};
    const struct karto_set set = {.value = w.changes[1].touches[0].sets[0].value};
    const struct karto_touch touch = {NOTE, {&dot, 1}, &set, 1};
    w.changes[1].touches = &touch;
    w.given[1].receipt = 0;
    struct karto_answer answer = give_back(&w, 0, 1, 2);
    CHECK_INT(answer.error, KARTO_OK);
    CHECK_INT(answer.of.giveback.results[0].verdict, KARTO_V_NONE);
    CHECK_INT(answer.of.giveback.results[1].verdict, KARTO_V_NONE);
    CHECK_STR(note_of(&w), "");
    spine_recovered(&w.s.hub);
    answer = give_back(&w, 0, 1, 2);
    CHECK_INT(answer.of.giveback.results[0].verdict, KARTO_V_APPLIED);
    CHECK_INT(answer.of.giveback.results[1].verdict, KARTO_V_REFUSED);
    CHECK_STR(note_of(&w), "a note");
    close_work(&w);
}

/* What others wrote of a client may come before what made it, and whoever made it need have no receipt: an older
 * program kept none. Nobody but its maker says where a client lies, though. */
static void what_made_a_record_may_come_last(void)
{
    struct work w;
    open_work(&w);
    hello(&w, 1);
    struct karto_request request = {.type = KARTO_GIVEBACK};
    request.of.giveback = (struct karto_giveback){&w.site, &w.site_given, 1};
    CHECK_INT(ask(&w, 1, &request).of.giveback.results[0].verdict, KARTO_V_APPLIED);
    spine_recovered(&w.s.hub);
    hello(&w, 0);
    w.given[0].receipt = 0;
    w.changes[0].kind = KARTO_PERSON;
    CHECK_INT(give_back(&w, 0, 0, 1).of.giveback.results[0].verdict, KARTO_V_REISSUE);
    w.changes[0].kind = KARTO_CLIENT;
    CHECK_INT(give_back(&w, 0, 0, 1).of.giveback.results[0].verdict, KARTO_V_APPLIED);
    CHECK_STR(spine_see(&w.s.hub, w.site.record, SITE, "").text, "a.ua");
    CHECK_STR(spine_see(&w.s.hub, w.site.record, KARTO_F_NAME, "").text, "Client");
    CHECK_INT(give_back(&w, 0, 1, 1).of.giveback.results[0].verdict, KARTO_V_APPLIED);
    CHECK_STR(note_of(&w), "a note");
    close_work(&w);
}

/* What was on its way to the lost hub, and would be refused by this one, is not refused under its old dot; what was
 * never sent is. */
static void what_a_lost_hub_may_have_comes_again(void)
{
    struct work w;
    open_work(&w);
    hello(&w, 0);
    spine_recovered(&w.s.hub);
    struct karto_push_answer answer = push(&w, 0, CHANGES, CHANGES);
    CHECK_INT(answer.results[0].verdict, KARTO_V_APPLIED);
    CHECK_INT(answer.results[1].verdict, KARTO_V_APPLIED);
    CHECK_INT(answer.results[2].verdict, KARTO_V_REISSUE);
    CHECK_INT(push(&w, 2, 1, 0).results[0].verdict, KARTO_V_REFUSED);
    close_work(&w);
}

static struct karto_answer heal(struct work *w, enum karto_heal_form form)
{
    struct karto_request request = {.type = KARTO_HEAL, .of.heal = {.form = form}};
    return ask(w, 0, &request);
}

/* How many states the hub wants of a device that has one it has not. */
static uint32_t wants(struct work *w)
{
    const struct karto_digest_entry entry = {w->changes[0].record, 1};
    struct karto_request request = {.type = KARTO_HEAL};
    request.of.heal = (struct karto_heal){.form = KARTO_HEAL_HASHES, .entries = &entry, .count = 1};
    struct karto_answer answer = ask(w, 0, &request);
    CHECK_INT(answer.error, KARTO_OK);
    return answer.of.heal.count;
}

static enum karto_err do_overfill(struct karto_tx *tx, void *context)
{
    struct karto_held held = {.device = *(struct karto_rid *)context, .state = karto_slice_str("s")};
    enum karto_err err = KARTO_OK;
    bool room = true;
    for (uint32_t i = 1; room && err == KARTO_OK; i++) {
        karto_be32_write(i, held.record.b);
        err = karto_hub_hold(tx, &held, &room);
    }
    return err;
}

static enum karto_err do_empty(struct karto_tx *tx, void *context)
{
    const struct karto_rid *device = context;
    struct karto_held *list;
    uint32_t count;
    enum karto_err err = karto_hub_held_list(tx, NULL, device, &list, &count);
    CHECK_INT(count, KARTO_HELD_MAX);
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++)
        err = karto_hub_release(tx, list[i].record, *device);
    return err;
}

/* A device that was told that there is no room for all it has is not through by saying that it is; when it begins
 * again and has nothing more, it is. */
static void through_is_who_has_given_all(void)
{
    struct work w;
    open_work(&w);
    CHECK(hello(&w, 0).wanted);
    CHECK_INT(karto_store_write(w.s.hub.store, do_overfill, &w.s.devices[0].device), KARTO_OK);
    CHECK_INT(heal(&w, KARTO_HEAL_DONE).error, KARTO_E_HELD);
    CHECK(hello(&w, 0).wanted);
    CHECK_INT(wants(&w), 1);
    CHECK_INT(heal(&w, KARTO_HEAL_HASHES).error, KARTO_OK);
    CHECK_INT(heal(&w, KARTO_HEAL_DONE).error, KARTO_OK);
    CHECK(!hello(&w, 0).wanted);
    CHECK_INT(karto_store_write(w.s.hub.store, do_empty, &w.s.devices[0].device), KARTO_OK);
    close_work(&w);
}

static enum karto_err do_push_flawed(struct karto_tx *tx, void *context)
{
    struct work *w = context;
    struct karto_device device;
    struct karto_judgement judgement;
    enum karto_err err = karto_hub_device(tx, w->s.devices[0].device, &device);
    if (err == KARTO_OK)
        err = karto_hub_push_flawed(tx, &device, &w->changes[1], false, "wrong", &judgement);
    CHECK(err != KARTO_OK || judgement.verdict == KARTO_V_REISSUE);
    return err;
}

/* A copy of the store has given back what was made later under the same node: what this one has besides does not go
 * before it any more, and comes again under another dot. */
static void what_a_copy_has_overtaken_comes_again(void)
{
    struct work w;
    open_work(&w);
    hello(&w, 0);
    CHECK_INT(give_back(&w, 0, 0, 1).of.giveback.results[0].verdict, KARTO_V_APPLIED);
    CHECK_INT(give_back(&w, 0, 2, 1).of.giveback.results[0].verdict, KARTO_V_REFUSED);
    struct karto_answer answer = give_back(&w, 0, 1, 1);
    CHECK_INT(answer.error, KARTO_OK);
    CHECK_INT(answer.of.giveback.results[0].verdict, KARTO_V_REISSUE);
    spine_recovered(&w.s.hub);
    CHECK_INT(push(&w, 1, 1, 1).results[0].verdict, KARTO_V_REISSUE);
    CHECK_INT(karto_store_write(w.s.hub.store, do_push_flawed, &w), KARTO_OK); /* nor one that cannot be decoded */
    CHECK_STR(note_of(&w), "");
    close_work(&w);
}

int main(void)
{
    a_verdict_is_final();
    without_a_receipt_it_is_judged();
    what_made_a_record_may_come_last();
    nothing_forged_is_taken();
    what_builds_on_others_waits();
    what_a_lost_hub_may_have_comes_again();
    through_is_who_has_given_all();
    what_a_copy_has_overtaken_comes_again();
    return 0;
}
