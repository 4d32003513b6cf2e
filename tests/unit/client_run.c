/* That a run of karto finds its command, helps in both languages, and fails in the form that was asked for. */
#include "client/help.h"
#include "tests/cli_run.h"

#include <limits.h>

static enum karto_exit cmd_fail(struct karto_cli *cli)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_AMBIGUOUS, KARTO_M_CLIENT_AMBIGUOUS,
                  karto_arg_str("text", "Рома\033[2Jшка"), karto_arg_int("n", 2));
    karto_problem_candidate(&cli->problem, karto_slice_str("7f3a90c1"), karto_slice_str("Ромашка, Львів"));
    karto_problem_candidate(&cli->problem, karto_slice_str("7f3a90c2"), karto_slice_str(NULL));
    return karto_cli_fail(cli);
}

static enum karto_exit cmd_db(struct karto_cli *cli)
{
    const char *dir;
    if (karto_cli_db(cli, &dir) != KARTO_OK)
        return karto_cli_fail(cli);
    fprintf(cli->out, "%s", dir);
    KARTO_NOTE(cli, KARTO_M_SYNC_PENDING, karto_arg_int("n", 3));
    return karto_cli_end(cli, KARTO_E_OFFLINE);
}

static const struct karto_option set_options[] = {{"reason", 0, "TEXT", KARTO_M_OPT_REASON}};

static const struct karto_command commands[] = {
    {.noun = "help", .words_max = UINT_MAX, .run = karto_cmd_help},
    {.noun = "version", .run = karto_cmd_version},
    {.noun = "client", .verb = "show", .words_max = 1, .run = cmd_fail},
    {.noun = "client",
     .verb = "set",
     .options = set_options,
     .option_count = 1,
     .words_min = 2,
     .words_max = UINT_MAX,
     .run = cmd_fail},
    {.noun = "status", .run = cmd_db},
    {.noun = "hub", .verb = "init", .run = cmd_db},
};

static const char *no_env(const char *name)
{
    return strcmp(name, "HOME") == 0 ? "/nonexistent" : NULL;
}

static const struct cli cli = {no_env, false, commands, sizeof commands / sizeof *commands};

#define RUN(...) CLI_RUN(&cli, __VA_ARGS__)

static void help_and_version(void)
{
    CHECK_INT(RUN("version"), KARTO_EXIT_DONE);
    CHECK_STR(out_text, "karto " KARTO_VERSION "\n");
    CHECK_INT(RUN("version", "--json"), KARTO_EXIT_DONE);
    CHECK_STR(out_text, "{\"schema\":1,\"kind\":\"version\",\"version\":\"" KARTO_VERSION "\"}\n");
    CHECK_INT(cli_run(&cli, 1, (const char *const[]){"karto"}), KARTO_EXIT_DONE);
    CHECK(strstr(out_text, "client set") && strstr(out_text, "exit-codes"));
    CHECK_INT(RUN("help", "client", "set"), KARTO_EXIT_DONE);
    CHECK(strstr(out_text, "# write the site\n  karto client set 14360570 site=romashka.ua\n"));
    CHECK(strstr(out_text, "--reason TEXT"));
    CHECK(strstr(out_text, "Examples:") < strstr(out_text, "Usage:"));
    CHECK_INT(RUN("client", "set", "--lang", "uk", "-h"), KARTO_EXIT_DONE);
    CHECK(strstr(out_text, "# записати сайт\n"));
    CHECK_INT(RUN("client", "--help"), KARTO_EXIT_DONE);
    CHECK(strstr(out_text, "client show") && !strstr(out_text, "version"));
    CHECK_INT(RUN("help", "--json", "fields"), KARTO_EXIT_DONE);
    CHECK(strncmp(out_text, "{\"schema\":1,\"kind\":\"help\",\"topic\":\"fields\",\"text\":\"", 50) == 0);
    CHECK_INT(RUN("help", "everywhere"), KARTO_EXIT_DONE);
    CHECK(strstr(out_text, "-n, --dry-run"));
    CHECK_STR(err_text, "");
}

static void mistakes_say_what_was_meant(void)
{
    CHECK_INT(RUN("help", "fileds"), KARTO_EXIT_USAGE);
    CHECK(strstr(err_text, "Did you mean fields?"));
    CHECK_INT(RUN("--lang=uk", "clinet"), KARTO_EXIT_USAGE);
    CHECK_STR(err_text, "karto: Немає команди «clinet». Може, client? [E-USAGE]\nУсі команди: karto help\n");
    CHECK_STR(out_text, "");
    CHECK_INT(RUN("--json", "clinet"), KARTO_EXIT_USAGE);
    CHECK_STR(err_text,
              "{\"schema\":1,\"kind\":\"error\",\"exit\":2,\"id\":\"E-USAGE\",\"message\":\"There is no command "
              "“clinet”. Did you mean client?\",\"hint\":\"All commands: karto help\",\"candidates\":"
              "[{\"value\":\"client\",\"text\":null}]}\n");
    CHECK_INT(RUN("foo", "--json"), KARTO_EXIT_USAGE); /* wherever it stands */
    CHECK(strncmp(err_text, "{\"schema\":1,\"kind\":\"error\",\"exit\":2", 35) == 0);
    CHECK_INT(RUN("client", "show", "--nope", "--json"), KARTO_EXIT_USAGE);
    CHECK(err_text[0] == '{');
    CHECK_INT(RUN("status", "--limit", "abc", "--json"), KARTO_EXIT_USAGE);
    CHECK(err_text[0] == '{');
    CHECK_INT(RUN("status", "--lang", "de", "--json"), KARTO_EXIT_USAGE);
    CHECK(err_text[0] == '{');
    CHECK_INT(RUN("foo", "--", "--json"), KARTO_EXIT_USAGE); /* a word of the line */
    CHECK(err_text[0] == 'k');
    CHECK_INT(RUN("status", "--lang", "pl"), KARTO_EXIT_USAGE);
    CHECK(strstr(err_text, "--lang: “pl” will not do; it takes uk, en."));
}

static void errors_in_both_forms(void)
{
    CHECK_INT(RUN("client", "show"), KARTO_EXIT_NOT_FOUND);
    CHECK_STR(err_text,
              "karto: “Рома\uFFFD[2Jшка” fits 2 clients: [E-AMBIGUOUS]\n    7f3a90c1  Ромашка, Львів\n    7f3a90c2\n"
              "Do it again with the short id of the right one from the list.\n");
    CHECK_INT(RUN("client", "show", "--json"), KARTO_EXIT_NOT_FOUND);
    CHECK(strstr(err_text, "\"exit\":4,\"id\":\"E-AMBIGUOUS\",\"message\":\"“Рома\\u001b[2Jшка” fits 2 clients:\""));
    CHECK(strstr(err_text, "\"candidates\":[{\"value\":\"7f3a90c1\",\"text\":\"Ромашка, Львів\"},"));
    CHECK_INT(RUN("status"), KARTO_EXIT_OFFLINE);
    CHECK_STR(out_text, "/nonexistent/.local/share/kartoteka");
    CHECK(strncmp(err_text, "not yet sent: 3 changes\nkarto: Head office cannot", 48) == 0);
    CHECK_INT(RUN("hub", "init", "-q"), KARTO_EXIT_OFFLINE);
    CHECK_STR(out_text, "/var/lib/kartoteka");
    CHECK(strncmp(err_text, "karto: Head", 11) == 0);
}

static void every_error_has_an_exit_code(void)
{
    static const int codes[] = {0, 1, 2, 4, 6, 7, 10, 11, 12, 20, 130};
    for (unsigned i = 0; i < KARTO_ERR_COUNT; i++) {
        int code = (int)karto_exit_of((enum karto_err)i), known = 0;
        for (size_t j = 0; j < sizeof codes / sizeof *codes; j++)
            known += codes[j] == code;
        CHECK(known == 1 && (code == 0) == (i == KARTO_OK));
    }
    CHECK_INT(karto_exit_of(KARTO_E_NO_STORE), 10);
    CHECK_INT(karto_exit_of(KARTO_E_BUSY), 11);
    CHECK_INT(karto_exit_of(KARTO_E_NOT_PERMITTED), 6);
    CHECK_INT(karto_exit_of(KARTO_E_INTERRUPTED), 130);
}

static void an_answer_that_is_not_written_is_none(void)
{
    size_t err_size;
    cli_forget();
    struct karto_surroundings around = {
        .in = stdin, .out = fopen("/dev/full", "w"), .err = open_memstream(&err_text, &err_size), .getenv = no_env};
    if (around.out) {
        CHECK_INT(karto_run(cli.commands, cli.command_count, 2, (const char *const[]){"karto", "version"}, &around),
                  KARTO_EXIT_FAILURE);
        fclose(around.out);
        fflush(around.err);
        CHECK(strstr(err_text, "[E-DISK-FULL]"));
    }
    fclose(around.err);
}

/* Both languages have a page of the same shape for everything. */
static void help_is_whole(void)
{
    for (unsigned i = 0; i < karto_help_count; i++) {
        const struct karto_help *help = &karto_help_table[i];
        CHECK(karto_help_find(karto_slice_str(help->topic)) == help);
        for (unsigned lang = 0; lang < KARTO_LANG_COUNT; lang++) {
            const struct karto_help_text *text = &help->text[lang];
            CHECK(text->summary && *text->summary && text->body);
            CHECK(!*text->body == !*help->text[0].body);
            for (unsigned j = 0; j < KARTO_EXAMPLES_MAX; j++)
                CHECK(!help->examples[j] == !text->examples[j]);
        }
        CHECK(!help->usage || help->examples[0]);
        CHECK(!help->usage || strncmp(help->usage + 6, help->topic, strlen(help->topic)) == 0);
    }
}

int main(void)
{
    help_and_version();
    mistakes_say_what_was_meant();
    errors_in_both_forms();
    every_error_has_an_exit_code();
    an_answer_that_is_not_written_is_none();
    help_is_whole();
    cli_forget();
    return 0;
}
