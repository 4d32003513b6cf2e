/* What a synchronisation costs: the first, a day's edits, and when there is nothing to say. */
#include "tools/bench.h"

#include "core/base/fatal.h"
#include "core/model/schema.h"
#include "core/store/hub.h"
#include "tools/bench_laptop.h"

#include <stdio.h>
#include <stdlib.h>

enum { FEW_CLIENTS = 1000 };

/* A laptop with all territories and an empty store. */
static struct bench_laptop make_laptop(const struct bench *bench, struct bench_hub *hub, struct karto_store *hub_store,
                                       const char *name)
{
    struct karto_slice territories[KARTO_SEED_TERRITORIES];
    for (uint32_t i = 0; i < KARTO_SEED_TERRITORIES; i++)
        territories[i] = karto_slice_str(karto_seed_territory(i));
    return bench_laptop_make(bench, hub, hub_store, name, territories, KARTO_SEED_TERRITORIES);
}

/* ---- the same clients as a file ---- */

static void print_csv(const struct bench *bench, FILE *out)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    for (uint32_t i = 0; i < bench->clients; i++) {
        struct karto_seed_client client;
        karto_arena_reset(&arena);
        karto_seed_client(bench->seed, i, &arena, &client);
        for (uint32_t j = 0; j < client.count; j++) {
            bool again = j > 0 && client.fields[j].number == client.fields[j - 1].number;
            fprintf(out, "%s%.*s",
                    j == 0  ? ""
                    : again ? ";"
                            : ",",
                    (int)client.fields[j].text.size, (const char *)client.fields[j].text.data);
        }
        fputc('\n', out);
    }
    karto_arena_fini(&arena);
}

static double gzip_size(const struct bench *bench)
{
    char command[BENCH_PATH_SIZE + 64], line[64] = "";
    const char *path = bench_path(bench, "clients.csv");
    FILE *file = fopen(path, "w");
    if (!file)
        bench_die("writing a file", KARTO_E_IO);
    print_csv(bench, file);
    if (fclose(file) != 0)
        bench_die("writing a file", KARTO_E_IO);
    snprintf(command, sizeof command, "gzip -6 -c '%s' | wc -c", path);
    FILE *pipe = popen(command, "r");
    if (!pipe || !fgets(line, sizeof line, pipe) || pclose(pipe) != 0)
        bench_die("gzip", KARTO_E_IO);
    return strtod(line, NULL);
}

/* ---- the first ---- */

static void report_first(struct bench *bench, const struct bench_traffic *traffic, double bare, struct karto_store *hub,
                         struct karto_store *device)
{
    double clients = bench->clients, limit = 1.3 * gzip_size(bench) + 16 * clients;
    bench_row(bench, (struct bench_row){"first synchronisation", "s", traffic->seconds, "the same bytes, bare TLS",
                                        bare, traffic->seconds / bare, BENCH_AT_MOST, 6 * clients / 100000, false});
    bench_row(bench,
              (struct bench_row){"  on the wire", "MB", (double)traffic->wire / 1e6, "1.3 gzip -6 of CSV + 16 each",
                                 limit / 1e6, (double)traffic->wire / limit, BENCH_AT_MOST, 1, true});
    bench_row(bench, (struct bench_row){.what = "  processor, both sides", .unit = "s", .value = traffic->cpu});
    bench_row(bench, (struct bench_row){.what = "  requests", .value = (double)traffic->requests});
    bench_row(bench, (struct bench_row){.what = "  on the hub's disk",
                                        .unit = "MB",
                                        .value = (double)karto_kv_size_on_disk(karto_store_kv(hub)) / 1e6});
    bench_row(bench, (struct bench_row){.what = "  on the device's disk",
                                        .unit = "MB",
                                        .value = (double)karto_kv_size_on_disk(karto_store_kv(device)) / 1e6});
}

static void first(struct bench *bench, struct karto_store *hub, struct bench_laptop *laptop, struct bench_device *bare)
{
    bench_say(bench, "first synchronisation");
    struct bench_traffic traffic = bench_exchange(laptop->device, laptop->store, true);
    bench_laptop_must_be_equal(laptop, hub);
    double seconds = bench_bare(bare, traffic.sizes, traffic.requests);
    report_first(bench, &traffic, seconds, hub, laptop->store);
    free(traffic.sizes);
}

/* ---- a day's edits ---- */

/* Edits of person, made with no network: a tenth are of the same fields as the other's. */
static void edit_offline(struct bench *bench, struct karto_store *store, uint32_t person)
{
    struct karto_save *saves = karto_must(calloc(bench->offline, sizeof *saves));
    struct karto_arena arena;
    karto_arena_init(&arena);
    uint32_t shared = bench->offline / 10, distinct = 2 * bench->offline - shared, stride = bench->clients / distinct;
    for (uint32_t i = 0; i < bench->offline; i++) {
        uint32_t place = i < shared || person == 0 ? i : i + bench->offline - shared;
        uint32_t number = place * stride * 7919u % (distinct * stride);
        bench_edit_save(bench, number, 0, person, &arena, &saves[i]);
    }
    bench_save_all(store, saves, bench->offline);
    karto_arena_fini(&arena);
    free(saves);
}

static struct bench_traffic add_up(struct bench_traffic a, struct bench_traffic b)
{
    return (struct bench_traffic){.seconds = a.seconds + b.seconds,
                                  .requests = a.requests + b.requests,
                                  .payload = a.payload + b.payload,
                                  .wire = a.wire + b.wire};
}

/* One pushes; the other pushes and pulls; the first pulls. Each edit goes over the wire twice. */
static void edits(struct bench *bench, struct karto_store *hub, struct bench_laptop laptops[2])
{
    bench_say(bench, "%u and %u offline edits", bench->offline, bench->offline);
    edit_offline(bench, laptops[0].store, 0);
    edit_offline(bench, laptops[1].store, 1);
    struct bench_traffic push = bench_exchange(laptops[0].device, laptops[0].store, false);
    struct bench_traffic both = bench_exchange(laptops[1].device, laptops[1].store, false);
    struct bench_traffic pull = bench_exchange(laptops[0].device, laptops[0].store, false);
    bench_laptop_must_be_equal(&laptops[0], hub);
    bench_laptop_must_be_equal(&laptops[1], hub);
    double each = bench->offline;
    struct bench_traffic all = add_up(push, add_up(both, pull));
    bench_row(bench, (struct bench_row){.what = "an edit pushed",
                                        .unit = "B",
                                        .value = (double)push.wire / each,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = 36});
    bench_row(bench, (struct bench_row){.what = "an edit pulled",
                                        .unit = "B",
                                        .value = (double)pull.wire / each,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = 36});
    bench_row(bench, (struct bench_row){.what = "an edit each way, of all",
                                        .unit = "B",
                                        .value = (double)all.wire / (4 * each),
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = 36});
    bench_row(bench, (struct bench_row){.what = "all edits pushed and pulled", .unit = "s", .value = all.seconds});
    bench_row(bench, (struct bench_row){.what = "  edits pushed", .unit = "/s", .value = each / push.seconds});
    bench_row(bench, (struct bench_row){.what = "  edits pulled", .unit = "/s", .value = each / pull.seconds});
}

/* ---- nothing to say ---- */

static void nothing(struct bench *bench, struct bench_laptop *laptop, struct bench_device *bare, uint32_t clients)
{
    static char what[4][48];
    static unsigned used;
    double seconds = 0, bare_seconds = 0;
    struct bench_traffic traffic = bench_exchange(laptop->device, laptop->store, true);
    uint32_t *sizes = traffic.sizes;
    uint32_t rounds = bench->asked < 1000 ? bench->asked : 1000;
    for (uint32_t i = 0; i < rounds; i++) {
        traffic = bench_exchange(laptop->device, laptop->store, false);
        seconds += traffic.seconds;
        bare_seconds += bench_bare(bare, sizes, 1);
    }
    KARTO_ASSERT(traffic.requests == 1 && used + 2 <= 4);
    snprintf(what[used], sizeof *what, "nothing to say, of %u clients", clients);
    snprintf(what[used + 1], sizeof *what, "  bytes, of %u clients", clients);
    bench_row(bench, (struct bench_row){what[used], "us", seconds / rounds * 1e6, "bare TLS round trip",
                                        bare_seconds / rounds * 1e6, seconds / bare_seconds, BENCH_NO_AIM, 0, false});
    bench_row(bench, (struct bench_row){.what = what[used + 1],
                                        .unit = "B",
                                        .value = (double)traffic.wire,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = 300});
    used += 2;
    free(sizes);
}

static enum karto_err init_hub(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_init(tx);
}

static void nothing_of_few(struct bench *bench, struct bench_device *bare)
{
    struct karto_store *store = bench_store_make(bench, "small-hub", KARTO_ON_HUB, karto_slice_str("benchmark"));
    bench_must(karto_store_write(store, init_hub, NULL), "beginning a hub");
    double cpu = 0;
    bench_load(bench, store, FEW_CLIENTS, &cpu);
    struct bench_hub *hub = bench_hub_open(store);
    struct bench_laptop laptop = make_laptop(bench, hub, store, "small");
    bench_exchange(laptop.device, laptop.store, false);
    nothing(bench, &laptop, bare, FEW_CLIENTS);
    bench_laptop_close(&laptop);
    bench_hub_close(hub);
    karto_store_close(store);
}

void bench_sync(struct bench *bench)
{
    struct karto_slice key;
    struct karto_store *store = bench_store_open(bench, "hub");
    struct bench_hub *hub = bench_hub_open(store), *noise = bench_hub_open(NULL);
    struct bench_device *bare = bench_device_new(noise, &key);
    bench_device_dial(bare);
    struct bench_laptop laptops[2] = {make_laptop(bench, hub, store, "anna"), make_laptop(bench, hub, store, "borys")};
    first(bench, store, &laptops[0], bare);
    bench_exchange(laptops[1].device, laptops[1].store, false);
    bench_exchange(laptops[0].device, laptops[0].store, false);
    edits(bench, store, laptops);
    bench_say(bench, "nothing to say");
    nothing_of_few(bench, bare);
    nothing(bench, &laptops[0], bare, bench->clients);
    bench_queries(bench, laptops[0].store);
    bench_durable(bench, laptops[0].store, "raw-durable");
    bench_laptop_close(&laptops[0]);
    bench_laptop_close(&laptops[1]);
    bench_device_close(bare);
    bench_hub_close(noise);
    bench_hub_close(hub);
    karto_store_close(store);
}
