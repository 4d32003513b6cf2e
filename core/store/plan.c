#include "core/store/plan.h"

#include "core/base/fatal.h"
#include "core/base/text.h"
#include "core/store/databases.h"
#include "core/store/index.h"
#include "core/store/numbers.h"
#include "core/store/postings.h"
#include "core/store/child_tally.h"
#include "core/store/words_note.h"

#include <stdlib.h>
#include <string.h>

/* So many clients at most are asked for what hangs on them: with more, less is done in a walk through all that hangs on
 * any. What is listed by day has a better way yet: its rows name their clients. */
enum { CLIENTS_ASKED_MAX = 3000, CLIENTS_BY_DAY_MAX = 300 };

/* So much that hangs on clients at most is read for a condition on its days. */
enum { CHILDREN_READ_MAX = 3000 };

/* One walk through a query: once for the records themselves, once for the clients on which they hang. */
struct planning {
    struct karto_tx *tx;
    const struct karto_select *select;
    uint32_t kind;                      /* whose conditions count */
    bool of_records;                    /* states and conflicts too, which are those of the records */
    const struct karto_condition *done; /* counts in another way already */
};

struct bound {
    bool bounded;
    struct karto_number_set set;
};

static struct bound nothing_yet(const struct karto_tx *tx)
{
    struct bound bound = {.bounded = true};
    karto_number_set_init(&bound.set, tx->words.next);
    return bound;
}

static void let_go(struct bound *bound)
{
    karto_number_set_fini(&bound->set);
    bound->bounded = false;
}

static int compare_ids(const void *a, const void *b)
{
    return karto_rid_compare(*(const struct karto_rid *)a, *(const struct karto_rid *)b);
}

/* ---- values ---- */

struct valuing {
    const struct karto_condition *condition;
    struct karto_slice operand; /* folded */
    struct bound *bound;
    struct karto_buf last; /* the term that was asked for last, and the answer */
    bool fits;
};

static enum karto_err add_values(struct karto_block *block, void *context)
{
    struct valuing *v = context;
    struct karto_slice value;
    if (!karto_slice_equal(block->term, karto_buf_slice(&v->last))) {
        karto_buf_clear(&v->last);
        karto_buf_add_slice(&v->last, block->term);
        v->fits = !karto_value_of_term(block->term, &value) || karto_select_folded(v->condition, v->operand, value);
    }
    for (uint32_t number; v->fits && karto_block_next(block, &number);)
        karto_number_set_add(&v->bound->set, number);
    return KARTO_OK;
}

static enum karto_err bound_by_values(struct planning *p, const struct karto_condition *condition, struct bound *bound)
{
    uint8_t head[KARTO_VALUE_HEAD];
    struct valuing v = {condition, karto_text_fold(&p->tx->arena, condition->operand.text), bound, KARTO_BUF_EMPTY,
                        false};
    karto_value_head(p->kind, condition->def->number, head);
    *bound = nothing_yet(p->tx);
    enum karto_err err = karto_postings_walk(p->tx, karto_slice(head, sizeof head), true, add_values, &v);
    karto_buf_fini(&v.last);
    return err;
}

static enum karto_err add_hidden(struct karto_block *block, void *context)
{
    struct bound *bound = context;
    for (uint32_t number; karto_block_next(block, &number);)
        karto_number_set_add(&bound->set, number);
    return KARTO_OK;
}

static enum karto_err bound_by_hidden(struct planning *p, struct bound *bound)
{
    uint8_t head[KARTO_VALUE_HEAD];
    karto_value_head(p->kind, KARTO_F_HIDDEN, head);
    *bound = nothing_yet(p->tx);
    return karto_postings_walk(p->tx, karto_slice(head, sizeof head), true, add_hidden, bound);
}

/* ---- rows of other databases, which are never behind ---- */

/* One without a number is not in the index of words yet, and among the others anyway. */
static enum karto_err add_id(struct karto_tx *tx, struct bound *bound, struct karto_rid id)
{
    uint32_t number;
    enum karto_err err = karto_number_of(tx, id, &number);
    if (err == KARTO_OK)
        karto_number_set_add(&bound->set, number);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err add_found(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    (void)value;
    return add_id(tx, context, id);
}

static enum karto_err add_pending(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    (void)row;
    return key.size == 16 ? add_id(tx, context, karto_rid_read(key.data)) : KARTO_OK;
}

static enum karto_err bound_by_rows(struct planning *p, enum karto_index index, struct karto_slice value,
                                    struct bound *bound)
{
    *bound = nothing_yet(p->tx);
    return karto_index_walk(p->tx, index, p->kind, value, NULL, add_found, bound);
}

static enum karto_err bound_by_pending(struct planning *p, struct bound *bound)
{
    *bound = nothing_yet(p->tx);
    return karto_each_row(p->tx, KARTO_DB_BASE, add_pending, bound);
}

/* A row of the index for the value that a condition with "=" asks for; false: there is none that can be asked. */
static bool find_rows(struct planning *p, const struct karto_condition *condition, enum karto_index *index,
                      struct karto_slice *value)
{
    struct karto_arena *arena = &p->tx->arena;
    struct karto_value normal;
    if (condition->op != KARTO_OP_EQUAL || condition->operand.type != KARTO_O_TEXT)
        return false;
    struct karto_slice bytes = karto_value_bytes(arena, karto_value_text(condition->operand.text));
    switch (condition->def->number) {
    case KARTO_F_NAME:
        *index = KARTO_BY_NAME;
        *value = karto_text_fold(arena, condition->operand.text);
        return value->size > 0;
    case KARTO_F_EDRPOU:
        *index = KARTO_BY_EDRPOU;
        if (karto_value_decode(karto_normal(arena, condition->def, bytes), &normal) != KARTO_OK)
            return false;
        *value = normal.type == KARTO_TEXT ? normal.text : karto_slice(NULL, 0);
        return value->size > 0;
    default: return false;
    }
}

/* ---- days that a condition leaves ---- */

static void at_least(struct karto_days *left, int64_t day)
{
    left->from = day > left->from ? day : left->from;
}

static void at_most(struct karto_days *left, int64_t day)
{
    left->to = day < left->to ? day : left->to;
}

static int64_t before(int64_t day)
{
    return day == INT64_MIN ? day : day - 1;
}

static int64_t behind(int64_t day)
{
    return day == INT64_MAX ? day : day + 1;
}

/* Of an age, more is longer ago. */
static void keep_days(struct karto_days *left, const struct karto_condition *condition)
{
    const struct karto_days *days = &condition->operand.days;
    bool age = condition->operand.type == KARTO_O_AGE;
    switch (condition->op) {
    case KARTO_OP_HAS:
    case KARTO_OP_EQUAL:
        at_least(left, days->from);
        at_most(left, age ? days->from : days->to);
        return;
    case KARTO_OP_LESS: age ? at_least(left, behind(days->from)) : at_most(left, before(days->from)); return;
    case KARTO_OP_LESS_EQUAL: age ? at_least(left, days->from) : at_most(left, days->to); return;
    case KARTO_OP_MORE: age ? at_most(left, before(days->from)) : at_least(left, behind(days->to)); return;
    case KARTO_OP_MORE_EQUAL: age ? at_most(left, days->from) : at_least(left, days->from); return;
    case KARTO_OP_NOT_EQUAL: return;
    }
}

/* ---- what hangs on clients, by its day ---- */

struct counted {
    struct karto_rid *clients;
    uint32_t count;
};

static enum karto_err add_client(struct karto_tx *tx, struct karto_rid client, struct karto_rid id,
                                 struct karto_slice row, void *context)
{
    struct counted *counted = context;
    (void)tx;
    (void)id;
    (void)row;
    if (counted->count == CHILDREN_READ_MAX)
        return KARTO_E_LIMIT;
    counted->clients[counted->count++] = client;
    return KARTO_OK;
}

/* The days of which something must hang on a client for a condition to hold; false: nothing needs to. */
static bool days_needed(struct planning *p, const struct karto_condition *condition, struct karto_sum_of *of,
                        struct karto_days *days)
{
    bool last = condition->subject == KARTO_S_LAST_CONTACT || condition->subject == KARTO_S_LAST_PURCHASE;
    if (!karto_child_tally_can(p->select, condition, of) || !karto_index_is_by_day(of->kind))
        return false;
    *days = of->days;
    if (last) {
        keep_days(days, condition);
        at_most(days, p->select->today);
    }
    return true;
}

static uint32_t each_once(struct karto_rid *ids, uint32_t count)
{
    uint32_t kept = 0;
    if (count > 1)
        qsort(ids, count, sizeof *ids, compare_ids);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || !karto_rid_equal(ids[kept - 1], ids[i]))
            ids[kept++] = ids[i];
    return kept;
}

/* The clients on which something of these days hangs. Only where that is little: of a long time there is something of
 * nearly every client, and then *found is false. */
static enum karto_err find_parents(struct planning *p, const struct karto_condition *condition, bool *found,
                                   struct counted *counted)
{
    struct karto_sum_of of;
    struct karto_days days;
    *counted = (struct counted){NULL, 0};
    *found = days_needed(p, condition, &of, &days);
    if (!*found)
        return KARTO_OK;
    counted->clients = karto_arena_array(&p->tx->arena, CHILDREN_READ_MAX, sizeof *counted->clients);
    enum karto_err err = karto_index_days(p->tx, of.kind, days, NULL, add_client, counted);
    *found = err == KARTO_OK;
    counted->count = each_once(counted->clients, counted->count);
    return err == KARTO_E_LIMIT ? KARTO_OK : err;
}

static enum karto_err bound_by_counted(struct planning *p, const struct karto_condition *condition, struct bound *bound)
{
    struct counted counted;
    bool found = false;
    if (condition == p->done)
        return KARTO_OK;
    struct karto_arena_mark mark = karto_arena_mark(&p->tx->arena);
    enum karto_err err = find_parents(p, condition, &found, &counted);
    if (found) {
        *bound = nothing_yet(p->tx);
        err = karto_numbers_of(p->tx, counted.clients, counted.count, &bound->set);
    }
    karto_arena_release(&p->tx->arena, mark);
    return err;
}

/* A condition of the kind that must hold by itself is kept as ids, which need not be looked up. */
static enum karto_err keep_parents(struct planning *p, const struct karto_query *query, struct karto_plan *plan)
{
    struct counted counted;
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; query->type == KARTO_Q_AND && i < query->count && !plan->by_children && err == KARTO_OK; i++)
        err = keep_parents(p, query->children[i], plan);
    if (query->type != KARTO_Q_CONDITION)
        return err;
    err = find_parents(p, &query->condition, &plan->by_children, &counted);
    if (plan->by_children) {
        plan->parents = counted.clients;
        plan->parent_count = counted.count;
        p->done = &query->condition;
    }
    return err;
}

/* ---- the tree ---- */

static enum karto_err bound_by_field(struct planning *p, const struct karto_condition *condition, struct bound *bound)
{
    enum karto_index index;
    struct karto_slice value;
    if (karto_is_valued(p->kind, condition->def->number) && karto_select_is_folded(condition))
        return bound_by_values(p, condition, bound);
    return find_rows(p, condition, &index, &value) ? bound_by_rows(p, index, value, bound) : KARTO_OK;
}

static enum karto_err bound_by_condition(struct planning *p, const struct karto_condition *condition,
                                         struct bound *bound)
{
    switch (condition->subject) {
    case KARTO_S_FIELD: return condition->kind == p->kind ? bound_by_field(p, condition, bound) : KARTO_OK;
    case KARTO_S_IS_HIDDEN: return p->of_records ? bound_by_hidden(p, bound) : KARTO_OK;
    case KARTO_S_IS_PENDING: return p->of_records ? bound_by_pending(p, bound) : KARTO_OK;
    case KARTO_S_HAS_CONFLICT:
        return p->of_records ? bound_by_rows(p, KARTO_BY_CONFLICT, karto_slice(NULL, 0), bound) : KARTO_OK;
    case KARTO_S_LAST_CONTACT:
    case KARTO_S_LAST_PURCHASE:
    case KARTO_S_CONTACTS:
    case KARTO_S_PURCHASES:
    case KARTO_S_BOUGHT: return p->kind == KARTO_CLIENT ? bound_by_counted(p, condition, bound) : KARTO_OK;
    case KARTO_S_HAS:
    case KARTO_S_HAS_KIND:
    case KARTO_S_PERSONS:
    case KARTO_S_CREATED:
    case KARTO_S_CHANGED:
    case KARTO_S_CHANGED_BY: break;
    }
    return KARTO_OK;
}

static enum karto_err bound_by(struct planning *p, const struct karto_query *query, struct bound *bound);

/* One conjunct that is bounded is enough. */
static enum karto_err bound_by_all(struct planning *p, const struct karto_query *query, struct bound *bound)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < query->count && err == KARTO_OK; i++) {
        struct bound one = {.bounded = false};
        err = bound_by(p, query->children[i], &one);
        if (!one.bounded)
            continue;
        if (!bound->bounded) {
            *bound = one;
            continue;
        }
        karto_number_set_and(&bound->set, &one.set);
        let_go(&one);
    }
    return err;
}

/* Of alternatives all must be. */
static enum karto_err bound_by_any(struct planning *p, const struct karto_query *query, struct bound *bound)
{
    enum karto_err err = KARTO_OK;
    *bound = nothing_yet(p->tx);
    for (uint32_t i = 0; i < query->count && bound->bounded && err == KARTO_OK; i++) {
        struct bound one = {.bounded = false};
        err = bound_by(p, query->children[i], &one);
        if (one.bounded)
            karto_number_set_or(&bound->set, &one.set);
        else
            let_go(bound);
        let_go(&one);
    }
    return err;
}

/* A bound that stays as it is, unbounded, where the index cannot tell. */
static enum karto_err bound_by(struct planning *p, const struct karto_query *query, struct bound *bound)
{
    switch (query->type) {
    case KARTO_Q_AND: return bound_by_all(p, query, bound);
    case KARTO_Q_OR: return bound_by_any(p, query, bound);
    case KARTO_Q_CONDITION: return bound_by_condition(p, &query->condition, bound);
    case KARTO_Q_ALL:
    case KARTO_Q_NOT:
    case KARTO_Q_WORD: break;
    }
    return KARTO_OK;
}

/* ---- from clients to what hangs on them ---- */

struct hanging {
    struct bound bound;
    uint32_t kind;
};

static enum karto_err add_child(struct karto_tx *tx, struct karto_rid client, struct karto_rid id,
                                struct karto_slice row, void *context)
{
    struct hanging *hanging = context;
    (void)client;
    (void)row;
    return add_id(tx, &hanging->bound, id);
}

static enum karto_err add_children(struct karto_tx *tx, struct karto_rid client, void *context)
{
    struct hanging *hanging = context;
    return karto_index_children(tx, hanging->kind, &client, add_child, hanging);
}

static enum karto_err add_children_of_all(struct karto_tx *tx, const struct karto_plan *plan, uint32_t kind,
                                          struct bound *children)
{
    struct hanging hanging = {.kind = kind, .bound = nothing_yet(tx)};
    enum karto_err err = karto_plan_each_client(tx, plan, add_children, &hanging);
    *children = hanging.bound;
    return err;
}

/* From plan->clients, which few of them are worth going through. */
static enum karto_err go_to_children(struct karto_tx *tx, uint32_t kind, struct karto_plan *plan,
                                     struct bound *children)
{
    uint32_t count = karto_number_set_count(&plan->clients) + plan->other_count;
    if (count > (karto_index_is_by_day(kind) ? CLIENTS_BY_DAY_MAX : CLIENTS_ASKED_MAX)) {
        plan->of_clients = karto_index_is_by_day(kind);
        return KARTO_OK;
    }
    return add_children_of_all(tx, plan, kind, children);
}

static void narrow(struct karto_plan *plan, struct bound *bound)
{
    if (!bound->bounded)
        return;
    if (plan->bounded) {
        karto_number_set_and(&plan->among, &bound->set);
        let_go(bound);
    } else {
        plan->among = bound->set;
        plan->bounded = true;
    }
}

/* ---- days ---- */

/* Only days that must hold: conditions on the day of the records, which are all to be fulfilled. */
static void bound_by_days(const struct karto_query *query, uint32_t kind, struct karto_plan *plan)
{
    const struct karto_condition *condition = &query->condition;
    for (uint32_t i = 0; query->type == KARTO_Q_AND && i < query->count; i++)
        bound_by_days(query->children[i], kind, plan);
    if (query->type == KARTO_Q_CONDITION && condition->subject == KARTO_S_FIELD && condition->kind == kind &&
        condition->def->number == KARTO_F_DATE &&
        (condition->operand.type == KARTO_O_DAYS || condition->operand.type == KARTO_O_AGE))
        keep_days(&plan->days, condition);
}

/* ---- all of it ---- */

static enum karto_err read_others(struct karto_tx *tx, struct karto_plan *plan)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    uint64_t count;
    enum karto_err err = karto_words_noted(tx, &count);
    if (err == KARTO_OK)
        err = karto_kv_cursor_open(tx->kv, KARTO_DB_NOTED, &cursor);
    if (err != KARTO_OK)
        return err;
    struct karto_rid *ids = karto_arena_array(&tx->arena, (size_t)count + 1, sizeof *ids);
    while (plan->other_count < count && (err = karto_kv_next(cursor, &key, &row)) == KARTO_OK)
        ids[plan->other_count++] = karto_rid_read(key.data);
    plan->others = ids;
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err bound_by_index(struct karto_tx *tx, const struct karto_select *select, uint32_t kind,
                                     struct karto_plan *plan)
{
    struct planning own = {tx, select, kind, true, NULL}, clients = {tx, select, KARTO_CLIENT, false, NULL};
    struct bound bound = {.bounded = false};
    enum karto_err err = kind == KARTO_CLIENT ? keep_parents(&own, select->query, plan) : KARTO_OK;
    if (err == KARTO_OK)
        err = bound_by(&own, select->query, &bound);
    narrow(plan, &bound);
    if (err != KARTO_OK || kind == KARTO_CLIENT)
        return err;
    bound = (struct bound){.bounded = false};
    err = bound_by(&clients, select->query, &bound);
    plan->clients = bound.set;
    if (err != KARTO_OK || !bound.bounded)
        return err;
    bound = (struct bound){.bounded = false};
    err = go_to_children(tx, kind, plan, &bound);
    narrow(plan, &bound);
    return err;
}

enum karto_err karto_plan_make(struct karto_tx *tx, const struct karto_select *select, uint32_t kind,
                               struct karto_plan *plan)
{
    *plan = (struct karto_plan){.days = KARTO_DAYS_ALL};
    enum karto_err err = karto_words_state(tx);
    if (err != KARTO_OK)
        return err;
    if (karto_index_is_by_day(kind))
        bound_by_days(select->query, kind, plan);
    plan->informed = karto_words_is_ours(tx) && !tx->words.making && karto_is_searched(kind);
    if (!plan->informed)
        return KARTO_OK;
    err = read_others(tx, plan);
    return err == KARTO_OK ? bound_by_index(tx, select, kind, plan) : err;
}

void karto_plan_fini(struct karto_plan *plan)
{
    karto_number_set_fini(&plan->among);
    karto_number_set_fini(&plan->clients);
}

uint32_t karto_plan_count(const struct karto_plan *plan)
{
    return karto_number_set_count(&plan->among) + plan->other_count;
}

/* ---- records of a plan ---- */

static bool is_other(const struct karto_plan *plan, struct karto_rid id)
{
    return plan->other_count && bsearch(&id, plan->others, plan->other_count, sizeof id, compare_ids);
}

static enum karto_err is_among(struct karto_tx *tx, const struct karto_plan *plan, const struct karto_number_set *set,
                               struct karto_rid id, bool *is)
{
    uint32_t number;
    enum karto_err err = karto_number_of(tx, id, &number);
    *is = (err == KARTO_OK && karto_number_set_has(set, number)) || is_other(plan, id);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_plan_has(struct karto_tx *tx, const struct karto_plan *plan, struct karto_rid id, bool *has)
{
    return is_among(tx, plan, &plan->among, id, has);
}

enum karto_err karto_plan_has_client(struct karto_tx *tx, const struct karto_plan *plan, struct karto_rid client,
                                     bool *has)
{
    return is_among(tx, plan, &plan->clients, client, has);
}

static enum karto_err visit_all(struct karto_tx *tx, const struct karto_plan *plan, const struct karto_number_set *set,
                                uint32_t kind, karto_plan_visit *visit, void *context)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t number = 0; err == KARTO_OK && karto_number_set_next(set, &number); number++) {
        uint32_t its_kind;
        struct karto_rid id;
        err = karto_number_record(tx, number, &its_kind, &id);
        if (err == KARTO_OK && its_kind == kind && !is_other(plan, id))
            err = visit(tx, id, context);
        else if (err == KARTO_E_NOT_FOUND)
            err = KARTO_OK;
    }
    for (uint32_t i = 0; i < plan->other_count && err == KARTO_OK; i++)
        err = visit(tx, plan->others[i], context);
    return err;
}

enum karto_err karto_plan_each(struct karto_tx *tx, const struct karto_plan *plan, uint32_t kind,
                               karto_plan_visit *visit, void *context)
{
    return visit_all(tx, plan, &plan->among, kind, visit, context);
}

enum karto_err karto_plan_each_client(struct karto_tx *tx, const struct karto_plan *plan, karto_plan_visit *visit,
                                      void *context)
{
    return visit_all(tx, plan, &plan->clients, KARTO_CLIENT, visit, context);
}

/* ---- all that hangs on clients ---- */

static enum karto_err tally(struct karto_tx *tx, const struct karto_select *select,
                            const struct karto_condition *condition, struct bound *bound)
{
    struct karto_sum_of of;
    if (!karto_child_tally_can(select, condition, &of))
        return KARTO_OK;
    *bound = nothing_yet(tx);
    return karto_child_tally(tx, condition, &of, &bound->set);
}

static enum karto_err tally_all(struct karto_tx *tx, const struct karto_select *select, const struct karto_query *query,
                                struct karto_plan *plan)
{
    struct bound bound = {.bounded = false};
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; query->type == KARTO_Q_AND && i < query->count && err == KARTO_OK; i++)
        err = tally_all(tx, select, query->children[i], plan);
    if (err == KARTO_OK && query->type == KARTO_Q_CONDITION)
        err = tally(tx, select, &query->condition, &bound);
    narrow(plan, &bound);
    return err;
}

enum karto_err karto_plan_tally(struct karto_tx *tx, const struct karto_select *select, struct karto_plan *plan)
{
    return tally_all(tx, select, select->query, plan);
}

uint64_t karto_plan_tally_rows(const struct karto_tx *tx, const struct karto_select *select,
                               const struct karto_query *query)
{
    struct karto_sum_of of;
    uint64_t rows = 0;
    for (uint32_t i = 0; query->type == KARTO_Q_AND && i < query->count; i++)
        rows += karto_plan_tally_rows(tx, select, query->children[i]);
    if (query->type == KARTO_Q_CONDITION && karto_child_tally_can(select, &query->condition, &of))
        rows += tx->ledger.counts[of.kind];
    return rows;
}
