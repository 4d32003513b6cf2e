/* net.h - an organisation for the tests of the network: an authority, a hub's certificate, and devices'. */
#ifndef KARTO_TESTS_NET_H
#define KARTO_TESTS_NET_H

#include "core/base/os_posix.h"
#include "proto/authority.h"
#include "tests/check.h"

#define DAY_MS INT64_C(86400000)

/* PEM in memory that the credentials point into. */
struct identity {
    struct karto_key *key;
    struct karto_buf key_pem, certificate_pem;
    struct karto_credentials credentials;
    struct karto_certificate facts;
};

struct office {
    struct karto_key *key;
    struct karto_buf pem;
    struct karto_authority authority;
    struct identity hub;
    uint8_t fingerprint[32];
};

static inline void finish_identity(struct identity *identity, const struct office *office)
{
    karto_key_print(identity->key, &identity->key_pem);
    identity->credentials =
        (struct karto_credentials){karto_buf_slice(&identity->key_pem), karto_buf_slice(&identity->certificate_pem),
                                   karto_buf_slice(&office->pem)};
    CHECK_INT(karto_certificate_parse(karto_buf_slice(&identity->certificate_pem), &identity->facts), KARTO_OK);
}

static inline void close_identity(struct identity *identity)
{
    karto_key_free(identity->key);
    karto_forget(&identity->key_pem);
    karto_buf_fini(&identity->certificate_pem);
}

/* number becomes the device's id; the certificate is made as of now_ms. */
static inline void make_device(struct identity *device, const struct office *office, unsigned number, int64_t now_ms)
{
    char id[KARTO_DEVICE_ID_SIZE + 1];
    snprintf(id, sizeof id, "%032x", number);
    *device = (struct identity){.key = karto_key_new()};
    struct karto_buf request = KARTO_BUF_EMPTY;
    karto_csr_make(device->key, &request);
    CHECK_INT(karto_authority_sign_device(&office->authority, karto_buf_slice(&request), id, now_ms,
                                          &device->certificate_pem),
              KARTO_OK);
    karto_buf_fini(&request);
    finish_identity(device, office);
}

static inline void make_hub(struct identity *hub, const struct office *office, int64_t now_ms)
{
    *hub = (struct identity){.key = karto_key_new()};
    CHECK_INT(karto_authority_sign_hub(&office->authority, hub->key, now_ms, &hub->certificate_pem), KARTO_OK);
    finish_identity(hub, office);
}

static inline int64_t real_now_ms(void)
{
    return karto_sys_now_ms(karto_os_sys());
}

static inline void make_office(struct office *office)
{
    *office = (struct office){.key = karto_key_new()};
    /* From three years ago, so that certificates of the past and of the future can be made. */
    CHECK_INT(
        karto_authority_make(office->key, karto_slice_str("Ромашка"), real_now_ms() - 3 * 365 * DAY_MS, &office->pem),
        KARTO_OK);
    office->authority = (struct karto_authority){office->key, karto_buf_slice(&office->pem)};
    CHECK_INT(karto_authority_fingerprint(karto_buf_slice(&office->pem), office->fingerprint), KARTO_OK);
    make_hub(&office->hub, office, real_now_ms());
}

static inline void close_office(struct office *office)
{
    close_identity(&office->hub);
    karto_key_free(office->key);
    karto_buf_fini(&office->pem);
}

static inline struct karto_address local_address(unsigned port)
{
    return (struct karto_address){.host = "127.0.0.1", .port = (uint16_t)port};
}

#endif
