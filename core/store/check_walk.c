#include "core/store/check_walk.h"

void karto_walk_problem(struct karto_walk *walk, const char *what, const struct karto_rid *record)
{
    walk->check->problems++;
    walk->report(walk->context, what, record);
}

bool karto_walk_has(struct karto_walk *walk, enum karto_err *err, const char *what, const struct karto_rid *record)
{
    if (*err == KARTO_OK)
        return true;
    if (*err == KARTO_E_NOT_FOUND || *err == KARTO_E_CORRUPT || *err == KARTO_E_LIMIT) {
        karto_walk_problem(walk, what, record);
        *err = KARTO_OK;
    }
    return false;
}

struct rows {
    struct karto_walk *walk;
    karto_walk_row *row;
};

static enum karto_err visit_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    const struct rows *rows = context;
    (void)tx;
    return rows->row(rows->walk, key, row);
}

enum karto_err karto_walk_rows(struct karto_walk *walk, unsigned db, karto_walk_row *row)
{
    struct rows rows = {walk, row};
    return karto_each_row(walk->tx, db, visit_row, &rows);
}

enum karto_err karto_walk_counts(struct karto_walk *walk, unsigned db, uint64_t want, bool *same)
{
    uint64_t count = 0;
    enum karto_err err = karto_kv_count(walk->tx->kv, db, &count);
    *same = count == want;
    return err;
}
