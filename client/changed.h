/* changed.h - the answer of every command that changes something: what, how to name it again, and what to look at. */
#ifndef KARTO_CLIENT_CHANGED_H
#define KARTO_CLIENT_CHANGED_H

#include "client/warning.h"
#include "core/model/id.h"

struct karto_changed {
    const struct karto_rid *records;
    size_t record_count;
    uint64_t changes;                      /* 0: it was like that already */
    uint64_t batch;                        /* of these changes; 0: none */
    const struct karto_warnings *warnings; /* may be NULL */
    struct karto_slice said;               /* a line for people; empty: how many clients were changed */
    /* Adds keys of its own to the object; may be NULL. */
    void (*more)(struct karto_out *out, void *context);
    void *more_context;
};

/* Appends how to take it back: " · undo: karto undo 7f3a0012". */
void karto_changed_say_back(struct karto_buf *out, enum karto_lang lang, uint64_t batch);

/* Prints "samples": lines of what would be written, each ended, as an array. */
void karto_samples_show(struct karto_out *out, struct karto_slice lines);

/* Prints it: an object for programs, a line for people, which ends with how to take it back. Warnings go to standard
 * error there. A dry run says so. */
KARTO_CHECKED enum karto_err karto_changed_show(struct karto_cli *cli, const struct karto_changed *changed);

#endif
