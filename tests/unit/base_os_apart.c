/* Work in a process of its own: its answer comes back, what it changes does not; a crash and one that never ends are
 * told apart, and neither harms who asked. */
#include "core/base/os_apart.h"

#include "core/base/os_posix.h"
#include "core/base/os_space.h"
#include "tests/check.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

static int changed;

static enum karto_err answer(void *context)
{
    changed++;
    fputs("nobody hears this\n", stderr);
    return *(const enum karto_err *)context;
}

static enum karto_err crash(void *context)
{
    (void)context;
    raise(SIGKILL);
    return KARTO_OK;
}

static enum karto_err never_end(void *context)
{
    (void)context;
    while (pause() != 0)
        continue;
    return KARTO_OK;
}

static void every_answer_comes_back(void)
{
    for (int i = 0; i < KARTO_ERR_COUNT; i++) {
        enum karto_err err = (enum karto_err)i;
        CHECK_INT(karto_os_apart(answer, &err, 20000), err);
    }
    CHECK_INT(changed, 0);
}

static void what_goes_wrong_is_told(void)
{
    int64_t before_ms = karto_os_monotonic_ms();
    CHECK_INT(karto_os_apart(crash, NULL, 20000), KARTO_E_CORRUPT);
    CHECK(karto_os_monotonic_ms() - before_ms < 20000);
    CHECK_INT(karto_os_apart(never_end, NULL, 50), KARTO_E_TIMEOUT);
}

/* Of a directory that is not there yet, the one above counts. */
static void room_is_told(void)
{
    struct karto_disk disk, above, here;
    CHECK_INT(karto_os_disk("/", &above), KARTO_OK);
    CHECK_INT(karto_os_disk("/no such/directory", &disk), KARTO_OK);
    CHECK(disk.size == above.size && disk.size > 0 && disk.free <= disk.size);
    CHECK_INT(karto_os_disk(".", &here), KARTO_OK);
    CHECK_INT(karto_os_disk("no such directory", &disk), KARTO_OK);
    CHECK(disk.size == here.size);
    CHECK(karto_os_file_size("/no such/file") == 0 && karto_os_file_size("/proc/self/exe") > 0);
}

static enum karto_err limit_memory(void *context)
{
    const uint64_t *wanted = context;
    struct rlimit limit = {*wanted, RLIM_INFINITY};
    return setrlimit(RLIMIT_AS, &limit) == 0 && karto_os_memory_limit() == *wanted ? KARTO_OK : KARTO_E_LIMIT;
}

static void memory_is_told(void)
{
    uint64_t wanted = (uint64_t)1 << 40;
    CHECK_INT(karto_os_apart(limit_memory, &wanted, 20000), KARTO_OK);
}

int main(void)
{
    every_answer_comes_back();
    what_goes_wrong_is_told();
    room_is_told();
    memory_is_told();
    return 0;
}
