/* enrol.h - one question and one answer over TLS without a client's certificate: how a device gets its first one. What
 * they say is for others to know. Each is 1 to KARTO_ENROL_SIZE_MAX bytes, behind its length as 4 bytes, big-endian. */
#ifndef KARTO_SYNCD_ENROL_H
#define KARTO_SYNCD_ENROL_H

#include "proto/address.h"

/* On a hub: one that waits for its answer. */
struct karto_enrol;

/* Until it is answered. from: the asker's address, as text. */
struct karto_slice karto_enrol_request(const struct karto_enrol *enrol);
const char *karto_enrol_from(const struct karto_enrol *enrol);

/* Takes enrol, from any thread. An empty answer, or one that is too large, just ends the connection. The asker may have
 * gone meanwhile: nobody learns. Not after the tunnel has been closed, which takes all that are left. */
void karto_enrol_answer(struct karto_enrol *enrol, struct karto_slice answer);

/* Called on the tunnel's thread for each request: must only put it in a queue. */
typedef void karto_enrol_handler(void *context, struct karto_enrol *enrol);

/* On a device: asks the hub at this address, which must show that it is of the authority with this fingerprint. Blocks
 * for at most timeout_ms (looking a name up not counted). The answer and the authority's certificate go behind what
 * the buffers hold; nothing does when it fails.
 * KARTO_E_OFFLINE: not reached, or the connection broke; asking again is safe if the hub's answers allow it.
 * KARTO_E_CERTIFICATE: not that hub, or its certificate is not valid now: compare clocks. KARTO_E_TIMEOUT.
 * KARTO_E_PROTOCOL: the answer is none. KARTO_E_LIMIT: the request is empty or too large. */
KARTO_CHECKED enum karto_err karto_enrol_call(const struct karto_address *hub, const uint8_t fingerprint[32],
                                              struct karto_slice request, int timeout_ms, struct karto_buf *answer,
                                              struct karto_buf *authority_pem);

#endif
