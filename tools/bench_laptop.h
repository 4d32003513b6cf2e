/* bench_laptop.h - laptops of some territories, with their stores: enrolled, dialled, and compared with their hub. */
#ifndef KARTO_TOOLS_BENCH_LAPTOP_H
#define KARTO_TOOLS_BENCH_LAPTOP_H

#include "tools/bench.h"
#include "tools/bench_net.h"

struct bench_laptop {
    struct bench_device *device;
    struct karto_store *store;
};

/* A representative's, with an empty store in dir/name; connected to the hub that serves hub_store. */
struct bench_laptop bench_laptop_make(const struct bench *bench, struct bench_hub *hub, struct karto_store *hub_store,
                                      const char *name, const struct karto_slice *territories, uint32_t count);
void bench_laptop_close(struct bench_laptop *laptop);

/* What was measured is worth nothing unless both sides are equal now: dies unless the digests of what the laptop may
 * have agree. */
void bench_laptop_must_be_equal(const struct bench_laptop *laptop, struct karto_store *hub_store);

#endif
