#include "syncd/tls.h"

#include "core/base/fatal.h"
#include "core/base/hash.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <string.h>

enum { CHAIN_SIZE_MAX = 16 * 1024 }; /* bytes of certificates that a peer may send: ours are below 1 KiB each */

struct karto_tls {
    SSL_CTX *settings;
    const char *server_name; /* what a device asks for; NULL on a hub */
    karto_admit *admit;
    void *context;
    uint8_t fingerprint[32]; /* of a joiner */
};

struct karto_tls_stream {
    SSL *ssl;
    const struct karto_tls *tls;
    struct karto_tls_io io;
    enum karto_link failure;
    enum karto_refusal refusal;
    bool finished; /* the handshake */
    bool enrols;
    struct karto_buf authority;
};

/* ---- Bytes below TLS ---- */

static int io_result(BIO *bio, enum karto_io io, int retry)
{
    if (io == KARTO_IO_AGAIN)
        BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    return io == KARTO_IO_FINE;
}

static int bio_receive(BIO *bio, char *data, size_t size, size_t *moved)
{
    struct karto_tls_stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    return io_result(bio, stream->io.receive(stream->io.context, data, size, moved), BIO_FLAGS_READ);
}

static int bio_send(BIO *bio, const char *data, size_t size, size_t *moved)
{
    struct karto_tls_stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    return io_result(bio, stream->io.send(stream->io.context, data, size, moved), BIO_FLAGS_WRITE);
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *method;

static void make_method(void)
{
    method = karto_must(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "karto"));
    BIO_meth_set_read_ex(method, bio_receive);
    BIO_meth_set_write_ex(method, bio_send);
    BIO_meth_set_ctrl(method, bio_control);
}

static BIO *new_bio(struct karto_tls_stream *stream)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_method);
    BIO *bio = karto_must(BIO_new(method));
    BIO_set_data(bio, stream);
    BIO_set_init(bio, 1);
    return bio;
}

/* ---- Settings ---- */

static struct karto_tls *new_tls(const SSL_METHOD *side)
{
    struct karto_tls *tls = karto_must(calloc(1, sizeof *tls));
    SSL_CTX *settings = karto_must(SSL_CTX_new(side));
    KARTO_ASSERT(SSL_CTX_set_min_proto_version(settings, TLS1_3_VERSION) == 1);
    SSL_CTX_set_options(settings, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_num_tickets(settings, 0);
    SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(settings,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_max_cert_list(settings, CHAIN_SIZE_MAX);
    tls->settings = settings;
    return tls;
}

void karto_tls_free(struct karto_tls *tls)
{
    if (tls)
        SSL_CTX_free(tls->settings);
    free(tls);
}

static BIO *open_pem(struct karto_slice pem)
{
    return pem.size && pem.size <= KARTO_PEM_SIZE_MAX ? karto_must(BIO_new_mem_buf(pem.data, (int)pem.size)) : NULL;
}

/* Without one, OpenSSL asks for a password on the terminal. */
static int no_password(char *buf, int size, int writing, void *context)
{
    (void)buf, (void)size, (void)writing, (void)context;
    return -1;
}

static X509 *read_certificate(struct karto_slice pem)
{
    BIO *in = open_pem(pem);
    X509 *certificate = in ? PEM_read_bio_X509(in, NULL, no_password, NULL) : NULL;
    BIO_free(in);
    return certificate;
}

static bool use_own(SSL_CTX *settings, const struct karto_credentials *files)
{
    BIO *in = open_pem(files->key);
    EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_password, NULL) : NULL;
    BIO_free(in);
    X509 *certificate = read_certificate(files->certificate);
    bool fine = key && certificate && SSL_CTX_use_certificate(settings, certificate) == 1 &&
                SSL_CTX_use_PrivateKey(settings, key) == 1 && SSL_CTX_check_private_key(settings) == 1;
    X509_free(certificate);
    EVP_PKEY_free(key);
    return fine;
}

/* Trusts this authority alone, and shows it: a device that is about to join knows only its fingerprint. */
static bool use_authority(SSL_CTX *settings, struct karto_slice pem, bool show)
{
    X509 *authority = read_certificate(pem);
    bool fine = authority && X509_STORE_add_cert(SSL_CTX_get_cert_store(settings), authority) == 1 &&
                (!show || SSL_CTX_add1_chain_cert(settings, authority) == 1);
    X509_free(authority);
    return fine;
}

static enum karto_err finish(struct karto_tls *tls, bool fine, struct karto_tls **out)
{
    ERR_clear_error();
    if (fine)
        *out = tls;
    else
        karto_tls_free(tls);
    return fine ? KARTO_OK : KARTO_E_CERTIFICATE;
}

/* ---- The hub's side ---- */

static int judge_device(int fine, X509_STORE_CTX *chain)
{
    if (!fine || X509_STORE_CTX_get_error_depth(chain) != 0)
        return fine;
    SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct karto_tls_stream *stream = SSL_get_app_data(ssl);
    uint8_t *der = NULL;
    int size = i2d_X509(X509_STORE_CTX_get_current_cert(chain), &der);
    struct karto_certificate who;
    bool ours = size > 0 && karto_certificate_parse_der(karto_slice(der, (size_t)size), &who) == KARTO_OK;
    OPENSSL_free(der);
    if (!ours) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_INVALID_PURPOSE);
        return 0;
    }
    if (!stream->tls->admit || stream->tls->admit(stream->tls->context, who.serial, who.cn))
        return 1;
    X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REVOKED);
    return 0;
}

static int choose_by_name(SSL *ssl, int *alert, void *context)
{
    (void)context;
    struct karto_tls_stream *stream = SSL_get_app_data(ssl);
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (name && strcmp(name, KARTO_HUB_NAME) == 0)
        return SSL_TLSEXT_ERR_OK;
    if (name && strcmp(name, KARTO_ENROL_NAME) == 0) {
        stream->enrols = true;
        SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
        return SSL_TLSEXT_ERR_OK;
    }
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

enum karto_err karto_tls_hub(const struct karto_credentials *files, karto_admit *admit, void *context,
                             struct karto_tls **out)
{
    struct karto_tls *tls = new_tls(TLS_server_method());
    tls->admit = admit;
    tls->context = context;
    SSL_CTX_set_verify(tls->settings, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, judge_device);
    SSL_CTX_set_tlsext_servername_callback(tls->settings, choose_by_name);
    bool fine = use_own(tls->settings, files) && use_authority(tls->settings, files->authority, true);
    return finish(tls, fine, out);
}

/* ---- The device's side ---- */

enum karto_err karto_tls_device(const struct karto_credentials *files, struct karto_tls **out)
{
    struct karto_tls *tls = new_tls(TLS_client_method());
    tls->server_name = KARTO_HUB_NAME;
    SSL_CTX_set_verify(tls->settings, SSL_VERIFY_PEER, NULL);
    bool anonymous = files->key.size == 0 && files->certificate.size == 0;
    bool fine = (anonymous || use_own(tls->settings, files)) && use_authority(tls->settings, files->authority, false);
    return finish(tls, fine, out);
}

/* The certificate in the hub's chain that has the fingerprint, with its DER in out. */
static X509 *find_by_fingerprint(const STACK_OF(X509) * chain, const uint8_t fingerprint[32], struct karto_buf *out)
{
    for (int i = 0; i < sk_X509_num(chain); i++) {
        uint8_t *der = NULL, hash[32];
        int size = i2d_X509(sk_X509_value(chain, i), &der);
        KARTO_ASSERT(size > 0);
        karto_sha256(karto_slice(der, (size_t)size), karto_slice(NULL, 0), hash);
        bool found = memcmp(hash, fingerprint, sizeof hash) == 0;
        if (found)
            karto_buf_add(out, der, (size_t)size);
        OPENSSL_free(der);
        if (found)
            return sk_X509_value(chain, i);
    }
    return NULL;
}

/* A joiner's judgement of the hub: what has the fingerprint is the authority, and must have signed the hub's
 * certificate. Names, dates and uses are checked as ever. */
static int judge_by_fingerprint(X509_STORE_CTX *chain, void *context)
{
    const struct karto_tls *tls = context;
    struct karto_tls_stream *stream =
        SSL_get_app_data(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    karto_buf_clear(&stream->authority);
    X509 *authority = find_by_fingerprint(X509_STORE_CTX_get0_untrusted(chain), tls->fingerprint, &stream->authority);
    if (!authority) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        return 0;
    }
    STACK_OF(X509) *trusted = karto_must(sk_X509_new_null());
    KARTO_ASSERT(sk_X509_push(trusted, authority) == 1);
    X509_STORE_CTX_set0_trusted_stack(chain, trusted);
    int fine = X509_verify_cert(chain) == 1;
    sk_X509_free(trusted);
    return fine;
}

struct karto_tls *karto_tls_joiner(const uint8_t fingerprint[32])
{
    struct karto_tls *tls = new_tls(TLS_client_method());
    tls->server_name = KARTO_ENROL_NAME;
    memcpy(tls->fingerprint, fingerprint, sizeof tls->fingerprint);
    SSL_CTX_set_verify(tls->settings, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(tls->settings, judge_by_fingerprint, tls);
    return tls;
}

/* ---- Streams ---- */

struct karto_tls_stream *karto_tls_stream_new(struct karto_tls *tls, struct karto_tls_io io)
{
    struct karto_tls_stream *stream = karto_must(calloc(1, sizeof *stream));
    stream->tls = tls;
    stream->io = io;
    stream->ssl = karto_must(SSL_new(tls->settings));
    SSL_set_app_data(stream->ssl, stream);
    BIO *bio = new_bio(stream);
    SSL_set_bio(stream->ssl, bio, bio);
    if (!tls->server_name) {
        SSL_set_accept_state(stream->ssl);
        return stream;
    }
    SSL_set_connect_state(stream->ssl);
    SSL_set_hostflags(stream->ssl, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    KARTO_ASSERT(SSL_set1_host(stream->ssl, KARTO_HUB_NAME) == 1);
    KARTO_ASSERT(SSL_set_tlsext_host_name(stream->ssl, tls->server_name) == 1);
    return stream;
}

void karto_tls_stream_free(struct karto_tls_stream *stream)
{
    if (!stream)
        return;
    SSL_free(stream->ssl);
    karto_buf_fini(&stream->authority);
    free(stream);
}

static enum karto_link of_alert(int alert)
{
    switch (alert) {
    case SSL_AD_UNKNOWN_CA: return KARTO_LINK_UNKNOWN_AUTHORITY;
    case SSL_AD_CERTIFICATE_REQUIRED: return KARTO_LINK_NO_CERTIFICATE;
    case SSL_AD_CERTIFICATE_EXPIRED: return KARTO_LINK_EXPIRED;
    case SSL_AD_BAD_CERTIFICATE: return KARTO_LINK_NOT_YET_VALID; /* OpenSSL has no better alert for it */
    case SSL_AD_CERTIFICATE_REVOKED: return KARTO_LINK_REVOKED;
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_DECRYPT_ERROR: return KARTO_LINK_UNKNOWN_AUTHORITY;
    default: return KARTO_LINK_CUT;
    }
}

static enum karto_link of_verification(long result)
{
    switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return KARTO_LINK_HUB_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID: return KARTO_LINK_HUB_NOT_YET_VALID;
    default: return KARTO_LINK_FOREIGN_HUB;
    }
}

/* A refusal counts only once the handshake is over: before, anybody on the way can send an alert. */
static enum karto_link why_failed(const struct karto_tls_stream *stream)
{
    unsigned long error = ERR_peek_error();
    if (ERR_GET_LIB(error) != ERR_LIB_SSL)
        return KARTO_LINK_CUT;
    int reason = ERR_GET_REASON(error);
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return of_verification(SSL_get_verify_result(stream->ssl));
    if (!stream->finished)
        return KARTO_LINK_NOT_A_HUB;
    return reason >= SSL_AD_REASON_OFFSET ? of_alert(reason - SSL_AD_REASON_OFFSET) : KARTO_LINK_CUT;
}

static enum karto_refusal of_device(long result)
{
    switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return KARTO_REFUSED_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID: return KARTO_REFUSED_NOT_YET_VALID;
    case X509_V_ERR_CERT_REVOKED: return KARTO_REFUSED_REVOKED;
    default: return KARTO_REFUSED_FOREIGN;
    }
}

/* An end without an error is the peer's, and so is an alert. */
static enum karto_refusal why_refused(const struct karto_tls_stream *stream)
{
    unsigned long error = ERR_peek_error();
    int reason = ERR_GET_REASON(error);
    if (error == 0)
        return KARTO_REFUSED_BROKEN_OFF;
    if (ERR_GET_LIB(error) != ERR_LIB_SSL)
        return KARTO_REFUSED_NO_TLS;
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return of_device(SSL_get_verify_result(stream->ssl));
    if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
        return KARTO_REFUSED_NO_CERTIFICATE;
    return reason == SSL_R_UNEXPECTED_EOF_WHILE_READING || reason >= SSL_AD_REASON_OFFSET ? KARTO_REFUSED_BROKEN_OFF
                                                                                          : KARTO_REFUSED_NO_TLS;
}

static enum karto_tls_result settle(struct karto_tls_stream *stream, int result)
{
    if (result > 0)
        return KARTO_TLS_FINE;
    switch (SSL_get_error(stream->ssl, result)) {
    case SSL_ERROR_WANT_READ: return KARTO_TLS_READ;
    case SSL_ERROR_WANT_WRITE: return KARTO_TLS_WRITE;
    case SSL_ERROR_ZERO_RETURN: return KARTO_TLS_END;
    case SSL_ERROR_SSL: stream->failure = why_failed(stream); break;
    default: stream->failure = KARTO_LINK_CUT;
    }
    stream->refusal = why_refused(stream);
    ERR_clear_error();
    return KARTO_TLS_FAILED;
}

enum karto_tls_result karto_tls_handshake(struct karto_tls_stream *stream)
{
    ERR_clear_error();
    enum karto_tls_result result = settle(stream, SSL_do_handshake(stream->ssl));
    if (result == KARTO_TLS_FINE)
        stream->finished = true;
    return result;
}

enum karto_tls_result karto_tls_read(struct karto_tls_stream *stream, void *data, size_t size, size_t *got)
{
    *got = 0;
    ERR_clear_error();
    return settle(stream, SSL_read_ex(stream->ssl, data, size, got));
}

enum karto_tls_result karto_tls_write(struct karto_tls_stream *stream, const void *data, size_t size, size_t *wrote)
{
    *wrote = 0;
    ERR_clear_error();
    return settle(stream, SSL_write_ex(stream->ssl, data, size, wrote));
}

void karto_tls_bye(struct karto_tls_stream *stream)
{
    ERR_clear_error();
    if (stream->finished)
        SSL_shutdown(stream->ssl);
    ERR_clear_error();
}

enum karto_link karto_tls_stream_failure(const struct karto_tls_stream *stream)
{
    return stream->failure;
}

enum karto_refusal karto_tls_stream_refusal(const struct karto_tls_stream *stream)
{
    return stream->refusal;
}

bool karto_tls_stream_enrols(const struct karto_tls_stream *stream)
{
    return stream->enrols;
}

bool karto_tls_stream_peer(const struct karto_tls_stream *stream, struct karto_certificate *out)
{
    X509 *certificate = SSL_get0_peer_certificate(stream->ssl);
    uint8_t *der = NULL;
    int size = certificate ? i2d_X509(certificate, &der) : 0;
    bool fine = size > 0 && karto_certificate_parse_der(karto_slice(der, (size_t)size), out) == KARTO_OK;
    OPENSSL_free(der);
    return fine;
}

struct karto_slice karto_tls_stream_authority(const struct karto_tls_stream *stream)
{
    return karto_buf_slice(&stream->authority);
}
