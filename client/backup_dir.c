#include "client/backup_dir.h"

#include "core/base/os_posix.h"
#include "proto/files.h"

#include <errno.h>
#include <unistd.h>

static enum karto_err tell(struct karto_tx *tx, struct karto_backup *backup)
{
    struct karto_slice row;
    enum karto_err err = karto_meta_get(tx, "format", &row);
    if (err == KARTO_OK && row.size != 4)
        err = KARTO_E_CORRUPT;
    if (err != KARTO_OK)
        return err;
    backup->format = karto_be32(row.data);
    backup->role = tx->ledger.role;
    backup->node = tx->ledger.node;
    backup->position = tx->ledger.position;
    return KARTO_OK;
}

static void count_only(void *context, const char *what, const struct karto_rid *record)
{
    (void)context;
    (void)what;
    (void)record;
}

enum karto_err karto_backup_look(struct karto_tx *tx, void *context)
{
    struct karto_backup_look *look = context;
    enum karto_err err = tell(tx, look->backup);
    if (err == KARTO_OK)
        err = karto_check(tx, count_only, NULL, look->check);
    return err == KARTO_OK && look->check->problems > 0 ? KARTO_E_CORRUPT : err;
}

static enum karto_err remove_file(const char *dir, const char *name)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_files_path(dir, name, &path);
    enum karto_err err = unlink((const char *)path.data) == 0 || errno == ENOENT ? KARTO_OK : karto_os_error(errno);
    karto_buf_fini(&path);
    return err;
}

enum karto_err karto_backup_dir_check(const char *dir, struct karto_backup *backup, struct karto_check *check)
{
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_backup_look look = {backup, check};
    struct karto_store *store;
    enum karto_err err = karto_store_open(&options, &store);
    if (err == KARTO_OK)
        err = karto_store_read(store, karto_backup_look, &look);
    karto_store_close(store);
    return err == KARTO_OK ? remove_file(dir, "lock.mdb") : err;
}

enum karto_err karto_backup_dir_discard(const char *dir)
{
    enum karto_err err = remove_file(dir, "lock.mdb");
    if (err == KARTO_E_NOT_FOUND) /* something in the way there is no directory */
        return KARTO_OK;
    if (err == KARTO_OK)
        err = remove_file(dir, "backup.txt");
    for (unsigned i = 0; err == KARTO_OK && karto_backup_names[i]; i++)
        err = remove_file(dir, karto_backup_names[i]);
    if (err == KARTO_OK && rmdir(dir) != 0 && errno != ENOENT)
        err = karto_os_error(errno);
    return err;
}
