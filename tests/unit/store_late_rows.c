/* What a transaction has written is found in it at once, by whatever it is sought, though rows of the index are put at
 * its end; and the index is what the records say, whether it ends well or not. */
#include "core/store/late_rows.h"

#include "core/base/os_posix.h"
#include "core/store/check.h"
#include "core/store/databases.h"
#include "core/store/client_sum.h"
#include "core/store/edit.h"
#include "core/store/query.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

static struct temp_dir dir;
static struct karto_store *store;

static void make_store(void)
{
    struct karto_store_options options = {.dir = dir.path, .sys = karto_os_sys(), .no_sync = true};
    struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
}

/* ---- within a transaction ---- */

static void save(struct karto_tx *tx, struct karto_rid id, bool create, uint32_t field, const char *text)
{
    struct karto_slice value = text ? karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str(text)))
                                    : karto_value_bytes(&tx->arena, karto_value_nil());
    struct karto_edit edit = {.field = field, .value = value};
    struct karto_save s = {.kind = KARTO_CLIENT, .record = id, .create = create, .edits = &edit, .count = 1};
    CHECK_INT(karto_save(tx, &s, NULL), KARTO_OK);
}

static uint32_t found(struct karto_tx *tx, const char *text)
{
    struct karto_rid ids[4];
    uint32_t count = 0;
    enum karto_err err = karto_find(tx, KARTO_CLIENT, karto_slice_str(text), ids, 4, &count);
    CHECK(err == (count ? KARTO_OK : KARTO_E_NOT_FOUND));
    return count;
}

static enum karto_err add_name(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    (void)tx;
    karto_buf_add_slice(context, karto_text_of(&entry->view, KARTO_F_NAME));
    karto_buf_add_byte(context, ' ');
    return KARTO_OK;
}

static bool lists(struct karto_tx *tx, const char *names)
{
    struct karto_buf all = KARTO_BUF_EMPTY;
    struct karto_index_place at;
    CHECK_INT(karto_list(tx, KARTO_CLIENT, NULL, add_name, &all, &at), KARTO_OK);
    bool same = karto_slice_is(karto_buf_slice(&all), names);
    karto_buf_fini(&all);
    return same;
}

static enum karto_err write_and_look(struct karto_tx *tx, void *context)
{
    struct karto_rid a = karto_rid_make(karto_os_sys()), b = karto_rid_make(karto_os_sys());
    char whole[33];
    save(tx, a, true, KARTO_F_NAME, "Ромашка");
    CHECK(found(tx, "ромашка") == 1 && found(tx, "Волошка") == 0);
    save(tx, a, false, KARTO_F_EDRPOU, "14360570");
    CHECK(found(tx, "14360570") == 1);
    save(tx, b, true, KARTO_F_NAME, "Волошка");
    CHECK(lists(tx, "Волошка Ромашка "));
    save(tx, b, false, KARTO_F_EDRPOU, "14360570");
    CHECK(found(tx, "14360570") == 2);
    save(tx, a, false, KARTO_F_EDRPOU, NULL); /* the row that goes is still to be put */
    CHECK(found(tx, "14360570") == 1);
    save(tx, b, false, KARTO_F_NAME, "Яблуко");
    CHECK(found(tx, "Волошка") == 0 && lists(tx, "Ромашка Яблуко "));
    karto_rid_print(b, whole);
    CHECK(found(tx, whole + 24) == 1);
    return *(enum karto_err *)context;
}

/* ---- at the end ---- */

static enum karto_err check(struct karto_tx *tx, void *context)
{
    return karto_check(tx, NULL, NULL, context);
}

static uint64_t clients(void)
{
    struct karto_check result;
    CHECK_INT(karto_store_read(store, check, &result), KARTO_OK);
    CHECK_INT(result.problems, 0);
    return result.records;
}

/* More than fit into the first tables, and so many that a thread beside makes their rows: these are found, too, by
 * their codes and names, changed, and taken away, in the midst of it. */
struct many {
    unsigned count;
    enum karto_err end;
};

static enum karto_err write_many(struct karto_tx *tx, void *context)
{
    const struct many *many = context;
    for (unsigned i = 0; i < many->count; i++) {
        struct karto_rid id = karto_rid_make(karto_os_sys());
        char name[40], code[16];
        snprintf(name, sizeof name, "Клієнт %u", i * 7919 % many->count);
        snprintf(code, sizeof code, "%08u", 10000000 + i % 50);
        save(tx, id, true, KARTO_F_NAME, name);
        save(tx, id, false, KARTO_F_EDRPOU, code);
        if (i % 100 == 99)
            CHECK(found(tx, code) > 0);
        if (i % 500 == 499) {
            CHECK(found(tx, name) == 1);
            save(tx, id, false, KARTO_F_NAME, "Інший");
            CHECK(found(tx, name) == 0 && found(tx, "інший") == (i + 1) / 500);
            save(tx, id, false, KARTO_F_EDRPOU, NULL);
        }
    }
    return many->end;
}

/* ---- values ---- */

static void save_purchase(struct karto_tx *tx, struct karto_rid id, bool create, uint32_t field,
                          struct karto_value value)
{
    struct karto_edit edit = {.field = field, .value = karto_value_bytes(&tx->arena, value)};
    struct karto_save s = {.kind = KARTO_PURCHASE, .record = id, .create = create, .edits = &edit, .count = 1};
    CHECK_INT(karto_save(tx, &s, NULL), KARTO_OK);
}

static int64_t bought(struct karto_tx *tx, struct karto_rid client)
{
    struct karto_sum_of of = {KARTO_PURCHASE, KARTO_DAYS_ALL, 0, "UAH"};
    struct karto_client_sum sum;
    CHECK_INT(karto_client_sum(tx, client, &of, &sum), KARTO_OK);
    return sum.total;
}

enum { BUYERS = 300 }; /* a thread beside makes the rows of the last of them, and of what they buy */

/* Of one row written several times the last counts, where it waits and where it was put. */
static enum karto_err write_purchase(struct karto_tx *tx, void *context)
{
    struct karto_rid *clients = context, id = karto_rid_make(karto_os_sys());
    for (int i = 0; i < BUYERS; i++) {
        clients[i % 2] = karto_rid_make(karto_os_sys());
        save(tx, clients[i % 2], true, KARTO_F_NAME, "Покупець");
    }
    save_purchase(tx, id, true, KARTO_F_CLIENT, karto_value_reference(clients[0]));
    save_purchase(tx, id, false, KARTO_F_TOTAL, karto_value_money(100, "UAH"));
    CHECK_INT(bought(tx, clients[0]), 100);
    save_purchase(tx, id, false, KARTO_F_TOTAL, karto_value_money(200, "UAH"));
    save_purchase(tx, id, false, KARTO_F_CLIENT, karto_value_reference(clients[1]));
    save_purchase(tx, id, false, KARTO_F_TOTAL, karto_value_money(300, "UAH"));
    save_purchase(tx, id, false, KARTO_F_DATE, karto_value_date(20000));
    save_purchase(tx, id, false, KARTO_F_TOTAL, karto_value_money(400, "UAH"));
    CHECK(bought(tx, clients[0]) == 0 && bought(tx, clients[1]) == 400);
    return KARTO_OK;
}

static enum karto_err read_purchase(struct karto_tx *tx, void *context)
{
    struct karto_rid *clients = context;
    CHECK(bought(tx, clients[0]) == 0 && bought(tx, clients[1]) == 400);
    return KARTO_OK;
}

int main(void)
{
    struct karto_rid buyers[2];
    enum karto_err good = KARTO_OK, bad = KARTO_E_INVALID;
    struct many many = {3000, KARTO_E_INVALID};
    dir = temp_dir_make();
    make_store();
    CHECK_INT(karto_store_write(store, write_and_look, &bad), KARTO_E_INVALID);
    CHECK_INT(clients(), 0);
    CHECK_INT(karto_store_write(store, write_and_look, &good), KARTO_OK);
    CHECK_INT(clients(), 2);
    CHECK_INT(karto_store_write(store, write_many, &many), KARTO_E_INVALID);
    CHECK_INT(clients(), 2);
    many.end = KARTO_OK;
    CHECK_INT(karto_store_write(store, write_many, &many), KARTO_OK);
    CHECK_INT(clients(), 2 + many.count);
    CHECK_INT(karto_store_write(store, write_purchase, buyers), KARTO_OK);
    CHECK_INT(karto_store_read(store, read_purchase, buyers), KARTO_OK);
    CHECK_INT(clients(), 2 + many.count + BUYERS + 1);
    karto_store_close(store);
    temp_dir_remove(&dir);
    return 0;
}
