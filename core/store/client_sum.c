#include "core/store/client_sum.h"

#include "core/store/index.h"

#include <string.h>

struct adding {
    struct karto_days days;
    int64_t today;
    const char *currency;
    struct karto_client_sum *sum;
};

static bool value_of(const struct karto_record *record, uint32_t field, enum karto_type type, struct karto_value *value)
{
    struct karto_slice bytes = karto_record_value(record, field);
    return bytes.size > 0 && karto_value_decode(bytes, value) == KARTO_OK && value->type == type;
}

static bool is_in(struct karto_days days, bool dated, int64_t day)
{
    bool all = days.from == INT64_MIN && days.to == INT64_MAX;
    return dated ? day >= days.from && day <= days.to : all;
}

static void add_total(struct karto_client_sum *sum, int64_t amount)
{
    if (__builtin_add_overflow(sum->total, amount, &sum->total))
        sum->total = amount < 0 ? INT64_MIN : INT64_MAX;
}

static void add_record(const struct adding *a, const struct karto_record *record)
{
    struct karto_value date, total, status;
    bool dated = value_of(record, KARTO_F_DATE, KARTO_DATE, &date);
    bool purchase = record->kind == KARTO_PURCHASE;
    bool cancelled =
        purchase && value_of(record, KARTO_F_STATUS, KARTO_ENUM, &status) && karto_slice_is(status.text, "cancelled");
    if (cancelled || karto_record_hidden(record) || !is_in(a->days, dated, dated ? date.integer : 0))
        return;
    a->sum->count++;
    if (dated && date.integer <= a->today && date.integer > a->sum->last)
        a->sum->last = date.integer;
    if (purchase && value_of(record, KARTO_F_TOTAL, KARTO_MONEY, &total) && memcmp(total.currency, a->currency, 3) == 0)
        add_total(a->sum, total.integer);
}

static enum karto_err visit(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    (void)value;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && entry.exists)
        add_record(context, &entry.view);
    karto_arena_release(&tx->arena, mark);
    return err;
}

enum karto_err karto_client_sum(struct karto_tx *tx, struct karto_rid client, uint32_t kind, struct karto_days days,
                                int64_t today, const char *currency, struct karto_client_sum *sum)
{
    struct adding adding = {days, today, currency, sum};
    *sum = (struct karto_client_sum){.last = INT64_MIN};
    return karto_index_walk(tx, KARTO_BY_CLIENT, kind, karto_rid_slice(&client), NULL, visit, &adding);
}
