#include "client/role_words.h"

#include "client/suggest.h"
#include "core/base/limits.h"

static enum karto_err refuse(struct karto_cli *cli, enum karto_message message, const char *value)
{
    return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, message, karto_arg_str("value", value));
}

static enum karto_err refuse_role(struct karto_cli *cli, const char *role)
{
    struct karto_suggestion best;
    enum karto_err err = refuse(cli, role ? KARTO_M_ROLE_UNKNOWN : KARTO_M_INVITE_ROLE_NEEDED, role);
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_INVITE_ROLE_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    karto_suggest_init(&best, role ? role : "");
    for (int i = 1; i <= KARTO_ROLE_LAST; i++)
        karto_suggest_try(&best, karto_role_name((enum karto_role)i));
    if (best.best)
        karto_problem_suggest(&cli->problem, cli->lang, best.best);
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
    *rights = (struct karto_rights){.role = 0};
    if (!role || !karto_role_named(karto_slice_str(role), &rights->role))
        return refuse_role(cli, role);
    enum karto_err err = read_territories(cli, rights);
    if (err != KARTO_OK)
        return err;
    bool everywhere = karto_role_is_everywhere(rights->role);
    if (!everywhere && rights->territory_count == 0)
        return refuse(cli, KARTO_M_INVITE_TERRITORY, role);
    if (everywhere && rights->territory_count > 0)
        return refuse(cli, KARTO_M_INVITE_NO_TERRITORY, role);
    return KARTO_OK;
}
