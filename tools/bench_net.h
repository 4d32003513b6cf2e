/* bench_net.h - a hub and devices in one process, with TLS and nng between them as in life. */
#ifndef KARTO_TOOLS_BENCH_NET_H
#define KARTO_TOOLS_BENCH_NET_H

#include "core/base/buf.h"
#include "core/model/id.h"
#include "core/store/store.h"

struct bench_hub;
struct bench_device;

/* Serves store, until it is closed. NULL: a hub that answers each frame with as many bytes as its first four ask for
 * (bench_bare). */
struct bench_hub *bench_hub_open(struct karto_store *store);
void bench_hub_close(struct bench_hub *hub);

/* A device of the hub, whose public key its store needs. */
struct bench_device *bench_device_new(struct bench_hub *hub, struct karto_slice *public_key);
struct karto_rid bench_device_id(const struct bench_device *device);
void bench_device_dial(struct bench_device *device);
void bench_device_close(struct bench_device *device);

/* What went over the wire: payload is of frames; wire adds what nng and TLS put around them. */
struct bench_traffic {
    double seconds, cpu; /* cpu: of both sides */
    uint64_t requests, payload, wire;
    uint64_t pulled; /* changes, states and leaves that came */
    uint32_t *sizes; /* of each request and its answer; owned, NULL unless asked for */
};

/* One synchronisation of a store through device. */
struct bench_traffic bench_exchange(struct bench_device *device, struct karto_store *store, bool keep_sizes);

/* The same, cut off when so many of its requests are answered. */
struct bench_traffic bench_exchange_cut(struct bench_device *device, struct karto_store *store, uint64_t requests);

/* Frames of the same sizes, to a hub without a store: how long that takes. */
double bench_bare(struct bench_device *device, const uint32_t *sizes, uint64_t requests);

#endif
