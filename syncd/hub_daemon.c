#include "syncd/hub_daemon.h"

#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "proto/enrolment.h"
#include "proto/messages.h"
#include "syncd/enrolment_desk.h"
#include "proto/files.h"
#include "syncd/log.h"
#include "syncd/net.h"
#include "syncd/service.h"
#include "syncd/transport.h"

#include <stdlib.h>

enum { IDLE_MS = 1000, BATCH_MAX = 512, ANSWERS_SIZE_MAX = 16 * 1024 * 1024 };

/* A request that waits for news. */
struct parked {
    struct karto_inbound *request;
    struct karto_rid device;
    uint64_t cursor;
    uint32_t version; /* of the protocol */
    int64_t until_ms;
    struct karto_buf answer;
    bool ready;
};

struct hub {
    struct karto_store *store;
    struct karto_mailbox *box;
    struct karto_listen *listen;
    struct karto_refusals *refusals;
    struct karto_files files;
    struct karto_key *authority_key;
    struct karto_authority authority;
    struct parked *parked;
    uint32_t parked_count, parked_room;
    uint64_t position; /* of the log, when the parked were last looked at */
    bool changed;      /* somebody has written here: what is none of the log, too, as that a device is turned out */
    bool stop;
};

/* ---- one batch: what has come, in one transaction ---- */

struct item {
    struct karto_mail *mail;
    struct karto_rid device;
    struct karto_buf answer;
    struct karto_served served;
    enum karto_err enrolled; /* of an enrolment */
};

struct batch {
    struct hub *hub;
    struct item *items;
    uint32_t count, done; /* done: those after it are for the next transaction, their answers take too much memory */
};

static enum karto_err serve_item(struct karto_tx *tx, struct batch *batch, struct item *item)
{
    karto_buf_clear(&item->answer);
    if (item->mail->type == KARTO_MAIL_ENROL)
        return karto_desk_enrol(tx, &batch->hub->authority, karto_enrol_request(item->mail->enrol), &item->answer,
                                &item->enrolled);
    const struct karto_certificate *who = karto_inbound_who(item->mail->request);
    struct karto_peer peer = {item->device, karto_slice(who->public_key, who->public_size),
                              karto_slice_str(who->serial)};
    return karto_serve(tx, &peer, karto_inbound_frame(item->mail->request), &item->answer, &item->served);
}

static enum karto_err serve_batch(struct karto_tx *tx, void *context)
{
    struct batch *batch = context;
    enum karto_err err = karto_hub_midnight(tx);
    size_t size = 0;
    for (batch->done = 0; batch->done < batch->count && err == KARTO_OK && size < ANSWERS_SIZE_MAX; batch->done++) {
        err = serve_item(tx, batch, &batch->items[batch->done]);
        size += batch->items[batch->done].answer.size;
    }
    return err;
}

/* The store could not take the batch: nothing of it was done, and every device is told why. */
static void answer_failure(struct item *item, enum karto_err err)
{
    struct karto_answer answer = {.type = KARTO_HELLO, .error = err};
    struct karto_enrolment_answer enrolment = {.error = err};
    karto_buf_clear(&item->answer);
    item->served.parked = false;
    if (item->mail->type == KARTO_MAIL_ENROL)
        karto_enrolment_answer_encode(&enrolment, &item->answer);
    else if (karto_answer_encode(&answer, &item->answer) != KARTO_OK)
        karto_buf_clear(&item->answer);
}

static void park(struct hub *hub, struct item *item)
{
    if (hub->parked_count == hub->parked_room) {
        hub->parked_room = hub->parked_room ? 2 * hub->parked_room : 64;
        hub->parked = karto_must(realloc(hub->parked, hub->parked_room * sizeof *hub->parked));
    }
    hub->parked[hub->parked_count++] =
        (struct parked){.request = item->mail->request,
                        .device = item->device,
                        .cursor = item->served.cursor,
                        .version = item->served.version,
                        .until_ms = karto_os_monotonic_ms() + (int64_t)item->served.seconds * 1000};
}

static void answer_item(struct hub *hub, struct item *item)
{
    struct karto_slice answer = karto_buf_slice(&item->answer);
    if (item->mail->type == KARTO_MAIL_ENROL)
        karto_enrol_answer(item->mail->enrol, answer);
    else if (item->served.parked)
        park(hub, item);
    else
        karto_inbound_answer(item->mail->request, answer);
    karto_buf_fini(&item->answer);
}

/* Whose request the store cannot take must not be the others' trouble: then each is done by itself. */
static bool is_ones_own(enum karto_err err)
{
    return err != KARTO_E_FULL && err != KARTO_E_IO && err != KARTO_E_READONLY && err != KARTO_E_BUSY;
}

static void tell_served(const struct karto_served *served)
{
    if (served->sums_wrong)
        karto_log(KARTO_LOG_WARNING, "D-DIGEST", "%llu digests were not those of the records, and were made anew",
                  (unsigned long long)served->sums_wrong);
    if (served->quarantined)
        karto_log(KARTO_LOG_WARNING, "D-QUARANTINE", "%llu changes of a device could not be read, and are set aside",
                  (unsigned long long)served->quarantined);
    if (served->quarantine_full)
        karto_log(KARTO_LOG_ERROR, "D-QUARANTINE-FULL",
                  "a push was not taken: no more of what cannot be read is set aside of this device");
    if (served->claimed)
        karto_log(KARTO_LOG_WARNING, "D-CLAIMED",
                  "a device that the backup did not know asks to be admitted: karto device list");
}

/* Before it is answered: then its connection is no longer ours to look at. */
static void note_refusal(struct hub *hub, const struct item *item)
{
    if (item->mail->type == KARTO_MAIL_ENROL && item->enrolled != KARTO_OK)
        karto_refusals_note(hub->refusals,
                            item->enrolled == KARTO_E_INVITATION ? KARTO_REFUSED_INVITATION : KARTO_REFUSED_NONSENSE,
                            karto_enrol_from(item->mail->enrol));
    else if (item->mail->type == KARTO_MAIL_REQUEST && item->served.revoked)
        karto_refusals_note(hub->refusals, KARTO_REFUSED_REVOKED, karto_inbound_from(item->mail->request));
}

/* As many of the items as fit into one transaction; how many. */
static uint32_t do_some(struct hub *hub, struct item *items, uint32_t count)
{
    struct batch batch = {hub, items, count, 0};
    enum karto_err err = karto_store_write(hub->store, serve_batch, &batch);
    if (err != KARTO_OK && count > 1 && is_ones_own(err)) {
        for (uint32_t i = 0; i < count; i++)
            do_some(hub, &items[i], 1);
        return count;
    }
    uint32_t done = err == KARTO_OK ? batch.done : count;
    if (err != KARTO_OK)
        karto_log(KARTO_LOG_ERROR, "D-STORE", "the store could not take %u requests: %s", count, karto_err_id(err));
    for (uint32_t i = 0; i < done; i++) {
        if (err == KARTO_OK) {
            tell_served(&items[i].served);
            note_refusal(hub, &items[i]);
        } else {
            answer_failure(&items[i], err);
        }
        answer_item(hub, &items[i]);
    }
    return done;
}

static void do_batch(struct hub *hub, struct item *items, uint32_t count)
{
    for (uint32_t at = 0; at < count;)
        at += do_some(hub, items + at, count - at);
}

/* ---- parked requests ---- */

static enum karto_err look_at_parked(struct karto_tx *tx, void *context)
{
    struct hub *hub = context;
    int64_t now = karto_os_monotonic_ms();
    bool news = hub->changed || tx->ledger.position != hub->position;
    for (uint32_t i = 0; i < hub->parked_count; i++) {
        struct parked *parked = &hub->parked[i];
        bool over = now >= parked->until_ms || hub->stop;
        karto_buf_clear(&parked->answer);
        parked->ready = false;
        if (!news && !over)
            continue;
        enum karto_err err = karto_service_waited(tx, parked->device, parked->cursor, parked->version, over,
                                                  &parked->answer, &parked->ready);
        if (err != KARTO_OK)
            return err;
    }
    hub->position = tx->ledger.position;
    hub->changed = false;
    return KARTO_OK;
}

static void answer_parked(struct hub *hub)
{
    uint32_t kept = 0;
    enum karto_err err = karto_store_read(hub->store, look_at_parked, hub);
    if (err != KARTO_OK)
        karto_log(KARTO_LOG_ERROR, "D-STORE", "the store cannot be read: %s", karto_err_id(err));
    for (uint32_t i = 0; i < hub->parked_count; i++) {
        struct parked *parked = &hub->parked[i];
        if (err == KARTO_OK && !parked->ready && !hub->stop) {
            hub->parked[kept++] = *parked;
            continue;
        }
        karto_inbound_answer(parked->request, karto_buf_slice(&parked->answer));
        karto_buf_fini(&parked->answer);
    }
    hub->parked_count = kept;
}

/* ---- mail ---- */

static bool is_known_name(struct karto_inbound *request, struct karto_rid *device)
{
    return karto_rid_parse(karto_slice_str(karto_inbound_device(request)), device) == KARTO_OK;
}

static void handle_control(struct hub *hub, struct karto_mail *mail)
{
    bool sync = karto_slice_is(karto_slice_str(mail->line), "sync");
    hub->changed |= !sync; /* it needs no answer: the parked are looked at after every batch of mail */
    karto_control_answer(mail->call, sync ? "ok 0 0 0 0 0 0 0 0" : NULL);
}

static void handle_mail(struct hub *hub, struct karto_mail *mail)
{
    struct item items[BATCH_MAX];
    uint32_t count = 0;
    for (struct karto_mail *at = mail; at; at = at->next) {
        struct karto_rid device = {{0}};
        bool work =
            at->type == KARTO_MAIL_ENROL || (at->type == KARTO_MAIL_REQUEST && is_known_name(at->request, &device));
        hub->stop |= at->type == KARTO_MAIL_STOP;
        if (at->type == KARTO_MAIL_CONTROL)
            handle_control(hub, at);
        else if (at->type == KARTO_MAIL_REQUEST && !work)
            karto_inbound_answer(at->request, karto_slice(NULL, 0));
        if (work)
            items[count++] = (struct item){.mail = at, .device = device};
        if (count == BATCH_MAX) {
            do_batch(hub, items, count);
            count = 0;
        }
    }
    do_batch(hub, items, count);
}

static void free_mail(struct karto_mail *mail)
{
    for (struct karto_mail *next; mail; mail = next) {
        next = mail->next;
        karto_mail_free(mail);
    }
}

static void on_request(void *context, struct karto_inbound *request)
{
    struct karto_mail *mail = karto_mail_new(KARTO_MAIL_REQUEST);
    mail->request = request;
    karto_mailbox_put(context, mail);
}

static void on_enrol(void *context, struct karto_enrol *enrol)
{
    struct karto_mail *mail = karto_mail_new(KARTO_MAIL_ENROL);
    mail->enrol = enrol;
    karto_mailbox_put(context, mail);
}

/* ---- life ---- */

/* Why nobody can be waited for at this address; what is not the address's is itself. */
static enum karto_err say_address(const struct karto_address *address, enum karto_err err)
{
    const char *why = err == KARTO_E_BUSY            ? "another program listens there"
                      : err == KARTO_E_NOT_FOUND     ? "this machine has no such address"
                      : err == KARTO_E_NOT_PERMITTED ? "this user may not listen there"
                                                     : NULL;
    if (!why)
        return err;
    karto_log(KARTO_LOG_ERROR, "D-ADDRESS", "cannot listen at %s port %u: %s", address->host, address->port, why);
    return KARTO_E_ADDRESS;
}

static enum karto_err open_hub(struct hub *hub, const struct karto_address *address)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    const char *dir = karto_store_dir(hub->store);
    enum karto_err err = karto_files_load(dir, true, &hub->files);
    if (err != KARTO_OK)
        return err;
    karto_files_path(dir, "authority.key", &path);
    err = karto_key_load((const char *)path.data, &hub->authority_key);
    karto_buf_fini(&path);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CERTIFICATE : err;
    hub->authority = (struct karto_authority){hub->authority_key, karto_buf_slice(&hub->files.authority)};
    struct karto_listen_options options = {.address = *address,
                                           .credentials = karto_files_credentials(&hub->files),
                                           .on_request = on_request,
                                           .on_enrol = on_enrol,
                                           .context = hub->box,
                                           .refusals = hub->refusals,
                                           .frame_size_max = KARTO_FRAME_SIZE_MAX};
    err = karto_listen_open(&options, &hub->listen);
    return err == KARTO_OK ? err : say_address(address, err);
}

static int wait_ms(const struct hub *hub)
{
    int64_t now = karto_os_monotonic_ms(), until = now + IDLE_MS;
    for (uint32_t i = 0; i < hub->parked_count; i++)
        if (hub->parked[i].until_ms < until)
            until = hub->parked[i].until_ms;
    return until > now ? (int)(until - now) : 0;
}

static void tell_refused(void *context, const char *address, enum karto_refusal why, uint64_t count)
{
    (void)context;
    unsigned long long number = count;
    if (address)
        karto_log(KARTO_LOG_WARNING, "D-REFUSED", "refused %llu from %s: %s", number, address, karto_refusal_text(why));
    else
        karto_log(KARTO_LOG_WARNING, "D-REFUSED", "refused %llu from other addresses, or for other reasons", number);
}

static void tell_refusals(struct hub *hub, bool all)
{
    karto_refusals_tell(hub->refusals, karto_os_monotonic_ms(), all, tell_refused, NULL);
}

static void serve(struct hub *hub)
{
    int64_t cleared_ms = 0;
    while (!hub->stop && !karto_kv_is_over(karto_store_kv(hub->store))) {
        struct karto_mail *mail = karto_mailbox_take(hub->box, wait_ms(hub));
        handle_mail(hub, mail);
        free_mail(mail);
        if (!mail)
            do_batch(hub, NULL, 0); /* midnight may have come */
        answer_parked(hub);
        tell_refusals(hub, false);
        if (karto_os_monotonic_ms() - cleared_ms > 60 * 60 * 1000 || cleared_ms == 0) {
            cleared_ms = karto_os_monotonic_ms();
            if (karto_kv_reader_check(karto_store_kv(hub->store)) != KARTO_OK)
                karto_log(KARTO_LOG_WARNING, "D-READERS", "readers that died could not be cleared");
        }
    }
}

enum karto_err karto_hub_daemon_run(struct karto_store *store, const struct karto_address *listen,
                                    struct karto_mailbox *box)
{
    struct hub hub = {.store = store, .box = box, .refusals = karto_refusals_new()};
    karto_net_allow_many();
    enum karto_err err = open_hub(&hub, listen);
    if (err == KARTO_OK) {
        karto_log(KARTO_LOG_INFO, "D-LISTEN", "listening at %s port %u", listen->host, karto_listen_port(hub.listen));
        karto_service_notify("READY=1");
        serve(&hub);
        err = hub.stop ? KARTO_OK : KARTO_E_IO;
        karto_service_notify("STOPPING=1");
    }
    karto_listen_close(hub.listen);
    tell_refusals(&hub, true);
    karto_refusals_free(hub.refusals);
    for (uint32_t i = 0; i < hub.parked_count; i++)
        karto_buf_fini(&hub.parked[i].answer);
    free(hub.parked);
    karto_files_fini(&hub.files);
    karto_key_free(hub.authority_key);
    return err;
}
