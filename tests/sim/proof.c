#include "tests/sim/proof.h"

#include "core/model/merge.h"
#include "core/store/check.h"
#include "core/store/databases.h"
#include "core/store/device.h"
#include "core/store/hub_held.h"
#include "core/store/log.h"

#include <stdio.h>
#include <string.h>

/* ---- bytes ---- */

struct copying {
    struct karto_rid id;
    struct karto_buf *base, *view; /* with the home in front */
    bool exists;
    const struct karto_role *role; /* no more than it may have */
};

static enum karto_err do_copy(struct karto_tx *tx, void *context)
{
    struct copying *copying = context;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, copying->id, &entry);
    if (err != KARTO_OK)
        return err;
    struct karto_record base = karto_record_part(&tx->arena, copying->role, &entry.base),
                        view = karto_record_part(&tx->arena, copying->role, &entry.view);
    copying->exists = entry.exists;
    karto_buf_add_slice(copying->base, entry.home);
    karto_record_encode(&base, copying->base);
    karto_buf_add_slice(copying->view, entry.home);
    karto_record_encode(&view, copying->view);
    return KARTO_OK;
}

static bool copy_record(struct place *place, unsigned record, const struct karto_role *role, struct karto_buf *base,
                        struct karto_buf *view)
{
    struct copying copying = {place->world->records[record].id, base, view, false, role};
    karto_buf_clear(base);
    karto_buf_clear(view);
    world_must(place->world, karto_store_read(place->store, do_copy, &copying), "reading a record");
    return copying.exists;
}

/* ---- at any time ---- */

static enum karto_err do_current(struct karto_tx *tx, void *context)
{
    const struct place *device = context;
    const struct world *world = device->world;
    if (tx->ledger.rights != device->rights || !karto_epoch_equal(tx->ledger.epoch, world->epoch))
        return KARTO_OK; /* it has to compare everything yet */
    for (uint64_t position = 1; position <= tx->ledger.cursor && position <= world->hub.seen_to; position++) {
        const struct taken *taken = &world->log[position];
        struct karto_entry entry;
        if (!taken->record || !(taken->home & device->territories)) /* what was elsewhere then comes with the return */
            continue;
        enum karto_err err = karto_entry_load(tx, world->records[taken->record].id, &entry);
        if (err != KARTO_OK)
            return err;
        for (uint32_t i = 0; i < taken->count && entry.kept; i++) {
            const struct karto_field *field = karto_record_field(&entry.base, taken->fields[i]);
            if (!karto_role_reads(device->role, entry.base.kind, taken->fields[i]))
                continue;
            if (!field || !karto_vv_covers(field->vv, taken->dot))
                world_fail(world, "I1 record %u counts as current at %s, and lacks what the hub's log has at %llu",
                           taken->record, device->name, (unsigned long long)position);
        }
    }
    return KARTO_OK;
}

void proof_current(struct world *world, struct place *device)
{
    world_must(world, karto_store_read(device->store, do_current, device), "reading what is current");
}

/* ---- given back ---- */

struct giving {
    struct place *device;
    struct karto_rid id;
    struct karto_record base; /* at the device, in the arena of its transaction */
};

static enum karto_err is_held(struct karto_tx *tx, const struct giving *giving, bool *held)
{
    struct karto_held row;
    enum karto_err err = karto_hub_held(tx, giving->id, giving->device->id, &row);
    *held = err == KARTO_OK;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* Whether each value of the field is there, or was replaced by who had seen it. */
static bool has_values(const struct karto_field *here, const struct karto_field *field)
{
    for (uint32_t i = 0; i < field->count; i++)
        for (uint32_t j = 0; j < field->registers[i].count; j++)
            if (!here || !karto_vv_covers(here->vv, field->registers[i].heads[j].stamp.dot))
                return false;
    return true;
}

static enum karto_err do_given(struct karto_tx *tx, void *context)
{
    const struct giving *giving = context;
    const struct world *world = giving->device->world;
    struct karto_entry entry;
    bool held = false;
    enum karto_err err = karto_entry_load(tx, giving->id, &entry);
    if (err == KARTO_OK)
        err = is_held(tx, giving, &held);
    for (uint32_t i = 0; i < giving->base.count && err == KARTO_OK; i++) {
        const struct karto_field *field = &giving->base.fields[i],
                                 *here = karto_record_field(&entry.view, field->number);
        if (!has_values(here, field) && !held)
            world_fail(world, "%s has given everything back, and the hub lacks field %u of a record",
                       giving->device->name, field->number);
    }
    return err;
}

static enum karto_err do_give(struct karto_tx *tx, void *context)
{
    struct place *device = context;
    struct world *world = device->world;
    for (unsigned record = 1; record <= world->record_count; record++) {
        struct karto_entry entry;
        enum karto_err err = karto_entry_load(tx, world->records[record].id, &entry);
        if (err != KARTO_OK)
            return err;
        struct giving giving = {device, entry.id, entry.base};
        bool of_devices =
            entry.base.kind == KARTO_DEVICE && !karto_role_is_head_office(device->role); /* nothing for him to say */
        if (entry.exists && !of_devices)
            world_must(world, karto_store_read(world->hub.store, do_given, &giving), "reading what was given");
    }
    return KARTO_OK;
}

void proof_gave(struct world *world, struct place *device)
{
    world_must(world, karto_store_read(device->store, do_give, device), "reading what was given");
}

/* ---- 1, 4 ---- */

static void check_copy(struct world *world, struct place *device, unsigned record)
{
    struct karto_buf base = KARTO_BUF_EMPTY, view = KARTO_BUF_EMPTY, hub = KARTO_BUF_EMPTY, same = KARTO_BUF_EMPTY;
    bool at_hub = copy_record(&world->hub, record, device->role, &same, &hub);
    bool here = copy_record(device, record, karto_role(KARTO_ROLE_OFFICE), &base, &view),
         should = at_hub && world_in_scope(world, device, record);
    if (here != should)
        world_fail(world, "I%u %s %s record %u", here ? 4u : 1u, device->name, here ? "still has" : "has not", record);
    if (here && (!karto_slice_equal(karto_buf_slice(&base), karto_buf_slice(&hub)) ||
                 !karto_slice_equal(karto_buf_slice(&view), karto_buf_slice(&hub))))
        world_fail(world, "I1 record %u at %s is not the hub's", record, device->name);
    karto_buf_fini(&base);
    karto_buf_fini(&view);
    karto_buf_fini(&hub);
    karto_buf_fini(&same);
}

struct sums {
    const struct place *device;
    struct karto_sum sum, by_territory[WORLD_TERRITORIES];
};

static enum karto_err add_territories(struct karto_tx *tx, struct sums *sums)
{
    static const char *const names[WORLD_TERRITORIES] = {"T1", "T2", "T3"};
    enum karto_err err = KARTO_OK;
    for (unsigned i = 0; i < WORLD_TERRITORIES && err == KARTO_OK; i++)
        err = karto_digest_of(tx, karto_slice_str(names[i]), &sums->by_territory[i]);
    return err;
}

static enum karto_err do_device_sums(struct karto_tx *tx, void *context)
{
    struct sums *sums = context;
    enum karto_err err = karto_device_digest(tx, &sums->sum);
    return err == KARTO_OK ? add_territories(tx, sums) : err;
}

static enum karto_err do_hub_sums(struct karto_tx *tx, void *context)
{
    struct sums *sums = context;
    struct karto_device row;
    enum karto_err err = karto_hub_device(tx, sums->device->id, &row);
    if (err == KARTO_OK)
        err = karto_hub_digest(tx, &row, &sums->sum);
    return err == KARTO_OK ? add_territories(tx, sums) : err;
}

static void check_digests(struct world *world, struct place *device)
{
    struct sums here = {.device = device}, hub = {.device = device};
    world_must(world, karto_store_read(device->store, do_device_sums, &here), "digest");
    world_must(world, karto_store_read(world->hub.store, do_hub_sums, &hub), "digest");
    if (!karto_sum_equal(here.sum, hub.sum))
        world_fail(world, "I1 the digests of %s and the hub differ", device->name);
    for (unsigned i = 0; i < WORLD_TERRITORIES; i++)
        if ((karto_role_is_head_office(device->role) ||
             (device->role == karto_role(KARTO_ROLE_REPRESENTATIVE) && device->territories >> i & 1)) &&
            !karto_sum_equal(here.by_territory[i], hub.by_territory[i]))
            world_fail(world, "I1 the digests of T%u of %s and the hub differ", i + 1, device->name);
}

void proof_scopes(struct world *world)
{
    for (unsigned i = 0; i < world->device_count; i++) {
        struct place *device = &world->devices[i];
        for (unsigned record = 1; record <= world->record_count; record++) {
            struct look look;
            place_look(device, record, &look);
            if (look.exists && (!look.kept || look.expect || look.pending))
                world_fail(world, "I1 record %u at %s is still on its way", record, device->name);
            check_copy(world, device, record);
        }
        check_digests(world, device);
    }
}

/* ---- 2 ---- */

static enum karto_err do_pending(struct karto_tx *tx, void *context)
{
    *(uint64_t *)context = tx->ledger.pending;
    return KARTO_OK;
}

void proof_changes(struct world *world)
{
    for (unsigned i = 0; i < world->device_count; i++) {
        struct place *device = &world->devices[i];
        uint64_t pending;
        world_must(world, karto_store_read(device->store, do_pending, &pending), "ledger");
        if (pending)
            world_fail(world, "I2 %s still has something to push", device->name);
        for (unsigned j = 0; j < device->made.count; j++)
            if (oracle_fate(world->oracle, device->made.uids[j]) == ORACLE_NOT_SEEN)
                world_fail(world, "I2 change %u of %s never reached the hub", device->made.uids[j], device->name);
    }
}

/* ---- 3, 5 ---- */

static void check_register(struct world *world, unsigned record, const struct look_register *reg)
{
    unsigned want[ORACLE_HEADS], count = oracle_heads(world->oracle, record, reg->field, reg->name, want);
    if (world->shaky[record])
        return;
    bool doubled = world->doubled[record], same = count == reg->count || doubled;
    for (unsigned i = 0; i < count && same; i++) {
        same = false;
        for (unsigned j = 0; j < reg->count; j++)
            same = same || reg->uids[j] == want[i];
    }
    if (!same)
        world_fail(world, "I3 record %u, field %u %s: %u values (%u ...), not %u (%u ...)", record, reg->field,
                   reg->name, reg->count, reg->uids[0], count, count ? want[0] : 0);
    if (doubled)
        return;
    if (reg->winner != oracle_winner(world->oracle, record, reg->field, reg->name))
        world_fail(world, "record %u, field %u %s: shows change %u, not %u", record, reg->field, reg->name, reg->winner,
                   oracle_winner(world->oracle, record, reg->field, reg->name));
    if (reg->conflict != oracle_is_conflict(world->oracle, record, reg->field, reg->name))
        world_fail(world, "record %u, field %u %s: %s conflict", record, reg->field, reg->name,
                   reg->conflict ? "a" : "no");
    world->counts[SAW_CONFLICT] += reg->conflict;
    world->counts[SAW_EQUAL] += !reg->conflict && reg->count > 1;
}

static bool has_register(const struct look *look, unsigned field, const char *name)
{
    for (unsigned i = 0; i < look->count; i++)
        if (look->registers[i].field == field && strcmp(look->registers[i].name, name) == 0)
            return true;
    return false;
}

/* What the oracle has and the record has not. */
static void check_missing(struct world *world, unsigned uid, const struct oracle_change *change,
                          const struct look *look)
{
    unsigned want[ORACLE_HEADS];
    for (unsigned i = 0; i < change->count; i++) {
        const struct oracle_set *set = &change->sets[i];
        unsigned count = oracle_heads(world->oracle, change->record, set->field, set->key, want);
        if (count && !has_register(look, set->field, set->key) && !world->shaky[change->record])
            world_fail(world, "I3 record %u, field %u %s: nothing, not %u values (change %u)", change->record,
                       set->field, set->key, count, uid);
        world->counts[SAW_SET_CLASH] += set->removed && count;
    }
}

void proof_registers(struct world *world)
{
    struct look look;
    for (unsigned record = 1; record <= world->record_count; record++) {
        const char *home = world_home(world, record);
        place_look(&world->hub, record, &look);
        for (unsigned i = 0; i < look.count; i++)
            check_register(world, record, &look.registers[i]);
        if (look.hidden != oracle_is_hidden(world->oracle, record) && !world->doubled[record] && !world->shaky[record])
            world_fail(world, "record %u is %s", record, look.hidden ? "hidden" : "not hidden");
        if (look.exists && look.kind != KARTO_DEVICE && strcmp(look.home, home) != 0)
            world_fail(world, "I1 record %u lies in '%s', not '%s'", record, look.home, home);
        for (unsigned uid = 1; uid <= oracle_count(world->oracle); uid++) {
            const struct oracle_change *change = oracle_change(world->oracle, uid);
            if (change->record == record && oracle_has_any_effect(world->oracle, uid))
                check_missing(world, uid, change, &look);
        }
    }
}

/* ---- 6 ---- */

struct replay {
    struct world *world;
    struct karto_rid id;
    struct karto_change *changes;
    uint32_t count;
};

static enum karto_err collect(struct karto_tx *tx, struct replay *replay)
{
    replay->changes = karto_arena_array(&tx->arena, tx->ledger.position, sizeof *replay->changes);
    replay->count = 0;
    for (uint64_t position = 1; position <= tx->ledger.position; position++) {
        struct karto_log_entry entry;
        enum karto_err err = karto_log_read(tx, position, &entry);
        if (err == KARTO_OK && entry.type == KARTO_LOG_CHANGE && !entry.apart &&
            karto_rid_equal(entry.record, replay->id))
            err = karto_log_change(tx, &entry, &replay->changes[replay->count++]);
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

/* Applies some change that can be, as long as there is one; into one of two copies. */
static void apply_any(struct karto_tx *tx, struct replay *replay, struct karto_record *copy, bool *done, uint32_t most)
{
    uint32_t left = most, misses = 0;
    while (left > 0 && misses < replay->count) {
        struct karto_record next;
        uint32_t i = world_roll(replay->world, replay->count);
        for (misses = 0; misses < replay->count; misses++, i = (i + 1) % replay->count) {
            if (done[i] || karto_apply(&tx->arena, copy, &replay->changes[i], &next) != KARTO_APPLIED)
                continue;
            *copy = next;
            done[i] = true;
            left--;
            break;
        }
    }
}

static bool same_record(const struct karto_record *a, const struct karto_record *b)
{
    struct karto_buf x = KARTO_BUF_EMPTY, y = KARTO_BUF_EMPTY;
    karto_record_encode(a, &x);
    karto_record_encode(b, &y);
    bool same = karto_slice_equal(karto_buf_slice(&x), karto_buf_slice(&y));
    karto_buf_fini(&x);
    karto_buf_fini(&y);
    return same;
}

static enum karto_err do_replay(struct karto_tx *tx, void *context)
{
    struct replay *replay = context;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, replay->id, &entry);
    if (err == KARTO_OK)
        err = collect(tx, replay);
    if (err != KARTO_OK || replay->count == 0)
        return err;
    struct karto_record empty = {.id = replay->id, .kind = entry.view.kind}, whole = empty, half = empty, joined, again;
    bool *done = karto_arena_array(&tx->arena, replay->count, sizeof *done);
    bool *half_done = karto_arena_array(&tx->arena, replay->count, sizeof *half_done);
    apply_any(tx, replay, &whole, done, replay->count);
    apply_any(tx, replay, &half, half_done, world_roll(replay->world, replay->count + 1));
    karto_join(&tx->arena, &half, &whole, &joined);
    karto_join(&tx->arena, &whole, &half, &again);
    if (!same_record(&whole, &entry.view) || !same_record(&joined, &entry.view) || !same_record(&again, &entry.view))
        world_fail(replay->world, "I6 another order of the same changes makes another record");
    return KARTO_OK;
}

void proof_orders(struct world *world)
{
    for (unsigned record = 1; record <= world->record_count; record++) {
        if (world->healed[record])
            continue; /* not all that made it stands in the log */
        struct replay replay = {.world = world, .id = world->records[record].id};
        world_must(world, karto_store_read(world->hub.store, do_replay, &replay), "replay");
    }
}

/* ---- 7 ---- */

/* All rows of all databases. */
static enum karto_err do_sum(struct karto_tx *tx, void *context)
{
    struct karto_sum *sum = context;
    enum karto_err err = KARTO_OK;
    *sum = (struct karto_sum){0, 0};
    for (unsigned db = 0; db < KARTO_DB_COUNT; db++) {
        struct karto_kv_cursor *cursor;
        struct karto_slice key, row;
        err = karto_kv_cursor_open(tx->kv, db, &cursor);
        if (err != KARTO_OK)
            return err;
        for (err = karto_kv_first(cursor, &key, &row); err == KARTO_OK; err = karto_kv_next(cursor, &key, &row)) {
            struct karto_buf both = KARTO_BUF_EMPTY;
            karto_buf_add_be32(&both, db);
            karto_buf_add_be32(&both, (uint32_t)key.size);
            karto_buf_add_slice(&both, key);
            karto_buf_add_slice(&both, row);
            *sum = karto_sum_add(*sum, karto_sum_of(karto_buf_slice(&both)));
            karto_buf_fini(&both);
        }
        karto_kv_cursor_close(cursor);
        if (err != KARTO_E_NOT_FOUND)
            return err;
    }
    return KARTO_OK;
}

static void report(void *context, const char *what, const struct karto_rid *record)
{
    const struct place *place = context;
    char id[KARTO_RID_TEXT] = "";
    if (record)
        karto_rid_print(*record, id);
    fprintf(stderr, "%s: %s %s\n", place->name, what, id);
}

static enum karto_err do_check(struct karto_tx *tx, void *context)
{
    struct place *place = context;
    struct karto_check check;
    enum karto_err err = karto_check(tx, report, place, &check);
    if (err == KARTO_OK && check.problems)
        world_fail(place->world, "the store of %s has %llu problems", place->name, (unsigned long long)check.problems);
    return err;
}

void proof_store(struct place *place)
{
    world_must(place->world, karto_store_read(place->store, do_check, place), "check");
}

void proof_disk(struct world *world)
{
    for (unsigned i = 0; i <= world->device_count; i++) {
        struct place *place = i < world->device_count ? &world->devices[i] : &world->hub;
        struct karto_sum before, after;
        world_must(world, karto_store_read(place->store, do_sum, &before), "reading everything");
        place_close(place);
        place_open(place);
        world_must(world, karto_store_read(place->store, do_sum, &after), "reading everything");
        if (!karto_sum_equal(before, after))
            world_fail(world, "I7 %s is not as it was before it was closed", place->name);
        proof_store(place);
    }
}
