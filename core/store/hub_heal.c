#include "core/store/hub_heal.h"

#include "core/base/broken.h"
#include "core/base/limits.h"
#include "core/base/reader.h"
#include "core/model/merge.h"
#include "core/store/hub_bring.h"
#include "core/store/hub_held.h"
#include "core/store/hub_recovery.h"
#include "core/store/hub_take.h"

/* Of the records of devices only head office has ever written anything: what a representative's laptop says of them
 * tells nobody anything, and is no question for the administrator. */
static bool is_none_of_its(const struct karto_device *device, uint32_t kind)
{
    return kind == KARTO_DEVICE && !karto_role_is_head_office(device->scope.role);
}

enum karto_err karto_hub_heal_wants(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                                    uint64_t hash, bool *wants)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_entry_load(tx, id, &entry);
    struct karto_record part = karto_record_part(&tx->arena, device->scope.role, &entry.view);
    *wants = err == KARTO_OK && !(entry.exists && is_none_of_its(device, entry.view.kind)) &&
             (!entry.exists || !karto_rights_hold(&device->scope, entry.view.kind, entry.home) ||
              karto_state_hash(&part, entry.home) != hash);
    karto_arena_release(&tx->arena, mark);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* what is here cannot be healed; the others can */
}

/* ---- into the record ---- */

/* Whether a has a head that b has not seen, of what a hide hides. */
static bool has_unseen(const struct karto_record *a, const struct karto_record *b)
{
    for (uint32_t i = 0; i < a->count; i++) {
        const struct karto_field *field = &a->fields[i], *other = karto_record_field(b, field->number);
        if (field->number == KARTO_F_HIDDEN || field->number == KARTO_F_MERGED)
            continue;
        for (uint32_t j = 0; j < field->count; j++)
            for (uint32_t k = 0; k < field->registers[j].count; k++)
                if (!karto_vv_covers(other ? other->vv : KARTO_VV_EMPTY, field->registers[j].heads[k].stamp.dot))
                    return true;
    }
    return false;
}

/* A hide of one side that did not see what the other has is taken back. Who brought the hide had seen all of his state;
 * of that, only what was chosen has come in. */
static enum karto_err follow_hide(struct karto_tx *tx, const struct karto_record *before,
                                  const struct karto_record *state, const struct karto_record *chosen,
                                  const struct karto_record *after)
{
    bool was = karto_record_hidden(before), comes = karto_record_hidden(chosen);
    if (!karto_record_hidden(after) || KARTO_BROKEN("hide"))
        return KARTO_OK;
    bool unfair = (!was && has_unseen(before, state)) || (!comes && has_unseen(chosen, before));
    return unfair ? karto_hub_take_back_hide(tx, after, KARTO_RULE_UNSEEN) : KARTO_OK;
}

/* What was joined, as one change would set it: all that the rule on clocks looks at. */
static struct karto_change as_change(struct karto_tx *tx, const struct karto_record *chosen)
{
    struct karto_touch *touches = karto_arena_array(&tx->arena, chosen->count, sizeof *touches);
    for (uint32_t i = 0; i < chosen->count; i++) {
        const struct karto_field *field = &chosen->fields[i];
        struct karto_set *sets = karto_arena_array(&tx->arena, field->count, sizeof *sets);
        for (uint32_t j = 0; j < field->count; j++)
            sets[j].key = field->registers[j].key;
        touches[i] = (struct karto_touch){.field = field->number, .sets = sets, .count = field->count};
    }
    return (struct karto_change){
        .kind = chosen->kind, .record = chosen->id, .touches = touches, .count = chosen->count};
}

/* Makes the record what it is when these fields have been joined. */
static enum karto_err enter(struct karto_tx *tx, const struct karto_entry *before, const struct karto_record *chosen,
                            const struct karto_record *joined)
{
    struct karto_entry after = *before;
    after.exists = after.kept = true;
    after.view = after.base = *joined;
    after.stillborn = before->stillborn && !karto_hub_place(chosen);
    enum karto_err err = karto_hub_home(tx, joined, &after.home);
    if (err == KARTO_OK)
        err = karto_hub_log_move(tx, before, after.home);
    after.last = tx->ledger.position;
    if (err == KARTO_OK)
        err = karto_entry_save(tx, before, &after);
    if (err == KARTO_OK)
        err = karto_hub_follow(tx, before, &after);
    const struct karto_stamp *youngest = karto_record_youngest(chosen);
    if (youngest)
        tx->ledger.clock = karto_hlc_observe(tx->ledger.clock, youngest->hlc, karto_now_ms(tx));
    return err;
}

static enum karto_err follow_rules(struct karto_tx *tx, const struct karto_record *before,
                                   const struct karto_record *state, const struct karto_record *chosen,
                                   const struct karto_record *joined)
{
    struct karto_change change = as_change(tx, chosen);
    enum karto_err err = karto_hub_outrun(tx, &change, joined);
    return err == KARTO_OK ? follow_hide(tx, before, state, chosen, joined) : err;
}

/* Nothing that was covered is not covered any more. */
static void cover_again(struct karto_tx *tx, const struct karto_record *before, struct karto_record *joined)
{
    struct karto_field *fields = karto_arena_array(&tx->arena, joined->count, sizeof *fields);
    for (uint32_t i = 0; i < joined->count; i++) {
        const struct karto_field *old = karto_record_field(before, joined->fields[i].number);
        fields[i] = joined->fields[i];
        if (old)
            fields[i].vv = karto_vv_max(&tx->arena, fields[i].vv, old->vv);
    }
    joined->fields = fields;
}

/* *came: something of it is in the record now. *rest: something is not, as it may not, or there is no room. seen: all
 * that who brings it had. */
static enum karto_err join(struct karto_tx *tx, const struct karto_device *device, const struct karto_entry *before,
                           const struct karto_record *state, const struct karto_record *seen, bool *came, bool *rest)
{
    struct karto_bringing bringing;
    struct karto_record joined;
    enum karto_err err = karto_hub_bring(tx, device, before, state, &bringing);
    *came = false;
    *rest = err == KARTO_OK && bringing.rest.count > 0;
    if (err != KARTO_OK || bringing.chosen.count == 0)
        return err;
    karto_join(&tx->arena, &bringing.here, &bringing.chosen, &joined);
    joined.id = before->id;
    cover_again(tx, &before->view, &joined);
    *came = karto_record_check(&joined) == KARTO_OK;
    *rest = *rest || !*came;
    err = *came ? enter(tx, before, &bringing.chosen, &joined) : KARTO_OK;
    return err == KARTO_OK && *came ? follow_rules(tx, &before->view, seen, &bringing.chosen, &joined) : err;
}

/* What is new in it, and is not joined. */
static enum karto_err find_rest(struct karto_tx *tx, const struct karto_device *device,
                                const struct karto_entry *before, const struct karto_record *state, bool *rest)
{
    struct karto_bringing bringing;
    enum karto_err err = karto_hub_bring(tx, device, before, state, &bringing);
    *rest = err == KARTO_OK && bringing.chosen.count + bringing.rest.count > 0;
    return err;
}

/* ---- from a device ---- */

/* Something that it has to do with cannot be read, as the client that it hangs on: what was not begun yet is kept, for
 * when that is mended. */
static enum karto_err keep_unread(const struct karto_tx *tx, enum karto_err err, uint64_t position, bool *rest)
{
    if (err != KARTO_E_CORRUPT || tx->ledger.position != position)
        return err;
    *rest = true;
    return KARTO_OK;
}

static enum karto_err join_or_keep(struct karto_tx *tx, const struct karto_device *device,
                                   const struct karto_held *brought, const struct karto_record *state, bool *came,
                                   bool *rest)
{
    struct karto_entry before;
    uint64_t position = tx->ledger.position;
    *came = *rest = false;
    enum karto_err err = karto_entry_load(tx, brought->record, &before);
    if (err == KARTO_OK)
        err = brought->late ? find_rest(tx, device, &before, state, rest)
                            : join(tx, device, &before, state, state, came, rest);
    err = keep_unread(tx, err, position, rest);
    *came = *came && tx->ledger.position != position;
    return err;
}

/* Whether both have a head of one dot that is not the same: two copies of a store have written under one number. */
static bool clash(const struct karto_record *a, const struct karto_record *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t j = 0; j < a->fields[i].count; j++) {
            const struct karto_register *reg = &a->fields[i].registers[j];
            const struct karto_register *other = karto_record_register(b, a->fields[i].number, reg->key);
            for (uint32_t k = 0; k < reg->count; k++)
                for (uint32_t l = 0; other && l < other->count; l++)
                    if (karto_dot_equal(reg->heads[k].stamp.dot, other->heads[l].stamp.dot) &&
                        !karto_slice_equal(reg->heads[k].value, other->heads[l].value))
                        return true;
        }
    return false;
}

/* Both together, as one is held of a record and a laptop: copies of one store are one laptop here, and what one of them
 * has the other may not. *fits: one record can hold both. */
static enum karto_err join_held(struct karto_tx *tx, const struct karto_held *earlier, struct karto_held *brought,
                                bool *fits)
{
    struct karto_record a, b, both;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    *fits = true;
    if (karto_record_decode(&tx->arena, earlier->record, earlier->state, &a) != KARTO_OK)
        return KARTO_OK; /* check names it: it goes */
    enum karto_err err = karto_record_decode(&tx->arena, brought->record, brought->state, &b);
    if (err != KARTO_OK)
        return err;
    karto_join(&tx->arena, &a, &b, &both);
    both.id = b.id;
    *fits = a.kind == b.kind && !clash(&a, &b) && karto_record_check(&both) == KARTO_OK;
    karto_record_encode(&both, &bytes);
    brought->state = karto_arena_copy(&tx->arena, karto_buf_slice(&bytes));
    karto_buf_fini(&bytes);
    return KARTO_OK;
}

/* The rest of it is kept apart, with what is already; or what was kept of it is not needed any more. */
static enum karto_err keep_rest(struct karto_tx *tx, const struct karto_held *brought, bool rest,
                                enum karto_healed *outcome)
{
    struct karto_held earlier, now = *brought;
    bool room = true;
    enum karto_err err = karto_hub_held(tx, brought->record, brought->device, &earlier);
    bool is = err == KARTO_OK, same = is && karto_slice_equal(earlier.state, brought->state);
    if (err == KARTO_E_NOT_FOUND)
        err = KARTO_OK;
    if (err == KARTO_OK && !rest)
        return same ? karto_hub_release(tx, brought->record, brought->device) : KARTO_OK;
    if (err == KARTO_OK && is && !same)
        err = join_held(tx, &earlier, &now, &room);
    if (err == KARTO_OK)
        err = room ? karto_hub_hold(tx, &now, &room) : karto_hub_held_is_full(tx, brought->device);
    *outcome = room ? KARTO_HEALED_HELD : KARTO_HEALED_NO_ROOM;
    return err;
}

/* Whether it has a field that the device may not have, or may not any more. */
static bool has_untold(const struct karto_device *device, const struct karto_record *state)
{
    bool untold = false;
    for (uint32_t i = 0; i < state->count; i++)
        untold = untold || !karto_role_reads(device->scope.role, state->kind, state->fields[i].number);
    return untold;
}

/* Nothing in it is held. Of a record that is none of the device's business, or that nobody has, and of a field that it
 * may not have (untold), it must not learn that: it hears what it would if there were. Nothing is kept, so that of a
 * record's last room it may learn more. */
static enum karto_err hear_nothing(struct karto_tx *tx, const struct karto_held *brought,
                                   const struct karto_device *device, bool untold, enum karto_healed *outcome)
{
    struct karto_held_tally tally;
    struct karto_slice home, state;
    enum karto_err err = untold ? KARTO_E_NOT_FOUND : karto_hub_state(tx, device, brought->record, &home, &state);
    if (err != KARTO_E_NOT_FOUND && err != KARTO_E_CORRUPT)
        return err;
    err = karto_hub_held_tally(tx, device->id, &tally);
    *outcome = tally.full ? KARTO_HEALED_NO_ROOM : KARTO_HEALED_HELD;
    return err;
}

/* *again: what is held of the record is to be looked at once more. */
static enum karto_err heal(struct karto_tx *tx, const struct karto_device *device, const struct karto_held *brought,
                           bool *again, enum karto_healed *outcome)
{
    struct karto_record state;
    bool came, rest;
    *again = false;
    enum karto_err err = karto_record_decode(&tx->arena, brought->record, brought->state, &state);
    if (err != KARTO_OK || karto_rid_is_zero(brought->record) || brought->home.size > KARTO_TERRITORY_SIZE_MAX ||
        !karto_utf8_valid(brought->home) || karto_hub_claims_ours(tx, &state))
        return KARTO_E_PROTOCOL;
    *outcome = KARTO_HEALED_NOTHING;
    if (is_none_of_its(device, state.kind))
        return KARTO_OK;
    err = join_or_keep(tx, device, brought, &state, &came, &rest);
    *outcome = came ? KARTO_HEALED : KARTO_HEALED_NOTHING;
    *again = came || !rest;
    if (err == KARTO_OK)
        err = keep_rest(tx, brought, rest, outcome);
    bool untold = has_untold(device, &state);
    return err == KARTO_OK && !rest && (!came || untold) ? hear_nothing(tx, brought, device, untold, outcome) : err;
}

enum karto_err karto_hub_heal(struct karto_tx *tx, const struct karto_device *device, struct karto_rid id,
                              struct karto_slice home, struct karto_slice state, enum karto_healed *outcome)
{
    struct karto_held brought = {id, device->id, home, state, false};
    struct karto_recovery recovery;
    bool again = false;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_hub_recovery_state(tx, &recovery);
    if (err == KARTO_OK && !recovery.ever)
        err = KARTO_E_PROTOCOL;
    brought.late = err == KARTO_OK && !recovery.recovering && !karto_hub_wants(tx, &recovery, device);
    if (err == KARTO_OK)
        err = heal(tx, device, &brought, &again, outcome);
    if (err == KARTO_OK && again)
        err = karto_hub_heal_again(tx, &id, NULL);
    karto_arena_release(&tx->arena, mark);
    return err;
}

/* ---- what is held, once more ---- */

/* What it says of no honest device, or what cannot be read, stays as it is, for the administrator. */
static enum karto_err heal_again(struct karto_tx *tx, const struct karto_held *key)
{
    struct karto_held held;
    struct karto_device device;
    enum karto_healed outcome;
    bool again;
    uint64_t position = tx->ledger.position;
    enum karto_err err = karto_hub_held(tx, key->record, key->device, &held);
    if (err == KARTO_OK)
        err = karto_hub_device(tx, key->device, &device);
    if (err == KARTO_OK && !device.revoked)
        err = heal(tx, &device, &held, &again, &outcome);
    bool unread = err == KARTO_E_CORRUPT && tx->ledger.position == position;
    return err == KARTO_E_NOT_FOUND || err == KARTO_E_PROTOCOL || unread ? KARTO_OK : err;
}

enum karto_err karto_hub_heal_again(struct karto_tx *tx, const struct karto_rid *record, const struct karto_rid *device)
{
    struct karto_held *list;
    uint32_t count;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_hub_held_list(tx, record, device, &list, &count);
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++) {
        struct karto_arena_mark one = karto_arena_mark(&tx->arena);
        err = heal_again(tx, &list[i]);
        karto_arena_release(&tx->arena, one);
    }
    karto_arena_release(&tx->arena, mark);
    return err;
}

/* ---- the administrator's word ---- */

static struct karto_record all_of(struct karto_tx *tx, const struct karto_bringing *bringing)
{
    const struct karto_record *a = &bringing->chosen, *b = &bringing->rest;
    struct karto_field *fields = karto_arena_array(&tx->arena, a->count + b->count, sizeof *fields);
    uint32_t count = 0;
    for (uint32_t i = 0, j = 0; i < a->count || j < b->count;) {
        bool first = j == b->count || (i < a->count && a->fields[i].number < b->fields[j].number);
        fields[count++] = first ? a->fields[i++] : b->fields[j++];
    }
    return (struct karto_record){b->id, b->kind, fields, count};
}

/* What is held, and who said it. */
static enum karto_err read_held(struct karto_tx *tx, const struct karto_held *held, struct karto_device *device,
                                struct karto_record *state)
{
    enum karto_err err = karto_hub_device(tx, held->device, device);
    if (err == KARTO_OK)
        err = karto_record_decode(&tx->arena, held->record, held->state, state);
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

static enum karto_err find_all(struct karto_tx *tx, const struct karto_device *device, const struct karto_entry *here,
                               const struct karto_record *state, struct karto_record *all)
{
    struct karto_bringing bringing;
    enum karto_err err = karto_hub_bring(tx, device, here, state, &bringing);
    if (err == KARTO_OK)
        *all = all_of(tx, &bringing);
    return err;
}

enum karto_err karto_hub_heal_rest(struct karto_tx *tx, const struct karto_held *held, struct karto_entry *here,
                                   struct karto_record *state, struct karto_record *rest)
{
    struct karto_device device;
    enum karto_err err = read_held(tx, held, &device, state);
    if (err != KARTO_OK)
        return err;
    err = karto_entry_load(tx, held->record, here);
    if (err == KARTO_E_CORRUPT)
        *here = (struct karto_entry){.id = held->record, .view.id = held->record, .base.id = held->record};
    if (err == KARTO_OK)
        err = find_all(tx, &device, here, state, rest);
    if (err == KARTO_E_CORRUPT)
        *rest = *state; /* what it is to be held against cannot be read */
    return err == KARTO_E_CORRUPT ? KARTO_OK : err;
}

static uint64_t last_head_of(const struct karto_field *field, struct karto_node node)
{
    uint64_t last = 0;
    for (uint32_t i = 0; i < field->count; i++)
        for (uint32_t j = 0; j < field->registers[i].count; j++) {
            struct karto_dot dot = field->registers[i].heads[j].stamp.dot;
            if (karto_node_equal(dot.node, node) && dot.seq > last)
                last = dot.seq;
        }
    return last;
}

/* The administrator sees values, and a vector is none: it says no more than that what is here was seen, and what it
 * brings. Else it would swallow what others still have. */
static struct karto_vv shown_vector(struct karto_tx *tx, const struct karto_field *field, struct karto_vv have)
{
    struct karto_vv vv = field->vv;
    for (uint32_t i = 0; i < field->vv.count; i++) {
        struct karto_node node = field->vv.dots[i].node;
        uint64_t here = karto_vv_seq(have, node), brought = last_head_of(field, node);
        vv = karto_vv_cap(&tx->arena, vv, node, here > brought ? here : brought);
    }
    return vv;
}

/* What the administrator was shown, and no more. */
static struct karto_record shown(struct karto_tx *tx, const struct karto_record *here, const struct karto_record *all)
{
    struct karto_record out = *all;
    struct karto_field *fields = karto_arena_array(&tx->arena, all->count, sizeof *fields);
    for (uint32_t i = 0; i < all->count; i++) {
        const struct karto_field *old = karto_record_field(here, all->fields[i].number);
        fields[i] = all->fields[i];
        fields[i].vv = shown_vector(tx, &all->fields[i], old ? old->vv : KARTO_VV_EMPTY);
    }
    out.fields = fields;
    return out;
}

enum karto_err karto_hub_heal_accept(struct karto_tx *tx, struct karto_rid record, struct karto_rid by)
{
    struct karto_held held;
    struct karto_device device;
    struct karto_entry before;
    struct karto_record state, all;
    bool came = false, rest = false;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_hub_held(tx, record, by, &held);
    if (err == KARTO_OK)
        err = read_held(tx, &held, &device, &state);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, record, &before);
    if (err == KARTO_OK && karto_hub_claims_ours(tx, &state))
        err = KARTO_E_INVALID;
    if (err == KARTO_OK)
        err = find_all(tx, &device, &before, &state, &all);
    if (err == KARTO_OK) {
        all = shown(tx, &before.view, &all);
        err = join(tx, NULL, &before, &all, &state, &came, &rest);
    }
    if (err == KARTO_OK && rest)
        err = KARTO_E_INVALID;
    if (err == KARTO_OK)
        err = karto_hub_release(tx, record, by);
    if (err == KARTO_OK && came)
        err = karto_hub_heal_again(tx, &record, NULL);
    karto_arena_release(&tx->arena, mark);
    return err;
}
