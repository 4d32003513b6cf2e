/* ask.h - one question to a hub, whose answer is waited for: for who has nothing else to do. */
#ifndef KARTO_SYNCD_ASK_H
#define KARTO_SYNCD_ASK_H

#include "core/base/buf.h"
#include "proto/files.h"
#include "syncd/mailbox.h"
#include "syncd/transport.h"

/* Sends a frame, and waits timeout_ms at most, connection and answer together; *answer holds the answer alone. box is
 * nobody else's. Errors: karto_dial_call, and those with which its answer comes. */
KARTO_CHECKED enum karto_err karto_ask(struct karto_dial *dial, struct karto_mailbox *box, struct karto_slice frame,
                                       int timeout_ms, struct karto_buf *answer);

/* A connection for such questions, with the keys beside a laptop's store. */
struct karto_asking {
    struct karto_files files;
    struct karto_dial *dial;
    struct karto_mailbox *box;
};

/* KARTO_E_CERTIFICATE, KARTO_E_EXPOSED (proto/files.h), KARTO_E_IO. Close it in any case. */
KARTO_CHECKED enum karto_err karto_asking_open(struct karto_asking *asking, const char *dir,
                                               const struct karto_address *hub);
void karto_asking_close(struct karto_asking *asking);

#endif
