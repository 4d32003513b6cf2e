/* What it costs when a territory changes hands between two laptops, and what others' territories cost a laptop that has
 * a few. */
#include "core/base/fatal.h"
#include "core/model/schema.h"
#include "core/store/hub.h"
#include "core/store/words.h"
#include "tools/bench_laptop.h"

#include <stdio.h>
#include <stdlib.h>

static enum karto_err init_hub(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_init(tx);
}

static struct karto_store *make_hub(const struct bench *bench, const char *name)
{
    struct karto_store *store = bench_store_make(bench, name, KARTO_ON_HUB, karto_slice_str("benchmark"));
    bench_must(karto_store_write(store, init_hub, NULL), "beginning a hub");
    return store;
}

/* ---- records ---- */

/* The territory that client number has from the beginning on. */
typedef const char *territory_of(const struct bench *bench, uint32_t number, struct karto_arena *arena);

/* Client number, elsewhere than the seed has it. */
static void place_save(const struct bench *bench, uint32_t number, const char *territory, struct karto_arena *arena,
                       struct karto_save *save)
{
    bench_client_save(bench, number, arena, save);
    struct karto_edit *edits = karto_arena_array(arena, save->count, sizeof *edits);
    for (uint32_t i = 0; i < save->count; i++)
        edits[i] = save->edits[i].field == KARTO_F_TERRITORY
                       ? bench_edit_of(arena, KARTO_CLIENT, KARTO_F_TERRITORY, 0, karto_slice_str(territory))
                       : save->edits[i];
    save->edits = edits;
}

static void load(const struct bench *bench, struct karto_store *store, uint32_t kind, uint32_t each,
                 territory_of *territory)
{
    struct karto_save *saves = karto_must(calloc(bench->batch, sizeof *saves));
    struct karto_arena arena;
    uint32_t count = bench->clients * each;
    karto_arena_init(&arena);
    for (uint32_t done = 0, some; done < count; done += some) {
        some = count - done < bench->batch ? count - done : bench->batch;
        karto_arena_reset(&arena);
        for (uint32_t i = 0; i < some; i++)
            if (kind == KARTO_CLIENT)
                place_save(bench, done + i, territory(bench, done + i, &arena), &arena, &saves[i]);
            else
                bench_record_save(bench, kind, done + i, &arena, &saves[i]);
        bench_save_all(store, saves, some);
    }
    karto_arena_fini(&arena);
    free(saves);
}

/* ---- a territory changes hands ---- */

enum { PERSONS_EACH = 1, ACTIVITIES_EACH = 3, PURCHASES_EACH = 2, STAY_PART = 10 };

static const char *const old = "14", *const new = "15";

/* One client in STAY_PART + 1 has been in the new territory all along. */
static const char *old_or_new(const struct bench *bench, uint32_t number, struct karto_arena *arena)
{
    (void)bench, (void)arena;
    return number % (STAY_PART + 1) == STAY_PART ? new : old;
}

struct handover {
    struct karto_store *store;
    struct bench_hub *hub;
    struct bench_laptop gives, gets, cut; /* cut gets the same, in two parts */
    uint32_t clients, records;            /* that change hands */
};

static void prepare(const struct bench *bench, struct handover *h)
{
    const struct karto_slice olds[] = {karto_slice_str(old)}, news[] = {karto_slice_str(new)};
    struct bench part = *bench;
    h->clients = bench->clients / 10;
    h->records = h->clients * (1 + PERSONS_EACH + ACTIVITIES_EACH + PURCHASES_EACH);
    part.clients = h->clients + h->clients / STAY_PART;
    bench_say(bench, "a territory of %u clients and %u records on them", h->clients, h->records - h->clients);
    h->store = make_hub(bench, "handover");
    load(&part, h->store, KARTO_CLIENT, 1, old_or_new);
    load(&part, h->store, KARTO_PERSON, PERSONS_EACH, NULL);
    load(&part, h->store, KARTO_ACTIVITY, ACTIVITIES_EACH, NULL);
    load(&part, h->store, KARTO_PURCHASE, PURCHASES_EACH, NULL);
    h->hub = bench_hub_open(h->store);
    h->gives = bench_laptop_make(bench, h->hub, h->store, "gives", olds, 1);
    h->gets = bench_laptop_make(bench, h->hub, h->store, "gets", news, 1);
    h->cut = bench_laptop_make(bench, h->hub, h->store, "cut", news, 1);
    struct bench_laptop *all[] = {&h->gives, &h->gets, &h->cut};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bench_exchange(all[i]->device, all[i]->store, false);
        bench_laptop_must_be_equal(all[i], h->store);
    }
}

static void finish(struct handover *h)
{
    bench_laptop_close(&h->gives);
    bench_laptop_close(&h->gets);
    bench_laptop_close(&h->cut);
    bench_hub_close(h->hub);
    karto_store_close(h->store);
}

/* The command that head office types, on the store that the hub serves. */
static double assign(const struct bench *bench)
{
    const char *answer = bench_path(bench, "handover.txt"), *store = bench_path(bench, "handover");
    double began = bench_now();
    bench_run(bench, "../karto", answer,
              (const char *[]){"assign", "territory", new, "--of", old, "-q", "--db", store, NULL});
    return bench_now() - began;
}

/* A row of a side: how many pages it took, and that they were no larger than a page is. */
static void report_side(struct bench *bench, const char *what, const char *pages, const struct bench_traffic *traffic)
{
    bench_row(bench, (struct bench_row){.what = what, .unit = "s", .value = traffic->seconds});
    bench_row(bench, (struct bench_row){.what = pages,
                                        .value = (double)traffic->requests,
                                        .limit_what = "records that came or left",
                                        .limit = (double)traffic->pulled});
}

/* Cut when half of the requests are answered: what came until then must not come again. */
static void cut_in_the_middle(struct bench *bench, struct handover *h, const struct bench_traffic *whole)
{
    struct bench_traffic first = bench_exchange_cut(h->cut.device, h->cut.store, (whole->requests + 1) / 2);
    struct bench_traffic rest = bench_exchange(h->cut.device, h->cut.store, false);
    bench_laptop_must_be_equal(&h->cut, h->store);
    double requests = (double)(first.requests + rest.requests), records = (double)(first.pulled + rest.pulled);
    bench_row(bench, (struct bench_row){"  cut at half and gone on with: requests", NULL, requests,
                                        "in one go, and another hello", (double)whole->requests + 1,
                                        requests / (double)(whole->requests + 1), BENCH_AT_MOST, 1, true});
    bench_row(bench, (struct bench_row){"  ... records", NULL, records, "in one go", (double)whole->pulled,
                                        records / (double)whole->pulled, BENCH_AT_MOST, 1, true});
    bench_row(bench, (struct bench_row){.what = "  ... of these after the cut", .value = (double)rest.pulled});
}

static void handover(struct bench *bench)
{
    struct handover h;
    prepare(bench, &h);
    bench_say(bench, "it changes hands");
    double given = assign(bench);
    struct bench_traffic gives = bench_exchange(h.gives.device, h.gives.store, false);
    struct bench_traffic gets = bench_exchange(h.gets.device, h.gets.store, false);
    bench_laptop_must_be_equal(&h.gives, h.store);
    bench_laptop_must_be_equal(&h.gets, h.store);
    if (gives.pulled < h.records || gets.pulled < h.records)
        bench_die("not all records changed hands", KARTO_E_CORRUPT);
    bench_row(bench, (struct bench_row){.what = "a territory changes hands",
                                        .unit = "s",
                                        .value = given + gives.seconds + gets.seconds,
                                        .limit_what = "records",
                                        .limit = h.records,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = 10});
    bench_row(bench, (struct bench_row){.what = "  at head office: karto assign", .unit = "s", .value = given});
    bench_row(bench, (struct bench_row){.what = "  processor, the laptops and the hub with each",
                                        .unit = "s",
                                        .value = gives.cpu + gets.cpu});
    report_side(bench, "  the laptop that gives", "  ... requests", &gives);
    report_side(bench, "  the laptop that gets", "  ... requests", &gets);
    bench_row(bench, (struct bench_row){.what = "  ... on the wire", .unit = "MB", .value = (double)gets.wire / 1e6});
    cut_in_the_middle(bench, &h, &gets);
    finish(&h);
}

/* ---- what happens elsewhere ---- */

enum { TERRITORIES = 200, LAPTOPS = 10, EACH = 3, MORE = 100, ROUNDS = 30, HOUSE = 44, SAMPLES = ROUNDS * LAPTOPS };

enum what { NOTHING, OWN_EDIT, WHATS };

struct contacts {
    double seconds[WHATS][SAMPLES], cpu[WHATS][SAMPLES];
    uint64_t wire[WHATS], requests[WHATS]; /* of all */
    uint32_t count[WHATS];
};

struct elsewhere {
    struct karto_store *store;
    struct bench_hub *hub;
    struct bench_laptop laptops[LAPTOPS];
    uint32_t changes; /* made so far */
};

static const char *territory_number(const struct bench *bench, uint32_t number, struct karto_arena *arena)
{
    (void)bench;
    return karto_arena_printf(arena, "t%03u", (unsigned)(number % TERRITORIES));
}

static void open_elsewhere(const struct bench *bench, struct elsewhere *e)
{
    static const char *const names[LAPTOPS] = {"l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "l9"};
    struct karto_arena arena;
    *e = (struct elsewhere){.store = make_hub(bench, "elsewhere")};
    bench_say(bench, "%u clients in %u territories, laptops of %u each", bench->clients, TERRITORIES, EACH);
    load(bench, e->store, KARTO_CLIENT, 1, territory_number);
    e->hub = bench_hub_open(e->store);
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < LAPTOPS; i++) {
        struct karto_slice territories[EACH];
        for (uint32_t j = 0; j < EACH; j++)
            territories[j] = karto_slice_str(territory_number(bench, i * EACH + j, &arena));
        e->laptops[i] = bench_laptop_make(bench, e->hub, e->store, names[i], territories, EACH);
    }
    for (uint32_t i = 0; i < 2 * LAPTOPS; i++) /* each enrolment is news for the laptops before */
        bench_exchange(e->laptops[i % LAPTOPS].device, e->laptops[i % LAPTOPS].store, false);
    karto_arena_fini(&arena);
}

static void close_elsewhere(struct elsewhere *e)
{
    for (uint32_t i = 0; i < LAPTOPS; i++)
        bench_laptop_close(&e->laptops[i]);
    bench_hub_close(e->hub);
    karto_store_close(e->store);
}

/* Changes at head office of clients that none of the laptops has. What they leave to be done for the index of words is
 * done here: else the first to write would do it for all, whoever he is. */
static void change_elsewhere(const struct bench *bench, struct elsewhere *e, uint32_t count)
{
    enum { OTHERS = TERRITORIES - LAPTOPS * EACH };
    struct karto_save *saves = karto_must(calloc(count, sizeof *saves));
    struct karto_arena arena;
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < count; i++, e->changes++) {
        uint32_t row = e->changes / OTHERS % (bench->clients / TERRITORIES);
        uint32_t number = row * TERRITORIES + LAPTOPS * EACH + e->changes % OTHERS;
        bench_edit_save(bench, number, 1 + e->changes / bench->clients, 0, &arena, &saves[i]);
    }
    bench_save_all(e->store, saves, count);
    bench_must(karto_words_settle(e->store, 0), "settling words");
    karto_arena_fini(&arena);
    free(saves);
}

/* Of a client that the laptop has; never the same value twice. */
static void edit_own(const struct bench *bench, struct bench_laptop *laptop, uint32_t number, uint32_t round)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_slice house = karto_slice_str(karto_arena_printf(&arena, "%u-в", (unsigned)round));
    struct karto_edit edit = bench_edit_of(&arena, KARTO_CLIENT, HOUSE, 0, house);
    const struct karto_save save = {.kind = KARTO_CLIENT,
                                    .record = bench_client_id(bench, number * EACH),
                                    .edits = &edit,
                                    .count = 1,
                                    .via = KARTO_VIA_CLI};
    bench_save_all(laptop->store, &save, 1);
    karto_arena_fini(&arena);
}

/* One laptop in five has made an edit, which a pull follows; the others have nothing to say. */
static void contact_all(const struct bench *bench, struct elsewhere *e, uint32_t round, struct contacts *contacts)
{
    for (uint32_t i = 0; i < LAPTOPS; i++) {
        struct bench_laptop *laptop = &e->laptops[i];
        enum what what = i % 5 ? NOTHING : OWN_EDIT;
        if (what == OWN_EDIT)
            edit_own(bench, laptop, i, round);
        struct bench_traffic traffic = bench_exchange(laptop->device, laptop->store, false);
        KARTO_ASSERT(traffic.pulled == 0 && contacts->count[what] < SAMPLES);
        contacts->cpu[what][contacts->count[what]] = traffic.cpu;
        contacts->seconds[what][contacts->count[what]++] = traffic.seconds;
        contacts->wire[what] += traffic.wire;
        contacts->requests[what] += traffic.requests;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_us(double *seconds, uint32_t count)
{
    qsort(seconds, count, sizeof *seconds, compare);
    return seconds[count / 2] * 1e6;
}

static void report_pair(struct bench *bench, const char *what, const char *unit, double many, double few, bool aimed)
{
    bench_row(bench, (struct bench_row){what, unit, many, "others made 1 x as much", few, many / few,
                                        aimed ? BENCH_AT_MOST : BENCH_NO_AIM, 1.2, true});
}

/* An edit waits for the disk, here and at the hub, several times: of that the time says more than of the feed. */
static void report_contacts(struct bench *bench, struct contacts *few, struct contacts *many)
{
    static const char *const names[WHATS] = {"contact, others made 100 x as much",
                                             "contact with an edit, others made 100 x"};
    for (enum what what = NOTHING; what < WHATS; what++) {
        uint32_t count = few->count[what];
        KARTO_ASSERT(count == many->count[what] && count > 0);
        report_pair(bench, names[what], "us", median_us(many->seconds[what], count),
                    median_us(few->seconds[what], count), what == NOTHING);
        report_pair(bench, "  processor, both sides", "us", median_us(many->cpu[what], count),
                    median_us(few->cpu[what], count), true);
        report_pair(bench, "  bytes", "B", (double)many->wire[what] / count, (double)few->wire[what] / count, true);
        report_pair(bench, "  requests", NULL, (double)many->requests[what] / count,
                    (double)few->requests[what] / count, true);
    }
}

static void elsewhere(struct bench *bench)
{
    struct elsewhere e;
    struct contacts *few = karto_must(calloc(1, sizeof *few)), *many = karto_must(calloc(1, sizeof *many));
    uint32_t unit = bench->clients / 1000;
    open_elsewhere(bench, &e);
    bench_say(bench, "%u rounds of %u and %u changes elsewhere", ROUNDS, unit, MORE * unit);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        change_elsewhere(bench, &e, unit);
        contact_all(bench, &e, 2 * round, few);
        for (uint32_t i = 0; i < MORE; i++) /* as they come; and the last leaves the machine as the one before did */
            change_elsewhere(bench, &e, unit);
        contact_all(bench, &e, 2 * round + 1, many);
    }
    for (uint32_t i = 0; i < LAPTOPS; i++)
        bench_laptop_must_be_equal(&e.laptops[i], e.store);
    report_contacts(bench, few, many);
    close_elsewhere(&e);
    free(few);
    free(many);
}

void bench_territories(struct bench *bench)
{
    handover(bench);
    elsewhere(bench);
}
