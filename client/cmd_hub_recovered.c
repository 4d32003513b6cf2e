/* karto hub restored, karto hub recovered: the administrator's word that head office was put back from a backup, where
 * it cannot know that by itself; what is known of it then, and the word that it is well again. */
#include "client/cmd.h"
#include "client/device_row.h"
#include "client/open.h"
#include "client/person.h"
#include "core/base/harmless.h"
#include "core/store/copied.h"
#include "core/store/log.h"

enum { NAMES_MAX = 10 }; /* of devices, in a sentence */

struct recovering {
    struct karto_cli *cli;
    struct karto_recovery recovery;
    int64_t newest_ms;                /* when the newest was written down that the backup had; 0: it had nothing */
    struct karto_buf lines, lackings; /* of all devices; names of those that have not given back */
    uint32_t named, waiting;          /* waiting: of these, for the administrator's word on what is held */
};

static void show_number(struct karto_out *out, const char *key, uint64_t number)
{
    karto_out_key(out, key);
    karto_out_int(out, (int64_t)number);
}

static enum karto_err read_recovery(struct karto_tx *tx, void *context)
{
    struct recovering *r = context;
    struct karto_log_entry newest;
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_ROLE;
    enum karto_err err = karto_hub_recovery(tx, &r->recovery);
    if (err != KARTO_OK || r->recovery.position == 0)
        return err;
    err = karto_log_read(tx, r->recovery.position, &newest);
    r->newest_ms = newest.at_ms;
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

/* ---- the answer ---- */

static void name_lacking(struct recovering *r, const struct karto_device_row *row)
{
    if (row->gave || row->device.revoked)
        return;
    r->waiting += row->held;
    if (r->named == NAMES_MAX)
        return;
    karto_buf_add_str(&r->lackings, r->named++ ? ", " : "");
    karto_harmless(&r->lackings, row->name, " ");
    karto_buf_add_str(&r->lackings, " (");
    karto_buf_add_slice(&r->lackings, row->device.user);
    karto_buf_add_str(&r->lackings, r->named == NAMES_MAX ? "), …" : ")");
}

static enum karto_err show_device(struct karto_tx *tx, const struct karto_device_row *row, void *context)
{
    struct recovering *r = context;
    struct karto_out *out = karto_cli_out(r->cli);
    (void)tx;
    name_lacking(r, row);
    if (karto_out_form(out) == KARTO_FORM_TABLE) {
        karto_buf_add_str(&r->lines, r->lines.size ? "\n" : "");
        karto_device_row_say(r->cli, row, &r->lines);
        return KARTO_OK;
    }
    karto_out_object(out);
    karto_device_row_show(r->cli, row);
    karto_out_object_end(out);
    return KARTO_OK;
}

static enum karto_err show_devices(struct karto_tx *tx, void *context)
{
    struct recovering *r = context;
    struct karto_out *out = karto_cli_out(r->cli);
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE;
    if (!for_people) {
        karto_out_key(out, "devices");
        karto_out_array(out);
    }
    enum karto_err err = karto_device_rows(tx, show_device, r);
    if (for_people)
        karto_out_say(out, karto_buf_slice(&r->lines));
    else
        karto_out_array_end(out);
    return err;
}

static void show_facts(struct karto_out *out, const struct karto_recovery *recovery)
{
    karto_out_key(out, "recovering"), karto_out_bool(out, recovery->recovering);
    karto_out_key(out, "since");
    if (recovery->ever)
        karto_out_time(out, recovery->at_ms);
    else
        karto_out_null(out);
    show_number(out, "position", recovery->position);
    show_number(out, "gave", recovery->gave);
    show_number(out, "lacking", recovery->lacking);
    show_number(out, "claimed", recovery->claimed);
    show_number(out, "held", recovery->held);
    show_number(out, "full", recovery->full);
    show_number(out, "withdrawn", recovery->withdrawn);
}

/* For people the lines of the devices say it all. */
static enum karto_err show(struct recovering *r)
{
    struct karto_out *out = karto_cli_out(r->cli);
    karto_out_begin(out, "recovery", KARTO_OUT_CARD);
    if (karto_out_form(out) != KARTO_FORM_TABLE)
        show_facts(out, &r->recovery);
    enum karto_err err = karto_cli_read(r->cli, show_devices, r);
    enum karto_err end = karto_out_end(out);
    return err == KARTO_OK ? end : err;
}

static enum karto_exit finish(struct recovering *r, enum karto_err err)
{
    karto_buf_fini(&r->lines);
    karto_buf_fini(&r->lackings);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(r->cli);
}

static enum karto_err refuse(struct karto_cli *cli, enum karto_err err, enum karto_message message,
                             enum karto_message hint, uint64_t count)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, err, message, karto_arg_int("n", (int64_t)count));
    KARTO_SAY(&cli->problem.hint, cli->lang, hint, karto_arg_str("db", karto_cli_on_db(cli)));
    return err;
}

/* ---- hub recovered ---- */

static enum karto_err end_recovery(struct karto_tx *tx, void *context)
{
    struct recovering *r = context;
    enum karto_err err = karto_hub_recovered(tx);
    return err == KARTO_OK ? karto_hub_recovery(tx, &r->recovery) : err; /* some of what was held may have come in */
}

/* It can be ended while devices are missing, for some never come: but only by somebody who was told so. */
static enum karto_err refuse_lacking(const struct recovering *r)
{
    bool claimed = r->recovery.claimed > 0;
    struct karto_cli *cli = r->cli;
    enum karto_err err =
        refuse(cli, KARTO_E_NOT_YET, KARTO_M_RECOVERED_LACKING,
               claimed ? KARTO_M_RECOVERED_CLAIMED_HINT : KARTO_M_RECOVERED_LACKING_HINT, r->recovery.lacking);
    if (r->recovery.held == 0)
        return err;
    karto_buf_add_byte(&cli->problem.hint, ' ');
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_RECOVERED_HELD_HINT, karto_arg_int("n", (int64_t)r->recovery.held),
              karto_arg_str("db", karto_cli_on_db(cli)));
    return err;
}

/* What hangs on a record that is only held would be refused from then on. */
static enum karto_err refuse_to_end(const struct recovering *r)
{
    if (r->recovery.lacking > r->waiting)
        return refuse_lacking(r);
    return refuse(r->cli, KARTO_E_NOT_YET, KARTO_M_RECOVERED_UNDECIDED, KARTO_M_RECOVERED_UNDECIDED_HINT,
                  r->recovery.held);
}

/* What is given up: with those who have not come, and what nobody had got. */
static void note_given_up(struct recovering *r)
{
    struct karto_buf time = KARTO_BUF_EMPTY;
    if (r->recovery.lacking > 0)
        KARTO_NOTE(r->cli, KARTO_M_RECOVERED_WITHOUT, karto_arg_int("n", r->recovery.lacking),
                   karto_arg_text("names", karto_buf_slice(&r->lackings)));
    if (r->newest_ms)
        karto_person_time(r->newest_ms, &time);
    if (r->newest_ms)
        KARTO_NOTE(r->cli, KARTO_M_RECOVERED_GONE, karto_arg_text("time", karto_buf_slice(&time)));
    karto_buf_fini(&time);
}

/* Nobody else will tell those who still have one. */
static void note_withdrawn(const struct recovering *r)
{
    if (r->recovery.withdrawn)
        KARTO_NOTE(r->cli, KARTO_M_RESTORED_WITHDRAWN, karto_arg_int("n", (int64_t)r->recovery.withdrawn),
                   karto_arg_str("db", karto_cli_on_db(r->cli)));
}

/* It is well already: programs get the answer that they always get. */
static enum karto_err say_well(struct recovering *r)
{
    enum karto_err err = karto_out_form(karto_cli_out(r->cli)) == KARTO_FORM_TABLE ? KARTO_OK : show(r);
    if (err != KARTO_OK)
        return err;
    karto_cli_note(r->cli, KARTO_M_RECOVERED_NOT, NULL, 0);
    KARTO_NOTE(r->cli, KARTO_M_RECOVERED_NOT_HINT, karto_arg_str("db", karto_cli_on_db(r->cli)));
    return KARTO_OK;
}

enum karto_exit karto_cmd_hub_recovered(struct karto_cli *cli)
{
    struct recovering r = {.cli = cli};
    enum karto_err err = karto_cli_write(cli, read_recovery, &r); /* which notices that it was put back */
    if (err == KARTO_OK && !r.recovery.recovering)
        return finish(&r, say_well(&r));
    bool ends = (r.recovery.lacking == 0 && r.recovery.held == 0) || cli->settings.yes;
    if (err == KARTO_OK && ends)
        err = karto_cli_write(cli, end_recovery, &r);
    r.recovery.recovering = !ends || cli->settings.dry_run;
    if (err == KARTO_OK)
        err = show(&r);
    if (err == KARTO_OK && !ends)
        err = refuse_to_end(&r);
    if (err == KARTO_OK) {
        KARTO_NOTE_DONE(cli, KARTO_M_RECOVERED_DONE, karto_arg_int("n", r.recovery.gave));
        note_given_up(&r);
        if (r.recovery.held)
            KARTO_NOTE(cli, KARTO_M_RECOVERED_HELD, karto_arg_int("n", (int64_t)r.recovery.held),
                       karto_arg_str("db", karto_cli_on_db(cli)));
        note_withdrawn(&r);
    }
    return finish(&r, err);
}

/* ---- hub restored ---- */

/* Of a store that is known to be a copy there is no more to say. Writes beside the store, too: so a trial only looks.
 */
static enum karto_err say_restored(struct karto_tx *tx, void *context)
{
    struct recovering *r = context;
    enum karto_err err = read_recovery(tx, r);
    if (err != KARTO_OK || r->recovery.recovering)
        return err;
    if (!r->cli->settings.yes)
        return refuse(r->cli, KARTO_E_USAGE, KARTO_M_RESTORED_SURE, KARTO_M_RESTORED_SURE_HINT, 0);
    if (r->cli->settings.dry_run)
        return KARTO_OK;
    err = karto_copied_said(tx);
    return err == KARTO_OK ? read_recovery(tx, r) : err;
}

enum karto_exit karto_cmd_hub_restored(struct karto_cli *cli)
{
    struct recovering r = {.cli = cli};
    enum karto_err err = karto_cli_write(cli, say_restored, &r);
    if (err == KARTO_OK)
        err = show(&r);
    if (err == KARTO_OK) {
        KARTO_NOTE_DONE(cli, KARTO_M_RESTORED_DONE, karto_arg_int("n", r.recovery.lacking),
                        karto_arg_str("db", karto_cli_on_db(cli)));
        note_withdrawn(&r);
    }
    return finish(&r, err);
}
