/* What a hub that was put back wants to hear again under other dots comes again under one new node id, in however many
 * answers it says so, and where the line is cut between them. */
#include "core/store/hub.h"
#include "tests/spine.h"

enum { CLIENTS = 40, NOTE = 31, TINY = 1, NO_RECEIPTS = 1 };

static const struct karto_slice south = {(const uint8_t *)"02", 2};

static enum karto_err move_south(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    const struct karto_rights rights = {karto_role(KARTO_ROLE_REPRESENTATIVE), &south, 1};
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &device, &rights) : err;
}

static enum karto_err count_nodes(struct karto_tx *tx, void *context)
{
    const struct karto_own_node *nodes;
    return karto_own_nodes(tx, &nodes, context);
}

static uint32_t nodes_of(struct spine_node *node)
{
    uint32_t count;
    CHECK_INT(karto_store_read(node->store, count_nodes, &count), KARTO_OK);
    return count;
}

static enum karto_err read_ledger(struct karto_tx *tx, void *context)
{
    *(struct karto_ledger *)context = tx->ledger;
    return KARTO_OK;
}

/* Oksana was given another territory after the backup, and worked there; the hub that was put back knows of neither,
 * and her program was one to which hubs gave no receipts. */
static void goes_on_under_one_node(unsigned cut)
{
    struct spine s;
    struct karto_rid ids[CLIENTS];
    struct karto_ledger ledger;
    spine_open_pair(&s);
    struct spine_node *oksana = &s.devices[0];
    spine_sync_all(&s);
    spine_keep(&s, &s.hub, "backup");
    CHECK_INT(karto_store_write(s.hub.store, move_south, &oksana->device), KARTO_OK);
    s.protocol_most = NO_RECEIPTS;
    spine_sync(&s, 0);
    for (int i = 0; i < CLIENTS; i++)
        ids[i] = spine_client(oksana, "Південна", "02");
    for (int i = 0; i < CLIENTS; i++)
        CHECK_INT(spine_set(oksana, ids[i], NOTE, "", "на півдні"), KARTO_OK);
    spine_sync(&s, 0);
    CHECK(spine_see(&s.hub, ids[0], NOTE, "").exists);
    s.protocol_most = 0;
    spine_put_back(&s, &s.hub, "backup");
    spine_restored(&s.hub);
    s.page_size = TINY;
    uint32_t before = nodes_of(oksana);
    s.cut = cut;
    if (cut)
        CHECK_INT(spine_try_sync(&s, 0), KARTO_E_OFFLINE);
    s.cut = 0;
    enum karto_err err = spine_try_sync(&s, 0);
    CHECK(err == KARTO_OK || err == KARTO_E_RECOVERING);
    spine_recovered(&s.hub);
    spine_sync(&s, 0);
    spine_sync(&s, 0);
    CHECK_INT(nodes_of(oksana), before + 2); /* one for these, and one for the new epoch */
    CHECK_INT(karto_store_read(oksana->store, read_ledger, &ledger), KARTO_OK);
    CHECK_INT(ledger.refused, 2 * CLIENTS); /* and kept, with the reason */
    CHECK_INT(ledger.pending, 0);
    spine_close(&s);
}

int main(void)
{
    static const unsigned cuts[] = {0, 2, 3, 20, 60, 81, 82, 83, 84};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        goes_on_under_one_node(cuts[i]);
    return 0;
}
