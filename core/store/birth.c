#include "core/store/birth.h"

#include "core/base/os_posix.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const char data_file[] = "data.mdb", lock_file[] = "lock.mdb";

static struct karto_buf path_in(const struct karto_buf *dir, const char *name)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s/%s", (const char *)dir->data, name);
    karto_buf_add_byte(&path, 0);
    return path;
}

static bool remove_file(const struct karto_buf *dir, const char *name)
{
    struct karto_buf path = path_in(dir, name);
    bool fine = unlink((const char *)path.data) == 0 || errno == ENOENT;
    karto_buf_fini(&path);
    return fine;
}

static bool empty(const struct karto_birth *birth)
{
    return remove_file(&birth->making, data_file) && remove_file(&birth->making, lock_file);
}

static enum karto_err make_room(const struct karto_birth *birth)
{
    struct stat info;
    struct karto_buf data = path_in(&birth->dir, data_file);
    int failed = lstat((const char *)data.data, &info) == 0 ? EEXIST : errno;
    karto_buf_fini(&data);
    if (failed != ENOENT)
        return karto_os_error(failed);
    if (mkdir((const char *)birth->making.data, 0700) != 0 && errno != EEXIST)
        return karto_os_error(errno);
    return empty(birth) ? KARTO_OK : karto_os_error(errno);
}

static void fini(struct karto_birth *birth)
{
    karto_os_unlock(birth->lock);
    karto_buf_fini(&birth->making);
    karto_buf_fini(&birth->dir);
}

enum karto_err karto_birth_begin(struct karto_birth *birth, const char *dir)
{
    *birth = (struct karto_birth){.dir = KARTO_BUF_EMPTY};
    enum karto_err err = karto_os_lock_dir(dir, &birth->lock);
    if (err != KARTO_OK)
        return err;
    karto_buf_add_str(&birth->dir, dir);
    karto_buf_add_byte(&birth->dir, 0);
    birth->making = path_in(&birth->dir, "making");
    err = make_room(birth);
    if (err != KARTO_OK)
        fini(birth);
    return err;
}

/* So that opening the store in its place needs no room that the disk may not have. Where one is there it will do. */
static void put_lock_in_place(const struct karto_birth *birth)
{
    struct karto_buf from = path_in(&birth->making, lock_file), to = path_in(&birth->dir, lock_file);
    int failed = link((const char *)from.data, (const char *)to.data);
    (void)failed;
    karto_buf_fini(&from);
    karto_buf_fini(&to);
}

static enum karto_err put_in_place(const struct karto_birth *birth)
{
    put_lock_in_place(birth);
    struct karto_buf from = path_in(&birth->making, data_file), to = path_in(&birth->dir, data_file);
    enum karto_err err = link((const char *)from.data, (const char *)to.data) == 0 ? KARTO_OK : karto_os_error(errno);
    karto_buf_fini(&from);
    karto_buf_fini(&to);
    return err == KARTO_OK ? karto_os_sync_dir((const char *)birth->dir.data) : err;
}

enum karto_err karto_birth_end(struct karto_birth *birth, enum karto_err err)
{
    if (err == KARTO_OK)
        err = put_in_place(birth);
    if (empty(birth)) /* what stays is removed next time */
        rmdir((const char *)birth->making.data);
    fini(birth);
    return err;
}
