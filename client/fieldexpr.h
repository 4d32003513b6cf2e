/* fieldexpr.h - how an edit is written on a command line:
 *
 *     FIELD=VALUE           sets; an empty VALUE empties
 *     FIELD+=VALUE          adds to a set
 *     FIELD-=VALUE          takes away from a set
 *     FIELD@DATE=VALUE      sets a timeline from that day; DATE as in day.h
 *     FIELD.KEY=VALUE       a part of a field (address.city), or an element of a map (attr.площа); with + and - too
 *
 * FIELD is small Latin letters, digits and _, from a letter on. KEY is any text without =, @ and control characters,
 * blanks around it, and before a sign, do not count. Syntax only: which fields there are, and what they take, is the
 * schema's business. */
#ifndef KARTO_CLIENT_FIELDEXPR_H
#define KARTO_CLIENT_FIELDEXPR_H

#include "core/model/day.h"
#include "client/problem.h"

enum { KARTO_FIELD_NAME_SIZE_MAX = 64 }; /* bytes of FIELD; KEY takes KARTO_KEY_SIZE_MAX of limits.h */

enum karto_field_op { KARTO_FIELD_SET, KARTO_FIELD_ADD, KARTO_FIELD_REMOVE };

/* Slices of the text that was parsed. */
struct karto_fieldexpr {
    struct karto_slice name;  /* all of it as typed: "address.city", which the schema may know by this name */
    struct karto_slice field; /* up to the first dot */
    struct karto_slice key;   /* behind it; empty when there is none */
    enum karto_field_op op;
    bool has_date;
    int64_t date; /* days, as value.h counts them */
    struct karto_slice value;
};

struct karto_fieldexpr_error {
    enum karto_message message;
    size_t at; /* the byte of the text where it is */
};

/* KARTO_E_USAGE: error says what and where. */
KARTO_CHECKED enum karto_err karto_fieldexpr_parse(struct karto_slice text, struct karto_fieldexpr *expr,
                                                   struct karto_fieldexpr_error *error);

/* Puts error into problem, with the text and a mark below the place. Returns KARTO_E_USAGE. */
enum karto_err karto_fieldexpr_explain(struct karto_slice text, const struct karto_fieldexpr_error *error,
                                       enum karto_lang lang, struct karto_problem *problem);

#endif
