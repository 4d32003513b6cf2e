/* The store of a place, on its disk: opened, cut off, put back. */
#include "tests/sim/proof.h"

#include <stdio.h>
#include <string.h>

enum { MAP_SIZE = 4 * 1024 * 1024 };

struct karto_store_options place_options(const struct place *place)
{
    return (struct karto_store_options){
        .dir = place->dir, .sys = &place->sys, .same_node = !place->notices, .map_size = MAP_SIZE};
}

/* ---- faults of the disk ---- */

static void count_news(struct world *world, const struct disk_news *news)
{
    world->counts[SAW_POWER_CUT] += news->fault == DISK_CUT && !news->meta;
    world->counts[SAW_META_CUT] += news->fault == DISK_CUT && news->meta;
    world->counts[SAW_WRITE_LOST] += news->lost;
    world->counts[SAW_WRITE_TORN] += news->torn;
    world->counts[SAW_WRITE_LEFT] += news->unsynced - news->lost - news->torn;
    world->counts[SAW_DISK_FULL] += news->fault == DISK_FULL && !news->meta;
    world->counts[SAW_META_FULL] += news->fault == DISK_FULL && news->meta;
    world->counts[SAW_BAD_SYNC] += news->fault == DISK_BAD_SYNC;
}

static void repair(struct place *place, struct disk_news *news)
{
    static const char *const what[] = {[DISK_FINE] = "is well",
                                       [DISK_CUT] = "is without power",
                                       [DISK_FULL] = "is full",
                                       [DISK_BAD_SYNC] = "does not sync"};
    disk_repair(place->disk, news);
    count_news(place->world, news);
    world_say(place->world, "%s: the disk %s%s; %u writes not synced, of which %u are lost and %u torn", place->name,
              what[news->fault], news->meta ? ", at the last write of a commit" : "", news->unsynced, news->lost,
              news->torn);
}

static uint64_t committed(const struct place *place)
{
    return karto_kv_last_txn_id(karto_store_kv(place->store));
}

/* What is there is in order; of what was acknowledged nothing is missing, and of what was not at most the last commit
 * is there. */
static void check_kept(struct place *place, uint64_t acknowledged)
{
    struct world *world = place->world;
    uint64_t kept = committed(place);
    if (kept < acknowledged || kept > acknowledged + 1)
        world_fail(world, "I8 the store of %s ends with transaction %llu; %llu were acknowledged", place->name,
                   (unsigned long long)kept, (unsigned long long)acknowledged);
    world->counts[SAW_COMMIT_CUT_MADE] += kept > acknowledged;
    world->counts[SAW_COMMIT_CUT] += kept == acknowledged;
    proof_store(place);
}

/* LMDB gives up an environment whose last write of a commit failed. */
static void restart(struct place *place)
{
    place_close(place);
    place_open(place);
}

enum disk_fault place_met(struct place *place)
{
    struct disk_news news;
    enum disk_fault fault = disk_met(place->disk);
    uint64_t acknowledged = fault == DISK_FINE ? 0 : committed(place);
    if (fault == DISK_CUT) {
        restart(place);
        check_kept(place, acknowledged);
    } else if (fault != DISK_FINE) {
        repair(place, &news);
        if (news.meta)
            restart(place);
    }
    return fault;
}

/* ---- open and close ---- */

void place_open(struct place *place)
{
    struct karto_store_options options = place_options(place);
    struct disk_news news;
    if (disk_met(place->disk) != DISK_FINE) /* while it was being closed */
        repair(place, &news);
    enum karto_err err = karto_store_open(&options, &place->store);
    if (disk_met(place->disk) != DISK_FINE) {
        karto_store_close(place->store);
        repair(place, &news);
        err = karto_store_open(&options, &place->store);
    }
    world_must(place->world, err, "open");
}

void place_close(struct place *place)
{
    karto_exchange_free(place->exchange);
    karto_buf_fini(&place->ahead);
    place->exchange = NULL;
    place->even = false;
    karto_store_close(place->store);
    place->store = NULL;
}

static void copy_file(const struct world *world, const char *from, const char *to)
{
    char bytes[65536];
    size_t size;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    if (!in || !out)
        world_fail(world, "cannot copy %s to %s", from, to);
    while ((size = fread(bytes, 1, sizeof bytes, in)) > 0)
        if (fwrite(bytes, 1, size, out) != size)
            world_fail(world, "cannot write %s", to);
    fclose(in);
    if (fclose(out) != 0)
        world_fail(world, "cannot write %s", to);
}

void place_copy(const struct place *place, const char *to)
{
    copy_file(place->world, place->file, to);
}

void place_keep_image(struct place *place)
{
    place_copy(place, place->image);
    place->has_image = true;
    place->image_made = place->made;
    place->image_random = place->random;
    place->image_joined = place->joined;
    place->image_even_ms = place->even_ms;
    place->image_told = place->told;
    memcpy(place->image_rights_at, place->rights_at, sizeof place->rights_at);
}

/* Where it is to be noticed the file is a new one, and what the old one was no later one is. */
static void bury(struct place *place)
{
    struct world *world = place->world;
    char grave[WORLD_PATH + 32];
    snprintf(grave, sizeof grave, "%s/grave%u", world->dir, world->graves++);
    if (rename(place->file, grave) != 0)
        world_fail(world, "cannot rename %s", place->file);
}

void place_replace(struct place *place, const char *image)
{
    struct disk_news news;
    place_close(place);
    disk_repair(place->disk, &news);
    if (place->notices)
        bury(place);
    copy_file(place->world, image, place->file);
    disk_take_over(place->disk);
    place_open(place);
}

void place_put_back(struct place *place)
{
    place_replace(place, place->image);
    place->made = place->image_made;
    if (!place->notices)
        place->random = place->image_random; /* as a virtual machine's would be */
    place->joined = place->image_joined;
    place->even_ms = place->image_even_ms;
    place->told = place->image_told;
    place->may_reconcile = place->forked = true;
    memcpy(place->rights_at, place->image_rights_at, sizeof place->rights_at);
}
