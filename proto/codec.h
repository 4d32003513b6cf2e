/* codec.h - the bodies of messages: one file each, request and answer, encoder and decoder side by side. version is
 * that of the header, where a body depends on it. message.c puts them into frames; nobody else needs this. Encoders add
 * to out; KARTO_E_LIMIT. Decoders fail the reader; what they hand out lives in arena or in the reader's bytes. */
#ifndef KARTO_PROTO_CODEC_H
#define KARTO_PROTO_CODEC_H

#include "core/base/reader.h"
#include "proto/messages.h"

KARTO_CHECKED enum karto_err karto_hello_encode(const struct karto_hello *hello, uint32_t version,
                                                struct karto_buf *out);
void karto_hello_decode(struct karto_reader *reader, struct karto_arena *arena, uint32_t version,
                        struct karto_hello *hello);
KARTO_CHECKED enum karto_err karto_hello_answer_encode(const struct karto_hello_answer *answer, uint32_t version,
                                                       struct karto_buf *out);
void karto_hello_answer_decode(struct karto_reader *reader, struct karto_arena *arena, uint32_t version,
                               struct karto_hello_answer *answer);

KARTO_CHECKED enum karto_err karto_push_encode(const struct karto_push *push, uint32_t version, struct karto_buf *out);
void karto_push_decode(struct karto_reader *reader, struct karto_arena *arena, uint32_t version,
                       struct karto_push *push);
KARTO_CHECKED enum karto_err karto_push_answer_encode(const struct karto_push_answer *answer, uint32_t version,
                                                      struct karto_buf *out);
void karto_push_answer_decode(struct karto_reader *reader, struct karto_arena *arena, uint32_t version,
                              struct karto_push_answer *answer);

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

/* Answered by a push's answer. */
KARTO_CHECKED enum karto_err karto_giveback_encode(const struct karto_giveback *giveback, struct karto_buf *out);
void karto_giveback_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_giveback *giveback);

KARTO_CHECKED enum karto_err karto_heal_encode(const struct karto_heal *heal, struct karto_buf *out);
void karto_heal_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_heal *heal);
KARTO_CHECKED enum karto_err karto_heal_answer_encode(const struct karto_heal_answer *answer, struct karto_buf *out);
void karto_heal_answer_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_heal_answer *answer);

KARTO_CHECKED enum karto_err karto_history_encode(const struct karto_past_ask *ask, struct karto_buf *out);
void karto_history_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_past_ask *ask);
KARTO_CHECKED enum karto_err karto_history_answer_encode(const struct karto_past_page *page, struct karto_buf *out);
void karto_history_answer_decode(struct karto_reader *reader, struct karto_arena *arena, struct karto_past_page *page);

KARTO_CHECKED enum karto_err karto_farewell_encode(const struct karto_farewell *farewell, struct karto_buf *out);
void karto_farewell_decode(struct karto_reader *reader, struct karto_farewell *farewell);
KARTO_CHECKED enum karto_err karto_farewell_answer_encode(const struct karto_farewell_answer *answer,
                                                          struct karto_buf *out);
void karto_farewell_answer_decode(struct karto_reader *reader, struct karto_farewell_answer *answer);

KARTO_CHECKED enum karto_err karto_measure_encode(const struct karto_measure *measure, struct karto_buf *out);
void karto_measure_decode(struct karto_reader *reader, struct karto_measure *measure);
KARTO_CHECKED enum karto_err karto_measure_answer_encode(const struct karto_measure_answer *answer,
                                                         struct karto_buf *out);
void karto_measure_answer_decode(struct karto_reader *reader, struct karto_measure_answer *answer);

/* One record id, and 16 bytes of a digest, as a bin. */
void karto_codec_pack_rid(struct karto_buf *out, struct karto_rid id);
struct karto_rid karto_codec_read_rid(struct karto_reader *reader);
void karto_codec_pack_sum(struct karto_buf *out, struct karto_sum sum);
struct karto_sum karto_codec_read_sum(struct karto_reader *reader);

/* Ids and hashes of records: the ids as a column, then one bin. They ascend, or the reader fails. */
void karto_codec_pack_entries(struct karto_buf *out, const struct karto_digest_entry *entries, uint32_t count);
const struct karto_digest_entry *karto_codec_read_entries(struct karto_reader *reader, struct karto_arena *arena,
                                                          uint32_t count);

/* A bin of exactly count numbers of 8 bytes, which read gives as bytes. */
struct karto_slice karto_codec_read_be64s(struct karto_reader *reader, uint32_t count);

/* At most KARTO_TERRITORIES_MAX names of territories, as an array. */
KARTO_CHECKED enum karto_err karto_codec_pack_territories(struct karto_buf *out, const struct karto_slice *territories,
                                                          uint32_t count);
const struct karto_slice *karto_codec_read_territories(struct karto_reader *reader, struct karto_arena *arena,
                                                       uint32_t *count);

/* The rest of an epoch stands as two numbers wherever it is not in a header. */
void karto_codec_pack_epoch(struct karto_buf *out, struct karto_epoch epoch);
struct karto_epoch karto_codec_read_epoch(struct karto_reader *reader);

#endif
