/* refusals.h - whom a hub has turned away, and why, until its administrator is told. Counted by address and reason;
 * each such pair is told at once when it is new, and then once in KARTO_REFUSALS_EVERY_MS at most, with how many there
 * were since. Of so many pairs at a time, and all others in one sum: whoever knocks ten thousand times, from one
 * address or ten thousand, fills neither log nor memory, and every refusal is in exactly one number. */
#ifndef KARTO_SYNCD_REFUSALS_H
#define KARTO_SYNCD_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    KARTO_REFUSALS_MAX = 32, /* pairs: a log gets as many lines at once, and one more */
    KARTO_REFUSALS_EVERY_MS = 60 * 1000,
    KARTO_FROM_SIZE = 46, /* of the text of an address, IPv4 or IPv6, with a 0 behind */
};

enum karto_refusal {
    KARTO_REFUSED_NO_TLS,
    KARTO_REFUSED_NO_CERTIFICATE,
    KARTO_REFUSED_FOREIGN,
    KARTO_REFUSED_EXPIRED,
    KARTO_REFUSED_NOT_YET_VALID,
    KARTO_REFUSED_REVOKED,
    KARTO_REFUSED_INVITATION,
    KARTO_REFUSED_SILENT,
    KARTO_REFUSED_BROKEN_OFF,
    KARTO_REFUSED_CROWDED,
    KARTO_REFUSED_NONSENSE,
    KARTO_REFUSED_INNER,
    KARTO_REFUSED_INNER_OR_GONE,
};

const char *karto_refusal_text(enum karto_refusal why); /* in English, for a log */

struct karto_refusals;

struct karto_refusals *karto_refusals_new(void);
void karto_refusals_free(struct karto_refusals *refusals); /* NULL is fine */

/* From any thread; only counts. address is cut to KARTO_FROM_SIZE. refusals NULL: nobody wants to know. */
void karto_refusals_note(struct karto_refusals *refusals, enum karto_refusal why, const char *address);

/* count refusals of this address for this reason; address NULL: of others, for any reason. */
typedef void karto_refusals_teller(void *context, const char *address, enum karto_refusal why, uint64_t count);

/* Tells what is due at now_ms (monotonic), or, with all, whatever is left. tell is called under a lock: it must not
 * note any. */
void karto_refusals_tell(struct karto_refusals *refusals, int64_t now_ms, bool all, karto_refusals_teller *tell,
                         void *context);

#endif
