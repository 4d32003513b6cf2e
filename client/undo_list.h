/* undo_list.h - what can be taken back here. */
#ifndef KARTO_CLIENT_UNDO_LIST_H
#define KARTO_CLIENT_UNDO_LIST_H

#include "client/exit.h"

struct karto_cli;

/* karto undo --list: imports, bulk edits and edits, the newest first. */
enum karto_exit karto_undo_list(struct karto_cli *cli);

#endif
