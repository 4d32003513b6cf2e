#include "tools/bench_net.h"

#include "tools/bench.h"

#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "syncd/exchange.h"
#include "syncd/mailbox.h"
#include "syncd/service.h"
#include "syncd/transport.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 120 * 1000, WAIT_MS = 1000, REQUESTS_MAX = 100000 };

/* nng puts a length of 8 bytes and a request number of 4 around a frame; TLS 1.3, for each 16 KiB that it encrypts, a
 * header of 5, a type of 1 and a tag of 16. */
enum { AROUND_FRAME = 12, RECORD_SIZE = 16 * 1024, AROUND_RECORD = 22 };

/* ---- hub ---- */

struct bench_hub {
    struct karto_store *store;
    struct karto_key *authority_key, *key;
    struct karto_buf authority_pem, key_pem, pem;
    struct karto_authority authority;
    struct karto_mailbox *box;
    struct karto_listen *listen;
    pthread_t thread;
    struct karto_buf noise;
};

struct serving {
    struct karto_inbound *request;
    struct karto_buf answer;
};

static enum karto_err serve(struct karto_tx *tx, void *context)
{
    struct serving *serving = context;
    struct karto_served served;
    struct karto_peer peer = {.public_key = {NULL, 0}};
    serving->answer.size = 0;
    enum karto_err err = karto_rid_parse(karto_slice_str(karto_inbound_device(serving->request)), &peer.device);
    if (err == KARTO_OK)
        err = karto_serve(tx, &peer, karto_inbound_frame(serving->request), &serving->answer, &served);
    return err;
}

static void answer_from_store(struct bench_hub *hub, struct karto_inbound *request)
{
    struct serving serving = {request, KARTO_BUF_EMPTY};
    bench_must(karto_store_write(hub->store, serve, &serving), "serving");
    karto_inbound_answer(request, karto_buf_slice(&serving.answer));
    karto_buf_fini(&serving.answer);
}

static void answer_noise(struct bench_hub *hub, struct karto_inbound *request)
{
    uint32_t size = karto_be32(karto_inbound_frame(request).data);
    KARTO_ASSERT(size <= hub->noise.size);
    karto_inbound_answer(request, karto_slice(hub->noise.data, size));
}

static void *work(void *argument)
{
    struct bench_hub *hub = argument;
    for (bool stop = false; !stop;)
        for (struct karto_mail *mail = karto_mailbox_take(hub->box, WAIT_MS), *next; mail; mail = next) {
            next = mail->next;
            stop |= mail->type == KARTO_MAIL_STOP;
            if (mail->type == KARTO_MAIL_REQUEST && hub->store)
                answer_from_store(hub, mail->request);
            else if (mail->type == KARTO_MAIL_REQUEST)
                answer_noise(hub, mail->request);
            karto_mail_free(mail);
        }
    return NULL;
}

static void on_request(void *context, struct karto_inbound *request)
{
    struct karto_mail *mail = karto_mail_new(KARTO_MAIL_REQUEST);
    mail->request = request;
    karto_mailbox_put(context, mail);
}

static void make_authority(struct bench_hub *hub)
{
    int64_t now = karto_sys_now_ms(karto_os_sys());
    hub->authority_key = karto_key_new();
    hub->key = karto_key_new();
    bench_must(karto_authority_make(hub->authority_key, karto_slice_str("Benchmark"), now, &hub->authority_pem),
               "making an authority");
    hub->authority = (struct karto_authority){hub->authority_key, karto_buf_slice(&hub->authority_pem)};
    bench_must(karto_authority_sign_hub(&hub->authority, hub->key, now, &hub->pem), "signing");
    karto_key_print(hub->key, &hub->key_pem);
}

static void make_noise(struct bench_hub *hub)
{
    uint8_t *noise = karto_buf_reserve(&hub->noise, KARTO_FRAME_SIZE_MAX);
    karto_sys_random(karto_os_sys(), noise, KARTO_FRAME_SIZE_MAX);
    hub->noise.size = KARTO_FRAME_SIZE_MAX;
}

struct bench_hub *bench_hub_open(struct karto_store *store)
{
    struct bench_hub *hub = karto_must(calloc(1, sizeof *hub));
    hub->store = store;
    hub->box = karto_mailbox_new();
    make_authority(hub);
    if (!store)
        make_noise(hub);
    struct karto_listen_options options = {.address = {.host = "127.0.0.1"},
                                           .credentials = {karto_buf_slice(&hub->key_pem), karto_buf_slice(&hub->pem),
                                                           karto_buf_slice(&hub->authority_pem)},
                                           .on_request = on_request,
                                           .context = hub->box,
                                           .frame_size_max = KARTO_FRAME_SIZE_MAX};
    bench_must(karto_listen_open(&options, &hub->listen), "listening");
    if (pthread_create(&hub->thread, NULL, work, hub) != 0)
        bench_die("starting a thread", KARTO_E_IO);
    return hub;
}

void bench_hub_close(struct bench_hub *hub)
{
    karto_mailbox_put(hub->box, karto_mail_new(KARTO_MAIL_STOP));
    pthread_join(hub->thread, NULL);
    karto_listen_close(hub->listen);
    karto_mailbox_free(hub->box);
    karto_key_free(hub->authority_key);
    karto_key_free(hub->key);
    karto_buf_fini(&hub->authority_pem);
    karto_buf_fini(&hub->key_pem);
    karto_buf_fini(&hub->pem);
    karto_buf_fini(&hub->noise);
    free(hub);
}

/* ---- device ---- */

struct bench_device {
    struct bench_hub *hub;
    struct karto_rid id;
    struct karto_key *key;
    struct karto_buf key_pem, pem, public_key;
    struct karto_dial *dial;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    struct bench_call {
        struct bench_device *device;
        bool done;
        enum karto_err err;
        struct karto_buf answer;
    } calls[2]; /* the one at hand, and one ahead */
    unsigned turn;
};

struct bench_device *bench_device_new(struct bench_hub *hub, struct karto_slice *public_key)
{
    struct bench_device *device = karto_must(calloc(1, sizeof *device));
    struct karto_buf request = KARTO_BUF_EMPTY;
    char id[KARTO_RID_TEXT];
    device->hub = hub;
    device->id = karto_rid_make(karto_os_sys());
    device->key = karto_key_new();
    karto_rid_print(device->id, id);
    karto_csr_make(device->key, &request);
    bench_must(karto_authority_sign_device(&hub->authority, karto_buf_slice(&request), id,
                                           karto_sys_now_ms(karto_os_sys()), &device->pem),
               "signing");
    karto_buf_fini(&request);
    karto_key_print(device->key, &device->key_pem);
    karto_key_public(device->key, &device->public_key);
    *public_key = karto_buf_slice(&device->public_key);
    pthread_mutex_init(&device->lock, NULL);
    pthread_cond_init(&device->answered, NULL);
    return device;
}

struct karto_rid bench_device_id(const struct bench_device *device)
{
    return device->id;
}

void bench_device_close(struct bench_device *device)
{
    karto_dial_close(device->dial);
    karto_key_free(device->key);
    karto_buf_fini(&device->key_pem);
    karto_buf_fini(&device->pem);
    karto_buf_fini(&device->public_key);
    karto_buf_fini(&device->calls[0].answer);
    karto_buf_fini(&device->calls[1].answer);
    pthread_mutex_destroy(&device->lock);
    pthread_cond_destroy(&device->answered);
    free(device);
}

static void on_answer(void *context, enum karto_err err, struct karto_slice answer)
{
    struct bench_call *call = context;
    struct bench_device *device = call->device;
    pthread_mutex_lock(&device->lock);
    call->done = true;
    call->err = err;
    karto_buf_clear(&call->answer);
    karto_buf_add_slice(&call->answer, answer);
    pthread_cond_signal(&device->answered);
    pthread_mutex_unlock(&device->lock);
}

static void start(struct bench_device *device, struct bench_call *call, struct karto_slice frame)
{
    call->device = device;
    call->done = false;
    bench_must(karto_dial_call(device->dial, frame, ANSWER_MS, on_answer, call), "asking the hub");
}

static struct karto_slice await(struct bench_device *device, struct bench_call *call)
{
    pthread_mutex_lock(&device->lock);
    while (!call->done)
        pthread_cond_wait(&device->answered, &device->lock);
    pthread_mutex_unlock(&device->lock);
    bench_must(call->err, "the hub's answer");
    return karto_buf_slice(&call->answer);
}

static struct karto_slice call(struct bench_device *device, struct karto_slice frame)
{
    start(device, &device->calls[device->turn], frame);
    return await(device, &device->calls[device->turn]);
}

static void start_ahead(void *context, struct karto_slice frame)
{
    struct bench_device *device = context;
    start(device, &device->calls[1 - device->turn], frame);
}

/* The answer to what the exchange asks for, on its way already or not. */
static struct karto_slice exchange_call(struct bench_device *device, const struct karto_exchange *exchange,
                                        struct karto_slice frame)
{
    if (!karto_exchange_is_ahead(exchange))
        return call(device, frame);
    device->turn = 1 - device->turn;
    return await(device, &device->calls[device->turn]);
}

void bench_device_dial(struct bench_device *device)
{
    struct karto_dial_options options = {.hub = {.host = "127.0.0.1", .port = karto_listen_port(device->hub->listen)},
                                         .credentials = {karto_buf_slice(&device->key_pem),
                                                         karto_buf_slice(&device->pem),
                                                         karto_buf_slice(&device->hub->authority_pem)},
                                         .frame_size_max = KARTO_FRAME_SIZE_MAX};
    bench_must(karto_dial_open(&options, &device->dial), "dialling");
    call(device, karto_slice("\0\0\0\4", 4)); /* connected, whatever it answers */
}

/* ---- traffic ---- */

static uint64_t on_the_wire(size_t frame)
{
    uint64_t size = frame + AROUND_FRAME;
    return size + (size + RECORD_SIZE - 1) / RECORD_SIZE * AROUND_RECORD;
}

static void count(struct bench_traffic *traffic, size_t sent, size_t received)
{
    traffic->payload += sent + received;
    traffic->wire += on_the_wire(sent) + on_the_wire(received);
    if (traffic->sizes && traffic->requests < REQUESTS_MAX) {
        traffic->sizes[2 * traffic->requests] = (uint32_t)sent;
        traffic->sizes[2 * traffic->requests + 1] = (uint32_t)received;
    }
    traffic->requests++;
}

static struct bench_traffic exchange_until(struct bench_device *device, struct karto_store *store, bool keep_sizes,
                                           uint64_t requests_max)
{
    struct karto_exchange_options options = {
        .program = karto_slice_str("bench"), .ahead = start_ahead, .context = device};
    struct bench_traffic traffic = {.seconds = 0};
    struct karto_exchange *exchange;
    struct karto_buf frame = KARTO_BUF_EMPTY;
    if (keep_sizes)
        traffic.sizes = karto_must(calloc(REQUESTS_MAX, 2 * sizeof *traffic.sizes));
    double began = bench_now(), cpu = bench_cpu();
    karto_exchange_new(store, &options, &exchange);
    for (bool done = false; !done && traffic.requests < requests_max;) {
        karto_buf_clear(&frame);
        bench_must(karto_exchange_next(exchange, &frame, &done), "making a request");
        if (done)
            break;
        struct karto_slice answer = exchange_call(device, exchange, karto_buf_slice(&frame));
        count(&traffic, frame.size, answer.size);
        bench_must(karto_exchange_answer(exchange, answer), "hearing an answer");
    }
    traffic.seconds = bench_now() - began;
    traffic.cpu = bench_cpu() - cpu;
    traffic.pulled = karto_exchange_stats(exchange).pulled;
    karto_exchange_free(exchange);
    karto_buf_fini(&frame);
    return traffic;
}

struct bench_traffic bench_exchange(struct bench_device *device, struct karto_store *store, bool keep_sizes)
{
    return exchange_until(device, store, keep_sizes, UINT64_MAX);
}

struct bench_traffic bench_exchange_cut(struct bench_device *device, struct karto_store *store, uint64_t requests)
{
    return exchange_until(device, store, false, requests);
}

double bench_bare(struct bench_device *device, const uint32_t *sizes, uint64_t requests)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    double began = bench_now();
    for (uint64_t i = 0; i < requests; i++) {
        karto_buf_clear(&frame);
        karto_buf_add_be32(&frame, sizes[2 * i + 1]);
        if (sizes[2 * i] > frame.size)
            memset(karto_buf_reserve(&frame, sizes[2 * i] - 4), 0x5a, sizes[2 * i] - 4);
        frame.size = sizes[2 * i];
        call(device, karto_buf_slice(&frame));
    }
    double seconds = bench_now() - began;
    karto_buf_fini(&frame);
    return seconds;
}
