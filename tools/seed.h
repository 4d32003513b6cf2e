/* seed.h - made-up Ukrainian clients, and the persons, activities and purchases that hang on them: the same seed and
 * number give the same, on every machine. For benchmarks and demonstrations. */
#ifndef KARTO_TOOLS_SEED_H
#define KARTO_TOOLS_SEED_H

#include "core/base/arena.h"

enum {
    KARTO_SEED_FIELDS_MAX = 18, /* 16 fields, and a second element of two sets */
    KARTO_SEED_TERRITORIES = 8,
    KARTO_SEED_CLIENTS_MAX = 2500000, /* up to here every code is another */
};

struct karto_seed_field {
    uint32_t number;         /* of the schema */
    struct karto_slice text; /* of a date: YYYY-MM-DD; of a purchase's line, its product */
};

/* A record of any of these kinds. */
struct karto_seed_client {
    struct karto_seed_field fields[KARTO_SEED_FIELDS_MAX];
    uint32_t count;
};

struct karto_seed;

/* data_dir: a directory with ua-names/city_names.csv, street_titles.csv and last_names_common.csv, for more variety;
 * NULL, or one without them: the few names that are built in. */
struct karto_seed *karto_seed_new(uint64_t seed, const char *data_dir);
void karto_seed_free(struct karto_seed *seed); /* NULL is fine */

/* Client number, with its texts in the arena or living as long as seed. */
void karto_seed_client(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                       struct karto_seed_client *client);

/* Person, activity and purchase number, in the same way. Which client they hang on is for the caller to say. */
void karto_seed_person(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                       struct karto_seed_client *person);
void karto_seed_activity(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                         struct karto_seed_client *activity);
void karto_seed_purchase(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                         struct karto_seed_client *purchase);

/* The code of a territory, 0 to KARTO_SEED_TERRITORIES - 1. Lives for ever. */
const char *karto_seed_territory(uint32_t number);

/* A number that depends on seed, number and purpose alone. */
uint64_t karto_seed_random(const struct karto_seed *seed, uint32_t number, uint32_t purpose);

/* A remark as a salesperson may leave it; in the arena. */
struct karto_slice karto_seed_remark(const struct karto_seed *seed, uint32_t number, uint32_t purpose,
                                     struct karto_arena *arena);

#endif
