/* query.h - which records are meant, as docs/QUERY.md has it: from text to a tree. Pure: the tree refers to the schema
 * and to its own text; what it asks of a store is select.h's business. */
#ifndef KARTO_MODEL_QUERY_H
#define KARTO_MODEL_QUERY_H

#include "core/base/arena.h"
#include "core/model/day.h"
#include "core/model/schema.h"

enum { KARTO_QUERY_SIZE_MAX = 4096, KARTO_QUERY_TERMS_MAX = 256, KARTO_QUERY_DEPTH_MAX = 16 };

/* What a condition is about. */
enum karto_subject {
    KARTO_S_FIELD,    /* def, key */
    KARTO_S_HAS,      /* def, key: not empty */
    KARTO_S_HAS_KIND, /* something of def's kind hangs on it: number */
    KARTO_S_HAS_CONFLICT,
    KARTO_S_IS_HIDDEN,
    KARTO_S_IS_PENDING,
    KARTO_S_LAST_CONTACT,
    KARTO_S_LAST_PURCHASE,
    KARTO_S_CONTACTS,
    KARTO_S_PURCHASES,
    KARTO_S_BOUGHT,
    KARTO_S_PERSONS,
    KARTO_S_CREATED,
    KARTO_S_CHANGED,
    KARTO_S_CHANGED_BY,
};

enum karto_query_op {
    KARTO_OP_HAS, /* ":" */
    KARTO_OP_EQUAL,
    KARTO_OP_NOT_EQUAL,
    KARTO_OP_LESS,
    KARTO_OP_LESS_EQUAL,
    KARTO_OP_MORE,
    KARTO_OP_MORE_EQUAL,
};

/* What is compared with. */
enum karto_operand_type {
    KARTO_O_TEXT,   /* text */
    KARTO_O_NUMBER, /* from..to: integers, or hundredths of money; currency empty: any */
    KARTO_O_DAYS,   /* days.from..days.to */
    KARTO_O_AGE,    /* days.from: the day so long ago; before it is older */
    KARTO_O_NONE,   /* a state */
};

struct karto_operand {
    enum karto_operand_type type;
    struct karto_slice text; /* as typed */
    int64_t from, to;        /* INT64_MIN, INT64_MAX: open */
    struct karto_days days;
    char currency[4];
};

struct karto_condition {
    enum karto_subject subject;
    const struct karto_field_def *def; /* FIELD, HAS; else NULL */
    struct karto_slice key;            /* of a map */
    uint32_t kind;            /* whose field it is: that of the records, or KARTO_CLIENT; of HAS_KIND what hangs */
    struct karto_days period; /* of what is counted, or the day for a timeline (from) */
    enum karto_query_op op;
    struct karto_operand operand;
};

enum karto_query_type { KARTO_Q_ALL, KARTO_Q_AND, KARTO_Q_OR, KARTO_Q_NOT, KARTO_Q_WORD, KARTO_Q_CONDITION };

struct karto_query {
    enum karto_query_type type;
    const struct karto_query *const *children; /* AND, OR: two or more; NOT: one */
    uint32_t count;
    struct karto_slice word; /* WORD: as typed, without its quotation marks */
    bool phrase;             /* it was in quotation marks */
    struct karto_condition condition;
};

enum karto_query_problem {
    KARTO_QP_NONE,
    KARTO_QP_FIELD,       /* no such field */
    KARTO_QP_VALUE,       /* nothing behind the sign */
    KARTO_QP_SIGN,        /* a sign that this field does not take */
    KARTO_QP_UNASKED,     /* a field that only has: asks for: what it hangs on, lines */
    KARTO_QP_DAY,         /* no day, stretch of days or duration */
    KARTO_QP_NUMBER,      /* no number */
    KARTO_QP_CHOICE,      /* not among the choices of the field */
    KARTO_QP_STATE,       /* no such state behind is: or has: */
    KARTO_QP_QUOTE,       /* a quotation mark that nothing closes */
    KARTO_QP_PARENTHESIS, /* one that nothing closes, or opens */
    KARTO_QP_TERM,        /* a term is missing: behind OR, AND, NOT, or in parentheses */
    KARTO_QP_LIMIT,       /* too long, too many terms, too deep */
};

/* Where reading stopped: bytes of the text. */
struct karto_query_error {
    enum karto_query_problem problem;
    size_t at, size;
    const struct karto_field_def *def; /* of SIGN, CHOICE, DAY, NUMBER; may be NULL */
};

/* Reads a query for records of kind; today is what its days are counted from. *query lives in the arena, and text must
 * live as long. An empty text is KARTO_Q_ALL. KARTO_E_USAGE: *error says why and where. */
KARTO_CHECKED enum karto_err karto_query_parse(struct karto_arena *arena, struct karto_slice text, uint32_t kind,
                                               int64_t today, const struct karto_query **query,
                                               struct karto_query_error *error);

/* The words that a record must have in any case, with a space between them, for an index of words; and what else is
 * asked, phrases once more included, because an index does not know the order of words: ALL if nothing is. Both in the
 * arena. Empty words: no such word is there, *rest is all of the query. */
struct karto_slice karto_query_words(struct karto_arena *arena, const struct karto_query *query,
                                     const struct karto_query **rest);

#endif
