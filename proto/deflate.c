#include "proto/deflate.h"

#include "core/base/fatal.h"

#include <zlib.h>

enum { LEVEL = 6 };

/* zlib counts in uInt, and takes input through a pointer that is not const unless ZLIB_CONST; bodies are far below. */
static Bytef *input(struct karto_slice bytes)
{
    return (Bytef *)(uintptr_t)bytes.data;
}

static void set_deflate_dictionary(z_stream *z)
{
    struct karto_slice words = karto_dictionary();
    if (deflateSetDictionary(z, words.data, (uInt)words.size) != Z_OK)
        karto_fatal("zlib: the dictionary is refused");
}

bool karto_deflate(struct karto_slice body, struct karto_buf *out, bool *dictionary)
{
    z_stream z = {.next_in = input(body), .avail_in = (uInt)body.size};
    *dictionary = body.size <= KARTO_DICTIONARY_BODY_MAX;
    if (body.size < 2)
        return false;
    if (deflateInit(&z, LEVEL) != Z_OK)
        karto_fatal("zlib: out of memory");
    if (*dictionary)
        set_deflate_dictionary(&z);
    z.next_out = karto_buf_reserve(out, body.size - 1); /* one byte less than it is: what does not fit is not smaller */
    z.avail_out = (uInt)body.size - 1;
    bool smaller = deflate(&z, Z_FINISH) == Z_STREAM_END;
    if (smaller)
        out->size += z.total_out;
    deflateEnd(&z);
    return smaller;
}

static int inflate_all(z_stream *z, bool dictionary)
{
    int result = inflate(z, Z_FINISH);
    if ((result == Z_NEED_DICT) != dictionary)
        return Z_DATA_ERROR;
    if (!dictionary)
        return result;
    struct karto_slice words = karto_dictionary();
    if (inflateSetDictionary(z, words.data, (uInt)words.size) != Z_OK) /* compares the Adler-32 */
        return Z_DATA_ERROR;
    return inflate(z, Z_FINISH);
}

enum karto_err karto_inflate(struct karto_slice bytes, bool dictionary, uint8_t *out, size_t size)
{
    z_stream z = {.next_in = input(bytes), .avail_in = (uInt)bytes.size, .next_out = out, .avail_out = (uInt)size};
    if (inflateInit(&z) != Z_OK)
        karto_fatal("zlib: out of memory");
    int result = inflate_all(&z, dictionary);
    bool whole = result == Z_STREAM_END && z.avail_in == 0 && z.total_out == size;
    inflateEnd(&z);
    return whole ? KARTO_OK : KARTO_E_PROTOCOL;
}

bool karto_inflate_possible(size_t deflated, size_t size)
{
    return size / 1032 <= deflated;
}
