#include "tests/sim/schedule.h"

#include "core/store/device.h"
#include "tests/sim/wire.h"

#include <stdio.h>
#include <string.h>

enum {
    NAME = 16,
    MANAGER = 17,
    PHONE = 20,
    TAG = 23,
    SITE = 29,
    CREDIT = 30,
    NOTE = 31,
    ATTRIBUTE = 33,
    ROUNDS_MAX = 8
};

#define FAULTY (.1) /* steps in which a disk may fail */

/* ---- wishes ---- */

/* Several registers that one edit sets, with the memory they need. */
struct wishes {
    struct karto_arena arena;
    struct wish all[ORACLE_SETS];
    unsigned count;
};

static struct wish *add_wish(struct wishes *w, unsigned field, const char *key, const char *normal)
{
    struct wish *wish = &w->all[w->count++];
    *wish = (struct wish){.edit.field = field, .set.field = field};
    wish->edit.key = karto_arena_copy(&w->arena, karto_slice_str(key));
    snprintf(wish->set.key, sizeof wish->set.key, "%s", key);
    snprintf(wish->set.normal, sizeof wish->set.normal, "%s", normal);
    return wish;
}

static void wish_text(struct wishes *w, unsigned field, const char *key, const char *text)
{
    struct karto_slice copy = karto_arena_copy(&w->arena, karto_slice_str(text));
    add_wish(w, field, key, text)->edit.value = karto_value_bytes(&w->arena, karto_value_text(copy));
}

static void wish_day(struct wishes *w, unsigned field, int64_t day, const char *text)
{
    char key[ORACLE_TEXT];
    snprintf(key, sizeof key, "%lld", (long long)day);
    wish_text(w, field, key, text);
    w->all[w->count - 1].edit.key = karto_date_key(&w->arena, day);
    w->all[w->count - 1].set.day = day;
}

static void wish_client(struct wishes *w, const struct world *world, unsigned client)
{
    struct wish *wish = add_wish(w, ORACLE_CLIENT, "", "");
    snprintf(wish->set.normal, sizeof wish->set.normal, "record %u", client);
    wish->set.record = client;
    wish->edit.value = karto_value_bytes(&w->arena, karto_value_reference(world->records[client].id));
}

static void wish_hidden(struct wishes *w, bool hidden, unsigned step)
{
    char why[16];
    struct wish *wish = add_wish(w, ORACLE_HIDDEN, "", hidden ? "yes" : "no");
    snprintf(why, sizeof why, "why %u", step);
    struct karto_slice parts[] = {
        karto_value_bytes(&w->arena, karto_value_bool(hidden)),
        karto_value_bytes(&w->arena, karto_value_text(karto_arena_copy(&w->arena, karto_slice_str(why))))};
    wish->edit.value = karto_tuple_bytes(&w->arena, parts, 2);
}

/* Elements of few keys, so that people meet: a phone in one of its writings, or a tag. */
static void wish_element(struct wishes *w, struct world *world, uint32_t kind)
{
    static const char *const writings[] = {"+380671234501", "067 123 45 01", "+380671234502", "067 1234502",
                                           "(067) 123-45-02"};
    bool tag = kind == KARTO_CLIENT && world_chance(world, .4), removed = world_chance(world, .4);
    unsigned field = tag ? TAG : PHONE;
    const char *text = tag ? world_chance(world, .5) ? "vip" : "night" : writings[world_roll(world, 5)];
    struct karto_slice value = karto_value_bytes(&w->arena, karto_value_text(karto_slice_str(text)));
    struct karto_slice key = karto_set_key(&w->arena, karto_field_def(kind, field), value);
    struct wish *wish = add_wish(w, field, karto_arena_string(&w->arena, key), "");
    memcpy(wish->set.normal, wish->set.key, strlen(wish->set.key) + 1);
    wish->set.removed = removed;
    wish->edit.value = removed ? karto_slice(NULL, 0) : value;
}

/* Writings of the same site: no conflict among them. */
static void wish_site(struct wishes *w, struct world *world)
{
    static const char *const same[] = {"https://shop.ua/", "shop.ua", "http://www.shop.ua"};
    static const char *const other[] = {"https://other.ua", "other.ua/"};
    bool first = world_chance(world, .6);
    wish_text(w, SITE, "", first ? same[world_roll(world, 3)] : other[world_roll(world, 2)]);
    snprintf(w->all[w->count - 1].set.normal, ORACLE_TEXT, "%s", first ? "shop" : "other");
}

static void wish_plain(struct wishes *w, struct world *world, uint32_t kind)
{
    char text[32];
    unsigned dice = world_roll(world, 10);
    snprintf(text, sizeof text, "v%u", world->step);
    if (dice < 4)
        wish_text(w, dice < 2 ? NAME : NOTE, "", text);
    else if (dice < 5 && kind == KARTO_CLIENT)
        wish_site(w, world);
    else if (dice < 6 && kind == KARTO_CLIENT)
        wish_text(w, ATTRIBUTE, world_chance(world, .5) ? "size" : "colour", text);
    else if (dice < 8)
        wish_element(w, world, kind);
    else {
        wish_text(w, NAME, "", text);
        wish_element(w, world, kind);
    }
}

/* ---- who and what ---- */

static struct place *any_device(struct world *world)
{
    return &world->devices[world_roll(world, world->device_count)];
}

static unsigned any_record(struct world *world, struct place *place, uint32_t kind)
{
    unsigned records[WORLD_RECORDS], count = place_list(place, kind, records);
    return count ? records[world_roll(world, count)] : 0;
}

static const char *any_territory(struct world *world, struct place *place)
{
    static const char *const names[WORLD_TERRITORIES] = {"T1", "T2", "T3"};
    unsigned bits = place_territories(place), i;
    do
        i = world_roll(world, WORLD_TERRITORIES);
    while (!(bits >> i & 1));
    return names[i];
}

static unsigned new_record(struct world *world, struct place *place, uint32_t kind)
{
    return world_record(world, karto_rid_make(&place->sys), kind);
}

static void edit(struct place *place, unsigned record, struct wishes *w, struct edit_options options)
{
    if (record && w->count)
        place_edit(place, record, w->all, w->count, options);
    karto_arena_fini(&w->arena);
}

/* ---- steps of people ---- */

static void create(struct world *world, struct place *place)
{
    struct wishes w = {.count = 0};
    char text[32];
    bool alone = !place->joined && place != &world->hub;
    snprintf(text, sizeof text, "n%u", world->step);
    karto_arena_init(&w.arena);
    wish_text(&w, NAME, "", text);
    if (!alone || world_chance(world, .3))
        wish_day(&w, ORACLE_TERRITORY, world_chance(world, .7) ? KARTO_DATE_MIN : world->day - world_roll(world, 2),
                 any_territory(world, place));
    edit(place, new_record(world, place, KARTO_CLIENT), &w, (struct edit_options){.create = true});
}

static void create_child(struct world *world, struct place *place)
{
    struct wishes w = {.count = 0};
    char text[32];
    unsigned client = any_record(world, place, KARTO_CLIENT);
    if (!client)
        return;
    snprintf(text, sizeof text, "p%u", world->step);
    karto_arena_init(&w.arena);
    wish_client(&w, world, client);
    wish_text(&w, NAME, "", text);
    edit(place, new_record(world, place, KARTO_PERSON), &w, (struct edit_options){.create = true});
}

static void edit_plain(struct world *world, struct place *place)
{
    struct wishes w = {.count = 0};
    unsigned record = any_record(world, place, 0);
    karto_arena_init(&w.arena);
    if (record)
        wish_plain(&w, world, world->records[record].kind);
    edit(place, record, &w, (struct edit_options){.create = false});
}

static void edit_with_wrong_form(struct world *world, struct place *place)
{
    struct wishes w = {.count = 0};
    unsigned record = any_record(world, place, 0);
    karto_arena_init(&w.arena);
    wish_text(&w, NAME, "", "from a form that is out of date");
    if (record)
        world->counts[SAW_STALE_FORM]++;
    edit(place, record, &w, (struct edit_options){.wrong_form = true});
}

/* What a representative may not: his device tells him, unless it does not know, or has another program. */
static void edit_forbidden(struct world *world, struct place *place)
{
    struct wishes w = {.count = 0};
    char text[32];
    unsigned record = any_record(world, place, KARTO_CLIENT), dice = world_roll(world, 3);
    karto_arena_init(&w.arena);
    snprintf(text, sizeof text, "f%u", world->step);
    if (dice == 0)
        add_wish(&w, CREDIT, "", text)->edit.value =
            karto_value_bytes(&w.arena, karto_value_money((int64_t)world->step, "UAH"));
    else if (dice == 1)
        wish_day(&w, ORACLE_TERRITORY, KARTO_DATE_MIN, world_chance(world, .5) ? "T1" : "T2");
    else
        wish_day(&w, MANAGER, world->day, "somebody");
    w.all[0].forbidden = true;
    if (world_chance(world, .5))
        wish_text(&w, NAME, "", text);
    edit(place, record, &w, (struct edit_options){.unchecked = world_chance(world, .7)});
}

static void hide(struct world *world, struct place *place, bool hidden)
{
    struct wishes w = {.count = 0};
    unsigned record = any_record(world, place, 0);
    karto_arena_init(&w.arena);
    wish_hidden(&w, hidden, world->step);
    world->counts[SAW_HIDE] += record && hidden;
    edit(place, record, &w, (struct edit_options){.create = false});
}

/* Now, from the beginning, or from a day that is still to come. */
static void move(struct world *world, struct place *place)
{
    struct wishes w = {.count = 0};
    unsigned record = any_record(world, place, KARTO_CLIENT), dice = world_roll(world, 5);
    int64_t day = dice < 2 ? KARTO_DATE_MIN : dice < 3 ? world->day : world->day + 1 + world_roll(world, 2);
    karto_arena_init(&w.arena);
    wish_day(&w, ORACLE_TERRITORY, day, any_territory(world, place));
    world->counts[SAW_MOVE]++;
    edit(place, record, &w, (struct edit_options){.create = false});
}

static void give_child(struct world *world, struct place *place)
{
    struct wishes w = {.count = 0};
    unsigned child = any_record(world, place, KARTO_PERSON), client = any_record(world, place, KARTO_CLIENT);
    karto_arena_init(&w.arena);
    if (child && client)
        wish_client(&w, world, client);
    world->counts[SAW_CHILD_MOVED] += child && client;
    edit(place, child, &w, (struct edit_options){.create = false});
}

/* Somebody decides what stands in a register with several values. */
static void resolve(struct world *world, struct place *place)
{
    unsigned records[WORLD_RECORDS], count = place_list(place, 0, records);
    struct wishes w = {.count = 0};
    struct look look;
    char text[32];
    snprintf(text, sizeof text, "r%u", world->step);
    for (unsigned i = 0; i < count; i++) {
        place_look(place, records[i], &look);
        for (unsigned j = 0; j < look.count; j++) {
            const struct look_register *reg = &look.registers[j];
            if (!reg->conflict || (reg->field != NAME && reg->field != NOTE && reg->field != SITE))
                continue;
            karto_arena_init(&w.arena);
            wish_text(&w, reg->field, "", text);
            world->counts[SAW_RESOLVED]++;
            edit(place, records[i], &w, (struct edit_options){.create = false});
            return;
        }
    }
}

/* ---- steps of machines ---- */

static void wrong_clock(struct world *world, struct place *place)
{
    static const int64_t years = 365 * 24 * 60 * 60 * 1000LL;
    const int64_t offsets[] = {0, 0, -700, 900, -60 * 60 * 1000, 60 * 60 * 1000, -10 * years, 10 * years};
    int64_t before = place->clock_offset;
    place->clock_offset = offsets[world_roll(world, 8)];
    world->counts[SAW_CLOCK_BACK] += place->clock_offset < before - 9 * years;
    world_say(world, "%s: clock is wrong by %lld ms", place->name, (long long)place->clock_offset);
    world->counts[SAW_CLOCK]++;
    if (place == &world->hub)
        hub_clock_moved(world);
}

static void restart(struct world *world, struct place *place)
{
    world_say(world, "%s: restarts", place->name);
    place_close(place);
    place_open(place);
    world->counts[SAW_RESTART]++;
}

static void old_image(struct world *world, struct place *place)
{
    bool fresh = !place->forked || world->may_double;
    if (!fresh && !place->has_image)
        return;
    if (!place->has_image || (fresh && world_chance(world, .4))) {
        world_say(world, "%s: image taken", place->name);
        place_keep_image(place);
        return;
    }
    world_say(world, "%s: PUT BACK", place->name);
    place_put_back(place);
    world->counts[SAW_ROLLBACK]++;
}

/* Or the same day of the next year, as for a laptop that lay in a drawer. */
static void next_day(struct world *world)
{
    int64_t days = world_chance(world, .03) ? 365 : 1;
    world->now_ms += days * 24 * 60 * 60 * 1000;
    for (unsigned i = 0; i < world->device_count && days > 1; i++)
        world_outlive(&world->devices[i]);
    world_say(world, "midnight, %lld days later", (long long)days);
    hub_midnight(world);
}

/* For some frames nothing gets through in one direction; the other side hears everything, and cannot know. */
static void half_a_line(struct world *world, struct place *device)
{
    device->line = world_chance(world, .5) ? LINE_NO_REQUESTS : LINE_NO_ANSWERS;
    device->line_frames = 1 + world_roll(world, 12);
    world_say(world, "%s: no %s get through", device->name, device->line == LINE_NO_REQUESTS ? "requests" : "answers");
}

/* Backups are made at any time, of a hub that is being recovered, too; and any of them is put back, even one that is
 * younger than the one before. */
static void old_hub(struct world *world)
{
    unsigned number = world_roll(world, WORLD_BACKUPS);
    const struct backup *backup = &world->backups[number];
    if (!world->hub_goes_back)
        return;
    if (!backup->there || world_chance(world, .3)) {
        world_say(world, "hub: backup %u made", number);
        hub_keep_backup(world, number);
        return;
    }
    world_say(world, "hub: PUT BACK to backup %u", number);
    hub_put_back(world, number);
}

static void upgrade(struct world *world, struct place *device)
{
    if (device->sizes.protocol_most != 1)
        return;
    wire_crash(world, device);
    world_say(world, "%s: gets the present program", device->name);
    device->sizes.protocol_most = 0;
    world->counts[SAW_UPGRADE]++;
}

/* Somebody copies the whole store to a second machine, and goes on with both. */
static void clone(struct world *world, struct place *device)
{
    if (!world->may_double || !device->joined || world->device_count == WORLD_PLACES)
        return;
    world_say(world, "%s: cloned", device->name);
    place_clone(device);
    world->counts[SAW_CLONE]++;
}

static void new_scope(struct world *world, struct place *device)
{
    unsigned territories = 1 + world_roll(world, 7);
    world_say(world, "scope of %s: %u, was %u", device->name, territories, device->territories);
    hub_set_scope(world, device, device->role, territories);
    world->counts[SAW_SCOPE]++;
}

/* From everything to what an analyst may have, or back. */
static void new_role(struct world *world, struct place *device)
{
    const struct karto_role *analyst = karto_role(KARTO_ROLE_ANALYST), *office = karto_role(KARTO_ROLE_OFFICE);
    bool less = device->role == office;
    world_say(world, "%s: is %s now", device->name, karto_role_name(less ? analyst : office));
    hub_set_scope(world, device, less ? analyst : office, device->territories);
    world->counts[less ? SAW_ROLE_LESS : SAW_ROLE_MORE]++;
}

static void new_rights(struct world *world, struct place *device)
{
    bool may = world_has_reader(world) && device->role != karto_role(KARTO_ROLE_REPRESENTATIVE);
    if (may && world_chance(world, .7))
        new_role(world, device);
    else
        new_scope(world, device);
}

static void synchronise(struct world *world, struct place *device)
{
    static const unsigned frames[] = {1, 1, 2, 4, 9, 30};
    if (!device->joined) {
        if (world_chance(world, .1)) {
            world_say(world, "%s: joins the hub", device->name);
            place_join(device);
        }
        return;
    }
    wire_go_on(world, device, frames[world_roll(world, 6)]);
    if (device->even && world_chance(world, .5))
        wire_backfill(world, device, frames[world_roll(world, 6)]);
}

/* ---- one step ---- */

static void office_step(struct world *world)
{
    unsigned dice = world_roll(world, 100);
    struct place *hub = &world->hub;
    if (dice < 8)
        create(world, hub);
    else if (dice < 14)
        create_child(world, hub);
    else if (dice < 55)
        edit_plain(world, hub);
    else if (dice < 80)
        move(world, hub);
    else if (dice < 88)
        give_child(world, hub);
    else if (dice < 94)
        hide(world, hub, world_chance(world, .7));
    else
        resolve(world, hub);
}

static enum karto_err do_role(struct karto_tx *tx, void *context)
{
    struct karto_rights rights = {.role = NULL};
    enum karto_err err = karto_device_rights(tx, &rights);
    *(bool *)context = rights.role == karto_role(KARTO_ROLE_ANALYST);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* As far as it has heard. */
static bool is_reader(const struct place *place)
{
    bool reads;
    world_must(place->world, karto_store_read(place->store, do_role, &reads), "reading rights");
    return reads;
}

static void person_step(struct world *world, struct place *place)
{
    unsigned dice = world_roll(world, 100);
    if (is_reader(place))
        return; /* looks on */
    bool office = place->role == karto_role(KARTO_ROLE_OFFICE);
    if (dice < 12)
        create(world, place);
    else if (dice < 22)
        create_child(world, place);
    else if (dice < 68)
        edit_plain(world, place);
    else if (dice < 74 && place->joined) /* before that everything is allowed */
        edit_forbidden(world, place);
    else if (dice < 83)
        hide(world, place, world_chance(world, .7));
    else if (dice < 90)
        resolve(world, place);
    else if (dice < 95)
        give_child(world, place);
    else if (dice < 98 && office)
        move(world, place);
    else
        edit_with_wrong_form(world, place);
}

static void machine_step(struct world *world, struct place *device)
{
    unsigned dice = world_roll(world, 100);
    if (world->hub_goes_back && world_chance(world, .25))
        old_hub(world);
    else if (world->recovering && world_chance(world, .15))
        hub_recovered(world);
    else if (dice < 15)
        next_day(world);
    else if (dice < 30)
        new_rights(world, device);
    else if (dice < 45)
        restart(world, device);
    else if (dice < 60)
        wire_crash(world, device);
    else if (dice < 72)
        old_image(world, device);
    else if (dice < 76)
        clone(world, device);
    else if (dice < 85)
        wrong_clock(world, world_chance(world, .2) ? &world->hub : device);
    else if (dice < 91)
        half_a_line(world, device);
    else if (dice < 93)
        upgrade(world, device);
    else
        wire_deliver_late(world);
}

/* One disk meets a fault in this step, if it writes enough. */
static struct place *any_fault(struct world *world)
{
    static const enum disk_fault faults[] = {DISK_CUT, DISK_CUT, DISK_CUT, DISK_FULL, DISK_FULL, DISK_BAD_SYNC};
    struct place *place = world_chance(world, .4) ? &world->hub : any_device(world);
    if (world_chance(world, FAULTY))
        disk_arm(place->disk, faults[world_roll(world, 6)], 1 + world_roll(world, 12));
    return place;
}

static void end_fault(struct place *place)
{
    (void)place_met(place);
    disk_arm(place->disk, DISK_FINE, 0);
}

static void do_step(struct world *world, unsigned step)
{
    unsigned dice = world_roll(world, 100);
    struct place *device = any_device(world);
    if (world_chance(world, .6))
        world->now_ms += 1000; /* else two things happen in the same millisecond */
    if (step < 3)
        create(world, step ? device : &world->hub);
    else if (dice < 34)
        person_step(world, device);
    else if (dice < 47)
        office_step(world);
    else if (dice < 60)
        machine_step(world, device);
    else
        synchronise(world, device);
}

void schedule_step(struct world *world, unsigned step)
{
    world->step = step;
    world_throw(world, step + 1);
    struct place *faulty = any_fault(world);
    do_step(world, step);
    end_fault(faulty);
}

void schedule_settle(struct world *world)
{
    unsigned busy = 1, rounds = 0;
    world->step++;
    world->loss = 0;
    while (world->late_count)
        wire_deliver_late(world);
    for (unsigned i = 0; i < world->device_count; i++) {
        wire_crash(world, &world->devices[i]);
        world->devices[i].line_frames = 0;
        if (world->restored)
            upgrade(world, &world->devices[i]); /* an older program cannot give back */
        if (!world->devices[i].joined)
            place_join(&world->devices[i]);
    }
    if (world->recovering) {
        for (unsigned i = 0; i < 2 * world->device_count; i++)
            (void)wire_synchronise(world, &world->devices[i % world->device_count]);
        hub_recovered(world);
    }
    for (; busy; rounds++) {
        if (rounds == ROUNDS_MAX)
            world_fail(world, "after %u rounds there is still something to synchronise", rounds);
        busy = 0;
        for (unsigned i = 0; i < world->device_count; i++)
            busy += wire_synchronise(world, &world->devices[i]);
    }
    world->counts[SAW_LOST] += world_count_lost(world);
    for (unsigned i = 0; i < world->device_count; i++)
        wire_backfill_all(world, &world->devices[i]);
    for (unsigned i = 0; i < world->device_count; i++)
        wire_wait(world, &world->devices[i]);
}
