/* spill.h - memory with a file without a name behind it. What must be remembered of each row of a long table lies
 * there, so that the machine's memory does not fill up with it: the system writes it out when it needs the room. */
#ifndef KARTO_CLIENT_SPILL_H
#define KARTO_CLIENT_SPILL_H

#include <stddef.h>
#include <stdint.h>

struct karto_spill {
    const char *dir;
    int file; /* -1: not made yet */
    uint8_t *base;
    size_t size, room; /* taken; of what is on the disk */
};

void karto_spill_init(struct karto_spill *spill, const char *dir); /* where the file will be; lives as long */
void karto_spill_fini(struct karto_spill *spill);

/* So many bytes, all zero and aligned for any number, behind those that were taken before; they stay where they are
 * until fini. NULL: there is no room, errno tells, and nothing has changed. */
void *karto_spill_take(struct karto_spill *spill, size_t size);

#endif
