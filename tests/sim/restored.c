/* restored: head office is put back to a backup that is so many changes old, with twenty laptops of which a third have
 * changes that they never sent, and one is put back to an older image of its disk; once with a laptop of head office,
 * which brings all that others have forgotten, and once without, where the administrator accepts what is held. All must
 * be equal at the end, and nothing lost that anybody had. Prints what that took.
 *
 *     restored [CHANGES...]          1, 100 and 10,000 unless said */
#include "core/store/hub_heal.h"
#include "core/store/hub_recovery.h"
#include "tests/spine.h"

#include "core/model/schema.h"

#include <stdlib.h>
#include <time.h>

enum { DEVICES = 20, TERRITORIES = 5, CLIENTS_MAX = 4096, FACTS_MAX = 32768, ROUNDS_MAX = 12, TAG = 23 };

static const char *const territories[TERRITORIES] = {"01", "02", "03", "04", "05"};

/* Somebody tagged a client: no two tags are the same, and none is ever taken away. */
struct fact {
    unsigned client;
    bool known; /* by somebody, when head office had been put back */
};

struct trial {
    struct spine spine;
    uint64_t dice;
    struct karto_rid clients[CLIENTS_MAX];
    unsigned client_count;
    struct fact facts[FACTS_MAX];
    unsigned fact_count;
    uint64_t requests, bytes; /* of all laptops together */
    bool office;              /* the first laptop is head office's, and has everything */
    unsigned accepted;        /* states that were held */
};

static unsigned roll(struct trial *trial, unsigned n)
{
    trial->dice = trial->dice * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(trial->dice >> 33) % n;
}

/* ---- what people do ---- */

static struct spine_node *laptop(struct trial *trial, unsigned device)
{
    return &trial->spine.devices[device];
}

static void tag(struct trial *trial, struct spine_node *node, unsigned client)
{
    char name[16];
    CHECK(trial->fact_count < FACTS_MAX);
    snprintf(name, sizeof name, "t%u", trial->fact_count);
    CHECK_INT(spine_set(node, trial->clients[client], TAG, name, name), KARTO_OK);
    trial->facts[trial->fact_count++].client = client;
}

static void new_client(struct trial *trial, struct spine_node *node, unsigned territory)
{
    char name[16];
    CHECK(trial->client_count < CLIENTS_MAX);
    snprintf(name, sizeof name, "c%u", trial->client_count);
    trial->clients[trial->client_count] = spine_client(node, name, territories[territory]);
    tag(trial, node, trial->client_count++);
}

static bool has(struct spine_node *node, struct karto_rid client)
{
    return spine_see(node, client, KARTO_F_NAME, "").exists;
}

/* A client that this laptop has; tries in vain now and then. */
static void tag_some(struct trial *trial, struct spine_node *node)
{
    for (int tries = 0; tries < 50; tries++) {
        unsigned client = roll(trial, trial->client_count);
        if (has(node, trial->clients[client])) {
            tag(trial, node, client);
            return;
        }
    }
}

/* ---- synchronising ---- */

/* One synchronisation; how it ended. *news: something was exchanged but that there is nothing. */
static enum karto_err synchronise(struct trial *trial, unsigned device, bool *news)
{
    enum karto_err err = spine_try_sync(&trial->spine, (int)device);
    trial->requests += trial->spine.last.requests;
    trial->bytes += trial->spine.last.sent + trial->spine.last.received;
    *news = trial->spine.last.requests > 1;
    return err;
}

/* Until nobody has news: then the digests of each laptop and of its scope at head office are equal. */
static void synchronise_all(struct trial *trial)
{
    bool news = true;
    for (int round = 0; news; round++) {
        CHECK(round < ROUNDS_MAX);
        news = false;
        for (unsigned device = 0; device < DEVICES; device++) {
            bool some;
            CHECK_INT(synchronise(trial, device, &some), KARTO_OK);
            news = news || some;
        }
    }
}

/* ---- a trial ---- */

static void begin(struct trial *trial, bool office)
{
    memset(trial, 0, sizeof *trial);
    trial->office = office;
    trial->dice = 1;
    spine_open(&trial->spine);
    for (unsigned i = 0; i < DEVICES; i++) {
        char user[16];
        const char *own[] = {territories[i % TERRITORIES], NULL};
        snprintf(user, sizeof user, "u%u", i);
        spine_device(&trial->spine, user, i == 0 && office ? NULL : own);
    }
    for (unsigned i = 0; i < 40 * TERRITORIES; i++)
        new_client(trial, &trial->spine.hub, i % TERRITORIES);
    synchronise_all(trial);
}

/* One change by somebody on the road, and perhaps he synchronises. */
static void live(struct trial *trial)
{
    unsigned dice = roll(trial, 100), device = roll(trial, DEVICES);
    bool news;
    if (dice < 90)
        tag_some(trial, laptop(trial, device));
    else
        new_client(trial, laptop(trial, device), device % TERRITORIES);
    if (dice % 4 == 0)
        CHECK_INT(synchronise(trial, device, &news), KARTO_OK);
}

/* What people had in hand when head office was put back: what stands on some laptop, or in the backup. */
static void note_what_is_known(struct trial *trial)
{
    for (unsigned i = 0; i < trial->fact_count; i++) {
        char name[16];
        struct karto_rid client = trial->clients[trial->facts[i].client];
        snprintf(name, sizeof name, "t%u", i);
        bool known = spine_see(&trial->spine.hub, client, TAG, name).heads > 0;
        for (unsigned device = 0; device < DEVICES && !known; device++)
            known = spine_see(laptop(trial, device), client, TAG, name).heads > 0;
        trial->facts[i].known = known;
    }
}

static enum karto_err do_restored(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_restored(tx, &(struct karto_hub_journal){.epoch_count = 0});
}

static enum karto_err do_recovered(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_recovered(tx);
}

static enum karto_err do_accept(struct karto_tx *tx, void *context)
{
    struct karto_held *held;
    uint32_t count;
    unsigned *accepted = context;
    enum karto_err err = karto_hub_held_list(tx, NULL, NULL, &held, &count);
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++) {
        err = karto_hub_heal_accept(tx, held[i].record, held[i].device);
        *accepted += err == KARTO_OK;
        if (err == KARTO_E_NOT_FOUND) /* another said the same */
            err = KARTO_OK;
    }
    return err;
}

/* Head office is put back, everybody gives back, and the administrator decides, and says that it is over. */
static void recover(struct trial *trial)
{
    bool news;
    spine_put_back(&trial->spine, &trial->spine.hub, "backup");
    CHECK_INT(karto_store_write(trial->spine.hub.store, do_restored, NULL), KARTO_OK);
    note_what_is_known(trial);
    trial->requests = trial->bytes = 0;
    for (int round = 0; round < 3; round++) {
        for (unsigned device = 0; device < DEVICES; device++)
            CHECK_INT(synchronise(trial, device, &news), KARTO_E_RECOVERING);
        if (round > 0)
            CHECK_INT(karto_store_write(trial->spine.hub.store, do_accept, &trial->accepted), KARTO_OK);
    }
    CHECK_INT(karto_store_write(trial->spine.hub.store, do_recovered, NULL), KARTO_OK);
    synchronise_all(trial);
}

/* Nothing is lost that anybody had, and everybody has the same. */
static unsigned prove(struct trial *trial)
{
    unsigned known = 0;
    for (unsigned i = 0; i < trial->fact_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%u", i);
        if (!trial->facts[i].known)
            continue;
        known++;
        CHECK(spine_see(&trial->spine.hub, trial->clients[trial->facts[i].client], TAG, name).heads > 0);
    }
    for (unsigned device = 0; device < DEVICES; device++)
        for (unsigned i = 0; i < trial->client_count; i++)
            CHECK(!has(laptop(trial, device), trial->clients[i]) || has(&trial->spine.hub, trial->clients[i]));
    return known;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void run(unsigned changes, bool office)
{
    static struct trial trial;
    begin(&trial, office);
    spine_keep(&trial.spine, &trial.spine.hub, "backup");
    for (unsigned i = 0; i < changes; i++) {
        if (i == changes / 2)
            spine_keep(&trial.spine, laptop(&trial, 1), "image");
        live(&trial);
    }
    for (unsigned device = 0; device < DEVICES; device += 3)
        tag_some(&trial, laptop(&trial, device)); /* and does not send it */
    spine_put_back(&trial.spine, laptop(&trial, 1), "image");
    double begun = seconds();
    recover(&trial);
    double took = seconds() - begun;
    unsigned known = prove(&trial);
    printf(
        "%u changes after the backup, %s: %u of %u facts were known to somebody, and all of them still are; %u states "
        "accepted, %llu requests, %llu bytes, %.2f s\n",
        changes, office ? "with head office's laptop" : "without", known, trial.fact_count, trial.accepted,
        (unsigned long long)trial.requests, (unsigned long long)trial.bytes, took);
    spine_close(&trial.spine);
}

int main(int count, char **arguments)
{
    static const unsigned usual[] = {1, 100, 10000};
    for (int office = 1; office >= 0; office--) {
        for (int i = 1; i < count; i++)
            run((unsigned)strtoul(arguments[i], NULL, 10), office);
        for (int i = 0; i < 3 && count < 2; i++)
            run(usual[i], office);
    }
    return 0;
}
