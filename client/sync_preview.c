#include "client/sync_preview.h"

#include "client/interrupt.h"
#include "client/syncd_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct preview {
    struct karto_syncd_line last;
    bool knows_sent;
    uint64_t changes, records, bytes, requests; /* to be sent */
    char bound[16];                             /* of what would come; empty: head office was not reached */
    uint64_t come_changes, come_records, come_bytes;
};

/* ---- what karto-syncd says ---- */

static void hear(void *context, const char *line)
{
    struct preview *p = context;
    if (sscanf(line, "send %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &p->changes, &p->records, &p->bytes,
               &p->requests) == 4)
        p->knows_sent = true;
    else
        karto_syncd_hear(&p->last, line);
}

static enum karto_err understand(struct preview *p)
{
    const char *rest;
    enum karto_err err = karto_syncd_understand(p->last.text, &rest);
    if (err == KARTO_OK && sscanf(rest, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64, p->bound, &p->come_changes,
                                  &p->come_records, &p->come_bytes) != 4)
        err = KARTO_E_PROTOCOL;
    return err;
}

static bool is(const struct preview *p, const char *bound)
{
    return strcmp(p->bound, bound) == 0;
}

/* ---- for programs ---- */

static void show_number(struct karto_out *out, const char *key, bool known, uint64_t number)
{
    karto_out_key(out, key);
    if (known)
        karto_out_int(out, (int64_t)number);
    else
        karto_out_null(out);
}

static void show_facts(struct karto_out *out, const struct preview *p)
{
    karto_out_key(out, "send");
    karto_out_object(out);
    show_number(out, "changes", true, p->changes);
    show_number(out, "records", true, p->records);
    show_number(out, "bytes", true, p->bytes);
    show_number(out, "requests", true, p->requests);
    karto_out_object_end(out);
    karto_out_key(out, "receive");
    if (!p->bound[0]) {
        karto_out_null(out);
        return;
    }
    bool known = !is(p, "unknown");
    karto_out_object(out);
    karto_out_key(out, "bound"), karto_out_str(out, p->bound);
    show_number(out, "changes", known && !is(p, "most"), p->come_changes);
    show_number(out, "records", known, p->come_records);
    show_number(out, "bytes", known, p->come_bytes);
    karto_out_object_end(out);
}

/* ---- for people ---- */

/* In thousands, as networks are paid for. */
static void say_size(enum karto_lang lang, uint64_t bytes, struct karto_buf *out)
{
    bool mega = bytes >= 1000 * 1000;
    uint64_t tenths = mega ? (bytes + 50000) / 100000 : (bytes + 50) / 100;
    if (bytes < 1000) {
        KARTO_SAY(out, lang, KARTO_M_SIZE_BYTES, karto_arg_int("n", (int64_t)bytes));
        return;
    }
    struct karto_buf number = KARTO_BUF_EMPTY;
    karto_buf_printf(&number, "%" PRIu64 "%s%" PRIu64, tenths / 10, lang == KARTO_LANG_UK ? "," : ".", tenths % 10);
    KARTO_SAY(out, lang, mega ? KARTO_M_SIZE_MEGA : KARTO_M_SIZE_KILO,
              karto_arg_text("number", karto_buf_slice(&number)));
    karto_buf_fini(&number);
}

static void say_line(enum karto_lang lang, enum karto_message message, uint64_t changes, uint64_t records,
                     uint64_t bytes, struct karto_buf *out)
{
    struct karto_buf size = KARTO_BUF_EMPTY;
    say_size(lang, bytes, &size);
    KARTO_SAY(out, lang, message, karto_arg_int("n", (int64_t)changes), karto_arg_int("records", (int64_t)records),
              karto_arg_text("size", karto_buf_slice(&size)));
    karto_buf_fini(&size);
}

static void say_facts(struct karto_cli *cli, const struct preview *p)
{
    struct karto_buf lines = KARTO_BUF_EMPTY;
    say_line(cli->lang, p->changes ? KARTO_M_PREVIEW_SEND : KARTO_M_PREVIEW_SEND_NOTHING, p->changes, p->records,
             p->bytes, &lines);
    enum karto_message come = is(p, "most")         ? KARTO_M_PREVIEW_MOST
                              : is(p, "least")      ? KARTO_M_PREVIEW_LEAST
                              : is(p, "unknown")    ? KARTO_M_PREVIEW_UNKNOWN
                              : p->come_changes > 0 ? KARTO_M_PREVIEW_COME
                                                    : KARTO_M_PREVIEW_COME_NOTHING;
    if (p->bound[0]) {
        karto_buf_add_byte(&lines, '\n');
        say_line(cli->lang, come, p->come_changes, p->come_records, p->come_bytes, &lines);
    }
    karto_out_say(karto_cli_out(cli), karto_buf_slice(&lines));
    karto_buf_fini(&lines);
}

static enum karto_err show(struct karto_cli *cli, const struct preview *p)
{
    struct karto_out *out = karto_cli_out(cli);
    karto_out_begin(out, "sync-preview", KARTO_OUT_CARD);
    if (karto_out_form(out) == KARTO_FORM_TABLE)
        say_facts(cli, p);
    else
        show_facts(out, p);
    return karto_out_end(out);
}

enum karto_err karto_sync_preview(struct karto_cli *cli, const char *dir)
{
    struct preview p = {.knows_sent = false};
    int status = 0;
    char *const argv[] = {karto_syncd_word(KARTO_SYNCD), karto_syncd_word("--preview"), karto_syncd_word("--db"),
                          karto_syncd_word(dir), NULL};
    const struct karto_waiting waiting = {karto_interrupted, 0, NULL, NULL};
    const struct karto_sibling sibling = {KARTO_SYNCD, argv, karto_slice(NULL, 0), hear, &p, &waiting};
    enum karto_err err = karto_run_sibling(&sibling, &status);
    if (err == KARTO_OK)
        err = understand(&p);
    if (err != KARTO_OK)
        p.bound[0] = 0;
    enum karto_err shown = p.knows_sent ? show(cli, &p) : KARTO_OK;
    return karto_problem_begin(&cli->problem, err == KARTO_OK ? shown : err);
}
