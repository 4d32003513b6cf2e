/* settings.h - what was asked for, wherever: the built-in defaults, /etc/kartoteka/karto.conf,
 * $XDG_CONFIG_HOME/kartoteka/karto.conf, KARTO_*, options. Each is put over what was there before it. */
#ifndef KARTO_CLIENT_SETTINGS_H
#define KARTO_CLIENT_SETTINGS_H

#include "client/args.h"
#include "client/terminal.h"

enum karto_form { KARTO_FORM_AUTO, KARTO_FORM_TABLE, KARTO_FORM_JSON, KARTO_FORM_TSV };

/* Like getenv: the value lives as long as the process, or NULL. */
typedef const char *karto_getenv(const char *name);

enum { KARTO_LIMIT_MAX = 1000000 }; /* rows of one answer */

struct karto_settings {
    struct karto_arena arena;           /* holds what came from files */
    const char *db;                     /* NULL: the default, karto_settings_db */
    const char *columns, *after, *sort; /* NULL: not asked for */
    uint32_t limit;                     /* 0: not asked for */
    uint32_t history_days,
        history_mb; /* how much of what happened before is fetched: by the daemon, which reads them too */
    enum karto_lang lang;
    bool lang_is_said; /* by who started the program: no file changes it */
    enum karto_form form;
    enum karto_color color;
    bool require_encryption; /* of the disk on which a laptop's store is made (volume_rule.h) */
    bool dry_run, yes, no_input, quiet, verbose;
};

void karto_settings_init(struct karto_settings *settings,
                         karto_getenv *env); /* the defaults, and the locale's language */
void karto_settings_fini(struct karto_settings *settings);

/* Settles the language before files are read, so that what is said about them is in it: by --lang (NULL: not given), or
 * by KARTO_LANG. What either should not be is said when its turn comes. */
void karto_settings_say_lang(struct karto_settings *settings, const char *option, karto_getenv *env);

/* Puts a file of lines "name = value" over settings; # begins a comment line, and blanks around both do not count. One
 * that is not there is fine. A name, or a language, that there is not is skipped and said in warnings, a line each: a
 * file may be meant for a newer version. Anything else that is wrong: KARTO_E_USAGE, or what reading said, in problem;
 * what stood in the lines before holds. */
KARTO_CHECKED enum karto_err karto_settings_file(struct karto_settings *settings, const char *path,
                                                 struct karto_buf *warnings, struct karto_problem *problem);

/* Both files: that of the system, and the user's. system_config may be NULL. */
KARTO_CHECKED enum karto_err karto_settings_files(struct karto_settings *settings, const char *system_config,
                                                  karto_getenv *env, struct karto_buf *warnings,
                                                  struct karto_problem *problem);

/* KARTO_DB, KARTO_LANG, ...: those that are set and not empty. A language that there is not is skipped and said in
 * warnings, as in a file. KARTO_E_USAGE: in problem. */
KARTO_CHECKED enum karto_err karto_settings_environment(struct karto_settings *settings, karto_getenv *env,
                                                        struct karto_buf *warnings, struct karto_problem *problem);

/* The options that were given. KARTO_E_USAGE: in problem. */
KARTO_CHECKED enum karto_err karto_settings_args(struct karto_settings *settings, const struct karto_args *args,
                                                 struct karto_problem *problem);

#define KARTO_HUB_DIR "/var/lib/kartoteka" /* where a head office is by default */

/* Appends the directory of the store: what was asked for, or the default: KARTO_HUB_DIR for a hub,
 * $XDG_DATA_HOME/kartoteka or ~/.local/share/kartoteka else. False when nothing says where that is. */
bool karto_settings_db(const struct karto_settings *settings, karto_getenv *env, bool hub, struct karto_buf *out);

#endif
