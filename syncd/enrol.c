#include "syncd/enrol.h"

#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "syncd/tls.h"

#include <poll.h>
#include <unistd.h>

struct call {
    int socket;
    int64_t deadline_ms;
    struct karto_tls_stream *stream;
};

static enum karto_io receive(void *context, void *data, size_t size, size_t *moved)
{
    return karto_net_receive(((struct call *)context)->socket, data, size, moved);
}

static enum karto_io send_some(void *context, const void *data, size_t size, size_t *moved)
{
    return karto_net_send(((struct call *)context)->socket, data, size, moved);
}

static enum karto_err wait_for(const struct call *call, short events)
{
    int64_t left = call->deadline_ms - karto_os_monotonic_ms();
    if (left <= 0)
        return KARTO_E_TIMEOUT;
    struct pollfd one = {.fd = call->socket, .events = events};
    poll(&one, 1, (int)left); /* a signal only makes us look again */
    return KARTO_OK;
}

/* What to do about a step that was not FINE: KARTO_OK is to take it again. */
static enum karto_err after(const struct call *call, enum karto_tls_result result)
{
    switch (result) {
    case KARTO_TLS_FINE: return KARTO_OK;
    case KARTO_TLS_READ: return wait_for(call, POLLIN);
    case KARTO_TLS_WRITE: return wait_for(call, POLLOUT);
    case KARTO_TLS_END: return KARTO_E_OFFLINE;
    case KARTO_TLS_FAILED: return karto_link_err(karto_tls_stream_failure(call->stream));
    }
    return KARTO_E_OFFLINE;
}

static enum karto_err shake_hands(struct call *call)
{
    enum karto_tls_result result;
    enum karto_err err;
    do {
        result = karto_tls_handshake(call->stream);
        err = after(call, result);
    } while (result != KARTO_TLS_FINE && err == KARTO_OK);
    return err;
}

static enum karto_err write_all(struct call *call, struct karto_slice bytes)
{
    enum karto_err err = KARTO_OK;
    while (bytes.size && err == KARTO_OK) {
        size_t wrote;
        enum karto_tls_result result = karto_tls_write(call->stream, bytes.data, bytes.size, &wrote);
        bytes = karto_slice(bytes.data + wrote, bytes.size - wrote);
        err = after(call, result);
    }
    return err;
}

static enum karto_err read_all(struct call *call, uint8_t *to, size_t size)
{
    enum karto_err err = KARTO_OK;
    while (size && err == KARTO_OK) {
        size_t got;
        enum karto_tls_result result = karto_tls_read(call->stream, to, size, &got);
        to += got;
        size -= got;
        err = after(call, result);
    }
    return err;
}

static enum karto_err converse(struct call *call, struct karto_slice request, struct karto_buf *answer)
{
    enum karto_err err = shake_hands(call);
    if (err != KARTO_OK)
        return err;
    struct karto_buf message = KARTO_BUF_EMPTY;
    karto_buf_add_be32(&message, (uint32_t)request.size);
    karto_buf_add_slice(&message, request);
    err = write_all(call, karto_buf_slice(&message));
    karto_buf_fini(&message);
    uint8_t head[4];
    if (err == KARTO_OK)
        err = read_all(call, head, sizeof head);
    if (err != KARTO_OK)
        return err;
    uint32_t size = karto_be32(head);
    if (size == 0 || size > KARTO_ENROL_SIZE_MAX)
        return KARTO_E_PROTOCOL;
    err = read_all(call, karto_buf_reserve(answer, size), size);
    if (err == KARTO_OK)
        answer->size += size;
    return err;
}

/* Tries each place in turn; the first that answers gets what time is left, the others at most an equal share of it. */
static enum karto_err connect_any(struct call *call, const struct karto_places *places)
{
    int64_t deadline_ms = call->deadline_ms;
    for (unsigned i = 0; i < places->count; i++) {
        int64_t now_ms = karto_os_monotonic_ms();
        call->deadline_ms = now_ms + (deadline_ms - now_ms) / (places->count - i);
        call->socket = karto_net_dial(&places->at[i]);
        if (call->socket < 0)
            continue;
        enum karto_err err = wait_for(call, POLLOUT);
        bool late = karto_os_monotonic_ms() >= call->deadline_ms;
        if (err == KARTO_OK && !late && karto_net_connected(call->socket) == 0) {
            call->deadline_ms = deadline_ms;
            return KARTO_OK;
        }
        close(call->socket);
        call->socket = -1;
    }
    return karto_os_monotonic_ms() >= deadline_ms ? KARTO_E_TIMEOUT : KARTO_E_OFFLINE;
}

enum karto_err karto_enrol_call(const struct karto_address *hub, const uint8_t fingerprint[32],
                                struct karto_slice request, int timeout_ms, struct karto_buf *answer,
                                struct karto_buf *authority_pem)
{
    if (request.size == 0 || request.size > KARTO_ENROL_SIZE_MAX)
        return KARTO_E_LIMIT;
    struct karto_places places;
    if (!karto_net_lookup(hub, &places))
        return KARTO_E_OFFLINE;
    struct call call = {.socket = -1, .deadline_ms = karto_os_monotonic_ms() + timeout_ms};
    enum karto_err err = connect_any(&call, &places);
    if (err != KARTO_OK)
        return err;
    struct karto_tls *tls = karto_tls_joiner(fingerprint);
    call.stream = karto_tls_stream_new(tls, (struct karto_tls_io){&call, receive, send_some});
    err = converse(&call, request, answer);
    if (err == KARTO_OK)
        err = karto_certificate_print(karto_tls_stream_authority(call.stream), authority_pem);
    karto_tls_stream_free(call.stream);
    karto_tls_free(tls);
    close(call.socket);
    return err;
}
