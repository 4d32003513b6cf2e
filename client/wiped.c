#include "client/wiped.h"

#include "client/person.h"
#include "core/base/os_posix.h"
#include "core/store/revoked.h"

static void say(struct karto_cli *cli, enum karto_err err, const struct karto_revoked *mark)
{
    struct karto_buf time = KARTO_BUF_EMPTY;
    bool gone = err == KARTO_OK;
    karto_person_time(mark->revoked_ms ? mark->revoked_ms : mark->epoch.ms, &time);
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_REVOKED, gone ? KARTO_M_WIPED : KARTO_M_WIPED_NOT,
                  karto_arg_text("time", karto_buf_slice(&time)),
                  karto_arg_str("what", gone ? "" : karto_err_text(cli->lang, err)));
    KARTO_SAY(&cli->problem.hint, cli->lang, gone && !mark->told_ms ? KARTO_M_WIPED_UNTOLD_HINT : KARTO_M_WIPED_HINT,
              karto_arg_str("db", karto_cli_on_db(cli)));
    karto_buf_fini(&time);
}

enum karto_err karto_cli_wiped(struct karto_cli *cli, bool *untold)
{
    const char *dir;
    struct karto_revoked mark;
    bool wiped = false;
    if (karto_cli_db(cli, &dir) != KARTO_OK) {
        karto_problem_begin(&cli->problem, KARTO_OK); /* whoever needs a store says so */
        return KARTO_OK;
    }
    enum karto_err err = karto_revoked_read(&cli->settings.arena, dir, &mark);
    if (err == KARTO_OK) {
        wiped = true;
        err = karto_revoked_finish(&cli->settings.arena, dir, karto_os_sys(), &mark);
        say(cli, err, &mark);
    }
    if (untold)
        *untold = wiped && err == KARTO_OK && !mark.told_ms;
    return wiped ? KARTO_E_REVOKED : KARTO_OK;
}
