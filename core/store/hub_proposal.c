#include "core/store/hub_proposal.h"

#include "core/base/limits.h"
#include "core/base/reader.h"
#include "core/store/databases.h"
#include "core/store/dots.h"
#include "core/store/edit.h"
#include "core/store/hub_take.h"
#include "core/store/log.h"

#include <stdlib.h>
#include <string.h>

/* Keys: the device's record id, of its tally (zero: of all); record id and number, of a proposal. */
enum { TALLY_KEY = 16, KEY = 24, TALLY = 16 };

/* Row: form 1, device 16, time 8, the reason's id behind its length 1. Open: the change. Rejected: time 8, who behind
 * his length 1, why. */
enum { OPEN = 1, REJECTED = 2, HEAD = 25 };

static struct karto_slice key_of(struct karto_rid record, uint64_t number, uint8_t out[KEY])
{
    memcpy(out, record.b, sizeof record.b);
    karto_be64_write(number, out + sizeof record.b);
    return karto_slice(out, KEY);
}

/* ---- tallies ---- */

enum karto_err karto_hub_proposal_tally(struct karto_tx *tx, struct karto_rid device,
                                        struct karto_proposal_tally *tally)
{
    struct karto_slice row;
    *tally = (struct karto_proposal_tally){.count = 0};
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_PROPOSALS, karto_rid_slice(&device), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size != TALLY)
        return KARTO_E_CORRUPT;
    *tally = (struct karto_proposal_tally){karto_be32(row.data), karto_be64(row.data + 4), karto_be32(row.data + 12)};
    return KARTO_OK;
}

static enum karto_err put_tally(struct karto_tx *tx, struct karto_rid device, const struct karto_proposal_tally *tally)
{
    uint8_t row[TALLY];
    if (tally->count == 0 && tally->missed == 0) {
        enum karto_err err = karto_kv_delete(tx->kv, KARTO_DB_PROPOSALS, karto_rid_slice(&device));
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    }
    karto_be32_write(tally->count, row);
    karto_be64_write(tally->size, row + 4);
    karto_be32_write(tally->missed, row + 12);
    return karto_kv_put(tx->kv, KARTO_DB_PROPOSALS, karto_rid_slice(&device), karto_slice(row, sizeof row));
}

static const struct karto_rid all; /* zero: no device */

struct tallies {
    struct karto_proposal_tally device, all;
};

static enum karto_err read_tallies(struct karto_tx *tx, struct karto_rid device, struct tallies *tallies)
{
    enum karto_err err = karto_hub_proposal_tally(tx, device, &tallies->device);
    return err == KARTO_OK ? karto_hub_proposal_tally(tx, all, &tallies->all) : err;
}

static enum karto_err put_tallies(struct karto_tx *tx, struct karto_rid device, const struct tallies *tallies)
{
    enum karto_err err = put_tally(tx, device, &tallies->device);
    return err == KARTO_OK ? put_tally(tx, all, &tallies->all) : err;
}

static void add_to(struct karto_proposal_tally *tally, size_t size)
{
    tally->count++;
    tally->size += size;
}

static void miss(struct karto_proposal_tally *tally)
{
    tally->missed += tally->missed < UINT32_MAX;
}

/* One of the device's is decided: what is over comes to be told from now on. */
static enum karto_err count_out(struct karto_tx *tx, struct karto_rid device, size_t size)
{
    struct tallies t;
    enum karto_err err = read_tallies(tx, device, &t);
    if (err == KARTO_OK && (t.device.count == 0 || t.device.size < size || t.all.count == 0 || t.all.size < size))
        err = KARTO_E_CORRUPT;
    if (err != KARTO_OK)
        return err;
    uint32_t missed = t.device.missed < t.all.missed ? t.device.missed : t.all.missed;
    t.all = (struct karto_proposal_tally){t.all.count - 1, t.all.size - size, t.all.missed - missed};
    t.device = (struct karto_proposal_tally){t.device.count - 1, t.device.size - size, 0};
    return put_tallies(tx, device, &t);
}

/* ---- rows ---- */

static void encode(const struct karto_proposal *proposal, struct karto_buf *row)
{
    struct karto_slice id = karto_slice_str(karto_err_id(proposal->reason));
    bool is_open = proposal->change.size > 0;
    karto_buf_add_byte(row, is_open ? OPEN : REJECTED);
    karto_buf_add_slice(row, karto_rid_slice(&proposal->device));
    karto_buf_add_be64(row, (uint64_t)proposal->at_ms);
    karto_buf_add_byte(row, (uint8_t)id.size);
    karto_buf_add_slice(row, id);
    if (is_open) {
        karto_buf_add_slice(row, proposal->change);
        return;
    }
    karto_buf_add_be64(row, (uint64_t)proposal->rejected_ms);
    karto_buf_add_byte(row, (uint8_t)proposal->rejected_by.size);
    karto_buf_add_slice(row, proposal->rejected_by);
    karto_buf_add_slice(row, proposal->why);
}

static bool take_word(struct karto_slice *rest, struct karto_slice *word)
{
    if (rest->size < 1 || rest->size < 1u + rest->data[0])
        return false;
    *word = karto_slice(rest->data + 1, rest->data[0]);
    *rest = karto_slice(word->data + word->size, rest->size - 1 - word->size);
    return karto_utf8_valid(*word);
}

static bool take_rejection(struct karto_slice rest, struct karto_proposal *proposal)
{
    if (rest.size < 8)
        return false;
    proposal->rejected_ms = (int64_t)karto_be64(rest.data);
    proposal->why = karto_slice(rest.data + 8, rest.size - 8);
    return take_word(&proposal->why, &proposal->rejected_by) && karto_utf8_valid(proposal->why);
}

enum karto_err karto_hub_proposal_decode(struct karto_slice key, struct karto_slice row,
                                         struct karto_proposal *proposal)
{
    struct karto_slice rest, id;
    if (key.size != KEY || row.size < HEAD + 1)
        return KARTO_E_CORRUPT;
    *proposal = (struct karto_proposal){.number = karto_be64(key.data + 16),
                                        .record = karto_rid_read(key.data),
                                        .device = karto_rid_read(row.data + 1),
                                        .at_ms = (int64_t)karto_be64(row.data + 17)};
    rest = karto_slice(row.data + HEAD, row.size - HEAD);
    if (!take_word(&rest, &id))
        return KARTO_E_CORRUPT;
    proposal->reason = karto_err_of_id((const char *)id.data, id.size);
    bool fine = proposal->reason == KARTO_E_NOT_PERMITTED || proposal->reason == KARTO_E_NOT_FOUND;
    if (row.data[0] == OPEN)
        proposal->change = rest;
    fine = fine && (row.data[0] == OPEN ? rest.size > 0 : row.data[0] == REJECTED && take_rejection(rest, proposal));
    return fine ? KARTO_OK : KARTO_E_CORRUPT;
}

static enum karto_err put_row(struct karto_tx *tx, const struct karto_proposal *proposal)
{
    uint8_t key[KEY];
    struct karto_buf row = KARTO_BUF_EMPTY;
    encode(proposal, &row);
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_PROPOSALS, key_of(proposal->record, proposal->number, key),
                                      karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_hub_proposal(struct karto_tx *tx, uint64_t number, struct karto_proposal *proposal)
{
    uint8_t key[KEY];
    struct karto_log_entry entry;
    struct karto_slice row;
    enum karto_err err = karto_log_read(tx, number, &entry);
    if (err == KARTO_OK)
        err = karto_kv_get(tx->kv, KARTO_DB_PROPOSALS, key_of(entry.record, number, key), &row);
    if (err != KARTO_OK)
        return err;
    return karto_hub_proposal_decode(karto_slice(key, KEY), karto_arena_copy(&tx->arena, row), proposal);
}

/* ---- what comes ---- */

/* Of a record that is here; or what would make it. */
static bool is_of_something(const struct karto_entry *before, const struct karto_change *change)
{
    return before->exists ? before->view.kind == change->kind : karto_change_makes(change);
}

static bool is_proposal(const struct karto_entry *before, const struct karto_change *change, enum karto_err reason)
{
    bool rights = reason == KARTO_E_NOT_PERMITTED || reason == KARTO_E_NOT_FOUND;
    return rights && change->kind != KARTO_DEVICE && karto_kind(change->kind) && !karto_change_is_void(change) &&
           karto_change_check(change) == KARTO_OK && is_of_something(before, change);
}

static bool has_room(const struct tallies *t, size_t size)
{
    return size <= KARTO_PROPOSAL_SIZE_MAX && t->device.count < KARTO_PROPOSALS_OF_DEVICE_MAX &&
           t->device.size + size <= KARTO_PROPOSALS_OF_DEVICE_SIZE_MAX && t->all.count < KARTO_PROPOSALS_MAX &&
           t->all.size + size <= KARTO_PROPOSALS_SIZE_MAX;
}

/* The change was logged in this transaction. */
static enum karto_err keep(struct karto_tx *tx, struct karto_proposal *proposal, struct karto_dot dot,
                           struct tallies *t)
{
    struct karto_known known;
    enum karto_err err = karto_dot_find(tx, dot, &known);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    proposal->number = known.position;
    add_to(&t->device, proposal->change.size);
    add_to(&t->all, proposal->change.size);
    err = put_row(tx, proposal);
    return err == KARTO_OK ? put_tallies(tx, proposal->device, t) : err;
}

enum karto_err karto_hub_propose(struct karto_tx *tx, struct karto_rid device, const struct karto_entry *before,
                                 const struct karto_change *change, enum karto_err reason)
{
    struct tallies t;
    struct karto_proposal proposal = {
        .record = change->record, .device = device, .at_ms = karto_sys_now_ms(tx->sys), .reason = reason};
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    if (!is_proposal(before, change, reason))
        return KARTO_OK;
    enum karto_err err = read_tallies(tx, device, &t);
    if (err != KARTO_OK)
        return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* for check to tell of */
    karto_change_encode(change, false, &bytes);
    proposal.change = karto_buf_slice(&bytes);
    if (has_room(&t, bytes.size)) {
        err = keep(tx, &proposal, change->stamp.dot, &t);
    } else {
        miss(&t.device);
        miss(&t.all);
        err = put_tallies(tx, device, &t);
    }
    karto_buf_fini(&bytes);
    return err;
}

/* ---- list ---- */

struct listing {
    uint64_t *numbers;
    uint32_t count, room;
};

static enum karto_err list_one(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct listing *listing = context;
    (void)tx;
    if (key.size == KEY && row.size && row.data[0] == OPEN && listing->count < listing->room)
        listing->numbers[listing->count++] = karto_be64(key.data + 16);
    return KARTO_OK;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

enum karto_err karto_hub_proposals(struct karto_tx *tx, uint64_t **numbers, uint32_t *count)
{
    uint64_t rows;
    struct listing listing = {.count = 0};
    enum karto_err err = karto_kv_count(tx->kv, KARTO_DB_PROPOSALS, &rows);
    *numbers = NULL;
    *count = 0;
    if (err != KARTO_OK || rows == 0)
        return err;
    listing.room = rows < KARTO_PROPOSALS_MAX ? (uint32_t)rows : KARTO_PROPOSALS_MAX;
    listing.numbers = karto_arena_array(&tx->arena, listing.room, sizeof *listing.numbers);
    err = karto_each_row(tx, KARTO_DB_PROPOSALS, list_one, &listing);
    if (listing.count > 1)
        qsort(listing.numbers, listing.count, sizeof *listing.numbers, compare);
    *numbers = listing.numbers;
    *count = listing.count;
    return err;
}

/* ---- beside its record ---- */

static void add_register(struct karto_buf *seen, uint32_t field, struct karto_slice key,
                         const struct karto_register *reg)
{
    uint32_t heads = reg ? reg->count : 0;
    karto_buf_add_be64(seen, field);
    karto_buf_add_be64(seen, key.size);
    karto_buf_add_slice(seen, key);
    karto_buf_add_be64(seen, heads);
    for (uint32_t i = 0; i < heads; i++) {
        karto_buf_add_be64(seen, reg->heads[i].stamp.dot.node.v);
        karto_buf_add_be64(seen, reg->heads[i].stamp.dot.seq);
    }
}

/* What stands in a register, nil for nothing; and of that what a person was shown. */
static struct karto_slice value_now(struct karto_tx *tx, const struct karto_register *reg)
{
    return reg && reg->count ? karto_winner(reg)->value : karto_value_bytes(&tx->arena, karto_value_nil());
}

static void beside(struct karto_tx *tx, const struct karto_record *view, struct karto_change *change,
                   struct karto_buf *seen)
{
    struct karto_touch *touches = karto_arena_array(&tx->arena, change->count, sizeof *touches);
    for (uint32_t i = 0; i < change->count; i++) {
        touches[i] = change->touches[i];
        struct karto_set *sets = karto_arena_array(&tx->arena, touches[i].count, sizeof *sets);
        for (uint32_t j = 0; j < touches[i].count; j++) {
            sets[j] = touches[i].sets[j];
            const struct karto_register *reg = karto_record_register(view, touches[i].field, sets[j].key);
            sets[j].old = value_now(tx, reg);
            add_register(seen, touches[i].field, sets[j].key, reg);
        }
        touches[i].sets = sets;
    }
    change->touches = touches;
}

enum karto_err karto_hub_proposed(struct karto_tx *tx, const struct karto_proposal *proposal,
                                  struct karto_proposed *proposed)
{
    struct karto_buf seen = KARTO_BUF_EMPTY;
    enum karto_err err =
        proposal->change.size ? karto_entry_load(tx, proposal->record, &proposed->entry) : KARTO_E_NOT_FOUND;
    if (err == KARTO_OK)
        err = karto_change_decode(&tx->arena, proposal->change, &proposed->change);
    if (err != KARTO_OK)
        return err;
    beside(tx, &proposed->entry.view, &proposed->change, &seen);
    proposed->mark = (uint32_t)karto_sum_of(karto_buf_slice(&seen)).low;
    karto_buf_fini(&seen);
    return KARTO_OK;
}

/* ---- decided ---- */

/* What hangs on something that is itself only proposed has to wait for that. */
static enum karto_err has_its_client(struct karto_tx *tx, const struct karto_change *change)
{
    const struct karto_touch *touch = karto_change_touch(change, KARTO_F_CLIENT);
    struct karto_value value;
    struct karto_entry client;
    if (!touch || karto_value_decode(touch->sets[0].value, &value) != KARTO_OK || value.type != KARTO_REFERENCE)
        return KARTO_OK;
    enum karto_err err = karto_entry_load(tx, value.rid, &client);
    if (err != KARTO_OK)
        return err;
    bool there = client.exists && !client.stillborn;
    return !there ? KARTO_E_NOT_FOUND : client.view.kind == KARTO_CLIENT ? KARTO_OK : KARTO_E_INVALID;
}

static enum karto_err can_be_made(struct karto_tx *tx, const struct karto_proposed *proposed)
{
    bool is_there = proposed->entry.exists && !proposed->entry.stillborn;
    if (!is_there && !karto_hub_places(&proposed->change))
        return KARTO_E_NOT_FOUND;
    return has_its_client(tx, &proposed->change);
}

static enum karto_err save(struct karto_tx *tx, const struct karto_proposed *proposed, struct karto_slice reason,
                           uint64_t *batch)
{
    const struct karto_change *change = &proposed->change;
    uint64_t made;
    uint32_t count = 0, at = 0;
    for (uint32_t i = 0; i < change->count; i++)
        count += change->touches[i].count;
    struct karto_edit *edits = karto_arena_array(&tx->arena, count, sizeof *edits);
    for (uint32_t i = 0; i < change->count; i++)
        for (uint32_t j = 0; j < change->touches[i].count; j++) {
            const struct karto_set *set = &change->touches[i].sets[j];
            edits[at++] = (struct karto_edit){change->touches[i].field, set->key, set->value};
        }
    const struct karto_save save = {.kind = change->kind,
                                    .record = change->record,
                                    .create = !proposed->entry.exists,
                                    .edits = edits,
                                    .count = count,
                                    .via = KARTO_VIA_CLI,
                                    .batch = *batch,
                                    .reason = reason};
    enum karto_err err = karto_save(tx, &save, &made);
    *batch = err == KARTO_OK && made ? made : *batch;
    return err;
}

enum karto_err karto_hub_proposal_accept(struct karto_tx *tx, const struct karto_proposal *proposal, uint32_t mark,
                                         struct karto_slice reason, uint64_t *batch)
{
    uint8_t key[KEY];
    struct karto_proposed proposed;
    enum karto_err err = karto_hub_proposed(tx, proposal, &proposed);
    if (err == KARTO_OK && proposed.mark != mark)
        err = KARTO_E_CHANGED;
    if (err == KARTO_OK)
        err = can_be_made(tx, &proposed);
    if (err == KARTO_OK)
        err = save(tx, &proposed, reason, batch);
    if (err == KARTO_OK)
        err = karto_kv_delete(tx->kv, KARTO_DB_PROPOSALS, key_of(proposal->record, proposal->number, key));
    return err == KARTO_OK ? count_out(tx, proposal->device, proposal->change.size) : err;
}

enum karto_err karto_hub_proposal_reject(struct karto_tx *tx, const struct karto_proposal *proposal,
                                         struct karto_slice why)
{
    struct karto_proposal rejected = *proposal;
    if (proposal->change.size == 0)
        return KARTO_E_NOT_FOUND;
    rejected.change = karto_slice(NULL, 0);
    rejected.rejected_ms = karto_sys_now_ms(tx->sys);
    rejected.why = why;
    enum karto_err err = karto_user(tx, &rejected.rejected_by);
    if (err == KARTO_OK && rejected.rejected_by.size > KARTO_AUTHOR_SIZE_MAX)
        rejected.rejected_by.size = 0;
    if (err == KARTO_OK)
        err = put_row(tx, &rejected);
    return err == KARTO_OK ? count_out(tx, proposal->device, proposal->change.size) : err;
}
