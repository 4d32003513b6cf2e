/* field_words.h - the FIELD=VALUE words of a command line; where the shell has taken one apart, or its = is missing,
 * the line as it should be typed. */
#ifndef KARTO_CLIENT_FIELD_WORDS_H
#define KARTO_CLIENT_FIELD_WORDS_H

#include "client/cli.h"
#include "client/fieldexpr.h"

/* Reads the words of the command line from this one on as FIELD=VALUE. *exprs lives as long as cli. KARTO_E_USAGE: in
 * cli->problem. */
KARTO_CHECKED enum karto_err karto_field_words(struct karto_cli *cli, size_t from, struct karto_fieldexpr **exprs,
                                               size_t *count);

#endif
