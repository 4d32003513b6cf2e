#include "client/role_words.h"

#include "client/open.h"
#include "client/person.h"
#include "client/suggest.h"
#include "core/base/limits.h"
#include "core/model/rights_code.h"
#include "core/store/device.h"
#include "core/store/roles.h"

#include <string.h>

static enum karto_err refuse(struct karto_cli *cli, enum karto_message message, const char *value)
{
    return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, message, karto_arg_str("value", value));
}

/* ---- the roles that there are ---- */

struct visiting {
    karto_role_each *each;
    void *context;
};

static enum karto_err visit(struct karto_tx *tx, const struct karto_role *role, void *context)
{
    const struct visiting *v = context;
    (void)tx;
    v->each(role, v->context);
    return KARTO_OK;
}

/* Those that everybody has; one of them in the form that this laptop was given. */
static void visit_common(struct visiting *v, const struct karto_role *own)
{
    bool listed = false;
    for (uint32_t i = 1; karto_role(i); i++) {
        bool its = own && strcmp(karto_role_name(own), karto_role(i)->name) == 0;
        v->each(its ? own : karto_role(i), v->context);
        listed = listed || its;
    }
    if (own && !listed)
        v->each(own, v->context);
}

static enum karto_err visit_all(struct karto_tx *tx, void *context)
{
    struct karto_rights rights;
    if (tx->ledger.role == KARTO_ON_HUB)
        return karto_each_role(tx, visit, context);
    enum karto_err err = karto_device_rights(tx, &rights);
    if (err == KARTO_OK || err == KARTO_E_NOT_FOUND)
        visit_common(context, err == KARTO_OK ? rights.role : NULL);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_role_all(struct karto_cli *cli, karto_role_each *each, void *context)
{
    struct visiting v = {each, context};
    enum karto_err err = karto_cli_read(cli, visit_all, &v);
    if (err != KARTO_E_NO_STORE || cli->settings.db) /* one that was named and is not there has none of these */
        return err;
    karto_problem_begin(&cli->problem, KARTO_OK);
    visit_common(&v, NULL);
    return KARTO_OK;
}

/* ---- one of them ---- */

struct naming {
    struct karto_cli *cli;
    struct karto_slice word;
    const struct karto_role *role;
    struct karto_suggestion best;
};

/* As people call it, in whatever language. */
static bool is_called(struct karto_slice word, const char *role)
{
    bool called = false;
    for (enum karto_lang lang = KARTO_LANG_UK; lang < KARTO_LANG_COUNT; lang++)
        called = called || karto_slice_is(word, karto_person_role(lang, role));
    return called;
}

static void name_role(const struct karto_role *role, void *context)
{
    struct naming *n = context;
    struct karto_arena *arena = &n->cli->settings.arena;
    karto_suggest_try(&n->best, karto_arena_string(arena, karto_slice_str(role->name)));
    if (karto_slice_is(n->word, role->name) || is_called(n->word, role->name))
        n->role = karto_role_hear(arena, karto_arena_copy(arena, karto_role_say(role)));
}

enum karto_err karto_role_word(struct karto_cli *cli, const char *word, const struct karto_role **role)
{
    struct naming n = {.cli = cli, .word = karto_slice_str(word)};
    karto_suggest_init(&n.best, word);
    enum karto_err err = karto_role_all(cli, name_role, &n);
    *role = n.role;
    if (err != KARTO_OK || n.role)
        return err;
    err =
        KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_ROLE_UNKNOWN, karto_arg_str("value", word));
    KARTO_SAY(&cli->problem.hint, cli->lang,
              karto_args_has(&cli->args, "role") ? KARTO_M_INVITE_ROLE_HINT : KARTO_M_ROLE_UNKNOWN_HINT,
              karto_arg_str("db", karto_cli_on_db(cli)));
    if (n.best.best)
        karto_problem_suggest(&cli->problem, cli->lang, n.best.best);
    return err;
}

/* ---- words of a command line ---- */

static enum karto_err read_role(struct karto_cli *cli, struct karto_rights *rights)
{
    const char *word = karto_args_value(&cli->args, "role");
    if (!word) {
        enum karto_err err = refuse(cli, KARTO_M_INVITE_ROLE_NEEDED, word);
        KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_INVITE_ROLE_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
        return err;
    }
    enum karto_err err = karto_role_word(cli, word, &rights->role);
    if (err == KARTO_E_NOT_FOUND)
        cli->problem.err = err = KARTO_E_USAGE;
    return err;
}

static enum karto_err read_territories(struct karto_cli *cli, struct karto_rights *rights)
{
    struct karto_slice *territories =
        karto_arena_array(&cli->settings.arena, KARTO_TERRITORIES_MAX, sizeof *territories);
    const char *territory;
    size_t at = 0;
    while ((territory = karto_args_each(&cli->args, "territory", &at)) != NULL) {
        if (rights->territory_count == KARTO_TERRITORIES_MAX)
            return refuse(cli, KARTO_M_INVITE_TERRITORIES, territory);
        struct karto_slice name = karto_slice_str(territory);
        if (name.size == 0 || name.size > KARTO_TERRITORY_SIZE_MAX || karto_slice_is(name, KARTO_EVERYBODY))
            return refuse(cli, KARTO_M_VALUE_TERRITORY, territory);
        territories[rights->territory_count++] = name;
    }
    rights->territory_count = karto_territories_once(territories, rights->territory_count);
    rights->territories = territories;
    return KARTO_OK;
}

enum karto_err karto_role_words(struct karto_cli *cli, struct karto_rights *rights)
{
    const char *role = karto_args_value(&cli->args, "role");
    *rights = (struct karto_rights){.role = NULL};
    enum karto_err err = read_role(cli, rights);
    if (err == KARTO_OK)
        err = read_territories(cli, rights);
    if (err != KARTO_OK)
        return err;
    bool everywhere = karto_role_is_everywhere(rights->role);
    if (!everywhere && rights->territory_count == 0)
        return refuse(cli, KARTO_M_INVITE_TERRITORY, role);
    if (everywhere && rights->territory_count > 0)
        return refuse(cli, KARTO_M_INVITE_NO_TERRITORY, role);
    return KARTO_OK;
}
