/* user_row.h - the people of head office, as their laptops and invitations tell of them. */
#ifndef KARTO_CLIENT_USER_ROW_H
#define KARTO_CLIENT_USER_ROW_H

#include "client/cli.h"
#include "core/store/hub.h"

struct karto_user_row {
    struct karto_slice user;
    const char **roles; /* those of his admitted laptops, each once */
    uint32_t role_count;
    bool head_office;                /* one of them has everything */
    struct karto_slice *territories; /* and their territories, each once */
    uint32_t territory_count;
    uint64_t devices, claimed, revoked; /* admitted; still to be admitted; turned out, for whatever reason */
    int64_t seen_ms;                    /* when one of them said hello last; 0: never */
    uint64_t unsent;                    /* what those that are not turned out had to send, as each last said */
    uint64_t invitations;               /* by which somebody could still join as him */
};

struct karto_users {
    struct karto_user_row *rows; /* ascending by name */
    uint32_t count;
    struct karto_arena arena; /* holds them */
};

/* Everybody who has a laptop or an invitation. What fini gives back is there after an error too. */
KARTO_CHECKED enum karto_err karto_users_read(struct karto_users *users, struct karto_tx *tx);
void karto_users_fini(struct karto_users *users);

/* Whom text names: exactly, or, where that is one alone, whatever its case. KARTO_E_NOT_FOUND, KARTO_E_AMBIGUOUS with
 * those it could be: both in cli->problem. */
KARTO_CHECKED enum karto_err karto_users_pick(const struct karto_users *users, struct karto_cli *cli, const char *text,
                                              const struct karto_user_row **row);

/* What can be a column of it. */
enum { KARTO_USER_COLUMNS = 9 };
extern const struct karto_column karto_user_columns[KARTO_USER_COLUMNS];

/* Prints its keys into the object that is open. */
void karto_user_row_show(struct karto_out *out, const struct karto_user_row *row);

#endif
