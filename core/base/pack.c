#include "core/base/pack.h"

#include <msgpack/pack.h>

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
    msgpack_packer out = packer(buf);
    msgpack_pack_array(&out, count);
}
