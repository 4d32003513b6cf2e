/* messages.h - what hub and device say to each other, as structures; proto/PROTOCOL.md has the bytes. Decoded messages
 * live in the arena given, or point into the inflated body, which must stay as long. Decoders believe nothing: every
 * count is held against the bytes that are there and against core/base/limits.h before it is used. */
#ifndef KARTO_PROTO_MESSAGES_H
#define KARTO_PROTO_MESSAGES_H

#include "core/model/change.h"
#include "core/model/epoch.h"
#include "core/model/past.h"
#include "core/model/rights.h"
#include "core/model/verdict.h"

enum karto_request_type {
    KARTO_HELLO = 1,
    KARTO_PUSH = 2,
    KARTO_PULL = 3,
    KARTO_DIGESTS = 4,
    KARTO_STATES = 5,
    KARTO_WAIT = 6,
    KARTO_GIVEBACK = 7, /* from version 2 on */
    KARTO_HEAL = 8,     /* from version 2 on */
    KARTO_HISTORY = 9,
    /* 10 renew: kept for a later version */
    KARTO_FAREWELL = 11, /* from version 2 on, of a hub that knows it */
    KARTO_MEASURE = 12,  /* the same */
};

/* Under which hub and which rights a request was made; where they are not the hub's, the answer is KARTO_E_STALE. */
struct karto_token {
    struct karto_epoch epoch;
    uint64_t rights;
};

/* ---- hello: who I am and how far I am ---- */

struct karto_hello_node {
    struct karto_node node;
    uint64_t random; /* node is made of this and the public key of the device's certificate */
};

struct karto_hello {
    uint32_t version_least, version_most; /* of the protocol */
    const struct karto_hello_node
        *nodes; /* all node ids of this store that still matter; the last is the present one */
    uint32_t node_count;
    struct karto_epoch heard; /* the highest epoch ever heard */
    uint64_t cursor;          /* hub position up to which everything was pulled; 0 where that was another hub's */
    struct karto_sum digest;  /* of all that is confirmed here */
    uint64_t pending;         /* changes not yet pushed, for the list of devices */
    int64_t clock_ms;
    struct karto_slice name;    /* the device's, as its user called it */
    struct karto_slice program; /* version of the program, for the list of devices */

    /* From version 2 on: what the device believes that it is; believed of one that a restored hub does not know. */
    struct karto_slice user;
    struct karto_rights rights; /* role 0: no hub has told it yet */
    uint64_t told;              /* version of these rights, of the hub of the epoch heard; 0: none */
};

struct karto_hello_known {
    uint64_t seq;  /* the highest seq that the hub has of this node; 0: none */
    uint64_t hash; /* its keyed hash; 0 with seq 0 */
    uint64_t mark; /* from version 2 on: changes up to this seq need not be given back */
};

struct karto_hello_answer {
    uint32_t version; /* the one to speak */
    struct karto_epoch epoch;
    uint64_t rights;
    const struct karto_hello_known *known; /* for each node of the hello, in its order */
    uint32_t known_count;
    uint64_t position;       /* of the last event in the device's scope */
    struct karto_sum digest; /* of the device's scope */
    int64_t clock_ms;
    bool everything;                       /* the scope is all territories; see role */
    const struct karto_slice *territories; /* else these, and what everybody has */
    uint32_t territory_count;
    struct karto_slice role; /* "office", "representative"; empty, from version 2 on: the device was told all this */
    struct karto_slice hub;  /* the hub's name, for people; empty with role */

    /* From version 2 on. */
    bool recovering;       /* the hub is being recovered: it takes what is given back, and gives nothing yet */
    bool wanted;           /* this device has not yet given back everything in this epoch */
    uint64_t log_position; /* of the last entry of the hub's log, whatever its scope */
};

/* ---- push: own changes, in order ---- */

struct karto_push {
    const struct karto_change *changes;
    uint32_t count;
    uint32_t earlier; /* from version 2 on: so many of them, the first ones, were first sent under an earlier epoch */
    const char *const *flaws; /* decoded: what is wrong with each alone; NULL: nothing is. proto/changes.h */
};

struct karto_push_result {
    enum karto_verdict verdict;
    bool inside;               /* whether the record is now in the device's scope */
    struct karto_slice reason; /* of a refusal: an id as in core/base/err.h; else empty */
    uint64_t receipt;          /* from version 2 on: the hub's proof of a verdict that is final; 0: it is not */
};

struct karto_push_answer {
    const struct karto_push_result *results; /* one for each change */
    uint32_t count;
};

/* ---- pull: what happened, in the hub's order ---- */

struct karto_pull {
    uint64_t cursor;       /* events behind this one */
    uint64_t budget;       /* bytes of body that are enough */
    struct karto_dot skip; /* changes of this node up to this seq are not wanted: they are confirmed here */
};

enum karto_event_type {
    KARTO_EVENT_CHANGE = 1,
    KARTO_EVENT_STATE = 2, /* entered the scope: the whole record */
    KARTO_EVENT_LEAVE = 3,
    KARTO_EVENT_ERASE = 4,
};

struct karto_event {
    enum karto_event_type type;
    struct karto_rid record;
    const char *flaw;           /* decoded, of a CHANGE: what is wrong with it alone; NULL: nothing is */
    struct karto_change change; /* CHANGE. Old values only where the receiver cannot find them in its own copy */
    struct karto_slice home;    /* STATE: its territory */
    struct karto_slice state;   /* STATE: the record's canonical bytes; checked by who stores it */
};

struct karto_pull_answer {
    const struct karto_event *events;
    uint32_t count;
    uint64_t cursor; /* behind the last of them */
    bool more;
};

/* ---- digests and states: reconciling ---- */

struct karto_digests {
    struct karto_rid after; /* records behind this id; zero: from the first */
    uint64_t most;          /* so many hashes at most */
};

struct karto_digest_entry {
    struct karto_rid record;
    uint64_t hash; /* of its territory and state: karto_state_hash */
};

struct karto_digests_answer {
    uint64_t position;                        /* the hub's when this was answered */
    const struct karto_digest_entry *entries; /* ascending by id */
    uint32_t count;
    bool more;
    const struct karto_rid *erased; /* every erased id, in the first page */
    uint32_t erased_count;
};

/* States of named records, or, with none named, of all behind an id: for a device that has nothing there, hashes would
 * be wasted. */
struct karto_states {
    const struct karto_rid *records;
    uint32_t count;
    struct karto_rid after;
    uint64_t budget; /* bytes of body that are enough */
};

struct karto_state {
    struct karto_rid record;
    struct karto_slice home;
    struct karto_slice state; /* the record's canonical bytes; checked by who stores it */
};

struct karto_states_answer {
    uint64_t position;
    const struct karto_state *states; /* ascending by id. A named record that is missing is not in scope (any more) */
    uint32_t count;
    bool more; /* named: the rest did not fit, ask again for those behind the last; by range: there is more behind it */
};

/* ---- giveback: own changes that a hub which was put back may not know any more, with what was said of them ---- */

struct karto_given {
    enum karto_verdict verdict; /* APPLIED or REFUSED: as the lost hub had it */
    struct karto_slice reason;  /* of REFUSED */
    uint64_t receipt;           /* 0: there is none */
};

struct karto_giveback {
    const struct karto_change *changes; /* without old values, in the order of their seqs; refused ones with values */
    const struct karto_given *given;    /* one for each change */
    uint32_t count;
    const char *const *flaws; /* decoded: as of a push */
};

/* Answered as a push. FORK, REISSUE: the change must come again under another dot; WAITS: the hub keeps it until what
 * it builds on is there; NONE: not looked at, give it back again. */

/* ---- heal: confirmed states, for a hub that was put back ---- */

enum karto_heal_form {
    KARTO_HEAL_HASHES = 1, /* of all that is confirmed in a range of ids */
    KARTO_HEAL_STATES = 2, /* those that the hub wants of it */
    KARTO_HEAL_DONE = 3,   /* this device has given back everything in this epoch */
};

struct karto_heal {
    enum karto_heal_form form;
    struct karto_rid after, last;             /* HASHES: in (after, last]; last zero: to the end */
    const struct karto_digest_entry *entries; /* HASHES: ascending */
    const struct karto_state *states;         /* STATES: ascending */
    uint32_t count;
};

enum karto_heal_outcome {
    KARTO_HEAL_TAKEN = 1,
    KARTO_HEAL_NOTHING_NEW = 2,
    KARTO_HEAL_HELD = 3,    /* for the administrator to decide */
    KARTO_HEAL_NO_ROOM = 4, /* too much of this device's is held for that: it keeps the state and comes again */
};

struct karto_heal_answer {
    enum karto_heal_form form;
    const struct karto_rid *wanted;          /* HASHES: ascending: not there, or another there */
    const enum karto_heal_outcome *outcomes; /* STATES: for each */
    uint32_t count;
};

/* ---- wait ---- */

struct karto_wait {
    uint64_t cursor;
    uint32_t seconds;
};

struct karto_wait_answer {
    uint64_t position; /* of the last event in the device's scope */
};

/* ---- farewell: what becomes of the data of a device that was turned out ---- */

enum karto_farewell_form {
    KARTO_FAREWELL_ASK = 1,   /* what is to become of them? */
    KARTO_FAREWELL_WIPED = 2, /* they are removed */
};

struct karto_farewell {
    enum karto_farewell_form form;
    int64_t at_ms; /* WIPED: when, by the device's clock; else 0 */
};

struct karto_farewell_answer {
    struct karto_rid device; /* who is meant */
    bool wipe;               /* its data are to be removed; else they stay */
    int64_t revoked_ms;      /* when it was turned out; 0: not known */
};

/* ---- measure: how much would come, of which nothing is given and nothing settled ---- */

enum karto_measure_form {
    KARTO_MEASURE_NEWS = 1,  /* what a pull would give: a page of it */
    KARTO_MEASURE_SCOPE = 2, /* all records of the scope behind an id: so many as a page of digests has */
};

struct karto_measure {
    enum karto_measure_form form;
    uint64_t cursor;        /* NEWS: as in a pull */
    struct karto_dot skip;  /* NEWS: the same */
    struct karto_rid after; /* SCOPE */
};

struct karto_measure_answer {
    uint64_t events;       /* NEWS */
    uint64_t records;      /* in this page */
    uint64_t bytes;        /* NEWS: of the frame that a pull would get; SCOPE: of the states, not deflated */
    uint64_t cursor;       /* NEWS: behind the page */
    struct karto_rid last; /* SCOPE: of the page */
    bool more;
};

/* ---- one message of any type, as sum type ---- */

struct karto_request {
    enum karto_request_type type;
    uint32_t version;         /* of the protocol; 0: the newest */
    struct karto_token token; /* a hello has none from version 2 on */
    union {
        struct karto_hello hello;
        struct karto_push push;
        struct karto_pull pull;
        struct karto_digests digests;
        struct karto_states states;
        struct karto_wait wait;
        struct karto_giveback giveback;
        struct karto_heal heal;
        struct karto_past_ask history;
        struct karto_farewell farewell;
        struct karto_measure measure;
    } of;
};

struct karto_answer {
    enum karto_request_type type;
    uint32_t version;          /* the request's; 0: the newest */
    struct karto_token token;  /* the hub's; from version 2 on a hello's is epoch and rights of its body */
    enum karto_err error;      /* not KARTO_OK: nothing else stands here */
    struct karto_slice detail; /* with an error: what a log should say, in English; may be empty */
    union {
        struct karto_hello_answer hello;
        struct karto_push_answer push;
        struct karto_pull_answer pull;
        struct karto_digests_answer digests;
        struct karto_states_answer states;
        struct karto_wait_answer wait;
        struct karto_push_answer giveback;
        struct karto_heal_answer heal;
        struct karto_past_page history;
        struct karto_farewell_answer farewell;
        struct karto_measure_answer measure;
    } of;
};

/* Whole frames, header and body, as nng carries them (proto/frame.h).
 * Encoders add to out, which stays as it was when they fail. KARTO_E_LIMIT: it would be over a limit. KARTO_E_CORRUPT:
 * a state is not a record's canonical bytes. Decoders: KARTO_E_PROTOCOL for anything that an honest peer cannot have
 * sent, KARTO_E_VERSION for a protocol version that we do not speak, KARTO_E_LIMIT. Whatever a decoder returns refers
 * to memory of arena or of frame. */
KARTO_CHECKED enum karto_err karto_request_encode(const struct karto_request *request, struct karto_buf *out);

/* What a request is by its header, before its body is looked at; KARTO_HELLO where that says nothing of the kind. */
enum karto_request_type karto_request_type_of(struct karto_slice frame);
KARTO_CHECKED enum karto_err karto_request_decode(struct karto_arena *arena, struct karto_slice frame,
                                                  struct karto_request *request);
KARTO_CHECKED enum karto_err karto_answer_encode(const struct karto_answer *answer, struct karto_buf *out);
KARTO_CHECKED enum karto_err karto_answer_decode(struct karto_arena *arena, struct karto_slice frame,
                                                 struct karto_answer *answer);

#endif
