#include "client/doctor.h"

#include "client/open.h"
#include "client/typed_word.h"
#include "core/base/fatal.h"

#include <string.h>

static void add(struct karto_doctor *doctor, const char *area, const char *id, enum karto_health health,
                const char *next, struct karto_buf *detail)
{
    KARTO_ASSERT(doctor->count < KARTO_FINDINGS_MAX);
    doctor->findings[doctor->count++] =
        (struct karto_finding){id, area, health, karto_arena_copy(&doctor->arena, karto_buf_slice(detail)), next};
    karto_buf_fini(detail);
}

void karto_doctor_find(struct karto_doctor *doctor, const char *area, const char *id, enum karto_health health,
                       const char *next, enum karto_message message, const struct karto_arg *args, size_t count)
{
    struct karto_buf detail = KARTO_BUF_EMPTY;
    karto_message(&detail, doctor->cli->lang, message, args, count);
    add(doctor, area, id, health, next, &detail);
}

void karto_doctor_error(struct karto_doctor *doctor, const char *area, enum karto_health health, const char *next,
                        enum karto_err err)
{
    struct karto_buf detail = KARTO_BUF_EMPTY;
    karto_buf_printf(&detail, "%s ", karto_err_text(doctor->cli->lang, err));
    if (err == KARTO_E_NO_STORE)
        karto_cli_no_store(doctor->cli, doctor->dir, &detail);
    else
        karto_buf_add_str(&detail, karto_err_hint(doctor->cli->lang, err));
    add(doctor, area, karto_err_id(err), health, next, &detail);
}

static const char *keep(struct karto_doctor *doctor, struct karto_buf *text)
{
    karto_buf_add_byte(text, 0);
    struct karto_slice kept = karto_arena_copy(&doctor->arena, karto_buf_slice(text));
    karto_buf_fini(text);
    return (const char *)kept.data;
}

const char *karto_doctor_on(struct karto_doctor *doctor, const char *command, const char *name)
{
    struct karto_buf text = KARTO_BUF_EMPTY, path = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s%s%s", doctor->dir, name ? "/" : "", name ? name : "");
    karto_buf_printf(&text, "%s ", command);
    karto_typed_word(&text, karto_buf_slice(&path));
    karto_buf_fini(&path);
    return keep(doctor, &text);
}

const char *karto_doctor_restore(struct karto_doctor *doctor)
{
    struct karto_buf text = KARTO_BUF_EMPTY, word = KARTO_BUF_EMPTY;
    karto_typed_word(&word, karto_slice_str(doctor->dir));
    KARTO_SAY(&text, doctor->cli->lang, KARTO_M_RESTORE_HERE, karto_arg_text("dir", karto_buf_slice(&word)));
    karto_buf_fini(&word);
    return keep(doctor, &text);
}

const char *karto_doctor_karto(struct karto_doctor *doctor, const char *command)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_buf_printf(&text, "karto %s%s", command, karto_cli_on_db(doctor->cli));
    return keep(doctor, &text);
}
