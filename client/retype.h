/* retype.h - the command line as it should have been typed, to be copied from an answer. */
#ifndef KARTO_CLIENT_RETYPE_H
#define KARTO_CLIENT_RETYPE_H

#include "client/cli.h"

/* Appends the line once more, with instead, as it is, in place of the words from one to the other; behind the words,
 * the options that were given. */
void karto_retype(const struct karto_cli *cli, size_t from, size_t to, struct karto_slice instead,
                  struct karto_buf *out);

#endif
