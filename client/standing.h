/* standing.h - the store that stands where a backup is to be restored: what would be put aside with it. */
#ifndef KARTO_CLIENT_STANDING_H
#define KARTO_CLIENT_STANDING_H

#include "client/backup.h"
#include "core/base/buf.h"

struct karto_standing {
    bool known; /* it could be read: the rest holds. A damaged one is what a backup is restored over */
    uint64_t unsent;
    struct karto_buf public_key;
};

/* Changes nothing in dir. */
void karto_standing_look(struct karto_standing *standing, const char *dir);
void karto_standing_fini(struct karto_standing *standing);

/* Whether it is known that the backup in from is of another store: its key is another. */
bool karto_standing_is_another(const struct karto_standing *standing, const struct karto_backup *backup,
                               const char *from);

#endif
