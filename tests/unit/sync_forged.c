/* That a hub which was put back takes no forged state for true: whatever a representative says that others have done,
 * what they really do comes in afterwards, and nothing that is there goes. */
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/hub_heal.h"
#include "core/store/hub_held.h"
#include "core/store/hub_recovery.h"
#include "tests/spine.h"

#include <sys/resource.h>

enum { NOTE = 31, TAG = 23, SUBJECT = 38, SITE = 29 };

static enum karto_err do_node(struct karto_tx *tx, void *context)
{
    *(struct karto_node *)context = tx->ledger.node;
    return KARTO_OK;
}

static struct karto_node node_of(const struct spine_node *node)
{
    struct karto_node out = {0};
    CHECK_INT(karto_store_read(node->store, do_node, &out), KARTO_OK);
    return out;
}

/* oksana forges; petro is the honest one; both have territory 01, and South lies in 02. Head office's former node made
 * everything. */
struct forger {
    bool through; /* whoever brings something has said that it has given everything */
    struct spine s;
    struct karto_arena arena;
    struct karto_rid client, south;
    struct karto_node office, petro, oksana, olha;
    int head; /* a laptop of head office */
};

static void open_forger(struct forger *f)
{
    memset(f, 0, sizeof *f);
    karto_arena_init(&f->arena);
    spine_open_pair(&f->s);
    f->head = spine_device(&f->s, "olha", NULL);
    f->client = spine_client(&f->s.hub, "Client", "01");
    f->south = spine_client(&f->s.hub, "South", "02");
    spine_sync_all(&f->s);
    CHECK_INT(spine_set(&f->s.devices[0], f->client, TAG, "o", "o"), KARTO_OK);
    CHECK_INT(spine_set(&f->s.devices[1], f->client, TAG, "p", "p"), KARTO_OK);
    spine_sync_all(&f->s);
    f->office = node_of(&f->s.hub);
    f->oksana = node_of(&f->s.devices[0]);
    f->petro = node_of(&f->s.devices[1]);
    f->olha = node_of(&f->s.devices[f->head]);
    spine_restored(&f->s.hub);
}

/* What everybody else does afterwards is there; the stores are whole. */
static void close_forger(struct forger *f, bool recovered)
{
    if (!recovered)
        spine_recovered(&f->s.hub);
    spine_sync_all(&f->s);
    spine_same(&f->s, "01");
    spine_is_whole(&f->s.hub);
    for (int i = 0; i < f->s.device_count; i++)
        spine_is_whole(&f->s.devices[i]);
    karto_arena_fini(&f->arena);
    spine_close(&f->s);
}

/* Everybody has given back, and is at work again. */
static void go_on(struct forger *f)
{
    for (int i = 0; i < f->s.device_count; i++)
        CHECK_INT(spine_try_sync(&f->s, i), KARTO_E_RECOVERING);
    spine_recovered(&f->s.hub);
    spine_sync_all(&f->s);
    f->oksana = node_of(&f->s.devices[0]);
    f->petro = node_of(&f->s.devices[1]);
}

/* ---- states ---- */

static struct karto_vv seen(struct forger *f, struct karto_vv vv, struct karto_node node, uint64_t seq)
{
    return karto_vv_with(&f->arena, vv, (struct karto_dot){node, seq});
}

/* A field of one register with one text, under a dot, that claims vv; value NULL: none, it is all gone. */
static struct karto_field text_field(struct forger *f, uint32_t number, struct karto_vv vv, struct karto_node node,
                                     uint64_t seq, const char *value)
{
    struct karto_head *head = karto_arena_array(&f->arena, 1, sizeof *head);
    struct karto_register *reg = karto_arena_array(&f->arena, 1, sizeof *reg);
    bool timeline = number == KARTO_F_TERRITORY;
    *reg =
        (struct karto_register){timeline ? karto_date_key(&f->arena, KARTO_DATE_MIN) : karto_slice(NULL, 0), head, 1};
    if (!value)
        return (struct karto_field){number, vv, NULL, 0};
    *head = (struct karto_head){{{node, seq}, karto_hlc_make(f->s.clock.now_ms), karto_slice_str("petro")},
                                karto_value_bytes(&f->arena, karto_value_text(karto_slice_str(value)))};
    return (struct karto_field){number, vv, reg, 1};
}

struct giving {
    struct karto_rid device, record;
    struct karto_slice home, state;
    enum karto_healed outcome;
    bool through; /* it has said that it has given everything */
};

static enum karto_err do_heal(struct karto_tx *tx, void *context)
{
    struct giving *g = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, g->device, &device);
    if (!g->through)
        device.gave = (struct karto_epoch){.ms = 0};
    return err == KARTO_OK ? karto_hub_heal(tx, &device, g->record, g->home, g->state, &g->outcome) : err;
}

/* A device brings a record of these fields. */
static enum karto_err bring(struct forger *f, int device, struct karto_rid id, uint32_t kind,
                            const struct karto_field *fields, uint32_t count, enum karto_healed *outcome)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    const struct karto_record record = {id, kind, fields, count};
    karto_record_encode(&record, &bytes);
    struct giving g = {f->s.devices[device].device,
                       id,
                       karto_slice_str("01"),
                       karto_arena_copy(&f->arena, karto_buf_slice(&bytes)),
                       KARTO_HEALED,
                       f->through};
    karto_buf_fini(&bytes);
    enum karto_err err = karto_store_write(f->s.hub.store, do_heal, &g);
    *outcome = g.outcome;
    return err;
}

static enum karto_healed forge(struct forger *f, struct karto_rid id, const struct karto_field *field)
{
    enum karto_healed outcome;
    CHECK_INT(bring(f, 0, id, KARTO_CLIENT, field, 1, &outcome), KARTO_OK);
    return outcome;
}

struct accepting {
    struct karto_rid record, device;
};

static enum karto_err do_accept(struct karto_tx *tx, void *context)
{
    struct accepting *a = context;
    return karto_hub_heal_accept(tx, a->record, a->device);
}

static enum karto_err do_count(struct karto_tx *tx, void *context)
{
    return karto_hub_recovery(tx, context);
}

static struct karto_recovery recovery_of(struct forger *f)
{
    struct karto_recovery recovery;
    CHECK_INT(karto_store_read(f->s.hub.store, do_count, &recovery), KARTO_OK);
    return recovery;
}

static uint64_t held(struct forger *f)
{
    return recovery_of(f).held;
}

static enum karto_err do_again(struct karto_tx *tx, void *context)
{
    return karto_hub_heal_again(tx, NULL, context);
}

static void petro_notes(struct forger *f, const char *note)
{
    CHECK_INT(spine_set(&f->s.devices[1], f->client, NOTE, "", note), KARTO_OK);
    spine_recovered(&f->s.hub);
    spine_sync_all(&f->s);
    CHECK_STR(spine_see(&f->s.hub, f->client, NOTE, "").text, note);
    CHECK_INT(spine_see(&f->s.hub, f->client, NOTE, "").heads, 1);
    CHECK_STR(spine_see(&f->s.devices[0], f->client, NOTE, "").text, note);
}

/* What petro has not written yet is said to be there, or to be gone already: a mere vector is not believed either. */
static void future_numbers_of_another(void)
{
    static const uint64_t seqs[] = {2, 50, UINT64_MAX};
    for (int i = 0; i < 6; i++) {
        struct forger f;
        open_forger(&f);
        uint64_t seq = seqs[i / 2];
        struct karto_field field =
            text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.petro, seq), f.petro, seq, i % 2 ? NULL : "forged");
        CHECK_INT(forge(&f, f.client, &field), i % 2 ? KARTO_HEALED_NOTHING : KARTO_HEALED_HELD);
        CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "");
        petro_notes(&f, "true");
        close_forger(&f, true);
    }
}

/* The forger has written the note, he says, and had seen all that petro will ever write there. */
static void behind_what_he_wrote_himself(void)
{
    struct forger f;
    open_forger(&f);
    struct karto_vv vv = seen(&f, seen(&f, KARTO_VV_EMPTY, f.petro, 1000), f.oksana, 2);
    struct karto_field field = text_field(&f, NOTE, vv, f.oksana, 2, "forged");
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
    petro_notes(&f, "true");
    close_forger(&f, true);
}

/* Numbers that the hub has in its log set what they set, and nothing else; those of nobody's node nothing at all. */
static void numbers_that_are_known_or_nobodys(void)
{
    struct forger f;
    open_forger(&f);
    const struct karto_node nobody = {0x1234567};
    const struct karto_dot dots[] = {{f.petro, 1}, {f.oksana, 1}, {f.office, 1}, {nobody, 1}, {nobody, UINT64_MAX}};
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++) {
        struct karto_vv vv = seen(&f, KARTO_VV_EMPTY, dots[i].node, dots[i].seq);
        struct karto_field field = text_field(&f, NOTE, vv, dots[i].node, dots[i].seq, "forged");
        CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
        CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "");
    }
    petro_notes(&f, "true");
    close_forger(&f, true);
}

static enum karto_err do_dot(struct karto_tx *tx, void *context)
{
    struct karto_entry entry;
    struct karto_head *head = context;
    enum karto_err err = karto_entry_load(tx, *(struct karto_rid *)(uintptr_t)head->value.data, &entry);
    const struct karto_register *reg = karto_record_register(&entry.view, KARTO_F_NAME, karto_slice(NULL, 0));
    CHECK(err == KARTO_OK && reg);
    head->stamp.dot = reg->heads[0].stamp.dot;
    return err;
}

/* What is here under this dot is something else: it stays what it is. */
static void another_value_under_a_dot_that_is_here(void)
{
    struct forger f;
    open_forger(&f);
    struct karto_head here = {.value = karto_slice(&f.client, sizeof f.client)};
    CHECK_INT(karto_store_read(f.s.hub.store, do_dot, &here), KARTO_OK);
    struct karto_dot dot = here.stamp.dot;
    struct karto_field field =
        text_field(&f, KARTO_F_NAME, seen(&f, KARTO_VV_EMPTY, dot.node, dot.seq), dot.node, dot.seq, "forged");
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_NOTHING);
    field.vv = seen(&f, field.vv, f.office, 1000); /* and one that was lost, of which nothing is to be seen */
    CHECK(forge(&f, f.client, &field) != KARTO_HEALED);
    CHECK_STR(spine_see(&f.s.hub, f.client, KARTO_F_NAME, "").text, "Client");
    close_forger(&f, false);
}

/* Under his own name he could have written it: it is his. But what he really does afterwards, under that number or one
 * before it, is not lost. Under another's name he writes nothing. */
static void own_numbers_that_were_never_made(void)
{
    static const uint64_t seqs[] = {2, 1000, UINT64_MAX};
    for (int i = 0; i < 3; i++) {
        struct forger f;
        open_forger(&f);
        go_on(&f);
        struct karto_vv vv = seen(&f, KARTO_VV_EMPTY, f.oksana, seqs[i]);
        struct karto_field field = text_field(&f, NOTE, vv, f.oksana, seqs[i], "forged");
        CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
        struct karto_head *head = (struct karto_head *)(uintptr_t)field.registers[0].heads;
        head->stamp.author = karto_slice_str("oksana");
        CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED);
        CHECK_INT(spine_set(&f.s.devices[0], f.client, NOTE, "", "true"), KARTO_OK);
        spine_sync_all(&f.s);
        CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 2);
        CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "true");
        close_forger(&f, true);
    }
}

/* Who has said that this is all, and head office is recovered: what he would have been believed before waits for the
 * administrator, also when the record changes meanwhile. */
static void what_comes_late_is_held(void)
{
    struct forger f;
    open_forger(&f);
    go_on(&f);
    f.through = true;
    struct karto_vv vv = seen(&f, KARTO_VV_EMPTY, f.oksana, 2);
    struct karto_field field = text_field(&f, NOTE, vv, f.oksana, 2, "late");
    struct karto_head *head = (struct karto_head *)(uintptr_t)field.registers[0].heads;
    head->stamp.author = karto_slice_str("oksana");
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
    CHECK_INT(spine_set(&f.s.hub, f.client, KARTO_F_NAME, "", "Other"), KARTO_OK);
    spine_sync_all(&f.s);
    CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 0);
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
    f.through = false;
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED);
    CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "late");
    close_forger(&f, true);
}

/* A laptop of head office is believed; and yet what others do afterwards under such a number comes in. */
static void even_head_office_swallows_nothing(void)
{
    struct forger f;
    enum karto_healed outcome;
    open_forger(&f);
    go_on(&f);
    struct karto_field field = text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.petro, 50), f.petro, 50, "forged");
    CHECK_INT(bring(&f, f.head, f.client, KARTO_CLIENT, &field, 1, &outcome), KARTO_OK);
    CHECK_INT(outcome, KARTO_HEALED);
    CHECK_INT(spine_set(&f.s.devices[1], f.client, NOTE, "", "true"), KARTO_OK);
    spine_sync_all(&f.s);
    CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 2);
    CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "true");
    close_forger(&f, true);
}

/* What every tag here was written by is seen, he says, and none of them is there: nobody took them away. */
static void nothing_goes_without_a_change(void)
{
    struct forger f;
    open_forger(&f);
    struct karto_vv vv = seen(&f, seen(&f, KARTO_VV_EMPTY, f.oksana, 1), f.petro, 1);
    struct karto_field field = text_field(&f, TAG, vv, f.petro, 1, NULL);
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
    CHECK_INT(spine_see(&f.s.hub, f.client, TAG, "p").heads, 1);
    close_forger(&f, false);
}

/* South is none of oksana's business: the answer does not tell whether what she says of it is so, or whether there is
 * such a record at all. Only what is new is kept for the administrator: of a laptop that has thousands of records of
 * others, and no news, nothing. */
static void an_answer_tells_nothing_of_what_is_not_his(void)
{
    struct forger f;
    open_forger(&f);
    struct karto_rid nobodys = f.south;
    nobodys.b[5] ^= 0x55;
    for (int seq = 1; seq < 4; seq++) {
        struct karto_field field =
            text_field(&f, seq == 3 ? SITE : TAG, seen(&f, KARTO_VV_EMPTY, f.office, (uint64_t)seq), f.office,
                       (uint64_t)seq, seq == 3 ? "x" : NULL);
        CHECK_INT(forge(&f, f.south, &field), KARTO_HEALED_HELD);
        CHECK_INT(forge(&f, nobodys, &field), KARTO_HEALED_HELD);
        CHECK_INT(karto_store_write(f.s.hub.store, do_again, NULL), KARTO_OK);
    }
    CHECK_INT(held(&f), 2);
    struct karto_field site = text_field(&f, SITE, seen(&f, KARTO_VV_EMPTY, f.office, 3), f.office, 3, "x");
    struct accepting a = {f.south, f.s.devices[0].device};
    CHECK_INT(karto_store_write(f.s.hub.store, do_accept, &a), KARTO_OK);
    CHECK_INT(held(&f), 1);
    CHECK_INT(forge(&f, f.south, &site), KARTO_HEALED_HELD); /* as before */
    CHECK_INT(held(&f), 1);
    close_forger(&f, false);
}

static enum karto_err do_held(struct karto_tx *tx, void *context)
{
    const struct giving *g = context;
    struct karto_held held;
    struct karto_record state;
    CHECK_INT(karto_hub_held(tx, g->record, g->device, &held), KARTO_OK);
    CHECK_INT(karto_record_decode(&tx->arena, held.record, held.state, &state), KARTO_OK);
    CHECK_INT(state.count, 2);
    const struct karto_register *note = karto_record_register(&state, NOTE, karto_slice(NULL, 0));
    CHECK(note && note->count == 1);
    CHECK_INT(note->heads[0].stamp.dot.seq, 4);
    CHECK(karto_record_register(&state, SITE, karto_slice(NULL, 0)));
    return KARTO_OK;
}

/* Two copies of a laptop have each something of the same client: both are held, and of a field what is newer. */
static void of_two_copies_nothing_goes(void)
{
    struct forger f;
    open_forger(&f);
    go_on(&f);
    f.through = true;
    struct karto_field note = text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.oksana, 2), f.oksana, 2, "of one"),
                       site = text_field(&f, SITE, seen(&f, KARTO_VV_EMPTY, f.oksana, 3), f.oksana, 3, "of the other"),
                       newer = text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.oksana, 4), f.oksana, 4, "newer");
    CHECK_INT(forge(&f, f.client, &note), KARTO_HEALED_HELD);
    CHECK_INT(forge(&f, f.client, &site), KARTO_HEALED_HELD);
    CHECK_INT(forge(&f, f.client, &newer), KARTO_HEALED_HELD);
    CHECK_INT(forge(&f, f.client, &note), KARTO_HEALED_HELD);
    struct karto_field other =
        text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.oksana, 4), f.oksana, 4, "the same number");
    CHECK_INT(forge(&f, f.client, &other), KARTO_HEALED_NO_ROOM);
    CHECK_INT(recovery_of(&f).full, 1);
    struct giving g = {.device = f.s.devices[0].device, .record = f.client};
    CHECK_INT(karto_store_read(f.s.hub.store, do_held, &g), KARTO_OK);
    close_forger(&f, true);
}

/* ---- the administrator's word ---- */

/* petro's note is lost with head office, and he has it still. */
static void open_loss(struct forger *f)
{
    open_forger(f);
    go_on(f);
    spine_keep(&f->s, &f->s.hub, "backup");
    CHECK_INT(spine_set(&f->s.devices[1], f->client, NOTE, "", "true"), KARTO_OK);
    spine_sync(&f->s, 1);
    spine_put_back(&f->s, &f->s.hub, "backup");
    spine_restored(&f->s.hub);
}

static void accept(struct forger *f)
{
    struct accepting a = {f->client, f->s.devices[0].device};
    CHECK_INT(karto_store_write(f->s.hub.store, do_accept, &a), KARTO_OK);
    CHECK_INT(held(f), 0);
}

/* He is shown a name, and says yes to that. What the state claims to have seen besides, in the same field or in others,
 * does not come in with it: petro gives his note back. */
static void what_is_not_shown_is_not_accepted(void)
{
    for (int same = 0; same < 2; same++) {
        struct forger f;
        enum karto_healed outcome;
        open_loss(&f);
        struct karto_vv vv = seen(&f, KARTO_VV_EMPTY, f.petro, 1000000);
        uint64_t lost = UINT64_MAX;
        struct karto_field fields[] = {text_field(&f, KARTO_F_NAME, vv, f.petro, 1000000, "Other"),
                                       text_field(&f, NOTE, vv, f.petro, 1, NULL)};
        if (same)
            fields[1] = text_field(&f, NOTE, seen(&f, vv, f.office, lost), f.office, lost, "forged");
        CHECK_INT(bring(&f, 0, f.client, KARTO_CLIENT, fields, 2, &outcome), KARTO_OK);
        CHECK_INT(outcome, KARTO_HEALED_HELD);
        accept(&f);
        CHECK_INT(spine_see(&f.s.hub, f.client, KARTO_F_NAME, "").conflicts, 1);
        CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, same);
        CHECK_INT(spine_try_sync(&f.s, 1), KARTO_E_RECOVERING);
        CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 1 + same);
        close_forger(&f, false);
    }
}

/* A note that petro never wrote, under a number of his that he has not come to, is what he was shown: what petro gives
 * back stands beside it, also where others have heard of the forged one by then. */
static void what_its_author_has_stands_beside_it(void)
{
    for (int late = 0; late < 2; late++) {
        struct forger f;
        open_loss(&f);
        struct karto_vv vv = seen(&f, KARTO_VV_EMPTY, f.petro, 1000000);
        struct karto_field field = text_field(&f, NOTE, vv, f.petro, 1000000, "forged");
        CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
        accept(&f);
        if (late) {
            spine_recovered(&f.s.hub);
            spine_sync(&f.s, 0);
            spine_sync(&f.s, f.head);
            CHECK_STR(spine_see(&f.s.devices[0], f.client, NOTE, "").text, "forged");
        }
        CHECK_INT(spine_try_sync(&f.s, 1), late ? KARTO_OK : KARTO_E_RECOVERING);
        CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 2);
        CHECK_INT(spine_try_sync(&f.s, 0), late ? KARTO_OK : KARTO_E_RECOVERING);
        CHECK_INT(spine_see(&f.s.devices[0], f.client, NOTE, "").heads, late ? 2 : 0);
        close_forger(&f, late);
    }
}

/* Both notes are true, and oksana has the second: when its author has given back both, that stands alone. */
static void what_was_replaced_does_not_stay(void)
{
    struct forger f;
    open_forger(&f);
    go_on(&f);
    spine_keep(&f.s, &f.s.hub, "backup");
    CHECK_INT(spine_set(&f.s.devices[1], f.client, NOTE, "", "first"), KARTO_OK);
    CHECK_INT(spine_set(&f.s.devices[1], f.client, NOTE, "", "second"), KARTO_OK);
    spine_sync(&f.s, 1);
    spine_sync(&f.s, 0);
    spine_put_back(&f.s, &f.s.hub, "backup");
    spine_restored(&f.s.hub);
    CHECK_INT(spine_try_sync(&f.s, 0), KARTO_E_RECOVERING);
    accept(&f);
    CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "second");
    CHECK_INT(spine_try_sync(&f.s, 1), KARTO_E_RECOVERING);
    CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "second");
    CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 1);
    close_forger(&f, false);
}

/* ---- the lost head office ---- */

/* It made changes that only devices have: what is said of them may be forged, too. The value that the forger says was
 * replaced comes with another laptop, and does not vanish: the administrator decides. */
static void what_head_office_wrote_is_not_swallowed(void)
{
    struct forger f;
    enum karto_healed outcome;
    open_forger(&f);
    CHECK_INT(spine_set(&f.s.hub, f.client, NOTE, "", "before"), KARTO_OK);
    struct karto_vv all = seen(&f, KARTO_VV_EMPTY, node_of(&f.s.hub), 1); /* over that */
    struct karto_field forged = text_field(&f, NOTE, seen(&f, all, f.office, 1000000), f.office, 1000000, "forged");
    struct karto_field lost = text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.office, 57), f.office, 57, "true");
    CHECK_INT(forge(&f, f.client, &forged), KARTO_HEALED);
    for (int device = 1; device < 3; device++) {
        CHECK_INT(bring(&f, device, f.client, KARTO_CLIENT, &lost, 1, &outcome), KARTO_OK);
        CHECK_INT(outcome, KARTO_HEALED_HELD);
    }
    CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "forged");
    struct accepting a = {f.client, f.s.devices[1].device};
    CHECK_INT(karto_store_write(f.s.hub.store, do_accept, &a), KARTO_OK);
    CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 2);
    CHECK_INT(held(&f), 0); /* the other said the same */
    close_forger(&f, false);
}

/* Who writes at head office is not the laptop's user: his own word under its number is the administrator's to decide.
 */
static void he_does_not_write_at_head_office(void)
{
    struct forger f;
    open_forger(&f);
    struct karto_field field = text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.office, 57), f.office, 57, "forged");
    struct karto_head *head = (struct karto_head *)(uintptr_t)field.registers[0].heads;
    head->stamp.author = karto_slice_str("oksana");
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
    CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 0);
    head->stamp.author = karto_slice_str("head office");
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED);
    close_forger(&f, false);
}

/* ---- of thousands of values ---- */

enum { TAGS = 4500, MB = 1024 };

static struct karto_slice tag(struct karto_arena *arena, unsigned i)
{
    return karto_slice_str(karto_arena_printf(arena, "t%04u", i));
}

struct tagging {
    struct karto_rid client;
    unsigned from; /* every other one */
};

static enum karto_err do_tag(struct karto_tx *tx, void *context)
{
    const struct tagging *t = context;
    struct karto_edit *edits = karto_arena_array(&tx->arena, TAGS / 2, sizeof *edits);
    for (unsigned i = 0; i < TAGS / 2; i++) {
        struct karto_slice text = tag(&tx->arena, 2 * i + t->from);
        edits[i] = (struct karto_edit){TAG, text, karto_value_bytes(&tx->arena, karto_value_text(text))};
    }
    const struct karto_save save = {
        .kind = KARTO_CLIENT, .record = t->client, .edits = edits, .count = TAGS / 2, .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

/* The lost head office's number seq in tags from first on. */
static struct karto_field tags_field(struct forger *f, unsigned first, unsigned count, uint64_t seq)
{
    struct karto_register *regs = karto_arena_array(&f->arena, count, sizeof *regs);
    struct karto_head *heads = karto_arena_array(&f->arena, count, sizeof *heads);
    for (unsigned i = 0; i < count; i++) {
        struct karto_slice text = tag(&f->arena, first + i);
        heads[i] = (struct karto_head){{{f->office, seq}, karto_hlc_make(f->s.clock.now_ms), karto_slice_str("petro")},
                                       karto_value_bytes(&f->arena, karto_value_text(text))};
        regs[i] = (struct karto_register){text, &heads[i], 1};
    }
    return (struct karto_field){TAG, seen(f, KARTO_VV_EMPTY, f->office, seq), regs, count};
}

static long most_kb(void)
{
    struct rusage usage;
    CHECK_INT(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* Two have seen the lost tags, and written every other one again: who wrote what is asked of each tag in turn, and
 * takes no more memory for that. */
static void thousands_of_values_take_little_memory(void)
{
    struct forger f;
    enum karto_healed outcome;
    open_forger(&f);
    go_on(&f);
    struct karto_field lost = tags_field(&f, TAGS, 1, 1000), swallowed = tags_field(&f, 0, TAGS, 57);
    CHECK_INT(bring(&f, f.head, f.client, KARTO_CLIENT, &lost, 1, &outcome), KARTO_OK);
    CHECK_INT(outcome, KARTO_HEALED);
    spine_sync_all(&f.s);
    struct tagging even = {f.client, 0}, odd = {f.client, 1};
    CHECK_INT(karto_store_write(f.s.hub.store, do_tag, &even), KARTO_OK);
    CHECK_INT(karto_store_write(f.s.devices[1].store, do_tag, &odd), KARTO_OK);
    spine_sync_all(&f.s);
    long before = most_kb();
    CHECK_INT(bring(&f, 0, f.client, KARTO_CLIENT, &swallowed, 1, &outcome), KARTO_OK);
    CHECK_INT(outcome, KARTO_HEALED_NOTHING);
    CHECK(most_kb() - before < 300 * MB);
    close_forger(&f, true);
}

/* All that it ever wrote is covered, and nothing is there in its place. */
static void nothing_goes_for_a_word(void)
{
    static const uint32_t fields[] = {KARTO_F_NAME, TAG, NOTE};
    struct forger f;
    open_forger(&f);
    for (int i = 0; i < 3; i++) {
        struct karto_vv vv = seen(&f, seen(&f, KARTO_VV_EMPTY, f.office, 1000), f.oksana, 1000);
        struct karto_field field = text_field(&f, fields[i], seen(&f, vv, f.petro, 1), f.office, 1000, NULL);
        CHECK_INT(forge(&f, f.client, &field), fields[i] == NOTE ? KARTO_HEALED_NOTHING : KARTO_HEALED_HELD);
    }
    CHECK_STR(spine_see(&f.s.hub, f.client, KARTO_F_NAME, "").text, "Client");
    CHECK_INT(spine_see(&f.s.hub, f.client, TAG, "o").heads, 1);
    CHECK_INT(spine_see(&f.s.hub, f.client, TAG, "p").heads, 1);
    petro_notes(&f, "true");
    close_forger(&f, true);
}

/* The rule on clocks holds for what comes with a state: of two values, the one from next week loses. */
static void from_the_future(void)
{
    struct forger f;
    enum karto_healed outcome;
    open_forger(&f);
    CHECK_INT(spine_set(&f.s.hub, f.client, NOTE, "", "of today"), KARTO_OK);
    struct karto_field field =
        text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.office, 99), f.office, 99, "of next week");
    struct karto_head *head = (struct karto_head *)(uintptr_t)field.registers[0].heads;
    head->stamp.hlc = karto_hlc_make(f.s.clock.now_ms + 7 * KARTO_CLOCK_AHEAD_MS_MAX);
    CHECK_INT(bring(&f, f.head, f.client, KARTO_CLIENT, &field, 1, &outcome), KARTO_OK);
    CHECK_INT(outcome, KARTO_HEALED);
    CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "of today");
    CHECK_INT(spine_see(&f.s.hub, f.client, NOTE, "").heads, 1);
    close_forger(&f, false);
}

/* ---- where it does not belong ---- */

static struct karto_field hangs_on(struct forger *f, struct karto_rid client, uint64_t seq)
{
    struct karto_field field =
        text_field(f, KARTO_F_CLIENT, seen(f, KARTO_VV_EMPTY, f->office, seq), f->office, seq, "");
    struct karto_head *head = (struct karto_head *)(uintptr_t)field.registers[0].heads;
    head->value = karto_value_bytes(&f->arena, karto_value_reference(client));
    return field;
}

static void of_another_record_kind_or_territory(void)
{
    struct forger f;
    enum karto_healed outcome;
    open_forger(&f);
    struct karto_rid fresh = karto_rid_make(&f.s.clock.sys), zero = {{0}};
    struct karto_field note = text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.office, 99), f.office, 99, "forged");
    struct karto_field south =
        text_field(&f, KARTO_F_TERRITORY, seen(&f, KARTO_VV_EMPTY, f.office, 98), f.office, 98, "01");
    CHECK_INT(forge(&f, f.south, &south), KARTO_HEALED_HELD); /* into his own */
    CHECK_INT(forge(&f, f.south, &note), KARTO_HEALED_HELD);
    CHECK_INT(forge(&f, fresh, &note), KARTO_HEALED_HELD); /* lies nowhere */
    CHECK(!spine_see(&f.s.hub, fresh, NOTE, "").exists);
    CHECK_INT(bring(&f, 0, f.client, KARTO_PERSON, &note, 1, &outcome), KARTO_OK);
    CHECK_INT(outcome, KARTO_HEALED_HELD);
    CHECK_INT(bring(&f, 0, zero, KARTO_CLIENT, &note, 1, &outcome), KARTO_E_PROTOCOL);

    const struct karto_rid parents[] = {f.south, karto_rid_make(&f.s.clock.sys), f.s.devices[0].device};
    for (int i = 0; i < 3; i++) {
        struct karto_rid child = karto_rid_make(&f.s.clock.sys);
        const struct karto_field fields[] = {
            hangs_on(&f, parents[i], 99),
            text_field(&f, KARTO_F_NAME, seen(&f, KARTO_VV_EMPTY, f.office, 99), f.office, 99, "forged")};
        CHECK_INT(bring(&f, 0, child, KARTO_PERSON, fields, 2, &outcome), KARTO_OK);
        CHECK_INT(outcome, KARTO_HEALED_HELD);
        CHECK(!spine_see(&f.s.hub, child, KARTO_F_NAME, "").exists);
    }
    CHECK_STR(spine_see(&f.s.hub, f.south, KARTO_F_TERRITORY, "").text, "");
    CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "");
    close_forger(&f, false);
    struct forger g; /* where the place is forged, the rest does not come without it */
    open_forger(&g);
    const struct karto_field parts[] = {
        text_field(&g, KARTO_F_TERRITORY, seen(&g, KARTO_VV_EMPTY, g.petro, 99), g.petro, 99, "01"),
        text_field(&g, NOTE, seen(&g, KARTO_VV_EMPTY, g.office, 99), g.office, 99, "forged")};
    CHECK_INT(bring(&g, 0, fresh, KARTO_CLIENT, parts, 2, &outcome), KARTO_OK);
    CHECK_INT(outcome, KARTO_HEALED_HELD);
    CHECK(!spine_see(&g.s.hub, fresh, NOTE, "").exists);
    close_forger(&g, false);
}

/* More fields than a record may have are no record; as many as it may have, of no known number, change nothing that is
 * known. */
static void ten_thousand_fields(void)
{
    struct forger f;
    enum karto_healed outcome;
    enum { MANY = 10000 };
    open_forger(&f);
    struct karto_field *fields = karto_arena_array(&f.arena, MANY, sizeof *fields);
    struct karto_vv vv = seen(&f, KARTO_VV_EMPTY, f.office, 99);
    for (uint32_t i = 0; i < MANY; i++)
        fields[i] = text_field(&f, 1000 + i, vv, f.office, 99, "forged");
    CHECK_INT(bring(&f, 0, f.client, KARTO_CLIENT, fields, MANY, &outcome), KARTO_E_PROTOCOL);
    CHECK_INT(bring(&f, 0, f.client, KARTO_CLIENT, fields, KARTO_FIELDS_MAX, &outcome), KARTO_OK);
    CHECK(outcome == KARTO_HEALED || outcome == KARTO_HEALED_HELD);
    CHECK_STR(spine_see(&f.s.hub, f.client, KARTO_F_NAME, "").text, "Client");
    petro_notes(&f, "true");
    close_forger(&f, true);
}

/* ---- anything ---- */

static uint64_t roll(uint64_t *dice, uint64_t n)
{
    *dice = *dice * 6364136223846793005u + 1442695040888963407u;
    return (*dice >> 33) % n;
}

static struct karto_field any_field(struct forger *f, uint64_t *dice)
{
    static const uint64_t seqs[] = {1, 2, 3, 4, 7, 50, 1000000, UINT64_MAX};
    const struct karto_node nodes[] = {f->office, f->petro, f->oksana, f->olha, {77}};
    struct karto_vv vv = KARTO_VV_EMPTY;
    struct karto_dot dot = {{0}, 0};
    for (uint64_t i = 0, count = 1 + roll(dice, 4); i < count; i++) {
        dot = (struct karto_dot){nodes[roll(dice, 5)], seqs[roll(dice, 8)]};
        vv = seen(f, vv, dot.node, dot.seq);
    }
    uint32_t number = roll(dice, 2) ? NOTE : KARTO_F_NAME;
    struct karto_field field = text_field(f, number, vv, dot.node, dot.seq, roll(dice, 4) ? "forged" : NULL);
    if (field.count && roll(dice, 2))
        ((struct karto_head *)(uintptr_t)field.registers[0].heads)->stamp.author = karto_slice_str("oksana");
    return field;
}

struct knowing {
    struct forger *f;
    uint64_t petro, olha;
};

/* No vector at head office covers a change of petro's or olha's that they have not made, nor one that nobody has. */
static enum karto_err do_know(struct karto_tx *tx, void *context)
{
    struct knowing *k = context;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, k->f->client, &entry);
    for (uint32_t i = 0; err == KARTO_OK && i < entry.view.count; i++) {
        CHECK(karto_vv_seq(entry.view.fields[i].vv, k->f->petro) <= k->petro);
        CHECK(karto_vv_seq(entry.view.fields[i].vv, k->f->olha) <= k->olha);
        CHECK_INT(karto_vv_seq(entry.view.fields[i].vv, (struct karto_node){77}), 0);
    }
    return err;
}

static void whatever_he_says(void)
{
    uint64_t dice = 7;
    unsigned came = 0;
    for (int round = 0; round < 12; round++) {
        struct forger f;
        enum karto_healed outcome;
        open_forger(&f);
        for (int i = 0; i < 40; i++) {
            struct karto_field field = any_field(&f, &dice);
            CHECK_INT(bring(&f, 0, f.client, KARTO_CLIENT, &field, 1, &outcome), KARTO_OK);
            came += outcome == KARTO_HEALED;
            struct knowing k = {&f, 1, 0};
            CHECK_INT(karto_store_read(f.s.hub.store, do_know, &k), KARTO_OK);
        }
        CHECK_INT(spine_set(&f.s.devices[1], f.client, TAG, "after", "after"), KARTO_OK);
        CHECK_INT(spine_set(&f.s.devices[1], f.client, NOTE, "", "true"), KARTO_OK);
        spine_recovered(&f.s.hub);
        spine_sync_all(&f.s);
        CHECK_STR(spine_see(&f.s.hub, f.client, NOTE, "").text, "true");
        CHECK_INT(spine_see(&f.s.hub, f.client, TAG, "after").heads, 1);
        close_forger(&f, true);
    }
    CHECK(came > 10);
}

/* ---- damage ---- */

/* Harms the row of a record, or mends it: a second time it is as it was. */
static enum karto_err do_damage(struct karto_tx *tx, void *context)
{
    struct karto_rid *id = context;
    struct karto_slice row, home, state;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    CHECK_INT(karto_row(tx, KARTO_DB_RECORDS, karto_rid_slice(id), &row), KARTO_OK);
    CHECK_INT(karto_entry_split(row, &home, &state), KARTO_OK);
    karto_buf_add_slice(&bytes, row);
    bytes.data[bytes.size - state.size + 1] ^= 0xff;
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(id), karto_buf_slice(&bytes));
    karto_buf_fini(&bytes);
    return err;
}

struct resting {
    struct karto_rid record, device;
    uint32_t fields;
};

static enum karto_err do_rest(struct karto_tx *tx, void *context)
{
    struct resting *r = context;
    struct karto_held held;
    struct karto_entry here;
    struct karto_record state, rest;
    enum karto_err err = karto_hub_held(tx, r->record, r->device, &held);
    if (err == KARTO_OK)
        err = karto_hub_heal_rest(tx, &held, &here, &state, &rest);
    r->fields = err == KARTO_OK ? rest.count : 0;
    return err;
}

static void fields_of(struct forger *f, struct karto_rid client, uint64_t seq, struct karto_field fields[2])
{
    const struct karto_value values[] = {karto_value_reference(client), karto_value_text(karto_slice_str("x"))};
    const uint32_t numbers[] = {KARTO_F_CLIENT, SUBJECT};
    for (int i = 0; i < 2; i++) {
        fields[i] = text_field(f, numbers[i], seen(f, KARTO_VV_EMPTY, f->oksana, seq), f->oksana, seq, "x");
        struct karto_head *head = (struct karto_head *)(uintptr_t)fields[i].registers[0].heads;
        head->stamp.author = karto_slice_str("oksana");
        head->value = karto_value_bytes(&f->arena, values[i]);
    }
}

/* An activity of a client that cannot be read waits, one that was held before and then cannot be weighed too; nobody
 * else does. Once the client can be read they come in. */
static void of_a_damaged_client(void)
{
    struct forger f;
    struct karto_field fields[2];
    enum karto_healed outcome;
    open_forger(&f);
    struct karto_rid one = karto_rid_make(&f.s.clock.sys), two = karto_rid_make(&f.s.clock.sys);
    struct karto_rid lost = karto_rid_make(&f.s.clock.sys);
    struct karto_rid *device = &f.s.devices[0].device;
    fields_of(&f, lost, 1000, fields); /* a client that is not here yet */
    CHECK_INT(bring(&f, 0, one, KARTO_ACTIVITY, fields, 2, &outcome), KARTO_OK);
    CHECK_INT(outcome, KARTO_HEALED_HELD);
    fields_of(&f, f.client, 1001, fields);
    CHECK_INT(karto_store_write(f.s.hub.store, do_damage, &f.client), KARTO_OK);
    for (int again = 0; again < 2; again++) {
        CHECK_INT(bring(&f, 0, two, KARTO_ACTIVITY, fields, 2, &outcome), KARTO_OK);
        CHECK_INT(outcome, KARTO_HEALED_HELD);
        CHECK_INT(held(&f), 2);
    }
    struct resting resting = {two, *device, 0};
    CHECK_INT(karto_store_read(f.s.hub.store, do_rest, &resting), KARTO_OK);
    CHECK_INT(resting.fields, 2);
    CHECK_INT(karto_store_write(f.s.hub.store, do_again, NULL), KARTO_OK);
    spine_recovered(&f.s.hub);
    CHECK_INT(held(&f), 2);
    CHECK_INT(karto_store_write(f.s.hub.store, do_damage, &f.client), KARTO_OK);
    CHECK_INT(karto_store_write(f.s.hub.store, do_again, device), KARTO_OK);
    CHECK_INT(held(&f), 1);
    CHECK(spine_see(&f.s.hub, two, SUBJECT, "").exists);
    close_forger(&f, true);
}

/* What is here of the very record cannot be read: then all of the state waits. */
static void of_a_damaged_record(void)
{
    struct forger f;
    open_forger(&f);
    struct karto_field field = text_field(&f, NOTE, seen(&f, KARTO_VV_EMPTY, f.oksana, 2), f.oksana, 2, "mine");
    CHECK_INT(karto_store_write(f.s.hub.store, do_damage, &f.client), KARTO_OK);
    CHECK_INT(forge(&f, f.client, &field), KARTO_HEALED_HELD);
    struct resting resting = {f.client, f.s.devices[0].device, 0};
    CHECK_INT(karto_store_read(f.s.hub.store, do_rest, &resting), KARTO_OK);
    CHECK_INT(resting.fields, 1);
    CHECK_INT(karto_store_write(f.s.hub.store, do_again, NULL), KARTO_OK);
    CHECK_INT(held(&f), 1);
    CHECK_INT(karto_store_write(f.s.hub.store, do_damage, &f.client), KARTO_OK);
    close_forger(&f, false);
}

int main(void)
{
    of_a_damaged_client();
    of_a_damaged_record();
    future_numbers_of_another();
    behind_what_he_wrote_himself();
    numbers_that_are_known_or_nobodys();
    another_value_under_a_dot_that_is_here();
    own_numbers_that_were_never_made();
    what_comes_late_is_held();
    of_two_copies_nothing_goes();
    even_head_office_swallows_nothing();
    what_head_office_wrote_is_not_swallowed();
    he_does_not_write_at_head_office();
    thousands_of_values_take_little_memory();
    nothing_goes_for_a_word();
    an_answer_tells_nothing_of_what_is_not_his();
    what_is_not_shown_is_not_accepted();
    what_its_author_has_stands_beside_it();
    what_was_replaced_does_not_stay();
    nothing_goes_without_a_change();
    from_the_future();
    of_another_record_kind_or_territory();
    ten_thousand_fields();
    whatever_he_says();
    return 0;
}
