/* karto doctor beside a process that writes to the store and never lets go: it says so, and is not held up itself. */
#include "core/base/os_posix.h"
#include "core/store/collation.h"
#include "core/store/repaired.h"
#include "core/store/store.h"
#include "tests/cli_run.h"
#include "tests/temp_dir.h"

#include <signal.h>
#include <sys/wait.h>

static struct temp_dir root;

static const char *environment(const char *name)
{
    if (strcmp(name, "KARTO_LANG") == 0)
        return "en";
    return strcmp(name, "KARTO_DB") == 0 ? temp_dir_file(&root, "store") : NULL;
}

static const struct cli cli = {environment, .terminal = true};

/* ---- a process that writes ---- */

static enum karto_err hold(struct karto_kv_txn *txn, void *context)
{
    (void)txn;
    CHECK(write(*(const int *)context, "x", 1) == 1);
    while (pause() != 0)
        continue;
    return KARTO_OK;
}

/* Below everything that opening a store does, so that it holds nothing but the lock. */
static void write_for_ever(int said)
{
    const char *const names[] = {"meta"};
    const struct karto_kv_options options = {.dir = temp_dir_file(&root, "store"), .names = names, .name_count = 1};
    struct karto_kv *kv;
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_OK);
    CHECK_INT(karto_kv_write(kv, hold, &said), KARTO_OK);
    _exit(0);
}

static pid_t start_writer(void)
{
    int ends[2];
    char said;
    CHECK(pipe(ends) == 0);
    pid_t writer = fork();
    if (writer == 0)
        write_for_ever(ends[1]);
    CHECK(writer > 0 && read(ends[0], &said, 1) == 1);
    close(ends[0]);
    close(ends[1]);
    return writer;
}

static void end_writer(pid_t writer)
{
    CHECK(kill(writer, SIGKILL) == 0 && waitpid(writer, NULL, 0) == writer);
}

/* ---- what is said of it ---- */

static void a_held_lock_is_found(void)
{
    CHECK_INT(CLI_RUN(&cli, "doctor"), KARTO_EXIT_DONE);
    HAS(out_text, "All is well");
    pid_t writer = start_writer();
    CHECK_INT(CLI_RUN(&cli, "doctor", "--json"), KARTO_EXIT_FAILURE);
    HAS(out_text, "\"id\":\"D-WRITE-HELD\",\"area\":\"store\",\"state\":\"fail\"");
    HAS(out_text, "\"id\":\"D-OPEN\",\"area\":\"store\",\"state\":\"ok\"");
    HAS(out_text, "\"next\":\"fuser -v ");
    end_writer(writer);
    CHECK_INT(CLI_RUN(&cli, "doctor", "-v"), KARTO_EXIT_DONE);
    HAS(out_text, "[D-WRITE]");
}

static void sort_backwards(struct karto_buf *buf, struct karto_slice text, size_t size_max)
{
    (void)size_max;
    for (size_t i = text.size; i > 0; i--)
        karto_buf_add_byte(buf, text.data[i - 1]);
}

static enum karto_err do_nothing(struct karto_tx *tx, void *context)
{
    (void)tx;
    (void)context;
    return KARTO_OK;
}

/* One that another program has left rows in makes them anew when it is opened, for which it has to wait. */
static void a_store_that_does_not_open_is_found(void)
{
    static const struct karto_collation backwards = {7, sort_backwards};
    struct karto_store_options options = {
        .dir = temp_dir_file(&root, "store"), .sys = karto_os_sys(), .collation = &backwards};
    struct karto_store *store;
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK_INT(karto_store_write(store, do_nothing, NULL), KARTO_OK);
    karto_store_close(store);
    pid_t writer = start_writer();
    CHECK_INT(CLI_RUN(&cli, "doctor", "--json"), KARTO_EXIT_FAILURE);
    HAS(out_text, "\"id\":\"D-OPEN-SLOW\",\"area\":\"store\",\"state\":\"fail\"");
    HAS(out_text, "\"id\":\"D-DISK");
    end_writer(writer);
    CHECK_INT(CLI_RUN(&cli, "doctor"), KARTO_EXIT_DONE);
}

/* ---- records that were repaired ---- */

static enum karto_err repair(struct karto_tx *tx, void *context)
{
    (void)context;
    tx->ledger.role = KARTO_ON_DEVICE;
    enum karto_err err = karto_meta_put(tx, "hub", karto_slice_str("127.0.0.1:1"));
    return err == KARTO_OK ? karto_repaired_add(tx, 3) : err;
}

static void repairs_are_told_of(void)
{
    struct karto_store_options options = {.dir = temp_dir_file(&root, "store"), .sys = karto_os_sys()};
    struct karto_store *store;
    CHECK_INT(CLI_RUN(&cli, "status", "--json"), KARTO_EXIT_DONE);
    HAS(out_text, "\"repaired\":{\"records\":0,\"last\":null}");
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK_INT(karto_store_write(store, repair, NULL), KARTO_OK);
    karto_store_close(store);
    CHECK_INT(CLI_RUN(&cli, "status", "--json"), KARTO_EXIT_DONE);
    HAS(out_text, "\"repaired\":{\"records\":3,\"last\":\"20");
    CLI_RUN(&cli, "doctor", "--offline");
    HAS(out_text, "3 records differed here");
    HAS(out_text, "[D-REPAIRED]\n    next: karto check");
}

int main(void)
{
    root = temp_dir_make();
    CHECK_INT(CLI_RUN(&cli, "init"), KARTO_EXIT_DONE);
    CHECK_INT(CLI_RUN(&cli, "client", "add", "name=Ромашка"), KARTO_EXIT_DONE);
    a_held_lock_is_found();
    a_store_that_does_not_open_is_found();
    repairs_are_told_of();
    cli_forget();
    struct temp_dir store = root;
    strcat(store.path, "/store");
    temp_dir_remove(&store);
    temp_dir_remove(&root);
    return 0;
}
