/* karto sync: what needs the network is done by karto-syncd: by the one that runs, or by one started for this. */
#include "client/cmd.h"
#include "client/cli.h"
#include "client/interrupt.h"
#include "client/open.h"
#include "client/sync_preview.h"
#include "client/syncd_line.h"
#include "client/wiped.h"
#include "core/base/os_posix.h"
#include "core/base/os_socket.h"
#include "core/store/quarantine.h"
#include "core/store/store.h"

#include <stdlib.h>
#include <string.h>

enum { SYNC_MS = 10 * 60 * 1000, TELL_MS = 3000 };

struct syncing {
    struct karto_cli *cli;
    const char *dir;
    struct karto_buf hub; /* its address, as a string */
    struct karto_syncd_line line;
    enum karto_err end; /* --watch: what the daemon ended with */
};

/* ---- the store ---- */

struct facts {
    enum karto_store_role role;
    uint64_t conflicts, pending, quarantined;
    struct karto_buf *hub;
};

static enum karto_err read_facts(struct karto_tx *tx, void *context)
{
    struct facts *facts = context;
    struct karto_slice hub;
    facts->role = tx->ledger.role;
    facts->conflicts = tx->ledger.conflicts;
    facts->pending = tx->ledger.pending;
    enum karto_err err = karto_meta_get(tx, "hub", &hub);
    karto_buf_clear(facts->hub);
    karto_buf_add_slice(facts->hub, hub);
    karto_buf_add_byte(facts->hub, 0);
    return err == KARTO_OK || err == KARTO_E_NOT_FOUND ? karto_quarantine_count(tx, &facts->quarantined) : err;
}

static enum karto_err look_at_store(struct syncing *s, struct facts *facts)
{
    struct karto_store_options options = {.dir = s->dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_store *store;
    facts->hub = &s->hub;
    enum karto_err err = karto_store_open(&options, &store);
    if (err == KARTO_OK)
        err = karto_store_read(store, read_facts, facts);
    karto_store_close(store);
    return err == KARTO_OK ? KARTO_OK : karto_cli_db_problem(s->cli, err, s->dir);
}

static enum karto_err refuse(struct syncing *s, enum karto_err err, enum karto_message message, enum karto_message hint)
{
    karto_problem_set(&s->cli->problem, s->cli->lang, err, message, NULL, 0);
    KARTO_SAY(&s->cli->problem.hint, s->cli->lang, hint, karto_arg_str("db", karto_cli_on_db(s->cli)));
    return err;
}

/* No store, a damaged one, or one with nobody to exchange with is said before anything is started. */
static enum karto_err check_store(struct syncing *s)
{
    struct facts facts;
    enum karto_err err = look_at_store(s, &facts);
    if (err != KARTO_OK)
        return err;
    switch (facts.role) {
    case KARTO_LOCAL: return refuse(s, KARTO_E_ROLE, KARTO_M_SYNC_NOT_JOINED, KARTO_M_SYNC_NOT_JOINED_HINT);
    case KARTO_ON_HUB: return refuse(s, KARTO_E_ROLE, KARTO_M_SYNC_ON_HUB, KARTO_M_SYNC_ON_HUB_HINT);
    case KARTO_ON_DEVICE: break;
    }
    return KARTO_OK;
}

/* ---- the answer ---- */

enum { SENT, REFUSED, RECEIVED, REQUESTS, BYTES_SENT, BYTES_RECEIVED, GONE, UNLISTED, NUMBERS };
static const char *const names[NUMBERS] = {"sent",       "refused",        "received", "requests",
                                           "bytes_sent", "bytes_received", "gone",     "unlisted"};

static void note_news(struct karto_cli *cli, const uint64_t numbers[NUMBERS], const struct facts *facts)
{
    const struct karto_arg db = karto_arg_str("db", karto_cli_on_db(cli));
    KARTO_NOTE(cli, KARTO_M_SYNC_DONE, karto_arg_int("sent", (int64_t)numbers[SENT]),
               karto_arg_int("received", (int64_t)numbers[RECEIVED]));
    if (numbers[REFUSED])
        KARTO_NOTE(cli, KARTO_M_SYNC_REFUSED, karto_arg_int("n", (int64_t)numbers[REFUSED]), db);
    if (numbers[GONE] > numbers[UNLISTED])
        KARTO_NOTE(cli, KARTO_M_SYNC_GONE, karto_arg_int("n", (int64_t)(numbers[GONE] - numbers[UNLISTED])));
    if (numbers[UNLISTED])
        KARTO_NOTE(cli, KARTO_M_SYNC_UNLISTED, karto_arg_int("n", (int64_t)numbers[UNLISTED]));
    if (facts->conflicts)
        KARTO_NOTE(cli, KARTO_M_SYNC_CONFLICTS, karto_arg_int("n", (int64_t)facts->conflicts), db);
    if (facts->quarantined)
        KARTO_NOTE(cli, KARTO_M_STATUS_QUARANTINED, karto_arg_int("n", (int64_t)facts->quarantined), db);
}

/* The numbers behind "ok ", in the order of names. What went to and fro in bytes is of interest to programs, and to
 * whom asks for more. */
static enum karto_err show(struct syncing *s, const char *text)
{
    uint64_t numbers[NUMBERS] = {0};
    struct facts facts;
    struct karto_cli *cli = s->cli;
    enum karto_err err = look_at_store(s, &facts);
    if (err != KARTO_OK)
        return err;
    char *at = (char *)(uintptr_t)text;
    for (int i = 0; i < NUMBERS; i++)
        numbers[i] = strtoull(at, &at, 10);
    struct karto_out *out = karto_cli_out(cli);
    if (karto_out_form(out) != KARTO_FORM_TABLE || cli->settings.verbose) {
        karto_out_begin(out, "sync", KARTO_OUT_CARD);
        for (int i = 0; i < NUMBERS; i++)
            karto_out_key(out, names[i]), karto_out_int(out, (int64_t)numbers[i]);
        karto_out_key(out, "conflicts"), karto_out_int(out, (int64_t)facts.conflicts);
        err = karto_out_end(out);
    }
    if (err != KARTO_OK)
        return karto_problem_begin(&cli->problem, err);
    note_news(cli, numbers, &facts);
    return KARTO_OK;
}

static void tell_waiting(void *context)
{
    struct syncing *s = context;
    if (s->cli->settings.form != KARTO_FORM_JSON)
        KARTO_NOTE(s->cli, KARTO_M_SYNC_WAITS, karto_arg_str("hub", (const char *)s->hub.data));
}

/* ---- only a trial ---- */

/* What would be sent; what would come, only the hub could tell. */
static enum karto_err try(struct syncing *s)
{
    struct facts facts;
    struct karto_out *out = karto_cli_out(s->cli);
    enum karto_err err = look_at_store(s, &facts);
    if (err != KARTO_OK)
        return err;
    karto_out_begin(out, "sync", KARTO_OUT_CARD);
    karto_out_key(out, names[SENT]), karto_out_int(out, (int64_t)facts.pending);
    for (int i = SENT + 1; i < NUMBERS; i++)
        karto_out_key(out, names[i]), karto_out_null(out);
    karto_out_key(out, "conflicts"), karto_out_int(out, (int64_t)facts.conflicts);
    err = karto_out_end(out);
    karto_cli_note(s->cli, KARTO_M_DRY_RUN, NULL, 0);
    return err == KARTO_OK ? KARTO_OK : karto_problem_begin(&s->cli->problem, err);
}

/* ---- once ---- */

static enum karto_err run_once(struct syncing *s, const struct karto_waiting *waiting)
{
    int status = 0;
    char *const argv[] = {karto_syncd_word(KARTO_SYNCD), karto_syncd_word("--once"), karto_syncd_word("--db"),
                          karto_syncd_word(s->dir), NULL};
    const struct karto_sibling sibling = {KARTO_SYNCD, argv, karto_slice(NULL, 0), karto_syncd_hear, &s->line, waiting};
    return karto_run_sibling(&sibling, &status);
}

static enum karto_err once(struct syncing *s)
{
    const struct karto_waiting waiting = {karto_interrupted, TELL_MS, tell_waiting, s};
    struct karto_buf said = KARTO_BUF_EMPTY;
    const char *numbers;
    enum karto_err err = karto_ask_daemon(s->dir, "sync", SYNC_MS, &waiting, &said);
    karto_buf_add_byte(&said, 0);
    if (err == KARTO_OK)
        karto_syncd_hear(&s->line, (const char *)said.data);
    else if (err == KARTO_E_NOT_FOUND || err == KARTO_E_IO) /* none runs, or it has ended without an answer */
        err = run_once(s, &waiting);
    karto_buf_fini(&said);
    if (err == KARTO_OK)
        err = karto_syncd_understand(s->line.text, &numbers);
    return err == KARTO_OK ? show(s, numbers) : karto_problem_begin(&s->cli->problem, err);
}

/* ---- until somebody stops it ---- */

/* Each synchronisation is an answer of its own. One that fails is said, and tried again. */
static void hear_watch(void *context, const char *line)
{
    struct syncing *s = context;
    const char *numbers;
    enum karto_err err = karto_syncd_understand(line, &numbers);
    if (strncmp(line, "end ", 4) == 0) {
        s->end = err;
        return;
    }
    err = err == KARTO_OK ? show(s, numbers) : karto_problem_begin(&s->cli->problem, err);
    if (err != KARTO_OK)
        (void)karto_cli_fail(s->cli);
    fflush(s->cli->out);
}

static enum karto_err watch(struct syncing *s)
{
    int status = 0;
    char *const argv[] = {karto_syncd_word(KARTO_SYNCD), karto_syncd_word("--watch"), karto_syncd_word("--db"),
                          karto_syncd_word(s->dir), NULL};
    const struct karto_waiting waiting = {karto_interrupted, TELL_MS, tell_waiting, s};
    const struct karto_sibling sibling = {KARTO_SYNCD, argv, karto_slice(NULL, 0), hear_watch, s, &waiting};
    enum karto_err err = karto_run_sibling(&sibling, &status);
    if (karto_terminated())
        return KARTO_OK;
    if (karto_interrupted())
        return karto_problem_begin(&s->cli->problem, KARTO_E_INTERRUPTED);
    if (s->end == KARTO_E_BUSY)
        return refuse(s, s->end, KARTO_M_SYNC_RUNS, KARTO_M_SYNC_RUNS_HINT);
    err = s->end != KARTO_OK ? s->end : err;
    return karto_problem_begin(&s->cli->problem, err == KARTO_OK && status != 0 ? KARTO_E_IO : err);
}

/* The data of this device were removed, now or before. Head office hears of it here, if it has not. */
static enum karto_err look_whether_wiped(struct syncing *s)
{
    bool untold;
    enum karto_err err = karto_cli_wiped(s->cli, &untold);
    if (err == KARTO_OK || !untold || s->cli->settings.dry_run)
        return err;
    const struct karto_waiting waiting = {karto_interrupted, TELL_MS, tell_waiting, s};
    if (run_once(s, &waiting) == KARTO_E_INTERRUPTED)
        return karto_problem_begin(&s->cli->problem, KARTO_E_INTERRUPTED);
    return karto_cli_wiped(s->cli, NULL);
}

enum karto_exit karto_cmd_sync(struct karto_cli *cli)
{
    struct syncing s = {.cli = cli, .end = KARTO_OK};
    enum karto_err err = karto_cli_db(cli, &s.dir);
    if (err == KARTO_OK)
        err = look_whether_wiped(&s);
    if (err == KARTO_OK)
        err = check_store(&s);
    bool preview = karto_args_has(&cli->args, "preview");
    if (err == KARTO_OK && preview && karto_args_has(&cli->args, "watch"))
        err = refuse(&s, KARTO_E_USAGE, KARTO_M_SYNC_BOTH, KARTO_M_SYNC_BOTH_HINT);
    if (err == KARTO_OK && preview) {
        karto_interrupt_watch();
        err = karto_sync_preview(cli, s.dir);
    } else if (err == KARTO_OK && cli->settings.dry_run) {
        err = try(&s);
    } else if (err == KARTO_OK) {
        karto_interrupt_watch();
        err = karto_args_has(&cli->args, "watch") ? watch(&s) : once(&s);
        enum karto_err wiped = err == KARTO_OK ? KARTO_OK : karto_cli_wiped(cli, NULL);
        err = wiped == KARTO_OK ? err : wiped;
    }
    karto_buf_fini(&s.hub);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}
