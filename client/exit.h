/* exit.h - how the process ends: the numbers that scripts rely on. They never change their meaning. */
#ifndef KARTO_CLIENT_EXIT_H
#define KARTO_CLIENT_EXIT_H

#include "core/base/err.h"

enum karto_exit {
    KARTO_EXIT_DONE = 0,
    KARTO_EXIT_FAILURE = 1,
    KARTO_EXIT_USAGE = 2,
    KARTO_EXIT_PARTLY = 3,    /* rows were rejected; the file with them was named */
    KARTO_EXIT_NOT_FOUND = 4, /* or ambiguous */
    KARTO_EXIT_CONFLICTS = 5, /* conflict list --fail-if-any, and nothing else */
    KARTO_EXIT_NOT_PERMITTED = 6,
    KARTO_EXIT_INVALID = 7, /* validation refused */
    KARTO_EXIT_NO_STORE = 10,
    KARTO_EXIT_BUSY = 11, /* another session or daemon runs on the store */
    KARTO_EXIT_WRONG_KEY = 12,
    KARTO_EXIT_OFFLINE = 20, /* the work is safe here */
    KARTO_EXIT_INTERRUPTED = 130,
};

enum karto_exit karto_exit_of(enum karto_err err);

#endif
