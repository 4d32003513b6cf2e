/* in_use.h - the territories, or the managers, that clients and devices have: whether a typed one is among them, and
 * which may have been meant. Looks at every client, so it is for a doubt. */
#ifndef KARTO_CLIENT_IN_USE_H
#define KARTO_CLIENT_IN_USE_H

#include "client/cli.h"
#include "core/store/store.h"

enum { KARTO_IN_USE_MAX = 1000 }; /* that are kept to be offered: nobody reads more */

struct karto_used_name {
    struct karto_slice name;
    uint64_t clients; /* that have it on the day */
};

struct karto_in_use {
    bool has; /* the one that was typed is among them, at whatever time */
    struct karto_used_name *names;
    uint32_t count;
    struct karto_arena arena; /* holds them */
};

/* Of KARTO_F_TERRITORY or KARTO_F_MANAGER; hidden clients too. What fini gives back is there after an error too. */
KARTO_CHECKED enum karto_err karto_in_use_read(struct karto_in_use *in_use, struct karto_tx *tx, uint32_t field,
                                               int64_t day, struct karto_slice typed);
void karto_in_use_fini(struct karto_in_use *in_use);

/* Adds to the candidates of cli->problem those that are near to what was typed, or, where none is, those that most
 * clients have. */
void karto_in_use_offer(const struct karto_in_use *in_use, struct karto_cli *cli, struct karto_slice typed);

#endif
