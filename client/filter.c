#include "client/filter.h"

#include "core/store/query.h"

void karto_filter_init(struct karto_filter *filter, struct karto_arena *arena, const char *const *words, size_t count)
{
    struct karto_buf query = KARTO_BUF_EMPTY;
    *filter = (struct karto_filter){.last_fits = false};
    for (size_t i = 0; i < count; i++) {
        karto_buf_add_str(&query, i ? " " : "");
        karto_buf_add_str(&query, words[i]);
    }
    karto_match_init(&filter->match, arena, karto_arena_copy(arena, karto_buf_slice(&query)));
    karto_buf_fini(&query);
}

static bool client_fits(const struct karto_filter *filter, struct karto_tx *tx, const struct karto_record *client)
{
    struct karto_hit hit;
    return karto_match(&filter->match, &tx->arena, client, &hit);
}

enum karto_err karto_filter_fits(struct karto_filter *filter, struct karto_tx *tx, const struct karto_record *record,
                                 bool *fits)
{
    struct karto_entry client;
    *fits = true;
    if (filter->match.count == 0)
        return KARTO_OK;
    if (record->kind == KARTO_CLIENT) {
        *fits = client_fits(filter, tx, record);
        return KARTO_OK;
    }
    struct karto_rid id = karto_client_of(record);
    if (!karto_rid_equal(id, filter->last)) {
        enum karto_err err = karto_entry_load(tx, id, &client);
        if (err != KARTO_OK)
            return err;
        filter->last = id;
        filter->last_fits = client.exists && client_fits(filter, tx, &client.view);
    }
    *fits = filter->last_fits;
    return KARTO_OK;
}
