/* authority.h - keys and certificates: the hub's private authority, the hub's own certificate, and those of devices. EC
 * P-256 and SHA-256 throughout, X.509v3, PEM as text. No TLS and no sockets here: the command line makes keys, too.
 *
 * What keeps devices and hub apart: a device's certificate is good for the client's side of TLS only, and names no
 * host; the hub's is good for the server's side only, and names KARTO_HUB_NAME, whatever its address is. The authority
 * signs nothing else, and no authority below itself.
 *
 * PEM goes behind what the buffer holds. Times are UTC milliseconds since 1970; certificates count whole seconds. All
 * functions may be called from any thread. */
#ifndef KARTO_PROTO_AUTHORITY_H
#define KARTO_PROTO_AUTHORITY_H

#include "core/base/buf.h"
#include "core/base/err.h"

/* The one name that a hub's certificate carries, and the one that asks for enrolment (TLS server name). Neither is ever
 * looked up: .invalid is nobody's (RFC 2606). */
#define KARTO_HUB_NAME   "hub.kartoteka.invalid"
#define KARTO_ENROL_NAME "enrol.kartoteka.invalid"

enum {
    KARTO_AUTHORITY_DAYS = 20 * 365,
    KARTO_HUB_CERTIFICATE_DAYS = 2 * 365,
    KARTO_DEVICE_CERTIFICATE_DAYS = 365,
    KARTO_CERTIFICATE_EARLY_S = 5 * 60, /* valid from so long before now: clocks in the field differ */
    KARTO_DEVICE_ID_SIZE = 32,          /* lower-case hexadecimal digits of a device's id */
    KARTO_SERIAL_SIZE = 32,             /* lower-case hexadecimal digits of a serial number */
    KARTO_PEM_SIZE_MAX = 16 * 1024,     /* bytes of one key, request or certificate as PEM */
};

/* A private key. */
struct karto_key;

struct karto_key *karto_key_new(void);
void karto_key_free(struct karto_key *key);

/* KARTO_E_CORRUPT: not a private key in PEM, or one behind a password; KARTO_E_INVALID: not EC P-256. */
KARTO_CHECKED enum karto_err karto_key_parse(struct karto_slice pem, struct karto_key **out);

void karto_key_print(const struct karto_key *key, struct karto_buf *pem);  /* secret; see karto_forget */
void karto_key_public(const struct karto_key *key, struct karto_buf *der); /* SubjectPublicKeyInfo */
KARTO_CHECKED enum karto_err karto_key_save(const struct karto_key *key, const char *path); /* 0600, synced */

/* KARTO_E_NOT_FOUND; KARTO_E_EXPOSED: others than its owner may read the file; and those of karto_key_parse. */
KARTO_CHECKED enum karto_err karto_key_load(const char *path, struct karto_key **out);

/* Overwrites what was secret, then frees the buffer. */
void karto_forget(struct karto_buf *secret);

/* A self-signed authority called name (1 to 64 bytes of UTF-8, else KARTO_E_INVALID), for KARTO_AUTHORITY_DAYS. */
KARTO_CHECKED enum karto_err karto_authority_make(const struct karto_key *key, struct karto_slice name, int64_t now_ms,
                                                  struct karto_buf *pem);

/* An authority that signs: its key and its certificate, both borrowed for the call. */
struct karto_authority {
    const struct karto_key *key;
    struct karto_slice pem;
};

/* The hub's certificate for the public half of hub_key. KARTO_E_CORRUPT: the authority's PEM; KARTO_E_INVALID: the key
 * is not that certificate's. */
KARTO_CHECKED enum karto_err karto_authority_sign_hub(const struct karto_authority *authority,
                                                      const struct karto_key *hub_key, int64_t now_ms,
                                                      struct karto_buf *pem);

/* A device's certificate for the public key of request (karto_csr_make). Nothing else of the request is used: the hub
 * chooses device_id (32 lower-case hexadecimal digits, else KARTO_E_USAGE), serial number and dates.
 * KARTO_E_CERTIFICATE: the request is no request, its key is not EC P-256, or its signature is not by that key. */
KARTO_CHECKED enum karto_err karto_authority_sign_device(const struct karto_authority *authority,
                                                         struct karto_slice request, const char *device_id,
                                                         int64_t now_ms, struct karto_buf *pem);

/* SHA-256 of the certificate as DER. KARTO_E_CORRUPT: not a certificate in PEM. */
KARTO_CHECKED enum karto_err karto_authority_fingerprint(struct karto_slice pem, uint8_t out[32]);

/* A certificate request, signed by key; it names nobody. */
void karto_csr_make(const struct karto_key *key, struct karto_buf *pem);

/* The public key of a request, as karto_key_public gives it, when the request is sound: so a hub sees that the same
 * device asks again. KARTO_E_CERTIFICATE as in karto_authority_sign_device. */
KARTO_CHECKED enum karto_err karto_csr_public(struct karto_slice request, struct karto_buf *der);

struct karto_certificate {
    char cn[65];                        /* the common name; a device's id */
    char serial[KARTO_SERIAL_SIZE + 1]; /* all 32 digits, leading zeros too */
    int64_t not_before_ms, not_after_ms;
    size_t public_size;      /* bytes of public_key */
    uint8_t public_key[128]; /* SubjectPublicKeyInfo, DER */
};

/* The facts of a certificate: of the first one in PEM, or of DER with nothing behind it. Whether anybody should believe
 * them is another question. KARTO_E_CORRUPT: not a certificate; KARTO_E_INVALID: not one that we make (another kind of
 * key, not exactly one common name, a serial number of more than 128 bits). */
KARTO_CHECKED enum karto_err karto_certificate_parse(struct karto_slice pem, struct karto_certificate *out);
KARTO_CHECKED enum karto_err karto_certificate_parse_der(struct karto_slice der, struct karto_certificate *out);

/* DER as PEM. KARTO_E_CORRUPT: not a certificate. */
KARTO_CHECKED enum karto_err karto_certificate_print(struct karto_slice der, struct karto_buf *pem);

enum karto_certificate_use { KARTO_CERTIFICATE_HUB, KARTO_CERTIFICATE_DEVICE };

/* Whether pem is a certificate of this authority, for this use, valid at now_ms: else KARTO_E_CERTIFICATE.
 * KARTO_E_CORRUPT: one of the two is not a certificate. */
KARTO_CHECKED enum karto_err karto_certificate_verify(struct karto_slice pem, struct karto_slice authority_pem,
                                                      enum karto_certificate_use use, int64_t now_ms);

/* What one side of TLS needs, as PEM, all borrowed: who it is, and whose word it takes for who the other is. */
struct karto_credentials {
    struct karto_slice key, certificate, authority;
};

#endif
