#include "core/store/check.h"

#include "core/store/check_walk.h"
#include "core/store/words.h"

#include <string.h>

static enum karto_err check_role(struct karto_walk *walk)
{
    switch (walk->tx->ledger.role) {
    case KARTO_LOCAL: break;
    case KARTO_ON_DEVICE: return karto_check_device(walk);
    case KARTO_ON_HUB: return karto_check_hub(walk);
    }
    return KARTO_OK;
}

static enum karto_err check_words(struct karto_walk *walk)
{
    bool fine;
    enum karto_err err = karto_words_check(walk->tx, &fine);
    if (err == KARTO_OK && !fine)
        karto_walk_problem(walk, "the index of words is not that of the records", NULL);
    return err;
}

enum karto_err karto_check(struct karto_tx *tx, karto_check_report *report, void *context, struct karto_check *check)
{
    struct karto_walk walk = {.tx = tx, .report = report, .context = context, .check = check};
    memset(check, 0, sizeof *check);
    walk.counted.node = tx->ledger.node;
    walk.counted.rule_node = tx->ledger.rule_node;
    karto_last_table_init(&walk.lasts);
    walk.sums = karto_digest_sums_new();
    enum karto_err err = karto_check_log(&walk);
    if (err == KARTO_OK)
        err = karto_check_records(&walk);
    if (err == KARTO_OK)
        err = check_role(&walk);
    if (err == KARTO_OK)
        err = karto_check_batches(&walk);
    if (err == KARTO_OK)
        err = karto_check_quarantine(&walk);
    if (err == KARTO_OK)
        err = check_words(&walk);
    if (err == KARTO_OK)
        err = karto_check_ledger(&walk);
    karto_digest_sums_free(walk.sums);
    karto_last_table_fini(&walk.lasts);
    return err;
}
