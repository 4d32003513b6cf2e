/* Roles: what is printed is read back as it was, and what makes no sense is named by line and word. */
#include "core/model/role_text.h"
#include "tests/model.h"

static struct karto_arena arena;

static bool reads(const struct karto_role_def *role, uint32_t kind, uint32_t field, bool write)
{
    for (uint32_t i = 0; i < role->grant_count; i++)
        if (role->grants[i].kind == kind || role->grants[i].kind == 0) {
            const struct karto_fields *fields = write ? &role->grants[i].write : &role->grants[i].read;
            bool listed = false;
            for (const uint32_t *at = fields->numbers; at && *at; at++)
                listed = listed || *at == field;
            return listed != fields->all_but;
        }
    return false;
}

static void same_field(const struct karto_role_def *a, enum karto_role b, uint32_t kind, uint32_t field)
{
    CHECK_INT(reads(a, kind, field, false), karto_role_reads(b, kind, field));
    CHECK_INT(reads(a, kind, field, true), karto_role_writes(b, kind, field));
}

static void what_is_printed_is_read_back(enum karto_role number)
{
    struct karto_buf first = KARTO_BUF_EMPTY, second = KARTO_BUF_EMPTY;
    struct karto_role_def role;
    struct karto_role_problem problem;
    karto_role_print(karto_role(number), &first);
    CHECK_INT(karto_role_parse(&arena, karto_buf_slice(&first), &role, &problem), KARTO_OK);
    CHECK_STR(role.name, karto_role_name(number));
    CHECK_INT(role.everywhere, karto_role_is_everywhere(number));
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++)
        for (const struct karto_field_def *def = (*kind)->fields; def->name; def++)
            same_field(&role, number, (*kind)->number, def->number);
    same_field(&role, number, KARTO_CLIENT, 999);
    same_field(&role, number, 31, KARTO_F_NAME);
    karto_role_print(&role, &second);
    CHECK(karto_slice_equal(karto_buf_slice(&first), karto_buf_slice(&second)));
    karto_buf_fini(&first);
    karto_buf_fini(&second);
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
        {HEAD "client read " PLACES "adress.*\n", "adress", "client", KARTO_ROLE_UNKNOWN_FIELD, 3},
        {HEAD "client read all\nclient read all\n", "read", "client", KARTO_ROLE_TWICE, 4},
        {HEAD "client read " PLACES "name\nclient write note\n", "note", "client", KARTO_ROLE_WRITES_UNREAD, 0},
        {HEAD "client read all but note\nclient write all\n", "note", "client", KARTO_ROLE_WRITES_UNREAD, 0},
        {HEAD "client read " PLACES "name\nclient write all but note\n", "all", "client", KARTO_ROLE_WRITES_UNREAD, 0},
        {HEAD "client read name\n", "hidden", "client", KARTO_ROLE_UNPLACED, 0},
        {HEAD "person read all but client\n", "client", "person", KARTO_ROLE_UNPLACED, 0},
        {HEAD "person read all\nperson make\n", "client", "person", KARTO_ROLE_MAKES_NAMELESS, 0},
        {HEAD "client read all\nclient write note\nclient make\n", "name", "client", KARTO_ROLE_MAKES_NAMELESS, 0},
        {HEAD "client make now\n", "now", "client", KARTO_ROLE_UNKNOWN_FIELD, 3},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct karto_role_def role;
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
    struct karto_role_def role;
    struct karto_role_problem problem;
    struct karto_slice text =
        str(HEAD "other read all\nperson read nothing # not theirs\n\tclient  read all but note\r\n");
    CHECK_INT(karto_role_parse(&arena, text, &role, &problem), KARTO_OK);
    CHECK(!reads(&role, KARTO_PERSON, KARTO_F_NAME, false));
    CHECK(reads(&role, KARTO_ACTIVITY, KARTO_F_DATE, false));
    CHECK(reads(&role, KARTO_CLIENT, KARTO_F_NAME, false) && !reads(&role, KARTO_CLIENT, 31, false));
}

int main(void)
{
    karto_arena_init(&arena);
    for (int i = 1; i <= KARTO_ROLE_LAST; i++)
        what_is_printed_is_read_back((enum karto_role)i);
    flaws();
    nothing_of_one_kind();
    karto_arena_fini(&arena);
    return 0;
}
