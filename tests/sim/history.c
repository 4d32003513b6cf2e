/* The history of a device against the hub's log: each change of a record in scope once, of others only what was made
 * there. */
#include "core/store/databases.h"
#include "core/store/history.h"
#include "core/store/past.h"
#include "tests/sim/proof.h"

#include <stdlib.h>

/* One change, as the hub's log has it or a device's history. */
struct told {
    struct karto_dot dot;
    struct karto_rid record;
    uint64_t content; /* hash of it, without old values */
    uint64_t whole;   /* at the hub: of all of it, where the device may have a part */
    bool refused, own;
    bool amended; /* the hub has it with shorter contexts than its author */
};

struct story {
    const struct place *device;
    struct told items[2 * WORLD_LOG];
    unsigned count;
};

static uint64_t content_of(const struct karto_change *change)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_encode(change, false, &bytes);
    uint64_t content = karto_sum_of(karto_buf_slice(&bytes)).low;
    karto_buf_fini(&bytes);
    return content;
}

static void tell(struct story *story, const struct karto_change *change, bool refused, bool own)
{
    if (story->count == 2 * WORLD_LOG)
        world_fail(story->device->world, "a history is longer than the test has room for");
    story->items[story->count++] = (struct told){.dot = change->stamp.dot,
                                                 .record = change->record,
                                                 .content = content_of(change),
                                                 .refused = refused,
                                                 .own = own};
}

static enum karto_err tell_hub(struct karto_tx *tx, void *context)
{
    struct story *story = context;
    struct world *world = story->device->world;
    for (uint64_t position = 1; position <= tx->ledger.position; position++) {
        struct karto_log_entry row;
        struct karto_change change;
        enum karto_err err = karto_log_read(tx, position, &row);
        if (err == KARTO_OK && row.type == KARTO_LOG_CHANGE)
            err = karto_log_change(tx, &row, &change);
        if (err != KARTO_OK)
            return err;
        if (row.type != KARTO_LOG_CHANGE || row.apart)
            continue;
        unsigned record = world_record(world, row.record, change.kind);
        if (world->healed[record] || !world_in_scope(world, story->device, record))
            continue; /* what came into a record by a state stands in no log, or later than it came */
        struct karto_change part;
        if (!karto_change_part(&tx->arena, story->device->role, &change, &part))
            continue;
        world->counts[SAW_PART] += part.count < change.count;
        tell(story, &part, row.verdict == KARTO_V_REFUSED, false);
        story->items[story->count - 1].amended = row.amended;
        story->items[story->count - 1].whole = content_of(&change);
    }
    return KARTO_OK;
}

static enum karto_err tell_item(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    tell(context, &item->change, item->state == KARTO_IS_REFUSED, karto_is_own_node(tx, item->change.stamp.dot.node));
    return KARTO_OK;
}

static enum karto_err tell_device(struct karto_tx *tx, void *context)
{
    return karto_history(tx, NULL, 0, tell_item, context);
}

static int by_dot(const void *a, const void *b)
{
    return karto_dot_compare(((const struct told *)a)->dot, ((const struct told *)b)->dot);
}

static void sort(struct story *story)
{
    if (story->count > 1)
        qsort(story->items, story->count, sizeof *story->items, by_dot);
}

/* A change of a record in scope that only an earlier hub had taken. */
static bool is_of_lost_hub(const struct place *device, const struct told *item)
{
    struct world *world = device->world;
    for (unsigned i = 0; i < world->dot_count && world->restored; i++)
        if (karto_dot_equal(world->dots[i].dot, item->dot))
            return world_in_scope(world, device, world_record(world, item->record, 0));
    return false;
}

static void compare(const struct story *hub, const struct story *here)
{
    const struct place *device = here->device;
    unsigned i = 0;
    for (unsigned j = 0; j < here->count; j++) {
        const struct told *item = &here->items[j];
        if (j > 0 && karto_dot_equal(item->dot, here->items[j - 1].dot)) {
            if (device->world->restored)
                continue; /* heard of a lost hub, and again when its author had given it back */
            world_fail(device->world, "I16 %s tells change %llu of %016llx, of record %u, twice", device->name,
                       (unsigned long long)item->dot.seq, (unsigned long long)item->dot.node.v,
                       world_record(device->world, item->record, 0));
        }
        if (i < hub->count && karto_dot_compare(hub->items[i].dot, item->dot) < 0)
            break;
        if (i < hub->count && karto_dot_equal(hub->items[i].dot, item->dot)) {
            bool as_made = item->own || device->world->restored; /* the author has it so, or who had it of a lost hub */
            bool by_author = (hub->items[i].amended && as_made) || /* or he made it when he might have more */
                             (item->own && hub->items[i].whole == item->content);
            if (hub->items[i].refused != item->refused ||
                (!item->refused && !by_author && hub->items[i].content != item->content))
                world_fail(device->world, "I16 %s tells change %llu of %016llx, of record %u, otherwise than the hub",
                           device->name, (unsigned long long)item->dot.seq, (unsigned long long)item->dot.node.v,
                           world_record(device->world, item->record, 0));
            i++;
        } else if (!item->own && !is_of_lost_hub(device, item))
            world_fail(device->world, "I16 %s tells of a record that it may not have", device->name);
    }
    if (i < hub->count)
        world_fail(device->world, "I16 %s does not tell change %llu of %016llx, of record %u", device->name,
                   (unsigned long long)hub->items[i].dot.seq, (unsigned long long)hub->items[i].dot.node.v,
                   world_record(device->world, hub->items[i].record, 0));
}

/* ---- of each record by itself, and as said ---- */

struct counting {
    const struct story *hub;
    struct world *world;
    unsigned count; /* of the changes that the hub tells as well */
};

static enum karto_err count_item(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct counting *counting = context;
    struct told wanted = {.dot = item->change.stamp.dot};
    (void)tx;
    counting->count += bsearch(&wanted, counting->hub->items, counting->hub->count, sizeof wanted, by_dot) != NULL;
    return KARTO_OK;
}

/* Of such a record nobody knows the beginning. */
static bool any_healed(const struct world *world)
{
    for (unsigned record = 1; record <= world->record_count; record++)
        if (world->healed[record])
            return true;
    return false;
}

static enum karto_err count_records(struct karto_tx *tx, void *context)
{
    struct counting *counting = context;
    bool complete;
    int64_t since;
    enum karto_err err = karto_past_since(tx, NULL, &complete, &since);
    if (err == KARTO_OK && !complete && !any_healed(counting->world))
        world_fail(counting->world, "I16 a history is not complete at the end");
    for (unsigned record = 1; record <= counting->world->record_count && err == KARTO_OK; record++) {
        struct karto_rid id = counting->world->records[record].id;
        unsigned want = 0;
        for (unsigned i = 0; i < counting->hub->count; i++)
            want += karto_rid_equal(counting->hub->items[i].record, id);
        counting->count = 0;
        err = karto_history(tx, &id, 0, count_item, counting);
        if (err == KARTO_OK && want > 0 && !counting->world->healed[record] &&
            (counting->count < want || (counting->count > want && !counting->world->restored)))
            world_fail(counting->world, "I16 record %u has %u changes in its history, not %u", record, counting->count,
                       want);
    }
    return err;
}

void proof_history(struct world *world)
{
    static struct story hub, here;
    for (unsigned i = 0; i < world->device_count; i++) {
        struct place *device = &world->devices[i];
        struct counting counting = {&hub, world, 0};
        hub = (struct story){.device = device};
        here = (struct story){.device = device};
        world_must(world, karto_store_read(world->hub.store, tell_hub, &hub), "reading the hub's log");
        world_must(world, karto_store_read(device->store, tell_device, &here), "reading a history");
        sort(&hub);
        sort(&here);
        compare(&hub, &here);
        world_must(world, karto_store_read(device->store, count_records, &counting), "reading a history");
    }
}
