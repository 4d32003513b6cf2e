/* The table of last positions against a plain array: many records, set again and again. */
#include "core/store/last_table.h"
#include "tests/check.h"

enum { RECORDS = 5000, ROUNDS = 3 };

static struct karto_rid make(uint32_t number)
{
    return (struct karto_rid){{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, (uint8_t)(number >> 16),
                               (uint8_t)(number >> 8), (uint8_t)number}};
}

int main(void)
{
    static uint64_t want[RECORDS];
    struct karto_last_table table;
    uint64_t position = 0;
    uint32_t random = 1;
    karto_last_table_init(&table);
    CHECK_INT(karto_last_table_get(&table, make(0)), 0);
    for (uint32_t i = 0; i < ROUNDS * RECORDS; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t at = (random >> 8) % RECORDS;
        CHECK_INT(karto_last_table_set(&table, make(at), ++position), want[at]);
        want[at] = position;
    }
    uint64_t count = 0;
    for (uint32_t i = 0; i < RECORDS; i++) {
        CHECK_INT(karto_last_table_get(&table, make(i)), want[i]);
        count += want[i] != 0;
    }
    CHECK_INT(table.count, count);
    CHECK(table.room >= 2 * table.count);
    karto_last_table_fini(&table);
    return 0;
}
