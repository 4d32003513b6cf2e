/* A hub that was put back to an older copy and does not know it is noticed by those who have what it lost: nothing is
 * sent to it, and nothing is lost here. Receipts of verdicts are kept, also beside rows of older stores. */
#include "core/store/own.h"
#include "tests/spine.h"

enum { SITE = 29, CITY = 42 };

/* Two laptops and a client that all have; its id. */
static struct karto_rid begin(struct spine *s)
{
    spine_open_pair(s);
    struct karto_rid id = spine_client(&s->hub, "Нова Пошта", "01");
    spine_sync_all(s);
    return id;
}

static enum karto_err pending(struct karto_tx *tx, void *context)
{
    *(uint64_t *)context = tx->ledger.pending;
    return KARTO_OK;
}

static uint64_t pending_of(const struct spine_node *node)
{
    uint64_t count;
    CHECK_INT(karto_store_read(node->store, pending, &count), KARTO_OK);
    return count;
}

/* Laptop 0 has sent a change that the hub no longer has; laptop 1 has pulled it. */
static void one_lost_change_is_noticed(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    spine_keep(&s, &s.hub, "before");
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "a.ua"), KARTO_OK);
    spine_sync_all(&s);
    spine_keep(&s, &s.hub, "after");
    spine_put_back(&s, &s.hub, "before");
    for (int i = 0; i < 2; i++) {
        CHECK_INT(spine_set(&s.devices[i], id, CITY, "", i ? "Львів" : "Київ"), KARTO_OK);
        CHECK_INT(spine_try_sync(&s, i), KARTO_E_HUB_BEHIND);
        CHECK_INT(pending_of(&s.devices[i]), 1);
        CHECK_STR(spine_see(&s.devices[i], id, SITE, "").text, "a.ua");
    }
    CHECK_STR(spine_see(&s.hub, id, CITY, "").text, "");
    spine_put_back(&s, &s.hub, "after");
    spine_sync_all(&s);
    CHECK_INT(pending_of(&s.devices[0]) + pending_of(&s.devices[1]), 0);
    spine_same(&s, "01");
    spine_close(&s);
}

/* The hub's log has grown past the cursor meanwhile; what it knows of the laptop's node gives it away. */
static void it_is_noticed_behind_new_work(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    spine_keep(&s, &s.hub, "before");
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "a.ua"), KARTO_OK);
    spine_sync(&s, 0);
    spine_put_back(&s, &s.hub, "before");
    for (int i = 0; i < 20; i++)
        spine_client(&s.hub, "Інший", "01");
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_HUB_BEHIND);
    spine_sync(&s, 1); /* has nothing that the hub has not */
    spine_close(&s);
}

/* A hub of version 1 does not say where its log ends, and a device that speaks version 1 does not ask. */
static void version_one_goes_on(void)
{
    struct spine s;
    struct karto_rid id = begin(&s);
    s.protocol_most = 1;
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "a.ua"), KARTO_OK);
    spine_sync(&s, 0);
    s.protocol_most = 0;
    CHECK_INT(spine_set(&s.devices[1], id, CITY, "", "Львів"), KARTO_OK);
    spine_sync_all(&s);
    CHECK_STR(spine_see(&s.devices[0], id, CITY, "").text, "Львів");
    CHECK_STR(spine_see(&s.devices[1], id, SITE, "").text, "a.ua");
    spine_same(&s, "01");
    spine_close(&s);
}

/* ---- rows ---- */

static void check_row(struct karto_tx *tx, struct karto_dot dot, const struct karto_own *own)
{
    struct karto_own got;
    CHECK_INT(karto_own_put(tx, dot, own), KARTO_OK);
    CHECK_INT(karto_own_get(tx, dot, &got), KARTO_OK);
    CHECK(got.position == own->position && got.verdict == own->verdict && got.receipt == own->receipt);
    CHECK(karto_epoch_equal(got.sent, own->sent) && karto_slice_equal(got.reason, own->reason));
}

static enum karto_err rows(struct karto_tx *tx, void *context)
{
    (void)context;
    struct karto_node node = {77};
    struct karto_own plain = {.position = 5, .verdict = KARTO_V_REFUSED, .sent = {9, {3}}};
    uint64_t judged;
    plain.reason = karto_slice_str("E-NOT-PERMITTED");
    check_row(tx, (struct karto_dot){node, 1}, &plain);
    plain.receipt = 0x8000000000000001;
    check_row(tx, (struct karto_dot){node, 2}, &plain);
    check_row(tx, (struct karto_dot){node, 3},
              &(struct karto_own){.position = 6, .verdict = KARTO_V_APPLIED, .receipt = 1});
    check_row(tx, (struct karto_dot){node, 4}, &(struct karto_own){.position = 7});
    check_row(tx, (struct karto_dot){node, 5}, &(struct karto_own){.position = 8});
    CHECK_INT(karto_own_judged(tx, node, &judged), KARTO_OK);
    CHECK_INT(judged, 3);
    CHECK_INT(karto_own_judged(tx, (struct karto_node){78}, &judged), KARTO_OK);
    CHECK_INT(judged, 0);
    return KARTO_E_INTERRUPTED; /* nothing of this stays */
}

static void receipts_are_kept(void)
{
    struct spine s;
    spine_open_pair(&s);
    CHECK_INT(karto_store_write(s.devices[0].store, rows, NULL), KARTO_E_INTERRUPTED);
    spine_close(&s);
}

int main(void)
{
    one_lost_change_is_noticed();
    it_is_noticed_behind_new_work();
    version_one_goes_on();
    receipts_are_kept();
    return 0;
}
