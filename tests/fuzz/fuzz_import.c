/* Any bytes as a table that somebody enters: the first byte says of what kind, how rows are told apart and in which
 * language; the rest is the file, whose encoding, separator, heading and rows karto finds out. Only tried (-n), in a
 * store with a few clients. It ends with an answer in JSON or a problem, never as if the disk had failed. */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"

#include "client/json_tree.h"
#include "tests/cli_run.h"
#include "tests/temp_dir.h"

#include <sys/mman.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct temp_dir home;
static char store[300], table[40];
static int file;

static const char *getenv_of(const char *name)
{
    return strcmp(name, "HOME") == 0 ? home.path : NULL;
}

static const struct cli cli = {.getenv = getenv_of};

static void close_store(void)
{
    struct temp_dir dir;
    snprintf(dir.path, sizeof dir.path, "%.200s/store", home.path);
    temp_dir_remove(&dir);
    temp_dir_remove(&home);
    cli_forget();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    home = temp_dir_make();
    snprintf(store, sizeof store, "%s/store", home.path);
    file = memfd_create("table", MFD_CLOEXEC);
    CHECK(file >= 0);
    snprintf(table, sizeof table, "/proc/self/fd/%d", file);
    CHECK_INT(CLI_RUN(&cli, "init", "--db", store), KARTO_EXIT_DONE);
    CHECK_INT(CLI_RUN(&cli, "client", "add", "name=Ромашка", "territory=14", "edrpou=14360570", "--db", store),
              KARTO_EXIT_DONE);
    CHECK_INT(CLI_RUN(&cli, "client", "add", "name=Волошка", "territory=14", "phone=+380441234567", "--db", store),
              KARTO_EXIT_DONE);
    atexit(close_store);
    return 0;
}

static void check_answer(void)
{
    struct karto_arena arena;
    struct karto_json value;
    size_t at = 0;
    struct karto_slice text = karto_slice_str(out_text);
    karto_arena_init(&arena);
    KARTO_ASSERT(karto_json_read(&arena, text, &at, &value) && !karto_json_more(text, &at));
    karto_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = {"client", "person", "activity", "purchase"};
    static const char *const matches[] = {"name", "edrpou,phone,name", "external_id", "-"};
    static const char *const languages[] = {"uk", "en"};
    if (size == 0)
        return 0;
    CHECK(ftruncate(file, 0) == 0);
    CHECK(pwrite(file, data + 1, size - 1, 0) == (ssize_t)size - 1);
    enum karto_exit code =
        CLI_RUN(&cli, "import", table, "--kind", kinds[data[0] & 3], "--match", matches[data[0] >> 2 & 3], "--lang",
                languages[data[0] >> 4 & 1], "-n", "--json", "--db", store);
    KARTO_ASSERT(code == KARTO_EXIT_DONE || code == KARTO_EXIT_PARTLY || code == KARTO_EXIT_USAGE ||
                 code == KARTO_EXIT_INVALID || code == KARTO_EXIT_NOT_FOUND);
    if (code == KARTO_EXIT_DONE || code == KARTO_EXIT_PARTLY)
        check_answer();
    return 0;
}
