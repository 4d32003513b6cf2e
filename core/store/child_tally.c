#include "core/store/child_tally.h"

#include "core/store/index.h"
#include "core/store/numbers.h"

bool karto_child_tally_can(const struct karto_select *select, const struct karto_condition *condition,
                           struct karto_sum_of *of)
{
    const struct karto_client_sum nothing = KARTO_CLIENT_SUM_NOTHING;
    return karto_select_counts(select, condition, of) && !karto_select_sum(condition, &nothing);
}

struct tallying {
    const struct karto_condition *condition;
    const struct karto_sum_of *of;
    struct karto_client_sum sum;
    struct karto_rid client; /* whose it is */
    struct karto_number_set *set;
};

static enum karto_err end_client(struct karto_tx *tx, struct tallying *t)
{
    uint32_t number;
    bool fits = !karto_rid_is_zero(t->client) && karto_select_sum(t->condition, &t->sum);
    t->sum = KARTO_CLIENT_SUM_NOTHING;
    enum karto_err err = fits ? karto_number_of(tx, t->client, &number) : KARTO_OK;
    if (fits && err == KARTO_OK)
        karto_number_set_add(t->set, number);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err add_child(struct karto_tx *tx, struct karto_rid client, struct karto_rid id,
                                struct karto_slice row, void *context)
{
    struct tallying *t = context;
    struct karto_child child;
    enum karto_err err = KARTO_OK;
    if (!karto_rid_equal(client, t->client)) {
        err = end_client(tx, t);
        t->client = client;
    }
    if (err == KARTO_OK)
        err = karto_child_read(tx, id, row, &child);
    if (err == KARTO_OK)
        karto_client_sum_add(&t->sum, t->of, &child);
    return err;
}

enum karto_err karto_child_tally(struct karto_tx *tx, const struct karto_condition *condition,
                                 const struct karto_sum_of *of, struct karto_number_set *set)
{
    struct tallying t = {.condition = condition, .of = of, .sum = KARTO_CLIENT_SUM_NOTHING, .set = set};
    enum karto_err err = karto_index_children(tx, of->kind, NULL, add_child, &t);
    return err == KARTO_OK ? end_client(tx, &t) : err;
}
