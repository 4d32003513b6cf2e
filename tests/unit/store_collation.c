/* Rows of index that another version of ICU has made are made anew before they are used: at opening, by the next write
 * of who had the store open already, whole or not at all. The other ICU is one that sorts backwards. */
#include "core/store/collation.h"

#include "core/base/os_posix.h"
#include "core/base/text.h"
#include "core/store/check.h"
#include "core/store/databases.h"
#include "core/store/edit.h"
#include "core/store/query.h"
#include "tests/temp_dir.h"

#include <sys/wait.h>

/* In the order of the Ukrainian alphabet. */
static const char *const names[] = {
    "Абрамчук", "Андрієнко",  "Бондар",     "Вакуленко", "Василенко",  "Гавриленко", "Гнатюк",    "Ґалаґан",
    "Ґудзь",    "Дем'яненко", "Денисенко",  "Дяченко",   "Еней",       "Ємець",      "Жук",       "Журба",
    "Зінченко", "Зозуля",     "Івасюк",     "Іщенко",    "Їжак",       "Йосипенко",  "Коваленко", "Ковальчук",
    "Лисенко",  "Магазин 2",  "Магазин 10", "Марченко",  "Мар'яненко", "Назаренко",  "Онищенко",  "Петренко",
    "П'явка",   "Романенко",  "Сидоренко",  "Ткачук",    "Українець",  "Федоренко",  "Харченко",  "Цимбалюк",
    "Черненко", "Шевченко",   "Щербак",     "Юрченко",   "Яременко",
};
enum { NAMES = sizeof names / sizeof *names, STRIDE = 7 };
_Static_assert(NAMES % STRIDE != 0, "each name is added once");

static void sort_backwards(struct karto_buf *buf, struct karto_slice text, size_t size_max)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    karto_text_sort_key(&key, text, size_max);
    for (size_t i = 0; i < key.size; i++)
        karto_buf_add_byte(buf, (uint8_t)~key.data[i]);
    karto_buf_fini(&key);
}

static const struct karto_collation backwards = {7, sort_backwards};

static struct karto_store_options options_of(const struct temp_dir *dir, const struct karto_collation *collation)
{
    return (struct karto_store_options){
        .dir = dir->path, .sys = karto_os_sys(), .no_sync = true, .map_size = 4 << 20, .collation = collation};
}

static struct karto_store *open_in(const struct temp_dir *dir, const struct karto_collation *collation)
{
    struct karto_store_options options = options_of(dir, collation);
    struct karto_store *store;
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    return store;
}

/* ---- clients ---- */

static struct karto_slice bytes_of(struct karto_tx *tx, const char *text)
{
    return karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str(text)));
}

/* Each with an external id that is its name, the first with an EDRPOU. */
static enum karto_err add_client(struct karto_tx *tx, void *context)
{
    const char *name = context;
    struct karto_edit edits[] = {{KARTO_F_NAME, {NULL, 0}, bytes_of(tx, name)},
                                 {KARTO_F_EXTERNAL_ID, {NULL, 0}, bytes_of(tx, name)},
                                 {KARTO_F_EDRPOU, {NULL, 0}, bytes_of(tx, "14360570")}};
    struct karto_save save = {.kind = KARTO_CLIENT,
                              .record = karto_rid_make(tx->sys),
                              .create = true,
                              .edits = edits,
                              .count = strcmp(name, names[0]) == 0 ? 3 : 2,
                              .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

static void add(struct karto_store *store, const char *name)
{
    CHECK_INT(karto_store_write(store, add_client, (void *)(uintptr_t)name), KARTO_OK);
}

static struct temp_dir make(const struct karto_collation *collation)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_store_options options = options_of(&dir, collation);
    struct karto_slice name = karto_slice_str("olena");
    struct karto_store_identity identity = {KARTO_LOCAL, name, name, name, NULL, NULL};
    struct karto_store *store;
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    for (size_t i = 0; i < NAMES; i++)
        add(store, names[i * STRIDE % NAMES]);
    karto_store_close(store);
    return dir;
}

/* ---- what a store shows ---- */

struct order {
    bool backwards;
    size_t count;
};

static enum karto_err visit(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct order *order = context;
    CHECK(order->count < NAMES);
    CHECK_STR(karto_arena_string(&tx->arena, karto_text_of(&entry->view, KARTO_F_NAME)),
              names[order->backwards ? NAMES - 1 - order->count : order->count]);
    order->count++;
    return KARTO_OK;
}

static enum karto_err look_at_list(struct karto_tx *tx, void *context)
{
    return karto_list(tx, KARTO_CLIENT, NULL, visit, context, NULL);
}

static void check_order(struct karto_store *store, bool reversed)
{
    struct order order = {reversed, 0};
    CHECK_INT(karto_store_read(store, look_at_list, &order), KARTO_OK);
    CHECK_INT(order.count, NAMES);
}

static enum karto_err find(struct karto_tx *tx, void *context)
{
    static const char *const texts[] = {"14360570", "АБРАМЧУК", "Дем’яненко"};
    struct karto_rid id;
    uint32_t count;
    (void)context;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CHECK_INT(karto_find(tx, KARTO_CLIENT, karto_slice_str(texts[i]), &id, 1, &count), KARTO_OK);
        CHECK_INT(count, 1);
    }
    return KARTO_OK;
}

static void remember_problem(void *context, const char *what, const struct karto_rid *record)
{
    (void)record;
    *(const char **)context = what;
}

struct checked {
    uint64_t problems;
    const char *last;
};

static enum karto_err do_check(struct karto_tx *tx, void *context)
{
    struct checked *checked = context;
    struct karto_check check;
    enum karto_err err = karto_check(tx, remember_problem, &checked->last, &check);
    checked->problems = check.problems;
    return err;
}

static struct checked check(struct karto_store *store)
{
    struct checked checked = {0, ""};
    CHECK_INT(karto_store_read(store, do_check, &checked), KARTO_OK);
    return checked;
}

/* All is as if the present ICU had made it. */
static void check_present(struct karto_store *store)
{
    check_order(store, false);
    CHECK_INT(karto_store_read(store, find, NULL), KARTO_OK);
    CHECK_STR(check(store).last, "");
}

static enum karto_err look_at_note(struct karto_tx *tx, void *context)
{
    struct karto_slice row;
    CHECK_INT(karto_meta_get(tx, karto_collation_row, &row), KARTO_OK);
    CHECK_INT(row.size, 8);
    *(uint64_t *)context = karto_be64(row.data);
    return KARTO_OK;
}

static uint64_t note_of(struct karto_store *store)
{
    uint64_t version;
    CHECK_INT(karto_store_read(store, look_at_note, &version), KARTO_OK);
    return version;
}

/* ---- opening ---- */

static void test_birth(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_store_options options = options_of(&dir, NULL);
    struct karto_slice name = karto_slice_str("olena");
    struct karto_store_identity identity = {KARTO_LOCAL, name, name, name, NULL, NULL};
    struct karto_store *store;
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    CHECK(note_of(store) == karto_text_collation_version());
    karto_store_close(store);
    temp_dir_remove(&dir);
}

static void test_upgrade(bool read_only)
{
    struct temp_dir dir = make(&backwards);
    struct karto_store *store = open_in(&dir, &backwards);
    CHECK_INT(note_of(store), backwards.version);
    check_order(store, true);
    CHECK_STR(check(store).last, "");
    karto_store_close(store);
    struct karto_store_options options = options_of(&dir, NULL);
    options.read_only = read_only;
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK(note_of(store) == karto_text_collation_version());
    check_present(store);
    CHECK_INT(karto_store_write(store, find, NULL), read_only ? KARTO_E_READONLY : KARTO_OK);
    uint64_t commits = karto_kv_last_txn_id(karto_store_kv(store));
    karto_store_close(store);
    store = open_in(&dir, NULL);
    CHECK_INT(karto_kv_last_txn_id(karto_store_kv(store)), commits); /* once is enough */
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* A store of a program that did not note its collation, with some rows of another ICU and some that are missing. */
static enum karto_err forget_note(struct karto_tx *tx, void *context)
{
    static const char last[] = {KARTO_BY_ORDER + 1};
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    (void)context;
    CHECK_INT(karto_kv_delete(tx->kv, KARTO_DB_META, karto_slice_str(karto_collation_row)), KARTO_OK);
    CHECK_INT(karto_kv_cursor_open(tx->kv, KARTO_DB_INDEX, &cursor), KARTO_OK);
    CHECK_INT(karto_kv_seek_last_before(cursor, karto_slice(last, sizeof last), &key, &value), KARTO_OK);
    CHECK_INT(key.data[0], KARTO_BY_ORDER);
    CHECK_INT(karto_kv_cursor_delete(cursor), KARTO_OK);
    karto_kv_cursor_close(cursor);
    return KARTO_OK;
}

static void test_without_note(void)
{
    struct temp_dir dir = make(NULL);
    struct karto_store *store = open_in(&dir, NULL);
    CHECK_INT(karto_store_write(store, forget_note, NULL), KARTO_OK);
    CHECK_INT(check(store).problems, 2); /* no note; one row less than there should be */
    karto_store_close(store);
    store = open_in(&dir, NULL);
    check_present(store);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

static enum karto_err put_garbage(struct karto_tx *tx, void *context)
{
    struct karto_rid id = {{1}};
    (void)context;
    return karto_kv_put(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&id), karto_slice_str("garbage"));
}

/* One that cannot be read keeps nobody from the others. */
static void test_damaged_record(void)
{
    struct temp_dir dir = make(&backwards);
    struct karto_store *store = open_in(&dir, &backwards);
    CHECK_INT(karto_store_write(store, put_garbage, NULL), KARTO_OK);
    karto_store_close(store);
    store = open_in(&dir, NULL);
    check_order(store, false);
    CHECK_STR(check(store).last, "a record cannot be read");
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* Rows that are not what the note says are found. */
static enum karto_err note_only(struct karto_tx *tx, void *context)
{
    struct karto_buf version = KARTO_BUF_EMPTY;
    (void)context;
    karto_buf_add_be64(&version, karto_text_collation_version());
    enum karto_err err = karto_meta_put(tx, karto_collation_row, karto_buf_slice(&version));
    karto_buf_fini(&version);
    return err;
}

static void test_false_note(void)
{
    struct temp_dir dir = make(&backwards);
    struct karto_store *store = open_in(&dir, &backwards);
    CHECK_INT(karto_store_write(store, note_only, NULL), KARTO_OK);
    karto_store_close(store);
    store = open_in(&dir, NULL);
    struct checked checked = check(store);
    CHECK_INT(checked.problems, NAMES);
    CHECK_STR(checked.last, "a row of an index is missing");
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* ---- several processes ---- */

/* Another process, with the other ICU, opens the store, and goes. */
static void open_elsewhere(const struct temp_dir *dir)
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        karto_store_close(open_in(dir, &backwards));
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_open_already(void)
{
    struct temp_dir dir = make(NULL);
    struct karto_store *store = open_in(&dir, NULL);
    open_elsewhere(&dir);
    check_order(store, true); /* in the order of the other, but whole */
    CHECK_INT(karto_store_write(store, find, NULL), KARTO_OK);
    check_present(store);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

static void test_reading_already(void)
{
    struct temp_dir dir = make(NULL);
    struct karto_store_options options = options_of(&dir, NULL);
    struct karto_store *store;
    options.read_only = true;
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    open_elsewhere(&dir);
    check_order(store, true);
    CHECK_INT(karto_store_read(store, find, NULL), KARTO_OK);
    CHECK_INT(check(store).problems, 1);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

/* The nth write of making anew fails, for every n: the store is as the other left it, and made anew at opening. */
static void test_cut_short(void)
{
    struct temp_dir dir = make(NULL);
    bool failed = true;
    unsigned nth = 1;
    for (; failed; nth++) {
        CHECK(nth < 20 * NAMES);
        struct karto_store *store = open_in(&dir, NULL);
        open_elsewhere(&dir);
        karto_kv_fail(karto_store_kv(store), nth, KARTO_E_IO);
        enum karto_err err = karto_store_write(store, find, NULL);
        failed = karto_kv_fail_count(karto_store_kv(store)) > 0;
        CHECK_INT(err, failed ? KARTO_E_IO : KARTO_OK);
        check_order(store, failed);
        CHECK(failed == (note_of(store) == backwards.version));
        karto_store_close(store);
        store = open_in(&dir, NULL);
        check_present(store);
        karto_store_close(store);
    }
    CHECK_INT(nth - 1, 2 * (3 * NAMES + 1) + 3); /* each row deleted and put, the note, the commit, and none */
    temp_dir_remove(&dir);
}

int main(void)
{
    test_birth();
    test_upgrade(false);
    test_upgrade(true);
    test_without_note();
    test_damaged_record();
    test_false_note();
    test_open_already();
    test_reading_already();
    test_cut_short();
    return 0;
}
