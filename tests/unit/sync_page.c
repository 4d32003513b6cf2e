/* What a plan leaves out, no query means: random queries of random records have the same answer, in the same order and
 * page by page, as a walk through all of them, whatever has happened to the records and to the index of words. */
#include "core/base/text.h"
#include "core/store/client_sum.h"
#include "core/store/databases.h"
#include "core/store/page.h"
#include "core/store/plan.h"
#include "core/store/undo.h"
#include "core/store/words.h"
#include "tests/spine.h"

enum { CLIENTS = 360, PERSONS = 200, ACTIVITIES = 600, PURCHASES = 400, AT_ONCE = 300 };
enum { QUERIES = 70, PAGE = 7, FOUND_MAX = 1000 };
enum { TAG = 23, LEGAL_FORM = 25, STATUS = 27, INDUSTRY = 28, CREDIT = 30, REGION = 41, CITY = 42, LEGAL_CITY = 52 };
enum { ROLE = 34, TYPE = 36 };

/* ---- random ---- */

static uint64_t state = 20261125;

static uint32_t draw(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % below;
}

#define PICK(array) ((array)[draw(sizeof(array) / sizeof *(array))])

static const char *const cities[] = {"Львів",
                                     "ЛЬВІВ",
                                     "Біла Церква",
                                     "Івано-Франківськ",
                                     "Kиїв",
                                     "Київ",
                                     "Нова \"Каховка\"",
                                     "\"\"",
                                     "Старокостянтинів над річкою Случ у Хмельницькій області",
                                     "Старокостянтинів над річкою Случ у Хмельницькій громаді"};
static const char *const industries[] = {"Будівництво", "Оптова торгівля", "47.11", "роздрібна торгівля", "Медицина"};
static const char *const tags[] = {"VIP", "vip", "опт", "боржник", "новий клієнт"};
static const char *const forms[] = {"ТОВ", "ФОП", "пп"};
static const char *const statuses[] = {"market", "prospect", "customer", "archive"};
static const char *const managers[] = {"oksana", "taras", "Iryna"};
static const char *const names[] = {"Ромашка", "ТОВ «Ромашка»", "Агро 12", "Агро", "Київ-Хліб", "яблуко", "Zeta"};
static const char *const types[] = {"visit", "call", "letter", "meeting", "note"};
static const char *const purchase_statuses[] = {"new", "paid", "cancelled"};
static const char *const roles[] = {"директор", "Бухгалтер", "\"комірник\""};

/* ---- records ---- */

struct world {
    struct spine s;
    int64_t today;
    struct karto_rid clients[CLIENTS];
    struct karto_rid children[PERSONS + ACTIVITIES + PURCHASES];
    uint32_t kinds[PERSONS + ACTIVITIES + PURCHASES];
};

static struct world w;

static struct karto_rid id_of(uint32_t kind, uint32_t number)
{
    struct karto_rid id = {{1, 0x93, 3, (uint8_t)(number / 256), 5, (uint8_t)kind, 0x70, 8, 0x80, 10, 11}};
    uint32_t mixed = (number * 7919 + kind) % 65536; /* the order of ids is no order of anything else */
    id.b[2] = (uint8_t)(mixed >> 8);
    id.b[14] = (uint8_t)(number >> 8);
    id.b[15] = (uint8_t)number;
    return id;
}

struct making {
    struct karto_arena *arena;
    struct karto_save save;
    struct karto_edit edits[16];
};

static void add(struct making *m, uint32_t field, struct karto_slice key, struct karto_value value)
{
    m->edits[m->save.count++] = (struct karto_edit){field, key, karto_value_bytes(m->arena, value)};
}

static void add_text(struct making *m, uint32_t field, const char *text)
{
    const struct karto_field_def *def = karto_field_def(m->save.kind, field);
    struct karto_slice slice = karto_slice_str(text), key = karto_slice(NULL, 0);
    struct karto_value value = def->type == KARTO_ENUM ? karto_value_enum(slice) : karto_value_text(slice);
    if (def->shape == KARTO_SET)
        key = karto_set_key(m->arena, def, karto_value_bytes(m->arena, value));
    if (def->shape == KARTO_TIMELINE)
        key = karto_date_key(m->arena, draw(4) ? KARTO_DATE_MIN : w.today - 20 + draw(40));
    add(m, field, key, value);
}

static void add_day(struct making *m)
{
    add(m, KARTO_F_DATE, karto_slice(NULL, 0), karto_value_date(w.today + 30 - draw(700)));
}

static void add_total(struct making *m)
{
    add(m, KARTO_F_TOTAL, karto_slice(NULL, 0), karto_value_money(draw(100000) * 100LL, draw(9) ? "UAH" : "EUR"));
}

static void add_client(struct making *m)
{
    add(m, KARTO_F_CLIENT, karto_slice(NULL, 0), karto_value_reference(w.clients[draw(CLIENTS)]));
}

/* One random value of a field by which lists are filtered or ordered. */
static void add_something(struct making *m)
{
    switch (m->save.kind) {
    case KARTO_CLIENT:
        switch (draw(10)) {
        case 0: add_text(m, CITY, PICK(cities)); return;
        case 1: add_text(m, LEGAL_CITY, PICK(cities)); return;
        case 2: add_text(m, INDUSTRY, PICK(industries)); return;
        case 3: add_text(m, TAG, PICK(tags)); return;
        case 4: add_text(m, LEGAL_FORM, PICK(forms)); return;
        case 5: add_text(m, STATUS, PICK(statuses)); return;
        case 6: add_text(m, KARTO_F_MANAGER, PICK(managers)); return;
        case 7: add(m, CREDIT, karto_slice(NULL, 0), karto_value_money(draw(1000) * 100LL, "UAH")); return;
        case 8: add_text(m, KARTO_F_EDRPOU, draw(2) ? "14360570" : "31316718"); return;
        default: add_text(m, KARTO_F_NAME, PICK(names)); return;
        }
    case KARTO_PERSON: add_text(m, draw(2) ? ROLE : KARTO_F_NAME, draw(2) ? PICK(roles) : PICK(names)); return;
    case KARTO_ACTIVITY:
        if (draw(2))
            add_text(m, TYPE, PICK(types));
        else
            add_day(m);
        return;
    default:
        switch (draw(3)) {
        case 0: add_text(m, KARTO_F_STATUS, PICK(purchase_statuses)); return;
        case 1: add_day(m); return;
        default: add_total(m); return;
        }
    }
}

static void make_fields(struct making *m)
{
    uint32_t few = m->save.kind == KARTO_CLIENT ? 8 : 3;
    if (m->save.kind == KARTO_CLIENT)
        add(m, KARTO_F_TERRITORY, karto_date_key(m->arena, KARTO_DATE_MIN), karto_value_text(karto_slice_str("01")));
    else
        add_client(m);
    if (karto_field_def(m->save.kind, KARTO_F_NAME) && draw(20))
        add_text(m, KARTO_F_NAME, PICK(names));
    if (karto_index_is_by_day(m->save.kind) && draw(20))
        add_day(m);
    for (uint32_t i = 0; i < few; i++)
        add_something(m);
    if (draw(20) == 0)
        add(m, KARTO_F_HIDDEN, karto_slice(NULL, 0), (struct karto_value){.type = KARTO_NIL});
}

struct loading {
    uint32_t kind, from, count;
    const struct karto_rid *ids;
};

static enum karto_err load_some(struct karto_tx *tx, void *context)
{
    const struct loading *l = context;
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < l->count && err == KARTO_OK; i++) {
        struct making m = {.arena = &tx->arena,
                           .save = {.kind = l->kind, .record = l->ids[l->from + i], .create = true}};
        m.save.edits = m.edits;
        m.save.via = KARTO_VIA_IMPORT;
        m.save.batch = 1;
        make_fields(&m);
        err = karto_save(tx, &m.save, NULL);
    }
    return err;
}

static void load(uint32_t kind, const struct karto_rid *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += AT_ONCE) {
        struct loading l = {kind, i, count - i < AT_ONCE ? count - i : AT_ONCE, ids};
        CHECK_INT(karto_store_write(w.s.hub.store, load_some, &l), KARTO_OK);
    }
}

static void make_world(void)
{
    static const uint32_t counts[] = {0, 0, PERSONS, ACTIVITIES, PURCHASES};
    uint32_t at = 0;
    spine_open_pair(&w.s);
    w.today = w.s.clock.sys.day(w.s.clock.sys.context, w.s.clock.now_ms);
    for (uint32_t i = 0; i < CLIENTS; i++)
        w.clients[i] = id_of(KARTO_CLIENT, i);
    load(KARTO_CLIENT, w.clients, CLIENTS);
    for (uint32_t kind = KARTO_PERSON; kind <= KARTO_PURCHASE; kind++) {
        uint32_t begin = at;
        for (uint32_t i = 0; i < counts[kind]; i++, at++) {
            w.children[at] = id_of(kind, i);
            w.kinds[at] = kind;
        }
        load(kind, w.children + begin, counts[kind]);
    }
    spine_sync_all(&w.s);
}

/* ---- what happens to them ---- */

static enum karto_err edit_one(struct karto_tx *tx, void *context)
{
    (void)context;
    bool of_client = draw(2);
    uint32_t which = draw(of_client ? CLIENTS : PERSONS + ACTIVITIES + PURCHASES);
    struct making m = {.arena = &tx->arena,
                       .save = {.kind = of_client ? KARTO_CLIENT : w.kinds[which],
                                .record = of_client ? w.clients[which] : w.children[which],
                                .via = KARTO_VIA_CLI,
                                .batch = 7}};
    m.save.edits = m.edits;
    if (draw(8) == 0)
        m.edits[m.save.count++] =
            (struct karto_edit){KARTO_F_HIDDEN, karto_slice(NULL, 0),
                                karto_hidden_bytes(&tx->arena, draw(3) > 0, karto_slice_str("закрились"))};
    else if (!of_client && draw(8) == 0)
        add_client(&m);
    else
        add_something(&m);
    return karto_save(tx, &m.save, NULL);
}

static void edit_some(struct karto_store *store, uint32_t count)
{
    for (uint32_t i = 0; i < count;) {
        enum karto_err err = karto_store_write(store, edit_one, NULL);
        CHECK(err == KARTO_OK || err == KARTO_E_NOT_PERMITTED); /* whose client it is is for head office to say */
        i += err == KARTO_OK;
    }
}

static enum karto_err undo_batch(struct karto_tx *tx, void *context)
{
    struct karto_batch batch;
    struct karto_undo undo;
    (void)context;
    enum karto_err err = karto_undo_last(tx, 0, &batch);
    if (err == KARTO_OK)
        err = karto_undo_begin(tx, &batch, &undo);
    return err == KARTO_OK ? karto_undo_some(tx, &undo, karto_slice(NULL, 0), 100000, NULL, NULL) : err;
}

/* ---- queries ---- */

struct asking {
    char text[1000];
    uint32_t kind;
    struct karto_select select;
    uint32_t rows;
    struct karto_index_place from;
    bool has_from;
    struct karto_rid found[FOUND_MAX];
    uint32_t count, limit, looked;
};

static const char *const client_conditions[] = {"city:Львів",
                                                "city:\"біла цер\"",
                                                "city=київ",
                                                "city:франків",
                                                "city:каховк",
                                                "city:\"''\"",
                                                "city:старокост",
                                                "city:громаді",
                                                "city=\"Старокостянтинів над річкою Случ у Хмельницькій області\"",
                                                "city!=Львів",
                                                "address.city:київ",
                                                "legal_address.city:л",
                                                "industry:торгівля",
                                                "industry:47",
                                                "industry=медицина",
                                                "tag:vip",
                                                "tag:\"новий клієнт\"",
                                                "tag=опт",
                                                "tag:оп",
                                                "legal_form:тов",
                                                "status:customer",
                                                "status:c",
                                                "status=archive",
                                                "status!=market",
                                                "territory:01",
                                                "territory:02",
                                                "manager:oksana",
                                                "manager:iryna",
                                                "manager@2026-11-01:taras",
                                                "credit_limit>500",
                                                "credit_limit:100..200",
                                                "has:tag",
                                                "has:conflict",
                                                "is:hidden",
                                                "is:pending",
                                                "last_contact>60d",
                                                "last_contact<20d",
                                                "last_contact<=20d",
                                                "last_contact:2026-03",
                                                "last_contact<2026",
                                                "last_contact>=2026-09-01",
                                                "last_contact(2026)<60d",
                                                "last_purchase<30d",
                                                "last_purchase>1y",
                                                "contacts(2026-05)>0",
                                                "contacts=0",
                                                "contacts(2026)<2",
                                                "purchases(2026)>=2",
                                                "bought(2026)>100000",
                                                "bought>150000",
                                                "bought(2026-06)>0EUR",
                                                "bought(2026)<100",
                                                "persons>1",
                                                "persons=0",
                                                "has:person",
                                                "has:purchase",
                                                "created>1y",
                                                "created:2026",
                                                "changed<3d",
                                                "name=ромашка",
                                                "name:агро",
                                                "edrpou=14360570",
                                                "edrpou:1436",
                                                "ромашка",
                                                "\"агро 12\"",
                                                "edrpou=\"1436 0570\"",
                                                "changed_by:petro"};
static const char *const person_conditions[] = {"role:директор",   "role=комірник", "name:агро",   "name=Zeta",
                                                "has:role",        "is:pending",    "is:hidden",   "city:Львів",
                                                "status:customer", "tag:vip",       "has:conflict"};
static const char *const activity_conditions[] = {
    "type:visit",      "type:l",          "type!=call",     "date:2026-05",     "date:2026",  "date<2026-01-01",
    "date>30d",        "date<=30d",       "date:today..",   "date>=2026-11-20", "has:date",   "city:київ",
    "tag:vip",         "status:customer", "manager:oksana", "is:hidden",        "is:pending", "date:..2025-12",
    "date=2026-10-10", "date!=2026",      "has:conflict",   "last_contact<20d"};
static const char *const purchase_conditions[] = {
    "status:paid", "status=cancelled", "status:c",  "total>50000",         "date:2026-05",  "date:2026",
    "date>100d",   "city:Львів",       "tag:vip",   "is:pending",          "is:hidden",     "territory:01",
    "industry:47", "has:person",       "date<2026", "bought(2026)>100000", "legal_form:фоп"};

static const char *condition(uint32_t kind)
{
    switch (kind) {
    case KARTO_CLIENT: return PICK(client_conditions);
    case KARTO_PERSON: return PICK(person_conditions);
    case KARTO_ACTIVITY: return PICK(activity_conditions);
    default: return PICK(purchase_conditions);
    }
}

static void put_text(struct asking *a, const char *text)
{
    size_t size = strlen(a->text);
    snprintf(a->text + size, sizeof a->text - size, "%s", text);
}

/* As the grammar has it: terms together, or one or the other, or not. */
static void make_query(struct asking *a, unsigned depth)
{
    uint32_t terms = 1 + draw(3);
    bool either = draw(4) == 0;
    for (uint32_t i = 0; i < terms; i++) {
        bool deeper = depth > 0 && draw(4) == 0;
        put_text(a, i == 0 ? "" : either ? " OR " : " ");
        put_text(a, draw(6) ? "" : "-");
        put_text(a, deeper ? "(" : condition(a->kind));
        if (deeper) {
            make_query(a, depth - 1);
            put_text(a, ")");
        }
    }
}

/* ---- answers ---- */

static enum karto_err take(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct asking *a = context;
    bool fits;
    a->looked++;
    CHECK_INT(entry->view.kind, a->kind);
    CHECK_INT(karto_select_fits(&a->select, tx, entry, &fits, NULL), KARTO_OK);
    if (!fits)
        return KARTO_OK;
    if (a->count == a->limit)
        return KARTO_E_INTERRUPTED;
    CHECK(a->count < FOUND_MAX);
    a->found[a->count++] = entry->id;
    a->from = (struct karto_index_place){karto_index_order(tx, &tx->arena, &entry->view), entry->id};
    static uint8_t kept[KARTO_INDEX_VALUE_MAX];
    CHECK(a->from.value.size <= sizeof kept);
    memcpy(kept, a->from.value.data, a->from.value.size);
    a->from.value.data = kept;
    return KARTO_OK;
}

static void read_query(struct karto_tx *tx, struct asking *a)
{
    const struct karto_query *query;
    struct karto_query_error error;
    enum karto_err err =
        karto_query_parse(&tx->arena, karto_slice_str(a->text), a->kind, karto_today(tx), &query, &error);
    if (err != KARTO_OK)
        fprintf(stderr, "%s\n", a->text);
    CHECK_INT(err, KARTO_OK);
    karto_select_init(&a->select, query, karto_today(tx));
    a->count = a->looked = 0;
    a->limit = UINT32_MAX;
}

static void check_same(const struct asking *plain, const struct asking *planned, const char *what)
{
    bool same = plain->count == planned->count &&
                memcmp(plain->found, planned->found, plain->count * sizeof *plain->found) == 0;
    if (!same)
        fprintf(stderr, "kind %u, %s: %s: %u records, not %u\n", plain->kind, plain->text, what, planned->count,
                plain->count);
    CHECK(same);
}

static struct karto_page page_of(struct asking *a, uint32_t rows)
{
    return (struct karto_page){.select = &a->select, .kind = a->kind, .rows = rows};
}

static void list_by_pages(struct karto_tx *tx, struct asking *a)
{
    struct karto_page page = page_of(a, PAGE + 1);
    for (uint32_t before = UINT32_MAX; a->count != before;) {
        before = a->count;
        a->limit = a->count + PAGE;
        struct karto_index_place from = a->from;
        page.from = before ? &from : NULL;
        uint8_t value[KARTO_INDEX_VALUE_MAX];
        if (before)
            memcpy(value, from.value.data, from.value.size);
        from.value.data = value;
        CHECK_INT(karto_page_list(tx, &page, take, a), KARTO_OK);
    }
}

struct tally {
    uint32_t asked, bounded, answered, spared;
};

static struct tally all;

static void compare_by_id(struct karto_tx *tx, struct asking *plain, struct asking *planned)
{
    read_query(tx, plain);
    read_query(tx, planned);
    CHECK_INT(karto_each(tx, plain->kind, (struct karto_rid){{0}}, take, plain), KARTO_OK);
    CHECK_INT(karto_page_each(tx, &planned->select, planned->kind, (struct karto_rid){{0}}, take, planned), KARTO_OK);
    check_same(plain, planned, "by id");
}

static enum karto_err compare_answers(struct karto_tx *tx, void *context)
{
    static struct asking plain, planned;
    struct karto_plan plan;
    plain = planned = *(struct asking *)context;
    read_query(tx, &plain);
    CHECK_INT(karto_list(tx, plain.kind, NULL, take, &plain, NULL), KARTO_OK);
    read_query(tx, &planned);
    struct karto_page page = page_of(&planned, UINT32_MAX);
    CHECK_INT(karto_page_list(tx, &page, take, &planned), KARTO_OK);
    check_same(&plain, &planned, "the list");
    all.asked++;
    all.answered += plain.count > 0;
    all.spared += planned.looked < plain.looked;
    read_query(tx, &planned);
    list_by_pages(tx, &planned);
    check_same(&plain, &planned, "page by page");
    if (all.asked % 3 == 0)
        compare_by_id(tx, &plain, &planned);
    CHECK_INT(karto_plan_make(tx, &planned.select, planned.kind, &plan), KARTO_OK);
    all.bounded += plan.bounded || plan.by_children;
    karto_plan_fini(&plan);
    return KARTO_OK;
}

/* Each condition by itself, and random ones together. */
static void ask_random(struct karto_store *store, uint32_t count)
{
    static struct asking a;
    for (uint32_t i = 0; i < count; i++) {
        a = (struct asking){.kind = 1 + (draw(2) ? 0 : draw(4))};
        make_query(&a, 2);
        CHECK_INT(karto_store_read(store, compare_answers, &a), KARTO_OK);
    }
}

static void ask_each(struct karto_store *store, uint32_t kind, const char *const *conditions, size_t count)
{
    static struct asking a;
    for (size_t i = 0; i < count; i++) {
        a = (struct asking){.kind = kind};
        put_text(&a, conditions[i]);
        CHECK_INT(karto_store_read(store, compare_answers, &a), KARTO_OK);
    }
}

static void ask_each_of(struct karto_store *store)
{
    ask_each(store, KARTO_CLIENT, client_conditions, sizeof client_conditions / sizeof *client_conditions);
    ask_each(store, KARTO_PERSON, person_conditions, sizeof person_conditions / sizeof *person_conditions);
    ask_each(store, KARTO_ACTIVITY, activity_conditions, sizeof activity_conditions / sizeof *activity_conditions);
    ask_each(store, KARTO_PURCHASE, purchase_conditions, sizeof purchase_conditions / sizeof *purchase_conditions);
}

/* ---- sums: rows of the index against the records ---- */

struct summing {
    struct karto_sum_of of;
    struct karto_client_sum by_records;
};

static enum karto_err add_record(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct summing *s = context;
    struct karto_child child = karto_child_of(&entry->view);
    (void)tx;
    karto_client_sum_add(&s->by_records, &s->of, &child);
    return KARTO_OK;
}

static enum karto_err check_sums(struct karto_tx *tx, void *context)
{
    uint64_t *counted = context;
    for (uint32_t kind = KARTO_PERSON; kind <= KARTO_PURCHASE; kind++)
        for (uint32_t i = 0; i < CLIENTS; i++) {
            struct karto_client_sum sum;
            struct summing s = {{kind, draw(2) ? KARTO_DAYS_ALL : (struct karto_days){w.today - 365, w.today}, w.today,
                                 draw(4) ? "UAH" : "EUR"},
                                KARTO_CLIENT_SUM_NOTHING};
            CHECK_INT(karto_client_sum(tx, w.clients[i], &s.of, &sum), KARTO_OK);
            CHECK_INT(karto_each_child(tx, kind, w.clients[i], add_record, &s), KARTO_OK);
            CHECK(sum.count == s.by_records.count && sum.last == s.by_records.last && sum.total == s.by_records.total);
            *counted += sum.count;
        }
    return KARTO_OK;
}

static void sums(struct karto_store *store)
{
    uint64_t counted = 0;
    CHECK_INT(karto_store_read(store, check_sums, &counted), KARTO_OK);
    CHECK(counted > CLIENTS);
}

/* ---- programs that know less ---- */

/* As one leaves a store that cuts words in another way and writes rows without values. */
static enum karto_err write_as_older(struct karto_tx *tx, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    struct karto_buf keys = KARTO_BUF_EMPTY, words = KARTO_BUF_EMPTY;
    (void)context;
    CHECK_INT(karto_kv_cursor_open(tx->kv, KARTO_DB_INDEX, &cursor), KARTO_OK);
    while (karto_kv_next(cursor, &key, &row) == KARTO_OK)
        if (row.size > 0) {
            karto_buf_add_be32(&keys, (uint32_t)key.size);
            karto_buf_add_slice(&keys, key);
        }
    karto_kv_cursor_close(cursor);
    CHECK(keys.size > 0);
    uint32_t turn = 0;
    for (size_t at = 0; at < keys.size; turn++) {
        uint32_t size = karto_be32(keys.data + at);
        static const uint8_t outdated[] = {3, 0, 0, 0, 1};
        struct karto_slice value = karto_slice(turn % 2 ? outdated : NULL, turn % 2 ? sizeof outdated : 0);
        CHECK_INT(karto_kv_put(tx->kv, KARTO_DB_INDEX, karto_slice(keys.data + at + 4, size), value), KARTO_OK);
        at += 4 + size;
    }
    CHECK_INT(karto_meta_get(tx, "words", &row), KARTO_OK);
    karto_buf_add_slice(&words, row);
    words.data[7]--;
    tx->words.version--;
    CHECK_INT(karto_meta_put(tx, "words", karto_buf_slice(&words)), KARTO_OK);
    karto_buf_fini(&keys);
    karto_buf_fini(&words);
    return KARTO_OK;
}

static void older(struct karto_store *store)
{
    uint32_t bounded = all.bounded;
    CHECK_INT(karto_store_write_alone(store, write_as_older, NULL), KARTO_OK);
    sums(store);
    ask_random(store, QUERIES / 4);
    CHECK_INT(all.bounded, bounded); /* nothing was believed */
    CHECK_INT(karto_words_prepare(store), KARTO_OK);
    sums(store);
    ask_random(store, QUERIES / 4);
    CHECK(all.bounded > bounded);
}

/* ---- all of it ---- */

static enum karto_err count_noted(struct karto_tx *tx, void *context)
{
    return karto_words_noted(tx, context);
}

static uint64_t noted(struct karto_store *store)
{
    uint64_t count;
    CHECK_INT(karto_store_read(store, count_noted, &count), KARTO_OK);
    return count;
}

static void ask_all(struct karto_store *store)
{
    CHECK_INT(karto_words_settle(store, 0), KARTO_OK);
    CHECK_INT(noted(store), 0);
    ask_each_of(store);
    ask_random(store, QUERIES);
    sums(store);
    edit_some(store, 60);
    CHECK(noted(store) > 10);
    ask_random(store, QUERIES);
    sums(store);
}

int main(void)
{
    make_world();
    ask_all(w.s.hub.store);
    edit_some(w.s.devices[0].store, 50);
    edit_some(w.s.devices[1].store, 50);
    ask_all(w.s.devices[0].store);
    spine_sync_all(&w.s);
    edit_some(w.s.devices[0].store, 20);
    CHECK_INT(karto_store_write(w.s.devices[0].store, undo_batch, NULL), KARTO_OK);
    ask_random(w.s.devices[0].store, QUERIES);
    older(w.s.devices[0].store);
    spine_sync_all(&w.s);
    ask_random(w.s.hub.store, QUERIES);
    CHECK(all.bounded > all.asked / 3 && all.spared > all.asked / 3 && all.answered > all.asked / 2);
    spine_close(&w.s);
    return 0;
}
