#include "client/problem.h"

#include "client/exit.h"
#include "client/json.h"
#include "client/terminal.h"
#include "core/base/heading.h"

void karto_problem_init(struct karto_problem *problem)
{
    *problem = (struct karto_problem){.err = KARTO_OK};
    karto_arena_init(&problem->arena);
}

void karto_problem_fini(struct karto_problem *problem)
{
    karto_buf_fini(&problem->message);
    karto_buf_fini(&problem->hint);
    karto_buf_fini(&problem->picture);
    karto_arena_fini(&problem->arena);
}

enum karto_err karto_problem_begin(struct karto_problem *problem, enum karto_err err)
{
    problem->err = err;
    problem->id = NULL;
    karto_buf_clear(&problem->message);
    karto_buf_clear(&problem->hint);
    karto_buf_clear(&problem->picture);
    problem->candidate_count = 0;
    karto_arena_reset(&problem->arena);
    return err;
}

enum karto_err karto_problem_set(struct karto_problem *problem, enum karto_lang lang, enum karto_err err,
                                 enum karto_message message, const struct karto_arg *args, size_t count)
{
    karto_problem_begin(problem, err);
    karto_message(&problem->message, lang, message, args, count);
    return err;
}

void karto_problem_match(struct karto_problem *problem, struct karto_slice value, struct karto_slice text,
                         const char *match)
{
    if (problem->candidate_count == KARTO_CANDIDATES_MAX)
        return;
    problem->candidates[problem->candidate_count++] = (struct karto_candidate){
        karto_arena_copy(&problem->arena, value),
        karto_arena_copy(&problem->arena, text),
        match,
    };
}

void karto_problem_candidate(struct karto_problem *problem, struct karto_slice value, struct karto_slice text)
{
    karto_problem_match(problem, value, text, NULL);
}

void karto_problem_suggest(struct karto_problem *problem, enum karto_lang lang, const char *what)
{
    karto_buf_add_byte(&problem->message, ' ');
    KARTO_SAY(&problem->message, lang, KARTO_M_DID_YOU_MEAN, karto_arg_str("what", what));
    karto_problem_candidate(problem, karto_slice_str(what), karto_slice_str(NULL));
    problem->candidates[problem->candidate_count - 1].said = true;
}

static const char *id_of(const struct karto_problem *problem)
{
    return problem->id ? problem->id : karto_err_id(problem->err);
}

static struct karto_slice message_of(const struct karto_problem *problem, enum karto_lang lang)
{
    return problem->message.size ? karto_buf_slice(&problem->message)
                                 : karto_slice_str(karto_err_text(lang, problem->err));
}

static struct karto_slice hint_of(const struct karto_problem *problem, enum karto_lang lang)
{
    return problem->hint.size ? karto_buf_slice(&problem->hint) : karto_slice_str(karto_err_hint(lang, problem->err));
}

void karto_problem_json(const struct karto_problem *problem, enum karto_lang lang, struct karto_buf *out)
{
    karto_buf_printf(out, "{\"schema\":1,\"kind\":\"error\",\"exit\":%d,\"id\":", (int)karto_exit_of(problem->err));
    karto_json_text(out, karto_slice_str(id_of(problem)));
    karto_buf_add_str(out, ",\"message\":");
    karto_json_text(out, message_of(problem, lang));
    karto_buf_add_str(out, ",\"hint\":");
    karto_json_text(out, hint_of(problem, lang));
    karto_buf_add_str(out, ",\"candidates\":[");
    for (size_t i = 0; i < problem->candidate_count; i++) {
        const struct karto_candidate *candidate = &problem->candidates[i];
        karto_buf_add_str(out, i ? ",{\"value\":" : "{\"value\":");
        karto_json_text(out, candidate->value);
        karto_buf_add_str(out, ",\"text\":");
        if (candidate->text.size)
            karto_json_text(out, candidate->text);
        else
            karto_buf_add_str(out, "null");
        if (candidate->match) {
            karto_buf_add_str(out, ",\"match\":");
            karto_json_text(out, karto_slice_str(candidate->match));
        }
        karto_buf_add_byte(out, '}');
    }
    karto_buf_add_str(out, "]}\n");
}

static void add_candidate(const struct karto_candidate *candidate, enum karto_lang lang, struct karto_buf *out)
{
    karto_buf_add_str(out, "    ");
    karto_terminal_text(out, candidate->value);
    karto_buf_add_str(out, candidate->text.size ? "  " : "");
    karto_terminal_text(out, candidate->text);
    if (candidate->match) {
        karto_buf_add_str(out, " · ");
        karto_buf_add_slice(out, karto_heading(lang, karto_slice_str(candidate->match)));
    }
    karto_buf_add_byte(out, '\n');
}

void karto_problem_text(const struct karto_problem *problem, enum karto_lang lang, bool color, struct karto_buf *out)
{
    karto_buf_add_str(out, color ? KARTO_STYLE_RED "karto" KARTO_STYLE_NONE ": " : "karto: ");
    karto_terminal_lines(out, message_of(problem, lang));
    karto_buf_printf(out, " [%s]\n", id_of(problem));
    karto_terminal_lines(out, karto_buf_slice(&problem->picture));
    for (size_t i = 0; i < problem->candidate_count; i++)
        if (!problem->candidates[i].said)
            add_candidate(&problem->candidates[i], lang, out);
    karto_terminal_lines(out, hint_of(problem, lang));
    karto_buf_add_byte(out, '\n');
}
