#include "core/store/page.h"

#include "core/base/fatal.h"
#include "core/store/id_table.h"
#include "core/store/numbers.h"
#include "core/store/plan.h"

#include <stdlib.h>
#include <string.h>

/* What things cost, in nanoseconds, as measured with a hundred thousand clients: they need only be right enough for one
 * way to be chosen over another. */
enum {
    COST_READ = 8000,   /* to read a record and make its place in the order */
    COST_ID = 450,      /* to look up the id of a number and put it into a table */
    COST_STEP = 120,    /* to go on in the order, and look into that table */
    COST_NUMBER = 750,  /* to go on in the order, and look up the number of an id */
    COST_CLIENT = 1500, /* to count what hangs on a client */
    COST_CHILD = 90     /* to count what hangs on all clients, for each that does */
};

/* To see how many of them fit, so many clients are counted for, or so many places are passed. */
enum { PROBED_MAX = 200, PASSED_MAX = 1000, SAMPLED = 48 };

struct paging {
    const struct karto_page *page;
    struct karto_plan plan;
    bool counts; /* the query has conditions that the id of a client is enough for, and not all are asked yet */
    bool probing;
    uint32_t passed, probed, fitting; /* places, clients, those of which that may be meant */
    karto_list_visit *visit;
    void *context;
    struct karto_arena arena;              /* places, for as long as the walk */
    struct karto_id_table records, owners; /* those of the plan; clients of the plan, on which they hang */
    struct karto_id_table parents;         /* clients of the plan: those on which something hangs that must */
    struct karto_slice *places;            /* in the order of the list: value, id */
    uint32_t place_count;
};

static enum karto_err add_id(struct karto_tx *tx, struct karto_rid id, void *context)
{
    (void)tx;
    karto_id_table_add(context, id);
    return KARTO_OK;
}

/* ---- one record ---- */

/* By what its id tells. */
static enum karto_err may_be_meant(const struct paging *p, struct karto_tx *tx, struct karto_rid id, bool *may)
{
    *may = true;
    return p->counts ? karto_select_may(p->page->select, tx, id, may) : KARTO_OK;
}

static enum karto_err visit_record(struct paging *p, struct karto_tx *tx, struct karto_rid id)
{
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && !entry.exists)
        err = KARTO_E_CORRUPT;
    return err == KARTO_OK ? p->visit(tx, &entry, p->context) : err;
}

static enum karto_err visit_if_meant(struct paging *p, struct karto_tx *tx, struct karto_rid id)
{
    bool may;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = may_be_meant(p, tx, id, &may);
    p->probed++;
    p->fitting += may;
    if (err == KARTO_OK && may && !p->probing)
        err = visit_record(p, tx, id);
    karto_arena_release(&tx->arena, mark);
    return err;
}

/* ---- through the order ---- */

static enum karto_err step(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    struct paging *p = context;
    enum karto_err err = KARTO_OK;
    bool has = true;
    (void)value;
    if (p->probing && (p->probed == PROBED_MAX || p->passed == PASSED_MAX))
        return KARTO_E_INTERRUPTED;
    p->passed++;
    if (p->parents.slots && !karto_id_table_has(&p->parents, id))
        return KARTO_OK;
    if (p->records.slots)
        has = karto_id_table_has(&p->records, id);
    else if (p->plan.bounded)
        err = karto_plan_has(tx, &p->plan, id, &has);
    return err == KARTO_OK && has ? visit_if_meant(p, tx, id) : err;
}

static enum karto_err step_of_client(struct karto_tx *tx, struct karto_rid client, struct karto_rid id,
                                     struct karto_slice row, void *context)
{
    struct paging *p = context;
    enum karto_err err = KARTO_OK;
    bool has = true;
    if (p->owners.slots)
        has = karto_id_table_has(&p->owners, client);
    else if (p->plan.of_clients)
        err = karto_plan_has_client(tx, &p->plan, client, &has);
    return err == KARTO_OK && has ? step(tx, row, id, p) : err;
}

static enum karto_err walk_order(struct paging *p, struct karto_tx *tx)
{
    const struct karto_page *page = p->page;
    if (karto_index_is_by_day(page->kind))
        return karto_index_days(tx, page->kind, p->plan.days, page->from, step_of_client, p);
    return karto_index_walk(tx, KARTO_BY_ORDER, page->kind, karto_slice(NULL, 0), page->from, step, p);
}

/* ---- few: read, and put into order ---- */

static struct karto_slice place_of(struct karto_arena *arena, struct karto_slice value, struct karto_rid id)
{
    size_t size = value.size < KARTO_INDEX_VALUE_MAX ? value.size : KARTO_INDEX_VALUE_MAX;
    uint8_t *place = karto_arena_alloc(arena, size + sizeof id.b);
    if (size)
        memcpy(place, value.data, size);
    memcpy(place + size, id.b, sizeof id.b);
    return karto_slice(place, size + sizeof id.b);
}

static enum karto_err add_place(struct paging *p, struct karto_tx *tx, struct karto_rid id)
{
    struct karto_entry entry;
    bool may;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = may_be_meant(p, tx, id, &may);
    if (err == KARTO_OK && may)
        err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && may && entry.exists && entry.view.kind == p->page->kind)
        p->places[p->place_count++] = place_of(&p->arena, karto_index_order(tx, &p->arena, &entry.view), id);
    karto_arena_release(&tx->arena, mark);
    return err;
}

static int forwards(const void *a, const void *b)
{
    return karto_slice_compare(*(const struct karto_slice *)a, *(const struct karto_slice *)b);
}

static int backwards(const void *a, const void *b)
{
    return forwards(b, a);
}

static enum karto_err visit_places(struct paging *p, struct karto_tx *tx, int (*compare)(const void *, const void *))
{
    const struct karto_index_place *from = p->page->from;
    struct karto_slice begin = from ? place_of(&p->arena, from->value, from->id) : karto_slice(NULL, 0);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < p->place_count && err == KARTO_OK; i++) {
        const struct karto_slice *place = &p->places[i];
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        if (!from || compare(place, &begin) > 0)
            err = visit_record(p, tx, karto_rid_read(place->data + place->size - sizeof(struct karto_rid)));
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

static enum karto_err visit_few(struct paging *p, struct karto_tx *tx)
{
    int (*compare)(const void *, const void *) = karto_index_is_by_day(p->page->kind) ? backwards : forwards;
    enum karto_err err = KARTO_OK;
    p->places = karto_must(calloc((size_t)p->records.count + 1, sizeof *p->places));
    for (uint32_t i = 0; i < p->records.count && err == KARTO_OK; i++)
        err = add_place(p, tx, p->records.ids[i]);
    if (p->place_count > 1)
        qsort(p->places, p->place_count, sizeof *p->places, compare);
    return err == KARTO_OK ? visit_places(p, tx, compare) : err;
}

/* ---- how many fit ---- */

static enum karto_err probe_number(struct paging *p, struct karto_tx *tx, uint32_t number)
{
    struct karto_rid id;
    uint32_t kind;
    enum karto_err err = karto_number_record(tx, number, &kind, &id);
    if (err == KARTO_OK && kind == KARTO_CLIENT)
        return visit_if_meant(p, tx, id);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* Some of the plan, from everywhere in it, or the first ones of the order. */
static enum karto_err probe(struct paging *p, struct karto_tx *tx)
{
    const struct karto_number_set *among = &p->plan.among;
    enum karto_err err = KARTO_OK;
    p->probing = true;
    for (uint32_t i = 0; p->plan.bounded && i < SAMPLED && err == KARTO_OK; i++) {
        uint32_t number = among->end / SAMPLED * i;
        if (karto_number_set_next(among, &number))
            err = probe_number(p, tx, number);
    }
    if (!p->plan.bounded)
        err = walk_order(p, tx);
    p->probing = false;
    return err;
}

/* ---- the way that costs least ---- */

enum way { WALK, WALK_TABLE, FEW, TALLY };

struct choice {
    enum way way;
    uint64_t cost;
};

static void consider(struct choice *choice, enum way way, uint64_t cost)
{
    if (cost < choice->cost)
        *choice = (struct choice){way, cost};
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Of so many, those that fit, as far as was seen: none seen, none. */
static uint64_t fitting_of(const struct paging *p, uint64_t count)
{
    return p->probed ? count * p->fitting / p->probed : count;
}

/* How many of these have to be looked at for the rows that are wanted, if what fits is spread evenly. */
static uint64_t looked_at(const struct paging *p, uint64_t of, uint64_t fitting)
{
    return fitting ? least(of, p->page->rows * of / fitting) : of;
}

/* Whose clients have to be looked up, by one of two ways. */
static struct choice choose_for_clients(const struct paging *p, const struct karto_tx *tx)
{
    uint64_t all = tx->ledger.counts[p->page->kind], clients = karto_number_set_count(&p->plan.clients);
    uint64_t count = p->plan.bounded ? karto_plan_count(&p->plan) : all;
    uint64_t fitting = count * clients / (tx->ledger.counts[KARTO_CLIENT] + 1);
    uint64_t steps = looked_at(p, all, fitting);
    struct choice choice = {WALK, steps * COST_NUMBER};
    consider(&choice, WALK_TABLE, clients * COST_ID + steps * COST_STEP);
    if (p->plan.bounded)
        consider(&choice, FEW, count * (COST_ID + COST_READ));
    return choice;
}

static struct choice choose(const struct paging *p, const struct karto_tx *tx)
{
    uint64_t all = tx->ledger.counts[p->page->kind];
    uint64_t count = p->plan.bounded ? karto_plan_count(&p->plan) : all, fitting = fitting_of(p, count);
    uint64_t steps = looked_at(p, all, fitting), asked = p->counts ? looked_at(p, count, fitting) * COST_CLIENT : 0;
    uint64_t tallied = p->counts ? karto_plan_tally_rows(tx, p->page->select, p->page->select->query) : 0;
    uint64_t each = p->counts ? COST_ID + COST_CLIENT : COST_ID;
    struct choice choice = {WALK, steps * (p->plan.bounded ? COST_NUMBER : COST_STEP) + asked};
    if (p->plan.bounded) {
        consider(&choice, WALK_TABLE, count * COST_ID + steps * COST_STEP + asked);
        consider(&choice, FEW, count * each + fitting * COST_READ);
    }
    if (tallied)
        consider(&choice, TALLY, tallied * COST_CHILD + least(fitting * COST_READ, steps * COST_STEP));
    return choice;
}

/* ---- of clients on which something must hang ---- */

static enum karto_err make_parents(struct paging *p, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < p->plan.parent_count && err == KARTO_OK; i++)
        err = add_id(tx, p->plan.parents[i], &p->parents);
    karto_id_table_make(&p->parents);
    return err;
}

static enum karto_err add_parent(struct karto_tx *tx, struct karto_rid id, void *context)
{
    struct paging *p = context;
    return karto_id_table_has(&p->parents, id) ? add_id(tx, id, &p->records) : KARTO_OK;
}

static bool parents_are_fewer(const struct paging *p)
{
    return !p->plan.bounded || p->plan.parent_count < karto_plan_count(&p->plan);
}

/* Those of the plan that are among the parents, from the side where there are fewer. */
static enum karto_err read_parents(struct paging *p, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    if (!parents_are_fewer(p))
        return karto_plan_each(tx, &p->plan, KARTO_CLIENT, add_parent, p);
    for (uint32_t i = 0; i < p->parents.count && err == KARTO_OK; i++) {
        bool has = true;
        if (p->plan.bounded)
            err = karto_plan_has(tx, &p->plan, p->parents.ids[i], &has);
        if (err == KARTO_OK && has)
            err = add_id(tx, p->parents.ids[i], &p->records);
    }
    return err;
}

static bool walk_is_cheaper(const struct paging *p, const struct karto_tx *tx)
{
    uint64_t all = tx->ledger.counts[KARTO_CLIENT] + 1, parents = p->plan.parent_count;
    uint64_t count = p->plan.bounded ? karto_plan_count(&p->plan) : all, fitting = count * parents / all + 1;
    uint64_t steps = looked_at(p, all, fitting), looked = p->plan.bounded ? steps * parents / all : 0;
    uint64_t sides = p->plan.bounded ? least(parents * COST_NUMBER, count * COST_ID) : 0;
    return steps * COST_STEP + looked * COST_NUMBER < sides + fitting * (COST_READ + COST_CLIENT);
}

static enum karto_err list_parents(struct paging *p, struct karto_tx *tx)
{
    enum karto_err err = make_parents(p, tx);
    if (err == KARTO_OK && walk_is_cheaper(p, tx))
        return walk_order(p, tx);
    if (err == KARTO_OK)
        err = read_parents(p, tx);
    return err == KARTO_OK ? visit_few(p, tx) : err;
}

/* ---- all of it ---- */

static enum karto_err read_tables(struct paging *p, struct karto_tx *tx, enum way way)
{
    enum karto_err err = KARTO_OK;
    if (way == WALK_TABLE && p->plan.of_clients) {
        err = karto_plan_each_client(tx, &p->plan, add_id, &p->owners);
        karto_id_table_make(&p->owners);
    } else if (way != WALK) {
        err = karto_plan_each(tx, &p->plan, p->page->kind, add_id, &p->records);
        if (way == WALK_TABLE)
            karto_id_table_make(&p->records);
    }
    return err;
}

/* What was counted for all clients at once needs no more asking, but of those that the index does not know yet. */
static enum karto_err tally(struct paging *p, struct karto_tx *tx)
{
    enum karto_err err = karto_plan_tally(tx, p->page->select, &p->plan);
    p->counts = false;
    p->probed = 0;
    return err;
}

static enum karto_err list_meant(struct paging *p, struct karto_tx *tx)
{
    enum karto_err err = p->counts ? probe(p, tx) : KARTO_OK;
    struct choice choice = p->plan.of_clients ? choose_for_clients(p, tx) : choose(p, tx);
    if (err == KARTO_OK && choice.way == TALLY) {
        err = tally(p, tx);
        choice = choose(p, tx);
    }
    if (err == KARTO_OK)
        err = read_tables(p, tx, choice.way);
    if (err != KARTO_OK)
        return err;
    return choice.way == FEW ? visit_few(p, tx) : walk_order(p, tx);
}

static void begin(struct paging *p)
{
    karto_arena_init(&p->arena);
}

static void end(struct paging *p)
{
    karto_plan_fini(&p->plan);
    karto_arena_fini(&p->arena);
    karto_id_table_fini(&p->records);
    karto_id_table_fini(&p->owners);
    karto_id_table_fini(&p->parents);
    free(p->places);
}

static enum karto_err unless_interrupted(enum karto_err err)
{
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

enum karto_err karto_page_list(struct karto_tx *tx, const struct karto_page *page, karto_list_visit *visit,
                               void *context)
{
    struct paging p = {.page = page, .visit = visit, .context = context};
    begin(&p);
    enum karto_err err = karto_plan_make(tx, page->select, page->kind, &p.plan);
    p.counts = p.plan.informed && page->kind == KARTO_CLIENT && karto_select_asks_ids(page->select->query);
    if (err == KARTO_OK)
        err = p.plan.by_children ? list_parents(&p, tx) : list_meant(&p, tx);
    end(&p);
    return unless_interrupted(err);
}

/* ---- in no order ---- */

static int compare_ids(const void *a, const void *b)
{
    return karto_rid_compare(*(const struct karto_rid *)a, *(const struct karto_rid *)b);
}

static enum karto_err visit_id(struct paging *p, struct karto_tx *tx, struct karto_rid id)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && entry.exists && entry.view.kind == p->page->kind)
        err = p->visit(tx, &entry, p->context);
    karto_arena_release(&tx->arena, mark);
    return err;
}

static enum karto_err read_all(struct paging *p, struct karto_tx *tx)
{
    if (!p->plan.by_children)
        return karto_plan_each(tx, &p->plan, p->page->kind, add_id, &p->records);
    enum karto_err err = make_parents(p, tx);
    return err == KARTO_OK ? read_parents(p, tx) : err;
}

static enum karto_err visit_by_id(struct paging *p, struct karto_tx *tx, struct karto_rid after)
{
    enum karto_err err = read_all(p, tx);
    if (p->records.count > 1)
        qsort(p->records.ids, p->records.count, sizeof *p->records.ids, compare_ids);
    for (uint32_t i = 0; i < p->records.count && err == KARTO_OK; i++)
        if (karto_rid_compare(p->records.ids[i], after) > 0)
            err = visit_id(p, tx, p->records.ids[i]);
    return err;
}

enum karto_err karto_page_each(struct karto_tx *tx, const struct karto_select *select, uint32_t kind,
                               struct karto_rid after, karto_list_visit *visit, void *context)
{
    const struct karto_page page = {.select = select, .kind = kind, .rows = UINT32_MAX};
    struct paging p = {.page = &page, .visit = visit, .context = context};
    begin(&p);
    enum karto_err err = karto_plan_make(tx, select, kind, &p.plan);
    bool narrowed = p.plan.bounded || p.plan.by_children;
    if (err == KARTO_OK)
        err = narrowed ? visit_by_id(&p, tx, after) : karto_each(tx, kind, after, visit, context);
    end(&p);
    return unless_interrupted(err);
}
