#include "core/store/hub_held.h"

#include "core/base/limits.h"
#include "core/store/databases.h"

#include <string.h>

/* Keys: the device's record id, of its tally; record id and device's record id, of a state. */
enum { TALLY_KEY = 16, KEY = 32, TALLY = 13 };

static struct karto_slice key_of(struct karto_rid record, struct karto_rid device, uint8_t out[KEY])
{
    memcpy(out, record.b, sizeof record.b);
    memcpy(out + sizeof record.b, device.b, sizeof device.b);
    return karto_slice(out, KEY);
}

/* ---- tally ---- */

enum karto_err karto_hub_held_tally(struct karto_tx *tx, struct karto_rid device, struct karto_held_tally *tally)
{
    struct karto_slice row;
    *tally = (struct karto_held_tally){.count = 0};
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_HELD, karto_rid_slice(&device), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size != TALLY || row.data[12] > 1)
        return KARTO_E_CORRUPT;
    *tally = (struct karto_held_tally){karto_be32(row.data), karto_be64(row.data + 4), row.data[12] == 1};
    return KARTO_OK;
}

/* There is none of a device of which nothing is held. */
static enum karto_err put_tally(struct karto_tx *tx, struct karto_rid device, const struct karto_held_tally *tally)
{
    uint8_t row[TALLY];
    if (tally->count == 0 && !tally->full) {
        enum karto_err err = karto_kv_delete(tx->kv, KARTO_DB_HELD, karto_rid_slice(&device));
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    }
    karto_be32_write(tally->count, row);
    karto_be64_write(tally->size, row + 4);
    row[12] = tally->full;
    return karto_kv_put(tx->kv, KARTO_DB_HELD, karto_rid_slice(&device), karto_slice(row, sizeof row));
}

enum karto_err karto_hub_held_is_full(struct karto_tx *tx, struct karto_rid device)
{
    struct karto_held_tally tally;
    enum karto_err err = karto_hub_held_tally(tx, device, &tally);
    if (err != KARTO_OK || tally.full)
        return err;
    tally.full = true;
    return put_tally(tx, device, &tally);
}

enum karto_err karto_hub_has_room(struct karto_tx *tx, struct karto_rid device)
{
    struct karto_held_tally tally;
    enum karto_err err = karto_hub_held_tally(tx, device, &tally);
    if (err != KARTO_OK || !tally.full)
        return err;
    tally.full = false;
    return put_tally(tx, device, &tally);
}

/* ---- states ---- */

enum { LATE = 0x80 };

/* Row: u8 length of the territory, LATE on top, the territory, the state. */
enum karto_err karto_hub_held_decode(struct karto_slice key, struct karto_slice row, struct karto_held *held)
{
    size_t length = row.size ? row.data[0] & (uint8_t)~LATE : 0;
    if (key.size != KEY || row.size < 1 + length || length > KARTO_TERRITORY_SIZE_MAX)
        return KARTO_E_CORRUPT;
    *held = (struct karto_held){.record = karto_rid_read(key.data),
                                .device = karto_rid_read(key.data + 16),
                                .home = karto_slice(row.data + 1, length),
                                .state = karto_slice(row.data + 1 + length, row.size - 1 - length),
                                .late = row.data[0] & LATE};
    return KARTO_OK;
}

enum karto_err karto_hub_held(struct karto_tx *tx, struct karto_rid record, struct karto_rid device,
                              struct karto_held *held)
{
    uint8_t key[KEY];
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_HELD, key_of(record, device, key), &row);
    return err == KARTO_OK ? karto_hub_held_decode(karto_slice(key, KEY), karto_arena_copy(&tx->arena, row), held)
                           : err;
}

static enum karto_err put(struct karto_tx *tx, const struct karto_held *held)
{
    uint8_t key[KEY];
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_buf_add_byte(&row, (uint8_t)(held->home.size | (held->late ? LATE : 0)));
    karto_buf_add_slice(&row, held->home);
    karto_buf_add_slice(&row, held->state);
    enum karto_err err =
        karto_kv_put(tx->kv, KARTO_DB_HELD, key_of(held->record, held->device, key), karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

/* The tally without what is held of this record. */
static enum karto_err tally_without(struct karto_tx *tx, struct karto_rid record, struct karto_rid device,
                                    struct karto_held_tally *tally, bool *was)
{
    struct karto_held before;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_hub_held_tally(tx, device, tally);
    if (err == KARTO_OK)
        err = karto_hub_held(tx, record, device, &before);
    *was = err == KARTO_OK;
    if (*was && (tally->count == 0 || tally->size < before.state.size))
        err = KARTO_E_CORRUPT;
    else if (*was)
        *tally = (struct karto_held_tally){tally->count - 1, tally->size - before.state.size, tally->full};
    karto_arena_release(&tx->arena, mark);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* Whether that is what stands here: a hub that is asked again and again need not write it each time. */
static enum karto_err is_there(struct karto_tx *tx, const struct karto_held *held, bool *there)
{
    struct karto_held before;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_hub_held(tx, held->record, held->device, &before);
    *there = err == KARTO_OK && before.late == held->late && karto_slice_equal(before.home, held->home) &&
             karto_slice_equal(before.state, held->state);
    karto_arena_release(&tx->arena, mark);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_hub_hold(struct karto_tx *tx, const struct karto_held *held, bool *room)
{
    struct karto_held_tally tally, whole;
    bool was;
    enum karto_err err = is_there(tx, held, room);
    if (err != KARTO_OK || *room)
        return err;
    err = karto_hub_held_tally(tx, held->device, &whole);
    if (err == KARTO_OK)
        err = tally_without(tx, held->record, held->device, &tally, &was);
    if (err != KARTO_OK)
        return err;
    *room = tally.count < KARTO_HELD_MAX && tally.size + held->state.size <= KARTO_HELD_SIZE_MAX;
    if (!*room) {
        whole.full = true;
        return put_tally(tx, held->device, &whole);
    }
    tally.count++;
    tally.size += held->state.size;
    err = put_tally(tx, held->device, &tally);
    return err == KARTO_OK ? put(tx, held) : err;
}

enum karto_err karto_hub_release(struct karto_tx *tx, struct karto_rid record, struct karto_rid device)
{
    uint8_t key[KEY];
    struct karto_held_tally tally;
    bool was;
    enum karto_err err = tally_without(tx, record, device, &tally, &was);
    if (err != KARTO_OK || !was)
        return err;
    tally.full = false;
    err = karto_kv_delete(tx->kv, KARTO_DB_HELD, key_of(record, device, key));
    return err == KARTO_OK ? put_tally(tx, device, &tally) : err;
}

/* ---- list ---- */

struct listing {
    const struct karto_rid *record, *device;
    struct karto_held *list;
    uint32_t count, room;
};

static void list_one(struct karto_tx *tx, struct listing *listing, struct karto_slice key)
{
    if (listing->count == listing->room) {
        uint32_t room = listing->room ? 2 * listing->room : 16;
        struct karto_held *larger = karto_arena_array(&tx->arena, room, sizeof *larger);
        if (listing->count)
            memcpy(larger, listing->list, listing->count * sizeof *larger);
        listing->list = larger;
        listing->room = room;
    }
    listing->list[listing->count++] =
        (struct karto_held){.record = karto_rid_read(key.data), .device = karto_rid_read(key.data + 16)};
}

/* Whether the walk of one record's is over; tallies stand between the states. */
static bool is_behind(const struct listing *listing, struct karto_slice key)
{
    return listing->record && (key.size < 16 || memcmp(key.data, listing->record->b, 16) != 0);
}

enum karto_err karto_hub_held_list(struct karto_tx *tx, const struct karto_rid *record, const struct karto_rid *device,
                                   struct karto_held **list, uint32_t *count)
{
    struct listing listing = {.record = record, .device = device};
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row, from = record ? karto_rid_slice(record) : karto_slice(NULL, 0);
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_HELD, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek(cursor, from, &key, &row);
    while (err == KARTO_OK && !is_behind(&listing, key)) {
        if (key.size == KEY && (!device || memcmp(key.data + 16, device->b, 16) == 0))
            list_one(tx, &listing, key);
        err = karto_kv_next(cursor, &key, &row);
    }
    karto_kv_cursor_close(cursor);
    *list = listing.list;
    *count = listing.count;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}
