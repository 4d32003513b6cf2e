#include "core/store/ledger.h"

#include <string.h>

enum { FIXED = 26, NUMBERS = FIXED + KARTO_LEDGER_KINDS, RECORD_ID = 16 };

/* Every number in the order of docs/FORMAT.md: one list for both directions. */
static void list_numbers(struct karto_ledger *l, uint64_t *role, uint64_t *reconciling, uint64_t *out[NUMBERS])
{
    uint64_t *fixed[] = {role,
                         &l->node.v,
                         &l->seq,
                         &l->rule_node.v,
                         &l->rule_seq,
                         &l->clock.v,
                         &l->position,
                         (uint64_t *)&l->epoch.ms,
                         &l->epoch.node.v,
                         (uint64_t *)&l->heard.ms,
                         &l->heard.node.v,
                         (uint64_t *)&l->rotated.ms,
                         &l->rotated.node.v,
                         &l->rights,
                         &l->cursor,
                         reconciling,
                         (uint64_t *)&l->reconcile_epoch.ms,
                         &l->reconcile_epoch.node.v,
                         &l->reconcile_rights,
                         &l->reconcile_cursor,
                         (uint64_t *)&l->clock_offset_ms,
                         (uint64_t *)&l->synced_ms,
                         (uint64_t *)&l->day,
                         &l->pending,
                         &l->refused,
                         &l->conflicts};
    _Static_assert(sizeof fixed / sizeof *fixed == FIXED, "count the numbers");
    memcpy(out, fixed, sizeof fixed);
    for (int i = 0; i < KARTO_LEDGER_KINDS; i++)
        out[FIXED + i] = &l->counts[i];
}

void karto_ledger_encode(const struct karto_ledger *ledger, struct karto_buf *out)
{
    struct karto_ledger copy = *ledger;
    uint64_t role = (uint64_t)ledger->role, reconciling = ledger->reconciling, *numbers[NUMBERS];
    list_numbers(&copy, &role, &reconciling, numbers);
    for (int i = 0; i < NUMBERS; i++)
        karto_buf_add_be64(out, *numbers[i]);
    karto_buf_add(out, ledger->reconcile_after.b, RECORD_ID);
}

enum karto_err karto_ledger_decode(struct karto_slice bytes, struct karto_ledger *ledger)
{
    uint64_t role, reconciling, *numbers[NUMBERS];
    if (bytes.size != 8 * NUMBERS + RECORD_ID)
        return KARTO_E_CORRUPT;
    memset(ledger, 0, sizeof *ledger);
    list_numbers(ledger, &role, &reconciling, numbers);
    for (int i = 0; i < NUMBERS; i++)
        *numbers[i] = karto_be64(bytes.data + 8 * i);
    if (role < KARTO_LOCAL || role > KARTO_ON_HUB || reconciling > 1)
        return KARTO_E_CORRUPT;
    ledger->role = (enum karto_store_role)role;
    ledger->reconciling = reconciling != 0;
    ledger->reconcile_after = karto_rid_read(bytes.data + 8 * NUMBERS);
    return KARTO_OK;
}
