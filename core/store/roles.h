/* roles.h - the roles that a hub gives: those that everybody has, and those that an enterprise has made or made anew
 * under a name that there is. Rows of meta, "role.NAME": the text. A device has its own with its rights; what it was
 * given stays what it was until somebody is told otherwise. */
#ifndef KARTO_STORE_ROLES_H
#define KARTO_STORE_ROLES_H

#include "core/model/rights.h"
#include "core/store/store.h"

/* In the arena of tx, or for ever. KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_find_role(struct karto_tx *tx, struct karto_slice name,
                                             const struct karto_role **role);

/* Gives rights their role as it is now: somebody may have made it anew since they were written down. One that is not
 * there any more stays as it was. */
KARTO_CHECKED enum karto_err karto_renew_role(struct karto_tx *tx, struct karto_rights *rights);

/* Each once: those that everybody has, in the order of their numbers, then the others by their names. An error of visit
 * ends the walk and comes back. A row that is no role is left out, for check to name. */
typedef enum karto_err karto_role_visit(struct karto_tx *tx, const struct karto_role *role, void *context);
KARTO_CHECKED enum karto_err karto_each_role(struct karto_tx *tx, karto_role_visit *visit, void *context);

/* Whether a row of meta is one of a role, and which; NULL: it is damaged. */
bool karto_is_role_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice row,
                       const struct karto_role **role);

/* Keeps a role that karto_role_parse has let pass, also in place of a damaged row, and gives it to each device that has
 * one of its name and has it otherwise. KARTO_E_USAGE: it is the administrator's, which has everything; KARTO_E_LIMIT:
 * there is no room for another name (KARTO_ROLES_MAX). */
struct karto_role_kept {
    bool changed;     /* else it was so already, here and for every device */
    uint32_t devices; /* that have it from now on as it is now */
    uint32_t nowhere; /* of these: it is for territories, and they have none */
};

KARTO_CHECKED enum karto_err karto_keep_role(struct karto_tx *tx, const struct karto_role *role,
                                             struct karto_role_kept *kept);

#endif
