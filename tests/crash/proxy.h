/* proxy.h - a bad network: connections to one port of this machine pass through here, by lanes, and each lane can be
 * told to spoil its next connection at an exact byte. */
#ifndef KARTO_TESTS_CRASH_PROXY_H
#define KARTO_TESTS_CRASH_PROXY_H

#include <stdbool.h>
#include <stdint.h>

enum { PROXY_LANES_MAX = 8 };

enum proxy_how {
    PROXY_RESET,  /* both ends get a reset */
    PROXY_CLOSE,  /* both ends get an ordinary end */
    PROXY_PAUSE,  /* nothing goes through for PROXY_PAUSE_MS; then it goes on */
    PROXY_SILENT, /* nothing goes through ever again, and nobody is told */
};

enum { PROXY_PAUSE_MS = 1500 };

struct proxy_fault {
    enum proxy_how how;
    bool down;      /* counts what comes from the hub, else what goes to it */
    uint64_t after; /* bytes that still go through */
};

struct proxy;

/* Everything goes to target, at 127.0.0.1. */
struct proxy *proxy_open(uint16_t target, unsigned lanes);
void proxy_close(struct proxy *proxy);

uint16_t proxy_port(const struct proxy *proxy, unsigned lane);

/* Cuts the lane's connections; fault comes over the next one, and over no other. */
void proxy_arm(struct proxy *proxy, unsigned lane, struct proxy_fault fault);

/* Whether the fault has come. */
bool proxy_fired(struct proxy *proxy, unsigned lane);

#endif
