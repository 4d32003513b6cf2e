/* slice.h - bytes that somebody else owns. A slice is valid as long as what it points into: an arena, a buffer that
 * does not grow, or a store's transaction. {NULL, 0} is the empty slice. */
#ifndef KARTO_BASE_SLICE_H
#define KARTO_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct karto_slice {
    const uint8_t *data;
    size_t size;
};

static inline struct karto_slice karto_slice(const void *data, size_t size)
{
    return (struct karto_slice){data, size};
}

struct karto_slice karto_slice_str(const char *text); /* without its 0; NULL is empty */

static inline bool karto_slice_equal(struct karto_slice a, struct karto_slice b)
{
    return a.size == b.size && (a.data == b.data || a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool karto_slice_is(struct karto_slice a, const char *text);
bool karto_slice_begins(struct karto_slice a, struct karto_slice prefix); /* so; the empty prefix begins all */

/* Byte order, a prefix before what it begins: < 0, 0, > 0. */
int karto_slice_compare(struct karto_slice a, struct karto_slice b);

#endif
