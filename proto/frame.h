/* frame.h - one nng message: a header, then a body, deflated when that is smaller. PROTOCOL.md, "Frames". */
#ifndef KARTO_PROTO_FRAME_H
#define KARTO_PROTO_FRAME_H

#include "core/base/arena.h"
#include "proto/messages.h"

enum {
    KARTO_PROTOCOL_LEAST = 1, /* the oldest version that is spoken */
    KARTO_PROTOCOL_MOST = 2,  /* the newest */
    KARTO_ANSWER_BIT = 0x80,  /* of a type: the answer to that request */
};

struct karto_frame {
    uint32_t version; /* 0: the newest */
    uint32_t type;    /* of a request, perhaps with KARTO_ANSWER_BIT */
    bool error;       /* an answer whose body is an error */
    struct karto_token token;
    struct karto_slice body; /* inflated */
};

/* Adds the frame to out. KARTO_E_LIMIT: the body is over KARTO_BODY_SIZE_MAX. */
KARTO_CHECKED enum karto_err karto_frame_encode(const struct karto_frame *frame, struct karto_buf *out);

/* The version to answer a frame in: its own, or the newest when it is none that we speak. */
uint32_t karto_frame_version(struct karto_slice bytes);

/* The type that stands in a header; 0: it cannot be read. */
uint32_t karto_frame_type(struct karto_slice bytes);

/* The body lies in arena or in bytes. KARTO_E_VERSION: of another protocol version; nothing but its header was looked
 * at. KARTO_E_LIMIT: larger than we ever accept. KARTO_E_PROTOCOL: anything else. */
KARTO_CHECKED enum karto_err karto_frame_decode(struct karto_arena *arena, struct karto_slice bytes,
                                                struct karto_frame *frame);

#endif
