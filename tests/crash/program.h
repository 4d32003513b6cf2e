/* program.h - other programs, run, watched and killed by a test. Each is the leader of a process group, so that what it
 * started dies with it. Those that still run when the test ends, however it ends, are killed. */
#ifndef KARTO_TESTS_CRASH_PROGRAM_H
#define KARTO_TESTS_CRASH_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROGRAM_WORDS_MAX = 32 };

struct program {
    pid_t pid; /* 0: does not run */
    int code;  /* of its last end: the exit code, or 128 + the signal */
};

/* What it prints goes to the end of the file log. words ends with NULL. */
void program_start(struct program *program, const char *log, const char *const *words);

/* Whether it runs; if it has just ended, its code is there. */
bool program_runs(struct program *program);

/* kill -9, with all that it started. false: it had ended by itself before. */
bool program_kill(struct program *program);

/* Sends SIGTERM. */
void program_stop(struct program *program);

/* Waits for its end; fails the test when that takes longer. */
int program_wait(struct program *program, int64_t timeout_ms);

/* Start and wait. */
int program_run(const char *log, int64_t timeout_ms, const char *const *words);

/* Prints the end of the log of a program that did what it must not. */
void program_show(const char *log);

void pause_ms(uint32_t ms);

/* A port that nobody listens at. It lies below those that connections of this machine get: who dials such a port while
 * nobody listens may find himself at the other end. */
uint16_t free_port(void);

#endif
