/* fault.h - a bad network for tests: what an outer connection suffers below TLS, the same for the same seed. In
 * production there is none. */
#ifndef KARTO_SYNCD_FAULT_H
#define KARTO_SYNCD_FAULT_H

#include "syncd/net.h"

struct karto_fault {
    uint64_t seed;
    unsigned connections;  /* the first so many connections suffer, later ones do not; 0: all do */
    uint64_t cut_after;    /* bytes, both ways together, after which the connection breaks; 0: never */
    uint64_t silent_after; /* bytes after which it stays open and nothing passes any more; 0: never */
    uint64_t flip_after;   /* bytes after which one bit arrives flipped; 0: never */
    bool spread;           /* each connection draws its own limits, from 1 to those above */
    unsigned delay_ms;     /* bytes that arrive wait up to so many milliseconds; 0: not at all */
};

/* What one connection has left before it happens. */
struct karto_fault_line {
    uint64_t random;
    uint64_t cut_left, silent_left, flip_left; /* UINT64_MAX: never */
    unsigned delay_ms;
    int64_t wait_until_ms; /* nothing arrives before; 0: what there is may be read */
    bool flowing;          /* the wait is over, until all is read */
};

/* number counts the connections from 0. false: this one suffers nothing. */
bool karto_fault_begin(struct karto_fault_line *line, const struct karto_fault *fault, unsigned number);

/* As karto_net_receive and karto_net_send, through the line. */
enum karto_io karto_fault_receive(struct karto_fault_line *line, int64_t now_ms, int socket, void *data, size_t size,
                                  size_t *moved);
enum karto_io karto_fault_send(struct karto_fault_line *line, int socket, const void *data, size_t size, size_t *moved);

#endif
