/* That conflicts are listed, shown and resolved, for programs and for people, and that what was not shown is not
 * overwritten. */
#include "core/base/os_posix.h"
#include "core/model/merge.h"
#include "core/store/edit.h"
#include "core/store/entry.h"
#include "tests/cli_run.h"
#include "tests/temp_dir.h"

enum { SITE = 29, MS = 1000 };

static struct temp_dir root;
static struct karto_rid client;
static char site_id[100], manager_id[100];

/* ---- a store with conflicts ---- */

static const char *environment(const char *name)
{
    return strcmp(name, "KARTO_DB") == 0 ? temp_dir_file(&root, "store") : NULL;
}

static struct karto_slice text_value(struct karto_tx *tx, const char *text)
{
    return karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str(text)));
}

static enum karto_err set_own(struct karto_tx *tx, bool create, uint32_t field, struct karto_slice key,
                              const char *value)
{
    const struct karto_edit edit = {field, key, text_value(tx, value)};
    const struct karto_save save = {KARTO_CLIENT, client, create, &edit, 1, .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

/* What Maria wrote elsewhere, having seen before; and the record with it. */
static enum karto_err set_elsewhere(struct karto_tx *tx, const struct karto_record *before, uint64_t seq,
                                    uint32_t field, struct karto_slice key, const char *value)
{
    const struct karto_edit edit = {field, key, text_value(tx, value)};
    struct karto_change change = {.kind = KARTO_CLIENT, .record = client, .batch = seq, .via = KARTO_VIA_CLI};
    struct karto_entry now, after;
    change.stamp = (struct karto_stamp){{{UINT64_MAX}, seq}, karto_hlc_make(MS), karto_slice_str("Марія")};
    karto_change_make(&tx->arena, before, &edit, 1, &change);
    enum karto_err err = karto_entry_load(tx, client, &now);
    if (err != KARTO_OK)
        return err;
    after = now;
    CHECK_INT(karto_apply(&tx->arena, &now.view, &change, &after.view), KARTO_APPLIED);
    after.base = after.view;
    return karto_entry_save(tx, &now, &after);
}

static enum karto_err make_conflicts(struct karto_tx *tx, void *context)
{
    (void)context;
    struct karto_entry before;
    struct karto_slice plain = {NULL, 0}, day = karto_date_key(&tx->arena, 20000);
    CHECK_INT(set_own(tx, true, KARTO_F_NAME, plain, "Ромашка"), KARTO_OK);
    CHECK_INT(set_own(tx, false, SITE, plain, "old.ua"), KARTO_OK);
    CHECK_INT(karto_entry_load(tx, client, &before), KARTO_OK);
    CHECK_INT(set_own(tx, false, SITE, plain, "here.ua"), KARTO_OK);
    CHECK_INT(set_own(tx, false, KARTO_F_MANAGER, day, "oksana"), KARTO_OK);
    CHECK_INT(set_elsewhere(tx, &before.view, 1, SITE, plain, "there.ua"), KARTO_OK);
    return set_elsewhere(tx, &before.view, 2, KARTO_F_MANAGER, day, "petro");
}

static struct karto_store *open_store(bool create)
{
    struct karto_store *store;
    const struct karto_store_options options = {
        .dir = temp_dir_file(&root, "store"), .sys = karto_os_sys(), .no_sync = true};
    const struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("Оксана"), karto_slice_str("ноутбук"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(create ? karto_store_create(&options, &identity, &store) : karto_store_open(&options, &store), KARTO_OK);
    return store;
}

static void begin(void)
{
    char id[KARTO_RID_TEXT];
    root = temp_dir_make();
    struct karto_store *store = open_store(true);
    client = karto_rid_make(karto_os_sys());
    CHECK_INT(karto_store_write(store, make_conflicts, NULL), KARTO_OK);
    karto_store_close(store);
    karto_rid_print(client, id);
    snprintf(site_id, sizeof site_id, "%s/site", id);
    snprintf(manager_id, sizeof manager_id, "%s/manager/2024-10-04", id);
}

/* ---- runs ---- */

static const struct cli by_person = {environment, .terminal = true}, by_program = {environment};

#define RUN(terminal, ...) CLI_RUN((terminal) ? &by_person : &by_program, "conflict", __VA_ARGS__)

static void lists(void)
{
    char want[200];
    CHECK_INT(RUN(false, "list", "--json"), KARTO_EXIT_DONE);
    snprintf(want, sizeof want,
             "{\"schema\":1,\"kind\":\"conflicts\",\"items\":[{\"id\":\"%s\",\"record\":", manager_id);
    CHECK_INT(strncmp(out_text, want, strlen(want)), 0);
    HAS(out_text, "\"of\":\"client\",\"name\":\"Ромашка\",\"field\":\"manager\",\"key\":\"2024-10-04\",\"base\":null");
    HAS(out_text, "\"field\":\"site\",\"key\":null,\"base\":\"old.ua\",\"values\":[{\"value\":");
    HAS(out_text, "{\"value\":\"there.ua\",\"user\":\"Марія\",\"device\":null,\"time\":\"1970-01-01T00:00:01.000Z\","
                  "\"dot\":\"ffffffffffffffff-1\",\"winner\":false}");
    HAS(out_text, "{\"value\":\"here.ua\",\"user\":\"Оксана\",\"device\":\"ноутбук\",");
    HAS(out_text, "\"winner\":true},{\"value\":\"there.ua\"");
    HAS(out_text, "\"winner\":false}]}],\"next\":null}\n");
    CHECK(strstr(out_text, "here.ua") < strstr(out_text, "there.ua")); /* by dot */

    CHECK_INT(RUN(false, "list", "--json", "--limit", "1"), KARTO_EXIT_DONE);
    snprintf(want, sizeof want, "\"next\":\"%s\"}", manager_id);
    HAS(out_text, want);
    CHECK_INT(RUN(false, "list", "--json", "--after", manager_id), KARTO_EXIT_DONE);
    CHECK(strstr(out_text, "manager") == NULL && strstr(out_text, site_id) != NULL);
    CHECK_INT(RUN(false, "list", "--after", "nowhere"), KARTO_EXIT_USAGE);
    CHECK_INT(RUN(false, "list", "--limit", "1"), KARTO_EXIT_DONE);
    HAS(err_text, "There is more: --after ");
    CHECK_INT(RUN(false, "list", "--columns", "field,values"), KARTO_EXIT_DONE); /* to be taken apart again */
    HAS(out_text, "\nsite\t[{\"value\":\"here.ua\",\"user\":\"Оксана\",\"device\":\"ноутбук\",");
    CHECK_INT(RUN(false, "list", "--sort", "name"), KARTO_EXIT_USAGE);
    CHECK_INT(RUN(false, "list", "--sort", "id"), KARTO_EXIT_DONE);
    CHECK_INT(RUN(false, "list", "Мак"), KARTO_EXIT_NOT_FOUND);
    CHECK_INT(RUN(false, "list", "Ромашка", "--fail-if-any"), KARTO_EXIT_CONFLICTS);
}

static void shows(void)
{
    CHECK_INT(RUN(true, "show", site_id, "--lang", "uk"), KARTO_EXIT_DONE);
    HAS(out_text, "Ромашка · Сайт\n  1. here.ua – Оксана, ");
    HAS(out_text, "\n  2. there.ua – Марія, 01.01.1970 ");
    HAS(out_text, ", невідомий пристрій\n  було: old.ua\n");
    HAS(out_text, "karto conflict resolve ");
    CHECK_INT(RUN(true, "list", "--lang", "en"), KARTO_EXIT_DONE);
    HAS(out_text, "Ромашка · Manager 04.10.2024\n  1. oksana – ");
    CHECK_INT(RUN(false, "show", site_id, "--json"), KARTO_EXIT_DONE);
    HAS(out_text, "{\"schema\":1,\"kind\":\"conflict\",\"id\":\"");
    CHECK_INT(RUN(false, "show", "018f/site"), KARTO_EXIT_NOT_FOUND);
    HAS(err_text, "[E-NOT-FOUND]");
}

/* The record by whatever names it. */
static void is_named_as_clients_are(void)
{
    char name[100];
    snprintf(name, sizeof name, "%.8s/site", strchr(site_id, '/') - 8);
    CHECK_INT(RUN(false, "show", name, "--json"), KARTO_EXIT_DONE);
    HAS(out_text, site_id);
    CHECK_INT(RUN(false, "show", "ромашка/site", "--json"), KARTO_EXIT_DONE);
    HAS(out_text, site_id);
    CHECK_INT(RUN(false, "show", "Ромашка/manager/2024-10-04", "--json"), KARTO_EXIT_DONE);
    HAS(out_text, manager_id);
    CHECK_INT(RUN(false, "resolve", "Ромашка/site", "--take", "1", "-n"), KARTO_EXIT_DONE);
    CHECK_INT(RUN(false, "show", "Ромашка/note"), KARTO_EXIT_NOT_FOUND);
    HAS(err_text, "somebody may have resolved it");
    CHECK_INT(RUN(false, "show", "Мак/site"), KARTO_EXIT_NOT_FOUND);
    HAS(err_text, "There is no client “Мак” here");
    CHECK_INT(RUN(false, "show", "Ромашка"), KARTO_EXIT_NOT_FOUND);
    HAS(err_text, "which field");
}

static void resolves(void)
{
    CHECK_INT(RUN(false, "resolve", site_id), KARTO_EXIT_USAGE);
    CHECK_INT(RUN(false, "resolve", site_id, "--take", "1", "--value", "x"), KARTO_EXIT_USAGE);
    CHECK_INT(RUN(false, "resolve", site_id, "--take", "0"), KARTO_EXIT_USAGE);
    CHECK_INT(RUN(false, "resolve", site_id, "--take", "3", "--lang", "uk"), KARTO_EXIT_USAGE);
    HAS(err_text, "значень тут 2");
    CHECK_INT(RUN(false, "resolve", site_id, "--take", "2", "-n", "--json"), KARTO_EXIT_DONE);
    CHECK_INT(RUN(false, "resolve", site_id, "--take", "2", "--json"), KARTO_EXIT_DONE);
    HAS(out_text, "{\"schema\":1,\"kind\":\"changed\",\"records\":[\"");
    HAS(out_text, "],\"changes\":1,\"undo\":\"");
    CHECK_INT(RUN(false, "resolve", site_id, "--take", "2"), KARTO_EXIT_NOT_FOUND);
    CHECK_INT(RUN(true, "resolve", manager_id, "--value", "ivan", "--lang", "uk"), KARTO_EXIT_DONE);
    HAS(out_text, "вирішено: Менеджер 04.10.2024 тепер «ivan» · скасувати: karto undo ");
    CHECK_INT(RUN(false, "list", "--json", "--fail-if-any"), KARTO_EXIT_DONE);
    CHECK_STR(out_text, "{\"schema\":1,\"kind\":\"conflicts\",\"items\":[],\"next\":null}\n");
    CHECK_INT(RUN(true, "list", "--lang", "uk"), KARTO_EXIT_DONE);
    HAS(out_text, "Конфліктів немає.");
}

static enum karto_err check_site(struct karto_tx *tx, void *context)
{
    struct karto_entry entry;
    struct karto_value value;
    (void)context;
    CHECK_INT(karto_entry_load(tx, client, &entry), KARTO_OK);
    CHECK_INT(karto_value_decode(karto_record_value(&entry.view, SITE), &value), KARTO_OK);
    CHECK(karto_slice_is(value.text, "there.ua"));
    CHECK_INT(tx->ledger.conflicts, 0);
    return KARTO_OK;
}

int main(void)
{
    begin();
    lists();
    shows();
    is_named_as_clients_are();
    resolves();
    struct karto_store *store = open_store(false);
    CHECK_INT(karto_store_read(store, check_site, NULL), KARTO_OK);
    karto_store_close(store);
    struct temp_dir dir = {""};
    memcpy(dir.path, root.path, sizeof dir.path - 6);
    strcat(dir.path, "/store");
    temp_dir_remove(&dir);
    temp_dir_remove(&root);
    cli_forget();
    return 0;
}
