/* What a hub knows besides: changes by their names, feeds, dates, devices and invitations. */
#include "core/model/schema.h"
#include "core/store/check_walk.h"
#include "core/store/databases.h"
#include "core/store/dots.h"
#include "core/store/hub_feed.h"
#include "core/store/hub_held.h"
#include "core/store/hub_recovery.h"
#include "core/store/hub_take.h"
#include "core/store/keys.h"
#include "core/store/roles.h"

#include <string.h>

/* ---- dots ---- */

enum karto_err karto_check_known(struct karto_walk *walk, uint64_t position, const struct karto_log_entry *entry,
                                 const struct karto_change *change)
{
    struct karto_known known;
    uint64_t hash;
    enum karto_err err = karto_dot_find(walk->tx, change->stamp.dot, &known);
    walk->dots++;
    if (!karto_walk_has(walk, &err, "a change in the log is not known by its number", &entry->record))
        return err;
    if (known.position != position)
        karto_walk_problem(walk, "a change in the log is known at another position", &entry->record);
    if (known.verdict != entry->verdict || (known.verdict != KARTO_V_APPLIED && known.verdict != KARTO_V_REFUSED))
        karto_walk_problem(walk, "a change in the log is known with another verdict", &entry->record);
    if (known.verdict == KARTO_V_REFUSED)
        return KARTO_OK; /* its values are gone, which the hash was of */
    err = karto_dot_hash(walk->tx, change, &hash);
    if (karto_walk_has(walk, &err, "the key of the hub's hashes cannot be read", NULL) &&
        (hash != known.hash) != entry->amended)
        karto_walk_problem(walk, "a change in the log is not the one whose hash is known", &entry->record);
    return err;
}

/* A hub that was put back may lack what came again under other numbers: what it took before it first was has none
 * missing. */
static enum karto_err hole_is_lost(struct karto_walk *walk, struct karto_slice row, bool *lost)
{
    struct karto_recovery recovery;
    enum karto_err err = karto_hub_recovery_state(walk->tx, &recovery);
    *lost = err == KARTO_OK && recovery.ever && row.size >= 8 && karto_be64(row.data) > recovery.first;
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* said with the recovery */
}

/* Seqs of a node count from 1 without holes, and the node is somebody's. */
static enum karto_err check_dot(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_rid owner;
    bool lost;
    enum karto_err err = KARTO_OK;
    if (key.size != 16) {
        karto_walk_problem(walk, "the number of a known change cannot be read", NULL);
        return KARTO_OK;
    }
    struct karto_dot dot = {{karto_be64(key.data)}, karto_be64(key.data + 8)}, before = walk->dot;
    bool same_node = karto_node_equal(dot.node, before.node);
    walk->dot = dot;
    if (dot.seq != (same_node ? before.seq + 1 : 1)) {
        err = hole_is_lost(walk, row, &lost);
        if (err == KARTO_OK && !lost)
            karto_walk_problem(walk, "the known changes of a node have a hole", NULL);
    }
    if (!same_node) {
        err = karto_hub_owner(walk->tx, dot.node, &owner);
        karto_walk_has(walk, &err, "changes are known of a node that is nobody's", NULL);
    }
    return err;
}

static enum karto_err check_dots(struct karto_walk *walk)
{
    bool same;
    enum karto_err err = karto_walk_rows(walk, KARTO_DB_DOTS, check_dot);
    if (err == KARTO_OK)
        err = karto_walk_counts(walk, KARTO_DB_DOTS, walk->dots, &same);
    if (err == KARTO_OK && !same)
        karto_walk_problem(walk, "changes are known that are not in the log, or the other way", NULL);
    return err;
}

/* ---- feed ---- */

static enum karto_err check_feed_of(struct karto_walk *walk, struct karto_slice territory, uint64_t position,
                                    const struct karto_rid *record)
{
    struct karto_slice value;
    if (territory.size == 0)
        return KARTO_OK;
    struct karto_slice key = karto_feed_key(&walk->tx->arena, territory, position);
    enum karto_err err = karto_kv_get(walk->tx->kv, KARTO_DB_FEED, key, &value);
    karto_walk_has(walk, &err, "an event is missing from the feed of its territory", record);
    walk->feed++;
    return err;
}

enum karto_err karto_check_told(struct karto_walk *walk, uint64_t position, const struct karto_log_entry *entry)
{
    enum karto_err err = check_feed_of(walk, entry->after, position, &entry->record);
    if (err == KARTO_OK && !karto_slice_equal(entry->before, entry->after))
        err = check_feed_of(walk, entry->before, position, &entry->record);
    return err;
}

static enum karto_err feed_row_belongs(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    enum { TAIL = 9 }; /* of a key: 0, position */
    struct karto_log_entry entry = {.record = {{0}}};
    (void)row;
    enum karto_err err =
        key.size > TAIL ? karto_log_read(walk->tx, karto_be64(key.data + key.size - 8), &entry) : KARTO_E_CORRUPT;
    if (!karto_walk_has(walk, &err, "a feed has an event that is not in the log", NULL))
        return err;
    struct karto_slice territory = karto_slice(key.data, key.size - TAIL);
    if (!karto_slice_equal(territory, entry.before) && !karto_slice_equal(territory, entry.after))
        karto_walk_problem(walk, "a feed has an event of another territory", &entry.record);
    return KARTO_OK;
}

/* The rows that every entry of the log must have were counted on the way: others are looked for only if there are any.
 */
static enum karto_err check_feed(struct karto_walk *walk)
{
    bool same;
    enum karto_err err = karto_walk_counts(walk, KARTO_DB_FEED, walk->feed, &same);
    return err == KARTO_OK && !same ? karto_walk_rows(walk, KARTO_DB_FEED, feed_row_belongs) : err;
}

/* ---- due ---- */

enum karto_err karto_check_dates(struct karto_walk *walk, const struct karto_record *record)
{
    const struct karto_field *field = karto_record_field(record, KARTO_F_TERRITORY);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; field && i < field->count && err == KARTO_OK; i++) {
        struct karto_buf key = KARTO_BUF_EMPTY;
        struct karto_slice value;
        int64_t day;
        if (!karto_date_of_key(field->registers[i].key, &day) || day <= walk->tx->ledger.day)
            continue;
        karto_buf_add_slice(&key, field->registers[i].key);
        karto_buf_add(&key, record->id.b, sizeof record->id.b);
        err = karto_kv_get(walk->tx->kv, KARTO_DB_DUE, karto_buf_slice(&key), &value);
        karto_walk_has(walk, &err, "a day on which a record changes its territory is not noted", &record->id);
        karto_buf_fini(&key);
    }
    return err;
}

static enum karto_err check_due(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_entry entry;
    int64_t day;
    (void)row;
    if (key.size != 20 || !karto_date_of_key(karto_slice(key.data, 4), &day)) {
        karto_walk_problem(walk, "a day on which a record changes its territory cannot be read", NULL);
        return KARTO_OK;
    }
    struct karto_rid id = karto_rid_read(key.data + 4);
    if (day <= walk->tx->ledger.day)
        karto_walk_problem(walk, "a day that has come is still waited for", &id);
    enum karto_err err = karto_entry_load(walk->tx, id, &entry);
    if (err != KARTO_OK)
        return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* said with the records */
    if (!karto_record_register(&entry.view, KARTO_F_TERRITORY, karto_slice(key.data, 4)))
        karto_walk_problem(walk, "a day is noted on which a record does not change its territory", &id);
    return KARTO_OK;
}

/* ---- devices ---- */

static enum karto_err has_device_record(struct karto_walk *walk, struct karto_rid id)
{
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(walk->tx, id, &entry);
    if (err == KARTO_OK && (!entry.exists || entry.view.kind != KARTO_DEVICE))
        err = KARTO_E_NOT_FOUND;
    karto_walk_has(walk, &err, "the record of a device is missing", &id);
    return err;
}

static enum karto_err check_node(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    if (key.size != 8 || row.size != 16) {
        karto_walk_problem(walk, "whose a node is cannot be read", NULL);
        return KARTO_OK;
    }
    return has_device_record(walk, karto_rid_read(row.data));
}

static enum karto_err check_device(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_device device;
    struct karto_rid id = key.size == 16 ? karto_rid_read(key.data) : (struct karto_rid){{0}};
    (void)row;
    enum karto_err err = karto_hub_device(walk->tx, id, &device);
    if (!karto_walk_has(walk, &err, "a device cannot be read", &id))
        return err;
    if (device.revoked && device.public_key.size == 0) /* known by the journal alone */
        return KARTO_OK;
    return has_device_record(walk, id);
}

/* ---- recovery ---- */

static enum karto_err check_mark(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_rid owner;
    uint64_t mark, seq, hash;
    struct karto_node node = {key.size == 8 ? karto_be64(key.data) : 0};
    (void)row;
    enum karto_err err = node.v ? karto_hub_mark(walk->tx, node, &mark) : KARTO_E_CORRUPT;
    if (!karto_walk_has(walk, &err, "up to where a backup had the changes of a node cannot be read", NULL))
        return err;
    err = karto_hub_owner(walk->tx, node, &owner);
    if (!karto_walk_has(walk, &err, "it is noted up to where a backup had the changes of a node that is nobody's",
                        NULL))
        return err;
    err = karto_hub_known(walk->tx, node, &seq, &hash);
    if (err == KARTO_OK && mark > seq)
        karto_walk_problem(walk, "a backup had more changes of a node than are known", NULL);
    return err;
}

static enum karto_err check_recovery(struct karto_walk *walk)
{
    struct karto_recovery recovery;
    uint64_t withdrawn;
    enum karto_err err = karto_hub_withdrawn(walk->tx, &withdrawn);
    if (!karto_walk_has(walk, &err, "how many invitations were withdrawn cannot be read", NULL) && err != KARTO_OK)
        return err;
    err = karto_hub_recovery_state(walk->tx, &recovery);
    if (!karto_walk_has(walk, &err, "whether the hub is being recovered cannot be read", NULL))
        return err;
    if (recovery.position > walk->tx->ledger.position || recovery.first > recovery.position)
        karto_walk_problem(walk, "the hub was put back at a position that its log has not come to", NULL);
    return err == KARTO_OK ? karto_walk_rows(walk, KARTO_DB_MARKS, check_mark) : err;
}

/* ---- held ---- */

static enum karto_err check_tally(struct karto_walk *walk, struct karto_rid device)
{
    struct karto_held_tally tally;
    enum karto_err err = karto_hub_held_tally(walk->tx, device, &tally);
    if (!karto_walk_has(walk, &err, "how much is held of a device cannot be read", &device))
        return err;
    walk->held.told_count += tally.count;
    walk->held.told_size += tally.size;
    return has_device_record(walk, device);
}

/* A state, or the tally of a device. */
static enum karto_err check_held_row(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_held held;
    struct karto_held_tally tally = {.count = 0};
    struct karto_record record;
    if (key.size == 16)
        return check_tally(walk, karto_rid_read(key.data));
    enum karto_err err = karto_hub_held_decode(key, row, &held);
    if (err == KARTO_OK)
        err = karto_record_decode(&walk->tx->arena, held.record, held.state, &record);
    if (!karto_walk_has(walk, &err, "a state that is held cannot be read", NULL))
        return err;
    walk->held.count++;
    walk->held.size += held.state.size;
    err = karto_hub_held_tally(walk->tx, held.device, &tally);
    if (err == KARTO_OK && tally.count == 0)
        karto_walk_problem(walk, "a state is held of a device that has none", &held.record);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* said with the tally */
}

static enum karto_err check_held(struct karto_walk *walk)
{
    enum karto_err err = karto_walk_rows(walk, KARTO_DB_HELD, check_held_row);
    if (err == KARTO_OK && (walk->held.count != walk->held.told_count || walk->held.size != walk->held.told_size))
        karto_walk_problem(walk, "the states that are held are not counted right", NULL);
    return err;
}

static enum karto_err check_invite(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_invite invite;
    enum karto_err err = key.size == 32 ? karto_hub_decode_invite(walk->tx, row, &invite) : KARTO_E_CORRUPT;
    karto_walk_has(walk, &err, "an invitation cannot be read", NULL);
    return err;
}

static enum karto_err check_role(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    const struct karto_role *role;
    if (karto_is_role_row(walk->tx, key, row, &role) && !role)
        karto_walk_problem(walk, "a role cannot be read", NULL);
    return KARTO_OK;
}

enum karto_err karto_check_hub(struct karto_walk *walk)
{
    enum karto_err err = check_dots(walk);
    if (err == KARTO_OK)
        err = check_feed(walk);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_DUE, check_due);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_NODES, check_node);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_META, check_role);
    if (err == KARTO_OK)
        err = karto_walk_rows(walk, KARTO_DB_DEVICES, check_device);
    if (err == KARTO_OK)
        err = check_recovery(walk);
    if (err == KARTO_OK)
        err = check_held(walk);
    if (err == KARTO_OK)
        err = karto_check_proposals(walk);
    return err == KARTO_OK ? karto_walk_rows(walk, KARTO_DB_INVITES, check_invite) : err;
}
