/* hlc.h - hybrid logical clock (Kulkarni et al., 2014): 48 bits of UTC milliseconds, 16 bits that count within one. It
 * only picks what to show of several heads; causality is the version vectors' business. */
#ifndef KARTO_MODEL_HLC_H
#define KARTO_MODEL_HLC_H

#include <stdint.h>

struct karto_hlc {
    uint64_t v;
};

struct karto_hlc karto_hlc_make(int64_t ms);
int64_t karto_hlc_ms(struct karto_hlc hlc); /* UTC milliseconds since 1970 */

/* The stamp of the next change: later than last, and than now_ms (already corrected by the offset to the hub) if that
 * is later. */
struct karto_hlc karto_hlc_next(struct karto_hlc last, int64_t now_ms);

/* last after a stamp of somebody else was seen. It never follows one that is more than a day ahead of now_ms. */
struct karto_hlc karto_hlc_observe(struct karto_hlc last, struct karto_hlc seen, int64_t now_ms);

#endif
