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

static const struct karto_grant *grant_of(const struct karto_role *role, uint32_t kind)
{
    for (uint32_t i = 0; role && i < role->grant_count; i++)
        if (role->grants[i].kind == kind || role->grants[i].kind == 0)
            return &role->grants[i];
    return &nothing;
}

const char *karto_role_name(const struct karto_role *role)
{
    return role ? role->name : "";
}

bool karto_role_equal(const struct karto_role *a, const struct karto_role *b)
{
    return a == b || (a && b && a->number == b->number && karto_slice_equal(a->text, b->text));
}

bool karto_role_is_everywhere(const struct karto_role *role)
{
    return role && role->everywhere;
}

static bool is_all(const struct karto_fields *fields)
{
    return fields->all_but && !fields->numbers;
}

bool karto_role_is_head_office(const struct karto_role *role)
{
    bool all = karto_role_is_everywhere(role);
    for (uint32_t i = 0; all && i < role->grant_count; i++) {
        const struct karto_grant *grant = &role->grants[i];
        all = is_all(&grant->read) && (grant->kind == KARTO_DEVICE || (is_all(&grant->write) && grant->makes));
    }
    return all && grant_of(role, 0)->makes;
}

bool karto_role_has(const struct karto_role *role, uint32_t kind)
{
    return has_fields(&grant_of(role, kind)->read);
}

bool karto_role_has_whole(const struct karto_role *role, uint32_t kind)
{
    return is_all(&grant_of(role, kind)->read);
}

bool karto_role_reads(const struct karto_role *role, uint32_t kind, uint32_t field)
{
    return is_in(&grant_of(role, kind)->read, field);
}

bool karto_role_writes(const struct karto_role *role, uint32_t kind, uint32_t field)
{
    return is_in(&grant_of(role, kind)->write, field);
}

bool karto_role_makes(const struct karto_role *role, uint32_t kind)
{
    return grant_of(role, kind)->makes;
}

/* ---- parts ---- */

struct karto_record karto_record_part(struct karto_arena *arena, const struct karto_role *role,
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

static void seen_part(struct karto_arena *arena, const struct karto_role *role, struct karto_change *part)
{
    struct karto_seen *seen = karto_arena_array(arena, part->seen_count, sizeof *seen);
    uint32_t count = 0;
    for (uint32_t i = 0; i < part->seen_count; i++)
        if (karto_role_reads(role, part->kind, part->seen[i].field))
            seen[count++] = part->seen[i];
    part->seen = seen;
    part->seen_count = count;
}

bool karto_change_part(struct karto_arena *arena, const struct karto_role *role, const struct karto_change *change,
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
