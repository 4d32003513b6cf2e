/* That a hub which was put back from a backup is another hub from then on, above all epochs that it or its journal
 * knows, and remembers up to where the backup had everybody's changes; and that nobody can forge a receipt. */
#include "core/store/databases.h"
#include "core/store/hub_recovery.h"
#include "core/store/keys.h"
#include "core/store/receipt.h"
#include "proto/messages.h"
#include "tests/spine.h"

/* ---- receipts ---- */

static enum karto_err try_receipts(struct karto_tx *tx, void *context)
{
    const struct karto_judged applied = {{{7}, 3}, 99, KARTO_V_APPLIED, false};
    struct karto_judged claim = applied;
    uint64_t receipt, other;
    bool valid;
    (void)context;
    CHECK_INT(karto_receipt_make(tx, &applied, &receipt), KARTO_OK);
    CHECK(receipt != 0);
    CHECK_INT(karto_receipt_check(tx, &claim, receipt, &valid), KARTO_OK);
    CHECK(valid && !claim.apart);
    CHECK_INT(karto_receipt_check(tx, &claim, 0, &valid), KARTO_OK);
    CHECK(!valid);
    const struct karto_judged forged[] = {{{{8}, 3}, 99, KARTO_V_APPLIED, false},
                                          {{{7}, 4}, 99, KARTO_V_APPLIED, false},
                                          {{{7}, 3}, 98, KARTO_V_APPLIED, false},
                                          {{{7}, 3}, 99, KARTO_V_REFUSED, false},
                                          {{{7}, 3}, 99, KARTO_V_WAITS, false}};
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        claim = forged[i];
        CHECK_INT(karto_receipt_check(tx, &claim, receipt, &valid), KARTO_OK);
        CHECK(!valid);
    }
    const struct karto_judged apart = {{{7}, 3}, 99, KARTO_V_REFUSED, true};
    CHECK_INT(karto_receipt_make(tx, &apart, &other), KARTO_OK);
    claim = (struct karto_judged){{{7}, 3}, 99, KARTO_V_REFUSED, false};
    CHECK_INT(karto_receipt_check(tx, &claim, other, &valid), KARTO_OK);
    CHECK(valid && claim.apart);
    return KARTO_OK;
}

static void a_receipt_is_of_one_verdict(void)
{
    struct spine s;
    spine_open(&s);
    CHECK_INT(karto_store_read(s.hub.store, try_receipts, NULL), KARTO_OK);
    spine_close(&s);
}

/* ---- put back ---- */

struct seen {
    struct karto_ledger ledger;
    struct karto_recovery recovery;
    struct karto_node node; /* whose mark */
    uint64_t mark, known;
    struct karto_rid device;
    bool wanted, revoked;
};

static enum karto_err do_see(struct karto_tx *tx, void *context)
{
    struct seen *seen = context;
    struct karto_device device;
    uint64_t hash;
    seen->ledger = tx->ledger;
    CHECK_INT(karto_hub_recovery(tx, &seen->recovery), KARTO_OK);
    CHECK_INT(karto_hub_mark(tx, seen->node, &seen->mark), KARTO_OK);
    CHECK_INT(karto_hub_known(tx, seen->node, &seen->known, &hash), KARTO_OK);
    CHECK_INT(karto_hub_device(tx, seen->device, &device), KARTO_OK);
    seen->wanted = karto_hub_wants(tx, &seen->recovery, &device);
    seen->revoked = device.revoked;
    return KARTO_OK;
}

static enum karto_err do_node(struct karto_tx *tx, void *context)
{
    *(struct karto_node *)context = tx->ledger.node;
    return KARTO_OK;
}

/* What the hub says of a device and its node. */
static struct seen see(struct spine *s, int device)
{
    struct seen seen = {.device = s->devices[device].device};
    CHECK_INT(karto_store_read(s->devices[device].store, do_node, &seen.node), KARTO_OK);
    CHECK_INT(karto_store_read(s->hub.store, do_see, &seen), KARTO_OK);
    return seen;
}

static enum karto_err do_restore(struct karto_tx *tx, void *context)
{
    return karto_hub_restored(tx, context);
}

static enum karto_err do_recovered(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_recovered(tx);
}

static enum karto_err do_gave(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_gave(tx, &device) : err;
}

static void restore(struct spine *s, const struct karto_hub_journal *journal)
{
    static const struct karto_hub_journal nothing;
    CHECK_INT(karto_store_write(s->hub.store, do_restore, (void *)(uintptr_t)(journal ? journal : &nothing)), KARTO_OK);
}

static void it_is_another_hub(void)
{
    struct spine s;
    spine_open_pair(&s);
    spine_sync_all(&s);
    spine_client(&s.devices[0], "Client", "01");
    spine_sync_all(&s);
    struct seen before = see(&s, 0);
    CHECK(!before.recovery.ever && !before.recovery.recovering && !before.wanted);
    CHECK_INT(karto_store_write(s.hub.store, do_recovered, NULL), KARTO_E_USAGE);
    CHECK_INT(karto_store_write(s.devices[0].store, do_restore, NULL), KARTO_E_USAGE);

    restore(&s, NULL);
    struct seen after = see(&s, 0);
    CHECK(karto_epoch_compare(after.ledger.epoch, before.ledger.epoch) > 0);
    CHECK(!karto_node_equal(after.ledger.node, before.ledger.node));
    CHECK(!karto_node_equal(after.ledger.rule_node, before.ledger.rule_node));
    CHECK(after.recovery.ever && after.recovery.recovering && after.wanted);
    CHECK_INT(after.recovery.position, before.ledger.position);
    CHECK_INT(after.recovery.lacking, 2);
    CHECK_INT(after.mark, before.known);
    CHECK(after.mark > 0);

    CHECK_INT(karto_store_write(s.hub.store, do_gave, &s.devices[0].device), KARTO_OK);
    after = see(&s, 0);
    CHECK(!after.wanted);
    CHECK_INT(after.recovery.gave, 1);
    spine_recovered(&s.hub);
    CHECK(!see(&s, 0).recovery.recovering);
    CHECK(see(&s, 1).wanted); /* who comes later still gives back */
    spine_close(&s);
}

/* A clock that was wrong in the lost hub, or is now: no hub is below one that was heard. */
static void no_epoch_is_lower(void)
{
    struct spine s;
    spine_open_pair(&s);
    struct karto_epoch far = {see(&s, 0).ledger.epoch.ms + 40LL * 365 * 24 * 60 * 60 * 1000, {5}};
    const struct karto_hub_journal journal = {.epochs = &far, .epoch_count = 1};
    restore(&s, &journal);
    struct karto_epoch first = see(&s, 0).ledger.epoch;
    CHECK(karto_epoch_compare(first, far) > 0);
    s.clock.now_ms -= 365LL * 24 * 60 * 60 * 1000;
    restore(&s, NULL);
    CHECK(karto_epoch_compare(see(&s, 0).ledger.epoch, first) > 0);
    spine_close(&s);
}

/* The backup may be older than a revocation, and the journal may name who is not in it. */
static void who_was_revoked_stays_so(void)
{
    struct spine s;
    spine_open_pair(&s);
    const struct karto_rid revoked[] = {s.devices[1].device, {{9}}};
    const struct karto_hub_journal journal = {.revoked = revoked, .revoked_count = 2};
    restore(&s, &journal);
    CHECK(!see(&s, 0).revoked);
    CHECK(see(&s, 1).revoked);
    CHECK_INT(see(&s, 0).recovery.lacking, 1);
    spine_close(&s);
}

static enum karto_err lower_mark(struct karto_tx *tx, void *context)
{
    const uint8_t one[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    uint8_t key[8];
    struct karto_slice node = karto_key_node(*(struct karto_node *)context, key);
    return karto_kv_put(tx->kv, KARTO_DB_MARKS, node, karto_slice(one, sizeof one));
}

/* What a device has not given back before the hub was put back again is still to come: its mark stays where it was,
 * though the backup has changes behind it. That of one that has given everything rises. */
static void a_mark_does_not_rise_before_all_is_given(void)
{
    struct spine s;
    spine_open_pair(&s);
    spine_sync_all(&s);
    for (int i = 0; i < 2; i++) {
        spine_client(&s.devices[i], "Client", "01");
        spine_client(&s.devices[i], "Another", "01");
    }
    spine_sync_all(&s);
    restore(&s, NULL);
    for (int i = 0; i < 2; i++) { /* the backup before was of earlier */
        struct karto_node node = see(&s, i).node;
        CHECK(see(&s, i).mark > 1);
        CHECK_INT(karto_store_write(s.hub.store, lower_mark, &node), KARTO_OK);
    }
    CHECK_INT(karto_store_write(s.hub.store, do_gave, &s.devices[1].device), KARTO_OK);
    restore(&s, NULL);
    CHECK_INT(see(&s, 0).mark, 1);
    CHECK_INT(see(&s, 1).mark, see(&s, 1).known);
    CHECK(see(&s, 1).mark > 1);
    spine_close(&s);
}

/* ---- invitations ---- */

enum { UNUSED = 1, EXPIRED, USED };

static enum karto_err do_invite(struct karto_tx *tx, void *context)
{
    enum karto_err err = KARTO_OK;
    (void)context;
    for (uint8_t i = UNUSED; i <= USED && err == KARTO_OK; i++) {
        const uint8_t token[16] = {i};
        const struct karto_invite invite = {.user = karto_slice_str("ivan"),
                                            .rights = {.role = karto_role(KARTO_ROLE_OFFICE)},
                                            .expires_ms = i == EXPIRED ? 1 : INT64_MAX,
                                            .public_key = karto_slice_str(i == USED ? "key" : "")};
        err = karto_hub_invite(tx, token, &invite);
    }
    return err;
}

static enum karto_err do_find(struct karto_tx *tx, void *context)
{
    const uint8_t token[16] = {*(const uint8_t *)context};
    struct karto_invite invite;
    return karto_hub_find_invite(tx, token, karto_slice_str("key"), &invite);
}

static enum karto_err find_invite(struct spine *s, uint8_t which)
{
    return karto_store_read(s->hub.store, do_find, &which);
}

static enum karto_err do_spoil(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_kv_put(tx->kv, KARTO_DB_INVITES, karto_slice_str("spoilt"), karto_slice_str("no invitation"));
}

/* What the backup has as unused may have been used after it. One that cannot be read keeps nobody from restoring. */
static void an_invitation_is_good_once(void)
{
    struct spine s;
    spine_open_pair(&s);
    CHECK_INT(karto_store_write(s.hub.store, do_invite, NULL), KARTO_OK);
    CHECK_INT(karto_store_write(s.hub.store, do_spoil, NULL), KARTO_OK);
    CHECK_INT(find_invite(&s, UNUSED), KARTO_OK);
    restore(&s, NULL);
    CHECK_INT(find_invite(&s, UNUSED), KARTO_E_INVITATION);
    CHECK_INT(find_invite(&s, EXPIRED), KARTO_E_INVITATION);
    CHECK_INT(find_invite(&s, USED), KARTO_OK);
    CHECK_INT(see(&s, 0).recovery.withdrawn, 1);
    spine_recovered(&s.hub);
    CHECK_INT(see(&s, 0).recovery.withdrawn, 1);
    restore(&s, NULL);
    CHECK_INT(see(&s, 0).recovery.withdrawn, 0);
    spine_close(&s);
}

/* ---- what it answers ---- */

static struct karto_answer ask(struct spine *s, struct karto_arena *arena, const struct karto_request *request)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    struct karto_answer out;
    CHECK_INT(karto_request_encode(request, &frame), KARTO_OK);
    spine_ask(s, 0, karto_buf_slice(&frame), &answer);
    struct karto_slice bytes = karto_arena_copy(arena, karto_buf_slice(&answer));
    CHECK_INT(karto_answer_decode(arena, bytes, &out), KARTO_OK);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return out;
}

/* A hello of this version of the protocol, by the first device, which has a node of its own. */
static struct karto_answer say_hello(struct spine *s, struct karto_arena *arena, uint32_t version)
{
    const struct karto_hello_node node = {karto_node_make(karto_slice_str("oksana"), 1), 1};
    struct karto_request request = {.type = KARTO_HELLO, .version = version};
    request.of.hello = (struct karto_hello){.version_least = 1,
                                            .version_most = version,
                                            .nodes = &node,
                                            .node_count = 1,
                                            .name = karto_slice_str("laptop"),
                                            .program = karto_slice_str("test"),
                                            .user = karto_slice_str("oksana")};
    return ask(s, arena, &request);
}

/* While it is recovered it takes what is given back and gives nothing; then all is as ever, but for devices of before
 * version 2, which could not give back. */
static void it_gives_nothing_until_it_is_recovered(void)
{
    struct spine s;
    struct karto_arena arena;
    karto_arena_init(&arena);
    spine_open_pair(&s);
    spine_sync_all(&s);
    CHECK_INT(say_hello(&s, &arena, 1).error, KARTO_OK);
    struct karto_answer hello = say_hello(&s, &arena, 2);
    CHECK(hello.error == KARTO_OK && !hello.of.hello.recovering);

    restore(&s, NULL);
    CHECK_INT(say_hello(&s, &arena, 1).error, KARTO_E_VERSION);
    hello = say_hello(&s, &arena, 2);
    CHECK(hello.error == KARTO_OK && hello.of.hello.recovering);
    static const enum karto_request_type types[] = {KARTO_PUSH, KARTO_PULL, KARTO_DIGESTS, KARTO_STATES, KARTO_WAIT};
    for (int recovered = 0; recovered < 2; recovered++) {
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            struct karto_request request = {.type = types[i], .version = 2, .token = hello.token};
            CHECK_INT(ask(&s, &arena, &request).error, recovered ? KARTO_OK : KARTO_E_RECOVERING);
        }
        if (!recovered)
            spine_recovered(&s.hub);
    }
    CHECK_INT(say_hello(&s, &arena, 1).error, KARTO_E_VERSION);
    CHECK(!say_hello(&s, &arena, 2).of.hello.recovering);
    karto_arena_fini(&arena);
    spine_close(&s);
}

int main(void)
{
    a_receipt_is_of_one_verdict();
    it_is_another_hub();
    no_epoch_is_lower();
    who_was_revoked_stays_so();
    a_mark_does_not_rise_before_all_is_given();
    an_invitation_is_good_once();
    it_gives_nothing_until_it_is_recovered();
    return 0;
}
