#include "syncd/preview.h"

#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/store/device.h"
#include "syncd/ask.h"
#include "syncd/exchange_course.h"
#include "syncd/greet.h"

#include <stdlib.h>

enum { PAGES_MAX = 1000, PAGE_MS = 60 * 1000 };

/* ---- what is pending ---- */

struct counting {
    struct karto_preview_sent *sent;
    struct karto_rid *records;
    uint32_t count, room;
    uint64_t after; /* position of the last that is counted */
};

static void note_record(struct counting *c, struct karto_rid id)
{
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : 1024;
        c->records = karto_must(realloc(c->records, c->room * sizeof *c->records));
    }
    c->records[c->count++] = id;
}

/* As a synchronisation would put them into a request (exchange_ask.c). */
static enum karto_err measure_push(struct karto_tx *tx, struct counting *c, const struct karto_pending *pending,
                                   uint32_t count)
{
    struct karto_request request = {.type = KARTO_PUSH, .token = {tx->ledger.heard, tx->ledger.rights}};
    struct karto_push *push = &request.of.push;
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_change *changes = karto_arena_array(&tx->arena, count, sizeof *changes);
    for (uint32_t i = 0; i < count; i++) {
        changes[i] = pending[i].change;
        karto_change_forget_old(&tx->arena, &changes[i]);
        note_record(c, changes[i].record);
        push->earlier += pending[i].earlier && push->earlier == i;
    }
    push->changes = changes;
    push->count = count;
    enum karto_err err = karto_request_encode(&request, &frame);
    c->sent->changes += count;
    c->sent->bytes += frame.size;
    c->sent->requests++;
    c->after = pending[count - 1].position;
    karto_buf_fini(&frame);
    return err;
}

static int compare_ids(const void *a, const void *b)
{
    return karto_rid_compare(*(const struct karto_rid *)a, *(const struct karto_rid *)b);
}

static uint64_t count_different(struct counting *c)
{
    uint64_t different = 0;
    if (c->count > 0)
        qsort(c->records, c->count, sizeof *c->records, compare_ids);
    for (uint32_t i = 0; i < c->count; i++)
        different += i == 0 || !karto_rid_equal(c->records[i - 1], c->records[i]);
    return different;
}

static enum karto_err count_pending(struct karto_tx *tx, void *context)
{
    struct counting *c = context;
    struct karto_pending *pending;
    uint32_t count = 1;
    enum karto_err err = KARTO_OK;
    *c->sent = (struct karto_preview_sent){.changes = 0};
    c->count = 0;
    c->after = 0;
    while (err == KARTO_OK && count > 0) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_device_take(tx, tx->ledger.heard, c->after, KARTO_PUSH_MAX, KARTO_PAGE_SIZE, &pending, &count);
        if (err == KARTO_OK && count > 0)
            err = measure_push(tx, c, pending, count);
        karto_arena_release(&tx->arena, mark);
    }
    c->sent->records = count_different(c);
    return err;
}

enum karto_err karto_preview_sent(struct karto_store *store, struct karto_preview_sent *sent)
{
    struct counting c = {.sent = sent};
    enum karto_err err = karto_store_read(store, count_pending, &c);
    free(c.records);
    return err;
}

/* ---- what waits at the hub ---- */

/* How far this device is, beside what the hub has said in its greeting. */
struct course {
    const struct karto_hello_answer *hello;
    bool compare; /* everything has to be compared */
    bool even;
    struct karto_measure measure;
};

/* As hear_hello (exchange_hear.c) would decide, who writes. */
static enum karto_err plan(struct karto_tx *tx, void *context)
{
    struct course *c = context;
    struct karto_sum digest;
    bool same = false;
    bool of_this_hub = karto_epoch_equal(tx->ledger.epoch, c->hello->epoch);
    bool same_rights = of_this_hub && tx->ledger.rights == c->hello->rights;
    bool at_the_end = of_this_hub && tx->ledger.cursor >= c->hello->position;
    enum karto_err err = karto_device_digest(tx, &digest);
    if (err == KARTO_OK)
        err = karto_exchange_same(tx, c->hello->digest, digest, false, &same);
    c->compare = !same_rights || tx->ledger.reconciling || (at_the_end && !same && tx->ledger.pending == 0);
    c->even = at_the_end && !c->compare;
    c->measure = (struct karto_measure){.form = c->compare ? KARTO_MEASURE_SCOPE : KARTO_MEASURE_NEWS};
    if (!c->compare)
        c->measure.cursor = tx->ledger.cursor;
    return err == KARTO_OK && !c->compare ? karto_device_confirmed(tx, &c->measure.skip) : err;
}

static enum karto_err ask(const struct karto_asking *asking, struct karto_arena *arena, struct karto_slice frame,
                          int timeout_ms, struct karto_answer *answer)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    enum karto_err err = karto_ask(asking->dial, asking->box, frame, timeout_ms, &bytes);
    if (err == KARTO_OK)
        err = karto_answer_decode(arena, karto_arena_copy(arena, karto_buf_slice(&bytes)), answer);
    karto_buf_fini(&bytes);
    return err == KARTO_OK ? karto_err_of_hub(answer->error) : err;
}

static enum karto_err ask_page(const struct karto_asking *asking, struct karto_arena *arena, const struct course *c,
                               struct karto_measure_answer *page)
{
    const struct karto_request request = {
        .type = KARTO_MEASURE, .token = {c->hello->epoch, c->hello->rights}, .of.measure = c->measure};
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_answer answer = {.type = KARTO_MEASURE};
    enum karto_err err = karto_request_encode(&request, &frame);
    if (err == KARTO_OK)
        err = ask(asking, arena, karto_buf_slice(&frame), PAGE_MS, &answer);
    if (err == KARTO_OK && answer.type != KARTO_MEASURE)
        err = KARTO_E_PROTOCOL;
    *page = answer.of.measure;
    karto_buf_fini(&frame);
    return err;
}

/* A page that leads nowhere ends it, as none of an honest hub does. */
static bool go_on(struct course *c, const struct karto_measure_answer *page)
{
    bool moves = c->compare ? karto_rid_compare(page->last, c->measure.after) > 0 : page->cursor > c->measure.cursor;
    c->measure.cursor = c->compare ? 0 : page->cursor;
    if (c->compare)
        c->measure.after = page->last;
    return page->more && moves;
}

static enum karto_err measure(const struct karto_asking *asking, struct karto_arena *arena, struct course *c,
                              struct karto_preview_received *received)
{
    struct karto_measure_answer page;
    bool more = !c->even;
    enum karto_err err = KARTO_OK;
    received->bound = c->compare ? KARTO_PREVIEW_MOST : KARTO_PREVIEW_EXACT;
    for (int i = 0; i < PAGES_MAX && more && err == KARTO_OK; i++) {
        struct karto_arena_mark mark = karto_arena_mark(arena);
        err = ask_page(asking, arena, c, &page);
        karto_arena_release(arena, mark);
        if (err != KARTO_OK)
            break;
        received->changes += page.events;
        received->records += page.records;
        received->bytes += page.bytes;
        more = go_on(c, &page);
    }
    if (err == KARTO_E_PROTOCOL && received->records == 0) { /* a hub of before does not know the question */
        received->bound = KARTO_PREVIEW_UNKNOWN;
        return KARTO_OK;
    }
    if (more)
        received->bound = KARTO_PREVIEW_LEAST;
    return err;
}

static enum karto_err greet_and_measure(struct karto_store *store, const struct karto_asking *asking,
                                        struct karto_arena *arena, struct karto_preview_received *received)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_answer answer = {.type = KARTO_HELLO};
    struct course c = {.hello = &answer.of.hello};
    enum karto_err err = karto_greet_frame(store, &frame);
    if (err == KARTO_OK)
        err = ask(asking, arena, karto_buf_slice(&frame), KARTO_GREET_MS, &answer);
    karto_buf_fini(&frame);
    if (err == KARTO_OK && answer.type != KARTO_HELLO)
        err = KARTO_E_PROTOCOL;
    if (err == KARTO_OK)
        err = karto_greet_judge(store, c.hello);
    if (err != KARTO_OK || c.hello->wanted) /* first it gets back what it has lost: then it will be seen */
        return err;
    err = karto_store_read(store, plan, &c);
    return err == KARTO_OK ? measure(asking, arena, &c, received) : err;
}

enum karto_err karto_preview_received(struct karto_store *store, const struct karto_address *hub,
                                      struct karto_preview_received *received)
{
    struct karto_arena arena;
    struct karto_asking asking;
    *received = (struct karto_preview_received){.bound = KARTO_PREVIEW_UNKNOWN};
    karto_arena_init(&arena);
    enum karto_err err = karto_asking_open(&asking, karto_store_dir(store), hub);
    if (err == KARTO_OK)
        err = greet_and_measure(store, &asking, &arena, received);
    karto_asking_close(&asking);
    karto_arena_fini(&arena);
    return err;
}

const char *karto_preview_word(enum karto_preview_bound bound)
{
    switch (bound) {
    case KARTO_PREVIEW_EXACT: return "exact";
    case KARTO_PREVIEW_MOST: return "most";
    case KARTO_PREVIEW_LEAST: return "least";
    case KARTO_PREVIEW_UNKNOWN: break;
    }
    return "unknown";
}
