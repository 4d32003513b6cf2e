/* messages.h - what hub and device say to each other, as structures; proto/PROTOCOL.md has the bytes. Decoded messages
 * live in the arena given, or point into the inflated body, which must stay as long. Decoders believe nothing: every
 * count is held against the bytes that are there and against core/base/limits.h before it is used. */
#ifndef KARTO_PROTO_MESSAGES_H
#define KARTO_PROTO_MESSAGES_H

#include "core/model/change.h"
#include "core/model/epoch.h"
#include "core/model/past.h"
#include "core/model/verdict.h"

enum karto_request_type {
    KARTO_HELLO = 1,
    KARTO_PUSH = 2,
    KARTO_PULL = 3,
    KARTO_DIGESTS = 4,
    KARTO_STATES = 5,
    KARTO_WAIT = 6,
    KARTO_HISTORY = 9,
    /* 7 giveback, 8 heal, 10 renew: kept for later versions */
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
    uint64_t cursor;          /* hub position up to which everything was pulled */
    struct karto_sum digest;  /* of all that is confirmed here */
    uint64_t pending;         /* changes not yet pushed, for the list of devices */
    int64_t clock_ms;
    struct karto_slice name;    /* the device's, as its user called it */
    struct karto_slice program; /* version of the program, for the list of devices */
};

struct karto_hello_known {
    uint64_t seq;  /* the highest seq that the hub has of this node; 0: none */
    uint64_t hash; /* its keyed hash; 0 with seq 0 */
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
    bool everything;                       /* the scope is all territories */
    const struct karto_slice *territories; /* else these, and what everybody has */
    uint32_t territory_count;
    struct karto_slice role; /* "office", "representative" */
    struct karto_slice hub;  /* the hub's name, for people */
};

/* ---- push: own changes, in order ---- */

struct karto_push {
    const struct karto_change *changes;
    uint32_t count;
};

struct karto_push_result {
    enum karto_verdict verdict;
    bool inside;               /* whether the record is now in the device's scope */
    struct karto_slice reason; /* of a refusal: an id as in core/base/err.h; else empty */
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

/* ---- wait ---- */

struct karto_wait {
    uint64_t cursor;
    uint32_t seconds;
};

struct karto_wait_answer {
    uint64_t position; /* of the last event in the device's scope */
};

/* ---- one message of any type, as sum type ---- */

struct karto_request {
    enum karto_request_type type;
    struct karto_token token;
    union {
        struct karto_hello hello;
        struct karto_push push;
        struct karto_pull pull;
        struct karto_digests digests;
        struct karto_states states;
        struct karto_wait wait;
        struct karto_past_ask history;
    } of;
};

struct karto_answer {
    enum karto_request_type type;
    struct karto_token token;  /* the hub's */
    enum karto_err error;      /* not KARTO_OK: nothing else stands here */
    struct karto_slice detail; /* with an error: what a log should say, in English; may be empty */
    union {
        struct karto_hello_answer hello;
        struct karto_push_answer push;
        struct karto_pull_answer pull;
        struct karto_digests_answer digests;
        struct karto_states_answer states;
        struct karto_wait_answer wait;
        struct karto_past_page history;
    } of;
};

/* Whole frames, header and body, as nng carries them (proto/frame.h).
 * Encoders add to out, which stays as it was when they fail. KARTO_E_LIMIT: it would be over a limit. KARTO_E_CORRUPT:
 * a state is not a record's canonical bytes. Decoders: KARTO_E_PROTOCOL for anything that an honest peer cannot have
 * sent, KARTO_E_VERSION for a protocol version that we do not speak, KARTO_E_LIMIT. Whatever a decoder returns refers
 * to memory of arena or of frame. */
KARTO_CHECKED enum karto_err karto_request_encode(const struct karto_request *request, struct karto_buf *out);
KARTO_CHECKED enum karto_err karto_request_decode(struct karto_arena *arena, struct karto_slice frame,
                                                  struct karto_request *request);
KARTO_CHECKED enum karto_err karto_answer_encode(const struct karto_answer *answer, struct karto_buf *out);
KARTO_CHECKED enum karto_err karto_answer_decode(struct karto_arena *arena, struct karto_slice frame,
                                                 struct karto_answer *answer);

#endif
