/* deflate.h - the only user of zlib: bodies as zlib streams (RFC 1950), bounded in both directions. */
#ifndef KARTO_PROTO_DEFLATE_H
#define KARTO_PROTO_DEFLATE_H

#include "core/base/buf.h"
#include "core/base/err.h"

enum {
    KARTO_DICTIONARY_BODY_MAX = 10 * 1024, /* bytes of a body up to which the preset dictionary is used: it saves
                                              most of a few kilobytes, and nothing of many */
};

/* The preset dictionary, version 1. Both sides know it; its Adler-32 in the stream names it. Never to be changed:
 * another one gets another name. */
struct karto_slice karto_dictionary(void);

/* Adds body to out, deflated, and tells whether the dictionary was used. False, with out as it was: that would not be
 * smaller. */
bool karto_deflate(struct karto_slice body, struct karto_buf *out, bool *dictionary);

/* Inflates bytes into exactly size bytes of out. KARTO_E_PROTOCOL: damaged, longer or shorter than that, bytes behind
 * the end, another dictionary than ours, or one used where dictionary is false or not used where it is true. */
KARTO_CHECKED enum karto_err karto_inflate(struct karto_slice bytes, bool dictionary, uint8_t *out, size_t size);

/* Whether size bytes can come of deflated ones at all (deflate reaches 1032 : 1): asked before memory is taken for
 * them. */
bool karto_inflate_possible(size_t deflated, size_t size);

#endif
