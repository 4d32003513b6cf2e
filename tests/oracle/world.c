/* The world itself: its dice, clocks and stores. look.c and author.c are the rest of world.h. */
#include "tests/oracle/world.h"

#include "core/base/fatal.h"
#include "core/store/device.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAP_SIZE = 4 * 1024 * 1024, DAY_MS = 24 * 60 * 60 * 1000 };

#define BEGINNING_MS (1767600000000LL) /* 5 January 2026, 08:00 UTC */

const char *world_event_name(enum world_event event)
{
    static const char *const names[WORLD_EVENTS] = {
        [SAW_EDIT] = "edits",
        [SAW_REFUSED] = "refused",
        [SAW_CONFLICT] = "conflicts",
        [SAW_RESOLVED] = "resolved",
        [SAW_EQUAL] = "equal heads",
        [SAW_SET_CLASH] = "elements removed and kept",
        [SAW_HIDE] = "hides",
        [SAW_UNHIDE_BY_RULE] = "hides taken back by rule",
        [SAW_OUTRUN] = "values from the future that lost",
        [SAW_MOVE] = "moves",
        [SAW_MOVE_DUE] = "moves at midnight",
        [SAW_CHILD_MOVED] = "children given to others",
        [SAW_SCOPE] = "new scopes",
        [SAW_JOIN] = "stores joined",
        [SAW_STALE_FORM] = "stale forms",
        [SAW_LOST_REQUEST] = "lost requests",
        [SAW_LOST_ANSWER] = "lost answers",
        [SAW_DUPLICATE] = "repeated requests",
        [SAW_DELAYED] = "late requests",
        [SAW_TRUNCATED] = "cut frames",
        [SAW_FLIPPED] = "frames with a wrong bit",
        [SAW_CRASH] = "crashes",
        [SAW_RESTART] = "restarts",
        [SAW_ROLLBACK] = "old images",
        [SAW_ROTATION] = "new node ids",
        [SAW_CLOCK] = "wrong clocks",
        [SAW_RECONCILE] = "reconciles",
        [SAW_CUT_RECONCILE] = "reconciles resumed",
        [SAW_WAIT] = "waits",
        [SAW_AHEAD] = "requests ahead of their turn",
        [SAW_PAST] = "pages of history",
        [SAW_PAST_CUT] = "fetches of history that were cut",
    };
    return names[event];
}

/* ---- saying ---- */

/* The exit code says which check it was, so that a shorter schedule can be asked for the same. */
static int code_of(const char *format)
{
    unsigned hash = 5381;
    for (; *format; format++)
        hash = hash * 33 + (unsigned char)*format;
    return 3 + (int)(hash % 100);
}

_Noreturn void world_fail(const struct world *world, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "seed %llu, step %u: ", (unsigned long long)world->seed, world->step);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    fflush(NULL);
    _exit(code_of(format));
}

void world_say(const struct world *world, const char *format, ...)
{
    va_list args;
    if (!world->trace)
        return;
    va_start(args, format);
    printf("%4u  ", world->step);
    vprintf(format, args);
    printf("\n");
    va_end(args);
}

void world_must(const struct world *world, enum karto_err err, const char *what)
{
    if (err != KARTO_OK)
        world_fail(world, "%s: %s", what, karto_err_id(err));
}

/* ---- dice and clocks ---- */

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

unsigned world_roll(struct world *world, unsigned n)
{
    return n ? (unsigned)(next_random(&world->dice) % n) : 0;
}

bool world_chance(struct world *world, double p)
{
    return (double)(next_random(&world->dice) >> 11) / 9007199254740992.0 < p;
}

static int64_t day_of(void *context, int64_t ms)
{
    (void)context;
    return ms >= 0 ? ms / DAY_MS : -((-ms + DAY_MS - 1) / DAY_MS);
}

int64_t world_today(const struct world *world)
{
    return day_of(NULL, world->now_ms);
}

bool world_is_ahead(const struct world *world, uint64_t clock)
{
    return (int64_t)(clock >> 16) > world->now_ms + world->hub.clock_offset + DAY_MS;
}

static int64_t place_now(void *context)
{
    const struct place *place = context;
    return place->world->now_ms + place->clock_offset;
}

static void place_random(void *context, void *out, size_t size)
{
    struct place *place = context;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)out)[i] = (uint8_t)next_random(&place->random);
}

/* ---- stores ---- */

static struct karto_store_options options_of(const struct place *place)
{
    return (struct karto_store_options){.dir = place->dir, .sys = &place->sys, .no_sync = true, .map_size = MAP_SIZE};
}

void place_open(struct place *place)
{
    struct karto_store_options options = options_of(place);
    world_must(place->world, karto_store_open(&options, &place->store), "open");
}

void place_close(struct place *place)
{
    karto_exchange_free(place->exchange);
    karto_buf_fini(&place->ahead);
    place->exchange = NULL;
    place->even = false;
    karto_store_close(place->store);
    place->store = NULL;
}

static void begin_place(struct world *world, struct place *place, const char *name, const char *dir,
                        enum karto_store_role role)
{
    char key[32];
    place->world = world;
    place->name = name;
    place->random = world->seed * 31 + (uint64_t)name[0];
    place->sys = (struct karto_sys){place, place_now, place_random, day_of};
    snprintf(place->dir, sizeof place->dir, "%s/%s", dir, name);
    snprintf(place->image_dir, sizeof place->image_dir, "%s/%s.mdb", dir, name);
    snprintf(key, sizeof key, "key of %s", name);
    struct karto_store_options options = options_of(place);
    struct karto_store_identity identity = {
        role, karto_slice_str(name), karto_slice_str(name), karto_slice_str(key), NULL, NULL};
    world_must(world, karto_store_create(&options, &identity, &place->store), "create");
}

static void copy_file(const struct world *world, const char *from, const char *to)
{
    char bytes[65536];
    size_t size;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    if (!in || !out)
        world_fail(world, "cannot copy %s to %s", from, to);
    while ((size = fread(bytes, 1, sizeof bytes, in)) > 0)
        if (fwrite(bytes, 1, size, out) != size)
            world_fail(world, "cannot write %s", to);
    fclose(in);
    if (fclose(out) != 0)
        world_fail(world, "cannot write %s", to);
}

static const char *data_file(const struct place *place)
{
    static char path[WORLD_PATH + 16];
    snprintf(path, sizeof path, "%s/data.mdb", place->dir);
    return path;
}

void place_keep_image(struct place *place)
{
    copy_file(place->world, data_file(place), place->image_dir); /* nobody writes now: the file is one snapshot */
    place->has_image = true;
    place->image_made = place->made;
    place->image_random = place->random;
    place->image_joined = place->joined;
    place->image_told = place->told;
    memcpy(place->image_rights_at, place->rights_at, sizeof place->rights_at);
}

void place_put_back(struct place *place)
{
    place_close(place);
    copy_file(place->world, place->image_dir, data_file(place));
    place_open(place);
    place->made = place->image_made;
    place->random = place->image_random; /* as a virtual machine's would be */
    place->joined = place->image_joined;
    place->told = place->image_told;
    place->may_reconcile = place->forked = true;
    memcpy(place->rights_at, place->image_rights_at, sizeof place->rights_at);
}

static enum karto_err do_territories(struct karto_tx *tx, void *context)
{
    unsigned *bits = context;
    struct karto_rights rights;
    enum karto_err err = karto_device_rights(tx, &rights);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    *bits = 0;
    for (uint32_t i = 0; i < rights.territory_count; i++)
        *bits |= 1u << (rights.territories[i].data[1] - '1');
    return KARTO_OK;
}

unsigned place_territories(struct place *place)
{
    unsigned all = (1u << WORLD_TERRITORIES) - 1, bits = place->territories;
    if (place == &place->world->hub || place->role == KARTO_ROLE_OFFICE)
        return all;
    world_must(place->world, karto_store_read(place->store, do_territories, &bits), "rights");
    return bits;
}

/* ---- at the hub ---- */

static enum karto_err do_init(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_init(tx);
}

static enum karto_err do_midnight(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_midnight(tx);
}

void hub_midnight(struct world *world)
{
    uint64_t before = world->hub.seen_to;
    if (world_today(world) > world->day)
        world->day = world_today(world);
    world_must(world, karto_store_write(world->hub.store, do_midnight, NULL), "midnight");
    world_hear(world);
    if (world->hub.seen_to > before)
        world->counts[SAW_MOVE_DUE]++;
}

struct scope_rows {
    struct karto_slice names[WORLD_TERRITORIES];
    struct karto_device row;
};

static void fill_scope(const struct place *device, struct scope_rows *rows)
{
    static const char *const names[WORLD_TERRITORIES] = {"T1", "T2", "T3"};
    uint32_t count = 0;
    for (unsigned i = 0; i < WORLD_TERRITORIES; i++)
        if (device->territories >> i & 1)
            rows->names[count++] = karto_slice_str(names[i]);
    rows->row.scope = (struct karto_rights){device->role, rows->names, count};
}

static enum karto_err do_enrol(struct karto_tx *tx, void *context)
{
    const struct place *device = context;
    char key[32];
    struct scope_rows rows = {.row = {.id = device->id, .user = karto_slice_str(device->name), .rights = 1}};
    snprintf(key, sizeof key, "key of %s", device->name);
    rows.row.public_key = karto_slice_str(key);
    fill_scope(device, &rows);
    return karto_hub_enrol(tx, &rows.row, karto_slice_str(device->name));
}

static enum karto_err do_put_scope(struct karto_tx *tx, void *context)
{
    const struct place *device = context;
    struct karto_device row;
    struct scope_rows rows;
    enum karto_err err = karto_hub_device(tx, device->id, &row);
    fill_scope(device, &rows);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &row, &rows.row.scope) : err;
}

void hub_set_scope(struct world *world, struct place *device, unsigned territories)
{
    device->territories = territories;
    device->rights++;
    device->may_reconcile = true;
    world_must(world, karto_store_write(world->hub.store, do_put_scope, device), "new scope");
}

/* ---- joining ---- */

static enum karto_err do_device_id(struct karto_tx *tx, void *context)
{
    const struct place *device = context;
    return karto_meta_put(tx, "device", karto_rid_slice(&device->id));
}

static enum karto_err do_join(struct karto_tx *tx, void *context)
{
    const struct place *device = context;
    const char *territory = device->territories & 1 ? "T1" : device->territories & 2 ? "T2" : "T3";
    return karto_device_join(tx, karto_slice_str(device->name), karto_slice_str(territory));
}

/* Clients that were made without a territory get one by joining: the oracle must know. */
static void tell_territories(struct place *device)
{
    struct world *w = device->world;
    struct oracle_set set = {.field = ORACLE_TERRITORY, .day = KARTO_DATE_MIN};
    snprintf(set.key, sizeof set.key, "%lld", KARTO_DATE_MIN);
    snprintf(set.normal, sizeof set.normal, "%s",
             device->territories & 1   ? "T1"
             : device->territories & 2 ? "T2"
                                       : "T3");
    for (unsigned i = 0; i < device->made.count; i++) {
        unsigned uid = device->made.uids[i];
        const struct oracle_change *change = oracle_change(w->oracle, uid);
        bool has = false;
        for (unsigned j = 0; j < change->count; j++)
            has = has || change->sets[j].field == ORACLE_TERRITORY;
        if (w->records[change->record].begun_by == uid && w->records[change->record].kind == KARTO_CLIENT && !has)
            oracle_add_set(w->oracle, uid, &set);
    }
}

/* Its invitation names what it has now. */
static enum karto_err do_settle(struct karto_tx *tx, void *context)
{
    const struct place *device = context;
    struct karto_device row;
    enum karto_err err = karto_hub_device(tx, device->id, &row);
    return err == KARTO_OK ? karto_hub_settle(tx, &row) : err;
}

static void tell_rights(struct place *device)
{
    device->told = device->settled = device->rights;
    world_must(device->world, karto_store_write(device->world->hub.store, do_settle, device), "join");
}

void place_join(struct place *place)
{
    struct world *w = place->world;
    world_must(w, karto_store_write(place->store, do_join, place), "join");
    world_must(w, karto_store_write(place->store, do_device_id, place), "join");
    tell_territories(place);
    tell_rights(place);
    place->joined = true;
    place->has_image = false; /* an image from before would be another, unjoined store */
    w->counts[SAW_JOIN]++;
}

/* ---- begin and end ---- */

static void choose_sizes(struct world *world, struct place *device)
{
    static const uint64_t pages[] = {1, 40, 200, 500, 5000, 0};
    bool tiny = world_chance(world, .7);
    device->sizes.push_most = tiny ? 1 + world_roll(world, 3) : 0;
    device->sizes.page_size = tiny ? pages[world_roll(world, 6)] : 0;
    device->sizes.digests_most = tiny ? 1 + world_roll(world, 3) : 0;
    device->sizes.program = karto_slice_str("oracle");
}

static void begin_device(struct world *world, unsigned number, const char *dir)
{
    static const char *const names[WORLD_DEVICES] = {"a", "b", "c"};
    struct place *device = &world->devices[number];
    bool alone = number == 2 && world_chance(world, .4);
    device->role = number == 1 && world_chance(world, .4) ? KARTO_ROLE_OFFICE : KARTO_ROLE_REPRESENTATIVE;
    device->territories = number == 0 ? 1 : 1 + world_roll(world, 7);
    device->rights = 1;
    device->told = device->settled = alone ? 0 : 1;
    device->joined = !alone;
    device->may_reconcile = true;
    choose_sizes(world, device);
    begin_place(world, device, names[number], dir, alone ? KARTO_LOCAL : KARTO_ON_DEVICE);
    device->id = karto_rid_make(&world->hub.sys);
    world_must(world, karto_store_write(world->hub.store, do_enrol, device), "enrol");
    if (!alone)
        world_must(world, karto_store_write(device->store, do_device_id, device), "device");
}

void world_init(struct world *world, uint64_t seed, const char *dir, bool trace)
{
    static const double losses[] = {0, .03, .15};
    memset(world, 0, sizeof *world);
    world->seed = seed;
    world->trace = trace;
    world->dice = seed * 1000003;
    world->now_ms = BEGINNING_MS;
    world->day = world_today(world);
    world->loss = losses[world_roll(world, 3)];
    world->oracle = oracle_new();
    begin_place(world, &world->hub, "hub", dir, KARTO_ON_HUB);
    world_must(world, karto_store_write(world->hub.store, do_init, NULL), "init");
    for (unsigned i = 0; i < WORLD_DEVICES; i++)
        begin_device(world, i, dir);
    world_hear(world);
}

static void end_place(struct place *place)
{
    char path[WORLD_PATH + 16];
    place_close(place);
    unlink(data_file(place));
    snprintf(path, sizeof path, "%s/lock.mdb", place->dir);
    unlink(path);
    rmdir(place->dir);
    unlink(place->image_dir);
}

void world_fini(struct world *world)
{
    end_place(&world->hub);
    for (unsigned i = 0; i < WORLD_DEVICES; i++)
        end_place(&world->devices[i]);
    for (unsigned i = 0; i < world->late_count; i++)
        karto_buf_fini(&world->late[i].frame);
    oracle_free(world->oracle);
}
