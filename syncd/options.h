/* options.h - what karto-syncd is told: the command line, KARTO_DB, and configuration files. */
#ifndef KARTO_SYNCD_OPTIONS_H
#define KARTO_SYNCD_OPTIONS_H

#include "core/base/err.h"

#include <stdio.h>

struct karto_daemon_options {
    char dir[4096];
    const char *listen; /* HOST:PORT, for a hub; NULL: as the store says */
    const char *name;   /* of the device, for join */
    bool once;          /* one synchronisation, then its numbers on standard output */
    bool watch;         /* serve a device, and say on standard output what became of each synchronisation */
    bool join;          /* an invitation comes on standard input */
    bool help, version;
    const char *wrong; /* the word that was not understood; NULL */
};

/* KARTO_E_USAGE: see wrong. */
KARTO_CHECKED enum karto_err karto_daemon_options_parse(struct karto_daemon_options *options, int argc, char **argv);

/* The help, the version, or what was wrong. */
void karto_daemon_options_print(const struct karto_daemon_options *options, FILE *out);

#endif
