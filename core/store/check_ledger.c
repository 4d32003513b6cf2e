/* What must add up: digests, the numbers of the ledger, and which databases a store of this role has nothing in. */
#include "core/store/check_walk.h"
#include "core/store/databases.h"

#include <stdio.h>
#include <string.h>

/* ---- digests ---- */

static void digest_differs(void *context, const struct karto_digest_name *name)
{
    char what[200];
    struct karto_walk *walk = context;
    if (name)
        snprintf(what, sizeof what, "the digest of territory \"%.*s\", kind %u, field %u is not that of its records",
                 (int)name->territory.size, (const char *)name->territory.data, (unsigned)name->kind,
                 (unsigned)name->field);
    else
        snprintf(what, sizeof what, "a digest cannot be read");
    karto_walk_problem(walk, what, NULL);
}

/* ---- numbers ---- */

static void check_number(struct karto_walk *walk, uint64_t is, uint64_t should_be, const char *what)
{
    if (is != should_be)
        karto_walk_problem(walk, what, NULL);
}

static void check_numbers(struct karto_walk *walk)
{
    const struct karto_ledger *is = &walk->tx->ledger, *counted = &walk->counted;
    bool same = memcmp(is->counts, counted->counts, sizeof is->counts) == 0;
    check_number(walk, same, true, "the numbers of records are not counted right");
    check_number(walk, is->conflicts, counted->conflicts, "the conflicts are not counted right");
    check_number(walk, is->pending, counted->pending, "the pending changes are not counted right");
    check_number(walk, is->refused, counted->refused, "the refused changes are not counted right");
    check_number(walk, is->seq, counted->seq, "the changes made here are not counted right");
    check_number(walk, is->rule_seq, counted->rule_seq, "the changes of the hub's rules are not counted right");
    check_number(walk, is->position, counted->position, "the log is shorter or longer than it should be");
}

/* ---- node ids ---- */

/* Each is made of the store's key, and the writers are among them. */
static enum karto_err check_nodes(struct karto_walk *walk)
{
    const struct karto_ledger *ledger = &walk->tx->ledger;
    const struct karto_own_node *nodes;
    struct karto_slice key;
    uint32_t count, writers = 0;
    enum karto_err err = karto_own_nodes(walk->tx, &nodes, &count);
    if (err == KARTO_OK)
        err = karto_meta_get(walk->tx, "public_key", &key);
    if (!karto_walk_has(walk, &err, "the node ids of this store cannot be read", NULL))
        return err;
    for (uint32_t i = 0; i < count; i++) {
        if (!karto_node_equal(karto_node_make(key, nodes[i].random), nodes[i].node))
            karto_walk_problem(walk, "a node id of this store is not made of its key", NULL);
        writers += karto_node_equal(nodes[i].node, ledger->node);
        writers += ledger->role == KARTO_ON_HUB && karto_node_equal(nodes[i].node, ledger->rule_node);
    }
    check_number(walk, writers, ledger->role == KARTO_ON_HUB ? 2 : 1, "the writer is not a node of this store");
    return KARTO_OK;
}

/* ---- databases ---- */

static enum karto_err check_empty(struct karto_walk *walk)
{
    static const struct {
        enum karto_db db;
        enum karto_store_role role;
    } only[] = {
        {KARTO_DB_BASE, KARTO_ON_DEVICE}, {KARTO_DB_OWN, KARTO_ON_DEVICE},       {KARTO_DB_PENDING, KARTO_ON_DEVICE},
        {KARTO_DB_DOTS, KARTO_ON_HUB},    {KARTO_DB_FEED, KARTO_ON_HUB},         {KARTO_DB_DUE, KARTO_ON_HUB},
        {KARTO_DB_NODES, KARTO_ON_HUB},   {KARTO_DB_DEVICES, KARTO_ON_HUB},      {KARTO_DB_INVITES, KARTO_ON_HUB},
        {KARTO_DB_PAST, KARTO_ON_DEVICE}, {KARTO_DB_PAST_OF, KARTO_ON_DEVICE},   {KARTO_DB_LACKS, KARTO_ON_DEVICE},
        {KARTO_DB_LEFT, KARTO_ON_DEVICE}, {KARTO_DB_DISMISSED, KARTO_ON_DEVICE}, {KARTO_DB_PROPOSALS, KARTO_ON_HUB},
        {KARTO_DB_MARKS, KARTO_ON_HUB},   {KARTO_DB_HELD, KARTO_ON_HUB}};
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < sizeof only / sizeof *only && err == KARTO_OK; i++) {
        bool same = true;
        if (only[i].role != walk->tx->ledger.role)
            err = karto_walk_counts(walk, only[i].db, 0, &same);
        if (!same)
            karto_walk_problem(walk, "the store holds what only a store of another role can", NULL);
    }
    return err;
}

enum karto_err karto_check_ledger(struct karto_walk *walk)
{
    enum karto_err err = karto_digest_compare(walk->tx, walk->sums, digest_differs, walk);
    check_numbers(walk);
    if (err == KARTO_OK)
        err = check_nodes(walk);
    return err == KARTO_OK ? check_empty(walk) : err;
}
