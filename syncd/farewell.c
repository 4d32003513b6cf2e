#include "syncd/farewell.h"

#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/store/revoked.h"
#include "proto/messages.h"
#include "syncd/ask.h"

/* ---- what becomes of the data ---- */

static enum karto_err encode(enum karto_farewell_form form, int64_t at_ms, struct karto_epoch epoch,
                             struct karto_buf *frame)
{
    const struct karto_request request = {
        .type = KARTO_FAREWELL, .token = {.epoch = epoch}, .of.farewell = {form, at_ms}};
    return karto_request_encode(&request, frame);
}

static enum karto_err make_frame(struct karto_tx *tx, void *context)
{
    struct karto_buf *frame = context;
    karto_buf_clear(frame);
    return encode(KARTO_FAREWELL_ASK, 0, tx->ledger.heard, frame);
}

enum karto_err karto_farewell_frame(struct karto_store *store, struct karto_buf *frame)
{
    return karto_store_read(store, make_frame, frame);
}

static enum karto_err decode(struct karto_arena *arena, struct karto_slice frame, struct karto_answer *answer)
{
    enum karto_err err = karto_answer_decode(arena, frame, answer);
    if (err == KARTO_OK)
        err = karto_err_of_hub(answer->error);
    return err == KARTO_OK && answer->type != KARTO_FAREWELL ? KARTO_E_PROTOCOL : err;
}

struct hearing {
    const struct karto_answer *answer;
    struct karto_arena *arena;
    struct karto_revoked mark;
    bool wipes;
};

static enum karto_err judge(struct karto_tx *tx, void *context)
{
    struct hearing *h = context;
    const struct karto_farewell_answer *said = &h->answer->of.farewell;
    struct karto_slice device, hub;
    enum karto_err err = karto_meta_get(tx, "device", &device);
    if (err == KARTO_OK)
        err = karto_meta_get(tx, "hub", &hub);
    if (err != KARTO_OK)
        return err;
    if (device.size != sizeof said->device.b || tx->ledger.role != KARTO_ON_DEVICE)
        return KARTO_E_CORRUPT;
    bool meant = karto_rid_equal(said->device, karto_rid_read(device.data));
    if (karto_epoch_compare(h->answer->token.epoch, tx->ledger.heard) < 0)
        return KARTO_E_OLD_HUB;
    h->wipes = meant && said->wipe;
    h->mark = (struct karto_revoked){.device = said->device,
                                     .hub = karto_arena_copy(h->arena, hub),
                                     .epoch = h->answer->token.epoch,
                                     .revoked_ms = said->revoked_ms};
    return KARTO_OK;
}

enum karto_err karto_farewell_heard(struct karto_store *store, struct karto_slice frame, bool *wipes)
{
    const char *dir = karto_store_dir(store);
    struct karto_arena arena;
    struct karto_answer answer;
    karto_arena_init(&arena);
    struct hearing h = {.answer = &answer, .arena = &arena};
    enum karto_err err = decode(&arena, frame, &answer);
    *wipes = false;
    if (err == KARTO_OK)
        err = karto_store_read(store, judge, &h);
    if (err == KARTO_OK && h.wipes)
        err = karto_revoked_begin(dir, &h.mark);
    *wipes = err == KARTO_OK && h.wipes;
    if (*wipes)
        err = karto_revoked_check(dir, karto_os_sys());
    karto_arena_fini(&arena);
    return *wipes && err == KARTO_E_REVOKED ? KARTO_OK : err;
}

enum karto_err karto_farewell(struct karto_store *store, struct karto_dial *dial, bool *wipes)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    struct karto_mailbox *box = karto_mailbox_new();
    enum karto_err err = karto_farewell_frame(store, &frame);
    *wipes = false;
    if (err == KARTO_OK)
        err = karto_ask(dial, box, karto_buf_slice(&frame), KARTO_GREET_MS, &answer);
    if (err == KARTO_OK)
        err = karto_farewell_heard(store, karto_buf_slice(&answer), wipes);
    karto_mailbox_free(box);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return err;
}

/* ---- that they are gone ---- */

static enum karto_err say(const struct karto_asking *asking, const struct karto_revoked *mark)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, bytes = KARTO_BUF_EMPTY;
    struct karto_arena arena;
    struct karto_answer answer;
    karto_arena_init(&arena);
    enum karto_err err = encode(KARTO_FAREWELL_WIPED, mark->wiped_ms, mark->epoch, &frame);
    if (err == KARTO_OK)
        err = karto_ask(asking->dial, asking->box, karto_buf_slice(&frame), KARTO_GREET_MS, &bytes);
    if (err == KARTO_OK)
        err = decode(&arena, karto_buf_slice(&bytes), &answer);
    if (err == KARTO_OK && !karto_rid_equal(answer.of.farewell.device, mark->device))
        err = KARTO_E_PROTOCOL;
    karto_arena_fini(&arena);
    karto_buf_fini(&frame);
    karto_buf_fini(&bytes);
    return err;
}

static enum karto_err connect_and_say(const char *dir, const struct karto_revoked *mark)
{
    struct karto_asking asking;
    struct karto_address hub;
    if (karto_address_parse(mark->hub, &hub) != KARTO_OK)
        return KARTO_E_USAGE;
    enum karto_err err = karto_asking_open(&asking, dir, &hub);
    if (err == KARTO_OK)
        err = say(&asking, mark);
    karto_asking_close(&asking);
    return err;
}

enum karto_err karto_farewell_tell(const char *dir, const struct karto_sys *sys)
{
    struct karto_arena arena;
    struct karto_revoked mark = {.told_ms = 0};
    karto_arena_init(&arena);
    enum karto_err err = karto_revoked_finish(&arena, dir, sys, &mark);
    if (err == KARTO_OK && !mark.told_ms) {
        err = connect_and_say(dir, &mark);
        if (err == KARTO_OK)
            err = karto_revoked_told(&arena, dir, sys);
    }
    karto_arena_fini(&arena);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}
