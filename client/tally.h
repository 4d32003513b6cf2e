/* tally.h - what was seen of each of many texts, in the order of a file. */
#ifndef KARTO_CLIENT_TALLY_H
#define KARTO_CLIENT_TALLY_H

#include "core/base/arena.h"

struct karto_tally_entry {
    struct karto_slice text;
    uint64_t count;      /* the caller's, as the next one: 0 at first */
    uint64_t mark, list; /* the caller's too */
    struct karto_tally_entry *next;
};

struct karto_tally {
    struct karto_arena arena;
    struct karto_tally_entry **slots;
    size_t slot_count, entry_count;
};

void karto_tally_init(struct karto_tally *tally);
void karto_tally_fini(struct karto_tally *tally);

/* The entry of a text, made if need be; it stays where it is until fini. */
struct karto_tally_entry *karto_tally_of(struct karto_tally *tally, struct karto_slice text);

#endif
