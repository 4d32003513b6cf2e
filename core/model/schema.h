/* schema.h - which kinds of records there are and which fields they have. Numbers are for ever: never changed, never
 * used again. What is not in these tables (a newer version's) is kept and passed on; it merges all the same, because
 * merging needs no schema. */
#ifndef KARTO_MODEL_SCHEMA_H
#define KARTO_MODEL_SCHEMA_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/value.h"

enum karto_kind {
    KARTO_CLIENT = 1,
    KARTO_PERSON = 2,
    KARTO_ACTIVITY = 3,
    KARTO_PURCHASE = 4,
    KARTO_DEVICE = 16, /* a laptop or hub: everybody has these, so that every head can be named */
};

/* Fields that mean the same in every kind. */
enum karto_field_number {
    KARTO_F_HIDDEN = 1,    /* tuple (bool, reason) */
    KARTO_F_TERRITORY = 2, /* timeline of texts; decides who may hold the record */
    KARTO_F_CLIENT = 3,    /* reference: what this hangs on, and follows */
    KARTO_F_MERGED = 4,    /* reference to the record that this one is a duplicate of */
    KARTO_F_NAME = 16,
    KARTO_F_MANAGER = 17,
    KARTO_F_EDRPOU = 18,
    KARTO_F_EXTERNAL_ID = 19,
    KARTO_F_PHONE = 20,
    KARTO_F_EMAIL = 21,
    KARTO_F_DATE = 37,   /* of an activity or a purchase: the day of it */
    KARTO_F_NUMBER = 72, /* of a purchase, like those to STATUS */
    KARTO_F_LINES = 73,
    KARTO_F_TOTAL = 74,
    KARTO_F_STATUS = 75,
    KARTO_F_NODE = 100, /* of a device: set of node ids */
    KARTO_F_USER = 101,
};

enum karto_shape {
    KARTO_SCALAR,   /* one register with an empty key */
    KARTO_SET,      /* a register for each element, keyed by its normal form; value: the element as typed */
    KARTO_MAP,      /* a register for each key, which is UTF-8 text */
    KARTO_TIMELINE, /* a register for each effective date, keyed by karto_date_key */
};

/* Which writings of a value are the same: for a set's keys, and for whether two heads are a conflict. */
enum karto_normal {
    KARTO_AS_IS,
    KARTO_N_TEXT,
    KARTO_N_PHONE,
    KARTO_N_EMAIL,
    KARTO_N_SITE,
    KARTO_N_EDRPOU,
    KARTO_N_IBAN,
    KARTO_N_FIRST, /* of a tuple, its first element: two hides with different reasons are the same */
};

struct karto_field_def {
    uint32_t number;
    const char *name; /* English, as on the command line: "address.city" */
    enum karto_shape shape;
    enum karto_type type; /* of the value; of a tuple's elements, see parts */
    enum karto_normal normal;
    const char *const *choices;          /* of an enum, NULL-terminated */
    const struct karto_field_def *parts; /* of a tuple, ended by a name of NULL */
};

struct karto_kind_def {
    enum karto_kind number;
    const char *name;
    const struct karto_field_def *fields; /* ended by a name of NULL */
};

/* NULL: unknown here. The answers live for ever. */
const struct karto_kind_def *karto_kind(uint32_t number);
const struct karto_kind_def *karto_kind_named(struct karto_slice name);
const struct karto_kind_def *const *karto_kinds(void); /* all, ended by NULL */
const struct karto_field_def *karto_field_def(uint32_t kind, uint32_t number);
/* The same, for many in the order of the table, as nearly always: looked for behind the last one, or NULL, first. */
const struct karto_field_def *karto_field_def_behind(const struct karto_field_def *last, uint32_t kind,
                                                     uint32_t number);
const struct karto_field_def *karto_field_named(uint32_t kind, struct karto_slice name);

/* The normal form of an encoded value: equal normal forms are the same value. def may be NULL (as it is). */
struct karto_slice karto_normal(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice value);

/* The key of a set's element or, for text, its normal form as bytes. */
struct karto_slice karto_set_key(struct karto_arena *arena, const struct karto_field_def *def,
                                 struct karto_slice value);

/* The key of an effective date: 4 bytes whose order is the dates'. */
struct karto_slice karto_date_key(struct karto_arena *arena, int64_t days);
bool karto_date_of_key(struct karto_slice key, int64_t *days); /* false: not such a key */

/* Whether a hub or an editor may take this register of a field, of which def is the definition: known fields must have
 * the right key and type; unknown ones (NULL) pass. KARTO_E_INVALID, KARTO_E_LIMIT. An empty value (removal) is for
 * sets only. */
KARTO_CHECKED enum karto_err karto_schema_check(const struct karto_field_def *def, uint32_t field,
                                                struct karto_slice key, struct karto_slice value);

#endif
