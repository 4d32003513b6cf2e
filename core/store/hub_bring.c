#include "core/store/hub_bring.h"

#include "core/base/broken.h"
#include "core/store/dots.h"
#include "core/store/hub_take.h"

#include <string.h>

/* One field of a state, beside what stands here; and whose it is. */
struct weighing {
    struct karto_tx *tx;
    const struct karto_device *device; /* NULL: the administrator's */
    const struct karto_entry *entry;
    const struct karto_record *state;
    const struct karto_field *field;
    struct karto_vv have; /* the vector of the field here */
};

static bool is_trusted(const struct karto_device *device)
{
    return !device || karto_role_is_head_office(device->scope.role);
}

bool karto_hub_claims_ours(const struct karto_tx *tx, const struct karto_record *state)
{
    for (uint32_t i = 0; i < state->count; i++)
        if (karto_vv_seq(state->fields[i].vv, tx->ledger.node) > tx->ledger.seq ||
            karto_vv_seq(state->fields[i].vv, tx->ledger.rule_node) > tx->ledger.rule_seq)
            return true;
    return false;
}

const struct karto_field *karto_hub_place(const struct karto_record *state)
{
    return karto_record_field(state, state->kind == KARTO_CLIENT ? KARTO_F_TERRITORY : KARTO_F_CLIENT);
}

/* ---- what is new in it ---- */

static const struct karto_head *find_head(const struct karto_register *reg, struct karto_dot dot)
{
    for (uint32_t i = 0; reg && i < reg->count; i++)
        if (karto_dot_equal(reg->heads[i].stamp.dot, dot))
            return &reg->heads[i];
    return NULL;
}

/* Whether a has a head that b has not, and that b's vector covers, or does not. */
static bool has_other_heads(const struct karto_field *a, const struct karto_field *b, struct karto_vv b_vv,
                            bool covered)
{
    for (uint32_t i = 0; i < a->count; i++) {
        const struct karto_register *other = b ? karto_field_register(b, a->registers[i].key) : NULL;
        for (uint32_t j = 0; j < a->registers[i].count; j++) {
            struct karto_dot dot = a->registers[i].heads[j].stamp.dot;
            if (!find_head(other, dot) && karto_vv_covers(b_vv, dot) == covered)
                return true;
        }
    }
    return false;
}

/* A value comes in, or one that stands here goes: a vector alone is no news, but where head office's laptop has it. */
static bool is_news(const struct weighing *w)
{
    const struct karto_field *here = karto_record_field(&w->entry->view, w->field->number);
    if (w->device && is_trusted(w->device))
        return !karto_vv_includes(w->have, w->field->vv);
    return has_other_heads(w->field, here, w->have, false) ||
           (here && has_other_heads(here, w->field, w->field->vv, true));
}

/* ---- what is said to be gone ---- */

/* What the author of a head in this field had seen of it, by the log. */
struct author {
    struct karto_dot dot;
    struct karto_vv context;
};

/* All that were asked of so far: who set many registers is looked for once. Of the log's changes, which may be as large
 * as a record, no more is kept. */
struct authors {
    struct karto_arena arena;
    struct author *all;
    uint32_t count, room;
};

static struct author *add_author(struct authors *authors, struct karto_dot dot, struct karto_vv context)
{
    if (authors->count == authors->room) {
        uint32_t room = authors->room ? 2 * authors->room : 16;
        struct author *larger = karto_arena_array(&authors->arena, room, sizeof *larger);
        if (authors->count)
            memcpy(larger, authors->all, authors->count * sizeof *larger);
        authors->all = larger;
        authors->room = room;
    }
    struct karto_dot *dots = karto_arena_array(&authors->arena, context.count, sizeof *dots);
    if (context.count)
        memcpy(dots, context.dots, context.count * sizeof *dots);
    struct author *author = &authors->all[authors->count++];
    *author = (struct author){dot, {dots, context.count}};
    return author;
}

static enum karto_err find_author(const struct weighing *w, struct karto_dot dot, struct authors *authors,
                                  const struct author **author)
{
    struct karto_change change;
    for (uint32_t i = 0; i < authors->count; i++)
        if (karto_dot_equal(authors->all[i].dot, dot)) {
            *author = &authors->all[i];
            return KARTO_OK;
        }
    struct karto_arena_mark mark = karto_arena_mark(&w->tx->arena);
    enum karto_err err = karto_dot_change(w->tx, dot, &change);
    const struct karto_touch *touch = err == KARTO_OK ? karto_change_touch(&change, w->field->number) : NULL;
    *author = add_author(authors, dot, touch ? touch->context : KARTO_VV_EMPTY);
    karto_arena_release(&w->tx->arena, mark);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* came with a state */
}

/* Whether the log says what became of the change: it has it, or one of the heads that stand in the register was written
 * by who had seen it. */
static enum karto_err was_replaced(const struct weighing *w, const struct karto_register *reg, struct karto_dot dot,
                                   struct authors *authors, bool *replaced)
{
    const struct author *author;
    struct karto_known known;
    enum karto_err err = karto_dot_find(w->tx, dot, &known);
    *replaced = err == KARTO_OK;
    if (err != KARTO_E_NOT_FOUND)
        return err;
    err = KARTO_OK;
    for (uint32_t i = 0; reg && i < reg->count && !*replaced && err == KARTO_OK; i++) {
        err = find_author(w, reg->heads[i].stamp.dot, authors, &author);
        *replaced = err == KARTO_OK && karto_vv_covers(author->context, dot);
    }
    return err;
}

/* A value that the state has, and that is not here, though the vector here covers it: lost, the vector being another
 * device's word, when the log does not say by what it was replaced. *have: the vector here without those; for a device,
 * which may not bring any, without the first. */
static enum karto_err find_swallowed(const struct weighing *w, struct karto_vv *have)
{
    const struct karto_field *here = karto_record_field(&w->entry->view, w->field->number);
    struct authors authors = {.count = 0};
    enum karto_err err = KARTO_OK;
    bool enough = false;
    *have = w->have;
    karto_arena_init(&authors.arena);
    for (uint32_t i = 0; i < w->field->count && here && !enough; i++) {
        const struct karto_register *reg = &w->field->registers[i], *other = karto_field_register(here, reg->key);
        for (uint32_t j = 0; j < reg->count && err == KARTO_OK && !enough; j++) {
            struct karto_dot dot = reg->heads[j].stamp.dot;
            bool replaced = true;
            if (karto_vv_covers(*have, dot) && !find_head(other, dot))
                err = was_replaced(w, other, dot, &authors, &replaced);
            if (!replaced)
                *have = karto_vv_cap(&w->tx->arena, *have, dot.node, dot.seq - 1);
            enough = !replaced && w->device;
        }
    }
    karto_arena_fini(&authors.arena);
    return err;
}

/* ---- whose word it is ---- */

/* A node of head office before it was put back: nobody makes changes under it any more, and nobody gives any back. */
static enum karto_err is_lost_office(const struct weighing *w, struct karto_rid owner, struct karto_node node,
                                     bool *lost)
{
    struct karto_slice row;
    enum karto_err err = karto_meta_get(w->tx, "device", &row);
    if (err == KARTO_OK && row.size != 16)
        err = KARTO_E_CORRUPT;
    *lost = err == KARTO_OK && karto_rid_equal(owner, karto_rid_read(row.data)) &&
            !karto_node_equal(node, w->tx->ledger.node) && !karto_node_equal(node, w->tx->ledger.rule_node);
    return err;
}

static const struct karto_head *head_in(const struct karto_field *field, struct karto_dot dot)
{
    const struct karto_head *head = NULL;
    for (uint32_t i = 0; i < field->count && !head; i++)
        head = find_head(&field->registers[i], dot);
    return head;
}

/* One entry of the vector that is more than stands here. Of what the hub has in its log it knows which fields it set;
 * and what brings no value is no more than a word. At head office others write than the laptop's user. */
static enum karto_err is_vouched(const struct weighing *w, struct karto_dot dot, bool *vouched)
{
    uint64_t known, hash;
    struct karto_rid owner;
    const struct karto_head *head = head_in(w->field, dot);
    *vouched = false;
    enum karto_err err = karto_hub_known(w->tx, dot.node, &known, &hash);
    if (err != KARTO_OK || !head || dot.seq <= known)
        return err;
    err = karto_hub_owner(w->tx, dot.node, &owner);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    bool by_user = karto_slice_equal(head->stamp.author, w->device->user);
    bool own = karto_rid_equal(owner, w->device->id);
    *vouched = by_user && own;
    return by_user || own ? KARTO_OK : is_lost_office(w, owner, dot.node, vouched);
}

/* What takes a value away and has seen nothing new is no more than a word either. */
static enum karto_err all_vouched(const struct weighing *w, bool *vouched)
{
    enum karto_err err = KARTO_OK;
    *vouched = !karto_vv_includes(w->have, w->field->vv) || KARTO_BROKEN("vouched");
    for (uint32_t i = 0; i < w->field->vv.count && *vouched && err == KARTO_OK && !KARTO_BROKEN("vouched"); i++)
        if (!karto_vv_covers(w->have, w->field->vv.dots[i]))
            err = is_vouched(w, w->field->vv.dots[i], vouched);
    return err;
}

/* ---- what it might have written ---- */

static uint32_t most_heads(const struct karto_field *field)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < field->count; i++)
        if (field->registers[i].count > most)
            most = field->registers[i].count;
    return most;
}

/* The field as one change would set it, with the head of this rank in each register; the last where there are fewer. */
static struct karto_touch touch_of(struct karto_arena *arena, const struct karto_field *field, uint32_t rank)
{
    struct karto_set *sets = karto_arena_array(arena, field->count, sizeof *sets);
    for (uint32_t i = 0; i < field->count; i++) {
        const struct karto_register *reg = &field->registers[i];
        uint32_t at = rank < reg->count ? rank : reg->count - 1;
        sets[i] = (struct karto_set){.key = reg->key, .value = reg->heads[at].value};
    }
    return (struct karto_touch){.field = field->number, .sets = sets, .count = field->count};
}

/* Whether somebody has said where the record lies. Of one that is made of what was given back nobody may have: then it
 * is as good as not here, and who could make it there says so. */
static bool is_placed(const struct karto_entry *entry)
{
    return entry->exists && !entry->stillborn && karto_hub_place(&entry->view);
}

/* Whether the device might have written these heads of a field itself, one in each register: of a record that is not
 * here, together with where it lies. */
static enum karto_err may_write(const struct weighing *w, uint32_t rank, bool *may)
{
    struct karto_touch touches[2];
    struct karto_entry unplaced = *w->entry;
    const struct karto_field *place = is_placed(w->entry) ? NULL : karto_hub_place(w->state);
    uint32_t count = 0;
    if (place && place->number < w->field->number)
        touches[count++] = touch_of(&w->tx->arena, place, 0);
    touches[count++] = touch_of(&w->tx->arena, w->field, rank);
    if (place && place->number > w->field->number)
        touches[count++] = touch_of(&w->tx->arena, place, 0);
    const struct karto_change change = {.stamp = {.dot = {w->tx->ledger.node, UINT64_MAX},
                                                  .author = w->device ? w->device->user : karto_slice(NULL, 0)},
                                        .kind = w->state->kind,
                                        .record = w->entry->id,
                                        .touches = touches,
                                        .count = count};
    struct karto_finding finding = {KARTO_OK, false};
    *may = false;
    if (is_trusted(w->device)) { /* of devices' records too, which only a hub has written */
        *may = karto_change_check(&change) == KARTO_OK;
        return KARTO_OK;
    }
    for (uint32_t i = 0; i < count; i++)
        if (touches[i].count == 0 && (touches[i].field == KARTO_F_CLIENT || touches[i].field == KARTO_F_TERRITORY))
            return KARTO_OK;
    unplaced.exists = w->entry->exists && !place;
    enum karto_err err = karto_hub_judge(w->tx, w->device, &unplaced, &change, &finding);
    *may = err == KARTO_OK && finding.reason == KARTO_OK;
    return err;
}

/* Every head of the field, for each has to be allowed. Values that fit no field are nobody's to write. */
static enum karto_err may_bring(const struct weighing *w, bool *may)
{
    struct karto_arena_mark mark = karto_arena_mark(&w->tx->arena);
    uint32_t ranks = most_heads(w->field);
    enum karto_err err = KARTO_OK;
    *may = true;
    if (!is_trusted(w->device))
        err = all_vouched(w, may);
    for (uint32_t rank = 0; (rank == 0 || rank < ranks) && *may && err == KARTO_OK; rank++)
        err = may_write(w, rank, may);
    karto_arena_release(&w->tx->arena, mark);
    return err;
}

/* ---- the whole state ---- */

enum weight { NOTHING, COMES, HELD };

/* *have: the vector here, without what the administrator brings back though it covers that. */
static enum karto_err weigh(const struct weighing *w, bool same_kind, struct karto_vv *have, enum weight *weight)
{
    bool may = false;
    enum karto_err err = find_swallowed(w, have);
    bool swallowed = err == KARTO_OK && !karto_vv_equal(*have, w->have);
    *weight = NOTHING;
    if (err != KARTO_OK || (!swallowed && !is_news(w)))
        return err;
    if (same_kind && !(swallowed && w->device))
        err = may_bring(w, &may);
    *weight = may ? COMES : HELD;
    return err;
}

static void set_vector(struct karto_record *record, struct karto_field *fields, uint32_t number, struct karto_vv vv)
{
    for (uint32_t i = 0; i < record->count; i++)
        if (fields[i].number == number)
            fields[i].vv = vv;
}

/* A new record comes with the place where it lies, or not at all. */
static bool lies_nowhere(const struct karto_device *device, const struct karto_entry *entry,
                         const struct karto_record *chosen)
{
    return !is_trusted(device) && chosen->count > 0 && (!entry->exists || entry->stillborn) && !karto_hub_place(chosen);
}

/* The fields of a state that weigh from least to most. */
static struct karto_record sift(struct karto_tx *tx, const struct karto_record *state, const enum weight *weights,
                                enum weight least, enum weight most)
{
    struct karto_field *fields = karto_arena_array(&tx->arena, state->count, sizeof *fields);
    uint32_t count = 0;
    for (uint32_t i = 0; i < state->count; i++)
        if (weights[i] >= least && weights[i] <= most)
            fields[count++] = state->fields[i];
    return (struct karto_record){state->id, state->kind, fields, count};
}

/* Whole fields alone: a vector never covers what has not come in. */
enum karto_err karto_hub_bring(struct karto_tx *tx, const struct karto_device *device, const struct karto_entry *entry,
                               const struct karto_record *state, struct karto_bringing *bringing)
{
    enum weight *weights = karto_arena_array(&tx->arena, state->count, sizeof *weights);
    struct karto_field *here = karto_arena_array(&tx->arena, entry->view.count, sizeof *here);
    bool same_kind = !entry->exists || entry->view.kind == state->kind;
    bringing->here = entry->view;
    bringing->here.fields = here;
    for (uint32_t i = 0; i < entry->view.count; i++)
        here[i] = entry->view.fields[i];
    for (uint32_t i = 0; i < state->count; i++) {
        const struct karto_field *field = &state->fields[i], *old = karto_record_field(&entry->view, field->number);
        const struct weighing w = {tx, device, entry, state, field, old ? old->vv : KARTO_VV_EMPTY};
        struct karto_vv have;
        enum karto_err err = weigh(&w, same_kind, &have, &weights[i]);
        if (err != KARTO_OK)
            return err;
        if (weights[i] == COMES)
            set_vector(&bringing->here, here, field->number, have);
    }
    bringing->chosen = sift(tx, state, weights, COMES, COMES);
    bool nowhere = lies_nowhere(device, entry, &bringing->chosen);
    if (nowhere)
        bringing->chosen.count = 0;
    bringing->rest = sift(tx, state, weights, nowhere ? COMES : HELD, HELD);
    return KARTO_OK;
}
