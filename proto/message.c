/* Requests and answers: their bodies in frames, and the answer that is an error. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/codec.h"
#include "proto/frame.h"

/* ---- frames ---- */

/* A frame that does not come about leaves out as it was; body is given back either way. */
static enum karto_err put_frame(enum karto_err err, struct karto_frame *frame, struct karto_buf *body,
                                struct karto_buf *out)
{
    frame->body = karto_buf_slice(body);
    if (err == KARTO_OK)
        err = karto_frame_encode(frame, out);
    karto_buf_fini(body);
    return err;
}

static bool is_request_type(uint32_t type, uint32_t version)
{
    if (type == KARTO_GIVEBACK || type == KARTO_HEAL || type == KARTO_FAREWELL || type == KARTO_MEASURE)
        return version >= 2;
    return (type >= KARTO_HELLO && type <= KARTO_WAIT) || type == KARTO_HISTORY;
}

static uint32_t or_newest(uint32_t version)
{
    return version ? version : KARTO_PROTOCOL_MOST;
}

/* From version 2 on the frames of a hello leave out what their bodies say: the token is the body's. */
static bool has_token_in_body(enum karto_request_type type, uint32_t version)
{
    return type == KARTO_HELLO && or_newest(version) >= 2;
}

/* ---- requests ---- */

static enum karto_err request_body(const struct karto_request *request, struct karto_buf *out)
{
    uint32_t version = or_newest(request->version);
    if (!is_request_type(request->type, version))
        return KARTO_E_USAGE;
    switch (request->type) {
    case KARTO_HELLO: return karto_hello_encode(&request->of.hello, version, out);
    case KARTO_PUSH: return karto_push_encode(&request->of.push, version, out);
    case KARTO_PULL: return karto_pull_encode(&request->of.pull, out);
    case KARTO_DIGESTS: return karto_digests_encode(&request->of.digests, out);
    case KARTO_STATES: return karto_states_encode(&request->of.states, out);
    case KARTO_WAIT: return karto_wait_encode(&request->of.wait, out);
    case KARTO_GIVEBACK: return karto_giveback_encode(&request->of.giveback, out);
    case KARTO_HEAL: return karto_heal_encode(&request->of.heal, out);
    case KARTO_HISTORY: return karto_history_encode(&request->of.history, out);
    case KARTO_FAREWELL: return karto_farewell_encode(&request->of.farewell, out);
    case KARTO_MEASURE: return karto_measure_encode(&request->of.measure, out);
    }
    return KARTO_E_USAGE;
}

enum karto_err karto_request_encode(const struct karto_request *request, struct karto_buf *out)
{
    struct karto_buf body = KARTO_BUF_EMPTY;
    struct karto_frame frame = {.version = request->version, .type = request->type};
    if (!has_token_in_body(request->type, request->version)) /* and a device's is nobody's business before the answer */
        frame.token = request->token;
    return put_frame(request_body(request, &body), &frame, &body, out);
}

static void read_request(struct karto_reader *reader, struct karto_arena *arena, struct karto_request *request)
{
    switch (request->type) {
    case KARTO_HELLO: karto_hello_decode(reader, arena, request->version, &request->of.hello); return;
    case KARTO_PUSH: karto_push_decode(reader, arena, request->version, &request->of.push); return;
    case KARTO_PULL: karto_pull_decode(reader, &request->of.pull); return;
    case KARTO_DIGESTS: karto_digests_decode(reader, &request->of.digests); return;
    case KARTO_STATES: karto_states_decode(reader, arena, &request->of.states); return;
    case KARTO_WAIT: karto_wait_decode(reader, &request->of.wait); return;
    case KARTO_GIVEBACK: karto_giveback_decode(reader, arena, &request->of.giveback); return;
    case KARTO_HEAL: karto_heal_decode(reader, arena, &request->of.heal); return;
    case KARTO_HISTORY: karto_history_decode(reader, arena, &request->of.history); return;
    case KARTO_FAREWELL: karto_farewell_decode(reader, &request->of.farewell); return;
    case KARTO_MEASURE: karto_measure_decode(reader, &request->of.measure); return;
    }
}

enum karto_request_type karto_request_type_of(struct karto_slice frame)
{
    uint32_t type = karto_frame_type(frame);
    return is_request_type(type, karto_frame_version(frame)) ? (enum karto_request_type)type : KARTO_HELLO;
}

enum karto_err karto_request_decode(struct karto_arena *arena, struct karto_slice bytes, struct karto_request *request)
{
    struct karto_reader reader;
    struct karto_frame frame;
    *request = (struct karto_request){.type = KARTO_HELLO};
    enum karto_err err = karto_frame_decode(arena, bytes, &frame);
    if (err != KARTO_OK)
        return err;
    if (!is_request_type(frame.type, frame.version) || frame.error)
        return KARTO_E_PROTOCOL;
    request->type = (enum karto_request_type)frame.type;
    request->version = frame.version;
    request->token = frame.token;
    karto_reader_init(&reader, frame.body);
    read_request(&reader, arena, request);
    return karto_reader_end(&reader) == KARTO_OK ? KARTO_OK : KARTO_E_PROTOCOL;
}

/* ---- errors ---- */

/* What a log says is cut rather than refused, or an error could not be told. */
static struct karto_slice detail_cut(struct karto_slice detail)
{
    if (detail.size > KARTO_REASON_SIZE_MAX) {
        detail.size = KARTO_REASON_SIZE_MAX;
        while (detail.size > 0 && (detail.data[detail.size] & 0xc0) == 0x80)
            detail.size--;
    }
    return karto_utf8_valid(detail) ? detail : karto_slice(NULL, 0);
}

static void pack_error(struct karto_buf *out, const struct karto_answer *answer)
{
    karto_pack_str(out, karto_slice_str(karto_err_id(answer->error)));
    karto_pack_str(out, detail_cut(answer->detail));
}

/* An id that is not known here is a newer hub's. */
static enum karto_err error_of_id(struct karto_slice id)
{
    for (int err = KARTO_OK + 1; err < KARTO_ERR_COUNT; err++)
        if (karto_slice_is(id, karto_err_id((enum karto_err)err)))
            return (enum karto_err)err;
    return KARTO_E_PROTOCOL;
}

static void read_error(struct karto_reader *reader, struct karto_answer *answer)
{
    answer->error = error_of_id(karto_read_str(reader, KARTO_NAME_SIZE_MAX));
    answer->detail = karto_read_str(reader, KARTO_REASON_SIZE_MAX);
}

/* ---- answers ---- */

static enum karto_err answer_body(const struct karto_answer *answer, struct karto_buf *out)
{
    uint32_t version = or_newest(answer->version);
    if (!is_request_type(answer->type, version))
        return KARTO_E_USAGE;
    switch (answer->type) {
    case KARTO_HELLO: return karto_hello_answer_encode(&answer->of.hello, version, out);
    case KARTO_PUSH: return karto_push_answer_encode(&answer->of.push, version, out);
    case KARTO_PULL: return karto_pull_answer_encode(&answer->of.pull, out);
    case KARTO_DIGESTS: return karto_digests_answer_encode(&answer->of.digests, out);
    case KARTO_STATES: return karto_states_answer_encode(&answer->of.states, out);
    case KARTO_WAIT: return karto_wait_answer_encode(&answer->of.wait, out);
    case KARTO_GIVEBACK: return karto_push_answer_encode(&answer->of.giveback, version, out);
    case KARTO_HEAL: return karto_heal_answer_encode(&answer->of.heal, out);
    case KARTO_HISTORY: return karto_history_answer_encode(&answer->of.history, out);
    case KARTO_FAREWELL: return karto_farewell_answer_encode(&answer->of.farewell, out);
    case KARTO_MEASURE: return karto_measure_answer_encode(&answer->of.measure, out);
    }
    return KARTO_E_USAGE;
}

enum karto_err karto_answer_encode(const struct karto_answer *answer, struct karto_buf *out)
{
    struct karto_buf body = KARTO_BUF_EMPTY;
    struct karto_frame frame = {.version = answer->version, .type = (uint32_t)answer->type | KARTO_ANSWER_BIT};
    frame.error = answer->error != KARTO_OK;
    if (frame.error || !has_token_in_body(answer->type, answer->version))
        frame.token = answer->token;
    enum karto_err err = KARTO_OK;
    if (frame.error)
        pack_error(&body, answer);
    else
        err = answer_body(answer, &body);
    return put_frame(err, &frame, &body, out);
}

static void read_answer(struct karto_reader *reader, struct karto_arena *arena, struct karto_answer *answer)
{
    switch (answer->type) {
    case KARTO_HELLO: karto_hello_answer_decode(reader, arena, answer->version, &answer->of.hello); return;
    case KARTO_PUSH: karto_push_answer_decode(reader, arena, answer->version, &answer->of.push); return;
    case KARTO_PULL: karto_pull_answer_decode(reader, arena, &answer->of.pull); return;
    case KARTO_DIGESTS: karto_digests_answer_decode(reader, arena, &answer->of.digests); return;
    case KARTO_STATES: karto_states_answer_decode(reader, arena, &answer->of.states); return;
    case KARTO_WAIT: karto_wait_answer_decode(reader, &answer->of.wait); return;
    case KARTO_GIVEBACK: karto_push_answer_decode(reader, arena, answer->version, &answer->of.giveback); return;
    case KARTO_HEAL: karto_heal_answer_decode(reader, arena, &answer->of.heal); return;
    case KARTO_HISTORY: karto_history_answer_decode(reader, arena, &answer->of.history); return;
    case KARTO_FAREWELL: karto_farewell_answer_decode(reader, &answer->of.farewell); return;
    case KARTO_MEASURE: karto_measure_answer_decode(reader, &answer->of.measure); return;
    }
}

enum karto_err karto_answer_decode(struct karto_arena *arena, struct karto_slice bytes, struct karto_answer *answer)
{
    struct karto_reader reader;
    struct karto_frame frame;
    *answer = (struct karto_answer){.type = KARTO_HELLO};
    enum karto_err err = karto_frame_decode(arena, bytes, &frame);
    if (err != KARTO_OK)
        return err;
    uint32_t type = frame.type & ~(uint32_t)KARTO_ANSWER_BIT;
    if (!(frame.type & KARTO_ANSWER_BIT) || !is_request_type(type, frame.version))
        return KARTO_E_PROTOCOL;
    answer->type = (enum karto_request_type)type;
    answer->version = frame.version;
    answer->token = frame.token;
    karto_reader_init(&reader, frame.body);
    if (frame.error)
        read_error(&reader, answer);
    else
        read_answer(&reader, arena, answer);
    if (!frame.error && has_token_in_body(answer->type, answer->version))
        answer->token = (struct karto_token){answer->of.hello.epoch, answer->of.hello.rights};
    return karto_reader_end(&reader) == KARTO_OK ? KARTO_OK : KARTO_E_PROTOCOL;
}
