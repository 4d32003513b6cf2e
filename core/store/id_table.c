#include "core/store/id_table.h"

#include "core/base/fatal.h"

#include <stdlib.h>
#include <string.h>

enum { IDS_MIN = 64 };

void karto_id_table_add(struct karto_id_table *table, struct karto_rid id)
{
    if (table->count == table->room) {
        table->room = table->room ? 2 * table->room : IDS_MIN;
        table->ids = karto_must(realloc(table->ids, table->room * sizeof *table->ids));
    }
    table->ids[table->count++] = id;
}

static uint32_t slot_of(const struct karto_id_table *table, struct karto_rid id)
{
    uint64_t first, last;
    memcpy(&first, id.b, sizeof first);
    memcpy(&last, id.b + sizeof first, sizeof last);
    uint64_t hash = (first ^ last * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)(hash >> 32) & table->mask;
}

void karto_id_table_make(struct karto_id_table *table)
{
    for (table->mask = IDS_MIN - 1; table->mask < 2 * table->count;)
        table->mask = 2 * table->mask + 1;
    table->slots = karto_must(calloc((size_t)table->mask + 1, sizeof *table->slots));
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t at = slot_of(table, table->ids[i]);
        while (table->slots[at])
            at = (at + 1) & table->mask;
        table->slots[at] = i + 1;
    }
}

bool karto_id_table_has(const struct karto_id_table *table, struct karto_rid id)
{
    for (uint32_t at = slot_of(table, id); table->slots[at]; at = (at + 1) & table->mask)
        if (karto_rid_equal(table->ids[table->slots[at] - 1], id))
            return true;
    return false;
}

void karto_id_table_fini(struct karto_id_table *table)
{
    free(table->ids);
    free(table->slots);
    *table = (struct karto_id_table){NULL, 0, 0, NULL, 0};
}
