/* role_words.h - the role and territories that a command line gives to somebody: --role and --territory. */
#ifndef KARTO_CLIENT_ROLE_WORDS_H
#define KARTO_CLIENT_ROLE_WORDS_H

#include "client/command.h"
#include "core/model/rights.h"

/* For as long as cli. KARTO_E_USAGE, in cli->problem: there is no such role, or a role and territories that do not go
 * together. */
KARTO_CHECKED enum karto_err karto_role_words(struct karto_cli *cli, struct karto_rights *rights);

#endif
