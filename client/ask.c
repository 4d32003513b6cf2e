#include "client/ask.h"

#include "client/field_edits.h"
#include "client/field_value.h"
#include "client/mark.h"
#include "core/base/reader.h"

enum karto_err karto_ask_words(struct karto_cli *cli, struct karto_ask *ask)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    for (size_t i = 0; i < cli->args.word_count; i++) {
        karto_buf_add_str(&text, i ? " " : "");
        karto_buf_add_str(&text, cli->args.words[i]);
    }
    ask->text = karto_arena_copy(&cli->settings.arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    if (!karto_utf8_valid(ask->text))
        return karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_FIELD_UTF8, NULL, 0);
    return KARTO_OK;
}

static bool is_words(const struct karto_query *query)
{
    if (query->type == KARTO_Q_WORD)
        return !query->phrase;
    bool words = query->type == KARTO_Q_AND;
    for (uint32_t i = 0; i < query->count && words; i++)
        words = is_words(query->children[i]);
    return words;
}

static enum karto_message message_of(enum karto_query_problem problem)
{
    switch (problem) {
    case KARTO_QP_FIELD: return KARTO_M_QUERY_FIELD;
    case KARTO_QP_VALUE: return KARTO_M_QUERY_VALUE;
    case KARTO_QP_SIGN: return KARTO_M_QUERY_SIGN;
    case KARTO_QP_UNASKED: return KARTO_M_QUERY_UNASKED;
    case KARTO_QP_DAY: return KARTO_M_QUERY_DAY;
    case KARTO_QP_NUMBER: return KARTO_M_QUERY_NUMBER;
    case KARTO_QP_CHOICE: return KARTO_M_QUERY_CHOICE;
    case KARTO_QP_STATE: return KARTO_M_QUERY_STATE;
    case KARTO_QP_QUOTE: return KARTO_M_QUERY_QUOTE;
    case KARTO_QP_PARENTHESIS: return KARTO_M_QUERY_PARENTHESIS;
    case KARTO_QP_TERM: return KARTO_M_QUERY_TERM;
    case KARTO_QP_NONE:
    case KARTO_QP_LIMIT: break;
    }
    return KARTO_M_QUERY_LIMIT;
}

/* What was meant by the text at the mistake; NULL: nothing is near. */
static const char *nearest_of(struct karto_cli *cli, uint32_t kind, struct karto_slice here,
                              const struct karto_query_error *error)
{
    if (error->problem == KARTO_QP_FIELD)
        return karto_field_nearest(kind, here);
    return error->problem == KARTO_QP_CHOICE ? karto_choice_nearest(&cli->settings.arena, error->def, here) : NULL;
}

static enum karto_err explain(struct karto_cli *cli, uint32_t kind, struct karto_slice text,
                              const struct karto_query_error *error)
{
    struct karto_slice here = karto_slice(text.data + error->at, error->size);
    const char *nearest = nearest_of(cli, kind, here, error);
    struct karto_buf choices = KARTO_BUF_EMPTY;
    if (error->def && error->def->choices)
        karto_choice_list(&cli->settings.arena, error->def, cli->lang, &choices);
    const struct karto_arg args[] = {
        karto_arg_text("text", here),
        karto_arg_text("choices", karto_buf_slice(&choices)),
    };
    enum karto_err err =
        karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, message_of(error->problem), args, 2);
    if (nearest)
        karto_problem_suggest(&cli->problem, cli->lang, nearest);
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_QUERY_HINT, NULL, 0);
    karto_mark_place(&cli->problem.picture, text, error->at);
    karto_buf_fini(&choices);
    return err;
}

enum karto_err karto_ask_read(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, struct karto_ask *ask)
{
    int64_t today = karto_today(tx);
    const struct karto_query *query;
    struct karto_query_error error;
    if (karto_query_parse(&cli->settings.arena, ask->text, kind, today, &query, &error) != KARTO_OK)
        return explain(cli, kind, ask->text, &error);
    ask->named = is_words(query);
    karto_select_init(&ask->select, query, today);
    return KARTO_OK;
}

enum karto_err karto_ask_for_words(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, struct karto_ask *ask,
                                   struct karto_slice *words, bool *doubtful)
{
    static const struct karto_query everything = {.type = KARTO_Q_ALL};
    int64_t today = karto_today(tx);
    const struct karto_query *rest = &everything;
    struct karto_ask read = *ask;
    enum karto_err err = karto_ask_read(cli, tx, kind, &read);
    *doubtful = err == KARTO_E_USAGE;
    *words = ask->text;
    if (err != KARTO_OK && err != KARTO_E_USAGE)
        return err;
    if (err == KARTO_OK)
        *words = karto_query_words(&cli->settings.arena, read.select.query, &rest);
    bool asks_hidden = err == KARTO_OK && read.select.asks_hidden;
    karto_select_init(&ask->select, rest, today);
    ask->select.asks_hidden = asks_hidden;
    return KARTO_OK;
}

struct accepting {
    struct karto_ask rest;
    enum karto_err err; /* of a callback that cannot return it */
};

static bool accept(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct accepting *a = context;
    bool fits = false;
    if (a->err == KARTO_OK)
        a->err = karto_ask_fits(&a->rest, tx, entry, &fits, NULL);
    return fits;
}

/* The best come first, and mistyped ones are the worst. */
static void drop_mistyped(struct karto_found *found)
{
    while (found->count > 0 && found->hits[found->count - 1].how == KARTO_HOW_TYPO)
        found->count--;
}

enum karto_err karto_ask_index(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const struct karto_ask *ask,
                               struct karto_found *found, bool *whole)
{
    const struct karto_query *rest;
    struct karto_slice words = karto_query_words(&cli->settings.arena, ask->select.query, &rest);
    struct accepting accepting = {*ask, KARTO_OK};
    *whole = false;
    if (words.size == 0)
        return KARTO_OK;
    karto_select_init(&accepting.rest.select, rest, ask->select.today);
    const struct karto_asked asked = {.text = words,
                                      .kinds = 1u << kind,
                                      .hidden = ask->hidden || ask->select.asks_hidden,
                                      .every_word = true, /* as where no index helps: select.h */
                                      .limit = KARTO_HITS_MAX,
                                      .accept = accept,
                                      .context = &accepting};
    enum karto_err err = karto_words_find(tx, &asked, found);
    *whole = err == KARTO_OK && !found->more && !found->incomplete;
    drop_mistyped(found);
    return err == KARTO_OK ? accepting.err : err;
}

struct karto_why karto_ask_why(const struct karto_hit *hit)
{
    const struct karto_field_def *def = karto_field_def(hit->kind, hit->field);
    return (struct karto_why){def ? def->name : NULL, karto_how_name(hit->how)};
}

enum karto_err karto_ask_fits(const struct karto_ask *ask, struct karto_tx *tx, const struct karto_entry *entry,
                              bool *fits, struct karto_why *hit)
{
    *fits = false;
    if (!ask->hidden && !ask->select.asks_hidden && karto_record_hidden(&entry->view))
        return KARTO_OK;
    return karto_select_fits(&ask->select, tx, entry, fits, hit);
}
