#include "client/volume_rule.h"

#include "core/base/os_volume.h"

#include <string.h>

static enum karto_err refuse(struct karto_cli *cli)
{
    karto_problem_begin(&cli->problem, KARTO_E_UNENCRYPTED);
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_JOIN_UNENCRYPTED_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    return KARTO_E_UNENCRYPTED;
}

static bool says_yes(const char *line)
{
    static const char *const words[] = {"y", "Y", "yes", "Yes", "YES", "т", "Т", "так", "Так", "ТАК"};
    const char *word = line + strspn(line, " \t");
    size_t size = strcspn(word, " \t\r\n");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == size && memcmp(word, words[i], size) == 0)
            return true;
    return false;
}

/* No answer is none of both, and means no. */
static bool agrees(struct karto_cli *cli)
{
    char line[64];
    fprintf(cli->err, "%s %s\n%s ", karto_err_text(cli->lang, KARTO_E_UNENCRYPTED),
            karto_message_text(cli->lang, KARTO_M_JOIN_UNENCRYPTED_ASK),
            karto_message_text(cli->lang, KARTO_M_CONFIRM));
    fflush(cli->err);
    return fgets(line, sizeof line, cli->in) && says_yes(line);
}

/* Never a part of the answer: that of a script is what it always was. */
static void warn(struct karto_cli *cli)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_buf_printf(&text, "%s %s", karto_err_text(cli->lang, KARTO_E_UNENCRYPTED),
                     karto_err_hint(cli->lang, KARTO_E_UNENCRYPTED));
    KARTO_WARN(cli, KARTO_M_WARNING_LINE, karto_arg_text("text", karto_buf_slice(&text)),
               karto_arg_str("id", karto_err_id(KARTO_E_UNENCRYPTED)));
    karto_buf_fini(&text);
}

/* Nobody said so on the command line: who sits here is asked, and a script goes on. */
static enum karto_err decide(struct karto_cli *cli)
{
    const struct karto_settings *settings = &cli->settings;
    if (settings->require_encryption)
        return refuse(cli);
    if (cli->in_is_terminal && !settings->no_input && !settings->dry_run)
        return agrees(cli) ? KARTO_OK : refuse(cli);
    warn(cli);
    return KARTO_OK;
}

enum karto_err karto_volume_rule(struct karto_cli *cli, const char *dir, bool *unencrypted)
{
    bool said = karto_args_has(&cli->args, "unencrypted");
    enum karto_volume volume = karto_os_volume(dir);
    enum karto_err err = KARTO_OK;
    *unencrypted = volume == KARTO_VOLUME_PLAIN || (volume == KARTO_VOLUME_UNKNOWN && said);
    if (*unencrypted && said)
        warn(cli);
    else if (*unencrypted)
        err = decide(cli);
    return err;
}
