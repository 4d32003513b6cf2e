/* karto user: at head office, who works with it, and turning somebody out with all of his laptops. */
#include "client/cmd.h"
#include "client/device_row.h"
#include "client/open.h"
#include "client/typed_word.h"
#include "client/user_row.h"
#include "core/base/text.h"
#include "core/model/schema.h"
#include "core/store/hub_admit.h"
#include "core/store/query.h"

/* ---- list ---- */

static enum karto_err list(struct karto_tx *tx, void *context)
{
    struct karto_users *users = context;
    return tx->ledger.role == KARTO_ON_HUB ? karto_users_read(users, tx) : KARTO_E_ROLE;
}

static enum karto_err show_list(struct karto_out *out, const struct karto_users *users)
{
    karto_out_begin(out, "users", KARTO_OUT_LIST);
    karto_out_rows(out, "items", karto_user_columns, KARTO_USER_COLUMNS);
    for (uint32_t i = 0; i < users->count; i++) {
        karto_out_object(out);
        karto_user_row_show(out, &users->rows[i]);
        karto_out_object_end(out);
    }
    karto_out_rows_end(out);
    return karto_out_end(out);
}

enum karto_exit karto_cmd_user_list(struct karto_cli *cli)
{
    struct karto_out *out = karto_cli_out(cli);
    struct karto_users users = {.count = 0};
    karto_arena_init(&users.arena);
    enum karto_err err = karto_out_check_columns(out, karto_user_columns, KARTO_USER_COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, list, &users);
    if (err == KARTO_OK)
        err = show_list(out, &users);
    karto_users_fini(&users);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- disable ---- */

/* A territory of his: its clients, and how many others have it on a laptop. */
struct served {
    struct karto_slice territory;
    uint64_t clients, others;
};

struct disabling {
    struct karto_cli *cli;
    struct karto_users users;
    const struct karto_user_row *who;
    struct karto_buf devices; /* ids of those that are to be turned out */
    struct served *served;    /* as many as who has territories */
    uint64_t manages;         /* clients that he is the manager of */
    int64_t today;
    bool self; /* he works at head office's own store, too */
};

static bool acts(const struct disabling *d)
{
    return d->cli->settings.yes && !d->cli->settings.dry_run;
}

static bool has_anything(const struct disabling *d)
{
    return d->devices.size > 0 || d->who->invitations > 0;
}

static enum karto_err note_device(struct karto_tx *tx, const struct karto_device *device, void *context)
{
    struct disabling *d = context;
    (void)tx;
    if (!device->revoked && karto_slice_equal(device->user, d->who->user))
        karto_buf_add(&d->devices, device->id.b, sizeof device->id.b);
    return KARTO_OK;
}

static bool has_territory(const struct karto_user_row *row, struct karto_slice territory)
{
    for (uint32_t i = 0; i < row->territory_count; i++)
        if (karto_slice_equal(row->territories[i], territory))
            return true;
    return false;
}

static void count_others(struct disabling *d)
{
    d->served = karto_arena_array(&d->users.arena, d->who->territory_count, sizeof *d->served);
    for (uint32_t i = 0; i < d->who->territory_count; i++) {
        d->served[i] = (struct served){.territory = d->who->territories[i]};
        for (uint32_t k = 0; k < d->users.count; k++)
            d->served[i].others +=
                &d->users.rows[k] != d->who && has_territory(&d->users.rows[k], d->served[i].territory);
    }
}

static enum karto_err count_client(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct disabling *d = context;
    (void)tx;
    if (karto_record_hidden(&entry->view))
        return KARTO_OK;
    struct karto_slice territory = karto_text_at(&entry->view, KARTO_F_TERRITORY, d->today);
    d->manages += karto_slice_equal(karto_text_at(&entry->view, KARTO_F_MANAGER, d->today), d->who->user);
    for (uint32_t i = 0; i < d->who->territory_count; i++)
        d->served[i].clients += karto_slice_equal(d->served[i].territory, territory);
    return KARTO_OK;
}

/* A transaction may be done again: from the beginning. */
static void forget(struct disabling *d)
{
    karto_users_fini(&d->users);
    karto_buf_clear(&d->devices);
    d->manages = 0;
}

static enum karto_err look(struct disabling *d, struct karto_tx *tx)
{
    struct karto_slice user;
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_ROLE;
    forget(d);
    d->today = karto_today(tx);
    enum karto_err err = karto_users_read(&d->users, tx);
    if (err == KARTO_OK)
        err = karto_users_pick(&d->users, d->cli, d->cli->args.words[0], &d->who);
    if (err == KARTO_OK)
        err = karto_user(tx, &user);
    if (err != KARTO_OK)
        return err;
    d->self = karto_slice_equal(user, d->who->user);
    count_others(d);
    err = karto_hub_each_device(tx, note_device, d);
    return err == KARTO_OK ? karto_each(tx, KARTO_CLIENT, (struct karto_rid){{0}}, count_client, d) : err;
}

static enum karto_err turn_out(struct disabling *d, struct karto_tx *tx)
{
    uint64_t open;
    enum karto_err err = KARTO_OK;
    for (size_t at = 0; at < d->devices.size && err == KARTO_OK; at += sizeof(struct karto_rid)) {
        struct karto_device device;
        err = karto_hub_device(tx, karto_rid_read(d->devices.data + at), &device);
        if (err == KARTO_OK)
            err = karto_hub_revoke(tx, &device, !karto_args_has(&d->cli->args, "keep"));
    }
    return err == KARTO_OK ? karto_hub_withdraw(tx, &d->who->user, &open) : err;
}

static enum karto_err disable(struct karto_tx *tx, void *context)
{
    struct disabling *d = context;
    enum karto_err err = look(d, tx);
    return err == KARTO_OK && acts(d) ? turn_out(d, tx) : err;
}

/* ---- its answer ---- */

static void show_served(struct karto_out *out, const struct disabling *d)
{
    karto_out_key(out, "territories");
    karto_out_array(out);
    for (uint32_t i = 0; i < d->who->territory_count; i++) {
        karto_out_object(out);
        karto_out_key(out, "territory"), karto_out_text(out, d->served[i].territory);
        karto_out_key(out, "clients"), karto_out_int(out, (int64_t)d->served[i].clients);
        karto_out_key(out, "others"), karto_out_int(out, (int64_t)d->served[i].others);
        karto_out_object_end(out);
    }
    karto_out_array_end(out);
}

/* Each of the laptops as it is now: as a line, or, without lines, as an object. */
static enum karto_err show_devices(const struct disabling *d, struct karto_tx *tx, struct karto_buf *lines)
{
    struct karto_out *out = karto_cli_out(d->cli);
    for (size_t at = 0; at < d->devices.size; at += sizeof(struct karto_rid)) {
        struct karto_device_row row;
        enum karto_err err = karto_device_row_of(tx, karto_rid_read(d->devices.data + at), &row);
        if (err != KARTO_OK)
            return err;
        if (lines) {
            karto_device_row_say(d->cli, &row, lines);
            karto_buf_add_byte(lines, '\n');
            continue;
        }
        karto_out_object(out);
        karto_device_row_show(d->cli, &row);
        karto_out_object_end(out);
    }
    return KARTO_OK;
}

static enum karto_err show_facts(const struct disabling *d, struct karto_tx *tx)
{
    struct karto_out *out = karto_cli_out(d->cli);
    karto_out_key(out, "user"), karto_out_text(out, d->who->user);
    karto_out_key(out, "devices");
    karto_out_array(out);
    enum karto_err err = show_devices(d, tx, NULL);
    karto_out_array_end(out);
    karto_out_key(out, "invitations"), karto_out_int(out, (int64_t)d->who->invitations);
    karto_out_key(out, "manages"), karto_out_int(out, (int64_t)d->manages);
    show_served(out, d);
    karto_out_key(out, "dry_run"), karto_out_bool(out, !acts(d));
    return err;
}

/* What he leaves behind, each with the command that gives it to somebody else. */
static void say_left(const struct disabling *d, struct karto_buf *lines)
{
    struct karto_cli *cli = d->cli;
    struct karto_buf word = KARTO_BUF_EMPTY;
    karto_typed_word(&word, d->who->user);
    if (d->manages) {
        KARTO_SAY(lines, cli->lang, KARTO_M_DISABLE_MANAGES, karto_arg_int("n", (int64_t)d->manages),
                  karto_arg_text("what", karto_buf_slice(&word)), karto_arg_str("db", karto_cli_on_db(cli)));
        karto_buf_add_byte(lines, '\n');
    }
    for (uint32_t i = 0; i < d->who->territory_count; i++) {
        const struct served *served = &d->served[i];
        if (served->clients == 0)
            continue;
        karto_buf_clear(&word);
        karto_typed_word(&word, served->territory);
        KARTO_SAY(lines, cli->lang, served->others ? KARTO_M_DISABLE_SHARED : KARTO_M_DISABLE_SERVES,
                  karto_arg_int("n", (int64_t)served->clients), karto_arg_text("territory", served->territory),
                  karto_arg_text("what", karto_buf_slice(&word)), karto_arg_str("db", karto_cli_on_db(cli)));
        karto_buf_add_byte(lines, '\n');
    }
    karto_buf_fini(&word);
}

static enum karto_err say_facts(const struct disabling *d, struct karto_tx *tx)
{
    struct karto_buf lines = KARTO_BUF_EMPTY;
    enum karto_err err = show_devices(d, tx, &lines);
    say_left(d, &lines);
    if (lines.size)
        lines.size--; /* what stands between lines, not behind the last */
    karto_out_say(karto_cli_out(d->cli), karto_buf_slice(&lines));
    karto_buf_fini(&lines);
    return err;
}

static enum karto_err show(struct karto_tx *tx, void *context)
{
    struct disabling *d = context;
    struct karto_out *out = karto_cli_out(d->cli);
    karto_out_begin(out, "user-disabled", KARTO_OUT_CARD);
    enum karto_err err = karto_out_form(out) == KARTO_FORM_TABLE ? say_facts(d, tx) : show_facts(d, tx);
    enum karto_err end = karto_out_end(out);
    return err == KARTO_OK ? end : err;
}

/* What was done, or would be. Who may disable himself is told what that means first. */
static enum karto_err tell(const struct disabling *d)
{
    struct karto_cli *cli = d->cli;
    const struct karto_arg args[] = {karto_arg_text("user", d->who->user),
                                     karto_arg_int("n", (int64_t)(d->devices.size / sizeof(struct karto_rid))),
                                     karto_arg_int("m", (int64_t)d->who->invitations)};
    const size_t count = sizeof args / sizeof *args;
    struct karto_buf word = KARTO_BUF_EMPTY;
    if (!has_anything(d)) {
        karto_cli_note(cli, KARTO_M_DISABLE_NOTHING, args, count);
        return KARTO_OK;
    }
    bool office = d->who->head_office;
    if (d->self || office)
        karto_cli_note(cli, d->self ? KARTO_M_DISABLE_SELF : KARTO_M_DISABLE_OFFICE, args, count);
    if (acts(d) || cli->settings.dry_run) {
        karto_cli_note(cli, acts(d) ? KARTO_M_DISABLE_DONE : KARTO_M_DRY_RUN, args, count);
        return KARTO_OK;
    }
    karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_DISABLE_SURE, args, count);
    karto_typed_word(&word, d->who->user);
    KARTO_SAY(&cli->problem.hint, cli->lang,
              karto_args_has(&cli->args, "keep") ? KARTO_M_DISABLE_KEEP_HINT : KARTO_M_DISABLE_SURE_HINT,
              karto_arg_text("what", karto_buf_slice(&word)), karto_arg_str("db", karto_cli_on_db(cli)));
    karto_buf_fini(&word);
    return KARTO_E_USAGE;
}

enum karto_exit karto_cmd_user_disable(struct karto_cli *cli)
{
    struct disabling d = {.cli = cli};
    karto_arena_init(&d.users.arena);
    /* It writes beside the store, too: so a trial only looks. */
    enum karto_err err = acts(&d) ? karto_cli_write(cli, disable, &d) : karto_cli_read(cli, disable, &d);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, show, &d);
    if (err == KARTO_OK)
        err = tell(&d);
    karto_buf_fini(&d.devices);
    karto_users_fini(&d.users);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}
