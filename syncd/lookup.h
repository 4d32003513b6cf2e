/* lookup.h - looks a name up without holding anybody up. The resolver blocks for as long as it likes, so each lookup
 * has a thread of its own, which may live longer than who asked. */
#ifndef KARTO_SYNCD_LOOKUP_H
#define KARTO_SYNCD_LOOKUP_H

#include "syncd/net.h"

struct karto_lookup;

/* 1 is added to the eventfd wake when there is an answer; it is duplicated, and may be closed. */
struct karto_lookup *karto_lookup_new(const struct karto_address *address, int wake);

/* false: no answer yet. Else *out has it; a count of 0 means nowhere. */
bool karto_lookup_ready(struct karto_lookup *lookup, struct karto_places *out);

void karto_lookup_free(struct karto_lookup *lookup); /* answered or not */

#endif
