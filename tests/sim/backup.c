/* The hub is put back to a copy of its store: devices' changes since then come again, or not. */
#include "core/store/hub_recovery.h"
#include "core/store/log.h"
#include "tests/sim/world.h"

#include <stdio.h>

/* ---- backups ---- */

void hub_keep_backup(struct world *world, unsigned number)
{
    struct backup *backup = &world->backups[number];
    snprintf(backup->file, sizeof backup->file, "%s/backup%u.mdb", world->dir, number);
    place_copy(&world->hub, backup->file);
    oracle_past_free(backup->past);
    backup->past = oracle_keep(world->oracle);
    backup->made = world->hub.made;
    backup->seen_to = world->hub.seen_to;
    for (unsigned i = 0; i < world->device_count; i++) {
        const struct place *device = &world->devices[i];
        backup->devices[i].role = device->role;
        backup->devices[i].territories = device->territories;
        backup->devices[i].rights = device->rights;
        backup->devices[i].settled = device->settled;
        backup->devices[i].rights_ms = device->rights_ms;
    }
    backup->there = true;
    world->counts[SAW_BACKUP]++;
    world->counts[SAW_BACKUP_IN_RECOVERY] += world->recovering;
}

/* What the hub knows of the device: of a clone made since, as of what it was made of. */
static void forget_rights(const struct world *world, const struct backup *backup, struct place *device)
{
    unsigned i = 0;
    while (!karto_rid_equal(world->devices[i].id, device->id))
        i++;
    device->role = backup->devices[i].role;
    device->territories = backup->devices[i].territories;
    device->rights = backup->devices[i].rights;
    device->settled = backup->devices[i].settled;
    device->rights_ms = backup->devices[i].rights_ms;
    device->may_reconcile = true;
    device->even = false;
    device->astray = true;
}

struct being {
    struct karto_epoch epoch;
    int64_t day;
    struct karto_recovery recovery;
};

static enum karto_err do_be(struct karto_tx *tx, void *context)
{
    struct being *being = context;
    being->epoch = tx->ledger.epoch;
    being->day = tx->ledger.day;
    return karto_hub_recovery(tx, &being->recovery);
}

static void check_noticed(struct world *world)
{
    struct being being;
    world_must(world, karto_store_read(world->hub.store, do_be, &being), "reading of the recovery");
    if (!being.recovery.recovering)
        world_fail(world, "the hub does not know that it was put back");
    if (karto_epoch_compare(being.epoch, world->epoch) <= 0)
        world_fail(world, "the hub was put back, and its epoch is not above the lost one's");
    world->epoch = being.epoch;
    world->day = being.day;
}

unsigned world_count_lost(const struct world *world)
{
    unsigned lost = 0;
    for (unsigned uid = 1; uid <= oracle_count(world->oracle); uid++)
        lost += oracle_is_lost(world->oracle, uid);
    return lost;
}

void hub_put_back(struct world *world, unsigned number)
{
    const struct backup *backup = &world->backups[number];
    place_replace(&world->hub, backup->file);
    check_noticed(world);
    world->counts[SAW_HUB_BACK]++;
    world->counts[SAW_HUB_BACK_AGAIN] += world->recovering;
    world->restored = world->recovering = true;
    world->of_earlier = oracle_count(world->oracle);
    oracle_go_back(world->oracle, backup->past);
    world->hub.made = backup->made;
    for (unsigned i = 0; i < world->device_count; i++) {
        forget_rights(world, backup, &world->devices[i]);
        world_outlive(&world->devices[i]);
    }
    world_hear_again(world, backup->seen_to);
    world_say(world, "hub: has lost %u changes", world_count_lost(world));
    hub_midnight(world); /* as at each start */
}

static enum karto_err do_recovered(struct karto_tx *tx, void *context)
{
    struct karto_recovery recovery;
    enum karto_err err = karto_hub_recovery(tx, &recovery);
    *(bool *)context = recovery.lacking > 0;
    if (err == KARTO_OK && recovery.recovering)
        err = karto_hub_recovered(tx);
    return err;
}

void hub_recovered(struct world *world)
{
    bool early = false;
    enum karto_err err = karto_store_write(world->hub.store, do_recovered, &early);
    if (place_met(&world->hub) != DISK_FINE)
        err = karto_store_write(world->hub.store, do_recovered, &early);
    world_must(world, err, "saying that the hub is recovered");
    world->counts[SAW_RECOVERED_EARLY] += early;
    world->recovering = false;
    world_say(world, "hub: recovered%s", early ? ", before everybody has come" : "");
}

/* ---- dots and states ---- */

static void shake(struct world *world, unsigned uid)
{
    world->shaky[oracle_change(world->oracle, uid)->record] = true;
}

void world_name_dot(struct world *world, struct karto_dot dot, unsigned uid, bool refused)
{
    for (unsigned i = 0; i < world->dot_count; i++) {
        struct dot_name *name = &world->dots[i];
        if (!karto_dot_equal(name->dot, dot))
            continue;
        if (name->uid != uid || name->refused != refused) {
            shake(world, name->uid);
            shake(world, uid);
            world->any_doubled = true;
            world->counts[SAW_TWO_VERDICTS]++;
        }
        *name = (struct dot_name){dot, uid, refused};
        return;
    }
    if (world->dot_count == WORLD_DOTS)
        world_fail(world, "more dots than the test has room for");
    world->dots[world->dot_count++] = (struct dot_name){dot, uid, refused};
}

/* The change is in the hub under this dot, in this field. */
static void note_effect(struct world *world, const struct dot_name *name, unsigned field)
{
    unsigned uid = name->uid;
    bool logged = oracle_fate(world->oracle, uid) != ORACLE_NOT_SEEN;
    if (logged && karto_dot_equal(world->dot_of[uid], name->dot))
        return;
    bool other = world->state_dot[uid].seq && !karto_dot_equal(world->state_dot[uid], name->dot) &&
                 oracle_has_any_effect(world->oracle, uid);
    if (logged || other)
        world_take_again(world, uid);
    world->state_dot[uid] = name->dot;
    oracle_take_state(world->oracle, uid, field);
}

void world_hear_state(struct world *world, struct karto_tx *tx, struct karto_rid id)
{
    struct karto_entry entry;
    unsigned record = world_record(world, id, 0);
    world_must(world, karto_entry_load(tx, id, &entry), "reading a record");
    world->healed[record] = true;
    for (unsigned i = 0; i < world->dot_count; i++) {
        const struct dot_name *name = &world->dots[i];
        const struct oracle_change *change = oracle_change(world->oracle, name->uid);
        for (unsigned j = 0; j < change->count && change->record == record && !name->refused; j++) {
            const struct karto_field *field = karto_record_field(&entry.view, change->sets[j].field);
            if (field && karto_vv_covers(field->vv, name->dot))
                note_effect(world, name, change->sets[j].field);
        }
    }
}
