/* invitation.h - what an administrator gives a new device, on paper or in a file:
 *
 *     karto1://HOST:PORT/AUTHORITY/TOKEN
 *
 * AUTHORITY is the SHA-256 of the authority's certificate (DER), 64 lower-case hexadecimal digits: whoever has the
 * invitation knows its hub, whatever the network does. TOKEN is 128 random bits, 32 digits; it works once. The whole is
 * below 400 characters, and with an ordinary host name fits a QR code. Later forms begin with another number. */
#ifndef KARTO_PROTO_INVITATION_H
#define KARTO_PROTO_INVITATION_H

#include "proto/address.h"

struct karto_invitation {
    struct karto_address hub;
    uint8_t authority[32];
    uint8_t token[16];
};

/* White space around it, which comes with a file or with pasting, is passed over. Everything else must be exactly that
 * form: KARTO_E_INVITATION, and *out is as it was. KARTO_E_VERSION: karto2:// and above, which a newer program reads.
 */
KARTO_CHECKED enum karto_err karto_invitation_parse(struct karto_slice text, struct karto_invitation *out);

void karto_invitation_print(const struct karto_invitation *invitation, struct karto_buf *buf);

#endif
