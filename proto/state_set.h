/* state_set.h - many states as columns. A state is a record's canonical bytes; its head (kind, nodes, authors, standard
 * stamp) differs little from the next one's, and fields of one number are like each other: both go into columns. What
 * is read is put together to the same bytes again. PROTOCOL.md, "A set of states". */
#ifndef KARTO_PROTO_STATE_SET_H
#define KARTO_PROTO_STATE_SET_H

#include "core/base/reader.h"
#include "proto/messages.h"

/* Adds them to out. Their number is the message's to write. KARTO_E_LIMIT: one is over a limit, or all of them together
 * are over KARTO_BODY_SIZE_MAX. KARTO_E_CORRUPT: one cannot be taken apart as a record's canonical bytes can. */
KARTO_CHECKED enum karto_err karto_state_set_pack(struct karto_buf *out, const struct karto_state *states,
                                                  uint32_t count);

/* count states, which the caller holds against a limit. Of a state's fields only the form of MessagePack is checked
 * here: whether its bytes are a record, who stores it finds out, so that one that is not harms no other. */
void karto_state_set_read(struct karto_reader *reader, struct karto_arena *arena, struct karto_state *states,
                          uint32_t count);

#endif
