/* spine.h - head office and laptops in one process, without a network: for tests of what a synchronisation comes to. */
#ifndef KARTO_TESTS_SPINE_H
#define KARTO_TESTS_SPINE_H

#include "core/store/device.h"
#include "core/store/edit.h"
#include "core/store/hub.h"
#include "syncd/backfill.h"
#include "syncd/exchange.h"
#include "syncd/service.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

/* A clock that moves a second at each look, and random numbers from a seed. */
struct spine_sys {
    int64_t now_ms;
    uint64_t random;
    struct karto_sys sys;
};

struct spine_node {
    struct karto_store *store;
    struct karto_rid device; /* its record on the hub */
    const char *user;        /* of a laptop: its key and name, too */
    struct temp_dir dir;
};

enum { SPINE_DEVICES = 20 };

struct spine {
    struct temp_dir root;
    struct spine_sys clock;
    struct spine_node hub, devices[SPINE_DEVICES];
    int device_count;
    struct karto_exchange_stats last; /* of the last synchronisation */
    uint64_t page_size;               /* bytes, of what devices ask for; 0: the usual */
    uint32_t protocol_most;           /* of devices; 0: the newest */
    unsigned cut;                     /* after so many requests the line is gone, with the last answer; 0: it is not */
    unsigned ahead;                   /* its requests that were sent ahead of their turn */
    struct karto_buf *heard;          /* takes the bodies of all that the hub answers, inflated; NULL: nothing */
};

void spine_open(struct spine *spine);
void spine_close(struct spine *spine);
void spine_drop(struct spine *spine); /* closes what was damaged on purpose: nothing is checked */

/* A laptop of user for these territories (NULL-terminated); role office when there are none. Its index. */
int spine_device(struct spine *spine, const char *user, const char *const *territories);
int spine_device_as(struct spine *spine, const char *user, const struct karto_role *role,
                    const char *const *territories);

/* Head office with a laptop of oksana's, 0, and one of petro's, 1, both for territory 01. */
void spine_open_pair(struct spine *spine);

/* One whole synchronisation of a device; how many requests it took. */
unsigned spine_sync(struct spine *spine, int device);
enum karto_err spine_try_sync(struct spine *spine, int device); /* the same, which may end in an error */
void spine_sync_all(struct spine *spine);                       /* twice around: everybody has everything */

/* Keeps a copy of a store under this name, and puts the store back to it. */
void spine_keep(struct spine *spine, const struct spine_node *node, const char *name);
void spine_put_back(struct spine *spine, struct spine_node *node, const char *name);

struct karto_dot spine_last(struct spine_node *node); /* the last change that was made there */

/* CHECKs that karto_check finds nothing; so does closing. */
void spine_is_whole(struct spine_node *node);

/* The hub was put back from a backup, and nothing but the store is left of it; it is recovered. */
void spine_restored(struct spine_node *hub);
void spine_recovered(struct spine_node *hub);

/* Fetches what happened before: at most so many pages of this size (0: the usual). Each answer comes twice when twice
 * is said, as it may when a connection is lost. How many came. */
enum { SPINE_PAGES_MAX = 2000 };
unsigned spine_fetch(struct spine *spine, int device, struct karto_past_limits limits, uint64_t page_size,
                     unsigned most, bool twice);

/* What the hub answers to a frame of this device; answer held anything before. */
void spine_ask(struct spine *spine, int device, struct karto_slice frame, struct karto_buf *answer);

/* Edits: of one register, or a new client in a territory. */
struct karto_rid spine_client(struct spine_node *node, const char *name, const char *territory);
enum karto_err spine_set(struct spine_node *node, struct karto_rid id, uint32_t field, const char *key,
                         const char *value);
/* A new record of kind that hangs on a client, with one plain field; its author must hold the client. */
struct karto_rid spine_child(struct spine_node *node, uint32_t kind, struct karto_rid client, uint32_t field,
                             const char *value);
enum karto_err spine_territory(struct spine_node *node, struct karto_rid id,
                               const char *territory); /* from the beginning */
enum karto_err spine_hide(struct spine_node *node, struct karto_rid id, bool hidden);

/* What a node has: the number of heads of a register, the text that wins, whether it is in conflict, whether the record
 * is there or hidden. */
struct spine_seen {
    bool exists, hidden, conflict;
    uint32_t heads;
    char text[100];
    uint32_t conflicts; /* of the whole record */
};
struct spine_seen spine_see(struct spine_node *node, struct karto_rid id, uint32_t field, const char *key);

/* Whether these bytes stand anywhere in the node's log, old values included. */
bool spine_logs(struct spine_node *node, const char *text);

void spine_same(struct spine *spine,
                const char *territory); /* CHECKs that hub and devices that have it agree on its digest */

#endif
