#include "syncd/feed_events.h"

static struct karto_event event_of(const struct karto_feed_event *feed)
{
    struct karto_event event = {.record = feed->record};
    switch (feed->type) {
    case KARTO_FEED_CHANGE:
        event.type = KARTO_EVENT_CHANGE;
        event.change = feed->change;
        break;
    case KARTO_FEED_STATE:
        event.type = KARTO_EVENT_STATE;
        event.home = feed->home;
        event.state = feed->state;
        break;
    case KARTO_FEED_LEAVE: event.type = KARTO_EVENT_LEAVE; break;
    }
    return event;
}

const struct karto_event *karto_feed_events(struct karto_arena *arena, const struct karto_feed_event *feed,
                                            uint32_t count)
{
    struct karto_event *events = karto_arena_array(arena, count, sizeof *events);
    for (uint32_t i = 0; i < count; i++)
        events[i] = event_of(&feed[i]);
    return events;
}
