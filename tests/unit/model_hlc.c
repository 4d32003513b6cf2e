/* The clock goes on whatever this machine's does, and follows nobody more than a day into the future. */
#include "core/base/limits.h"
#include "core/model/hlc.h"
#include "tests/check.h"

enum { NOW = 1764000000 };

static void later_than_now_and_than_before(void)
{
    struct karto_hlc last = karto_hlc_make(NOW * 1000LL);
    CHECK_INT(karto_hlc_ms(last), NOW * 1000LL);
    struct karto_hlc next = karto_hlc_next(last, NOW * 1000LL + 5);
    CHECK_INT(karto_hlc_ms(next), NOW * 1000LL + 5);
    CHECK_INT(next.v & 0xffff, 0);
}

static void counts_within_a_millisecond_and_when_time_goes_back(void)
{
    struct karto_hlc clock = karto_hlc_make(NOW * 1000LL);
    struct karto_hlc same = karto_hlc_next(clock, NOW * 1000LL), back = karto_hlc_next(same, NOW * 1000LL - 60000);
    CHECK_INT(same.v, clock.v + 1);
    CHECK_INT(back.v, clock.v + 2);
    for (int i = 0; i < 70000; i++) {
        struct karto_hlc next = karto_hlc_next(clock, 0);
        CHECK(next.v > clock.v);
        clock = next;
    }
    CHECK_INT(karto_hlc_ms(clock), NOW * 1000LL + 1); /* more than 65,536 in one: it runs over into the next */
}

static void before_1970_is_1970(void)
{
    CHECK_INT(karto_hlc_make(-5).v, 0);
    CHECK_INT(karto_hlc_next((struct karto_hlc){0}, -5).v, 1);
}

static void follows_others_for_a_day(void)
{
    int64_t now = NOW * 1000LL;
    struct karto_hlc mine = karto_hlc_make(now);
    struct karto_hlc edge = karto_hlc_make(now + KARTO_CLOCK_AHEAD_MS_MAX);
    struct karto_hlc far = karto_hlc_make(now + KARTO_CLOCK_AHEAD_MS_MAX + 1);
    CHECK(karto_hlc_observe(mine, edge, now).v == edge.v);
    CHECK(karto_hlc_observe(mine, far, now).v == mine.v);
    CHECK(karto_hlc_observe(mine, karto_hlc_make(now - 1), now).v == mine.v);
    CHECK(karto_hlc_observe(mine, (struct karto_hlc){UINT64_MAX}, now).v == mine.v);
}

int main(void)
{
    later_than_now_and_than_before();
    counts_within_a_millisecond_and_when_time_goes_back();
    before_1970_is_1970();
    follows_others_for_a_day();
    return 0;
}
