/* Stores filled with made-up clients, and what they cost beside LMDB alone: bulk load, durable edits, queries. */
#include "tools/bench.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "core/model/schema.h"
#include "core/store/databases.h"
#include "core/store/hub.h"
#include "core/store/query.h"
#include "tools/bench_lmdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAVE_AT_A_TIME = 100, PAGE = 50, NOTE = 31, STATUS = 27, HOUSE = 44 };

/* ---- stores ---- */

const char *bench_path(const struct bench *bench, const char *name)
{
    static char paths[4][BENCH_PATH_SIZE];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, BENCH_PATH_SIZE, "%s/%s", bench->dir, name);
    return path;
}

struct karto_store *bench_store_make(const struct bench *bench, const char *name, enum karto_store_role role,
                                     struct karto_slice public_key)
{
    struct karto_store_options options = {.dir = bench_path(bench, name), .sys = karto_os_sys()};
    struct karto_store_identity identity = {role, karto_slice_str(name), karto_slice_str(name), public_key};
    struct karto_store *store;
    bench_must(karto_store_create(&options, &identity, &store), "making a store");
    return store;
}

struct karto_store *bench_store_open(const struct bench *bench, const char *name)
{
    struct karto_store_options options = {.dir = bench_path(bench, name), .sys = karto_os_sys()};
    struct karto_store *store;
    bench_must(karto_store_open(&options, &store), "opening a store");
    return store;
}

struct karto_rid bench_client_id(const struct bench *bench, uint32_t number)
{
    enum { PURPOSE = 1000 };
    struct karto_rid id;
    uint64_t ms = 1790000000000u + number, high = karto_seed_random(bench->seed, number, PURPOSE),
             low = karto_seed_random(bench->seed, number, PURPOSE + 1);
    for (unsigned i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    memcpy(id.b + 6, &high, 2);
    memcpy(id.b + 8, &low, 8);
    id.b[6] = (id.b[6] & 0x0f) | 0x70;
    id.b[8] = (id.b[8] & 0x3f) | 0x80;
    return id;
}

static struct karto_slice value_of(struct karto_arena *arena, enum karto_type type, struct karto_slice text)
{
    int64_t days = 0;
    if (type == KARTO_DATE)
        karto_date_make(atoi((const char *)text.data), atoi((const char *)text.data + 5),
                        atoi((const char *)text.data + 8), &days);
    struct karto_value value = type == KARTO_ENUM   ? karto_value_enum(text)
                               : type == KARTO_DATE ? karto_value_date(days)
                                                    : karto_value_text(text);
    return karto_value_bytes(arena, value);
}

/* A line of a purchase: one of it, for a hryvnia. */
static struct karto_slice line_of(struct karto_arena *arena, struct karto_slice product)
{
    struct karto_slice parts[4] = {product, karto_value_bytes(arena, karto_value_integer(1000)),
                                   karto_value_bytes(arena, karto_value_money(100, "UAH")),
                                   karto_value_bytes(arena, karto_value_integer(0))};
    return karto_tuple_bytes(arena, parts, 4);
}

struct karto_edit bench_edit_of(struct karto_arena *arena, uint32_t kind, uint32_t field, uint32_t at,
                                struct karto_slice text)
{
    const struct karto_field_def *def = karto_field_def(kind, field);
    struct karto_edit edit = {.field = field, .value = value_of(arena, def->type, text)};
    if (def->shape == KARTO_MAP) {
        edit.key = karto_slice_str(karto_arena_printf(arena, "%u", (unsigned)at));
        edit.value = line_of(arena, edit.value);
    }
    if (def->shape == KARTO_SET)
        edit.key = karto_set_key(arena, def, edit.value);
    if (def->shape == KARTO_TIMELINE)
        edit.key = karto_date_key(arena, KARTO_DATE_MIN);
    return edit;
}

static struct karto_edit edit_of(struct karto_arena *arena, uint32_t field, struct karto_slice text)
{
    return bench_edit_of(arena, KARTO_CLIENT, field, 0, text);
}

void bench_client_save(const struct bench *bench, uint32_t number, struct karto_arena *arena, struct karto_save *save)
{
    struct karto_seed_client client;
    karto_seed_client(bench->seed, number, arena, &client);
    struct karto_edit *edits = karto_arena_array(arena, client.count, sizeof *edits);
    for (uint32_t i = 0; i < client.count; i++)
        edits[i] = edit_of(arena, client.fields[i].number, client.fields[i].text);
    *save = (struct karto_save){.kind = KARTO_CLIENT,
                                .record = bench_client_id(bench, number),
                                .create = true,
                                .edits = edits,
                                .count = client.count,
                                .via = KARTO_VIA_IMPORT,
                                .batch = 1};
}

/* Ids of their own: those of client number, with another kind in the last byte but one. */
static struct karto_rid id_of(const struct bench *bench, uint32_t kind, uint32_t number)
{
    struct karto_rid id = bench_client_id(bench, number);
    id.b[14] = (uint8_t)kind;
    id.b[5] ^= (uint8_t)kind;
    return id;
}

/* From 500 to 100 000 hryvnias. */
static struct karto_edit total_of(const struct bench *bench, uint32_t number, struct karto_arena *arena)
{
    enum { TOTALS = 7900, FROM = 500, TO = 100000 };
    int64_t hryvnias = FROM + (int64_t)(karto_seed_random(bench->seed, number, TOTALS) % (TO - FROM));
    return (struct karto_edit){.field = KARTO_F_TOTAL,
                               .value = karto_value_bytes(arena, karto_value_money(100 * hryvnias, "UAH"))};
}

static void child_save(const struct bench *bench, uint32_t kind, uint32_t number,
                       const struct karto_seed_client *fields, struct karto_arena *arena, struct karto_save *save)
{
    struct karto_edit *edits = karto_arena_array(arena, fields->count + 2, sizeof *edits);
    struct karto_value client = karto_value_reference(bench_client_id(bench, number % bench->clients));
    uint32_t count = 0;
    edits[count++] = (struct karto_edit){.field = KARTO_F_CLIENT, .value = karto_value_bytes(arena, client)};
    for (uint32_t i = 0; i < fields->count; i++)
        edits[count++] = bench_edit_of(arena, kind, fields->fields[i].number, i, fields->fields[i].text);
    if (kind == KARTO_PURCHASE)
        edits[count++] = total_of(bench, number, arena);
    *save = (struct karto_save){.kind = kind,
                                .record = id_of(bench, kind, number),
                                .create = true,
                                .edits = edits,
                                .count = count,
                                .via = KARTO_VIA_IMPORT,
                                .batch = 1};
}

void bench_record_save(const struct bench *bench, uint32_t kind, uint32_t number, struct karto_arena *arena,
                       struct karto_save *save)
{
    struct karto_seed_client fields;
    if (kind == KARTO_CLIENT) {
        bench_client_save(bench, number, arena, save);
        return;
    }
    if (kind == KARTO_PERSON)
        karto_seed_person(bench->seed, number, arena, &fields);
    else if (kind == KARTO_ACTIVITY)
        karto_seed_activity(bench->seed, number, arena, &fields);
    else
        karto_seed_purchase(bench->seed, number, arena, &fields);
    child_save(bench, kind, number, &fields, arena, save);
}

void bench_edit_save(const struct bench *bench, uint32_t number, uint32_t round, uint32_t person,
                     struct karto_arena *arena, struct karto_save *save)
{
    static const char *const statuses[] = {"market", "prospect", "customer", "archive"};
    uint32_t purpose = 2000 + 10 * round;
    uint64_t what = karto_seed_random(bench->seed, number, purpose) % 10;
    uint64_t value = karto_seed_random(bench->seed, number, purpose + 1 + person);
    struct karto_edit *edit = karto_arena_alloc(arena, sizeof *edit);
    if (what < 4)
        *edit = edit_of(arena, NOTE, karto_seed_remark(bench->seed, number, purpose + 1 + person, arena));
    else if (what < 7)
        *edit = edit_of(arena, STATUS, karto_slice_str(statuses[(value >> 8) % 4]));
    else if (what < 9)
        *edit =
            edit_of(arena, KARTO_F_PHONE,
                    karto_slice_str(karto_arena_printf(arena, "+380 67 %03u-%02u-%02u", (unsigned)(value % 1000),
                                                       (unsigned)(value >> 20) % 100, (unsigned)(value >> 40) % 100)));
    else
        *edit = edit_of(arena, HOUSE, karto_slice_str(karto_arena_printf(arena, "%u-в", (unsigned)(value % 200))));
    *save = (struct karto_save){.kind = KARTO_CLIENT,
                                .record = bench_client_id(bench, number),
                                .edits = edit,
                                .count = 1,
                                .via = KARTO_VIA_CLI};
}

struct saving {
    const struct karto_save *saves;
    uint32_t count;
};

static enum karto_err save_all(struct karto_tx *tx, void *context)
{
    const struct saving *saving = context;
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < saving->count && err == KARTO_OK; i++)
        err = karto_save(tx, &saving->saves[i], NULL);
    return err;
}

double bench_save_all(struct karto_store *store, const struct karto_save *saves, uint32_t count)
{
    struct saving saving = {saves, count};
    double began = bench_now();
    bench_must(karto_store_write(store, save_all, &saving), "saving");
    return bench_now() - began;
}

double bench_load(const struct bench *bench, struct karto_store *store, uint32_t count, double *cpu)
{
    struct karto_save *saves = karto_must(calloc(bench->batch, sizeof *saves));
    struct karto_arena arena;
    double seconds = 0;
    karto_arena_init(&arena);
    for (uint32_t done = 0, part; done < count; done += part) {
        part = count - done < bench->batch ? count - done : bench->batch;
        karto_arena_reset(&arena);
        for (uint32_t i = 0; i < part; i++)
            bench_client_save(bench, done + i, &arena, &saves[i]);
        double before = bench_cpu();
        seconds += bench_save_all(store, saves, part);
        *cpu += bench_cpu() - before;
    }
    karto_arena_fini(&arena);
    free(saves);
    return seconds;
}

/* ---- bulk load ---- */

static void bulk(struct bench *bench, const char *name, const char *raw_name, struct karto_store *store,
                 const char *what)
{
    uint8_t(*ids)[16] = karto_must(calloc(bench->clients, sizeof *ids));
    uint64_t raw_bytes;
    double cpu = 0, raw_cpu;
    bench_say(bench, "loading %u clients into %s", bench->clients, name);
    double seconds = bench_load(bench, store, bench->clients, &cpu);
    uint64_t bytes = karto_kv_size_on_disk(karto_store_kv(store));
    karto_store_close(store);
    for (uint32_t i = 0; i < bench->clients; i++)
        memcpy(ids[i], bench_client_id(bench, i).b, sizeof *ids);
    uint32_t batches = (bench->clients + bench->batch - 1) / bench->batch;
    double raw = bench_raw_load(bench_path(bench, name), bench_path(bench, raw_name), (const uint8_t(*)[16])ids,
                                bench->clients, batches, &raw_cpu, &raw_bytes);
    free(ids);
    bench_row(bench, (struct bench_row){what, "s", seconds, "LMDB, the same rows", raw, seconds / raw, BENCH_AT_MOST,
                                        1.67, true});
    bench_row(bench, (struct bench_row){"  processor", "s", cpu, "LMDB, the same rows", raw_cpu, cpu / raw_cpu,
                                        BENCH_NO_AIM, 0, false});
    bench_row(bench,
              (struct bench_row){"  on disk", "MB", (double)bytes / 1e6, "LMDB, the same rows", (double)raw_bytes / 1e6,
                                 (double)bytes / (double)raw_bytes, BENCH_NO_AIM, 0, false});
}

static enum karto_err init_hub(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_init(tx);
}

void bench_bulk(struct bench *bench)
{
    struct karto_slice key = karto_slice_str("benchmark");
    bulk(bench, "local", "raw-local", bench_store_make(bench, "local", KARTO_LOCAL, key), "bulk load, local store");
    struct karto_store *hub = bench_store_make(bench, "hub", KARTO_ON_HUB, key);
    bench_must(karto_store_write(hub, init_hub, NULL), "beginning a hub");
    bulk(bench, "hub", "raw-hub", hub, "bulk load, hub");
}

/* ---- durable edits ---- */

/* A row that an edit has put. */
struct put {
    const char *db;
    unsigned number;
    struct karto_slice key, value;
};

enum { PUTS_MAX = 6 };

struct repeat {
    struct karto_arena arena;
    const struct karto_save *saves;
    uint32_t count;
    uint64_t position, seq; /* before them */
    struct put (*puts)[PUTS_MAX];
};

static struct karto_slice be64s(struct karto_arena *arena, uint64_t a, uint64_t b, bool two)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_buf_add_be64(&buf, a);
    if (two)
        karto_buf_add_be64(&buf, b);
    struct karto_slice out = karto_arena_copy(arena, karto_buf_slice(&buf));
    karto_buf_fini(&buf);
    return out;
}

/* What the transactions have put, read back: to be put again by LMDB alone. */
static enum karto_err read_puts(struct karto_tx *tx, void *context)
{
    struct repeat *r = context;
    uint64_t position = tx->ledger.position - r->count, seq = tx->ledger.seq - r->count;
    for (uint32_t i = 0; i < r->count; i++) {
        struct karto_slice id = karto_rid_slice(&r->saves[i].record);
        struct karto_slice place = be64s(&r->arena, position + i + 1, 0, false);
        struct put puts[PUTS_MAX] = {
            {"log", KARTO_DB_LOG, place, {NULL, 0}},
            {"own", KARTO_DB_OWN, be64s(&r->arena, tx->ledger.node.v, seq + i + 1, true), {NULL, 0}},
            {"pending", KARTO_DB_PENDING, place, {NULL, 0}},
            {"records", KARTO_DB_RECORDS, id, {NULL, 0}},
            {"base", KARTO_DB_BASE, id, {NULL, 0}},
            {"meta", KARTO_DB_META, karto_slice_str("ledger"), {NULL, 0}}};
        for (unsigned j = 0; j < PUTS_MAX; j++) {
            enum karto_err err = karto_kv_get(tx->kv, puts[j].number, puts[j].key, &puts[j].value);
            if (err != KARTO_OK)
                return err;
            puts[j].value = karto_arena_copy(&r->arena, puts[j].value);
            r->puts[i][j] = puts[j];
        }
    }
    return KARTO_OK;
}

static double put_again(struct bench_raw *raw, const struct repeat *r)
{
    double began = bench_now();
    for (uint32_t i = 0; i < r->count; i++) {
        bench_raw_begin(raw, true);
        for (unsigned j = 0; j < PUTS_MAX; j++)
            bench_raw_put(raw, r->puts[i][j].db, r->puts[i][j].key, r->puts[i][j].value);
        bench_raw_end(raw);
    }
    return bench_now() - began;
}

/* Turn and turn about, a hundred at a time, so that a disk's moods meet both. */
void bench_durable(struct bench *bench, struct karto_store *device, const char *name)
{
    struct karto_save saves[SAVE_AT_A_TIME];
    struct repeat r = {.saves = saves, .count = SAVE_AT_A_TIME};
    double seconds = 0, raw_seconds = 0;
    r.puts = karto_must(calloc(SAVE_AT_A_TIME, sizeof *r.puts));
    bench_say(bench, "%u durable edits", bench->durable);
    bench_must(karto_kv_copy(karto_store_kv(device), bench_path(bench, name), false), "copying a store");
    struct bench_raw *raw = bench_raw_open(bench_path(bench, name), false);
    karto_arena_init(&r.arena);
    uint32_t stride = bench->clients / bench->durable;
    for (uint32_t done = 0; done < bench->durable; done += SAVE_AT_A_TIME) {
        karto_arena_reset(&r.arena);
        for (uint32_t i = 0; i < SAVE_AT_A_TIME; i++) {
            struct karto_edit *edit = karto_arena_alloc(&r.arena, sizeof *edit);
            uint32_t number = (done + i) * 7919u % bench->durable * stride;
            *edit = edit_of(&r.arena, NOTE, karto_seed_remark(bench->seed, number, 3000, &r.arena));
            saves[i] = (struct karto_save){.kind = KARTO_CLIENT,
                                           .record = bench_client_id(bench, number),
                                           .edits = edit,
                                           .count = 1,
                                           .via = KARTO_VIA_CLI};
        }
        for (uint32_t i = 0; i < SAVE_AT_A_TIME; i++)
            seconds += bench_save_all(device, &saves[i], 1);
        bench_must(karto_store_read(device, read_puts, &r), "reading what was put");
        raw_seconds += put_again(raw, &r);
    }
    karto_arena_fini(&r.arena);
    bench_raw_close(raw);
    free(r.puts);
    bench_row(bench,
              (struct bench_row){"durable edits", "/s", bench->durable / seconds, "LMDB, the same puts",
                                 bench->durable / raw_seconds, raw_seconds / seconds, BENCH_AT_LEAST, 0.8, true});
}

/* ---- queries ---- */

struct asking {
    struct karto_slice code;
    uint32_t seen;
    size_t bytes;
};

static enum karto_err find_one(struct karto_tx *tx, void *context)
{
    struct asking *asking = context;
    struct karto_entry entry;
    struct karto_rid id;
    uint32_t count;
    enum karto_err err = karto_find(tx, KARTO_CLIENT, asking->code, &id, 1, &count);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && entry.exists)
        asking->seen++;
    return err;
}

static enum karto_err count_entry(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct asking *asking = context;
    (void)tx;
    (void)entry;
    return ++asking->seen % PAGE ? KARTO_OK : KARTO_E_INTERRUPTED;
}

static enum karto_err list_page(struct karto_tx *tx, void *context)
{
    struct karto_index_place at = {karto_slice(NULL, 0), {{0}}};
    return karto_list(tx, KARTO_CLIENT, NULL, count_entry, context, &at);
}

static struct karto_slice index_key(struct karto_arena *arena, enum karto_index index, struct karto_slice value)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    karto_buf_add_byte(&key, (uint8_t)index);
    karto_buf_add_byte(&key, KARTO_CLIENT);
    karto_buf_add_slice(&key, value);
    struct karto_slice out = karto_arena_copy(arena, karto_buf_slice(&key));
    karto_buf_fini(&key);
    return out;
}

static bool get_record(struct bench_raw *raw, void *context, struct karto_slice key, struct karto_slice value)
{
    struct asking *asking = context;
    if (bench_raw_get(raw, "records", karto_slice(key.data + key.size - 16, 16), &value))
        asking->bytes += value.size;
    return ++asking->seen % PAGE != 0;
}

static bool get_one(struct bench_raw *raw, void *context, struct karto_slice key, struct karto_slice value)
{
    get_record(raw, context, key, value);
    return false;
}

static double ask_raw(struct bench *bench, struct bench_raw *raw, const struct karto_slice *codes, bool pages)
{
    struct asking asking = {.seen = 0};
    struct karto_arena arena;
    karto_arena_init(&arena);
    double began = bench_now();
    for (uint32_t i = 0; i < bench->asked; i++) {
        struct karto_slice key = pages ? index_key(&arena, KARTO_BY_ORDER, karto_slice(NULL, 0))
                                       : index_key(&arena, KARTO_BY_EDRPOU, codes[i]);
        bench_raw_begin(raw, false);
        bench_raw_walk(raw, "index", key, pages ? get_record : get_one, &asking);
        bench_raw_end(raw);
        karto_arena_reset(&arena);
    }
    double seconds = bench_now() - began;
    karto_arena_fini(&arena);
    KARTO_ASSERT(asking.seen == bench->asked * (pages ? PAGE : 1) && asking.bytes > 0);
    return seconds / bench->asked * 1e6;
}

static double ask(struct bench *bench, struct karto_store *store, const struct karto_slice *codes, bool pages)
{
    struct asking asking = {.seen = 0};
    double began = bench_now();
    for (uint32_t i = 0; i < bench->asked; i++) {
        asking.code = codes[i];
        bench_must(karto_store_read(store, pages ? list_page : find_one, &asking), "asking");
    }
    double seconds = bench_now() - began;
    KARTO_ASSERT(asking.seen == bench->asked * (pages ? PAGE : 1));
    return seconds / bench->asked * 1e6;
}

static struct karto_slice code_of(const struct bench *bench, uint32_t number, struct karto_arena *arena)
{
    struct karto_seed_client client;
    karto_seed_client(bench->seed, number, arena, &client);
    for (uint32_t i = 0; i < client.count; i++)
        if (client.fields[i].number == KARTO_F_EDRPOU)
            return client.fields[i].text;
    return karto_slice(NULL, 0);
}

void bench_queries(struct bench *bench, struct karto_store *store)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    bench_say(bench, "queries");
    struct karto_slice *codes = karto_arena_array(&arena, bench->asked, sizeof *codes);
    for (uint32_t i = 0; i < bench->asked; i++)
        codes[i] = code_of(bench, (uint32_t)(karto_seed_random(bench->seed, i, 4000) % bench->clients), &arena);
    bench_must(karto_kv_copy(karto_store_kv(store), bench_path(bench, "raw-queries"), false), "copying a store");
    struct bench_raw *raw = bench_raw_open(bench_path(bench, "raw-queries"), false);
    for (int pages = 0; pages < 2; pages++) {
        double own = ask(bench, store, codes, pages), limit = ask_raw(bench, raw, codes, pages);
        bench_row(bench, (struct bench_row){pages ? "page of 50 by name" : "client by its code", "us", own,
                                            "LMDB, the same reads", limit, own / limit, BENCH_NO_AIM, 0, false});
    }
    bench_raw_close(raw);
    karto_arena_fini(&arena);
}
