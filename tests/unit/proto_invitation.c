/* Invitations come from paper and mail, so from anybody: what is printed is read back, and nothing else is. */
#include "proto/invitation.h"

#include "tests/check.h"

#define AUTHORITY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define TOKEN     "0123456789abcdef0123456789abcdef"

static enum karto_err parse(const char *text, struct karto_invitation *out)
{
    return karto_invitation_parse(karto_slice_str(text), out);
}

static void reads_back_what_it_prints(const char *hub, const char *host, unsigned port)
{
    char text[400];
    snprintf(text, sizeof text, "karto1://%s/%s/%s", hub, AUTHORITY, TOKEN);
    struct karto_invitation invitation;
    CHECK_INT(parse(text, &invitation), KARTO_OK);
    CHECK_STR(invitation.hub.host, host);
    CHECK_INT(invitation.hub.port, port);
    CHECK_INT(invitation.authority[1], 0x11);
    CHECK_INT(invitation.token[15], 0xef);
    struct karto_buf again = KARTO_BUF_EMPTY;
    karto_invitation_print(&invitation, &again);
    CHECK(karto_slice_is(karto_buf_slice(&again), text));
    karto_buf_fini(&again);
}

static void refuses_everything_else(void)
{
    static const char *const bad[] = {
        "",
        "karto1://",
        "karto1:/hub.example:4444/" AUTHORITY "/" TOKEN,
        "Karto1://hub.example:4444/" AUTHORITY "/" TOKEN,
        "karto0://hub.example:4444/" AUTHORITY "/" TOKEN,
        "karto://hub.example:4444/" AUTHORITY "/" TOKEN,
        "karto1://hub.example/" AUTHORITY "/" TOKEN,
        "karto1://hub.example:0/" AUTHORITY "/" TOKEN,
        "karto1://hub.example:04444/" AUTHORITY "/" TOKEN,
        "karto1://hub.example:65536/" AUTHORITY "/" TOKEN,
        "karto1://hub.example:/" AUTHORITY "/" TOKEN,
        "karto1://:4444/" AUTHORITY "/" TOKEN,
        "karto1://-hub:4444/" AUTHORITY "/" TOKEN,
        "karto1://hub example:4444/" AUTHORITY "/" TOKEN,
        "karto1://user@hub.example:4444/" AUTHORITY "/" TOKEN,
        "karto1://hub.example:4444,hub2.example:4444/" AUTHORITY "/" TOKEN,
        "karto1://::1:4444/" AUTHORITY "/" TOKEN,
        "karto1://[::1:4444/" AUTHORITY "/" TOKEN,
        "karto1://[hub]:4444/" AUTHORITY "/" TOKEN,
        "karto1://[]:4444/" AUTHORITY "/" TOKEN,
        "karto1://hub.example:4444/" AUTHORITY,
        "karto1://hub.example:4444/" AUTHORITY "/",
        "karto1://hub.example:4444/" AUTHORITY "/" TOKEN "/",
        "karto1://hub.example:4444/" AUTHORITY "/" TOKEN "0",
        "karto1://hub.example:4444/" AUTHORITY "/" TOKEN "?a=b",
        "karto1://hub.example:4444/" AUTHORITY "00/" TOKEN,
        "karto1://hub.example:4444/" AUTHORITY "/0123456789ABCDEF0123456789abcdef",
        "karto1://hub.example:4444/" AUTHORITY "/0123456789abcdef0123456789abcdeg",
        "karto1://hub.example:4444/ " AUTHORITY "/" TOKEN,
    };
    struct karto_invitation invitation = {.token = {42}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(bad[i], &invitation) != KARTO_E_INVITATION) {
            fprintf(stderr, "taken: %s\n", bad[i]);
            exit(1);
        }
    CHECK_INT(invitation.token[0], 42); /* untouched */
    CHECK_INT(parse("karto2://anything", &invitation), KARTO_E_VERSION);
    CHECK_INT(parse("karto17://", &invitation), KARTO_E_VERSION);
}

/* Every cut of a good one is a bad one, and every byte may be any other without harm. */
static void survives_damage(void)
{
    static const char good[] = "karto1://[2001:db8::1]:4444/" AUTHORITY "/" TOKEN;
    struct karto_invitation invitation;
    for (size_t size = 0; size < sizeof good - 1; size++)
        CHECK_INT(karto_invitation_parse(karto_slice(good, size), &invitation), KARTO_E_INVITATION);
    unsigned taken = 0;
    for (size_t at = 0; at < sizeof good - 1; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char text[sizeof good];
            memcpy(text, good, sizeof text);
            text[at] = (char)byte;
            taken += karto_invitation_parse(karto_slice(text, sizeof text - 1), &invitation) == KARTO_OK;
        }
    }
    CHECK(taken > 96 * 16 && taken < 96 * 16 + 28 * 23); /* 96 digits of 16; a few other hosts and ports */
}

int main(void)
{
    char longest[KARTO_HOST_SIZE_MAX + 8] = {0}, host[KARTO_HOST_SIZE_MAX + 2] = {0};
    reads_back_what_it_prints("hub.example:4444", "hub.example", 4444);
    reads_back_what_it_prints("192.0.2.7:1", "192.0.2.7", 1);
    reads_back_what_it_prints("[2001:db8::1]:65535", "2001:db8::1", 65535);
    memset(host, 'h', KARTO_HOST_SIZE_MAX);
    snprintf(longest, sizeof longest, "%s:1", host);
    reads_back_what_it_prints(longest, host, 1);

    struct karto_address address;
    CHECK_INT(karto_address_parse(karto_slice_str("0.0.0.0:0"), &address), KARTO_OK);
    CHECK_INT(address.port, 0);
    memset(host, 'h', KARTO_HOST_SIZE_MAX + 1);
    snprintf(longest, sizeof longest, "%.*s:1", KARTO_HOST_SIZE_MAX + 1, host);
    CHECK_INT(karto_address_parse(karto_slice_str(longest), &address), KARTO_E_INVALID);

    struct karto_invitation invitation;
    CHECK_INT(parse(" karto1://hub:1/" AUTHORITY "/" TOKEN "\r\n", &invitation), KARTO_OK);
    refuses_everything_else();
    survives_damage();
    return 0;
}
