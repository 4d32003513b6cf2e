/* mailbox.h - what happens on other threads, put in order for the one that owns the store. */
#ifndef KARTO_SYNCD_MAILBOX_H
#define KARTO_SYNCD_MAILBOX_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/os_socket.h"
#include "syncd/enrol.h"
#include "syncd/link.h"

struct karto_inbound; /* transport.h */

enum karto_mail_type {
    KARTO_MAIL_STOP,    /* the process is to end */
    KARTO_MAIL_REQUEST, /* hub: a device asks */
    KARTO_MAIL_ENROL,   /* hub: somebody wants to become a device */
    KARTO_MAIL_CONTROL, /* another process of this machine says a line */
    KARTO_MAIL_ANSWER,  /* device: the hub has answered, or not */
    KARTO_MAIL_LINK,    /* device: the way to the hub is up, or down */
};

struct karto_mail {
    enum karto_mail_type type;
    struct karto_mail *next;
    struct karto_inbound *request;
    struct karto_enrol *enrol;
    struct karto_control_call *call;
    char line[64];          /* CONTROL */
    enum karto_err err;     /* ANSWER */
    struct karto_buf bytes; /* ANSWER */
    uint64_t number;        /* ANSWER: of the call that it answers */
    enum karto_link link;   /* LINK */
};

struct karto_mailbox;

struct karto_mailbox *karto_mailbox_new(void);
void karto_mailbox_free(struct karto_mailbox *box); /* with what is in it; NULL is fine */

struct karto_mail *karto_mail_new(enum karto_mail_type type);
void karto_mail_free(struct karto_mail *mail); /* NULL is fine */

/* From any thread; takes mail. */
void karto_mailbox_put(struct karto_mailbox *box, struct karto_mail *mail);

/* All that has come, in order, as a list; waits at most wait_ms for the first (0: not at all). NULL: nothing. */
struct karto_mail *karto_mailbox_take(struct karto_mailbox *box, int wait_ms);

#endif
