#include "core/store/collation.h"

#include "core/base/text.h"
#include "core/store/databases.h"
#include "core/store/index.h"

const char karto_collation_row[] = "collation";

struct karto_collation karto_collation_icu(void)
{
    return (struct karto_collation){karto_text_collation_version(), karto_text_sort_key};
}

enum karto_err karto_collation_is_present(struct karto_tx *tx, bool *present)
{
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_META, karto_slice_str(karto_collation_row), &row);
    *present = err == KARTO_OK && row.size == 8 && karto_be64(row.data) == tx->collation->version;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err note(struct karto_tx *tx)
{
    struct karto_buf version = KARTO_BUF_EMPTY;
    karto_buf_add_be64(&version, tx->collation->version);
    enum karto_err err = karto_meta_put(tx, karto_collation_row, karto_buf_slice(&version));
    karto_buf_fini(&version);
    return err;
}

/* ---- making anew ---- */

static enum karto_err delete_rows(struct karto_tx *tx)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_INDEX, &cursor);
    if (err != KARTO_OK)
        return err;
    while (err == KARTO_OK && (err = karto_kv_next(cursor, &key, &value)) == KARTO_OK)
        if (karto_index_of_text(key))
            err = karto_kv_cursor_delete(cursor);
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err put_row(struct karto_tx *tx, struct karto_slice key, void *context)
{
    uint8_t out[KARTO_INDEX_ROW_MAX];
    return karto_index_of_text(key) ? karto_kv_put(tx->kv, KARTO_DB_INDEX, key, karto_index_value(key, context, out))
                                    : KARTO_OK;
}

/* A record that cannot be read must not keep its owner from all the others; check names it. The row is copied because
 * what points into the store is good until the next write only. */
static enum karto_err put_rows_of(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    (void)context;
    struct karto_entry entry;
    if (key.size != 16)
        return KARTO_OK;
    struct karto_rid id = karto_rid_read(key.data);
    if (karto_entry_decode(&tx->arena, id, karto_arena_copy(&tx->arena, row), &entry) != KARTO_OK)
        return KARTO_OK;
    return karto_index_rows(tx, &entry.view, put_row, &entry.view);
}

enum karto_err karto_collation_keep(struct karto_tx *tx)
{
    bool present;
    enum karto_err err = karto_collation_is_present(tx, &present);
    if (err != KARTO_OK || present)
        return err;
    err = delete_rows(tx);
    if (err == KARTO_OK)
        err = karto_each_row(tx, KARTO_DB_RECORDS, put_rows_of, NULL);
    return err == KARTO_OK ? note(tx) : err;
}
