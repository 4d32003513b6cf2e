/* Queries: docs/QUERY.md, line by line; and every mistake with its place. */
#include "core/model/query.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

static struct karto_arena arena;
static int64_t today;

static const struct karto_query *parse(const char *text, uint32_t kind)
{
    const struct karto_query *query;
    struct karto_query_error error;
    enum karto_err err = karto_query_parse(&arena, karto_slice_str(text), kind, today, &query, &error);
    if (err != KARTO_OK)
        fprintf(stderr, "%s: problem %d at %zu\n", text, error.problem, error.at);
    CHECK_INT(err, KARTO_OK);
    return query;
}

static const struct karto_condition *condition(const char *text)
{
    const struct karto_query *query = parse(text, KARTO_CLIENT);
    CHECK_INT(query->type, KARTO_Q_CONDITION);
    return &query->condition;
}

/* The tree as text: words as they are, conditions as c. */
static void print(const struct karto_query *query, char *out)
{
    static const char *const names[] = {"all", "and", "or", "not", "word", "c"};
    if (query->type == KARTO_Q_WORD)
        sprintf(out + strlen(out), "%s%.*s", query->phrase ? "~" : "", (int)query->word.size, query->word.data);
    else
        strcat(out, names[query->type]);
    for (uint32_t i = 0; i < query->count; i++) {
        strcat(out, i ? " " : "(");
        print(query->children[i], out);
    }
    strcat(out, query->count ? ")" : "");
}

static void tree(const char *text, const char *expected)
{
    char out[1000] = "";
    print(parse(text, KARTO_CLIENT), out);
    CHECK_STR(out, expected);
}

static void terms(void)
{
    tree("", "all");
    tree("   ", "all");
    tree("нова пошта", "and(нова пошта)");
    tree("\"нова пошта\"", "~нова пошта");
    tree("\"ТОВ \\\"Ромашка\\\"\"", "~ТОВ \"Ромашка\"");
    tree("нова AND пошта & київ", "and(нова пошта київ)");
    tree("a OR b c", "or(a and(b c))");
    tree("a|b", "a|b");
    tree("a | b", "or(a b)");
    tree("(a OR b) -c", "and(or(a b) not(c))");
    tree("NOT a !b", "and(not(a) not(b))");
    tree("or and not", "and(or and not)");
    tree("Івано-Франківськ", "Івано-Франківськ");
    tree("Увага!", "Увага!");
    tree("-(a b)", "not(and(a b))");
    tree("city:Львів -tag:vip", "and(c not(c))");
}

static void words_and_the_rest(const char *text, const char *words, const char *rest)
{
    char out[1000] = "";
    const struct karto_query *others;
    struct karto_slice found = karto_query_words(&arena, parse(text, KARTO_CLIENT), &others);
    CHECK_STR(karto_arena_string(&arena, found), words);
    print(others, out);
    CHECK_STR(out, rest);
}

static void words_for_an_index(void)
{
    words_and_the_rest("нова пошта", "нова пошта", "all");
    words_and_the_rest("нова city:Львів -tag:vip", "нова", "and(c not(c))");
    words_and_the_rest("нова city:Львів", "нова", "c");
    words_and_the_rest("\"нова пошта\"", "нова пошта", "~нова пошта");
    words_and_the_rest("нова OR пошта", "", "or(нова пошта)");
    words_and_the_rest("-нова", "", "not(нова)");
    words_and_the_rest("(067) 123-45-67 tag:vip", "(067) 123-45-67", "c");
}

static void phones_are_one_word(void)
{
    tree("(067) 123-45-67", "(067) 123-45-67");
    tree("+38(050)1234567", "+38(050)1234567");
    tree("067 123 45 67 Іван", "and(067 123 45 67 Іван)");
    tree("14360570 21560045", "and(14360570 21560045)");
    tree("(0671234567 OR a)", "or(0671234567 a)");
    tree("4567", "4567");
}

static void fields(void)
{
    CHECK_STR(condition("city:Львів")->def->name, "address.city");
    CHECK_STR(condition("місто:Львів")->def->name, "address.city");
    CHECK_STR(condition("address.city=Львів")->def->name, "address.city");
    CHECK_STR(condition("Галузь:47")->def->name, "industry");
    CHECK_STR(condition("повна_назва:ромашка")->def->name, "full_name");
    CHECK(karto_slice_is(condition("attr.площа:120")->key, "площа"));
    CHECK_INT(parse("city:Львів", KARTO_PURCHASE)->condition.kind, KARTO_CLIENT);
    CHECK_INT(parse("total>100", KARTO_PURCHASE)->condition.kind, KARTO_PURCHASE);
    CHECK_INT(condition("territory:14")->period.from, today);
    CHECK_INT(condition("territory@2026-01-01:14")->period.from, today - 328);
}

static void values(void)
{
    const struct karto_condition *c = condition("credit_limit>1500,5");
    CHECK_INT(c->op, KARTO_OP_MORE);
    CHECK_INT(c->operand.from, 150050);
    CHECK_STR(c->operand.currency, "");
    c = condition("credit_limit:1000..5000EUR");
    CHECK_INT(c->operand.from, 100000);
    CHECK_INT(c->operand.to, 500000);
    CHECK_STR(c->operand.currency, "EUR");
    CHECK(condition("credit_limit:..5")->operand.from == INT64_MIN);
    CHECK(condition("credit_limit:5..")->operand.to == INT64_MAX);
    c = condition("last_contact>60d");
    CHECK_INT(c->operand.type, KARTO_O_AGE);
    CHECK_INT(c->operand.days.from, today - 60);
    c = condition("bought(2026)>100000");
    CHECK_INT(c->period.from, today - 328);
    CHECK_INT(c->period.to, today + 36);
    CHECK_INT(c->operand.from, 10000000);
    c = condition("since:2025-01..2025-02");
    CHECK_INT(c->operand.days.to - c->operand.days.from, 58);
    CHECK_INT(condition("since:\"25.11.2026\"")->operand.days.from, today);
    CHECK_INT(condition("since<=вчора")->operand.days.from, today - 1);
    CHECK_INT(condition("since:today..+7d")->operand.days.to, today + 7);
    CHECK_INT(condition("since<1m")->operand.days.from, today - 31);
    CHECK_INT(condition("since<1р")->operand.days.from, today - 365);
    CHECK_INT(condition("has:conflict")->subject, KARTO_S_HAS_CONFLICT);
    CHECK_INT(condition("has:phone")->subject, KARTO_S_HAS);
    CHECK_INT(condition("has:person")->kind, KARTO_PERSON);
    CHECK_INT(condition("is:hidden")->subject, KARTO_S_IS_HIDDEN);
    CHECK_INT(condition("status!=customer")->op, KARTO_OP_NOT_EQUAL);
}

static void mistake(const char *text, enum karto_query_problem problem, size_t at, size_t size)
{
    const struct karto_query *query;
    struct karto_query_error error;
    CHECK_INT(karto_query_parse(&arena, karto_slice_str(text), KARTO_CLIENT, today, &query, &error), KARTO_E_USAGE);
    CHECK(query == NULL);
    if (error.problem != problem || error.at != at || error.size != size)
        fprintf(stderr, "%s: problem %d at %zu+%zu\n", text, error.problem, error.at, error.size);
    CHECK_INT(error.problem, problem);
    CHECK_INT(error.at, at);
    CHECK_INT(error.size, size);
}

/* What a purchase hangs on and its lines are no words: to find nothing by them would be a lie. */
static void unasked(void)
{
    static const char *const texts[] = {"client:Ромашка", "lines:сир"};
    for (int i = 0; i < 2; i++) {
        const struct karto_query *query;
        struct karto_query_error error;
        CHECK_INT(karto_query_parse(&arena, karto_slice_str(texts[i]), KARTO_PURCHASE, today, &query, &error),
                  KARTO_E_USAGE);
        CHECK_INT(error.problem, KARTO_QP_UNASKED);
    }
}

static void mistakes(void)
{
    char deep[100] = "", many[2000] = "";
    mistake("a cty:Львів", KARTO_QP_FIELD, 2, 3);
    mistake("https://a.ua", KARTO_QP_FIELD, 0, 5);
    mistake("total>5", KARTO_QP_FIELD, 0, 5);
    mistake("hidden:yes", KARTO_QP_FIELD, 0, 6);
    mistake("attr.:5", KARTO_QP_FIELD, 0, 5);
    mistake("foo(2026)>5", KARTO_QP_FIELD, 0, 3);
    mistake("city:", KARTO_QP_VALUE, 4, 1);
    mistake("city>Львів", KARTO_QP_SIGN, 4, 1);
    mistake("last_contact:60d", KARTO_QP_SIGN, 12, 1);
    mistake("bought(2026)", KARTO_QP_SIGN, 12, 0);
    mistake("since>2026-13-01", KARTO_QP_DAY, 6, 10);
    mistake("since:..", KARTO_QP_DAY, 6, 2);
    mistake("bought(червень)>5", KARTO_QP_DAY, 7, 14);
    mistake("territory@x:14", KARTO_QP_DAY, 10, 1);
    mistake("credit_limit>багато", KARTO_QP_NUMBER, 13, 12);
    mistake("credit_limit:..", KARTO_QP_NUMBER, 13, 2);
    mistake("status:клієнт", KARTO_QP_CHOICE, 7, 12);
    mistake("status:п", KARTO_QP_CHOICE, 7, 2); /* потенційний, покупець */
    mistake("status=поку", KARTO_QP_CHOICE, 7, 8);
    mistake("is:new", KARTO_QP_STATE, 3, 3);
    mistake("has:cat", KARTO_QP_STATE, 4, 3);
    mistake("a \"b", KARTO_QP_QUOTE, 2, 1);
    mistake("city:\"b", KARTO_QP_QUOTE, 5, 1);
    mistake("(a", KARTO_QP_PARENTHESIS, 0, 1);
    mistake("a)", KARTO_QP_PARENTHESIS, 1, 1);
    mistake("bought(2026", KARTO_QP_PARENTHESIS, 6, 1);
    mistake("a OR", KARTO_QP_TERM, 4, 0);
    mistake("()", KARTO_QP_TERM, 1, 1);
    mistake("(a (b |", KARTO_QP_TERM, 7, 0);
    mistake("(a bought(2026)", KARTO_QP_SIGN, 15, 0);
    mistake("-", KARTO_QP_TERM, 1, 0);
    for (int i = 0; i <= KARTO_QUERY_DEPTH_MAX; i++)
        strcat(deep, "(");
    mistake(deep, KARTO_QP_LIMIT, KARTO_QUERY_DEPTH_MAX, 1);
    for (int i = 0; i < KARTO_QUERY_TERMS_MAX; i++)
        strcat(many, "a ");
    parse(many, KARTO_CLIENT);
    strcat(many, "b");
    mistake(many, KARTO_QP_LIMIT, 2 * KARTO_QUERY_TERMS_MAX, 1);
}

/* Whatever is cut or turned into something else is a query or a mistake with its place inside of the text. */
static void any_bytes(void)
{
    static const char *const seeds[] = {
        "industry:47 city:Львів last_contact>60d bought(2026)>100000 -tag:vip has:conflict",
        "(a OR \"b c\") since:2025..2026 territory@2026-01-01:14 !x \\"};
    static const char alphabet[] = "a:()<>=!\"\\-|& .9@";
    uint32_t random = 7;
    for (int round = 0; round < 20000; round++) {
        char text[200];
        const struct karto_query *query;
        struct karto_query_error error;
        struct karto_arena_mark mark = karto_arena_mark(&arena);
        snprintf(text, sizeof text, "%s", seeds[round % 2]);
        for (int i = 0; i < 1 + round % 4; i++) {
            random = random * 1664525 + 1013904223;
            text[(random >> 8) % strlen(text)] = alphabet[(random >> 24) % (sizeof alphabet - 1)];
        }
        struct karto_slice slice = karto_slice(text, strlen(text) - (random >> 16) % 20);
        if (karto_query_parse(&arena, slice, KARTO_CLIENT, today, &query, &error) != KARTO_OK) {
            CHECK(error.problem != KARTO_QP_NONE);
            CHECK(error.at + error.size <= slice.size);
        } else
            CHECK(query != NULL);
        karto_arena_release(&arena, mark);
    }
}

int main(void)
{
    karto_arena_init(&arena);
    CHECK(karto_date_make(2026, 11, 25, &today));
    terms();
    phones_are_one_word();
    words_for_an_index();
    fields();
    values();
    mistakes();
    unasked();
    any_bytes();
    karto_arena_fini(&arena);
    return 0;
}
