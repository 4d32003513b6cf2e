/* value.h - what a register can hold. A value travels, is stored and is compared as its encoding: one MessagePack
 * element in its shortest form, so equal values are equal bytes, and a type of a newer version is passed on as it came.
 *
 *   nil            cleared                       ext 1  money: 3 letters of ISO 4217, then minor units as an integer
 *   str            text                          ext 2  date: days since 1970-01-01 as an integer
 *   int            integer                       ext 3  instant: UTC milliseconds since 1970 as an integer
 *   bool                                         ext 4  reference: 16 bytes of a record id
 *                                                ext 5  enum: the name of the choice
 *   other ext      of a newer version            ext 6  tuple: its elements' encodings, one behind the other
 */
#ifndef KARTO_MODEL_VALUE_H
#define KARTO_MODEL_VALUE_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/model/id.h"

enum karto_type {
    KARTO_NIL,
    KARTO_TEXT,
    KARTO_INTEGER,
    KARTO_BOOL,
    KARTO_MONEY,
    KARTO_DATE,
    KARTO_INSTANT,
    KARTO_REFERENCE,
    KARTO_ENUM,
    KARTO_TUPLE,
    KARTO_UNKNOWN, /* of a newer version */
};

struct karto_value {
    enum karto_type type;
    struct karto_slice text; /* TEXT, ENUM: UTF-8. TUPLE: the elements' encodings. UNKNOWN: all of it */
    int64_t integer;         /* INTEGER; BOOL 0 or 1; MONEY in minor units; DATE in days; INSTANT in milliseconds */
    char currency[4];        /* MONEY */
    struct karto_rid rid;    /* REFERENCE */
};

struct karto_value karto_value_nil(void);
struct karto_value karto_value_text(struct karto_slice utf8);
struct karto_value karto_value_integer(int64_t v);
struct karto_value karto_value_bool(bool v);
struct karto_value karto_value_money(int64_t minor, const char currency[4]);
struct karto_value karto_value_date(int64_t days);
struct karto_value karto_value_instant(int64_t ms);
struct karto_value karto_value_reference(struct karto_rid rid);
struct karto_value karto_value_enum(struct karto_slice name);

void karto_value_encode(struct karto_value value, struct karto_buf *out);
struct karto_slice karto_value_bytes(struct karto_arena *arena,
                                     struct karto_value value); /* its encoding, in the arena */

/* Decodes one element and nothing behind it. KARTO_E_CORRUPT: not a value. text points into bytes. */
KARTO_CHECKED enum karto_err karto_value_decode(struct karto_slice bytes, struct karto_value *value);

/* The text of a value that was decoded before, as those of a record were; empty: it is none, or of another type. */
struct karto_slice karto_value_text_of(struct karto_slice bytes);

/* A tuple of count encoded values, as an encoding; and back, at most max of them. */
struct karto_slice karto_tuple_bytes(struct karto_arena *arena, const struct karto_slice *elements, uint32_t count);
KARTO_CHECKED enum karto_err karto_tuple_decode(struct karto_value tuple, struct karto_slice *elements, uint32_t max,
                                                uint32_t *count);

bool karto_value_is_nil(struct karto_slice bytes); /* cleared, or no value at all */

/* Dates: days since 1970-01-01 of the proleptic Gregorian calendar, years 1 to 9999. */
#define KARTO_DATE_MIN (-719162LL) /* 0001-01-01, which also stands for "from the beginning" in a timeline */
#define KARTO_DATE_MAX 2932896LL   /* 9999-12-31 */
bool karto_date_make(int year, int month, int day, int64_t *days); /* false: no such day */
void karto_date_split(int64_t days, int *year, int *month, int *day);

#endif
