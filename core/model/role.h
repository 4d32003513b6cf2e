/* role.h - what the users of a role may have and write: of which kinds of records, and which of their fields, and
 * whether wherever they lie or in territories of their own. What a role may not have is left out of all that its
 * laptops get, and is not there; so whoever may write a field may read it.
 *
 * What a newer program adds, fields or kinds, is for the roles that have everything but some. */
#ifndef KARTO_MODEL_ROLE_H
#define KARTO_MODEL_ROLE_H

#include "core/model/change.h"

/* Numbers are for ever: stores and messages have them. */
enum karto_role {
    KARTO_ROLE_OFFICE = 1,
    KARTO_ROLE_REPRESENTATIVE = 2,
    KARTO_ROLE_LEAD = 3,
    KARTO_ROLE_ACCOUNTANT = 4,
    KARTO_ROLE_ANALYST = 5,
    KARTO_ROLE_ADMINISTRATOR = 6,
    KARTO_ROLE_LAST = KARTO_ROLE_ADMINISTRATOR,
};

/* Some fields of a kind. */
struct karto_fields {
    bool all_but;            /* all that there are and will be, but these; else these alone */
    const uint32_t *numbers; /* ended by 0; NULL: none */
};

/* What a role may do with the records of a kind. */
struct karto_grant {
    uint32_t kind; /* 0: each that the role has no grant for */
    struct karto_fields read, write;
    bool makes; /* new records */
};

struct karto_role_def {
    enum karto_role number;
    const char *name;
    bool everywhere;                  /* else: in the territories that a user was given */
    const struct karto_grant *grants; /* each kind once, 0 last */
    uint32_t grant_count;
};

/* NULL: no such role. */
const struct karto_role_def *karto_role(uint32_t number);

const char *karto_role_name(enum karto_role role);                     /* "": no such role */
bool karto_role_named(struct karto_slice name, enum karto_role *role); /* false: no such role */

bool karto_role_is_everywhere(enum karto_role role);

/* Whether all is his, wherever it lies: what such a laptop says of others' work is believed. */
bool karto_role_is_head_office(enum karto_role role);

bool karto_role_has(enum karto_role role, uint32_t kind); /* any of it */
bool karto_role_has_whole(enum karto_role role, uint32_t kind);
bool karto_role_reads(enum karto_role role, uint32_t kind, uint32_t field);
bool karto_role_writes(enum karto_role role, uint32_t kind, uint32_t field);
bool karto_role_makes(enum karto_role role, uint32_t kind);

/* ---- parts: what a role may have of it ---- */

/* Without the other fields. The record shares what is left with the part. */
struct karto_record karto_record_part(struct karto_arena *arena, enum karto_role role,
                                      const struct karto_record *record);

/* Without what it does to the other fields, and without what its author saw of them. false: nothing is left. */
bool karto_change_part(struct karto_arena *arena, enum karto_role role, const struct karto_change *change,
                       struct karto_change *part);

#endif
