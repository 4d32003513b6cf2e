/* world.h - a hub and three devices with real stores, clocks that nobody can trust, and the oracle beside them. It
 * knows both sides: which change of a store is which of the oracle's, and what each author had on his screen.
 * Everything comes from one seed. */
#ifndef KARTO_TESTS_ORACLE_WORLD_H
#define KARTO_TESTS_ORACLE_WORLD_H

#include "core/store/hub.h"
#include "core/store/edit.h"
#include "tests/oracle/oracle.h"
#include "syncd/exchange.h"

enum {
    WORLD_DEVICES = 3,
    WORLD_TERRITORIES = 3, /* T1, T2, T3 */
    WORLD_RECORDS = 256,
    WORLD_MADE = 1024, /* changes made at one store */
    WORLD_PATH = 200,
};

/* What a run has met: printed at the end, and each must have been met by some run. */
enum world_event {
    SAW_EDIT,
    SAW_REFUSED,
    SAW_CONFLICT,
    SAW_RESOLVED,
    SAW_EQUAL, /* several heads that are the same value */
    SAW_SET_CLASH,
    SAW_HIDE,
    SAW_UNHIDE_BY_RULE,
    SAW_OUTRUN,
    SAW_MOVE,
    SAW_MOVE_DUE,
    SAW_CHILD_MOVED,
    SAW_SCOPE,
    SAW_JOIN,
    SAW_STALE_FORM,
    SAW_LOST_REQUEST,
    SAW_LOST_ANSWER,
    SAW_DUPLICATE,
    SAW_DELAYED,
    SAW_TRUNCATED,
    SAW_FLIPPED,
    SAW_CRASH,
    SAW_RESTART,
    SAW_ROLLBACK,
    SAW_ROTATION,
    SAW_CLOCK,
    SAW_RECONCILE,
    SAW_CUT_RECONCILE,
    SAW_WAIT,
    SAW_AHEAD,
    SAW_PAST,
    SAW_PAST_CUT,
    WORLD_EVENTS
};

const char *world_event_name(enum world_event event);

struct made_list {
    unsigned uids[WORLD_MADE]; /* in the order in which they were made */
    unsigned count;
};

/* One store and its surroundings. */
struct place {
    struct world *world;
    const char *name;
    char dir[WORLD_PATH], image_dir[WORLD_PATH];
    struct karto_store *store;
    struct karto_sys sys;
    uint64_t random;      /* state of its random numbers */
    int64_t clock_offset; /* ms: by how much its clock is wrong */
    struct made_list made;
    unsigned seen_to; /* hub: last position of the log that the oracle has heard of */

    /* Devices: */
    struct karto_rid id;
    enum karto_role role;
    unsigned territories; /* bits */
    uint64_t rights;
    bool joined; /* knows of the hub */
    struct karto_exchange *exchange;
    struct karto_buf ahead; /* the answer to the request that it sent ahead */
    bool even;              /* the last synchronisation went through, and none was begun since */
    struct karto_exchange_options sizes;
    uint64_t told, settled; /* versions of its rights: heard last; under which it has pulled */
    bool may_reconcile;     /* first contact, new rights, an old image: there is a reason to compare everything */
    uint64_t rights_at[WORLD_MADE]; /* of each made change: the version of its rights that it knew then */

    /* Put back, and not synchronised since: what is pending may be forked already. An image of that, put back in its
     * turn, would show a change twice: the one thing that is not promised. So there are none. */
    bool forked;
    bool has_image;
    struct made_list image_made;
    uint64_t image_random;
    bool image_joined;
    uint64_t image_told, image_rights_at[WORLD_MADE];
};

struct known_record {
    struct karto_rid id;
    uint32_t kind;
    unsigned begun_by; /* uid of the change that created it; 0: the hub's */
};

/* What stands at one position of the hub's log. */
struct taken {
    unsigned record; /* 0: no change */
    unsigned home;   /* bit of the territory in which the record lay then; 0: none of them */
    struct karto_dot dot;
    uint32_t fields[ORACLE_SETS];
    uint32_t count;
};

struct late_frame {
    int device;
    struct karto_buf frame;
};

enum { WORLD_LATE = 16, WORLD_HEADS = 1 << 14, WORLD_LOG = 4096 };

struct world {
    uint64_t seed;
    bool trace;
    unsigned step;
    uint64_t dice; /* of the present step */
    int64_t now_ms;
    int64_t day; /* the last day that the hub has put into effect */
    double loss; /* of a frame, 0 to 1 */
    struct oracle *oracle;
    struct place hub, devices[WORLD_DEVICES];
    struct known_record records[WORLD_RECORDS]; /* [number]; [0] is not used */
    unsigned record_count;
    bool forbidden[4 * WORLD_MADE]; /* [uid]: its author has no right to it */
    struct {
        uint64_t hash;
        unsigned uid;
    } heads[WORLD_HEADS];        /* which change each head belongs to */
    struct taken log[WORLD_LOG]; /* [position] */
    unsigned heard[WORLD_LOG];   /* uids, of the last look at the log */
    unsigned heard_count;
    struct late_frame late[WORLD_LATE];
    unsigned late_count;
    unsigned long counts[WORLD_EVENTS];
};

/* dir must be there, and be empty. */
void world_init(struct world *world, uint64_t seed, const char *dir, bool trace);
void world_fini(struct world *world);

/* Ends the process with the seed, the step and why. */
_Noreturn void world_fail(const struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
void world_say(const struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
void world_must(const struct world *world, enum karto_err err, const char *what);

/* Dice of this step: below n; true with a probability. */
unsigned world_roll(struct world *world, unsigned n);
bool world_chance(struct world *world, double p);

int64_t world_today(const struct world *world);

/* ---- stores ---- */

void place_open(struct place *place);
void place_close(struct place *place); /* drops its exchange */
void place_keep_image(struct place *place);
void place_put_back(struct place *place);

/* A store that was used alone becomes a device. */
void place_join(struct place *place);

/* The territories, as bits, in which this place may make clients, as far as it knows. */
unsigned place_territories(struct place *place);

void hub_midnight(struct world *world);
void hub_set_scope(struct world *world, struct place *device, unsigned territories);

/* ---- looking ---- */

enum { LOOK_REGISTERS = 64, LOOK_HEADS = 16, LOOK_KEY = 64, LOOK_VALUE = 160 };

struct look_register {
    unsigned field;
    uint8_t key[LOOK_KEY];
    size_t key_size;
    char name[ORACLE_TEXT]; /* of the key, as the oracle has it */
    unsigned count;
    unsigned uids[LOOK_HEADS];
    struct karto_dot dots[LOOK_HEADS];
    unsigned winner; /* uid */
    bool conflict;
    uint8_t value[LOOK_VALUE]; /* of the only head */
    size_t value_size;
};

/* A record as a person at this store sees it. */
struct look {
    bool exists, hidden, kept, expect;
    unsigned pending;
    uint32_t kind;
    char home[ORACLE_TEXT];
    struct look_register registers[LOOK_REGISTERS];
    unsigned count;
};

void place_look(struct place *place, unsigned record, struct look *look);

/* Numbers of the records at this place of a kind (0: of any but devices), ascending; how many. */
unsigned place_list(struct place *place, uint32_t kind, unsigned records[WORLD_RECORDS]);

unsigned world_record(struct world *world, struct karto_rid id, uint32_t kind); /* its number; a new one if need be */
bool world_in_scope(const struct world *world, const struct place *device, unsigned record); /* as the oracle says */

/* ---- editing ---- */

/* One register to set, for both sides. */
struct wish {
    struct karto_edit edit; /* in the arena */
    struct oracle_set set;
    bool forbidden; /* to representatives: they are told so, or refused */
};

struct edit_options {
    bool create, unchecked, wrong_form;
};

/* Saves; says whether anything was made. unchecked: as a program with other rules would. wrong_form: the form shows
 * what is no longer true, and the save must fail. */
bool place_edit(struct place *place, unsigned record, const struct wish *wishes, unsigned count,
                struct edit_options options);

/* Whether a clock value is more than a day ahead of the hub's clock. */
bool world_is_ahead(const struct world *world, uint64_t clock);

/* The oracle hears what is new in the hub's log. */
void world_hear(struct world *world);

/* The change of a log entry or frame; 0: unknown. */
unsigned world_uid(const struct world *world, const struct karto_change *change);

#endif
