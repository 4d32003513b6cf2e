/* harm: what no program of ours does to a store: harm format DIR NUMBER, as if a later version had written it;
 * harm expire DIR INVITATION, as if its time were over; harm text DIR WORD, as if a disk had turned a byte of the one
 * record that has the word: it is no UTF-8 any more. */
#include "core/base/os_posix.h"
#include "core/store/databases.h"
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

/* ---- one byte of one record ---- */

struct turning {
    const char *word;
    struct karto_buf key, row;
    int found;
};

static enum karto_err find_word(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct turning *turning = context;
    size_t size = strlen(turning->word);
    (void)tx;
    for (size_t i = 0; i + size <= row.size; i++)
        if (memcmp(row.data + i, turning->word, size) == 0) {
            turning->found++;
            karto_buf_clear(&turning->key);
            karto_buf_clear(&turning->row);
            karto_buf_add_slice(&turning->key, key);
            karto_buf_add_slice(&turning->row, row);
            turning->row.data[i] = 0xff;
            break;
        }
    return KARTO_OK;
}

static enum karto_err turn_byte(struct karto_tx *tx, void *context)
{
    struct turning turning = {.word = context};
    enum karto_err err = karto_each_row(tx, KARTO_DB_RECORDS, find_word, &turning);
    CHECK_INT(turning.found, 1);
    if (err == KARTO_OK)
        err = karto_kv_put(tx->kv, KARTO_DB_RECORDS, karto_buf_slice(&turning.key), karto_buf_slice(&turning.row));
    karto_buf_fini(&turning.key);
    karto_buf_fini(&turning.row);
    return err;
}

int main(int argc, char **argv)
{
    CHECK(argc == 4);
    struct karto_store_options options = {.dir = argv[2], .sys = karto_os_sys()};
    struct karto_store *store;
    static const struct {
        const char *name;
        karto_work *work;
    } harms[] = {{"format", set_format}, {"expire", expire}, {"text", turn_byte}};
    karto_work *work = NULL;
    for (unsigned i = 0; i < sizeof harms / sizeof *harms; i++)
        if (strcmp(argv[1], harms[i].name) == 0)
            work = harms[i].work;
    CHECK(work);
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK_INT(karto_store_write(store, work, argv[3]), KARTO_OK);
    karto_store_close(store);
    return 0;
}
