#include "syncd/identity.h"

#include "core/base/fatal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 }; /* five entries each with as many connections as a hub takes */

struct entry {
    struct entry *next;
    uint32_t host;
    uint16_t port;
    unsigned open; /* requests */
    struct karto_certificate who;
    char from[KARTO_FROM_SIZE];
};

struct karto_identities {
    pthread_mutex_t lock;
    struct entry *buckets[BUCKETS];
};

struct karto_identities *karto_identities_new(void)
{
    struct karto_identities *table = karto_must(calloc(1, sizeof *table));
    KARTO_ASSERT(pthread_mutex_init(&table->lock, NULL) == 0);
    return table;
}

void karto_identities_free(struct karto_identities *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (table->buckets[i]) {
            struct entry *entry = table->buckets[i];
            table->buckets[i] = entry->next;
            free(entry);
        }
    }
    pthread_mutex_destroy(&table->lock);
    free(table);
}

/* The link that points to the entry, or to NULL at the end of its bucket. Hosts are handed out one after the other. */
static struct entry **find(struct karto_identities *table, uint32_t host, uint16_t port)
{
    struct entry **at = &table->buckets[host % BUCKETS];
    while (*at && ((*at)->host != host || (*at)->port != port))
        at = &(*at)->next;
    return at;
}

static void unlink_entry(struct entry **at)
{
    struct entry *entry = *at;
    *at = entry->next;
    free(entry);
}

void karto_identities_put(struct karto_identities *table, uint32_t host, uint16_t port,
                          const struct karto_certificate *who, const char *from)
{
    struct entry *entry = karto_must(malloc(sizeof *entry));
    *entry = (struct entry){.host = host, .port = port, .who = *who};
    snprintf(entry->from, sizeof entry->from, "%s", from);
    pthread_mutex_lock(&table->lock);
    struct entry **at = find(table, host, port);
    KARTO_ASSERT(!*at);
    *at = entry;
    pthread_mutex_unlock(&table->lock);
}

void karto_identities_remove(struct karto_identities *table, uint32_t host, uint16_t port)
{
    pthread_mutex_lock(&table->lock);
    struct entry **at = find(table, host, port);
    if (*at)
        unlink_entry(at);
    pthread_mutex_unlock(&table->lock);
}

void karto_identities_remove_serial(struct karto_identities *table, const char *serial)
{
    pthread_mutex_lock(&table->lock);
    for (size_t i = 0; i < BUCKETS; i++) {
        struct entry **at = &table->buckets[i];
        while (*at) {
            if (strcmp((*at)->who.serial, serial) == 0)
                unlink_entry(at);
            else
                at = &(*at)->next;
        }
    }
    pthread_mutex_unlock(&table->lock);
}

bool karto_identities_find(struct karto_identities *table, uint32_t host, uint16_t port, struct karto_certificate *out)
{
    pthread_mutex_lock(&table->lock);
    const struct entry *entry = *find(table, host, port);
    if (entry)
        *out = entry->who;
    pthread_mutex_unlock(&table->lock);
    return entry != NULL;
}

bool karto_identities_begin(struct karto_identities *table, uint32_t host, uint16_t port, unsigned open_max,
                            struct karto_certificate *out, char from[KARTO_FROM_SIZE])
{
    pthread_mutex_lock(&table->lock);
    struct entry *entry = *find(table, host, port);
    bool fine = entry && entry->open < open_max;
    if (fine) {
        entry->open++;
        *out = entry->who;
        memcpy(from, entry->from, sizeof entry->from);
    }
    pthread_mutex_unlock(&table->lock);
    return fine;
}

void karto_identities_end(struct karto_identities *table, uint32_t host, uint16_t port)
{
    pthread_mutex_lock(&table->lock);
    struct entry *entry = *find(table, host, port);
    if (entry && entry->open > 0)
        entry->open--;
    pthread_mutex_unlock(&table->lock);
}
