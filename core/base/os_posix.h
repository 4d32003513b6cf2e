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

/* KARTO_E_NO_STORE: no such directory. KARTO_E_EXPOSED: others than the owner may read or write it, or it is not ours.
 * KARTO_E_NETWORK_FS: NFS, SMB, 9P, FUSE over a network... */
KARTO_CHECKED enum karto_err karto_os_check_dir(const char *dir);

/* Whether a file of this path lies, or would lie, in dir or below it, whatever links lead there. */
bool karto_os_is_within(const char *path, const char *dir);

/* Whether others than the owner have any right to this file. */
bool karto_os_exposed(const char *path);

/* The whole file, behind what out already holds: at most size_max bytes (more: KARTO_E_LIMIT). KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_os_read_file(const char *path, size_t size_max, struct karto_buf *out);

/* Writes a new file beside path, syncs it, renames it over path and syncs the directory: either the old or the new,
 * whole. */
KARTO_CHECKED enum karto_err karto_os_write_file(const char *path, struct karto_slice bytes, unsigned mode);

/* An exclusive advisory lock on a file, made if needed; given back by unlock or when the process ends. KARTO_E_BUSY:
 * somebody has it. *lock is a descriptor. */
KARTO_CHECKED enum karto_err karto_os_lock(const char *path, int *lock);
KARTO_CHECKED enum karto_err karto_os_lock_dir(const char *dir, int *lock); /* the same of a directory that is there */
void karto_os_unlock(int lock);

enum karto_err karto_os_error(int number); /* errno as one of ours */

#endif
