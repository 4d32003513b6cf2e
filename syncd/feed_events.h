/* feed_events.h - what the hub's feed has for a device, as the events of a pull. */
#ifndef KARTO_SYNCD_FEED_EVENTS_H
#define KARTO_SYNCD_FEED_EVENTS_H

#include "core/store/hub.h"
#include "proto/messages.h"

/* In the arena; what they name is the feed's. */
const struct karto_event *karto_feed_events(struct karto_arena *arena, const struct karto_feed_event *feed,
                                            uint32_t count);

#endif
