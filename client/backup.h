/* backup.h - a backup: a directory (0700) with a copy of a store, the keys and certificates beside it, and a list of
 * them in backup.txt, which is written last and by which it can be told whether all is there and as it was.
 * docs/FORMAT.md says what the list holds. */
#ifndef KARTO_CLIENT_BACKUP_H
#define KARTO_CLIENT_BACKUP_H

#include "core/base/limits.h"
#include "core/store/store.h"

enum { KARTO_BACKUP_FILES = 8 }; /* that a store can have, karto_backup_names */

struct karto_backup_file {
    const char *name; /* one of karto_backup_names */
    uint64_t size;    /* bytes */
    uint8_t sum[32];
};

struct karto_backup {
    int64_t made_ms;
    uint32_t format; /* of the store */
    enum karto_store_role role;
    struct karto_node node;
    uint64_t position; /* of the last entry of the store's log */
    struct karto_backup_file files[KARTO_BACKUP_FILES];
    unsigned count;
};

/* The files of a store that a backup has where they are there, data.mdb first; ended by NULL. */
extern const char *const karto_backup_names[KARTO_BACKUP_FILES + 1];

uint64_t karto_backup_size(const struct karto_backup *backup); /* bytes of all files */

/* Adds a file of dir, with its size and sum, read from the disk. */
KARTO_CHECKED enum karto_err karto_backup_add(struct karto_backup *backup, const char *dir, const char *name);

/* Whether a file of dir is the one that the list has. KARTO_E_CORRUPT: it is another, or cut. */
KARTO_CHECKED enum karto_err karto_backup_same(const struct karto_backup_file *file, const char *dir);

/* Writes the list of dir, and reads it. KARTO_E_NOT_FOUND: there is none. KARTO_E_CORRUPT: cut, or not one of ours.
 * KARTO_E_NEWER: of a later version of the list or the store. */
KARTO_CHECKED enum karto_err karto_backup_write(const struct karto_backup *backup, const char *dir);
KARTO_CHECKED enum karto_err karto_backup_read(struct karto_backup *backup, const char *dir);

#endif
