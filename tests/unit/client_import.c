/* A transaction of a table that begins again, because the store had to grow in the midst of it, says nothing twice. */
#include "client/import.h"

#include "core/base/os_posix.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

enum { ROWS = 2000, MAP_SIZE = 1 << 20, CODE = 14360571 /* of a wrong check digit */ };

static struct karto_store *make_store(const char *dir)
{
    struct karto_store *store;
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys(), .map_size = MAP_SIZE, .no_sync = true};
    struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    return store;
}

static void add_rows(struct karto_import *import)
{
    for (uint64_t i = 0; i < ROWS; i++) {
        char name[40], code[16];
        snprintf(name, sizeof name, "Клієнт %u", (unsigned)i);
        snprintf(code, sizeof code, "%u", CODE);
        const struct karto_slice cells[] = {karto_slice_str(name), karto_slice_str(code)}, none = {NULL, 0};
        CHECK_INT(karto_import_add(import, i + 2, cells, 2, none, none), KARTO_OK);
    }
}

/* What is told of the rows, whether it was written or only tried: each has a code that is doubtful. */
static void import(struct karto_store *store, bool dry_run)
{
    const struct karto_slice heading[] = {karto_slice_str("name"), karto_slice_str("edrpou")};
    struct karto_cli cli = {.lang = KARTO_LANG_EN};
    struct karto_import import = {.cli = &cli, .dry_run = dry_run, .batch = 1};
    uint32_t said = 0;
    CHECK_INT(karto_import_columns_read(&import.columns, &cli, KARTO_CLIENT, heading, 2), KARTO_OK);
    import.line_key = import.client = KARTO_NO_COLUMN;
    karto_import_begin(&import, karto_store_dir(store));
    add_rows(&import);
    CHECK_INT(karto_import_flush(&import, store), KARTO_OK);
    CHECK_INT(import.warnings.count + import.warnings.dropped, ROWS);
    for (size_t i = 0; i < import.row_count; i++) {
        CHECK_INT(import.rows[i].outcome, KARTO_IMPORT_ADDED);
        said += import.rows[i].said.size > 0;
    }
    CHECK(dry_run == (said > 0));
    karto_import_end(&import);
    karto_import_columns_fini(&import.columns);
}

int main(void)
{
    for (int dry_run = 0; dry_run < 2; dry_run++) {
        struct temp_dir dir = temp_dir_make();
        struct karto_store *store = make_store(dir.path);
        import(store, dry_run);
        if (!dry_run)
            CHECK(karto_kv_size_on_disk(karto_store_kv(store)) > MAP_SIZE);
        karto_store_close(store);
        temp_dir_remove(&dir);
    }
    return 0;
}
