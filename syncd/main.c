/* karto-syncd: serves the store in a directory, a hub's or a device's, in the foreground. */
#include "core/base/fatal.h"
#include "core/base/os_fault.h"
#include "core/base/os_posix.h"
#include "syncd/device_daemon.h"
#include "syncd/farewell.h"
#include "syncd/greet.h"
#include "syncd/hub_daemon.h"
#include "syncd/join.h"
#include "syncd/log.h"
#include "syncd/options.h"
#include "syncd/preview.h"
#include "syncd/schedule.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NO_STORE = 10, EXIT_RUNNING = 11, EXIT_KEY = 12, EXIT_OFFLINE = 20 };

static int exit_code(enum karto_err err)
{
    switch (err) {
    case KARTO_OK: return 0;
    case KARTO_E_USAGE:
    case KARTO_E_ROLE: return EXIT_USAGE;
    case KARTO_E_NO_STORE:
    case KARTO_E_FOREIGN: return EXIT_NO_STORE;
    case KARTO_E_BUSY: return EXIT_RUNNING;
    case KARTO_E_REVOKED:
    case KARTO_E_NOT_ADMITTED:
    case KARTO_E_NOT_PERMITTED: return 6;
    case KARTO_E_CERTIFICATE:
    case KARTO_E_INVITATION: return EXIT_KEY;
    case KARTO_E_OFFLINE:
    case KARTO_E_RECOVERING:
    case KARTO_E_TIMEOUT: return EXIT_OFFLINE;
    default: return EXIT_FAILED;
    }
}

/* ---- signals: a thread that waits for them, so that nothing happens in a handler ---- */

static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

struct waiting {
    sigset_t signals;
    struct karto_mailbox *box;
};

static void *wait_for_signal(void *context)
{
    struct waiting *waiting = context;
    int number;
    sigwait(&waiting->signals, &number);
    karto_mailbox_put(waiting->box, karto_mail_new(KARTO_MAIL_STOP));
    return NULL;
}

/* ---- serving ---- */

static void on_control(void *context, const char *line, struct karto_control_call *call)
{
    struct karto_mail *mail = karto_mail_new(KARTO_MAIL_CONTROL);
    snprintf(mail->line, sizeof mail->line, "%s", line);
    mail->call = call;
    karto_mailbox_put(context, mail);
}

struct facts {
    enum karto_store_role role;
    char address[300];
};

static enum karto_err read_facts(struct karto_tx *tx, void *context)
{
    struct facts *facts = context;
    struct karto_slice address;
    facts->role = tx->ledger.role;
    enum karto_err err = karto_meta_get(tx, facts->role == KARTO_ON_HUB ? "listen" : "hub", &address);
    snprintf(facts->address, sizeof facts->address, "%.*s", (int)address.size,
             address.size ? (const char *)address.data : "");
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* To whom started this: one line at the end, or one for each synchronisation. */
static void print_line(void *context, const char *line)
{
    (void)context;
    puts(line);
    fflush(stdout);
}

static enum karto_err run(struct karto_store *store, const struct karto_daemon_options *options,
                          struct karto_mailbox *box)
{
    struct facts facts;
    struct karto_address address;
    enum karto_err err = karto_store_read(store, read_facts, &facts);
    if (err != KARTO_OK)
        return err;
    if (facts.role == KARTO_LOCAL || (options->listen && facts.role != KARTO_ON_HUB))
        return KARTO_E_ROLE;
    const char *text = options->listen ? options->listen : facts.address;
    if (karto_address_parse(karto_slice_str(text), &address) != KARTO_OK)
        return KARTO_E_USAGE;
    if (facts.role == KARTO_ON_HUB)
        return options->once || options->watch ? KARTO_E_ROLE : karto_hub_daemon_run(store, &address, box);
    const struct karto_device_daemon_options how = {.history = {options->history_days, options->history_mb},
                                                    .once = options->once,
                                                    .tell = options->once || options->watch ? print_line : NULL};
    return karto_device_daemon_run(store, &address, box, &how);
}

static enum karto_err lock_store(const char *dir, int *lock)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s/syncd.lock", dir);
    karto_buf_add_byte(&path, 0);
    enum karto_err err = karto_os_lock((const char *)path.data, lock);
    karto_buf_fini(&path);
    return err;
}

static enum karto_err serve_locked(const struct karto_daemon_options *options, struct waiting *waiting)
{
    struct karto_store_options store_options = {.dir = options->dir, .sys = karto_os_sys()};
    struct karto_store *store;
    struct karto_control *control = NULL;
    enum karto_err err = karto_store_open(&store_options, &store);
    if (err != KARTO_OK)
        return err;
    if (karto_store_was_copied(store))
        karto_log(KARTO_LOG_WARNING, "D-COPIED", "the store was copied or restored: it goes on under a new node id");
    err = karto_control_open(options->dir, on_control, waiting->box, &control);
    if (err == KARTO_OK)
        err = run(store, options, waiting->box);
    karto_control_close(control);
    karto_store_close(store);
    return err;
}

static bool is_told_to_end(struct karto_mailbox *box, int wait_ms)
{
    bool ends = false;
    for (struct karto_mail *mail = karto_mailbox_take(box, wait_ms), *next; mail; mail = next) {
        next = mail->next;
        ends |= mail->type == KARTO_MAIL_STOP;
        karto_mail_free(mail);
    }
    return ends;
}

/* The data of a device that was turned out are gone, and head office hears of that, however long it takes; or, where
 * somebody waits, once. There is no store any more. */
static void report_wiped(const struct karto_daemon_options *options, struct karto_mailbox *box)
{
    int pause_ms = KARTO_RETRY_MS_MIN;
    bool once = options->once || options->watch;
    karto_service_notify("READY=1");
    for (;;) {
        enum karto_err err = karto_farewell_tell(options->dir, karto_os_sys());
        if (err == KARTO_OK || err == KARTO_E_REVOKED || once || is_told_to_end(box, pause_ms))
            return;
        pause_ms = pause_ms < KARTO_RETRY_MS_MAX / 2 ? 2 * pause_ms : KARTO_RETRY_MS_MAX;
    }
}

static enum karto_err serve(const struct karto_daemon_options *options, sigset_t signals)
{
    int lock;
    pthread_t thread;
    struct waiting waiting = {signals, NULL};
    enum karto_err err = karto_os_check_dir(options->dir);
    if (err == KARTO_OK)
        err = lock_store(options->dir, &lock);
    if (err != KARTO_OK)
        return err;
    waiting.box = karto_mailbox_new();
    if (pthread_create(&thread, NULL, wait_for_signal, &waiting) != 0)
        karto_fatal("no thread");
    err = serve_locked(options, &waiting);
    if (err == KARTO_E_REVOKED)
        report_wiped(options, waiting.box);
    pthread_kill(thread, SIGTERM); /* in case none has come */
    pthread_join(thread, NULL);
    karto_mailbox_free(waiting.box);
    karto_os_unlock(lock);
    return err;
}

/* ---- greeting ---- */

static enum karto_err find_hub(struct karto_store *store, struct karto_address *address)
{
    struct facts facts;
    enum karto_err err = karto_store_read(store, read_facts, &facts);
    if (err == KARTO_OK && facts.role != KARTO_ON_DEVICE)
        err = KARTO_E_ROLE;
    if (err == KARTO_OK && karto_address_parse(karto_slice_str(facts.address), address) != KARTO_OK)
        err = KARTO_E_USAGE;
    return err;
}

static enum karto_err greet_from(struct karto_store *store, struct karto_greeting *greeting)
{
    struct karto_address address;
    enum karto_err err = find_hub(store, &address);
    return err == KARTO_OK ? karto_greet(store, &address, greeting) : err;
}

/* "link WORD", where there was one to speak of, then "ok ROUND-TRIP-MS CLOCK-OFFSET-MS"; what went wrong is said as
 * always. */
static enum karto_err greet(const struct karto_daemon_options *options)
{
    struct karto_store_options store_options = {.dir = options->dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_greeting greeting = {.link = KARTO_LINK_NEVER};
    struct karto_store *store;
    enum karto_err err = karto_store_open(&store_options, &store);
    if (err != KARTO_OK)
        return err;
    err = greet_from(store, &greeting);
    karto_store_close(store);
    printf("link %s\n", karto_link_word(greeting.link));
    if (err == KARTO_OK)
        printf("ok %lld %lld\n", (long long)greeting.round_trip_ms, (long long)greeting.clock_offset_ms);
    return err;
}

/* ---- what would be moved ---- */

static enum karto_err preview_of(struct karto_store *store)
{
    struct karto_address address;
    struct karto_preview_sent sent;
    struct karto_preview_received received;
    enum karto_err err = find_hub(store, &address);
    if (err == KARTO_OK)
        err = karto_preview_sent(store, &sent);
    if (err != KARTO_OK)
        return err;
    printf("send %llu %llu %llu %llu\n", (unsigned long long)sent.changes, (unsigned long long)sent.records,
           (unsigned long long)sent.bytes, (unsigned long long)sent.requests);
    fflush(stdout); /* that is known whether or not there is a network */
    err = karto_preview_received(store, &address, &received);
    if (err == KARTO_OK)
        printf("ok %s %llu %llu %llu\n", karto_preview_word(received.bound), (unsigned long long)received.changes,
               (unsigned long long)received.records, (unsigned long long)received.bytes);
    return err;
}

/* "send CHANGES RECORDS BYTES REQUESTS", then "ok BOUND CHANGES RECORDS BYTES". */
static enum karto_err preview(const struct karto_daemon_options *options)
{
    struct karto_store_options store_options = {.dir = options->dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_store *store;
    enum karto_err err = karto_store_open(&store_options, &store);
    if (err != KARTO_OK)
        return err;
    err = preview_of(store);
    karto_store_close(store);
    return err;
}

/* ---- joining ---- */

static enum karto_err join(const struct karto_daemon_options *options)
{
    char invitation[1024];
    struct karto_arena arena;
    struct karto_enrolment_answer answer;
    size_t size = fread(invitation, 1, sizeof invitation, stdin);
    karto_arena_init(&arena);
    const struct karto_joiner joiner = {options->dir, karto_slice_str(options->name), options->unencrypted};
    enum karto_err err = karto_join_hub(&joiner, karto_slice(invitation, size), &arena, &answer);
    if (err == KARTO_OK)
        printf("ok %.*s\t%.*s\t%s\n", (int)answer.user.size, (const char *)answer.user.data, (int)answer.hub.size,
               answer.hub.size ? (const char *)answer.hub.data : "", karto_role_name(answer.rights.role));
    karto_arena_fini(&arena);
    return err;
}

int main(int argc, char **argv)
{
    struct karto_daemon_options options;
    sigset_t signals;
    enum karto_err err = karto_daemon_options_parse(&options, argc, argv);
    if (err != KARTO_OK || options.help || options.version) {
        karto_daemon_options_print(&options, err == KARTO_OK ? stdout : stderr);
        return exit_code(err);
    }
    karto_fatal_begins("<3>error D-FATAL ");
    karto_fault_watch("<3>error D-EXIT E-CORRUPT: the store is damaged; karto check says more\n", 1);
    if (!options.greet && !options.preview)
        block_signals(&signals);
    bool is_child = options.once || options.watch || options.greet || options.preview || options.join;
    if (is_child)
        karto_log_limit(KARTO_LOG_NOTHING); /* who started this says it to the person */
    err = options.greet     ? greet(&options)
          : options.preview ? preview(&options)
          : options.join    ? join(&options)
                            : serve(&options, signals);
    if (err != KARTO_OK) {
        karto_log(KARTO_LOG_ERROR, "D-EXIT", "%s: %s", options.dir, karto_err_id(err));
        if (is_child)
            printf("%s %s\n", options.watch ? "end" : "err", karto_err_id(err));
    }
    return exit_code(err);
}
