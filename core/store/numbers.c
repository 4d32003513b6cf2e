#include "core/store/numbers.h"

#include "core/store/databases.h"

#include <string.h>

enum { KEY = 4, ROW = 17, ID = 16 }; /* a row: kind (1), id */

static struct karto_slice key_of(uint32_t number, uint8_t out[KEY])
{
    karto_be32_write(number, out);
    return karto_slice(out, KEY);
}

enum karto_err karto_number_of(struct karto_tx *tx, struct karto_rid id, uint32_t *number)
{
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_NUMBERS, karto_rid_slice(&id), &row);
    if (err == KARTO_OK && row.size != KEY)
        return KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        *number = karto_be32(row.data);
    return err;
}

/* A cursor that goes on from where it stands looks within the same page first. */
enum karto_err karto_numbers_of(struct karto_tx *tx, const struct karto_rid *ids, uint32_t count,
                                struct karto_number_set *set)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_NUMBERS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++) {
        err = karto_kv_seek(cursor, karto_rid_slice(&ids[i]), &key, &row);
        if (err == KARTO_OK && karto_slice_equal(key, karto_rid_slice(&ids[i])) && row.size == KEY)
            karto_number_set_add(set, karto_be32(row.data));
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_number_record(struct karto_tx *tx, uint32_t number, uint32_t *kind, struct karto_rid *id)
{
    struct karto_slice row;
    uint8_t key[KEY];
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_NUMBERS, key_of(number, key), &row);
    if (err == KARTO_OK && row.size != ROW)
        return KARTO_E_CORRUPT;
    if (err == KARTO_OK) {
        *kind = row.data[0];
        *id = karto_rid_read(row.data + 1);
    }
    return err;
}

static enum karto_err put_record(struct karto_tx *tx, const struct karto_numbered *record, uint32_t number)
{
    uint8_t key[KEY], row[ROW] = {(uint8_t)record->kind};
    memcpy(row + 1, record->id.b, ID);
    return karto_kv_put(tx->kv, KARTO_DB_NUMBERS, key_of(number, key), karto_slice(row, ROW));
}

static enum karto_err put_number(struct karto_tx *tx, const struct karto_numbered *record, uint32_t number)
{
    uint8_t key[KEY];
    return karto_kv_put(tx->kv, KARTO_DB_NUMBERS, karto_rid_slice(&record->id), key_of(number, key));
}

/* One half after the other: keys that lie beside each other are put one behind the other. */
enum karto_err karto_numbers_give(struct karto_tx *tx, const struct karto_numbered *records, uint32_t count,
                                  uint32_t first)
{
    enum karto_err err = count == 0 || first <= KARTO_NUMBER_MAX - (count - 1) ? KARTO_OK : KARTO_E_LIMIT;
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++)
        err = put_record(tx, &records[i], first + i);
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++)
        err = put_number(tx, &records[i], first + i);
    return err;
}

enum karto_err karto_number_drop(struct karto_tx *tx, struct karto_rid id, uint32_t number)
{
    uint8_t key[KEY];
    enum karto_err err = karto_kv_delete(tx->kv, KARTO_DB_NUMBERS, key_of(number, key));
    if (err == KARTO_OK)
        err = karto_kv_delete(tx->kv, KARTO_DB_NUMBERS, karto_rid_slice(&id));
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}
