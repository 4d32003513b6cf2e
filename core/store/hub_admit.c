#include "core/store/hub_admit.h"

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/store/hub_journal.h"
#include "core/store/hub_recovery.h"
#include "core/store/hub_take.h"
#include "core/store/roles.h"

bool karto_hub_is_claimed(const struct karto_device *device)
{
    return device->claims.role != NULL;
}

bool karto_hub_is_nobodys(const struct karto_device *device)
{
    return karto_slice_is(device->user, KARTO_NOBODY);
}

static enum karto_err count_claimed(struct karto_tx *tx, const struct karto_device *device, void *context)
{
    (void)tx;
    *(uint32_t *)context += karto_hub_is_claimed(device);
    return KARTO_OK;
}

static bool is_blank(struct karto_tx *tx, struct karto_slice text)
{
    return karto_text_clean(&tx->arena, text).size == 0;
}

/* What it says of itself names a role of this hub, whatever else it says of that; else it is a representative's, as
 * this hub has that one. */
static enum karto_err name_role(struct karto_tx *tx, struct karto_rights *claims)
{
    const struct karto_slice usual = karto_slice_str(karto_role_name(karto_role(KARTO_ROLE_REPRESENTATIVE)));
    enum karto_err err = karto_find_role(tx, karto_slice_str(karto_role_name(claims->role)), &claims->role);
    return err == KARTO_E_NOT_FOUND ? karto_find_role(tx, usual, &claims->role) : err;
}

enum karto_err karto_hub_claim(struct karto_tx *tx, const struct karto_device *device, struct karto_slice name)
{
    struct karto_recovery recovery;
    struct karto_device entered = *device;
    uint32_t waiting = 0;
    enum karto_err err = karto_hub_recovery_state(tx, &recovery);
    if (err == KARTO_OK && !recovery.ever)
        err = KARTO_E_USAGE;
    if (err == KARTO_OK)
        err = karto_hub_each_device(tx, count_claimed, &waiting);
    if (err == KARTO_OK && waiting >= KARTO_CLAIMED_MAX)
        err = KARTO_E_NOT_ADMITTED;
    if (is_blank(tx, device->user) || device->user.size > KARTO_AUTHOR_SIZE_MAX)
        entered.user = karto_slice_str(KARTO_NOBODY);
    entered.scope = (struct karto_rights){.role = karto_role(KARTO_ROLE_REPRESENTATIVE)}; /* of no territory */
    entered.rights = 1;
    if (err == KARTO_OK)
        err = name_role(tx, &entered.claims);
    return err == KARTO_OK ? karto_hub_enter(tx, &entered, is_blank(tx, name) ? entered.user : name) : err;
}

enum karto_err karto_hub_admit(struct karto_tx *tx, struct karto_device *device, const struct karto_rights *scope)
{
    if (!karto_hub_is_claimed(device) || karto_hub_is_nobodys(device) || device->revoked)
        return KARTO_E_USAGE;
    device->scope = *scope; /* which may be what it claims */
    device->claims = (struct karto_rights){.role = NULL};
    device->rights++;
    enum karto_err err = karto_renew_role(tx, &device->scope);
    return err == KARTO_OK ? karto_hub_put_device(tx, device) : err;
}

static enum karto_err turn_out(struct karto_tx *tx, struct karto_device *device, bool retired)
{
    const char *dir = karto_store_dir(tx->store);
    enum karto_err err =
        retired ? karto_hub_journal_retired(dir, device->id) : karto_hub_journal_revoked(dir, device->id);
    device->revoked = true;
    device->retired = retired;
    device->claims = (struct karto_rights){.role = NULL};
    return err == KARTO_OK ? karto_hub_put_device(tx, device) : err;
}

/* What is said of its data: with a time, so that of several such lines the last is known, wherever it stands. */
static enum karto_err decide_on_data(struct karto_tx *tx, struct karto_device *device, bool wipe)
{
    int64_t now_ms = karto_sys_now_ms(tx->sys);
    if (device->wiped_ms || (device->revoked_ms && device->wipe == wipe))
        return KARTO_OK;
    device->wipe = wipe;
    device->revoked_ms = now_ms > device->revoked_ms ? now_ms : device->revoked_ms + 1;
    const struct karto_journal_line line = {device->id, wipe ? KARTO_JOURNAL_WIPE : KARTO_JOURNAL_KEEP,
                                            device->revoked_ms};
    return karto_hub_journal_data(karto_store_dir(tx->store), &line);
}

enum karto_err karto_hub_revoke(struct karto_tx *tx, struct karto_device *device, bool wipe)
{
    enum karto_err err = turn_out(tx, device, device->retired);
    if (err == KARTO_OK)
        err = decide_on_data(tx, device, wipe);
    return err == KARTO_OK ? karto_hub_put_device(tx, device) : err;
}

enum karto_err karto_hub_wiped(struct karto_tx *tx, struct karto_device *device, int64_t at_ms)
{
    if (!device->revoked)
        return KARTO_E_USAGE;
    if (device->wiped_ms)
        return KARTO_OK;
    device->wiped_ms = at_ms;
    const struct karto_journal_line line = {device->id, KARTO_JOURNAL_WIPED, at_ms};
    enum karto_err err = karto_hub_journal_data(karto_store_dir(tx->store), &line);
    return err == KARTO_OK ? karto_hub_put_device(tx, device) : err;
}

enum karto_err karto_hub_retire(struct karto_tx *tx, struct karto_device *device)
{
    return turn_out(tx, device, !device->revoked || device->retired);
}
