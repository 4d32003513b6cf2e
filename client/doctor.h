/* doctor.h - what is right and wrong with a store and with all that it needs: machine, disk, clock, keys, head office.
 * Each check says one thing, in whatever state the others are; nothing is changed. */
#ifndef KARTO_CLIENT_DOCTOR_H
#define KARTO_CLIENT_DOCTOR_H

#include "client/cli.h"
#include "core/store/hub_recovery.h"
#include "core/store/ledger.h"
#include "core/store/repaired.h"

enum karto_health { KARTO_FINE, KARTO_DOUBTFUL, KARTO_BAD };

struct karto_finding {
    const char *id, *area; /* living for ever: "D-DISK-LOW", or the id of an error; "disk" */
    enum karto_health health;
    struct karto_slice detail; /* what and why, in the language of this run */
    const char *next;          /* the command to type; NULL: there is none */
};

/* What the store says of itself. */
struct karto_doctor_facts {
    struct karto_ledger ledger;
    struct karto_recovery recovery; /* of a hub */
    const char *hub;                /* HOST:PORT; "" when there is none */
    const char *listen;             /* of a hub: HOST:PORT where it is to be found; "" when there is none */
    const char *error;              /* the id of what the last synchronisation ended with; "": it went through */
    struct karto_slice public_key;
    int64_t oldest_ms; /* of what is pending; 0: nothing is */
    uint64_t refused;  /* of the changes made here, and not dismissed */
    struct karto_repaired repaired;
    int64_t unencrypted_ms; /* since when it is known not to be encrypted; 0: that is not noted */
    int64_t newest_ms;      /* of the log; 0: it is empty */
};

enum { KARTO_FINDINGS_MAX = 64 }; /* there are not so many checks */

struct karto_doctor {
    struct karto_cli *cli;
    const char *dir;
    bool offline; /* the network is left alone */
    bool known;   /* the store could be read: facts holds */
    struct karto_doctor_facts facts;
    int64_t clock_offset_ms; /* to add to this clock to have head office's, as far as is known */
    struct karto_arena arena;
    struct karto_finding findings[KARTO_FINDINGS_MAX];
    size_t count;
};

/* ---- the checks, in this order ---- */

void karto_doctor_disk(struct karto_doctor *doctor);
void karto_doctor_store(struct karto_doctor *doctor); /* finds the facts */
void karto_doctor_volume(struct karto_doctor *doctor);
void karto_doctor_keys(struct karto_doctor *doctor);
void karto_doctor_hub(
    struct karto_doctor *doctor); /* greets it; at head office: whether it is to be found. Not offline */
void karto_doctor_clock(struct karto_doctor *doctor, int64_t now_ms);
void karto_doctor_sync(struct karto_doctor *doctor, int64_t now_ms);

/* ---- for the checks ---- */

/* next NULL: nothing to type. */
void karto_doctor_find(struct karto_doctor *doctor, const char *area, const char *id, enum karto_health health,
                       const char *next, enum karto_message message, const struct karto_arg *args, size_t count);

#define KARTO_FIND(doctor, area, id, health, next, message, ...)                                                       \
    karto_doctor_find((doctor), (area), (id), (health), (next), (message), (const struct karto_arg[]){__VA_ARGS__},    \
                      sizeof((const struct karto_arg[]){__VA_ARGS__}) / sizeof(struct karto_arg))

/* An error as it is always told, with its own id. */
void karto_doctor_error(struct karto_doctor *doctor, const char *area, enum karto_health health, const char *next,
                        enum karto_err err);

/* A command with a path as its last word, as a shell takes it; name NULL: the store's directory, else a file in it. */
const char *karto_doctor_on(struct karto_doctor *doctor, const char *command, const char *name);

/* "karto restore BACKUP --db DIR", for the directory that was looked at. */
const char *karto_doctor_restore(struct karto_doctor *doctor);

/* "karto sync", for the store that was looked at. */
const char *karto_doctor_karto(struct karto_doctor *doctor, const char *command);

#endif
