/* That two records of different kinds under one id stop nobody: the later one is refused like anything else, its author
 * has what he typed and why it was not taken, and his laptop is even with head office. */
#include "core/store/own.h"
#include "tests/spine.h"

enum { NOTE = 31, TEXT = 38 };

static const char *const south[] = {"02", NULL};

/* Оксана and Петро have the north, Борис the south. */
struct stage {
    struct spine spine;
    struct spine_node *oksana, *petro, *boris;
    struct karto_rid client, south;
};

static void begin(struct stage *s)
{
    spine_open_pair(&s->spine);
    spine_device(&s->spine, "boris", south);
    s->oksana = &s->spine.devices[0];
    s->petro = &s->spine.devices[1];
    s->boris = &s->spine.devices[2];
    s->client = spine_client(&s->spine.hub, "Нова Пошта", "01");
    s->south = spine_client(&s->spine.hub, "Ранок", "02");
    spine_sync_all(&s->spine);
}

static void end(struct stage *s)
{
    spine_sync_all(&s->spine);
    spine_same(&s->spine, "*");
    for (int i = 0; i < s->spine.device_count; i++) {
        CHECK_INT(spine_sync(&s->spine, i), 1); /* even at hello */
        spine_is_whole(&s->spine.devices[i]);
    }
    spine_is_whole(&s->spine.hub);
    spine_close(&s->spine);
}

/* ---- records under an id of somebody's choice ---- */

struct job {
    struct karto_rid id, client; /* zero: it is one itself */
};

static enum karto_err do_make(struct karto_tx *tx, void *context)
{
    const struct job *job = context;
    struct karto_slice none = karto_slice(NULL, 0);
    struct karto_arena *arena = &tx->arena;
    bool is_client = karto_rid_is_zero(job->client);
    const struct karto_edit client[] = {{KARTO_F_NAME, none,
                                         karto_value_bytes(arena, karto_value_text(karto_slice_str("Каштан")))},
                                        {KARTO_F_TERRITORY, karto_date_key(arena, KARTO_DATE_MIN),
                                         karto_value_bytes(arena, karto_value_text(karto_slice_str("01")))}},
                            activity[] = {
                                {KARTO_F_CLIENT, none, karto_value_bytes(arena, karto_value_reference(job->client))},
                                {TEXT, none, karto_value_bytes(arena, karto_value_text(karto_slice_str("дзвінок")))}};
    const struct karto_save save = {.kind = is_client ? KARTO_CLIENT : KARTO_ACTIVITY,
                                    .record = job->id,
                                    .create = true,
                                    .edits = is_client ? client : activity,
                                    .count = 2,
                                    .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

static void make_activity(struct spine_node *node, struct karto_rid id, struct karto_rid client)
{
    struct job job = {id, client};
    CHECK_INT(karto_store_write(node->store, do_make, &job), KARTO_OK);
}

static void make_client(struct spine_node *node, struct karto_rid id)
{
    struct job job = {.id = id};
    CHECK_INT(karto_store_write(node->store, do_make, &job), KARTO_OK);
}

/* ---- what became of the last changes of a laptop ---- */

struct last {
    uint64_t back;
    enum karto_verdict verdict;
    char reason[30];
    uint64_t pending;
};

static enum karto_err do_last(struct karto_tx *tx, void *context)
{
    struct last *last = context;
    struct karto_own own;
    enum karto_err err = karto_own_get(tx, (struct karto_dot){tx->ledger.node, tx->ledger.seq - last->back}, &own);
    last->verdict = own.verdict;
    last->pending = tx->ledger.pending;
    snprintf(last->reason, sizeof last->reason, "%.*s", (int)own.reason.size,
             own.reason.size ? (const char *)own.reason.data : "");
    return err;
}

static struct last last_of(struct spine_node *node, uint64_t back)
{
    struct last last = {.back = back};
    CHECK_INT(karto_store_read(node->store, do_last, &last), KARTO_OK);
    return last;
}

static void was_refused(struct spine_node *node, uint64_t back, const char *reason)
{
    struct last last = last_of(node, back);
    CHECK_INT(last.verdict, KARTO_V_REFUSED);
    CHECK_STR(last.reason, reason);
    CHECK_INT(last.pending, 0);
}

/* ---- the tests ---- */

static void the_later_one_is_refused(void)
{
    struct stage s;
    begin(&s);
    struct karto_rid id = spine_client(s.oksana, "Каштан", "01");
    CHECK_INT(spine_set(s.oksana, id, NOTE, "", "біля мосту"), KARTO_OK);
    struct karto_rid person = spine_child(s.oksana, KARTO_PERSON, id, KARTO_F_NAME, "Олена");
    struct karto_rid next = spine_client(s.oksana, "Явір", "01");
    make_activity(s.petro, id, s.client);
    spine_sync(&s.spine, 1);
    spine_sync(&s.spine, 0);
    CHECK_INT(last_of(s.oksana, 0).verdict, KARTO_V_APPLIED);
    was_refused(s.oksana, 1, "E-INVALID");
    was_refused(s.oksana, 2, "E-INVALID");
    was_refused(s.oksana, 3, "E-INVALID");
    CHECK(spine_see(&s.spine.hub, next, NOTE, "").exists);
    CHECK_STR(spine_see(s.oksana, id, TEXT, "").text, "дзвінок");
    CHECK_INT(spine_see(s.oksana, id, KARTO_F_NAME, "").heads, 0);
    CHECK(!spine_see(s.oksana, person, NOTE, "").exists);
    CHECK(spine_logs(s.oksana, "Каштан") && spine_logs(s.oksana, "біля мосту"));
    CHECK(!spine_logs(s.petro, "Каштан"));
    CHECK_INT(spine_set(s.oksana, id, TEXT, "", "ще дзвінок"), KARTO_OK);
    spine_sync_all(&s.spine);
    CHECK_STR(spine_see(s.petro, id, TEXT, "").text, "ще дзвінок");
    CHECK_INT(spine_see(s.petro, id, TEXT, "").heads, 1);
    end(&s);
}

static void in_another_territory(void)
{
    struct stage s;
    begin(&s);
    struct karto_rid id = spine_client(s.oksana, "Каштан", "01");
    make_activity(s.boris, id, s.south);
    spine_sync(&s.spine, 2);
    spine_sync(&s.spine, 0);
    was_refused(s.oksana, 0, "E-NOT-FOUND"); /* nobody learns that there is such an id */
    CHECK(!spine_see(s.oksana, id, TEXT, "").exists);
    CHECK(spine_logs(s.oksana, "Каштан"));
    end(&s);
}

/* The other one comes with what is pulled, when the hub has been told that nothing is pending. */
static void the_other_one_comes_while_it_is_pending(void)
{
    const struct karto_rid id = {{1, 2, 3, 4, 5, 6, 0x70, 9, 0x80, 1}};
    const struct karto_exchange_options options = {.program = karto_slice_str("test")};
    struct stage s;
    struct karto_exchange *exchange;
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    bool done = false;
    begin(&s);
    make_activity(s.petro, id, s.client);
    spine_sync(&s.spine, 1);
    karto_exchange_new(s.oksana->store, &options, &exchange);
    for (int i = 0; !done; i++) {
        karto_buf_clear(&frame);
        karto_buf_clear(&answer);
        CHECK_INT(karto_exchange_next(exchange, &frame, &done), KARTO_OK);
        if (done)
            break;
        spine_ask(&s.spine, 0, karto_buf_slice(&frame), &answer);
        CHECK_INT(karto_exchange_answer(exchange, karto_buf_slice(&answer)), KARTO_OK);
        if (i == 0)
            make_client(s.oksana, id);
    }
    karto_exchange_free(exchange);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    spine_is_whole(s.oksana);
    CHECK_STR(spine_see(s.oksana, id, TEXT, "").text, "дзвінок");
    spine_sync(&s.spine, 0);
    was_refused(s.oksana, 0, "E-INVALID");
    spine_is_whole(s.oksana);
    CHECK_INT(spine_see(s.oksana, id, KARTO_F_NAME, "").heads, 0);
    CHECK(spine_logs(s.oksana, "Каштан"));
    CHECK_INT(spine_sync(&s.spine, 0), 1); /* there is nothing to repair */
    end(&s);
}

/* Head office has lost the client, and is told of the activity first: what was confirmed is of another kind now. What a
 * receipt proves to have been applied is applied all the same, and stands there for somebody to sort out. */
static void after_head_office_was_put_back(void)
{
    struct stage s;
    begin(&s);
    spine_keep(&s.spine, &s.spine.hub, "before");
    struct karto_rid id = spine_client(s.oksana, "Каштан", "01");
    spine_sync(&s.spine, 0);
    CHECK_INT(last_of(s.oksana, 0).verdict, KARTO_V_APPLIED);
    spine_put_back(&s.spine, &s.spine.hub, "before");
    spine_restored(&s.spine.hub);
    spine_recovered(&s.spine.hub);
    make_activity(s.petro, id, s.client);
    spine_sync(&s.spine, 1);
    spine_sync(&s.spine, 0);
    spine_is_whole(s.oksana);
    CHECK_STR(spine_see(s.oksana, id, TEXT, "").text, "дзвінок");
    CHECK_STR(spine_see(&s.spine.hub, id, KARTO_F_NAME, "").text, "Каштан");
    end(&s);
}

/* The activity was refused, as it hangs on a client of the south: nothing of it stands under that id, and the client
 * that had it first is one again, for everybody. */
static void what_was_refused_takes_no_id(void)
{
    struct stage s;
    begin(&s);
    spine_keep(&s.spine, &s.spine.hub, "before");
    struct karto_rid id = spine_client(s.oksana, "Каштан", "01");
    spine_sync(&s.spine, 0);
    spine_put_back(&s.spine, &s.spine.hub, "before");
    spine_restored(&s.spine.hub);
    spine_recovered(&s.spine.hub);
    make_activity(s.petro, id, s.south);
    spine_sync(&s.spine, 1);
    CHECK_INT(last_of(s.petro, 0).verdict, KARTO_V_REFUSED);
    spine_sync(&s.spine, 0);
    CHECK_STR(spine_see(s.oksana, id, KARTO_F_NAME, "").text, "Каштан");
    spine_sync_all(&s.spine);
    CHECK_STR(spine_see(s.petro, id, KARTO_F_NAME, "").text, "Каштан");
    end(&s);
}

int main(void)
{
    the_later_one_is_refused();
    in_another_territory();
    the_other_one_comes_while_it_is_pending();
    after_head_office_was_put_back();
    what_was_refused_takes_no_id();
    return 0;
}
