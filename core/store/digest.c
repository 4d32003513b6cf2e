#include "core/store/digest.h"

#include "core/base/broken.h"
#include "core/store/databases.h"

#include <string.h>

enum { TAIL = 4, SUM = 16 }; /* of a key: 0, kind, field (2); of a value */

static void make_key(struct karto_buf *key, struct karto_slice territory, uint32_t kind, uint32_t field)
{
    karto_buf_add_slice(key, territory);
    karto_buf_add_byte(key, 0);
    karto_buf_add_byte(key, (uint8_t)kind);
    karto_buf_add_byte(key, (uint8_t)(field >> 8));
    karto_buf_add_byte(key, (uint8_t)field);
}

static enum karto_err add(struct karto_tx *tx, struct karto_slice territory, uint32_t kind, uint32_t field,
                          struct karto_sum minus, struct karto_sum plus)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    struct karto_slice row;
    struct karto_sum sum = {0, 0};
    uint8_t bytes[SUM];
    make_key(&key, territory, kind, field);
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_DIGEST, karto_buf_slice(&key), &row);
    if (err == KARTO_OK && row.size != SUM)
        err = KARTO_E_CORRUPT;
    else if (err == KARTO_OK)
        sum = karto_sum_read(row.data);
    if (err == KARTO_OK || err == KARTO_E_NOT_FOUND) {
        sum = karto_sum_add(karto_sum_sub(sum, minus), plus);
        karto_sum_write(sum, bytes);
        err = karto_kv_put(tx->kv, KARTO_DB_DIGEST, karto_buf_slice(&key), karto_slice(bytes, sizeof bytes));
    }
    karto_buf_fini(&key);
    return err;
}

static struct karto_sum sum_or_zero(struct karto_rid id, const struct karto_field *field)
{
    return field ? karto_field_sum(id, field) : (struct karto_sum){0, 0};
}

static bool untouched(const struct karto_field *a, const struct karto_field *b)
{
    return a && b && a->registers == b->registers && a->count == b->count && a->vv.dots == b->vv.dots;
}

/* The difference that a record makes in one territory: before and after may be NULL, for not there. */
static enum karto_err update_territory(struct karto_tx *tx, struct karto_slice territory,
                                       const struct karto_record *before, const struct karto_record *after)
{
    static const struct karto_record nothing;
    uint32_t kind = after ? after->kind : before->kind;
    struct karto_rid id = after ? after->id : before->id;
    before = before ? before : &nothing, after = after ? after : &nothing;
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0, j = 0; err == KARTO_OK && (i < before->count || j < after->count);) {
        uint32_t left = i < before->count ? before->fields[i].number : UINT32_MAX;
        uint32_t right = j < after->count ? after->fields[j].number : UINT32_MAX;
        const struct karto_field *old = left <= right ? &before->fields[i++] : NULL;
        const struct karto_field *new = right <= left ? &after->fields[j++] : NULL;
        if (!untouched(old, new))
            err = add(tx, territory, kind, left < right ? left : right, sum_or_zero(id, old), sum_or_zero(id, new));
    }
    return err;
}

enum karto_err karto_digest_update(struct karto_tx *tx, const struct karto_entry *before,
                                   const struct karto_entry *after)
{
    const struct karto_record *old = before->exists && before->kept ? &before->base : NULL;
    const struct karto_record *new = after->exists && after->kept ? &after->base : NULL;
    if (old && new &&KARTO_BROKEN("digest"))
        return KARTO_OK;
    if (old && new &&karto_slice_equal(before->home, after->home))
        return update_territory(tx, after->home, old, new);
    enum karto_err err = old ? update_territory(tx, before->home, old, NULL) : KARTO_OK;
    if (err == KARTO_OK && new)
        err = update_territory(tx, after->home, NULL, new);
    return err;
}

/* ---- reading ---- */

static enum karto_err sum_prefix(struct karto_tx *tx, struct karto_slice prefix, bool whole, struct karto_sum *sum)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    *sum = (struct karto_sum){0, 0};
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_DIGEST, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, prefix, &key, &value); err == KARTO_OK;
         err = karto_kv_next(cursor, &key, &value)) {
        if (!whole && (key.size != prefix.size + TAIL - 1 || memcmp(key.data, prefix.data, prefix.size) != 0))
            break;
        if (value.size == SUM)
            *sum = karto_sum_add(*sum, karto_sum_read(value.data));
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_digest_of(struct karto_tx *tx, struct karto_slice territory, struct karto_sum *sum)
{
    struct karto_buf prefix = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&prefix, territory);
    karto_buf_add_byte(&prefix, 0);
    enum karto_err err = sum_prefix(tx, karto_buf_slice(&prefix), false, sum);
    karto_buf_fini(&prefix);
    return err;
}

enum karto_err karto_digest_all(struct karto_tx *tx, struct karto_sum *sum)
{
    return sum_prefix(tx, karto_slice(NULL, 0), true, sum);
}

enum karto_err karto_digest_next(struct karto_tx *tx, struct karto_slice after, struct karto_slice *territory,
                                 struct karto_sum *sum)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    struct karto_buf from = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&from, after);
    karto_buf_add_byte(&from, 1); /* behind all of after's keys, which go on with 0, and before any longer name's */
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_DIGEST, &cursor);
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
