/* Records are found by the words in them, however these are written; and the index of words is at any time what the
 * records say, after any edits, failures and kills. */
#include "core/store/words.h"

#include "core/base/os_posix.h"
#include "core/store/databases.h"
#include "core/store/edit.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

#include <sys/wait.h>
#include <unistd.h>

enum { TAG = 23, NOTE = 31, ROLE = 34, TEXT = 38, OUTCOME = 39, CITY = 42, STREET = 43, HOUSE = 44, SITE = 29 };
enum { NUMBER = 72, LINES = 73, ATTR = 33 };

/* ---- a store ---- */

static struct temp_dir dir;
static struct karto_store *store;

static struct karto_store_options options(void)
{
    return (struct karto_store_options){.dir = dir.path, .sys = karto_os_sys(), .no_sync = true};
}

static void make_store(void)
{
    struct karto_store_options o = options();
    struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(karto_store_create(&o, &identity, &store), KARTO_OK);
}

static void reopen(void)
{
    struct karto_store_options o = options();
    karto_store_close(store);
    CHECK_INT(karto_store_open(&o, &store), KARTO_OK);
}

struct saving {
    struct karto_save save;
    struct karto_edit edits[16];
    struct karto_arena arena;
};

static struct saving begin_save(uint32_t kind, struct karto_rid id, bool create)
{
    struct saving s = {.save = {.kind = kind, .record = id, .create = create, .via = KARTO_VIA_CLI}};
    karto_arena_init(&s.arena);
    return s;
}

/* text NULL: removed, or cleared. */
static void set(struct saving *s, uint32_t field, const char *key, const char *text)
{
    const struct karto_field_def *def = karto_field_def(s->save.kind, field);
    struct karto_slice value = karto_value_bytes(&s->arena, karto_value_text(karto_slice_str(text)));
    struct karto_edit edit = {.field = field, .key = karto_slice_str(key), .value = value};
    if (!text && def->shape != KARTO_SET)
        edit.value = karto_value_bytes(&s->arena, karto_value_nil());
    if (def->shape == KARTO_SET)
        edit.key = karto_set_key(&s->arena, def, karto_value_bytes(&s->arena, karto_value_text(karto_slice_str(key))));
    if (!text && def->shape == KARTO_SET)
        edit.value = karto_slice(NULL, 0);
    if (field == LINES) {
        struct karto_slice parts[4] = {value, karto_value_bytes(&s->arena, karto_value_integer(1000)),
                                       karto_value_bytes(&s->arena, karto_value_money(100, "UAH")),
                                       karto_value_bytes(&s->arena, karto_value_integer(0))};
        edit.value = karto_tuple_bytes(&s->arena, parts, 4);
    }
    s->edits[s->save.count++] = edit;
}

static void of_client(struct saving *s, struct karto_rid client)
{
    s->edits[s->save.count++] = (struct karto_edit){
        .field = KARTO_F_CLIENT, .value = karto_value_bytes(&s->arena, karto_value_reference(client))};
}

static enum karto_err do_save(struct karto_tx *tx, void *context)
{
    struct saving *s = context;
    s->save.edits = s->edits;
    return karto_save(tx, &s->save, NULL);
}

static void finish(struct saving *s)
{
    CHECK_INT(karto_store_write(store, do_save, s), KARTO_OK);
    karto_arena_fini(&s->arena);
}

static struct karto_rid client_named(const char *name)
{
    struct saving s = begin_save(KARTO_CLIENT, karto_rid_make(karto_os_sys()), true);
    set(&s, KARTO_F_NAME, NULL, name);
    finish(&s);
    return s.save.record;
}

static void change(struct karto_rid id, uint32_t kind, uint32_t field, const char *key, const char *text)
{
    struct saving s = begin_save(kind, id, false);
    set(&s, field, key, text);
    finish(&s);
}

static void settle(void)
{
    CHECK_INT(karto_words_settle(store, 0), KARTO_OK);
}

static enum karto_err check(struct karto_tx *tx, void *context)
{
    return karto_words_check(tx, context);
}

static bool is_fine(void)
{
    bool fine = false;
    CHECK_INT(karto_store_read(store, check, &fine), KARTO_OK);
    return fine;
}

/* ---- asking ---- */

enum { HITS = 60 };

struct answer {
    struct karto_asked asked;
    struct karto_hit hits[HITS];
    uint32_t count;
    char read_as[200];
    bool more, incomplete;
};

static enum karto_err do_find(struct karto_tx *tx, void *context)
{
    struct answer *a = context;
    struct karto_found found;
    enum karto_err err = karto_words_find(tx, &a->asked, &found);
    if (err != KARTO_OK)
        return err;
    a->count = found.count;
    a->more = found.more;
    a->incomplete = found.incomplete;
    if (found.count)
        memcpy(a->hits, found.hits, found.count * sizeof *found.hits);
    snprintf(a->read_as, sizeof a->read_as, "%.*s", (int)found.read_as.size, (const char *)found.read_as.data);
    return KARTO_OK;
}

static struct answer ask_as(struct karto_asked asked)
{
    struct answer a = {.asked = asked};
    CHECK_INT(karto_store_read(store, do_find, &a), KARTO_OK);
    return a;
}

static struct answer ask(const char *text)
{
    return ask_as((struct karto_asked){.text = karto_slice_str(text), .limit = HITS});
}

/* The record that stands first, and how; "-" for none. */
struct wanted {
    const char *query, *first, *how, *read_as;
};

struct named {
    const char *name;
    struct karto_rid id;
    uint32_t kind;
};

static struct named all[64];
static unsigned all_count;

static const char *name_of(struct karto_rid id)
{
    for (unsigned i = 0; i < all_count; i++)
        if (karto_rid_equal(all[i].id, id))
            return all[i].name;
    return "?";
}

static struct karto_rid id_of(const char *name)
{
    for (unsigned i = 0; i < all_count; i++)
        if (strcmp(all[i].name, name) == 0)
            return all[i].id;
    return (struct karto_rid){{0}};
}

static void remember(const char *name, const struct saving *s)
{
    all[all_count++] = (struct named){name, s->save.record, s->save.kind};
}

static bool is_answered(const struct wanted *want)
{
    struct answer a = ask(want->query);
    const char *first = a.count ? name_of(a.hits[0].id) : "-", *how = a.count ? karto_how_name(a.hits[0].how) : "-";
    if (strcmp(first, want->first) != 0 || strcmp(how, want->how) != 0 ||
        strcmp(a.read_as, want->read_as ? want->read_as : "") != 0) {
        fprintf(stderr, "\"%s\" gives %s, %s, read as \"%s\"\n", want->query, first, how, a.read_as);
        return false;
    }
    return true;
}

/* ---- what there is to find ---- */

static void make_client(const char *label, const char *const (*fields)[3], size_t count)
{
    struct saving s = begin_save(KARTO_CLIENT, karto_rid_make(karto_os_sys()), true);
    for (size_t i = 0; i < count; i++)
        set(&s, (uint32_t)atoi(fields[i][0]), fields[i][1], fields[i][2]);
    remember(label, &s);
    finish(&s);
}

#define CLIENT(label, ...)                                                                                             \
    do {                                                                                                               \
        static const char *const fields[][3] = {__VA_ARGS__};                                                          \
        make_client(label, fields, sizeof fields / sizeof *fields);                                                    \
    } while (0)

static void make_clients(void)
{
    CLIENT("пошта", {"16", "", "ТОВ «Нова Пошта»"}, {"18", "", "31316718"},
           {"20", "+380 67 123-45-67", "+380 67 123-45-67"}, {"42", "", "Київ"}, {"43", "", "вул. Січових Стрільців"},
           {"44", "", "12а"}, {"23", "VIP", "VIP"}, {"33", "склад", "№2 з рампою"});
    CLIENT("їжак", {"16", "", "ТОВ «Їжак»"}, {"21", "office@yizhak77.com.ua", "office@yizhak77.com.ua"});
    CLIENT("приват", {"16", "", "ПриватБанк"}, {"18", "", "14360570"}, {"44", "", "100"});
    CLIENT("київгаз", {"16", "", "Kиївгаз"}); /* a Latin K */
    CLIENT("львів", {"16", "", "ПП «Львівхолод»"}, {"42", "", "Львів"}, {"31", "", "поряд Нова Пошта, 12.05"});
    CLIENT("мяч", {"16", "", "М’яч і м'ята"});
    CLIENT("щедрик", {"16", "", "ФОП Щедрик Юрій"}, {"42", "", "Запоріжжя"});
    CLIENT("ооо", {"16", "", "OOO Roma Comfort LLC"}, {"19", "", "АБ-00017"}); /* Latin letters */
    CLIENT("галаган", {"16", "", "Ґалаґан та сини"}, {"29", "", "https://galagan.example.ua"});
    CLIENT("вата", {"16", "", "Вата"});
    CLIENT("ромашка", {"16", "", "ТОВ «Ромашка»"}, {"24", "", "Товариство Ромашка"});
    CLIENT("ромашка-опт", {"16", "", "ТОВ «Ромашка-Опт»"});
    CLIENT("примітка", {"16", "", "Агросвіт"}, {"31", "", "ромашка лікарська"});
    CLIENT("стайня", {"16", "", "Устайський"});
    CLIENT("abc", {"16", "", "ABC"});
}

static void make_others(void)
{
    struct saving person = begin_save(KARTO_PERSON, karto_rid_make(karto_os_sys()), true);
    of_client(&person, id_of("ромашка"));
    set(&person, KARTO_F_NAME, NULL, "Сергій Знам'янчук");
    set(&person, ROLE, NULL, "комірник");
    set(&person, KARTO_F_PHONE, "(044) 765 43 21", "(044) 765 43 21");
    remember("сергій", &person);
    finish(&person);
    struct saving visit = begin_save(KARTO_ACTIVITY, karto_rid_make(karto_os_sys()), true);
    of_client(&visit, id_of("приват"));
    set(&visit, TEXT, NULL, "Показав каталог шампунів");
    set(&visit, OUTCOME, NULL, "просять знижку");
    remember("візит", &visit);
    finish(&visit);
    struct saving purchase = begin_save(KARTO_PURCHASE, karto_rid_make(karto_os_sys()), true);
    of_client(&purchase, id_of("їжак"));
    set(&purchase, NUMBER, NULL, "ЗМ-0009876");
    set(&purchase, LINES, "1", "Цвяхи будівельні");
    remember("цвяхи", &purchase);
    finish(&purchase);
}

static const struct wanted answers[] = {
    /* whole words, beginnings, several words */
    {"Нова Пошта", "пошта", "exact", NULL},
    {"ТОВ Нова Пошта", "пошта", "exact", NULL},
    {"нова", "пошта", "prefix", NULL},
    {"пошта", "пошта", "word", NULL},
    {"пош нов", "пошта", "word", NULL},
    {"ромашка", "ромашка", "exact", NULL},
    {"ромаш", "ромашка", "prefix", NULL},
    {"лікарська ромашка", "примітка", "word", NULL},
    {"стрільців 12а", "пошта", "word", NULL},
    {"vip", "пошта", "exact", NULL},
    {"рампою", "пошта", "word", NULL},
    {"знижку", "візит", "word", NULL},
    {"цвяхи", "цвяхи", "prefix", NULL},
    {"комірник", "сергій", "exact", NULL},
    {"office@yizhak77.com.ua", "їжак", "exact", NULL},
    /* apostrophes */
    {"мяч", "мяч", "prefix", NULL},
    {"м'яч", "мяч", "prefix", NULL},
    {"мʼяч", "мяч", "prefix", NULL},
    {"м`ята", "мяч", "word", NULL},
    {"знамянчук", "сергій", "word", NULL},
    /* some words are the client's that a record hangs on */
    {"ромашка сергій", "сергій", "prefix", NULL},
    {"знам'янчук ромашка", "сергій", "word", NULL},
    {"тов ромашка комірник", "сергій", "exact", NULL},
    {"ромашка 4321", "сергій", "substring", NULL},
    {"цвяхи їжак", "цвяхи", "prefix", NULL},
    {"31316718 цвяхи", "-", "-", NULL},
    {"ghbdfn ifvgeys", "візит", "layout", "приват шампуні"},
    /* look-alikes */
    {"київгаз", "київгаз", "exact", NULL},
    {"Kиївгаз", "київгаз", "exact", NULL},
    {"ООО", "ооо", "latin", NULL},
    {"АВС", "abc", "exact", "ABC"},
    {"BATA", "вата", "exact", "ВАТА"},
    /* the other layout */
    {"Yjdf Gjinf", "пошта", "layout", "Нова Пошта"},
    {"};fr", "їжак", "layout", "Їжак"},
    {"Ghbdfn<fyr", "приват", "layout", "ПриватБанк"},
    {">hsq", "щедрик", "layout", "Юрій"},
    {"Otlhbr", "щедрик", "layout", "Щедрик"},
    {"КщьФ", "ооо", "layout", "RomA"},
    /* the other alphabet */
    {"zaporizhzhia", "щедрик", "latin", NULL},
    {"Zaporizhia", "щедрик", "latin", NULL},
    {"shchedryk", "щедрик", "latin", NULL},
    {"Yurii", "щедрик", "latin", NULL},
    {"yuriy", "щедрик", "latin", NULL},
    {"nova poshta", "пошта", "latin", NULL},
    {"рома", "ромашка", "prefix", NULL},
    {"рома комфорт", "ооо", "latin", NULL},
    {"галаган example", "галаган", "latin", NULL},
    {"kyiv", "київгаз", "latin", NULL},
    /* digits */
    {"31316718", "пошта", "exact", NULL},
    {"4567", "пошта", "substring", NULL},
    {"234-56", "пошта", "substring", NULL},
    {"067 123 45 67", "пошта", "exact", NULL},
    {"8 (067) 123-45-67", "пошта", "exact", NULL},
    {"+380671234567", "пошта", "exact", NULL},
    {"123-45-67", "пошта", "substring", NULL},
    {"7654321", "сергій", "substring", NULL},
    {"436057", "приват", "substring", NULL},
    {"9876", "цвяхи", "substring", NULL},
    {"АБ-00017", "ооо", "exact", NULL},
    {"100", "приват", "exact", NULL},
    /* parts */
    {"банк", "приват", "substring", NULL},
    {"вхол", "львів", "substring", NULL},
    {"ошт", "пошта", "substring", NULL},
    {"тбан", "приват", "substring", NULL},
    {"рій", "щедрик", "substring", NULL},
    {"тай", "стайня", "substring", NULL},
    {"ьвів", "львів", "substring", NULL},
    /* mistyped */
    {"рамашка", "ромашка", "typo", "ромашка"},
    {"рмоашка", "ромашка", "typo", "ромашка"},
    {"ромшка", "ромашка", "typo", "ромашка"},
    {"щедрек", "щедрик", "typo", "щедрик"},
    {"галаган", "галаган", "latin", NULL},
    {"сергей знаменчук", "сергій", "typo", "сергій знамянчук"},
    {"лвівхалод", "львів", "typo", "львівхолод"},
    {"hfvfirf", "ромашка", "typo", "ромашка"},
    {"киев", "пошта", "typo", "київ"},
    /* nothing */
    {"", "-", "-", NULL},
    {"?!", "-", "-", NULL},
    {"хххх", "-", "-", NULL},
    {"ромашка львів", "-", "-", NULL},
    {"999888", "-", "-", NULL},
};

static void check_answers(void)
{
    bool all_answered = true;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        all_answered &= is_answered(&answers[i]);
    CHECK(all_answered);
}

static void test_answers(void)
{
    make_store();
    make_clients();
    make_others();
    check_answers(); /* noted */
    settle();
    CHECK(is_fine());
    check_answers(); /* and in the index */
}

static bool not_zero(struct karto_rid id)
{
    return !karto_rid_is_zero(id);
}

static bool only_moves(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    (void)tx;
    return karto_rid_equal(entry->id, *(const struct karto_rid *)context);
}

static void test_asked(void)
{
    struct answer a = ask("ромашка");
    CHECK_INT(a.count, 3);
    CHECK_STR(name_of(a.hits[1].id), "ромашка-опт");
    CHECK_STR(name_of(a.hits[2].id), "примітка"); /* a name before a note */
    CHECK_INT(a.hits[0].field, KARTO_F_NAME);
    CHECK_INT(a.hits[2].field, NOTE);
    CHECK(!a.more && !a.incomplete);
    a = ask_as((struct karto_asked){.text = karto_slice_str("ромашка"), .limit = 1});
    CHECK(a.count == 1 && a.more);
    a = ask_as((struct karto_asked){.text = karto_slice_str("ромашка"), .limit = HITS, .field = NOTE});
    CHECK(a.count == 1 && a.hits[0].field == NOTE);
    a = ask_as((struct karto_asked){.text = karto_slice_str("сергій"), .limit = HITS, .kinds = 1 << KARTO_CLIENT});
    CHECK_INT(a.count, 0);
    a = ask("знамянчук");
    CHECK(a.count == 1 && a.hits[0].kind == KARTO_PERSON && not_zero(a.hits[0].client));
    CHECK_STR(name_of(a.hits[0].client), "ромашка");
    struct karto_rid only = id_of("примітка");
    a = ask_as((struct karto_asked){
        .text = karto_slice_str("ромашка"), .limit = HITS, .accept = only_moves, .context = &only});
    CHECK(a.count == 1 && karto_rid_equal(a.hits[0].id, only));
}

static void test_hidden(void)
{
    struct saving s = begin_save(KARTO_CLIENT, id_of("примітка"), false);
    struct karto_slice parts[2] = {karto_value_bytes(&s.arena, karto_value_bool(true)),
                                   karto_value_bytes(&s.arena, karto_value_text(karto_slice_str("x")))};
    s.edits[s.save.count++] =
        (struct karto_edit){.field = KARTO_F_HIDDEN, .value = karto_tuple_bytes(&s.arena, parts, 2)};
    finish(&s);
    CHECK_INT(ask("лікарська").count, 0);
    CHECK_INT(ask_as((struct karto_asked){.text = karto_slice_str("лікарська"), .limit = HITS, .hidden = true}).count,
              1);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* ---- random edits ---- */

enum { CLIENTS = 60, PERSONS = 20, ROUNDS = 400 };

static uint32_t seed = 2026;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static const char *const pieces[] = {"Ромашка", "Львів",  "Agro", "об'єкт", "12а",         "067 111-22-33", "Київ",
                                     "ТОВ",     "знижка", "зняв", "00017",  "вул. Зелена", "Ґанок",         "x",
                                     "Юрій",    "плюс",   "опт",  "склад",  "1",           "ділянка-5"};

static const char *draw_text(char out[200])
{
    uint32_t count = draw(5);
    out[0] = 0;
    for (uint32_t i = 0; i < count; i++) {
        strcat(out, i ? " " : "");
        strcat(out, pieces[draw(sizeof pieces / sizeof *pieces)]);
    }
    return count ? out : NULL;
}

static void edit_something(const struct karto_rid *ids)
{
    static const uint32_t fields[] = {KARTO_F_NAME, 24, CITY, STREET, HOUSE, NOTE, SITE, KARTO_F_EXTERNAL_ID};
    char text[200], key[24];
    uint32_t at = draw(CLIENTS + PERSONS), what = draw(12);
    uint32_t kind = at < CLIENTS ? KARTO_CLIENT : KARTO_PERSON;
    snprintf(key, sizeof key, "067 11%u 22 33", (unsigned)draw(4));
    if (what == 0)
        change(ids[at], kind, KARTO_F_PHONE, key, draw(2) ? key : NULL);
    else if (kind == KARTO_PERSON)
        change(ids[at], kind, draw(2) ? KARTO_F_NAME : ROLE, NULL, draw_text(text));
    else if (what == 1)
        change(ids[at], kind, TAG, draw(2) ? "опт" : "VIP", draw(2) ? "опт" : NULL);
    else if (what == 2)
        change(ids[at], kind, ATTR, "колір", draw_text(text));
    else if (what == 3)
        change(ids[at], kind, KARTO_F_EDRPOU, NULL, draw(2) ? "31316718" : "14360570");
    else
        change(ids[at], kind, fields[draw(sizeof fields / sizeof *fields)], NULL, draw_text(text));
}

static void make_records(struct karto_rid *ids)
{
    char text[200];
    for (uint32_t i = 0; i < CLIENTS + PERSONS; i++) {
        struct saving s = begin_save(i < CLIENTS ? KARTO_CLIENT : KARTO_PERSON, karto_rid_make(karto_os_sys()), true);
        if (i >= CLIENTS)
            of_client(&s, ids[i % CLIENTS]);
        const char *name = draw_text(text);
        set(&s, KARTO_F_NAME, NULL, name ? name : "Без назви");
        ids[i] = s.save.record;
        finish(&s);
    }
}

/* An older version's store: nothing of the index but empty databases. */
static enum karto_err forget_index(struct karto_tx *tx, void *context)
{
    static const unsigned dbs[] = {KARTO_DB_WORDS, KARTO_DB_GRAMS, KARTO_DB_NOTED, KARTO_DB_NUMBERS};
    (void)context;
    for (size_t i = 0; i < sizeof dbs / sizeof *dbs; i++)
        CHECK_INT(karto_kv_clear(tx->kv, dbs[i]), KARTO_OK);
    return karto_kv_delete(tx->kv, KARTO_DB_META, karto_slice_str("words"));
}

static const char *const questions[] = {"ромашка", "львів", "агро",  "12а", "1112", "067111", "вул зелена", "зня",
                                        "yurii",   "ганок", "скалд", "опт", "0001", "обєкт",  "hjvfirf",    "шка"};

enum { QUESTIONS = sizeof questions / sizeof *questions };

static void ask_all(struct answer *answers_out)
{
    for (unsigned i = 0; i < QUESTIONS; i++)
        answers_out[i] = ask(questions[i]);
}

static void check_same(const struct answer *a, const struct answer *b)
{
    for (unsigned i = 0; i < QUESTIONS; i++) {
        CHECK_INT(a[i].count, b[i].count);
        CHECK_STR(a[i].read_as, b[i].read_as);
        for (uint32_t j = 0; j < a[i].count && a[i].count < HITS; j++) {
            CHECK(karto_rid_equal(a[i].hits[j].id, b[i].hits[j].id));
            CHECK(a[i].hits[j].rank == b[i].hits[j].rank && a[i].hits[j].field == b[i].hits[j].field);
        }
    }
}

/* What was noted, settled bit by bit, and made anew give the same answers, and the check finds nothing. */
static void test_random(void)
{
    static struct answer kept[QUESTIONS], settled[QUESTIONS], made[QUESTIONS];
    struct karto_rid ids[CLIENTS + PERSONS];
    unsigned found = 0;
    dir = temp_dir_make();
    make_store();
    make_records(ids);
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t i = draw(8); i > 0; i--)
            edit_something(ids);
        if (draw(4) == 0)
            settle();
        if (round % 40)
            continue;
        CHECK(is_fine());
        ask_all(kept);
        settle();
        CHECK(is_fine());
        ask_all(settled);
        check_same(kept, settled);
        CHECK_INT(karto_store_write(store, forget_index, NULL), KARTO_OK);
        CHECK(ask("ромашка").incomplete);
        reopen();
        CHECK(is_fine());
        ask_all(made);
        check_same(settled, made);
        for (unsigned i = 0; i < QUESTIONS; i++)
            found += made[i].count > 0;
    }
    CHECK(found > QUESTIONS * (ROUNDS / 40) / 2); /* it was about something */
}

/* ---- what is wrong is noticed ---- */

static enum karto_err spoil(struct karto_tx *tx, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    unsigned db = *(unsigned *)context;
    CHECK_INT(karto_kv_cursor_open(tx->kv, db, &cursor), KARTO_OK);
    for (int i = 0; i < 5; i++)
        CHECK_INT(karto_kv_next(cursor, &key, &row), KARTO_OK);
    CHECK_INT(karto_kv_cursor_delete(cursor), KARTO_OK);
    karto_kv_cursor_close(cursor);
    return KARTO_OK;
}

static void test_noticed(void)
{
    static unsigned dbs[] = {KARTO_DB_WORDS, KARTO_DB_GRAMS, KARTO_DB_NUMBERS, KARTO_DB_NOTED};
    for (size_t i = 0; i < sizeof dbs / sizeof *dbs; i++) {
        settle();
        for (int j = 0; j < 8 && dbs[i] == KARTO_DB_NOTED; j++)
            client_named("Нотатка");
        CHECK(is_fine());
        CHECK_INT(karto_store_write_alone(store, spoil, &dbs[i]), KARTO_OK);
        CHECK(!is_fine());
        CHECK_INT(karto_store_write(store, forget_index, NULL), KARTO_OK);
        reopen();
        CHECK(is_fine());
    }
}

/* ---- older programs ---- */

/* Leaves the store as a program does that knows nothing of words: there is more in the log than the index has heard. */
static enum karto_err write_unheard(struct karto_tx *tx, void *context)
{
    struct karto_slice row;
    uint8_t bytes[64];
    (void)context;
    CHECK_INT(karto_meta_get(tx, "words", &row), KARTO_OK);
    CHECK(row.size <= sizeof bytes && karto_be64(row.data + row.size - 8) == tx->ledger.position);
    memcpy(bytes, row.data, row.size);
    karto_be64_write(tx->ledger.position - 1, bytes + row.size - 8);
    return karto_meta_put(tx, "words", karto_slice(bytes, row.size));
}

static void test_older(void)
{
    for (int reopened = 0; reopened < 2; reopened++) {
        settle();
        unsigned db = KARTO_DB_WORDS;
        CHECK_INT(karto_store_write_alone(store, spoil, &db), KARTO_OK);
        CHECK_INT(karto_store_write_alone(store, write_unheard, NULL), KARTO_OK);
        CHECK(ask("ромашка").incomplete && !is_fine());
        if (reopened)
            reopen();
        else
            client_named("Ромашка");
        CHECK(!ask("ромашка").incomplete && is_fine());
    }
}

/* ---- failures ---- */

/* The nth write fails, for every n: nothing is lost, and the next attempt does it. */
static void test_failing(void)
{
    struct karto_rid ids[3];
    unsigned n = 1, failed = 0;
    for (bool done = false; !done && n < 5000; n++) {
        for (int i = 0; i < 3; i++)
            ids[i] = client_named(i ? "Ромашка плюс" : "Зелена 00017");
        settle();
        change(ids[0], KARTO_CLIENT, NOTE, NULL, "нова примітка");
        change(ids[1], KARTO_CLIENT, KARTO_F_NAME, NULL, "Агросвіт");
        client_named("Жито");
        karto_kv_fail(karto_store_kv(store), n, KARTO_E_FULL);
        enum karto_err err = karto_words_settle(store, 0);
        done = karto_kv_fail_count(karto_store_kv(store)) == 0;
        karto_kv_fail(karto_store_kv(store), 0, KARTO_OK);
        CHECK_INT(err, done ? KARTO_OK : KARTO_E_FULL);
        failed += !done;
        CHECK(is_fine());
        CHECK(ask("агросвіт").count > 0 && ask("жито").count > 0);
    }
    CHECK(failed > 10 && n < 5000);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* ---- many ---- */

enum { MANY = 45000, AT_ONCE = 9000 }; /* more than two batches of settling */

static enum karto_err save_many(struct karto_tx *tx, void *context)
{
    uint32_t from = *(uint32_t *)context;
    for (uint32_t i = from; i < from + AT_ONCE; i++) {
        char name[60];
        struct saving s = begin_save(KARTO_CLIENT, karto_rid_make(karto_os_sys()), true);
        snprintf(name, sizeof name, "Клієнт %s%u", i % 3 ? "Степ" : "Лиман", (unsigned)(i % 5000));
        set(&s, KARTO_F_NAME, NULL, name);
        s.save.edits = s.edits;
        enum karto_err err = karto_save(tx, &s.save, NULL);
        karto_arena_fini(&s.arena);
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

static enum karto_err count_noted(struct karto_tx *tx, void *context)
{
    return karto_words_noted(tx, context);
}

static uint64_t noted(void)
{
    uint64_t count;
    CHECK_INT(karto_store_read(store, count_noted, &count), KARTO_OK);
    return count;
}

/* Writing in bulk settles many at a time, closing the rest; blocks are split, and numbers taken out of their midst. The
 * making of the index anew is cut off anywhere and goes on. */
static void test_many(void)
{
    dir = temp_dir_make();
    make_store();
    for (uint32_t i = 0; i < MANY; i += AT_ONCE)
        CHECK_INT(karto_store_write(store, save_many, &i), KARTO_OK);
    CHECK(noted() > 0 && noted() < MANY);
    CHECK(is_fine());
    reopen();
    CHECK_INT(noted(), 0);
    CHECK(is_fine());
    CHECK(ask("клієнт степ4999").count > 0);
    struct answer a = ask("клієнт");
    CHECK(a.count == HITS && a.more);
    for (int i = 0; i < 40; i++)
        change(a.hits[i].id, KARTO_CLIENT, KARTO_F_NAME, NULL, i % 2 ? "Інший" : "Клієнт інший");
    settle();
    CHECK(is_fine());
    CHECK_INT(ask("інший").count, 40);
    CHECK_INT(karto_store_write(store, forget_index, NULL), KARTO_OK);
    unsigned cut_off = 0;
    for (unsigned nth = 60000; ask("клієнт").incomplete; nth += 60000, cut_off++) {
        karto_kv_fail(karto_store_kv(store), nth, KARTO_E_IO);
        enum karto_err err = karto_words_prepare(store);
        CHECK(err == KARTO_OK || err == KARTO_E_IO);
        karto_kv_fail(karto_store_kv(store), 0, KARTO_OK);
        CHECK(is_fine());
    }
    CHECK(cut_off > 1);
    CHECK_INT(ask("інший").count, 40);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* ---- what is kept in memory between being noted and being settled ---- */

static struct karto_rid first_of_many;

static enum karto_err save_some(struct karto_tx *tx, void *context)
{
    enum karto_err err = KARTO_OK;
    for (int i = 0; i < 300 && err == KARTO_OK; i++) {
        struct saving s = begin_save(KARTO_CLIENT, karto_rid_make(karto_os_sys()), true);
        first_of_many = i ? first_of_many : s.save.record;
        set(&s, KARTO_F_NAME, NULL, i % 2 ? "Кульбаба" : "Кульбаба біла");
        s.save.edits = s.edits;
        err = karto_save(tx, &s.save, NULL);
        karto_arena_fini(&s.arena);
    }
    return err == KARTO_OK ? *(enum karto_err *)context : err;
}

static enum karto_err save_and_rename(struct karto_tx *tx, void *context)
{
    enum karto_err err = save_some(tx, context);
    struct saving s = begin_save(KARTO_CLIENT, first_of_many, false);
    set(&s, KARTO_F_NAME, NULL, "Перейменована");
    s.save.edits = s.edits;
    if (err == KARTO_OK)
        err = karto_save(tx, &s.save, NULL);
    karto_arena_fini(&s.arena);
    return err;
}

/* A commit of which the words know nothing, as of another process. */
static enum karto_err write_elsewhere(struct karto_kv_txn *kv, void *context)
{
    (void)context;
    return karto_kv_put(kv, KARTO_DB_META, karto_slice_str("elsewhere"), karto_slice_str("was here"));
}

/* Whatever comes between: nothing, an edit of the same records, a failure, another process. */
static void test_gathered(void)
{
    enum karto_err good = KARTO_OK, bad = KARTO_E_INVALID;
    dir = temp_dir_make();
    make_store();
    for (int between = 0; between < 6; between++) {
        CHECK_INT(karto_store_write(store, between == 1 ? save_and_rename : save_some, &good), KARTO_OK);
        CHECK_INT(noted(), 300);
        if (between == 2)
            change(first_of_many, KARTO_CLIENT, KARTO_F_NAME, NULL, "Перейменована");
        if (between == 3)
            CHECK_INT(karto_store_write(store, save_some, &bad), KARTO_E_INVALID);
        if (between == 4)
            CHECK_INT(karto_kv_write(karto_store_kv(store), write_elsewhere, NULL), KARTO_OK);
        if (between == 5)
            CHECK_INT(karto_store_write(store, save_some, &good), KARTO_OK);
        CHECK(is_fine());
        settle();
        CHECK_INT(noted(), 0);
        CHECK(is_fine());
    }
    CHECK_INT(ask("перейменована").count, 2);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* ---- and what another process does ---- */

static enum karto_err save_one(struct karto_tx *tx, void *context)
{
    struct saving s = begin_save(KARTO_CLIENT, karto_rid_make(karto_os_sys()), true);
    set(&s, KARTO_F_NAME, NULL, context);
    s.save.edits = s.edits;
    enum karto_err err = karto_save(tx, &s.save, NULL);
    karto_arena_fini(&s.arena);
    return err;
}

static enum karto_err rename_first(struct karto_tx *tx, void *context)
{
    struct saving s = begin_save(KARTO_CLIENT, first_of_many, false);
    set(&s, KARTO_F_NAME, NULL, context);
    s.save.edits = s.edits;
    enum karto_err err = karto_save(tx, &s.save, NULL);
    karto_arena_fini(&s.arena);
    return err;
}

static enum karto_err save_nothing(struct karto_tx *tx, void *context)
{
    (void)tx;
    (void)context;
    return KARTO_OK;
}

static void write_in_another(karto_work *work, const char *name)
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct karto_store_options o = options();
        CHECK_INT(karto_store_open(&o, &store), KARTO_OK);
        CHECK_INT(karto_store_write(store, work, (void *)(uintptr_t)name), KARTO_OK);
        karto_store_close(store);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A write that changes nothing is no commit: the next may be another's. */
static void test_gathered_and_nothing(void)
{
    dir = temp_dir_make();
    make_store();
    first_of_many = client_named("Кульбаба");
    uint64_t commits = karto_kv_last_txn_id(karto_store_kv(store));
    CHECK_INT(karto_store_write(store, save_nothing, NULL), KARTO_OK);
    CHECK_INT(karto_kv_last_txn_id(karto_store_kv(store)), commits);
    write_in_another(rename_first, "Перейменована");
    settle();
    CHECK(is_fine());
    CHECK(ask("кульбаба").count == 0 && ask("перейменована").count == 1);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* Nor is one that fails anywhere, up to its commit. */
static void test_gathered_and_failure(void)
{
    enum karto_err err = KARTO_E_FULL;
    unsigned tries = 0;
    dir = temp_dir_make();
    make_store();
    while (err != KARTO_OK) {
        karto_kv_fail(karto_store_kv(store), ++tries, KARTO_E_FULL);
        err = karto_store_write(store, save_one, "Кульбаба");
        karto_kv_fail(karto_store_kv(store), 0, KARTO_OK);
        CHECK(err == KARTO_OK || err == KARTO_E_FULL);
        write_in_another(save_one, "Ромашка");
        settle();
        CHECK(is_fine());
    }
    CHECK(tries > 5);
    CHECK(ask("кульбаба").count == 1 && ask("ромашка").count == (tries < HITS ? tries : HITS));
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* A single edit leaves at most some notes behind. */
static void test_few(void)
{
    dir = temp_dir_make();
    make_store();
    uint64_t most = 0;
    for (int i = 0; i < 300; i++) {
        client_named("Ромашка");
        most = noted() > most ? noted() : most;
    }
    CHECK(most > 10 && most <= 128);
    CHECK(is_fine());
    karto_store_close(store);
    temp_dir_remove(&dir);
}

int main(void)
{
    dir = temp_dir_make();
    test_answers();
    test_asked();
    test_hidden();
    test_random();
    test_noticed();
    test_older();
    test_failing();
    test_many();
    test_few();
    test_gathered();
    test_gathered_and_nothing();
    test_gathered_and_failure();
    return 0;
}
