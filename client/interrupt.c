#include "client/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked;

static void ask(int number)
{
    asked = number;
    signal(number, SIG_DFL); /* the next one ends the process */
}

void karto_interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = ask};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool karto_interrupted(void)
{
    return asked != 0;
}

bool karto_terminated(void)
{
    return asked == SIGTERM;
}
