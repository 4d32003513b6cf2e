#include "client/standing.h"

#include "core/base/limits.h"
#include "core/base/os_apart.h"
#include "core/base/os_posix.h"
#include "core/store/store.h"
#include "proto/authority.h"
#include "proto/files.h"

struct looking {
    struct karto_standing *standing;
    const char *dir;
};

static enum karto_err read_facts(struct karto_tx *tx, void *context)
{
    struct karto_standing *standing = context;
    struct karto_slice key;
    enum karto_err err = karto_meta_get(tx, "public_key", &key);
    if (err != KARTO_OK)
        return err;
    standing->unsent = tx->ledger.role == KARTO_ON_DEVICE ? tx->ledger.pending : 0;
    karto_buf_clear(&standing->public_key);
    karto_buf_add_slice(&standing->public_key, key);
    return KARTO_OK;
}

static enum karto_err look(void *context)
{
    const struct looking *looking = context;
    struct karto_store_options options = {.dir = looking->dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_store *store;
    enum karto_err err = karto_store_open(&options, &store);
    if (err == KARTO_OK)
        err = karto_store_read(store, read_facts, looking->standing);
    karto_store_close(store);
    return err;
}

/* A damaged store may crash who reads it: so first in a process of its own. */
void karto_standing_look(struct karto_standing *standing, const char *dir)
{
    struct looking looking = {standing, dir};
    *standing = (struct karto_standing){.known = false};
    standing->known = karto_os_apart(look, &looking, KARTO_DOCTOR_STORE_MS) == KARTO_OK && look(&looking) == KARTO_OK;
}

void karto_standing_fini(struct karto_standing *standing)
{
    karto_buf_fini(&standing->public_key);
}

bool karto_standing_is_another(const struct karto_standing *standing, const struct karto_backup *backup,
                               const char *from)
{
    struct karto_buf path = KARTO_BUF_EMPTY, public_key = KARTO_BUF_EMPTY;
    struct karto_key *key = NULL;
    karto_files_path(from, backup->role == KARTO_ON_HUB ? "hub.key" : "device.key", &path);
    bool has_key = standing->known && karto_key_load((const char *)path.data, &key) == KARTO_OK;
    if (has_key)
        karto_key_public(key, &public_key);
    bool another = has_key && !karto_slice_equal(karto_buf_slice(&public_key), karto_buf_slice(&standing->public_key));
    karto_key_free(key);
    karto_buf_fini(&public_key);
    karto_buf_fini(&path);
    return another;
}
