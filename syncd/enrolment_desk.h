/* enrolment_desk.h - the hub's side of enrolment: a token and a certificate request come in, a certificate goes out. */
#ifndef KARTO_SYNCD_ENROLMENT_DESK_H
#define KARTO_SYNCD_ENROLMENT_DESK_H

#include "core/store/hub.h"
#include "proto/authority.h"

/* Answers one request into answer. The use of the token and the new device are entered in this transaction; send the
 * answer only when it is committed. The same token with the same key gets the same certificate again, for answers that
 * are lost. Errors are the store's. *verdict: KARTO_OK, or with what it was refused. */
KARTO_CHECKED enum karto_err karto_desk_enrol(struct karto_tx *tx, const struct karto_authority *authority,
                                              struct karto_slice request, struct karto_buf *answer,
                                              enum karto_err *verdict);

#endif
