/* os_worker.h - one thread that works through what it is given, in order. */
#ifndef KARTO_BASE_OS_WORKER_H
#define KARTO_BASE_OS_WORKER_H

#include <stdbool.h>

struct karto_worker;

/* Called in the thread, with what was given, which nobody else may touch before a wait. */
typedef void karto_worker_do(void *given);

/* A thread in which no signal is handled. NULL: there is no processor for it beside ours, or no thread to be had. */
struct karto_worker *karto_worker_start(karto_worker_do *work);

/* Gives it something; waits while there is too much already. */
void karto_worker_give(struct karto_worker *worker, void *given);

/* Whether something waits behind what is being worked on: for the thread itself. */
bool karto_worker_has_more(struct karto_worker *worker);

/* Waits until all that was given is done. */
void karto_worker_wait(struct karto_worker *worker);

/* The same, and ends the thread. NULL is fine. */
void karto_worker_end(struct karto_worker *worker);

#endif
