/* session.h - the order of one synchronisation, as a pure machine: told what came of the last step, it says what to do
 * next. No store, no socket, no clock inside. To a hub that was put back it first gives what that has lost: giveback ->
 * heal (hashes and states, page by page) -> done -> hello again; one that is still being recovered ends it there, with
 * KARTO_E_RECOVERING, and before that it is done if something must wait for others. Else hello -> push until nothing is
 * pending -> pull until there is no more, or reconcile (digests and states, page by page) and then pull. A reconcile
 * that found nothing, though the digests differ, is followed by another hello, which says what came of it: one side has
 * wrong sums. */
#ifndef KARTO_SYNCD_SESSION_H
#define KARTO_SYNCD_SESSION_H

#include "core/base/err.h"

enum karto_step {
    KARTO_STEP_HELLO,
    KARTO_STEP_GIVEBACK,    /* own judged changes, to a hub that was put back */
    KARTO_STEP_HEAL_HASHES, /* what is confirmed here */
    KARTO_STEP_HEAL_STATES, /* … and the states of it that the hub wants */
    KARTO_STEP_HEAL_DONE,
    KARTO_STEP_PUSH,
    KARTO_STEP_PULL,
    KARTO_STEP_DIGESTS, /* compare a page of hashes */
    KARTO_STEP_RANGE,   /* nothing is kept behind here: states without hashes */
    KARTO_STEP_STATES,  /* fetch the states that a page of hashes, or a gap in a pull, has named */
    KARTO_STEP_DONE,
    KARTO_STEP_FAILED,
};

struct karto_session {
    enum karto_step step;
    bool reconcile;       /* this synchronisation has to */
    bool reconciled;      /* its pages are through */
    bool in_pull;         /* states are fetched in the middle of a pull */
    bool waits;           /* something cannot be given back before others have given back theirs */
    bool gave;            /* everything was given back in this synchronisation */
    bool doubt;           /* all was compared and nothing found: whether the digests agree is asked once more */
    bool doubted;         /* … and has been */
    unsigned restarts;    /* began again at hello because the answer was stale */
    enum karto_err error; /* of FAILED */
};

/* What a step has come to. Only what is said of a step is looked at in it. */
struct karto_news {
    bool give;       /* HELLO: the hub was put back, and wants what it has lost */
    bool another;    /* HELLO: its epoch is not that of the hello before */
    bool recovering; /* HELLO: it gives nothing yet. GIVEBACK: what is next builds on what others have to give first */
    bool even;       /* HELLO: cursor and digest agree, and nothing is pending */
    bool reconcile;  /* HELLO, PULL: the copies must be compared */
    bool pending;    /* HELLO, PUSH, end of a reconcile: there is something (more) to push */
    bool more;       /* GIVEBACK, HEAL_HASHES, HEAL_STATES, PULL, DIGESTS, RANGE, STATES: there is more */
    bool wanted;     /* HEAL_HASHES, HEAL_STATES, PULL, DIGESTS: states must be fetched */
    bool renamed;    /* any: the store goes on under a new node id, which the hub must hear of first */
    bool doubt;      /* DIGESTS, RANGE, STATES: all is compared, and what should have been found is not there */
    bool kept;       /* HELLO, DIGESTS, RANGE, STATES: something is kept behind where the reconcile stands */
};

void karto_session_begin(struct karto_session *session);
void karto_session_news(struct karto_session *session, const struct karto_news *news);

/* An answer that was an error: stale begins again (at most 8 times), everything else fails. */
void karto_session_error(struct karto_session *session, enum karto_err error);

#endif
