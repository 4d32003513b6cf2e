#include "core/model/rights_code.h"

#include "core/base/limits.h"
#include "core/base/pack.h"
#include "core/model/role_text.h"

#include <string.h>

void karto_rights_pack(struct karto_buf *out, const struct karto_rights *rights)
{
    if (rights->role && rights->role->number == 0)
        karto_pack_str(out, rights->role->text);
    else
        karto_pack_uint(out, rights->role ? rights->role->number : 0);
    karto_pack_array(out, rights->territory_count);
    for (uint32_t i = 0; i < rights->territory_count; i++)
        karto_pack_str(out, rights->territories[i]);
}

/* One of a newer program may have fields and kinds that are not known here: what is here of it is without them. */
static const struct karto_role *read_text(struct karto_arena *arena, struct karto_slice text)
{
    struct karto_role *role = karto_arena_alloc(arena, sizeof *role);
    return karto_role_read(arena, text, role) == KARTO_OK ? role : NULL;
}

static const struct karto_role *read_role(struct karto_reader *reader, struct karto_arena *arena)
{
    const struct karto_role *role;
    if (karto_reader_peek(reader) == KARTO_WIRE_STR) {
        role = read_text(arena, karto_read_str(reader, KARTO_ROLE_TEXT_MAX));
    } else {
        uint32_t number = (uint32_t)karto_read_uint(reader, UINT32_MAX);
        if (number == 0)
            return NULL;
        role = karto_role(number);
    }
    if (!role)
        karto_reader_fail(reader, "no role");
    return role;
}

void karto_rights_read(struct karto_reader *reader, struct karto_arena *arena, struct karto_rights *rights)
{
    rights->role = read_role(reader, arena);
    rights->territory_count = karto_read_array(reader, KARTO_TERRITORIES_MAX);
    struct karto_slice *territories = karto_arena_array(arena, rights->territory_count, sizeof *territories);
    for (uint32_t i = 0; i < rights->territory_count; i++)
        territories[i] = karto_read_str(reader, KARTO_TERRITORY_SIZE_MAX);
    rights->territory_count = karto_territories_once(territories, rights->territory_count);
    rights->territories = territories;
}

struct karto_slice karto_role_say(const struct karto_role *role)
{
    return role && role->number == 0 ? role->text : karto_slice_str(karto_role_name(role));
}

const struct karto_role *karto_role_hear(struct karto_arena *arena, struct karto_slice said)
{
    bool text = said.size > 0 && memchr(said.data, '\n', said.size);
    return text ? read_text(arena, said) : karto_role_named(said);
}
