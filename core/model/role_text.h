/* role_text.h - a role as people read and write it, a line for each of what it has:
 *
 *     role accountant
 *     where everywhere                            or: territories
 *     client read hidden territory name address.*
 *     client write edrpou legal_address.*
 *     purchase read all
 *     purchase write all but territory merged
 *     purchase make
 *     other read nothing                          each kind without lines of its own
 *
 * Names of kinds and fields are those of the command line; "address.*" are all of which the name begins so. What a kind
 * has no line for, the role has not. Of other, a name means the field of each kind that has one so called. From # on a
 * line is a comment. */
#ifndef KARTO_MODEL_ROLE_TEXT_H
#define KARTO_MODEL_ROLE_TEXT_H

#include "core/model/role.h"

void karto_role_print(const struct karto_role *role, struct karto_buf *out);

enum karto_role_flaw {
    KARTO_ROLE_FINE,
    KARTO_ROLE_NO_NAME,       /* the first line is not "role NAME"; word: what stands there */
    KARTO_ROLE_BAD_NAME,      /* not a word of a-z and -, at most 32 of them */
    KARTO_ROLE_NO_WHERE,      /* "where" is missing, or is neither everywhere nor territories */
    KARTO_ROLE_UNKNOWN_KIND,  /* word */
    KARTO_ROLE_UNKNOWN_VERB,  /* word: neither read, write nor make */
    KARTO_ROLE_UNKNOWN_FIELD, /* word, of kind */
    KARTO_ROLE_NO_FIELDS,     /* the line ends where they should stand */
    KARTO_ROLE_TWICE,         /* the line says again what one above has said */
    KARTO_ROLE_WRITES_UNREAD, /* word: the field; kind */
    KARTO_ROLE_UNPLACED, /* word: a field that must be read where any of kind is: where it lies, whether it hides */
    KARTO_ROLE_MAKES_NAMELESS, /* makes records of kind, and may not write word, which every one has */
    KARTO_ROLE_HIDES_UNSEEN,   /* may hide what is of kind without reading all of it */
    KARTO_ROLE_NO_CLIENTS,     /* reads of kind, which hangs on clients, and nothing of those */
    KARTO_ROLE_EMPTY,          /* reads nothing at all */
    KARTO_ROLE_TOO_LONG,       /* as it would be printed */
};

struct karto_role_problem {
    enum karto_role_flaw flaw;
    uint32_t line;           /* from 1; 0: it is none of a line */
    struct karto_slice word; /* points into the text, or lives for ever */
    struct karto_slice kind;
};

/* Reads what a person has written, or print. In the arena; the number is 0, the text as print prints it.
 * KARTO_E_INVALID: problem says why. */
KARTO_CHECKED enum karto_err karto_role_parse(struct karto_arena *arena, struct karto_slice text,
                                              struct karto_role *role, struct karto_role_problem *problem);

/* Reads what parse has let pass once, here or in another version: kinds, fields and verbs that are not known here are
 * left out, and nothing is checked. KARTO_E_INVALID: it has no name. */
KARTO_CHECKED enum karto_err karto_role_read(struct karto_arena *arena, struct karto_slice text,
                                             struct karto_role *role);

#endif
