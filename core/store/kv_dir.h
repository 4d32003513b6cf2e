/* kv_dir.h - the directory of a store and the files in it, before and beside LMDB: opened once in a process, made with
 * mode 0600 whatever the umask, told from what is none of ours. */
#ifndef KARTO_STORE_KV_DIR_H
#define KARTO_STORE_KV_DIR_H

#include "core/base/err.h"

#include <sys/types.h>

/* A claim on a directory. The fields belong to kv_dir.c; all zero is no claim. It must stay where it is in memory. */
struct karto_kv_dir {
    char *path;
    dev_t device;
    ino_t inode;
    pid_t pid;
    struct karto_kv_dir *next;
};

/* KARTO_E_NO_STORE: no such directory. KARTO_E_BUSY: this process has a claim on it, perhaps by another path. Release
 * it even after an error. */
KARTO_CHECKED enum karto_err karto_kv_dir_claim(struct karto_kv_dir *dir, const char *path);
void karto_kv_dir_release(struct karto_kv_dir *dir);

/* Whether this process has made the claim, and not one that it was forked from. */
bool karto_kv_dir_ours(const struct karto_kv_dir *dir);

/* Whether there is a data file to open: KARTO_E_NO_STORE if there is none, KARTO_E_CORRUPT if it is empty. With create
 * empty files are made where needed, and all is well. */
KARTO_CHECKED enum karto_err karto_kv_dir_prepare(const struct karto_kv_dir *dir, bool create);

/* What is wrong with a directory that others own or may read: KARTO_E_EXPOSED, it has a data file; KARTO_E_NO_STORE, it
 * has none, so nothing is exposed; KARTO_E_READONLY, only they may know. */
KARTO_CHECKED enum karto_err karto_kv_dir_of_others(const char *path);

/* Why LMDB calls the data file invalid: KARTO_E_CORRUPT, it is a damaged one of LMDB's; KARTO_E_FOREIGN, it never was.
 */
KARTO_CHECKED enum karto_err karto_kv_dir_invalid(const struct karto_kv_dir *dir);

/* A new directory (0700) with an empty data file in it, open for writing as *file. KARTO_E_EXISTS. */
KARTO_CHECKED enum karto_err karto_kv_dir_make(const char *path, int *file);

/* Closes file, and makes sure that all of a directory just made is on disk; or removes it if err or that fails. */
KARTO_CHECKED enum karto_err karto_kv_dir_made(const char *path, int file, enum karto_err err);

#endif
