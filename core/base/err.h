/* err.h - the one list of errors. 0 is fine. A function that can fail returns one and is marked KARTO_CHECKED; when it
 * fails it has changed nothing, unless its header says otherwise. */
#ifndef KARTO_BASE_ERR_H
#define KARTO_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define KARTO_CHECKED __attribute__((warn_unused_result))

enum karto_err {
    KARTO_OK = 0,
    KARTO_E_NOMEM,         /* memory */
    KARTO_E_IO,            /* the operating system says no; errno tells */
    KARTO_E_FULL,          /* the disk is full; everything committed is still there */
    KARTO_E_READONLY,      /* the directory or file may not be written */
    KARTO_E_NOT_FOUND,     /* no such thing */
    KARTO_E_EXISTS,        /* there is one already */
    KARTO_E_AMBIGUOUS,     /* several match */
    KARTO_E_USAGE,         /* the call or command makes no sense */
    KARTO_E_INVALID,       /* a value that its field does not take */
    KARTO_E_LIMIT,         /* over a limit of proto/limits.h or core/model/limits.h */
    KARTO_E_CHANGED,       /* what was shown is no longer what stands there */
    KARTO_E_NO_STORE,      /* no store in this directory */
    KARTO_E_FOREIGN,       /* a file that is not a store of ours */
    KARTO_E_NEWER,         /* written by a newer version */
    KARTO_E_CORRUPT,       /* bytes that none of our versions wrote */
    KARTO_E_EXPOSED,       /* others than the owner may read the store */
    KARTO_E_NETWORK_FS,    /* a store does not work on a network file system */
    KARTO_E_UNENCRYPTED,   /* the disk is not encrypted, and nobody said that it may be so */
    KARTO_E_BUSY,          /* another process holds the lock */
    KARTO_E_NOT_PERMITTED, /* the user's role does not allow it */
    KARTO_E_NOT_YET,       /* something else has to be done first */
    KARTO_E_ADDRESS,       /* a hub cannot listen at the address that it was given */
    KARTO_E_OFFLINE,       /* the hub cannot be reached */
    KARTO_E_TIMEOUT,       /* no answer in time */
    KARTO_E_PROTOCOL,      /* the peer breaks the protocol */
    KARTO_E_VERSION,       /* the peer speaks no version that we do */
    KARTO_E_STALE,         /* request of an older epoch or rights version: begin again at hello */
    KARTO_E_OLD_HUB,       /* a hub of a lower epoch than one already heard */
    KARTO_E_RECOVERING,    /* the hub was put back from a backup, and gives nothing yet */
    KARTO_E_HUB_BEHIND,    /* a hub of the epoch that was heard, which knows less than it did */
    KARTO_E_HUB_FULL,      /* the hub's disk is full; nothing is wrong here */
    KARTO_E_HUB_FAILS,     /* the hub cannot read or write its store; nothing is wrong here */
    KARTO_E_HELD,          /* the hub holds as much for its administrator's word as it may: the rest stays here */
    KARTO_E_CERTIFICATE,   /* certificate missing, of another authority, or not valid now */
    KARTO_E_REVOKED,       /* the device was revoked */
    KARTO_E_NOT_ADMITTED,  /* a hub that was put back does not know the device yet: its administrator must admit it */
    KARTO_E_INVITATION,    /* invitation damaged, unknown, used or expired */
    KARTO_E_ROLE,          /* not on a store of this role: hub, device, local */
    KARTO_E_UNREADABLE,    /* one thing among many that came cannot be decoded or applied: it is set aside */
    KARTO_E_QUARANTINE,    /* more cannot be set aside: karto quarantine */
    KARTO_E_INTERRUPTED,   /* the user stopped it */
    KARTO_ERR_COUNT
};

/* The id that messages and scripts use, the same in every language: "E-NOT-FOUND". Never NULL. */
const char *karto_err_id(enum karto_err err);

/* The error of an id of size bytes, as it came over the wire; KARTO_E_PROTOCOL for one that this version does not know.
 */
enum karto_err karto_err_of_id(const char *id, size_t size);

/* What the hub's answer comes to on a device: trouble with a disk, memory or store is the hub's, and must not be taken
 * for this computer's. The others are the same to both. */
enum karto_err karto_err_of_hub(enum karto_err err);

/* Whether the same call can succeed later without anybody mending anything. */
bool karto_err_retry(enum karto_err err);

#endif
