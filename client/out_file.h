/* out_file.h - a file that a person named, to be written: whole or not at all, and its owner's only, for there are
 * people and phones in it. It never lies in the directory of the store, what a link leads to is never touched, and a
 * file that is there gives way only to --yes. */
#ifndef KARTO_CLIENT_OUT_FILE_H
#define KARTO_CLIENT_OUT_FILE_H

#include "client/cli.h"

struct karto_out_file {
    struct karto_cli *cli;
    const char *path; /* as typed; lives as long as the file is open */
    char *part;       /* where it is written until it is whole */
    FILE *file;       /* NULL: not open */
};

/* Whether path may be written, to be asked before any work. KARTO_E_USAGE: it lies in the directory of the store.
 * KARTO_E_EXISTS: something is there and --yes was not said. KARTO_E_IO: what is there is no file. All in cli->problem.
 */
KARTO_CHECKED enum karto_err karto_out_file_check(struct karto_cli *cli, const char *path);

/* Begins to write, after the same check. What the system said is in cli->problem. */
KARTO_CHECKED enum karto_err karto_out_file_open(struct karto_out_file *out, struct karto_cli *cli, const char *path);

/* Puts the file in its place; what went wrong is in cli->problem, and then no trace of it is left. Fine, as drop is,
 * for one that is not open. */
KARTO_CHECKED enum karto_err karto_out_file_keep(struct karto_out_file *out);
void karto_out_file_drop(struct karto_out_file *out); /* leaves no trace of it */

#endif
