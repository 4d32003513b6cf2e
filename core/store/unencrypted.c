#include "core/store/unencrypted.h"

static const char name[] = "unencrypted"; /* docs/FORMAT.md, "Rows of meta" */
enum { ROW_SIZE = 8 };

enum karto_err karto_unencrypted_get(struct karto_tx *tx, int64_t *since_ms)
{
    struct karto_slice row;
    *since_ms = 0;
    enum karto_err err = karto_meta_get(tx, name, &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size != ROW_SIZE)
        return KARTO_E_CORRUPT;
    *since_ms = (int64_t)karto_be64(row.data);
    return KARTO_OK;
}

enum karto_err karto_unencrypted_note(struct karto_tx *tx)
{
    uint8_t row[ROW_SIZE];
    karto_be64_write((uint64_t)karto_now_ms(tx), row);
    return karto_meta_put(tx, name, karto_slice(row, sizeof row));
}
