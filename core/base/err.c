#include "core/base/err.h"

#include <string.h>

static const struct {
    const char *id;
    bool retry;
} errors[KARTO_ERR_COUNT] = {
    [KARTO_OK] = {"OK", false},
    [KARTO_E_NOMEM] = {"E-MEMORY", true},
    [KARTO_E_IO] = {"E-IO", false},
    [KARTO_E_FULL] = {"E-DISK-FULL", false},
    [KARTO_E_READONLY] = {"E-READ-ONLY", false},
    [KARTO_E_NOT_FOUND] = {"E-NOT-FOUND", false},
    [KARTO_E_EXISTS] = {"E-EXISTS", false},
    [KARTO_E_AMBIGUOUS] = {"E-AMBIGUOUS", false},
    [KARTO_E_USAGE] = {"E-USAGE", false},
    [KARTO_E_INVALID] = {"E-INVALID", false},
    [KARTO_E_LIMIT] = {"E-LIMIT", false},
    [KARTO_E_CHANGED] = {"E-CHANGED-MEANWHILE", false},
    [KARTO_E_NO_STORE] = {"E-NO-STORE", false},
    [KARTO_E_FOREIGN] = {"E-NOT-A-STORE", false},
    [KARTO_E_NEWER] = {"E-NEWER-FORMAT", false},
    [KARTO_E_CORRUPT] = {"E-CORRUPT", false},
    [KARTO_E_EXPOSED] = {"E-STORE-EXPOSED", false},
    [KARTO_E_NETWORK_FS] = {"E-NETWORK-FS", false},
    [KARTO_E_UNENCRYPTED] = {"E-UNENCRYPTED", false},
    [KARTO_E_BUSY] = {"E-BUSY", true},
    [KARTO_E_NOT_PERMITTED] = {"E-NOT-PERMITTED", false},
    [KARTO_E_NOT_YET] = {"E-NOT-YET", false},
    [KARTO_E_ADDRESS] = {"E-ADDRESS", false},
    [KARTO_E_OFFLINE] = {"E-OFFLINE", true},
    [KARTO_E_TIMEOUT] = {"E-TIMEOUT", true},
    [KARTO_E_PROTOCOL] = {"E-PROTOCOL", true},
    [KARTO_E_VERSION] = {"E-VERSION", false},
    [KARTO_E_STALE] = {"E-STALE", true},
    [KARTO_E_OLD_HUB] = {"E-OLD-HUB", false},
    [KARTO_E_RECOVERING] = {"E-RECOVERING", true},
    [KARTO_E_HUB_BEHIND] = {"E-HUB-BEHIND", false},
    [KARTO_E_HUB_FULL] = {"E-DISK-FULL-HUB", false},
    [KARTO_E_HUB_FAILS] = {"E-HUB-FAILS", false},
    [KARTO_E_HELD] = {"E-HELD", true},
    [KARTO_E_CERTIFICATE] = {"E-CERTIFICATE", false},
    [KARTO_E_REVOKED] = {"E-REVOKED", false},
    [KARTO_E_NOT_ADMITTED] = {"E-NOT-ADMITTED", true},
    [KARTO_E_INVITATION] = {"E-INVITATION", false},
    [KARTO_E_ROLE] = {"E-STORE-ROLE", false},
    [KARTO_E_UNREADABLE] = {"E-UNREADABLE", false},
    [KARTO_E_QUARANTINE] = {"E-QUARANTINE", false},
    [KARTO_E_INTERRUPTED] = {"E-INTERRUPTED", true},
};

const char *karto_err_id(enum karto_err err)
{
    return (unsigned)err < KARTO_ERR_COUNT ? errors[err].id : "E-UNKNOWN";
}

enum karto_err karto_err_of_id(const char *id, size_t size)
{
    for (int err = 0; err < KARTO_ERR_COUNT; err++)
        if (strlen(errors[err].id) == size && memcmp(errors[err].id, id, size) == 0)
            return (enum karto_err)err;
    return KARTO_E_PROTOCOL;
}

enum karto_err karto_err_of_hub(enum karto_err err)
{
    switch (err) {
    case KARTO_E_FULL: return KARTO_E_HUB_FULL;
    case KARTO_E_NOMEM:
    case KARTO_E_IO:
    case KARTO_E_READONLY:
    case KARTO_E_BUSY:
    case KARTO_E_CORRUPT: return KARTO_E_HUB_FAILS;
    default: return err;
    }
}

bool karto_err_retry(enum karto_err err)
{
    return (unsigned)err < KARTO_ERR_COUNT && errors[err].retry;
}
