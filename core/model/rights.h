/* rights.h - who may write what and where: the same rules on the device, to tell its user at once, and on the hub,
 * which decides. */
#ifndef KARTO_MODEL_RIGHTS_H
#define KARTO_MODEL_RIGHTS_H

#include "core/model/role.h"

/* What everybody has: the home of devices' records. */
#define KARTO_EVERYBODY "*"

struct karto_rights {
    const struct karto_role *role;         /* NULL: none */
    const struct karto_slice *territories; /* of a role that is not everywhere */
    uint32_t territory_count;
};

/* Leaves each of some territories once, in the order in which they came first; how many are left. What is named twice
 * would be counted twice in digests. */
uint32_t karto_territories_once(struct karto_slice *territories, uint32_t count);

/* Whether what lies in this territory may be had, of whatever kind. */
bool karto_rights_cover(const struct karto_rights *rights, struct karto_slice home);

/* Whether a record of this kind and territory may be held, or some of its fields. */
bool karto_rights_hold(const struct karto_rights *rights, uint32_t kind, struct karto_slice home);

/* Whether this field may be written; is_new: of a record that is being made, of which a client's maker also says where
 * it lies and who serves it. */
bool karto_rights_write(const struct karto_rights *rights, uint32_t kind, uint32_t field, bool is_new);

/* Whether the change may be made. is_new: there is no such record yet. KARTO_E_NOT_PERMITTED; KARTO_E_INVALID: a new
 * client without a territory of the author's on that day (today, as value.h counts), or something new that hangs on
 * none. Where the record lies now is the caller's business. */
KARTO_CHECKED enum karto_err karto_rights_check(const struct karto_rights *rights, const struct karto_change *change,
                                                bool is_new, int64_t today);

#endif
