#include "syncd/refusals.h"

#include "core/base/fatal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One address that was refused for one reason. */
struct pair {
    char address[KARTO_FROM_SIZE]; /* empty: free */
    enum karto_refusal why;
    uint64_t count; /* not yet told */
    bool told;      /* at told_ms */
    int64_t told_ms;
};

struct karto_refusals {
    pthread_mutex_t lock;
    struct pair pairs[KARTO_REFUSALS_MAX];
    struct pair others; /* without an address */
};

const char *karto_refusal_text(enum karto_refusal why)
{
    switch (why) {
    case KARTO_REFUSED_NO_TLS: return "what it sent is not TLS 1.3 as laptops speak it";
    case KARTO_REFUSED_NO_CERTIFICATE: return "it showed no certificate";
    case KARTO_REFUSED_FOREIGN: return "its certificate is not of this authority";
    case KARTO_REFUSED_EXPIRED: return "its certificate has expired";
    case KARTO_REFUSED_NOT_YET_VALID: return "its certificate is not valid yet";
    case KARTO_REFUSED_REVOKED: return "its certificate was revoked";
    case KARTO_REFUSED_INVITATION: return "its invitation is unknown, used or expired";
    case KARTO_REFUSED_SILENT: return "it did not say in time who it is";
    case KARTO_REFUSED_BROKEN_OFF: return "it went before it had said who it is";
    case KARTO_REFUSED_CROWDED: return "it made room: too many had not yet said who they are";
    case KARTO_REFUSED_NONSENSE: return "what it said inside of TLS makes no sense";
    case KARTO_REFUSED_INNER: return "another program of this machine dialled the inner port";
    case KARTO_REFUSED_INNER_OR_GONE:
        return "another program of this machine dialled the inner port, or a laptop went at that moment";
    }
    return "";
}

struct karto_refusals *karto_refusals_new(void)
{
    struct karto_refusals *refusals = karto_must(calloc(1, sizeof *refusals));
    KARTO_ASSERT(pthread_mutex_init(&refusals->lock, NULL) == 0);
    return refusals;
}

void karto_refusals_free(struct karto_refusals *refusals)
{
    if (!refusals)
        return;
    pthread_mutex_destroy(&refusals->lock);
    free(refusals);
}

/* The pair's place, or a free one; the others' when there is none. */
static struct pair *place_of(struct karto_refusals *refusals, enum karto_refusal why, const char *address)
{
    struct pair *place = &refusals->others;
    for (int i = 0; i < KARTO_REFUSALS_MAX; i++) {
        struct pair *pair = &refusals->pairs[i];
        if (pair->address[0] == 0)
            place = place == &refusals->others ? pair : place;
        else if (pair->why == why && strncmp(pair->address, address, sizeof pair->address - 1) == 0)
            return pair;
    }
    return place;
}

void karto_refusals_note(struct karto_refusals *refusals, enum karto_refusal why, const char *address)
{
    if (!refusals)
        return;
    address = address[0] ? address : "?";
    pthread_mutex_lock(&refusals->lock);
    struct pair *pair = place_of(refusals, why, address);
    if (pair != &refusals->others && pair->address[0] == 0) {
        *pair = (struct pair){.why = why};
        snprintf(pair->address, sizeof pair->address, "%s", address);
    }
    pair->count++;
    pthread_mutex_unlock(&refusals->lock);
}

static bool is_due(const struct pair *pair, int64_t now_ms)
{
    return !pair->told || now_ms - pair->told_ms >= KARTO_REFUSALS_EVERY_MS;
}

static void tell_pair(struct pair *pair, int64_t now_ms, karto_refusals_teller *tell, void *context)
{
    tell(context, pair->address[0] ? pair->address : NULL, pair->why, pair->count);
    pair->count = 0;
    pair->told = true;
    pair->told_ms = now_ms;
}

/* One that has come no more since it was told makes room. */
void karto_refusals_tell(struct karto_refusals *refusals, int64_t now_ms, bool all, karto_refusals_teller *tell,
                         void *context)
{
    pthread_mutex_lock(&refusals->lock);
    for (int i = 0; i <= KARTO_REFUSALS_MAX; i++) {
        struct pair *pair = i < KARTO_REFUSALS_MAX ? &refusals->pairs[i] : &refusals->others;
        if (!all && !is_due(pair, now_ms))
            continue;
        if (pair->count)
            tell_pair(pair, now_ms, tell, context);
        else
            *pair = (struct pair){.count = 0};
    }
    pthread_mutex_unlock(&refusals->lock);
}
