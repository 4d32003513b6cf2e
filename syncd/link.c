#include "syncd/link.h"

#include "core/base/fatal.h"

static const struct {
    const char *text;
    enum karto_err err;
} links[KARTO_LINK_COUNT] = {
    [KARTO_LINK_NEVER] = {"not tried yet", KARTO_OK},
    [KARTO_LINK_UP] = {"connected", KARTO_OK},
    [KARTO_LINK_UNREACHABLE] = {"the hub cannot be reached", KARTO_E_OFFLINE},
    [KARTO_LINK_REFUSED] = {"no hub listens at this address", KARTO_E_OFFLINE},
    [KARTO_LINK_CUT] = {"the connection broke", KARTO_E_OFFLINE},
    [KARTO_LINK_NOT_A_HUB] = {"what answers at this address is not a hub", KARTO_E_OFFLINE},
    [KARTO_LINK_FOREIGN_HUB] = {"the hub's certificate is not by the authority of this device", KARTO_E_CERTIFICATE},
    [KARTO_LINK_HUB_EXPIRED] = {"the hub's certificate has expired", KARTO_E_CERTIFICATE},
    [KARTO_LINK_HUB_NOT_YET_VALID] = {"the hub's certificate is not valid yet: check this clock", KARTO_E_CERTIFICATE},
    [KARTO_LINK_UNKNOWN_AUTHORITY] = {"the hub does not know this device's authority", KARTO_E_CERTIFICATE},
    [KARTO_LINK_NO_CERTIFICATE] = {"this device showed no certificate", KARTO_E_CERTIFICATE},
    [KARTO_LINK_EXPIRED] = {"this device's certificate has expired", KARTO_E_CERTIFICATE},
    [KARTO_LINK_NOT_YET_VALID] = {"this device's certificate is not valid yet: compare clocks", KARTO_E_CERTIFICATE},
    [KARTO_LINK_REVOKED] = {"this device was revoked", KARTO_E_REVOKED},
};

const char *karto_link_text(enum karto_link link)
{
    KARTO_ASSERT((unsigned)link < KARTO_LINK_COUNT);
    return links[link].text;
}

enum karto_err karto_link_err(enum karto_link link)
{
    KARTO_ASSERT((unsigned)link < KARTO_LINK_COUNT);
    return links[link].err;
}
