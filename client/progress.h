/* progress.h - one line on a terminal that says how far long work is; nothing before half a second, and gone when the
 * work is done. */
#ifndef KARTO_CLIENT_PROGRESS_H
#define KARTO_CLIENT_PROGRESS_H

#include "client/cli.h"

struct karto_progress {
    struct karto_cli *cli;
    int64_t next_ms; /* when to say it again; 0: never */
    bool shown;
};

void karto_progress_begin(struct karto_progress *progress, struct karto_cli *cli);
void karto_progress_rows(struct karto_progress *progress, uint64_t rows); /* as often as one likes */
void karto_progress_end(struct karto_progress *progress);

#endif
