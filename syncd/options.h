/* options.h - what karto-syncd is told: the command line, KARTO_DB, and configuration files. */
#ifndef KARTO_SYNCD_OPTIONS_H
#define KARTO_SYNCD_OPTIONS_H

#include "core/base/err.h"
#include "core/base/slice.h"

#include <stdio.h>

struct karto_daemon_options {
    char dir[4096];
    const char *listen; /* HOST:PORT, for a hub; NULL: as the store says */
    const char *name;   /* of the device, for join */
    bool once;          /* one synchronisation, then its numbers on standard output */
    bool watch;         /* serve a device, and say on standard output what became of each synchronisation */
    bool greet;         /* only greet the hub, and say on standard output what was heard */
    bool preview;       /* count what a synchronisation would move, and say so on standard output */
    bool join;          /* an invitation comes on standard input */
    bool unencrypted;   /* with join: somebody lets the store be on a disk that is not encrypted */
    bool help, version;
    uint64_t history_days, history_mb; /* how much of what happened before is fetched (limits.h) */
    const char *wrong;                 /* the word that was not understood; NULL */
};

/* Defaults, /etc/kartoteka/karto.conf, $XDG_CONFIG_HOME/kartoteka/karto.conf, KARTO_*, options: the later win. Of a
 * file what is not the daemon's is passed over. KARTO_E_USAGE: see wrong. */
KARTO_CHECKED enum karto_err karto_daemon_options_parse(struct karto_daemon_options *options, int argc, char **argv);

/* Puts a configuration file over options; one that is not there is fine. KARTO_E_USAGE: see wrong; or what reading
 * said. */
KARTO_CHECKED enum karto_err karto_daemon_options_file(struct karto_daemon_options *options, const char *path);

/* The help, the version, or what was wrong. */
void karto_daemon_options_print(const struct karto_daemon_options *options, FILE *out);

#endif
