#include "core/base/buf.h"

#include "core/base/fatal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_MIN = 1024 }; /* most of what is written is less */

void karto_buf_fini(struct karto_buf *buf)
{
    free(buf->data);
    *buf = KARTO_BUF_EMPTY;
}

void karto_buf_clear(struct karto_buf *buf)
{
    buf->size = 0;
}

void karto_buf_grow(struct karto_buf *buf, size_t size)
{
    if (buf->capacity - buf->size >= size)
        return;
    if (size > SIZE_MAX / 4)
        karto_fatal("buffer: absurd size");
    size_t grown = buf->capacity * 2;
    if (grown < buf->size + size)
        grown = buf->size + size;
    if (grown < BUFFER_MIN)
        grown = BUFFER_MIN;
    buf->data = karto_must(realloc(buf->data, grown));
    buf->capacity = grown;
}

void karto_buf_add_str(struct karto_buf *buf, const char *text)
{
    karto_buf_add(buf, text, strlen(text));
}

void karto_buf_printf(struct karto_buf *buf, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        karto_fatal("printf");
    vsnprintf((char *)karto_buf_reserve(buf, (size_t)size + 1), (size_t)size + 1, format, again);
    va_end(again);
    buf->size += (size_t)size;
}

struct karto_slice karto_buf_slice(const struct karto_buf *buf)
{
    return karto_slice(buf->data, buf->size);
}
