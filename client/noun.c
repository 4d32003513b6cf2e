#include "client/noun.h"

#include "client/synonym.h"
#include "core/base/fatal.h"

static const struct karto_noun nouns[] = {
    {.kind = KARTO_CLIENT,
     .plural = "clients",
     .telling = "name",
     .what = KARTO_M_A_CLIENT,
     .some = KARTO_M_CLIENTS,
     .added = KARTO_M_ADDED_CLIENT,
     .changed = KARTO_M_CHANGED_CLIENTS,
     .hidden = KARTO_M_HIDDEN_CLIENT,
     .restored = KARTO_M_RESTORED_CLIENT,
     .not_found = KARTO_M_CLIENT_NOT_FOUND,
     .ambiguous = KARTO_M_CLIENT_AMBIGUOUS,
     .hide_reason = KARTO_M_HIDE_REASON},
    {.kind = KARTO_PERSON,
     .plural = "persons",
     .telling = "name",
     .what = KARTO_M_A_PERSON,
     .some = KARTO_M_PERSONS,
     .added = KARTO_M_ADDED_PERSON,
     .changed = KARTO_M_CHANGED_PERSON,
     .hidden = KARTO_M_HIDDEN_PERSON,
     .restored = KARTO_M_RESTORED_PERSON,
     .not_found = KARTO_M_PERSON_NOT_FOUND,
     .ambiguous = KARTO_M_PERSON_AMBIGUOUS,
     .hide_reason = KARTO_M_HIDE_REASON_PERSON},
    {.kind = KARTO_ACTIVITY,
     .plural = "activities",
     .telling = "text",
     .what = KARTO_M_AN_ACTIVITY,
     .some = KARTO_M_ACTIVITIES,
     .added = KARTO_M_ADDED_ACTIVITY,
     .changed = KARTO_M_CHANGED_ACTIVITY,
     .hidden = KARTO_M_HIDDEN_ACTIVITY,
     .restored = KARTO_M_RESTORED_ACTIVITY,
     .not_found = KARTO_M_ACTIVITY_NOT_FOUND,
     .ambiguous = KARTO_M_RECORD_AMBIGUOUS,
     .hide_reason = KARTO_M_HIDE_REASON_RECORD},
    {.kind = KARTO_PURCHASE,
     .plural = "purchases",
     .telling = "number",
     .what = KARTO_M_A_PURCHASE,
     .some = KARTO_M_PURCHASES,
     .added = KARTO_M_ADDED_PURCHASE,
     .changed = KARTO_M_CHANGED_PURCHASE,
     .hidden = KARTO_M_HIDDEN_PURCHASE,
     .restored = KARTO_M_RESTORED_PURCHASE,
     .not_found = KARTO_M_PURCHASE_NOT_FOUND,
     .ambiguous = KARTO_M_PURCHASE_AMBIGUOUS,
     .hide_reason = KARTO_M_HIDE_REASON_RECORD},
};

const struct karto_noun *karto_noun_at(unsigned at)
{
    return at < sizeof nouns / sizeof *nouns ? &nouns[at] : NULL;
}

const struct karto_noun *karto_noun(uint32_t kind)
{
    for (unsigned i = 0; karto_noun_at(i); i++)
        if (nouns[i].kind == kind)
            return &nouns[i];
    return NULL;
}

const struct karto_noun *karto_cli_noun(const struct karto_cli *cli)
{
    const struct karto_kind_def *def = karto_kind_named(karto_slice_str(cli->args.command->noun));
    KARTO_ASSERT(def && karto_noun(def->number));
    return karto_noun(def->number);
}

static enum karto_err no_kind(struct karto_cli *cli, const char *name)
{
    struct karto_buf choices = KARTO_BUF_EMPTY;
    for (unsigned i = 0; karto_noun_at(i); i++)
        karto_buf_printf(&choices, "%s%s", i ? ", " : "", karto_kind(nouns[i].kind)->name);
    enum karto_err err =
        KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_OPTION_CHOICE, karto_arg_str("option", "--kind"),
                      karto_arg_str("value", name), karto_arg_text("choices", karto_buf_slice(&choices)));
    const char *meant = karto_command_meant(name);
    if (meant && karto_kind_named(karto_slice_str(meant)))
        karto_problem_suggest(&cli->problem, cli->lang, meant);
    karto_buf_fini(&choices);
    return err;
}

enum karto_err karto_cli_kind(struct karto_cli *cli, uint32_t *kind)
{
    const char *name = karto_args_value(&cli->args, "kind");
    const struct karto_kind_def *def = name ? karto_kind_named(karto_slice_str(name)) : NULL;
    if (name && (!def || !karto_noun(def->number)))
        return no_kind(cli, name);
    *kind = def ? def->number : *kind;
    return KARTO_OK;
}
