#include "core/store/undo.h"

#include "core/store/databases.h"
#include "core/store/edit.h"
#include "core/store/index.h"

#include <string.h>

enum { KINDS_ON_CLIENTS = 3 };

/* ---- which batch ---- */

enum karto_err karto_undo_find(struct karto_tx *tx, uint32_t number, struct karto_slice author,
                               struct karto_batch *found)
{
    struct karto_batch batches[KARTO_SAME_NUMBER_MAX];
    struct karto_slice wanted = author;
    uint32_t count;
    enum karto_err err = karto_batch_find(tx, number, batches, KARTO_SAME_NUMBER_MAX, &count);
    if (err == KARTO_OK && author.size == 0)
        err = karto_user(tx, &wanted);
    if (err != KARTO_OK)
        return err;
    for (uint32_t i = 0; i < count && i < KARTO_SAME_NUMBER_MAX; i++)
        if (karto_slice_equal(batches[i].author, wanted)) {
            *found = batches[i];
            return KARTO_OK;
        }
    if (count == 0 || author.size)
        return KARTO_E_NOT_FOUND;
    *found = batches[0];
    return count == 1 ? KARTO_OK : KARTO_E_AMBIGUOUS;
}

/* How often it is turned round: 1 takes something back, 2 puts something back. */
static enum karto_err depth_of(struct karto_tx *tx, uint64_t batch, uint32_t *depth)
{
    enum karto_err err = KARTO_OK;
    for (*depth = 0; karto_batch_undoes(batch) && *depth < KARTO_UNDO_CHAIN_MAX && err == KARTO_OK; ++*depth) {
        struct karto_batch before;
        uint32_t count;
        err = karto_batch_find(tx, karto_batch_undoes(batch), &before, 1, &count);
        batch = err == KARTO_OK && count > 0 ? before.batch : 0;
    }
    return err;
}

enum karto_err karto_undo_possible(struct karto_tx *tx, const struct karto_batch *batch, bool *possible)
{
    enum karto_err err = KARTO_OK;
    *possible = false;
    for (uint64_t at = batch->last; err == KARTO_OK && at >= batch->first && at != 0 && !*possible; at--) {
        struct karto_history_item item;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_history_at(tx, at, &item);
        if (err == KARTO_OK)
            *possible = item.state != KARTO_IS_REFUSED && item.change.batch == batch->batch &&
                        karto_slice_equal(item.change.stamp.author, batch->author);
        err = err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

struct last {
    struct karto_slice user;
    uint64_t batch;
};

static enum karto_err visit_last(struct karto_tx *tx, const struct karto_batch *batch,
                                 const struct karto_history_item *item, void *context)
{
    struct last *last = context;
    uint32_t depth;
    bool holds, possible = false;
    if (!karto_slice_equal(batch->author, last->user) || !karto_is_own_node(tx, item->change.stamp.dot.node))
        return KARTO_OK;
    enum karto_err err = karto_batch_holds(tx, batch, &holds);
    if (err == KARTO_OK && holds)
        err = depth_of(tx, batch->batch, &depth);
    if (err == KARTO_OK && holds && depth % 2 == 0)
        err = karto_undo_possible(tx, batch, &possible);
    if (err != KARTO_OK || !possible)
        return err;
    last->batch = batch->batch;
    return KARTO_E_INTERRUPTED;
}

/* ---- what was begun and not finished ---- */

static enum karto_err put_begun(struct karto_tx *tx, const struct karto_undo *undo)
{
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_buf_add_be64(&row, undo->batch);
    karto_buf_add(&row, undo->author, undo->author_size);
    enum karto_err err = karto_meta_put(tx, "undoing", karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

/* KARTO_E_NOT_FOUND: nothing was. */
static enum karto_err find_begun(struct karto_tx *tx, struct karto_batch *found)
{
    struct karto_slice row;
    enum karto_err err = karto_meta_get(tx, "undoing", &row);
    if (err != KARTO_OK || row.size < 8)
        return err == KARTO_OK ? KARTO_E_NOT_FOUND : err;
    return karto_batch_get(tx, karto_be64(row.data), karto_slice(row.data + 8, row.size - 8), found);
}

static enum karto_err note_begun(struct karto_tx *tx, const struct karto_undo *undo)
{
    struct karto_batch begun;
    if (undo->next != 0)
        return put_begun(tx, undo);
    enum karto_err err = find_begun(tx, &begun);
    if (err == KARTO_OK && begun.batch == undo->batch)
        err = karto_meta_put(tx, "undoing", karto_slice(NULL, 0));
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_undo_last(struct karto_tx *tx, uint64_t before, struct karto_batch *found)
{
    struct last last = {.batch = 0};
    enum karto_err err = before ? KARTO_E_NOT_FOUND : find_begun(tx, found);
    if (err != KARTO_E_NOT_FOUND)
        return err;
    err = karto_user(tx, &last.user);
    if (err == KARTO_OK)
        err = karto_batches_walk(tx, before, visit_last, &last);
    if (err == KARTO_OK && last.batch == 0)
        err = KARTO_E_NOT_FOUND;
    return err == KARTO_OK ? karto_batch_get(tx, last.batch, last.user, found) : err;
}

/* ---- begin ---- */

/* The last of those that took it back and put it back, in turn; *depth: how many there are. */
static enum karto_err follow(struct karto_tx *tx, struct karto_batch *at, uint32_t *depth)
{
    struct karto_batch by;
    enum karto_err err;
    for (*depth = 0; (err = karto_batch_undone_by(tx, at, &by)) == KARTO_OK; ++*depth) {
        if (*depth == KARTO_UNDO_CHAIN_MAX)
            return KARTO_E_LIMIT;
        *at = by;
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* All of a batch that was made here is here; of others only what came here. */
static enum karto_err find_complete(struct karto_tx *tx, const struct karto_batch *batch, bool *complete)
{
    struct karto_history_item item;
    *complete = true;
    if (tx->ledger.role != KARTO_ON_DEVICE)
        return KARTO_OK;
    enum karto_err err = karto_history_at(tx, batch->last, &item);
    *complete = err == KARTO_OK && karto_is_own_node(tx, item.change.stamp.dot.node);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* of a record that has left since */
}

enum karto_err karto_undo_begin(struct karto_tx *tx, const struct karto_batch *batch, struct karto_undo *undo)
{
    uint32_t number, depth;
    struct karto_batch last = *batch;
    *undo = (struct karto_undo){.batch = batch->batch, .first = batch->first, .next = batch->last};
    undo->author_size = (uint32_t)batch->author.size;
    if (undo->author_size)
        memcpy(undo->author, batch->author.data, undo->author_size);
    enum karto_err err = follow(tx, &last, &depth);
    if (err == KARTO_OK)
        err = find_complete(tx, batch, &undo->complete);
    if (err != KARTO_OK)
        return err;
    undo->again = depth % 2;
    undo->as = last.batch;
    if (undo->again)
        return KARTO_OK;
    err = karto_batch_fresh(tx, &number);
    undo->as = karto_batch_make(number, karto_batch_number(last.batch));
    return err;
}

/* ---- the history of one record ---- */

/* Taking back in one record. */
struct taking {
    struct karto_tx *tx;
    struct karto_undo *undo;
    struct karto_slice reason;
    struct karto_entry entry;
    struct karto_undo_event *events; /* newest first */
    uint32_t event_count, event_room;
    struct karto_undo_plan plan;
    struct karto_undo_step **reverts;
    uint64_t changes;
};

static bool is_target(const struct karto_undo *undo, const struct karto_change *change)
{
    return change->batch == undo->batch &&
           karto_slice_equal(change->stamp.author, karto_slice(undo->author, undo->author_size));
}

static void add_event(struct taking *t, const struct karto_history_item *item)
{
    struct karto_arena *arena = &t->tx->arena;
    if (t->event_count == t->event_room) {
        struct karto_undo_event *more = karto_arena_array(arena, 2 * t->event_room + 8, sizeof *more);
        if (t->event_count)
            memcpy(more, t->events, t->event_count * sizeof *more);
        t->events = more;
        t->event_room = 2 * t->event_room + 8;
    }
    struct karto_change *change = karto_arena_alloc(arena, sizeof *change);
    *change = item->change;
    t->events[t->event_count++] = (struct karto_undo_event){
        .change = change,
        .is_target = is_target(t->undo, change),
        .refused = item->state == KARTO_IS_REFUSED,
    };
}

/* *met: position of the batch's last change of this record. The walk ends there if that is not the one at hand: this
 * record's turn has been. */
static enum karto_err read_events(struct taking *t, uint64_t at_hand, uint64_t *met)
{
    enum karto_err err = KARTO_OK;
    uint64_t position = t->entry.last;
    *met = 0;
    while (err == KARTO_OK && position >= t->undo->first && position != 0) {
        struct karto_history_item item;
        err = karto_history_at(t->tx, position, &item);
        if (err == KARTO_OK) {
            add_event(t, &item);
            if (*met == 0 && t->events[t->event_count - 1].is_target)
                *met = position;
        }
        if (*met && *met != at_hand)
            return err;
        err = err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
        position = item.previous;
    }
    return err;
}

/* ---- writing ---- */

/* What the store says before it has written anything. */
static bool is_refusal(enum karto_err err)
{
    return err == KARTO_E_NOT_PERMITTED || err == KARTO_E_INVALID || err == KARTO_E_LIMIT;
}

static enum karto_err save(struct taking *t, uint32_t from, uint32_t to)
{
    struct karto_edit *edits = karto_arena_array(&t->tx->arena, to - from, sizeof *edits);
    for (uint32_t i = from; i < to; i++)
        edits[i - from] = (struct karto_edit){t->reverts[i]->field, t->reverts[i]->key, t->reverts[i]->would};
    const struct karto_save save = {
        .kind = t->entry.view.kind,
        .record = t->entry.id,
        .edits = edits,
        .count = to - from,
        .via = KARTO_VIA_CLI,
        .batch = t->undo->as,
        .reason = t->reason,
    };
    uint64_t batch = 0;
    enum karto_err err = karto_save(t->tx, &save, &batch);
    t->changes += err == KARTO_OK && batch != 0;
    return err;
}

/* As one change if it may be; else in parts, so that what cannot be stays alone. */
static enum karto_err save_all(struct taking *t, uint32_t from, uint32_t to)
{
    if (from == to)
        return KARTO_OK;
    enum karto_err err = save(t, from, to);
    if (!is_refusal(err))
        return err;
    if (to - from == 1) {
        t->reverts[from]->fate = KARTO_UNDO_REFUSED;
        t->reverts[from]->err = err;
        return KARTO_OK;
    }
    uint32_t middle = from + (to - from) / 2;
    err = save_all(t, from, middle);
    return err == KARTO_OK ? save_all(t, middle, to) : err;
}

static enum karto_err write_plan(struct taking *t)
{
    uint32_t count = 0;
    t->reverts = karto_arena_array(&t->tx->arena, t->plan.count, sizeof *t->reverts);
    for (uint32_t i = 0; i < t->plan.count; i++)
        if (t->plan.steps[i].fate == KARTO_UNDO_REVERT)
            t->reverts[count++] = &t->plan.steps[i];
    return save_all(t, 0, count);
}

/* ---- what hangs on a new client ---- */

static enum karto_err visit_hanging(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    struct karto_undo_step *step = context;
    struct karto_entry entry;
    (void)value;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err != KARTO_OK || !entry.exists || karto_record_hidden(&entry.view))
        return err;
    step->fate = KARTO_UNDO_HANGS;
    step->field = 0;
    step->would = karto_slice(NULL, 0);
    step->now = karto_winner(karto_record_register(&entry.view, KARTO_F_CLIENT, karto_slice(NULL, 0)));
    step->wins = true;
    return KARTO_E_INTERRUPTED;
}

/* A client that people, visits or purchases hang on is in use, whoever entered those. */
static enum karto_err look_for_hanging(struct taking *t)
{
    static const uint32_t kinds[KINDS_ON_CLIENTS] = {KARTO_PERSON, KARTO_ACTIVITY, KARTO_PURCHASE};
    struct karto_undo_step *step = &t->plan.steps[0];
    enum karto_err err = KARTO_OK;
    if (!t->plan.makes || t->entry.view.kind != KARTO_CLIENT)
        return KARTO_OK;
    for (int i = 0; i < KINDS_ON_CLIENTS && err == KARTO_OK && step->fate == KARTO_UNDO_REVERT; i++)
        err = karto_index_walk(t->tx, KARTO_BY_CLIENT, kinds[i], karto_rid_slice(&t->entry.id), NULL, visit_hanging,
                               step);
    return err;
}

/* ---- one record ---- */

/* The record left this device's territories; what it had there is not known. */
static enum karto_err plan_gone(struct taking *t, const struct karto_history_item *item)
{
    bool had;
    const struct karto_batch batch = {
        .batch = t->undo->batch, .author = karto_slice(t->undo->author, t->undo->author_size), .first = t->undo->first};
    enum karto_err err = karto_batch_had(t->tx, &batch, item->previous, &had);
    if (err != KARTO_OK || had || item->state == KARTO_IS_REFUSED)
        return err;
    t->plan.steps = karto_arena_alloc(&t->tx->arena, sizeof *t->plan.steps);
    t->plan.steps[t->plan.count++] = (struct karto_undo_step){.fate = KARTO_UNDO_GONE};
    t->entry.view.kind = item->change.kind;
    return KARTO_OK;
}

static enum karto_err plan(struct taking *t, const struct karto_history_item *item)
{
    uint64_t met;
    enum karto_err err = karto_entry_load(t->tx, item->change.record, &t->entry);
    if (err == KARTO_OK && !t->entry.exists)
        return plan_gone(t, item);
    if (err == KARTO_OK)
        err = read_events(t, item->position, &met);
    if (err != KARTO_OK || met != item->position)
        return err;
    karto_undo_plan_make(&t->tx->arena, &t->entry.view, t->events, t->event_count, t->reason, &t->plan);
    return look_for_hanging(t);
}

static void count(struct taking *t)
{
    struct karto_undo *undo = t->undo;
    for (uint32_t i = 0; i < t->plan.count; i++) {
        const struct karto_undo_step *step = &t->plan.steps[i];
        bool is_left = step->fate != KARTO_UNDO_REVERT && step->fate != KARTO_UNDO_DONE;
        undo->registers += step->fate == KARTO_UNDO_REVERT;
        undo->left += is_left;
        undo->refused += step->fate == KARTO_UNDO_REFUSED && step->err == KARTO_E_NOT_PERMITTED;
    }
    undo->records += t->changes > 0;
    undo->changes += t->changes;
}

/* *done: 1 if this was the record's turn. */
static enum karto_err take_back(struct taking *t, const struct karto_history_item *item, uint32_t *done,
                                karto_undo_visit *visit, void *context)
{
    enum karto_err err = plan(t, item);
    *done = 0;
    if (err == KARTO_OK && t->plan.count > 0)
        err = write_plan(t);
    if (err != KARTO_OK || t->plan.count == 0)
        return err;
    *done = 1;
    count(t);
    const struct karto_undo_record record = {item->change.record, t->entry.view.kind, &t->entry, &t->plan,
                                             t->changes > 0};
    return visit ? visit(t->tx, &record, context) : KARTO_OK;
}

/* ---- all of it ---- */

enum karto_err karto_undo_some(struct karto_tx *tx, struct karto_undo *undo, struct karto_slice reason,
                               uint32_t records_max, karto_undo_visit *visit, void *context)
{
    enum karto_err err = KARTO_OK;
    uint32_t records = 0;
    while (err == KARTO_OK && undo->next != 0 && records < records_max) {
        uint32_t done = 0;
        struct karto_history_item item;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        struct taking t = {.tx = tx, .undo = undo, .reason = reason};
        err = karto_history_at(tx, undo->next, &item);
        if (err == KARTO_E_NOT_FOUND)
            err = KARTO_OK; /* a record moved: that follows from something else */
        else if (err == KARTO_OK && is_target(undo, &item.change))
            err = take_back(&t, &item, &done, visit, context);
        undo->next = undo->next > undo->first ? undo->next - 1 : 0;
        records += done;
        karto_arena_release(&tx->arena, mark);
    }
    if (err == KARTO_OK || err == KARTO_E_INTERRUPTED)
        err = note_begun(tx, undo);
    return err;
}
