#include "core/store/digest.h"

#include "core/base/broken.h"
#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/store/databases.h"

#include <stdlib.h>
#include <string.h>

enum { TAIL = 4, SUM = 16 }; /* of a key: 0, kind, field (2); of a value */
enum { KEY_SIZE_MAX = KARTO_TERRITORY_SIZE_MAX + TAIL, SLOTS_MIN = 64 };

/* ---- what is still to be written: a hash table of differences ---- */

struct slot {
    uint8_t key[KEY_SIZE_MAX];
    uint8_t size; /* of the key; 0: free */
    struct karto_sum sum;
    struct karto_sum row; /* of sums made anew: what stands in the store */
};

struct karto_digest_sums {
    struct slot *slots;
    uint32_t room, count;   /* room: a power of two, never more than half full */
    struct karto_buf bytes; /* of the field that is hashed */
};

static struct slot *find_slot(struct karto_digest_sums *sums, struct karto_slice key)
{
    uint32_t at = (uint32_t)karto_sum_of(key).low & (sums->room - 1);
    while (sums->slots[at].size && !karto_slice_equal(karto_slice(sums->slots[at].key, sums->slots[at].size), key))
        at = (at + 1) & (sums->room - 1);
    return &sums->slots[at];
}

static void grow(struct karto_digest_sums *sums)
{
    struct karto_digest_sums larger = {
        .room = sums->room ? 2 * sums->room : SLOTS_MIN, .count = sums->count, .bytes = sums->bytes};
    larger.slots = karto_must(calloc(larger.room, sizeof *larger.slots));
    for (uint32_t i = 0; i < sums->room; i++)
        if (sums->slots[i].size)
            *find_slot(&larger, karto_slice(sums->slots[i].key, sums->slots[i].size)) = sums->slots[i];
    free(sums->slots);
    *sums = larger;
}

static struct slot *take_slot(struct karto_digest_sums *sums, struct karto_slice key)
{
    if (2 * sums->count >= sums->room)
        grow(sums);
    struct slot *slot = find_slot(sums, key);
    if (!slot->size) {
        memcpy(slot->key, key.data, key.size);
        slot->size = (uint8_t)key.size;
        sums->count++;
    }
    return slot;
}

static void add(struct karto_digest_sums *sums, struct karto_slice key, struct karto_sum minus, struct karto_sum plus)
{
    struct slot *slot = take_slot(sums, key);
    slot->sum = karto_sum_add(karto_sum_sub(slot->sum, minus), plus);
}

struct karto_digest_sums *karto_digest_sums_new(void)
{
    return karto_must(calloc(1, sizeof(struct karto_digest_sums)));
}

void karto_digest_sums_free(struct karto_digest_sums *sums)
{
    if (!sums)
        return;
    free(sums->slots);
    karto_buf_fini(&sums->bytes);
    free(sums);
}

static struct karto_digest_sums *sums_of(struct karto_tx *tx)
{
    if (!tx->sums)
        tx->sums = karto_digest_sums_new();
    return tx->sums;
}

static enum karto_err write_slot(struct karto_tx *tx, const struct slot *slot)
{
    struct karto_slice key = karto_slice(slot->key, slot->size), row;
    struct karto_sum sum = slot->sum;
    uint8_t bytes[SUM];
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_DIGEST, key, &row);
    if (err == KARTO_OK && row.size != SUM)
        return KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        sum = karto_sum_add(sum, karto_sum_read(row.data));
    else if (err != KARTO_E_NOT_FOUND)
        return err;
    karto_sum_write(sum, bytes);
    return karto_kv_put(tx->kv, KARTO_DB_DIGEST, key, karto_slice(bytes, sizeof bytes));
}

enum karto_err karto_digest_flush(struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; tx->sums && i < tx->sums->room && err == KARTO_OK; i++)
        if (tx->sums->slots[i].size)
            err = write_slot(tx, &tx->sums->slots[i]);
    if (err == KARTO_OK)
        karto_digest_forget(tx);
    return err;
}

void karto_digest_forget(struct karto_tx *tx)
{
    karto_digest_sums_free(tx->sums);
    tx->sums = NULL;
}

/* ---- differences ---- */

static struct karto_sum sum_or_zero(struct karto_digest_sums *sums, struct karto_rid id,
                                    const struct karto_field *field)
{
    return field ? karto_field_sum(&sums->bytes, id, field) : (struct karto_sum){0, 0};
}

static bool untouched(const struct karto_field *a, const struct karto_field *b)
{
    return a && b && a->registers == b->registers && a->count == b->count && a->vv.dots == b->vv.dots;
}

/* The difference that a record makes in one territory: before and after may be NULL, for not there. */
static enum karto_err update_territory(struct karto_digest_sums *sums, struct karto_slice territory,
                                       const struct karto_record *before, const struct karto_record *after)
{
    static const struct karto_record nothing;
    uint8_t key[KEY_SIZE_MAX] = {0};
    uint32_t kind = after ? after->kind : before->kind;
    struct karto_rid id = after ? after->id : before->id;
    before = before ? before : &nothing, after = after ? after : &nothing;
    if (territory.size > KARTO_TERRITORY_SIZE_MAX)
        return KARTO_E_CORRUPT;
    if (territory.size)
        memcpy(key, territory.data, territory.size);
    key[territory.size + 1] = (uint8_t)kind;
    for (uint32_t i = 0, j = 0; i < before->count || j < after->count;) {
        uint32_t left = i < before->count ? before->fields[i].number : UINT32_MAX;
        uint32_t right = j < after->count ? after->fields[j].number : UINT32_MAX;
        const struct karto_field *old = left <= right ? &before->fields[i++] : NULL;
        const struct karto_field *new = right <= left ? &after->fields[j++] : NULL;
        uint32_t field = left < right ? left : right;
        if (untouched(old, new))
            continue;
        key[territory.size + 2] = (uint8_t)(field >> 8);
        key[territory.size + 3] = (uint8_t)field;
        add(sums, karto_slice(key, territory.size + TAIL), sum_or_zero(sums, id, old), sum_or_zero(sums, id, new));
    }
    return KARTO_OK;
}

enum karto_err karto_digest_update(struct karto_tx *tx, const struct karto_entry *before,
                                   const struct karto_entry *after)
{
    const struct karto_record *from = before->exists && before->kept ? &before->base : NULL;
    const struct karto_record *to = after->exists && after->kept ? &after->base : NULL;
    if (from && to && KARTO_BROKEN("digest"))
        return KARTO_OK;
    if (from && to && karto_slice_equal(before->home, after->home))
        return update_territory(sums_of(tx), after->home, from, to);
    enum karto_err err = from ? update_territory(sums_of(tx), before->home, from, NULL) : KARTO_OK;
    if (err == KARTO_OK && to)
        err = update_territory(sums_of(tx), after->home, NULL, to);
    return err;
}

/* ---- reading ---- */

static bool is_readable(struct karto_slice key, struct karto_slice row)
{
    return key.size >= TAIL && key.size <= KEY_SIZE_MAX && key.data[key.size - TAIL] == 0 && row.size == SUM;
}

/* Which rows to add up: all, or those of one territory; and of them what a role may have, or everything (0). */
struct selection {
    const struct karto_slice *territory;
    const struct karto_role *role;
};

static bool is_selected(const struct selection *selection, struct karto_slice key)
{
    const uint8_t *tail = key.data + key.size - TAIL;
    return !selection->role || KARTO_BROKEN("digest-part") ||
           karto_role_reads(selection->role, tail[1], (uint32_t)tail[2] << 8 | tail[3]);
}

static enum karto_err sum_rows(struct karto_tx *tx, const struct selection *selection, struct karto_sum *sum)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    struct karto_buf prefix = KARTO_BUF_EMPTY;
    *sum = (struct karto_sum){0, 0};
    if (selection->territory) {
        karto_buf_add_slice(&prefix, *selection->territory);
        karto_buf_add_byte(&prefix, 0);
    }
    enum karto_err err = karto_digest_flush(tx);
    if (err == KARTO_OK)
        err = karto_kv_cursor_open(tx->kv, KARTO_DB_DIGEST, &cursor);
    if (err != KARTO_OK) {
        karto_buf_fini(&prefix);
        return err;
    }
    for (err = karto_kv_seek(cursor, karto_buf_slice(&prefix), &key, &value); err == KARTO_OK;
         err = karto_kv_next(cursor, &key, &value)) {
        if (prefix.size && (key.size != prefix.size + TAIL - 1 || memcmp(key.data, prefix.data, prefix.size) != 0))
            break;
        if (is_readable(key, value) && is_selected(selection, key))
            *sum = karto_sum_add(*sum, karto_sum_read(value.data));
    }
    karto_kv_cursor_close(cursor);
    karto_buf_fini(&prefix);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_digest_part(struct karto_tx *tx, const struct karto_slice *territory,
                                 const struct karto_role *role, struct karto_sum *sum)
{
    const struct selection selection = {territory, role};
    return sum_rows(tx, &selection, sum);
}

enum karto_err karto_digest_of(struct karto_tx *tx, struct karto_slice territory, struct karto_sum *sum)
{
    const struct selection selection = {.territory = &territory};
    return sum_rows(tx, &selection, sum);
}

enum karto_err karto_digest_all(struct karto_tx *tx, struct karto_sum *sum)
{
    const struct selection selection = {.territory = NULL};
    return sum_rows(tx, &selection, sum);
}

enum karto_err karto_digest_next(struct karto_tx *tx, struct karto_slice after, struct karto_slice *territory,
                                 struct karto_sum *sum)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    struct karto_buf from = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&from, after);
    karto_buf_add_byte(&from, 1); /* behind all of after's keys, which go on with 0, and before any longer name's */
    enum karto_err err = karto_digest_flush(tx);
    if (err == KARTO_OK)
        err = karto_kv_cursor_open(tx->kv, KARTO_DB_DIGEST, &cursor);
    if (err == KARTO_OK) {
        err = karto_kv_seek(cursor, karto_buf_slice(&from), &key, &value);
        if (err == KARTO_OK && key.size < TAIL)
            err = KARTO_E_CORRUPT;
        else if (err == KARTO_OK)
            *territory = karto_arena_copy(&tx->arena, karto_slice(key.data, key.size - TAIL));
        karto_kv_cursor_close(cursor);
    }
    karto_buf_fini(&from);
    return err == KARTO_OK ? karto_digest_of(tx, *territory, sum) : err;
}

/* ---- made anew ---- */

enum karto_err karto_digest_count(struct karto_digest_sums *sums, struct karto_slice territory,
                                  const struct karto_record *record)
{
    return update_territory(sums, territory, NULL, record);
}

static struct karto_digest_name name_of(struct karto_slice key)
{
    const uint8_t *tail = key.data + key.size - TAIL;
    return (struct karto_digest_name){karto_slice(key.data, key.size - TAIL), tail[1],
                                      (uint32_t)tail[2] << 8 | tail[3]};
}

/* Puts what stands in the rows beside the sums; a row that cannot be read differs. */
static enum karto_err read_rows(struct karto_tx *tx, struct karto_digest_sums *sums, karto_digest_differs *differs,
                                void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_DIGEST, &cursor);
    if (err != KARTO_OK)
        return err;
    while ((err = karto_kv_next(cursor, &key, &row)) == KARTO_OK) {
        if (is_readable(key, row))
            take_slot(sums, key)->row = karto_sum_read(row.data);
        else
            differs(context, NULL);
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_digest_compare(struct karto_tx *tx, struct karto_digest_sums *sums, karto_digest_differs *differs,
                                    void *context)
{
    enum karto_err err = karto_digest_flush(tx);
    if (err == KARTO_OK)
        err = read_rows(tx, sums, differs, context);
    for (uint32_t i = 0; i < sums->room && err == KARTO_OK; i++) {
        const struct slot *slot = &sums->slots[i];
        struct karto_digest_name name;
        if (!slot->size || karto_sum_equal(slot->sum, slot->row))
            continue;
        name = name_of(karto_slice(slot->key, slot->size));
        differs(context, &name);
    }
    return err;
}

static enum karto_err count_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct karto_entry entry;
    if (key.size != 16)
        return KARTO_E_CORRUPT;
    enum karto_err err = karto_entry_decode(&tx->arena, karto_rid_read(key.data), row, &entry);
    if (err == KARTO_OK && entry.kept)
        err = karto_entry_load_base(tx, &entry);
    return err == KARTO_OK && entry.kept ? karto_digest_count(context, entry.home, &entry.base) : err;
}

static enum karto_err replace_rows(struct karto_tx *tx, const struct karto_digest_sums *sums)
{
    enum karto_err err = karto_kv_clear(tx->kv, KARTO_DB_DIGEST);
    for (uint32_t i = 0; i < sums->room && err == KARTO_OK; i++)
        if (sums->slots[i].size && !karto_sum_equal(sums->slots[i].sum, (struct karto_sum){0, 0}))
            err = write_slot(tx, &sums->slots[i]);
    return err;
}

static void count_wrong(void *context, const struct karto_digest_name *name)
{
    (void)name;
    ++*(uint64_t *)context;
}

enum karto_err karto_digest_rebuild(struct karto_tx *tx, uint64_t *wrong)
{
    struct karto_digest_sums *sums = karto_digest_sums_new();
    *wrong = 0;
    enum karto_err err = karto_each_row(tx, KARTO_DB_RECORDS, count_row, sums);
    if (err == KARTO_OK)
        err = karto_digest_compare(tx, sums, count_wrong, wrong);
    if (err == KARTO_OK && *wrong)
        err = replace_rows(tx, sums);
    karto_digest_sums_free(sums);
    return err;
}
