/* That what a hub holds for the administrator is what nobody has brought otherwise: that it is counted, goes by itself
 * when it is not needed any more, comes in or goes by his word, and that what there is no room for stays on the laptop
 * that has it. */
#include "core/base/limits.h"
#include "core/store/hub_heal.h"
#include "core/store/hub_held.h"
#include "core/store/hub_recovery.h"
#include "tests/spine.h"

enum { NOTE = 31, TAG = 23 };

static enum karto_err do_recovery(struct karto_tx *tx, void *context)
{
    return karto_hub_recovery(tx, context);
}

static struct karto_recovery recovery(struct spine *s)
{
    struct karto_recovery out;
    CHECK_INT(karto_store_read(s->hub.store, do_recovery, &out), KARTO_OK);
    return out;
}

static void is_whole(struct spine *s)
{
    spine_recovered(&s->hub);
    spine_sync_all(s);
    spine_same(s, "01");
    spine_is_whole(&s->hub);
    for (int i = 0; i < s->device_count; i++)
        spine_is_whole(&s->devices[i]);
    spine_close(s);
}

struct deciding {
    struct karto_rid record, device;
};

static enum karto_err do_accept(struct karto_tx *tx, void *context)
{
    struct deciding *d = context;
    return karto_hub_heal_accept(tx, d->record, d->device);
}

static enum karto_err do_drop(struct karto_tx *tx, void *context)
{
    struct deciding *d = context;
    return karto_hub_release(tx, d->record, d->device);
}

static enum karto_err decide(struct spine *s, karto_work *work, struct karto_rid record, int device)
{
    struct deciding d = {record, s->devices[device].device};
    return karto_store_write(s->hub.store, work, &d);
}

/* Head office gives a client to 02 and back after the backup, which is not a representative's to say; petro writes a
 * tag, which is petro's to give back. */
static struct karto_rid lose(struct spine *s)
{
    spine_open_pair(s);
    struct karto_rid client = spine_client(&s->hub, "Client", "01");
    spine_sync_all(s);
    spine_keep(s, &s->hub, "backup");
    CHECK_INT(spine_territory(&s->hub, client, "02"), KARTO_OK);
    CHECK_INT(spine_territory(&s->hub, client, "01"), KARTO_OK);
    CHECK_INT(spine_set(&s->devices[1], client, TAG, "p", "p"), KARTO_OK);
    spine_sync_all(s);
    spine_put_back(s, &s->hub, "backup");
    spine_restored(&s->hub);
    return client;
}

static struct spine_seen tag(struct spine *s, struct karto_rid client)
{
    return spine_see(&s->hub, client, TAG, "p");
}

static enum karto_err do_history(struct karto_tx *tx, void *context)
{
    struct karto_entry entry;
    struct deciding *d = context;
    bool whole;
    int64_t since_ms;
    enum karto_err err = karto_entry_load(tx, d->record, &entry);
    if (err == KARTO_OK)
        err = karto_hub_history(tx, &entry.view, &whole, &since_ms);
    CHECK(err != KARTO_OK || whole || since_ms > 0);
    return err == KARTO_OK && !whole ? KARTO_E_NOT_YET : err;
}

/* Head office's own changes came with the state, and nobody has them as changes: the log does not tell all. What petro
 * gives back himself it tells. */
static void the_log_says_what_it_does_not_tell(void)
{
    struct spine s;
    struct karto_rid client = lose(&s);
    struct deciding d = {.record = client};
    CHECK_INT(karto_store_read(s.hub.store, do_history, &d), KARTO_OK);
    CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
    CHECK_INT(karto_store_read(s.hub.store, do_history, &d), KARTO_OK);
    CHECK_INT(decide(&s, do_accept, client, 1), KARTO_OK);
    CHECK_INT(karto_store_read(s.hub.store, do_history, &d), KARTO_E_NOT_YET);
    is_whole(&s);
}

/* oksana says what petro has written: that waits for petro, and then waits no more. */
static void it_goes_when_its_author_comes(void)
{
    struct spine s;
    struct karto_rid client = lose(&s);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_RECOVERING);
    CHECK_INT(recovery(&s).held, 1);
    CHECK_INT(tag(&s, client).heads, 0);
    CHECK_INT(decide(&s, do_accept, client, 0), KARTO_OK); /* the territory, and the tag before its author came */
    CHECK_INT(recovery(&s).held, 0);
    CHECK_INT(tag(&s, client).heads, 1);
    CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
    CHECK_INT(recovery(&s).held, 0); /* he brings nothing new */
    is_whole(&s);

    spine_open_pair(&s);
    client = spine_client(&s.hub, "Client", "01");
    spine_sync_all(&s);
    spine_keep(&s, &s.hub, "backup");
    CHECK_INT(spine_set(&s.devices[1], client, TAG, "p", "p"), KARTO_OK);
    spine_sync_all(&s);
    spine_put_back(&s, &s.hub, "backup");
    spine_restored(&s.hub);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_RECOVERING);
    CHECK_INT(recovery(&s).held, 1);
    CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
    CHECK_INT(recovery(&s).held, 0);
    CHECK_INT(tag(&s, client).heads, 1);
    is_whole(&s);
}

/* What one says goes when another, who may say it, has said it; what is dropped is gone, and what is not there cannot
 * be accepted. */
static void it_goes_by_a_word(void)
{
    struct spine s;
    struct karto_rid client = lose(&s);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_RECOVERING);
    CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
    CHECK_INT(recovery(&s).held, 2);
    CHECK_INT(recovery(&s).full, 0);
    CHECK_INT(decide(&s, do_drop, client, 0), KARTO_OK);
    CHECK_INT(recovery(&s).held, 1);
    CHECK_INT(decide(&s, do_drop, client, 0), KARTO_OK);
    CHECK_INT(decide(&s, do_accept, client, 0), KARTO_E_NOT_FOUND);
    CHECK_INT(recovery(&s).held, 1);
    CHECK_INT(decide(&s, do_accept, client, 1), KARTO_OK);
    CHECK_INT(recovery(&s).held, 0);
    is_whole(&s);
}

/* ---- quota ---- */

struct filling {
    struct karto_rid device;
    uint32_t from, to;
    struct karto_slice state;
    bool room;
};

static struct karto_rid numbered(uint32_t number)
{
    struct karto_rid id = {{0xff}};
    karto_be32_write(number, id.b + 1);
    return id;
}

static enum karto_err do_fill(struct karto_tx *tx, void *context)
{
    struct filling *f = context;
    enum karto_err err = KARTO_OK;
    f->room = true;
    for (uint32_t i = f->from; i < f->to && f->room && err == KARTO_OK; i++) {
        const struct karto_held held = {numbered(i), f->device, karto_slice_str("01"), f->state};
        err = karto_hub_hold(tx, &held, &f->room);
    }
    return err;
}

static enum karto_err do_empty(struct karto_tx *tx, void *context)
{
    struct filling *f = context;
    enum karto_err err = KARTO_OK;
    for (uint32_t i = f->from; i < f->to && err == KARTO_OK; i++)
        err = karto_hub_release(tx, numbered(i), f->device);
    return err;
}

static bool fill(struct spine *s, int device, uint32_t from, uint32_t to, struct karto_slice state)
{
    struct filling f = {s->devices[device].device, from, to, state, false};
    CHECK_INT(karto_store_write(s->hub.store, do_fill, &f), KARTO_OK);
    return f.room;
}

static void empty(struct spine *s, int device, uint32_t from, uint32_t to)
{
    struct filling f = {s->devices[device].device, from, to, karto_slice(NULL, 0), false};
    CHECK_INT(karto_store_write(s->hub.store, do_empty, &f), KARTO_OK);
}

/* As many states, and as many bytes, as the limits say, and no more; the same record may be put in its own place. What
 * one has does not count for another. */
static void each_device_has_its_room(void)
{
    struct spine s;
    struct karto_buf large = KARTO_BUF_EMPTY;
    enum { MIB = 1024 * 1024, LARGE = KARTO_HELD_SIZE_MAX / MIB };
    spine_open_pair(&s);
    CHECK(fill(&s, 0, 0, KARTO_HELD_MAX, karto_slice_str("s")));
    CHECK_INT(recovery(&s).full, 0);
    CHECK(fill(&s, 0, 0, 1, karto_slice_str("t")));
    CHECK(!fill(&s, 0, KARTO_HELD_MAX, KARTO_HELD_MAX + 1, karto_slice_str("s")));
    spine_restored(&s.hub);
    CHECK_INT(recovery(&s).held, KARTO_HELD_MAX);
    CHECK_INT(recovery(&s).full, 1);
    empty(&s, 0, 0, 1);
    CHECK_INT(recovery(&s).full, 0);
    CHECK(fill(&s, 0, KARTO_HELD_MAX, KARTO_HELD_MAX + 1, karto_slice_str("s")));

    for (int i = 0; i < MIB; i++)
        karto_buf_add_byte(&large, 7);
    CHECK(fill(&s, 1, 0, LARGE, karto_buf_slice(&large)));
    CHECK(!fill(&s, 1, LARGE, LARGE + 1, karto_slice_str("s")));
    CHECK_INT(recovery(&s).held, KARTO_HELD_MAX + LARGE);
    CHECK(fill(&s, 1, 0, 1, karto_slice_str("less")));
    CHECK(fill(&s, 1, LARGE, LARGE + 1, karto_slice_str("s")));
    CHECK(!fill(&s, 1, 0, 1, karto_buf_slice(&large)));
    empty(&s, 0, 0, KARTO_HELD_MAX + 1);
    empty(&s, 1, 0, LARGE + 1);
    CHECK_INT(recovery(&s).held, 0);
    CHECK_INT(recovery(&s).full, 0);
    spine_is_whole(&s.hub);
    karto_buf_fini(&large);
    spine_close(&s);
}

/* A transaction that only reads does for what is there already. */
static void what_is_there_is_not_written_again(void)
{
    struct spine s;
    spine_open_pair(&s);
    CHECK(fill(&s, 0, 0, 1, karto_slice_str("s")));
    struct filling f = {s.devices[0].device, 0, 1, karto_slice_str("s"), false};
    CHECK_INT(karto_store_read(s.hub.store, do_fill, &f), KARTO_OK);
    CHECK(f.room);
    f.state = karto_slice_str("t");
    CHECK(karto_store_read(s.hub.store, do_fill, &f) != KARTO_OK);
    spine_restored(&s.hub);
    CHECK_INT(recovery(&s).held, 1);
    empty(&s, 0, 0, 1);
    spine_close(&s);
}

/* The laptop is told so, keeps all that it has, sends and fetches nothing else, also when head office is recovered;
 * and goes on as soon as there is room. */
static void over_it_everything_stays_on_the_laptop(void)
{
    struct spine s;
    struct karto_rid client = lose(&s);
    CHECK(fill(&s, 0, 0, KARTO_HELD_MAX, karto_slice_str("s")));
    CHECK_INT(spine_set(&s.devices[0], client, NOTE, "", "pending"), KARTO_OK);
    for (int recovered = 0; recovered < 2; recovered++) {
        for (int again = 0; again < 2; again++) {
            CHECK_INT(spine_try_sync(&s, 0), KARTO_E_HELD);
            CHECK_INT(recovery(&s).full, 1);
            CHECK_INT(recovery(&s).held, KARTO_HELD_MAX + recovered);
        }
        CHECK_STR(spine_see(&s.hub, client, NOTE, "").text, "");
        CHECK_STR(spine_see(&s.devices[0], client, NOTE, "").text, "pending");
        CHECK_INT(spine_see(&s.devices[0], client, TAG, "p").heads, 1);
        if (recovered)
            break;
        CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
        spine_recovered(&s.hub);
    }
    empty(&s, 0, 0, 1);
    CHECK_INT(recovery(&s).full, 0);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_OK);
    CHECK_STR(spine_see(&s.hub, client, NOTE, "").text, "pending");
    empty(&s, 0, 1, KARTO_HELD_MAX);
    CHECK_INT(recovery(&s).held, 2);
    CHECK_INT(decide(&s, do_accept, client, 0), KARTO_OK);
    CHECK_INT(recovery(&s).held, 0);
    spine_sync_all(&s);
    spine_same(&s, "01");
    spine_close(&s);
}

/* What it had too much of may come in otherwise, so that it has nothing left to be held: then it is through as well. */
static void room_is_not_needed_for_ever(void)
{
    struct spine s;
    struct karto_rid client = lose(&s);
    CHECK(fill(&s, 0, 0, KARTO_HELD_MAX, karto_slice_str("s")));
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_HELD);
    CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
    CHECK_INT(decide(&s, do_accept, client, 1), KARTO_OK);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_RECOVERING);
    CHECK_INT(recovery(&s).full, 0);
    empty(&s, 0, 0, KARTO_HELD_MAX);
    is_whole(&s);
}

int main(void)
{
    the_log_says_what_it_does_not_tell();
    it_goes_when_its_author_comes();
    it_goes_by_a_word();
    each_device_has_its_room();
    what_is_there_is_not_written_again();
    over_it_everything_stays_on_the_laptop();
    room_is_not_needed_for_ever();
    return 0;
}
