/* That states bring back what a hub lost and nobody can give back as a change: all of it by a laptop of head office,
 * by a representative's what he may write, while the rest is held; that nothing forged gets in, nothing older changes
 * anything, and that check is clean and digests are equal after it. */
#include "core/store/databases.h"
#include "core/store/hub_heal.h"
#include "core/store/hub_recovery.h"
#include "tests/spine.h"

enum { NOTE = 31 };

static enum karto_err do_held(struct karto_tx *tx, void *context)
{
    return karto_hub_recovery(tx, context);
}

static uint64_t held(struct spine *s)
{
    struct karto_recovery recovery;
    CHECK_INT(karto_store_read(s->hub.store, do_held, &recovery), KARTO_OK);
    return recovery.held;
}

/* A client that everybody has; then, after the backup, head office writes a note, moves nothing, and makes another. */
struct loss {
    struct spine s;
    struct karto_rid old, new;
    int office;
};

static void lose(struct loss *l, bool office)
{
    spine_open_pair(&l->s);
    l->office = office ? spine_device(&l->s, "olha", NULL) : -1;
    l->old = spine_client(&l->s.hub, "Old", "01");
    spine_sync_all(&l->s);
    spine_keep(&l->s, &l->s.hub, "backup");
    CHECK_INT(spine_set(&l->s.hub, l->old, NOTE, "", "after the backup"), KARTO_OK);
    CHECK_INT(spine_territory(&l->s.hub, l->old, "02"), KARTO_OK);
    CHECK_INT(spine_territory(&l->s.hub, l->old, "01"), KARTO_OK);
    l->new = spine_client(&l->s.hub, "New", "01");
    spine_sync_all(&l->s);
    spine_put_back(&l->s, &l->s.hub, "backup");
    spine_restored(&l->s.hub);
    CHECK(!spine_see(&l->s.hub, l->new, NOTE, "").exists);
}

static void is_back(struct loss *l)
{
    CHECK_STR(spine_see(&l->s.hub, l->old, NOTE, "").text, "after the backup");
    CHECK_STR(spine_see(&l->s.hub, l->new, KARTO_F_NAME, "").text, "New");
}

static void is_whole(struct loss *l)
{
    spine_recovered(&l->s.hub);
    spine_sync_all(&l->s);
    is_back(l);
    spine_same(&l->s, "01");
    spine_is_whole(&l->s.hub);
    for (int i = 0; i < l->s.device_count; i++)
        spine_is_whole(&l->s.devices[i]);
    spine_close(&l->s);
}

static void head_offices_laptop_brings_all(void)
{
    struct loss l;
    lose(&l, true);
    CHECK_INT(spine_try_sync(&l.s, l.office), KARTO_E_RECOVERING);
    is_back(&l);
    CHECK_INT(held(&l.s), 0);
    is_whole(&l);
}

/* The territory of a record that is here is not a representative's to write; that of a new one of his own is. */
static void a_representative_brings_what_he_may_write(void)
{
    struct loss l;
    lose(&l, false);
    for (int device = 0; device < 2; device++) {
        CHECK_INT(spine_try_sync(&l.s, device), KARTO_E_RECOVERING);
        is_back(&l);
        CHECK_INT(held(&l.s), device + 1);
    }
    is_whole(&l);
}

static enum karto_err do_count_devices(struct karto_tx *tx, void *context)
{
    struct karto_held *list;
    uint32_t count, *of_devices = context;
    enum karto_err err = karto_hub_held_list(tx, NULL, NULL, &list, &count);
    *of_devices = 0;
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++) {
        struct karto_entry entry;
        err = karto_entry_load(tx, list[i].record, &entry);
        *of_devices += !entry.exists || entry.view.kind == KARTO_DEVICE;
    }
    return err;
}

/* The record of a laptop that got another node after the backup: head office alone writes it, and will again. */
static void a_representative_is_not_asked_of_laptops(void)
{
    struct spine s;
    spine_open_pair(&s);
    struct karto_rid id = spine_client(&s.hub, "Client", "01");
    spine_sync_all(&s);
    spine_keep(&s, &s.hub, "backup");
    spine_keep(&s, &s.devices[1], "image");
    for (int i = 0; i < 2; i++) {
        CHECK_INT(spine_set(&s.devices[1], id, NOTE, "", i ? "again" : "once"), KARTO_OK);
        spine_sync_all(&s);
        if (i == 0)
            spine_put_back(&s, &s.devices[1], "image");
    }
    spine_put_back(&s, &s.hub, "backup");
    spine_restored(&s.hub);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_RECOVERING);
    uint32_t of_devices = 1;
    CHECK_INT(karto_store_read(s.hub.store, do_count_devices, &of_devices), KARTO_OK);
    CHECK_INT(of_devices, 0);
    spine_recovered(&s.hub);
    spine_sync_all(&s);
    spine_same(&s, "01");
    spine_close(&s);
}

/* A client that head office made after the backup, and a representative has written into: what he gives back comes
 * before its state, and makes a record that lies nowhere. His state says where. */
static void a_representative_says_where_it_lies(void)
{
    struct spine s;
    spine_open_pair(&s);
    spine_sync_all(&s);
    spine_keep(&s, &s.hub, "backup");
    struct karto_rid id = spine_client(&s.hub, "New", "01");
    spine_sync_all(&s);
    CHECK_INT(spine_set(&s.devices[0], id, NOTE, "", "mine"), KARTO_OK);
    spine_sync_all(&s);
    spine_put_back(&s, &s.hub, "backup");
    spine_restored(&s.hub);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_RECOVERING);
    CHECK_STR(spine_see(&s.hub, id, NOTE, "").text, "mine");
    CHECK_STR(spine_see(&s.hub, id, KARTO_F_NAME, "").text, "New");
    CHECK_INT(held(&s), 0);
    spine_recovered(&s.hub);
    spine_sync_all(&s);
    CHECK_STR(spine_see(&s.devices[0], id, KARTO_F_NAME, "").text, "New");
    spine_same(&s, "01");
    spine_close(&s);
}

static enum karto_err do_gave(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_gave(tx, &device) : err;
}

/* A copy of the store on a second machine, the same device to the hub, has given everything that it had: this one has
 * more, and gives it all the same. */
static void a_copy_was_here_before(void)
{
    struct spine s;
    spine_open_pair(&s);
    struct karto_rid id = spine_client(&s.hub, "Old", "01");
    spine_sync_all(&s);
    spine_keep(&s, &s.hub, "backup");
    CHECK_INT(spine_set(&s.devices[0], id, NOTE, "", "mine"), KARTO_OK);
    spine_sync(&s, 0);
    spine_put_back(&s, &s.hub, "backup");
    spine_restored(&s.hub);
    CHECK_INT(karto_store_write(s.hub.store, do_gave, &s.devices[0].device), KARTO_OK);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_RECOVERING);
    CHECK_STR(spine_see(&s.hub, id, NOTE, "").text, "mine");
    spine_recovered(&s.hub);
    spine_sync_all(&s);
    spine_same(&s, "01");
    spine_close(&s);
}

/* ---- single states ---- */

struct giving {
    struct karto_rid device, record, as;
    struct karto_buf state;
    enum karto_healed outcome;
    bool view; /* as its user sees it, with what is pending */
};

static enum karto_err do_copy(struct karto_tx *tx, void *context)
{
    struct giving *g = context;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, g->record, &entry);
    if (err == KARTO_OK)
        karto_record_encode(g->view ? &entry.view : &entry.base, &g->state);
    return err;
}

static enum karto_err do_heal(struct karto_tx *tx, void *context)
{
    struct giving *g = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, g->device, &device);
    return err == KARTO_OK
               ? karto_hub_heal(tx, &device, g->as, karto_slice_str("01"), karto_buf_slice(&g->state), &g->outcome)
               : err;
}

static enum karto_err give(struct loss *l, struct giving *g, const struct spine_node *from)
{
    karto_buf_clear(&g->state);
    CHECK_INT(karto_store_read(from->store, do_copy, g), KARTO_OK);
    return karto_store_write(l->s.hub.store, do_heal, g);
}

/* What is taken once is nothing new afterwards; a client of another territory is not his to bring; a state that has
 * seen changes of this hub that it never made, or bytes that are none, are no honest device's. */
static void forged_and_repeated(void)
{
    struct loss l;
    struct giving g = {.state = KARTO_BUF_EMPTY};
    lose(&l, false);
    g.device = l.s.devices[0].device;
    g.record = g.as = l.new;
    CHECK_INT(give(&l, &g, &l.s.devices[0]), KARTO_OK);
    CHECK_INT(g.outcome, KARTO_HEALED);
    CHECK_INT(give(&l, &g, &l.s.devices[1]), KARTO_OK);
    CHECK_INT(g.outcome, KARTO_HEALED_NOTHING);

    struct karto_rid south = spine_client(&l.s.hub, "South", "02");
    g.record = south, g.as = l.old;
    CHECK_INT(give(&l, &g, &l.s.hub), KARTO_OK);
    CHECK_INT(g.outcome, KARTO_HEALED_HELD);
    CHECK_STR(spine_see(&l.s.hub, l.old, KARTO_F_TERRITORY, "").text, "");
    CHECK_INT(held(&l.s), 1);

    spine_keep(&l.s, &l.s.hub, "ahead");
    CHECK_INT(spine_set(&l.s.hub, l.old, NOTE, "", "never made"), KARTO_OK);
    g.record = g.as = l.old;
    CHECK_INT(give(&l, &g, &l.s.hub), KARTO_OK);
    CHECK_INT(g.outcome, KARTO_HEALED_NOTHING);
    spine_put_back(&l.s, &l.s.hub, "ahead");
    CHECK_INT(karto_store_write(l.s.hub.store, do_heal, &g), KARTO_E_PROTOCOL);
    g.state.size--;
    CHECK_INT(karto_store_write(l.s.hub.store, do_heal, &g), KARTO_E_PROTOCOL);
    spine_is_whole(&l.s.hub);
    karto_buf_fini(&g.state);
    spine_close(&l.s);
}

/* ---- order ---- */

static enum karto_err do_save(struct karto_tx *tx, void *context)
{
    return karto_save(tx, context, NULL);
}

/* A person of a client, whose id is before those of all clients. */
static struct karto_rid early_child(struct spine_node *node, struct karto_rid client)
{
    struct karto_arena arena;
    struct karto_rid id = {{0, 1, 2, 3, 4, 5, 0x70, 7, 0x80, 9, 10, 11, 12, 13, 14, 15}};
    struct karto_slice none = karto_slice(NULL, 0);
    karto_arena_init(&arena);
    const struct karto_edit edits[] = {
        {KARTO_F_CLIENT, none, karto_value_bytes(&arena, karto_value_reference(client))},
        {KARTO_F_NAME, none, karto_value_bytes(&arena, karto_value_text(karto_slice_str("Child")))}};
    struct karto_save save = {
        .kind = KARTO_PERSON, .record = id, .create = true, .edits = edits, .count = 2, .via = KARTO_VIA_CLI};
    CHECK_INT(karto_store_write(node->store, do_save, &save), KARTO_OK);
    CHECK(karto_rid_compare(id, client) < 0);
    karto_arena_fini(&arena);
    return id;
}

/* The child's id is before its client's, so that it comes first; with small pages, in another message. */
static void a_child_may_come_before_its_client(void)
{
    for (uint64_t page_size = 0; page_size < 2; page_size++) {
        struct loss l;
        spine_open_pair(&l.s);
        l.office = -1;
        l.old = spine_client(&l.s.hub, "Old", "01");
        spine_sync_all(&l.s);
        spine_keep(&l.s, &l.s.hub, "backup");
        l.new = spine_client(&l.s.hub, "New", "01");
        struct karto_rid child = early_child(&l.s.hub, l.new);
        CHECK_INT(spine_set(&l.s.hub, l.old, NOTE, "", "after the backup"), KARTO_OK);
        spine_sync_all(&l.s);
        spine_put_back(&l.s, &l.s.hub, "backup");
        spine_restored(&l.s.hub);
        l.s.page_size = page_size;
        CHECK_INT(spine_try_sync(&l.s, 0), KARTO_E_RECOVERING);
        CHECK_INT(held(&l.s), 0);
        CHECK_STR(spine_see(&l.s.hub, child, KARTO_F_NAME, "").text, "Child");
        CHECK_INT(spine_try_sync(&l.s, 1), KARTO_E_RECOVERING);
        CHECK_INT(held(&l.s), 0);
        is_whole(&l);
    }
}

/* One laptop brings the child, and another its client, later. */
static void a_child_waits_for_its_client(void)
{
    struct loss l;
    struct giving g = {.state = KARTO_BUF_EMPTY};
    lose(&l, false);
    struct karto_rid child = spine_child(&l.s.devices[0], KARTO_PERSON, l.new, KARTO_F_NAME, "Child");
    g.device = l.s.devices[0].device;
    g.record = g.as = child;
    g.view = true;
    CHECK_INT(give(&l, &g, &l.s.devices[0]), KARTO_OK);
    CHECK_INT(g.outcome, KARTO_HEALED_HELD);
    g.view = false;
    g.device = l.s.devices[1].device;
    g.record = g.as = l.new;
    CHECK_INT(give(&l, &g, &l.s.devices[1]), KARTO_OK);
    CHECK_INT(g.outcome, KARTO_HEALED);
    CHECK_INT(held(&l.s), 1);
    spine_recovered(&l.s.hub);
    CHECK_INT(held(&l.s), 0);
    CHECK_STR(spine_see(&l.s.hub, child, KARTO_F_NAME, "").text, "Child");
    spine_is_whole(&l.s.hub);
    karto_buf_fini(&g.state);
    spine_close(&l.s);
}

/* ---- cut and repeated ---- */

struct outcome {
    uint64_t old, new, held, position;
};

/* Of everything but times and ids, which differ from one run to the other. */
static uint64_t sum_of(const struct karto_entry *entry)
{
    uint64_t sum = entry->exists;
    for (uint32_t i = 0; i < entry->view.count; i++) {
        const struct karto_field *field = &entry->view.fields[i];
        uint64_t seqs = 0;
        for (uint32_t j = 0; j < field->vv.count; j++)
            seqs += field->vv.dots[j].seq;
        sum = (sum * 31 + field->number) * 31 + seqs;
        for (uint32_t j = 0; j < field->count; j++)
            for (uint32_t k = 0; k < field->registers[j].count; k++)
                for (size_t at = 0; at < field->registers[j].heads[k].value.size; at++)
                    sum = sum * 31 + field->registers[j].heads[k].value.data[at];
    }
    return sum;
}

static enum karto_err do_outcome(struct karto_tx *tx, void *context)
{
    struct loss *l = ((struct loss **)context)[0];
    struct outcome *out = ((struct outcome **)context)[1];
    struct karto_entry old, new;
    CHECK_INT(karto_entry_load(tx, l->old, &old), KARTO_OK);
    CHECK_INT(karto_entry_load(tx, l->new, &new), KARTO_OK);
    *out = (struct outcome){sum_of(&old), sum_of(&new), 0, tx->ledger.position};
    return KARTO_OK;
}

static struct outcome outcome_of(struct loss *l)
{
    struct outcome out;
    void *context[] = {l, &out};
    CHECK_INT(karto_store_read(l->s.hub.store, do_outcome, context), KARTO_OK);
    out.held = held(&l->s);
    return out;
}

/* The line is gone after each message in turn, with its answer; the laptop comes again, and it is as if it had not
 * been. */
static void cut_anywhere(void)
{
    struct outcome whole = {0};
    unsigned cuts = 0, requests = 1;
    for (unsigned cut = 0; cut <= requests; cut++) {
        struct loss l;
        lose(&l, false);
        CHECK_INT(spine_set(&l.s.devices[0], l.old, NOTE, "", "pending"), KARTO_OK);
        l.s.page_size = 1;
        l.s.cut = cut;
        enum karto_err err = spine_try_sync(&l.s, 0);
        CHECK_INT(err, cut ? KARTO_E_OFFLINE : KARTO_E_RECOVERING);
        requests = cut ? requests : (unsigned)l.s.last.requests - 1;
        cuts += cut > 0;
        l.s.cut = 0;
        for (int i = 0; i < 2; i++)
            CHECK_INT(spine_try_sync(&l.s, i), KARTO_E_RECOVERING);
        struct outcome got = outcome_of(&l);
        if (cut == 0)
            whole = got;
        CHECK(got.old == whole.old && got.new == whole.new);
        CHECK_INT(got.held, whole.held);
        CHECK_INT(got.position, whole.position);
        spine_is_whole(&l.s.hub);
        spine_close(&l.s);
    }
    CHECK(cuts >= 6);
}

static enum karto_err do_forget(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    device.gave = (struct karto_epoch){0, {0}};
    return err == KARTO_OK ? karto_hub_put_device(tx, &device) : err;
}

/* All of it once more: nothing is written. */
static void the_same_again(void)
{
    for (int office = 0; office < 2; office++) {
        struct loss l;
        lose(&l, office);
        for (int i = 0; i < l.s.device_count; i++)
            CHECK_INT(spine_try_sync(&l.s, i), KARTO_E_RECOVERING);
        struct outcome before = outcome_of(&l);
        for (int i = 0; i < l.s.device_count; i++) {
            CHECK_INT(karto_store_write(l.s.hub.store, do_forget, &l.s.devices[i].device), KARTO_OK);
            CHECK_INT(spine_try_sync(&l.s, i), KARTO_E_RECOVERING);
            struct outcome after = outcome_of(&l);
            CHECK(after.old == before.old && after.new == before.new);
            CHECK_INT(after.position, before.position);
            CHECK_INT(after.held, before.held);
        }
        is_whole(&l);
    }
}

/* ---- hiding ---- */

/* Head office hides the client after the backup, and olha's laptop has that. petro's note, which it did not see, comes
 * before or after, as a change that the lost head office had or as one that nobody had: the client is shown again. */
static void a_hide_hides_what_it_saw(void)
{
    enum { FAIR, GIVEN_FIRST, NEVER_SENT, WAYS };
    for (int way = FAIR; way < WAYS; way++) {
        struct spine s;
        spine_open_pair(&s);
        int olha = spine_device(&s, "olha", NULL);
        struct karto_rid client = spine_client(&s.hub, "Client", "01");
        spine_sync_all(&s);
        spine_keep(&s, &s.hub, "backup");
        if (way == FAIR) {
            CHECK_INT(spine_set(&s.devices[1], client, NOTE, "", "petro's"), KARTO_OK);
            spine_sync(&s, 1);
        }
        CHECK_INT(spine_hide(&s.hub, client, true), KARTO_OK);
        spine_sync(&s, olha);
        if (way != FAIR)
            CHECK_INT(spine_set(&s.devices[1], client, NOTE, "", "petro's"), KARTO_OK);
        if (way == GIVEN_FIRST) { /* and does not hear that the client was shown again */
            s.cut = 3;
            CHECK_INT(spine_try_sync(&s, 1), KARTO_E_OFFLINE);
            s.cut = 0;
            CHECK(!spine_see(&s.hub, client, NOTE, "").hidden);
        }
        spine_put_back(&s, &s.hub, "backup");
        spine_restored(&s.hub);
        const int order[] = {way == GIVEN_FIRST ? 1 : olha, way == GIVEN_FIRST ? olha : 1, 0};
        for (int i = 0; i < 3; i++)
            CHECK_INT(spine_try_sync(&s, order[i]), KARTO_E_RECOVERING);
        CHECK_INT(spine_see(&s.hub, client, NOTE, "").hidden, way != GIVEN_FIRST);
        spine_recovered(&s.hub);
        spine_sync_all(&s);
        CHECK_STR(spine_see(&s.hub, client, NOTE, "").text, "petro's");
        CHECK_INT(spine_see(&s.hub, client, NOTE, "").hidden, way == FAIR);
        spine_same(&s, "01");
        spine_is_whole(&s.hub);
        spine_close(&s);
    }
}

/* ---- numbers ---- */

static enum karto_err do_node(struct karto_tx *tx, void *context)
{
    *(struct karto_node *)context = tx->ledger.node;
    return KARTO_OK;
}

static struct karto_node node_of(struct spine *s, int device)
{
    struct karto_node node;
    CHECK_INT(karto_store_read(s->devices[device].store, do_node, &node), KARTO_OK);
    return node;
}

/* petro's disk was put back as well: what he had tagged nobody knows but olha's laptop, which brings it before he
 * comes, or after. In the new epoch he goes on under another node, so that no number of his is ever of two changes. */
static void no_number_is_used_twice(void)
{
    enum { TAG = 23 };
    for (int brought = 0; brought < 2; brought++) {
        struct spine s;
        spine_open_pair(&s);
        int olha = spine_device(&s, "olha", NULL);
        struct karto_rid client = spine_client(&s.hub, "Client", "01"), other = spine_client(&s.hub, "Other", "01");
        spine_sync_all(&s);
        spine_keep(&s, &s.hub, "backup");
        spine_keep(&s, &s.devices[1], "image");
        CHECK_INT(spine_set(&s.devices[1], client, TAG, "p", "p"), KARTO_OK);
        spine_sync(&s, 1);
        spine_sync(&s, olha);
        spine_put_back(&s, &s.devices[1], "image");
        spine_put_back(&s, &s.hub, "backup");
        spine_restored(&s.hub);
        struct karto_node before = node_of(&s, 1);
        if (brought)
            CHECK_INT(spine_try_sync(&s, olha), KARTO_E_RECOVERING);
        CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
        CHECK(!karto_node_equal(node_of(&s, 1), before));
        spine_recovered(&s.hub);
        if (!brought)
            spine_sync(&s, olha);
        CHECK_INT(spine_set(&s.devices[1], other, NOTE, "", "petro's"), KARTO_OK);
        spine_sync_all(&s);
        CHECK_STR(spine_see(&s.hub, other, NOTE, "").text, "petro's");
        CHECK_INT(spine_see(&s.devices[1], client, TAG, "p").heads, 1);
        spine_same(&s, "01");
        spine_is_whole(&s.hub);
        spine_close(&s);
    }
}

/* ---- contexts ---- */

/* petro's note was written over one of head office's that is lost. While that may still come he waits; when it comes it
 * is replaced, and when it comes late it stands beside his, for nothing here had seen it. */
static void a_context_covers_what_is_here(void)
{
    for (int late = 0; late < 2; late++) {
        struct spine s;
        spine_open_pair(&s);
        int olha = spine_device(&s, "olha", NULL);
        struct karto_rid client = spine_client(&s.hub, "Client", "01");
        spine_sync_all(&s);
        spine_keep(&s, &s.hub, "backup");
        CHECK_INT(spine_set(&s.hub, client, NOTE, "", "head office's"), KARTO_OK);
        spine_sync(&s, olha);
        spine_sync(&s, 1);
        CHECK_INT(spine_set(&s.devices[1], client, NOTE, "", "petro's"), KARTO_OK);
        spine_sync(&s, 1);
        spine_put_back(&s, &s.hub, "backup");
        spine_restored(&s.hub);
        CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
        CHECK_INT(spine_see(&s.hub, client, NOTE, "").heads, 0);
        if (late) {
            spine_recovered(&s.hub);
            spine_sync(&s, 1);
        } else {
            CHECK_INT(spine_try_sync(&s, olha), KARTO_E_RECOVERING);
            CHECK_STR(spine_see(&s.hub, client, NOTE, "").text, "petro's"); /* his state waited for that, too */
            CHECK_INT(spine_try_sync(&s, 1), KARTO_E_RECOVERING);
            CHECK_INT(spine_see(&s.hub, client, NOTE, "").heads, 1);
            spine_recovered(&s.hub);
        }
        CHECK_STR(spine_see(&s.hub, client, NOTE, "").text, "petro's");
        spine_sync_all(&s);
        CHECK_STR(spine_see(&s.hub, client, NOTE, "").text, "petro's");
        CHECK_INT(spine_see(&s.hub, client, NOTE, "").heads, 1 + late);
        spine_same(&s, "01");
        spine_is_whole(&s.hub);
        spine_close(&s);
    }
}

int main(void)
{
    a_child_may_come_before_its_client();
    a_child_waits_for_its_client();
    cut_anywhere();
    the_same_again();
    a_hide_hides_what_it_saw();
    no_number_is_used_twice();
    a_context_covers_what_is_here();
    head_offices_laptop_brings_all();
    a_representative_brings_what_he_may_write();
    a_representative_is_not_asked_of_laptops();
    a_representative_says_where_it_lies();
    a_copy_was_here_before();
    forged_and_repeated();
    return 0;
}
