/* sp.h - looks at the messages that pass on their way to nng: a greeting of 8 bytes, then each message behind its
 * length (8 bytes, big-endian), and at its head the request's number (4 bytes, of which the first bit is set).
 *
 * nng checks them, too, and closes a connection that breaks the rules; but 1.5.2 can hang when it closes one that is
 * busy in the other direction (tunnel_conn.c says why), so it must never come to that. */
#ifndef KARTO_SYNCD_SP_H
#define KARTO_SYNCD_SP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KARTO_SP_GREETING_SIZE = 8, KARTO_SP_NUMBER_SIZE = 4 };

struct karto_sp {
    uint64_t message_size_max; /* bytes with the number; 0: nothing is checked */
    bool greeted;
    uint8_t head[12];
    size_t head_size;
    uint64_t left; /* bytes of the present message that are still to come */
};

/* Whether it is nng's, of any protocol. */
bool karto_sp_is_greeting(const uint8_t greeting[KARTO_SP_GREETING_SIZE]);

/* greeted: the greeting has been looked at already. */
void karto_sp_init(struct karto_sp *sp, uint64_t message_size_max, bool greeted);

/* The next bytes of the stream, in pieces of any size. false: they break the rules; nothing of them must get through.
 */
bool karto_sp_pass(struct karto_sp *sp, const uint8_t *data, size_t size);

#endif
