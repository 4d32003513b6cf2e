/* pick_missing.h - what somebody may have meant whose words name no record: one of another kind; half a phone, code, id
 * or name; what only karto find would find. Never a guess: the answer says what to type. */
#ifndef KARTO_CLIENT_PICK_MISSING_H
#define KARTO_CLIENT_PICK_MISSING_H

#include "client/cli.h"
#include "core/store/query.h"

/* text names no record of kind: says so in cli->problem, with what it may be. Returns KARTO_E_NOT_FOUND, or what the
 * store failed with. */
enum karto_err karto_pick_missing(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const char *text);

/* Makes the hint of cli->problem the line once more: with the one candidate that there is in place of text, or, of
 * several, with a place for an id. */
void karto_pick_again(struct karto_cli *cli, const char *text);

#endif
