#include "core/store/own.h"

#include "core/store/databases.h"
#include "core/store/keys.h"
#include "core/store/log.h"

/* Position 8, verdict 1, epoch 16; the receipt, if the verdict's byte says so; then the reason. */
enum { OWN_HEAD = 25, RECEIPT_SIZE = 8, HAS_RECEIPT = 0x80 };

enum karto_err karto_own_parse(struct karto_slice row, struct karto_own *own)
{
    size_t head = OWN_HEAD;
    if (row.size < OWN_HEAD)
        return KARTO_E_CORRUPT;
    bool has_receipt = (row.data[8] & HAS_RECEIPT) != 0;
    unsigned verdict = row.data[8] & (HAS_RECEIPT - 1u);
    head += has_receipt ? RECEIPT_SIZE : 0;
    if (verdict >= KARTO_V_COUNT || row.size < head)
        return KARTO_E_CORRUPT;
    own->position = karto_be64(row.data);
    own->verdict = (enum karto_verdict)verdict;
    own->sent.ms = (int64_t)karto_be64(row.data + 9);
    own->sent.node.v = karto_be64(row.data + 17);
    own->receipt = has_receipt ? karto_be64(row.data + OWN_HEAD) : 0;
    own->reason = karto_slice(row.data + head, row.size - head);
    return KARTO_OK;
}

enum karto_err karto_own_get(struct karto_tx *tx, struct karto_dot dot, struct karto_own *own)
{
    uint8_t key[16];
    struct karto_slice row;
    enum karto_err err = karto_row(tx, KARTO_DB_OWN, karto_key_dot(dot, key), &row);
    return err == KARTO_OK ? karto_own_parse(row, own) : err;
}

enum karto_err karto_own_put(struct karto_tx *tx, struct karto_dot dot, const struct karto_own *own)
{
    uint8_t key[16];
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_buf_add_be64(&row, own->position);
    karto_buf_add_byte(&row, (uint8_t)(own->verdict | (own->receipt ? HAS_RECEIPT : 0)));
    karto_buf_add_be64(&row, (uint64_t)own->sent.ms);
    karto_buf_add_be64(&row, own->sent.node.v);
    if (own->receipt)
        karto_buf_add_be64(&row, own->receipt);
    karto_buf_add_slice(&row, own->reason);
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_OWN, karto_key_dot(dot, key), karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_own_delete(struct karto_tx *tx, struct karto_dot dot)
{
    uint8_t key[16];
    return karto_kv_delete(tx->kv, KARTO_DB_OWN, karto_key_dot(dot, key));
}

enum karto_err karto_own_last(struct karto_tx *tx, struct karto_node node, uint64_t *seq)
{
    uint8_t end[16];
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    *seq = 0;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_OWN, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek_last_before(cursor, karto_key_dot((struct karto_dot){node, UINT64_MAX}, end), &key, &row);
    if (err == KARTO_OK && key.size == 16 && karto_be64(key.data) == node.v)
        *seq = karto_be64(key.data + 8);
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_own_judged(struct karto_tx *tx, struct karto_node node, uint64_t *seq)
{
    uint8_t end[16];
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    struct karto_own own = {.verdict = KARTO_V_NONE};
    *seq = 0;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_OWN, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek_last_before(cursor, karto_key_dot((struct karto_dot){node, UINT64_MAX}, end), &key, &row);
    while (err == KARTO_OK && key.size == 16 && karto_be64(key.data) == node.v && *seq == 0) {
        uint64_t at = karto_be64(key.data + 8);
        err = karto_own_parse(row, &own);
        if (err == KARTO_OK && own.verdict != KARTO_V_NONE)
            *seq = at;
        else if (err == KARTO_OK)
            err = karto_kv_seek_last_before(cursor, karto_key_dot((struct karto_dot){node, at}, end), &key, &row);
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_pending_put(struct karto_tx *tx, uint64_t position, struct karto_dot dot)
{
    uint8_t key[8], value[16];
    return karto_kv_put(tx->kv, KARTO_DB_PENDING, karto_key_position(position, key), karto_key_dot(dot, value));
}

enum karto_err karto_pending_delete(struct karto_tx *tx, uint64_t position)
{
    uint8_t key[8];
    return karto_kv_delete(tx->kv, KARTO_DB_PENDING, karto_key_position(position, key));
}

enum karto_err karto_pending_from(struct karto_tx *tx, uint64_t from, uint64_t *position, struct karto_dot *dot)
{
    uint8_t begin[8];
    struct karto_slice key, row;
    struct karto_kv_cursor *cursor;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_PENDING, &cursor);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_seek(cursor, karto_key_position(from, begin), &key, &row);
    if (err == KARTO_OK && (key.size != 8 || row.size != 16))
        err = KARTO_E_CORRUPT;
    if (err == KARTO_OK) {
        *position = karto_be64(key.data);
        dot->node.v = karto_be64(row.data);
        dot->seq = karto_be64(row.data + 8);
    }
    karto_kv_cursor_close(cursor);
    return err;
}

enum karto_err karto_pending_oldest(struct karto_tx *tx, int64_t *at_ms)
{
    uint64_t position;
    struct karto_dot dot;
    struct karto_log_entry entry;
    *at_ms = 0;
    enum karto_err err = karto_pending_from(tx, 0, &position, &dot);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    err = karto_log_read(tx, position, &entry);
    if (err == KARTO_OK)
        *at_ms = entry.at_ms;
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}
