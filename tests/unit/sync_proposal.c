/* What a laptop wanted and may not: kept at head office with its values, accepted against what was shown, rejected with
 * a reason, and bounded, so that nobody fills a disk with it or holds up what is honest. */
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/hub_proposal.h"
#include "core/store/hub_recovery.h"
#include "core/store/log.h"
#include "tests/spine.h"

enum { SITE = 29, NOTE = 31, OKSANA = 0, PETRO = 1 };

static struct spine spine;
static struct karto_arena arena;
static const struct karto_rid all;

static void begin(void)
{
    spine_open_pair(&spine);
    karto_arena_init(&arena);
}

static void end(void)
{
    spine_close(&spine);
    karto_arena_fini(&arena);
}

/* ---- looking ---- */

struct look {
    uint64_t numbers[KARTO_PROPOSALS_OF_DEVICE_MAX + 8];
    uint32_t count;
    struct karto_rid device; /* whose tally */
    struct karto_proposal_tally tally, whole;
};

static enum karto_err do_look(struct karto_tx *tx, void *context)
{
    struct look *look = context;
    uint64_t *numbers;
    enum karto_err err = karto_hub_proposals(tx, &numbers, &look->count);
    CHECK(look->count <= sizeof look->numbers / sizeof *look->numbers);
    for (uint32_t i = 0; i < look->count; i++)
        look->numbers[i] = numbers[i];
    if (err == KARTO_OK)
        err = karto_hub_proposal_tally(tx, look->device, &look->tally);
    return err == KARTO_OK ? karto_hub_proposal_tally(tx, all, &look->whole) : err;
}

static struct look look_anyhow(int device)
{
    struct look look = {.device = spine.devices[device].device};
    CHECK_INT(karto_store_read(spine.hub.store, do_look, &look), KARTO_OK);
    return look;
}

static struct look look_at(int device)
{
    struct look look = look_anyhow(device);
    CHECK_INT(look.whole.count, look.count);
    return look;
}

/* One proposal: what it is, what is there now, and what is proposed (texts of its first register). */
struct seen {
    uint64_t number;
    enum karto_err reason, err;
    uint32_t mark;
    char author[32], now[64], wants[64], by[32], why[64];
    struct karto_rid record, device;
};

static void put_text(char *out, size_t size, struct karto_slice value)
{
    struct karto_value text;
    *out = 0;
    if (value.size && karto_value_decode(value, &text) == KARTO_OK && text.type == KARTO_TEXT)
        snprintf(out, size, "%.*s", (int)text.text.size, (const char *)text.text.data);
}

static enum karto_err do_see(struct karto_tx *tx, void *context)
{
    struct seen *seen = context;
    struct karto_proposal proposal;
    struct karto_proposed proposed;
    seen->err = karto_hub_proposal(tx, seen->number, &proposal);
    if (seen->err != KARTO_OK)
        return KARTO_OK;
    seen->reason = proposal.reason;
    seen->record = proposal.record;
    seen->device = proposal.device;
    snprintf(seen->by, sizeof seen->by, "%.*s", (int)proposal.rejected_by.size,
             (const char *)proposal.rejected_by.data);
    snprintf(seen->why, sizeof seen->why, "%.*s", (int)proposal.why.size, (const char *)proposal.why.data);
    seen->err = karto_hub_proposed(tx, &proposal, &proposed);
    if (seen->err != KARTO_OK)
        return KARTO_OK;
    const struct karto_change *change = &proposed.change;
    seen->mark = proposed.mark;
    snprintf(seen->author, sizeof seen->author, "%.*s", (int)change->stamp.author.size,
             (const char *)change->stamp.author.data);
    put_text(seen->now, sizeof seen->now, change->touches[0].sets[0].old);
    put_text(seen->wants, sizeof seen->wants, change->touches[0].sets[0].value);
    return KARTO_OK;
}

static struct seen see(uint64_t number)
{
    struct seen seen = {.number = number};
    CHECK_INT(karto_store_read(spine.hub.store, do_see, &seen), KARTO_OK);
    return seen;
}

/* ---- deciding ---- */

struct decision {
    uint64_t number, batch;
    uint32_t mark;
    const char *why; /* NULL: accept */
};

static enum karto_err do_decide(struct karto_tx *tx, void *context)
{
    struct decision *d = context;
    struct karto_proposal proposal;
    enum karto_err err = karto_hub_proposal(tx, d->number, &proposal);
    if (err != KARTO_OK)
        return err;
    return d->why ? karto_hub_proposal_reject(tx, &proposal, karto_slice_str(d->why))
                  : karto_hub_proposal_accept(tx, &proposal, d->mark, karto_slice_str("proposal of x"), &d->batch);
}

static enum karto_err accept(uint64_t number, uint32_t mark)
{
    struct decision d = {.number = number, .mark = mark};
    enum karto_err err = karto_store_write(spine.hub.store, do_decide, &d);
    CHECK_INT(err == KARTO_OK, d.batch != 0);
    return err;
}

static enum karto_err reject(uint64_t number, const char *why)
{
    struct decision d = {.number = number, .why = why};
    return karto_store_write(spine.hub.store, do_decide, &d);
}

/* ---- a push of anything ---- */

struct raw {
    int device;
    struct karto_dot last;
    uint32_t kind;
    struct karto_rid record;
    uint32_t field;
    struct karto_slice key, value;
    struct karto_judgement judgement;
    struct karto_change change;
};

static enum karto_err do_push(struct karto_tx *tx, void *context)
{
    struct raw *raw = context;
    struct karto_device device;
    struct karto_entry entry;
    const struct karto_edit edit = {raw->field, raw->key, raw->value};
    enum karto_err err = karto_hub_device(tx, spine.devices[raw->device].device, &device);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, raw->record, &entry);
    if (err != KARTO_OK)
        return err;
    struct karto_record nothing = {.id = raw->record, .kind = raw->kind};
    raw->change = (struct karto_change){.kind = raw->kind,
                                        .record = raw->record,
                                        .batch = 1,
                                        .via = KARTO_VIA_CLI,
                                        .stamp.author = karto_slice_str(spine.devices[raw->device].user),
                                        .stamp.dot = {raw->last.node, raw->last.seq + 1},
                                        .stamp.hlc = karto_hlc_make(spine.clock.now_ms)};
    karto_change_make(&arena, &nothing, &edit, 1, &raw->change);
    return karto_hub_push(tx, &device, &raw->change, false, &raw->judgement);
}

static enum karto_err do_push_again(struct karto_tx *tx, void *context)
{
    struct raw *raw = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, spine.devices[raw->device].device, &device);
    return err == KARTO_OK ? karto_hub_push(tx, &device, &raw->change, false, &raw->judgement) : err;
}

/* Sets one register of a record, of which it says to have seen nothing. */
static enum karto_err push(struct raw *raw)
{
    CHECK_INT(karto_store_write(spine.hub.store, do_push, raw), KARTO_OK);
    CHECK_INT(raw->judgement.verdict, KARTO_V_REFUSED);
    raw->last.seq++;
    return raw->judgement.reason;
}

static struct karto_slice text(const char *value)
{
    return karto_value_bytes(&arena, karto_value_text(karto_slice_str(value)));
}

/* A laptop whose owner has changed the program, and which head office knows. */
static struct raw raw_begin(int device, uint32_t kind, struct karto_rid record)
{
    spine_sync(&spine, device);
    return (struct raw){.device = device,
                        .last = spine_last(&spine.devices[device]),
                        .kind = kind,
                        .record = record,
                        .field = NOTE,
                        .value = text("secret")};
}

/* ---- tests ---- */

/* A client of oksana's, which she wants in another territory, as she did not know yet that she may not. */
static struct karto_rid propose(void)
{
    struct karto_rid id = spine_client(&spine.devices[OKSANA], "Romashka", "01");
    CHECK_INT(spine_territory(&spine.devices[OKSANA], id, "02"), KARTO_OK);
    spine_sync(&spine, OKSANA);
    return id;
}

static void what_is_refused_is_kept_with_its_values(void)
{
    begin();
    struct karto_rid id = propose();
    struct look look = look_at(OKSANA);
    CHECK_INT(look.count, 1);
    CHECK_INT(look.tally.count, 1);
    struct seen seen = see(look.numbers[0]);
    CHECK_INT(seen.err, KARTO_OK);
    CHECK_INT(seen.reason, KARTO_E_NOT_PERMITTED);
    CHECK(karto_rid_equal(seen.record, id) && karto_rid_equal(seen.device, spine.devices[OKSANA].device));
    CHECK_STR(seen.author, "oksana");
    CHECK_STR(seen.now, "01");
    CHECK_STR(seen.wants, "02");
    CHECK_INT(see(look.numbers[0] - 1).err, KARTO_E_NOT_FOUND);
    CHECK_INT(see(1000).err, KARTO_E_NOT_FOUND);
    end();
}

static void the_same_again_is_one(void)
{
    begin();
    struct karto_rid id = spine_client(&spine.devices[PETRO], "Petro's", "01");
    spine_sync(&spine, PETRO);
    struct raw raw = raw_begin(OKSANA, KARTO_CLIENT, id);
    raw.field = KARTO_F_TERRITORY;
    raw.key = karto_date_key(&arena, KARTO_DATE_MIN);
    CHECK_INT(push(&raw), KARTO_E_NOT_PERMITTED);
    CHECK_INT(karto_store_write(spine.hub.store, do_push_again, &raw), KARTO_OK);
    CHECK_INT(raw.judgement.verdict, KARTO_V_REFUSED);
    CHECK_INT(look_at(OKSANA).count, 1);
    end();
}

static void accepted_it_is_an_ordinary_change(void)
{
    begin();
    struct karto_rid id = propose();
    struct look look = look_at(OKSANA);
    CHECK_INT(accept(look.numbers[0], see(look.numbers[0]).mark), KARTO_OK);
    CHECK(spine_logs(&spine.hub, "proposal of x"));
    CHECK_INT(look_at(OKSANA).count, 0);
    CHECK_INT(look_at(OKSANA).tally.count, 0);
    CHECK_INT(accept(look.numbers[0], 0), KARTO_E_NOT_FOUND);
    CHECK_INT(reject(look.numbers[0], "late"), KARTO_E_NOT_FOUND);
    spine_sync_all(&spine);
    CHECK_INT(spine_see(&spine.devices[OKSANA], id, SITE, "").exists, false); /* it went where she wanted it */
    spine_is_whole(&spine.hub);
    end();
}

/* Of a field that both may write, in a record that was not hers. */
static struct raw foreign(struct karto_rid *id)
{
    *id = spine_client(&spine.hub, "Far", "09");
    CHECK_INT(spine_set(&spine.hub, *id, NOTE, "", "first"), KARTO_OK);
    return raw_begin(OKSANA, KARTO_CLIENT, *id);
}

static void what_lies_elsewhere_is_kept_and_its_author_hears_no_more(void)
{
    struct karto_rid id, none = {{1, 2, 3}};
    begin();
    struct raw raw = foreign(&id);
    CHECK_INT(push(&raw), KARTO_E_NOT_FOUND);
    struct karto_judgement there = raw.judgement;
    CHECK_INT(look_at(OKSANA).count, 1);
    struct seen seen = see(look_at(OKSANA).numbers[0]);
    CHECK_STR(seen.now, "first");
    CHECK_STR(seen.wants, "secret");
    raw.record = none;
    CHECK_INT(push(&raw), KARTO_E_NOT_FOUND); /* nobody knows it: the same answer, and no proposal */
    CHECK_INT(raw.judgement.verdict, there.verdict);
    CHECK_INT(raw.judgement.inside, there.inside);
    CHECK_INT(raw.judgement.aside, there.aside);
    CHECK_INT(look_at(OKSANA).count, 1);
    CHECK(!spine_logs(&spine.hub, "secret"));
    CHECK_INT(accept(seen.number, seen.mark), KARTO_OK);
    CHECK_STR(spine_see(&spine.hub, id, NOTE, "").text, "secret");
    end();
}

static void what_has_moved_since_it_was_shown_is_not_accepted(void)
{
    struct karto_rid id;
    begin();
    struct raw raw = foreign(&id);
    push(&raw);
    uint64_t number = look_at(OKSANA).numbers[0];
    uint32_t mark = see(number).mark;
    CHECK_INT(spine_set(&spine.hub, id, SITE, "", "far.example"), KARTO_OK);
    CHECK_INT(see(number).mark, mark); /* another field does not matter */
    CHECK_INT(spine_set(&spine.hub, id, NOTE, "", "second"), KARTO_OK);
    CHECK(see(number).mark != mark);
    CHECK_INT(accept(number, mark), KARTO_E_CHANGED);
    CHECK_STR(spine_see(&spine.hub, id, NOTE, "").text, "second");
    CHECK_INT(look_at(OKSANA).count, 1);
    CHECK_STR(see(number).now, "second");
    CHECK_INT(accept(number, see(number).mark), KARTO_OK);
    CHECK_STR(spine_see(&spine.hub, id, NOTE, "").text, "secret");
    CHECK_INT(spine_see(&spine.hub, id, NOTE, "").heads, 1);
    end();
}

static void rejected_it_is_gone_and_why_is_known(void)
{
    struct karto_rid id;
    begin();
    struct raw raw = foreign(&id);
    push(&raw);
    uint64_t number = look_at(OKSANA).numbers[0];
    CHECK_INT(reject(number, "no"), KARTO_OK);
    CHECK_INT(look_at(OKSANA).count, 0);
    struct seen seen = see(number);
    CHECK_INT(seen.err, KARTO_E_NOT_FOUND); /* its values are gone */
    CHECK_STR(seen.by, "hub");
    CHECK_STR(seen.why, "no");
    CHECK_INT(reject(number, "no"), KARTO_E_NOT_FOUND);
    CHECK_INT(accept(number, seen.mark), KARTO_E_NOT_FOUND);
    CHECK_STR(spine_see(&spine.hub, id, NOTE, "").text, "first");
    end();
}

static void what_makes_no_sense_is_none(void)
{
    struct karto_rid id;
    begin();
    struct raw raw = foreign(&id);
    raw.value = karto_value_bytes(&arena, karto_value_bool(true));
    CHECK_INT(push(&raw), KARTO_E_NOT_FOUND); /* a note is no bool */
    raw.kind = KARTO_PERSON;
    raw.value = text("x");
    CHECK_INT(push(&raw), KARTO_E_NOT_FOUND); /* the record is a client */
    raw.kind = KARTO_DEVICE;
    raw.record = spine.devices[PETRO].device;
    raw.field = KARTO_F_NAME;
    CHECK_INT(push(&raw), KARTO_E_NOT_PERMITTED); /* what the hub alone writes */
    raw.kind = KARTO_KIND_MAX;
    raw.record = (struct karto_rid){{7}};
    push(&raw); /* a kind of a newer version */
    CHECK_INT(look_at(OKSANA).count, 0);
    CHECK_INT(look_at(OKSANA).whole.missed, 0);
    end();
}

/* What was to be made, and what was to hang on it: one after the other. */
static void what_hangs_on_a_proposal_waits_for_it(void)
{
    begin();
    struct karto_rid client = spine_client(&spine.devices[OKSANA], "Nova", "02");
    struct karto_rid person = spine_child(&spine.devices[OKSANA], KARTO_PERSON, client, KARTO_F_NAME, "Ivan");
    spine_sync(&spine, OKSANA);
    struct look look = look_at(OKSANA);
    CHECK_INT(look.count, 2);
    struct seen first = see(look.numbers[0]), second = see(look.numbers[1]);
    CHECK(karto_rid_equal(first.record, client) && karto_rid_equal(second.record, person));
    CHECK_INT(accept(second.number, second.mark), KARTO_E_NOT_FOUND);
    CHECK_INT(accept(first.number, first.mark), KARTO_OK);
    CHECK_INT(accept(second.number, second.mark), KARTO_OK);
    CHECK_STR(spine_see(&spine.hub, client, KARTO_F_NAME, "").text, "Nova");
    CHECK_STR(spine_see(&spine.hub, person, KARTO_F_NAME, "").text, "Ivan");
    spine_is_whole(&spine.hub);
    end();
}

/* ---- bounds ---- */

static void a_device_has_so_many_and_no_more(void)
{
    struct karto_rid id;
    begin();
    struct raw raw = foreign(&id);
    for (unsigned i = 0; i < KARTO_PROPOSALS_OF_DEVICE_MAX + 3; i++)
        CHECK_INT(push(&raw), KARTO_E_NOT_FOUND);
    struct look look = look_at(OKSANA);
    CHECK_INT(look.count, KARTO_PROPOSALS_OF_DEVICE_MAX);
    CHECK_INT(look.tally.missed, 3);
    CHECK_INT(look.whole.missed, 3);
    spine_is_whole(&spine.hub);

    struct raw other = raw_begin(PETRO, KARTO_CLIENT, id);
    push(&other); /* another's have their own room */
    CHECK_INT(look_at(PETRO).tally.count, 1);

    CHECK_INT(reject(look.numbers[0], ""), KARTO_OK); /* room again, and what was missed is history */
    CHECK_INT(look_at(OKSANA).tally.missed, 0);
    CHECK_INT(look_at(OKSANA).whole.missed, 0);
    push(&raw);
    CHECK_INT(look_at(OKSANA).tally.count, KARTO_PROPOSALS_OF_DEVICE_MAX);
    push(&raw);
    CHECK_INT(look_at(OKSANA).tally.missed, 1);
    end();
}

/* What is honest of the same device goes on. */
static void a_full_one_holds_up_nothing(void)
{
    struct karto_rid id;
    begin();
    struct raw raw = foreign(&id);
    struct karto_rid own = spine_client(&spine.hub, "Near", "01");
    for (unsigned i = 0; i < KARTO_PROPOSALS_OF_DEVICE_MAX + 1; i++)
        push(&raw);
    raw.record = own;
    raw.value = text("honest");
    CHECK_INT(karto_store_write(spine.hub.store, do_push, &raw), KARTO_OK);
    CHECK_INT(raw.judgement.verdict, KARTO_V_APPLIED);
    CHECK_STR(spine_see(&spine.hub, own, NOTE, "").text, "honest");
    end();
}

static struct karto_slice long_text(size_t size)
{
    uint8_t *bytes = karto_arena_alloc(&arena, size);
    memset(bytes, 'x', size);
    return karto_value_bytes(&arena, karto_value_text(karto_slice(bytes, size)));
}

static void a_device_has_so_many_bytes_and_no_more(void)
{
    struct karto_rid id;
    begin();
    struct raw raw = foreign(&id);
    raw.value = long_text(60000);
    for (unsigned i = 0; i < KARTO_PROPOSALS_OF_DEVICE_SIZE_MAX / 60000 + 5; i++)
        CHECK_INT(push(&raw), KARTO_E_NOT_FOUND);
    struct look look = look_at(OKSANA);
    CHECK_INT(look.count, KARTO_PROPOSALS_OF_DEVICE_SIZE_MAX / 60000);
    CHECK(look.tally.size <= KARTO_PROPOSALS_OF_DEVICE_SIZE_MAX);
    CHECK(look.tally.missed > 0);
    raw.value = text("small");
    push(&raw); /* for a small one there is room */
    CHECK_INT(look_at(OKSANA).count, look.count + 1);
    end();
}

/* The whole, as a tally says that it is full. */
static enum karto_err fill_whole(struct karto_tx *tx, void *context)
{
    uint8_t row[16] = {0};
    const struct karto_proposal_tally *tally = context;
    karto_be32_write(tally->count, row);
    karto_be64_write(tally->size, row + 4);
    karto_be32_write(tally->missed, row + 12);
    return karto_kv_put(tx->kv, KARTO_DB_PROPOSALS, karto_rid_slice(&all), karto_slice(row, sizeof row));
}

static void all_have_so_many_and_no_more(void)
{
    struct karto_rid id;
    begin();
    struct raw raw = foreign(&id);
    struct karto_proposal_tally tally = {.count = KARTO_PROPOSALS_MAX};
    CHECK_INT(karto_store_write(spine.hub.store, fill_whole, &tally), KARTO_OK);
    CHECK_INT(push(&raw), KARTO_E_NOT_FOUND);
    CHECK_INT(look_anyhow(OKSANA).tally.missed, 1);
    tally = (struct karto_proposal_tally){.count = 1, .size = KARTO_PROPOSALS_SIZE_MAX};
    CHECK_INT(karto_store_write(spine.hub.store, fill_whole, &tally), KARTO_OK);
    push(&raw);
    CHECK_INT(look_anyhow(OKSANA).tally.missed, 2);
    tally = (struct karto_proposal_tally){.missed = 2};
    CHECK_INT(karto_store_write(spine.hub.store, fill_whole, &tally), KARTO_OK);
    push(&raw);
    CHECK_INT(look_at(OKSANA).count, 1);
    end();
}

/* A tally that cannot be read keeps nothing, and stops nobody. */
static enum karto_err cut_whole(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_kv_put(tx->kv, KARTO_DB_PROPOSALS, karto_rid_slice(&all), karto_slice_str("x"));
}

static enum karto_err clear(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_kv_clear(tx->kv, KARTO_DB_PROPOSALS);
}

static void a_damaged_tally_stops_nobody(void)
{
    struct karto_rid id;
    begin();
    struct raw raw = foreign(&id);
    CHECK_INT(karto_store_write(spine.hub.store, cut_whole, NULL), KARTO_OK);
    CHECK_INT(push(&raw), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_store_write(spine.hub.store, clear, NULL), KARTO_OK);
    CHECK_INT(look_at(OKSANA).count, 0);
    end();
}

/* ---- a hub that was put back ---- */

struct given_back {
    struct raw *raw;
    struct karto_claim claim;
};

static enum karto_err do_give_back(struct karto_tx *tx, void *context)
{
    struct given_back *given = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, spine.devices[given->raw->device].device, &device);
    return err == KARTO_OK
               ? karto_hub_give_back(tx, &device, &given->raw->change, &given->claim, &given->raw->judgement)
               : err;
}

/* What was kept before the backup is there; what came after it comes again where a laptop gives it back, whether it was
 * decided or not. */
static void a_hub_put_back_has_them_again(void)
{
    begin();
    struct karto_rid id = propose();
    struct raw raw = raw_begin(PETRO, KARTO_CLIENT, id);
    spine_keep(&spine, &spine.hub, "backup");
    uint64_t first = look_at(OKSANA).numbers[0];
    raw.field = KARTO_F_TERRITORY;
    raw.key = karto_date_key(&arena, KARTO_DATE_MIN);
    raw.value = text("05");
    CHECK_INT(push(&raw), KARTO_E_NOT_PERMITTED);
    struct karto_judgement judgement = raw.judgement;
    CHECK_INT(look_at(PETRO).count, 2);
    CHECK_INT(reject(look_at(PETRO).numbers[1], "no"), KARTO_OK);
    CHECK_INT(reject(first, "no"), KARTO_OK);

    spine_put_back(&spine, &spine.hub, "backup");
    spine_restored(&spine.hub);
    struct look look = look_at(PETRO);
    CHECK_INT(look.count, 1);
    CHECK_INT(look.numbers[0], first);
    struct given_back given = {&raw, {KARTO_V_REFUSED, KARTO_E_NOT_PERMITTED, judgement.receipt}};
    CHECK_INT(karto_store_write(spine.hub.store, do_give_back, &given), KARTO_OK);
    CHECK_INT(raw.judgement.verdict, KARTO_V_REFUSED);
    look = look_at(PETRO);
    CHECK_INT(look.count, 2);
    CHECK_INT(look.tally.count, 1);
    CHECK_STR(see(look.numbers[1]).wants, "05");
    end();
}

int main(void)
{
    what_is_refused_is_kept_with_its_values();
    the_same_again_is_one();
    accepted_it_is_an_ordinary_change();
    what_lies_elsewhere_is_kept_and_its_author_hears_no_more();
    what_has_moved_since_it_was_shown_is_not_accepted();
    rejected_it_is_gone_and_why_is_known();
    what_makes_no_sense_is_none();
    what_hangs_on_a_proposal_waits_for_it();
    a_device_has_so_many_and_no_more();
    a_full_one_holds_up_nothing();
    a_device_has_so_many_bytes_and_no_more();
    all_have_so_many_and_no_more();
    a_damaged_tally_stops_nobody();
    a_hub_put_back_has_them_again();
    return 0;
}
