#include "core/store/last_table.h"

#include "core/base/fatal.h"
#include "core/base/hash.h"

#include <stdlib.h>

enum { ROOM_MIN = 256 }; /* slots; always a power of two, never more than half full */

void karto_last_table_init(struct karto_last_table *table)
{
    *table = (struct karto_last_table){.room = ROOM_MIN};
    table->slots = karto_must(calloc(table->room, sizeof *table->slots));
}

void karto_last_table_fini(struct karto_last_table *table)
{
    free(table->slots);
    *table = (struct karto_last_table){NULL, 0, 0};
}

static struct karto_last *find(const struct karto_last_table *table, struct karto_rid record)
{
    size_t at = (size_t)karto_sum_of(karto_rid_slice(&record)).low & (table->room - 1);
    while (table->slots[at].position && !karto_rid_equal(table->slots[at].record, record))
        at = (at + 1) & (table->room - 1);
    return &table->slots[at];
}

static void grow(struct karto_last_table *table)
{
    struct karto_last_table larger = {.room = 2 * table->room, .count = table->count};
    larger.slots = karto_must(calloc(larger.room, sizeof *larger.slots));
    for (size_t i = 0; i < table->room; i++)
        if (table->slots[i].position)
            *find(&larger, table->slots[i].record) = table->slots[i];
    free(table->slots);
    *table = larger;
}

uint64_t karto_last_table_get(const struct karto_last_table *table, struct karto_rid record)
{
    return find(table, record)->position;
}

uint64_t karto_last_table_set(struct karto_last_table *table, struct karto_rid record, uint64_t position)
{
    if (2 * table->count >= table->room)
        grow(table);
    struct karto_last *slot = find(table, record);
    uint64_t before = slot->position;
    table->count += before == 0;
    *slot = (struct karto_last){record, position};
    return before;
}
