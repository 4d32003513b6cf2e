#include "syncd/session.h"

enum { RESTARTS_MAX = 8 };

void karto_session_begin(struct karto_session *session)
{
    *session = (struct karto_session){.step = KARTO_STEP_HELLO};
}

static enum karto_step compare_or_fetch(const struct karto_news *news)
{
    return news->kept ? KARTO_STEP_DIGESTS : KARTO_STEP_RANGE;
}

static enum karto_step after_push(struct karto_session *session, const struct karto_news *news)
{
    return session->reconcile && !session->reconciled ? compare_or_fetch(news) : KARTO_STEP_PULL;
}

static enum karto_step after_page(struct karto_session *session, const struct karto_news *news)
{
    if (news->wanted)
        return KARTO_STEP_STATES;
    if (news->more)
        return compare_or_fetch(news);
    session->doubt = news->doubt && !session->doubted;
    session->reconciled = true; /* what was written meanwhile goes before the pull, which ends the former rights */
    return news->pending ? KARTO_STEP_PUSH : KARTO_STEP_PULL;
}

static enum karto_step after_pull(struct karto_session *session, const struct karto_news *news)
{
    if (news->reconcile) {
        session->reconcile = true;
        session->reconciled = false;
        return compare_or_fetch(news);
    }
    session->in_pull = news->wanted;
    if (news->wanted)
        return KARTO_STEP_STATES;
    if (news->more)
        return KARTO_STEP_PULL;
    if (!session->doubt)
        return KARTO_STEP_DONE;
    session->doubt = false;
    session->doubted = true;
    return KARTO_STEP_HELLO;
}

static enum karto_step come_again(struct karto_session *session)
{
    session->error = KARTO_E_RECOVERING;
    return KARTO_STEP_FAILED;
}

/* What cannot be given back yet may build on what this device itself has in its states, of somebody who has lost it. */
static enum karto_step after_giveback(struct karto_session *session, const struct karto_news *news)
{
    session->waits = news->recovering;
    return news->more && !news->recovering ? KARTO_STEP_GIVEBACK : KARTO_STEP_HEAL_HASHES;
}

static enum karto_step after_hello(struct karto_session *session, const struct karto_news *news)
{
    if (news->give && session->gave && news->another && session->restarts < RESTARTS_MAX) {
        session->restarts++; /* put back once more meanwhile: as if an answer had been stale */
        session->gave = false;
    }
    if (news->give && session->gave) { /* a hub that would never have enough */
        session->error = KARTO_E_PROTOCOL;
        return KARTO_STEP_FAILED;
    }
    if (news->give)
        return KARTO_STEP_GIVEBACK;
    if (news->recovering)
        return come_again(session);
    session->reconcile = news->reconcile;
    return news->even ? KARTO_STEP_DONE : news->pending ? KARTO_STEP_PUSH : after_push(session, news);
}

static enum karto_step after_heal(struct karto_session *session, const struct karto_news *news)
{
    if (news->wanted)
        return KARTO_STEP_HEAL_STATES;
    if (news->more)
        return KARTO_STEP_HEAL_HASHES;
    return session->waits ? come_again(session) : KARTO_STEP_HEAL_DONE;
}

void karto_session_news(struct karto_session *session, const struct karto_news *news)
{
    if (news->renamed && session->step <= KARTO_STEP_PUSH) {
        session->step = KARTO_STEP_HELLO;
        return;
    }
    if (news->renamed) { /* by what came from the hub: it begins again, as if the answer had been stale */
        karto_session_error(session, KARTO_E_STALE);
        return;
    }
    switch (session->step) {
    case KARTO_STEP_HELLO: session->step = after_hello(session, news); break;
    case KARTO_STEP_GIVEBACK: session->step = after_giveback(session, news); break;
    case KARTO_STEP_HEAL_HASHES:
    case KARTO_STEP_HEAL_STATES: session->step = after_heal(session, news); break;
    case KARTO_STEP_HEAL_DONE:
        session->step = KARTO_STEP_HELLO;
        session->gave = true;
        break;
    case KARTO_STEP_PUSH: session->step = news->pending ? KARTO_STEP_PUSH : after_push(session, news); break;
    case KARTO_STEP_PULL: session->step = after_pull(session, news); break;
    case KARTO_STEP_STATES:
        session->step = session->in_pull ? after_pull(session, news) : after_page(session, news);
        break;
    case KARTO_STEP_DIGESTS:
    case KARTO_STEP_RANGE: session->step = after_page(session, news); break;
    case KARTO_STEP_DONE:
    case KARTO_STEP_FAILED: break;
    }
}

void karto_session_error(struct karto_session *session, enum karto_err error)
{
    unsigned restarts = session->restarts + 1;
    if (error == KARTO_E_STALE && session->restarts < RESTARTS_MAX) {
        karto_session_begin(session);
        session->restarts = restarts;
        return;
    }
    session->step = KARTO_STEP_FAILED;
    session->error = error;
}
