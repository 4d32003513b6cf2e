#include "core/store/kv_dir.h"

#include "core/base/buf.h"
#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "core/store/kv_extent.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READERS_SIZE = 32 * 1024,
    FIRST_PAGE_SIZE = 4096
}; /* of lock.mdb: all of it, and what every opening writes to */

/* What this process has open: LMDB would spoil a directory opened twice, and say nothing. */
static struct karto_kv_dir *opened;
static pthread_mutex_t opened_mutex = PTHREAD_MUTEX_INITIALIZER;

static char *path_in(const char *dir, const char *name)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s/%s", dir, name);
    karto_buf_add_byte(&path, 0);
    return (char *)path.data;
}

enum karto_err karto_kv_dir_claim(struct karto_kv_dir *dir, const char *path)
{
    *dir = (struct karto_kv_dir){.path = karto_must(strdup(path)), .pid = getpid()};
    struct stat info;
    if (stat(path, &info) != 0)
        return errno == ENOENT || errno == ENOTDIR ? KARTO_E_NO_STORE : karto_os_error(errno);
    if (!S_ISDIR(info.st_mode))
        return KARTO_E_NO_STORE;
    dir->device = info.st_dev;
    dir->inode = info.st_ino;
    pthread_mutex_lock(&opened_mutex);
    struct karto_kv_dir *other = opened;
    /* What a parent had open before fork() is none of ours. */
    while (other && !(other->pid == dir->pid && other->device == dir->device && other->inode == dir->inode))
        other = other->next;
    if (!other) {
        dir->next = opened;
        opened = dir;
    }
    pthread_mutex_unlock(&opened_mutex);
    return other ? KARTO_E_BUSY : KARTO_OK;
}

void karto_kv_dir_release(struct karto_kv_dir *dir)
{
    pthread_mutex_lock(&opened_mutex);
    struct karto_kv_dir **link = &opened;
    while (*link && *link != dir)
        link = &(*link)->next;
    if (*link)
        *link = dir->next;
    pthread_mutex_unlock(&opened_mutex);
    free(dir->path);
    *dir = (struct karto_kv_dir){0};
}

bool karto_kv_dir_ours(const struct karto_kv_dir *dir)
{
    return dir->pid == getpid();
}

static enum karto_err make_file(const char *dir, const char *name)
{
    char *path = path_in(dir, name);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (file < 0)
        return karto_os_error(errno);
    enum karto_err err = fchmod(file, 0600) == 0 ? KARTO_OK : karto_os_error(errno);
    close(file);
    return err;
}

/* LMDB would make them too, but with what the umask leaves, which may be too little for it to open them again. */
static enum karto_err make_files(const struct karto_kv_dir *dir)
{
    enum karto_err err = make_file(dir->path, "lock.mdb");
    return err ? err : make_file(dir->path, "data.mdb");
}

/* LMDB writes to lock.mdb through memory and makes it without blocks of its own: on a full disk that is a SIGBUS, and
 * the end of the process. Here it has its blocks first. Any other trouble with it LMDB meets again, and says. */
static enum karto_err make_lock_room(const struct karto_kv_dir *dir)
{
    char *path = path_in(dir->path, "lock.mdb");
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (file < 0)
        return karto_os_error(errno) == KARTO_E_FULL ? KARTO_E_FULL : KARTO_OK;
    int number = posix_fallocate(file, 0, READERS_SIZE);
    if (number && karto_os_error(number) == KARTO_E_FULL) /* enough for all but sixty readers at a time */
        number = posix_fallocate(file, 0, FIRST_PAGE_SIZE);
    close(file);
    return number && karto_os_error(number) == KARTO_E_FULL ? KARTO_E_FULL : KARTO_OK;
}

/* LMDB takes an empty file for a new store, and would make one where nobody asked for it. */
static enum karto_err prepare_data(const struct karto_kv_dir *dir, bool create)
{
    struct stat info;
    char *path = path_in(dir->path, "data.mdb");
    int failed = stat(path, &info) == 0 ? 0 : errno;
    free(path);
    if (failed && failed != ENOENT)
        return karto_os_error(failed);
    bool empty = failed || info.st_size == 0;
    if (empty && create)
        return make_files(dir);
    if (failed)
        return KARTO_E_NO_STORE;
    return empty ? KARTO_E_CORRUPT : KARTO_OK;
}

enum karto_err karto_kv_dir_prepare(const struct karto_kv_dir *dir, bool create)
{
    enum karto_err err = prepare_data(dir, create);
    return err ? err : make_lock_room(dir);
}

enum karto_err karto_kv_dir_of_others(const char *path)
{
    char *data = path_in(path, "data.mdb");
    int number = access(data, F_OK) == 0 ? 0 : errno;
    free(data);
    if (number == 0)
        return KARTO_E_EXPOSED;
    return number == EACCES ? karto_os_error(number) : KARTO_E_NO_STORE;
}

enum karto_err karto_kv_dir_invalid(const struct karto_kv_dir *dir)
{
    char *path = path_in(dir->path, "data.mdb");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    if (file < 0)
        return karto_os_error(errno);
    enum karto_err err = karto_kv_extent_marked(file) ? KARTO_E_CORRUPT : KARTO_E_FOREIGN;
    close(file);
    return err;
}

enum karto_err karto_kv_dir_make(const char *path, int *file)
{
    if (mkdir(path, 0700) != 0)
        return karto_os_error(errno);
    char *data = path_in(path, "data.mdb");
    *file = open(data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum karto_err err = *file >= 0 && fchmod(*file, 0600) == 0 ? KARTO_OK : karto_os_error(errno);
    free(data);
    return err ? karto_kv_dir_made(path, *file, err) : KARTO_OK;
}

static enum karto_err sync_all(const char *path, int file)
{
    if (fsync(file) != 0)
        return karto_os_error(errno);
    char *parent = path_in(path, "..");
    enum karto_err err = karto_os_sync_dir(path);
    if (!err)
        err = karto_os_sync_dir(parent);
    free(parent);
    return err;
}

enum karto_err karto_kv_dir_made(const char *path, int file, enum karto_err err)
{
    if (!err)
        err = sync_all(path, file);
    if (file >= 0 && close(file) != 0 && !err)
        err = karto_os_error(errno);
    if (err) {
        char *data = path_in(path, "data.mdb");
        unlink(data);
        rmdir(path);
        free(data);
    }
    return err;
}
