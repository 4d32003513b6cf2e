/* world.h - a hub and three devices with real stores, clocks that nobody can trust, and the oracle beside them. It
 * knows both sides: which change of a store is which of the oracle's, and what each author had on his screen.
 * Everything comes from one seed. */
#ifndef KARTO_TESTS_SIM_WORLD_H
#define KARTO_TESTS_SIM_WORLD_H

#include "core/store/hub.h"
#include "core/store/edit.h"
#include "tests/crash/dice.h"
#include "tests/sim/disk.h"
#include "tests/sim/oracle.h"
#include "syncd/exchange.h"

enum {
    WORLD_DEVICES = 3,
    WORLD_PLACES,          /* and perhaps a clone of one of them */
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
    SAW_UNHIDE_BY_CHILD,
    SAW_OUTRUN,
    SAW_MOVE,
    SAW_MOVE_DUE,
    SAW_CHILD_MOVED,
    SAW_SCOPE,
    SAW_ROLE_LESS,
    SAW_ROLE_MORE,
    SAW_PART,
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
    SAW_POWER_CUT,
    SAW_META_CUT,
    SAW_COMMIT_CUT,
    SAW_COMMIT_CUT_MADE,
    SAW_WRITE_LOST,
    SAW_WRITE_TORN,
    SAW_WRITE_LEFT,
    SAW_DISK_FULL,
    SAW_META_FULL,
    SAW_BAD_SYNC,
    SAW_NO_REQUESTS,
    SAW_NO_ANSWERS,
    SAW_YEAR,
    SAW_CLOCK_BACK,
    SAW_FIRST_CUT,
    SAW_CLONE,
    SAW_DOUBLED,
    SAW_OLD_PROGRAM,
    SAW_UPGRADE,
    SAW_HUB_CLOCK,
    SAW_BACKUP,
    SAW_BACKUP_IN_RECOVERY,
    SAW_HUB_BACK,
    SAW_HUB_BACK_AGAIN,
    SAW_GAVE,
    SAW_GIVEN_BACK,
    SAW_STATE_TAKEN,
    SAW_STATE_HELD,
    SAW_REISSUE,
    SAW_FORGED,
    SAW_GAVE_LATE,
    SAW_RECOVERED_EARLY,
    SAW_LOST,
    SAW_TWO_VERDICTS,
    WORLD_EVENTS
};

const char *world_event_name(enum world_event event);

struct made_list {
    unsigned uids[WORLD_MADE]; /* in the order in which they were made */
    unsigned count;
};

/* What gets through between a device and the hub. */
enum line { LINE_WHOLE, LINE_NO_REQUESTS, LINE_NO_ANSWERS };

/* One store and its surroundings. */
struct place {
    struct world *world;
    const char *name;
    char dir[WORLD_PATH], file[WORLD_PATH + 16], image[WORLD_PATH];
    struct karto_store *store;
    struct karto_sys sys;
    struct disk *disk;
    struct dice random;
    int64_t clock_offset; /* ms: by how much its clock is wrong */
    struct made_list made;
    unsigned seen_to; /* hub: last position of the log that the oracle has heard of */
    bool notices;     /* opening it, that it is a copy: copied.h */

    /* Devices: */
    struct karto_rid id;
    const struct karto_role *role;
    unsigned territories; /* bits */
    uint64_t rights;
    bool joined; /* knows of the hub */
    struct karto_exchange *exchange;
    struct karto_buf ahead; /* the answer to the request that it sent ahead */
    bool even;              /* the last synchronisation went through, and none was begun since */
    struct karto_exchange_options sizes;
    enum line line;
    unsigned line_frames;   /* for how many more it is like that */
    int64_t rights_ms;      /* when it got its rights */
    int64_t begun_ms;       /* when it began to synchronise: what it hears may be as old */
    int64_t even_ms;        /* when that of the last that went through was; 0: never */
    bool cloned;            /* there are two of it */
    uint64_t told, settled; /* versions of its rights: heard last; under which it has pulled */
    bool may_reconcile;     /* first contact, new rights, an old image: there is a reason to compare everything */
    uint64_t rights_at[WORLD_MADE]; /* of each made change: the version of its rights that it knew then */

    /* Put back, and not synchronised since: what is pending may be forked already. An image of that, put back in its
     * turn, would show a change twice: the one thing that is not promised. So there are none. */
    bool forked;
    bool astray; /* the hub was put back, or its clock, and it has not synchronised with that since */
    bool has_image;
    struct made_list image_made;
    struct dice image_random;
    bool image_joined;
    int64_t image_even_ms;
    uint64_t image_told, image_rights_at[WORLD_MADE];
};

struct known_record {
    struct karto_rid id;
    uint32_t kind;
    unsigned begun_by; /* uid of the change that created it; 0: the hub's */
};

/* A copy of the hub's store, and what it knew of devices. */
struct backup {
    bool there;
    char file[WORLD_PATH];
    struct oracle_past *past;
    struct made_list made;
    unsigned seen_to;
    struct {
        const struct karto_role *role;
        unsigned territories;
        uint64_t rights, settled;
        int64_t rights_ms;
    } devices[WORLD_PLACES];
};

/* A change that some hub had, under this dot. */
struct dot_name {
    struct karto_dot dot;
    unsigned uid;
    bool refused;
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

enum { WORLD_LATE = 16, WORLD_HEADS = 1 << 14, WORLD_LOG = 4096, WORLD_DOTS = 4096, WORLD_BACKUPS = 2 };

struct world {
    uint64_t seed;
    bool trace;
    const char *dir;
    unsigned step;
    struct dice dice; /* of the present step */
    int64_t now_ms, began_ms;
    int64_t day; /* the last day that the hub has put into effect */
    double loss; /* of a frame, 0 to 1 */
    struct oracle *oracle;
    struct place hub, devices[WORLD_PLACES];
    unsigned device_count;
    struct known_record records[WORLD_RECORDS]; /* [number]; [0] is not used */
    unsigned record_count;
    bool forbidden[4 * WORLD_MADE]; /* [uid]: its author has no right to it */
    bool hub_goes_back;             /* it may be put back in this run */
    bool restored, recovering;      /* it has been; and is to be recovered */
    struct karto_epoch epoch;       /* the hub's */
    unsigned of_earlier;            /* the last change that was made when it was put back */
    struct backup backups[WORLD_BACKUPS];
    unsigned graves; /* files of stores that were put back: none may have the inode of one again */
    struct dot_name dots[WORLD_DOTS];
    unsigned dot_count;
    struct karto_dot dot_of[4 * WORLD_MADE];    /* [uid]: under which it is in the hub's log */
    struct karto_dot state_dot[4 * WORLD_MADE]; /* [uid]: under which a state has brought it */
    bool healed[WORLD_RECORDS];                 /* [number]: a state came into it */
    bool shaky[WORLD_RECORDS];                  /* [number]: with two verdicts, or two changes under a dot */
    bool clock_was_wrong;                       /* the hub's, by years: what was lately is unknown */
    bool may_double; /* of some things that happen here it is only promised that nothing is lost */
    bool made_anew;  /* a hub that was put back has asked for something under another dot */
    bool any_doubled;
    bool doubled[WORLD_RECORDS];            /* [number]: something in it is in the hub's log twice */
    char homes[WORLD_RECORDS][ORACLE_TEXT]; /* [number]: where the hub says that it lies, if it is doubtful */
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

/* Takes new dice: those of a step, or other number. */
void world_throw(struct world *world, unsigned number);

/* With the dice: below n; true with a probability. */
unsigned world_roll(struct world *world, unsigned n);
bool world_chance(struct world *world, double p);

int64_t world_today(const struct world *world);

/* ---- stores ---- */

struct karto_store_options place_options(const struct place *place);

/* Asked after whatever may have written: whether the disk of a place has met a fault since. If so, what a machine does
 * then has been done: after a power cut it has started again, with all that was acknowledged, and its exchange is gone;
 * after others there is room again. What was under way may have been done or not. */
enum disk_fault place_met(struct place *place);

void place_open(struct place *place);
void place_close(struct place *place);                      /* drops its exchange */
void place_copy(const struct place *place, const char *to); /* its file, while nobody writes: one snapshot */
void place_keep_image(struct place *place);
void place_put_back(struct place *place);
void place_replace(struct place *place, const char *image); /* closed, its file replaced, and opened again */

/* A second machine with the same store, the same certificate, and from now on a life of its own. */
void place_clone(struct place *place);

/* A store that was used alone becomes a device. */
void place_join(struct place *place);

/* ---- the hub put back ---- */

void hub_keep_backup(struct world *world, unsigned number);
void hub_put_back(struct world *world, unsigned number); /* to a backup that is there */
void hub_recovered(struct world *world);                 /* says so, if it is not */

unsigned world_count_lost(const struct world *world); /* changes of which the hub lacks something */

/* A state came into a record of the hub: what it has brought is in effect. */
void world_hear_state(struct world *world, struct karto_tx *tx, struct karto_rid id);

/* The hub has the same change under another dot already: of some things that happen that may come. */
void world_take_again(struct world *world, unsigned uid);

/* A change that some hub had; where two changes have one dot, or a change two verdicts, that is noted. */
void world_name_dot(struct world *world, struct karto_dot dot, unsigned uid, bool refused);

/* The log up to this position is known already, and only its places are noted. */
void world_hear_again(struct world *world, unsigned position);

/* The territories, as bits, in which this place may make clients, as far as it knows. */
unsigned place_territories(struct place *place);

/* A device has pulled under the rights that it has now. */
void world_settled(struct place *device);

/* What is still to be pushed counts as made under other rights from now on: after a year it may have gone out of scope
 * for good, and a hub that was put back does not know where records have lain. */
void world_outlive(struct place *device);

void hub_midnight(struct world *world);
void hub_clock_moved(struct world *world);
bool world_has_reader(const struct world *world); /* one who may not have everything, at times */
void hub_set_scope(struct world *world, struct place *device, const struct karto_role *role, unsigned territories);

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

/* A change that took an element away: nothing shows it. */
struct look_gone {
    unsigned uid, field;
};

/* A record as a person at this store sees it. */
struct look {
    bool exists, hidden, kept, expect;
    unsigned pending;
    uint32_t kind;
    char home[ORACLE_TEXT];
    struct look_register registers[LOOK_REGISTERS];
    unsigned count;
    struct look_gone gone[LOOK_REGISTERS];
    unsigned gone_count;
};

void place_look(struct place *place, unsigned record, struct look *look);

/* Numbers of the records at this place of a kind (0: of any but devices), ascending; how many. */
unsigned place_list(struct place *place, uint32_t kind, unsigned records[WORLD_RECORDS]);

/* Longer than the hub lets through what has gone out of scope meanwhile. */
bool world_is_long_ago(const struct world *world, int64_t ms);

/* Whether a change of the record, or perhaps of its client, is in the hub's log twice: then the oracle cannot know who
 * saw which of the two, and only that nothing is lost can be asked for. */
bool world_is_doubtful(const struct world *world, unsigned record);

/* The territory of a record today; empty: nobody's. */
const char *world_home(const struct world *world, unsigned record);

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
