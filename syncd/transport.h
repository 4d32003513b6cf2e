/* transport.h - requests and answers between devices and hub, as the engine sees them: frames, and who sent them. What
 * carries them (nng, in a TLS tunnel) is behind it.
 *
 * Callbacks come on foreign threads, several at once, and must only put things in queues: no disk, no waiting. Inside a
 * callback anything of this header may be called but open and close. */
#ifndef KARTO_SYNCD_TRANSPORT_H
#define KARTO_SYNCD_TRANSPORT_H

#include "syncd/enrol.h"
#include "syncd/identity.h"
#include "syncd/link.h"

struct karto_tunnel_limits; /* tunnel.h; NULL stands for the usual ones */
struct karto_fault;         /* fault.h; NULL but in tests */

/* ---- The hub's side ---- */

struct karto_listen;
struct karto_inbound;

/* A request has come. It belongs to the receiver until he answers it. */
typedef void karto_inbound_handler(void *context, struct karto_inbound *request);

struct karto_listen_options {
    struct karto_address address; /* port 0: any free one */
    struct karto_credentials credentials;
    karto_admit *admit; /* NULL: every certificate of the authority */
    karto_inbound_handler *on_request;
    karto_enrol_handler *on_enrol;   /* NULL: nobody enrols here */
    void *context;                   /* of the three */
    struct karto_refusals *refusals; /* who was turned away is noted here; NULL: nobody wants to know */
    size_t frame_size_max;           /* bytes; who sends more is cut off */
    unsigned requests_max;           /* not yet answered; 0: 20000. Further ones wait in the network */
    unsigned open_max;               /* of these, of one connection; 0: 4. Further ones are forgotten */
    const struct karto_tunnel_limits *limits;
    const struct karto_fault *fault;
};

/* KARTO_E_CERTIFICATE: the credentials do not fit together. KARTO_E_BUSY: somebody listens there. KARTO_E_NOT_FOUND: no
 * such address here. KARTO_E_NOT_PERMITTED, KARTO_E_IO. */
KARTO_CHECKED enum karto_err karto_listen_open(const struct karto_listen_options *options, struct karto_listen **out);

/* Cuts everybody off. When it returns, no callback comes any more, and all requests and enrolments that were not
 * answered are gone: their pointers must not be used again. Devices repeat what they lack an answer to. NULL is fine.
 * It takes some milliseconds, and five seconds at most: what nng then still holds ends with the process. */
void karto_listen_close(struct karto_listen *listen);

uint16_t karto_listen_port(const struct karto_listen *listen);

/* A certificate was revoked: its connections end now, and what is on its way from them is dropped. What was handed over
 * before stays: the receiver asks his own list for each request. admit must already say no. Any thread. */
void karto_listen_cut(struct karto_listen *listen, const char *serial);

/* Until it is answered. */
struct karto_slice karto_inbound_frame(const struct karto_inbound *request);

/* The certificate that the connection proved: cn is the device's id. */
const struct karto_certificate *karto_inbound_who(const struct karto_inbound *request);
const char *karto_inbound_device(const struct karto_inbound *request);
const char *karto_inbound_serial(const struct karto_inbound *request);
const char *karto_inbound_from(const struct karto_inbound *request); /* the address that it came from, as text */

/* Takes request, from any thread, at any time: a parked one costs nothing but memory. The device may be gone meanwhile;
 * nobody learns. An empty frame just forgets the request: its sender will see a timeout. */
void karto_inbound_answer(struct karto_inbound *request, struct karto_slice frame);

/* ---- The device's side ---- */

struct karto_dial;

struct karto_dial_options {
    struct karto_address hub;
    struct karto_credentials credentials;
    karto_link_handler *on_link; /* NULL: nobody asks */
    void *context;               /* its own */
    size_t frame_size_max;       /* bytes, of requests and of answers */
    const struct karto_tunnel_limits *limits;
    const struct karto_fault *fault;
};

/* Connects, and connects again, by itself. KARTO_E_CERTIFICATE: the credentials do not fit together; KARTO_E_IO. */
KARTO_CHECKED enum karto_err karto_dial_open(const struct karto_dial_options *options, struct karto_dial **out);

/* Aborts all calls first; when it returns, no callback comes any more. NULL is fine. */
void karto_dial_close(struct karto_dial *dial);

/* answer is empty unless err is KARTO_OK, and borrowed for the call.
 * KARTO_E_OFFLINE: the hub cannot be reached, or the connection broke. KARTO_E_TIMEOUT: it is connected, but did not
 * answer in time. KARTO_E_INTERRUPTED: aborted here. After these three the hub may have done what was asked, or may do
 * it yet. KARTO_E_CERTIFICATE, KARTO_E_REVOKED: it turned us away. */
typedef void karto_answer_handler(void *context, enum karto_err err, struct karto_slice answer);

/* Sends a request once, and waits at most timeout_ms for connection and answer together. Several at once are fine. With
 * KARTO_OK on_answer comes exactly once, maybe before this returns; else never.
 * KARTO_E_LIMIT: the frame is empty or too large. KARTO_E_CERTIFICATE, KARTO_E_REVOKED: the hub turned us away a moment
 * ago; the next attempt is made by itself, later. */
KARTO_CHECKED enum karto_err karto_dial_call(struct karto_dial *dial, struct karto_slice frame, int timeout_ms,
                                             karto_answer_handler *on_answer, void *context);

void karto_dial_abort(struct karto_dial *dial); /* every call that is not answered yet: KARTO_E_INTERRUPTED */

enum karto_link karto_dial_link(struct karto_dial *dial); /* how it stands, and why; link.h has the words */

#endif
