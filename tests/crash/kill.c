/* Kills processes at any instant: kill [--kills N] [--seed N]. Head office and laptops with shared territories work as
 * they would: daemons, people who edit, people at the command line who enter tables, laptops that join and synchronise
 * for the first time. kill -9 comes to any of them at any moment; they are started again. After each kill every store
 * is whole and has what was acknowledged there. At the end all must be through within a minute, equal, and nothing
 * lost or doubled. */
#include "core/base/os_posix.h"
#include "tests/check.h"
#include "tests/crash/clerk.h"
#include "tests/crash/proof.h"

#include <signal.h>
#include <unistd.h>

enum {
    KILLS = 100, /* of one scene: after more a new head office begins, for each check reads all that there ever was */
    DEVICES = 3,
    CLERKS = 2,          /* at head office and on the first laptop */
    NEWCOMER = 2,        /* the device that joins anew again and again; nobody edits there */
    ROUND_MS_MAX = 300,  /* between two kills */
    EDITS_MAX = 12,      /* of one person at a time */
    FIRST_EDITS = 60,    /* before anybody joins: so that a first synchronisation takes its time */
    FRESH_EVERY = 6,     /* rounds between two newcomers */
    COMMAND_MS_MAX = 60, /* a command that is to be killed has so long */
    SETTLE_MS = 60 * 1000,
    ROUNDS_PER_KILL = 4, /* rounds that may find nothing to kill */
    EXIT_JOINED = 2,     /* karto join, where an earlier one got through before it was killed */
    EXIT_OFFLINE = 20,
};

struct kills {
    unsigned hub, daemons, editors, commands, joins;
    unsigned firsts;     /* daemons in their first synchronisation */
    unsigned hub_firsts; /* of those of the hub: while a newcomer was at his */
};

struct scene {
    char root[256];
    uint16_t port;
    struct place hub, devices[DEVICES];
    struct clerk clerks[CLERKS];
    struct dice dice;
    struct kills kills;
    bool joined, fresh; /* the newcomer: is a device; has not been through yet */
    unsigned newcomers;
};

static unsigned killed(const struct kills *kills)
{
    return kills->hub + kills->daemons + kills->editors + kills->commands + kills->joins + kills->firsts;
}

static void set_scene(struct scene *s)
{
    places_begin(s->root);
    place_init(&s->hub, s->root, "hub", "14,15,16");
    place_init(&s->devices[0], s->root, "olena", "14,15");
    place_init(&s->devices[1], s->root, "petro", "14,16");
    place_init(&s->devices[NEWCOMER], s->root, "ivan", "14,15,16");
    clerk_init(&s->clerks[0], &s->hub);
    clerk_init(&s->clerks[1], &s->devices[0]);
    s->port = free_port();
    place_found(&s->hub, s->port);
    place_edit(&s->hub, dice_throw(&s->dice), FIRST_EDITS);
    place_start_daemon(&s->hub);
    for (int i = 0; i < NEWCOMER; i++) {
        place_invite(&s->hub, &s->devices[i], s->port);
        place_join(&s->devices[i]);
        place_start_daemon(&s->devices[i]);
    }
    place_invite(&s->hub, &s->devices[NEWCOMER], s->port);
}

/* ---- the newcomer ---- */

static void forget_newcomer(struct scene *s)
{
    struct place *device = &s->devices[NEWCOMER];
    const char *const words[] = {"/bin/rm", "-rf", device->dir, device->invitation, NULL};
    program_kill(&device->daemon);
    CHECK_INT(program_run("/dev/null", RUN_MS, words), 0);
    place_invite(&s->hub, device, s->port);
    s->joined = false;
}

/* How a join ended that was not killed: it got through, had got through before, or the hub was away. */
static void take_join(struct scene *s)
{
    struct place *device = &s->devices[NEWCOMER];
    int code = device->joiner.code;
    if (code != 0 && code != EXIT_JOINED && code != EXIT_OFFLINE && code != 128 + SIGKILL) {
        fprintf(stderr, "karto join ended with %d\n", code);
        program_show(device->log);
        exit(1);
    }
    if (code == 0 || code == EXIT_JOINED) {
        s->joined = s->fresh = true;
        s->newcomers++;
        place_start_daemon(device);
    }
}

static void go_on_joining(struct scene *s)
{
    struct place *device = &s->devices[NEWCOMER];
    bool began = device->joiner.pid != 0;
    if (s->joined || program_runs(&device->joiner))
        return;
    if (began)
        take_join(s);
    if (!s->joined)
        place_start_join(device);
}

static bool newcomer_is_through(struct scene *s)
{
    struct look hub, device;
    struct place *place = &s->devices[NEWCOMER];
    CHECK_INT(look_at(s->hub.dir, &hub), KARTO_OK);
    CHECK_INT(look_at(place->dir, &device), KARTO_OK);
    return device.cursor > 0 && !device.reconciling;
}

/* ---- people ---- */

static void expect_editor(struct place *place)
{
    if (place->editor.code == 0 || place->editor.code == 128 + SIGKILL)
        return;
    fprintf(stderr, "an editor at %s ended with %d\n", place->name, place->editor.code);
    program_show(place->log);
    exit(1);
}

static void go_on_editing(struct scene *s, struct place *place)
{
    if (program_runs(&place->editor))
        return;
    expect_editor(place);
    if (dice_one_in(&s->dice, 2))
        place_start_edits(place, dice_throw(&s->dice), 1 + dice_below(&s->dice, EDITS_MAX));
}

/* ---- a round ---- */

static void go_on_serving(struct scene *s, struct place *place)
{
    if (place->daemon.pid)
        place_expect_daemon(place);
    else if (!dice_one_in(&s->dice, 4)) /* else it stays away for a while */
        place_start_daemon(place);
}

static bool strike_command(struct scene *s)
{
    struct clerk *clerk = &s->clerks[dice_below(&s->dice, CLERKS)];
    clerk_go_on(clerk, &s->dice);
    pause_ms(dice_below(&s->dice, COMMAND_MS_MAX));
    return clerk_kill(clerk);
}

static void strike_hub(struct scene *s)
{
    bool first = s->joined && s->fresh && s->devices[NEWCOMER].daemon.pid;
    bool struck = program_kill(&s->hub.daemon);
    s->kills.hub += struck;
    s->kills.hub_firsts += struck && first;
}

static void strike(struct scene *s)
{
    int device = (int)dice_below(&s->dice, NEWCOMER);
    struct place *newcomer = &s->devices[NEWCOMER];
    switch (dice_below(&s->dice, 9)) {
    case 0:
    case 1: strike_hub(s); break;
    case 2: s->kills.daemons += program_kill(&s->devices[device].daemon); break;
    case 3: s->kills.editors += program_kill(&s->devices[device].editor); break;
    case 4: s->kills.editors += program_kill(&s->hub.editor); break;
    case 5:
    case 6: s->kills.commands += strike_command(s); break;
    default:
        s->kills.joins += program_kill(&newcomer->joiner);
        if (program_kill(&newcomer->daemon))
            s->fresh ? s->kills.firsts++ : s->kills.daemons++;
        break;
    }
}

/* Every store, in the midst of everything, and also where a daemon is about to begin anew. */
static void expect_whole(struct scene *s)
{
    struct look newcomer;
    look_check(s->hub.dir);
    proof_of_place(s->hub.dir, s->hub.acks);
    for (int i = 0; i < NEWCOMER; i++) {
        look_check(s->devices[i].dir);
        proof_of_place(s->devices[i].dir, s->devices[i].acks);
    }
    enum karto_err err = look_at(s->devices[NEWCOMER].dir, &newcomer);
    CHECK(err == KARTO_OK || (err == KARTO_E_NO_STORE && !s->joined)); /* killed before there was one */
    if (err == KARTO_OK)
        look_check(s->devices[NEWCOMER].dir);
    for (int i = 0; i < CLERKS; i++)
        clerk_prove(&s->clerks[i], s->clerks[i].place->dir);
}

static void play_round(struct scene *s, unsigned round)
{
    go_on_serving(s, &s->hub);
    for (int i = 0; i < NEWCOMER; i++) {
        go_on_serving(s, &s->devices[i]);
        go_on_editing(s, &s->devices[i]);
    }
    go_on_editing(s, &s->hub);
    if (s->joined)
        go_on_serving(s, &s->devices[NEWCOMER]);
    go_on_joining(s);
    for (int i = 0; i < CLERKS; i++)
        if (dice_one_in(&s->dice, 2))
            clerk_go_on(&s->clerks[i], &s->dice);
    pause_ms(dice_below(&s->dice, ROUND_MS_MAX)); /* the moment of the next kill */
    if (s->joined && s->fresh)
        s->fresh = !newcomer_is_through(s);
    unsigned before = killed(&s->kills);
    strike(s);
    if (killed(&s->kills) != before)
        expect_whole(s);
    if (round % FRESH_EVERY == 0 && s->joined)
        forget_newcomer(s);
}

/* ---- the end ---- */

static void end_work(struct scene *s)
{
    struct place *newcomer = &s->devices[NEWCOMER];
    struct place *all[] = {&s->hub, &s->devices[0], &s->devices[1]};
    for (int i = 0; i < CLERKS; i++)
        clerk_finish(&s->clerks[i], &s->dice);
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i]->editor.pid)
            program_wait(&all[i]->editor, RUN_MS);
        expect_editor(all[i]);
        if (!all[i]->daemon.pid)
            place_start_daemon(all[i]);
    }
    for (int64_t until = karto_os_monotonic_ms() + RUN_MS; !s->joined; pause_ms(20)) {
        CHECK(karto_os_monotonic_ms() < until);
        go_on_joining(s);
    }
    if (!newcomer->daemon.pid)
        place_start_daemon(newcomer);
}

static void prove(struct scene *s)
{
    const char *acks[] = {s->hub.acks, s->devices[0].acks, s->devices[1].acks};
    end_work(s);
    int64_t took_ms = places_settle(&s->hub, s->devices, DEVICES, SETTLE_MS);
    for (int i = 0; i < DEVICES; i++)
        place_stop_daemon(&s->devices[i]);
    place_stop_daemon(&s->hub);
    size_t edits = proof_of_hub(s->hub.dir, acks, sizeof acks / sizeof *acks);
    CHECK(edits > FIRST_EDITS);
    look_check(s->hub.dir);
    for (int i = 0; i < DEVICES; i++)
        look_check(s->devices[i].dir);
    unsigned tables = 0, changes = 0;
    for (int i = 0; i < CLERKS; i++) {
        clerk_prove(&s->clerks[i], s->clerks[i].place->dir);
        clerk_prove(&s->clerks[i], s->hub.dir);
        tables += s->clerks[i].tables;
        changes += s->clerks[i].edits;
        clerk_fini(&s->clerks[i]);
    }
    CHECK(tables && changes);
    printf("%u kills: the hub %u (%u of them in a first synchronisation), daemons %u, in their first synchronisation "
           "%u, joins %u of %u newcomers, editors %u, commands %u\n%zu edits, %u tables and %u commands acknowledged; "
           "through %lld ms after the last\n",
           killed(&s->kills), s->kills.hub, s->kills.hub_firsts, s->kills.daemons, s->kills.firsts, s->kills.joins,
           s->newcomers, s->kills.editors, s->kills.commands, edits, tables, changes, (long long)took_ms);
}

static uint64_t number_after(int argc, char **argv, const char *option, uint64_t otherwise)
{
    for (int i = 1; i + 1 < argc; i += 2)
        if (strcmp(argv[i], option) == 0)
            return strtoull(argv[i + 1], NULL, 10);
    return otherwise;
}

static void play(uint64_t seed, unsigned kills)
{
    struct scene scene = {.dice = {seed}};
    int64_t start_ms = karto_os_monotonic_ms();
    set_scene(&scene);
    for (unsigned round = 1; killed(&scene.kills) < kills; round++) {
        CHECK(round <= kills * ROUNDS_PER_KILL);
        play_round(&scene, round);
    }
    prove(&scene);
    places_end(scene.root);
    printf("seed %" PRIu64 ", %lld s\n", seed, (long long)(karto_os_monotonic_ms() - start_ms) / 1000);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    unsigned wanted = (unsigned)number_after(argc, argv, "--kills", KILLS);
    uint64_t seed = number_after(argc, argv, "--seed", 1);
    CHECK(argc % 2 == 1 && wanted > 0);
    for (unsigned left = wanted; left > 0; left -= left < KILLS ? left : KILLS)
        play(seed++, left < KILLS ? left : KILLS);
    printf("%u kills in all, nothing lost\n", wanted);
    return 0;
}
