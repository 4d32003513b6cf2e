/* karto quarantine: what came and could not be read. Its bytes are others': they go into a file, never to a terminal.
 */
#include "client/cmd.h"
#include "client/field_show.h"
#include "client/open.h"
#include "client/out_file.h"
#include "core/store/quarantine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct karto_column columns[] = {
    {"number", true}, {"time", true}, {"of", true},        {"from", true},   {"user", true},  {"record", false},
    {"dot", false},   {"what", true}, {"position", false}, {"error", false}, {"bytes", true}, {"readable", false},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- an entry ---- */

static bool for_people(const struct karto_out *out)
{
    return karto_out_form(out) == KARTO_FORM_TABLE;
}

/* For programs a word, for people theirs. */
static void show_word(struct karto_out *out, const char *key, const char *word, enum karto_message message)
{
    karto_out_key(out, key);
    karto_out_str(out, for_people(out) ? karto_message_text(karto_out_lang(out), message) : word);
}

static void show_rid(struct karto_out *out, const char *key, struct karto_rid id)
{
    char text[KARTO_RID_TEXT];
    karto_out_key(out, key);
    karto_rid_print(id, text);
    karto_out_str(out, karto_rid_is_zero(id) ? NULL : text);
}

static void show_from(struct karto_out *out, struct karto_rid device)
{
    if (karto_rid_is_zero(device))
        show_word(out, "from", "hub", KARTO_M_QUARANTINE_FROM_HUB);
    else
        show_rid(out, "from", device);
}

static void show_dot(struct karto_out *out, struct karto_dot dot)
{
    char text[KARTO_DOT_TEXT];
    karto_out_key(out, "dot");
    karto_dot_print(dot, text);
    karto_out_str(out, dot.seq ? text : NULL);
}

static void show_number(struct karto_out *out, const char *key, uint64_t number)
{
    karto_out_key(out, key);
    karto_out_int(out, (int64_t)number);
}

static void show_entry(struct karto_out *out, struct karto_tx *tx, const struct karto_quarantined *entry)
{
    show_number(out, "number", entry->number);
    karto_out_key(out, "time"), karto_out_time(out, entry->at_ms);
    if (entry->form == KARTO_QUARANTINE_CHANGE)
        show_word(out, "of", "change", KARTO_M_QUARANTINE_CHANGE);
    else
        show_word(out, "of", "state", KARTO_M_QUARANTINE_STATE);
    show_from(out, entry->device);
    karto_text_show_as(out, "user", entry->author);
    show_rid(out, "record", entry->record);
    show_dot(out, entry->dot);
    karto_text_show_as(out, "what", entry->detail);
    show_number(out, "position", entry->position);
    karto_text_show_as(out, "error", entry->error);
    show_number(out, "bytes", entry->bytes.size);
    karto_out_key(out, "readable");
    karto_out_bool(out, karto_quarantine_is_readable(tx, entry));
}

/* ---- list ---- */

struct listing {
    struct karto_cli *cli;
    struct karto_out *out;
    uint64_t count;
};

static enum karto_err list_one(struct karto_tx *tx, const struct karto_quarantined *entry, void *context)
{
    struct listing *l = context;
    l->count++;
    karto_out_object(l->out);
    show_entry(l->out, tx, entry);
    karto_out_object_end(l->out);
    return KARTO_OK;
}

static enum karto_err list(struct karto_tx *tx, void *context)
{
    struct listing *l = context;
    karto_out_begin(l->out, "quarantine", KARTO_OUT_LIST);
    karto_out_rows(l->out, "items", columns, COLUMNS);
    enum karto_err err = karto_quarantine_each(tx, list_one, l);
    karto_out_rows_end(l->out);
    enum karto_err end = karto_out_end(l->out);
    return err == KARTO_OK ? end : err;
}

enum karto_exit karto_cmd_quarantine_list(struct karto_cli *cli)
{
    struct listing l = {.cli = cli, .out = karto_cli_out(cli)};
    enum karto_err err = karto_out_check_columns(l.out, columns, COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, list, &l);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    if (l.count == 0)
        karto_cli_note(cli, KARTO_M_QUARANTINE_EMPTY, NULL, 0);
    return KARTO_EXIT_DONE;
}

/* ---- one of them ---- */

static enum karto_err not_found(struct karto_cli *cli)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_QUARANTINE_NOT_FOUND,
                  karto_arg_str("number", cli->args.words[0]));
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_QUARANTINE_NOT_FOUND_HINT, NULL, 0);
    return KARTO_E_NOT_FOUND;
}

/* The number that was typed. What is none is one that there is not. */
static enum karto_err read_number(struct karto_cli *cli, uint64_t *number)
{
    const char *text = cli->args.words[0];
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return *text >= '1' && *text <= '9' && !*end && !errno ? KARTO_OK : not_found(cli);
}

struct showing {
    struct karto_cli *cli;
    const char *file; /* for the bytes; NULL: they are not wanted */
    struct karto_out_file whole;
};

static bool is_standard_output(const char *file)
{
    return strcmp(file, "-") == 0;
}

static enum karto_err write_bytes(struct showing *s, struct karto_slice bytes)
{
    FILE *file = s->cli->out;
    if (!is_standard_output(s->file)) {
        enum karto_err err = karto_out_file_open(&s->whole, s->cli, s->file);
        if (err != KARTO_OK)
            return err;
        file = s->whole.file;
    }
    if (bytes.size && fwrite(bytes.data, 1, bytes.size, file) != bytes.size)
        return KARTO_E_IO;
    if (is_standard_output(s->file))
        return fflush(file) == 0 ? KARTO_OK : KARTO_E_IO;
    return karto_out_file_keep(&s->whole);
}

static enum karto_err show_card(struct karto_out *out, struct karto_tx *tx, const struct karto_quarantined *entry)
{
    karto_out_begin(out, "quarantined", KARTO_OUT_CARD);
    show_entry(out, tx, entry);
    return karto_out_end(out);
}

static enum karto_err show(struct karto_tx *tx, void *context)
{
    struct showing *s = context;
    struct karto_quarantined entry;
    uint64_t number;
    enum karto_err err = read_number(s->cli, &number);
    if (err != KARTO_OK)
        return err;
    err = karto_quarantine_get(tx, number, &entry);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? not_found(s->cli) : err;
    if (s->file)
        err = write_bytes(s, entry.bytes);
    return err == KARTO_OK && !(s->file && is_standard_output(s->file)) ? show_card(karto_cli_out(s->cli), tx, &entry)
                                                                        : err;
}

/* Somebody's bytes may steer a terminal. */
static enum karto_err check_file(struct karto_cli *cli, const char *file)
{
    if (!is_standard_output(file))
        return karto_out_file_check(cli, file);
    return cli->out_is_terminal
               ? karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_QUARANTINE_TERMINAL, NULL, 0)
               : KARTO_OK;
}

enum karto_exit karto_cmd_quarantine_show(struct karto_cli *cli)
{
    struct showing s = {.cli = cli, .file = karto_args_value(&cli->args, "output")};
    enum karto_err err = s.file ? check_file(cli, s.file) : KARTO_OK;
    if (err == KARTO_OK)
        err = karto_cli_read(cli, show, &s);
    karto_out_file_drop(&s.whole);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

static enum karto_err take_away(struct karto_tx *tx, void *context)
{
    struct karto_cli *cli = context;
    uint64_t number;
    enum karto_err err = read_number(cli, &number);
    if (err == KARTO_OK)
        err = karto_quarantine_remove(tx, number);
    return err == KARTO_E_NOT_FOUND ? not_found(cli) : err;
}

enum karto_exit karto_cmd_quarantine_remove(struct karto_cli *cli)
{
    if (karto_cli_write(cli, take_away, cli) != KARTO_OK)
        return karto_cli_fail(cli);
    KARTO_NOTE_DONE(cli, KARTO_M_QUARANTINE_REMOVED, karto_arg_str("number", cli->args.words[0]));
    return KARTO_EXIT_DONE;
}

/* ---- again ---- */

struct retrying {
    struct karto_cli *cli;
    uint64_t tried, readable;
};

static enum karto_err retry(struct karto_tx *tx, void *context)
{
    struct retrying *r = context;
    uint64_t number = 0;
    enum karto_err err = tx->ledger.role == KARTO_ON_HUB ? KARTO_E_ROLE : KARTO_OK;
    if (err != KARTO_OK) /* there a verdict is final */
        return karto_problem_set(&r->cli->problem, r->cli->lang, err, KARTO_M_QUARANTINE_FINAL, NULL, 0);
    if (r->cli->args.word_count)
        err = read_number(r->cli, &number);
    if (err == KARTO_OK)
        err = karto_quarantine_retry(tx, number, &r->tried, &r->readable);
    return err == KARTO_E_NOT_FOUND ? not_found(r->cli) : err;
}

static enum karto_err show_retried(struct retrying *r)
{
    struct karto_out *out = karto_cli_out(r->cli);
    if (for_people(out))
        return KARTO_OK;
    karto_out_begin(out, "retried", KARTO_OUT_CARD);
    show_number(out, "tried", r->tried);
    show_number(out, "readable", r->readable);
    return karto_out_end(out);
}

enum karto_exit karto_cmd_quarantine_retry(struct karto_cli *cli)
{
    struct retrying r = {.cli = cli};
    enum karto_err err = karto_cli_write(cli, retry, &r);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    err = show_retried(&r);
    if (r.tried == 0)
        karto_cli_note(cli, KARTO_M_QUARANTINE_EMPTY, NULL, 0);
    else
        KARTO_NOTE_DONE(cli, r.readable ? KARTO_M_QUARANTINE_RETRIED : KARTO_M_QUARANTINE_STILL,
                        karto_arg_int("n", (int64_t)r.readable), karto_arg_int("all", (int64_t)r.tried));
    return karto_cli_end(cli, err);
}
