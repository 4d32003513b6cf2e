#include "core/base/arena.h"

#include "core/base/fatal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16 * 1024, ALIGNMENT = 16 };

struct karto_arena_block {
    struct karto_arena_block *next;
    size_t size, used;
    _Alignas(ALIGNMENT) uint8_t data[];
};

static struct karto_arena_block *block_new(size_t size, struct karto_arena_block *next)
{
    struct karto_arena_block *block = karto_must(malloc(sizeof *block + size));
    block->next = next;
    block->size = size;
    block->used = 0;
    return block;
}

/* Keeps the larger of a block and the spare one. */
static void block_spare(struct karto_arena *arena, struct karto_arena_block *block)
{
    bool larger = !arena->spare || block->size > arena->spare->size;
    free(larger ? arena->spare : block);
    if (larger)
        arena->spare = block;
}

static void blocks_free(struct karto_arena_block *block)
{
    while (block) {
        struct karto_arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void karto_arena_init(struct karto_arena *arena)
{
    arena->blocks = arena->spare = NULL;
}

void karto_arena_reset(struct karto_arena *arena)
{
    struct karto_arena_block *first = arena->blocks;
    if (!first)
        return;
    blocks_free(first->next);
    first->next = NULL;
    first->used = 0;
}

void karto_arena_fini(struct karto_arena *arena)
{
    blocks_free(arena->blocks);
    free(arena->spare);
    karto_arena_init(arena);
}

struct karto_arena_mark karto_arena_mark(const struct karto_arena *arena)
{
    return (struct karto_arena_mark){arena->blocks, arena->blocks ? arena->blocks->used : 0};
}

void karto_arena_release(struct karto_arena *arena, struct karto_arena_mark mark)
{
    if (!mark.block) {
        karto_arena_reset(arena);
        if (arena->blocks)
            arena->blocks->used = 0;
        return;
    }
    while (arena->blocks != mark.block) {
        struct karto_arena_block *next = arena->blocks->next;
        block_spare(arena, arena->blocks);
        arena->blocks = next;
    }
    arena->blocks->used = mark.used;
}

/* A block with room for so much in front of the others: the spare one, or a new one of size. */
static struct karto_arena_block *block_for(struct karto_arena *arena, size_t room, size_t size)
{
    struct karto_arena_block *block = arena->spare;
    if (!block || block->size < room)
        return block_new(size, arena->blocks);
    arena->spare = NULL;
    block->next = arena->blocks;
    block->used = 0;
    return block;
}

static void *take(struct karto_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        karto_fatal("arena: absurd size");
    size_t room = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct karto_arena_block *block = arena->blocks;
    if (!block || block->size - block->used < room) {
        /* each block twice the last, so that a long operation needs few; an outsize one is exactly its own */
        size_t grown = block ? block->size * 2 : BLOCK_SIZE;
        if (grown > 1024 * 1024)
            grown = 1024 * 1024;
        block = arena->blocks = block_for(arena, room, room > grown ? room : grown);
    }
    void *out = block->data + block->used;
    block->used += room;
    return out;
}

void *karto_arena_alloc(struct karto_arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

static size_t product(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        karto_fatal("arena: absurd size");
    return count * size;
}

void *karto_arena_array(struct karto_arena *arena, size_t count, size_t size)
{
    return karto_arena_alloc(arena, product(count, size));
}

void *karto_arena_room(struct karto_arena *arena, size_t count, size_t size)
{
    return take(arena, product(count, size));
}

struct karto_slice karto_arena_copy(struct karto_arena *arena, struct karto_slice bytes)
{
    if (bytes.size == 0)
        return karto_slice(NULL, 0);
    return karto_slice(memcpy(take(arena, bytes.size), bytes.data, bytes.size), bytes.size);
}

char *karto_arena_string(struct karto_arena *arena, struct karto_slice text)
{
    char *out = take(arena, text.size + 1);
    if (text.size)
        memcpy(out, text.data, text.size);
    out[text.size] = 0;
    return out;
}

char *karto_arena_printf(struct karto_arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        karto_fatal("printf");
    char *out = take(arena, (size_t)size + 1);
    vsnprintf(out, (size_t)size + 1, format, again);
    va_end(again);
    return out;
}
