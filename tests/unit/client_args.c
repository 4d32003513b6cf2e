/* That command lines, files and variables are understood as CLI says, that later ones win, and that a mistake is
 * answered with what was probably meant. */
#include "client/cli.h"
#include "client/run.h"
#include "client/suggest.h"
#include "tests/check.h"

#include <limits.h>
#include <unistd.h>

enum { WORDS_MAX = 16 };

static enum karto_exit no_run(struct karto_cli *cli)
{
    return karto_cli_end(cli, KARTO_OK);
}

static const struct karto_option import_options[] = {
    {"kind", 0, "KIND", KARTO_M_OPT_KIND},
    {"map", 0, "COLUMN=FIELD", KARTO_M_OPT_MAP},
    {"output", 'o', "FILE", KARTO_M_OPT_OUTPUT},
};

static const struct karto_command commands[] = {
    {"client", "list", NULL, 0, 0, 1, no_run},
    {"client", "set", NULL, 0, 2, UINT_MAX, no_run},
    {"import", NULL, import_options, 3, 1, 1, no_run},
    {"status", NULL, NULL, 0, 0, 0, no_run},
};

struct parsed {
    struct karto_args args;
    struct karto_problem problem;
    enum karto_err err;
    const char *argv[WORDS_MAX];
    char line[256];
};

/* Words of a line are apart by a blank; ~ stands for one inside of a word. */
static struct parsed *parse(const char *line)
{
    struct parsed *parsed = calloc(1, sizeof *parsed);
    CHECK(parsed && strlen(line) < sizeof parsed->line);
    strcpy(parsed->line, line);
    int count = 0;
    parsed->argv[count++] = "karto";
    for (char *word = strtok(parsed->line, " "); word; word = strtok(NULL, " ")) {
        for (char *at = word; *at; at++)
            *at = *at == '~' ? ' ' : *at;
        CHECK(count < WORDS_MAX);
        parsed->argv[count++] = word;
    }
    karto_problem_init(&parsed->problem);
    parsed->err = karto_args_parse(&parsed->args, commands, 4, count, parsed->argv, KARTO_LANG_EN, &parsed->problem);
    return parsed;
}

static void done(struct parsed *parsed)
{
    karto_args_fini(&parsed->args);
    karto_problem_fini(&parsed->problem);
    free(parsed);
}

static struct parsed *parse_fine(const char *line)
{
    struct parsed *parsed = parse(line);
    CHECK_INT(parsed->err, KARTO_OK);
    return parsed;
}

/* The message must hold what, and the first candidate be meant (NULL: none). */
static void check_fails(const char *line, const char *what, const char *meant)
{
    struct parsed *parsed = parse(line);
    CHECK_INT(parsed->err, KARTO_E_USAGE);
    karto_buf_add_byte(&parsed->problem.message, 0);
    CHECK(strstr((const char *)parsed->problem.message.data, what));
    CHECK_INT(parsed->problem.candidate_count, meant ? 1 : 0);
    CHECK(!meant || karto_slice_is(parsed->problem.candidates[0].value, meant));
    CHECK(parsed->problem.hint.size > 0);
    done(parsed);
}

static void options_stand_anywhere(void)
{
    static const char *const lines[] = {
        "--json --limit 5 client list ромашка",
        "client --json --limit=5 list ромашка",
        "client list --limit 7 ромашка --json --limit 5",
        "client list --json --limit=5 -- ромашка",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct parsed *parsed = parse_fine(lines[i]);
        CHECK(parsed->args.command == &commands[0]);
        CHECK_INT(parsed->args.word_count, 1);
        CHECK_STR(parsed->args.words[0], "ромашка");
        CHECK(karto_args_has(&parsed->args, "json") && !karto_args_has(&parsed->args, "tsv"));
        CHECK_STR(karto_args_value(&parsed->args, "limit"), "5");
        CHECK(!karto_args_value(&parsed->args, "db"));
        done(parsed);
    }
}

static void letters_values_and_words(void)
{
    struct parsed *parsed = parse_fine("import -nqy a.csv -ob.csv --map A=name --map=B=phone --sort -name");
    CHECK(karto_args_has(&parsed->args, "dry-run") && karto_args_has(&parsed->args, "quiet"));
    CHECK(karto_args_has(&parsed->args, "yes"));
    CHECK_STR(karto_args_value(&parsed->args, "output"), "b.csv");
    CHECK_STR(karto_args_value(&parsed->args, "sort"), "-name");
    size_t at = 0;
    CHECK_STR(karto_args_each(&parsed->args, "map", &at), "A=name");
    CHECK_STR(karto_args_each(&parsed->args, "map", &at), "B=phone");
    CHECK(!karto_args_each(&parsed->args, "map", &at));
    done(parsed);

    parsed = parse_fine("import -o - -");
    CHECK_STR(karto_args_value(&parsed->args, "output"), "-");
    CHECK_STR(parsed->args.words[0], "-");
    done(parsed);

    parsed = parse_fine("client set X phone-=067~1 -- --json -n");
    CHECK_INT(parsed->args.word_count, 4);
    CHECK_STR(parsed->args.words[1], "phone-=067 1");
    CHECK_STR(parsed->args.words[3], "-n");
    CHECK_INT(parsed->args.given_count, 0);
    done(parsed);

    parsed = parse_fine("import a.csv --map=");
    CHECK_STR(karto_args_value(&parsed->args, "map"), "");
    done(parsed);
}

static void no_command_is_fine(void)
{
    struct parsed *parsed = parse_fine("");
    CHECK(!parsed->args.command && !parsed->args.noun);
    done(parsed);
    parsed = parse_fine("client -h");
    CHECK(!parsed->args.command);
    CHECK_STR(parsed->args.noun, "client");
    done(parsed);
    parsed = parse_fine("client set -h"); /* without what it needs */
    CHECK(parsed->args.command == &commands[1]);
    done(parsed);
}

static void mistakes(void)
{
    check_fails("clinet list", "clinet", "client");
    check_fails("clients list", "clients", "client list");
    check_fails("client lsit", "client lsit", "client list");
    check_fails("list client", "list", "client list");
    check_fails("client burn", "client burn", NULL);
    check_fails("frobnicate", "frobnicate", NULL);
    check_fails("клієнт", "клієнт", "client");
    check_fails("список клієнтів", "список", "client list");
    check_fails("картопля", "картопля", NULL);
    check_fails("client", "list, set", NULL);
    check_fails("client list --limt 5", "--limt", "--limit");
    check_fails("import a.csv --mpa=A=name", "no option --mpa.", "--map");
    check_fails("--map A=name import a.csv", "--map", NULL); /* before its command nobody knows it */
    check_fails("client list -z", "-z", NULL);
    check_fails("client list -qz", "-z", NULL);
    check_fails("client list --limit", "--limit needs", NULL);
    check_fails("client list --json=1", "--json takes no", NULL);
    check_fails("import", "Something is missing: karto import FILE", NULL);
    check_fails("import a b", "b", NULL);
    check_fails("client set X", "Something is missing", NULL);
    check_fails("status now", "now", NULL);
}

static void distances(void)
{
    CHECK_INT(karto_distance("", ""), 0);
    CHECK_INT(karto_distance("abc", ""), 3);
    CHECK_INT(karto_distance("list", "lsit"), 1);
    CHECK_INT(karto_distance("kitten", "sitting"), 3);
    CHECK_INT(karto_distance("візит", "візти"), 1); /* letters, not bytes */
    CHECK_INT(karto_distance("ca", "abc"), 3);      /* 2 where a swapped pair may be edited again */
    char longest[66];
    memset(longest, 'a', 65);
    longest[65] = 0;
    CHECK(karto_distance(longest, "a") == SIZE_MAX);
    longest[64] = 0;
    CHECK_INT(karto_distance(longest, longest + 1), 1);
}

static void the_language_comes_first(void)
{
    const char *argv[] = {"karto", "--lang", "en", "client", "--lang=uk", "--", "--lang=en"};
    CHECK_STR(karto_args_peek_lang(7, argv), "uk");
    CHECK_STR(karto_args_peek_lang(3, argv), "en");
    CHECK(!karto_args_peek_lang(2, argv));
}

/* -- settings -- */

static const char *variables[8][2];

static const char *test_env(const char *name)
{
    for (size_t i = 0; i < 8 && variables[i][0]; i++)
        if (strcmp(variables[i][0], name) == 0)
            return variables[i][1];
    return NULL;
}

static void set_variables(const char *const (*list)[2], size_t count)
{
    memset(variables, 0, sizeof variables);
    if (count)
        memcpy(variables, list, count * sizeof *list);
}

static void check_db(const char *const (*list)[2], size_t count, const char *asked, bool hub, const char *want)
{
    struct karto_settings settings;
    struct karto_buf dir = KARTO_BUF_EMPTY;
    set_variables(list, count);
    karto_settings_init(&settings, test_env);
    settings.db = asked;
    CHECK(karto_settings_db(&settings, test_env, hub, &dir) == (want != NULL));
    karto_buf_add_byte(&dir, 0);
    CHECK(!want || strcmp((const char *)dir.data, want) == 0);
    karto_buf_fini(&dir);
    karto_settings_fini(&settings);
}

static void where_the_store_is(void)
{
    static const char *const both[][2] = {{"HOME", "/home/o"}, {"XDG_DATA_HOME", "/data"}};
    static const char *const relative[][2] = {{"HOME", "/home/o"}, {"XDG_DATA_HOME", "data"}};
    check_db(both, 2, NULL, false, "/data/kartoteka");
    check_db(both, 1, NULL, false, "/home/o/.local/share/kartoteka");
    check_db(relative, 2, NULL, false, "/home/o/.local/share/kartoteka");
    check_db(both, 0, NULL, false, NULL);
    check_db(both, 0, NULL, true, "/var/lib/kartoteka");
    check_db(both, 2, "/elsewhere", true, "/elsewhere");
}

static char *write_file(const char *text)
{
    char *path = strdup("/tmp/karto_test_XXXXXX");
    int descriptor = mkstemp(path);
    CHECK(descriptor >= 0 && write(descriptor, text, strlen(text)) == (ssize_t)strlen(text));
    CHECK(close(descriptor) == 0);
    return path;
}

static void check_file(const char *text, enum karto_err want, const char *said, const char *warned)
{
    struct karto_settings settings;
    struct karto_problem problem;
    struct karto_buf warnings = KARTO_BUF_EMPTY;
    char *path = write_file(text);
    karto_problem_init(&problem);
    set_variables(NULL, 0);
    karto_settings_init(&settings, test_env);
    CHECK_INT(karto_settings_file(&settings, path, &warnings, &problem), want);
    karto_buf_add_byte(&problem.message, 0);
    karto_buf_add_byte(&warnings, 0);
    CHECK(strstr((const char *)problem.message.data, said));
    CHECK(warned ? strstr((const char *)warnings.data, warned) != NULL : warnings.size == 1);
    unlink(path);
    free(path);
    karto_buf_fini(&warnings);
    karto_problem_fini(&problem);
    karto_settings_fini(&settings);
}

static void files_with_mistakes(void)
{
    check_file("# comment\n\n  db = /x \nlang=uk\r\nlimit = 10", KARTO_OK, "", NULL);
    check_file("db = /x\nlimit: 5\n", KARTO_E_USAGE, "line 2", NULL);
    check_file("limit = many\n", KARTO_E_USAGE, ":1: limit", NULL);
    check_file("limit = 0\n", KARTO_E_USAGE, "from 1 to 1,000,000", NULL);
    check_file("limit = 1000001\n", KARTO_E_USAGE, "1000001", NULL);
    check_file("limit = 1000000\n", KARTO_OK, "", NULL);
    check_file("color = blue\n", KARTO_E_USAGE, "auto, always, never", NULL);
    check_file("lang = pl\n", KARTO_OK, "", "pl"); /* no reason to lock every command */
    check_file("yes = 1\n", KARTO_OK, "", "yes");  /* not for every day */
    check_file("shiny = 1\ndb = /x\n", KARTO_OK, "", "line 1");
}

static void the_later_wins(void)
{
    static const char *const list[][2] = {{"LANG", "uk_UA.UTF-8"}, {"KARTO_LIMIT", "7"},      {"KARTO_COLOR", "never"},
                                          {"KARTO_DB", "/env"},    {"KARTO_NO_INPUT", "yes"}, {"KARTO_JSON", ""}};
    struct karto_settings settings;
    struct karto_problem problem;
    struct karto_buf warnings = KARTO_BUF_EMPTY;
    char *path = write_file("db=/file\nlimit=5\nlang=en\ntsv=yes\ncolumns = name , city\n");
    karto_problem_init(&problem);
    set_variables(list, 6);
    karto_settings_init(&settings, test_env);
    CHECK_INT(settings.lang, KARTO_LANG_UK);
    CHECK_INT(karto_settings_file(&settings, path, &warnings, &problem), KARTO_OK);
    CHECK_INT(settings.lang, KARTO_LANG_EN);
    CHECK_INT(settings.limit, 5);
    CHECK_INT(karto_settings_environment(&settings, test_env, &warnings, &problem), KARTO_OK);
    CHECK_INT(settings.limit, 7);
    CHECK_STR(settings.db, "/env");
    CHECK_STR(settings.columns, "name , city");
    CHECK(settings.no_input && settings.form == KARTO_FORM_TSV && settings.color == KARTO_COLOR_NEVER);

    struct parsed *parsed = parse_fine("client list --limit 9 --json --color=always -y");
    CHECK_INT(karto_settings_args(&settings, &parsed->args, &problem), KARTO_OK);
    CHECK_INT(settings.limit, 9);
    CHECK_STR(settings.db, "/env");
    CHECK(settings.yes && !settings.dry_run && settings.form == KARTO_FORM_JSON);
    CHECK_INT(settings.color, KARTO_COLOR_ALWAYS);
    done(parsed);

    parsed = parse_fine("client list --limit -1");
    CHECK_INT(karto_settings_args(&settings, &parsed->args, &problem), KARTO_E_USAGE);
    CHECK_INT(settings.limit, 9);
    done(parsed);
    unlink(path);
    free(path);
    CHECK_INT(karto_settings_file(&settings, "/nonexistent/karto.conf", &warnings, &problem), KARTO_OK);
    CHECK_INT(warnings.size, 0);
    karto_buf_fini(&warnings);
    karto_problem_fini(&problem);
    karto_settings_fini(&settings);
}

int main(void)
{
    options_stand_anywhere();
    letters_values_and_words();
    no_command_is_fine();
    mistakes();
    distances();
    the_language_comes_first();
    where_the_store_is();
    files_with_mistakes();
    the_later_wins();
    return 0;
}
