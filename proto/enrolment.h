/* enrolment.h - how a device gets its first certificate: what it asks, and what the hub answers, as the bytes of
 * proto/PROTOCOL.md. */
#ifndef KARTO_PROTO_ENROLMENT_H
#define KARTO_PROTO_ENROLMENT_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/model/rights.h"

struct karto_enrolment {
    uint8_t token[16];
    struct karto_slice name;    /* the device's, as its user calls it */
    struct karto_slice request; /* for a certificate, PEM */
};

struct karto_enrolment_answer {
    enum karto_err error;           /* not KARTO_OK: nothing else stands here */
    struct karto_slice certificate; /* PEM */
    struct karto_rid device;
    struct karto_slice user, hub; /* whose device it is now; the hub's name */
    struct karto_rights rights;
    int64_t clock_ms; /* the hub's: field devices have bad clocks */
};

void karto_enrolment_encode(const struct karto_enrolment *enrolment, struct karto_buf *out);
KARTO_CHECKED enum karto_err karto_enrolment_decode(struct karto_slice bytes, struct karto_enrolment *enrolment);
void karto_enrolment_answer_encode(const struct karto_enrolment_answer *answer, struct karto_buf *out);
KARTO_CHECKED enum karto_err karto_enrolment_answer_decode(struct karto_arena *arena, struct karto_slice bytes,
                                                           struct karto_enrolment_answer *answer);

#endif
