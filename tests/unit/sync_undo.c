/* Taking back: everything as it was, what somebody has changed since left alone; an undo of an undo; broken off and
 * gone on with; what head office refused; by whom, and in which store. Every store is checked at the end. */
#include "core/store/databases.h"
#include "core/store/undo.h"
#include "tests/spine.h"

enum { SITE = 29, CREDIT_LIMIT = 30, NOTE = 31, CITY = 42, BATCH = 0x7f3a0012, OTHER = 0x11, MONTH_MS = 31 * 86400 };

static const char phone[] = "380671234567";

/* ---- edits of one batch ---- */

struct editing {
    struct karto_save save;
    struct karto_edit edits[8];
    struct karto_arena arena;
};

static enum karto_err do_edit(struct karto_tx *tx, void *context)
{
    struct editing *e = context;
    return karto_save(tx, &e->save, NULL);
}

struct value {
    uint32_t field;
    const char *key, *text; /* text NULL: taken away, or emptied */
};

static enum karto_err edit(struct spine_node *node, struct karto_rid id, uint64_t batch, bool create,
                           const struct value *values, uint32_t count)
{
    struct editing e = {.save = {.kind = KARTO_CLIENT, .record = id, .create = create, .via = KARTO_VIA_IMPORT}};
    karto_arena_init(&e.arena);
    e.save.batch = batch;
    e.save.edits = e.edits;
    e.save.count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct karto_slice key = karto_slice_str(values[i].key), bytes = {NULL, 0};
        if (values[i].field == KARTO_F_TERRITORY || values[i].field == KARTO_F_MANAGER)
            key = karto_date_key(&e.arena, KARTO_DATE_MIN);
        if (!values[i].text && values[i].field != KARTO_F_PHONE)
            bytes = karto_value_bytes(&e.arena, karto_value_nil());
        else if (values[i].text && values[i].field == CREDIT_LIMIT)
            bytes = karto_value_bytes(&e.arena, karto_value_money(atoi(values[i].text), "UAH"));
        else if (values[i].text)
            bytes = karto_value_bytes(&e.arena, karto_value_text(karto_slice_str(values[i].text)));
        e.edits[i] = (struct karto_edit){values[i].field, key, bytes};
    }
    enum karto_err err = karto_store_write(node->store, do_edit, &e);
    karto_arena_fini(&e.arena);
    return err;
}

#define EDIT(node, id, batch, create, ...)                                                                             \
    CHECK_INT(edit((node), (id), (batch), (create), (const struct value[]){__VA_ARGS__},                               \
                   sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)),                                \
              KARTO_OK)

static struct karto_rid make(struct spine_node *node, uint8_t number, uint64_t batch, const char *name)
{
    struct karto_rid id = {{9, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, number}};
    EDIT(node, id, batch, true, {KARTO_F_NAME, "", name}, {KARTO_F_TERRITORY, "", "01"});
    return id;
}

/* ---- taking back ---- */

struct undoing {
    uint32_t number; /* 0: the last */
    const char *author;
    uint32_t most, transactions; /* records in a transaction; transactions at most */
    struct karto_undo undo;
    unsigned fates[KARTO_UNDO_GONE + 1];
    char by[40], now[40], would[40]; /* of the first that was left */
    uint32_t field;
};

static void text_of(struct karto_slice bytes, char out[40])
{
    struct karto_value value;
    out[0] = 0;
    if (bytes.size && karto_value_decode(bytes, &value) == KARTO_OK && value.type == KARTO_TEXT)
        snprintf(out, 40, "%.*s", (int)value.text.size, (const char *)value.text.data);
}

static enum karto_err see_record(struct karto_tx *tx, const struct karto_undo_record *record, void *context)
{
    struct undoing *u = context;
    (void)tx;
    for (uint32_t i = 0; i < record->plan->count; i++) {
        const struct karto_undo_step *step = &record->plan->steps[i];
        u->fates[step->fate]++;
        if (step->fate != KARTO_UNDO_CHANGED || u->by[0] || !step->now)
            continue;
        snprintf(u->by, sizeof u->by, "%.*s", (int)step->now->stamp.author.size,
                 (const char *)step->now->stamp.author.data);
        text_of(step->now->value, u->now);
        text_of(step->would, u->would);
        u->field = step->field;
    }
    return KARTO_OK;
}

static enum karto_err do_begin(struct karto_tx *tx, void *context)
{
    struct undoing *u = context;
    struct karto_batch batch;
    enum karto_err err =
        u->number ? karto_undo_find(tx, u->number, karto_slice_str(u->author), &batch) : karto_undo_last(tx, 0, &batch);
    return err == KARTO_OK ? karto_undo_begin(tx, &batch, &u->undo) : err;
}

static enum karto_err do_some(struct karto_tx *tx, void *context)
{
    struct undoing *u = context;
    return karto_undo_some(tx, &u->undo, karto_slice_str("mistaken"), u->most, see_record, u);
}

static enum karto_err take_back(struct spine_node *node, struct undoing *u)
{
    enum karto_err err = karto_store_read(node->store, do_begin, u);
    for (uint32_t i = 0; err == KARTO_OK && u->undo.next != 0 && i < u->transactions; i++)
        err = karto_store_write(node->store, do_some, u);
    return err;
}

static struct undoing undo(struct spine_node *node, uint32_t number)
{
    struct undoing u = {.number = number, .most = 100, .transactions = 100};
    CHECK_INT(take_back(node, &u), KARTO_OK);
    CHECK_INT(u.undo.next, 0);
    return u;
}

static const char *text(struct spine_node *node, struct karto_rid id, uint32_t field, const char *key)
{
    static char out[100];
    snprintf(out, sizeof out, "%s", spine_see(node, id, field, key).text);
    return out;
}

/* ---- the bytes of a record's values, without who wrote them ---- */

static enum karto_err do_values(struct karto_tx *tx, void *context)
{
    struct karto_buf *out = context;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, karto_rid_read(out->data), &entry);
    for (uint32_t i = 0; err == KARTO_OK && i < entry.view.count; i++)
        for (uint32_t j = 0; j < entry.view.fields[i].count; j++) {
            const struct karto_register *reg = &entry.view.fields[i].registers[j];
            if (karto_value_is_nil(karto_winner(reg)->value))
                continue;
            karto_buf_add_be32(out, entry.view.fields[i].number);
            karto_buf_add_slice(out, reg->key);
            karto_buf_add_slice(out, karto_winner(reg)->value);
        }
    return err;
}

static struct karto_buf values(struct spine_node *node, struct karto_rid id)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    karto_buf_add(&out, id.b, sizeof id.b);
    CHECK_INT(karto_store_read(node->store, do_values, &out), KARTO_OK);
    return out;
}

static void check_values(struct spine_node *node, struct karto_rid id, struct karto_buf *want)
{
    struct karto_buf got = values(node, id);
    CHECK(karto_slice_equal(karto_buf_slice(&got), karto_buf_slice(want)));
    karto_buf_fini(&got);
    karto_buf_fini(want);
}

/* ---- tests ---- */

/* Fields, sets and timelines: changed in two changes of one batch, and all of it as it was. */
static void all_is_as_it_was(void)
{
    struct spine s;
    spine_open(&s);
    struct karto_rid id = make(&s.hub, 1, 0, "Ромашка");
    EDIT(&s.hub, id, 0, false, {SITE, "", "a.ua"}, {KARTO_F_PHONE, phone, "067 123-45-67"}, {CREDIT_LIMIT, "", "500"});
    struct karto_buf before = values(&s.hub, id);
    EDIT(&s.hub, id, BATCH, false, {SITE, "", "b.ua"}, {NOTE, "", "new"}, {KARTO_F_PHONE, phone, NULL},
         {KARTO_F_PHONE, "380501112233", "0501112233"}, {KARTO_F_MANAGER, "", "petro"});
    EDIT(&s.hub, id, BATCH, false, {SITE, "", "c.ua"}, {KARTO_F_TERRITORY, "", "02"}, {CREDIT_LIMIT, "", NULL});
    struct karto_buf after = values(&s.hub, id);
    struct undoing u = undo(&s.hub, BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_REVERT], 7);
    CHECK_INT(u.undo.records, 1);
    CHECK_INT(u.undo.changes, 1);
    CHECK_INT(u.undo.left, 0);
    CHECK_STR(text(&s.hub, id, KARTO_F_PHONE, phone), "067 123-45-67");
    check_values(&s.hub, id, &before);

    /* The undo is taken back by its own number, and the batch counts as taken back no more. */
    struct undoing again = undo(&s.hub, karto_batch_number(u.undo.as));
    CHECK_INT(again.fates[KARTO_UNDO_REVERT], 7);
    check_values(&s.hub, id, &after);
    before = values(&s.hub, id);
    struct undoing third = undo(&s.hub, BATCH);
    CHECK_INT(third.fates[KARTO_UNDO_REVERT], 7);
    CHECK_INT(karto_batch_undoes(third.undo.as), karto_batch_number(again.undo.as));
    CHECK_STR(text(&s.hub, id, SITE, ""), "a.ua");
    struct undoing nothing = undo(&s.hub, BATCH);
    CHECK(nothing.undo.again);
    CHECK_INT(nothing.fates[KARTO_UNDO_DONE], 7);
    CHECK_INT(nothing.undo.changes, 0);
    karto_buf_fini(&before);
    spine_close(&s);
}

/* Without a number: one after the other, backwards, and never what only took something back. */
static void the_last_one_first(void)
{
    struct spine s;
    spine_open(&s);
    struct karto_rid id = make(&s.hub, 1, 0, "Мак");
    EDIT(&s.hub, id, 0, false, {SITE, "", "a.ua"});
    EDIT(&s.hub, id, 0, false, {SITE, "", "b.ua"});
    uint64_t number = undo(&s.hub, 0).undo.as;
    CHECK_STR(text(&s.hub, id, SITE, ""), "a.ua");
    undo(&s.hub, karto_batch_number(number));
    CHECK_STR(text(&s.hub, id, SITE, ""), "b.ua");
    undo(&s.hub, 0);
    undo(&s.hub, 0);
    CHECK_INT(spine_see(&s.hub, id, SITE, "").heads, 1);
    CHECK_STR(text(&s.hub, id, SITE, ""), "");
    CHECK(!spine_see(&s.hub, id, SITE, "").hidden);
    undo(&s.hub, 0);
    CHECK(spine_see(&s.hub, id, SITE, "").hidden);
    struct undoing none = {.most = 1, .transactions = 1};
    CHECK_INT(take_back(&s.hub, &none), KARTO_E_NOT_FOUND);
    none.number = 0x12345678;
    CHECK_INT(take_back(&s.hub, &none), KARTO_E_NOT_FOUND);
    spine_close(&s);
}

static void begin(struct spine *s)
{
    spine_open_pair(s);
    make(&s->hub, 1, 0, "Ромашка");
    make(&s->hub, 2, 0, "Мак");
    spine_sync_all(s);
}

static const struct karto_rid first = {{9, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 1}};
static const struct karto_rid second = {{9, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 2}};

/* A colleague's later edit stays; the rest of the batch goes, everywhere. */
static void a_later_edit_stays(void)
{
    struct spine s;
    begin(&s);
    struct spine_node *oksana = &s.devices[0], *petro = &s.devices[1];
    EDIT(oksana, first, BATCH, false, {SITE, "", "a.ua"}, {NOTE, "", "mistake"}, {KARTO_F_PHONE, phone, "0671234567"});
    EDIT(oksana, second, BATCH, false, {NOTE, "", "mistake"});
    spine_sync_all(&s);
    EDIT(petro, first, 0, false, {SITE, "", "b.ua"}, {KARTO_F_PHONE, phone, NULL});
    spine_sync_all(&s);
    struct undoing u = undo(oksana, BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_REVERT], 2);
    CHECK_INT(u.fates[KARTO_UNDO_CHANGED], 1);
    CHECK_INT(u.fates[KARTO_UNDO_DONE], 1); /* the phone: it is gone already */
    CHECK_INT(u.undo.left, 1);
    CHECK_STR(u.by, "petro");
    CHECK_STR(u.now, "b.ua");
    CHECK_STR(u.would, "");
    CHECK_INT(u.field, SITE);
    spine_sync_all(&s);
    CHECK_STR(text(&s.hub, first, SITE, ""), "b.ua");
    CHECK_STR(text(petro, first, NOTE, ""), "");
    CHECK_STR(text(petro, second, NOTE, ""), "");
    spine_same(&s, "01");
    spine_close(&s);
}

/* Taken away by the batch, entered anew and taken away again by a colleague: his removal is the one that counts. */
static void a_later_removal_stays(void)
{
    struct spine s;
    begin(&s);
    EDIT(&s.hub, first, 0, false, {KARTO_F_PHONE, phone, "0671234567"});
    spine_sync_all(&s);
    EDIT(&s.devices[0], first, BATCH, false, {KARTO_F_PHONE, phone, NULL});
    spine_sync_all(&s);
    EDIT(&s.devices[1], first, 0, false, {KARTO_F_PHONE, phone, "067 123 45 67"});
    EDIT(&s.devices[1], first, 0, false, {KARTO_F_PHONE, phone, NULL});
    spine_sync_all(&s);
    struct undoing u = undo(&s.devices[0], BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_CHANGED], 1);
    CHECK_STR(u.by, "petro");
    CHECK_STR(u.now, "");
    CHECK_STR(u.would, "0671234567");
    CHECK_INT(spine_see(&s.devices[0], first, KARTO_F_PHONE, phone).heads, 0);
    spine_close(&s);
}

/* Both wrote, not knowing of each other: neither value is taken away. */
static void a_conflict_stays(void)
{
    struct spine s;
    begin(&s);
    EDIT(&s.devices[0], first, BATCH, false, {SITE, "", "a.ua"});
    EDIT(&s.devices[1], first, 0, false, {SITE, "", "b.ua"});
    spine_sync_all(&s);
    CHECK(spine_see(&s.devices[0], first, SITE, "").conflict);
    struct undoing u = undo(&s.devices[0], BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_CHANGED], 1);
    CHECK_STR(u.by, "petro");
    spine_sync_all(&s);
    CHECK_INT(spine_see(&s.hub, first, SITE, "").heads, 2);

    /* Whoever resolves it can take that back: to the value that was shown. */
    EDIT(&s.devices[0], first, OTHER, false, {SITE, "", "a.ua"});
    undo(&s.devices[0], OTHER);
    CHECK_STR(text(&s.devices[0], first, SITE, ""), "b.ua");
    CHECK_INT(spine_see(&s.devices[0], first, SITE, "").heads, 1);
    spine_close(&s);
}

/* New records are hidden, brought back by taking that back, and left where somebody works with them. */
static void new_records_are_hidden(void)
{
    struct spine s;
    begin(&s);
    struct spine_node *oksana = &s.devices[0], *petro = &s.devices[1];
    struct karto_rid a = make(oksana, 11, BATCH, "Айстра"), b = make(oksana, 12, BATCH, "Братки");
    EDIT(oksana, a, BATCH, false, {SITE, "", "a.ua"});
    spine_sync_all(&s);
    EDIT(petro, b, 0, false, {NOTE, "", "called"});
    spine_sync_all(&s);
    struct undoing u = undo(oksana, BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_REVERT], 1);
    CHECK_INT(u.fates[KARTO_UNDO_CHANGED], 1);
    CHECK_STR(u.by, "petro");
    CHECK_INT(u.field, NOTE);
    spine_sync_all(&s);
    CHECK(spine_see(petro, a, SITE, "").hidden);
    CHECK_STR(text(petro, a, SITE, ""), "a.ua");
    CHECK(!spine_see(&s.hub, b, SITE, "").hidden);
    undo(oksana, karto_batch_number(u.undo.as));
    spine_sync_all(&s);
    CHECK(!spine_see(petro, a, SITE, "").hidden);
    CHECK(!spine_see(&s.hub, a, SITE, "").hidden);
    spine_same(&s, "01");
    spine_close(&s);
}

/* A hide is an edit as any other: it and its opposite can be taken back. */
static void hides_are_taken_back(void)
{
    struct spine s;
    spine_open(&s);
    struct karto_rid id = make(&s.hub, 1, 0, "Мак");
    CHECK_INT(spine_hide(&s.hub, id, true), KARTO_OK);
    undo(&s.hub, 0);
    CHECK(!spine_see(&s.hub, id, SITE, "").hidden);
    CHECK_INT(spine_hide(&s.hub, id, true), KARTO_OK);
    struct karto_buf hidden = values(&s.hub, id);
    CHECK_INT(spine_hide(&s.hub, id, false), KARTO_OK);
    undo(&s.hub, 0);
    CHECK(spine_see(&s.hub, id, SITE, "").hidden);
    check_values(&s.hub, id, &hidden);
    spine_close(&s);
}

/* Somebody has entered a person at a new client: the client stays. */
static void what_is_hung_upon_stays(void)
{
    struct spine s;
    begin(&s);
    struct karto_rid id = make(&s.devices[0], 11, BATCH, "Айстра");
    struct editing person = {.save = {.kind = KARTO_PERSON, .create = true, .count = 2, .via = KARTO_VIA_CLI}};
    karto_arena_init(&person.arena);
    person.save.record = karto_rid_make(&s.clock.sys);
    person.save.edits = person.edits;
    person.edits[0] = (struct karto_edit){KARTO_F_CLIENT, karto_slice_str(""),
                                          karto_value_bytes(&person.arena, karto_value_reference(id))};
    person.edits[1] = (struct karto_edit){KARTO_F_NAME, karto_slice_str(""),
                                          karto_value_bytes(&person.arena, karto_value_text(karto_slice_str("Ганна")))};
    CHECK_INT(karto_store_write(s.devices[0].store, do_edit, &person), KARTO_OK);
    struct undoing u = undo(&s.devices[0], BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_HANGS], 1);
    CHECK(!spine_see(&s.devices[0], id, SITE, "").hidden);
    undo(&s.devices[0], 0); /* the person */
    u = undo(&s.devices[0], BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_REVERT], 1);
    CHECK(spine_see(&s.devices[0], id, SITE, "").hidden);
    karto_arena_fini(&person.arena);
    spine_close(&s);
}

/* Two records in a transaction, broken off after one: the same again goes on under the same number, and "the last" is
 * what was begun. */
static void broken_off_it_goes_on(void)
{
    struct spine s;
    spine_open(&s);
    struct karto_rid ids[7];
    for (uint8_t i = 0; i < 7; i++)
        ids[i] = make(&s.hub, i, 0, "Ромашка");
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 7; i++)
            EDIT(&s.hub, ids[i], BATCH, false, {NOTE, "", round ? "b" : "a"}, {SITE, "", "a.ua"});
    struct undoing u = {.most = 2, .transactions = 2};
    CHECK_INT(take_back(&s.hub, &u), KARTO_OK);
    CHECK(u.undo.next != 0);
    CHECK_INT(u.undo.records, 4);
    CHECK_STR(text(&s.hub, ids[0], NOTE, ""), "b");
    CHECK_STR(text(&s.hub, ids[6], NOTE, ""), "");
    struct undoing rest = undo(&s.hub, 0);
    CHECK(rest.undo.as == u.undo.as && rest.undo.again);
    CHECK_INT(rest.undo.records, 3);
    CHECK_INT(rest.undo.left, 0);
    CHECK_INT(rest.fates[KARTO_UNDO_DONE], 8);
    for (int i = 0; i < 7; i++)
        CHECK_STR(text(&s.hub, ids[i], NOTE, ""), "");
    undo(&s.hub, karto_batch_number(u.undo.as)); /* both parts of it */
    for (int i = 0; i < 7; i++)
        CHECK_STR(text(&s.hub, ids[i], NOTE, ""), "b");
    spine_close(&s);
}

/* A failed write in the midst of it leaves the transactions before it, and nothing else. */
static void a_failing_disk_loses_nothing(void)
{
    struct spine s;
    spine_open(&s);
    struct karto_rid a = make(&s.hub, 1, 0, "Ромашка"), b = make(&s.hub, 2, 0, "Мак");
    EDIT(&s.hub, a, BATCH, false, {NOTE, "", "x"});
    EDIT(&s.hub, b, BATCH, false, {NOTE, "", "x"});
    bool failed = true;
    for (unsigned nth = 1; failed && nth < 200; nth++) {
        struct undoing u = {.number = BATCH, .most = 1, .transactions = 9};
        karto_kv_fail(karto_store_kv(s.hub.store), nth, KARTO_E_IO);
        enum karto_err err = take_back(&s.hub, &u);
        failed = karto_kv_fail_count(karto_store_kv(s.hub.store)) > 0;
        CHECK_INT(err, failed ? KARTO_E_IO : KARTO_OK);
        CHECK_INT(u.undo.left, 0);
    }
    karto_kv_fail(karto_store_kv(s.hub.store), 0, KARTO_OK);
    CHECK(!failed);
    CHECK_STR(text(&s.hub, a, NOTE, ""), "");
    CHECK_STR(text(&s.hub, b, NOTE, ""), "");
    spine_close(&s);
}

static enum karto_err move_client(struct karto_tx *tx, void *context)
{
    struct karto_edit edit = {KARTO_F_TERRITORY, karto_date_key(&tx->arena, KARTO_DATE_MIN),
                              karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str("02")))};
    const struct karto_save save = {.kind = KARTO_CLIENT,
                                    .record = *(const struct karto_rid *)context,
                                    .edits = &edit,
                                    .count = 1,
                                    .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

/* What is pending goes with what takes it back; what was refused had no effect, and is not taken back. */
static void pending_and_refused(void)
{
    struct spine s;
    begin(&s);
    EDIT(&s.devices[0], first, BATCH, false, {NOTE, "", "x"});
    undo(&s.devices[0], BATCH);
    CHECK_STR(text(&s.devices[0], first, NOTE, ""), "");
    spine_sync_all(&s);
    CHECK_STR(text(&s.hub, first, NOTE, ""), "");

    struct karto_rid id = first;
    CHECK_INT(karto_store_write(s.hub.store, move_client, &id), KARTO_OK);
    EDIT(&s.hub, first, 0, false, {SITE, "", "a.ua"});
    s.clock.now_ms += MONTH_MS * 1000LL;
    EDIT(&s.devices[0], second, OTHER, false, {NOTE, "", "in time"});
    EDIT(&s.devices[0], first, OTHER, false, {NOTE, "", "too late"});
    spine_sync_all(&s);
    CHECK_STR(text(&s.hub, first, NOTE, ""), "");
    CHECK_STR(text(&s.hub, second, NOTE, ""), "in time");
    struct undoing u = undo(&s.devices[0], 0);
    CHECK_INT(u.undo.batch, OTHER);
    CHECK_INT(u.fates[KARTO_UNDO_REVERT], 1);
    CHECK_INT(u.undo.left, 0);
    spine_sync_all(&s);
    CHECK_STR(text(&s.hub, second, NOTE, ""), "");

    /* A client that has left this territory cannot be taken back from here. */
    u = undo(&s.devices[0], BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_GONE], 1);
    spine_close(&s);
}

/* Of a device's batch at head office, and of head office's on a device: by number, as far as the log there has it. */
static void elsewhere(void)
{
    struct spine s;
    begin(&s);
    EDIT(&s.devices[0], first, BATCH, false, {NOTE, "", "x"});
    spine_sync_all(&s);
    struct undoing u = {.most = 9, .transactions = 1};
    CHECK_INT(take_back(&s.devices[1], &u), KARTO_E_NOT_FOUND); /* nothing of his own */
    u.number = BATCH;
    CHECK_INT(take_back(&s.hub, &u), KARTO_OK);
    CHECK(u.undo.complete);
    spine_sync_all(&s);
    CHECK_STR(text(&s.devices[0], first, NOTE, ""), "");

    /* Оксана, who takes it back too, finds it done; and what head office did is undone by Петро, who has half of it. */
    struct undoing done = undo(&s.devices[0], BATCH);
    CHECK_INT(done.fates[KARTO_UNDO_DONE], 1);
    EDIT(&s.hub, first, OTHER, false, {NOTE, "", "y"});
    spine_sync_all(&s);
    struct undoing half = undo(&s.devices[1], OTHER);
    CHECK(!half.undo.complete);
    CHECK_INT(half.fates[KARTO_UNDO_REVERT], 1);
    spine_close(&s);
}

/* The same number by two people: the own one counts, or the one who is named. */
static void one_number_of_two(void)
{
    struct spine s;
    begin(&s);
    EDIT(&s.devices[0], first, BATCH, false, {NOTE, "", "x"});
    EDIT(&s.devices[1], second, BATCH, false, {NOTE, "", "y"});
    spine_sync_all(&s);
    struct undoing u = {.number = BATCH, .most = 9, .transactions = 1};
    CHECK_INT(take_back(&s.hub, &u), KARTO_E_AMBIGUOUS);
    u.author = "petro";
    CHECK_INT(take_back(&s.hub, &u), KARTO_OK);
    CHECK_STR(text(&s.hub, first, NOTE, ""), "x");
    CHECK_STR(text(&s.hub, second, NOTE, ""), "");
    undo(&s.devices[0], BATCH);
    CHECK_STR(text(&s.devices[0], first, NOTE, ""), "");
    spine_close(&s);
}

static enum karto_err become(struct karto_tx *tx, void *context)
{
    const struct karto_rights rights = {.role = karto_role(KARTO_ROLE_REPRESENTATIVE)};
    (void)context;
    return karto_device_set_rights(tx, &rights);
}

/* Whoever may not write a field may not take back what was written there; the rest goes. */
static void rights_count(void)
{
    struct spine s;
    begin(&s);
    int maria = spine_device(&s, "maria", NULL);
    spine_sync_all(&s);
    EDIT(&s.devices[maria], first, BATCH, false, {NOTE, "", "x"}, {CREDIT_LIMIT, "", "500"}, {SITE, "", "a.ua"});
    CHECK_INT(karto_store_write(s.devices[maria].store, become, NULL), KARTO_OK);
    struct undoing u = undo(&s.devices[maria], BATCH);
    CHECK_INT(u.fates[KARTO_UNDO_REVERT], 2);
    CHECK_INT(u.fates[KARTO_UNDO_REFUSED], 1);
    CHECK_INT(u.undo.refused, 1);
    CHECK_STR(text(&s.devices[maria], first, NOTE, ""), "");
    CHECK_STR(text(&s.devices[maria], first, SITE, ""), "");
    spine_close(&s);
}

/* ---- stores that older programs wrote, and that change hands ---- */

static enum karto_err forget(struct karto_tx *tx, void *context)
{
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    uint64_t *count = context;
    CHECK_INT(karto_kv_count(tx->kv, KARTO_DB_BATCHES, count), KARTO_OK);
    CHECK_INT(karto_kv_cursor_open(tx->kv, KARTO_DB_BATCHES, &cursor), KARTO_OK);
    while (karto_kv_next(cursor, &key, &row) == KARTO_OK)
        CHECK_INT(karto_kv_cursor_delete(cursor), KARTO_OK);
    karto_kv_cursor_close(cursor);
    return KARTO_OK;
}

static enum karto_err count_rows(struct karto_tx *tx, void *context)
{
    return karto_kv_count(tx->kv, KARTO_DB_BATCHES, context);
}

static void what_was_left_out_is_made_up_for(void)
{
    struct spine s;
    uint64_t before, after;
    spine_open(&s);
    struct karto_rid id = make(&s.hub, 1, 0, "Мак");
    EDIT(&s.hub, id, BATCH, false, {NOTE, "", "x"});
    undo(&s.hub, BATCH);
    for (int read_only = 0; read_only < 2; read_only++) {
        CHECK_INT(karto_store_write(s.hub.store, forget, &before), KARTO_OK);
        karto_store_close(s.hub.store);
        const struct karto_store_options options = {
            .dir = s.hub.dir.path, .sys = &s.clock.sys, .no_sync = true, .read_only = read_only != 0};
        CHECK_INT(karto_store_open(&options, &s.hub.store), KARTO_OK);
        CHECK_INT(karto_store_read(s.hub.store, count_rows, &after), KARTO_OK);
        CHECK_INT(after, before);
    }
    spine_close(&s);
}

static enum karto_err join(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_device_join(tx, karto_slice_str("oksana.k"), karto_slice_str("01"));
}

/* A store that was used alone joins a hub under another name: what was made before is still its user's. */
static void a_new_name_is_the_same_person(void)
{
    struct spine s;
    spine_open(&s);
    struct spine_node alone = {.dir = {{0}}};
    snprintf(alone.dir.path, sizeof alone.dir.path, "%.150s/alone", s.root.path);
    const struct karto_store_options options = {.dir = alone.dir.path, .sys = &s.clock.sys, .no_sync = true};
    const struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(karto_store_create(&options, &identity, &alone.store), KARTO_OK);
    struct karto_rid id = make(&alone, 1, 0, "Мак");
    EDIT(&alone, id, BATCH, false, {NOTE, "", "x"});
    CHECK_INT(karto_store_write(alone.store, join, NULL), KARTO_OK);
    struct undoing u = undo(&alone, 0);
    CHECK_INT(u.undo.batch, BATCH);
    CHECK_STR(text(&alone, id, NOTE, ""), "");
    s.devices[s.device_count++] = alone; /* to be checked and removed */
    spine_close(&s);
}

int main(void)
{
    all_is_as_it_was();
    the_last_one_first();
    a_later_edit_stays();
    a_later_removal_stays();
    a_conflict_stays();
    new_records_are_hidden();
    hides_are_taken_back();
    what_is_hung_upon_stays();
    broken_off_it_goes_on();
    a_failing_disk_loses_nothing();
    pending_and_refused();
    elsewhere();
    one_number_of_two();
    rights_count();
    what_was_left_out_is_made_up_for();
    a_new_name_is_the_same_person();
    return 0;
}
