#include "syncd/greet.h"

#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/store/device.h"
#include "proto/files.h"
#include "proto/messages.h"
#include "syncd/ask.h"
#include "syncd/exchange.h"
#include "syncd/tunnel.h"

struct greeter {
    struct karto_store *store;
    struct karto_dial *dial;
    struct karto_mailbox *box;
    struct karto_greeting *greeting;
    struct karto_token token; /* of the last answer */
    bool wanted;              /* the hub waits for what this device has to give back */
};

/* ---- one question ---- */

static enum karto_err call(struct greeter *g, struct karto_slice frame, int timeout_ms, struct karto_buf *answer)
{
    return karto_ask(g->dial, g->box, frame, timeout_ms, answer);
}

/* ---- what the hub says ---- */

/* As a synchronisation would take it; the transaction keeps nothing. */
static enum karto_err judge(struct karto_tx *tx, void *context)
{
    const struct karto_hello_answer *hello = context;
    uint64_t *seqs = karto_arena_array(&tx->arena, hello->known_count, sizeof *seqs);
    for (uint32_t i = 0; i < hello->known_count; i++)
        seqs[i] = hello->known[i].seq;
    struct karto_hub_knows knows = {hello->epoch, hello->log_position, seqs, hello->known_count};
    enum karto_err err = karto_device_hear(tx, hello->epoch);
    if (err == KARTO_OK)
        err = karto_device_check_hub(tx, &knows);
    return err == KARTO_OK && hello->recovering ? KARTO_E_RECOVERING : err;
}

enum karto_err karto_greet_judge(struct karto_store *store, const struct karto_hello_answer *hello)
{
    struct karto_hello_answer copy = *hello;
    return karto_store_read(store, judge, &copy);
}

static enum karto_err hear(struct greeter *g, struct karto_slice frame, int64_t round_trip_ms)
{
    struct karto_arena arena;
    struct karto_answer answer;
    int64_t now_ms = karto_sys_now_ms(karto_os_sys());
    karto_arena_init(&arena);
    enum karto_err err = karto_answer_decode(&arena, frame, &answer);
    if (err == KARTO_OK)
        err = karto_err_of_hub(answer.error);
    if (err == KARTO_OK && answer.type != KARTO_HELLO)
        err = KARTO_E_PROTOCOL;
    if (err == KARTO_OK) {
        g->token = (struct karto_token){answer.of.hello.epoch, answer.of.hello.rights};
        g->wanted = answer.of.hello.wanted;
        g->greeting->round_trip_ms = round_trip_ms;
        g->greeting->clock_offset_ms = answer.of.hello.clock_ms - (now_ms - round_trip_ms / 2);
        err = karto_greet_judge(g->store, &answer.of.hello);
    }
    karto_arena_fini(&arena);
    return err;
}

/* A hub that was put back greets also whom it does not know yet, but answers him no other question. */
static bool is_turned_away(struct greeter *g)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, bytes = KARTO_BUF_EMPTY;
    const struct karto_request request = {.type = KARTO_DIGESTS, .token = g->token, .of.digests = {.most = 1}};
    struct karto_arena arena;
    struct karto_answer answer;
    karto_arena_init(&arena);
    enum karto_err err = karto_request_encode(&request, &frame);
    if (err == KARTO_OK)
        err = call(g, karto_buf_slice(&frame), KARTO_GREET_AGAIN_MS, &bytes);
    if (err == KARTO_OK)
        err = karto_answer_decode(&arena, karto_buf_slice(&bytes), &answer);
    bool turned_away = err == KARTO_OK && answer.error == KARTO_E_NOT_ADMITTED;
    karto_arena_fini(&arena);
    karto_buf_fini(&frame);
    karto_buf_fini(&bytes);
    return turned_away;
}

/* ---- twice: the first question also pays for the connection ---- */

enum karto_err karto_greet_frame(struct karto_store *store, struct karto_buf *frame)
{
    struct karto_exchange_options options = {.program = karto_slice_str(KARTO_VERSION)};
    struct karto_exchange *exchange;
    bool done;
    karto_exchange_new(store, &options, &exchange);
    enum karto_err err = karto_exchange_next(exchange, frame, &done);
    karto_exchange_free(exchange);
    return err;
}

static enum karto_err ask(struct greeter *g)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    enum karto_err err = karto_greet_frame(g->store, &frame);
    if (err == KARTO_OK)
        err = call(g, karto_buf_slice(&frame), KARTO_GREET_MS, &answer);
    int64_t began_ms = karto_os_monotonic_ms();
    if (err == KARTO_OK)
        err = call(g, karto_buf_slice(&frame), KARTO_GREET_AGAIN_MS, &answer);
    if (err == KARTO_OK)
        err = hear(g, karto_buf_slice(&answer), karto_os_monotonic_ms() - began_ms);
    if ((err == KARTO_OK || err == KARTO_E_RECOVERING) && g->wanted && is_turned_away(g))
        err = KARTO_E_NOT_ADMITTED;
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return err;
}

enum karto_err karto_greet(struct karto_store *store, const struct karto_address *hub, struct karto_greeting *greeting)
{
    struct greeter g = {.store = store, .greeting = greeting};
    struct karto_files files;
    *greeting = (struct karto_greeting){.link = KARTO_LINK_NEVER};
    enum karto_err err = karto_files_load(karto_store_dir(store), false, &files);
    if (err != KARTO_OK)
        return err;
    const struct karto_tunnel_limits limits = {.negotiation_ms = KARTO_GREET_CONNECT_MS};
    const struct karto_dial_options dial = {.hub = *hub,
                                            .credentials = karto_files_credentials(&files),
                                            .frame_size_max = KARTO_FRAME_SIZE_MAX,
                                            .limits = &limits};
    err = karto_dial_open(&dial, &g.dial);
    if (err == KARTO_OK) {
        g.box = karto_mailbox_new();
        err = ask(&g);
        greeting->link = karto_dial_link(g.dial);
        karto_dial_close(g.dial);
        karto_mailbox_free(g.box);
    }
    karto_files_fini(&files);
    return err;
}
