#include "core/store/repaired.h"

static const char name[] = "repaired"; /* docs/FORMAT.md, "Rows of meta" */
enum { ROW_SIZE = 16 };

enum karto_err karto_repaired_get(struct karto_tx *tx, struct karto_repaired *repaired)
{
    struct karto_slice row;
    *repaired = (struct karto_repaired){0, 0};
    enum karto_err err = karto_meta_get(tx, name, &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size != ROW_SIZE)
        return KARTO_E_CORRUPT;
    *repaired = (struct karto_repaired){karto_be64(row.data), (int64_t)karto_be64(row.data + 8)};
    return KARTO_OK;
}

enum karto_err karto_repaired_add(struct karto_tx *tx, uint64_t records)
{
    struct karto_repaired repaired;
    struct karto_buf row = KARTO_BUF_EMPTY;
    enum karto_err err = karto_repaired_get(tx, &repaired);
    if (err != KARTO_OK || records == 0)
        return err;
    karto_buf_add_be64(&row, repaired.records + records);
    karto_buf_add_be64(&row, (uint64_t)karto_now_ms(tx));
    err = karto_meta_put(tx, name, karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}
