/* children.h - what hangs on a client, for its card: how much there is of each kind, and the last few. */
#ifndef KARTO_CLIENT_CHILDREN_H
#define KARTO_CLIENT_CHILDREN_H

#include "client/cli.h"
#include "core/store/entry.h"

enum { KARTO_CHILDREN_SHOWN = 5 }; /* of each kind, unless --limit says otherwise */

/* Prints "counts":{"persons","activities","purchases"} and, under the same keys, arrays of the newest, each a row of
 * that kind's list; with hidden those too. In a table: a block for each kind of which there is something. */
KARTO_CHECKED enum karto_err karto_children_show(struct karto_cli *cli, struct karto_tx *tx, struct karto_rid client,
                                                 bool hidden);

#endif
