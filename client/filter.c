#include "client/filter.h"

#include "core/base/text.h"

#include <string.h>

static void add_words(struct karto_filter *filter, struct karto_slice text)
{
    for (size_t at = 0; at < text.size && filter->word_count < KARTO_FILTER_WORDS;) {
        size_t end = at;
        while (end < text.size && text.data[end] != ' ')
            end++;
        if (end > at)
            filter->words[filter->word_count++] = karto_slice(text.data + at, end - at);
        at = end + 1;
    }
}

enum karto_err karto_filter_begin(struct karto_filter *filter, struct karto_tx *tx, const char *const *words,
                                  size_t count)
{
    struct karto_buf query = KARTO_BUF_EMPTY;
    *filter = (struct karto_filter){.found_count = 0};
    for (size_t i = 0; i < count; i++) {
        karto_buf_add_str(&query, i ? " " : "");
        karto_buf_add_str(&query, words[i]);
    }
    add_words(filter, karto_text_fold(&tx->arena, karto_buf_slice(&query)));
    enum karto_err err =
        karto_find(tx, KARTO_CLIENT, karto_buf_slice(&query), filter->found, KARTO_FILTER_FOUND, &filter->found_count);
    if (filter->found_count > KARTO_FILTER_FOUND)
        filter->found_count = KARTO_FILTER_FOUND;
    karto_buf_fini(&query);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static bool contains(struct karto_slice text, struct karto_slice word)
{
    for (size_t at = 0; at + word.size <= text.size; at++)
        if (memcmp(text.data + at, word.data, word.size) == 0)
            return true;
    return false;
}

/* What of a client is looked at, as one text. */
static struct karto_slice text_of_client(struct karto_tx *tx, const struct karto_record *client)
{
    static const char *const fields[] = {"name",         "full_name",      "edrpou",         "external_id",
                                         "address.city", "address.street", "address.region", "industry"};
    struct karto_buf text = KARTO_BUF_EMPTY;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        karto_buf_add_slice(&text,
                            karto_text_of(client, karto_field_named(KARTO_CLIENT, karto_slice_str(fields[i]))->number));
        karto_buf_add_byte(&text, '\n');
    }
    struct karto_slice folded = karto_text_fold(&tx->arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return folded;
}

static bool client_fits(const struct karto_filter *filter, struct karto_tx *tx, const struct karto_record *client)
{
    for (uint32_t i = 0; i < filter->found_count; i++)
        if (karto_rid_equal(filter->found[i], client->id))
            return true;
    struct karto_slice text = text_of_client(tx, client);
    for (unsigned i = 0; i < filter->word_count; i++)
        if (!contains(text, filter->words[i]))
            return false;
    return true;
}

/* The client that a record hangs on; zero: none. */
static struct karto_rid client_of(const struct karto_record *record)
{
    struct karto_value value;
    struct karto_slice bytes = karto_record_value(record, KARTO_F_CLIENT);
    static const struct karto_rid none = {{0}};
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_REFERENCE)
        return none;
    return value.rid;
}

enum karto_err karto_filter_fits(struct karto_filter *filter, struct karto_tx *tx, const struct karto_record *record,
                                 bool *fits)
{
    struct karto_entry client;
    *fits = true;
    if (filter->word_count == 0)
        return KARTO_OK;
    if (record->kind == KARTO_CLIENT) {
        *fits = client_fits(filter, tx, record);
        return KARTO_OK;
    }
    struct karto_rid id = client_of(record);
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
