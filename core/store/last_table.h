/* last_table.h - for each record the position of its last entry, while the log is read from its beginning. One slot of
 * 24 bytes a record, and twice to four times that with the room of a hash table. */
#ifndef KARTO_STORE_LAST_TABLE_H
#define KARTO_STORE_LAST_TABLE_H

#include "core/model/id.h"

struct karto_last {
    struct karto_rid record;
    uint64_t position; /* 0: a free slot */
};

struct karto_last_table {
    struct karto_last *slots;
    size_t room, count;
};

void karto_last_table_init(struct karto_last_table *table);
void karto_last_table_fini(struct karto_last_table *table);

uint64_t karto_last_table_get(const struct karto_last_table *table, struct karto_rid record); /* 0: none */

/* position is not 0. Gives the position before; 0: there was none. */
uint64_t karto_last_table_set(struct karto_last_table *table, struct karto_rid record, uint64_t position);

#endif
