/* log.h - what the daemon says to its administrator: one line an event on standard error, with an id that stays the
 * same in all versions, a level and facts. Never anything of clients: no names, values, or ids of records, nor words
 * that a peer has sent. Each id and level has its row in docs/SYNCD.md, which tests/lint/ids.sh sees to. */
#ifndef KARTO_SYNCD_LOG_H
#define KARTO_SYNCD_LOG_H

enum karto_log_level { KARTO_LOG_NOTHING = -1, KARTO_LOG_ERROR, KARTO_LOG_WARNING, KARTO_LOG_INFO, KARTO_LOG_DEBUG };

void karto_log_limit(enum karto_log_level most); /* levels above are not printed; INFO at first; NOTHING: none is */

/* karto_log(KARTO_LOG_INFO, "D-LISTEN", "listening on port %u", port); */
void karto_log(enum karto_log_level level, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
