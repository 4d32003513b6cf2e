/* sys.h - what the program takes from its surroundings, as arguments: the clock and randomness. A test gives its own;
 * os_posix.h has the real ones. */
#ifndef KARTO_BASE_SYS_H
#define KARTO_BASE_SYS_H

#include <stddef.h>
#include <stdint.h>

struct karto_sys {
    void *context;
    int64_t (*now_ms)(void *context); /* UTC milliseconds since 1970; may jump */
    void (*random)(void *context, void *out, size_t size);
    int64_t (*day)(void *context, int64_t ms); /* the day in the organisation's time zone, as days since 1970-01-01 */
};

int64_t karto_sys_now_ms(const struct karto_sys *sys);
void karto_sys_random(const struct karto_sys *sys, void *out, size_t size);
int64_t karto_sys_today(const struct karto_sys *sys);
uint64_t karto_sys_random64(const struct karto_sys *sys);

#endif
