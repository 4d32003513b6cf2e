#include "proto/authority.h"

#include "core/base/fatal.h"
#include "core/base/hash.h"
#include "core/base/os_posix.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

struct karto_key {
    EVP_PKEY *pkey;
};

/* ---- Keys ---- */

static bool is_p256(const EVP_PKEY *pkey)
{
    char group[32];
    size_t size = 0;
    return pkey && EVP_PKEY_is_a(pkey, "EC") &&
           EVP_PKEY_get_utf8_string_param(pkey, "group", group, sizeof group, &size) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

static struct karto_key *wrap(EVP_PKEY *pkey)
{
    struct karto_key *key = karto_must(malloc(sizeof *key));
    key->pkey = pkey;
    return key;
}

struct karto_key *karto_key_new(void)
{
    return wrap(karto_must(EVP_EC_gen("P-256")));
}

void karto_key_free(struct karto_key *key)
{
    if (key)
        EVP_PKEY_free(key->pkey);
    free(key);
}

static BIO *open_slice(struct karto_slice bytes)
{
    if (bytes.size == 0 || bytes.size > KARTO_PEM_SIZE_MAX)
        return NULL;
    return karto_must(BIO_new_mem_buf(bytes.data, (int)bytes.size));
}

/* OpenSSL's own answer to an encrypted key is to ask on the terminal. */
static int no_password(char *buf, int size, int writing, void *context)
{
    (void)buf, (void)size, (void)writing, (void)context;
    return -1;
}

enum karto_err karto_key_parse(struct karto_slice pem, struct karto_key **out)
{
    BIO *in = open_slice(pem);
    EVP_PKEY *pkey = in ? PEM_read_bio_PrivateKey(in, NULL, no_password, NULL) : NULL;
    BIO_free(in);
    ERR_clear_error();
    if (!pkey)
        return KARTO_E_CORRUPT;
    if (!is_p256(pkey)) {
        EVP_PKEY_free(pkey);
        return KARTO_E_INVALID;
    }
    *out = wrap(pkey);
    return KARTO_OK;
}

static void add_bio(BIO *bio, struct karto_buf *out)
{
    char *data = NULL;
    long size = BIO_get_mem_data(bio, &data);
    karto_buf_add(out, data, (size_t)size);
    BIO_free(bio);
}

void karto_key_print(const struct karto_key *key, struct karto_buf *pem)
{
    BIO *out = karto_must(BIO_new(BIO_s_secmem()));
    KARTO_ASSERT(PEM_write_bio_PrivateKey(out, key->pkey, NULL, NULL, 0, NULL, NULL) == 1);
    add_bio(out, pem);
}

static void print_public(EVP_PKEY *pkey, struct karto_buf *der)
{
    uint8_t *bytes = NULL;
    int size = i2d_PUBKEY(pkey, &bytes);
    KARTO_ASSERT(size > 0);
    karto_buf_add(der, bytes, (size_t)size);
    OPENSSL_free(bytes);
}

void karto_key_public(const struct karto_key *key, struct karto_buf *der)
{
    print_public(key->pkey, der);
}

void karto_forget(struct karto_buf *secret)
{
    if (secret->data)
        OPENSSL_cleanse(secret->data, secret->capacity);
    karto_buf_fini(secret);
}

enum karto_err karto_key_save(const struct karto_key *key, const char *path)
{
    struct karto_buf pem = KARTO_BUF_EMPTY;
    karto_buf_reserve(&pem, 1024); /* so that no copy stays behind when it grows */
    karto_key_print(key, &pem);
    enum karto_err err = karto_os_write_file(path, karto_buf_slice(&pem), 0600);
    int why = errno;
    karto_forget(&pem);
    errno = why;
    return err;
}

enum karto_err karto_key_load(const char *path, struct karto_key **out)
{
    if (karto_os_exposed(path))
        return KARTO_E_EXPOSED;
    struct karto_buf pem = KARTO_BUF_EMPTY;
    enum karto_err err = karto_os_read_file(path, KARTO_PEM_SIZE_MAX, &pem);
    if (err == KARTO_OK)
        err = karto_key_parse(karto_buf_slice(&pem), out);
    karto_forget(&pem);
    return err == KARTO_E_LIMIT ? KARTO_E_CORRUPT : err;
}

/* ---- Making certificates ---- */

static X509 *read_pem(struct karto_slice pem)
{
    BIO *in = open_slice(pem);
    X509 *certificate = in ? PEM_read_bio_X509(in, NULL, no_password, NULL) : NULL;
    BIO_free(in);
    ERR_clear_error();
    return certificate;
}

static void write_pem(X509 *certificate, struct karto_buf *pem)
{
    BIO *out = karto_must(BIO_new(BIO_s_mem()));
    KARTO_ASSERT(PEM_write_bio_X509(out, certificate) == 1);
    add_bio(out, pem);
}

/* 126 random bits below a bit that is always set: 16 bytes in DER, never negative, and 32 digits. */
static void set_serial(X509 *certificate)
{
    BIGNUM *number = karto_must(BN_new());
    KARTO_ASSERT(BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
    karto_must(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)));
    BN_free(number);
}

static void set_dates(X509 *certificate, int64_t now_ms, int days)
{
    time_t now = (time_t)(now_ms / 1000);
    karto_must(X509_time_adj_ex(X509_getm_notBefore(certificate), 0, -(long)KARTO_CERTIFICATE_EARLY_S, &now));
    karto_must(X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, &now));
}

static bool set_name(X509_NAME *name, struct karto_slice text)
{
    if (text.size == 0 || text.size > 64)
        return false;
    return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text.data, (int)text.size, -1, 0) == 1;
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&context);
    X509_EXTENSION *extension = karto_must(X509V3_EXT_conf_nid(NULL, &context, nid, value));
    KARTO_ASSERT(X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/* A certificate without extensions and signature; NULL when the name is none. */
static X509 *begin(struct karto_slice name, EVP_PKEY *public, int64_t now_ms, int days)
{
    X509 *certificate = karto_must(X509_new());
    X509_set_version(certificate, X509_VERSION_3);
    set_serial(certificate);
    set_dates(certificate, now_ms, days);
    KARTO_ASSERT(X509_set_pubkey(certificate, public) == 1);
    if (set_name(X509_get_subject_name(certificate), name))
        return certificate;
    X509_free(certificate);
    ERR_clear_error();
    return NULL;
}

static void finish(X509 *certificate, const struct karto_key *key, struct karto_buf *pem)
{
    KARTO_ASSERT(X509_sign(certificate, key->pkey, EVP_sha256()) > 0);
    write_pem(certificate, pem);
    X509_free(certificate);
}

enum karto_err karto_authority_make(const struct karto_key *key, struct karto_slice name, int64_t now_ms,
                                    struct karto_buf *pem)
{
    X509 *certificate = begin(name, key->pkey, now_ms, KARTO_AUTHORITY_DAYS);
    if (!certificate)
        return KARTO_E_INVALID;
    KARTO_ASSERT(X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1);
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    finish(certificate, key, pem);
    return KARTO_OK;
}

/* A certificate that this authority is about to sign, for a key: all but what tells a hub from a device. */
static enum karto_err begin_signed(const struct karto_authority *authority, const char *name, EVP_PKEY *public,
                                   int64_t now_ms, int days, X509 **out)
{
    X509 *issuer = read_pem(authority->pem);
    if (!issuer)
        return KARTO_E_CORRUPT;
    if (X509_check_private_key(issuer, authority->key->pkey) != 1) {
        ERR_clear_error();
        X509_free(issuer);
        return KARTO_E_INVALID;
    }
    X509 *certificate = karto_must(begin(karto_slice_str(name), public, now_ms, days));
    KARTO_ASSERT(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
    if (ASN1_TIME_compare(X509_get0_notAfter(certificate), X509_get0_notAfter(issuer)) > 0)
        X509_set1_notAfter(certificate, X509_get0_notAfter(issuer)); /* nobody outlives the authority */
    add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
    X509_free(issuer);
    *out = certificate;
    return KARTO_OK;
}

enum karto_err karto_authority_sign_hub(const struct karto_authority *authority, const struct karto_key *hub_key,
                                        int64_t now_ms, struct karto_buf *pem)
{
    X509 *certificate;
    enum karto_err err =
        begin_signed(authority, KARTO_HUB_NAME, hub_key->pkey, now_ms, KARTO_HUB_CERTIFICATE_DAYS, &certificate);
    if (err != KARTO_OK)
        return err;
    add_extension(certificate, NULL, NID_ext_key_usage, "critical,serverAuth");
    add_extension(certificate, NULL, NID_subject_alt_name, "DNS:" KARTO_HUB_NAME);
    finish(certificate, authority->key, pem);
    return KARTO_OK;
}

static bool is_device_id(const char *text)
{
    return strlen(text) == KARTO_DEVICE_ID_SIZE && strspn(text, "0123456789abcdef") == KARTO_DEVICE_ID_SIZE;
}

/* The request's public key, or NULL when the request is not sound. The signature proves that who asks has the key: else
 * he could have somebody else's key certified under a name that the hub believes to be his. */
static EVP_PKEY *read_csr(struct karto_slice pem)
{
    BIO *in = open_slice(pem);
    X509_REQ *request = in ? PEM_read_bio_X509_REQ(in, NULL, no_password, NULL) : NULL;
    BIO_free(in);
    EVP_PKEY *pkey = request ? X509_REQ_get_pubkey(request) : NULL;
    if (pkey && (!is_p256(pkey) || X509_REQ_verify(request, pkey) != 1)) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    X509_REQ_free(request);
    ERR_clear_error();
    return pkey;
}

enum karto_err karto_authority_sign_device(const struct karto_authority *authority, struct karto_slice request,
                                           const char *device_id, int64_t now_ms, struct karto_buf *pem)
{
    if (!is_device_id(device_id))
        return KARTO_E_USAGE;
    EVP_PKEY *public = read_csr(request);
    if (!public)
        return KARTO_E_CERTIFICATE;
    X509 *certificate;
    enum karto_err err =
        begin_signed(authority, device_id, public, now_ms, KARTO_DEVICE_CERTIFICATE_DAYS, &certificate);
    EVP_PKEY_free(public);
    if (err != KARTO_OK)
        return err;
    add_extension(certificate, NULL, NID_ext_key_usage, "critical,clientAuth");
    finish(certificate, authority->key, pem);
    return KARTO_OK;
}

/* ---- Requests ---- */

void karto_csr_make(const struct karto_key *key, struct karto_buf *pem)
{
    X509_REQ *request = karto_must(X509_REQ_new());
    X509_REQ_set_version(request, X509_REQ_VERSION_1);
    KARTO_ASSERT(X509_REQ_set_pubkey(request, key->pkey) == 1);
    KARTO_ASSERT(X509_REQ_sign(request, key->pkey, EVP_sha256()) > 0);
    BIO *out = karto_must(BIO_new(BIO_s_mem()));
    KARTO_ASSERT(PEM_write_bio_X509_REQ(out, request) == 1);
    add_bio(out, pem);
    X509_REQ_free(request);
}

enum karto_err karto_csr_public(struct karto_slice request, struct karto_buf *der)
{
    EVP_PKEY *public = read_csr(request);
    if (!public)
        return KARTO_E_CERTIFICATE;
    print_public(public, der);
    EVP_PKEY_free(public);
    return KARTO_OK;
}

/* ---- Reading certificates ---- */

enum karto_err karto_authority_fingerprint(struct karto_slice pem, uint8_t out[32])
{
    X509 *certificate = read_pem(pem);
    if (!certificate)
        return KARTO_E_CORRUPT;
    uint8_t *der = NULL;
    int size = i2d_X509(certificate, &der);
    KARTO_ASSERT(size > 0);
    karto_sha256(karto_slice(der, (size_t)size), karto_slice(NULL, 0), out);
    OPENSSL_free(der);
    X509_free(certificate);
    return KARTO_OK;
}

static bool read_cn(const X509 *certificate, char out[65])
{
    const X509_NAME *name = X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
        return false;
    uint8_t *text = NULL;
    int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    bool fine = size > 0 && size <= 64 && !memchr(text, 0, (size_t)size);
    if (fine) {
        memcpy(out, text, (size_t)size);
        out[size] = 0;
    }
    OPENSSL_free(text);
    return fine;
}

static bool read_serial(X509 *certificate, char out[KARTO_SERIAL_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), NULL);
    uint8_t bytes[KARTO_SERIAL_SIZE / 2];
    bool fine = number && !BN_is_negative(number) && BN_bn2binpad(number, bytes, sizeof bytes) == sizeof bytes;
    BN_free(number);
    for (size_t i = 0; fine && i < sizeof bytes; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[KARTO_SERIAL_SIZE] = 0;
    return fine;
}

static bool read_time(const ASN1_TIME *time, int64_t *out_ms)
{
    ASN1_TIME *epoch = karto_must(ASN1_TIME_set(NULL, 0));
    int days, seconds;
    bool fine = ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
    ASN1_TIME_free(epoch);
    if (fine)
        *out_ms = ((int64_t)days * 86400 + seconds) * 1000;
    return fine;
}

static bool read_facts(X509 *certificate, struct karto_certificate *out)
{
    EVP_PKEY *public = X509_get0_pubkey(certificate);
    if (!is_p256(public))
        return false;
    int size = i2d_PUBKEY(public, NULL);
    if (size <= 0 || (size_t)size > sizeof out->public_key)
        return false;
    uint8_t *at = out->public_key;
    out->public_size = (size_t)i2d_PUBKEY(public, &at);
    return read_cn(certificate, out->cn) && read_serial(certificate, out->serial) &&
           read_time(X509_get0_notBefore(certificate), &out->not_before_ms) &&
           read_time(X509_get0_notAfter(certificate), &out->not_after_ms);
}

static enum karto_err facts_of(X509 *certificate, struct karto_certificate *out)
{
    if (!certificate)
        return KARTO_E_CORRUPT;
    struct karto_certificate facts = {.public_size = 0};
    bool fine = read_facts(certificate, &facts);
    X509_free(certificate);
    ERR_clear_error();
    if (fine)
        *out = facts;
    return fine ? KARTO_OK : KARTO_E_INVALID;
}

enum karto_err karto_certificate_parse(struct karto_slice pem, struct karto_certificate *out)
{
    return facts_of(read_pem(pem), out);
}

static X509 *read_der(struct karto_slice der)
{
    const uint8_t *at = der.data;
    X509 *certificate = der.size && der.size <= KARTO_PEM_SIZE_MAX ? d2i_X509(NULL, &at, (long)der.size) : NULL;
    ERR_clear_error();
    if (certificate && at == der.data + der.size)
        return certificate;
    X509_free(certificate);
    return NULL;
}

enum karto_err karto_certificate_parse_der(struct karto_slice der, struct karto_certificate *out)
{
    return facts_of(read_der(der), out);
}

enum karto_err karto_certificate_print(struct karto_slice der, struct karto_buf *pem)
{
    X509 *certificate = read_der(der);
    if (!certificate)
        return KARTO_E_CORRUPT;
    write_pem(certificate, pem);
    X509_free(certificate);
    return KARTO_OK;
}

static bool verify(X509 *certificate, X509 *authority, enum karto_certificate_use use, int64_t now_ms)
{
    X509_STORE *trusted = karto_must(X509_STORE_new());
    X509_STORE_CTX *context = karto_must(X509_STORE_CTX_new());
    KARTO_ASSERT(X509_STORE_add_cert(trusted, authority) == 1);
    KARTO_ASSERT(X509_STORE_CTX_init(context, trusted, certificate, NULL) == 1);
    X509_VERIFY_PARAM *how = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(how, (time_t)(now_ms / 1000));
    X509_VERIFY_PARAM_set_purpose(how,
                                  use == KARTO_CERTIFICATE_HUB ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT);
    if (use == KARTO_CERTIFICATE_HUB) {
        X509_VERIFY_PARAM_set1_host(how, KARTO_HUB_NAME, 0);
        X509_VERIFY_PARAM_set_hostflags(how, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    }
    bool fine = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(trusted);
    ERR_clear_error();
    return fine;
}

enum karto_err karto_certificate_verify(struct karto_slice pem, struct karto_slice authority_pem,
                                        enum karto_certificate_use use, int64_t now_ms)
{
    X509 *certificate = read_pem(pem), *authority = read_pem(authority_pem);
    enum karto_err err = KARTO_E_CORRUPT;
    if (certificate && authority)
        err = verify(certificate, authority, use, now_ms) ? KARTO_OK : KARTO_E_CERTIFICATE;
    X509_free(certificate);
    X509_free(authority);
    return err;
}
