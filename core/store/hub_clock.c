/* The rule on clocks: of values that were written without knowledge of each other, one from more than a day in the
 * future loses. Nobody can have written it then, and until somebody resolved the conflict it would be the one that is
 * shown, for years. It stays in the log. */
#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/store/hub_take.h"

static bool is_ahead(const struct karto_tx *tx, const struct karto_head *head)
{
    return karto_hlc_ms(head->stamp.hlc) > karto_now_ms(tx) + KARTO_CLOCK_AHEAD_MS_MAX;
}

/* The heads that are ahead, as a context: whoever wrote one of the others had not seen it, so that none of them is
 * covered. Empty: none of them is, or all, or a rule has spoken here before. */
static struct karto_vv ahead_of_others(struct karto_tx *tx, const struct karto_register *reg)
{
    struct karto_vv ahead = KARTO_VV_EMPTY;
    uint32_t count = 0;
    for (uint32_t i = 0; i < reg->count; i++) {
        struct karto_dot dot = reg->heads[i].stamp.dot;
        if (karto_node_equal(dot.node, tx->ledger.rule_node))
            return KARTO_VV_EMPTY;
        if (is_ahead(tx, &reg->heads[i])) {
            ahead = karto_vv_with(&tx->arena, ahead, dot);
            count++;
        }
    }
    return count < reg->count ? ahead : KARTO_VV_EMPTY;
}

/* A change that sets nothing, and has seen no more than what is to go and what its own node wrote before: it leaves the
 * other heads as they are, with the names of their authors. */
static enum karto_err take_away(struct karto_tx *tx, const struct karto_record *record, uint32_t field,
                                struct karto_slice key, struct karto_vv heads)
{
    struct karto_dot own = {tx->ledger.rule_node,
                            karto_vv_seq(karto_record_field(record, field)->vv, tx->ledger.rule_node)};
    const struct karto_set set = {.key = key};
    const struct karto_touch touch = {field, own.seq ? karto_vv_with(&tx->arena, heads, own) : heads, &set, 1};
    struct karto_change change = {.kind = record->kind,
                                  .record = record->id,
                                  .touches = &touch,
                                  .count = 1,
                                  .reason = karto_slice_str(KARTO_RULE_AHEAD)};
    return karto_hub_rule(tx, &change);
}

static enum karto_err rule_on(struct karto_tx *tx, const struct karto_record *record, const struct karto_touch *touch)
{
    const struct karto_field_def *def = karto_field_def(record->kind, touch->field);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < touch->count && err == KARTO_OK; i++) {
        const struct karto_register *reg = karto_record_register(record, touch->field, touch->sets[i].key);
        struct karto_vv ahead = KARTO_VV_EMPTY;
        if (reg && karto_is_conflict(def, reg))
            ahead = ahead_of_others(tx, reg);
        if (ahead.count > 0)
            err = take_away(tx, record, touch->field, reg->key, ahead);
    }
    return err;
}

enum karto_err karto_hub_outrun(struct karto_tx *tx, const struct karto_change *taken,
                                const struct karto_record *record)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < taken->count && err == KARTO_OK && !KARTO_BROKEN("clock"); i++)
        err = rule_on(tx, record, &taken->touches[i]);
    return err;
}
