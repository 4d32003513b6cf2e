/* list_part.h - a list that is shown in parts: each tells behind which position of the log the next one begins. */
#ifndef KARTO_CLIENT_LIST_PART_H
#define KARTO_CLIENT_LIST_PART_H

#include "client/cli.h"

/* The position behind which a list goes on (--after, as it printed it); 0: from its beginning. KARTO_E_USAGE, in
 * cli->problem: it is none. */
KARTO_CHECKED enum karto_err karto_list_after(struct karto_cli *cli, uint64_t *position);

/* Prints "next": the last position that was shown, null where there is no more behind it. */
void karto_list_next(struct karto_out *out, bool more, uint64_t last);

/* Tells people the same, below the list. */
void karto_list_note(struct karto_cli *cli, bool more, uint64_t last);

#endif
