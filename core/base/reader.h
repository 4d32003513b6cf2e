/* reader.h - a bounded reader of MessagePack for bytes that nobody vouches for. It never reads past the end, never
 * allocates, and takes only the shortest form of everything, so that what is read and written again is the same bytes.
 * The first error sticks: read straight through and ask once. After an error every call gives zero, empty or false.
 *
 * A forgiving reader is for who can do without one of many things: bytes that are longer than allowed, and text that is
 * not UTF-8, it gives as they are, and says so in flaw. */
#ifndef KARTO_BASE_READER_H
#define KARTO_BASE_READER_H

#include "core/base/err.h"
#include "core/base/slice.h"

enum karto_wire_type {
    KARTO_WIRE_END, /* nothing is left, or an error */
    KARTO_WIRE_NIL,
    KARTO_WIRE_BOOL,
    KARTO_WIRE_UINT,
    KARTO_WIRE_INT, /* negative */
    KARTO_WIRE_STR,
    KARTO_WIRE_BIN,
    KARTO_WIRE_EXT,
    KARTO_WIRE_ARRAY,
};

struct karto_reader {
    const uint8_t *begin, *at, *end;
    const char *error; /* NULL, or what is wrong, in English, for logs */
    size_t error_at;   /* the byte at which, from the beginning */
    bool forgiving;    /* what is wrong inside of an element whose end is known is a flaw, and no error */
    const char *flaw;  /* the first, as error; who has dealt with it sets NULL again */
};

void karto_reader_init(struct karto_reader *reader, struct karto_slice bytes);

/* KARTO_OK when no error has happened and every byte was read; else KARTO_E_CORRUPT. */
KARTO_CHECKED enum karto_err karto_reader_end(struct karto_reader *reader);

/* Makes reader fail here, for rules that the caller knows: why must live for ever. */
void karto_reader_fail(struct karto_reader *reader, const char *why);

/* The same for what is a flaw to a forgiving reader: it goes on behind it. To any other it is an error. */
void karto_reader_flaw(struct karto_reader *reader, const char *why);

enum karto_wire_type karto_reader_peek(const struct karto_reader *reader);

bool karto_read_nil(struct karto_reader *reader); /* takes a nil if there is one, and says so; else takes nothing */
bool karto_read_bool(struct karto_reader *reader);
uint64_t karto_read_uint(struct karto_reader *reader, uint64_t max); /* more than max is an error */
int64_t karto_read_int(struct karto_reader *reader);
struct karto_slice karto_read_str(struct karto_reader *reader, size_t size_max); /* valid UTF-8 without 0 bytes */
struct karto_slice karto_read_bin(struct karto_reader *reader, size_t size_max);
struct karto_slice karto_read_ext(struct karto_reader *reader, int8_t *type, size_t size_max);

/* The number of elements that follow; never more than there are bytes left, nor than max. */
uint32_t karto_read_array(struct karto_reader *reader, uint32_t max);

/* One whole element of any type, arrays to a depth of 8 with all they hold, as bytes. Maps and floats are errors: we
 * write none. */
struct karto_slice karto_read_any(struct karto_reader *reader, size_t size_max);

/* Whether text is well-formed UTF-8 (no surrogates, no overlong forms, no 0 byte). */
bool karto_utf8_valid(struct karto_slice text);

#endif
