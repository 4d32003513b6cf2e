#include "syncd/options.h"

#include "core/base/config.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "karto-syncd [--db DIR] [--listen HOST:PORT]   serve the store in DIR, a hub's or a device's, in the foreground\n"
    "karto-syncd --once [--db DIR]                 synchronise once, print the numbers, end\n"
    "karto-syncd --watch [--db DIR]                serve a device's store and print the numbers of each, until "
    "SIGTERM\n"
    "karto-syncd --greet [--db DIR]                only greet the hub and print what was heard; nothing is changed\n"
    "karto-syncd --preview [--db DIR]              print how much a synchronisation would move; nothing is changed\n"
    "karto-syncd --join [--name NAME] [--unencrypted] [--db DIR]\n"
    "                                              become a device; the invitation comes on standard input\n"
    "\n"
    "DIR: else KARTO_DB, else db of karto.conf, else $XDG_DATA_HOME/kartoteka or ~/.local/share/kartoteka\n"
    "karto.conf, or KARTO_HISTORY_DAYS and KARTO_HISTORY_MB: history_days = 730, history_mb = 200: how much of what\n"
    "happened before is fetched; 0 days: none\n"
    "SIGTERM: finish the commit, answer who waits, end with 0\n"
    "Exit codes: 0 done, 1 failure, 2 usage, 6 not permitted, 10 no store, 11 another one runs, 12 key or invitation, "
    "20 hub not reachable\n";

static bool default_dir(char *out, size_t size)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (data && *data == '/')
        return snprintf(out, size, "%s/kartoteka", data) < (int)size;
    return home && *home && snprintf(out, size, "%s/.local/share/kartoteka", home) < (int)size;
}

/* The value of option name at argv[*i], as --name=value or --name value. */
static const char *value_of(const char *name, int argc, char **argv, int *i)
{
    size_t size = strlen(name);
    if (strncmp(argv[*i], name, size) != 0)
        return NULL;
    if (argv[*i][size] == '=')
        return argv[*i] + size + 1;
    if (argv[*i][size] == 0 && *i + 1 < argc)
        return argv[++*i];
    return NULL;
}

static bool take(struct karto_daemon_options *options, int argc, char **argv, int *i)
{
    const char *word = argv[*i], *value;
    if ((value = value_of("--db", argc, argv, i)) != NULL)
        return *value && snprintf(options->dir, sizeof options->dir, "%s", value) < (int)sizeof options->dir;
    if ((value = value_of("--listen", argc, argv, i)) != NULL)
        return *(options->listen = value) != 0;
    if ((value = value_of("--name", argc, argv, i)) != NULL)
        return *(options->name = value) != 0;
    options->once |= strcmp(word, "--once") == 0;
    options->watch |= strcmp(word, "--watch") == 0;
    options->greet |= strcmp(word, "--greet") == 0;
    options->preview |= strcmp(word, "--preview") == 0;
    options->join |= strcmp(word, "--join") == 0;
    options->unencrypted |= strcmp(word, "--unencrypted") == 0;
    options->help |= strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    options->version |= strcmp(word, "--version") == 0;
    return strcmp(word, "--once") == 0 || strcmp(word, "--watch") == 0 || strcmp(word, "--greet") == 0 ||
           strcmp(word, "--preview") == 0 || strcmp(word, "--join") == 0 || strcmp(word, "--unencrypted") == 0 ||
           options->help || options->version;
}

/* ---- files and the environment ---- */

static const struct number {
    const char *name, *variable;
    size_t offset;
    uint64_t least, most;
} numbers[] = {
    {"history_days", "KARTO_HISTORY_DAYS", offsetof(struct karto_daemon_options, history_days), 0,
     KARTO_HISTORY_DAYS_MAX},
    {"history_mb", "KARTO_HISTORY_MB", offsetof(struct karto_daemon_options, history_mb), 1, KARTO_HISTORY_MB_MAX},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static enum karto_err put_number(struct karto_daemon_options *options, const struct number *number,
                                 struct karto_slice text)
{
    uint64_t value = 0;
    bool fits = text.size > 0 && text.size <= 9;
    for (size_t i = 0; i < text.size && fits; i++) {
        fits = text.data[i] >= '0' && text.data[i] <= '9';
        value = 10 * value + (text.data[i] - '0');
    }
    if (!fits || value < number->least || value > number->most) {
        options->wrong = number->name;
        return KARTO_E_USAGE;
    }
    *(uint64_t *)(void *)((char *)options + number->offset) = value;
    return KARTO_OK;
}

static enum karto_err put_dir(struct karto_daemon_options *options, struct karto_slice text)
{
    if (text.size == 0 || text.size >= sizeof options->dir) {
        options->wrong = "db";
        return KARTO_E_USAGE;
    }
    memcpy(options->dir, text.data, text.size);
    options->dir[text.size] = 0;
    return KARTO_OK;
}

static enum karto_err put_pair(struct karto_daemon_options *options, struct karto_slice name, struct karto_slice value)
{
    if (karto_slice_is(name, "db"))
        return put_dir(options, value);
    for (unsigned i = 0; i < NUMBERS; i++)
        if (karto_slice_is(name, numbers[i].name))
            return put_number(options, &numbers[i], value);
    return KARTO_OK;
}

enum karto_err karto_daemon_options_file(struct karto_daemon_options *options, const char *path)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    struct karto_slice name, value;
    enum karto_config_line line;
    enum karto_err err = karto_os_read_file(path, KARTO_CONFIG_SIZE_MAX, &text);
    struct karto_config config = {karto_buf_slice(&text), 0};
    while (err == KARTO_OK && (line = karto_config_next(&config, &name, &value)) != KARTO_CONFIG_END)
        if (line == KARTO_CONFIG_PAIR)
            err = put_pair(options, name, value);
    karto_buf_fini(&text);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err read_files(struct karto_daemon_options *options)
{
    char path[4096];
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool absolute = config && *config == '/';
    enum karto_err err = karto_daemon_options_file(options, "/etc/kartoteka/karto.conf");
    if (err != KARTO_OK || (!absolute && !(home && *home)))
        return err;
    int size = absolute ? snprintf(path, sizeof path, "%s/kartoteka/karto.conf", config)
                        : snprintf(path, sizeof path, "%s/.config/kartoteka/karto.conf", home);
    return size < (int)sizeof path ? karto_daemon_options_file(options, path) : KARTO_OK;
}

static enum karto_err read_environment(struct karto_daemon_options *options)
{
    const char *db = getenv("KARTO_DB");
    enum karto_err err = db && *db ? put_dir(options, karto_slice_str(db)) : KARTO_OK;
    for (unsigned i = 0; i < NUMBERS && err == KARTO_OK; i++) {
        const char *text = getenv(numbers[i].variable);
        if (text && *text)
            err = put_number(options, &numbers[i], karto_slice_str(text));
    }
    return err;
}

enum karto_err karto_daemon_options_parse(struct karto_daemon_options *options, int argc, char **argv)
{
    *options = (struct karto_daemon_options){
        .name = "device", .history_days = KARTO_HISTORY_DAYS, .history_mb = KARTO_HISTORY_MB};
    enum karto_err err = read_files(options);
    if (err == KARTO_OK)
        err = read_environment(options);
    if (err != KARTO_OK)
        return err;
    for (int i = 1; i < argc; i++) {
        options->wrong = argv[i];
        if (!take(options, argc, argv, &i))
            return KARTO_E_USAGE;
    }
    options->wrong = NULL;
    if (options->dir[0] || options->help || options->version || default_dir(options->dir, sizeof options->dir))
        return KARTO_OK;
    options->wrong = "--db";
    return KARTO_E_USAGE;
}

void karto_daemon_options_print(const struct karto_daemon_options *options, FILE *out)
{
    if (options->version)
        fprintf(out, "karto-syncd %s\n", KARTO_VERSION);
    else if (options->wrong)
        fprintf(out, "karto-syncd: not understood: %s\n\n%s", options->wrong, usage);
    else
        fputs(usage, out);
}
