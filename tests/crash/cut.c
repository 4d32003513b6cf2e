/* Cuts the network at any byte: cut [STEP [SEED]]. Laptops and head office have work for each other while their
 * connections end, or fall silent, after so many bytes in one direction: each STEP bytes of the first 2,000 (the
 * handshake, the greeting, the first requests), and numbers from the seed beyond. Each time all must be through in
 * bounded time; at the end nothing is lost or doubled. */
#include "tests/check.h"
#include "tests/crash/dice.h"
#include "tests/crash/place.h"
#include "tests/crash/proof.h"
#include "tests/crash/proxy.h"

enum {
    DEVICES = 4,
    SMALL_BYTES = 2000,
    LARGE_BYTES = 20 * 1000,
    LARGE_ROUNDS = 10,
    SMALL_EDITS = 1,
    LARGE_EDITS = 16,
    FIRST_EDITS = 10,
    ROUNDS_MAX = 5,
    SETTLE_MS = 60 * 1000,
    SILENCE_MS = 240 * 1000, /* nobody is told of silence: the tunnel's own limits have to find it, which takes 75
                                seconds; and what was held up by one may run into the silence of the next */
};

struct scene {
    char root[256];
    struct place hub, devices[DEVICES];
    struct proxy *proxy;
    struct dice dice;
    unsigned cases, fired;
    int64_t longest_ms;
};

static void set_scene(struct scene *s)
{
    static const char *const names[DEVICES] = {"olena", "petro", "ivan", "maria"};
    static const char *const territories[DEVICES] = {"14,15", "14,16", "15,16", "14"};
    uint16_t port = free_port();
    places_begin(s->root);
    place_init(&s->hub, s->root, "hub", "14,15,16");
    place_found(&s->hub, port);
    place_edit(&s->hub, dice_throw(&s->dice), FIRST_EDITS);
    place_start_daemon(&s->hub);
    s->proxy = proxy_open(port, DEVICES);
    for (unsigned i = 0; i < DEVICES; i++) {
        place_init(&s->devices[i], s->root, names[i], territories[i]);
        place_invite(&s->hub, &s->devices[i], proxy_port(s->proxy, i));
        place_join(&s->devices[i]);
        place_start_daemon(&s->devices[i]);
    }
}

static void take_end(struct place *place)
{
    int code = program_wait(&place->editor, RUN_MS);
    if (code != 0)
        program_show(place->log);
    CHECK_INT(code, 0);
}

static void edit_everywhere(struct scene *s, unsigned edits)
{
    for (unsigned i = 0; i < DEVICES; i++)
        place_start_edits(&s->devices[i], dice_throw(&s->dice), edits);
    place_start_edits(&s->hub, dice_throw(&s->dice), edits);
    take_end(&s->hub);
    for (unsigned i = 0; i < DEVICES; i++)
        take_end(&s->devices[i]);
}

static unsigned fired(const struct scene *s)
{
    unsigned count = 0;
    for (unsigned i = 0; i < DEVICES; i++)
        count += proxy_fired(s->proxy, i);
    return count;
}

/* Everybody edits while his connection is spoiled; then all must get through. How many bytes the edits make is for the
 * moment to say, that is for how many go together: until each fault has had its bytes there are more edits. */
static void play(struct scene *s, const struct proxy_fault *faults, unsigned edits, int64_t timeout_ms)
{
    for (unsigned i = 0; i < DEVICES; i++)
        proxy_arm(s->proxy, i, faults[i]);
    for (unsigned round = 0; round < ROUNDS_MAX && fired(s) < DEVICES; round++) {
        edit_everywhere(s, edits);
        int64_t took_ms = places_settle(&s->hub, s->devices, DEVICES, timeout_ms);
        s->longest_ms = took_ms > s->longest_ms ? took_ms : s->longest_ms;
    }
    s->fired += fired(s);
    s->cases += DEVICES;
}

static void sweep(struct scene *s, uint64_t step)
{
    static const enum proxy_how hows[] = {PROXY_RESET, PROXY_CLOSE, PROXY_PAUSE, PROXY_RESET, PROXY_CLOSE};
    struct proxy_fault faults[DEVICES];
    unsigned number = 0;
    for (uint64_t after = 1; after <= SMALL_BYTES; after += step * DEVICES / 2) {
        for (unsigned i = 0; i < DEVICES; i++)
            faults[i] = (struct proxy_fault){hows[number++ % 5], i % 2, after + i / 2 * step};
        play(s, faults, SMALL_EDITS, SETTLE_MS);
    }
}

static void throw_large(struct scene *s)
{
    struct proxy_fault faults[DEVICES];
    for (unsigned round = 0; round < LARGE_ROUNDS; round++) {
        for (unsigned i = 0; i < DEVICES; i++)
            faults[i] = (struct proxy_fault){(enum proxy_how)dice_below(&s->dice, PROXY_SILENT),
                                             dice_one_in(&s->dice, 2), SMALL_BYTES + dice_below(&s->dice, LARGE_BYTES)};
        play(s, faults, LARGE_EDITS, SETTLE_MS);
    }
}

/* In the handshake, at its end, in the middle of what is sent and of what comes. */
static void fall_silent(struct scene *s)
{
    const struct proxy_fault faults[DEVICES] = {{PROXY_SILENT, true, 700},
                                                {PROXY_SILENT, false, 1500},
                                                {PROXY_SILENT, false, 4000},
                                                {PROXY_SILENT, true, 4000}};
    play(s, faults, LARGE_EDITS, SILENCE_MS);
}

static void prove(struct scene *s)
{
    const char *acks[DEVICES + 1] = {s->hub.acks};
    for (unsigned i = 0; i < DEVICES; i++) {
        acks[i + 1] = s->devices[i].acks;
        place_stop_daemon(&s->devices[i]);
    }
    place_stop_daemon(&s->hub);
    size_t edits = proof_of_hub(s->hub.dir, acks, DEVICES + 1);
    look_check(s->hub.dir);
    for (unsigned i = 0; i < DEVICES; i++)
        look_check(s->devices[i].dir);
    CHECK(s->fired * 10 >= s->cases * 9);
    printf("%u connections spoiled, of %u; %zu edits acknowledged; the slowest was through after %lld ms\n", s->fired,
           s->cases, edits, (long long)s->longest_ms);
}

int main(int argc, char **argv)
{
    uint64_t step = argc > 1 ? strtoull(argv[1], NULL, 10) : 53;
    struct scene scene = {.dice = {argc > 2 ? strtoull(argv[2], NULL, 10) : 1}};
    set_scene(&scene);
    places_settle(&scene.hub, scene.devices, DEVICES, SETTLE_MS);
    sweep(&scene, step);
    throw_large(&scene);
    fall_silent(&scene);
    prove(&scene);
    proxy_close(scene.proxy);
    places_end(scene.root);
    return 0;
}
