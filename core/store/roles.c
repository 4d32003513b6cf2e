#include "core/store/roles.h"

#include "core/base/limits.h"
#include "core/model/role_text.h"
#include "core/store/databases.h"
#include "core/store/hub.h"

#include <string.h>

static const char prefix[] = "role.";

static const char *row_name(struct karto_tx *tx, struct karto_slice name)
{
    return karto_arena_printf(&tx->arena, "%s%.*s", prefix, (int)name.size, (const char *)name.data);
}

bool karto_is_role_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice row,
                       const struct karto_role **role)
{
    size_t size = sizeof prefix - 1;
    if (key.size < size || memcmp(key.data, prefix, size) != 0)
        return false;
    struct karto_role *read = karto_arena_alloc(&tx->arena, sizeof *read);
    bool fine = row.size <= KARTO_ROLE_TEXT_MAX &&
                karto_role_read(&tx->arena, karto_arena_copy(&tx->arena, row), read) == KARTO_OK &&
                karto_slice_is(karto_slice(key.data + size, key.size - size), read->name);
    *role = fine ? read : NULL;
    return true;
}

enum karto_err karto_find_role(struct karto_tx *tx, struct karto_slice name, const struct karto_role **role)
{
    struct karto_slice row;
    const char *key = name.size <= KARTO_ROLE_NAME_MAX ? row_name(tx, name) : prefix;
    enum karto_err err = karto_meta_get(tx, key, &row);
    *role = NULL;
    if (err == KARTO_OK && (!karto_is_role_row(tx, karto_slice_str(key), row, role) || !*role))
        return KARTO_E_CORRUPT;
    if (err != KARTO_E_NOT_FOUND)
        return err;
    *role = karto_role_named(name);
    return *role ? KARTO_OK : KARTO_E_NOT_FOUND;
}

enum karto_err karto_renew_role(struct karto_tx *tx, struct karto_rights *rights)
{
    const struct karto_role *role;
    enum karto_err err = karto_find_role(tx, karto_slice_str(karto_role_name(rights->role)), &role);
    if (err == KARTO_OK)
        rights->role = role;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

struct visiting {
    karto_role_visit *visit;
    void *context;
    uint32_t own;
};

static enum karto_err visit_own(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct visiting *v = context;
    const struct karto_role *role;
    if (!karto_is_role_row(tx, key, row, &role))
        return KARTO_OK;
    v->own++;
    bool listed = !role || karto_role_named(karto_slice_str(role->name));
    return listed || !v->visit ? KARTO_OK : v->visit(tx, role, v->context);
}

enum karto_err karto_each_role(struct karto_tx *tx, karto_role_visit *visit, void *context)
{
    struct visiting visiting = {visit, context, 0};
    const struct karto_role *role;
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 1; karto_role(i) && err == KARTO_OK; i++) {
        err = karto_find_role(tx, karto_slice_str(karto_role(i)->name), &role);
        if (err == KARTO_OK)
            err = visit(tx, role, context);
        else if (err == KARTO_E_CORRUPT)
            err = KARTO_OK;
    }
    return err == KARTO_OK ? karto_each_row(tx, KARTO_DB_META, visit_own, &visiting) : err;
}

/* ---- keeping one ---- */

struct giving {
    const struct karto_role *role;
    struct karto_buf devices; /* ids: that have one of its name, and not this one */
};

static enum karto_err note_device(struct karto_tx *tx, const struct karto_device *device, void *context)
{
    struct giving *giving = context;
    const struct karto_role *has = device->scope.role;
    (void)tx;
    if (device->revoked || strcmp(karto_role_name(has), giving->role->name) != 0 || karto_role_equal(has, giving->role))
        return KARTO_OK;
    karto_buf_add(&giving->devices, device->id.b, sizeof device->id.b); /* the arena is given back after each visit */
    return KARTO_OK;
}

static enum karto_err give_one(struct karto_tx *tx, struct karto_rid id, const struct karto_role *role,
                               struct karto_role_kept *kept)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, id, &device);
    if (err != KARTO_OK)
        return err;
    const struct karto_rights scope = {role, device.scope.territories, device.scope.territory_count};
    kept->devices++;
    kept->nowhere += !role->everywhere && scope.territory_count == 0;
    return karto_hub_set_scope(tx, &device, &scope);
}

static enum karto_err give(struct karto_tx *tx, const struct karto_role *role, struct karto_role_kept *kept)
{
    struct giving giving = {role, KARTO_BUF_EMPTY};
    enum karto_err err = karto_hub_each_device(tx, note_device, &giving);
    for (size_t at = 0; at < giving.devices.size && err == KARTO_OK; at += sizeof(struct karto_rid))
        err = give_one(tx, karto_rid_read(giving.devices.data + at), role, kept);
    karto_buf_fini(&giving.devices);
    return err;
}

static enum karto_err check_room(struct karto_tx *tx, bool is_new)
{
    struct visiting counting = {.visit = NULL};
    enum karto_err err = is_new ? karto_each_row(tx, KARTO_DB_META, visit_own, &counting) : KARTO_OK;
    return err == KARTO_OK && counting.own >= KARTO_ROLES_MAX ? KARTO_E_LIMIT : err;
}

/* What there is of a name before it is kept. */
struct standing {
    const struct karto_role *common; /* that everybody has; NULL: none */
    bool row, same;                  /* one of the enterprise's own, whole or damaged; just what is kept now */
};

static enum karto_err look(struct karto_tx *tx, const struct karto_role *role, struct standing *standing)
{
    const struct karto_role *before;
    enum karto_err err = karto_find_role(tx, karto_slice_str(role->name), &before);
    standing->common = karto_role_named(karto_slice_str(role->name));
    standing->row = err == KARTO_E_CORRUPT || (err == KARTO_OK && before != standing->common);
    standing->same = err == KARTO_OK && karto_slice_equal(before->text, role->text);
    return err == KARTO_E_CORRUPT || err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err put_row(struct karto_tx *tx, const struct karto_role *role, const struct standing *standing)
{
    if (standing->same)
        return KARTO_OK;
    enum karto_err err = check_room(tx, !standing->row);
    return err == KARTO_OK ? karto_meta_put(tx, row_name(tx, karto_slice_str(role->name)), role->text) : err;
}

/* It is as everybody has it. */
static enum karto_err drop_row(struct karto_tx *tx, const struct karto_role *role, const struct standing *standing)
{
    const char *name = row_name(tx, karto_slice_str(role->name));
    return standing->row ? karto_kv_delete(tx->kv, KARTO_DB_META, karto_slice_str(name)) : KARTO_OK;
}

enum karto_err karto_keep_role(struct karto_tx *tx, const struct karto_role *role, struct karto_role_kept *kept)
{
    struct standing standing;
    *kept = (struct karto_role_kept){.changed = false};
    enum karto_err err = look(tx, role, &standing);
    if (standing.common == karto_role(KARTO_ROLE_ADMINISTRATOR))
        return KARTO_E_USAGE;
    bool common = standing.common && karto_slice_equal(standing.common->text, role->text);
    if (err == KARTO_OK)
        err = common ? drop_row(tx, role, &standing) : put_row(tx, role, &standing);
    if (err == KARTO_OK)
        err = give(tx, common ? standing.common : role, kept);
    kept->changed = !standing.same || kept->devices > 0;
    return err;
}
