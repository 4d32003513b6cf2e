/* What a transaction has written is found in it at once, by whatever it is sought, though rows of the index are put at
 * its end; and the index is what the records say, whether it ends well or not. */
#include "core/store/late_rows.h"

#include "core/base/os_posix.h"
#include "core/store/check.h"
#include "core/store/databases.h"
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

/* Many of one code and of many: more than fit into the first tables. */
static enum karto_err write_many(struct karto_tx *tx, void *context)
{
    unsigned *rounds = context;
    for (unsigned i = 0; i < *rounds; i++) {
        struct karto_rid id = karto_rid_make(karto_os_sys());
        char text[32];
        snprintf(text, sizeof text, "Клієнт %u", i * 7919 % *rounds);
        save(tx, id, true, KARTO_F_NAME, text);
        snprintf(text, sizeof text, "%08u", 10000000 + i % 50);
        save(tx, id, false, KARTO_F_EDRPOU, text);
        if (i % 100 == 99)
            CHECK(found(tx, text) > 0);
    }
    return KARTO_OK;
}

int main(void)
{
    enum karto_err good = KARTO_OK, bad = KARTO_E_INVALID;
    unsigned rounds = 3000;
    dir = temp_dir_make();
    make_store();
    CHECK_INT(karto_store_write(store, write_and_look, &bad), KARTO_E_INVALID);
    CHECK_INT(clients(), 0);
    CHECK_INT(karto_store_write(store, write_and_look, &good), KARTO_OK);
    CHECK_INT(clients(), 2);
    CHECK_INT(karto_store_write(store, write_many, &rounds), KARTO_OK);
    CHECK_INT(clients(), 2 + rounds);
    karto_store_close(store);
    temp_dir_remove(&dir);
    return 0;
}
