#include "client/import_heading.h"

#include "client/import_columns.h"
#include "core/base/limits.h"

/* Takes the row if more in it is known, or it says more, than in the one before. */
static void consider(struct karto_import_heading *best, struct karto_arena *arena, const struct karto_csv_row *row,
                     size_t known)
{
    struct karto_import_heading heading = {.row = row->number, .count = row->cell_count, .known = known};
    for (size_t i = 0; i < row->cell_count; i++)
        heading.filled += row->cells[i].size > 0;
    if (best->cells && (known < best->known || (known == best->known && heading.filled <= best->filled)))
        return;
    heading.cells = karto_arena_array(arena, row->cell_count, sizeof *heading.cells);
    for (size_t i = 0; i < row->cell_count; i++)
        heading.cells[i] = karto_arena_copy(arena, row->cells[i]);
    *best = heading;
}

enum karto_csv_event karto_import_heading_find(struct karto_import_heading *heading, struct karto_arena *arena,
                                               struct karto_cli *cli, uint32_t kind, struct karto_csv *csv,
                                               struct karto_csv_row *bad)
{
    struct karto_csv_row row;
    bool found = false;
    *heading = (struct karto_import_heading){.cells = NULL};
    for (int rows = 0; rows <= KARTO_IMPORT_TITLE_ROWS_MAX && !found; rows++) {
        size_t known;
        enum karto_csv_event event = karto_csv_next(csv, &row);
        if (event == KARTO_CSV_END)
            break;
        if (event == KARTO_CSV_BAD && !heading->cells)
            *bad = row;
        if (event == KARTO_CSV_FAILED || (event == KARTO_CSV_BAD && !heading->cells))
            return event;
        if (event == KARTO_CSV_BAD || karto_csv_is_blank(&row))
            continue;
        found = karto_import_columns_likely(cli, kind, row.cells, row.cell_count, &known);
        if (found)
            heading->cells = NULL;
        consider(heading, arena, &row, known);
    }
    return heading->cells ? KARTO_CSV_ROW : KARTO_CSV_END;
}
