#include "core/store/keys.h"

#include "core/base/buf.h"

struct karto_slice karto_key_dot(struct karto_dot dot, uint8_t out[16])
{
    karto_be64_write(dot.node.v, out);
    karto_be64_write(dot.seq, out + 8);
    return karto_slice(out, 16);
}

struct karto_slice karto_key_node(struct karto_node node, uint8_t out[8])
{
    karto_be64_write(node.v, out);
    return karto_slice(out, 8);
}

struct karto_slice karto_key_position(uint64_t position, uint8_t out[8])
{
    karto_be64_write(position, out);
    return karto_slice(out, 8);
}
