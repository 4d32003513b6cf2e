#include "core/base/slice.h"

#include <string.h>

struct karto_slice karto_slice_str(const char *text)
{
    return karto_slice(text, text ? strlen(text) : 0);
}

bool karto_slice_is(struct karto_slice a, const char *text)
{
    return karto_slice_equal(a, karto_slice_str(text));
}

bool karto_slice_begins(struct karto_slice a, struct karto_slice prefix)
{
    return a.size >= prefix.size && karto_slice_equal(karto_slice(a.data, prefix.size), prefix);
}

int karto_slice_compare(struct karto_slice a, struct karto_slice b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}
