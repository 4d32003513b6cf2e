#include "core/store/copied.h"

#include "core/base/os_posix.h"
#include "core/store/device.h"
#include "core/store/hub_journal.h"

enum { FILE_ROW = 16 };

static enum karto_err this_file(struct karto_tx *tx, struct karto_os_file_id *id)
{
    return karto_kv_file_id(karto_store_kv(tx->store), id);
}

/* Where one of the two comes from a file system that knows no births, there is the inode alone to go by. */
static bool same_file(struct karto_os_file_id a, struct karto_os_file_id b)
{
    return a.inode == b.inode && (a.born_ns == b.born_ns || a.born_ns == 0 || b.born_ns == 0);
}

/* A hub that is just being made has no epoch yet, and no place of its own for a journal. */
static bool has_journal(const struct karto_tx *tx)
{
    return tx->ledger.role == KARTO_ON_HUB && tx->ledger.epoch.node.v != 0;
}

static enum karto_err look_at_journal(struct karto_tx *tx, bool *unknown, bool *copied)
{
    struct karto_hub_journal journal;
    bool known = false;
    if (!has_journal(tx))
        return KARTO_OK;
    enum karto_err err = karto_hub_journal_read(&tx->arena, karto_store_dir(tx->store), &journal);
    for (uint32_t i = 0; err == KARTO_OK && i < journal.epoch_count; i++) {
        int order = karto_epoch_compare(journal.epochs[i], tx->ledger.epoch);
        known = known || order == 0;
        *copied = *copied || order > 0;
    }
    *unknown = *unknown || !known;
    return err;
}

static enum karto_err look_at_file(struct karto_tx *tx, bool *unknown, bool *copied)
{
    struct karto_slice row;
    struct karto_os_file_id now;
    enum karto_err err = karto_meta_get(tx, "file", &row);
    if (err == KARTO_E_NOT_FOUND) {
        *unknown = true;
        return KARTO_OK;
    }
    if (err == KARTO_OK && row.size != FILE_ROW)
        err = KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        err = this_file(tx, &now);
    if (err != KARTO_OK)
        return err;
    struct karto_os_file_id noted = {karto_be64(row.data), (int64_t)karto_be64(row.data + 8)};
    *copied = !same_file(noted, now);
    return KARTO_OK;
}

enum karto_err karto_copied_look(struct karto_tx *tx, bool *unknown, bool *copied)
{
    *unknown = *copied = false;
    enum karto_err err = look_at_file(tx, unknown, copied);
    return err == KARTO_OK ? look_at_journal(tx, unknown, copied) : err;
}

static enum karto_err become_another(struct karto_tx *tx)
{
    struct karto_hub_journal journal;
    if (tx->ledger.role != KARTO_ON_HUB)
        return karto_device_rotate(tx, 0);
    enum karto_err err = karto_hub_journal_read(&tx->arena, karto_store_dir(tx->store), &journal);
    return err == KARTO_OK ? karto_hub_restored(tx, &journal) : err;
}

static enum karto_err put_row(struct karto_tx *tx)
{
    struct karto_os_file_id now;
    struct karto_buf row = KARTO_BUF_EMPTY;
    enum karto_err err = this_file(tx, &now);
    if (err != KARTO_OK)
        return err;
    karto_buf_add_be64(&row, now.inode);
    karto_buf_add_be64(&row, (uint64_t)now.born_ns);
    err = karto_meta_put(tx, "file", karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_copied_note(struct karto_tx *tx)
{
    bool unknown, copied;
    enum karto_err err = karto_copied_look(tx, &unknown, &copied);
    if (err == KARTO_OK && copied)
        err = become_another(tx);
    if (err == KARTO_OK && (unknown || copied))
        err = put_row(tx);
    if (err == KARTO_OK && (unknown || copied) && has_journal(tx))
        err = karto_hub_journal_epoch(karto_store_dir(tx->store), tx->ledger.epoch);
    return err;
}

enum karto_err karto_copied_said(struct karto_tx *tx)
{
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_USAGE;
    enum karto_err err = become_another(tx);
    return err == KARTO_OK ? karto_hub_journal_epoch(karto_store_dir(tx->store), tx->ledger.epoch) : err;
}
