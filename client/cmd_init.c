/* karto init: a store for one person, who may join a head office later. */
#include "client/cmd.h"
#include "client/open.h"
#include "client/person.h"
#include "core/base/os_posix.h"
#include "proto/files.h"

struct beginning {
    const char *dir;
    bool trial; /* only whether it could be done */
    struct karto_buf user, name;
    struct karto_key *key;
    struct karto_store *store;
};

/* The key that the node ids are made of, and later the certificate. One that is there was left by a beginning that was
 * cut short. */
static enum karto_err find_key(struct beginning *b)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_files_path(b->dir, "device.key", &path);
    enum karto_err err = karto_key_load((const char *)path.data, &b->key);
    if (err == KARTO_E_NOT_FOUND) {
        b->key = karto_key_new();
        err = karto_key_save(b->key, (const char *)path.data);
    }
    karto_buf_fini(&path);
    return err;
}

/* Only where nothing is yet: a store that is there is left alone. */
static enum karto_err begin(struct beginning *b)
{
    struct karto_store_options options = {.dir = b->dir, .sys = karto_os_sys()};
    struct karto_buf public_key = KARTO_BUF_EMPTY;
    enum karto_err err = karto_store_open(&options, &b->store);
    if (err != KARTO_E_NO_STORE)
        return err == KARTO_OK ? KARTO_E_EXISTS : err;
    if (b->trial) {
        err = karto_os_check_dir(b->dir);
        return err == KARTO_E_NO_STORE ? KARTO_OK : err;
    }
    err = karto_os_make_dir(b->dir);
    if (err == KARTO_OK)
        err = karto_os_check_dir(b->dir);
    if (err == KARTO_OK)
        err = find_key(b);
    if (err != KARTO_OK)
        return err;
    karto_key_public(b->key, &public_key);
    struct karto_store_identity identity = {
        KARTO_LOCAL, karto_buf_slice(&b->user), karto_buf_slice(&b->name), karto_buf_slice(&public_key), NULL, NULL};
    err = karto_store_create(&options, &identity, &b->store);
    karto_buf_fini(&public_key);
    return err;
}

static enum karto_exit print_begun(struct karto_cli *cli, const struct beginning *b)
{
    struct karto_out *out = karto_cli_out(cli);
    KARTO_NOTE_DONE(cli, KARTO_M_INIT_DONE, karto_arg_str("dir", b->dir));
    karto_out_begin(out, "init", KARTO_OUT_CARD);
    karto_out_key(out, "dir");
    karto_out_str(out, b->dir);
    karto_out_key(out, "user");
    karto_out_text(out, karto_buf_slice(&b->user));
    karto_out_key(out, "device");
    karto_out_text(out, karto_buf_slice(&b->name));
    return karto_cli_end(cli, karto_out_end(out));
}

enum karto_exit karto_cmd_init(struct karto_cli *cli)
{
    struct beginning b = {.trial = cli->settings.dry_run};
    enum karto_exit code;
    if (karto_cli_db(cli, &b.dir) != KARTO_OK)
        return karto_cli_fail(cli);
    karto_person_user(&b.user);
    karto_person_machine(&b.name);
    enum karto_err err = begin(&b);
    if (err == KARTO_OK) {
        code = print_begun(cli, &b);
    } else {
        if (err == KARTO_E_EXISTS)
            karto_cli_store_exists(cli, b.dir);
        else
            karto_cli_db_problem(cli, err, b.dir);
        code = karto_cli_fail(cli);
    }
    karto_store_close(b.store);
    karto_key_free(b.key);
    karto_buf_fini(&b.user);
    karto_buf_fini(&b.name);
    return code;
}
