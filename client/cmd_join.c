/* karto join: a store becomes a device of a head office. What needs the network is done by karto-syncd. */
#include "client/cmd.h"
#include "client/cli.h"
#include "client/file_problem.h"
#include "client/interrupt.h"
#include "client/open.h"
#include "client/person.h"
#include "client/syncd_line.h"
#include "client/volume_rule.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "proto/invitation.h"

#include <string.h>

enum { FILE_SIZE_MAX = 2048, TELL_MS = 3000 };

struct joining {
    struct karto_cli *cli;
    const char *dir;
    struct karto_buf text; /* the invitation as it came; read, itself alone */
    struct karto_invitation invitation;
    bool unencrypted;     /* the disk, and that may be so */
    struct karto_buf hub; /* its address, as a string */
    struct karto_syncd_line line;
};

static enum karto_err say(struct joining *j, enum karto_err err, enum karto_message message, enum karto_message hint,
                          const char *value)
{
    struct karto_cli *cli = j->cli;
    KARTO_PROBLEM(&cli->problem, cli->lang, err, message, karto_arg_str("value", value));
    KARTO_SAY(&cli->problem.hint, cli->lang, hint, karto_arg_str("db", karto_cli_on_db(cli)));
    return err;
}

/* ---- the invitation ---- */

/* Somebody who typed the invitation itself as the word needs the same advice as one who mistyped the name of a file. */
static enum karto_err no_file(struct joining *j, const char *file)
{
    enum karto_err err = karto_cli_unreadable(j->cli, file);
    karto_buf_clear(&j->cli->problem.hint);
    karto_message(&j->cli->problem.hint, j->cli->lang, KARTO_M_JOIN_FILE_HINT, NULL, 0);
    return err;
}

static enum karto_err read_file(struct joining *j, const char *file)
{
    enum karto_err err = karto_os_read_file(file, FILE_SIZE_MAX, &j->text);
    if (err == KARTO_E_LIMIT)
        return karto_problem_begin(&j->cli->problem, KARTO_E_INVITATION);
    return err == KARTO_OK ? KARTO_OK : no_file(j, file);
}

static enum karto_err read_line(struct joining *j)
{
    struct karto_cli *cli = j->cli;
    char line[FILE_SIZE_MAX];
    if (cli->in_is_terminal)
        fprintf(cli->err, "%s ", karto_message_text(cli->lang, KARTO_M_JOIN_PROMPT));
    if (!fgets(line, sizeof line, cli->in) || line[strspn(line, " \t\r\n")] == 0)
        return say(j, KARTO_E_USAGE, KARTO_M_JOIN_NOTHING, KARTO_M_JOIN_FILE_HINT, NULL);
    karto_buf_add_str(&j->text, line);
    return KARTO_OK;
}

static bool parts_words(uint8_t c)
{
    return c <= ' ' || c == '"';
}

/* The invitation in what karto hub invite printed, which has more beside it as a table or JSON; text itself where there
 * is nothing like one. */
static struct karto_slice find_invitation(struct karto_slice text)
{
    static const char scheme[] = "karto1://";
    const size_t size = sizeof scheme - 1;
    for (size_t at = 0; at + size <= text.size; at++) {
        size_t end = at;
        if (memcmp(text.data + at, scheme, size) != 0 || (at > 0 && !parts_words(text.data[at - 1])))
            continue;
        while (end < text.size && !parts_words(text.data[end]))
            end++;
        return karto_slice(text.data + at, end - at);
    }
    return text;
}

static enum karto_err read_invitation(struct joining *j)
{
    const struct karto_cli *cli = j->cli;
    const char *file = cli->args.word_count ? cli->args.words[0] : NULL;
    bool asks = !file || (strcmp(file, "-") == 0 && cli->in_is_terminal);
    if (asks && cli->settings.no_input)
        return say(j, KARTO_E_USAGE, KARTO_M_JOIN_NOTHING, KARTO_M_JOIN_FILE_HINT, NULL);
    enum karto_err err = file && strcmp(file, "-") != 0 ? read_file(j, file) : read_line(j);
    if (err != KARTO_OK)
        return err;
    err = karto_invitation_parse(find_invitation(karto_buf_slice(&j->text)), &j->invitation);
    if (err != KARTO_OK)
        return karto_problem_begin(&j->cli->problem, err);
    karto_buf_clear(&j->text);
    karto_invitation_print(&j->invitation, &j->text);
    karto_address_print(&j->invitation.hub, &j->hub);
    karto_buf_add_byte(&j->hub, 0);
    return KARTO_OK;
}

/* ---- the store ---- */

static enum karto_err read_role(struct karto_tx *tx, void *context)
{
    *(enum karto_store_role *)context = tx->ledger.role;
    return KARTO_OK;
}

/* One that is there must have been used alone. */
static enum karto_err look_at_store(struct joining *j)
{
    struct karto_store_options options = {.dir = j->dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_store *store;
    enum karto_store_role role = KARTO_LOCAL;
    enum karto_err err = karto_store_open(&options, &store);
    if (err == KARTO_E_NO_STORE)
        return KARTO_OK;
    if (err == KARTO_OK)
        err = karto_store_read(store, read_role, &role);
    karto_store_close(store);
    if (err != KARTO_OK)
        return karto_cli_db_problem(j->cli, err, j->dir);
    switch (role) {
    case KARTO_LOCAL: break;
    case KARTO_ON_DEVICE: return say(j, KARTO_E_ROLE, KARTO_M_JOIN_ALREADY, KARTO_M_JOIN_ALREADY_HINT, j->dir);
    case KARTO_ON_HUB: return say(j, KARTO_E_ROLE, KARTO_M_JOIN_HUB, KARTO_M_JOIN_HUB_HINT, j->dir);
    }
    return KARTO_OK;
}

/* ---- joining ---- */

static void tell_waiting(void *context)
{
    struct joining *j = context;
    if (j->cli->settings.form != KARTO_FORM_JSON)
        KARTO_NOTE(j->cli, KARTO_M_SYNC_WAITS, karto_arg_str("hub", (const char *)j->hub.data));
}

/* What was said counts, also where somebody wanted it to end: a device that has joined has joined. */
static enum karto_err run(struct joining *j, const char *name)
{
    struct karto_buf machine = KARTO_BUF_EMPTY;
    int status = 0;
    if (name && *name && strlen(name) <= KARTO_NAME_SIZE_MAX)
        karto_buf_add_str(&machine, name);
    else
        karto_person_machine(&machine);
    karto_buf_add_byte(&machine, 0);
    char *const argv[] = {karto_syncd_word(KARTO_SYNCD),
                          karto_syncd_word("--join"),
                          karto_syncd_word("--name"),
                          (char *)machine.data,
                          karto_syncd_word("--db"),
                          karto_syncd_word(j->dir),
                          j->unencrypted ? karto_syncd_word("--unencrypted") : NULL,
                          NULL};
    const struct karto_waiting waiting = {karto_interrupted, TELL_MS, tell_waiting, j};
    const struct karto_sibling sibling = {KARTO_SYNCD,      argv,     karto_buf_slice(&j->text),
                                          karto_syncd_hear, &j->line, &waiting};
    karto_interrupt_watch();
    enum karto_err err = karto_run_sibling(&sibling, &status);
    karto_buf_fini(&machine);
    return j->line.text[0] ? karto_syncd_understand(j->line.text, NULL) : err == KARTO_OK ? KARTO_E_IO : err;
}

/* Here nobody has work that could be safe, nor anything to synchronise with. */
static enum karto_err explain(struct joining *j, enum karto_err err)
{
    struct karto_cli *cli = j->cli;
    karto_problem_begin(&cli->problem, err);
    if (err != KARTO_E_OFFLINE && err != KARTO_E_TIMEOUT)
        return err;
    return say(j, err, KARTO_M_JOIN_OFFLINE, KARTO_M_JOIN_OFFLINE_HINT, (const char *)j->hub.data);
}

static void split(char *line, char *parts[3])
{
    for (int i = 0; i < 3; i++) {
        parts[i] = line;
        line += strcspn(line, "\t");
        if (*line)
            *line++ = 0;
    }
}

/* Whose invitation it is only head office knows: a trial tells no more than where that is. */
static enum karto_err show(struct joining *j)
{
    struct karto_cli *cli = j->cli;
    char *parts[3] = {NULL, (char *)j->hub.data, NULL};
    if (!cli->settings.dry_run)
        split(j->line.text + strlen("ok "), parts);
    struct karto_out *out = karto_cli_out(cli);
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE;
    karto_out_begin(out, "joined", KARTO_OUT_CARD);
    karto_out_key(out, "user"), karto_out_str(out, parts[0]);
    karto_out_key(out, "hub"), karto_out_str(out, parts[1]);
    karto_out_key(out, for_people ? "user_role" : "role");
    karto_out_str(out, for_people && parts[2] ? karto_person_role(cli->lang, parts[2]) : parts[2]);
    enum karto_err err = karto_out_end(out);
    KARTO_NOTE_DONE(cli, KARTO_M_JOIN_DONE, karto_arg_str("user", parts[0]), karto_arg_str("db", karto_cli_on_db(cli)));
    return err == KARTO_OK ? KARTO_OK : karto_problem_begin(&cli->problem, err);
}

enum karto_exit karto_cmd_join(struct karto_cli *cli)
{
    struct joining j = {.cli = cli};
    enum karto_err err = karto_cli_db(cli, &j.dir);
    if (err == KARTO_OK)
        err = look_at_store(&j);
    if (err == KARTO_OK)
        err = read_invitation(&j);
    if (err == KARTO_OK)
        err = karto_volume_rule(cli, j.dir, &j.unencrypted);
    if (err == KARTO_OK && cli->settings.dry_run) {
        err = show(&j);
    } else if (err == KARTO_OK) {
        err = run(&j, karto_args_value(&cli->args, "name"));
        err = err == KARTO_OK ? show(&j) : explain(&j, err);
    }
    karto_buf_fini(&j.text);
    karto_buf_fini(&j.hub);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}
