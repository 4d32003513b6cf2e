/* Which queries an index bounds, and to how many records: by value, so that what is quick stays quick. That a plan
 * loses nothing is for sync_page to show. */
#include "core/store/plan.h"

#include "core/base/os_posix.h"
#include "core/store/edit.h"
#include "core/store/words.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

enum { TAG = 23, STATUS = 27, CREDIT = 30, CITY = 42, TYPE = 36 };

static struct karto_store *store;
static int64_t today;

/* ---- a store ---- */

static enum karto_err do_save(struct karto_tx *tx, void *context)
{
    return karto_save(tx, context, NULL);
}

static struct karto_rid id_of(uint32_t kind, unsigned number)
{
    return (struct karto_rid){{1, 0x90, 0, 0, 0, (uint8_t)kind, 0x70, 8, 0x80, 0, 0, 0, 0, 0, 1, (uint8_t)number}};
}

static void save(uint32_t kind, unsigned number, struct karto_edit *edits, uint32_t count)
{
    struct karto_save saving = {.kind = kind,
                                .record = id_of(kind, number),
                                .create = true,
                                .edits = edits,
                                .count = count,
                                .via = KARTO_VIA_CLI};
    CHECK_INT(karto_store_write(store, do_save, &saving), KARTO_OK);
}

static struct karto_slice text_bytes(struct karto_arena *arena, const char *text)
{
    return karto_value_bytes(arena, karto_value_text(karto_slice_str(text)));
}

static void client(unsigned number, const char *city, const char *status, const char *tag, const char *territory)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_slice bytes = text_bytes(&arena, tag), none = karto_slice(NULL, 0);
    struct karto_edit edits[] = {
        {KARTO_F_NAME, none, text_bytes(&arena, "Ромашка")},
        {CITY, none, text_bytes(&arena, city)},
        {STATUS, none, karto_value_bytes(&arena, karto_value_enum(karto_slice_str(status)))},
        {TAG, karto_set_key(&arena, karto_field_def(KARTO_CLIENT, TAG), bytes), bytes},
        {KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN), text_bytes(&arena, territory)},
        {KARTO_F_TERRITORY, karto_date_key(&arena, today + 30), text_bytes(&arena, "15")}};
    save(KARTO_CLIENT, number, edits, 6);
    karto_arena_fini(&arena);
}

static void activity(unsigned number, unsigned of, int64_t day)
{
    struct karto_arena arena;
    struct karto_slice none = karto_slice(NULL, 0);
    karto_arena_init(&arena);
    struct karto_edit edits[] = {
        {KARTO_F_CLIENT, none, karto_value_bytes(&arena, karto_value_reference(id_of(KARTO_CLIENT, of)))},
        {TYPE, none, karto_value_bytes(&arena, karto_value_enum(karto_slice_str("call")))},
        {KARTO_F_DATE, none, karto_value_bytes(&arena, karto_value_date(day))}};
    save(KARTO_ACTIVITY, number, edits, 3);
    karto_arena_fini(&arena);
}

static void fill(void)
{
    client(1, "Львів", "customer", "VIP", "14");
    client(2, "ЛЬВІВ", "market", "опт", "14");
    client(3, "Луцьк", "customer", "опт", "13");
    client(4, "Біла Церква", "prospect", "vip", "13");
    activity(1, 1, today - 3);
    activity(2, 1, today - 100);
    activity(3, 2, today - 40);
    activity(4, 3, today + 5);
    CHECK_INT(karto_words_settle(store, 0), KARTO_OK);
}

/* ---- plans ---- */

struct wanted {
    const char *query;
    uint32_t kind;
    int count; /* -1: not bounded */
};

static enum karto_err check_plan(struct karto_tx *tx, void *context)
{
    const struct wanted *wanted = context;
    const struct karto_query *query;
    struct karto_query_error error;
    struct karto_select select;
    struct karto_plan plan;
    CHECK_INT(
        karto_query_parse(&tx->arena, karto_slice_str(wanted->query), wanted->kind, karto_today(tx), &query, &error),
        KARTO_OK);
    karto_select_init(&select, query, karto_today(tx));
    CHECK_INT(karto_plan_make(tx, &select, wanted->kind, &plan), KARTO_OK);
    int count = plan.by_children ? (int)plan.parent_count : plan.bounded ? (int)karto_plan_count(&plan) : -1;
    if (count != wanted->count)
        fprintf(stderr, "%s: ", wanted->query);
    CHECK_INT(count, wanted->count);
    karto_plan_fini(&plan);
    return KARTO_OK;
}

static const struct wanted plans[] = {
    {"city:львів", KARTO_CLIENT, 2},
    {"city:церк", KARTO_CLIENT, 1},
    {"city=церква", KARTO_CLIENT, 0},
    {"city:л status:customer", KARTO_CLIENT, 2},
    {"city:львів status:customer", KARTO_CLIENT, 1},
    {"city:львів OR tag:vip", KARTO_CLIENT, 3},
    {"city:львів OR credit_limit>1", KARTO_CLIENT, -1},
    {"city:львів credit_limit>1", KARTO_CLIENT, 2},
    {"-tag:vip", KARTO_CLIENT, -1},
    {"-tag:vip status:market", KARTO_CLIENT, 1},
    {"tag:vip (city:львів OR city:луцьк)", KARTO_CLIENT, 1},
    {"status!=market", KARTO_CLIENT, -1},
    {"territory:14", KARTO_CLIENT, 2},
    {"territory:15", KARTO_CLIENT, 4}, /* on some day */
    {"name=ромашка", KARTO_CLIENT, 4},
    {"is:hidden", KARTO_CLIENT, 0},
    {"is:pending", KARTO_CLIENT, 0},
    {"has:conflict", KARTO_CLIENT, 0},
    {"", KARTO_CLIENT, -1},
    {"last_contact<7d", KARTO_CLIENT, 1},
    {"last_contact<=60d", KARTO_CLIENT, 2},
    {"last_contact>60d", KARTO_CLIENT, -1},
    {"last_contact<7d status:customer", KARTO_CLIENT, 1},
    {"last_contact<7d OR status:prospect", KARTO_CLIENT, 2},
    {"last_contact<7d OR credit_limit>1", KARTO_CLIENT, -1},
    {"contacts(today..)>0", KARTO_CLIENT, 1},
    {"contacts(today..)=0", KARTO_CLIENT, -1},
    {"persons>0", KARTO_CLIENT, -1},
    {"type:call", KARTO_ACTIVITY, 4},
    {"type:call city:львів", KARTO_ACTIVITY, 3},
    {"city:луцьк", KARTO_ACTIVITY, 1},
    {"type:call OR city:луцьк", KARTO_ACTIVITY, -1},
    {"date>30d", KARTO_ACTIVITY, -1},
};

static enum karto_err check_days(struct karto_tx *tx, void *context)
{
    static const struct {
        const char *query;
        int64_t from, to; /* days behind today; 0: open */
    } days[] = {{"date<7d", -6, 0},
                {"date>7d", 0, -8},
                {"date>=7d date<=30d", -30, -7},
                {"date:-9d..-5d", -9, -5},
                {"date<7d OR type:call", 0, 0}};
    (void)context;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        const struct karto_query *query;
        struct karto_query_error error;
        struct karto_select select;
        struct karto_plan plan;
        CHECK_INT(karto_query_parse(&tx->arena, karto_slice_str(days[i].query), KARTO_ACTIVITY, karto_today(tx), &query,
                                    &error),
                  KARTO_OK);
        karto_select_init(&select, query, karto_today(tx));
        CHECK_INT(karto_plan_make(tx, &select, KARTO_ACTIVITY, &plan), KARTO_OK);
        CHECK_INT(plan.days.from, days[i].from ? karto_today(tx) + days[i].from : INT64_MIN);
        CHECK_INT(plan.days.to, days[i].to ? karto_today(tx) + days[i].to : INT64_MAX);
        karto_plan_fini(&plan);
    }
    return KARTO_OK;
}

/* A record that changed is among the others, until it is put into the index. */
static void changed(void)
{
    client(5, "Рівне", "market", "опт", "13");
    struct wanted city = {"city:львів", KARTO_CLIENT, 3}, settled = {"city:львів", KARTO_CLIENT, 2};
    CHECK_INT(karto_store_read(store, check_plan, &city), KARTO_OK);
    CHECK_INT(karto_words_settle(store, 0), KARTO_OK);
    CHECK_INT(karto_store_read(store, check_plan, &settled), KARTO_OK);
}

int main(void)
{
    struct temp_dir dir = temp_dir_make();
    const struct karto_store_options options = {.dir = dir.path, .sys = karto_os_sys(), .no_sync = true};
    const struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    today = options.sys->day(options.sys->context, options.sys->now_ms(options.sys->context));
    fill();
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct wanted wanted = plans[i];
        CHECK_INT(karto_store_read(store, check_plan, &wanted), KARTO_OK);
    }
    CHECK_INT(karto_store_read(store, check_days, NULL), KARTO_OK);
    changed();
    karto_store_close(store);
    temp_dir_remove(&dir);
    return 0;
}
