/* buf.h - owned bytes that grow. Memory that runs out ends the process (fatal.h), so writing has no errors. */
#ifndef KARTO_BASE_BUF_H
#define KARTO_BASE_BUF_H

#include "core/base/slice.h"

struct karto_buf {
    uint8_t *data;
    size_t size, capacity;
};

#define KARTO_BUF_EMPTY ((struct karto_buf){NULL, 0, 0})

void karto_buf_fini(struct karto_buf *buf);  /* frees; the buffer is empty again */
void karto_buf_clear(struct karto_buf *buf); /* size 0, memory kept */

void karto_buf_grow(struct karto_buf *buf, size_t size); /* so that there is room for size more bytes */

/* Room for size more bytes behind the end, which stay outside of size until the caller adds them to it. */
static inline uint8_t *karto_buf_reserve(struct karto_buf *buf, size_t size)
{
    if (buf->capacity - buf->size < size)
        karto_buf_grow(buf, size);
    return buf->data + buf->size;
}

static inline void karto_buf_add(struct karto_buf *buf, const void *data, size_t size)
{
    if (size == 0)
        return;
    memcpy(karto_buf_reserve(buf, size), data, size);
    buf->size += size;
}

static inline void karto_buf_add_byte(struct karto_buf *buf, uint8_t byte)
{
    *karto_buf_reserve(buf, 1) = byte;
    buf->size++;
}

static inline void karto_buf_add_slice(struct karto_buf *buf, struct karto_slice slice)
{
    karto_buf_add(buf, slice.data, slice.size);
}

void karto_buf_add_str(struct karto_buf *buf, const char *text);
void karto_buf_printf(struct karto_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct karto_slice karto_buf_slice(const struct karto_buf *buf); /* until the buffer changes */

/* ---- numbers, big-endian: keys sort as they do ---- */

static inline uint32_t karto_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t karto_be64(const uint8_t *p)
{
    return (uint64_t)karto_be32(p) << 32 | karto_be32(p + 4);
}

static inline void karto_be32_write(uint32_t v, uint8_t out[4])
{
    out[0] = (uint8_t)(v >> 24), out[1] = (uint8_t)(v >> 16), out[2] = (uint8_t)(v >> 8), out[3] = (uint8_t)v;
}

static inline void karto_be64_write(uint64_t v, uint8_t out[8])
{
    karto_be32_write((uint32_t)(v >> 32), out);
    karto_be32_write((uint32_t)v, out + 4);
}

static inline void karto_buf_add_be32(struct karto_buf *buf, uint32_t v)
{
    karto_be32_write(v, karto_buf_reserve(buf, 4));
    buf->size += 4;
}

static inline void karto_buf_add_be64(struct karto_buf *buf, uint64_t v)
{
    karto_be64_write(v, karto_buf_reserve(buf, 8));
    buf->size += 8;
}

#endif
