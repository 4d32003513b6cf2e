/* karto hub init, karto hub invite: the beginning of a head office, and of each device. */
#include "client/cmd.h"
#include "client/cli.h"
#include "client/field_show.h"
#include "client/file_problem.h"
#include "client/open.h"
#include "client/out_file.h"
#include "client/person.h"
#include "client/role_words.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/store/hub.h"
#include "proto/files.h"
#include "proto/invitation.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_LISTEN "0.0.0.0:7420"

/* ---- hub init ---- */

struct founding {
    struct karto_cli *cli;
    const char *dir;
    struct karto_address listen;
    struct karto_buf name, user;
    struct karto_key *authority_key, *hub_key;
    struct karto_buf authority, certificate; /* PEM */
    uint8_t fingerprint[32];
};

static enum karto_err save_key(const struct founding *f, const struct karto_key *key, const char *name)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_files_path(f->dir, name, &path);
    enum karto_err err = karto_key_save(key, (const char *)path.data);
    karto_buf_fini(&path);
    return err;
}

static enum karto_err make_credentials(struct founding *f)
{
    int64_t now = karto_sys_now_ms(karto_os_sys());
    f->authority_key = karto_key_new();
    f->hub_key = karto_key_new();
    struct karto_slice name = karto_buf_slice(&f->name);
    struct karto_slice short_name = name.size <= 64 ? name : karto_slice_str("Kartoteka");
    enum karto_err err = karto_authority_make(f->authority_key, short_name, now, &f->authority);
    struct karto_authority authority = {f->authority_key, karto_buf_slice(&f->authority)};
    if (err == KARTO_OK)
        err = karto_authority_sign_hub(&authority, f->hub_key, now, &f->certificate);
    if (err == KARTO_OK)
        err = karto_authority_fingerprint(karto_buf_slice(&f->authority), f->fingerprint);
    if (err == KARTO_OK)
        err = save_key(f, f->authority_key, "authority.key");
    if (err == KARTO_OK)
        err = save_key(f, f->hub_key, "hub.key");
    if (err == KARTO_OK)
        err = karto_files_write(f->dir, "authority.crt", karto_buf_slice(&f->authority));
    return err == KARTO_OK ? karto_files_write(f->dir, "hub.crt", karto_buf_slice(&f->certificate)) : err;
}

static enum karto_err fill_hub(struct karto_tx *tx, void *context)
{
    struct founding *f = context;
    struct karto_buf listen = KARTO_BUF_EMPTY;
    karto_address_print(&f->listen, &listen);
    enum karto_err err = karto_meta_put(tx, "listen", karto_buf_slice(&listen));
    karto_buf_fini(&listen);
    return err == KARTO_OK ? karto_hub_init(tx) : err;
}

/* Only where nothing is yet: a store that is there is left alone. */
static enum karto_err found(struct founding *f)
{
    struct karto_store_options options = {.dir = f->dir, .sys = karto_os_sys()};
    struct karto_buf public_key = KARTO_BUF_EMPTY;
    struct karto_store *store = NULL;
    enum karto_err err = karto_store_open(&options, &store);
    karto_store_close(store);
    if (err != KARTO_E_NO_STORE)
        return err == KARTO_OK ? KARTO_E_EXISTS : err;
    if (f->cli->settings.dry_run) {
        err = karto_os_check_dir(f->dir);
        return err == KARTO_E_NO_STORE ? KARTO_OK : err;
    }
    err = karto_os_make_dir(f->dir);
    if (err == KARTO_OK)
        err = make_credentials(f);
    if (err != KARTO_OK)
        return err;
    karto_key_public(f->hub_key, &public_key);
    struct karto_store_identity identity = {
        KARTO_ON_HUB, karto_buf_slice(&f->user), karto_buf_slice(&f->name), karto_buf_slice(&public_key), fill_hub, f};
    err = karto_store_create(&options, &identity, &store);
    karto_store_close(store);
    karto_buf_fini(&public_key);
    return err;
}

static enum karto_exit print_founded(const struct founding *f)
{
    struct karto_out *out = karto_cli_out(f->cli);
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_address_print(&f->listen, &text);
    karto_out_begin(out, "hub", KARTO_OUT_CARD);
    karto_out_key(out, "dir"), karto_out_str(out, f->dir);
    karto_out_key(out, "listen"), karto_out_text(out, karto_buf_slice(&text));
    karto_buf_clear(&text);
    for (int i = 0; i < 32; i++)
        karto_buf_printf(&text, "%02x", f->fingerprint[i]);
    karto_out_key(out, "fingerprint"); /* of a trial there is none */
    karto_text_show(out, f->cli->settings.dry_run ? karto_slice(NULL, 0) : karto_buf_slice(&text));
    karto_buf_fini(&text);
    enum karto_err err = karto_out_end(out);
    KARTO_NOTE_DONE(f->cli, KARTO_M_HUB_INIT_DONE, karto_arg_str("dir", f->dir),
                    karto_arg_str("db", karto_cli_on_db(f->cli)));
    return karto_cli_end(f->cli, err);
}

enum karto_exit karto_cmd_hub_init(struct karto_cli *cli)
{
    struct founding f = {.cli = cli};
    const char *listen = karto_args_value(&cli->args, "listen"), *name = karto_args_value(&cli->args, "name");
    enum karto_err err = karto_cli_db(cli, &f.dir);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    listen = listen ? listen : DEFAULT_LISTEN;
    if (karto_address_parse(karto_slice_str(listen), &f.listen) != KARTO_OK || f.listen.port == 0) {
        KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_LISTEN_FORM, karto_arg_str("value", listen));
        return karto_cli_fail(cli);
    }
    if (name && *name && strlen(name) <= KARTO_NAME_SIZE_MAX)
        karto_buf_add_str(&f.name, name);
    else
        karto_person_machine(&f.name);
    karto_person_user(&f.user);
    err = found(&f);
    if (err == KARTO_E_EXISTS)
        karto_cli_store_exists(cli, f.dir);
    enum karto_exit code = err == KARTO_OK         ? print_founded(&f)
                           : err == KARTO_E_EXISTS ? karto_cli_fail(cli)
                                                   : karto_cli_end(cli, err);
    karto_key_free(f.authority_key);
    karto_key_free(f.hub_key);
    karto_buf_fini(&f.authority);
    karto_buf_fini(&f.certificate);
    karto_buf_fini(&f.name);
    karto_buf_fini(&f.user);
    return code;
}

/* ---- hub invite ---- */

struct inviting {
    struct karto_cli *cli;
    struct karto_invite invite;
    struct karto_invitation invitation;
    bool tried; /* all went well, and was taken back */
};

/* 30m, 24h, 3d. */
static bool parse_duration(const char *text, int64_t *ms)
{
    char *end;
    long number = strtol(text, &end, 10);
    int64_t unit = *end == 'm' ? 60 : *end == 'h' ? 60 * 60 : *end == 'd' ? 24 * 60 * 60 : 0;
    if (end == text || number < 1 || number > 100000 || unit == 0 || end[1])
        return false;
    *ms = number * unit * 1000;
    return true;
}

static enum karto_err read_invite(struct inviting *i)
{
    struct karto_cli *cli = i->cli;
    const char *user = karto_args_value(&cli->args, "user"), *expires = karto_args_value(&cli->args, "expires");
    int64_t ms;
    expires = expires ? expires : "24h";
    i->invite.user = karto_slice_str(user);
    if (!user || !*user || i->invite.user.size > KARTO_AUTHOR_SIZE_MAX || strpbrk(user, " \t\n"))
        return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_INVITE_USER,
                             karto_arg_str("value", user));
    if (!parse_duration(expires, &ms))
        return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_INVITE_EXPIRES,
                             karto_arg_str("value", expires));
    i->invite.expires_ms = karto_sys_now_ms(karto_os_sys()) + ms;
    return karto_role_words(cli, &i->invite.rights);
}

/* Where devices find this hub: the address that was asked for, or that it listens at; for "everywhere", this machine's
 * name. */
static enum karto_err find_address(struct karto_tx *tx, struct inviting *i)
{
    struct karto_slice text;
    struct karto_address *hub = &i->invitation.hub;
    const char *asked = karto_args_value(&i->cli->args, "address");
    enum karto_err err = karto_meta_get(tx, "listen", &text);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
    if (asked)
        text = karto_slice_str(asked);
    bool fine = karto_address_parse(text, hub) == KARTO_OK && hub->port != 0;
    if (!fine && asked)
        return KARTO_PROBLEM(&i->cli->problem, i->cli->lang, KARTO_E_USAGE, KARTO_M_LISTEN_FORM,
                             karto_arg_str("value", asked));
    if (!fine)
        return KARTO_E_CORRUPT;
    if (strcmp(hub->host, "0.0.0.0") == 0 || strcmp(hub->host, "::") == 0) {
        struct karto_buf machine = KARTO_BUF_EMPTY;
        karto_person_machine(&machine);
        karto_buf_add_byte(&machine, 0);
        snprintf(hub->host, sizeof hub->host, "%s", (const char *)machine.data);
        karto_buf_fini(&machine);
    }
    return KARTO_OK;
}

static enum karto_err write_invite(struct karto_tx *tx, void *context)
{
    struct inviting *i = context;
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_ROLE;
    enum karto_err err = find_address(tx, i);
    karto_sys_random(tx->sys, i->invitation.token, sizeof i->invitation.token);
    if (err == KARTO_OK)
        err = karto_hub_invite(tx, i->invitation.token, &i->invite);
    i->tried = err == KARTO_OK && i->cli->settings.dry_run;
    return i->tried ? KARTO_E_INTERRUPTED : err; /* which takes a trial back */
}

static enum karto_err make_invitation(struct inviting *i)
{
    const char *dir;
    struct karto_store *store;
    struct karto_buf authority = KARTO_BUF_EMPTY;
    enum karto_err err = karto_cli_db(i->cli, &dir);
    if (err != KARTO_OK)
        return err;
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys()};
    err = karto_store_open(&options, &store);
    if (err != KARTO_OK)
        return karto_cli_db_problem(i->cli, err, dir);
    err = karto_files_read(dir, "authority.crt", &authority);
    if (err == KARTO_E_NOT_FOUND)
        err = KARTO_E_ROLE;
    if (err == KARTO_OK)
        err = karto_authority_fingerprint(karto_buf_slice(&authority), i->invitation.authority);
    if (err == KARTO_OK)
        err = karto_store_write(store, write_invite, i);
    if (i->tried && err == KARTO_E_INTERRUPTED)
        err = KARTO_OK;
    karto_buf_fini(&authority);
    karto_store_close(store);
    return err;
}

/* The file that it is to be written to; NULL: it is printed. */
static const char *invitation_file(const struct karto_cli *cli)
{
    const char *file = karto_args_value(&cli->args, "output");
    return file && strcmp(file, "-") != 0 ? file : NULL;
}

/* An invitation in a file is not shown besides: a screen is looked at, and output is kept. */
static enum karto_err show_invitation(struct inviting *i, struct karto_slice invitation, struct karto_slice when)
{
    const char *file = invitation_file(i->cli);
    struct karto_out *out = karto_cli_out(i->cli);
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE;
    if (file && i->cli->settings.form == KARTO_FORM_AUTO)
        return KARTO_OK;
    karto_out_begin(out, "invitation", KARTO_OUT_CARD);
    if (file)
        karto_out_key(out, "file"), karto_out_str(out, file);
    else
        karto_out_key(out, "invitation"), karto_text_show(out, i->tried ? karto_slice(NULL, 0) : invitation);
    karto_out_key(out, "user"), karto_out_text(out, i->invite.user);
    karto_out_key(out, for_people ? "user_role" : "role");
    const char *role = karto_role_name(i->invite.rights.role);
    karto_out_str(out, for_people ? karto_person_role(i->cli->lang, role) : role);
    karto_out_key(out, "expires");
    if (for_people)
        karto_out_text(out, when);
    else
        karto_out_time(out, i->invite.expires_ms);
    return karto_out_end(out);
}

static enum karto_exit print_invitation(struct inviting *i)
{
    struct karto_cli *cli = i->cli;
    const char *file = invitation_file(cli);
    struct karto_buf text = KARTO_BUF_EMPTY, when = KARTO_BUF_EMPTY, line = KARTO_BUF_EMPTY;
    karto_invitation_print(&i->invitation, &text);
    karto_person_time(i->invite.expires_ms, &when);
    karto_buf_add_slice(&line, karto_buf_slice(&text));
    karto_buf_add_byte(&line, '\n');
    enum karto_err err = file && !i->tried ? karto_os_write_file(file, karto_buf_slice(&line), 0600) : KARTO_OK;
    if (err != KARTO_OK)
        err = karto_cli_unwritable(cli, file);
    else
        err = show_invitation(i, karto_buf_slice(&text), karto_buf_slice(&when));
    if (err == KARTO_OK)
        KARTO_NOTE_DONE(cli, KARTO_M_INVITE_DONE, karto_arg_text("user", i->invite.user),
                        karto_arg_text("time", karto_buf_slice(&when)));
    karto_buf_fini(&line);
    karto_buf_fini(&text);
    karto_buf_fini(&when);
    if (err != KARTO_OK && cli->problem.err != err)
        karto_problem_begin(&cli->problem, err);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

enum karto_exit karto_cmd_hub_invite(struct karto_cli *cli)
{
    struct inviting i = {.cli = cli};
    enum karto_err err = read_invite(&i);
    if (err == KARTO_OK && invitation_file(cli))
        err = karto_out_file_check(cli, invitation_file(cli)); /* before there is an invitation */
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    err = make_invitation(&i);
    if (err != KARTO_OK && cli->problem.err != err)
        karto_problem_begin(&cli->problem, err);
    return err == KARTO_OK ? print_invitation(&i) : karto_cli_fail(cli);
}
