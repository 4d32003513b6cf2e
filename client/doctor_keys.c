/* The keys and certificates beside the store: there, readable, ours alone, fitting each other, the store, and today. */
#include "client/doctor.h"
#include "client/person.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "proto/files.h"

#include <string.h>
#include <unistd.h>

static const char area[] = "certificate";
static const int64_t day_ms = (int64_t)24 * 60 * 60 * 1000;

/* What lies beside a store of one role. */
struct set {
    const char *key, *certificate, *authority; /* NULL: none belongs there */
    const char *more;                          /* the authority's key; NULL */
    enum karto_certificate_use use;
};

static const struct set hub_set = {"hub.key", "hub.crt", "authority.crt", "authority.key", KARTO_CERTIFICATE_HUB};
static const struct set device_set = {"device.key", "device.crt", "authority.crt", NULL, KARTO_CERTIFICATE_DEVICE};
static const struct set local_set = {"device.key", NULL, NULL, NULL, KARTO_CERTIFICATE_DEVICE};

static bool is_there(const struct karto_doctor *doctor, const char *name)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_files_path(doctor->dir, name, &path);
    bool there = access((const char *)path.data, F_OK) == 0;
    karto_buf_fini(&path);
    return there;
}

/* Of a store that cannot be read, by what lies there; NULL: nothing does. */
static const struct set *find_set(const struct karto_doctor *doctor)
{
    if (doctor->known && doctor->facts.ledger.role == KARTO_ON_HUB)
        return &hub_set;
    if (doctor->known && doctor->facts.ledger.role == KARTO_ON_DEVICE)
        return &device_set;
    if (doctor->known)
        return &local_set;
    return is_there(doctor, "hub.key") ? &hub_set : is_there(doctor, "device.crt") ? &device_set : NULL;
}

/* ---- the files ---- */

static void find_file(struct karto_doctor *doctor, const char *name, enum karto_err err)
{
    const struct karto_arg file = karto_arg_str("file", name);
    bool hub = find_set(doctor) == &hub_set;
    const char *again = hub ? karto_doctor_restore(doctor) : "karto help join";
    if (err == KARTO_E_NOT_FOUND)
        KARTO_FIND(doctor, area, "D-KEY-MISSING", KARTO_BAD, again,
                   hub ? KARTO_M_DOCTOR_KEY_MISSING : KARTO_M_DOCTOR_KEY_MISSING_LAPTOP, file);
    else if (err == KARTO_E_EXPOSED)
        KARTO_FIND(doctor, area, "D-KEY-EXPOSED", KARTO_BAD, karto_doctor_on(doctor, "chmod 600", name),
                   KARTO_M_DOCTOR_KEY_EXPOSED, file);
    else if (err == KARTO_E_CORRUPT || err == KARTO_E_INVALID || err == KARTO_E_LIMIT)
        KARTO_FIND(doctor, area, "D-KEY-DAMAGED", KARTO_BAD, again,
                   hub ? KARTO_M_DOCTOR_KEY_DAMAGED : KARTO_M_DOCTOR_KEY_DAMAGED_LAPTOP, file);
    else
        KARTO_FIND(doctor, area, "D-KEY-UNREADABLE", KARTO_BAD, karto_doctor_on(doctor, "ls -l", name),
                   KARTO_M_DOCTOR_KEY_UNREADABLE, file);
}

static enum karto_err read_key(struct karto_doctor *doctor, const char *name, struct karto_key **key)
{
    struct karto_buf pem = KARTO_BUF_EMPTY;
    *key = NULL;
    enum karto_err err = karto_files_read(doctor->dir, name, &pem);
    if (err == KARTO_OK)
        err = karto_key_parse(karto_buf_slice(&pem), key);
    karto_forget(&pem);
    if (err != KARTO_OK)
        find_file(doctor, name, err);
    return err;
}

static enum karto_err read_certificate(struct karto_doctor *doctor, const char *name, struct karto_buf *pem,
                                       uint8_t fingerprint[32])
{
    enum karto_err err = karto_files_read(doctor->dir, name, pem);
    if (err == KARTO_OK)
        err = karto_authority_fingerprint(karto_buf_slice(pem), fingerprint);
    if (err != KARTO_OK)
        find_file(doctor, name, err);
    return err;
}

/* ---- what they say ---- */

static void find_day(struct karto_doctor *doctor, const char *id, enum karto_health health, const char *next,
                     enum karto_message message, int64_t at_ms)
{
    struct karto_buf time = KARTO_BUF_EMPTY;
    karto_person_time(at_ms, &time);
    KARTO_FIND(doctor, area, id, health, next, message, karto_arg_text("time", karto_buf_slice(&time)));
    karto_buf_fini(&time);
}

static void check_dates(struct karto_doctor *doctor, const struct set *set, const struct karto_certificate *certificate,
                        int64_t now_ms)
{
    const char *again = set == &hub_set ? "karto help hub init" : "karto help join";
    if (now_ms < certificate->not_before_ms)
        find_day(doctor, "D-CERTIFICATE-EARLY", KARTO_BAD, "date", KARTO_M_DOCTOR_CERTIFICATE_EARLY,
                 certificate->not_before_ms);
    else if (now_ms > certificate->not_after_ms)
        find_day(doctor, "D-CERTIFICATE-EXPIRED", KARTO_BAD, again, KARTO_M_DOCTOR_CERTIFICATE_EXPIRED,
                 certificate->not_after_ms);
    else if (now_ms > certificate->not_after_ms - KARTO_DOCTOR_CERTIFICATE_DAYS * day_ms)
        find_day(doctor, "D-CERTIFICATE-SOON", KARTO_DOUBTFUL, again, KARTO_M_DOCTOR_CERTIFICATE_SOON,
                 certificate->not_after_ms);
    else
        find_day(doctor, "D-CERTIFICATE", KARTO_FINE, NULL, KARTO_M_DOCTOR_CERTIFICATE, certificate->not_after_ms);
}

/* Whether the key is the store's, of which its node ids are made. */
static void check_key(struct karto_doctor *doctor, const struct set *set, struct karto_slice public_key)
{
    bool fits = !doctor->known || karto_slice_equal(public_key, doctor->facts.public_key);
    KARTO_FIND(doctor, area, fits ? "D-KEY" : "D-KEY-OTHER", fits ? KARTO_FINE : KARTO_BAD,
               fits ? NULL : "karto help restore", fits ? KARTO_M_DOCTOR_KEY : KARTO_M_DOCTOR_KEY_OTHER,
               karto_arg_str("file", set->key));
}

static void check_certificate(struct karto_doctor *doctor, const struct set *set, struct karto_slice pem,
                              struct karto_slice authority, struct karto_slice public_key)
{
    struct karto_certificate certificate;
    const struct karto_arg file = karto_arg_str("file", set->certificate);
    int64_t now_ms = karto_sys_now_ms(karto_os_sys());
    if (karto_certificate_parse(pem, &certificate) != KARTO_OK) {
        find_file(doctor, set->certificate, KARTO_E_CORRUPT);
        return;
    }
    bool fits = karto_slice_equal(public_key, karto_slice(certificate.public_key, certificate.public_size));
    /* when it is valid is another question, so it is asked of a moment in which it was */
    bool signed_by = karto_certificate_verify(pem, authority, set->use, certificate.not_before_ms) == KARTO_OK ||
                     karto_certificate_verify(pem, authority, set->use, now_ms) == KARTO_OK;
    if (!fits)
        KARTO_FIND(doctor, area, "D-CERTIFICATE-OTHER", KARTO_BAD, "karto help restore",
                   KARTO_M_DOCTOR_CERTIFICATE_OTHER, file);
    if (!signed_by)
        KARTO_FIND(doctor, area, "D-CERTIFICATE-FOREIGN", KARTO_BAD, "karto help restore",
                   KARTO_M_DOCTOR_CERTIFICATE_FOREIGN, file);
    check_dates(doctor, set, &certificate, now_ms);
}

/* The authority's key, with which a hub lets devices in. */
static void check_authority(struct karto_doctor *doctor, const struct set *set, struct karto_slice authority)
{
    struct karto_key *key;
    struct karto_certificate certificate;
    struct karto_buf public_key = KARTO_BUF_EMPTY;
    if (read_key(doctor, set->more, &key) != KARTO_OK)
        return;
    karto_key_public(key, &public_key);
    bool known = karto_certificate_parse(authority, &certificate) == KARTO_OK;
    if (known &&
        !karto_slice_equal(karto_buf_slice(&public_key), karto_slice(certificate.public_key, certificate.public_size)))
        KARTO_FIND(doctor, area, "D-CERTIFICATE-OTHER", KARTO_BAD, "karto help restore",
                   KARTO_M_DOCTOR_CERTIFICATE_OTHER, karto_arg_str("file", set->authority));
    karto_key_free(key);
    karto_buf_fini(&public_key);
}

void karto_doctor_keys(struct karto_doctor *doctor)
{
    const struct set *set = find_set(doctor);
    struct karto_key *key = NULL;
    struct karto_buf pem = KARTO_BUF_EMPTY, authority = KARTO_BUF_EMPTY, public_key = KARTO_BUF_EMPTY;
    uint8_t fingerprint[32];
    if (!set)
        return;
    if (read_key(doctor, set->key, &key) == KARTO_OK) {
        karto_key_public(key, &public_key);
        check_key(doctor, set, karto_buf_slice(&public_key));
    }
    bool fine = set->certificate && read_certificate(doctor, set->certificate, &pem, fingerprint) == KARTO_OK;
    bool sealed = set->authority && read_certificate(doctor, set->authority, &authority, fingerprint) == KARTO_OK;
    if (fine && sealed && key)
        check_certificate(doctor, set, karto_buf_slice(&pem), karto_buf_slice(&authority),
                          karto_buf_slice(&public_key));
    if (set->more)
        check_authority(doctor, set, karto_buf_slice(&authority));
    karto_key_free(key);
    karto_buf_fini(&pem);
    karto_buf_fini(&authority);
    karto_buf_fini(&public_key);
}
