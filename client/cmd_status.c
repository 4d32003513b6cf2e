/* karto status: what is here, what has not been sent, whether anything waits for somebody. */
#include "client/cmd.h"
#include "client/field_show.h"
#include "client/open.h"
#include "client/person.h"
#include "core/base/os_volume.h"
#include "core/model/schema.h"
#include "core/store/entry.h"
#include "core/store/hub_proposal.h"
#include "core/store/hub_recovery.h"
#include "core/store/own.h"
#include "core/store/past_fetch.h"
#include "core/store/repaired.h"
#include "core/store/quarantine.h"
#include "core/store/refused.h"
#include "core/store/unencrypted.h"

#include <string.h>

enum { NEXT_MAX = 8, CLOCK_TOLERATED_MS = 60 * 1000 };

/* How far the time before is fetched. */
enum history {
    HISTORY_OFF,      /* it is not to be */
    HISTORY_WAITING,  /* it will be, after the next synchronisation */
    HISTORY_FETCHING, /* there is more */
    HISTORY_LIMITED,  /* there may be more, and the limits end it */
    HISTORY_COMPLETE,
};

struct status {
    struct karto_cli *cli;
    struct karto_out *out;
    struct karto_slice name, user, hub, state, error; /* of meta; empty: there is none */
    int64_t oldest_ms;                                /* of what is pending; 0: nothing is */
    uint64_t quarantined, refused;                    /* refused: and not dismissed */
    struct karto_proposal_tally proposals;            /* of a hub, all; else zero */
    enum history history;
    int64_t history_since_ms;       /* from when on it is complete; 0: since ever, or not known */
    struct karto_past_reach reach;  /* zero before it has begun */
    struct karto_recovery recovery; /* of a hub; else zero */
    struct karto_repaired repaired;
    int64_t unencrypted_ms; /* since when its disk is known not to be encrypted; 0: that is not noted */
    const char *next[NEXT_MAX];
    unsigned next_count;
};

/* What --columns can ask for. */
static const struct karto_column columns[] = {
    {"role", true},
    {"node", true},
    {"name", true},
    {"user", true},
    {"records", true},
    {"pending", true},
    {"refused", true},
    {"waiting", true},
    {"quarantined", true},
    {"conflicts", true},
    {"held", true},
    {"proposals", true},
    {"repaired", true},
    {"unencrypted", true},
    {"sync", true},
    {"digest", true},
    {"history", true},
    {"format", true},
    {"next", true},
    {"records.client", true},
    {"records.person", true},
    {"records.activity", true},
    {"records.purchase", true},
    {"pending.changes", true},
    {"pending.oldest", true},
    {"repaired.records", true},
    {"repaired.last", true},
    {"sync.state", true},
    {"sync.hub", true},
    {"sync.last", true},
    {"sync.error", true},
    {"sync.position", true},
    {"sync.clock_offset_ms", true},
    {"history.state", true},
    {"history.complete_since", true},
    {"history.days", true},
    {"history.mb", true},
    {"history.changes", true},
    {"history.bytes", true},
};

/* ---- gathering ---- */

static enum karto_err read_meta(struct karto_tx *tx, const char *name, struct karto_slice *value)
{
    enum karto_err err = karto_meta_get(tx, name, value);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err find_history(struct status *s, struct karto_tx *tx)
{
    bool complete, more;
    s->history = s->cli->settings.history_days ? HISTORY_WAITING : HISTORY_OFF;
    enum karto_err err = karto_past_since(tx, NULL, &complete, &s->history_since_ms);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (complete)
        s->history_since_ms = 0;
    err = karto_past_wants(tx, &more);
    s->history = complete ? HISTORY_COMPLETE : more ? HISTORY_FETCHING : HISTORY_LIMITED;
    return err == KARTO_OK ? karto_past_get_reach(tx, &s->reach) : err;
}

/* What is worth typing now, the most pressing first. */
static void find_next(struct status *s, const struct karto_ledger *ledger)
{
    bool device = ledger->role == KARTO_ON_DEVICE, revoked = karto_slice_is(s->state, "revoked");
    if (s->recovery.held)
        s->next[s->next_count++] = "karto hub held";
    if (s->recovery.recovering)
        s->next[s->next_count++] = "karto hub recovered";
    if (s->recovery.claimed > 0)
        s->next[s->next_count++] = "karto device list";
    if (ledger->conflicts > 0)
        s->next[s->next_count++] = "karto conflict list";
    if (s->refused > 0)
        s->next[s->next_count++] = "karto refused list";
    if (s->proposals.count > 0)
        s->next[s->next_count++] = "karto proposal list";
    if (s->quarantined > 0)
        s->next[s->next_count++] = "karto quarantine list";
    if (device && !revoked && (ledger->pending > 0 || ledger->synced_ms == 0))
        s->next[s->next_count++] = "karto sync";
    if (s->error.size > 0)
        s->next[s->next_count++] = "karto doctor";
    if (ledger->counts[KARTO_CLIENT] == 0 && !(device && ledger->synced_ms == 0))
        s->next[s->next_count++] = "karto help client add";
}

static enum karto_err gather_hub(struct status *s, struct karto_tx *tx)
{
    static const struct karto_rid all;
    enum karto_err err = karto_hub_recovery(tx, &s->recovery);
    return err == KARTO_OK ? karto_hub_proposal_tally(tx, all, &s->proposals) : err;
}

static enum karto_err gather(struct status *s, struct karto_tx *tx)
{
    enum karto_err err = read_meta(tx, "name", &s->name);
    if (err == KARTO_OK)
        err = read_meta(tx, "user", &s->user);
    if (err == KARTO_OK)
        err = read_meta(tx, "hub", &s->hub);
    if (err == KARTO_OK)
        err = read_meta(tx, "sync_state", &s->state);
    if (err == KARTO_OK)
        err = read_meta(tx, "sync_error", &s->error);
    if (err == KARTO_OK)
        err = karto_pending_oldest(tx, &s->oldest_ms);
    if (err == KARTO_OK)
        err = karto_quarantine_count(tx, &s->quarantined);
    if (err == KARTO_OK)
        err = karto_refused_count(tx, &s->refused);
    if (err == KARTO_OK && tx->ledger.role == KARTO_ON_DEVICE)
        err = find_history(s, tx);
    if (err == KARTO_OK)
        err = karto_repaired_get(tx, &s->repaired);
    if (err == KARTO_OK)
        err = karto_unencrypted_get(tx, &s->unencrypted_ms);
    if (err == KARTO_OK && tx->ledger.role == KARTO_ON_HUB)
        err = gather_hub(s, tx);
    find_next(s, &tx->ledger);
    return err;
}

/* ---- for programs ---- */

static void show_number(struct karto_out *out, const char *key, uint64_t number)
{
    karto_out_key(out, key);
    karto_out_int(out, (int64_t)number);
}

static void show_moment(struct karto_out *out, const char *key, int64_t ms)
{
    karto_out_key(out, key);
    if (ms)
        karto_out_time(out, ms);
    else
        karto_out_null(out);
}

static const char *role_name(enum karto_store_role role)
{
    switch (role) {
    case KARTO_LOCAL: return "local";
    case KARTO_ON_DEVICE: return "device";
    case KARTO_ON_HUB: return "hub";
    }
    return "";
}

static void show_records(struct karto_out *out, const struct karto_ledger *ledger)
{
    karto_out_key(out, "records");
    karto_out_object(out);
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++)
        if ((*kind)->number != KARTO_DEVICE)
            show_number(out, (*kind)->name, ledger->counts[(*kind)->number]);
    karto_out_object_end(out);
}

static void show_sync(struct status *s, const struct karto_ledger *ledger)
{
    struct karto_out *out = s->out;
    karto_out_key(out, "sync");
    karto_out_object(out);
    karto_text_show_as(out, "state", s->state.size ? s->state : karto_slice_str("never"));
    karto_text_show_as(out, "hub", s->hub);
    show_moment(out, "last", ledger->synced_ms);
    karto_text_show_as(out, "error", s->error);
    show_number(out, "position", ledger->role == KARTO_ON_DEVICE ? ledger->cursor : ledger->position);
    karto_out_key(out, "clock_offset_ms");
    karto_out_int(out, ledger->clock_offset_ms);
    karto_out_object_end(out);
}

static void show_history(struct status *s, enum karto_store_role role)
{
    static const char *const states[] = {[HISTORY_OFF] = "off",
                                         [HISTORY_WAITING] = "waiting",
                                         [HISTORY_FETCHING] = "fetching",
                                         [HISTORY_LIMITED] = "limited",
                                         [HISTORY_COMPLETE] = "complete"};
    karto_out_key(s->out, "history");
    if (role != KARTO_ON_DEVICE) {
        karto_out_null(s->out);
        return;
    }
    karto_out_object(s->out);
    karto_text_show_as(s->out, "state", karto_slice_str(states[s->history]));
    show_moment(s->out, "complete_since", s->history_since_ms);
    show_number(s->out, "days", s->cli->settings.history_days);
    show_number(s->out, "mb", s->cli->settings.history_mb);
    show_number(s->out, "changes", s->reach.changes);
    show_number(s->out, "bytes", s->reach.bytes);
    karto_out_object_end(s->out);
}

static enum karto_err show_digests(struct status *s, struct karto_tx *tx)
{
    struct karto_slice territory = {NULL, 0};
    struct karto_sum sum;
    enum karto_err err;
    karto_out_key(s->out, "digest");
    karto_out_object(s->out);
    while ((err = karto_digest_next(tx, territory, &territory, &sum)) == KARTO_OK) {
        char text[33];
        snprintf(text, sizeof text, "%016llx%016llx", (unsigned long long)sum.high, (unsigned long long)sum.low);
        karto_out_key_slice(s->out, territory);
        karto_out_str(s->out, text);
    }
    karto_out_object_end(s->out);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err show_facts(struct status *s, struct karto_tx *tx)
{
    const struct karto_ledger *ledger = &tx->ledger;
    struct karto_out *out = s->out;
    char node[KARTO_NODE_TEXT];
    karto_node_print(ledger->node, node);
    karto_out_begin(out, "status", KARTO_OUT_CARD);
    karto_text_show_as(out, "role", karto_slice_str(role_name(ledger->role)));
    karto_text_show_as(out, "node", karto_slice_str(node));
    karto_text_show_as(out, "name", s->name);
    karto_text_show_as(out, "user", s->user);
    show_records(out, ledger);
    karto_out_key(out, "pending");
    karto_out_object(out);
    show_number(out, "changes", ledger->pending);
    show_moment(out, "oldest", s->oldest_ms);
    karto_out_object_end(out);
    show_number(out, "refused", s->refused);
    show_number(out, "waiting", 0); /* changes wait for an earlier one in recovery only */
    show_number(out, "quarantined", s->quarantined);
    show_number(out, "conflicts", ledger->conflicts);
    show_number(out, "held", s->recovery.held);
    show_number(out, "proposals", s->proposals.count);
    karto_out_key(out, "repaired");
    karto_out_object(out);
    show_number(out, "records", s->repaired.records);
    show_moment(out, "last", s->repaired.last_ms);
    karto_out_object_end(out);
    show_moment(out, "unencrypted", s->unencrypted_ms);
    show_sync(s, ledger);
    enum karto_err err = show_digests(s, tx);
    show_history(s, ledger->role);
    show_number(out, "format", KARTO_FORMAT);
    karto_out_key(out, "next");
    karto_out_array(out);
    for (unsigned i = 0; i < s->next_count; i++)
        karto_out_str(out, s->next[i]);
    karto_out_array_end(out);
    enum karto_err end = karto_out_end(out);
    return err == KARTO_OK ? end : err;
}

/* ---- for people ---- */

static void say(struct status *s, enum karto_message message, const struct karto_arg *args, size_t count)
{
    struct karto_buf line = KARTO_BUF_EMPTY;
    karto_message(&line, s->cli->lang, message, args, count);
    karto_out_say(s->out, karto_buf_slice(&line));
    karto_buf_fini(&line);
}

#define SAY(s, message, ...)                                                                                           \
    say((s), (message), (const struct karto_arg[]){__VA_ARGS__},                                                       \
        sizeof((const struct karto_arg[]){__VA_ARGS__}) / sizeof(struct karto_arg))

static const char *word(const struct status *s, enum karto_message message)
{
    return karto_message_text(s->cli->lang, message);
}

static void say_store(struct status *s, const struct karto_ledger *ledger)
{
    enum karto_message role = ledger->role == KARTO_ON_HUB      ? KARTO_M_ROLE_HUB
                              : ledger->role == KARTO_ON_DEVICE ? KARTO_M_ROLE_DEVICE
                                                                : KARTO_M_ROLE_LOCAL;
    SAY(s, KARTO_M_STATUS_STORE, karto_arg_text("name", s->name), karto_arg_str("role", word(s, role)),
        karto_arg_text("user", s->user));
    SAY(s, KARTO_M_STATUS_RECORDS, karto_arg_int("clients", (int64_t)ledger->counts[KARTO_CLIENT]),
        karto_arg_int("persons", (int64_t)ledger->counts[KARTO_PERSON]),
        karto_arg_int("activities", (int64_t)ledger->counts[KARTO_ACTIVITY]),
        karto_arg_int("purchases", (int64_t)ledger->counts[KARTO_PURCHASE]));
}

/* What the last exchange ended with, where "offline" does not say it. */
static void say_error(struct status *s)
{
    enum karto_err err = karto_err_of_id((const char *)s->error.data, s->error.size);
    if (s->error.size == 0 || err == KARTO_E_OFFLINE || err == KARTO_E_TIMEOUT || err == KARTO_E_REVOKED)
        return;
    karto_out_say(s->out, karto_slice_str(karto_err_text(s->cli->lang, err)));
    karto_out_say(s->out, karto_slice_str(karto_err_hint(s->cli->lang, err)));
}

static void say_sync(struct status *s, const struct karto_ledger *ledger)
{
    struct karto_buf time = KARTO_BUF_EMPTY;
    enum karto_message state = karto_slice_is(s->state, "online")    ? KARTO_M_STATE_ONLINE
                               : karto_slice_is(s->state, "offline") ? KARTO_M_STATE_OFFLINE
                               : karto_slice_is(s->state, "revoked") ? KARTO_M_STATE_REVOKED
                                                                     : KARTO_M_STATE_NEVER;
    if (ledger->synced_ms)
        karto_person_time(ledger->synced_ms, &time);
    SAY(s, ledger->synced_ms ? KARTO_M_STATUS_HUB : KARTO_M_STATUS_HUB_NEVER, karto_arg_text("hub", s->hub),
        karto_arg_str("state", word(s, state)), karto_arg_text("time", karto_buf_slice(&time)));
    say_error(s);
    if (ledger->pending)
        SAY(s, KARTO_M_SYNC_PENDING, karto_arg_int("n", (int64_t)ledger->pending));
    else
        say(s, KARTO_M_SYNC_NOTHING_PENDING, NULL, 0);
    if (ledger->clock_offset_ms > CLOCK_TOLERATED_MS || ledger->clock_offset_ms < -CLOCK_TOLERATED_MS)
        SAY(s, KARTO_M_SYNC_CLOCK, karto_arg_int("n", ledger->clock_offset_ms / 1000));
    karto_buf_fini(&time);
}

static void say_history(struct status *s)
{
    static const enum karto_message messages[] = {[HISTORY_OFF] = KARTO_M_HISTORY_OFF,
                                                  [HISTORY_WAITING] = KARTO_M_HISTORY_WAITING,
                                                  [HISTORY_FETCHING] = KARTO_M_HISTORY_FETCHING,
                                                  [HISTORY_LIMITED] = KARTO_M_HISTORY_LIMITED,
                                                  [HISTORY_COMPLETE] = KARTO_M_HISTORY_COMPLETE};
    struct karto_buf time = KARTO_BUF_EMPTY;
    if (s->history_since_ms)
        karto_person_time(s->history_since_ms, &time);
    SAY(s, messages[s->history], karto_arg_text("time", karto_buf_slice(&time)),
        karto_arg_int("days", s->cli->settings.history_days), karto_arg_int("mb", s->cli->settings.history_mb));
    karto_buf_fini(&time);
}

/* For as long as it may still be so. */
static void say_unencrypted(struct status *s)
{
    const char *dir;
    if (!s->unencrypted_ms || karto_cli_db(s->cli, &dir) != KARTO_OK)
        return;
    enum karto_volume volume = karto_os_volume(dir);
    if (volume == KARTO_VOLUME_ENCRYPTED || volume == KARTO_VOLUME_MEMORY)
        return;
    struct karto_buf time = KARTO_BUF_EMPTY;
    karto_person_time(s->unencrypted_ms, &time);
    SAY(s, KARTO_M_STATUS_UNENCRYPTED, karto_arg_text("time", karto_buf_slice(&time)),
        karto_arg_str("db", karto_cli_on_db(s->cli)));
    karto_buf_fini(&time);
}

static void say_facts(struct status *s, const struct karto_ledger *ledger)
{
    say_store(s, ledger);
    if (ledger->role == KARTO_ON_DEVICE) {
        say_sync(s, ledger);
        say_history(s);
    }
    say_unencrypted(s);
    if (s->refused)
        SAY(s, KARTO_M_SYNC_REFUSED, karto_arg_int("n", (int64_t)s->refused),
            karto_arg_str("db", karto_cli_on_db(s->cli)));
    if (s->quarantined)
        SAY(s, KARTO_M_STATUS_QUARANTINED, karto_arg_int("n", (int64_t)s->quarantined),
            karto_arg_str("db", karto_cli_on_db(s->cli)));
    if (s->recovery.recovering)
        SAY(s, KARTO_M_STATUS_RECOVERING, karto_arg_int("gave", s->recovery.gave),
            karto_arg_int("all", (int64_t)s->recovery.gave + s->recovery.lacking));
    if (s->recovery.claimed)
        SAY(s, KARTO_M_STATUS_CLAIMED, karto_arg_int("n", s->recovery.claimed));
    if (s->recovery.held)
        SAY(s, KARTO_M_STATUS_HELD, karto_arg_int("n", (int64_t)s->recovery.held),
            karto_arg_str("db", karto_cli_on_db(s->cli)));
    if (s->proposals.count)
        SAY(s, KARTO_M_STATUS_PROPOSALS, karto_arg_int("n", s->proposals.count),
            karto_arg_str("db", karto_cli_on_db(s->cli)));
    if (s->recovery.full)
        SAY(s, KARTO_M_STATUS_HELD_FULL, karto_arg_int("n", s->recovery.full));
    if (ledger->conflicts)
        SAY(s, KARTO_M_CONFLICTS_OPEN, karto_arg_int("n", (int64_t)ledger->conflicts));
    else
        say(s, KARTO_M_NO_CONFLICTS, NULL, 0);
    for (unsigned i = 0; i < s->next_count; i++)
        SAY(s, KARTO_M_STATUS_NEXT, karto_arg_str("command", s->next[i]),
            karto_arg_str("db", strncmp(s->next[i], "karto help", 10) == 0 ? "" : karto_cli_on_db(s->cli)));
}

/* ---- the command ---- */

static enum karto_err status_work(struct karto_tx *tx, void *context)
{
    struct status *s = context;
    enum karto_err err = gather(s, tx);
    if (err != KARTO_OK)
        return err;
    if (karto_out_form(s->out) != KARTO_FORM_TABLE || s->cli->settings.columns)
        return show_facts(s, tx);
    say_facts(s, &tx->ledger);
    return KARTO_OK;
}

enum karto_exit karto_cmd_status(struct karto_cli *cli)
{
    struct status s = {.cli = cli, .out = karto_cli_out(cli)};
    enum karto_err err = karto_out_check_columns(s.out, columns, sizeof columns / sizeof *columns, &cli->problem);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, status_work, &s);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}
