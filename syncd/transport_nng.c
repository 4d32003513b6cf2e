#include "syncd/transport.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "syncd/log.h"
#include "syncd/sp.h"
#include "syncd/tunnel.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* nng speaks plain TCP here, on the loopback interface, between this process and its own end of the tunnel. */

enum {
    CONTEXTS_STEP = 16, /* made together, whenever fewer than half of it wait for requests */
    REQUESTS_MAX = 20000,
    OPEN_MAX = 4, /* requests of one connection without an answer: a device has one, one ahead of its turn, and a wait;
                     and an answer may be on its way while the next request has come */
    REDIAL_MS_MIN = 20, /* to our own tunnel, which is always there and does the holding off itself */
    REDIAL_MS_MAX = 250,
    CLOSE_MS = 5000, /* nng gives everything back in some milliseconds, on a machine that is overloaded in a second */
};

static const uint32_t LOOPBACK = UINT32_C(0x7f000001);

/* ---- Closing ---- */

struct closing {
    void (*close)(void *what);
    void *what;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done, left; /* under lock: closed, and nobody waits for it any more */
};

static void free_closing(struct closing *closing)
{
    pthread_cond_destroy(&closing->changed);
    pthread_mutex_destroy(&closing->lock);
    free(closing);
}

static void *do_close(void *argument)
{
    struct closing *closing = argument;
    closing->close(closing->what);
    pthread_mutex_lock(&closing->lock);
    closing->done = true;
    bool left = closing->left;
    pthread_cond_signal(&closing->changed);
    pthread_mutex_unlock(&closing->lock);
    if (left)
        free_closing(closing);
    return NULL;
}

/* When it is not done, what it closes frees it too. */
static bool wait_until_done(struct closing *closing)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CLOSE_MS / 1000;
    int failed = 0;
    pthread_mutex_lock(&closing->lock);
    while (!closing->done && failed == 0)
        failed = pthread_cond_timedwait(&closing->changed, &closing->lock, &until);
    bool done = closing->done;
    closing->left = !done;
    pthread_mutex_unlock(&closing->lock);
    return done;
}

/* Closing waits until nng has given back every connection. When 1.5.2 has lost one (tunnel_conn.c says how), that is
 * for ever; and a daemon that was told to end must end. Whoever closes waits for so long; what is left ends with the
 * process, and all that it uses is left to it. */
static void close_in_time(void (*close)(void *what), void *what)
{
    pthread_t thread;
    struct closing *closing = karto_must(calloc(1, sizeof *closing));
    closing->close = close;
    closing->what = what;
    KARTO_ASSERT(pthread_mutex_init(&closing->lock, NULL) == 0 && pthread_cond_init(&closing->changed, NULL) == 0);
    if (pthread_create(&thread, NULL, do_close, closing) != 0)
        karto_fatal("no thread");
    if (!wait_until_done(closing)) {
        pthread_detach(thread);
        karto_log(KARTO_LOG_WARNING, "D-NNG", "nng does not give back its connections: they end with the process");
        return;
    }
    pthread_join(thread, NULL);
    free_closing(closing);
}

/* ---- The hub's side ---- */

/* A context of nng: waits for a request, is the receiver's until answered, sends the answer, waits again. */
enum request_state { REQUEST_RECEIVES, REQUEST_ASKED, REQUEST_ANSWERS, REQUEST_OVER };

struct karto_inbound {
    struct karto_listen *listen;
    struct karto_inbound *next; /* of all */
    nng_ctx context;
    nng_aio *aio;
    nng_msg *message;
    enum request_state state; /* under lock */
    struct karto_certificate who;
    char from[KARTO_FROM_SIZE];
    uint32_t host; /* of the connection, in identities */
    uint16_t port;
};

struct karto_listen {
    nng_socket socket;
    struct karto_tunnel *tunnel;
    struct karto_identities *identities;
    struct karto_refusals *refusals; /* not once it is closing */
    karto_inbound_handler *on_request;
    void *context;
    unsigned requests_max, open_max;
    pthread_mutex_t lock; /* of what follows */
    struct karto_inbound *requests;
    unsigned count, receiving;
    bool closing;
};

static bool find_address(nng_pipe pipe, uint32_t *host, uint16_t *port)
{
    nng_sockaddr from;
    if (nng_pipe_get_addr(pipe, NNG_OPT_REMADDR, &from) != 0 || from.s_family != NNG_AF_INET)
        return false;
    uint8_t host_bytes[4], port_bytes[2];
    memcpy(host_bytes, &from.s_in.sa_addr, sizeof host_bytes);
    memcpy(port_bytes, &from.s_in.sa_port, sizeof port_bytes);
    *host = karto_be32(host_bytes);
    *port = (uint16_t)(port_bytes[0] << 8 | port_bytes[1]);
    return true;
}

/* The tunnel's own come from other addresses of this machine, and one that was cut off just now is not known any more
 * either. The caller of what is closed need not keep refusals, though nng may still be busy. */
static void note_stranger(struct karto_listen *listen, uint32_t host)
{
    char from[KARTO_FROM_SIZE];
    snprintf(from, sizeof from, "%u.%u.%u.%u", host >> 24, host >> 16 & 255, host >> 8 & 255, host & 255);
    pthread_mutex_lock(&listen->lock);
    if (!listen->closing)
        karto_refusals_note(listen->refusals, host == LOOPBACK ? KARTO_REFUSED_INNER : KARTO_REFUSED_INNER_OR_GONE,
                            from);
    pthread_mutex_unlock(&listen->lock);
}

/* Who has not come through the tunnel is not heard. */
static void check_pipe(nng_pipe pipe, nng_pipe_ev event, void *context)
{
    struct karto_listen *listen = context;
    struct karto_certificate who;
    uint32_t host;
    uint16_t port;
    (void)event;
    bool found = find_address(pipe, &host, &port);
    if (found && karto_identities_find(listen->identities, host, port, &who))
        return;
    nng_pipe_close(pipe);
    note_stranger(listen, found ? host : LOOPBACK);
}

/* Under the lock. false: the transport is closing. */
static bool receive(struct karto_inbound *request)
{
    struct karto_listen *listen = request->listen;
    request->state = listen->closing ? REQUEST_OVER : REQUEST_RECEIVES;
    if (listen->closing)
        return false;
    listen->receiving++;
    nng_ctx_recv(request->context, request->aio);
    return true;
}

static void request_event(void *argument);

static void add_contexts(struct karto_listen *listen)
{
    for (int i = 0; i < CONTEXTS_STEP && listen->count < listen->requests_max; i++) {
        struct karto_inbound *request = karto_must(calloc(1, sizeof *request));
        request->listen = listen;
        if (nng_aio_alloc(&request->aio, request_event, request) != 0)
            karto_fatal("nng: no memory");
        if (nng_ctx_open(&request->context, listen->socket) != 0) { /* only when it is being closed */
            nng_aio_free(request->aio);
            free(request);
            return;
        }
        request->next = listen->requests;
        listen->requests = request;
        listen->count++;
        receive(request);
    }
}

/* Of somebody who is known, and has not asked for too much at once. */
static bool begin(struct karto_inbound *request, nng_msg *message)
{
    return nng_msg_len(message) > 0 && find_address(nng_msg_get_pipe(message), &request->host, &request->port) &&
           karto_identities_begin(request->listen->identities, request->host, request->port, request->listen->open_max,
                                  &request->who, request->from);
}

static void end(struct karto_inbound *request)
{
    karto_identities_end(request->listen->identities, request->host, request->port);
}

/* A request, or false and the context waits for the next one. */
static bool take(struct karto_inbound *request)
{
    struct karto_listen *listen = request->listen;
    nng_msg *message = nng_aio_result(request->aio) == 0 ? nng_aio_get_msg(request->aio) : NULL;
    bool fine = message && begin(request, message);
    pthread_mutex_lock(&listen->lock);
    listen->receiving--;
    if (fine && listen->closing) {
        end(request);
        fine = false;
    }
    if (fine) {
        request->state = REQUEST_ASKED;
        request->message = message;
        if (listen->receiving < CONTEXTS_STEP / 2)
            add_contexts(listen);
    } else {
        if (message)
            nng_msg_free(message);
        receive(request);
    }
    pthread_mutex_unlock(&listen->lock);
    return fine;
}

static void answered(struct karto_inbound *request)
{
    if (nng_aio_result(request->aio) != 0)
        nng_msg_free(nng_aio_get_msg(request->aio)); /* what was not sent is still ours */
    end(request);
    pthread_mutex_lock(&request->listen->lock);
    receive(request);
    pthread_mutex_unlock(&request->listen->lock);
}

static void request_event(void *argument)
{
    struct karto_inbound *request = argument;
    pthread_mutex_lock(&request->listen->lock);
    enum request_state state = request->state;
    pthread_mutex_unlock(&request->listen->lock);
    if (state == REQUEST_ANSWERS)
        answered(request);
    else if (take(request))
        request->listen->on_request(request->listen->context, request);
}

struct karto_slice karto_inbound_frame(const struct karto_inbound *request)
{
    return karto_slice(nng_msg_body(request->message), nng_msg_len(request->message));
}

const struct karto_certificate *karto_inbound_who(const struct karto_inbound *request)
{
    return &request->who;
}

const char *karto_inbound_device(const struct karto_inbound *request)
{
    return request->who.cn;
}

const char *karto_inbound_serial(const struct karto_inbound *request)
{
    return request->who.serial;
}

const char *karto_inbound_from(const struct karto_inbound *request)
{
    return request->from;
}

/* The request's message is the answer's, too: its memory is there already. */
void karto_inbound_answer(struct karto_inbound *request, struct karto_slice frame)
{
    struct karto_listen *listen = request->listen;
    nng_msg *message = request->message;
    request->message = NULL;
    pthread_mutex_lock(&listen->lock);
    KARTO_ASSERT(request->state == REQUEST_ASKED);
    if (frame.size == 0 || listen->closing) {
        nng_msg_free(message);
        end(request);
        receive(request);
    } else {
        nng_msg *answer;
        if (nng_msg_alloc(&answer, frame.size) != 0)
            karto_fatal("nng: no memory");
        memcpy(nng_msg_body(answer), frame.data, frame.size);
        nng_msg_free(message);
        request->state = REQUEST_ANSWERS;
        nng_aio_set_msg(request->aio, answer);
        nng_ctx_send(request->context, request->aio);
    }
    pthread_mutex_unlock(&listen->lock);
}

/* Listens on the loopback interface. *port is where. Limits come first: nng's own are "none". */
static bool listen_inside(struct karto_listen *listen, size_t frame_size_max, uint16_t *port)
{
    nng_listener listener;
    nng_sockaddr at;
    if (nng_socket_set_size(listen->socket, NNG_OPT_RECVMAXSZ, frame_size_max + KARTO_SP_NUMBER_SIZE) != 0 ||
        nng_pipe_notify(listen->socket, NNG_PIPE_EV_ADD_PRE, check_pipe, listen) != 0 ||
        nng_listener_create(&listener, listen->socket, "tcp://127.0.0.1:0") != 0 ||
        nng_listener_start(listener, 0) != 0 || nng_listener_get_addr(listener, NNG_OPT_LOCADDR, &at) != 0)
        return false;
    uint8_t bytes[2];
    memcpy(bytes, &at.s_in.sa_port, sizeof bytes);
    *port = (uint16_t)(bytes[0] << 8 | bytes[1]);
    return true;
}

static enum karto_err open_tunnel(struct karto_listen *listen, const struct karto_listen_options *options,
                                  uint16_t inner_port)
{
    struct karto_tunnel_hub tunnel = {
        .listen = options->address,
        .credentials = options->credentials,
        .inner_port = inner_port,
        .message_size_max = options->frame_size_max + KARTO_SP_NUMBER_SIZE,
        .identities = listen->identities,
        .admit = options->admit,
        .on_enrol = options->on_enrol,
        .context = options->context,
        .refusals = options->refusals,
        .fault = options->fault,
    };
    if (options->limits)
        tunnel.limits = *options->limits;
    return karto_tunnel_open_hub(&tunnel, &listen->tunnel);
}

enum karto_err karto_listen_open(const struct karto_listen_options *options, struct karto_listen **out)
{
    struct karto_listen *listen = karto_must(calloc(1, sizeof *listen));
    KARTO_ASSERT(pthread_mutex_init(&listen->lock, NULL) == 0);
    listen->identities = karto_identities_new();
    listen->on_request = options->on_request;
    listen->context = options->context;
    listen->refusals = options->refusals;
    listen->requests_max = options->requests_max ? options->requests_max : REQUESTS_MAX;
    listen->open_max = options->open_max ? options->open_max : OPEN_MAX;
    uint16_t inner_port = 0;
    bool fine = nng_rep0_open(&listen->socket) == 0 && listen_inside(listen, options->frame_size_max, &inner_port);
    if (fine) {
        pthread_mutex_lock(&listen->lock);
        add_contexts(listen);
        pthread_mutex_unlock(&listen->lock);
    }
    enum karto_err err = fine ? open_tunnel(listen, options, inner_port) : KARTO_E_IO;
    if (err == KARTO_OK)
        *out = listen;
    else
        karto_listen_close(listen);
    return err;
}

static void free_request(struct karto_inbound *request)
{
    nng_aio_stop(request->aio); /* waits for its callback */
    nng_ctx_close(request->context);
    nng_aio_free(request->aio);
    if (request->message)
        nng_msg_free(request->message);
    free(request);
}

static void close_listen(void *what)
{
    struct karto_listen *listen = what;
    karto_tunnel_close(listen->tunnel);
    pthread_mutex_lock(&listen->lock);
    listen->closing = true; /* from here on no context is added */
    struct karto_inbound *requests = listen->requests;
    pthread_mutex_unlock(&listen->lock);
    while (requests) {
        struct karto_inbound *next = requests->next;
        free_request(requests);
        requests = next;
    }
    if (nng_socket_id(listen->socket) > 0)
        nng_close(listen->socket);
    karto_identities_free(listen->identities);
    pthread_mutex_destroy(&listen->lock);
    free(listen);
}

void karto_listen_close(struct karto_listen *listen)
{
    if (listen)
        close_in_time(close_listen, listen);
}

uint16_t karto_listen_port(const struct karto_listen *listen)
{
    return karto_tunnel_port(listen->tunnel);
}

void karto_listen_cut(struct karto_listen *listen, const char *serial)
{
    karto_tunnel_cut(listen->tunnel, serial);
}

/* ---- The device's side ---- */

/* A context of nng, used by one call after the other. */
struct call {
    struct karto_dial *dial;
    struct call *next; /* of all */
    nng_ctx context;
    nng_aio *aio;
    karto_answer_handler *on_answer;
    void *on_answer_context;
    int64_t deadline_ms;
    bool busy, sending;     /* under lock, like the next */
    enum karto_err verdict; /* why it was ended from here */
};

struct karto_dial {
    nng_socket socket;
    struct karto_tunnel *tunnel;
    size_t frame_size_max;
    karto_link_handler *on_link;
    void *context;
    pthread_mutex_t lock; /* of what follows */
    struct call *calls;
    bool closing;
};

/* Why a call failed, as nng sees it and as the tunnel knows better: nng only notices that nobody is there. */
static enum karto_err why_failed(struct karto_dial *dial, int result)
{
    enum karto_link link = karto_tunnel_link(dial->tunnel);
    enum karto_err err = karto_link_err(link);
    if (err != KARTO_OK)
        return err;
    return result == NNG_ETIMEDOUT && link == KARTO_LINK_UP ? KARTO_E_TIMEOUT : KARTO_E_OFFLINE;
}

/* The call is free for the next one before its answer is handed over: who gets it may call again. */
static void finish(struct call *call, enum karto_err err, nng_msg *message)
{
    karto_answer_handler *on_answer = call->on_answer;
    void *context = call->on_answer_context;
    pthread_mutex_lock(&call->dial->lock);
    call->busy = false;
    pthread_mutex_unlock(&call->dial->lock);
    on_answer(context, err, message ? karto_slice(nng_msg_body(message), nng_msg_len(message)) : karto_slice(NULL, 0));
    if (message)
        nng_msg_free(message);
}

/* Whether the call goes on. Under the lock, so that an abort comes either before, and is seen, or after, and ends the
 * wait. */
static bool await_answer(struct call *call)
{
    pthread_mutex_lock(&call->dial->lock);
    bool goes_on = call->verdict == KARTO_OK;
    if (goes_on) {
        int64_t left = call->deadline_ms - karto_os_monotonic_ms();
        call->sending = false;
        nng_aio_set_timeout(call->aio, left > 1 ? (nng_duration)left : 1);
        nng_ctx_recv(call->context, call->aio);
    }
    pthread_mutex_unlock(&call->dial->lock);
    return goes_on;
}

static void call_event(void *argument)
{
    struct call *call = argument;
    pthread_mutex_lock(&call->dial->lock);
    bool sending = call->sending;
    enum karto_err verdict = call->verdict;
    pthread_mutex_unlock(&call->dial->lock);
    int result = nng_aio_result(call->aio);
    nng_msg *message = NULL;
    if (sending && result == 0) {
        if (await_answer(call))
            return;
        verdict = call->verdict;
    } else if (sending) {
        nng_msg_free(nng_aio_get_msg(call->aio)); /* what was not sent is still ours */
    } else if (result == 0) {
        message = nng_aio_get_msg(call->aio);
    }
    if (!message && verdict == KARTO_OK)
        verdict = why_failed(call->dial, result);
    finish(call, message ? KARTO_OK : verdict, message);
}

/* One that is free, else a new one. Under the lock. */
static struct call *get_call(struct karto_dial *dial)
{
    struct call *call = dial->calls;
    while (call && call->busy)
        call = call->next;
    if (call)
        return call;
    call = karto_must(calloc(1, sizeof *call));
    call->dial = dial;
    if (nng_aio_alloc(&call->aio, call_event, call) != 0 || nng_ctx_open(&call->context, dial->socket) != 0 ||
        nng_ctx_set_ms(call->context, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE) != 0)
        karto_fatal("nng: no context");
    call->next = dial->calls;
    dial->calls = call;
    return call;
}

static void send_request(struct call *call, struct karto_slice frame, int timeout_ms)
{
    nng_msg *message;
    if (nng_msg_alloc(&message, frame.size) != 0)
        karto_fatal("nng: no memory");
    memcpy(nng_msg_body(message), frame.data, frame.size);
    call->busy = call->sending = true;
    call->verdict = KARTO_OK;
    call->deadline_ms = karto_os_monotonic_ms() + timeout_ms;
    nng_aio_set_msg(call->aio, message);
    nng_aio_set_timeout(call->aio, timeout_ms);
    nng_ctx_send(call->context, call->aio);
}

enum karto_err karto_dial_call(struct karto_dial *dial, struct karto_slice frame, int timeout_ms,
                               karto_answer_handler *on_answer, void *context)
{
    if (frame.size == 0 || frame.size > dial->frame_size_max)
        return KARTO_E_LIMIT;
    enum karto_err err = karto_link_err(karto_tunnel_link(dial->tunnel));
    if (err == KARTO_E_CERTIFICATE || err == KARTO_E_REVOKED)
        return err;
    pthread_mutex_lock(&dial->lock);
    bool closing = dial->closing;
    if (!closing) {
        struct call *call = get_call(dial);
        call->on_answer = on_answer;
        call->on_answer_context = context;
        send_request(call, frame, timeout_ms);
    }
    pthread_mutex_unlock(&dial->lock);
    if (closing)
        return KARTO_E_INTERRUPTED;
    karto_tunnel_hurry(dial->tunnel);
    return KARTO_OK;
}

/* Ends all calls, or those that wait for a connection. */
static void end_calls(struct karto_dial *dial, enum karto_err verdict, bool only_unsent, bool closing)
{
    pthread_mutex_lock(&dial->lock);
    dial->closing |= closing;
    for (struct call *call = dial->calls; call; call = call->next) {
        if (!call->busy || call->verdict != KARTO_OK || (only_unsent && !call->sending))
            continue;
        call->verdict = verdict;
        nng_aio_abort(call->aio, NNG_ECANCELED);
    }
    pthread_mutex_unlock(&dial->lock);
}

void karto_dial_abort(struct karto_dial *dial)
{
    end_calls(dial, KARTO_E_INTERRUPTED, false, false);
}

/* When the hub could not be reached, who waits for a connection need not wait any longer. A connection that broke is
 * another matter: the next attempt comes at once. */
static void link_changed(void *context, enum karto_link link)
{
    struct karto_dial *dial = context;
    enum karto_err err = karto_link_err(link);
    if (err != KARTO_OK && link != KARTO_LINK_CUT)
        end_calls(dial, err, true, false);
    if (dial->on_link)
        dial->on_link(dial->context, link);
}

enum karto_link karto_dial_link(struct karto_dial *dial)
{
    return karto_tunnel_link(dial->tunnel);
}

static bool dial_inside(struct karto_dial *dial)
{
    char url[40];
    nng_dialer dialer;
    snprintf(url, sizeof url, "tcp://127.0.0.1:%u", (unsigned)karto_tunnel_port(dial->tunnel));
    return nng_socket_set_size(dial->socket, NNG_OPT_RECVMAXSZ, dial->frame_size_max + KARTO_SP_NUMBER_SIZE) == 0 &&
           nng_dialer_create(&dialer, dial->socket, url) == 0 &&
           nng_dialer_set_ms(dialer, NNG_OPT_RECONNMINT, REDIAL_MS_MIN) == 0 &&
           nng_dialer_set_ms(dialer, NNG_OPT_RECONNMAXT, REDIAL_MS_MAX) == 0 &&
           nng_dialer_start(dialer, NNG_FLAG_NONBLOCK) == 0;
}

enum karto_err karto_dial_open(const struct karto_dial_options *options, struct karto_dial **out)
{
    struct karto_dial *dial = karto_must(calloc(1, sizeof *dial));
    KARTO_ASSERT(pthread_mutex_init(&dial->lock, NULL) == 0);
    dial->frame_size_max = options->frame_size_max;
    dial->on_link = options->on_link;
    dial->context = options->context;
    struct karto_tunnel_device tunnel = {
        .hub = options->hub,
        .credentials = options->credentials,
        .message_size_max = options->frame_size_max + KARTO_SP_NUMBER_SIZE,
        .on_link = link_changed,
        .context = dial,
        .fault = options->fault,
    };
    if (options->limits)
        tunnel.limits = *options->limits;
    enum karto_err err = karto_tunnel_open_device(&tunnel, &dial->tunnel);
    if (err == KARTO_OK && (nng_req0_open(&dial->socket) != 0 || !dial_inside(dial)))
        err = KARTO_E_IO;
    if (err == KARTO_OK)
        *out = dial;
    else
        karto_dial_close(dial);
    return err;
}

static void free_call(struct call *call)
{
    nng_aio_stop(call->aio); /* waits for its callback */
    nng_ctx_close(call->context);
    nng_aio_free(call->aio);
    free(call);
}

static void close_dial(void *what)
{
    struct karto_dial *dial = what;
    end_calls(dial, KARTO_E_INTERRUPTED, false, true);
    while (dial->calls) {
        struct call *next = dial->calls->next;
        free_call(dial->calls);
        dial->calls = next;
    }
    karto_tunnel_close(dial->tunnel);
    if (nng_socket_id(dial->socket) > 0)
        nng_close(dial->socket);
    pthread_mutex_destroy(&dial->lock);
    free(dial);
}

void karto_dial_close(struct karto_dial *dial)
{
    if (dial)
        close_in_time(close_dial, dial);
}
