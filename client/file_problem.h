/* file_problem.h - a file that a person named and that could not be read or written. */
#ifndef KARTO_CLIENT_FILE_PROBLEM_H
#define KARTO_CLIENT_FILE_PROBLEM_H

#include "client/cli.h"

/* Puts what errno says of path into cli->problem; returns its code. One that is not there to be read is
 * KARTO_E_NOT_FOUND. */
enum karto_err karto_cli_unreadable(struct karto_cli *cli, const char *path);
enum karto_err karto_cli_unwritable(struct karto_cli *cli, const char *path);

#endif
