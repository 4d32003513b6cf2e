/* identity.h - who is behind an inner connection of the hub. The tunnel gives each connection an address of its own in
 * 127.0.0.0/8, notes here whose certificate it is, and only then connects; whoever gets a message asks here by the
 * address that it came from. An address that is not here is a stranger's. Any thread. */
#ifndef KARTO_SYNCD_IDENTITY_H
#define KARTO_SYNCD_IDENTITY_H

#include "proto/authority.h"
#include "syncd/refusals.h"

/* Whether a device with a valid certificate may come in. Called during its handshake, on the tunnel's thread: must not
 * block. */
typedef bool karto_admit(void *context, const char *serial, const char *device);

struct karto_identities;

struct karto_identities *karto_identities_new(void);
void karto_identities_free(struct karto_identities *table);

/* host in host order. No two live connections have the same pair. from: the address outside, as text. */
void karto_identities_put(struct karto_identities *table, uint32_t host, uint16_t port,
                          const struct karto_certificate *who, const char *from);
void karto_identities_remove(struct karto_identities *table, uint32_t host, uint16_t port);

/* Forgets every connection of a certificate, so that nothing more is believed to come from it. */
void karto_identities_remove_serial(struct karto_identities *table, const char *serial);

/* false: a stranger; *out is as it was. */
bool karto_identities_find(struct karto_identities *table, uint32_t host, uint16_t port, struct karto_certificate *out);

/* A request of this connection begins to be worked on, and ends when its answer has left. false: a stranger's, or so
 * many (open_max) are open already. What is no longer known need not end. */
bool karto_identities_begin(struct karto_identities *table, uint32_t host, uint16_t port, unsigned open_max,
                            struct karto_certificate *out, char from[KARTO_FROM_SIZE]);
void karto_identities_end(struct karto_identities *table, uint32_t host, uint16_t port);

#endif
