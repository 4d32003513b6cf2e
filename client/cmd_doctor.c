/* karto doctor: what is wrong with this store, machine, disk, network, clock, certificate or head office, and what to
 * type next for each. */
#include "client/cmd.h"
#include "client/doctor.h"
#include "client/interrupt.h"
#include "core/base/fatal.h"
#include "core/base/os_posix.h"

#include <stdlib.h>
#include <string.h>

static const struct karto_column columns[] = {
    {"id", true}, {"area", true}, {"state", true}, {"detail", true}, {"next", true}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void examine(struct karto_doctor *doctor)
{
    int64_t now_ms = karto_sys_now_ms(karto_os_sys());
    karto_doctor_disk(doctor);
    karto_doctor_store(doctor);
    karto_doctor_volume(doctor);
    karto_doctor_keys(doctor);
    karto_doctor_hub(doctor);
    karto_doctor_clock(doctor, now_ms);
    karto_doctor_sync(doctor, now_ms);
}

/* ---- for programs ---- */

static const char *const states[] = {[KARTO_FINE] = "ok", [KARTO_DOUBTFUL] = "warn", [KARTO_BAD] = "fail"};

static void show(struct karto_out *out, const char *key, const char *value)
{
    karto_out_key(out, key);
    karto_out_str(out, value);
}

static enum karto_err show_all(struct karto_out *out, const struct karto_doctor *doctor)
{
    karto_out_begin(out, "doctor", KARTO_OUT_LIST);
    karto_out_rows(out, "checks", columns, COLUMNS);
    for (size_t i = 0; i < doctor->count; i++) {
        const struct karto_finding *finding = &doctor->findings[i];
        karto_out_object(out);
        show(out, "id", finding->id);
        show(out, "area", finding->area);
        show(out, "state", states[finding->health]);
        karto_out_key(out, "detail");
        karto_out_text(out, finding->detail);
        show(out, "next", finding->next);
        karto_out_object_end(out);
    }
    karto_out_rows_end(out);
    return karto_out_end(out);
}

/* ---- for people ---- */

static const char *area_name(enum karto_lang lang, const char *area)
{
    static const struct {
        const char *area;
        enum karto_message message;
    } names[] = {{"disk", KARTO_M_DOCTOR_AREA_DISK},   {"store", KARTO_M_DOCTOR_AREA_STORE},
                 {"hub", KARTO_M_DOCTOR_AREA_HUB},     {"certificate", KARTO_M_DOCTOR_AREA_CERTIFICATE},
                 {"clock", KARTO_M_DOCTOR_AREA_CLOCK}, {"sync", KARTO_M_DOCTOR_AREA_SYNC}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].area, area) == 0)
            return karto_message_text(lang, names[i].message);
    return area;
}

static void say_finding(struct karto_buf *lines, enum karto_lang lang, const struct karto_finding *finding)
{
    static const enum karto_message messages[] = {[KARTO_FINE] = KARTO_M_DOCTOR_SAYS_FINE,
                                                  [KARTO_DOUBTFUL] = KARTO_M_DOCTOR_SAYS_DOUBTFUL,
                                                  [KARTO_BAD] = KARTO_M_DOCTOR_SAYS_BAD};
    KARTO_SAY(lines, lang, messages[finding->health], karto_arg_text("detail", finding->detail),
              karto_arg_str("id", finding->id));
    karto_buf_add_str(lines, "\n");
    if (!finding->next)
        return;
    KARTO_SAY(lines, lang, KARTO_M_DOCTOR_NEXT, karto_arg_str("command", finding->next));
    karto_buf_add_str(lines, "\n");
}

static void say_all(struct karto_out *out, const struct karto_doctor *doctor)
{
    enum karto_lang lang = doctor->cli->lang;
    struct karto_buf lines = KARTO_BUF_EMPTY;
    const char *area = NULL;
    int64_t fine = 0;
    for (size_t i = 0; i < doctor->count; i++) {
        const struct karto_finding *finding = &doctor->findings[i];
        fine += finding->health == KARTO_FINE;
        if (finding->health == KARTO_FINE && !doctor->cli->settings.verbose)
            continue;
        if (finding->area != area) /* what belongs together is together */
            karto_buf_printf(&lines, "%s\n", area_name(lang, area = finding->area));
        say_finding(&lines, lang, finding);
    }
    KARTO_SAY(&lines, lang, fine == (int64_t)doctor->count ? KARTO_M_DOCTOR_ALL_FINE : KARTO_M_DOCTOR_FINE,
              karto_arg_int("n", fine));
    karto_out_say(out, karto_buf_slice(&lines));
    karto_buf_fini(&lines);
}

/* ---- the command ---- */

static enum karto_exit answer(struct karto_doctor *doctor)
{
    struct karto_out *out = karto_cli_out(doctor->cli);
    enum karto_err err = KARTO_OK;
    bool bad = false;
    for (size_t i = 0; i < doctor->count; i++)
        bad |= doctor->findings[i].health == KARTO_BAD;
    if (karto_out_form(out) == KARTO_FORM_TABLE && !doctor->cli->settings.columns)
        say_all(out, doctor);
    else
        err = show_all(out, doctor);
    if (err != KARTO_OK)
        return karto_cli_end(doctor->cli, err);
    return bad ? KARTO_EXIT_FAILURE : KARTO_EXIT_DONE;
}

enum karto_exit karto_cmd_doctor(struct karto_cli *cli)
{
    struct karto_doctor *doctor = karto_must(calloc(1, sizeof *doctor));
    doctor->cli = cli;
    doctor->offline = karto_args_has(&cli->args, "offline");
    karto_arena_init(&doctor->arena);
    enum karto_err err = karto_out_check_columns(karto_cli_out(cli), columns, COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = karto_cli_db(cli, &doctor->dir);
    if (err == KARTO_OK) {
        karto_interrupt_watch();
        examine(doctor);
    }
    enum karto_exit code = err != KARTO_OK       ? karto_cli_fail(cli)
                           : karto_interrupted() ? karto_cli_end(cli, KARTO_E_INTERRUPTED)
                                                 : answer(doctor);
    karto_arena_fini(&doctor->arena);
    free(doctor);
    return code;
}
