#include "syncd/mailbox.h"

#include "core/base/fatal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct karto_mailbox {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct karto_mail *first, **last;
};

struct karto_mailbox *karto_mailbox_new(void)
{
    struct karto_mailbox *box = karto_must(calloc(1, sizeof *box));
    pthread_condattr_t attributes;
    box->last = &box->first;
    pthread_mutex_init(&box->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&box->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    return box;
}

void karto_mailbox_free(struct karto_mailbox *box)
{
    if (!box)
        return;
    for (struct karto_mail *mail = box->first, *next; mail; mail = next) {
        next = mail->next;
        karto_mail_free(mail);
    }
    pthread_cond_destroy(&box->filled);
    pthread_mutex_destroy(&box->lock);
    free(box);
}

struct karto_mail *karto_mail_new(enum karto_mail_type type)
{
    struct karto_mail *mail = karto_must(calloc(1, sizeof *mail));
    mail->type = type;
    return mail;
}

void karto_mail_free(struct karto_mail *mail)
{
    if (!mail)
        return;
    karto_buf_fini(&mail->bytes);
    free(mail);
}

void karto_mailbox_put(struct karto_mailbox *box, struct karto_mail *mail)
{
    pthread_mutex_lock(&box->lock);
    *box->last = mail;
    box->last = &mail->next;
    pthread_cond_signal(&box->filled);
    pthread_mutex_unlock(&box->lock);
}

static struct timespec after_ms(int ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

struct karto_mail *karto_mailbox_take(struct karto_mailbox *box, int wait_ms)
{
    struct timespec until = after_ms(wait_ms);
    pthread_mutex_lock(&box->lock);
    while (!box->first && wait_ms > 0)
        if (pthread_cond_timedwait(&box->filled, &box->lock, &until) == ETIMEDOUT)
            break;
    struct karto_mail *all = box->first;
    box->first = NULL;
    box->last = &box->first;
    pthread_mutex_unlock(&box->lock);
    return all;
}
