/* The rule on hiding: a hide hides only what its author saw. Asked after every change of a hidden record, because a
 * hide can also come into force late, when a newer "not hidden" is replaced. */
#include "core/base/broken.h"
#include "core/store/dots.h"
#include "core/store/hub_take.h"

#include <stdlib.h>

/* A hide that is a head of `hidden` now: its dot, and its change if the log has it. */
struct hide {
    struct karto_dot dot;
    struct karto_change change;
    bool logged;
};

struct hides {
    struct hide *all;
    uint32_t count;
    struct karto_dot came; /* after all that are not in the log */
};

static enum karto_err find_hides(struct karto_tx *tx, const struct karto_record *record, struct hides *hides)
{
    const struct karto_register *reg = karto_record_register(record, KARTO_F_HIDDEN, karto_slice(NULL, 0));
    hides->all = karto_arena_array(&tx->arena, reg ? reg->count : 0, sizeof *hides->all);
    hides->count = 0;
    for (uint32_t i = 0; reg && i < reg->count; i++) {
        if (!karto_hidden_says(reg->heads[i].value))
            continue;
        struct hide *hide = &hides->all[hides->count++];
        hide->dot = reg->heads[i].stamp.dot;
        enum karto_err err = karto_dot_change(tx, hide->dot, &hide->change);
        hide->logged = err == KARTO_OK;
        if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
            return err;
    }
    return KARTO_OK;
}

static struct karto_vv seen_of(const struct karto_change *change, uint32_t field)
{
    for (uint32_t i = 0; i < change->seen_count; i++)
        if (change->seen[i].field == field)
            return change->seen[i].vv;
    return KARTO_VV_EMPTY;
}

/* Whether a hide in force has seen this head, or the head's author saw the record hidden by one. */
static bool is_fair(const struct hides *hides, const struct karto_change *change, uint32_t field)
{
    for (uint32_t i = 0; i < hides->count; i++) {
        const struct hide *hide = &hides->all[i];
        if (karto_dot_equal(hide->dot, change->stamp.dot) ||
            karto_vv_covers(seen_of(change, KARTO_F_HIDDEN), hide->dot))
            return true;
        if (!hide->logged && !karto_dot_equal(change->stamp.dot, hides->came))
            return true;
        if (hide->logged && karto_vv_covers(seen_of(&hide->change, field), change->stamp.dot))
            return true;
    }
    return false;
}

/* A change of which a head stands in a field. */
struct writing {
    struct karto_dot dot;
    uint32_t field;
};

static int compare_writings(const void *a, const void *b)
{
    const struct writing *x = a, *y = b;
    int order = karto_dot_compare(x->dot, y->dot);
    return order ? order : (x->field > y->field) - (x->field < y->field);
}

/* Those that a hide may have swallowed, each once, in order of their dots. */
static struct writing *list_writings(struct karto_tx *tx, const struct karto_record *record, uint32_t *count)
{
    uint32_t room = 0, at = 0;
    for (uint32_t i = 0; i < record->count; i++)
        for (uint32_t j = 0; j < record->fields[i].count; j++)
            room += record->fields[i].registers[j].count;
    struct writing *all = karto_arena_array(&tx->arena, room, sizeof *all);
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_field *field = &record->fields[i];
        if (field->number == KARTO_F_HIDDEN || field->number == KARTO_F_MERGED)
            continue;
        for (uint32_t j = 0; j < field->count; j++)
            for (uint32_t k = 0; k < field->registers[j].count; k++)
                all[at++] = (struct writing){field->registers[j].heads[k].stamp.dot, field->number};
    }
    if (at > 1)
        qsort(all, at, sizeof *all, compare_writings);
    *count = 0;
    for (uint32_t i = 0; i < at; i++)
        if (i == 0 || compare_writings(&all[i - 1], &all[i]) != 0)
            all[(*count)++] = all[i];
    return all;
}

/* Of all the fields in which one change stands. */
static enum karto_err change_is_fair(struct karto_tx *tx, const struct hides *hides, const struct writing *writings,
                                     uint32_t count, bool *fair)
{
    struct karto_change change;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_dot_change(tx, writings[0].dot, &change);
    for (uint32_t i = 0; i < count && *fair && err == KARTO_OK && change.via != KARTO_VIA_RULE; i++)
        *fair = is_fair(hides, &change, writings[i].field);
    karto_arena_release(&tx->arena, mark);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* came by a state, and was judged then */
}

static enum karto_err all_fair(struct karto_tx *tx, const struct hides *hides, const struct karto_record *record,
                               bool *fair)
{
    uint32_t count;
    const struct writing *writings = list_writings(tx, record, &count);
    enum karto_err err = KARTO_OK;
    *fair = true;
    for (uint32_t i = 0, end; i < count && *fair && err == KARTO_OK; i = end) {
        for (end = i + 1; end < count && karto_dot_equal(writings[i].dot, writings[end].dot); end++)
            ;
        err = change_is_fair(tx, hides, writings + i, end - i, fair);
    }
    return err;
}

enum karto_err karto_hub_take_back_hide(struct karto_tx *tx, const struct karto_record *record, const char *reason)
{
    struct karto_slice none = karto_slice(NULL, 0);
    struct karto_edit edit = {KARTO_F_HIDDEN, none, karto_hidden_bytes(&tx->arena, false, none)};
    return karto_hub_rule_edit(tx, record->kind, record->id, &edit, 1, karto_slice(NULL, 0), karto_slice_str(reason));
}

enum karto_err karto_hub_unhide(struct karto_tx *tx, struct karto_rid id, struct karto_dot came)
{
    struct karto_entry entry;
    struct hides hides = {.came = came};
    bool fair;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err != KARTO_OK || !karto_record_hidden(&entry.view) || KARTO_BROKEN("hide"))
        return err;
    err = find_hides(tx, &entry.view, &hides);
    if (err == KARTO_OK)
        err = all_fair(tx, &hides, &entry.view, &fair);
    return err == KARTO_OK && !fair ? karto_hub_take_back_hide(tx, &entry.view, KARTO_RULE_UNSEEN) : err;
}

/* ---- what hangs on a hidden client ---- */

static enum karto_err has_heard(struct karto_tx *tx, const struct karto_device *device,
                                const struct karto_entry *client, struct karto_dot hide, bool *heard)
{
    struct karto_known known = {.position = client->last}; /* of one that came by a state */
    struct karto_rid owner;
    enum karto_err err = karto_hub_owner(tx, hide.node, &owner);
    bool own = err == KARTO_OK && karto_rid_equal(owner, device->id);
    if (err == KARTO_OK || err == KARTO_E_NOT_FOUND)
        err = karto_dot_find(tx, hide, &known);
    *heard = own || device->cursor >= known.position;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_hub_unhide_client(struct karto_tx *tx, const struct karto_device *device,
                                       const struct karto_change *change)
{
    struct karto_entry child, client;
    struct hides hides;
    bool heard = false;
    if (change->kind == KARTO_CLIENT || !karto_change_touch(change, KARTO_F_CLIENT) || KARTO_BROKEN("hide"))
        return KARTO_OK;
    enum karto_err err = karto_entry_load(tx, change->record, &child);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, karto_client_of(&child.view), &client);
    if (err != KARTO_OK || !client.exists || !karto_record_hidden(&client.view))
        return err;
    err = find_hides(tx, &client.view, &hides);
    for (uint32_t i = 0; i < hides.count && err == KARTO_OK && !heard; i++)
        err = has_heard(tx, device, &client, hides.all[i].dot, &heard);
    return err == KARTO_OK && !heard ? karto_hub_take_back_hide(tx, &client.view, KARTO_RULE_CHILD) : err;
}
