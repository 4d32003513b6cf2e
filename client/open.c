#include "client/open.h"

#include "client/typed_word.h"
#include "core/base/os_posix.h"
#include "core/base/os_socket.h"

#include <string.h>

bool karto_cli_is_hubs_place(const struct karto_cli *cli, const char *dir)
{
    return (cli->args.command && karto_command_is_the_hubs(cli->args.command)) || strcmp(dir, KARTO_HUB_DIR) == 0;
}

/* Where a directory was named, what is done about it names it too. */
void karto_cli_no_store(const struct karto_cli *cli, const char *dir, struct karto_buf *out)
{
    struct karto_buf word = KARTO_BUF_EMPTY;
    bool hub = karto_cli_is_hubs_place(cli, dir);
    karto_typed_word(&word, karto_slice_str(dir));
    if (hub || cli->settings.db)
        KARTO_SAY(out, cli->lang, hub ? KARTO_M_NO_STORE_HUB : KARTO_M_NO_STORE_AT,
                  karto_arg_text("dir", karto_buf_slice(&word)));
    else
        karto_buf_add_str(out, karto_err_hint(cli->lang, KARTO_E_NO_STORE));
    karto_buf_fini(&word);
}

enum karto_err karto_cli_db_problem(struct karto_cli *cli, enum karto_err err, const char *dir)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, err, KARTO_M_AT_DIR, karto_arg_str("what", karto_err_text(cli->lang, err)),
                  karto_arg_str("dir", dir));
    if (err == KARTO_E_NO_STORE)
        karto_cli_no_store(cli, dir, &cli->problem.hint);
    return err;
}

void karto_cli_store_exists(struct karto_cli *cli, const char *dir)
{
    struct karto_buf word = KARTO_BUF_EMPTY;
    karto_typed_word(&word, karto_slice_str(dir));
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_EXISTS, KARTO_M_STORE_EXISTS, karto_arg_str("dir", dir));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_STORE_EXISTS_HINT, karto_arg_text("dir", karto_buf_slice(&word)));
    karto_buf_fini(&word);
}

enum karto_err karto_cli_open(struct karto_cli *cli, bool read_only, struct karto_store **store)
{
    const char *dir;
    *store = NULL;
    enum karto_err err = karto_cli_db(cli, &dir);
    if (err != KARTO_OK)
        return err;
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys(), .read_only = read_only};
    if (cli->settings.verbose)
        KARTO_NOTE(cli, KARTO_M_VERBOSE_STORE, karto_arg_str("dir", dir));
    err = karto_store_open(&options, store);
    if (err == KARTO_OK && karto_store_was_copied(*store))
        karto_cli_note(cli, KARTO_M_STORE_COPIED, NULL, 0);
    return err == KARTO_OK ? KARTO_OK : karto_cli_db_problem(cli, err, dir);
}

/* Work that is tried only: an error at its end takes all of it back. */
struct trial {
    karto_work *work;
    void *context;
    bool done;
};

static enum karto_err try_work(struct karto_tx *tx, void *context)
{
    struct trial *trial = context;
    enum karto_err err = trial->work(tx, trial->context);
    trial->done = err == KARTO_OK;
    return trial->done ? KARTO_E_INTERRUPTED : err;
}

static enum karto_err write_or_try(struct karto_cli *cli, struct karto_store *store, karto_work *work, void *context)
{
    struct trial trial = {work, context, false};
    if (cli->settings.dry_run) {
        enum karto_err err = karto_store_write(store, try_work, &trial);
        return trial.done && err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
    }
    enum karto_err err = karto_store_write(store, work, context);
    if (err == KARTO_OK)
        karto_notify_daemon(karto_store_dir(store));
    return err;
}

static enum karto_err in_store(struct karto_cli *cli, bool writes, karto_work *work, void *context)
{
    struct karto_store *store;
    enum karto_err err = karto_cli_open(cli, !writes, &store);
    if (err != KARTO_OK)
        return err;
    karto_problem_begin(&cli->problem, KARTO_OK);
    err = writes ? write_or_try(cli, store, work, context) : karto_store_read(store, work, context);
    if (err != KARTO_OK && cli->problem.err != err)
        karto_problem_begin(&cli->problem, err);
    karto_store_close(store);
    return err;
}

enum karto_err karto_cli_read(struct karto_cli *cli, karto_work *work, void *context)
{
    return in_store(cli, false, work, context);
}

enum karto_err karto_cli_write(struct karto_cli *cli, karto_work *work, void *context)
{
    return in_store(cli, true, work, context);
}
