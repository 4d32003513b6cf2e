/* backup_dir.h - a directory in which a backup, or a store out of one, is made until it is whole and in its place. */
#ifndef KARTO_CLIENT_BACKUP_DIR_H
#define KARTO_CLIENT_BACKUP_DIR_H

#include "client/backup.h"
#include "core/store/check.h"

/* Verifies all of a store, and puts into backup what it says of itself: all but made_ms and files. KARTO_E_CORRUPT:
 * there are problems. context: struct karto_backup_look. */
struct karto_backup_look {
    struct karto_backup *backup;
    struct karto_check *check;
};
KARTO_CHECKED enum karto_err karto_backup_look(struct karto_tx *tx, void *context);

/* The same of the store in dir, opened without writing. What that makes beside the data file is gone behind it. */
KARTO_CHECKED enum karto_err karto_backup_dir_check(const char *dir, struct karto_backup *backup,
                                                    struct karto_check *check);

/* Removes dir with the files of a backup in it, and no others; fine where there is no dir. */
KARTO_CHECKED enum karto_err karto_backup_dir_discard(const char *dir);

#endif
