#include "core/model/rights.h"

enum { CREDIT_LIMIT = 30 };

const char *karto_role_name(enum karto_role role)
{
    switch (role) {
    case KARTO_ROLE_OFFICE: return "office";
    case KARTO_ROLE_REPRESENTATIVE: return "representative";
    }
    return "";
}

bool karto_role_named(struct karto_slice name, enum karto_role *role)
{
    for (int i = KARTO_ROLE_OFFICE; i <= KARTO_ROLE_REPRESENTATIVE; i++)
        if (karto_slice_is(name, karto_role_name((enum karto_role)i))) {
            *role = (enum karto_role)i;
            return true;
        }
    return false;
}

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

bool karto_rights_hold(const struct karto_rights *rights, struct karto_slice home)
{
    return rights->role == KARTO_ROLE_OFFICE || karto_slice_is(home, KARTO_EVERYBODY) ||
           (home.size > 0 && own_territory(rights, home));
}

/* Who creates a client gives it territories of his own, one of them today, and nothing else. */
static enum karto_err check_new_territory(const struct karto_rights *rights, const struct karto_change *change,
                                          int64_t today)
{
    const struct karto_touch *touch = karto_change_touch(change, KARTO_F_TERRITORY);
    bool has_today = false;
    for (uint32_t i = 0; touch && i < touch->count; i++) {
        struct karto_value value;
        int64_t from;
        if (karto_value_decode(touch->sets[i].value, &value) != KARTO_OK || value.type != KARTO_TEXT)
            return KARTO_E_INVALID;
        if (!own_territory(rights, value.text))
            return KARTO_E_NOT_PERMITTED;
        has_today = has_today || (karto_date_of_key(touch->sets[i].key, &from) && from <= today);
    }
    return has_today ? KARTO_OK : KARTO_E_INVALID;
}

static enum karto_err check_new(const struct karto_rights *rights, const struct karto_change *change, int64_t today)
{
    if (change->kind != KARTO_CLIENT)
        return karto_change_touch(change, KARTO_F_CLIENT) ? KARTO_OK : KARTO_E_INVALID;
    return check_new_territory(rights, change, today);
}

enum karto_err karto_rights_check(const struct karto_rights *rights, const struct karto_change *change, bool is_new,
                                  int64_t today)
{
    if (change->kind == KARTO_DEVICE)
        return KARTO_E_NOT_PERMITTED; /* written by the hub alone */
    if (rights->role == KARTO_ROLE_OFFICE)
        return KARTO_OK;
    if (karto_change_touch(change, CREDIT_LIMIT) && change->kind == KARTO_CLIENT)
        return KARTO_E_NOT_PERMITTED;
    if (is_new)
        return check_new(rights, change, today);
    bool places = karto_change_touch(change, KARTO_F_TERRITORY) || karto_change_touch(change, KARTO_F_MANAGER) ||
                  karto_change_touch(change, KARTO_F_MERGED);
    return places ? KARTO_E_NOT_PERMITTED : KARTO_OK;
}
