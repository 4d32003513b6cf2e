/* proof.h - what must always hold, asked of a world. The numbers are those of the design's
 * invariants. */
#ifndef KARTO_TESTS_SIM_PROOF_H
#define KARTO_TESTS_SIM_PROOF_H

#include "tests/sim/world.h"

/* At any time: a copy that counts as current has all that the hub's log says of it up to the device's cursor. */
void proof_current(struct world *world, struct place *device);

/* At any time: the store is in order. */
void proof_store(struct place *place);

/* When a device has said that it has given everything: the hub has all that the device had of it, but what it keeps for
 * the administrator. */
void proof_gave(struct world *world, struct place *device);

/* At rest: */
void proof_scopes(
    struct world *world); /* 1, 4: each device holds exactly its scope, equal to the hub's to the last head */
void proof_changes(struct world *world);   /* 2: every change is in the hub's log once, and nothing is pending */
void proof_history(struct world *world);   /* 16: and in the history of each device that may have it, once */
void proof_registers(struct world *world); /* 3, 5: values, winners, conflicts, homes and hides are the oracle's */
void proof_orders(struct world *world);    /* 6: the same changes in another order make the same bytes */
void proof_disk(struct world *world);      /* 7: closed and opened, everything is as it was, and in order */

#endif
