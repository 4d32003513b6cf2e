#include "proto/names.h"

#include "core/base/hash.h"
#include "core/base/pack.h"

#include <string.h>

void karto_names_init(struct karto_names *names)
{
    memset(names, 0, sizeof *names);
    karto_arena_init(&names->arena);
}

void karto_names_fini(struct karto_names *names)
{
    karto_arena_fini(&names->arena);
}

static void append(struct karto_names *names, struct karto_slice name)
{
    if (names->count == names->room) {
        names->room = names->room ? 2 * names->room : 16;
        struct karto_slice *larger = karto_arena_array(&names->arena, names->room, sizeof *larger);
        if (names->count)
            memcpy(larger, names->items, names->count * sizeof *larger);
        names->items = larger;
    }
    names->items[names->count++] = name;
}

/* Where name is, or the empty slot where it would be. */
static uint32_t *slot_of(const struct karto_names *names, struct karto_slice name)
{
    uint32_t at = (uint32_t)karto_sum_of(name).low;
    for (;; at++) {
        uint32_t *slot = &names->slots[at & (names->slot_count - 1)];
        if (*slot == 0 || karto_slice_equal(names->items[*slot - 1], name))
            return slot;
    }
}

/* At most half full, so that probing ends soon. */
static void make_room(struct karto_names *names)
{
    if (2 * names->count < names->slot_count)
        return;
    names->slot_count = names->slot_count ? 2 * names->slot_count : 32;
    names->slots = karto_arena_array(&names->arena, names->slot_count, sizeof *names->slots);
    for (uint32_t i = 0; i < names->count; i++)
        *slot_of(names, names->items[i]) = i + 1;
}

uint32_t karto_names_number(struct karto_names *names, struct karto_slice name, bool *is_new)
{
    make_room(names);
    uint32_t *slot = slot_of(names, name);
    *is_new = *slot == 0;
    if (*is_new) {
        append(names, name);
        *slot = names->count;
    }
    return *slot - 1;
}

void karto_names_pack(struct karto_names *names, struct karto_buf *out, struct karto_slice name)
{
    bool is_new;
    karto_pack_uint(out, karto_names_number(names, name, &is_new));
    if (is_new)
        karto_pack_str(out, name);
}

struct karto_slice karto_names_read(struct karto_names *names, struct karto_reader *reader, size_t size_max)
{
    uint64_t number = karto_read_uint(reader, names->count);
    if (!reader->error && number == names->count)
        append(names, karto_read_str(reader, size_max));
    if (reader->error)
        return karto_slice(NULL, 0);
    return names->items[number];
}
