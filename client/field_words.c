#include "client/field_words.h"

#include "client/field_edits.h"
#include "client/noun.h"
#include "client/retype.h"
#include "client/typed_word.h"
#include "client/synonym.h"

#include <string.h>

/* A FIELD=VALUE that the shell has taken apart, or that lacks its =. */
struct broken {
    const struct karto_cli *cli;
    size_t at;              /* the word where it begins */
    size_t to;              /* and the one behind its last */
    struct karto_buf typed; /* as it should have been */
};

static const char *word_at(const struct broken *b, size_t at)
{
    return at < b->cli->args.word_count ? b->cli->args.words[at] : NULL;
}

/* "FIELD=" and the words up to the next that has an = of its own, behind what stands in first already. */
static bool put_together(struct broken *b, struct karto_slice field, const char *first)
{
    struct karto_buf value = KARTO_BUF_EMPTY, word = KARTO_BUF_EMPTY;
    karto_buf_add_str(&value, first);
    for (const char *next; (next = word_at(b, b->to)) != NULL && !strchr(next, '='); b->to++) {
        karto_buf_add_str(&value, value.size ? " " : "");
        karto_buf_add_str(&value, next);
    }
    karto_buf_add_slice(&word, field);
    karto_buf_add_byte(&word, '=');
    karto_buf_add_slice(&word, karto_buf_slice(&value));
    karto_typed_word(&b->typed, karto_buf_slice(&word));
    bool whole = value.size > 0;
    karto_buf_fini(&value);
    karto_buf_fini(&word);
    return whole;
}

/* What a word that should be the name of a field is; empty: nothing known. With its + or -. */
static struct karto_slice field_typed(const struct broken *b, const char *word, size_t size)
{
    struct karto_slice name = karto_slice(word, size);
    uint32_t kind = karto_cli_noun(b->cli)->kind;
    bool has_sign = size && (word[size - 1] == '+' || word[size - 1] == '-');
    if (karto_field_named(kind, karto_slice(word, size - has_sign)))
        return name;
    const char *meant = karto_field_meant(name);
    return karto_slice_str(meant && karto_field_named(kind, karto_slice_str(meant)) ? meant : NULL);
}

/* A + or - of its own. */
static bool is_sign(const char *word)
{
    return (word[0] == '+' || word[0] == '-') && (!word[1] || strcmp(word + 1, "=") == 0);
}

/* A word without an = of its own. */
static bool is_mended(struct broken *b)
{
    const char *word = word_at(b, b->at), *next = word_at(b, b->at + 1), *colon = strchr(word, ':');
    struct karto_slice field = field_typed(b, word, colon ? (size_t)(colon - word) : strlen(word));
    b->to = b->at + 1;
    if (field.size && colon)
        return put_together(b, field, colon + 1);
    if (!next && field.size)
        return false;
    if (next && next[0] == '=') {
        b->to++;
        return put_together(b, field.size ? field : karto_slice_str(word), next + 1);
    }
    if (field.size && is_sign(next)) {
        struct karto_buf signed_field = KARTO_BUF_EMPTY;
        karto_buf_add_slice(&signed_field, field);
        karto_buf_add_byte(&signed_field, (uint8_t)next[0]);
        b->to++;
        bool whole = put_together(b, karto_buf_slice(&signed_field), "");
        karto_buf_fini(&signed_field);
        return whole;
    }
    if (field.size)
        return put_together(b, field, "");
    return strcmp(b->cli->args.command->verb, "add") == 0 &&
           put_together(b, karto_slice_str(karto_cli_noun(b->cli)->telling), word);
}

/* Whether a word begins a field of its own: "phone 067", "phone:067", "phone =067". What people call a field may also
 * be a part of a name, but not before a number or an address: "телефон 067". */
static bool is_field(const struct broken *b, const char *word)
{
    const char *next = word_at(b, b->at + 1);
    size_t size = strcspn(word, ":");
    if (next && next[0] == '=')
        return true;
    if (!next && !word[size])
        return false;
    return karto_field_named(karto_cli_noun(b->cli)->kind, karto_slice(word, size)) ||
           (next && strpbrk(next, "0123456789@") && field_typed(b, word, size).size);
}

/* A word behind FIELD=VALUE that has no = of its own: more of that value. */
static bool is_more(struct broken *b)
{
    const char *before = word_at(b, b->at - 1), *equals = strchr(before, '=');
    if (is_field(b, word_at(b, b->at)))
        return false;
    b->to = b->at--;
    return put_together(b, karto_slice(before, (size_t)(equals - before)), equals + 1);
}

static void hint_broken(struct karto_cli *cli, size_t from, size_t at)
{
    struct broken b = {.cli = cli, .at = at};
    struct karto_buf command = KARTO_BUF_EMPTY;
    if (at > from ? is_more(&b) || is_mended(&b) : is_mended(&b)) {
        karto_retype(cli, b.at, b.to, karto_buf_slice(&b.typed), &command);
        karto_buf_clear(&cli->problem.hint);
        KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_TYPE_SO, karto_arg_text("command", karto_buf_slice(&command)));
    }
    karto_buf_fini(&command);
    karto_buf_fini(&b.typed);
}

/* What is one letter away from a name is meant for it: "nаme" with a Cyrillic а. */
static void explain(struct karto_cli *cli, struct karto_slice word, const struct karto_fieldexpr_error *error)
{
    (void)karto_fieldexpr_explain(word, error, cli->lang, &cli->problem);
    const uint8_t *equals = memchr(word.data, '=', word.size);
    if (error->message != KARTO_M_FIELD_LETTER || cli->problem.candidate_count || !equals)
        return;
    struct karto_slice name = karto_slice(word.data, (size_t)(equals - word.data));
    const char *nearest = karto_field_nearest(karto_cli_noun(cli)->kind, name);
    if (nearest)
        karto_problem_suggest(&cli->problem, cli->lang, nearest);
}

enum karto_err karto_field_words(struct karto_cli *cli, size_t from, struct karto_fieldexpr **exprs, size_t *count)
{
    struct karto_fieldexpr_error error;
    *count = cli->args.word_count - from;
    *exprs = karto_arena_array(&cli->settings.arena, *count, sizeof **exprs);
    for (size_t i = 0; i < *count; i++) {
        struct karto_slice word = karto_slice_str(cli->args.words[from + i]);
        if (karto_fieldexpr_parse(word, &(*exprs)[i], &error) == KARTO_OK)
            continue;
        bool has_equals = strchr(cli->args.words[from + i], '=') != NULL;
        if (i > 0 && !has_equals && error.message == KARTO_M_FIELD_NO_EQUALS)
            KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_VALUE_QUOTES, karto_arg_text("word", word));
        else
            explain(cli, word, &error);
        if (!has_equals)
            hint_broken(cli, from, from + i);
        return cli->problem.err;
    }
    return KARTO_OK;
}
