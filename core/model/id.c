#include "core/model/id.h"

#include "core/base/buf.h"
#include "core/base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct karto_node karto_node_make(struct karto_slice public_key_der, uint64_t random)
{
    uint8_t bytes[8], digest[32];
    karto_be64_write(random, bytes);
    karto_sha256(public_key_der, karto_slice(bytes, sizeof bytes), digest);
    return (struct karto_node){karto_be64(digest)};
}

void karto_node_print(struct karto_node node, char out[KARTO_NODE_TEXT])
{
    snprintf(out, KARTO_NODE_TEXT, "%016" PRIx64, node.v);
}

struct karto_rid karto_rid_make(const struct karto_sys *sys)
{
    struct karto_rid id;
    uint64_t now = (uint64_t)karto_sys_now_ms(sys);
    karto_sys_random(sys, id.b, sizeof id.b);
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(now >> (40 - 8 * i));
    id.b[6] = (uint8_t)(0x70 | (id.b[6] & 0x0f));
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
    return id;
}

bool karto_rid_equal(struct karto_rid a, struct karto_rid b)
{
    return karto_rid_compare(a, b) == 0;
}

int karto_rid_compare(struct karto_rid a, struct karto_rid b)
{
    return memcmp(a.b, b.b, sizeof a.b);
}

bool karto_rid_is_zero(struct karto_rid id)
{
    return karto_rid_equal(id, (struct karto_rid){{0}});
}

int64_t karto_rid_ms(struct karto_rid id)
{
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id.b[i];
    return ms;
}

struct karto_slice karto_rid_slice(const struct karto_rid *id)
{
    return karto_slice(id->b, sizeof id->b);
}

struct karto_rid karto_rid_read(const uint8_t in[16])
{
    struct karto_rid id;
    memcpy(id.b, in, sizeof id.b);
    return id;
}

void karto_rid_print(struct karto_rid id, char out[KARTO_RID_TEXT])
{
    for (int i = 0; i < 16; i++)
        snprintf(out + 2 * i, 3, "%02x", id.b[i]);
}

void karto_rid_print_short(struct karto_rid id, char out[KARTO_SHORT_TEXT])
{
    for (int i = 0; i < 4; i++)
        snprintf(out + 2 * i, 3, "%02x", id.b[12 + i]);
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum karto_err karto_rid_parse(struct karto_slice text, struct karto_rid *id)
{
    struct karto_rid out;
    if (text.size != 32)
        return KARTO_E_INVALID;
    for (int i = 0; i < 16; i++) {
        int high = hex_digit(text.data[2 * i]), low = hex_digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return KARTO_E_INVALID;
        out.b[i] = (uint8_t)(high << 4 | low);
    }
    *id = out;
    return KARTO_OK;
}

int karto_dot_compare(struct karto_dot a, struct karto_dot b)
{
    if (a.node.v != b.node.v)
        return a.node.v < b.node.v ? -1 : 1;
    return (a.seq > b.seq) - (a.seq < b.seq);
}

void karto_dot_print(struct karto_dot dot, char out[KARTO_DOT_TEXT])
{
    snprintf(out, KARTO_DOT_TEXT, "%016" PRIx64 "-%" PRIu64, dot.node.v, dot.seq);
}
