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

enum karto_err karto_walk_rows(struct karto_walk *walk, unsigned db, karto_walk_row *row)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    enum karto_err err = karto_kv_cursor_open(walk->tx->kv, db, &cursor);
    if (err != KARTO_OK)
        return err;
    while ((err = karto_kv_next(cursor, &key, &value)) == KARTO_OK) {
        struct karto_arena_mark mark = karto_arena_mark(&walk->tx->arena);
        err = row(walk, key, value);
        karto_arena_release(&walk->tx->arena, mark);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_walk_counts(struct karto_walk *walk, unsigned db, uint64_t want, bool *same)
{
    uint64_t count = 0;
    enum karto_err err = karto_kv_count(walk->tx->kv, db, &count);
    *same = count == want;
    return err;
}
