/* link.h - how the way from a device to its hub stands, and why it does not: what logs and karto doctor tell people,
 * and what decides when to try again. */
#ifndef KARTO_SYNCD_LINK_H
#define KARTO_SYNCD_LINK_H

#include "core/base/err.h"

enum karto_link {
    KARTO_LINK_NEVER,             /* nothing has been tried yet */
    KARTO_LINK_UP,                /* the hub has taken us */
    KARTO_LINK_NO_NAME,           /* its name leads nowhere, or nobody here can tell where */
    KARTO_LINK_UNREACHABLE,       /* no way there */
    KARTO_LINK_SILENT,            /* no answer in time */
    KARTO_LINK_REFUSED,           /* the machine is there; nobody listens at that port */
    KARTO_LINK_CUT,               /* the connection broke */
    KARTO_LINK_NOT_A_HUB,         /* who answers does not speak as a hub of ours */
    KARTO_LINK_FOREIGN_HUB,       /* the hub's certificate is not by the authority that we know, or not a hub's */
    KARTO_LINK_HUB_EXPIRED,       /* the hub's certificate has expired, or our clock is ahead */
    KARTO_LINK_HUB_NOT_YET_VALID, /* the hub's certificate is not valid yet: our clock is behind */
    KARTO_LINK_UNKNOWN_AUTHORITY, /* the hub does not know who signed our certificate */
    KARTO_LINK_NO_CERTIFICATE,    /* we showed none */
    KARTO_LINK_EXPIRED,           /* ours has expired */
    KARTO_LINK_NOT_YET_VALID,     /* ours is not valid yet by the hub's clock */
    KARTO_LINK_REVOKED,           /* the hub has revoked this device; it said so itself, over TLS */
    KARTO_LINK_COUNT
};

/* In English, for logs: "the hub's certificate has expired". Lives for ever. */
const char *karto_link_text(enum karto_link link);

/* For programs, and the same in all versions: "hub-expired". Lives for ever. */
const char *karto_link_word(enum karto_link link);

/* KARTO_OK for NEVER and UP; else KARTO_E_OFFLINE, KARTO_E_CERTIFICATE or KARTO_E_REVOKED. */
enum karto_err karto_link_err(enum karto_link link);

/* Called at each change, and after each attempt that failed, on the tunnel's thread: must only put it in a queue. */
typedef void karto_link_handler(void *context, enum karto_link link);

#endif
