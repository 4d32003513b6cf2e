#include "core/model/role.h"

static const struct karto_grant nothing;

static bool has_fields(const struct karto_fields *fields)
{
    return fields->all_but || fields->numbers;
}

static bool is_in(const struct karto_fields *fields, uint32_t field)
{
    for (const uint32_t *number = fields->numbers; number && *number; number++)
        if (*number == field)
            return !fields->all_but;
    return fields->all_but;
}

static const struct karto_grant *grant_of(enum karto_role role, uint32_t kind)
{
    const struct karto_role_def *def = karto_role(role);
    for (uint32_t i = 0; def && i < def->grant_count; i++)
        if (def->grants[i].kind == kind || def->grants[i].kind == 0)
            return &def->grants[i];
    return &nothing;
}

const char *karto_role_name(enum karto_role role)
{
    const struct karto_role_def *def = karto_role(role);
    return def ? def->name : "";
}

bool karto_role_named(struct karto_slice name, enum karto_role *role)
{
    for (int i = 1; i <= KARTO_ROLE_LAST; i++)
        if (karto_slice_is(name, karto_role_name((enum karto_role)i))) {
            *role = (enum karto_role)i;
            return true;
        }
    return false;
}

bool karto_role_is_everywhere(enum karto_role role)
{
    const struct karto_role_def *def = karto_role(role);
    return def && def->everywhere;
}

bool karto_role_is_head_office(enum karto_role role)
{
    return role == KARTO_ROLE_OFFICE || role == KARTO_ROLE_ADMINISTRATOR;
}

bool karto_role_has(enum karto_role role, uint32_t kind)
{
    return has_fields(&grant_of(role, kind)->read);
}

bool karto_role_has_whole(enum karto_role role, uint32_t kind)
{
    const struct karto_fields *read = &grant_of(role, kind)->read;
    return read->all_but && !read->numbers;
}

bool karto_role_reads(enum karto_role role, uint32_t kind, uint32_t field)
{
    return is_in(&grant_of(role, kind)->read, field);
}

bool karto_role_writes(enum karto_role role, uint32_t kind, uint32_t field)
{
    return is_in(&grant_of(role, kind)->write, field);
}

bool karto_role_makes(enum karto_role role, uint32_t kind)
{
    return grant_of(role, kind)->makes;
}

/* ---- parts ---- */

struct karto_record karto_record_part(struct karto_arena *arena, enum karto_role role,
                                      const struct karto_record *record)
{
    struct karto_record part = *record;
    if (karto_role_has_whole(role, record->kind))
        return part;
    struct karto_field *fields = karto_arena_array(arena, record->count, sizeof *fields);
    part.count = 0;
    for (uint32_t i = 0; i < record->count; i++)
        if (karto_role_reads(role, record->kind, record->fields[i].number))
            fields[part.count++] = record->fields[i];
    part.fields = fields;
    return part;
}

static void seen_part(struct karto_arena *arena, enum karto_role role, struct karto_change *part)
{
    struct karto_seen *seen = karto_arena_array(arena, part->seen_count, sizeof *seen);
    uint32_t count = 0;
    for (uint32_t i = 0; i < part->seen_count; i++)
        if (karto_role_reads(role, part->kind, part->seen[i].field))
            seen[count++] = part->seen[i];
    part->seen = seen;
    part->seen_count = count;
}

bool karto_change_part(struct karto_arena *arena, enum karto_role role, const struct karto_change *change,
                       struct karto_change *part)
{
    *part = *change;
    if (karto_role_has_whole(role, change->kind))
        return true;
    struct karto_touch *touches = karto_arena_array(arena, change->count, sizeof *touches);
    part->count = 0;
    for (uint32_t i = 0; i < change->count; i++)
        if (karto_role_reads(role, change->kind, change->touches[i].field))
            touches[part->count++] = change->touches[i];
    part->touches = touches;
    seen_part(arena, role, part);
    return part->count > 0;
}
