/* arena.h - memory that is given back all at once. What is allocated stays where it is until reset or fini. Running out
 * of memory is fatal (the process prints and aborts): nothing that we allocate per operation is larger than a few
 * limits of limits.h. */
#ifndef KARTO_BASE_ARENA_H
#define KARTO_BASE_ARENA_H

#include "core/base/slice.h"

struct karto_arena {
    struct karto_arena_block *blocks;
    struct karto_arena_block *spare; /* one that was released: the next item will want it again */
};

void karto_arena_init(struct karto_arena *arena);
void karto_arena_reset(struct karto_arena *arena); /* forgets everything, keeps one block */
void karto_arena_fini(struct karto_arena *arena);

/* A place in the arena: release gives back all that was allocated after mark. For one item of many, so that a bulk
 * operation needs no more memory than its largest item. */
struct karto_arena_mark {
    struct karto_arena_block *block;
    size_t used;
};

struct karto_arena_mark karto_arena_mark(const struct karto_arena *arena);
void karto_arena_release(struct karto_arena *arena, struct karto_arena_mark mark);

/* size bytes of zeros, aligned for any type; size 0 gives a valid pointer. */
void *karto_arena_alloc(struct karto_arena *arena, size_t size);
void *karto_arena_array(struct karto_arena *arena, size_t count, size_t size);

/* The same, but with anything in it: for what is written at once. */
void *karto_arena_room(struct karto_arena *arena, size_t count, size_t size);

struct karto_slice karto_arena_copy(struct karto_arena *arena, struct karto_slice bytes);
char *karto_arena_string(struct karto_arena *arena, struct karto_slice text); /* with a 0 behind */
char *karto_arena_printf(struct karto_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
