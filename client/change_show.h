/* change_show.h - what one change set, and why it was refused, as answers have them. */
#ifndef KARTO_CLIENT_CHANGE_SHOW_H
#define KARTO_CLIENT_CHANGE_SHOW_H

#include "client/out.h"
#include "core/model/change.h"
#include "core/store/store.h"

/* Whether this one of the change's sets is wanted. */
typedef bool karto_set_filter(const struct karto_change *change, const struct karto_touch *touch,
                              struct karto_slice key, const void *context);

/* Prints "sets": an array, for programs (JSON) of {"field","key","old","new"}, else of texts: "site: romashka.ua →
 * romashka.com.ua", in a table in the reader's words. wanted NULL: all of them. */
void karto_sets_show(struct karto_out *out, struct karto_tx *tx, const struct karto_change *change,
                     karto_set_filter *wanted, const void *context);

/* The sentence of a reason (an id as in err.h), living for ever; for people an id that has none stands for itself. */
struct karto_slice karto_refusal_text(enum karto_lang lang, struct karto_slice reason, bool for_people);

/* Prints "refusal": {"id","text"}, in a table the text alone; null where the reason is empty. */
void karto_refusal_show(struct karto_out *out, struct karto_slice reason);

/* Prints a moment under key: in a table as a person reads it. */
void karto_moment_show(struct karto_out *out, const char *key, int64_t utc_ms);

#endif
