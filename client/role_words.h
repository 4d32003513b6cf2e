/* role_words.h - the role and territories that a command line gives to somebody: --role and --territory. */
#ifndef KARTO_CLIENT_ROLE_WORDS_H
#define KARTO_CLIENT_ROLE_WORDS_H

#include "client/cli.h"
#include "core/model/rights.h"

/* Of the roles of the hub whose store this is. For as long as cli. KARTO_E_USAGE, in cli->problem: there is no such
 * role, or a role and territories that do not go together. */
KARTO_CHECKED enum karto_err karto_role_words(struct karto_cli *cli, struct karto_rights *rights);

/* The role called so in the store of this run: of a hub, one of its roles; of a laptop, its own or one that everybody
 * has; without a store, one of those. For as long as cli. KARTO_E_NOT_FOUND, in cli->problem with what it could be. */
KARTO_CHECKED enum karto_err karto_role_word(struct karto_cli *cli, const char *word, const struct karto_role **role);

/* Each of them. An error of the store comes back. */
typedef void karto_role_each(const struct karto_role *role, void *context);
KARTO_CHECKED enum karto_err karto_role_all(struct karto_cli *cli, karto_role_each *each, void *context);

#endif
