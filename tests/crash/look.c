#include "tests/crash/look.h"

#include "core/base/os_posix.h"
#include "core/model/rights.h"
#include "core/store/check.h"
#include "core/store/entry.h"
#include "tests/check.h"

static enum karto_err open_dir(const char *dir, struct karto_store **store)
{
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys(), .read_only = true};
    return karto_store_open(&options, store);
}

static enum karto_err read_look(struct karto_tx *tx, void *context)
{
    struct look *look = context;
    const struct karto_ledger *ledger = &tx->ledger;
    struct karto_slice name = {NULL, 0};
    struct karto_sum sum;
    enum karto_err err;
    *look = (struct look){.role = ledger->role,
                          .pending = ledger->pending,
                          .refused = ledger->refused,
                          .cursor = ledger->cursor,
                          .position = ledger->position,
                          .reconciling = ledger->reconciling};
    while ((err = karto_digest_next(tx, name, &name, &sum)) == KARTO_OK) {
        struct look_territory *territory = &look->territories[look->count++];
        CHECK(look->count <= LOOK_TERRITORIES_MAX);
        snprintf(territory->name, sizeof territory->name, "%.*s", (int)name.size, (const char *)name.data);
        territory->sum = sum;
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err look_at(const char *dir, struct look *look)
{
    struct karto_store *store;
    enum karto_err err = open_dir(dir, &store);
    if (err != KARTO_OK)
        return err;
    err = karto_store_read(store, read_look, look);
    karto_store_close(store);
    return err;
}

/* Nothing in it is a sum of zero. */
static struct karto_sum sum_of(const struct look *look, const char *name)
{
    for (uint32_t i = 0; i < look->count; i++)
        if (strcmp(look->territories[i].name, name) == 0)
            return look->territories[i].sum;
    return (struct karto_sum){0, 0};
}

static bool same(const struct look *device, const struct look *hub, const char *name, bool say)
{
    bool equal = karto_sum_equal(sum_of(device, name), sum_of(hub, name));
    if (!equal && say)
        fprintf(stderr, "territory %s differs from the hub's\n", name);
    return equal;
}

static bool expects(const char *const *names, const char *name)
{
    if (strcmp(name, KARTO_EVERYBODY) == 0)
        return true;
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names;
}

bool look_agrees(const struct look *device, const struct look *hub, const char *const *names, bool say)
{
    bool fine = device->pending == 0 && !device->reconciling && same(device, hub, KARTO_EVERYBODY, say);
    if (say && (device->pending || device->reconciling))
        fprintf(stderr, "%" PRIu64 " changes pending, %s\n", device->pending,
                device->reconciling ? "reconciling" : "not reconciling");
    for (const char *const *name = names; *name; name++)
        fine &= same(device, hub, *name, say);
    for (uint32_t i = 0; i < device->count; i++) {
        bool expected = expects(names, device->territories[i].name) ||
                        karto_sum_equal(device->territories[i].sum, (struct karto_sum){0, 0});
        if (!expected && say)
            fprintf(stderr, "holds territory %s\n", device->territories[i].name);
        fine &= expected;
    }
    return fine;
}

static void report(void *context, const char *what, const struct karto_rid *record)
{
    char id[KARTO_RID_TEXT] = "";
    if (record)
        karto_rid_print(*record, id);
    fprintf(stderr, "check of %s: %s %s\n", (const char *)context, what, id);
}

static enum karto_err check(struct karto_tx *tx, void *context)
{
    struct karto_check result;
    enum karto_err err = karto_check(tx, report, context, &result);
    CHECK(err != KARTO_OK || result.problems == 0);
    return err;
}

void look_check(const char *dir)
{
    struct karto_store *store;
    CHECK_INT(open_dir(dir, &store), KARTO_OK);
    CHECK_INT(karto_store_read(store, check, (void *)(uintptr_t)dir), KARTO_OK);
    karto_store_close(store);
}
