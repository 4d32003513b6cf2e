/* karto check: whether everything in the store is whole. */
#include "client/cmd.h"
#include "client/open.h"
#include "core/store/check.h"

struct checking {
    struct karto_cli *cli;
    struct karto_out *out;
    struct karto_check check;
};

static const struct karto_column columns[] = {{"record", true}, {"what", true}};

static void report(void *context, const char *what, const struct karto_rid *record)
{
    struct checking *c = context;
    char id[KARTO_RID_TEXT];
    karto_out_object(c->out);
    karto_out_key(c->out, "record");
    if (record)
        karto_rid_print(*record, id);
    karto_out_str(c->out, record ? id : NULL);
    karto_out_key(c->out, "what");
    karto_out_str(c->out, what);
    karto_out_object_end(c->out);
}

static void show_count(struct karto_out *out, const char *key, uint64_t count)
{
    karto_out_key(out, key);
    karto_out_int(out, (int64_t)count);
}

static enum karto_err check_work(struct karto_tx *tx, void *context)
{
    struct checking *c = context;
    karto_out_begin(c->out, "check", KARTO_OUT_LIST);
    karto_out_rows(c->out, "problems", columns, sizeof columns / sizeof *columns);
    enum karto_err err = karto_check(tx, report, c, &c->check);
    karto_out_rows_end(c->out);
    show_count(c->out, "records", c->check.records);
    show_count(c->out, "changes", c->check.changes);
    show_count(c->out, "indexed", c->check.indexed);
    enum karto_err end = karto_out_end(c->out);
    return err == KARTO_OK ? end : err;
}

enum karto_exit karto_cmd_check(struct karto_cli *cli)
{
    struct checking c = {.cli = cli, .out = karto_cli_out(cli)};
    enum karto_err err = karto_cli_read(cli, check_work, &c);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    if (c.check.problems == 0) {
        KARTO_NOTE(cli, KARTO_M_CHECK_FINE, karto_arg_int("n", (int64_t)c.check.records));
        return KARTO_EXIT_DONE;
    }
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_CORRUPT, KARTO_M_CHECK_BROKEN,
                  karto_arg_int("n", (int64_t)c.check.problems));
    return karto_cli_fail(cli);
}
