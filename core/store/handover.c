#include "core/store/handover.h"

#include "core/model/batch.h"
#include "core/store/batches.h"
#include "core/store/edit.h"
#include "core/store/query.h"

/* ---- whom it is about ---- */

bool karto_handover_means(const struct karto_handover *handover, const struct karto_record *client,
                          struct karto_slice from)
{
    struct karto_slice now = karto_text_at(client, handover->field, handover->since);
    if (karto_slice_equal(now, from))
        return true;
    return karto_slice_equal(now, handover->to) && handover->since > KARTO_DATE_MIN &&
           karto_slice_equal(karto_text_at(client, handover->field, handover->since - 1), from);
}

static const struct karto_query *had(struct karto_arena *arena, const struct karto_handover *handover,
                                     struct karto_slice from, int64_t day)
{
    struct karto_query *query = karto_arena_alloc(arena, sizeof *query);
    *query = (struct karto_query){
        .type = KARTO_Q_CONDITION,
        .condition = {.subject = KARTO_S_FIELD,
                      .def = karto_field_def(KARTO_CLIENT, handover->field),
                      .kind = KARTO_CLIENT,
                      .period = {day, day},
                      .op = KARTO_OP_HAS,
                      .operand = {.type = KARTO_O_TEXT, .text = from}},
    };
    return query;
}

const struct karto_query *karto_handover_query(struct karto_arena *arena, const struct karto_handover *handover,
                                               struct karto_slice from)
{
    const struct karto_query **days = karto_arena_array(arena, 2, sizeof *days);
    struct karto_query *either = karto_arena_alloc(arena, sizeof *either);
    days[0] = had(arena, handover, from, handover->since);
    days[1] = had(arena, handover, from, handover->since - 1);
    *either = (struct karto_query){.type = KARTO_Q_OR, .children = days, .count = 2};
    return handover->since > KARTO_DATE_MIN ? either : days[0];
}

/* ---- one client ---- */

static bool holds(const struct karto_handover *handover, struct karto_slice value)
{
    return karto_slice_equal(karto_value_text_of(value), handover->to);
}

/* By one value, about which nobody is in conflict. */
static bool is_so(const struct karto_handover *handover, const struct karto_field *field)
{
    const struct karto_head *now = karto_timeline_at(field, handover->since);
    for (uint32_t i = 0; now && i < field->count; i++)
        if (karto_winner(&field->registers[i]) == now)
            return field->registers[i].count == 1 && holds(handover, now->value);
    return false;
}

static bool has_later(const struct karto_handover *handover, const struct karto_field *field)
{
    for (uint32_t i = 0; field && i < field->count; i++) {
        int64_t day;
        struct karto_slice value = karto_winner(&field->registers[i])->value;
        if (karto_date_of_key(field->registers[i].key, &day) && day > handover->since && !karto_value_is_nil(value) &&
            !holds(handover, value))
            return true;
    }
    return false;
}

static enum karto_err choose_batch(struct karto_tx *tx, struct karto_handover *handover)
{
    uint32_t number;
    if (handover->batch)
        return KARTO_OK;
    enum karto_err err = karto_batch_fresh(tx, &number);
    if (err == KARTO_OK)
        handover->batch = karto_batch_make(number, 0);
    return err;
}

static enum karto_err give(struct karto_tx *tx, const struct karto_handover *handover, struct karto_rid client,
                           struct karto_handed *handed)
{
    uint64_t batch;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    const struct karto_edit edit = {handover->field, karto_date_key(&tx->arena, handover->since),
                                    karto_value_bytes(&tx->arena, karto_value_text(handover->to))};
    const struct karto_save save = {.kind = KARTO_CLIENT,
                                    .record = client,
                                    .edits = &edit,
                                    .count = 1,
                                    .via = KARTO_VIA_CLI,
                                    .batch = handover->batch,
                                    .reason = handover->reason};
    enum karto_err err = karto_save(tx, &save, &batch);
    karto_arena_release(&tx->arena, mark);
    handed->changed = err == KARTO_OK && batch != 0;
    if (err != KARTO_E_NOT_PERMITTED && err != KARTO_E_INVALID && err != KARTO_E_LIMIT)
        return err;
    handed->refused = err;
    return KARTO_OK;
}

enum karto_err karto_hand_over(struct karto_tx *tx, struct karto_handover *handover, const struct karto_entry *client,
                               struct karto_handed *handed)
{
    const struct karto_field *field = karto_record_field(&client->view, handover->field);
    *handed = (struct karto_handed){.later = has_later(handover, field),
                                    .was = karto_text_at(&client->view, handover->field, handover->since)};
    if (is_so(handover, field))
        return KARTO_OK;
    enum karto_err err = choose_batch(tx, handover);
    return err == KARTO_OK ? give(tx, handover, client->id, handed) : err;
}
