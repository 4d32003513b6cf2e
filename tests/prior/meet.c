/* meet: a laptop and head office of before, brought together by the programs of now: meet HUB DEVICE. Without a
 * network, for certificates do not last as long as stores. Both must come to the same, with nothing left to be sent,
 * and what happened before must have come too. */
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/store/databases.h"
#include "tests/spine.h"

static void open_node(struct spine_node *node, const char *dir)
{
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys()};
    snprintf(node->dir.path, sizeof node->dir.path, "%s", dir);
    CHECK_INT(karto_store_open(&options, &node->store), KARTO_OK);
}

/* The device that the hub got first: ids begin with their time. */
static enum karto_err find_device(struct karto_tx *tx, void *context)
{
    struct spine_node *node = context;
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    CHECK_INT(karto_kv_cursor_open(tx->kv, KARTO_DB_DEVICES, &cursor), KARTO_OK);
    CHECK_INT(karto_kv_next(cursor, &key, &row), KARTO_OK);
    node->device = karto_rid_read(key.data);
    karto_kv_cursor_close(cursor);
    return KARTO_OK;
}

static enum karto_err see_pending(struct karto_tx *tx, void *context)
{
    *(uint64_t *)context = tx->ledger.pending;
    return KARTO_OK;
}

static uint64_t pending(struct spine_node *node)
{
    uint64_t count;
    CHECK_INT(karto_store_read(node->store, see_pending, &count), KARTO_OK);
    return count;
}

int main(int argc, char **argv)
{
    struct spine spine = {.device_count = 1};
    const struct karto_past_limits limits = {.days = KARTO_HISTORY_DAYS, .mb = KARTO_HISTORY_MB};
    CHECK(argc == 3);
    open_node(&spine.hub, argv[1]);
    open_node(&spine.devices[0], argv[2]);
    CHECK_INT(karto_store_read(spine.hub.store, find_device, &spine.devices[0]), KARTO_OK);
    CHECK(pending(&spine.devices[0]) > 0);
    spine_sync(&spine, 0);
    CHECK(spine.last.pushed > 0 && spine.last.pulled > 0 && spine.last.refused == 0);
    CHECK_INT(pending(&spine.devices[0]), 0);
    spine_same(&spine, "14");
    spine_fetch(&spine, 0, limits, 0, SPINE_PAGES_MAX - 1, false);
    spine_sync(&spine, 0); /* all is known on both sides */
    CHECK(spine.last.pushed == 0);
    karto_store_close(spine.devices[0].store);
    karto_store_close(spine.hub.store);
    return 0;
}
