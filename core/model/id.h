/* id.h - the names of things: nodes, records, dots. Plain values, compared as their bytes; each a type of its own, so
 * that they do not mix. */
#ifndef KARTO_MODEL_ID_H
#define KARTO_MODEL_ID_H

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/base/sys.h"

/* One writer of changes: the first 64 bits of SHA-256(public key of its device || 8 random bytes). 0 is no node. */
struct karto_node {
    uint64_t v;
};

/* One record: a UUIDv7 (RFC 9562), 48 bits of milliseconds and 74 random ones. All zero is no record. */
struct karto_rid {
    uint8_t b[16];
};

/* One change: the seq-th of its node; seq counts 1, 2, 3, ... without holes. */
struct karto_dot {
    struct karto_node node;
    uint64_t seq;
};

enum { KARTO_RID_TEXT = 33, KARTO_SHORT_TEXT = 9, KARTO_NODE_TEXT = 17, KARTO_DOT_TEXT = 38 }; /* sizes with the 0 */

static inline bool karto_node_equal(struct karto_node a, struct karto_node b)
{
    return a.v == b.v;
}

struct karto_node karto_node_make(struct karto_slice public_key_der, uint64_t random);
void karto_node_print(struct karto_node node, char out[KARTO_NODE_TEXT]); /* 16 hexadecimal digits */

struct karto_rid karto_rid_make(const struct karto_sys *sys);
bool karto_rid_equal(struct karto_rid a, struct karto_rid b);
int karto_rid_compare(struct karto_rid a, struct karto_rid b);
bool karto_rid_is_zero(struct karto_rid id);
int64_t karto_rid_ms(struct karto_rid id);                      /* when it was made, UTC milliseconds */
struct karto_slice karto_rid_slice(const struct karto_rid *id); /* its 16 bytes, as long as *id stands */
struct karto_rid karto_rid_read(const uint8_t in[16]);
void karto_rid_print(struct karto_rid id, char out[KARTO_RID_TEXT]);         /* 32 hexadecimal digits */
void karto_rid_print_short(struct karto_rid id, char out[KARTO_SHORT_TEXT]); /* the last 8: the first are the time */
KARTO_CHECKED enum karto_err karto_rid_parse(struct karto_slice text, struct karto_rid *id); /* KARTO_E_INVALID */

static inline bool karto_dot_equal(struct karto_dot a, struct karto_dot b)
{
    return a.seq == b.seq && karto_node_equal(a.node, b.node);
}

int karto_dot_compare(struct karto_dot a, struct karto_dot b);        /* by node, then seq */
void karto_dot_print(struct karto_dot dot, char out[KARTO_DOT_TEXT]); /* "node-seq" */

#endif
