/* os_posix.h - the real clock, randomness, files and locks. Only core/base/os_*.c know the operating system beyond C11
 * and POSIX files. Paths are UTF-8. Errors leave errno for the message. */
#ifndef KARTO_BASE_OS_POSIX_H
#define KARTO_BASE_OS_POSIX_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/sys.h"

/* The clock, the kernel's random numbers, and days in the process's time zone (TZ). Lives for ever. */
const struct karto_sys *karto_os_sys(void);

int64_t karto_os_monotonic_ms(void);

/* Makes dir (0700) and its parents, as needed; fine if it is there. */
KARTO_CHECKED enum karto_err karto_os_make_dir(const char *dir);

/* Appends, with a 0 behind it, the path of dir, or of the nearest directory above it that is there. */
void karto_os_nearest(const char *dir, struct karto_buf *out);

/* KARTO_E_NO_STORE: no such directory. KARTO_E_EXPOSED: others than the owner may read or write it, or it is not ours.
 * KARTO_E_NETWORK_FS: NFS, SMB, 9P, FUSE over a network... */
KARTO_CHECKED enum karto_err karto_os_check_dir(const char *dir);

/* Whether a directory that is there lies on a file system over a network. */
bool karto_os_is_network_fs(const char *dir);

/* Whether a file of this path lies, or would lie, in dir or below it, whatever links lead there. */
bool karto_os_is_within(const char *path, const char *dir);

/* Whether others than the owner have any right to this file. */
bool karto_os_exposed(const char *path);

/* Whether a file belongs to another user: his number. Nothing is another's for root. */
bool karto_os_is_others(const char *path, uint32_t *owner);

/* Which file this is, for as long as it is not copied: two files on one disk are never the same one. */
struct karto_os_file_id {
    uint64_t inode;
    int64_t born_ns; /* since 1970; 0: the file system does not know */
};

KARTO_CHECKED enum karto_err karto_os_file_id(int file, struct karto_os_file_id *id);

/* The whole file, behind what out already holds: at most size_max bytes (more: KARTO_E_LIMIT). KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_os_read_file(const char *path, size_t size_max, struct karto_buf *out);

/* Writes a new file beside path, syncs it, renames it over path and syncs the directory: either the old or the new,
 * whole. */
KARTO_CHECKED enum karto_err karto_os_write_file(const char *path, struct karto_slice bytes, unsigned mode);

/* A new file with the bytes of another, synced; its directory is not. KARTO_E_EXISTS, KARTO_E_NOT_FOUND. After an error
 * there is none. */
KARTO_CHECKED enum karto_err karto_os_copy_file(const char *from, const char *to, unsigned mode);

/* What stands in a file, from the disk rather than from memory where the system lets go of that, in blocks of 1 MiB of
 * which only the last is shorter. An error of visit ends it and comes back. */
enum { KARTO_OS_BLOCK = 1 << 20 };
typedef enum karto_err karto_os_block(void *context, struct karto_slice block);
KARTO_CHECKED enum karto_err karto_os_read_blocks(const char *path, karto_os_block *visit, void *context);

/* That names which were added to a directory, changed or removed are on disk. */
KARTO_CHECKED enum karto_err karto_os_sync_dir(const char *dir);

/* An exclusive advisory lock on a file, made if needed; given back by unlock or when the process ends. KARTO_E_BUSY:
 * somebody has it. *lock is a descriptor. */
KARTO_CHECKED enum karto_err karto_os_lock(const char *path, int *lock);
KARTO_CHECKED enum karto_err karto_os_lock_dir(const char *dir, int *lock); /* the same of a directory that is there */
void karto_os_unlock(int lock);

enum karto_err karto_os_error(int number); /* errno as one of ours */

#endif
