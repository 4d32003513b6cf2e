/* That a connection which breaks while head office is put back does no harm, whichever answer it takes with it: for
 * each k, the k-th answer is lost and asked for again, and what comes of it is what comes of it without: everything is
 * there once, and head office's log is as long. */
#include "core/base/os_posix.h"
#include "core/store/hub_admit.h"
#include "tests/spine.h"

enum { SITE = 29, NOTE = 31, CITY = 42, CLIENTS = 6, ANSWERS_MAX = 400, OFFICE = 2, NEW = 3, LATE = 4, DEVICES = 5 };

/* ---- a world that was put back ---- */

struct world {
    struct spine s;
    struct karto_rid clients[CLIENTS], late, visit, refused;
    unsigned heard, cut; /* answers; which of them is lost */
};

static enum karto_err do_admit(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_admit(tx, &device, &device.claims) : err;
}

/* What each did after the backup, and one that joined after it: seen by others or not, sent with and without a receipt,
 * refused, in conflict, not yet sent. */
static void work(struct world *w)
{
    struct spine *s = &w->s;
    for (int i = 0; i < CLIENTS; i++)
        CHECK_INT(spine_set(&s->devices[i % 2], w->clients[i], SITE, "", i % 2 ? "b.ua" : "a.ua"), KARTO_OK);
    w->late = spine_client(&s->devices[0], "Пізня", "01");
    w->visit = spine_child(&s->devices[0], KARTO_ACTIVITY, w->late, 38, "візит");
    w->refused = spine_client(&s->devices[NEW], "Чужа", "02"); /* it does not know yet that it must not */
    CHECK_INT(spine_set(&s->devices[NEW], w->refused, NOTE, "", "і що на тому стоїть"), KARTO_OK);
    spine_sync(s, 0);
    s->protocol_most = 1; /* whose verdicts have no receipts */
    spine_sync(s, 1);
    s->protocol_most = 0;
    spine_sync(s, OFFICE);
    CHECK_INT(spine_set(&s->devices[1], w->clients[0], NOTE, "", "на тому, що від Анни"), KARTO_OK);
    CHECK_INT(spine_set(&s->hub, w->clients[1], NOTE, "", "від офісу"), KARTO_OK);
    CHECK_INT(spine_hide(&s->hub, w->clients[2], true), KARTO_OK);
    CHECK_INT(spine_set(&s->devices[OFFICE], w->late, CITY, "", "Львів"), KARTO_OK);
    for (int i = 0; i < DEVICES; i++)
        spine_sync(s, i);
    CHECK_INT(spine_set(&s->devices[LATE], w->clients[4], NOTE, "", "від того, хто прийшов пізніше"), KARTO_OK);
    spine_sync(s, LATE);
    CHECK_INT(spine_set(&s->devices[LATE], w->clients[5], NOTE, "", "і не встиг"), KARTO_OK);
    CHECK_INT(spine_set(&s->devices[0], w->clients[3], CITY, "", "Київ"), KARTO_OK);
    CHECK_INT(spine_set(&s->devices[1], w->clients[3], CITY, "", "Одеса"), KARTO_OK);
    CHECK_INT(spine_set(&s->devices[OFFICE], w->late, NOTE, "", "ще не надіслано"), KARTO_OK);
}

static void open_world(struct world *w, unsigned cut, uint64_t page_size)
{
    static const char *const north[] = {"01", NULL};
    memset(w, 0, sizeof *w);
    w->cut = cut;
    spine_open_pair(&w->s);
    CHECK_INT(spine_device(&w->s, "maria", NULL), OFFICE);
    CHECK_INT(spine_device(&w->s, "new", north), NEW);
    for (int i = 0; i < CLIENTS; i++)
        w->clients[i] = spine_client(&w->s.hub, "Клієнт", "01");
    for (int i = 0; i < NEW; i++)
        spine_sync(&w->s, i);
    spine_keep(&w->s, &w->s.hub, "backup");
    CHECK_INT(spine_device(&w->s, "late", north), LATE);
    work(w);
    spine_put_back(&w->s, &w->s.hub, "backup");
    spine_restored(&w->s.hub);
    w->s.page_size = page_size;
}

/* ---- synchronisations of which one loses an answer ---- */

static enum karto_err try_sync(struct world *w, int device)
{
    struct karto_exchange *exchange;
    struct karto_exchange_options options = {.page_size = w->s.page_size, .program = karto_slice_str("test")};
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    bool done = false;
    enum karto_err err = KARTO_OK;
    karto_exchange_new(w->s.devices[device].store, &options, &exchange);
    while (err == KARTO_OK && !done) {
        karto_buf_clear(&frame);
        err = karto_exchange_next(exchange, &frame, &done);
        if (err != KARTO_OK || done)
            break;
        spine_ask(&w->s, device, karto_buf_slice(&frame), &answer);
        CHECK(++w->heard < ANSWERS_MAX);
        err = w->heard == w->cut ? KARTO_E_OFFLINE : karto_exchange_answer(exchange, karto_buf_slice(&answer));
    }
    karto_exchange_free(exchange);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return err;
}

static void sync_with(struct world *w, int device, enum karto_err wanted)
{
    enum karto_err err = try_sync(w, device);
    if (err == KARTO_E_OFFLINE)
        err = try_sync(w, device);
    CHECK_INT(err, wanted);
}

/* ---- what came of it ---- */

static enum karto_err do_ledger(struct karto_tx *tx, void *context)
{
    *(struct karto_ledger *)context = tx->ledger;
    return KARTO_OK;
}

static struct karto_ledger ledger_of(const struct spine_node *node)
{
    struct karto_ledger ledger;
    CHECK_INT(karto_store_read(node->store, do_ledger, &ledger), KARTO_OK);
    return ledger;
}

/* The same in every store: what was given back, judged again, pushed, and lost. */
static void check_node(struct world *w, struct spine_node *node)
{
    for (int i = 0; i < CLIENTS; i++) {
        CHECK_STR(spine_see(node, w->clients[i], SITE, "").text, i % 2 ? "b.ua" : "a.ua");
        CHECK_INT(spine_see(node, w->clients[i], SITE, "").heads, 1);
        CHECK_INT(spine_see(node, w->clients[i], SITE, "").conflicts, i == 3);
        CHECK_INT(spine_see(node, w->clients[i], SITE, "").hidden, i == 2);
    }
    CHECK_STR(spine_see(node, w->clients[0], NOTE, "").text, "на тому, що від Анни");
    CHECK_STR(spine_see(node, w->clients[1], NOTE, "").text, "від офісу");
    CHECK_INT(spine_see(node, w->clients[3], CITY, "").heads, 2);
    CHECK_STR(spine_see(node, w->late, CITY, "").text, "Львів");
    CHECK_STR(spine_see(node, w->late, NOTE, "").text, "ще не надіслано");
    CHECK_STR(spine_see(node, w->visit, 38, "").text, "візит");
    CHECK_STR(spine_see(node, w->clients[4], NOTE, "").text, "від того, хто прийшов пізніше");
    CHECK_STR(spine_see(node, w->clients[5], NOTE, "").text, "і не встиг");
    CHECK_INT(ledger_of(node).pending, 0);
}

/* Recovers it, with one answer lost, and says how long head office's log is then. */
static uint64_t recover(struct world *w)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < LATE; i++)
            sync_with(w, i, KARTO_E_RECOVERING);
        sync_with(w, LATE, round == 0 ? KARTO_E_NOT_ADMITTED : KARTO_E_RECOVERING);
        if (round == 0)
            CHECK_INT(karto_store_write(w->s.hub.store, do_admit, &w->s.devices[LATE].device), KARTO_OK);
    }
    spine_recovered(&w->s.hub);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < DEVICES; i++)
            sync_with(w, i, KARTO_OK);
    check_node(w, &w->s.hub);
    for (int i = 0; i < DEVICES; i++)
        check_node(w, &w->s.devices[i]);
    CHECK_STR(spine_see(&w->s.hub, w->refused, KARTO_F_NAME, "").text, "");
    CHECK_INT(ledger_of(&w->s.devices[NEW]).refused, 2);
    spine_same(&w->s, "01");
    return ledger_of(&w->s.hub).position;
}

/* Of small pages there are many alike: then every third cut is enough. */
static void survives_cuts(uint64_t page_size, unsigned step)
{
    struct world w;
    open_world(&w, 0, page_size);
    uint64_t position = recover(&w);
    unsigned answers = w.heard;
    CHECK(answers > 50);
    spine_close(&w.s);
    for (unsigned cut = 1; cut <= answers; cut += step) {
        open_world(&w, cut, page_size);
        uint64_t now = recover(&w);
        if (now != position)
            fprintf(stderr, "without answer %u of %u:\n", cut, answers);
        CHECK_INT(now, position);
        CHECK(w.heard >= answers);
        spine_close(&w.s);
    }
}

int main(void)
{
    survives_cuts(0, 1);
    survives_cuts(1, 3);
    return 0;
}
