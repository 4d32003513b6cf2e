/* person.h - who sits here, and at which machine, as the operating system calls them. */
#ifndef KARTO_CLIENT_PERSON_H
#define KARTO_CLIENT_PERSON_H

#include "core/base/message.h"

/* Behind what out holds; never nothing. */
void karto_person_user(struct karto_buf *out);
void karto_person_machine(struct karto_buf *out);

/* A moment as a person reads it, in the machine's time zone: 24.11.2026 09:05. */
void karto_person_time(int64_t utc_ms, struct karto_buf *out);

/* A day: 24.11.2026. */
void karto_person_day(int64_t days, struct karto_buf *out);

/* A user's role as a person reads it: "торговий представник" for "representative"; one that is not known stays. */
const char *karto_person_role(enum karto_lang lang, const char *role);

#endif
