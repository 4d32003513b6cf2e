/* tls.h - TLS 1.3 as hub and devices speak it, over any way to move bytes. The only file with OpenSSL's SSL headers;
 * no sockets and no threads. Every function says how it stands instead of blocking.
 *
 * Both sides show certificates. No session tickets: with them, a revoked device would come in again. In TLS 1.3 a
 * device's handshake is over before the hub has judged its certificate, so "accepted" is the first byte that it reads.
 */
#ifndef KARTO_SYNCD_TLS_H
#define KARTO_SYNCD_TLS_H

#include "syncd/identity.h"
#include "syncd/link.h"
#include "syncd/net.h"
#include "syncd/refusals.h"

/* One side's settings: whom it is, whom it trusts. Shared by all its connections, which must be gone before it. */
struct karto_tls;

/* A hub's side. Who asks for the server name KARTO_HUB_NAME must show a certificate of the authority for devices, and
 * pass admit (NULL: all do); who asks for KARTO_ENROL_NAME need not show any; no other name is served.
 * KARTO_E_CERTIFICATE: the files do not fit together, or are damaged. */
KARTO_CHECKED enum karto_err karto_tls_hub(const struct karto_credentials *files, karto_admit *admit, void *context,
                                           struct karto_tls **out);

/* A device's side: trusts this authority and none else, to vouch for KARTO_HUB_NAME. An empty certificate and key: it
 * shows none. */
KARTO_CHECKED enum karto_err karto_tls_device(const struct karto_credentials *files, struct karto_tls **out);

/* A device that knows no more of its hub than the authority's fingerprint, and wants to enrol. */
struct karto_tls *karto_tls_joiner(const uint8_t fingerprint[32]);

void karto_tls_free(struct karto_tls *tls);

/* How a connection moves bytes. *moved is 0 unless KARTO_IO_FINE. */
struct karto_tls_io {
    void *context;
    enum karto_io (*receive)(void *context, void *data, size_t size, size_t *moved);
    enum karto_io (*send)(void *context, const void *data, size_t size, size_t *moved);
};

struct karto_tls_stream;

struct karto_tls_stream *karto_tls_stream_new(struct karto_tls *tls, struct karto_tls_io io);
void karto_tls_stream_free(struct karto_tls_stream *stream);

enum karto_tls_result {
    KARTO_TLS_FINE,
    KARTO_TLS_READ,   /* again, when bytes can be received */
    KARTO_TLS_WRITE,  /* again, when bytes can be sent */
    KARTO_TLS_END,    /* the peer has ended it in due form */
    KARTO_TLS_FAILED, /* it is over; karto_tls_stream_failure knows why. A last alert may have been sent */
};

enum { KARTO_TLS_RECORD_SIZE = 16 * 1024 }; /* a read with so much room leaves nothing inside */

enum karto_tls_result karto_tls_handshake(struct karto_tls_stream *stream);
enum karto_tls_result karto_tls_read(struct karto_tls_stream *stream, void *data, size_t size, size_t *got);

/* May write a part. After KARTO_TLS_READ or _WRITE the same bytes must come again, though maybe from elsewhere. */
enum karto_tls_result karto_tls_write(struct karto_tls_stream *stream, const void *data, size_t size, size_t *wrote);

void karto_tls_bye(struct karto_tls_stream *stream); /* tells the peer that this is the end, if that is possible */

/* Why it FAILED, as a device sees it. What a peer says before it has proved who it is counts as KARTO_LINK_NOT_A_HUB.
 */
enum karto_link karto_tls_stream_failure(const struct karto_tls_stream *stream);

/* Why a handshake FAILED, as a hub sees it. */
enum karto_refusal karto_tls_stream_refusal(const struct karto_tls_stream *stream);

bool karto_tls_stream_enrols(const struct karto_tls_stream *stream); /* on a hub, after the handshake */

/* The device's certificate, on a hub after the handshake. false: none, or none that we make. */
bool karto_tls_stream_peer(const struct karto_tls_stream *stream, struct karto_certificate *out);

/* The authority that a joiner found by its fingerprint, as DER; empty before the handshake is over. Until the stream
 * goes. */
struct karto_slice karto_tls_stream_authority(const struct karto_tls_stream *stream);

#endif
