/* wiped.h - a laptop's directory whose data had to be removed, because the device was revoked: what every command says
 * there. */
#ifndef KARTO_CLIENT_WIPED_H
#define KARTO_CLIENT_WIPED_H

#include "client/cli.h"

/* KARTO_E_REVOKED, with all that there is to say in cli->problem: where the store of this run was, its data were
 * removed, or are to be, and what was left to do here is done. KARTO_OK: nothing of the kind. *untold (may be NULL):
 * head office has not heard of it yet. */
KARTO_CHECKED enum karto_err karto_cli_wiped(struct karto_cli *cli, bool *untold);

#endif
