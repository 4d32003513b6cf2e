/* schedule.h - what people, machines and the network do, one step after the other. Each step has dice of its own, made
 * of the seed and its number: so one can be left out, and the others stay what they were. */
#ifndef KARTO_TESTS_SIM_SCHEDULE_H
#define KARTO_TESTS_SIM_SCHEDULE_H

#include "tests/sim/world.h"

void schedule_step(struct world *world, unsigned step);

/* Faults stop: everybody synchronises until nothing changes any more. Not within some rounds: fails. */
void schedule_settle(struct world *world);

#endif
