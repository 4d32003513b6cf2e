#include "core/store/client_sum.h"

#include "core/store/index.h"

#include <string.h>

struct adding {
    const struct karto_sum_of *of;
    struct karto_client_sum *sum;
};

static bool is_in(struct karto_days days, const struct karto_child *child)
{
    bool all = days.from == INT64_MIN && days.to == INT64_MAX;
    return child->dated ? child->day >= days.from && child->day <= days.to : all;
}

static void add_total(struct karto_client_sum *sum, int64_t amount)
{
    if (__builtin_add_overflow(sum->total, amount, &sum->total))
        sum->total = amount < 0 ? INT64_MIN : INT64_MAX;
}

void karto_client_sum_add(struct karto_client_sum *sum, const struct karto_sum_of *of, const struct karto_child *child)
{
    if (!child->counts || !is_in(of->days, child))
        return;
    sum->count++;
    if (child->dated && child->day <= of->today && child->day > sum->last)
        sum->last = child->day;
    if (child->priced && memcmp(child->currency, of->currency, 3) == 0)
        add_total(sum, child->total);
}

static enum karto_err visit(struct karto_tx *tx, struct karto_rid client, struct karto_rid id, struct karto_slice row,
                            void *context)
{
    struct adding *adding = context;
    struct karto_child child;
    (void)client;
    enum karto_err err = karto_child_read(tx, id, row, &child);
    if (err == KARTO_OK)
        karto_client_sum_add(adding->sum, adding->of, &child);
    return err;
}

enum karto_err karto_client_sum(struct karto_tx *tx, struct karto_rid client, const struct karto_sum_of *of,
                                struct karto_client_sum *sum)
{
    struct adding adding = {of, sum};
    *sum = KARTO_CLIENT_SUM_NOTHING;
    return karto_index_children(tx, of->kind, &client, visit, &adding);
}
