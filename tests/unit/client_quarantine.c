/* karto quarantine: what is said of what is set aside, that nobody's bytes get to a terminal, and that only what was
 * named goes. */
#include "core/base/os_posix.h"
#include "core/store/quarantine.h"
#include "tests/cli_run.h"
#include "tests/temp_dir.h"

static struct temp_dir dir;

static const char *env(const char *name)
{
    return strcmp(name, "KARTO_DB") == 0 ? dir.path : strcmp(name, "KARTO_LANG") == 0 ? "uk" : NULL;
}

static const struct cli program = {env}, terminal = {env, true};

#define RUN(...) CLI_RUN(&program, __VA_ARGS__)

/* Steers a terminal: another title, another colour. */
static const char bytes[] = "\x1b]0;title\a\x1b[31m\0 rest";

static enum karto_err fill(struct karto_tx *tx, void *context)
{
    bool added;
    const struct karto_quarantined entries[] = {
        {.form = KARTO_QUARANTINE_CHANGE,
         .record = {{1}},
         .dot = {{0x11}, 42},
         .error = karto_slice_str("E-UNREADABLE"),
         .detail = karto_slice_str("not a value"),
         .author = karto_slice_str("petro\x1b[31m"),
         .bytes = karto_slice(bytes, sizeof bytes)},
        {.form = KARTO_QUARANTINE_STATE, .error = karto_slice_str("E-UNREADABLE"), .bytes = karto_slice_str("second")},
    };
    (void)context;
    enum karto_err err = karto_quarantine_put(tx, &entries[0], &added);
    return err == KARTO_OK ? karto_quarantine_put(tx, &entries[1], &added) : err;
}

static void make_store(void)
{
    struct karto_store_options options = {.dir = dir.path, .sys = karto_os_sys(), .no_sync = true, .map_size = 4 << 20};
    struct karto_store_identity identity = {
        KARTO_ON_DEVICE, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    struct karto_store *store;
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    CHECK_INT(karto_store_write(store, fill, NULL), KARTO_OK);
    karto_store_close(store);
}

static void a_list_says_what_and_why(void)
{
    CHECK_INT(RUN("quarantine", "list", "--json"), KARTO_EXIT_DONE);
    HAS(out_text, "\"number\":1,");
    HAS(out_text, "\"of\":\"change\",\"from\":\"hub\",\"user\":\"petro\\u001b[31m\"");
    HAS(out_text, "\"dot\":\"0000000000000011-42\",\"what\":\"not a value\",");
    HAS(out_text, "\"error\":\"E-UNREADABLE\",\"bytes\":22,\"readable\":false}");
    HAS(out_text, "\"number\":2,");
    HAS(out_text, "\"record\":null,\"dot\":null,\"what\":null");
    CHECK_INT(CLI_RUN(&terminal, "quarantine", "list"), KARTO_EXIT_DONE);
    HAS(out_text, "головний офіс");
    HAS(out_text, "зміна");
    HAS(out_text, "Що не так");
    CHECK(!strchr(out_text, '\x1b') || !strstr(out_text, "\x1b[31m"));
    CHECK_INT(RUN("quarantine", "list", "--columns", "number,bytes", "--tsv"), KARTO_EXIT_DONE);
    CHECK_STR(out_text, "number\tbytes\n1\t22\n2\t6\n");
    CHECK_INT(CLI_RUN(&terminal, "status"), KARTO_EXIT_DONE);
    HAS(out_text, "не вдалося прочитати й відкладено: 2; karto quarantine list");
}

static void its_bytes_go_into_a_file(void)
{
    char path[300];
    struct karto_buf text = KARTO_BUF_EMPTY;
    snprintf(path, sizeof path, "%s.bytes", dir.path);
    CHECK_INT(CLI_RUN(&terminal, "quarantine", "show", "1", "-o", "-"), KARTO_EXIT_USAGE);
    CHECK_STR(out_text, "");
    CHECK_INT(CLI_RUN(&terminal, "quarantine", "show", "1"), KARTO_EXIT_DONE);
    CHECK(!strstr(out_text, "title"));
    CHECK_INT(RUN("quarantine", "show", "1", "-o", path), KARTO_EXIT_DONE);
    CHECK_INT(karto_os_read_file(path, 1000, &text), KARTO_OK);
    CHECK_INT(text.size, sizeof bytes);
    CHECK(memcmp(text.data, bytes, sizeof bytes) == 0);
    CHECK_INT(RUN("quarantine", "show", "2", "-o", path), KARTO_EXIT_FAILURE); /* it is there already */
    HAS(err_text, "E-EXISTS");
    CHECK_INT(RUN("quarantine", "show", "2", "-o", "-"), KARTO_EXIT_DONE);
    CHECK_STR(out_text, "second");
    CHECK_INT(remove(path), 0);
    karto_buf_fini(&text);
}

static void only_what_is_named_goes(void)
{
    static const char *const wrong[] = {"0", "3", "1x", "", "99999999999999999999"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_INT(RUN("quarantine", "remove", wrong[i]), KARTO_EXIT_NOT_FOUND);
    CHECK_INT(RUN("quarantine", "remove", "1", "--dry-run"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("quarantine", "retry"), KARTO_EXIT_DONE);
    HAS(out_text, "tried\t2\nreadable\t0\n");
    HAS(err_text, "ця програма ще не читає");
    CHECK_INT(RUN("quarantine", "remove", "1"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("quarantine", "remove", "1"), KARTO_EXIT_NOT_FOUND);
    CHECK_INT(RUN("quarantine", "list", "--columns", "number", "--tsv"), KARTO_EXIT_DONE);
    CHECK_STR(out_text, "number\n2\n");
    CHECK_INT(RUN("quarantine", "remove", "2"), KARTO_EXIT_DONE);
    CHECK_INT(RUN("quarantine", "list"), KARTO_EXIT_DONE);
    HAS(err_text, "Нічого не відкладено");
    CHECK_INT(RUN("status", "--json"), KARTO_EXIT_DONE);
    HAS(out_text, "\"quarantined\":0,");
}

int main(void)
{
    dir = temp_dir_make();
    make_store();
    a_list_says_what_and_why();
    its_bytes_go_into_a_file();
    only_what_is_named_goes();
    temp_dir_remove(&dir);
    cli_forget();
    return 0;
}
