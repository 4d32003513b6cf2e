/* karto join, karto sync: what needs the network is done by karto-syncd: by the one that runs, or by one started for
 * this. */
#include "client/cmd.h"
#include "client/command.h"
#include "client/person.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/base/os_process.h"
#include "core/base/os_socket.h"
#include "core/store/store.h"
#include "proto/invitation.h"

#include <stdlib.h>
#include <string.h>

enum { SYNC_MS = 10 * 60 * 1000, LINE_MAX_SIZE = 4096 };

static const char daemon_name[] = "karto-syncd";

/* What the daemon said, or the exit code of one that said nothing. */
static enum karto_err understand(const char *line, int status)
{
    if (strncmp(line, "ok ", 3) == 0)
        return KARTO_OK;
    if (strncmp(line, "err ", 4) == 0)
        return karto_err_of_id(line + 4, strcspn(line + 4, " \n"));
    return status == 0 ? KARTO_E_PROTOCOL : KARTO_E_IO;
}

static char *daemon_word(const char *word)
{
    return (char *)(uintptr_t)word; /* posix_spawn takes char *const[] and changes nothing */
}

/* ---- join ---- */

static enum karto_err read_invitation(struct karto_cli *cli, struct karto_buf *out)
{
    const char *file = cli->args.word_count ? cli->args.words[0] : "-";
    char line[2048];
    if (strcmp(file, "-") != 0)
        return karto_os_read_file(file, sizeof line, out);
    if (cli->in_is_terminal && !cli->settings.no_input)
        fprintf(cli->err, "%s ", karto_message_text(cli->lang, KARTO_M_JOIN_PROMPT));
    if (!fgets(line, sizeof line, cli->in))
        return KARTO_E_INVITATION;
    karto_buf_add_str(out, line);
    return KARTO_OK;
}

static void split(char *line, char *parts[3])
{
    line[strcspn(line, "\n")] = 0;
    for (int i = 0; i < 3; i++) {
        parts[i] = line;
        line += strcspn(line, "\t");
        if (*line)
            *line++ = 0;
    }
}

static enum karto_exit print_joined(struct karto_cli *cli, struct karto_buf *said)
{
    char *parts[3];
    karto_buf_add_byte(said, 0);
    split((char *)said->data + 3, parts);
    struct karto_out *out = karto_cli_out(cli);
    karto_out_begin(out, "joined", KARTO_OUT_CARD);
    karto_out_key(out, "user"), karto_out_str(out, parts[0]);
    karto_out_key(out, "hub"), karto_out_str(out, parts[1]);
    karto_out_key(out, "role"), karto_out_str(out, parts[2]);
    enum karto_err err = karto_out_end(out);
    KARTO_NOTE(cli, KARTO_M_JOIN_DONE, karto_arg_str("user", parts[0]));
    return karto_cli_end(cli, err);
}

static enum karto_err run_join(const char *dir, const char *name, struct karto_slice invitation, struct karto_buf *said)
{
    struct karto_buf machine = KARTO_BUF_EMPTY;
    int status = 0;
    if (name && *name && strlen(name) <= KARTO_NAME_SIZE_MAX)
        karto_buf_add_str(&machine, name);
    else
        karto_person_machine(&machine);
    karto_buf_add_byte(&machine, 0);
    char *const argv[] = {daemon_word(daemon_name),
                          daemon_word("--join"),
                          daemon_word("--name"),
                          (char *)machine.data,
                          daemon_word("--db"),
                          daemon_word(dir),
                          NULL};
    enum karto_err err = karto_run_sibling(daemon_name, argv, invitation, LINE_MAX_SIZE, said, &status);
    karto_buf_fini(&machine);
    if (err != KARTO_OK)
        return err;
    karto_buf_add_byte(said, 0);
    err = understand((const char *)said->data, status);
    said->size--;
    return err;
}

struct store_facts {
    enum karto_store_role role;
    uint64_t conflicts, pending;
};

static enum karto_err read_facts(struct karto_tx *tx, void *context)
{
    struct store_facts *facts = context;
    *facts = (struct store_facts){tx->ledger.role, tx->ledger.conflicts, tx->ledger.pending};
    return KARTO_OK;
}

static enum karto_err look_at_store(const char *dir, struct store_facts *facts)
{
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_store *store;
    enum karto_err err = karto_store_open(&options, &store);
    if (err != KARTO_OK)
        return err;
    err = karto_store_read(store, read_facts, facts);
    karto_store_close(store);
    return err;
}

/* Whose invitation it is only the hub knows, so a trial tells no more than where that is. */
static enum karto_exit try_join(struct karto_cli *cli, const char *dir, struct karto_slice text)
{
    struct karto_invitation invitation;
    struct store_facts facts = {.role = KARTO_LOCAL};
    struct karto_buf hub = KARTO_BUF_EMPTY;
    enum karto_err err = karto_invitation_parse(text, &invitation);
    if (err == KARTO_OK)
        err = look_at_store(dir, &facts);
    if (err == KARTO_E_NO_STORE)
        err = KARTO_OK;
    if (err == KARTO_OK && facts.role != KARTO_LOCAL)
        err = KARTO_E_ROLE;
    if (err != KARTO_OK)
        return karto_cli_end(cli, err);
    struct karto_out *out = karto_cli_out(cli);
    karto_address_print(&invitation.hub, &hub);
    karto_out_begin(out, "joined", KARTO_OUT_CARD);
    karto_out_key(out, "user"), karto_out_null(out);
    karto_out_key(out, "hub"), karto_out_text(out, karto_buf_slice(&hub));
    karto_out_key(out, "role"), karto_out_null(out);
    err = karto_out_end(out);
    karto_buf_fini(&hub);
    karto_cli_note(cli, KARTO_M_DRY_RUN, NULL, 0);
    return karto_cli_end(cli, err);
}

enum karto_exit karto_cmd_join(struct karto_cli *cli)
{
    struct karto_buf invitation = KARTO_BUF_EMPTY, said = KARTO_BUF_EMPTY;
    const char *dir;
    enum karto_err err = karto_cli_db(cli, &dir);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    err = read_invitation(cli, &invitation);
    if (err == KARTO_OK && cli->settings.dry_run) {
        enum karto_exit tried = try_join(cli, dir, karto_buf_slice(&invitation));
        karto_buf_fini(&invitation);
        return tried;
    }
    if (err == KARTO_OK)
        err = run_join(dir, karto_args_value(&cli->args, "name"), karto_buf_slice(&invitation), &said);
    enum karto_exit code = err == KARTO_OK ? print_joined(cli, &said) : karto_cli_end(cli, err);
    karto_buf_fini(&invitation);
    karto_buf_fini(&said);
    return code;
}

/* ---- sync ---- */

static const char *const number_names[] = {"sent", "refused", "received", "requests", "bytes_sent", "bytes_received"};
enum { NUMBERS = sizeof number_names / sizeof *number_names };

static enum karto_exit print_synced(struct karto_cli *cli, const char *dir, const char *line)
{
    uint64_t numbers[NUMBERS] = {0};
    struct store_facts facts;
    char *at = (char *)(uintptr_t)line + 3;
    struct karto_out *out = karto_cli_out(cli);
    enum karto_err err = look_at_store(dir, &facts);
    if (err != KARTO_OK)
        return karto_cli_end(cli, err);
    for (int i = 0; i < NUMBERS; i++)
        numbers[i] = strtoull(at, &at, 10);
    karto_out_begin(out, "sync", KARTO_OUT_CARD);
    for (int i = 0; i < NUMBERS; i++)
        karto_out_key(out, number_names[i]), karto_out_int(out, (int64_t)numbers[i]);
    karto_out_key(out, "conflicts"), karto_out_int(out, (int64_t)facts.conflicts);
    err = karto_out_end(out);
    KARTO_NOTE(cli, KARTO_M_SYNC_DONE, karto_arg_int("sent", (int64_t)numbers[0]),
               karto_arg_int("received", (int64_t)numbers[2]));
    if (numbers[1])
        KARTO_NOTE(cli, KARTO_M_SYNC_REFUSED, karto_arg_int("n", (int64_t)numbers[1]));
    if (facts.conflicts)
        KARTO_NOTE(cli, KARTO_M_SYNC_CONFLICTS, karto_arg_int("n", (int64_t)facts.conflicts));
    return karto_cli_end(cli, err);
}

/* What would be sent; what would come, only the hub could tell. */
static enum karto_exit try_sync(struct karto_cli *cli, const struct store_facts *facts)
{
    struct karto_out *out = karto_cli_out(cli);
    if (facts->role != KARTO_ON_DEVICE)
        return karto_cli_end(cli, KARTO_E_ROLE);
    karto_out_begin(out, "sync", KARTO_OUT_CARD);
    karto_out_key(out, "sent"), karto_out_int(out, (int64_t)facts->pending);
    for (int i = 1; i < NUMBERS; i++)
        karto_out_key(out, number_names[i]), karto_out_null(out);
    karto_out_key(out, "conflicts"), karto_out_int(out, (int64_t)facts->conflicts);
    enum karto_err err = karto_out_end(out);
    karto_cli_note(cli, KARTO_M_DRY_RUN, NULL, 0);
    return karto_cli_end(cli, err);
}

static enum karto_err run_once(const char *dir, struct karto_buf *said)
{
    int status = 0;
    char *const argv[] = {daemon_word(daemon_name), daemon_word("--once"), daemon_word("--db"), daemon_word(dir), NULL};
    enum karto_err err = karto_run_sibling(daemon_name, argv, karto_slice(NULL, 0), LINE_MAX_SIZE, said, &status);
    karto_buf_add_byte(said, 0);
    return err == KARTO_OK ? understand((const char *)said->data, status) : err;
}

static enum karto_err sync_once(const char *dir, struct karto_buf *said)
{
    enum karto_err err = karto_ask_daemon(dir, "sync", SYNC_MS, said);
    if (err == KARTO_E_NOT_FOUND)
        return run_once(dir, said);
    karto_buf_add_byte(said, 0);
    return err == KARTO_OK ? understand((const char *)said->data, 0) : err;
}

/* Until Ctrl-C: the daemon itself, in the foreground. */
static enum karto_exit watch(struct karto_cli *cli, const char *dir)
{
    struct karto_buf said = KARTO_BUF_EMPTY;
    int status = 0;
    char *const argv[] = {daemon_word(daemon_name), daemon_word("--db"), daemon_word(dir), NULL};
    enum karto_err err = karto_run_sibling(daemon_name, argv, karto_slice(NULL, 0), LINE_MAX_SIZE, &said, &status);
    karto_buf_fini(&said);
    return err == KARTO_OK ? (enum karto_exit)status : karto_cli_end(cli, err);
}

enum karto_exit karto_cmd_sync(struct karto_cli *cli)
{
    struct karto_buf said = KARTO_BUF_EMPTY;
    const char *dir;
    struct store_facts facts;
    enum karto_err err = karto_cli_db(cli, &dir);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    err = look_at_store(dir, &facts); /* no store, or a damaged one, is said before anything is started */
    if (err != KARTO_OK)
        return karto_cli_end(cli, err);
    if (cli->settings.dry_run)
        return try_sync(cli, &facts);
    if (karto_args_has(&cli->args, "watch"))
        return watch(cli, dir);
    err = sync_once(dir, &said);
    enum karto_exit code = err == KARTO_OK ? print_synced(cli, dir, (const char *)said.data) : karto_cli_end(cli, err);
    karto_buf_fini(&said);
    return code;
}
