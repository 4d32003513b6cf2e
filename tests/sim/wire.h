/* wire.h - frames between devices and the hub, and everything that can befall them. */
#ifndef KARTO_TESTS_SIM_WIRE_H
#define KARTO_TESTS_SIM_WIRE_H

#include "tests/sim/world.h"

/* Goes on with the device's synchronisation, or begins one, for some frames; with faults as the dice fall. */
void wire_go_on(struct world *world, struct place *device, unsigned frames);

/* The process dies in the middle of it. */
void wire_crash(struct world *world, struct place *device);

/* One of the frames that were thought lost arrives at the hub. */
void wire_deliver_late(struct world *world);

/* A whole synchronisation without faults. False: there was nothing to do, in one round trip. One that was turned away
 * had something to do. */
bool wire_synchronise(struct world *world, struct place *device);

/* Fetches older changes, at most so many pages: with faults as the dice fall, under limits as they fall. Only when
 * device->even. */
void wire_backfill(struct world *world, struct place *device, unsigned pages);

/* All that there are, without faults. */
void wire_backfill_all(struct world *world, struct place *device);

/* Asks to be told of news. There must be none now. */
void wire_wait(struct world *world, struct place *device);

#endif
