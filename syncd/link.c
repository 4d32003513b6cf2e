#include "syncd/link.h"

#include "core/base/fatal.h"

static const struct {
    const char *word, *text;
    enum karto_err err;
} links[KARTO_LINK_COUNT] = {
    [KARTO_LINK_NEVER] = {"never", "not tried yet", KARTO_OK},
    [KARTO_LINK_UP] = {"up", "connected", KARTO_OK},
    [KARTO_LINK_NO_NAME] = {"no-name", "the hub's name is not found", KARTO_E_OFFLINE},
    [KARTO_LINK_UNREACHABLE] = {"unreachable", "there is no way to the hub", KARTO_E_OFFLINE},
    [KARTO_LINK_SILENT] = {"silent", "the hub does not answer in time", KARTO_E_OFFLINE},
    [KARTO_LINK_REFUSED] = {"refused", "no hub listens at this address", KARTO_E_OFFLINE},
    [KARTO_LINK_CUT] = {"cut", "the connection broke", KARTO_E_OFFLINE},
    [KARTO_LINK_NOT_A_HUB] = {"not-a-hub", "what answers at this address is not a hub", KARTO_E_OFFLINE},
    [KARTO_LINK_FOREIGN_HUB] = {"foreign-hub", "the hub's certificate is not by the authority of this device",
                                KARTO_E_CERTIFICATE},
    [KARTO_LINK_HUB_EXPIRED] = {"hub-expired", "the hub's certificate has expired", KARTO_E_CERTIFICATE},
    [KARTO_LINK_HUB_NOT_YET_VALID] = {"hub-early", "the hub's certificate is not valid yet: check this clock",
                                      KARTO_E_CERTIFICATE},
    [KARTO_LINK_UNKNOWN_AUTHORITY] = {"unknown-authority", "the hub does not know this device's authority",
                                      KARTO_E_CERTIFICATE},
    [KARTO_LINK_NO_CERTIFICATE] = {"no-certificate", "this device showed no certificate", KARTO_E_CERTIFICATE},
    [KARTO_LINK_EXPIRED] = {"expired", "this device's certificate has expired", KARTO_E_CERTIFICATE},
    [KARTO_LINK_NOT_YET_VALID] = {"early", "this device's certificate is not valid yet: compare clocks",
                                  KARTO_E_CERTIFICATE},
    [KARTO_LINK_REVOKED] = {"revoked", "this device was revoked", KARTO_E_REVOKED},
};

const char *karto_link_text(enum karto_link link)
{
    KARTO_ASSERT((unsigned)link < KARTO_LINK_COUNT);
    return links[link].text;
}

const char *karto_link_word(enum karto_link link)
{
    KARTO_ASSERT((unsigned)link < KARTO_LINK_COUNT);
    return links[link].word;
}

enum karto_err karto_link_err(enum karto_link link)
{
    KARTO_ASSERT((unsigned)link < KARTO_LINK_COUNT);
    return links[link].err;
}
