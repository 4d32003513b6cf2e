/* What one page of a list costs: fifty records that a query means, in the order of their names or days. */
#include "tools/bench.h"

#include "core/base/fatal.h"
#include "core/model/schema.h"
#include "core/store/page.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 50, ROUNDS_MAX = 200, PURPOSE = 9000, CITY = 42, TAG = 23, INDUSTRY = 28 };

/* In a query, the city, industry, tag or territory of some client stands for these. */
static const struct {
    char letter;
    uint32_t field;
} holes[] = {{'C', CITY}, {'I', INDUSTRY}, {'T', TAG}, {'R', KARTO_F_TERRITORY}};

static const struct {
    const char *name, *query;
    uint32_t kind;
    double aim; /* ms, of all but one in a hundred */
} questions[] = {
    {"  of a city and an industry", "city:\"%C\" industry:\"%I\"", KARTO_CLIENT, 5},
    {"  of either of two cities", "city:\"%C\" OR city:\"Львів\"", KARTO_CLIENT, 5},
    {"  of a status and a tag", "status:customer tag:\"%T\"", KARTO_CLIENT, 5},
    {"  of a territory", "territory:%R", KARTO_CLIENT, 5},
    {"  without a tag", "-tag:\"%T\"", KARTO_CLIENT, 5},
    {"  not contacted for 60 days", "last_contact>60d", KARTO_CLIENT, 5},
    {"  contacted last week, of a territory", "last_contact<7d territory:%R", KARTO_CLIENT, 5},
    {"  of a city, that bought for 100 000", "bought(2026)>100000 city:\"%C\"", KARTO_CLIENT, 5},
    {"  that bought for 100 000", "bought(2026)>100000", KARTO_CLIENT, 5},
    {"  that bought for 195 000: hardly any", "bought(2026)>195000", KARTO_CLIENT, 50},
    {"  contacted last week", "last_contact<7d", KARTO_CLIENT, 5},
    {"  activities: visits of a month", "type:visit date:2025-03", KARTO_ACTIVITY, 5},
    {"  purchases: paid, of a city", "status:paid city:\"%C\"", KARTO_PURCHASE, 5},
};

struct asking {
    struct karto_slice text;
    uint32_t kind, found;
    struct karto_select select;
    struct karto_rid behind; /* zero: the first page */
};

static enum karto_err count_fitting(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct asking *asking = context;
    bool fits;
    enum karto_err err = karto_select_fits(&asking->select, tx, entry, &fits, NULL);
    asking->found += err == KARTO_OK && fits && !karto_record_hidden(&entry->view);
    return err == KARTO_OK && asking->found > ROWS ? KARTO_E_INTERRUPTED : err;
}

static enum karto_err place_behind(struct karto_tx *tx, struct karto_rid id, struct karto_index_place *place)
{
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    *place = (struct karto_index_place){karto_index_order(tx, &tx->arena, &entry.view), id};
    return err;
}

static enum karto_err ask(struct karto_tx *tx, void *context)
{
    struct asking *asking = context;
    struct karto_index_place place;
    const struct karto_query *query;
    struct karto_query_error error;
    bool first = karto_rid_is_zero(asking->behind);
    enum karto_err err = karto_query_parse(&tx->arena, asking->text, asking->kind, karto_today(tx), &query, &error);
    if (err != KARTO_OK)
        return err;
    karto_select_init(&asking->select, query, karto_today(tx));
    err = first ? KARTO_OK : place_behind(tx, asking->behind, &place);
    const struct karto_page page = {
        .select = &asking->select, .kind = asking->kind, .rows = ROWS + 1, .from = first ? NULL : &place};
    return err == KARTO_OK ? karto_page_list(tx, &page, count_fitting, asking) : err;
}

static struct karto_slice value_of(const struct karto_seed_client *client, uint32_t field)
{
    for (uint32_t i = 0; i < client->count; i++)
        if (client->fields[i].number == field)
            return client->fields[i].text;
    return karto_slice(NULL, 0);
}

static struct karto_slice fill_in(const struct bench *bench, const char *query, uint32_t number,
                                  struct karto_arena *arena)
{
    struct karto_seed_client client;
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_seed_client(bench->seed, number, arena, &client);
    for (; *query; query++) {
        if (*query != '%') {
            karto_buf_add_byte(&text, (uint8_t)*query);
            continue;
        }
        query++;
        for (size_t i = 0; i < sizeof holes / sizeof *holes; i++)
            if (holes[i].letter == *query)
                karto_buf_add_slice(&text, value_of(&client, holes[i].field));
    }
    struct karto_slice filled = karto_arena_copy(arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return filled;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Every second page is not the first of its list. */
static void ask_for_pages(struct bench *bench, struct karto_store *store, size_t which)
{
    uint32_t rounds = bench->asked < ROUNDS_MAX ? bench->asked : ROUNDS_MAX, found = 0;
    double took[ROUNDS_MAX];
    struct karto_arena arena;
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t number = (uint32_t)(karto_seed_random(bench->seed, i, PURPOSE + (uint32_t)which) % bench->clients);
        struct asking asking = {.text = fill_in(bench, questions[which].query, number, &arena),
                                .kind = questions[which].kind};
        if (i % 2 && asking.kind == KARTO_CLIENT)
            asking.behind = bench_client_id(bench, number);
        double began = bench_cpu();
        bench_must(karto_store_read(store, ask, &asking), "asking for a page");
        took[i] = bench_cpu() - began;
        found += asking.found > 0;
        karto_arena_reset(&arena);
    }
    karto_arena_fini(&arena);
    KARTO_ASSERT(found > rounds / 4);
    qsort(took, rounds, sizeof *took, compare);
    bench_row(bench, (struct bench_row){.what = questions[which].name,
                                        .unit = "ms",
                                        .value = took[rounds * 99 / 100] * 1e3,
                                        .limit_what = "ms at the median",
                                        .limit = took[rounds / 2] * 1e3,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = questions[which].aim});
}

void bench_pages(struct bench *bench, struct karto_store *store)
{
    bench_say(bench, "pages of lists");
    bench_row(bench, (struct bench_row){.what = "a sorted filtered page", .unit = "rows", .value = ROWS});
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        ask_for_pages(bench, store, i);
}
