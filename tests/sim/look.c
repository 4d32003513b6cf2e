/* Looking into stores, and saying in the oracle's words what is there. */
#include "core/base/limits.h"
#include "core/store/databases.h"
#include "core/store/log.h"
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- records ---- */

unsigned world_record(struct world *world, struct karto_rid id, uint32_t kind)
{
    for (unsigned i = 1; i <= world->record_count; i++)
        if (karto_rid_equal(world->records[i].id, id))
            return i;
    if (world->record_count + 1 >= WORLD_RECORDS)
        world_fail(world, "more records than the test has room for");
    world->records[++world->record_count] = (struct known_record){.id = id, .kind = kind};
    return world->record_count;
}

bool world_in_scope(const struct world *world, const struct place *device, unsigned record)
{
    const char *home = world_home(world, record);
    if (karto_role_is_everywhere(device->role) || world->records[record].kind == KARTO_DEVICE)
        return true;
    return home[0] == 'T' && (device->territories >> (home[1] - '1') & 1);
}

bool world_is_doubtful(const struct world *world, unsigned record)
{
    return world->doubled[record] || world->shaky[record] ||
           (world->any_doubled && world->records[record].kind == KARTO_PERSON);
}

const char *world_home(const struct world *world, unsigned record)
{
    const char *home =
        world_is_doubtful(world, record) ? world->homes[record] : oracle_home(world->oracle, record, world->day);
    return home ? home : "";
}

/* Where the oracle cannot know it. */
static void hear_homes(struct world *world)
{
    struct look look;
    for (unsigned record = 1; record <= world->record_count; record++)
        if (world_is_doubtful(world, record)) {
            place_look(&world->hub, record, &look);
            memcpy(world->homes[record], look.home, sizeof look.home);
        }
}

/* ---- which change is it ---- */

unsigned world_uid(const struct world *world, const struct karto_change *change)
{
    unsigned long uid = 0;
    for (size_t i = 1; i < change->reason.size && change->reason.data[0] == 'u'; i++)
        uid = uid * 10 + (unsigned long)(change->reason.data[i] - '0');
    return uid <= oracle_count(world->oracle) ? (unsigned)uid : 0;
}

static uint64_t fnv(uint64_t hash, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const uint8_t *)data)[i]) * 0x100000001b3u;
    return hash;
}

/* Dots alone will not do: a store put back uses them twice. */
static uint64_t head_hash(struct karto_rid record, uint32_t field, struct karto_slice key,
                          const struct karto_stamp *stamp, struct karto_slice value)
{
    uint64_t numbers[] = {field, key.size, stamp->dot.node.v, stamp->dot.seq, stamp->hlc.v, value.size};
    uint64_t hash = fnv(0xcbf29ce484222325u, record.b, sizeof record.b);
    hash = fnv(hash, numbers, sizeof numbers);
    hash = fnv(hash, key.data, key.size);
    hash = fnv(hash, value.data, value.size);
    return hash ? hash : 1;
}

static void enter_head(struct world *world, uint64_t hash, unsigned uid)
{
    size_t at = hash % WORLD_HEADS;
    for (size_t tries = 0; world->heads[at].hash && world->heads[at].hash != hash; at = (at + 1) % WORLD_HEADS)
        if (++tries == WORLD_HEADS)
            world_fail(world, "more heads than the test has room for");
    world->heads[at].hash = hash;
    world->heads[at].uid = uid;
}

static unsigned find_head(const struct world *world, uint64_t hash)
{
    for (size_t at = hash % WORLD_HEADS; world->heads[at].hash; at = (at + 1) % WORLD_HEADS)
        if (world->heads[at].hash == hash)
            return world->heads[at].uid;
    return 0;
}

static void enter_change(struct world *world, const struct karto_change *change, unsigned uid)
{
    for (uint32_t i = 0; i < change->count; i++)
        for (uint32_t j = 0; j < change->touches[i].count; j++) {
            const struct karto_set *set = &change->touches[i].sets[j];
            enter_head(world, head_hash(change->record, change->touches[i].field, set->key, &change->stamp, set->value),
                       uid);
        }
}

/* ---- a rule's change, as the oracle has it ---- */

static void name_key(struct karto_slice key, uint32_t kind, uint32_t field, char out[ORACLE_TEXT])
{
    int64_t day;
    const struct karto_field_def *def = karto_field_def(kind, field);
    if (def && def->shape == KARTO_TIMELINE && karto_date_of_key(key, &day))
        snprintf(out, ORACLE_TEXT, "%lld", (long long)day);
    else
        snprintf(out, ORACLE_TEXT, "%.*s", (int)key.size, key.data ? (const char *)key.data : "");
}

static void describe(struct world *world, const struct karto_change *change, uint32_t field,
                     const struct karto_set *set, struct oracle_set *out)
{
    struct karto_value value, part;
    struct karto_slice first;
    uint32_t count = 0;
    *out = (struct oracle_set){.field = field, .removed = set->value.size == 0};
    name_key(set->key, change->kind, field, out->key);
    if (field == ORACLE_TERRITORY && !karto_date_of_key(set->key, &out->day))
        world_fail(world, "a rule sets a territory from no day on");
    if (out->removed)
        return;
    world_must(world, karto_value_decode(set->value, &value), "value in the log");
    if (value.type == KARTO_TEXT)
        snprintf(out->normal, sizeof out->normal, "%.*s", (int)value.text.size, (const char *)value.text.data);
    if (field != ORACLE_HIDDEN || value.type != KARTO_TUPLE)
        return;
    enum karto_err err = karto_tuple_decode(value, &first, 1, &count);
    if ((err == KARTO_OK || count == 1) && karto_value_decode(first, &part) == KARTO_OK)
        snprintf(out->normal, sizeof out->normal, "%s", part.integer ? "yes" : "no");
}

static bool has_doubtful_hides(const struct world *world, unsigned record)
{
    return world_is_doubtful(world, record) || world->healed[record];
}

/* How many values of a register are from the future, as the hub's clock is now; those as seen by uid, if not 0. */
static unsigned count_ahead(struct world *world, unsigned record, const struct oracle_set *set, unsigned uid)
{
    unsigned heads[ORACLE_HEADS], ahead = 0, count = oracle_heads(world->oracle, record, set->field, set->key, heads);
    for (unsigned i = 0; i < count; i++)
        if (oracle_change(world->oracle, heads[i])->rule && heads[i] > world->of_earlier)
            return 0; /* where a rule has spoken it speaks no more, unless it was an earlier hub's */
    for (unsigned i = 0; i < count; i++) {
        if (!world_is_ahead(world, oracle_clock(world->oracle, heads[i])))
            continue;
        if (uid)
            oracle_saw(world->oracle, uid, heads[i], set->field);
        ahead++;
    }
    return ahead < count && oracle_is_conflict(world->oracle, record, set->field, set->key) ? ahead : 0;
}

/* The rule has seen what it takes away, and nothing else. */
static void outrun(struct world *world, unsigned uid, const struct oracle_change *change)
{
    unsigned ahead = count_ahead(world, change->record, &change->sets[0], uid);
    if (change->count != 1 || !change->sets[0].removed || (!ahead && !world_is_doubtful(world, change->record)))
        world_fail(world, "the rule took values of record %u away without a cause", change->record);
    world->counts[SAW_OUTRUN]++;
}

/* No value of the future may stand against another one where somebody has just written. */
static void check_ahead(struct world *world, unsigned uid)
{
    const struct oracle_change *change = oracle_change(world->oracle, uid);
    if (oracle_fate(world->oracle, uid) != ORACLE_APPLIED || world_is_doubtful(world, change->record))
        return;
    for (unsigned i = 0; i < change->count; i++)
        if (count_ahead(world, change->record, &change->sets[i], 0))
            world_fail(world, "record %u, field %u %s: a value from the future stands against others", change->record,
                       change->sets[i].field, change->sets[i].key);
}

/* Whether somebody has hung something on the record. */
static bool was_hung_on(const struct world *world, unsigned record)
{
    for (unsigned uid = 1; uid <= oracle_count(world->oracle); uid++) {
        const struct oracle_change *change = oracle_change(world->oracle, uid);
        for (unsigned i = 0; i < change->count && oracle_fate(world->oracle, uid) == ORACLE_APPLIED; i++)
            if (change->sets[i].field == ORACLE_CLIENT && change->sets[i].record == record)
                return true;
    }
    return false;
}

/* What hangs on a client brings it back where its author had not heard of the hide. */
static void bring_back_for_child(struct world *world, unsigned uid, unsigned record)
{
    oracle_saw_all(world->oracle, uid);
    if (!was_hung_on(world, record))
        world_fail(world, "I5 the rule brought record %u back for what nobody has hung on it", record);
    world->counts[SAW_UNHIDE_BY_CHILD]++;
}

static unsigned make_for_rule(struct world *world, unsigned record, const struct karto_change *change)
{
    struct oracle_change made = {.record = record, .rule = true};
    for (uint32_t i = 0; i < change->count; i++)
        for (uint32_t j = 0; j < change->touches[i].count; j++) {
            if (made.count == ORACLE_SETS)
                world_fail(world, "a rule that sets more than the test has room for");
            describe(world, change, change->touches[i].field, &change->touches[i].sets[j], &made.sets[made.count++]);
        }
    unsigned uid = oracle_make(world->oracle, &made);
    if (karto_slice_is(change->reason, "R-HIDE-CHILD")) {
        bring_back_for_child(world, uid, record);
        return uid;
    }
    if (karto_slice_is(change->reason, "R-CLOCK-AHEAD")) {
        outrun(world, uid, &made);
        return uid;
    }
    oracle_saw_all(world->oracle, uid);
    if (change->touches[0].field == KARTO_F_HIDDEN) {
        if (!oracle_swallowed(world->oracle, record, true) && !has_doubtful_hides(world, record))
            world_fail(world, "I5 the rule brought record %u back without a cause", record);
        world->counts[SAW_UNHIDE_BY_RULE]++;
    }
    return uid;
}

/* ---- hearing ---- */

/* Whether a change is about this record, or hangs its own on it. */
static bool is_about(const struct oracle_change *change, unsigned record)
{
    bool about = change->record == record;
    for (unsigned i = 0; i < change->count; i++)
        about = about || change->sets[i].record == record;
    return about;
}

static bool is_about_same(const struct world *world, unsigned made, unsigned uid)
{
    const struct oracle_change *change = oracle_change(world->oracle, uid);
    bool same = is_about(oracle_change(world->oracle, made), change->record);
    for (unsigned i = 0; i < change->count; i++)
        same = same || (change->sets[i].record && is_about(oracle_change(world->oracle, made), change->sets[i].record));
    return same;
}

bool world_is_long_ago(const struct world *world, int64_t ms)
{
    return world->now_ms - (ms > world->began_ms ? ms : world->began_ms) > KARTO_LATE_MS_MAX;
}

/* Whether the author of uid wrote in that record, or in the client that he gives it, under rights that count no longer:
 * other ones than it has now, or than it had pulled under; or has not synchronised for so long, be it by a wrong clock
 * of the hub, that the record may be elsewhere for good. */
static bool had_other_rights(const struct world *world, const struct place *device, unsigned uid)
{
    bool changed = false;
    for (unsigned i = 0; i < device->made.count; i++) {
        unsigned made = device->made.uids[i];
        uint64_t then = device->rights_at[i];
        bool lately = !world->clock_was_wrong && !world_is_long_ago(world, device->rights_ms);
        bool counts = then == device->rights || (then && then == device->settled && lately);
        changed = changed || (is_about_same(world, made, uid) && !counts);
        if (made == uid)
            return changed || world->clock_was_wrong || world_is_long_ago(world, device->even_ms);
    }
    return true; /* made by an earlier life of a device that was put back */
}

/* Whether something of a record was lost with a hub. */
static bool has_lost(const struct world *world, unsigned record, unsigned but)
{
    for (unsigned uid = 1; uid <= oracle_count(world->oracle); uid++)
        if (uid != but && oracle_change(world->oracle, uid)->record == record && oracle_is_lost(world->oracle, uid))
            return true;
    return false;
}

/* Whether something was lost of the record that the change is of, or of a client that it ever hung on. */
static bool is_about_lost(const struct world *world, unsigned uid)
{
    unsigned record = oracle_change(world->oracle, uid)->record;
    bool lost = world->restored && has_lost(world, record, uid);
    for (unsigned other = 1; other <= oracle_count(world->oracle) && world->restored && !lost; other++) {
        const struct oracle_change *change = oracle_change(world->oracle, other);
        for (unsigned i = 0; i < change->count && change->record == record; i++)
            lost = lost || (change->sets[i].record && has_lost(world, change->sets[i].record, uid));
    }
    return lost;
}

/* A refusal must have a cause: no right, or a creation that was refused, or rights that count no longer. After a
 * refused creation whoever sets the territory makes the record anew. */
static void check_verdict(const struct world *world, unsigned uid, unsigned record, bool refused)
{
    unsigned begun_by = world->records[record].begun_by;
    bool stillborn = (begun_by && oracle_fate(world->oracle, begun_by) == ORACLE_REFUSED) || is_about_lost(world, uid);
    const struct oracle_change *change = oracle_change(world->oracle, uid);
    for (unsigned i = 0; i < change->count && refused; i++) {
        unsigned client = change->sets[i].record ? world->records[change->sets[i].record].begun_by : 0;
        stillborn = stillborn || (client && oracle_fate(world->oracle, client) == ORACLE_REFUSED);
    }
    if (!refused && world->forbidden[uid] && !stillborn)
        world_fail(world, "I2 change %u was taken, which its author had no right to", uid);
    if (!refused || world->forbidden[uid] || stillborn)
        return;
    for (unsigned i = 0; i < world->device_count; i++)
        if (!had_other_rights(world, &world->devices[i], uid))
            world_fail(world, "I2 change %u was refused without a cause", uid);
}

/* Whether somebody has said where a record lies, be it from tomorrow on. */
static bool has_place(const struct world *world, unsigned record)
{
    for (unsigned uid = 1; uid <= oracle_count(world->oracle); uid++) {
        const struct oracle_change *change = oracle_change(world->oracle, uid);
        for (unsigned i = 0; i < change->count && change->record == record; i++)
            if (change->sets[i].field == ORACLE_TERRITORY && oracle_has_effect(world->oracle, uid, ORACLE_TERRITORY))
                return true;
    }
    return false;
}

/* What builds on a refused creation is refused with it, unless somebody says where the record lies. */
static void check_stillborn(const struct world *world, const struct karto_change *change, unsigned uid, unsigned record)
{
    unsigned begun_by = world->records[record].begun_by;
    bool by_device = !oracle_change(world->oracle, uid)->rule && !karto_slice_is(change->stamp.author, "hub");
    if (by_device && change->kind == KARTO_CLIENT && begun_by &&
        oracle_fate(world->oracle, begun_by) == ORACLE_REFUSED && !oracle_has_any_effect(world->oracle, begun_by) &&
        !has_place(world, record))
        world_fail(world, "change %u was taken, and builds on the refused creation of record %u", uid, record);
}

static unsigned uid_of_dot(const struct world *world, struct karto_dot dot)
{
    for (unsigned i = 0; i < world->dot_count; i++)
        if (karto_dot_equal(world->dots[i].dot, dot))
            return world->dots[i].uid;
    world_fail(world, "a change in the hub's log that was never there");
}

static void note_taken(struct world *world, unsigned record, struct karto_slice home, const struct karto_change *change)
{
    if (world->hub.seen_to + 1 >= WORLD_LOG || change->count > ORACLE_SETS)
        world_fail(world, "a log with more than the test has room for");
    struct taken *taken = &world->log[world->hub.seen_to + 1];
    *taken = (struct taken){.record = record, .dot = change->stamp.dot, .count = change->count};
    if (home.size == 2)
        taken->home = 1u << (home.data[1] - '1');
    for (uint32_t i = 0; i < change->count; i++)
        taken->fields[i] = change->touches[i].field;
}

void world_take_again(struct world *world, unsigned uid)
{
    bool forgot = world->counts[SAW_ROLLBACK] > 0 || world->counts[SAW_CLONE] > 0;
    if (!world->may_double && !(world->restored && (forgot || world->made_anew)))
        world_fail(world, "I2 change %u is at the hub twice", uid);
    world->doubled[oracle_change(world->oracle, uid)->record] = world->any_doubled = true;
    world->counts[SAW_DOUBLED]++;
}

/* Under another dot than this. */
static bool is_here_by_state(const struct world *world, unsigned uid, struct karto_dot dot)
{
    return oracle_has_any_effect(world->oracle, uid) && world->state_dot[uid].seq &&
           !karto_dot_equal(world->state_dot[uid], dot);
}

/* A later change of the same node has come in a state, and its author, put back himself, has forgotten that he made it:
 * it will not come to take this one away, which he had seen then. */
static bool is_before_forgotten(const struct world *world, unsigned record, struct karto_dot dot)
{
    bool before = false;
    for (unsigned i = 0; i < world->dot_count; i++) {
        const struct dot_name *name = &world->dots[i];
        before = before || (karto_node_equal(name->dot.node, dot.node) && name->dot.seq > dot.seq &&
                            karto_dot_equal(world->state_dot[name->uid], name->dot) &&
                            oracle_change(world->oracle, name->uid)->record == record);
    }
    return before && (world->counts[SAW_ROLLBACK] > 0 || world->counts[SAW_CLONE] > 0);
}

static void hear_change(struct world *world, const struct karto_log_entry *entry, const struct karto_change *change)
{
    bool refused = entry->verdict == KARTO_V_REFUSED;
    unsigned record = world_record(world, change->record, change->kind);
    unsigned uid = world_uid(world, change);
    if (uid == 0)
        uid = make_for_rule(world, record, change);
    enter_change(world, change, uid);
    note_taken(world, entry->apart ? 0 : record, entry->after, change);
    world_name_dot(world, change->stamp.dot, uid, refused);
    bool given_back = oracle_was_taken(world->oracle, uid); /* some hub has judged it as things were then */
    bool was_applied = oracle_was_applied(world->oracle, uid);
    bool first = oracle_take(world->oracle, uid, refused ? ORACLE_REFUSED : ORACLE_APPLIED, change->stamp.hlc.v,
                             change->stamp.dot.node.v);
    if (!first || is_here_by_state(world, uid, change->stamp.dot))
        world_take_again(world, uid);
    world->dot_of[uid] = change->stamp.dot;
    if (world->restored && (entry->amended || is_before_forgotten(world, record, change->stamp.dot)))
        world->doubled[record] = world->any_doubled = true;
    if (refused != karto_change_is_void(change))
        world_fail(world, "I2 change %u: refused and void are not the same", uid);
    world->counts[SAW_REFUSED] += refused;
    if (first && !was_applied && !(given_back && refused)) /* the record may not be new any more, or not lost */
        check_verdict(world, uid, record, refused);
    if (!refused && !given_back)
        check_stillborn(world, change, uid, record);
    if (world->heard_count == WORLD_LOG)
        world_fail(world, "more changes at once than the test has room for");
    world->heard[world->heard_count++] = uid;
    world_say(world, "        hub %s change %u of record %u", refused ? "refuses" : "takes", uid, record);
}

static enum karto_err do_hear(struct karto_tx *tx, void *context)
{
    struct world *world = context;
    for (; world->hub.seen_to < tx->ledger.position; world->hub.seen_to++) {
        struct karto_log_entry entry;
        struct karto_change change;
        enum karto_err err = karto_log_read(tx, world->hub.seen_to + 1, &entry);
        if (err == KARTO_OK && entry.type == KARTO_LOG_CHANGE) {
            err = karto_log_change(tx, &entry, &change);
            if (err == KARTO_OK)
                hear_change(world, &entry, &change);
        } else if (err == KARTO_OK && entry.type == KARTO_LOG_MOVE && world->restored)
            world_hear_state(world, tx, entry.record);
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

static enum karto_err do_hear_again(struct karto_tx *tx, void *context)
{
    struct world *world = context;
    memset(world->log, 0, sizeof world->log);
    memset(world->dot_of, 0, sizeof world->dot_of);
    for (unsigned to = world->hub.seen_to, at = world->hub.seen_to = 0; at < to; at = ++world->hub.seen_to) {
        struct karto_log_entry entry;
        struct karto_change change;
        enum karto_err err = karto_log_read(tx, at + 1, &entry);
        if (err == KARTO_OK && entry.type == KARTO_LOG_CHANGE) {
            err = karto_log_change(tx, &entry, &change);
            if (err != KARTO_OK)
                return err;
            unsigned uid = uid_of_dot(world, change.stamp.dot);
            note_taken(world, entry.apart ? 0 : world_record(world, change.record, 0), entry.after, &change);
            world->dot_of[uid] = change.stamp.dot;
        }
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

void world_hear_again(struct world *world, unsigned position)
{
    world->hub.seen_to = position;
    world_must(world, karto_store_read(world->hub.store, do_hear_again, world), "reading the hub's log");
}

void world_hear(struct world *world)
{
    uint64_t before = world->hub.seen_to;
    world->heard_count = 0;
    world_must(world, karto_store_read(world->hub.store, do_hear, world), "reading the hub's log");
    hear_homes(world);
    for (unsigned i = 0; i < world->heard_count; i++)
        check_ahead(world, world->heard[i]);
    for (unsigned record = 1; record <= world->record_count && world->hub.seen_to > before; record++)
        if (!has_doubtful_hides(world, record) && oracle_swallowed(world->oracle, record, false))
            world_fail(world, "I5 a hide of record %u swallows change %u", record,
                       oracle_swallowed(world->oracle, record, false));
}

/* ---- looking ---- */

static enum karto_err enter_log(struct world *world, struct karto_tx *tx)
{
    for (uint64_t position = 1; position <= tx->ledger.position; position++) {
        struct karto_log_entry entry;
        struct karto_change change;
        enum karto_err err = karto_log_read(tx, position, &entry);
        if (err == KARTO_OK && entry.type == KARTO_LOG_CHANGE) {
            err = karto_log_change(tx, &entry, &change);
            unsigned uid = err == KARTO_OK ? world_uid(world, &change) : 0;
            if (uid)
                enter_change(world, &change, uid);
        }
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

static unsigned uid_of(struct world *world, struct karto_tx *tx, struct karto_rid record, uint32_t field,
                       struct karto_slice key, const struct karto_head *head)
{
    uint64_t hash = head_hash(record, field, key, &head->stamp, head->value);
    unsigned uid = find_head(world, hash);
    if (uid == 0) { /* reissued under a new dot: the store's own log has it */
        world_must(world, enter_log(world, tx), "reading a log");
        uid = find_head(world, hash);
    }
    if (uid == 0)
        world_fail(world, "a value in field %u that nobody wrote", field);
    return uid;
}

static void look_at_register(struct world *world, struct karto_tx *tx, const struct karto_record *record,
                             const struct karto_field *field, const struct karto_register *reg,
                             struct look_register *out)
{
    const struct karto_head *winner = karto_winner(reg);
    if (reg->key.size > LOOK_KEY || reg->count > LOOK_HEADS || reg->heads[0].value.size > LOOK_VALUE)
        world_fail(world, "a register of field %u that the test has no room for", field->number);
    *out = (struct look_register){.field = field->number, .key_size = reg->key.size, .count = reg->count};
    if (reg->key.size)
        memcpy(out->key, reg->key.data, reg->key.size);
    name_key(reg->key, record->kind, field->number, out->name);
    for (uint32_t i = 0; i < reg->count; i++) {
        out->uids[i] = uid_of(world, tx, record->id, field->number, reg->key, &reg->heads[i]);
        out->dots[i] = reg->heads[i].stamp.dot;
        if (&reg->heads[i] == winner)
            out->winner = out->uids[i];
    }
    out->conflict = karto_is_conflict(karto_field_def(record->kind, field->number), reg);
    out->value_size = reg->heads[0].value.size;
    memcpy(out->value, reg->heads[0].value.data, out->value_size);
}

struct looking {
    struct world *world;
    struct karto_rid id;
    struct look *look;
};

static bool takes_away(const struct oracle_change *change, unsigned field)
{
    for (unsigned i = 0; i < change->count; i++)
        if (change->sets[i].field == field && change->sets[i].removed)
            return true;
    return false;
}

/* Whoever sees the field sees that they are not there, whatever becomes of the change that took them away. */
static void look_at_gone(const struct looking *looking, const struct karto_field *field)
{
    const struct world *world = looking->world;
    struct look *look = looking->look;
    for (unsigned i = 0; i < world->dot_count && look->gone_count < LOOK_REGISTERS; i++) {
        const struct oracle_change *change = oracle_change(world->oracle, world->dots[i].uid);
        if (karto_rid_equal(world->records[change->record].id, looking->id) && takes_away(change, field->number) &&
            !world->dots[i].refused && karto_vv_covers(field->vv, world->dots[i].dot))
            look->gone[look->gone_count++] = (struct look_gone){world->dots[i].uid, field->number};
    }
}

static enum karto_err do_look(struct karto_tx *tx, void *context)
{
    const struct looking *looking = context;
    struct look *look = looking->look;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, looking->id, &entry);
    if (err != KARTO_OK)
        return err;
    look->count = look->gone_count = 0;
    look->exists = entry.exists;
    look->hidden = karto_record_hidden(&entry.view);
    look->kept = entry.kept;
    look->expect = entry.expect;
    look->pending = entry.pending;
    look->kind = entry.view.kind;
    snprintf(look->home, sizeof look->home, "%.*s", (int)entry.home.size,
             entry.home.data ? (const char *)entry.home.data : "");
    for (uint32_t i = 0; i < entry.view.count; i++)
        look_at_gone(looking, &entry.view.fields[i]);
    for (uint32_t i = 0; i < entry.view.count; i++)
        for (uint32_t j = 0; j < entry.view.fields[i].count; j++) {
            if (look->count == LOOK_REGISTERS)
                world_fail(looking->world, "a record with more registers than the test has room for");
            look_at_register(looking->world, tx, &entry.view, &entry.view.fields[i], &entry.view.fields[i].registers[j],
                             &look->registers[look->count++]);
        }
    return KARTO_OK;
}

void place_look(struct place *place, unsigned record, struct look *look)
{
    struct looking looking = {place->world, place->world->records[record].id, look};
    world_must(place->world, karto_store_read(place->store, do_look, &looking), "looking");
}

struct listing {
    struct world *world;
    uint32_t kind;
    unsigned *records, count;
};

static enum karto_err do_list(struct karto_tx *tx, void *context)
{
    struct listing *listing = context;
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_first(cursor, &key, &row); err == KARTO_OK; err = karto_kv_next(cursor, &key, &row)) {
        unsigned record = world_record(listing->world, karto_rid_read(key.data), 0);
        uint32_t kind = listing->world->records[record].kind;
        if (kind == 0)
            world_fail(listing->world, "a record that nobody made");
        if (listing->kind ? kind == listing->kind : kind != KARTO_DEVICE)
            listing->records[listing->count++] = record;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

unsigned place_list(struct place *place, uint32_t kind, unsigned records[WORLD_RECORDS])
{
    struct listing listing = {place->world, kind, records, 0};
    world_must(place->world, karto_store_read(place->store, do_list, &listing), "listing");
    return listing.count;
}
