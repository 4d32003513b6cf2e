/* tally.h - what was seen of each of many texts, in the order of a file. A text is told by its hash of 128 bits. */
#ifndef KARTO_CLIENT_TALLY_H
#define KARTO_CLIENT_TALLY_H

#include "client/spill.h"
#include "core/base/hash.h"

struct karto_tally_entry {
    struct karto_sum text;
    uint64_t count; /* the caller's, as the next ones: 0 at first */
    uint64_t mark;
    void *list;
    struct karto_tally_entry *next;
};

struct karto_tally {
    struct karto_spill *spill;
    struct karto_tally_entry **slots;
    size_t slot_count, entry_count;
};

void karto_tally_init(struct karto_tally *tally, struct karto_spill *spill); /* which lives as long, and keeps it all */

/* The entry of a text, made if need be; it stays where it is. NULL: there is no room, errno tells. */
struct karto_tally_entry *karto_tally_of(struct karto_tally *tally, struct karto_slice text);

#endif
