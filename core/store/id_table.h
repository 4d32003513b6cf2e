/* id_table.h - ids of records that can be looked up in memory. */
#ifndef KARTO_STORE_ID_TABLE_H
#define KARTO_STORE_ID_TABLE_H

#include "core/model/id.h"

/* All 0 is an empty one. */
struct karto_id_table {
    struct karto_rid *ids;
    uint32_t count, room;
    uint32_t *slots; /* index + 1, or 0; as many as mask + 1. NULL: not made yet */
    uint32_t mask;
};

/* Before it is made. */
void karto_id_table_add(struct karto_id_table *table, struct karto_rid id);

/* Once, before it is asked. */
void karto_id_table_make(struct karto_id_table *table);
bool karto_id_table_has(const struct karto_id_table *table, struct karto_rid id);
void karto_id_table_fini(struct karto_id_table *table);

#endif
