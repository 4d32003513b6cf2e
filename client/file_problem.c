#include "client/file_problem.h"

#include "core/base/os_posix.h"

#include <errno.h>
#include <string.h>

/* What the system says of the usual mistakes, in the reader's language. */
static const char *reason(enum karto_lang lang, int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR: return karto_message_text(lang, KARTO_M_FILE_NO_DIR);
    case EISDIR: return karto_message_text(lang, KARTO_M_FILE_IS_DIR);
    case ENOSPC:
    case EDQUOT: return karto_message_text(lang, KARTO_M_FILE_NO_SPACE);
    case EEXIST: return karto_message_text(lang, KARTO_M_FILE_IS_THERE);
    case EROFS: return karto_message_text(lang, KARTO_M_FILE_READ_ONLY);
    case EACCES:
    case EPERM: return karto_message_text(lang, KARTO_M_FILE_NO_RIGHT);
    default: return strerror(number);
    }
}

static enum karto_err say(struct karto_cli *cli, enum karto_err err, enum karto_message message, const char *path,
                          int number)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, err, message, karto_arg_str("file", path),
                  karto_arg_str("text", reason(cli->lang, number)));
    if (err == KARTO_E_NOT_FOUND || err == KARTO_E_IO)
        karto_message(&cli->problem.hint, cli->lang, KARTO_M_FILE_MISSING_HINT, NULL, 0);
    return err;
}

enum karto_err karto_cli_unreadable(struct karto_cli *cli, const char *path)
{
    int number = errno;
    if (number == ENOENT)
        return say(cli, KARTO_E_NOT_FOUND, KARTO_M_FILE_MISSING, path, number);
    return say(cli, karto_os_error(number), KARTO_M_FILE_UNREADABLE, path, number);
}

/* Where nothing is found it is the directory, and nobody looked for a record. */
enum karto_err karto_cli_unwritable(struct karto_cli *cli, const char *path)
{
    int number = errno;
    enum karto_err err = karto_os_error(number);
    return say(cli, err == KARTO_E_NOT_FOUND ? KARTO_E_IO : err, KARTO_M_FILE_UNWRITABLE, path, number);
}
