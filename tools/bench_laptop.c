#include "tools/bench_laptop.h"

#include "core/store/hub.h"

static enum karto_err enrol(struct karto_tx *tx, void *context)
{
    const struct karto_device *device = context;
    return karto_hub_enrol(tx, device, device->user);
}

struct bench_laptop bench_laptop_make(const struct bench *bench, struct bench_hub *hub, struct karto_store *hub_store,
                                      const char *name, const struct karto_slice *territories, uint32_t count)
{
    struct karto_slice key;
    struct bench_laptop laptop = {bench_device_new(hub, &key), NULL};
    laptop.store = bench_store_make(bench, name, KARTO_ON_DEVICE, key);
    struct karto_device device = {
        .id = bench_device_id(laptop.device),
        .user = karto_slice_str(name),
        .public_key = key,
        .scope = {.role = karto_role(KARTO_ROLE_REPRESENTATIVE), .territories = territories, .territory_count = count},
        .rights = 1};
    bench_must(karto_store_write(hub_store, enrol, &device), "enrolling");
    bench_device_dial(laptop.device);
    return laptop;
}

void bench_laptop_close(struct bench_laptop *laptop)
{
    bench_device_close(laptop->device);
    karto_store_close(laptop->store);
}

/* ---- both sides ---- */

struct scope {
    struct karto_rid device;
    struct karto_sum sum;
};

static enum karto_err sum_scope(struct karto_tx *tx, void *context)
{
    struct scope *scope = context;
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, scope->device, &device);
    return err == KARTO_OK ? karto_hub_digest(tx, &device, &scope->sum) : err;
}

static enum karto_err sum_all(struct karto_tx *tx, void *context)
{
    return karto_digest_all(tx, context);
}

void bench_laptop_must_be_equal(const struct bench_laptop *laptop, struct karto_store *hub_store)
{
    struct scope scope = {.device = bench_device_id(laptop->device)};
    struct karto_sum sum;
    bench_must(karto_store_read(hub_store, sum_scope, &scope), "reading a digest");
    bench_must(karto_store_read(laptop->store, sum_all, &sum), "reading a digest");
    if (!karto_sum_equal(scope.sum, sum))
        bench_die("hub and device differ after a synchronisation", KARTO_E_CORRUPT);
}
