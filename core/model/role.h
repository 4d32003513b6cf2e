/* role.h - what the users of a role may have and write: of which kinds of records, and which of their fields, and
 * whether wherever they lie or in territories of their own. What a role may not have is left out of all that its
 * laptops get, and is not there; so whoever may write a field may read it.
 *
 * What a newer program adds, fields or kinds, is for the roles that have everything but some. */
#ifndef KARTO_MODEL_ROLE_H
#define KARTO_MODEL_ROLE_H

#include "core/model/change.h"

/* Those that everybody has. Numbers are for ever: stores and messages have them. */
enum karto_role_number {
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

struct karto_role {
    uint32_t number;         /* 0: one that an enterprise has made */
    struct karto_slice text; /* as role_text.h prints it */
    const char *name;
    bool everywhere;                  /* else: in the territories that a user was given */
    const struct karto_grant *grants; /* each kind once, 0 last */
    uint32_t grant_count;
};

/* One that everybody has; NULL: there is none. Lives for ever. */
const struct karto_role *karto_role(uint32_t number);
const struct karto_role *karto_role_named(struct karto_slice name);

/* Whether two roles are the same, in all that they may. */
bool karto_role_equal(const struct karto_role *a, const struct karto_role *b);

/* Of no role (NULL): it has no name, and nothing. */
const char *karto_role_name(const struct karto_role *role);
bool karto_role_is_everywhere(const struct karto_role *role);

/* Whether all is his, wherever it lies: what such a laptop says of others' work is believed. */
bool karto_role_is_head_office(const struct karto_role *role);

bool karto_role_has(const struct karto_role *role, uint32_t kind); /* any of it */
bool karto_role_has_whole(const struct karto_role *role, uint32_t kind);
bool karto_role_reads(const struct karto_role *role, uint32_t kind, uint32_t field);
bool karto_role_writes(const struct karto_role *role, uint32_t kind, uint32_t field);
bool karto_role_makes(const struct karto_role *role, uint32_t kind);

/* ---- parts: what a role may have of it ---- */

/* Without the other fields. The record shares what is left with the part. */
struct karto_record karto_record_part(struct karto_arena *arena, const struct karto_role *role,
                                      const struct karto_record *record);

/* Without what it does to the other fields, and without what its author saw of them. false: nothing is left. */
bool karto_change_part(struct karto_arena *arena, const struct karto_role *role, const struct karto_change *change,
                       struct karto_change *part);

#endif
