#include "syncd/options.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "karto-syncd [--db DIR] [--listen HOST:PORT]   serve the store in DIR, a hub's or a device's, in the foreground\n"
    "karto-syncd --once [--db DIR]                 synchronise once, print the numbers, end\n"
    "karto-syncd --watch [--db DIR]                serve a device's store and print the numbers of each, until "
    "SIGTERM\n"
    "karto-syncd --join [--name NAME] [--db DIR]   become a device; the invitation comes on standard input\n"
    "\n"
    "DIR: else KARTO_DB, else $XDG_DATA_HOME/kartoteka or ~/.local/share/kartoteka\n"
    "SIGTERM: finish the commit, answer who waits, end with 0\n"
    "Exit codes: 0 done, 1 failure, 2 usage, 6 not permitted, 10 no store, 11 another one runs, 12 key or invitation, "
    "20 hub not reachable\n";

static bool default_dir(char *out, size_t size)
{
    const char *db = getenv("KARTO_DB"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (db && *db)
        return snprintf(out, size, "%s", db) < (int)size;
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
    options->join |= strcmp(word, "--join") == 0;
    options->help |= strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    options->version |= strcmp(word, "--version") == 0;
    return strcmp(word, "--once") == 0 || strcmp(word, "--watch") == 0 || strcmp(word, "--join") == 0 ||
           options->help || options->version;
}

enum karto_err karto_daemon_options_parse(struct karto_daemon_options *options, int argc, char **argv)
{
    *options = (struct karto_daemon_options){.name = "device"};
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
