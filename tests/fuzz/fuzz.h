/* fuzz.h - what the fuzz targets have in common. Each is a round trip: what is decoded can be encoded, and then decodes
 * to the same. */
#ifndef KARTO_TESTS_FUZZ_H
#define KARTO_TESTS_FUZZ_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/fatal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The frame that data stands for. A first byte below 32 is a message's type, with 16 of an error, and what follows is
 * its body: so that the fuzzer need not guess its way through zlib's checksum. Anything else is a frame as it came. */
static inline void fuzz_frame(const uint8_t *data, size_t size, unsigned type_bits, struct karto_buf *frame)
{
    static const uint8_t token[] = {0x01, 0x02, 0x03};
    enum { FIRST_MAX = 31, FLAG_ERROR = 4, ERROR_BIT = 16 };
    if (size == 0 || data[0] > FIRST_MAX) {
        karto_buf_add(frame, data, size);
        return;
    }
    unsigned type = (data[0] & (ERROR_BIT - 1u)) | type_bits;
    karto_buf_add(frame, "\x97\x01", 2);
    if (type > 0x7f)
        karto_buf_add_byte(frame, 0xcc);
    karto_buf_add_byte(frame, (uint8_t)type);
    karto_buf_add_byte(frame, data[0] & ERROR_BIT ? FLAG_ERROR : 0);
    size_t body = size - 1;
    if (body > 0xffff) {
        karto_buf_add_byte(frame, 0xce);
        karto_buf_add_be32(frame, (uint32_t)body);
    } else if (body > 0xff) {
        karto_buf_add(frame, (const uint8_t[]){0xcd, (uint8_t)(body >> 8), (uint8_t)body}, 3);
    } else if (body > 0x7f) {
        karto_buf_add(frame, (const uint8_t[]){0xcc, (uint8_t)body}, 2);
    } else {
        karto_buf_add_byte(frame, (uint8_t)body);
    }
    karto_buf_add(frame, token, sizeof token);
    karto_buf_add(frame, data + 1, body);
}

static inline void fuzz_expect_equal(const struct karto_buf *a, const struct karto_buf *b)
{
    KARTO_ASSERT(karto_slice_equal(karto_buf_slice(a), karto_buf_slice(b)));
}

#endif
