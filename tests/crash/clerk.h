/* clerk.h - somebody at the command line, as a process of his own for each command: enters tables, adds clients and
 * marks them. What a command that ended with 0 has entered is remembered, to be looked for in stores. Nobody else
 * touches his clients: edit.c leaves alone those that have an external_id. */
#ifndef KARTO_TESTS_CRASH_CLERK_H
#define KARTO_TESTS_CRASH_CLERK_H

#include "tests/crash/dice.h"
#include "tests/crash/place.h"

enum { CLERK_TEXT = 48 };

/* A text that is like no other, and stands in one client: its external_id, or a tag of it. */
struct clerk_mark {
    char text[CLERK_TEXT];
};

struct clerk {
    const struct place *place;
    struct program command;
    char table[310];      /* the file that he enters */
    bool entering;        /* a table that has not got through yet: it is entered again */
    unsigned number;      /* of commands */
    unsigned rows;        /* clients of his table that are entered */
    struct clerk_mark at; /* what the command that runs will have entered */
    struct clerk_mark *done;
    size_t done_count, done_room;
    unsigned tables, edits; /* commands that got through */
};

void clerk_init(struct clerk *clerk, const struct place *place);
void clerk_fini(struct clerk *clerk);

/* The next command, where none runs. A table that was broken off is entered once more, the same. Of anything else that
 * was broken off he does not know whether it is done, and goes on. Fails the test where a command ended otherwise than
 * with 0 or by kill. */
void clerk_go_on(struct clerk *clerk, struct dice *dice);

/* kill -9; false where nothing ran. */
bool clerk_kill(struct clerk *clerk);

/* Waits for the command that runs, and enters what was broken off. */
void clerk_finish(struct clerk *clerk, struct dice *dice);

/* Fails the test unless the store in dir has each mark that was done once, and no mark of anybody twice. */
void clerk_prove(const struct clerk *clerk, const char *dir);

#endif
