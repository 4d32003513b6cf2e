/* A person at a store: edits it, and tells the oracle what he had before him. */
#include "core/store/device.h"
#include "core/store/log.h"
#include "tests/sim/world.h"

#include <stdio.h>
#include <string.h>

static const struct look_register *find_register(const struct look *look, const struct wish *wish)
{
    for (unsigned i = 0; i < look->count; i++) {
        const struct look_register *reg = &look->registers[i];
        if (reg->field == wish->edit.field && karto_slice_equal(karto_slice(reg->key, reg->key_size), wish->edit.key))
            return reg;
    }
    return NULL;
}

static bool changes_nothing(const struct look *look, const struct wish *wish)
{
    const struct look_register *reg = find_register(look, wish);
    if (!reg)
        return karto_value_is_nil(wish->edit.value);
    return reg->count == 1 && karto_slice_equal(karto_slice(reg->value, reg->value_size), wish->edit.value);
}

/* ---- the oracle's side ---- */

static unsigned tell_oracle(struct place *place, unsigned record, const struct look *look, const struct wish *wishes,
                            unsigned count)
{
    struct oracle *oracle = place->world->oracle;
    struct oracle_change change = {.record = record, .count = count};
    for (unsigned i = 0; i < count; i++)
        change.sets[i] = wishes[i].set;
    unsigned uid = oracle_make(oracle, &change);
    for (unsigned i = 0; i < look->count; i++)
        for (unsigned j = 0; j < look->registers[i].count; j++)
            oracle_saw(oracle, uid, look->registers[i].uids[j], look->registers[i].field);
    for (unsigned i = 0; i < look->gone_count; i++)
        oracle_saw(oracle, uid, look->gone[i].uid, look->gone[i].field);
    for (unsigned i = 0; i < place->made.count; i++)
        oracle_saw_own(oracle, uid, place->made.uids[i]);
    if (place == &place->world->hub)
        oracle_saw_all(oracle, uid);
    if (look->hidden)
        oracle_saw_hidden(oracle, uid);
    return uid;
}

static void remember(struct place *place, unsigned uid, uint64_t reconciled, struct karto_epoch epoch)
{
    if (place->made.count == WORLD_MADE)
        world_fail(place->world, "more changes than the test has room for");
    bool same_hub = karto_epoch_equal(epoch, place->world->epoch); /* it was not put back since */
    bool steady = place->told == place->settled && !place->astray &&
                  ((reconciled == place->told && same_hub) || (reconciled == 0 && !place->forked));
    steady = steady && !world_is_long_ago(place->world, place->even_ms);
    place->rights_at[place->made.count] = steady ? place->told : 0; /* 0: in between two */
    place->made.uids[place->made.count++] = uid;
}

/* ---- the store's side ---- */

struct saving {
    struct place *place;
    struct karto_save save;
    bool unchecked;
    uint64_t rights;          /* that the store had reconciled with, */
    struct karto_epoch epoch; /* and with which hub */
    uint64_t position;        /* in the log, of what was made */
    bool made;
    struct karto_edit edits[ORACLE_SETS];
};

/* As a program would that has other rules: for this transaction the author may do everything. */
static enum karto_err save_unchecked(struct karto_tx *tx, const struct karto_save *save)
{
    struct karto_rights rights, everything = {karto_role(KARTO_ROLE_OFFICE), NULL, 0};
    enum karto_err err = karto_device_rights(tx, &rights);
    if (err == KARTO_E_NOT_FOUND)
        return karto_save(tx, save, NULL);
    if (err == KARTO_OK)
        err = karto_device_set_rights(tx, &everything);
    if (err == KARTO_OK)
        err = karto_save(tx, save, NULL);
    return err == KARTO_OK ? karto_device_set_rights(tx, &rights) : err;
}

static enum karto_err do_save(struct karto_tx *tx, void *context)
{
    struct saving *saving = context;
    uint64_t before = tx->ledger.position;
    enum karto_err err = saving->unchecked ? save_unchecked(tx, &saving->save) : karto_save(tx, &saving->save, NULL);
    saving->made = tx->ledger.position > before;
    saving->position = before + 1;
    saving->rights = tx->ledger.rights;
    saving->epoch = tx->ledger.epoch;
    return err;
}

/* Whether the log has it at all: after a fault of the disk nothing else tells. */
static enum karto_err do_find(struct karto_tx *tx, void *context)
{
    struct saving *saving = context;
    struct karto_log_entry entry;
    struct karto_change change;
    saving->made = false;
    if (saving->position == 0 || tx->ledger.position < saving->position)
        return KARTO_OK;
    enum karto_err err = karto_log_read(tx, saving->position, &entry);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &entry, &change);
    saving->made = err == KARTO_OK && karto_slice_equal(change.reason, saving->save.reason);
    return err;
}

/* Whether the log has what was asked for, register by register. */
static enum karto_err do_verify(struct karto_tx *tx, void *context)
{
    struct saving *saving = context;
    struct world *world = saving->place->world;
    struct karto_log_entry entry;
    struct karto_change change;
    unsigned found = 0;
    enum karto_err err = karto_log_read(tx, saving->position, &entry);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &entry, &change);
    if (err != KARTO_OK)
        return err;
    for (uint32_t i = 0; i < change.count; i++)
        for (uint32_t j = 0; j < change.touches[i].count; j++) {
            const struct karto_set *set = &change.touches[i].sets[j];
            for (unsigned k = 0; k < saving->save.count; k++)
                found += saving->edits[k].field == change.touches[i].field &&
                         karto_slice_equal(saving->edits[k].key, set->key) &&
                         karto_slice_equal(saving->edits[k].value, set->value);
        }
    if (found != saving->save.count || !karto_slice_equal(change.reason, saving->save.reason))
        world_fail(world, "%s logged something else than was saved", saving->place->name);
    return KARTO_OK;
}

static enum karto_err expected(bool forbidden, struct edit_options options)
{
    if (options.wrong_form)
        return KARTO_E_CHANGED;
    return forbidden && !options.unchecked ? KARTO_E_NOT_PERMITTED : KARTO_OK;
}

static bool any_forbidden(const struct place *place, const struct wish *wishes, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (wishes[i].forbidden && place->role == karto_role(KARTO_ROLE_REPRESENTATIVE) && place != &place->world->hub)
            return true;
    return false;
}

static void say_edit(const struct place *place, unsigned record, unsigned uid, const struct wish *wishes,
                     unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        world_say(place->world, "%s: change %u of record %u: field %u %s%s%s = %s%u", place->name, uid, record,
                  wishes[i].set.field, wishes[i].set.key[0] ? "[" : "", wishes[i].set.key,
                  wishes[i].set.key[0] ? "]" : "", wishes[i].set.removed ? "removed " : wishes[i].set.normal,
                  wishes[i].set.record);
}

/* A territory that does not hold from the beginning. */
static bool begins_late(const struct wish *wishes, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (wishes[i].set.field == ORACLE_TERRITORY && wishes[i].set.day != KARTO_DATE_MIN)
            return true;
    return false;
}

/* The outcome of a save whose disk met a fault. */
static enum karto_err what_is_left(struct saving *saving, enum disk_fault fault, enum karto_err err,
                                   enum karto_err want)
{
    struct place *place = saving->place;
    bool made = err == KARTO_OK && saving->made;
    world_must(place->world, karto_store_read(place->store, do_find, saving), "reading what is left");
    if (made && !saving->made)
        world_fail(place->world, "I8 %s has lost a change that it said was saved", place->name);
    if (err != KARTO_OK && saving->made && fault != DISK_CUT)
        world_fail(place->world, "I8 %s has a change that it said was not saved", place->name);
    return saving->made ? KARTO_OK : want;
}

/* Saves the wishes that change something as change uid. */
static bool save(struct place *place, unsigned record, unsigned uid, const struct wish *wishes, unsigned count,
                 struct edit_options options)
{
    struct world *world = place->world;
    struct saving saving = {.place = place, .unchecked = options.unchecked};
    struct karto_dot wrong = {{1}, 1};
    struct karto_shown shown = {wishes[0].edit.field, wishes[0].edit.key, &wrong, 1};
    char reason[24];
    snprintf(reason, sizeof reason, "u%u", uid);
    for (unsigned i = 0; i < count; i++)
        saving.edits[i] = wishes[i].edit;
    saving.save = (struct karto_save){.kind = world->records[record].kind,
                                      .record = world->records[record].id,
                                      .create = options.create,
                                      .edits = saving.edits,
                                      .count = count,
                                      .shown = options.wrong_form ? &shown : NULL,
                                      .shown_count = options.wrong_form ? 1 : 0,
                                      .via = KARTO_VIA_CLI,
                                      .reason = karto_slice_str(reason)};
    enum karto_err err = karto_store_write(place->store, do_save, &saving),
                   want = expected(world->forbidden[uid], options);
    enum disk_fault fault = place_met(place);
    if (fault != DISK_FINE)
        err = what_is_left(&saving, fault, err, want);
    bool judged_later =
        want == KARTO_E_NOT_PERMITTED && err == KARTO_OK; /* it has not heard its role yet: the hub refuses it */
    if (err == KARTO_E_INVALID && options.create && begins_late(wishes, count))
        return false; /* its clock says that this is not today's territory yet */
    if (err != want && !judged_later)
        world_fail(world, "saving change %u at %s: %s, not %s", uid, place->name, karto_err_id(err),
                   karto_err_id(want));
    if (err != KARTO_OK || !saving.made)
        return false;
    world_must(world, karto_store_read(place->store, do_verify, &saving), "reading back");
    remember(place, uid, saving.rights, saving.epoch);
    return true;
}

bool place_edit(struct place *place, unsigned record, const struct wish *wishes, unsigned count,
                struct edit_options options)
{
    struct world *world = place->world;
    struct wish real[ORACLE_SETS];
    struct look look;
    unsigned kept = 0;
    place_look(place, record, &look);
    for (unsigned i = 0; i < count; i++)
        if (!changes_nothing(&look, &wishes[i]))
            real[kept++] = wishes[i];
    if (kept == 0)
        return false;
    unsigned uid = tell_oracle(place, record, &look, real, kept);
    if (uid >= 4 * WORLD_MADE)
        world_fail(world, "more changes than the test has room for");
    world->forbidden[uid] = any_forbidden(place, real, kept);
    if (!save(place, record, uid, real, kept, options))
        return false;
    say_edit(place, record, uid, real, kept);
    if (options.create)
        world->records[record].begun_by = uid;
    world->counts[SAW_EDIT]++;
    if (place == &world->hub)
        world_hear(world);
    return true;
}
