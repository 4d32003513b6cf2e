/* harm: what no program of ours does to a store: harm format DIR NUMBER, as if a later version had written it;
 * harm expire DIR INVITATION, as if its time were over. */
#include "core/base/os_posix.h"
#include "core/store/hub.h"
#include "proto/invitation.h"
#include "tests/check.h"

static enum karto_err set_format(struct karto_tx *tx, void *context)
{
    struct karto_buf number = KARTO_BUF_EMPTY;
    karto_buf_add_be32(&number, (uint32_t)strtoul(context, NULL, 10));
    enum karto_err err = karto_meta_put(tx, "format", karto_buf_slice(&number));
    karto_buf_fini(&number);
    return err;
}

static enum karto_err expire(struct karto_tx *tx, void *context)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    struct karto_invitation invitation;
    struct karto_invite invite;
    CHECK_INT(karto_os_read_file(context, 1000, &text), KARTO_OK);
    CHECK_INT(karto_invitation_parse(karto_buf_slice(&text), &invitation), KARTO_OK);
    karto_buf_fini(&text);
    enum karto_err err = karto_hub_find_invite(tx, invitation.token, karto_slice(NULL, 0), &invite);
    invite.expires_ms = 1;
    return err == KARTO_OK ? karto_hub_invite(tx, invitation.token, &invite) : err;
}

int main(int argc, char **argv)
{
    CHECK(argc == 4);
    struct karto_store_options options = {.dir = argv[2], .sys = karto_os_sys()};
    struct karto_store *store;
    bool format = strcmp(argv[1], "format") == 0;
    CHECK(format || strcmp(argv[1], "expire") == 0);
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK_INT(karto_store_write(store, format ? set_format : expire, argv[3]), KARTO_OK);
    karto_store_close(store);
    return 0;
}
