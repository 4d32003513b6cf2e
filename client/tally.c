#include "client/tally.h"

enum { SLOTS_FIRST = 256 };

void karto_tally_init(struct karto_tally *tally, struct karto_spill *spill)
{
    *tally = (struct karto_tally){.spill = spill};
}

static struct karto_tally_entry **slot_of(const struct karto_tally *tally, struct karto_sum text)
{
    return &tally->slots[text.low & (tally->slot_count - 1)];
}

/* The slots before are lost, which are no more than those that are there now. */
static bool grow(struct karto_tally *tally)
{
    struct karto_tally old = *tally;
    tally->slot_count = old.slot_count ? old.slot_count * 2 : SLOTS_FIRST;
    tally->slots = karto_spill_take(tally->spill, tally->slot_count * sizeof *tally->slots);
    if (!tally->slots) {
        *tally = old;
        return false;
    }
    for (size_t i = 0; i < old.slot_count; i++) {
        for (struct karto_tally_entry *entry = old.slots[i], *next; entry; entry = next) {
            struct karto_tally_entry **slot = slot_of(tally, entry->text);
            next = entry->next;
            entry->next = *slot;
            *slot = entry;
        }
    }
    return true;
}

struct karto_tally_entry *karto_tally_of(struct karto_tally *tally, struct karto_slice text)
{
    struct karto_sum sum = karto_sum_of(text);
    struct karto_tally_entry *entry = tally->slot_count ? *slot_of(tally, sum) : NULL;
    while (entry && !karto_sum_equal(entry->text, sum))
        entry = entry->next;
    if (entry || (tally->entry_count == tally->slot_count && !grow(tally)))
        return entry;
    entry = karto_spill_take(tally->spill, sizeof *entry);
    if (!entry)
        return NULL;
    struct karto_tally_entry **slot = slot_of(tally, sum);
    entry->text = sum;
    entry->next = *slot;
    tally->entry_count++;
    return *slot = entry;
}
