#include "core/base/sys.h"

int64_t karto_sys_now_ms(const struct karto_sys *sys)
{
    return sys->now_ms(sys->context);
}

void karto_sys_random(const struct karto_sys *sys, void *out, size_t size)
{
    sys->random(sys->context, out, size);
}

int64_t karto_sys_today(const struct karto_sys *sys)
{
    return sys->day(sys->context, karto_sys_now_ms(sys));
}

uint64_t karto_sys_random64(const struct karto_sys *sys)
{
    uint64_t out;
    karto_sys_random(sys, &out, sizeof out);
    return out;
}
