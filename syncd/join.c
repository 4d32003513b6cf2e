#include "syncd/join.h"

#include "core/base/os_posix.h"
#include "core/store/device.h"
#include "core/store/unencrypted.h"
#include "proto/invitation.h"
#include "syncd/enrol.h"
#include "proto/files.h"

enum { ENROL_MS = 20 * 1000 };

struct joining {
    const struct karto_joiner *joiner;
    const char *dir;
    struct karto_invitation invitation;
    struct karto_key *key;
    struct karto_store *store;
    const struct karto_enrolment_answer *answer;
};

/* The device's key: the one that its node ids are made of, or a new one for a new store. */
static enum karto_err find_key(struct joining *j)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    enum karto_err err = karto_os_make_dir(j->dir);
    karto_files_path(j->dir, "device.key", &path);
    if (err == KARTO_OK)
        err = karto_key_load((const char *)path.data, &j->key);
    if (err == KARTO_E_NOT_FOUND) {
        j->key = karto_key_new();
        err = karto_key_save(j->key, (const char *)path.data);
    }
    karto_buf_fini(&path);
    return err;
}

static enum karto_err is_alone(struct karto_tx *tx, void *context)
{
    (void)context;
    return tx->ledger.role == KARTO_LOCAL ? KARTO_OK : KARTO_E_ROLE;
}

/* A store that is there must have been used alone. One that is not is made when the hub has said yes: a wrong
 * invitation leaves nothing behind but the key. */
static enum karto_err open_store(struct joining *j)
{
    struct karto_store_options options = {.dir = j->dir, .sys = karto_os_sys()};
    enum karto_err err = karto_store_open(&options, &j->store);
    if (err == KARTO_E_NO_STORE)
        return KARTO_OK;
    return err == KARTO_OK ? karto_store_read(j->store, is_alone, NULL) : err;
}

static enum karto_err ask(struct joining *j, struct karto_buf *answer, struct karto_buf *authority)
{
    struct karto_buf request = KARTO_BUF_EMPTY, csr = KARTO_BUF_EMPTY;
    struct karto_enrolment enrolment = {.name = j->joiner->name};
    for (int i = 0; i < 16; i++)
        enrolment.token[i] = j->invitation.token[i];
    karto_csr_make(j->key, &csr);
    enrolment.request = karto_buf_slice(&csr);
    karto_enrolment_encode(&enrolment, &request);
    enum karto_err err = karto_enrol_call(&j->invitation.hub, j->invitation.authority, karto_buf_slice(&request),
                                          ENROL_MS, answer, authority);
    karto_buf_fini(&csr);
    karto_buf_fini(&request);
    return err;
}

/* The last step, in one transaction: from here on the store is a device's. */
static enum karto_err become_device(struct karto_tx *tx, void *context)
{
    struct joining *j = context;
    const struct karto_enrolment_answer *answer = j->answer;
    struct karto_buf address = KARTO_BUF_EMPTY;
    bool some = !karto_role_is_everywhere(answer->rights.role) && answer->rights.territory_count > 0;
    enum karto_err err =
        karto_device_join(tx, answer->user, some ? answer->rights.territories[0] : karto_slice(NULL, 0));
    karto_address_print(&j->invitation.hub, &address);
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "hub", karto_buf_slice(&address));
    karto_buf_fini(&address);
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "hub_name", answer->hub);
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "name", j->joiner->name);
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "device", karto_rid_slice(&answer->device));
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "sync_state", karto_slice_str("never"));
    if (err == KARTO_OK && j->joiner->unencrypted)
        err = karto_unencrypted_note(tx);
    return err == KARTO_OK ? karto_device_set_rights(tx, &answer->rights) : err;
}

/* A device from its beginning: where the disk is full, there is none, and not one that is used alone. */
static enum karto_err make_store(struct joining *j)
{
    struct karto_store_options options = {.dir = j->dir, .sys = karto_os_sys()};
    struct karto_buf public_key = KARTO_BUF_EMPTY;
    karto_key_public(j->key, &public_key);
    struct karto_store_identity identity = {
        KARTO_LOCAL, j->answer->user, j->joiner->name, karto_buf_slice(&public_key), become_device, j};
    enum karto_err err = karto_store_create(&options, &identity, &j->store);
    karto_buf_fini(&public_key);
    return err;
}

static enum karto_err join(struct joining *j, struct karto_arena *arena, struct karto_enrolment_answer *answer)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY, authority = KARTO_BUF_EMPTY;
    enum karto_err err = open_store(j);
    if (err == KARTO_OK)
        err = find_key(j);
    if (err == KARTO_OK)
        err = ask(j, &bytes, &authority);
    if (err == KARTO_OK)
        err = karto_enrolment_answer_decode(arena, karto_arena_copy(arena, karto_buf_slice(&bytes)), answer);
    if (err == KARTO_OK)
        err = karto_err_of_hub(answer->error);
    if (err == KARTO_OK)
        err = karto_files_write(j->dir, "authority.crt", karto_buf_slice(&authority));
    if (err == KARTO_OK)
        err = karto_files_write(j->dir, "device.crt", answer->certificate);
    j->answer = answer;
    if (err == KARTO_OK)
        err = j->store ? karto_store_write(j->store, become_device, j) : make_store(j);
    karto_buf_fini(&bytes);
    karto_buf_fini(&authority);
    return err;
}

enum karto_err karto_join_hub(const struct karto_joiner *joiner, struct karto_slice invitation,
                              struct karto_arena *arena, struct karto_enrolment_answer *answer)
{
    struct joining j = {.joiner = joiner, .dir = joiner->dir};
    enum karto_err err = karto_invitation_parse(invitation, &j.invitation);
    if (err == KARTO_OK)
        err = join(&j, arena, answer);
    karto_store_close(j.store);
    karto_key_free(j.key);
    return err;
}
