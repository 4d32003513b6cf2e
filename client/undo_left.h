/* undo_left.h - what an undo has left as it is, and why: somebody has changed it since, or it may not be. */
#ifndef KARTO_CLIENT_UNDO_LEFT_H
#define KARTO_CLIENT_UNDO_LEFT_H

#include "client/cli.h"
#include "core/store/undo.h"

/* More than anybody reads; beyond that they are only counted. */
enum { KARTO_LEFT_MAX = 10000, KARTO_LEFT_SIZE_MAX = 16 * 1024 * 1024 /* bytes of what is kept of them */ };

struct karto_left;

struct karto_lefts {
    struct karto_arena arena;
    struct karto_left *first, **end;
    uint32_t count;
    size_t size;
};

void karto_lefts_init(struct karto_lefts *lefts);
void karto_lefts_fini(struct karto_lefts *lefts);

/* Keeps those of one record. */
void karto_lefts_add(struct karto_lefts *lefts, const struct karto_undo_record *record);

/* For a transaction that may be done again: a place to go back to, forgetting what was kept since. */
struct karto_lefts_mark {
    struct karto_arena_mark arena;
    struct karto_left **end;
    uint32_t count;
    size_t size;
};
struct karto_lefts_mark karto_lefts_mark(const struct karto_lefts *lefts);
void karto_lefts_release(struct karto_lefts *lefts, struct karto_lefts_mark mark);

/* Prints "left": [{record, of, name, field, key, now, would, why}]. */
KARTO_CHECKED enum karto_err karto_lefts_show(struct karto_out *out, struct karto_tx *tx,
                                              const struct karto_lefts *lefts);

/* Appends a line for each, for people. */
KARTO_CHECKED enum karto_err karto_lefts_say(struct karto_cli *cli, struct karto_tx *tx,
                                             const struct karto_lefts *lefts, struct karto_buf *out);

#endif
