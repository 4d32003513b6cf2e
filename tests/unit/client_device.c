/* What a representative's laptop adds by itself, what it refuses at once, and what it says of a client that came from
 * head office without its history. */
#include "core/base/os_posix.h"
#include "core/model/merge.h"
#include "core/store/device.h"
#include "tests/cli_run.h"
#include "tests/temp_dir.h"

static struct temp_dir dir;

static const char *env(const char *name)
{
    return strcmp(name, "KARTO_DB") == 0 ? dir.path : strcmp(name, "KARTO_LANG") == 0 ? "en" : NULL;
}

static const struct cli cli = {env};

#define RUN(...) CLI_RUN(&cli, __VA_ARGS__, "--json")

/* ---- a laptop ---- */

static enum karto_err do_rights(struct karto_tx *tx, void *context)
{
    return karto_device_set_rights(tx, context);
}

static struct karto_store *open_store(bool create)
{
    struct karto_store_options options = {.dir = dir.path, .sys = karto_os_sys(), .no_sync = true, .map_size = 4 << 20};
    struct karto_store_identity identity = {
        KARTO_ON_DEVICE, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    struct karto_store *store;
    CHECK_INT(create ? karto_store_create(&options, &identity, &store) : karto_store_open(&options, &store), KARTO_OK);
    return store;
}

static void give_rights(bool create, const struct karto_role *role, const char *first, const char *second)
{
    struct karto_slice territories[] = {karto_slice_str(first), karto_slice_str(second)};
    struct karto_rights rights = {role, territories, first ? second ? 2 : 1 : 0};
    struct karto_store *store = open_store(create);
    CHECK_INT(karto_store_write(store, do_rights, &rights), KARTO_OK);
    karto_store_close(store);
}

/* A client as head office sends it: what it is, not how it came about. */
static enum karto_err do_receive(struct karto_tx *tx, void *context)
{
    struct karto_edit edits[] = {{KARTO_F_NAME, karto_slice(NULL, 0),
                                  karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str("Received")))},
                                 {KARTO_F_TERRITORY, karto_date_key(&tx->arena, KARTO_DATE_MIN),
                                  karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str("14")))}};
    struct karto_record empty = {.id = *(struct karto_rid *)context, .kind = KARTO_CLIENT}, record;
    struct karto_change change = {.stamp = {{{77}, 1}, karto_hlc_make(1600000000000), karto_slice_str("maria")},
                                  .kind = KARTO_CLIENT,
                                  .record = empty.id,
                                  .batch = 1,
                                  .via = KARTO_VIA_CLI};
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_make(&tx->arena, &empty, edits, 2, &change);
    CHECK_INT(karto_apply(&tx->arena, &empty, &change, &record), KARTO_APPLIED);
    karto_record_encode(&record, &bytes);
    uint64_t seq;
    enum karto_err err = karto_device_state(tx, empty.id, karto_slice_str("14"), karto_buf_slice(&bytes), &seq);
    karto_buf_fini(&bytes);
    return err;
}

/* ---- tests ---- */

static void adds_what_goes_without_saying(void)
{
    give_rights(true, karto_role(KARTO_ROLE_REPRESENTATIVE), "14", NULL);
    CHECK_INT(RUN("client", "add", "name=One"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("client", "show", "One"), KARTO_EXIT_DONE);
    HAS(out_text, "\"territory\":[{\"since\":null,\"value\":\"14\"}]");
    HAS(out_text, "\"manager\":[{\"since\":null,\"value\":\"oksana\"}]");
    HAS(out_text, "\"pending\":true");
    CHECK_INT(RUN("client", "add", "name=Two", "manager=petro"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("client", "show", "Two"), KARTO_EXIT_DONE);
    HAS(out_text, "\"manager\":[{\"since\":null,\"value\":\"petro\"}]");
    CHECK_INT(RUN("status"), KARTO_EXIT_DONE);
    HAS(out_text, "\"role\":\"device\"");
    HAS(out_text, "\"pending\":{\"changes\":2,\"oldest\":\"2");
    HAS(out_text, "\"next\":[\"karto sync\"]");
}

static void asks_which_of_several(void)
{
    give_rights(false, karto_role(KARTO_ROLE_REPRESENTATIVE), "14", "15");
    CHECK_INT(RUN("client", "add", "name=Three"), KARTO_EXIT_INVALID);
    HAS(err_text, "\"value\":\"territory=14\"");
    HAS(err_text, "\"value\":\"territory=15\"");
    CHECK_INT(RUN("client", "add", "name=Three", "territory=15"), KARTO_EXIT_DONE);
}

static void refuses_at_once(void)
{
    CHECK_INT(RUN("client", "add", "name=Four", "territory=16"), KARTO_EXIT_NOT_PERMITTED);
    HAS(err_text, "yours: 14, 15");
    CHECK_INT(RUN("client", "set", "One", "manager=petro", "note=x"), KARTO_EXIT_NOT_PERMITTED);
    HAS(err_text, "does not change this: manager.");
    CHECK_INT(RUN("client", "set", "One", "credit_limit=100"), KARTO_EXIT_NOT_PERMITTED);
    HAS(err_text, "Your role (representative) does not change this: credit_limit.");
    CHECK_INT(RUN("client", "show", "Four"), KARTO_EXIT_NOT_FOUND);
    give_rights(false, karto_role(KARTO_ROLE_OFFICE), NULL, NULL);
    CHECK_INT(RUN("client", "set", "One", "credit_limit=100"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("client", "add", "name=Four"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("client", "show", "Four"), KARTO_EXIT_DONE);
    HAS(out_text, "\"territory\":[],");
}

static void knows_how_far_back_it_knows(void)
{
    struct karto_rid id = {{1, 0x74, 0x87, 0x6E, 0x80, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}}; /* 2020-09-13 */
    struct karto_store *store = open_store(false);
    CHECK_INT(karto_store_write(store, do_receive, &id), KARTO_OK);
    karto_store_close(store);
    CHECK_INT(RUN("client", "show", "Received"), KARTO_EXIT_DONE);
    HAS(out_text, "\"created\":{\"user\":\"maria\",\"device\":null,\"time\":\"2020-09-13T12:26:40.000Z\"}");
    HAS(out_text, "\"changed\":{\"user\":\"maria\",\"device\":null,\"time\":\"2020-09-13T12:26:40.000Z\"}");
    CHECK_INT(RUN("client", "set", "Received", "note=later"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("client", "set", "Received", "name=Received"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("client", "show", "Received", "--as-of", "2021-01-01"), KARTO_EXIT_DONE);
    HAS(out_text, "\"conflicts\":[],\"created\":{\"user\":\"maria\"");
    HAS(out_text, "\"changed\":{\"user\":\"maria\"");
    HAS(out_text, "\"pending\":true");
    HAS(out_text, "\"fields\":{\"name\":\"Received\"");
    HAS(out_text, "\"complete_since\":\"2");
    CHECK(strstr(out_text, "later") == NULL);
    HAS(err_text, "Not everything is shown");
    CHECK_INT(RUN("client", "show", "Received", "--as-of", "2020-09-12"), KARTO_EXIT_NOT_FOUND);
    HAS(err_text, "is not known here");
    CHECK_INT(RUN("check"), KARTO_EXIT_DONE);
}

int main(void)
{
    dir = temp_dir_make();
    adds_what_goes_without_saying();
    asks_which_of_several();
    refuses_at_once();
    knows_how_far_back_it_knows();
    temp_dir_remove(&dir);
    cli_forget();
    return 0;
}
