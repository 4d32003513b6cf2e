/* repack.h - writes again whatever a reader reads: what was taken must come to the same bytes. */
#ifndef KARTO_TESTS_REPACK_H
#define KARTO_TESTS_REPACK_H

#include "core/base/pack.h"
#include "core/base/reader.h"
#include "tests/check.h"

/* The next element; of an array its head only, whose elements are the next ones. How many those are. */
static inline uint32_t repack(struct karto_reader *reader, struct karto_buf *out)
{
    int8_t type;
    uint32_t count = 0;
    struct karto_slice bytes;
    switch (karto_reader_peek(reader)) {
    case KARTO_WIRE_NIL:
        CHECK(karto_read_nil(reader));
        karto_pack_nil(out);
        break;
    case KARTO_WIRE_BOOL: karto_pack_bool(out, karto_read_bool(reader)); break;
    case KARTO_WIRE_UINT: karto_pack_uint(out, karto_read_uint(reader, UINT64_MAX)); break;
    case KARTO_WIRE_INT: karto_pack_int(out, karto_read_int(reader)); break;
    case KARTO_WIRE_STR: karto_pack_str(out, karto_read_str(reader, SIZE_MAX)); break;
    case KARTO_WIRE_BIN: karto_pack_bin(out, karto_read_bin(reader, SIZE_MAX)); break;
    case KARTO_WIRE_EXT:
        bytes = karto_read_ext(reader, &type, SIZE_MAX);
        karto_pack_ext(out, type, bytes);
        break;
    case KARTO_WIRE_ARRAY:
        count = karto_read_array(reader, UINT32_MAX);
        karto_pack_array(out, count);
        break;
    case KARTO_WIRE_END: CHECK(false);
    }
    return count;
}

#endif
