/* The world itself: its dice, clocks and stores. look.c and author.c are the rest of world.h. */
#include "tests/sim/world.h"

#include "core/base/os_posix.h"
#include "core/store/device.h"
#include "core/store/hub_journal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY_MS = 24 * 60 * 60 * 1000 };

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
        [SAW_UNHIDE_BY_CHILD] = "hides taken back for what hangs on the client",
        [SAW_OUTRUN] = "values from the future that lost",
        [SAW_MOVE] = "moves",
        [SAW_MOVE_DUE] = "moves at midnight",
        [SAW_CHILD_MOVED] = "children given to others",
        [SAW_SCOPE] = "new scopes",
        [SAW_ROLE_LESS] = "roles that may less",
        [SAW_ROLE_MORE] = "roles that may more",
        [SAW_PART] = "changes of which a laptop may have a part",
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
        [SAW_POWER_CUT] = "power cuts before a commit was written",
        [SAW_META_CUT] = "power cuts at the last write of a commit",
        [SAW_COMMIT_CUT] = "cut commits that were not made",
        [SAW_COMMIT_CUT_MADE] = "cut commits that were made",
        [SAW_WRITE_LOST] = "unsynced writes lost",
        [SAW_WRITE_TORN] = "unsynced writes torn",
        [SAW_WRITE_LEFT] = "unsynced writes left",
        [SAW_DISK_FULL] = "full disks",
        [SAW_META_FULL] = "full disks at the last write of a commit",
        [SAW_BAD_SYNC] = "syncs that failed",
        [SAW_NO_REQUESTS] = "frames on lines without requests",
        [SAW_NO_ANSWERS] = "frames on lines without answers",
        [SAW_YEAR] = "devices back after a year",
        [SAW_CLOCK_BACK] = "clocks put back by ten years",
        [SAW_FIRST_CUT] = "first synchronisations cut",
        [SAW_CLONE] = "clones",
        [SAW_DOUBLED] = "changes shown twice after a clone, two old images or a hub that was put back",
        [SAW_OLD_PROGRAM] = "synchronisations of an older program",
        [SAW_UPGRADE] = "older programs replaced",
        [SAW_HUB_CLOCK] = "wrong clocks of the hub, by years",
        [SAW_BACKUP] = "backups of the hub",
        [SAW_BACKUP_IN_RECOVERY] = "backups made in a recovery",
        [SAW_HUB_BACK] = "hubs put back",
        [SAW_HUB_BACK_AGAIN] = "hubs put back in a recovery",
        [SAW_GAVE] = "devices that have given everything back",
        [SAW_GIVEN_BACK] = "changes given back",
        [SAW_STATE_TAKEN] = "states given back",
        [SAW_STATE_HELD] = "states held for the administrator",
        [SAW_REISSUE] = "changes to be made anew",
        [SAW_FORGED] = "lies about what was refused",
        [SAW_GAVE_LATE] = "devices that came after the recovery",
        [SAW_RECOVERED_EARLY] = "recoveries that waited for not everybody",
        [SAW_LOST] = "changes that nobody has any more",
        [SAW_TWO_VERDICTS] = "dots with two verdicts or changes",
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

void world_throw(struct world *world, unsigned salt)
{
    struct dice seed = {world->seed};
    world->dice.state = dice_throw(&seed) ^ salt * 0x2545f4914f6cdd1du;
}

unsigned world_roll(struct world *world, unsigned n)
{
    return n ? dice_below(&world->dice, n) : 0;
}

bool world_chance(struct world *world, double p)
{
    return (double)(dice_throw(&world->dice) >> 11) / 9007199254740992.0 < p;
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
        ((uint8_t *)out)[i] = (uint8_t)dice_throw(&place->random);
}

/* ---- stores ---- */

static void name_place(struct place *place, const char *name)
{
    place->name = name;
    place->random.state = place->world->seed * 31 + (uint64_t)name[0];
    place->sys = (struct karto_sys){place, place_now, place_random, day_of};
    snprintf(place->dir, sizeof place->dir, "%s/%s", place->world->dir, name);
    snprintf(place->file, sizeof place->file, "%s/data.mdb", place->dir);
    snprintf(place->image, sizeof place->image, "%s/%s.mdb", place->world->dir, name);
}

static void begin_place(struct world *world, struct place *place, const char *name, enum karto_store_role role)
{
    char key[32];
    place->world = world;
    name_place(place, name);
    snprintf(key, sizeof key, "key of %s", name);
    struct karto_store_options options = place_options(place);
    struct karto_store_identity identity = {
        role, karto_slice_str(name), karto_slice_str(name), karto_slice_str(key), NULL, NULL};
    world_must(world, karto_store_create(&options, &identity, &place->store), "create");
    place->disk = disk_new(place->file, dice_throw(&place->random));
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
    if (place == &place->world->hub || karto_role_is_everywhere(place->role))
        return all;
    world_must(place->world, karto_store_read(place->store, do_territories, &bits), "rights");
    return bits;
}

void place_clone(struct place *place)
{
    struct world *world = place->world;
    struct place *clone = &world->devices[world->device_count];
    (void)place_met(place);
    *clone = *place;
    name_place(clone, "d");
    clone->exchange = NULL;
    clone->ahead = KARTO_BUF_EMPTY;
    clone->has_image = clone->even = false;
    clone->cloned = place->cloned = true;
    world_must(world, karto_os_make_dir(clone->dir), "a directory for the clone");
    place_copy(place, clone->file);
    clone->disk = disk_new(clone->file, dice_throw(&clone->random));
    place_open(clone);
    world->device_count++;
}

/* What is done until it is: after a fault of the disk it may have been, so doing it twice must be as doing it once. */
static void insist(struct place *place, karto_work *work, void *context, const char *what)
{
    enum karto_err err = karto_store_write(place->store, work, context);
    if (place_met(place) != DISK_FINE)
        err = karto_store_write(place->store, work, context);
    world_must(place->world, err, what);
}

/* ---- at the hub ---- */

static enum karto_err do_init(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_init(tx);
}

static enum karto_err do_epoch(struct karto_tx *tx, void *context)
{
    *(struct karto_epoch *)context = tx->ledger.epoch;
    return KARTO_OK;
}

static enum karto_err do_midnight(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_midnight(tx);
}

void hub_midnight(struct world *world)
{
    uint64_t before = world->hub.seen_to;
    int64_t today = day_of(NULL, world->now_ms + world->hub.clock_offset);
    if (today > world->day)
        world->day = today;
    insist(&world->hub, do_midnight, NULL, "midnight");
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
    if (err == KARTO_OK && row.rights == device->rights)
        return KARTO_OK; /* it is done */
    return err == KARTO_OK ? karto_hub_set_scope(tx, &row, &rows.row.scope) : err;
}

static bool is_same_device(const struct place *a, const struct place *b)
{
    return karto_rid_equal(a->id, b->id);
}

void world_settled(struct place *device)
{
    struct world *world = device->world;
    for (unsigned i = 0; i < world->device_count; i++)
        if (is_same_device(&world->devices[i], device))
            world->devices[i].settled = device->rights;
}

/* When something came into the log, and how long ago that was, may be wrong by years from now on. */
void hub_clock_moved(struct world *world)
{
    int64_t offset = world->hub.clock_offset;
    bool years = offset < -DAY_MS || offset > DAY_MS;
    world->counts[SAW_HUB_CLOCK] += years;
    world->clock_was_wrong = world->clock_was_wrong || years;
    for (unsigned i = 0; i < world->device_count && world->clock_was_wrong; i++) {
        world->devices[i].astray = true;
        world_outlive(&world->devices[i]);
    }
}

void world_outlive(struct place *device)
{
    for (unsigned i = 0; i < WORLD_MADE; i++) {
        if (i >= device->made.count || oracle_fate(device->world->oracle, device->made.uids[i]) == ORACLE_NOT_SEEN)
            device->rights_at[i] = 0;
        device->image_rights_at[i] = 0;
    }
}

void hub_set_scope(struct world *world, struct place *device, const struct karto_role *role, unsigned territories)
{
    uint64_t rights = device->rights + 1;
    for (unsigned i = 0; i < world->device_count; i++) {
        struct place *same = &world->devices[i];
        if (!is_same_device(same, device))
            continue;
        same->role = role;
        same->territories = territories;
        same->rights = rights;
        same->rights_ms = world->now_ms;
        same->may_reconcile = true;
    }
    insist(&world->hub, do_put_scope, device, "new scope");
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
    if (tx->ledger.role == KARTO_ON_DEVICE)
        return KARTO_OK; /* it is done */
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
    insist(&device->world->hub, do_settle, device, "join");
}

void place_join(struct place *place)
{
    struct world *w = place->world;
    insist(place, do_join, place, "join");
    insist(place, do_device_id, place, "join");
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
    device->sizes.protocol_most = world_chance(world, .15) ? 1 : 0;
    device->sizes.program = karto_slice_str("oracle");
}

bool world_has_reader(const struct world *world)
{
    return world->seed % 4 == 2;
}

static void begin_device(struct world *world, unsigned number)
{
    static const char *const names[WORLD_DEVICES] = {"a", "b", "c"};
    struct place *device = &world->devices[number];
    bool alone = number == 2 && world_chance(world, .4);
    bool office = number == 1 && world_chance(world, .4), reads = world_has_reader(world);
    device->role = office ? reads ? karto_role(KARTO_ROLE_ANALYST) : karto_role(KARTO_ROLE_OFFICE)
                          : karto_role(KARTO_ROLE_REPRESENTATIVE);
    device->territories = number == 0 ? 1 : 1 + world_roll(world, 7);
    device->rights = 1;
    device->told = device->settled = alone ? 0 : 1;
    device->joined = !alone;
    device->may_reconcile = true;
    device->notices = world->hub_goes_back && world_chance(world, .5);
    choose_sizes(world, device);
    begin_place(world, device, names[number], alone ? KARTO_LOCAL : KARTO_ON_DEVICE);
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
    world_throw(world, 0);
    world->now_ms = world->began_ms = BEGINNING_MS;
    world->day = world_today(world);
    world->loss = losses[world_roll(world, 3)];
    world->may_double = world_chance(world, .2);
    world->hub_goes_back = world_chance(world, .4);
    world->device_count = WORLD_DEVICES;
    world->dir = dir;
    world->oracle = oracle_new();
    world->hub.notices = true;
    begin_place(world, &world->hub, "hub", KARTO_ON_HUB);
    world_must(world, karto_store_write(world->hub.store, do_init, NULL), "init");
    place_close(&world->hub); /* the first time that it is opened notes the epoch beside it */
    place_open(&world->hub);
    world_must(world, karto_store_read(world->hub.store, do_epoch, &world->epoch), "epoch");
    for (unsigned i = 0; i < WORLD_DEVICES; i++)
        begin_device(world, i);
    world_hear(world);
}

static void end_place(struct place *place)
{
    char path[WORLD_PATH + 16];
    place_close(place);
    disk_free(place->disk);
    unlink(place->file);
    snprintf(path, sizeof path, "%s/lock.mdb", place->dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/" KARTO_HUB_JOURNAL, place->dir);
    unlink(path);
    rmdir(place->dir);
    unlink(place->image);
}

static void end_backups(struct world *world)
{
    char path[WORLD_PATH + 32];
    for (unsigned i = 0; i < world->graves; i++) {
        snprintf(path, sizeof path, "%s/grave%u", world->dir, i);
        unlink(path);
    }
    for (unsigned i = 0; i < WORLD_BACKUPS; i++) {
        oracle_past_free(world->backups[i].past);
        if (world->backups[i].there)
            unlink(world->backups[i].file);
    }
}

void world_fini(struct world *world)
{
    end_place(&world->hub);
    for (unsigned i = 0; i < world->device_count; i++)
        end_place(&world->devices[i]);
    for (unsigned i = 0; i < world->late_count; i++)
        karto_buf_fini(&world->late[i].frame);
    end_backups(world);
    oracle_free(world->oracle);
}
