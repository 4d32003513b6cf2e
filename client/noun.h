/* noun.h - the kinds of records that have commands of their own, and what is said of each. */
#ifndef KARTO_CLIENT_NOUN_H
#define KARTO_CLIENT_NOUN_H

#include "client/cli.h"
#include "core/model/schema.h"

struct karto_noun {
    enum karto_kind kind;
    const char *plural;                                  /* "persons": the key of several */
    const char *telling;                                 /* a field that says most of one */
    enum karto_message what;                             /* "a person" */
    enum karto_message some;                             /* a heading over {n} of them */
    enum karto_message added, changed, hidden, restored; /* of {name}, {short}, {n} */
    enum karto_message not_found, ambiguous;             /* of {text}, {n} */
    enum karto_message hide_reason;
};

/* Of a kind that has one; NULL: it has no commands. */
const struct karto_noun *karto_noun(uint32_t kind);

/* All of them: clients, then what hangs on them. at counts from 0; NULL behind the last. */
const struct karto_noun *karto_noun_at(unsigned at);

/* Of the command of this run, whose noun it is. */
const struct karto_noun *karto_cli_noun(const struct karto_cli *cli);

/* The kind that --kind names; *kind stays as it is where that is not given. KARTO_E_USAGE: it has no commands; in
 * problem, with what was meant perhaps. */
KARTO_CHECKED enum karto_err karto_cli_kind(struct karto_cli *cli, uint32_t *kind);

#endif
