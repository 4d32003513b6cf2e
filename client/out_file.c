#include "client/out_file.h"

#include "client/file_problem.h"
#include "core/base/fatal.h"
#include "core/base/os_posix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_in_store(struct karto_cli *cli, const char *path)
{
    const char *dir;
    return karto_cli_db(cli, &dir) == KARTO_OK && karto_os_is_within(path, dir);
}

static enum karto_err refuse(struct karto_cli *cli, enum karto_err err, enum karto_message message,
                             enum karto_message hint, const char *path)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, err, message, karto_arg_str("file", path));
    karto_message(&cli->problem.hint, cli->lang, hint, NULL, 0);
    return err;
}

enum karto_err karto_out_file_check(struct karto_cli *cli, const char *path)
{
    struct stat there;
    if (is_in_store(cli, path))
        return refuse(cli, KARTO_E_USAGE, KARTO_M_FILE_IN_STORE, KARTO_M_FILE_IN_STORE_HINT, path);
    if (lstat(path, &there) != 0)
        return KARTO_OK; /* whether it can be made there turns out when it is */
    if (!S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode)) {
        errno = S_ISDIR(there.st_mode) ? EISDIR : EEXIST;
        return karto_cli_unwritable(cli, path);
    }
    if (!cli->settings.yes)
        return refuse(cli, KARTO_E_EXISTS, KARTO_M_FILE_EXISTS, KARTO_M_FILE_EXISTS_HINT, path);
    return KARTO_OK;
}

enum karto_err karto_out_file_open(struct karto_out_file *out, struct karto_cli *cli, const char *path)
{
    static const char suffix[] = ".part-XXXXXX";
    *out = (struct karto_out_file){.cli = cli, .path = path};
    enum karto_err err = karto_out_file_check(cli, path);
    if (err != KARTO_OK)
        return err;
    out->part = karto_must(malloc(strlen(path) + sizeof suffix));
    sprintf(out->part, "%s%s", path, suffix);
    int fd = mkstemp(out->part); /* a name that nobody has, for this user only */
    out->file = fd < 0 ? NULL : fdopen(fd, "w");
    if (out->file)
        return KARTO_OK;
    err = karto_cli_unwritable(cli, path);
    free(out->part);
    return err;
}

enum karto_err karto_out_file_keep(struct karto_out_file *out)
{
    if (!out->file)
        return KARTO_OK;
    enum karto_err err = karto_out_file_check(out->cli, out->path); /* something may have come there meanwhile */
    if (err == KARTO_OK &&
        (fflush(out->file) != 0 || fsync(fileno(out->file)) != 0 || rename(out->part, out->path) != 0))
        err = karto_cli_unwritable(out->cli, out->path);
    if (err != KARTO_OK) {
        karto_out_file_drop(out);
        return err;
    }
    fclose(out->file); /* all of it is on disk */
    free(out->part);
    out->file = NULL;
    return KARTO_OK;
}

void karto_out_file_drop(struct karto_out_file *out)
{
    if (!out->file)
        return;
    unlink(out->part);
    fclose(out->file);
    free(out->part);
    out->file = NULL;
}
