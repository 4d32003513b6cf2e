#include "core/model/rights.h"

#include "core/base/broken.h"

static bool is_among(const struct karto_slice *territories, uint32_t count, struct karto_slice territory)
{
    for (uint32_t i = 0; i < count; i++)
        if (karto_slice_equal(territories[i], territory))
            return true;
    return false;
}

uint32_t karto_territories_once(struct karto_slice *territories, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!is_among(territories, kept, territories[i]))
            territories[kept++] = territories[i];
    return kept;
}

static bool own_territory(const struct karto_rights *rights, struct karto_slice territory)
{
    return is_among(rights->territories, rights->territory_count, territory);
}

bool karto_rights_cover(const struct karto_rights *rights, struct karto_slice home)
{
    return karto_role_is_everywhere(rights->role) || karto_slice_is(home, KARTO_EVERYBODY) ||
           (home.size > 0 && own_territory(rights, home));
}

bool karto_rights_hold(const struct karto_rights *rights, uint32_t kind, struct karto_slice home)
{
    return karto_rights_cover(rights, home) && karto_role_has(rights->role, kind);
}

/* Whoever has only some territories gives a client no others. *has_today: one of them is its today. */
static enum karto_err check_territories(const struct karto_rights *rights, const struct karto_change *change,
                                        int64_t today, bool *has_today)
{
    const struct karto_touch *touch = karto_change_touch(change, KARTO_F_TERRITORY);
    *has_today = false;
    for (uint32_t i = 0; touch && i < touch->count; i++) {
        struct karto_value value;
        int64_t from;
        if (karto_value_decode(touch->sets[i].value, &value) != KARTO_OK || value.type != KARTO_TEXT)
            return KARTO_E_INVALID;
        if (!own_territory(rights, value.text))
            return KARTO_E_NOT_PERMITTED;
        *has_today = *has_today || (karto_date_of_key(touch->sets[i].key, &from) && from <= today);
    }
    return KARTO_OK;
}

bool karto_rights_write(const struct karto_rights *rights, uint32_t kind, uint32_t field, bool is_new)
{
    bool place = kind == KARTO_CLIENT && (field == KARTO_F_TERRITORY || field == KARTO_F_MANAGER);
    return karto_role_writes(rights->role, kind, field) || (is_new && place);
}

static bool may_write(const struct karto_rights *rights, const struct karto_change *change, bool is_new)
{
    for (uint32_t i = 0; i < change->count; i++)
        if (!karto_rights_write(rights, change->kind, change->touches[i].field, is_new))
            return KARTO_BROKEN("writes");
    return !is_new || karto_role_makes(rights->role, change->kind);
}

/* Where it is to be, of a role that is not everywhere. */
static enum karto_err check_place(const struct karto_rights *rights, const struct karto_change *change, bool is_new,
                                  int64_t today)
{
    bool has_today;
    if (change->kind != KARTO_CLIENT)
        return !is_new || karto_change_touch(change, KARTO_F_CLIENT) ? KARTO_OK : KARTO_E_INVALID;
    enum karto_err err = check_territories(rights, change, today, &has_today);
    return err == KARTO_OK && is_new && !has_today ? KARTO_E_INVALID : err;
}

enum karto_err karto_rights_check(const struct karto_rights *rights, const struct karto_change *change, bool is_new,
                                  int64_t today)
{
    if (change->kind == KARTO_DEVICE || !may_write(rights, change, is_new))
        return KARTO_E_NOT_PERMITTED; /* those of devices are written by the hub alone */
    return karto_role_is_everywhere(rights->role) ? KARTO_OK : check_place(rights, change, is_new, today);
}
