/* sync_preview.h - karto sync --preview: how much would be sent, and how much would come, with nothing changed. */
#ifndef KARTO_CLIENT_SYNC_PREVIEW_H
#define KARTO_CLIENT_SYNC_PREVIEW_H

#include "client/cli.h"

/* The answer for the laptop's store in dir. Where head office cannot be asked what is here is shown all the same, and
 * the error is in cli->problem. */
KARTO_CHECKED enum karto_err karto_sync_preview(struct karto_cli *cli, const char *dir);

#endif
