#include "syncd/enrolment_desk.h"

#include "core/base/limits.h"
#include "proto/enrolment.h"

/* Signs for a new device and enters it. */
static enum karto_err admit(struct karto_tx *tx, const struct karto_authority *authority,
                            const struct karto_enrolment *enrolment, struct karto_invite *invite)
{
    char id[KARTO_RID_TEXT];
    struct karto_buf pem = KARTO_BUF_EMPTY;
    struct karto_certificate facts;
    invite->device = karto_rid_make(tx->sys);
    karto_rid_print(invite->device, id);
    enum karto_err err =
        karto_authority_sign_device(authority, enrolment->request, id, karto_sys_now_ms(tx->sys), &pem);
    if (err == KARTO_OK)
        err = karto_certificate_parse(karto_buf_slice(&pem), &facts);
    invite->certificate = karto_arena_copy(&tx->arena, karto_buf_slice(&pem));
    karto_buf_fini(&pem);
    if (err != KARTO_OK)
        return err == KARTO_E_CERTIFICATE ? KARTO_E_PROTOCOL : err;
    struct karto_device device = {.id = invite->device,
                                  .user = invite->user,
                                  .public_key = invite->public_key,
                                  .scope = invite->rights,
                                  .rights = 1,
                                  .serial = karto_slice_str(facts.serial)};
    err = karto_hub_enrol(tx, &device, enrolment->name);
    return err == KARTO_OK ? karto_hub_invite(tx, enrolment->token, invite) : err;
}

static enum karto_err enrol(struct karto_tx *tx, const struct karto_authority *authority, struct karto_slice request,
                            struct karto_enrolment_answer *out)
{
    struct karto_enrolment enrolment;
    struct karto_invite invite;
    struct karto_buf key = KARTO_BUF_EMPTY;
    enum karto_err err = karto_enrolment_decode(request, &enrolment);
    if (err == KARTO_OK && karto_csr_public(enrolment.request, &key) != KARTO_OK)
        err = KARTO_E_PROTOCOL;
    struct karto_slice public_key = karto_arena_copy(&tx->arena, karto_buf_slice(&key));
    karto_buf_fini(&key);
    if (err == KARTO_OK)
        err = karto_hub_find_invite(tx, enrolment.token, public_key, &invite);
    if (err == KARTO_OK && invite.public_key.size == 0) {
        invite.public_key = public_key;
        err = admit(tx, authority, &enrolment, &invite);
    }
    if (err == KARTO_OK)
        err = karto_meta_get(tx, "name", &out->hub);
    if (err != KARTO_OK)
        return err;
    out->certificate = invite.certificate;
    out->device = invite.device;
    out->user = invite.user;
    out->rights = invite.rights;
    out->clock_ms = karto_sys_now_ms(tx->sys);
    return KARTO_OK;
}

enum karto_err karto_desk_enrol(struct karto_tx *tx, const struct karto_authority *authority,
                                struct karto_slice request, struct karto_buf *answer, enum karto_err *verdict)
{
    struct karto_enrolment_answer out = {.error = KARTO_OK};
    enum karto_err err = enrol(tx, authority, request, &out);
    if (err != KARTO_OK && err != KARTO_E_PROTOCOL && err != KARTO_E_INVITATION)
        return err;
    out.error = *verdict = err;
    karto_enrolment_answer_encode(&out, answer);
    return KARTO_OK;
}
