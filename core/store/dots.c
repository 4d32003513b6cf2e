#include "core/store/dots.h"

#include "core/store/databases.h"
#include "core/store/hub.h"
#include "core/store/keys.h"
#include "core/store/log.h"

enum { DOT_ROW = 17 }; /* position 8, hash 8, verdict 1; then the id of the reason of a refusal */

static enum karto_err parse_known(struct karto_slice row, struct karto_known *known)
{
    if (row.size < DOT_ROW || row.data[16] >= KARTO_V_COUNT)
        return KARTO_E_CORRUPT;
    *known = (struct karto_known){karto_be64(row.data), karto_be64(row.data + 8), (enum karto_verdict)row.data[16],
                                  KARTO_OK};
    if (known->verdict == KARTO_V_REFUSED)
        known->reason = karto_err_of_id((const char *)row.data + DOT_ROW, row.size - DOT_ROW);
    return KARTO_OK;
}

enum karto_err karto_dot_find(struct karto_tx *tx, struct karto_dot dot, struct karto_known *known)
{
    uint8_t key[16];
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_DOTS, karto_key_dot(dot, key), &row);
    return err == KARTO_OK ? parse_known(row, known) : err;
}

enum karto_err karto_dot_put(struct karto_tx *tx, struct karto_dot dot, const struct karto_known *known)
{
    uint8_t key[16];
    struct karto_buf *row = &tx->row;
    karto_buf_clear(row);
    karto_buf_add_be64(row, known->position);
    karto_buf_add_be64(row, known->hash);
    karto_buf_add_byte(row, (uint8_t)known->verdict);
    if (known->verdict == KARTO_V_REFUSED)
        karto_buf_add_str(row, karto_err_id(known->reason));
    return karto_kv_put(tx->kv, KARTO_DB_DOTS, karto_key_dot(dot, key), karto_buf_slice(row));
}

enum karto_err karto_dot_hash(struct karto_tx *tx, const struct karto_change *change, uint64_t *hash)
{
    const uint8_t *secret;
    enum karto_err err = karto_secret(tx, &secret);
    if (err != KARTO_OK)
        return err;
    karto_buf_clear(&tx->row);
    karto_change_encode(change, false, &tx->row);
    *hash = karto_keyed_hash(secret, karto_buf_slice(&tx->row));
    return KARTO_OK;
}

enum karto_err karto_hub_known(struct karto_tx *tx, struct karto_node node, uint64_t *seq, uint64_t *hash)
{
    uint8_t end[16];
    struct karto_known known;
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    *seq = *hash = 0;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_DOTS, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek_last_before(cursor, karto_key_dot((struct karto_dot){node, UINT64_MAX}, end), &key, &row);
    if (err == KARTO_OK && key.size == 16 && karto_be64(key.data) == node.v) {
        err = parse_known(row, &known);
        *seq = karto_be64(key.data + 8);
        *hash = err == KARTO_OK ? known.hash : 0;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_dot_change(struct karto_tx *tx, struct karto_dot dot, struct karto_change *change)
{
    struct karto_known known;
    struct karto_log_entry row;
    enum karto_err err = karto_dot_find(tx, dot, &known);
    if (err == KARTO_OK)
        err = karto_log_read(tx, known.position, &row);
    return err == KARTO_OK ? karto_log_change(tx, &row, change) : err;
}
