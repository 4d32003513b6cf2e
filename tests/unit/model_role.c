/* Roles: what is printed is read back as it was, and what makes no sense is named by line and word. */
#include "core/model/rights_code.h"
#include "core/model/role_text.h"
#include "tests/model.h"

static struct karto_arena arena;

static void same_field(const struct karto_role *a, const struct karto_role *b, uint32_t kind, uint32_t field)
{
    CHECK_INT(karto_role_reads(a, kind, field), karto_role_reads(b, kind, field));
    CHECK_INT(karto_role_writes(a, kind, field), karto_role_writes(b, kind, field));
}

static void same_role(const struct karto_role *a, const struct karto_role *b)
{
    CHECK_STR(a->name, b->name);
    CHECK_INT(a->everywhere, b->everywhere);
    CHECK_INT(karto_role_is_head_office(a), karto_role_is_head_office(b));
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++) {
        CHECK_INT(karto_role_makes(a, (*kind)->number), karto_role_makes(b, (*kind)->number));
        for (const struct karto_field_def *def = (*kind)->fields; def->name; def++)
            same_field(a, b, (*kind)->number, def->number);
    }
    same_field(a, b, KARTO_CLIENT, 999);
    same_field(a, b, 31, KARTO_F_NAME);
}

static void what_is_printed_is_read_back(uint32_t number)
{
    struct karto_buf first = KARTO_BUF_EMPTY;
    struct karto_role role, again;
    struct karto_role_problem problem;
    karto_role_print(karto_role(number), &first);
    CHECK_INT(karto_role_parse(&arena, karto_buf_slice(&first), &role, &problem), KARTO_OK);
    same_role(&role, karto_role(number));
    CHECK(karto_slice_equal(karto_buf_slice(&first), role.text));
    CHECK_INT(role.number, 0);
    CHECK_INT(karto_role_read(&arena, role.text, &again), KARTO_OK);
    same_role(&again, &role);
    CHECK(karto_role_equal(&again, &role) && !karto_role_equal(&role, karto_role(number)));
    karto_buf_fini(&first);
    karto_arena_reset(&arena);
}

#define HEAD   "role x\nwhere everywhere\n"
#define PLACES "hidden territory merged "

static void flaws(void)
{
    static const struct {
        const char *text, *word, *kind;
        enum karto_role_flaw flaw;
        uint32_t line;
    } samples[] = {
        {"", "", NULL, KARTO_ROLE_NO_NAME, 0},
        {"where everywhere\n", "where", NULL, KARTO_ROLE_NO_NAME, 1},
        {"role\n", "", NULL, KARTO_ROLE_BAD_NAME, 1},
        {"role Boss\n", "Boss", NULL, KARTO_ROLE_BAD_NAME, 1},
        {"role a b\n", "a", NULL, KARTO_ROLE_BAD_NAME, 1},
        {"role a\n", "", NULL, KARTO_ROLE_NO_WHERE, 1},
        {"role a\nclient read all\n", "client", NULL, KARTO_ROLE_NO_WHERE, 2},
        {"role a\nwhere here\n", "here", NULL, KARTO_ROLE_NO_WHERE, 2},
        {HEAD "klient read all\n", "klient", NULL, KARTO_ROLE_UNKNOWN_KIND, 3},
        {HEAD "device read all\n", "device", NULL, KARTO_ROLE_UNKNOWN_KIND, 3},
        {HEAD "\n# who reads\nclient reads all\n", "reads", "client", KARTO_ROLE_UNKNOWN_VERB, 5},
        {HEAD "client read " PLACES "phne\n", "phne", "client", KARTO_ROLE_UNKNOWN_FIELD, 3},
        {HEAD "client read all but\n", "", "client", KARTO_ROLE_NO_FIELDS, 3},
        {HEAD "client read # nothing said\n", "", "client", KARTO_ROLE_NO_FIELDS, 3},
        {HEAD "client read nothing name\n", "name", "client", KARTO_ROLE_UNKNOWN_FIELD, 3},
        {HEAD "client read all name\n", "name", "client", KARTO_ROLE_UNKNOWN_FIELD, 3},
        {HEAD "client read " PLACES "adress.*\n", "adress.*", "client", KARTO_ROLE_UNKNOWN_FIELD, 3},
        {HEAD "client read all\nclient read all\n", "read", "client", KARTO_ROLE_TWICE, 4},
        {HEAD "client read " PLACES "name\nclient write note\n", "note", "client", KARTO_ROLE_WRITES_UNREAD, 0},
        {HEAD "client read all but note\nclient write all\n", "note", "client", KARTO_ROLE_WRITES_UNREAD, 0},
        {HEAD "client read " PLACES "name\nclient write all but note\n", "all", "client", KARTO_ROLE_WRITES_UNREAD, 0},
        {HEAD "client read name\n", "hidden", "client", KARTO_ROLE_UNPLACED, 0},
        {HEAD "client read all\nperson read all but client\n", "client", "person", KARTO_ROLE_UNPLACED, 0},
        {HEAD "client read all\nperson read all\nperson make\n", "client", "person", KARTO_ROLE_MAKES_NAMELESS, 0},
        {HEAD "client read all\nclient write note\nclient make\n", "name", "client", KARTO_ROLE_MAKES_NAMELESS, 0},
        {HEAD "client read " PLACES "name\nclient write hidden\n", "", "client", KARTO_ROLE_HIDES_UNSEEN, 0},
        {HEAD "person read all\n", "", "person", KARTO_ROLE_NO_CLIENTS, 0},
        {HEAD "other read all\nclient read nothing\n", "", "other", KARTO_ROLE_NO_CLIENTS, 0},
        {HEAD "other read all\nother write client\nother make\n", "name", "other", KARTO_ROLE_MAKES_NAMELESS, 0},
        {HEAD "client read all\nperson read all\nperson write client\nperson make\n", "name", "person",
         KARTO_ROLE_MAKES_NAMELESS, 0},
        {HEAD "client read all\nactivity read all\nactivity write client date\nactivity make\n", "type", "activity",
         KARTO_ROLE_MAKES_NAMELESS, 0},
        {HEAD "client read all\npurchase read all\npurchase write client\npurchase make\n", "date", "purchase",
         KARTO_ROLE_MAKES_NAMELESS, 0},
        {HEAD, "", "client", KARTO_ROLE_EMPTY, 0},
        {HEAD "other read nothing\n", "", "client", KARTO_ROLE_EMPTY, 0},
        {HEAD "client make now\n", "now", "client", KARTO_ROLE_UNKNOWN_FIELD, 3},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct karto_role role;
        struct karto_role_problem problem;
        CHECK_INT(karto_role_parse(&arena, str(samples[i].text), &role, &problem), KARTO_E_INVALID);
        CHECK_INT(problem.flaw, samples[i].flaw);
        CHECK_INT(problem.line, samples[i].line);
        CHECK(karto_slice_is(problem.word, samples[i].word));
        CHECK(!samples[i].kind || karto_slice_is(problem.kind, samples[i].kind));
    }
}

/* A kind that a role has not, beside others that it has. */
static void nothing_of_one_kind(void)
{
    struct karto_role role;
    struct karto_role_problem problem;
    struct karto_slice text =
        str(HEAD "other read all\nperson read nothing # not theirs\n\tclient  read all but note\r\n");
    CHECK_INT(karto_role_parse(&arena, text, &role, &problem), KARTO_OK);
    CHECK(!karto_role_has(&role, KARTO_PERSON));
    CHECK(karto_role_reads(&role, KARTO_ACTIVITY, KARTO_F_DATE));
    CHECK(karto_role_reads(&role, KARTO_CLIENT, KARTO_F_NAME) && !karto_role_reads(&role, KARTO_CLIENT, 31));
}

static void says_again(const struct karto_role *role)
{
    struct karto_role again;
    struct karto_role_problem problem;
    CHECK_INT(karto_role_parse(&arena, role->text, &again, &problem), KARTO_OK);
    CHECK(karto_role_equal(role, &again));
    same_role(role, &again);
}

/* A name that kinds have for fields of their own, as a client's status and a purchase's, means each of them. */
static void a_name_of_other_is_that_of_each_kind(void)
{
    struct karto_role role;
    struct karto_role_problem problem;
    struct karto_slice text = str(HEAD "other read all but status address.*\nother write name\n");
    CHECK_INT(karto_role_parse(&arena, text, &role, &problem), KARTO_OK);
    CHECK(!karto_role_reads(&role, KARTO_CLIENT, 27) && !karto_role_reads(&role, KARTO_PURCHASE, KARTO_F_STATUS));
    CHECK(!karto_role_reads(&role, KARTO_CLIENT, 42) && karto_role_reads(&role, KARTO_CLIENT, 52));
    CHECK(karto_slice_is(role.text, HEAD "other read all but status address.index address.region address.city "
                                         "address.street address.house address.office\nother write name\n"));
    says_again(&role);
    text = str(HEAD "client read all\nother read all but status\nother write status\n");
    CHECK_INT(karto_role_parse(&arena, text, &role, &problem), KARTO_E_INVALID);
    CHECK_INT(problem.flaw, KARTO_ROLE_WRITES_UNREAD);
    CHECK_INT(karto_role_parse(&arena, str(HEAD "other read all\nother write shoe.*\n"), &role, &problem),
              KARTO_E_INVALID);
    CHECK_INT(problem.flaw, KARTO_ROLE_UNKNOWN_FIELD);
}

/* What is named over and over does not push out what is named last. */
static void a_field_counts_once(void)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    struct karto_role role;
    struct karto_role_problem problem;
    karto_buf_add_str(&text, HEAD "client read all but");
    for (int i = 0; i < 400; i++)
        karto_buf_add_str(&text, i % 2 ? " note" : " site");
    karto_buf_add_str(&text, " address.* iban");
    CHECK_INT(karto_role_parse(&arena, karto_buf_slice(&text), &role, &problem), KARTO_OK);
    CHECK(!karto_role_reads(&role, KARTO_CLIENT, 31) && !karto_role_reads(&role, KARTO_CLIENT, 42));
    CHECK(karto_slice_is(role.text, HEAD "client read all but site note address.* iban\nclient write nothing\n"));
    says_again(&role);
    karto_buf_fini(&text);
}

/* As editors of other systems leave it. */
static void what_editors_put_around_it_is_nothing(void)
{
    struct karto_role role;
    struct karto_role_problem problem;
    struct karto_slice text = str("\xef\xbb\xbfrole x\r\nwhere everywhere\r\nclient read all");
    CHECK_INT(karto_role_parse(&arena, text, &role, &problem), KARTO_OK);
    CHECK(karto_slice_is(role.text, HEAD "client read all\nclient write nothing\n"));
    CHECK_INT(karto_role_parse(&arena, karto_slice((const uint8_t *)"role x\0y\n", 9), &role, &problem),
              KARTO_E_INVALID);
    CHECK_INT(problem.flaw, KARTO_ROLE_BAD_NAME);
}

/* What a newer program has said with its own words is what is left of it here. */
static void what_is_not_known_is_left_out(void)
{
    struct karto_role role;
    struct karto_slice text = str(HEAD "client read hidden territory merged name shoe_size\nclient paint name\n"
                                       "contract read all\nother read all but colour.*\n");
    CHECK_INT(karto_role_read(&arena, text, &role), KARTO_OK);
    CHECK(karto_role_reads(&role, KARTO_CLIENT, KARTO_F_NAME) && !karto_role_reads(&role, KARTO_CLIENT, KARTO_F_PHONE));
    CHECK(!karto_role_writes(&role, KARTO_CLIENT, KARTO_F_NAME));
    CHECK(karto_role_has_whole(&role, KARTO_PERSON));
    CHECK_INT(karto_role_read(&arena, str("contract read all\n"), &role), KARTO_E_INVALID);
}

/* A role is kept and sent as what it is; a number or a text that is none is an error, not a role that has nothing. */
static void rights_are_carried(void)
{
    struct karto_role own;
    struct karto_role_problem problem;
    struct karto_slice north = str("north"), text = str(HEAD "client read all\n");
    CHECK_INT(karto_role_parse(&arena, text, &own, &problem), KARTO_OK);
    const struct karto_role *const roles[] = {NULL, karto_role(KARTO_ROLE_LEAD), &own};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        struct karto_buf bytes = KARTO_BUF_EMPTY;
        struct karto_reader reader;
        struct karto_rights rights = {roles[i], &north, 1}, back;
        karto_rights_pack(&bytes, &rights);
        karto_reader_init(&reader, karto_buf_slice(&bytes));
        karto_rights_read(&reader, &arena, &back);
        CHECK_INT(karto_reader_end(&reader), KARTO_OK);
        CHECK(karto_role_equal(back.role, roles[i]) && back.territory_count == 1);
        CHECK(karto_role_equal(karto_role_hear(&arena, karto_role_say(roles[i])), roles[i]));
        karto_buf_fini(&bytes);
    }
}

static void what_is_no_role_is_an_error(void)
{
    static const char *const bytes[] = {"\x07\x90", "\xcc\xff\x90", "\xa4role\x90", "\xa6role 1\x90", "\x90\x90"};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        struct karto_reader reader;
        struct karto_rights rights;
        karto_reader_init(&reader, str(bytes[i]));
        karto_rights_read(&reader, &arena, &rights);
        CHECK(karto_reader_end(&reader) != KARTO_OK);
    }
    CHECK(!karto_role_hear(&arena, str("king")) && !karto_role_hear(&arena, str("role king\n")));
}

int main(void)
{
    karto_arena_init(&arena);
    for (int i = 1; i <= KARTO_ROLE_LAST; i++)
        what_is_printed_is_read_back((uint32_t)i);
    flaws();
    nothing_of_one_kind();
    a_name_of_other_is_that_of_each_kind();
    a_field_counts_once();
    what_editors_put_around_it_is_nothing();
    what_is_not_known_is_left_out();
    rights_are_carried();
    what_is_no_role_is_an_error();
    karto_arena_fini(&arena);
    return 0;
}
