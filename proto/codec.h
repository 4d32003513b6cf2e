/* codec.h - the bodies of messages: one file each, request and answer, encoder and decoder side by side. message.c puts
 * them into frames; nobody else needs this. Encoders add to out; KARTO_E_LIMIT. Decoders fail the reader; what they
 * hand out lives in arena or in the reader's bytes. */
#ifndef KARTO_PROTO_CODEC_H
#define KARTO_PROTO_CODEC_H

#include "core/base/reader.h"
#include "proto/messages.h"

KARTO_CHECKED enum karto_err karto_hello_encode(const struct karto_hello *hello, struct karto_buf *out);
void karto_hello_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_hello *hello);
KARTO_CHECKED enum karto_err karto_hello_answer_encode(const struct karto_hello_answer *answer, struct karto_buf *out);
void karto_hello_answer_decode(struct karto_reader *reader, struct karto_arena *arena,
                               struct karto_hello_answer *answer);

KARTO_CHECKED enum karto_err karto_push_encode(const struct karto_push *push, struct karto_buf *out);
void karto_push_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_push *push);
KARTO_CHECKED enum karto_err karto_push_answer_encode(const struct karto_push_answer *answer, struct karto_buf *out);
void karto_push_answer_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_push_answer *answer);

KARTO_CHECKED enum karto_err karto_pull_encode(const struct karto_pull *pull, struct karto_buf *out);
void karto_pull_decode(struct karto_reader *reader, struct karto_pull *pull);
KARTO_CHECKED enum karto_err karto_pull_answer_encode(const struct karto_pull_answer *answer, struct karto_buf *out);
void karto_pull_answer_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_pull_answer *answer);

KARTO_CHECKED enum karto_err karto_digests_encode(const struct karto_digests *digests, struct karto_buf *out);
void karto_digests_decode(struct karto_reader *reader, struct karto_digests *digests);
KARTO_CHECKED enum karto_err karto_digests_answer_encode(const struct karto_digests_answer *answer,
                                                         struct karto_buf *out);
void karto_digests_answer_decode(struct karto_reader *reader, struct karto_arena *arena,
                                 struct karto_digests_answer *answer);

KARTO_CHECKED enum karto_err karto_states_encode(const struct karto_states *states, struct karto_buf *out);
void karto_states_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_states *states);
KARTO_CHECKED enum karto_err karto_states_answer_encode(const struct karto_states_answer *answer,
                                                        struct karto_buf *out);
void karto_states_answer_decode(struct karto_reader *reader, struct karto_arena *arena,
                                struct karto_states_answer *answer);

KARTO_CHECKED enum karto_err karto_wait_encode(const struct karto_wait *wait, struct karto_buf *out);
void karto_wait_decode(struct karto_reader *reader, struct karto_wait *wait);
KARTO_CHECKED enum karto_err karto_wait_answer_encode(const struct karto_wait_answer *answer, struct karto_buf *out);
void karto_wait_answer_decode(struct karto_reader *reader, struct karto_wait_answer *answer);

KARTO_CHECKED enum karto_err karto_history_encode(const struct karto_past_ask *ask, struct karto_buf *out);
void karto_history_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_past_ask *ask);
KARTO_CHECKED enum karto_err karto_history_answer_encode(const struct karto_past_page *page, struct karto_buf *out);
void karto_history_answer_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_past_page *page);

/* One record id, and 16 bytes of a digest, as a bin. */
void karto_codec_pack_rid(struct karto_buf *out, struct karto_rid id);
struct karto_rid karto_codec_read_rid(struct karto_reader *reader);
void karto_codec_pack_sum(struct karto_buf *out, struct karto_sum sum);
struct karto_sum karto_codec_read_sum(struct karto_reader *reader);

/* The rest of an epoch stands as two numbers wherever it is not in a header. */
void karto_codec_pack_epoch(struct karto_buf *out, struct karto_epoch epoch);
struct karto_epoch karto_codec_read_epoch(struct karto_reader *reader);

#endif
