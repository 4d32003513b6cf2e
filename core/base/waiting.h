/* waiting.h - what somebody who waits for another process wants meanwhile. */
#ifndef KARTO_BASE_WAITING_H
#define KARTO_BASE_WAITING_H

#include <stdbool.h>

struct karto_waiting {
    bool (*stop)(void); /* whether to give up, asked again and again; NULL: never */
    int tell_after_ms;  /* when nothing has come by then, tell is called, once */
    void (*tell)(void *context);
    void *context;
};

enum { KARTO_WAITING_STEP_MS = 200 }; /* so often stop is asked */

#endif
