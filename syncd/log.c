#include "syncd/log.h"

#include "core/base/harmless.h"
#include "core/base/os_posix.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int limit = KARTO_LOG_INFO;

void karto_log_limit(enum karto_log_level most)
{
    atomic_store(&limit, (int)most);
}

/* With the numbers of syslog(3) in front, a journal knows the level. */
static const char *prefix(enum karto_log_level level)
{
    switch (level) {
    case KARTO_LOG_NOTHING: break;
    case KARTO_LOG_ERROR: return "<3>error";
    case KARTO_LOG_WARNING: return "<4>warning";
    case KARTO_LOG_INFO: return "<6>info";
    case KARTO_LOG_DEBUG: return "<7>debug";
    }
    return "<6>info";
}

void karto_log(enum karto_log_level level, const char *id, const char *format, ...)
{
    char text[1000], when[32];
    va_list arguments;
    int64_t now = karto_sys_now_ms(karto_os_sys());
    time_t seconds = (time_t)(now / 1000);
    struct tm utc;
    if ((int)level > atomic_load(&limit))
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct karto_buf safe = KARTO_BUF_EMPTY; /* a peer's words are in some of them: one event stays one line */
    karto_harmless(&safe, karto_slice_str(text), "?");
    gmtime_r(&seconds, &utc);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    fprintf(stderr, "%s %s.%03dZ %s %.*s\n", prefix(level), when, (int)(now % 1000), id, (int)safe.size,
            safe.size ? (const char *)safe.data : "");
    karto_buf_fini(&safe);
}
