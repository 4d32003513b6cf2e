#include "client/formula.h"

#include <string.h>

/* The apostrophes before what would be a formula; SIZE_MAX: it would be none. */
static size_t apostrophes(struct karto_slice cell)
{
    size_t count = 0;
    while (count < cell.size && cell.data[count] == '\'')
        count++;
    return count < cell.size && memchr("=+-@", cell.data[count], 4) ? count : SIZE_MAX;
}

struct karto_slice karto_formula_guard(struct karto_arena *arena, struct karto_slice cell, bool for_spreadsheet)
{
    size_t count = apostrophes(cell);
    if (count == SIZE_MAX || (count == 0 && !for_spreadsheet))
        return cell;
    uint8_t *guarded = karto_arena_alloc(arena, cell.size + 1);
    guarded[0] = '\'';
    memcpy(guarded + 1, cell.data, cell.size);
    return karto_slice(guarded, cell.size + 1);
}

struct karto_slice karto_formula_read(struct karto_slice cell)
{
    size_t count = apostrophes(cell);
    return count == SIZE_MAX || count == 0 ? cell : karto_slice(cell.data + 1, cell.size - 1);
}
