/* problem.h - an error on its way to the person who has to do something about it: what and why, what to do, an id that
 * is the same in every language, and what could be typed instead. */
#ifndef KARTO_CLIENT_PROBLEM_H
#define KARTO_CLIENT_PROBLEM_H

#include "core/base/arena.h"
#include "core/base/message.h"

#include <stdio.h>

enum { KARTO_CANDIDATES_MAX = 32 }; /* more do not help anybody to choose */

struct karto_candidate {
    struct karto_slice value; /* what to type instead: a short id, an option, a command */
    struct karto_slice text;  /* what that is, or empty */
    const char *match;        /* the field by which it fits, living for ever; NULL: of no interest */
    bool said;                /* it stands in the message */
};

struct karto_problem {
    enum karto_err err;
    const char *id; /* of the message, living for ever; NULL: karto_err_id(err) */
    struct karto_buf message, hint;
    struct karto_buf picture; /* lines below the message that only a terminal has a use for */
    struct karto_candidate candidates[KARTO_CANDIDATES_MAX];
    size_t candidate_count;
    struct karto_arena arena; /* holds the candidates */
};

void karto_problem_init(struct karto_problem *problem);
void karto_problem_fini(struct karto_problem *problem);

/* Forgets what was there and begins anew with err. Without a message, or a hint, of its own it prints those of err.
 * Returns err. */
enum karto_err karto_problem_begin(struct karto_problem *problem, enum karto_err err);

/* karto_problem_begin with a message; returns err, so that a function can end with it. */
enum karto_err karto_problem_set(struct karto_problem *problem, enum karto_lang lang, enum karto_err err,
                                 enum karto_message message, const struct karto_arg *args, size_t count);

#define KARTO_PROBLEM(problem, lang, err, message, ...)                                                                \
    karto_problem_set((problem), (lang), (err), (message), (const struct karto_arg[]){__VA_ARGS__},                    \
                      sizeof((const struct karto_arg[]){__VA_ARGS__}) / sizeof(struct karto_arg))

/* Copies both; the 33rd and later are dropped. */
void karto_problem_candidate(struct karto_problem *problem, struct karto_slice value, struct karto_slice text);

/* The same for what fits by a field. */
void karto_problem_match(struct karto_problem *problem, struct karto_slice value, struct karto_slice text,
                         const char *match);

/* Asks at the end of the message whether what was meant, and makes that a candidate. */
void karto_problem_suggest(struct karto_problem *problem, enum karto_lang lang, const char *what);

/* One line of JSON, or lines for people, with style if color. */
void karto_problem_json(const struct karto_problem *problem, enum karto_lang lang, struct karto_buf *out);
void karto_problem_text(const struct karto_problem *problem, enum karto_lang lang, bool color, struct karto_buf *out);

#endif
