#include "syncd/device_daemon.h"

#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "proto/files.h"
#include "syncd/backfill.h"
#include "syncd/exchange.h"
#include "syncd/farewell.h"
#include "syncd/log.h"
#include "syncd/schedule.h"
#include "syncd/transport.h"
#include "syncd/wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALL_MS = 60 * 1000, ASKERS_MAX = 32 };

struct daemon {
    struct karto_store *store;
    struct karto_mailbox *box;
    struct karto_dial *dial;
    struct karto_files files;
    struct karto_schedule schedule;
    struct karto_exchange *exchange;              /* NULL: none under way */
    struct karto_exchange_stats stats;            /* of the last one */
    enum karto_err result;                        /* of the last one */
    uint64_t next_number;                         /* of calls */
    uint64_t exchange_call, wait_call, past_call; /* numbers of the calls under way; 0: none */
    uint64_t ahead_call;                          /* of one that is maybe the next of the exchange */
    struct karto_backfill *backfill;
    bool past_rests;       /* nothing is to be fetched of the time before, until the next synchronisation */
    int64_t past_until_ms; /* once: how long it may go on */
    bool wanted;           /* a synchronisation is to begin */
    bool online, said_offline;
    const struct karto_device_daemon_options *how;
    bool wiped; /* it was told to remove its data: the store is not used any more */
    bool stop, told;
    enum karto_err told_result;                    /* once told */
    struct karto_control_call *askers[ASKERS_MAX]; /* who wait for the end of a synchronisation */
    unsigned asker_count;
};

/* ---- what status shows ---- */

struct sync_state {
    const char *state, *error;
};

static enum karto_err write_state(struct karto_tx *tx, void *context)
{
    const struct sync_state *now = context;
    struct karto_slice state, error;
    enum karto_err err = karto_meta_get(tx, "sync_state", &state);
    if (err == KARTO_OK || err == KARTO_E_NOT_FOUND)
        err = karto_meta_get(tx, "sync_error", &error);
    if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
        return err;
    if (karto_slice_is(state, now->state) && karto_slice_is(error, now->error))
        return KARTO_OK;
    err = karto_meta_put(tx, "sync_state", karto_slice_str(now->state));
    return err == KARTO_OK ? karto_meta_put(tx, "sync_error", karto_slice_str(now->error)) : err;
}

static void show_state(struct daemon *d, enum karto_err err)
{
    struct sync_state now = {err == KARTO_OK          ? "online"
                             : err == KARTO_E_REVOKED ? "revoked"
                                                      : "offline",
                             err == KARTO_OK ? "" : karto_err_id(err)};
    enum karto_err failed = karto_store_write(d->store, write_state, &now);
    if (failed != KARTO_OK)
        karto_log(KARTO_LOG_WARNING, "D-STORE", "the state of synchronisation cannot be noted: %s",
                  karto_err_id(failed));
}

/* ---- calls ---- */

/* What a call needs to find its way back: the box, and its number. */
struct calling {
    struct karto_mailbox *box;
    uint64_t number;
};

static void on_answer(void *context, enum karto_err err, struct karto_slice answer)
{
    struct calling *calling = context;
    struct karto_mail *mail = karto_mail_new(KARTO_MAIL_ANSWER);
    mail->err = err;
    mail->number = calling->number;
    karto_buf_add_slice(&mail->bytes, answer);
    karto_mailbox_put(calling->box, mail);
    free(calling);
}

static enum karto_err call(struct daemon *d, struct karto_slice frame, int timeout_ms, uint64_t *number)
{
    struct calling *calling = calloc(1, sizeof *calling);
    if (!calling)
        return KARTO_E_NOMEM;
    *calling = (struct calling){d->box, ++d->next_number};
    *number = calling->number;
    enum karto_err err = karto_dial_call(d->dial, frame, timeout_ms, on_answer, calling);
    if (err != KARTO_OK) {
        free(calling);
        *number = 0;
    }
    return err;
}

/* After a failure: not before so long. */
static void hold_off(struct daemon *d, enum karto_err err)
{
    karto_schedule_failure(&d->schedule, err, karto_os_monotonic_ms(), karto_sys_random64(karto_os_sys()));
}

/* ---- one synchronisation ---- */

static void print_result(const struct daemon *d, char line[200])
{
    const struct karto_exchange_stats *stats = &d->stats;
    if (d->result == KARTO_OK)
        snprintf(line, 200, "ok %llu %llu %llu %llu %llu %llu %llu %llu", (unsigned long long)stats->pushed,
                 (unsigned long long)stats->refused, (unsigned long long)stats->pulled,
                 (unsigned long long)stats->requests, (unsigned long long)stats->sent,
                 (unsigned long long)stats->received, (unsigned long long)stats->gone,
                 (unsigned long long)stats->unlisted);
    else
        snprintf(line, 200, "err %s", karto_err_id(d->result));
}

static void tell_askers(struct daemon *d)
{
    char line[200];
    print_result(d, line);
    for (unsigned i = 0; i < d->asker_count; i++)
        karto_control_answer(d->askers[i], line);
    d->asker_count = 0;
}

/* Who has asked since the last synchronisation has had none, however that one went. */
static void tell_end(struct daemon *d)
{
    enum karto_err result = d->result;
    if (result == KARTO_OK)
        d->result = KARTO_E_INTERRUPTED;
    tell_askers(d);
    d->result = result;
}

static void tell_result(struct daemon *d)
{
    char line[200];
    bool moved = d->result == KARTO_OK && (d->stats.pushed || d->stats.refused || d->stats.pulled);
    bool is_news = !d->told || moved || d->result != d->told_result;
    if (!d->how->tell || !is_news || (d->how->once && d->result != KARTO_OK))
        return;
    d->told = true;
    d->told_result = d->result;
    print_result(d, line);
    d->how->tell(d->how->context, line);
}

static void tell_sums(const struct karto_exchange_stats *stats)
{
    if (stats->repaired)
        karto_log(KARTO_LOG_WARNING, "D-REPAIRED", "%llu records differed from the hub's, and were fetched anew",
                  (unsigned long long)stats->repaired);
    if (stats->sums_wrong)
        karto_log(KARTO_LOG_WARNING, "D-DIGEST", "%llu digests were not those of the records, and were made anew",
                  (unsigned long long)stats->sums_wrong);
    if (stats->sums_differ)
        karto_log(KARTO_LOG_WARNING, "D-DIGEST", "all records are the hub's, but its digests are others");
}

static void tell_aside(const struct karto_exchange_stats *stats)
{
    if (stats->quarantined)
        karto_log(KARTO_LOG_WARNING, "D-QUARANTINE", "%llu entries could not be read, and are set aside",
                  (unsigned long long)stats->quarantined);
}

/* Who was turned out asks what becomes of his data. Whatever prevents that, or that they are removed, is tried again
 * with the next synchronisation. */
static void take_leave(struct daemon *d)
{
    enum karto_err err = d->wiped ? KARTO_OK : karto_farewell(d->store, d->dial, &d->wiped);
    if (d->wiped)
        karto_log(KARTO_LOG_WARNING, "D-WIPED", "head office has revoked this device: its data are removed");
    if (err != KARTO_OK && err != KARTO_E_REVOKED && err != KARTO_E_OFFLINE)
        karto_log(KARTO_LOG_ERROR, "D-WIPE", "this device was revoked, and its data could not be removed: %s",
                  karto_err_id(err));
    d->stop |= d->wiped;
}

static void end_exchange(struct daemon *d, enum karto_err err)
{
    if (err == KARTO_E_REVOKED)
        take_leave(d);
    d->result = err;
    d->stats = karto_exchange_stats(d->exchange);
    d->exchange_call = d->ahead_call = 0;
    tell_sums(&d->stats);
    tell_aside(&d->stats);
    if (err == KARTO_OK) {
        karto_schedule_success(&d->schedule);
        karto_log(KARTO_LOG_INFO, "D-SYNCED", "sent %llu changes, %llu refused, received %llu",
                  (unsigned long long)d->stats.pushed, (unsigned long long)d->stats.refused,
                  (unsigned long long)d->stats.pulled);
    } else {
        hold_off(d, err);
        d->wanted = true;
        if (!d->said_offline || err != KARTO_E_OFFLINE)
            karto_log(KARTO_LOG_WARNING, "D-FAILED", "synchronisation did not go through: %s (%s)", karto_err_id(err),
                      karto_link_text(karto_dial_link(d->dial)));
    }
    d->said_offline = err == KARTO_E_OFFLINE;
    d->online = err == KARTO_OK;
    karto_exchange_free(d->exchange);
    d->exchange = NULL;
    if (!d->wiped)
        show_state(d, err);
    tell_askers(d);
    d->past_rests = err != KARTO_OK;
    d->past_until_ms = karto_os_monotonic_ms() + KARTO_HISTORY_ONCE_MS;
    tell_result(d);
    d->stop |= d->how->once && err != KARTO_OK;
}

/* Should this fail, the request is sent in its turn, and says why. */
static void send_ahead(void *context, struct karto_slice frame)
{
    struct daemon *d = context;
    if (call(d, frame, CALL_MS, &d->ahead_call) != KARTO_OK)
        d->ahead_call = 0;
}

static void send_next(struct daemon *d)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    bool done = false;
    enum karto_err err = karto_exchange_next(d->exchange, &frame, &done);
    if (err == KARTO_OK && !done && d->ahead_call && karto_exchange_is_ahead(d->exchange))
        d->exchange_call = d->ahead_call;
    else if (err == KARTO_OK && !done)
        err = call(d, karto_buf_slice(&frame), CALL_MS, &d->exchange_call);
    d->ahead_call = 0; /* the answer to one that was guessed wrongly finds nobody who waits for it */
    karto_buf_fini(&frame);
    if (err != KARTO_OK || done)
        end_exchange(d, err);
}

static void begin_exchange(struct daemon *d)
{
    struct karto_exchange_options options = {
        .program = karto_slice_str(KARTO_VERSION), .ahead = send_ahead, .context = d};
    d->wanted = false;
    karto_exchange_new(d->store, &options, &d->exchange);
    send_next(d);
}

/* Parks a request at the hub, that tells of news. */
static void begin_wait(struct daemon *d)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    enum karto_err err = karto_wait_frame(d->store, KARTO_WAIT_SECONDS_MAX, &frame);
    if (err == KARTO_OK)
        err = call(d, karto_buf_slice(&frame), (KARTO_WAIT_SECONDS_MAX + 15) * 1000, &d->wait_call);
    karto_buf_fini(&frame);
    if (err != KARTO_OK) {
        d->wanted = true;
        hold_off(d, err);
    }
}

/* ---- what happened before ---- */

/* Because there is nothing more, or with an error, which is no matter: the next synchronisation finds the same, and
 * says so. Stale calls for that one. A full disk is said at once: nobody else would say it where all else has come. */
static void rest(struct daemon *d, enum karto_err err)
{
    if (d->how->once && err == KARTO_E_FULL)
        d->result = err;
    if (err == KARTO_E_STALE)
        d->wanted = true;
    else if (err != KARTO_OK)
        karto_log(KARTO_LOG_WARNING, "D-HISTORY", "history cannot be fetched now: %s", karto_err_id(err));
    d->past_rests = true;
    d->stop |= d->how->once;
}

/* A page, when there is nothing better to do. */
static void begin_page(struct daemon *d)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    bool done = d->how->once && karto_os_monotonic_ms() > d->past_until_ms;
    enum karto_err err = done ? KARTO_OK : karto_backfill_next(d->backfill, &frame, &done);
    if (err == KARTO_OK && !done)
        err = call(d, karto_buf_slice(&frame), CALL_MS, &d->past_call);
    karto_buf_fini(&frame);
    if (err != KARTO_OK || done)
        rest(d, err);
}

static void hear_page(struct daemon *d, const struct karto_mail *mail)
{
    enum karto_err err = mail->err;
    d->past_call = 0;
    if (err == KARTO_OK)
        err = karto_backfill_answer(d->backfill, karto_buf_slice(&mail->bytes));
    if (err != KARTO_OK)
        rest(d, err);
}

/* ---- mail ---- */

/* A connection that ends while a page is stored, and with it the request that was sent ahead, is nothing that would
 * have been noticed had it been sent in its turn: so it is. */
static bool ended_ahead(const struct daemon *d, const struct karto_mail *mail)
{
    return mail->err == KARTO_E_OFFLINE && karto_exchange_is_ahead(d->exchange);
}

static void hear_exchange(struct daemon *d, const struct karto_mail *mail)
{
    d->exchange_call = 0;
    enum karto_err err = mail->err;
    if (err == KARTO_OK)
        err = karto_exchange_answer(d->exchange, karto_buf_slice(&mail->bytes));
    else if (ended_ahead(d, mail))
        err = KARTO_OK;
    if (err == KARTO_OK)
        send_next(d);
    else
        end_exchange(d, err);
}

static void hear_wait(struct daemon *d, const struct karto_mail *mail)
{
    bool news = false;
    enum karto_err err = mail->err;
    d->wait_call = 0;
    if (err == KARTO_OK)
        err = karto_wait_answer(d->store, karto_buf_slice(&mail->bytes), &news);
    d->wanted |= news || err != KARTO_OK;
    if (err == KARTO_E_REVOKED) {
        d->result = err;
        take_leave(d);
    }
    if (err != KARTO_OK && err != KARTO_E_STALE) {
        hold_off(d, err);
        if (err != KARTO_E_TIMEOUT && !d->wiped)
            show_state(d, err);
    }
}

static void hear_control(struct daemon *d, struct karto_mail *mail)
{
    d->wanted = true;
    d->schedule.next_ms = 0; /* a person, or a change, is reason enough to try now */
    if (strcmp(mail->line, "sync") != 0 || d->asker_count == ASKERS_MAX) {
        karto_control_answer(mail->call, strcmp(mail->line, "sync") == 0 ? "err E-BUSY" : NULL);
        return;
    }
    d->askers[d->asker_count++] = mail->call;
}

static void handle(struct daemon *d, struct karto_mail *mail)
{
    switch (mail->type) {
    case KARTO_MAIL_STOP: d->stop = true; break;
    case KARTO_MAIL_CONTROL: hear_control(d, mail); break;
    case KARTO_MAIL_ANSWER:
        if (d->exchange && mail->number == d->exchange_call)
            hear_exchange(d, mail);
        else if (mail->number == d->wait_call)
            hear_wait(d, mail);
        else if (mail->number == d->past_call)
            hear_page(d, mail);
        break;
    case KARTO_MAIL_LINK:
        if (mail->link == KARTO_LINK_UP && !d->online)
            d->schedule.next_ms = 0;
        break;
    case KARTO_MAIL_REQUEST:
    case KARTO_MAIL_ENROL: break; /* a hub's */
    }
}

static void on_link(void *context, enum karto_link link)
{
    struct karto_mail *mail = karto_mail_new(KARTO_MAIL_LINK);
    mail->link = link;
    karto_mailbox_put(context, mail);
}

/* ---- life ---- */

static int wait_ms(const struct daemon *d)
{
    int64_t left = d->schedule.next_ms - karto_os_monotonic_ms();
    if (!d->wanted || d->exchange || d->past_call)
        return 1000;
    return left <= 0 ? 0 : left < 1000 ? (int)left : 1000;
}

static void live(struct daemon *d)
{
    while (!d->stop && !karto_kv_is_over(karto_store_kv(d->store))) {
        bool due = karto_os_monotonic_ms() >= d->schedule.next_ms, idle = !d->exchange && !d->past_call;
        if (idle && d->wanted && due)
            begin_exchange(d);
        else if (!d->exchange && !d->wanted && !d->wait_call && d->online && !d->how->once)
            begin_wait(d);
        if (!d->exchange && !d->past_call && !d->wanted && !d->past_rests)
            begin_page(d);
        for (struct karto_mail *mail = karto_mailbox_take(d->box, d->stop ? 0 : wait_ms(d)), *next; mail; mail = next) {
            next = mail->next;
            handle(d, mail);
            karto_mail_free(mail);
        }
    }
}

enum karto_err karto_device_daemon_run(struct karto_store *store, const struct karto_address *hub,
                                       struct karto_mailbox *box, const struct karto_device_daemon_options *how)
{
    struct karto_backfill_options history = {.limits = how->history};
    struct daemon d = {.store = store, .box = box, .wanted = true, .past_rests = true, .how = how};
    enum karto_err err = karto_files_load(karto_store_dir(store), false, &d.files);
    if (err != KARTO_OK)
        return err;
    struct karto_dial_options dial = {.hub = *hub,
                                      .credentials = karto_files_credentials(&d.files),
                                      .on_link = on_link,
                                      .context = box,
                                      .frame_size_max = KARTO_FRAME_SIZE_MAX};
    err = karto_dial_open(&dial, &d.dial);
    if (err == KARTO_OK) {
        karto_backfill_new(store, &history, &d.backfill);
        karto_service_notify("READY=1");
        live(&d);
        karto_service_notify("STOPPING=1");
        karto_dial_close(d.dial);
        if (d.exchange && d.result == KARTO_OK)
            d.result = KARTO_E_INTERRUPTED;
        karto_exchange_free(d.exchange);
        tell_end(&d);
        err = d.stop ? KARTO_OK : KARTO_E_IO;
        karto_backfill_free(d.backfill);
    }
    karto_files_fini(&d.files);
    if (d.wiped)
        return KARTO_E_REVOKED;
    return how->once && d.result != KARTO_OK ? d.result : err;
}
