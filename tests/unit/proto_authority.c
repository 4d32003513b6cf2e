/* Keys and certificates are what devices and hub are told apart by: each promise of authority.h, and each way to ask
 * for a certificate that one may not have. */
#include "proto/authority.h"

#include "core/base/os_posix.h"
#include "tests/check.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW    INT64_C(1785585600000) /* 2026-08-01T12:00:00Z */
#define DAY    INT64_C(86400000)
#define DEVICE "00112233445566778899aabbccddeeff"

struct office {
    struct karto_key *key;
    struct karto_buf pem;
    struct karto_authority authority;
};

static struct office make_office(const char *name)
{
    struct office office = {.key = karto_key_new(), .pem = KARTO_BUF_EMPTY};
    CHECK_INT(karto_authority_make(office.key, karto_slice_str(name), NOW, &office.pem), KARTO_OK);
    office.authority = (struct karto_authority){office.key, karto_buf_slice(&office.pem)};
    return office;
}

static void close_office(struct office *office)
{
    karto_key_free(office->key);
    karto_buf_fini(&office->pem);
}

static struct karto_buf device_certificate(const struct office *office, const struct karto_key *key, int64_t now_ms)
{
    struct karto_buf request = KARTO_BUF_EMPTY, pem = KARTO_BUF_EMPTY;
    karto_csr_make(key, &request);
    CHECK_INT(karto_authority_sign_device(&office->authority, karto_buf_slice(&request), DEVICE, now_ms, &pem),
              KARTO_OK);
    karto_buf_fini(&request);
    return pem;
}

static void keys_go_through_files(const char *dir)
{
    char path[300];
    snprintf(path, sizeof path, "%s/device.key", dir);
    struct karto_key *key = karto_key_new(), *again = NULL;
    CHECK_INT(karto_key_load(path, &again), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_key_save(key, path), KARTO_OK);
    struct stat info;
    CHECK_INT(stat(path, &info), 0);
    CHECK_INT(info.st_mode & 0777, 0600);
    CHECK_INT(karto_key_load(path, &again), KARTO_OK);
    struct karto_buf one = KARTO_BUF_EMPTY, two = KARTO_BUF_EMPTY;
    karto_key_public(key, &one);
    karto_key_public(again, &two);
    CHECK_INT(one.size, 91);
    CHECK(karto_slice_equal(karto_buf_slice(&one), karto_buf_slice(&two)));
    karto_key_free(again);

    CHECK_INT(chmod(path, 0640), 0);
    CHECK_INT(karto_key_load(path, &again), KARTO_E_EXPOSED);
    CHECK_INT(karto_os_write_file(path, karto_slice_str("no key"), 0600), KARTO_OK);
    CHECK_INT(karto_key_load(path, &again), KARTO_E_CORRUPT);
    unlink(path);
    karto_buf_fini(&one);
    karto_buf_fini(&two);
    karto_key_free(key);
}

static struct karto_buf bio_text(BIO *bio)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    char *data;
    long size = BIO_get_mem_data(bio, &data);
    karto_buf_add(&buf, data, (size_t)size);
    BIO_free(bio);
    return buf;
}

static void other_keys_are_refused(void)
{
    struct karto_key *key = NULL;
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *p384 = EVP_EC_gen("P-384"), *p256 = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    CHECK(PEM_write_bio_PrivateKey(bio, rsa, NULL, NULL, 0, NULL, NULL));
    struct karto_buf pem = bio_text(bio);
    CHECK_INT(karto_key_parse(karto_buf_slice(&pem), &key), KARTO_E_INVALID);
    karto_buf_fini(&pem);

    bio = BIO_new(BIO_s_mem());
    CHECK(PEM_write_bio_PrivateKey(bio, p384, NULL, NULL, 0, NULL, NULL));
    pem = bio_text(bio);
    CHECK_INT(karto_key_parse(karto_buf_slice(&pem), &key), KARTO_E_INVALID);
    karto_buf_fini(&pem);

    char password[] = "secret";
    bio = BIO_new(BIO_s_mem());
    CHECK(PEM_write_bio_PrivateKey(bio, p256, EVP_aes_128_cbc(), NULL, 0, NULL, password));
    pem = bio_text(bio);
    CHECK_INT(karto_key_parse(karto_buf_slice(&pem), &key), KARTO_E_CORRUPT);
    karto_buf_fini(&pem);
    CHECK_INT(karto_key_parse(karto_slice(NULL, 0), &key), KARTO_E_CORRUPT);
    CHECK(key == NULL);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(p384);
    EVP_PKEY_free(p256);
}

static void an_authority_has_its_limits(void)
{
    struct karto_key *key = karto_key_new();
    struct karto_buf pem = KARTO_BUF_EMPTY;
    char name[66];
    memset(name, 'x', sizeof name);
    CHECK_INT(karto_authority_make(key, karto_slice(name, 0), NOW, &pem), KARTO_E_INVALID);
    CHECK_INT(karto_authority_make(key, karto_slice(name, 65), NOW, &pem), KARTO_E_INVALID);
    CHECK_INT(pem.size, 0);
    CHECK_INT(karto_authority_make(key, karto_slice(name, 64), NOW, &pem), KARTO_OK);
    struct karto_certificate facts;
    CHECK_INT(karto_certificate_parse(karto_buf_slice(&pem), &facts), KARTO_OK);
    CHECK_INT(facts.not_before_ms, NOW - 5 * 60 * 1000);
    CHECK_INT(facts.not_after_ms, NOW + 20 * 365 * DAY);
    CHECK_INT(strlen(facts.serial), 32);

    /* It vouches for others, and is itself neither hub nor device. */
    struct karto_slice self = karto_buf_slice(&pem);
    CHECK_INT(karto_certificate_verify(self, self, KARTO_CERTIFICATE_DEVICE, NOW), KARTO_E_CERTIFICATE);
    CHECK_INT(karto_certificate_verify(self, self, KARTO_CERTIFICATE_HUB, NOW), KARTO_E_CERTIFICATE);
    uint8_t one[32], two[32];
    CHECK_INT(karto_authority_fingerprint(self, one), KARTO_OK);
    CHECK_INT(karto_authority_fingerprint(self, two), KARTO_OK);
    CHECK(memcmp(one, two, 32) == 0);
    CHECK_INT(karto_authority_fingerprint(karto_slice_str("nothing"), one), KARTO_E_CORRUPT);
    karto_buf_fini(&pem);
    karto_key_free(key);
}

static void a_device_certificate_says_what_the_hub_decided(void)
{
    struct office office = make_office("Ромашка");
    struct karto_key *key = karto_key_new();
    struct karto_buf pem = device_certificate(&office, key, NOW), second = device_certificate(&office, key, NOW);
    struct karto_certificate facts, other;
    CHECK_INT(karto_certificate_parse(karto_buf_slice(&pem), &facts), KARTO_OK);
    CHECK_INT(karto_certificate_parse(karto_buf_slice(&second), &other), KARTO_OK);
    CHECK_STR(facts.cn, DEVICE);
    CHECK_INT(facts.not_before_ms, NOW - 5 * 60 * 1000);
    CHECK_INT(facts.not_after_ms, NOW + 365 * DAY);
    CHECK_INT(strlen(facts.serial), 32);
    CHECK_INT(strspn(facts.serial, "0123456789abcdef"), 32);
    CHECK(strcmp(facts.serial, other.serial) != 0);
    struct karto_buf public = KARTO_BUF_EMPTY;
    karto_key_public(key, &public);
    CHECK(karto_slice_equal(karto_slice(facts.public_key, facts.public_size), karto_buf_slice(&public)));

    struct karto_buf damaged = KARTO_BUF_EMPTY;
    karto_buf_add(&damaged, pem.data, pem.size / 2);
    CHECK_INT(karto_certificate_parse(karto_buf_slice(&damaged), &facts), KARTO_E_CORRUPT);
    CHECK_INT(karto_certificate_parse_der(karto_buf_slice(&pem), &facts), KARTO_E_CORRUPT);
    CHECK_STR(facts.cn, DEVICE); /* what failed has changed nothing */
    karto_buf_fini(&damaged);
    karto_buf_fini(&public);
    karto_buf_fini(&pem);
    karto_buf_fini(&second);
    karto_key_free(key);
    close_office(&office);
}

static void a_certificate_is_good_for_one_use_in_its_time(void)
{
    struct office office = make_office("Ромашка"), stranger = make_office("Ромашка");
    struct karto_key *key = karto_key_new();
    struct karto_buf device = device_certificate(&office, key, NOW), hub = KARTO_BUF_EMPTY;
    CHECK_INT(karto_authority_sign_hub(&office.authority, key, NOW, &hub), KARTO_OK);
    const struct {
        const struct karto_buf *pem;
        enum karto_certificate_use use;
        const struct office *office;
        int64_t now_ms;
        enum karto_err want;
    } cases[] = {
        {&device, KARTO_CERTIFICATE_DEVICE, &office, NOW, KARTO_OK},
        {&hub, KARTO_CERTIFICATE_HUB, &office, NOW, KARTO_OK},
        {&device, KARTO_CERTIFICATE_HUB, &office, NOW, KARTO_E_CERTIFICATE},
        {&hub, KARTO_CERTIFICATE_DEVICE, &office, NOW, KARTO_E_CERTIFICATE},
        {&device, KARTO_CERTIFICATE_DEVICE, &stranger, NOW, KARTO_E_CERTIFICATE},
        {&hub, KARTO_CERTIFICATE_HUB, &stranger, NOW, KARTO_E_CERTIFICATE},
        {&device, KARTO_CERTIFICATE_DEVICE, &office, NOW - 4 * 60 * 1000, KARTO_OK},
        {&device, KARTO_CERTIFICATE_DEVICE, &office, NOW - 6 * 60 * 1000, KARTO_E_CERTIFICATE},
        {&device, KARTO_CERTIFICATE_DEVICE, &office, NOW + 364 * DAY, KARTO_OK},
        {&device, KARTO_CERTIFICATE_DEVICE, &office, NOW + 366 * DAY, KARTO_E_CERTIFICATE},
        {&hub, KARTO_CERTIFICATE_HUB, &office, NOW + 729 * DAY, KARTO_OK},
        {&hub, KARTO_CERTIFICATE_HUB, &office, NOW + 731 * DAY, KARTO_E_CERTIFICATE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_INT(karto_certificate_verify(karto_buf_slice(cases[i].pem), cases[i].office->authority.pem, cases[i].use,
                                           cases[i].now_ms),
                  cases[i].want);
    karto_buf_fini(&device);
    karto_buf_fini(&hub);
    karto_key_free(key);
    close_office(&office);
    close_office(&stranger);
}

static void nobody_outlives_the_authority(void)
{
    struct office office = make_office("Ромашка");
    struct karto_key *key = karto_key_new();
    struct karto_buf pem = device_certificate(&office, key, NOW + 20 * 365 * DAY - 30 * DAY);
    struct karto_certificate facts;
    CHECK_INT(karto_certificate_parse(karto_buf_slice(&pem), &facts), KARTO_OK);
    CHECK_INT(facts.not_after_ms, NOW + 20 * 365 * DAY);
    karto_buf_fini(&pem);
    karto_key_free(key);
    close_office(&office);
}

static enum karto_err sign(const struct office *office, const struct karto_buf *request)
{
    struct karto_buf pem = KARTO_BUF_EMPTY, public = KARTO_BUF_EMPTY;
    enum karto_err err = karto_authority_sign_device(&office->authority, karto_buf_slice(request), DEVICE, NOW, &pem);
    CHECK_INT(pem.size > 0, err == KARTO_OK);
    CHECK_INT(karto_csr_public(karto_buf_slice(request), &public), err);
    karto_buf_fini(&pem);
    karto_buf_fini(&public);
    return err;
}

/* A request as OpenSSL makes it, with a subject of its own choice. */
static struct karto_buf request_of(EVP_PKEY *public, EVP_PKEY *signer, bool damage)
{
    X509_REQ *request = X509_REQ_new();
    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN", MBSTRING_UTF8,
                               (const unsigned char *)"administrator", -1, -1, 0);
    X509_REQ_set_pubkey(request, public);
    CHECK(X509_REQ_sign(request, signer, EVP_sha256()) > 0);
    uint8_t *der = NULL;
    int size = i2d_X509_REQ(request, &der);
    X509_REQ_free(request);
    if (damage)
        der[size - 1] ^= 1;
    const uint8_t *at = der;
    request = d2i_X509_REQ(NULL, &at, size);
    CHECK(request);
    BIO *bio = BIO_new(BIO_s_mem());
    CHECK(PEM_write_bio_X509_REQ(bio, request));
    X509_REQ_free(request);
    OPENSSL_free(der);
    return bio_text(bio);
}

static void unsound_requests_get_nothing(void)
{
    struct office office = make_office("Ромашка");
    EVP_PKEY *ec = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256"), *p384 = EVP_EC_gen("P-384"),
             *rsa = EVP_RSA_gen(2048);
    const struct {
        EVP_PKEY *public, *signer;
        bool damage;
        enum karto_err want;
    } cases[] = {
        {ec, ec, false, KARTO_OK},
        {ec, ec, true, KARTO_E_CERTIFICATE},
        {ec, other, false, KARTO_E_CERTIFICATE}, /* somebody else's key */
        {p384, p384, false, KARTO_E_CERTIFICATE},
        {rsa, rsa, false, KARTO_E_CERTIFICATE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct karto_buf request = request_of(cases[i].public, cases[i].signer, cases[i].damage);
        CHECK_INT(sign(&office, &request), cases[i].want);
        karto_buf_fini(&request);
    }
    struct karto_buf garbage = KARTO_BUF_EMPTY;
    CHECK_INT(sign(&office, &garbage), KARTO_E_CERTIFICATE);
    karto_buf_add_str(&garbage, "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n");
    CHECK_INT(sign(&office, &garbage), KARTO_E_CERTIFICATE);
    karto_buf_fini(&garbage);

    /* The subject it asks for is not what it gets. */
    struct karto_buf request = request_of(ec, ec, false), pem = KARTO_BUF_EMPTY;
    struct karto_certificate facts;
    CHECK_INT(karto_authority_sign_device(&office.authority, karto_buf_slice(&request), DEVICE, NOW, &pem), KARTO_OK);
    CHECK_INT(karto_certificate_parse(karto_buf_slice(&pem), &facts), KARTO_OK);
    CHECK_STR(facts.cn, DEVICE);
    CHECK_INT(karto_authority_sign_device(&office.authority, karto_buf_slice(&request), "oksana", NOW, &pem),
              KARTO_E_USAGE);
    karto_buf_fini(&request);
    karto_buf_fini(&pem);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(other);
    EVP_PKEY_free(p384);
    EVP_PKEY_free(rsa);
    close_office(&office);
}

static void an_authority_needs_its_own_key(void)
{
    struct office office = make_office("Ромашка"), stranger = make_office("Волошка");
    struct karto_buf pem = KARTO_BUF_EMPTY;
    struct karto_authority mixed = {stranger.key, office.authority.pem}, none = {office.key, karto_slice_str("?")};
    CHECK_INT(karto_authority_sign_hub(&mixed, office.key, NOW, &pem), KARTO_E_INVALID);
    CHECK_INT(karto_authority_sign_hub(&none, office.key, NOW, &pem), KARTO_E_CORRUPT);
    CHECK_INT(pem.size, 0);
    close_office(&office);
    close_office(&stranger);
}

int main(void)
{
    char dir[] = "/tmp/karto-authority-XXXXXX";
    CHECK(mkdtemp(dir));
    keys_go_through_files(dir);
    rmdir(dir);
    other_keys_are_refused();
    an_authority_has_its_limits();
    a_device_certificate_says_what_the_hub_decided();
    a_certificate_is_good_for_one_use_in_its_time();
    nobody_outlives_the_authority();
    unsound_requests_get_nothing();
    an_authority_needs_its_own_key();
    return 0;
}
