#include "client/tally.h"

#include "core/base/fatal.h"
#include "core/base/hash.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 256 };

void karto_tally_init(struct karto_tally *tally)
{
    *tally = (struct karto_tally){.slot_count = SLOTS_FIRST};
    karto_arena_init(&tally->arena);
    tally->slots = karto_must(calloc(SLOTS_FIRST, sizeof(struct karto_tally_entry *)));
}

void karto_tally_fini(struct karto_tally *tally)
{
    karto_arena_fini(&tally->arena);
    free(tally->slots);
}

static struct karto_tally_entry **slot_of(const struct karto_tally *tally, struct karto_slice text)
{
    return &tally->slots[karto_sum_of(text).low & (tally->slot_count - 1)];
}

static void grow(struct karto_tally *tally)
{
    struct karto_tally old = *tally;
    tally->slot_count = old.slot_count * 2;
    tally->slots = karto_must(calloc(tally->slot_count, sizeof(struct karto_tally_entry *)));
    for (size_t i = 0; i < old.slot_count; i++) {
        for (struct karto_tally_entry *entry = old.slots[i], *next; entry; entry = next) {
            struct karto_tally_entry **slot = slot_of(tally, entry->text);
            next = entry->next;
            entry->next = *slot;
            *slot = entry;
        }
    }
    free(old.slots);
}

struct karto_tally_entry *karto_tally_of(struct karto_tally *tally, struct karto_slice text)
{
    for (struct karto_tally_entry *entry = *slot_of(tally, text); entry; entry = entry->next)
        if (karto_slice_equal(entry->text, text))
            return entry;
    if (tally->entry_count++ == tally->slot_count)
        grow(tally);
    struct karto_tally_entry **slot = slot_of(tally, text);
    struct karto_tally_entry *entry = karto_arena_alloc(&tally->arena, sizeof *entry);
    *entry = (struct karto_tally_entry){.text = karto_arena_copy(&tally->arena, text), .next = *slot};
    return *slot = entry;
}
