#include "core/store/namesake.h"

#include "core/base/legal_form.h"
#include "core/store/query.h"
#include "core/store/words.h"

static bool is_namesake(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    const struct karto_tokens *name = context;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    struct karto_slice text = karto_text_of(&entry->view, KARTO_F_NAME);
    bool same = karto_name_same(*name, karto_tokens_of(&tx->arena, text));
    karto_arena_release(&tx->arena, mark);
    return same;
}

enum karto_err karto_namesakes(struct karto_tx *tx, uint32_t kind, struct karto_slice name, struct karto_rid *ids,
                               uint32_t max, uint32_t *count)
{
    struct karto_tokens tokens = karto_tokens_of(&tx->arena, name);
    struct karto_found found;
    const struct karto_asked asked = {.text = name,
                                      .kinds = 1u << kind,
                                      .field = KARTO_F_NAME,
                                      .hidden = true,
                                      .as_typed = true,
                                      .limit = max,
                                      .accept = is_namesake,
                                      .context = &tokens};
    *count = 0;
    enum karto_err err = karto_words_find(tx, &asked, &found);
    for (; err == KARTO_OK && *count < found.count; ++*count)
        ids[*count] = found.hits[*count].id;
    return err;
}
