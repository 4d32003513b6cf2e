/* place.h - head office and laptops as real processes: a store each, its daemon, and people who edit in it. The
 * programs are those that the environment names: KARTO, KARTO_SYNCD, KARTO_EDIT. */
#ifndef KARTO_TESTS_CRASH_PLACE_H
#define KARTO_TESTS_CRASH_PLACE_H

#include "tests/crash/look.h"
#include "tests/crash/program.h"

enum { PLACE_TERRITORIES_MAX = 4, RUN_MS = 60 * 1000 };

struct place {
    const char *name;
    char dir[300], log[310], acks[310], invitation[310];
    const char *territories[PLACE_TERRITORIES_MAX + 1]; /* ends with NULL */
    struct program daemon, editor, joiner;
};

const char *program_named(const char *variable); /* of the environment, where it must stand */

/* A new directory for everything, which becomes the home of all programs; and its end. */
void places_begin(char root[256]);
void places_end(const char *root);

/* territories, separated by commas. */
void place_init(struct place *place, const char *root, const char *name, const char *territories);

void place_found(struct place *hub, uint16_t port); /* karto hub init */

/* karto hub invite: an invitation for device, which will look for the hub at this port. */
void place_invite(struct place *hub, struct place *device, uint16_t port);

void place_start_join(struct place *device);
void place_join(struct place *device); /* and waits for it: it must work */

void place_start_daemon(struct place *place);

/* A person who makes count edits; edit waits until he is done, and it must work. */
void place_start_edits(struct place *place, uint64_t seed, unsigned count);
void place_edit(struct place *place, uint64_t seed, unsigned count);

/* Fails the test if the daemon has ended by itself. */
void place_expect_daemon(struct place *place);

/* SIGTERM: the daemon has to end with 0, soon. */
void place_stop_daemon(struct place *place);

/* Waits until each device has sent everything and holds what the hub does; fails the test after so long. Gives how long
 * it took, ms. */
int64_t places_settle(struct place *hub, struct place *devices, int count, int64_t timeout_ms);

/* Prints the ends of their logs. */
void places_show(struct place *places, int count);

#endif
