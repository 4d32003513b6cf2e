#include "client/settings.h"

#include "client/suggest.h"
#include "core/base/config.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, LIMIT, DAYS, MEGABYTES, LANGUAGE, COLOR, SWITCH, JSON_FORM, TSV_FORM };

static const struct setting {
    const char *name; /* as an option; KARTO_NAME in the environment */
    enum kind kind;
    size_t offset;
    bool only_option; /* one line's business: not in files and the environment */
} table[] = {
    {"db", TEXT, offsetof(struct karto_settings, db), false},
    {"columns", TEXT, offsetof(struct karto_settings, columns), false},
    {"sort", TEXT, offsetof(struct karto_settings, sort), false},
    {"after", TEXT, offsetof(struct karto_settings, after), true},
    {"limit", LIMIT, offsetof(struct karto_settings, limit), false},
    {"history_days", DAYS, offsetof(struct karto_settings, history_days), false},
    {"history_mb", MEGABYTES, offsetof(struct karto_settings, history_mb), false},
    {"require_encryption", SWITCH, offsetof(struct karto_settings, require_encryption), false},
    {"lang", LANGUAGE, offsetof(struct karto_settings, lang), false},
    {"color", COLOR, offsetof(struct karto_settings, color), false},
    {"json", JSON_FORM, offsetof(struct karto_settings, form), false},
    {"tsv", TSV_FORM, offsetof(struct karto_settings, form), false},
    {"no-input", SWITCH, offsetof(struct karto_settings, no_input), false},
    {"quiet", SWITCH, offsetof(struct karto_settings, quiet), false},
    {"verbose", SWITCH, offsetof(struct karto_settings, verbose), false},
    {"dry-run", SWITCH, offsetof(struct karto_settings, dry_run), true},
    {"yes", SWITCH, offsetof(struct karto_settings, yes), true},
};

enum { SETTINGS = sizeof table / sizeof *table };

/* A value on its way: where it is from is said in errors. */
struct value {
    const struct setting *setting;
    const char *text; /* lives as long as the settings */
    const char *from; /* "--limit", "KARTO_LIMIT", "karto.conf: limit" */
    struct karto_problem *problem;
};

static enum karto_err no_choice(const struct value *value, enum karto_lang lang, const char *choices)
{
    return KARTO_PROBLEM(value->problem, lang, KARTO_E_USAGE, KARTO_M_OPTION_CHOICE,
                         karto_arg_str("option", value->from), karto_arg_str("value", value->text),
                         karto_arg_str("choices", choices));
}

static enum karto_err put_number(const struct value *value, enum karto_lang lang, uint32_t least, uint32_t most,
                                 uint32_t *out)
{
    char *end;
    size_t digits = strspn(value->text, "0123456789");
    unsigned long number = strtoul(value->text, &end, 10);
    if (digits == 0 || digits > 9 || *end != 0 || number < least || number > most)
        return KARTO_PROBLEM(value->problem, lang, KARTO_E_USAGE, KARTO_M_OPTION_NUMBER,
                             karto_arg_str("option", value->from), karto_arg_str("value", value->text),
                             karto_arg_int("min", least), karto_arg_int("max", most));
    *out = (uint32_t)number;
    return KARTO_OK;
}

static enum karto_err put_color(const struct value *value, enum karto_lang lang, enum karto_color *color)
{
    static const char *const names[] = {
        [KARTO_COLOR_AUTO] = "auto", [KARTO_COLOR_ALWAYS] = "always", [KARTO_COLOR_NEVER] = "never"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(value->text, names[i]) == 0) {
            *color = (enum karto_color)i;
            return KARTO_OK;
        }
    }
    return no_choice(value, lang, "auto, always, never");
}

static enum karto_err read_switch(const struct value *value, enum karto_lang lang, bool *on)
{
    static const char *const names[] = {"0", "1", "no", "yes", "false", "true", "off", "on"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(value->text, names[i]) == 0) {
            *on = i % 2 == 1;
            return KARTO_OK;
        }
    }
    return no_choice(value, lang, "yes, no");
}

static enum karto_err put_form(const struct value *value, enum karto_lang lang, enum karto_form form,
                               enum karto_form *out)
{
    bool on = false;
    enum karto_err err = read_switch(value, lang, &on);
    if (err == KARTO_OK && on)
        *out = form;
    else if (err == KARTO_OK && *out == form)
        *out = KARTO_FORM_AUTO;
    return err;
}

static enum karto_err put(struct karto_settings *settings, const struct value *value)
{
    enum karto_lang lang = settings->lang;
    void *place = (char *)settings + value->setting->offset;
    switch (value->setting->kind) {
    case TEXT: *(const char **)place = value->text; return KARTO_OK;
    case LIMIT: return put_number(value, lang, 1, KARTO_LIMIT_MAX, place);
    case DAYS: return put_number(value, lang, 0, KARTO_HISTORY_DAYS_MAX, place);
    case MEGABYTES: return put_number(value, lang, 1, KARTO_HISTORY_MB_MAX, place);
    case LANGUAGE: return karto_lang_parse(value->text, place) ? KARTO_OK : no_choice(value, lang, "uk, en");
    case COLOR: return put_color(value, lang, place);
    case SWITCH: return read_switch(value, lang, place);
    case JSON_FORM: return put_form(value, lang, KARTO_FORM_JSON, place);
    case TSV_FORM: return put_form(value, lang, KARTO_FORM_TSV, place);
    }
    return KARTO_E_USAGE;
}

static const struct setting *find(struct karto_slice name, bool as_option)
{
    for (unsigned i = 0; i < SETTINGS; i++)
        if (karto_slice_is(name, table[i].name))
            return as_option || !table[i].only_option ? &table[i] : NULL;
    return NULL;
}

static const char *set_or(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

void karto_settings_init(struct karto_settings *settings, karto_getenv *env)
{
    *settings = (struct karto_settings){.history_days = KARTO_HISTORY_DAYS, .history_mb = KARTO_HISTORY_MB};
    karto_arena_init(&settings->arena);
    settings->lang = karto_lang_choose(NULL, env("LC_ALL"), env("LC_MESSAGES"), env("LANG"));
}

void karto_settings_fini(struct karto_settings *settings)
{
    karto_arena_fini(&settings->arena);
}

void karto_settings_say_lang(struct karto_settings *settings, const char *option, karto_getenv *env)
{
    const char *variable = set_or(env("KARTO_LANG"), NULL);
    settings->lang_is_said = (option && karto_lang_parse(option, &settings->lang)) ||
                             (variable && karto_lang_parse(variable, &settings->lang));
}

/* -- files -- */

static enum karto_err no_line(struct karto_settings *settings, const char *path, unsigned number,
                              struct karto_problem *problem)
{
    enum karto_err err = KARTO_PROBLEM(problem, settings->lang, KARTO_E_USAGE, KARTO_M_CONFIG_LINE,
                                       karto_arg_str("file", path), karto_arg_int("line", number));
    karto_message(&problem->hint, settings->lang, KARTO_M_CONFIG_HINT, NULL, 0);
    return err;
}

static void suggest_setting(struct karto_settings *settings, struct karto_slice name, struct karto_buf *warnings)
{
    struct karto_suggestion best;
    karto_suggest_init(&best, karto_arena_string(&settings->arena, name));
    for (unsigned i = 0; i < SETTINGS; i++)
        if (!table[i].only_option)
            karto_suggest_try(&best, table[i].name);
    if (!best.best)
        return;
    karto_buf_add_byte(warnings, ' ');
    KARTO_SAY(warnings, settings->lang, KARTO_M_DID_YOU_MEAN, karto_arg_str("what", best.best));
}

static void take_lang(struct karto_settings *settings, struct karto_slice text, const char *path, unsigned number,
                      struct karto_buf *warnings)
{
    enum karto_lang lang;
    if (!karto_lang_parse(karto_arena_string(&settings->arena, text), &lang)) {
        KARTO_SAY(warnings, settings->lang, KARTO_M_CONFIG_LANG, karto_arg_str("file", path),
                  karto_arg_int("line", number), karto_arg_text("value", text));
        karto_buf_add_byte(warnings, '\n');
    } else if (!settings->lang_is_said) {
        settings->lang = lang;
    }
}

static enum karto_err take_pair(struct karto_settings *settings, struct karto_slice name, struct karto_slice text,
                                const char *path, unsigned number, struct karto_buf *warnings,
                                struct karto_problem *problem)
{
    const struct setting *setting = find(name, false);
    if (!setting) {
        KARTO_SAY(warnings, settings->lang, KARTO_M_CONFIG_KEY, karto_arg_str("file", path),
                  karto_arg_int("line", number), karto_arg_text("key", name));
        suggest_setting(settings, name, warnings);
        karto_buf_add_byte(warnings, '\n');
        return KARTO_OK;
    }
    if (setting->kind == LANGUAGE) {
        take_lang(settings, text, path, number, warnings);
        return KARTO_OK;
    }
    const char *from = karto_arena_printf(&settings->arena, "%s:%u: %s", path, number, setting->name);
    return put(settings, &(struct value){setting, karto_arena_string(&settings->arena, text), from, problem});
}

static enum karto_err take_lines(struct karto_settings *settings, struct karto_slice text, const char *path,
                                 struct karto_buf *warnings, struct karto_problem *problem)
{
    struct karto_config config = {text, 0};
    struct karto_slice name, value;
    enum karto_config_line line;
    enum karto_err err = KARTO_OK;
    while (err == KARTO_OK && (line = karto_config_next(&config, &name, &value)) != KARTO_CONFIG_END)
        err = line == KARTO_CONFIG_PAIR ? take_pair(settings, name, value, path, config.line, warnings, problem)
                                        : no_line(settings, path, config.line, problem);
    return err;
}

enum karto_err karto_settings_file(struct karto_settings *settings, const char *path, struct karto_buf *warnings,
                                   struct karto_problem *problem)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    enum karto_err err = karto_os_read_file(path, KARTO_CONFIG_SIZE_MAX, &text);
    if (err == KARTO_OK) {
        err = take_lines(settings, karto_buf_slice(&text), path, warnings, problem);
    } else if (err == KARTO_E_NOT_FOUND) {
        err = KARTO_OK;
    } else {
        err = KARTO_PROBLEM(problem, settings->lang, err, KARTO_M_CONFIG_UNREADABLE, karto_arg_str("file", path));
        karto_message(&problem->hint, settings->lang, KARTO_M_CONFIG_HINT, NULL, 0);
    }
    karto_buf_fini(&text);
    return err;
}

/* A directory of the XDG base directories with what follows it; false where neither variable is set. */
static bool xdg_path(struct karto_buf *out, karto_getenv *env, const char *variable, const char *below_home,
                     const char *path)
{
    const char *dir = set_or(env(variable), NULL), *home = set_or(env("HOME"), NULL);
    if (dir && dir[0] == '/') /* "All paths must be absolute"; others are to be ignored */
        karto_buf_printf(out, "%s/%s", dir, path);
    else if (home)
        karto_buf_printf(out, "%s/%s/%s", home, below_home, path);
    else
        return false;
    return true;
}

enum karto_err karto_settings_files(struct karto_settings *settings, const char *system_config, karto_getenv *env,
                                    struct karto_buf *warnings, struct karto_problem *problem)
{
    enum karto_err err = system_config ? karto_settings_file(settings, system_config, warnings, problem) : KARTO_OK;
    struct karto_buf path = KARTO_BUF_EMPTY;
    if (err == KARTO_OK && xdg_path(&path, env, "XDG_CONFIG_HOME", ".config", "kartoteka/karto.conf")) {
        char *kept = karto_arena_string(&settings->arena, karto_buf_slice(&path));
        err = karto_settings_file(settings, kept, warnings, problem);
    }
    karto_buf_fini(&path);
    return err;
}

/* -- the environment and options -- */

/* Who cannot even ask for help in a wrong language would not find out what is wrong. */
static void warn_of_lang(const struct karto_settings *settings, const char *variable, const char *text,
                         struct karto_buf *warnings)
{
    KARTO_SAY(warnings, settings->lang, KARTO_M_ENVIRONMENT_LANG, karto_arg_str("name", variable),
              karto_arg_str("value", text));
    karto_buf_add_byte(warnings, '\n');
}

enum karto_err karto_settings_environment(struct karto_settings *settings, karto_getenv *env,
                                          struct karto_buf *warnings, struct karto_problem *problem)
{
    enum karto_lang lang;
    enum karto_err err = KARTO_OK;
    for (unsigned i = 0; i < SETTINGS && err == KARTO_OK; i++) {
        if (table[i].only_option)
            continue;
        char *variable = karto_arena_printf(&settings->arena, "KARTO_%s", table[i].name);
        for (char *at = variable; *at; at++)
            *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
        const char *text = set_or(env(variable), NULL);
        if (text && table[i].kind == LANGUAGE && !karto_lang_parse(text, &lang))
            warn_of_lang(settings, variable, text, warnings);
        else if (text)
            err = put(settings, &(struct value){&table[i], text, variable, problem});
    }
    return err;
}

enum karto_err karto_settings_args(struct karto_settings *settings, const struct karto_args *args,
                                   struct karto_problem *problem)
{
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < args->given_count && err == KARTO_OK; i++) {
        const struct karto_given *given = &args->given[i];
        const struct setting *setting = find(karto_slice_str(given->option->name), true);
        if (!setting)
            continue; /* the command's own, or --help */
        const char *from = karto_arena_printf(&settings->arena, "--%s", setting->name);
        err = put(settings, &(struct value){setting, given->value ? given->value : "yes", from, problem});
    }
    return err;
}

bool karto_settings_db(const struct karto_settings *settings, karto_getenv *env, bool hub, struct karto_buf *out)
{
    if (!settings->db && !hub)
        return xdg_path(out, env, "XDG_DATA_HOME", ".local/share", "kartoteka");
    karto_buf_add_str(out, settings->db ? settings->db : KARTO_HUB_DIR);
    return true;
}
