/* A laptop that was turned out asks what becomes of its data: who is believed, and what head office says and notes. */
#include "core/store/hub_admit.h"
#include "core/store/hub_journal.h"
#include "core/store/hub_recovery.h"
#include "core/store/revoked.h"
#include "proto/frame.h"
#include "syncd/farewell.h"
#include "tests/spine.h"

/* ---- the hub's row ---- */

static enum karto_err do_row(struct karto_tx *tx, void *context)
{
    struct karto_device *device = context; /* what points into the transaction is not looked at */
    return karto_hub_device(tx, device->id, device);
}

static struct karto_device row_of(struct spine *s, int device)
{
    struct karto_device row = {.id = s->devices[device].device};
    CHECK_INT(karto_store_read(s->hub.store, do_row, &row), KARTO_OK);
    return row;
}

struct revoking {
    struct karto_rid id;
    bool wipe;
};

static enum karto_err do_revoke(struct karto_tx *tx, void *context)
{
    const struct revoking *revoking = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, revoking->id, &device);
    return err == KARTO_OK ? karto_hub_revoke(tx, &device, revoking->wipe) : err;
}

static void revoke(struct spine *s, int device, bool wipe)
{
    struct revoking revoking = {s->devices[device].device, wipe};
    CHECK_INT(karto_store_write(s->hub.store, do_revoke, &revoking), KARTO_OK);
}

/* ---- the laptop ---- */

static enum karto_err do_join(struct karto_tx *tx, void *context)
{
    enum karto_err err = karto_meta_put(tx, "device", karto_rid_slice(context));
    return err == KARTO_OK ? karto_meta_put(tx, "hub", karto_slice_str("127.0.0.1:9000")) : err;
}

static void open_pair(struct spine *s)
{
    spine_open_pair(s);
    for (int i = 0; i < 2; i++)
        CHECK_INT(karto_store_write(s->devices[i].store, do_join, &s->devices[i].device), KARTO_OK);
    spine_client(&s->devices[0], "Ромашка", "01");
    spine_sync_all(s);
}

static void ask(struct spine *s, int device, struct karto_buf *answer)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    CHECK_INT(karto_farewell_frame(s->devices[device].store, &frame), KARTO_OK);
    karto_buf_clear(answer);
    spine_ask(s, device, karto_buf_slice(&frame), answer);
    karto_buf_fini(&frame);
}

static struct karto_answer decoded(struct karto_arena *arena, const struct karto_buf *frame)
{
    struct karto_answer answer;
    CHECK_INT(karto_answer_decode(arena, karto_buf_slice(frame), &answer), KARTO_OK);
    return answer;
}

static bool is_marked(struct spine *s, int device)
{
    struct karto_arena arena;
    struct karto_revoked mark;
    karto_arena_init(&arena);
    enum karto_err err = karto_revoked_read(&arena, karto_store_dir(s->devices[device].store), &mark);
    karto_arena_fini(&arena);
    return err == KARTO_OK;
}

/* What it makes of an answer that somebody has made. */
static enum karto_err hear(struct spine *s, int device, const struct karto_answer *answer, bool *wipes)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    CHECK_INT(karto_answer_encode(answer, &frame), KARTO_OK);
    enum karto_err err = karto_farewell_heard(s->devices[device].store, karto_buf_slice(&frame), wipes);
    karto_buf_fini(&frame);
    return err;
}

/* ---- who is believed ---- */

static void nobody_else_is_believed(void)
{
    struct spine s;
    struct karto_arena arena;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    bool wipes = true;
    karto_arena_init(&arena);
    open_pair(&s);
    revoke(&s, 0, true);
    ask(&s, 0, &bytes);
    const struct karto_answer good = decoded(&arena, &bytes);
    CHECK(good.error == KARTO_OK && good.of.farewell.wipe && good.of.farewell.revoked_ms > 0);
    CHECK(karto_rid_equal(good.of.farewell.device, s.devices[0].device));

    struct karto_answer bad = good; /* meant for another */
    bad.of.farewell.device = s.devices[1].device;
    CHECK(hear(&s, 0, &bad, &wipes) == KARTO_OK && !wipes);
    CHECK(hear(&s, 1, &good, &wipes) == KARTO_OK && !wipes); /* and the other way round */
    bad = good;
    bad.of.farewell.wipe = false;
    CHECK(hear(&s, 0, &bad, &wipes) == KARTO_OK && !wipes);
    bad = good; /* a hub of before */
    bad.token.epoch.ms--;
    CHECK(hear(&s, 0, &bad, &wipes) == KARTO_E_OLD_HUB && !wipes);
    bad.token.epoch = (struct karto_epoch){0, {0}};
    CHECK(hear(&s, 0, &bad, &wipes) == KARTO_E_OLD_HUB && !wipes);
    bad = good; /* one that does not know the question */
    bad.error = KARTO_E_REVOKED;
    CHECK(hear(&s, 0, &bad, &wipes) == KARTO_E_REVOKED && !wipes);
    bad.type = KARTO_HELLO;
    CHECK(hear(&s, 0, &bad, &wipes) == KARTO_E_REVOKED && !wipes);
    bad = (struct karto_answer){.type = KARTO_WAIT, .token = good.token, .of.wait = {1}};
    CHECK(hear(&s, 0, &bad, &wipes) == KARTO_E_PROTOCOL && !wipes);
    for (size_t cut = 0; cut < bytes.size; cut++)
        CHECK(karto_farewell_heard(s.devices[0].store, karto_slice(bytes.data, cut), &wipes) != KARTO_OK && !wipes);
    CHECK(!is_marked(&s, 0) && !is_marked(&s, 1));
    spine_is_whole(&s.devices[0]);

    bad = good; /* a hub that was put back since, and still says so */
    bad.token.epoch.ms++;
    CHECK(hear(&s, 0, &bad, &wipes) == KARTO_OK && wipes);
    CHECK(is_marked(&s, 0));
    CHECK(access(temp_dir_file(&s.devices[0].dir, "data.mdb"), F_OK) != 0);
    karto_buf_fini(&bytes);
    karto_arena_fini(&arena);
    spine_drop(&s);
}

/* ---- what head office says, and notes ---- */

static struct karto_answer say(struct spine *s, int device, struct karto_arena *arena, enum karto_farewell_form form,
                               int64_t at_ms)
{
    const struct karto_request request = {.type = KARTO_FAREWELL, .of.farewell = {form, at_ms}};
    struct karto_buf frame = KARTO_BUF_EMPTY, bytes = KARTO_BUF_EMPTY;
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    spine_ask(s, device, karto_buf_slice(&frame), &bytes);
    struct karto_slice kept = karto_arena_copy(arena, karto_buf_slice(&bytes));
    struct karto_answer answer;
    CHECK_INT(karto_answer_decode(arena, kept, &answer), KARTO_OK);
    karto_buf_fini(&frame);
    karto_buf_fini(&bytes);
    return answer;
}

static void head_office_notes_it_once(void)
{
    struct spine s;
    struct karto_arena arena;
    karto_arena_init(&arena);
    open_pair(&s);
    CHECK(say(&s, 0, &arena, KARTO_FAREWELL_WIPED, s.clock.now_ms).error != KARTO_OK); /* it is not turned out */
    CHECK(say(&s, 0, &arena, KARTO_FAREWELL_ASK, 0).error != KARTO_OK);
    CHECK_INT(row_of(&s, 0).wiped_ms, 0);
    revoke(&s, 0, false);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_REVOKED);
    CHECK(!say(&s, 0, &arena, KARTO_FAREWELL_ASK, 0).of.farewell.wipe);
    int64_t first_ms = row_of(&s, 0).revoked_ms;
    revoke(&s, 0, true);
    CHECK(row_of(&s, 0).revoked_ms > first_ms && row_of(&s, 0).wipe);
    CHECK(say(&s, 0, &arena, KARTO_FAREWELL_ASK, 0).of.farewell.wipe);
    CHECK_INT(row_of(&s, 0).wiped_ms, 0);

    int64_t at_ms = s.clock.now_ms;
    CHECK_INT(say(&s, 0, &arena, KARTO_FAREWELL_WIPED, at_ms).error, KARTO_OK);
    CHECK_INT(row_of(&s, 0).wiped_ms, at_ms);
    CHECK_INT(say(&s, 0, &arena, KARTO_FAREWELL_WIPED, at_ms + 1).error, KARTO_OK); /* the answer was lost */
    CHECK_INT(row_of(&s, 0).wiped_ms, at_ms);
    revoke(&s, 0, false);
    CHECK(row_of(&s, 0).wipe); /* they are gone */

    revoke(&s, 1, true); /* whose clock is a year ahead, or stands still: head office's own is taken */
    CHECK_INT(say(&s, 1, &arena, KARTO_FAREWELL_WIPED, s.clock.now_ms + 365 * INT64_C(86400000)).error, KARTO_OK);
    CHECK(row_of(&s, 1).wiped_ms > 0 && row_of(&s, 1).wiped_ms <= s.clock.now_ms);
    spine_is_whole(&s.hub);
    karto_arena_fini(&arena);
    spine_close(&s);
}

static enum karto_err do_restore(struct karto_tx *tx, void *context)
{
    struct karto_hub_journal journal;
    (void)context;
    enum karto_err err = karto_hub_journal_read(&tx->arena, karto_store_dir(tx->store), &journal);
    return err == KARTO_OK ? karto_hub_restored(tx, &journal) : err;
}

/* What was said of their data outlives putting head office back: the last word counts. */
static void it_is_known_behind_a_backup(void)
{
    struct spine s;
    struct karto_arena arena;
    karto_arena_init(&arena);
    open_pair(&s);
    spine_keep(&s, &s.hub, "before");
    revoke(&s, 0, true);
    int64_t at_ms = s.clock.now_ms;
    CHECK_INT(say(&s, 0, &arena, KARTO_FAREWELL_WIPED, at_ms).error, KARTO_OK);
    revoke(&s, 1, true);
    revoke(&s, 1, false);
    revoke(&s, 1, true);
    int64_t revoked_ms = row_of(&s, 1).revoked_ms;
    spine_put_back(&s, &s.hub, "before");
    CHECK_INT(karto_store_write(s.hub.store, do_restore, NULL), KARTO_OK);
    CHECK(row_of(&s, 0).revoked && row_of(&s, 0).wiped_ms == at_ms);
    CHECK(row_of(&s, 1).revoked && row_of(&s, 1).wipe && row_of(&s, 1).revoked_ms == revoked_ms);
    CHECK(say(&s, 1, &arena, KARTO_FAREWELL_ASK, 0).of.farewell.wipe);
    revoke(&s, 1, false);
    CHECK(!say(&s, 1, &arena, KARTO_FAREWELL_ASK, 0).of.farewell.wipe);
    karto_arena_fini(&arena);
    spine_close(&s);
}

/* What stands behind the header of one that was turned out: nothing large is unpacked, and nothing odd answered. */
static void odd_farewells_are_turned_away(void)
{
    struct spine s;
    struct karto_arena arena;
    struct karto_answer answer;
    struct karto_buf frame = KARTO_BUF_EMPTY, bytes = KARTO_BUF_EMPTY;
    const struct karto_request request = {.type = KARTO_FAREWELL, .of.farewell = {KARTO_FAREWELL_WIPED, 1}};
    karto_arena_init(&arena);
    open_pair(&s);
    revoke(&s, 0, true);
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    for (size_t more = 1; more < 400; more += 57) {
        struct karto_buf longer = KARTO_BUF_EMPTY;
        karto_buf_add_slice(&longer, karto_buf_slice(&frame));
        for (size_t i = 0; i < more; i++)
            karto_buf_add_byte(&longer, 0xc0);
        karto_buf_clear(&bytes);
        spine_ask(&s, 0, karto_buf_slice(&longer), &bytes);
        CHECK_INT(karto_answer_decode(&arena, karto_buf_slice(&bytes), &answer), KARTO_OK);
        CHECK_INT(answer.error, KARTO_E_REVOKED);
        karto_buf_fini(&longer);
    }
    CHECK_INT(row_of(&s, 0).wiped_ms, 0);
    karto_buf_fini(&frame);
    karto_buf_fini(&bytes);
    karto_arena_fini(&arena);
    spine_close(&s);
}

int main(void)
{
    nobody_else_is_believed();
    head_office_notes_it_once();
    it_is_known_behind_a_backup();
    odd_farewells_are_turned_away();
    return 0;
}
