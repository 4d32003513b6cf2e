#define _GNU_SOURCE
#include "core/base/os_posix.h"

#include "core/base/fatal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static int64_t milliseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t real_now_ms(void *context)
{
    (void)context;
    return milliseconds(CLOCK_REALTIME);
}

static void real_random(void *context, void *out, size_t size)
{
    (void)context;
    for (uint8_t *p = out; size;) {
        ssize_t got = getrandom(p, size, 0);
        if (got < 0 && errno != EINTR)
            karto_fatal("the kernel gives no random numbers");
        if (got > 0) {
            p += got;
            size -= (size_t)got;
        }
    }
}

/* Rounds down also before 1970. */
static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t real_day(void *context, int64_t ms)
{
    (void)context;
    time_t seconds = (time_t)floor_div(ms, 1000);
    struct tm local;
    localtime_r(&seconds, &local);
    local.tm_gmtoff = 0;
    local.tm_isdst = 0;
    return floor_div((int64_t)timegm(&local), 24 * 60 * 60);
}

const struct karto_sys *karto_os_sys(void)
{
    static const struct karto_sys sys = {NULL, real_now_ms, real_random, real_day};
    return &sys;
}

int64_t karto_os_monotonic_ms(void)
{
    return milliseconds(CLOCK_MONOTONIC);
}

enum karto_err karto_os_error(int number)
{
    switch (number) {
    case 0: return KARTO_OK;
    case ENOMEM: return KARTO_E_NOMEM;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return KARTO_E_FULL;
    case EROFS:
    case EACCES:
    case EPERM: return KARTO_E_READONLY;
    case ENOENT:
    case ENOTDIR: return KARTO_E_NOT_FOUND;
    case EEXIST: return KARTO_E_EXISTS;
    case EINTR: return KARTO_E_INTERRUPTED;
    default: return KARTO_E_IO;
    }
}

enum karto_err karto_os_make_dir(const char *dir)
{
    char *path = karto_must(strdup(dir));
    int failed = 0;
    for (char *p = path + (*path == '/'); !failed; p++) {
        if (*p && *p != '/')
            continue;
        char end = *p;
        *p = 0;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            failed = errno;
        *p = end;
        if (!end)
            break;
    }
    free(path);
    struct stat info;
    if (!failed && (stat(dir, &info) != 0 || !S_ISDIR(info.st_mode)))
        failed = ENOTDIR;
    errno = failed;
    return karto_os_error(failed);
}

/* Takes the last name off a path: false when there is none left to take. */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || (slash == path && !path[1]))
        return false;
    slash[slash == path] = 0;
    return true;
}

void karto_os_nearest(const char *dir, struct karto_buf *out)
{
    struct stat info;
    char *path = karto_must(strdup(dir));
    bool here = false; /* it is a path that begins here */
    while (!here && stat(path, &info) != 0 && errno == ENOENT)
        here = !go_up(path);
    karto_buf_add_str(out, here ? "." : path);
    karto_buf_add_byte(out, 0);
    free(path);
}

bool karto_os_is_network_fs(const char *dir)
{
    static const unsigned long magics[] = {
        0x6969 /* NFS */, 0xff534d42 /* CIFS */, 0xfe534d42 /* SMB2 */, 0x517b /* SMB */,      0x01021997 /* 9P */,
        0x564c /* NCP */, 0x5346414f /* AFS */,  0x00c36400 /* CEPH */, 0x73757245 /* CODA */, 0x0bd00bd0 /* Lustre */,
        0x65735546 /* FUSE: sshfs and the like; nobody can tell whether it keeps locks and order */};
    struct statfs info;
    if (statfs(dir, &info) != 0)
        return false;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if ((unsigned long)info.f_type == magics[i])
            return true;
    return false;
}

enum karto_err karto_os_check_dir(const char *dir)
{
    struct stat info;
    if (stat(dir, &info) != 0)
        return errno == ENOENT || errno == ENOTDIR ? KARTO_E_NO_STORE : karto_os_error(errno);
    if (!S_ISDIR(info.st_mode))
        return KARTO_E_NO_STORE;
    if (info.st_uid != geteuid() && geteuid() != 0)
        return KARTO_E_EXPOSED;
    if (info.st_mode & 077)
        return KARTO_E_EXPOSED;
    return karto_os_is_network_fs(dir) ? KARTO_E_NETWORK_FS : KARTO_OK;
}

bool karto_os_is_others(const char *path, uint32_t *owner)
{
    struct stat info;
    if (stat(path, &info) != 0 || info.st_uid == geteuid() || geteuid() == 0)
        return false;
    *owner = info.st_uid;
    return true;
}

bool karto_os_exposed(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && (info.st_mode & 077) != 0;
}

enum karto_err karto_os_file_id(int file, struct karto_os_file_id *id)
{
    struct statx info;
    if (statx(file, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &info) != 0)
        return karto_os_error(errno);
    bool born = info.stx_mask & STATX_BTIME;
    id->inode = info.stx_ino;
    id->born_ns = born ? info.stx_btime.tv_sec * 1000000000 + info.stx_btime.tv_nsec : 0;
    return KARTO_OK;
}

static enum karto_err read_all(int file, size_t size_max, struct karto_buf *out)
{
    for (size_t before = out->size;;) {
        uint8_t *room = karto_buf_reserve(out, 64 * 1024);
        ssize_t got = read(file, room, 64 * 1024);
        if (got < 0 && errno != EINTR)
            return karto_os_error(errno);
        if (got == 0)
            return KARTO_OK;
        if (got > 0)
            out->size += (size_t)got;
        if (out->size - before > size_max)
            return KARTO_E_LIMIT;
    }
}

enum karto_err karto_os_read_file(const char *path, size_t size_max, struct karto_buf *out)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return karto_os_error(errno);
    size_t before = out->size;
    enum karto_err err = read_all(file, size_max, out);
    if (err)
        out->size = before;
    close(file);
    return err;
}

static int write_all(int file, struct karto_slice bytes)
{
    while (bytes.size) {
        ssize_t wrote = write(file, bytes.data, bytes.size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return errno;
        bytes = karto_slice(bytes.data + wrote, bytes.size - (size_t)wrote);
    }
    return 0;
}

static enum karto_err write_block(void *context, struct karto_slice block)
{
    return karto_os_error(write_all(*(const int *)context, block));
}

enum karto_err karto_os_copy_file(const char *from, const char *to, unsigned mode)
{
    int file = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (file < 0)
        return karto_os_error(errno);
    enum karto_err err = fchmod(file, (mode_t)mode) == 0 ? KARTO_OK : karto_os_error(errno);
    if (err == KARTO_OK)
        err = karto_os_read_blocks(from, write_block, &file);
    int failed = errno;
    if (err == KARTO_OK && fsync(file) != 0)
        err = karto_os_error(failed = errno);
    if (close(file) != 0 && err == KARTO_OK)
        err = karto_os_error(failed = errno);
    if (err != KARTO_OK)
        unlink(to);
    errno = failed;
    return err;
}

/* One block, whole but at the end of the file. */
static enum karto_err read_block(int file, struct karto_buf *block)
{
    karto_buf_clear(block);
    while (block->size < KARTO_OS_BLOCK) {
        size_t left = KARTO_OS_BLOCK - block->size;
        ssize_t got = read(file, karto_buf_reserve(block, left), left);
        if (got < 0 && errno != EINTR)
            return karto_os_error(errno);
        if (got == 0)
            return KARTO_OK;
        if (got > 0)
            block->size += (size_t)got;
    }
    return KARTO_OK;
}

enum karto_err karto_os_read_blocks(const char *path, karto_os_block *visit, void *context)
{
    struct karto_buf block = KARTO_BUF_EMPTY;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return karto_os_error(errno);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    enum karto_err err;
    do {
        err = read_block(file, &block);
        if (err == KARTO_OK && block.size > 0)
            err = visit(context, karto_buf_slice(&block));
    } while (err == KARTO_OK && block.size == KARTO_OS_BLOCK);
    int failed = errno;
    close(file);
    karto_buf_fini(&block);
    errno = failed;
    return err;
}

enum karto_err karto_os_sync_dir(const char *dir)
{
    int file = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return karto_os_error(errno);
    enum karto_err err = fsync(file) == 0 ? KARTO_OK : karto_os_error(errno);
    close(file);
    return err;
}

static int sync_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = karto_must(slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup("."));
    int file = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = file < 0 || fsync(file) != 0 ? errno : 0;
    if (file >= 0)
        close(file);
    free(dir);
    return failed;
}

enum karto_err karto_os_write_file(const char *path, struct karto_slice bytes, unsigned mode)
{
    struct karto_buf temporary = KARTO_BUF_EMPTY;
    karto_buf_printf(&temporary, "%s.%ld.new", path, (long)getpid());
    const char *name = (const char *)temporary.data;
    unlink(name);
    int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    int failed = file < 0 ? errno : write_all(file, bytes);
    if (!failed && fsync(file) != 0)
        failed = errno;
    if (file >= 0 && close(file) != 0 && !failed)
        failed = errno;
    if (!failed && rename(name, path) != 0)
        failed = errno;
    if (!failed)
        failed = sync_parent(path);
    else
        unlink(name);
    karto_buf_fini(&temporary);
    errno = failed;
    return karto_os_error(failed);
}

/* The directory that path lies in, without links; NULL: there is none. For free. */
static char *real_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return realpath(".", NULL);
    char *parent = karto_must(strndup(path, slash == path ? 1 : (size_t)(slash - path)));
    char *real = realpath(parent, NULL);
    free(parent);
    return real;
}

static bool is_within(const char *path, const char *dir)
{
    size_t size = strlen(dir);
    return strncmp(path, dir, size) == 0 && (path[size] == 0 || path[size] == '/' || size == 1);
}

bool karto_os_is_within(const char *path, const char *dir)
{
    char *real = realpath(dir, NULL), *parent = real_parent(path);
    bool within = real && parent && is_within(parent, real);
    free(real);
    free(parent);
    return within;
}

static enum karto_err lock_file(int file, int *lock)
{
    if (file < 0)
        return karto_os_error(errno);
    if (flock(file, LOCK_EX | LOCK_NB) == 0) {
        *lock = file;
        return KARTO_OK;
    }
    enum karto_err err = errno == EWOULDBLOCK ? KARTO_E_BUSY : karto_os_error(errno);
    close(file);
    return err;
}

enum karto_err karto_os_lock(const char *path, int *lock)
{
    return lock_file(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), lock);
}

enum karto_err karto_os_lock_dir(const char *dir, int *lock)
{
    return lock_file(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), lock);
}

void karto_os_unlock(int lock)
{
    close(lock);
}
