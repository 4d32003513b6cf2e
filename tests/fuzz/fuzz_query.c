/* Any text as a query: read, or refused with a place inside of it; never more nodes than it has bytes. */
#include "core/base/reader.h"
#include "core/model/query.h"
#include "tests/fuzz/fuzz.h"

static size_t count(const struct karto_query *query)
{
    size_t nodes = 1;
    for (uint32_t i = 0; i < query->count; i++)
        nodes += count(query->children[i]);
    return nodes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t kinds[] = {KARTO_CLIENT, KARTO_PERSON, KARTO_ACTIVITY, KARTO_PURCHASE};
    struct karto_arena arena;
    const struct karto_query *query, *rest;
    struct karto_query_error error;
    if (size == 0 || !karto_utf8_valid(karto_slice(data + 1, size - 1)))
        return 0;
    struct karto_slice text = karto_slice(data + 1, size - 1);
    karto_arena_init(&arena);
    if (karto_query_parse(&arena, text, kinds[data[0] % 4], 20000, &query, &error) == KARTO_OK) {
        KARTO_ASSERT(count(query) <= 2 * text.size + 1);
        KARTO_ASSERT(karto_query_words(&arena, query, &rest).size <= text.size && rest);
    } else
        KARTO_ASSERT(error.problem != KARTO_QP_NONE && error.at + error.size <= text.size);
    karto_arena_fini(&arena);
    return 0;
}
