/* Which records a query means: a handful of clients with what hangs on them, and docs/QUERY.md asked of them. */
#include "core/store/select.h"
#include "core/store/edit.h"
#include "core/store/query.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 24 * 60 * 60 * 1000 };
enum { TYPE = 36, DATE = 37, TOTAL = 74, STATUS = 75 };

static int64_t today;
static struct karto_store *store;

/* ---- a store ---- */

static int64_t now(void *context)
{
    (void)context;
    return today * DAY_MS + DAY_MS / 2;
}

static void random_bytes(void *context, void *out, size_t size)
{
    static uint8_t next;
    (void)context;
    memset(out, ++next, size);
}

static int64_t day_of(void *context, int64_t ms)
{
    (void)context;
    return ms / DAY_MS;
}

static const struct karto_sys sys = {NULL, now, random_bytes, day_of};

/* ---- records ---- */

/* One register: field by name, key behind a slash where it has one ("territory/0"), and its value. */
struct line {
    const char *field, *value;
};

struct making {
    uint32_t kind;
    struct karto_rid id, client;
    const struct line *lines;
    bool create;
};

static struct karto_slice value_bytes(struct karto_arena *arena, const struct karto_field_def *def, const char *text)
{
    int64_t day;
    if (def->type == KARTO_DATE) {
        CHECK(karto_day_parse(karto_slice_str(text), &day));
        return karto_value_bytes(arena, karto_value_date(day));
    }
    if (def->type == KARTO_MONEY)
        return karto_value_bytes(arena, karto_value_money(atoll(text) * 100, text[0] == '9' ? "EUR" : "UAH"));
    if (def->type == KARTO_ENUM)
        return karto_value_bytes(arena, karto_value_enum(karto_slice_str(text)));
    if (def->type == KARTO_TUPLE) {
        struct karto_slice parts[] = {karto_value_bytes(arena, karto_value_bool(true)),
                                      karto_value_bytes(arena, karto_value_text(karto_slice_str(text)))};
        return karto_tuple_bytes(arena, parts, 2);
    }
    return karto_value_bytes(arena, karto_value_text(karto_slice_str(text)));
}

static struct karto_edit edit_of(struct karto_arena *arena, uint32_t kind, const struct line *line)
{
    const char *slash = strchr(line->field, '/');
    size_t size = slash ? (size_t)(slash - line->field) : strlen(line->field);
    const struct karto_field_def *def = karto_field_named(kind, karto_slice(line->field, size));
    CHECK(def != NULL);
    struct karto_slice bytes = value_bytes(arena, def, line->value), key = karto_slice(NULL, 0);
    if (def->shape == KARTO_TIMELINE) {
        int64_t from = KARTO_DATE_MIN;
        CHECK(!slash || karto_day_parse(karto_slice_str(slash + 1), &from));
        key = karto_date_key(arena, from);
    } else if (def->shape == KARTO_SET)
        key = karto_set_key(arena, def, bytes);
    else if (def->shape == KARTO_MAP)
        key = karto_slice_str(slash + 1);
    return (struct karto_edit){def->number, key, bytes};
}

static enum karto_err do_make(struct karto_tx *tx, void *context)
{
    const struct making *making = context;
    struct karto_edit edits[16];
    uint32_t count = 0;
    for (; making->lines[count].field; count++)
        edits[count] = edit_of(&tx->arena, making->kind, &making->lines[count]);
    if (making->kind != KARTO_CLIENT)
        edits[count++] = (struct karto_edit){KARTO_F_CLIENT, karto_slice(NULL, 0),
                                             karto_value_bytes(&tx->arena, karto_value_reference(making->client))};
    const struct karto_save save = {.kind = making->kind,
                                    .record = making->id,
                                    .create = true,
                                    .edits = edits,
                                    .count = count,
                                    .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

/* Ids ascend with the number; made on 2026-11-20. */
static struct karto_rid id_of(unsigned number)
{
    struct karto_rid id = {{0}};
    uint64_t ms = (uint64_t)(today - 5) * DAY_MS;
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.b[6] = 0x70;
    id.b[8] = 0x80;
    id.b[15] = (uint8_t)number;
    return id;
}

static void make(unsigned number, uint32_t kind, unsigned client, const struct line *lines)
{
    struct making making = {kind, id_of(number), id_of(client), lines, true};
    CHECK_INT(karto_store_write(store, do_make, &making), KARTO_OK);
}

#define MAKE(number, kind, client, ...) make(number, kind, client, (const struct line[]){__VA_ARGS__, {NULL, NULL}})

static void fill(void)
{
    MAKE(1, KARTO_CLIENT, 0, {"name", "ТОВ «Нова Пошта»"}, {"edrpou", "31316718"}, {"address.city", "Київ"},
         {"phone", "(044) 323-02-03"}, {"industry", "53.20"}, {"territory", "14"}, {"territory/2026-12-01", "15"},
         {"tag", "VIP"}, {"status", "customer"}, {"credit_limit", "50000"}, {"since", "2020-05-17"},
         {"site", "https://novaposhta.ua/"});
    MAKE(2, KARTO_CLIENT, 0, {"name", "Мар'яна Ґудзь, ФОП"}, {"address.city", "Біла Церква"}, {"territory", "15"},
         {"phone", "067 123 45 67"}, {"attr/площа", "120"}, {"note", "молоко, сир"}, {"industry", "47.11"});
    MAKE(3, KARTO_CLIENT, 0, {"name", "Kиїв-Хліб"}, {"address.city", "Київ"}, {"credit_limit", "90000"},
         {"email", "office@kyivhlib.ua"}, {"industry", "10.71 хліб"});
    MAKE(4, KARTO_CLIENT, 0, {"name", "Закритий"}, {"hidden", "банкрут"}, {"address.city", "Київ"});
    MAKE(11, KARTO_PERSON, 1, {"name", "Іван Петренко"}, {"phone", "050 765 43 21"});
    MAKE(21, KARTO_ACTIVITY, 1, {"type", "visit"}, {"date", "2026-11-20"}, {"text", "замовлення 20 ящиків"});
    MAKE(22, KARTO_ACTIVITY, 1, {"type", "call"}, {"date", "2026-12-05"});
    MAKE(23, KARTO_ACTIVITY, 2, {"type", "call"}, {"date", "2026-08-01"});
    MAKE(31, KARTO_PURCHASE, 1, {"date", "2026-03-01"}, {"total", "70000"}, {"number", "A-1"});
    MAKE(32, KARTO_PURCHASE, 1, {"date", "2026-04-01"}, {"total", "40000"});
    MAKE(33, KARTO_PURCHASE, 1, {"date", "2026-05-01"}, {"total", "80000"}, {"status", "cancelled"});
    MAKE(34, KARTO_PURCHASE, 1, {"date", "2025-05-01"}, {"total", "800"});
    MAKE(35, KARTO_PURCHASE, 2, {"date", "2026-03-02"}, {"total", "100"});
}

/* ---- asking ---- */

struct question {
    const char *text;
    uint32_t kind;
    char found[100]; /* numbers of the records, with spaces */
    struct karto_why hit;
};

struct one_answer {
    struct question *question;
    struct karto_select select;
};

static enum karto_err visit(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct one_answer *answer = context;
    struct karto_why hit;
    bool fits;
    enum karto_err err = karto_select_fits(&answer->select, tx, entry, &fits, &hit);
    if (err != KARTO_OK || !fits)
        return err;
    if (answer->question->found[0] == 0)
        answer->question->hit = hit;
    size_t size = strlen(answer->question->found);
    snprintf(answer->question->found + size, sizeof answer->question->found - size, "%s%u", size ? " " : "",
             entry->id.b[15]);
    return KARTO_OK;
}

static enum karto_err do_ask(struct karto_tx *tx, void *context)
{
    struct question *question = context;
    struct one_answer answer = {.question = question};
    const struct karto_query *query;
    struct karto_query_error error;
    CHECK_INT(karto_query_parse(&tx->arena, karto_slice_str(question->text), question->kind, today, &query, &error),
              KARTO_OK);
    karto_select_init(&answer.select, query, today);
    return karto_each(tx, question->kind, (struct karto_rid){{0}}, visit, &answer);
}

static struct question ask(uint32_t kind, const char *text)
{
    struct question question = {.text = text, .kind = kind};
    CHECK_INT(karto_store_read(store, do_ask, &question), KARTO_OK);
    return question;
}

static void finds(uint32_t kind, const char *text, const char *expected)
{
    struct question question = ask(kind, text);
    if (strcmp(question.found, expected) != 0)
        fprintf(stderr, "%s: ", text);
    CHECK_STR(question.found, expected);
}

static void client(const char *text, const char *expected)
{
    finds(KARTO_CLIENT, text, expected);
}

static void words(void)
{
    client("", "1 2 3 4");
    client("пошта", "1");
    client("НОВА пош", "1");
    client("\"нова пошта\"", "1");
    client("\"пошта нова\"", "");
    client("мар’яна", "2");
    client("марʼяна ґудзь", "2");
    client("київ", "1 3 4");
    client("молоко", "2");
    client("323-02-03", "1");
    client("0203", "1");
    client("+380671234567", "2");
    client("31316718", "1");
    client("-київ", "2");
    client("пошта OR молоко", "1 2");
    client("київ -пошта", "3 4");
    CHECK_STR(ask(KARTO_CLIENT, "пошта").hit.field, "name");
    CHECK_STR(ask(KARTO_CLIENT, "пошта").hit.how, "word");
    CHECK_STR(ask(KARTO_CLIENT, "молоко").hit.field, "note");
    CHECK_STR(ask(KARTO_CLIENT, "молоко").hit.how, "prefix");
    CHECK(ask(KARTO_CLIENT, "-молоко").hit.field == NULL);
}

static void fields(void)
{
    client("city:Київ", "1 3 4");
    client("city:церк", "2");
    client("city:\"Біла Церква\"", "2");
    client("city=Біла", "");
    client("city=\"БІЛА ЦЕРКВА\"", "2");
    client("city!=Київ", "2");
    client("industry:47", "2");
    client("industry:хліб", "3");
    client("edrpou=31316718", "1");
    client("edrpou:6718", "1");
    client("phone:4567", "2");
    client("phone=0671234567", "2");
    client("site=novaposhta.ua", "1");
    client("email:kyivhlib", "3");
    client("tag:vip", "1");
    client("tag:vi", "");
    client("-tag:vip", "2 3 4");
    client("status:cust", "1");
    client("status!=customer", "2 3 4");
    client("status:покуп", "1");
    client("status!=Покупець", "2 3 4");
    client("attr.площа:120", "2");
    client("attr.поверх:1", "");
    client("territory:14", "1");
    client("territory:1", "");
    client("territory@2026-12-01:15", "1 2");
    client("credit_limit>50000", "3");
    client("credit_limit>=50000", "1 3");
    client("credit_limit>1000EUR", "3");
    client("credit_limit:40000..60000", "1");
    client("credit_limit<0", "");
    client("since:2020", "1");
    client("since<2020-05-17", "");
    client("since<=17.05.2020", "1");
    client("since>1y", "1");
}

static void what_is_counted(void)
{
    client("last_contact>60d", "2 3 4");
    client("last_contact<60d", "1");
    client("last_contact:2026-11-20", "1");
    client("bought(2026)>100000", "1");
    client("bought(2026)>110000", "");
    client("bought>110000", "1");
    client("bought(2026-03)<=100", "2 3 4");
    client("bought>0EUR", "");
    client("purchases:2..3", "1");
    client("contacts(2026-11)=1", "1");
    client("persons=1", "1");
    client("last_purchase<1y", "1 2");
}

static void states(void)
{
    client("has:phone", "1 2");
    client("-has:phone", "3 4");
    client("has:attr.площа", "2");
    client("has:person", "1");
    client("has:purchase -has:person", "2");
    client("has:conflict", "");
    client("is:hidden", "4");
    client("is:pending", "");
    client("created:2026-11-20", "1 2 3 4");
    client("changed:today", "1 2 3 4");
    client("changed<1d", "1 2 3 4");
    client("changed_by:oksana", "1 2 3 4");
    client("changed_by!=oksana", "");
}

static void what_hangs_on_a_client(void)
{
    finds(KARTO_PURCHASE, "city:Київ date:2026", "31 32 33");
    finds(KARTO_PURCHASE, "total>50000 -status:cancelled", "31");
    finds(KARTO_PURCHASE, "пошта A-1", "31");
    finds(KARTO_PERSON, "петренко", "11");
    finds(KARTO_PERSON, "нова", "11");
    finds(KARTO_ACTIVITY, "type:call", "22 23");
    finds(KARTO_ACTIVITY, "date:today..", "22");
    finds(KARTO_ACTIVITY, "ящик", "21");
}

int main(void)
{
    struct temp_dir dir = temp_dir_make();
    CHECK(karto_date_make(2026, 11, 25, &today));
    const struct karto_store_options options = {.dir = dir.path, .sys = &sys, .no_sync = true};
    const struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    fill();
    words();
    fields();
    what_is_counted();
    states();
    what_hangs_on_a_client();
    karto_store_close(store);
    temp_dir_remove(&dir);
    return 0;
}
