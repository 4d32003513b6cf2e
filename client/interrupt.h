/* interrupt.h - Ctrl-C in the midst of long work: the first asks it to stop at a place where stopping is clean, a
 * second one ends the process at once. For a single thread. */
#ifndef KARTO_CLIENT_INTERRUPT_H
#define KARTO_CLIENT_INTERRUPT_H

#include <stdbool.h>

void karto_interrupt_watch(void); /* from now on, also for SIGTERM; reads that wait end with EINTR */
bool karto_interrupted(void);     /* it was asked for */
bool karto_terminated(void);      /* by SIGTERM: whoever runs this wants its end, and it is none of an accident */

#endif
