#include "core/model/hlc.h"

#include "core/base/limits.h"

struct karto_hlc karto_hlc_make(int64_t ms)
{
    return (struct karto_hlc){ms < 0 ? 0 : (uint64_t)ms << 16};
}

int64_t karto_hlc_ms(struct karto_hlc hlc)
{
    return (int64_t)(hlc.v >> 16);
}

struct karto_hlc karto_hlc_next(struct karto_hlc last, int64_t now_ms)
{
    struct karto_hlc now = karto_hlc_make(now_ms);
    return now.v > last.v ? now : (struct karto_hlc){last.v + 1};
}

struct karto_hlc karto_hlc_observe(struct karto_hlc last, struct karto_hlc seen, int64_t now_ms)
{
    if (karto_hlc_ms(seen) > now_ms + KARTO_CLOCK_AHEAD_MS_MAX)
        return last;
    return seen.v > last.v ? seen : last;
}
