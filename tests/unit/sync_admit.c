/* That a laptop which was enrolled after the backup that head office was put back from loses nothing: what is proved is
 * taken back at once, all the rest when the administrator admits it; that nobody is believed more than that; and that
 * who was turned out stays out. */
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/store/hub_admit.h"
#include "core/store/hub_journal.h"
#include "core/store/hub_recovery.h"
#include "core/store/quarantine.h"
#include "proto/messages.h"
#include "tests/spine.h"

enum { SITE = 29, CITY = 42, LATE = 2 /* the laptop that the backup does not know */ };

static enum karto_err do_restore(struct karto_tx *tx, void *context)
{
    struct karto_hub_journal journal;
    (void)context;
    enum karto_err err = karto_hub_journal_read(&tx->arena, karto_store_dir(tx->store), &journal);
    return err == KARTO_OK ? karto_hub_restored(tx, &journal) : err;
}

static void recovered(struct spine *s)
{
    spine_recovered(&s->hub);
}

/* ---- the hub's row of a laptop ---- */

struct row {
    struct karto_rid id;
    enum karto_err found;
    bool claimed, revoked, wanted;
    const struct karto_role *role, *claims;
    uint32_t territories, claimed_territories;
    char user[100];
    struct karto_recovery recovery;
};

static enum karto_err do_row(struct karto_tx *tx, void *context)
{
    struct row *row = context;
    struct karto_device device = {.revoked = false};
    row->found = karto_hub_device(tx, row->id, &device);
    row->claimed = karto_hub_is_claimed(&device);
    row->revoked = device.revoked;
    row->role = device.scope.role;
    row->claims = device.claims.role;
    row->territories = device.scope.territory_count;
    row->claimed_territories = device.claims.territory_count;
    snprintf(row->user, sizeof row->user, "%.*s", (int)device.user.size,
             device.user.data ? (const char *)device.user.data : "");
    enum karto_err err = karto_hub_recovery(tx, &row->recovery);
    row->wanted = karto_hub_wants(tx, &row->recovery, &device);
    return err;
}

static struct row row_of(struct spine *s, int device)
{
    struct row row = {.id = s->devices[device].device};
    CHECK_INT(karto_store_read(s->hub.store, do_row, &row), KARTO_OK);
    return row;
}

struct admitting {
    struct karto_rid id;
    struct karto_rights scope;
};

static enum karto_err do_admit(struct karto_tx *tx, void *context)
{
    const struct admitting *admitting = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, admitting->id, &device);
    return err == KARTO_OK ? karto_hub_admit(tx, &device, &admitting->scope) : err;
}

static enum karto_err admit(struct spine *s, int device, const struct karto_role *role)
{
    struct karto_slice north = karto_slice_str("01");
    struct admitting admitting = {s->devices[device].device,
                                  {role, &north, role == karto_role(KARTO_ROLE_REPRESENTATIVE)}};
    return karto_store_write(s->hub.store, do_admit, &admitting);
}

static enum karto_err do_revoke(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_revoke(tx, &device, false) : err;
}

/* ---- what comes back ---- */

struct work {
    struct spine s;
    struct karto_rid old, late, both; /* clients: of before; that the late laptop made; that it changed */
};

/* A backup; then a third laptop joins and works, and the hub is put back. Without receipts, if that is said: as where
 * the laptop's program was older than they are. */
static void lose_a_laptop(struct work *w, bool receipts)
{
    static const char *const north[] = {"01", NULL};
    memset(w, 0, sizeof *w);
    spine_open_pair(&w->s);
    w->old = spine_client(&w->s.hub, "Стара", "01");
    w->both = spine_client(&w->s.hub, "Спільна", "01");
    spine_sync_all(&w->s);
    spine_keep(&w->s, &w->s.hub, "before");
    CHECK_INT(spine_device(&w->s, "late", north), LATE);
    spine_sync(&w->s, LATE);
    w->late = spine_client(&w->s.devices[LATE], "Пізня", "01");
    CHECK_INT(spine_set(&w->s.devices[LATE], w->both, SITE, "", "late.ua"), KARTO_OK);
    w->s.protocol_most = receipts ? 0 : 1;
    spine_sync(&w->s, LATE);
    w->s.protocol_most = 0;
    CHECK_INT(spine_set(&w->s.devices[LATE], w->both, CITY, "", "Львів"), KARTO_OK); /* and that it has not sent */
    spine_put_back(&w->s, &w->s.hub, "before");
}

static void restored(struct work *w)
{
    CHECK_INT(karto_store_write(w->s.hub.store, do_restore, NULL), KARTO_OK);
}

/* Where nobody has said that the hub was put back, a laptop that it does not know is how one knows. */
static void an_unknown_laptop_tells_of_it(void)
{
    struct work w;
    lose_a_laptop(&w, true);
    CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_HUB_BEHIND);
    CHECK_INT(row_of(&w.s, LATE).found, KARTO_E_NOT_FOUND);
    restored(&w);
    CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_NOT_ADMITTED);
    spine_close(&w.s);
}

static void nothing_of_it_is_lost(bool receipts, bool recovered_first)
{
    struct work w;
    lose_a_laptop(&w, receipts);
    restored(&w);
    for (int i = 0; i < 3; i++)
        CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_NOT_ADMITTED);
    struct row row = row_of(&w.s, LATE);
    CHECK(row.claimed && row.wanted && !row.revoked);
    CHECK_STR(row.user, "late");
    CHECK(row.claims == karto_role(KARTO_ROLE_REPRESENTATIVE));
    CHECK_INT(row.claimed_territories, 1);
    CHECK_INT(row.territories, 0);
    CHECK_INT(row.recovery.claimed, 1);
    CHECK_INT(row.recovery.lacking, 3);
    CHECK_INT(spine_see(&w.s.hub, w.late, SITE, "").exists, receipts); /* what is proved is in at once */
    CHECK_STR(spine_see(&w.s.hub, w.both, SITE, "").text, receipts ? "late.ua" : "");
    CHECK_STR(spine_see(&w.s.hub, w.both, CITY, "").text, "");

    for (int i = 0; i < 2; i++)
        CHECK_INT(spine_try_sync(&w.s, i), KARTO_E_RECOVERING);
    if (recovered_first) {
        recovered(&w.s);
        CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_NOT_ADMITTED);
    }
    CHECK_INT(admit(&w.s, LATE, karto_role(KARTO_ROLE_REPRESENTATIVE)), KARTO_OK);
    CHECK_INT(admit(&w.s, LATE, karto_role(KARTO_ROLE_OFFICE)), KARTO_E_USAGE); /* once */
    if (!recovered_first) {
        CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_RECOVERING);
        CHECK_INT(row_of(&w.s, LATE).recovery.lacking, 0);
        recovered(&w.s);
    }
    spine_sync_all(&w.s);
    spine_sync_all(&w.s);
    CHECK(!row_of(&w.s, LATE).wanted);
    for (int i = 0; i < 3; i++) {
        CHECK(spine_see(&w.s.devices[i], w.late, SITE, "").exists);
        CHECK_STR(spine_see(&w.s.devices[i], w.both, SITE, "").text, "late.ua");
        CHECK_STR(spine_see(&w.s.devices[i], w.both, CITY, "").text, "Львів");
        CHECK_INT(spine_see(&w.s.devices[i], w.both, CITY, "").conflicts, 0);
    }
    spine_same(&w.s, "01");
    spine_close(&w.s);
}

/* ---- who is believed ---- */

static struct karto_answer ask(struct spine *s, struct karto_arena *arena, int device,
                               const struct karto_request *request)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    struct karto_answer out;
    CHECK_INT(karto_request_encode(request, &frame), KARTO_OK);
    spine_ask(s, device, karto_buf_slice(&frame), &answer);
    CHECK_INT(karto_answer_decode(arena, karto_arena_copy(arena, karto_buf_slice(&answer)), &out), KARTO_OK);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return out;
}

/* What a laptop that lies says: that it is head office. */
static struct karto_answer claim(struct spine *s, struct karto_arena *arena, int device, const char *user)
{
    struct karto_hello_node node = {karto_node_make(karto_slice_str(s->devices[device].user), 1), 1};
    struct karto_request request = {.type = KARTO_HELLO, .version = 2};
    request.of.hello = (struct karto_hello){.version_least = 1,
                                            .version_most = 2,
                                            .nodes = &node,
                                            .node_count = 1,
                                            .name = karto_slice_str("laptop"),
                                            .program = karto_slice_str("test"),
                                            .user = karto_slice_str(user),
                                            .rights = {.role = karto_role(KARTO_ROLE_OFFICE)}};
    return ask(s, arena, device, &request);
}

static void nobody_makes_himself_head_office(void)
{
    static const enum karto_request_type types[] = {KARTO_PUSH, KARTO_PULL, KARTO_DIGESTS, KARTO_STATES,
                                                    KARTO_WAIT, KARTO_HEAL, KARTO_HISTORY};
    struct work w;
    struct karto_arena arena;
    karto_arena_init(&arena);
    lose_a_laptop(&w, true);
    restored(&w);
    struct karto_answer hello = claim(&w.s, &arena, LATE, "boss");
    CHECK_INT(hello.error, KARTO_OK);
    CHECK(!hello.of.hello.everything);
    CHECK_INT(hello.of.hello.territory_count, 0);
    struct row row = row_of(&w.s, LATE);
    CHECK(row.role == karto_role(KARTO_ROLE_REPRESENTATIVE));
    CHECK(row.claims == karto_role(KARTO_ROLE_OFFICE));
    for (int ended = 0; ended < 2; ended++) {
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            struct karto_request request = {.type = types[i], .version = 2, .token = hello.token};
            if (types[i] == KARTO_HEAL)
                request.of.heal.form = KARTO_HEAL_DONE;
            CHECK_INT(ask(&w.s, &arena, LATE, &request).error, KARTO_E_NOT_ADMITTED);
        }
        if (!ended)
            recovered(&w.s);
    }
    CHECK(row_of(&w.s, LATE).wanted);
    CHECK_STR(row_of(&w.s, LATE).user, "boss"); /* as the administrator will see it */
    claim(&w.s, &arena, LATE, "somebody");      /* what was said first stays */
    CHECK_STR(row_of(&w.s, LATE).user, "boss");
    w.s.devices[LATE].device.b[0] ^= 1;
    CHECK_INT(claim(&w.s, &arena, LATE, "\xff").error, KARTO_E_PROTOCOL);
    w.s.devices[LATE].device.b[0] ^= 1;
    karto_arena_fini(&arena);
    spine_close(&w.s);
}

/* What cannot be applied, whether for what it is or for what the record is: refused and set aside would be the last
 * word on it, and whose word it is nobody has said. */
struct flawed {
    struct karto_rid device;
    struct karto_change change;
    struct karto_judgement judgement;
    uint64_t quarantined;
};

static enum karto_err do_next(struct karto_tx *tx, void *context)
{
    struct flawed *f = context;
    f->change.stamp.dot = (struct karto_dot){tx->ledger.node, tx->ledger.seq + 1};
    return KARTO_OK;
}

static enum karto_err do_flawed(struct karto_tx *tx, void *context)
{
    struct flawed *f = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, f->device, &device);
    f->change.stamp.author = device.user;
    if (err == KARTO_OK)
        err = karto_hub_push_flawed(tx, &device, &f->change, false, "a flaw", &f->judgement);
    return err == KARTO_OK ? karto_quarantine_count(tx, &f->quarantined) : err;
}

static void what_cannot_be_applied_waits_too(void)
{
    struct work w;
    const struct karto_set set = {.value = karto_slice_str("\xc0")};
    const struct karto_touch touch = {SITE, KARTO_VV_EMPTY, &set, 1};
    lose_a_laptop(&w, true);
    restored(&w);
    CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_NOT_ADMITTED);
    struct flawed f = {
        .device = w.s.devices[LATE].device,
        .change = {
            .kind = KARTO_CLIENT, .record = w.both, .touches = &touch, .count = 1, .batch = 1, .via = KARTO_VIA_CLI}};
    CHECK_INT(karto_store_read(w.s.devices[LATE].store, do_next, &f), KARTO_OK);
    CHECK_INT(karto_store_write(w.s.hub.store, do_flawed, &f), KARTO_OK);
    CHECK_INT(f.judgement.verdict, KARTO_V_NONE);
    CHECK_INT(f.quarantined, 0);
    CHECK_INT(admit(&w.s, LATE, karto_role(KARTO_ROLE_REPRESENTATIVE)), KARTO_OK);
    CHECK_INT(karto_store_write(w.s.hub.store, do_flawed, &f), KARTO_OK);
    CHECK_INT(f.judgement.verdict, KARTO_V_REFUSED);
    CHECK_INT(f.quarantined, 1);
    spine_close(&w.s);
}

/* It is told what everybody is who waits, and what is proved is taken from it; but it can enter nothing, under no name.
 */
static void nobodys_laptop_waits(const char *user, bool named)
{
    struct work w;
    struct karto_arena arena;
    karto_arena_init(&arena);
    lose_a_laptop(&w, true);
    restored(&w);
    struct karto_answer hello = claim(&w.s, &arena, LATE, user);
    CHECK_INT(hello.error, KARTO_OK);
    struct karto_request pull = {.type = KARTO_PULL, .version = 2, .token = hello.token};
    CHECK_INT(ask(&w.s, &arena, LATE, &pull).error, KARTO_E_NOT_ADMITTED);
    CHECK(row_of(&w.s, LATE).claimed);
    CHECK_STR(row_of(&w.s, LATE).user, named ? user : KARTO_NOBODY);
    CHECK_INT(admit(&w.s, LATE, karto_role(KARTO_ROLE_REPRESENTATIVE)), named ? KARTO_OK : KARTO_E_USAGE);
    CHECK_INT(karto_store_write(w.s.hub.store, do_revoke, &w.s.devices[LATE].device), KARTO_OK);
    CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_REVOKED);
    karto_arena_fini(&arena);
    spine_close(&w.s);
}

static void a_claim_under_no_name_is_one_all_the_same(void)
{
    char longest[KARTO_AUTHOR_SIZE_MAX + 2];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    nobodys_laptop_waits(longest, false);
    longest[sizeof longest - 2] = 0;
    nobodys_laptop_waits(longest, true);
    nobodys_laptop_waits("", false);
    nobodys_laptop_waits(" \xc2\xa0\n", false);
}

/* A thousand wait; the next one is told the same, and is not remembered until there is room. */
static void claims_are_bounded(void)
{
    struct work w;
    struct karto_arena arena;
    struct karto_rid late;
    char user[30];
    karto_arena_init(&arena);
    lose_a_laptop(&w, true);
    restored(&w);
    late = w.s.devices[LATE].device;
    for (unsigned i = 0; i < KARTO_CLAIMED_MAX; i++) {
        w.s.devices[LATE].device = (struct karto_rid){{9, (uint8_t)(i >> 8), (uint8_t)i}};
        snprintf(user, sizeof user, "user-%u", i);
        w.s.devices[LATE].user = user; /* a key of its own */
        CHECK_INT(claim(&w.s, &arena, LATE, user).error, KARTO_OK);
    }
    w.s.devices[LATE].device = late;
    w.s.devices[LATE].user = "late";
    CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_NOT_ADMITTED);
    CHECK_INT(row_of(&w.s, LATE).found, KARTO_E_NOT_FOUND);
    CHECK_INT(row_of(&w.s, 0).recovery.claimed, KARTO_CLAIMED_MAX);
    struct karto_rid one = {{9, 0, 7}};
    CHECK_INT(karto_store_write(w.s.hub.store, do_revoke, &one), KARTO_OK);
    CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_NOT_ADMITTED);
    CHECK(row_of(&w.s, LATE).claimed);
    karto_arena_fini(&arena);
    spine_close(&w.s);
}

/* ---- turned out ---- */

/* The laptop's certificate is good for a year, and the backup knows neither it nor that it was turned out. */
static void who_was_turned_out_stays_out(void)
{
    struct work w;
    lose_a_laptop(&w, true);
    spine_keep(&w.s, &w.s.hub, "again");
    restored(&w);
    CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_NOT_ADMITTED);
    CHECK_INT(karto_store_write(w.s.hub.store, do_revoke, &w.s.devices[LATE].device), KARTO_OK);
    CHECK_INT(karto_store_write(w.s.hub.store, do_revoke, &w.s.devices[0].device), KARTO_OK);
    CHECK_INT(admit(&w.s, LATE, karto_role(KARTO_ROLE_OFFICE)), KARTO_E_USAGE);
    CHECK_INT(spine_try_sync(&w.s, LATE), KARTO_E_REVOKED);
    spine_put_back(&w.s, &w.s.hub, "again");
    restored(&w);
    for (int i = 0; i < 3; i++)
        CHECK_INT(spine_try_sync(&w.s, i), i == 1 ? KARTO_E_RECOVERING : KARTO_E_REVOKED);
    struct row row = row_of(&w.s, LATE);
    CHECK(row.revoked && !row.claimed);
    CHECK_INT(admit(&w.s, LATE, karto_role(KARTO_ROLE_OFFICE)), KARTO_E_USAGE);
    CHECK_INT(row.recovery.gave, 1);
    CHECK_INT(row.recovery.lacking + row.recovery.claimed, 0);
    spine_close(&w.s);
}

/* He is told so before his request is unpacked: whatever is behind its header. */
static void for_him_nothing_is_unpacked(void)
{
    struct spine s;
    struct karto_arena arena;
    struct karto_answer answer;
    struct karto_buf frame = KARTO_BUF_EMPTY, out = KARTO_BUF_EMPTY;
    const struct karto_request request = {.type = KARTO_PULL, .version = 2};
    karto_arena_init(&arena);
    spine_open_pair(&s);
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    karto_buf_add_byte(&frame, 0xc1);
    for (int revoked = 0; revoked < 2; revoked++) {
        karto_buf_clear(&out);
        spine_ask(&s, 0, karto_buf_slice(&frame), &out);
        CHECK_INT(karto_answer_decode(&arena, karto_buf_slice(&out), &answer), KARTO_OK);
        CHECK_INT(answer.type, KARTO_PULL);
        CHECK_INT(answer.error, revoked ? KARTO_E_REVOKED : KARTO_E_PROTOCOL);
        CHECK_INT(karto_store_write(s.hub.store, do_revoke, &s.devices[0].device), KARTO_OK);
    }
    karto_buf_fini(&frame);
    karto_buf_fini(&out);
    karto_arena_fini(&arena);
    spine_close(&s);
}

int main(void)
{
    an_unknown_laptop_tells_of_it();
    for (int i = 0; i < 4; i++)
        nothing_of_it_is_lost(i % 2 == 0, i / 2 == 0);
    nobody_makes_himself_head_office();
    what_cannot_be_applied_waits_too();
    a_claim_under_no_name_is_one_all_the_same();
    claims_are_bounded();
    who_was_turned_out_stays_out();
    for_him_nothing_is_unpacked();
    return 0;
}
