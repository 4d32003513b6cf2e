#include "core/store/log.h"

#include "core/base/limits.h"
#include "core/store/batches.h"
#include "core/store/databases.h"
#include "core/store/keys.h"

enum { CONCURRENT = 0x80, APART = 0x40, AMENDED = 0x20, STRIPPED = 0x10 }; /* in the byte of the type */
enum { HEAD = 34 }; /* type 1, verdict 1, previous 8, record 16, time 8; then two sized names, then the change */

static void add_name(struct karto_buf *row, struct karto_slice name)
{
    karto_buf_add_byte(row, (uint8_t)name.size);
    karto_buf_add_slice(row, name);
}

void karto_log_encode(const struct karto_log_entry *entry, struct karto_buf *row)
{
    unsigned flags = (entry->concurrent ? CONCURRENT : 0u) | (entry->apart ? APART : 0u) |
                     (entry->amended ? AMENDED : 0u) | (entry->stripped ? STRIPPED : 0u);
    karto_buf_add_byte(row, (uint8_t)((unsigned)entry->type | flags));
    karto_buf_add_byte(row, (uint8_t)entry->verdict);
    karto_buf_add_be64(row, entry->previous);
    karto_buf_add(row, entry->record.b, sizeof entry->record.b);
    karto_buf_add_be64(row, (uint64_t)entry->at_ms);
    add_name(row, entry->before);
    add_name(row, entry->after);
    karto_buf_add_slice(row, entry->change);
}

/* Without the values that it replaced, where those take more room than a row may have. */
static void add_change(struct karto_buf *row, const struct karto_change *change)
{
    size_t head = row->size;
    karto_change_encode(change, true, row);
    if (row->size - head <= 2 * KARTO_CHANGE_SIZE_MAX)
        return;
    row->size = head;
    karto_change_encode(change, false, row);
}

enum karto_err karto_log_append(struct karto_tx *tx, const struct karto_log_entry *entry,
                                const struct karto_change *change)
{
    uint8_t key[8];
    karto_buf_clear(&tx->row);
    karto_log_encode(entry, &tx->row);
    if (change && !entry->change.size)
        add_change(&tx->row, change);
    enum karto_err err = karto_kv_append(tx->kv, KARTO_DB_LOG, karto_key_position(tx->ledger.position + 1, key),
                                         karto_buf_slice(&tx->row));
    if (err != KARTO_OK)
        return err;
    tx->ledger.position++;
    return change ? karto_batches_add(tx, change, entry->previous) : KARTO_OK;
}

enum karto_err karto_log_replace(struct karto_tx *tx, uint64_t position, const struct karto_log_entry *entry)
{
    uint8_t key[8];
    karto_buf_clear(&tx->row);
    karto_log_encode(entry, &tx->row);
    return karto_kv_put(tx->kv, KARTO_DB_LOG, karto_key_position(position, key), karto_buf_slice(&tx->row));
}

static bool take_name(struct karto_slice *row, struct karto_slice *name)
{
    if (row->size < 1 || row->size < 1u + row->data[0])
        return false;
    *name = karto_slice(row->data + 1, row->data[0]);
    *row = karto_slice(name->data + name->size, row->size - 1 - name->size);
    return true;
}

enum karto_err karto_log_parse(struct karto_slice row, struct karto_log_entry *entry)
{
    unsigned type = row.size < HEAD ? 0 : row.data[0] & ~(unsigned)(CONCURRENT | APART | AMENDED | STRIPPED);
    if (type < KARTO_LOG_CHANGE || type > KARTO_LOG_MOVE || row.data[1] >= KARTO_V_COUNT)
        return KARTO_E_CORRUPT;
    entry->type = (enum karto_log_type)type;
    entry->concurrent = row.data[0] & CONCURRENT;
    entry->stripped = row.data[0] & STRIPPED;
    entry->apart = row.data[0] & APART;
    entry->amended = row.data[0] & AMENDED;
    entry->verdict = (enum karto_verdict)row.data[1];
    entry->previous = karto_be64(row.data + 2);
    entry->record = karto_rid_read(row.data + 10);
    entry->at_ms = (int64_t)karto_be64(row.data + 26);
    struct karto_slice rest = karto_slice(row.data + HEAD, row.size - HEAD);
    if (!take_name(&rest, &entry->before) || !take_name(&rest, &entry->after))
        return KARTO_E_CORRUPT;
    entry->change = rest;
    return (entry->type == KARTO_LOG_CHANGE) == (rest.size > 0) ? KARTO_OK : KARTO_E_CORRUPT;
}

enum karto_err karto_log_read(struct karto_tx *tx, uint64_t position, struct karto_log_entry *entry)
{
    uint8_t key[8];
    struct karto_slice row;
    enum karto_err err = karto_row(tx, KARTO_DB_LOG, karto_key_position(position, key), &row);
    return err == KARTO_OK ? karto_log_parse(row, entry) : err;
}

enum karto_err karto_log_change(struct karto_tx *tx, const struct karto_log_entry *entry, struct karto_change *change)
{
    if (entry->type != KARTO_LOG_CHANGE)
        return KARTO_E_NOT_FOUND;
    enum karto_err err = karto_change_decode(&tx->arena, entry->change, change);
    return err == KARTO_OK ? KARTO_OK : KARTO_E_CORRUPT;
}
