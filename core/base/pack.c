#include "core/base/pack.h"

#include <msgpack/pack.h>

#include <string.h>

static int write_to_buf(void *data, const char *bytes, size_t size)
{
    karto_buf_add(data, bytes, size);
    return 0;
}

static msgpack_packer packer(struct karto_buf *buf)
{
    msgpack_packer out;
    msgpack_packer_init(&out, buf, write_to_buf);
    return out;
}

/* Heads of one byte and a size, as nearly all are, are written here, with what follows in one piece of room. */
enum { UINT_MAX_1 = 0x7f, ARRAY_MAX_1 = 15, ARRAY_1 = 0x90, BIN_MAX_2 = 0xff, BIN_2 = 0xc4 };

void karto_pack_nil(struct karto_buf *buf)
{
    msgpack_packer out = packer(buf);
    msgpack_pack_nil(&out);
}

void karto_pack_bool(struct karto_buf *buf, bool v)
{
    msgpack_packer out = packer(buf);
    if (v)
        msgpack_pack_true(&out);
    else
        msgpack_pack_false(&out);
}

void karto_pack_uint(struct karto_buf *buf, uint64_t v)
{
    if (v <= UINT_MAX_1) {
        karto_buf_add_byte(buf, (uint8_t)v);
        return;
    }
    msgpack_packer out = packer(buf);
    msgpack_pack_uint64(&out, v);
}

void karto_pack_int(struct karto_buf *buf, int64_t v)
{
    msgpack_packer out = packer(buf);
    msgpack_pack_int64(&out, v);
}

void karto_pack_str(struct karto_buf *buf, struct karto_slice text)
{
    msgpack_packer out = packer(buf);
    msgpack_pack_str(&out, text.size);
    karto_buf_add_slice(buf, text);
}

void karto_pack_bin(struct karto_buf *buf, struct karto_slice bytes)
{
    if (bytes.size <= BIN_MAX_2) {
        uint8_t *out = karto_buf_reserve(buf, 2 + bytes.size);
        out[0] = BIN_2;
        out[1] = (uint8_t)bytes.size;
        if (bytes.size)
            memcpy(out + 2, bytes.data, bytes.size);
        buf->size += 2 + bytes.size;
        return;
    }
    msgpack_packer out = packer(buf);
    msgpack_pack_bin(&out, bytes.size);
    karto_buf_add_slice(buf, bytes);
}

void karto_pack_ext(struct karto_buf *buf, int8_t type, struct karto_slice bytes)
{
    msgpack_packer out = packer(buf);
    msgpack_pack_ext(&out, bytes.size, type);
    karto_buf_add_slice(buf, bytes);
}

void karto_pack_array(struct karto_buf *buf, uint32_t count)
{
    if (count <= ARRAY_MAX_1) {
        karto_buf_add_byte(buf, (uint8_t)(ARRAY_1 | count));
        return;
    }
    msgpack_packer out = packer(buf);
    msgpack_pack_array(&out, count);
}
