#define _GNU_SOURCE
#include "tests/sim/disk.h"

#include "tests/crash/dice.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SECTOR = 512, PATH = 256 };

/* A part of the file. */
struct span {
    uint64_t offset;
    size_t size;
    uint8_t *bytes;
};

struct disk {
    struct disk *next;
    char path[PATH];
    dev_t device;
    ino_t inode;
    struct dice dice;
    struct span kept; /* what is on it for sure: the whole file, from its beginning */
    size_t kept_room;
    struct span *unsynced; /* written, in this order */
    unsigned unsynced_count, unsynced_room;
    enum disk_fault armed;
    unsigned countdown;
    struct disk_news news;
};

static struct disk *disks;

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

_Noreturn static void fail(const char *path)
{
    perror(path);
    abort();
}

/* ---- the calls of the C library ---- */

/* The next function of that name behind ours. */
static void find_real(const char *name, void *function)
{
    void *found = must(dlsym(RTLD_NEXT, name));
    memcpy(function, &found, sizeof found); /* C knows no other way from a pointer to data to one to a function */
}

#define REAL(name, type, ...)                                                                                          \
    static type (*real)(__VA_ARGS__);                                                                                  \
    if (!real)                                                                                                         \
    find_real(name, &real)

static ssize_t real_pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    REAL("pwrite", ssize_t, int, const void *, size_t, off_t);
    return real(file, bytes, size, offset);
}

static ssize_t real_write(int file, const void *bytes, size_t size)
{
    REAL("write", ssize_t, int, const void *, size_t);
    return real(file, bytes, size);
}

static ssize_t real_writev(int file, const struct iovec *parts, int count)
{
    REAL("writev", ssize_t, int, const struct iovec *, int);
    return real(file, parts, count);
}

static ssize_t real_pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
    REAL("pwritev", ssize_t, int, const struct iovec *, int, off_t);
    return real(file, parts, count, offset);
}

static int real_fdatasync(int file)
{
    REAL("fdatasync", int, int);
    return real(file);
}

static int real_fsync(int file)
{
    REAL("fsync", int, int);
    return real(file);
}

static int real_fstatvfs(int file, struct statvfs *info)
{
    REAL("fstatvfs", int, int, struct statvfs *);
    return real(file, info);
}

/* ---- what is on the disk ---- */

static void keep(struct disk *disk, const struct span *span)
{
    size_t end = (size_t)span->offset + span->size;
    if (end > disk->kept_room) {
        disk->kept_room = 2 * end;
        disk->kept.bytes = must(realloc(disk->kept.bytes, disk->kept_room));
    }
    if (span->offset > disk->kept.size)
        memset(disk->kept.bytes + disk->kept.size, 0, (size_t)span->offset - disk->kept.size);
    if (end > disk->kept.size)
        disk->kept.size = end;
    memcpy(disk->kept.bytes + span->offset, span->bytes, span->size);
}

static void forget_unsynced(struct disk *disk)
{
    for (unsigned i = 0; i < disk->unsynced_count; i++)
        free(disk->unsynced[i].bytes);
    disk->unsynced_count = 0;
}

static void sync_all(struct disk *disk)
{
    for (unsigned i = 0; i < disk->unsynced_count; i++)
        keep(disk, &disk->unsynced[i]);
    forget_unsynced(disk);
}

static bool overlap(const struct span *a, const struct span *b)
{
    return a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

/* A write that is synced by itself, and with it what was written there before. */
static void keep_now(struct disk *disk, const struct span *span)
{
    unsigned left = 0;
    for (unsigned i = 0; i < disk->unsynced_count; i++) {
        struct span before = disk->unsynced[i];
        if (!overlap(&before, span)) {
            disk->unsynced[left++] = before;
            continue;
        }
        keep(disk, &before);
        free(before.bytes);
    }
    disk->unsynced_count = left;
    keep(disk, span);
}

static void note_unsynced(struct disk *disk, const struct span *written)
{
    if (disk->unsynced_count == disk->unsynced_room) {
        disk->unsynced_room = disk->unsynced_room ? 2 * disk->unsynced_room : 64;
        disk->unsynced = must(realloc(disk->unsynced, disk->unsynced_room * sizeof *disk->unsynced));
    }
    struct span *span = &disk->unsynced[disk->unsynced_count++];
    *span = (struct span){written->offset, written->size, must(malloc(written->size + 1))};
    memcpy(span->bytes, written->bytes, written->size);
}

/* Some of its sectors: most often all or none. */
static void keep_some(struct disk *disk, const struct span *span)
{
    unsigned sectors = 0, kept = 0, dice = dice_below(&disk->dice, 10);
    for (uint64_t at = span->offset, end = span->offset + span->size; at < end; sectors++) {
        uint64_t next = at / SECTOR * SECTOR + SECTOR;
        struct span part = {at, (size_t)((next < end ? next : end) - at), span->bytes + (at - span->offset)};
        if (dice < 4 || (dice < 7 && dice_below(&disk->dice, 2) == 0)) {
            keep(disk, &part);
            kept++;
        }
        at = next;
    }
    disk->news.lost += kept == 0;
    disk->news.torn += kept > 0 && kept < sectors;
}

/* The power is gone: of what was not synced anything may be there, whichever was written first. */
static void lose(struct disk *disk)
{
    disk->news.unsynced = disk->unsynced_count;
    for (unsigned left = disk->unsynced_count; left > 0; left--) {
        unsigned any = dice_below(&disk->dice, left);
        struct span span = disk->unsynced[any];
        keep_some(disk, &span);
        disk->unsynced[any] = disk->unsynced[left - 1];
        disk->unsynced[left - 1] = span;
    }
    forget_unsynced(disk);
}

static void write_file(const struct disk *disk)
{
    int file = open(disk->path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (file < 0 || real_pwrite(file, disk->kept.bytes, disk->kept.size, 0) != (ssize_t)disk->kept.size ||
        close(file) != 0)
        fail(disk->path);
}

void disk_take_over(struct disk *disk)
{
    struct stat info;
    int file = open(disk->path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &info) != 0)
        fail(disk->path);
    disk->device = info.st_dev;
    disk->inode = info.st_ino;
    forget_unsynced(disk);
    struct span whole = {0, (size_t)info.st_size, must(malloc((size_t)info.st_size + 1))};
    if (pread(file, whole.bytes, whole.size, 0) != (ssize_t)whole.size)
        fail(disk->path);
    disk->kept.size = 0;
    keep(disk, &whole);
    free(whole.bytes);
    close(file);
}

struct disk *disk_new(const char *path, uint64_t seed)
{
    struct disk *disk = must(calloc(1, sizeof *disk));
    snprintf(disk->path, sizeof disk->path, "%s", path);
    disk->dice.state = seed;
    disk_take_over(disk);
    disk->next = disks;
    disks = disk;
    return disk;
}

void disk_free(struct disk *disk)
{
    struct disk **link = &disks;
    if (!disk)
        return;
    while (*link != disk)
        link = &(*link)->next;
    *link = disk->next;
    forget_unsynced(disk);
    free(disk->unsynced);
    free(disk->kept.bytes);
    free(disk);
}

/* ---- faults ---- */

void disk_arm(struct disk *disk, enum disk_fault fault, unsigned nth)
{
    disk->armed = fault;
    disk->countdown = nth;
    disk->news = (struct disk_news){.fault = DISK_FINE};
}

enum disk_fault disk_met(const struct disk *disk)
{
    return disk->news.fault;
}

void disk_repair(struct disk *disk, struct disk_news *news)
{
    if (disk->news.fault == DISK_CUT) {
        lose(disk);
        write_file(disk);
    }
    *news = disk->news;
    disk_arm(disk, DISK_FINE, 0);
}

/* Whether the next write or sync meets the fault. */
static enum disk_fault fault_now(struct disk *disk, bool sync, bool meta)
{
    if (disk->news.fault == DISK_CUT || (disk->news.fault == DISK_FULL && !sync))
        return disk->news.fault;
    if (disk->armed == DISK_FINE || disk->news.fault != DISK_FINE)
        return DISK_FINE;
    if (disk->countdown > 1) {
        disk->countdown--;
        return DISK_FINE;
    }
    if ((disk->armed == DISK_BAD_SYNC && !sync) || (disk->armed == DISK_FULL && sync))
        return DISK_FINE;
    disk->news.fault = disk->armed;
    disk->news.meta = meta;
    return disk->armed;
}

/* ---- the calls of the program ---- */

static struct disk *disk_of(int file)
{
    struct stat info;
    if (!disks || fstat(file, &info) != 0)
        return NULL;
    for (struct disk *disk = disks; disk; disk = disk->next)
        if (disk->inode == info.st_ino && disk->device == info.st_dev)
            return disk;
    return NULL;
}

/* A descriptor of LMDB's by which each write is synced. */
static bool is_synced(int file)
{
    return fcntl(file, F_GETFL) & O_DSYNC;
}

static ssize_t refuse(int number)
{
    errno = number;
    return -1;
}

static ssize_t disk_write(struct disk *disk, int file, const void *bytes, size_t size, off_t offset)
{
    bool first = disk->news.fault == DISK_FINE;
    enum disk_fault fault = fault_now(disk, false, is_synced(file));
    if (fault == DISK_CUT && first) { /* it was under way */
        struct span span = {(uint64_t)offset, size, (uint8_t *)(uintptr_t)bytes};
        note_unsynced(disk, &span);
    }
    if (fault == DISK_CUT)
        return refuse(EIO);
    if (fault == DISK_FULL) {
        size = first && size > SECTOR && dice_below(&disk->dice, 2) ? size / 2 : 0;
        if (size == 0)
            return refuse(ENOSPC);
    }
    ssize_t written = real_pwrite(file, bytes, size, offset);
    struct span span = {(uint64_t)offset, written > 0 ? (size_t)written : 0, (uint8_t *)(uintptr_t)bytes};
    if (written > 0 && is_synced(file))
        keep_now(disk, &span);
    else if (written > 0)
        note_unsynced(disk, &span);
    return written;
}

static int disk_sync(struct disk *disk)
{
    enum disk_fault fault = fault_now(disk, true, false);
    if (fault == DISK_FINE)
        sync_all(disk);
    if (fault == DISK_BAD_SYNC)
        forget_unsynced(disk);
    return fault == DISK_FINE ? 0 : (int)refuse(EIO);
}

/* As one write: the parts lie behind one another. */
static ssize_t disk_write_parts(struct disk *disk, int file, const struct iovec *parts, int count, off_t offset)
{
    size_t size = 0, at = 0;
    for (int i = 0; i < count; i++)
        size += parts[i].iov_len;
    uint8_t *bytes = must(malloc(size + 1));
    for (int i = 0; i < count; at += parts[i++].iov_len)
        memcpy(bytes + at, parts[i].iov_base, parts[i].iov_len);
    ssize_t written = disk_write(disk, file, bytes, size, offset);
    free(bytes);
    return written;
}

/* Where the next write without an offset goes; and on from there. */
static off_t place_of(int file)
{
    return lseek(file, 0, SEEK_CUR);
}

static ssize_t step_on(int file, ssize_t written)
{
    if (written > 0)
        (void)lseek(file, written, SEEK_CUR);
    return written;
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    struct disk *disk = disk_of(file);
    return disk ? disk_write(disk, file, bytes, size, offset) : real_pwrite(file, bytes, size, offset);
}

ssize_t write(int file, const void *bytes, size_t size)
{
    struct disk *disk = disk_of(file);
    return disk ? step_on(file, disk_write(disk, file, bytes, size, place_of(file))) : real_write(file, bytes, size);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    struct disk *disk = disk_of(file);
    return disk ? step_on(file, disk_write_parts(disk, file, parts, count, place_of(file)))
                : real_writev(file, parts, count);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
    struct disk *disk = disk_of(file);
    return disk ? disk_write_parts(disk, file, parts, count, offset) : real_pwritev(file, parts, count, offset);
}

int fdatasync(int file)
{
    struct disk *disk = disk_of(file);
    return disk ? disk_sync(disk) : real_fdatasync(file);
}

int fsync(int file)
{
    struct disk *disk = disk_of(file);
    return disk ? disk_sync(disk) : real_fsync(file);
}

/* A full disk says so when it is asked. */
int fstatvfs(int file, struct statvfs *info)
{
    struct disk *disk = disk_of(file);
    int answer = real_fstatvfs(file, info);
    if (answer == 0 && disk && disk->news.fault == DISK_FULL)
        info->f_bavail = 0;
    return answer;
}
