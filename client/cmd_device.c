/* karto device: at head office, which laptops there are, what they are called, who is let in, and who is turned out. */
#include "client/cmd.h"
#include "client/device_row.h"
#include "client/open.h"
#include "client/person.h"
#include "client/role_words.h"
#include "client/typed_word.h"
#include "core/base/harmless.h"
#include "core/base/limits.h"
#include "core/base/reader.h"
#include "core/base/text.h"
#include "core/store/hub_admit.h"
#include "core/store/roles.h"

#include <string.h>

/* ---- list ---- */

static enum karto_err show_row(struct karto_tx *tx, const struct karto_device_row *row, void *context)
{
    struct karto_cli *cli = context;
    struct karto_out *out = karto_cli_out(cli);
    (void)tx;
    karto_out_object(out);
    karto_device_row_show(cli, row);
    karto_out_object_end(out);
    return KARTO_OK;
}

static enum karto_err list(struct karto_tx *tx, void *context)
{
    struct karto_cli *cli = context;
    struct karto_out *out = karto_cli_out(cli);
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_ROLE;
    karto_out_begin(out, "devices", KARTO_OUT_LIST);
    karto_out_rows(out, "items", karto_device_columns, KARTO_DEVICE_COLUMNS);
    enum karto_err err = karto_device_rows(tx, show_row, cli);
    karto_out_rows_end(out);
    enum karto_err end = karto_out_end(out);
    return err == KARTO_OK ? end : err;
}

enum karto_exit karto_cmd_device_list(struct karto_cli *cli)
{
    struct karto_out *out = karto_cli_out(cli);
    enum karto_err err = karto_out_check_columns(out, karto_device_columns, KARTO_DEVICE_COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, list, cli);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- one device ---- */

struct deciding {
    struct karto_cli *cli;
    struct karto_rights rights; /* role 0: as the device says */
    const char *user;           /* whose it must say that it is; NULL: anybody's */
    struct karto_rid id;
    struct karto_slice name;        /* what it is to be called */
    struct karto_slice known;       /* what is known of what is still on it */
    struct karto_buf line, was;     /* as it is now; what it was called */
    enum karto_message so, so_hint; /* what is said of one with which there was nothing to do */
    bool was_so;                    /* and that it is one */
    bool was_let;                   /* it was admitted before, with other rights */
};

static enum karto_err refuse(const struct deciding *d, const struct karto_device_row *row, enum karto_message message,
                             enum karto_message hint)
{
    struct karto_cli *cli = d->cli;
    struct karto_buf word = KARTO_BUF_EMPTY, line = KARTO_BUF_EMPTY, time = KARTO_BUF_EMPTY;
    karto_device_row_say(cli, row, &line);
    karto_person_time(row->device.contact_ms, &time);
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, message, karto_arg_text("name", row->name),
                  karto_arg_text("user", row->device.user), karto_arg_text("device", karto_buf_slice(&line)),
                  karto_arg_text("time", karto_buf_slice(&time)), karto_arg_int("n", (int64_t)row->device.unsent),
                  karto_arg_text("known", d->known));
    karto_typed_word(&word, karto_slice_str(cli->args.words[0]));
    KARTO_SAY(&cli->problem.hint, cli->lang, hint, karto_arg_text("what", karto_buf_slice(&word)),
              karto_arg_str("db", karto_cli_on_db(cli)));
    karto_buf_fini(&word);
    karto_buf_fini(&line);
    karto_buf_fini(&time);
    return KARTO_E_USAGE;
}

static enum karto_err pick(const struct deciding *d, struct karto_tx *tx, struct karto_device_row *row)
{
    return tx->ledger.role == KARTO_ON_HUB ? karto_device_pick(d->cli, tx, d->cli->args.words[0], row) : KARTO_E_ROLE;
}

static void note_was_so(const struct deciding *d, const struct karto_device_row *row)
{
    KARTO_NOTE(d->cli, d->so, karto_arg_text("name", row->name), karto_arg_text("user", row->device.user));
    KARTO_NOTE(d->cli, d->so_hint, karto_arg_str("db", karto_cli_on_db(d->cli)));
}

/* As it is now: of a trial, as it stays. */
static enum karto_err show(struct karto_tx *tx, void *context)
{
    struct deciding *d = context;
    struct karto_device_row row;
    struct karto_out *out = karto_cli_out(d->cli);
    enum karto_err err = karto_device_row_of(tx, d->id, &row);
    if (err != KARTO_OK)
        return err;
    if (d->was_so)
        note_was_so(d, &row);
    karto_device_row_say(d->cli, &row, &d->line);
    if (karto_out_form(out) == KARTO_FORM_TABLE)
        return KARTO_OK;
    karto_out_begin(out, "device", KARTO_OUT_CARD);
    karto_device_row_show(d->cli, &row);
    return karto_out_end(out);
}

static enum karto_exit decide(struct deciding *d, karto_work *work, enum karto_message done)
{
    struct karto_cli *cli = d->cli;
    struct karto_buf word = KARTO_BUF_EMPTY;
    enum karto_err err = karto_cli_write(cli, work, d);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, show, d);
    karto_typed_word(&word, karto_slice_str(cli->args.words[0]));
    if (err == KARTO_OK && !d->was_so)
        KARTO_NOTE_DONE(cli, d->was_let ? KARTO_M_ADMIT_CHANGED : done,
                        karto_arg_text("device", karto_buf_slice(&d->line)),
                        karto_arg_text("was", karto_buf_slice(&d->was)), karto_arg_text("what", karto_buf_slice(&word)),
                        karto_arg_str("db", karto_cli_on_db(cli)));
    karto_buf_fini(&word);
    karto_buf_fini(&d->line);
    karto_buf_fini(&d->was);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- admit ---- */

/* What a laptop says of itself is enough for a representative's, who holds it already, if somebody has looked at it and
 * said yes; never for head office. */
static enum karto_err as_it_says(struct deciding *d, const struct karto_device_row *row)
{
    if (d->rights.role)
        return KARTO_OK;
    if (karto_role_is_everywhere(row->says.role))
        return refuse(d, row, KARTO_M_ADMIT_OFFICE, KARTO_M_ADMIT_OFFICE_HINT);
    if (row->says.territory_count == 0)
        return refuse(d, row, KARTO_M_ADMIT_NOWHERE, KARTO_M_ADMIT_NOWHERE_HINT);
    if (!d->cli->settings.yes)
        return refuse(d, row, KARTO_M_ADMIT_SURE, KARTO_M_ADMIT_SURE_HINT);
    d->rights = row->says;
    return KARTO_OK;
}

/* Who it is cannot be said for it: it goes on under the name that it has. */
static enum karto_err check_user(const struct deciding *d, const struct karto_device_row *row)
{
    if (row->device.revoked)
        return refuse(d, row, row->device.retired ? KARTO_M_ADMIT_RETIRED : KARTO_M_ADMIT_REVOKED,
                      KARTO_M_ADMIT_REVOKED_HINT);
    if (karto_hub_is_claimed(&row->device) && karto_hub_is_nobodys(&row->device))
        return refuse(d, row, KARTO_M_ADMIT_NOBODY, KARTO_M_ADMIT_OTHER_HINT);
    if (d->user && !karto_slice_is(row->device.user, d->user))
        return refuse(d, row, KARTO_M_ADMIT_OTHER, KARTO_M_ADMIT_OTHER_HINT);
    return KARTO_OK;
}

static bool same_rights(const struct karto_rights *a, const struct karto_rights *b)
{
    uint32_t same = 0;
    for (uint32_t i = 0; i < a->territory_count; i++) /* each stands once in each of them */
        for (uint32_t k = 0; k < b->territory_count; k++)
            same += karto_slice_equal(a->territories[i], b->territories[k]);
    return karto_role_equal(a->role, b->role) && a->territory_count == b->territory_count && same == a->territory_count;
}

/* Once more: whoever was let in by a mistake is put right. */
static enum karto_err change_rights(struct deciding *d, struct karto_tx *tx, struct karto_device *device)
{
    d->was_so = !d->rights.role || same_rights(&d->rights, &device->scope);
    d->was_let = !d->was_so;
    return d->was_let ? karto_hub_set_scope(tx, device, &d->rights) : KARTO_OK;
}

static enum karto_err admit(struct karto_tx *tx, void *context)
{
    struct deciding *d = context;
    struct karto_device_row row = {.gave = false};
    enum karto_err err = pick(d, tx, &row);
    if (err == KARTO_OK)
        err = check_user(d, &row);
    d->id = row.device.id;
    if (err == KARTO_OK && d->rights.role) /* made anew since the command line was read, or since it was said */
        err = karto_renew_role(tx, &d->rights);
    if (err == KARTO_OK && row.says.role)
        err = karto_renew_role(tx, &row.says);
    if (err == KARTO_OK && !karto_hub_is_claimed(&row.device))
        return change_rights(d, tx, &row.device);
    if (err == KARTO_OK)
        err = as_it_says(d, &row);
    return err == KARTO_OK ? karto_hub_admit(tx, &row.device, &d->rights) : err;
}

enum karto_exit karto_cmd_device_admit(struct karto_cli *cli)
{
    struct deciding d = {.cli = cli,
                         .user = karto_args_value(&cli->args, "user"),
                         .so = KARTO_M_ADMIT_NOT,
                         .so_hint = KARTO_M_ADMIT_NOT_HINT};
    bool said = karto_args_has(&cli->args, "role") || karto_args_has(&cli->args, "territory");
    if (said && karto_role_words(cli, &d.rights) != KARTO_OK)
        return karto_cli_fail(cli);
    return decide(&d, admit, KARTO_M_ADMIT_DONE);
}

/* ---- revoke ---- */

static bool keeps(const struct karto_cli *cli)
{
    return karto_args_has(&cli->args, "keep");
}

/* What it had to send when it was last here is all that is known of what would be lost. */
static enum karto_err ask_whether_sure(const struct deciding *d, const struct karto_device_row *row)
{
    bool keep = keeps(d->cli);
    struct deciding asking = *d;
    struct karto_buf time = KARTO_BUF_EMPTY, known = KARTO_BUF_EMPTY;
    if (row->device.contact_ms)
        karto_person_time(row->device.contact_ms, &time);
    KARTO_SAY(&known, d->cli->lang, row->device.contact_ms ? KARTO_M_REVOKE_UNSENT : KARTO_M_REVOKE_NEVER,
              karto_arg_text("time", karto_buf_slice(&time)), karto_arg_int("n", (int64_t)row->device.unsent));
    asking.known = karto_buf_slice(&known);
    enum karto_err err = refuse(&asking, row, keep ? KARTO_M_REVOKE_SURE_KEEP : KARTO_M_REVOKE_SURE,
                                keep ? KARTO_M_REVOKE_SURE_KEEP_HINT : KARTO_M_REVOKE_SURE_HINT);
    karto_buf_fini(&time);
    karto_buf_fini(&known);
    return err;
}

/* Of one that is out already what was said of its data may be said otherwise: that they go has to be sure, too. */
static bool is_to_ask(const struct deciding *d, const struct karto_device *device)
{
    return !d->cli->settings.yes && (!device->revoked || (!keeps(d->cli) && !device->wipe && !device->wiped_ms));
}

/* Writes beside the store, too: so a trial only looks. */
static enum karto_err revoke(struct karto_tx *tx, void *context)
{
    struct deciding *d = context;
    struct karto_device_row row = {.gave = false};
    enum karto_err err = pick(d, tx, &row);
    if (err == KARTO_OK && is_to_ask(d, &row.device))
        err = ask_whether_sure(d, &row);
    if (err == KARTO_OK && !d->cli->settings.dry_run)
        err = karto_hub_revoke(tx, &row.device, !keeps(d->cli));
    d->id = row.device.id;
    return err;
}

enum karto_exit karto_cmd_device_revoke(struct karto_cli *cli)
{
    struct deciding d = {.cli = cli};
    return decide(&d, revoke, keeps(cli) ? KARTO_M_REVOKE_KEPT : KARTO_M_REVOKE_DONE);
}

/* ---- retire ---- */

/* An honest laptop is asked for all that it has first. What it had to send when it was last here it may have sent then:
 * but only its next hello says so. */
static enum karto_err check_empty(const struct deciding *d, const struct karto_device_row *row)
{
    if (row->device.contact_ms == 0)
        return refuse(d, row, KARTO_M_RETIRE_NEVER, KARTO_M_RETIRE_HINT);
    if (row->device.unsent)
        return refuse(d, row, KARTO_M_RETIRE_UNSENT, KARTO_M_RETIRE_HINT);
    if (row->restored && !row->gave)
        return refuse(d, row, KARTO_M_RETIRE_LACKING, KARTO_M_RETIRE_HINT);
    return KARTO_OK;
}

/* Writes beside the store, too: so a trial only looks. */
static enum karto_err retire(struct karto_tx *tx, void *context)
{
    struct deciding *d = context;
    struct karto_device_row row = {.gave = false};
    enum karto_err err = pick(d, tx, &row);
    d->id = row.device.id;
    d->was_so = row.device.revoked;
    if (err != KARTO_OK || d->was_so)
        return err;
    if (!d->cli->settings.yes)
        err = check_empty(d, &row);
    return err == KARTO_OK && !d->cli->settings.dry_run ? karto_hub_retire(tx, &row.device) : err;
}

enum karto_exit karto_cmd_device_retire(struct karto_cli *cli)
{
    struct deciding d = {.cli = cli, .so = KARTO_M_RETIRE_OUT, .so_hint = KARTO_M_DEVICE_SO_HINT};
    return decide(&d, retire, KARTO_M_RETIRE_DONE);
}

/* ---- rename ---- */

static enum karto_err refuse_name(struct karto_cli *cli, enum karto_message message)
{
    struct karto_buf word = KARTO_BUF_EMPTY;
    karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, message, NULL, 0);
    karto_typed_word(&word, karto_slice_str(cli->args.words[0]));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_RENAME_HINT, karto_arg_text("what", karto_buf_slice(&word)),
              karto_arg_str("db", karto_cli_on_db(cli)));
    karto_buf_fini(&word);
    return KARTO_E_USAGE;
}

/* Whether it can stand in a line and on a terminal as it is. */
static bool is_harmless(struct karto_slice name)
{
    struct karto_buf shown = KARTO_BUF_EMPTY;
    karto_harmless(&shown, name, " ");
    bool same = karto_slice_equal(karto_buf_slice(&shown), name);
    karto_buf_fini(&shown);
    return same;
}

static enum karto_err read_name(struct karto_cli *cli, struct karto_slice *name)
{
    struct karto_slice typed = karto_slice_str(cli->args.words[1]);
    if (!karto_utf8_valid(typed))
        return refuse_name(cli, KARTO_M_FIELD_UTF8);
    *name = karto_text_clean(&cli->settings.arena, typed);
    if (name->size == 0)
        return refuse_name(cli, KARTO_M_RENAME_EMPTY);
    if (name->size > KARTO_NAME_SIZE_MAX)
        return refuse_name(cli, KARTO_M_RENAME_LONG);
    return is_harmless(*name) ? KARTO_OK : refuse_name(cli, KARTO_M_RENAME_CONTROL);
}

static enum karto_err change_name(struct karto_tx *tx, void *context)
{
    struct deciding *d = context;
    struct karto_device_row row = {.gave = false};
    bool renamed = false;
    enum karto_err err = pick(d, tx, &row);
    d->id = row.device.id;
    karto_buf_clear(&d->was);
    karto_harmless(&d->was, row.name, " ");
    if (err == KARTO_OK)
        err = karto_hub_rename(tx, d->id, d->name, &renamed);
    d->was_so = !renamed;
    return err;
}

enum karto_exit karto_cmd_device_rename(struct karto_cli *cli)
{
    struct deciding d = {.cli = cli, .so = KARTO_M_RENAME_SAME, .so_hint = KARTO_M_DEVICE_SO_HINT};
    if (read_name(cli, &d.name) != KARTO_OK)
        return karto_cli_fail(cli);
    return decide(&d, change_name, KARTO_M_RENAME_DONE);
}
