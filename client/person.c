#include "client/person.h"

#include "core/model/value.h"

#include "core/base/limits.h"
#include "core/base/reader.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool add_if_usable(struct karto_buf *out, const char *name)
{
    struct karto_slice text = karto_slice_str(name);
    if (text.size == 0 || text.size > KARTO_AUTHOR_SIZE_MAX || !karto_utf8_valid(text))
        return false;
    karto_buf_add_slice(out, text);
    return true;
}

void karto_person_user(struct karto_buf *out)
{
    if (!add_if_usable(out, getenv("USER")) && !add_if_usable(out, getenv("LOGNAME")) &&
        !add_if_usable(out, getlogin()))
        karto_buf_add_str(out, "user");
}

void karto_person_machine(struct karto_buf *out)
{
    char name[256];
    if (gethostname(name, sizeof name) != 0)
        name[0] = 0;
    name[sizeof name - 1] = 0;
    if (!add_if_usable(out, name))
        karto_buf_add_str(out, "computer");
}

void karto_person_time(int64_t utc_ms, struct karto_buf *out)
{
    char text[32];
    time_t seconds = (time_t)(utc_ms / 1000);
    struct tm local;
    localtime_r(&seconds, &local);
    strftime(text, sizeof text, "%d.%m.%Y %H:%M", &local);
    karto_buf_add_str(out, text);
}

void karto_person_day(int64_t days, struct karto_buf *out)
{
    int year, month, day;
    karto_date_split(days, &year, &month, &day);
    karto_buf_printf(out, "%02d.%02d.%04d", day, month, year);
}

const char *karto_person_role(enum karto_lang lang, const char *role)
{
    static const struct {
        const char *role;
        enum karto_message message;
    } roles[] = {{"office", KARTO_M_USER_ROLE_OFFICE},   {"representative", KARTO_M_USER_ROLE_REPRESENTATIVE},
                 {"lead", KARTO_M_USER_ROLE_LEAD},       {"accountant", KARTO_M_USER_ROLE_ACCOUNTANT},
                 {"analyst", KARTO_M_USER_ROLE_ANALYST}, {"administrator", KARTO_M_USER_ROLE_ADMINISTRATOR}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(role, roles[i].role) == 0)
            return karto_message_text(lang, roles[i].message);
    return role;
}
