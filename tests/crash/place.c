#include "tests/crash/place.h"

#include "core/base/os_posix.h"
#include "tests/check.h"

#include <sys/stat.h>
#include <unistd.h>

enum { STOP_MS = 20 * 1000, SETTLE_POLL_MS = 50, EXIT_OFFLINE = 20 };

const char *program_named(const char *variable)
{
    const char *path = getenv(variable);
    if (!path)
        fprintf(stderr, "%s must name the program\n", variable);
    CHECK(path != NULL);
    return path;
}

/* ---- beginning and end ---- */

void places_begin(char root[256])
{
    const char *parent = getenv("TMPDIR");
    snprintf(root, 256, "%s/karto-crash-XXXXXX", parent ? parent : "/tmp");
    CHECK(mkdtemp(root) != NULL);
    setenv("HOME", root, 1);
    setenv("USER", "olena", 1);
    setenv("KARTO_LANG", "en", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_DATA_HOME");
    unsetenv("KARTO_DB");
    unsetenv("NOTIFY_SOCKET");
}

static void remove_tree(const char *path)
{
    const char *const words[] = {"/bin/rm", "-rf", path, NULL};
    CHECK_INT(program_run("/dev/null", RUN_MS, words), 0);
}

void places_end(const char *root)
{
    remove_tree(root);
}

void place_init(struct place *place, const char *root, const char *name, const char *territories)
{
    char list[100];
    *place = (struct place){.name = name};
    snprintf(place->dir, sizeof place->dir, "%.200s/%.60s", root, name);
    snprintf(place->log, sizeof place->log, "%s.log", place->dir);
    snprintf(place->acks, sizeof place->acks, "%s.acks", place->dir);
    snprintf(place->invitation, sizeof place->invitation, "%s.txt", place->dir);
    snprintf(list, sizeof list, "%s", territories);
    char *next = list;
    for (int i = 0; i < PLACE_TERRITORIES_MAX && *next; i++) {
        char *end = next + strcspn(next, ",");
        char *after = *end ? end + 1 : end;
        *end = 0;
        CHECK((place->territories[i] = strdup(next)) != NULL);
        next = after;
    }
}

/* ---- what they do ---- */

static void must_run(const struct place *place, const char *const *words)
{
    int code = program_run(place->log, RUN_MS, words);
    if (code != 0)
        program_show(place->log);
    CHECK_INT(code, 0);
}

void place_found(struct place *hub, uint16_t port)
{
    char listen[40];
    snprintf(listen, sizeof listen, "127.0.0.1:%u", port);
    const char *const words[] = {
        program_named("KARTO"), "hub", "init", "--db", hub->dir, "--listen", listen, "--name", "Romashka", NULL};
    must_run(hub, words);
}

void place_invite(struct place *hub, struct place *device, uint16_t port)
{
    char address[40];
    const char *words[PROGRAM_WORDS_MAX + 1] = {
        program_named("KARTO"), "hub",       "invite", "--db", hub->dir,          "--user", device->name, "--role",
        "representative",       "--address", address,  "-o",   device->invitation};
    int count = 13;
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    for (int i = 0; device->territories[i]; i++) {
        words[count++] = "--territory";
        words[count++] = device->territories[i];
    }
    must_run(hub, words);
}

void place_start_join(struct place *device)
{
    const char *const words[] = {program_named("KARTO"), "join", device->invitation, "--db", device->dir, NULL};
    program_start(&device->joiner, device->log, words);
}

/* The hub's daemon may just have been started, and not listen yet. */
void place_join(struct place *device)
{
    int64_t until = karto_os_monotonic_ms() + RUN_MS;
    do {
        place_start_join(device);
        pause_ms(SETTLE_POLL_MS);
    } while (program_wait(&device->joiner, RUN_MS) == EXIT_OFFLINE && karto_os_monotonic_ms() < until);
    if (device->joiner.code != 0)
        program_show(device->log);
    CHECK_INT(device->joiner.code, 0);
}

void place_start_daemon(struct place *place)
{
    const char *const words[] = {program_named("KARTO_SYNCD"), "--db", place->dir, NULL};
    program_start(&place->daemon, place->log, words);
}

void place_start_edits(struct place *place, uint64_t seed, unsigned count)
{
    char seed_text[24], count_text[12];
    const char *words[PROGRAM_WORDS_MAX + 1] = {
        program_named("KARTO_EDIT"), place->dir, place->name, seed_text, count_text, place->acks};
    snprintf(seed_text, sizeof seed_text, "%" PRIu64, seed);
    snprintf(count_text, sizeof count_text, "%u", count);
    for (int i = 0; place->territories[i]; i++)
        words[6 + i] = place->territories[i];
    program_start(&place->editor, place->log, words);
}

void place_edit(struct place *place, uint64_t seed, unsigned count)
{
    place_start_edits(place, seed, count);
    int code = program_wait(&place->editor, RUN_MS);
    if (code != 0)
        program_show(place->log);
    CHECK_INT(code, 0);
}

void place_expect_daemon(struct place *place)
{
    if (program_runs(&place->daemon))
        return;
    fprintf(stderr, "the daemon of %s ended by itself with %d\n", place->name, place->daemon.code);
    program_show(place->log);
    exit(1);
}

void place_stop_daemon(struct place *place)
{
    place_expect_daemon(place);
    program_stop(&place->daemon);
    int code = program_wait(&place->daemon, STOP_MS);
    if (code != 0)
        program_show(place->log);
    CHECK_INT(code, 0);
}

/* ---- waiting until all is quiet ---- */

static bool settled(struct place *hub, struct place *devices, int count, bool say)
{
    struct look at_hub, at_device;
    bool fine = true;
    CHECK_INT(look_at(hub->dir, &at_hub), KARTO_OK);
    for (int i = 0; i < count; i++) {
        if (say)
            fprintf(stderr, "%s:\n", devices[i].name);
        CHECK_INT(look_at(devices[i].dir, &at_device), KARTO_OK);
        fine &= at_device.role == KARTO_ON_DEVICE &&
                look_agrees(&at_device, &at_hub, (const char *const *)devices[i].territories, say);
    }
    return fine;
}

int64_t places_settle(struct place *hub, struct place *devices, int count, int64_t timeout_ms)
{
    int64_t start = karto_os_monotonic_ms();
    while (!settled(hub, devices, count, false)) {
        place_expect_daemon(hub);
        for (int i = 0; i < count; i++)
            place_expect_daemon(&devices[i]);
        if (karto_os_monotonic_ms() - start > timeout_ms) {
            fprintf(stderr, "not through after %lld ms:\n", (long long)timeout_ms);
            settled(hub, devices, count, true);
            places_show(hub, 1);
            places_show(devices, count);
            exit(1);
        }
        pause_ms(SETTLE_POLL_MS);
    }
    return karto_os_monotonic_ms() - start;
}

void places_show(struct place *places, int count)
{
    for (int i = 0; i < count; i++)
        program_show(places[i].log);
}
