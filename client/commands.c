#include "client/commands.h"

#include "client/cmd.h"
#include "client/run.h"

#include <limits.h>
#include <string.h>

static const struct karto_option hub_init_options[] = {
    {"listen", 0, "HOST:PORT", KARTO_M_OPT_LISTEN},
    {"name", 0, "TEXT", KARTO_M_OPT_NAME},
};

static const struct karto_option hub_invite_options[] = {
    {"user", 0, "NAME", KARTO_M_OPT_USER},
    {"role", 0, "ROLE", KARTO_M_OPT_ROLE},
    {"territory", 0, "T", KARTO_M_OPT_TERRITORY},
    {"expires", 0, "24h", KARTO_M_OPT_EXPIRES},
    {"address", 0, "HOST:PORT", KARTO_M_OPT_ADDRESS},
    {"output", 'o', "FILE", KARTO_M_OPT_OUTPUT},
};

static const struct karto_option device_admit_options[] = {
    {"user", 0, "NAME", KARTO_M_OPT_ADMIT_USER},
    {"role", 0, "ROLE", KARTO_M_OPT_ROLE},
    {"territory", 0, "T", KARTO_M_OPT_TERRITORY},
};

static const struct karto_option import_options[] = {
    {"kind", 0, "KIND", KARTO_M_OPT_KIND},        {"map", 0, "COLUMN=FIELD", KARTO_M_OPT_MAP},
    {"match", 0, "FIELD,...", KARTO_M_OPT_MATCH}, {"new-only", 0, NULL, KARTO_M_OPT_NEW_ONLY},
    {"update", 0, NULL, KARTO_M_OPT_UPDATE},      {"encoding", 0, "E", KARTO_M_OPT_ENCODING},
    {"separator", 0, "C", KARTO_M_OPT_SEPARATOR}, {"errors", 0, "FILE", KARTO_M_OPT_ERRORS},
};

static const struct karto_option export_options[] = {
    {"kind", 0, "KIND", KARTO_M_OPT_KIND},       {"format", 0, "csv|json", KARTO_M_OPT_FORMAT},
    {"output", 'o', "FILE", KARTO_M_OPT_OUTPUT}, {"excel", 0, NULL, KARTO_M_OPT_EXCEL},
    {"encoding", 0, "E", KARTO_M_OPT_ENCODING},
};

static const struct karto_option find_options[] = {
    {"kind", 0, "KIND", KARTO_M_OPT_KIND},
    {"hidden", 0, NULL, KARTO_M_OPT_HIDDEN},
};

static const struct karto_option join_options[] = {
    {"name", 0, "TEXT", KARTO_M_OPT_DEVICE_NAME},
    {"unencrypted", 0, NULL, KARTO_M_OPT_UNENCRYPTED},
};

static const struct karto_option conflict_list_options[] = {{"fail-if-any", 0, NULL, KARTO_M_OPT_FAIL_IF_ANY}};

static const struct karto_option resolve_options[] = {
    {"take", 0, "N", KARTO_M_OPT_TAKE},
    {"value", 0, "V", KARTO_M_OPT_VALUE},
};

static const struct karto_option log_options[] = {
    {"field", 0, "F", KARTO_M_OPT_FIELD},
    {"user", 0, "U", KARTO_M_OPT_BY_USER},
    {"device", 0, "D", KARTO_M_OPT_DEVICE},
    {"since", 0, "DATE", KARTO_M_OPT_SINCE},
};

static const struct karto_option undo_options[] = {
    {"list", 0, NULL, KARTO_M_OPT_UNDO_LIST},
    {"reason", 0, "TEXT", KARTO_M_OPT_REASON},
    {"user", 0, "U", KARTO_M_OPT_BY_USER},
};

static const struct karto_option dismiss_options[] = {{"all", 0, NULL, KARTO_M_OPT_DISMISS_ALL}};

static const struct karto_option assign_options[] = {
    {"of", 0, "OLD", KARTO_M_OPT_ASSIGN_OF},         {"client", 0, "CLIENT", KARTO_M_OPT_ASSIGN_CLIENT},
    {"query", 0, "QUERY", KARTO_M_OPT_ASSIGN_QUERY}, {"since", 0, "DATE", KARTO_M_OPT_ASSIGN_SINCE},
    {"reason", 0, "TEXT", KARTO_M_OPT_REASON},
};

static const struct karto_option doctor_options[] = {{"offline", 0, NULL, KARTO_M_OPT_OFFLINE}};
static const struct karto_option quarantine_options[] = {{"output", 'o', "FILE", KARTO_M_OPT_OUTPUT}};
static const struct karto_option sync_options[] = {
    {"watch", 0, NULL, KARTO_M_OPT_WATCH},
    {"preview", 0, NULL, KARTO_M_OPT_PREVIEW},
};

static const struct karto_option keep_options[] = {{"keep", 0, NULL, KARTO_M_OPT_KEEP}};

static const struct karto_option reason_options[] = {{"reason", 0, "TEXT", KARTO_M_OPT_REASON}};
static const struct karto_option show_options[] = {
    {"as-of", 0, "DATE", KARTO_M_OPT_AS_OF},
    {"hidden", 0, NULL, KARTO_M_OPT_HIDDEN},
};
static const struct karto_option list_options[] = {{"hidden", 0, NULL, KARTO_M_OPT_HIDDEN}};

#define ANY           UINT_MAX
#define OPTIONS(list) .options = list, .option_count = sizeof list / sizeof *list

/* The verbs of a kind of records; least: words of add. */
#define RECORD(name, action, least, ...)                                                                               \
    {                                                                                                                  \
        .noun = name, .verb = #action, .words_min = least, .words_max = ANY, .run = karto_cmd_record_##action,         \
        __VA_ARGS__                                                                                                    \
    }
#define RECORDS(name, least)                                                                                           \
    RECORD(name, add, least, .options = NULL), RECORD(name, set, 2, OPTIONS(reason_options)),                          \
        RECORD(name, show, 1, OPTIONS(show_options)), RECORD(name, list, 0, OPTIONS(list_options)),                    \
        RECORD(name, hide, 1, OPTIONS(reason_options)), RECORD(name, restore, 1, OPTIONS(reason_options))

/* In the order of the help: first what somebody on the road needs every day. */
const struct karto_command karto_commands[] = {
    RECORDS("client", 1),
    RECORDS("person", 2),
    RECORDS("activity", 2),
    RECORDS("purchase", 2),
    {.noun = "conflict",
     .verb = "list",
     .words_max = 1,
     OPTIONS(conflict_list_options),
     .run = karto_cmd_conflict_list},
    {.noun = "conflict", .verb = "show", .words_min = 1, .words_max = 1, .run = karto_cmd_conflict_show},
    {.noun = "conflict",
     .verb = "resolve",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(resolve_options),
     .run = karto_cmd_conflict_resolve},
    {.noun = "refused", .verb = "list", .run = karto_cmd_refused_list},
    {.noun = "refused",
     .verb = "dismiss",
     .words_max = ANY,
     OPTIONS(dismiss_options),
     .run = karto_cmd_refused_dismiss},
    {.noun = "log", .words_max = 1, OPTIONS(log_options), .run = karto_cmd_log},
    {.noun = "undo", .words_max = 1, OPTIONS(undo_options), .run = karto_cmd_undo},
    {.noun = "assign",
     .verb = "territory",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(assign_options),
     .run = karto_cmd_assign},
    {.noun = "assign",
     .verb = "manager",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(assign_options),
     .run = karto_cmd_assign},
    {.noun = "sync", OPTIONS(sync_options), .run = karto_cmd_sync},
    {.noun = "find", .words_min = 1, .words_max = ANY, OPTIONS(find_options), .run = karto_cmd_find},
    {.noun = "status", .run = karto_cmd_status},
    {.noun = "import", .words_min = 1, .words_max = 1, OPTIONS(import_options), .run = karto_cmd_import},
    {.noun = "export", .words_max = ANY, OPTIONS(export_options), .run = karto_cmd_export},
    {.noun = "join", OPTIONS(join_options), .words_min = 0, .words_max = 1, .run = karto_cmd_join},
    {.noun = "init", .run = karto_cmd_init},
    {.noun = "hub", .verb = "init", OPTIONS(hub_init_options), .run = karto_cmd_hub_init},
    {.noun = "hub", .verb = "invite", OPTIONS(hub_invite_options), .run = karto_cmd_hub_invite},
    {.noun = "hub", .verb = "restored", .run = karto_cmd_hub_restored},
    {.noun = "hub", .verb = "recovered", .run = karto_cmd_hub_recovered},
    {.noun = "device", .verb = "list", .run = karto_cmd_device_list},
    {.noun = "device",
     .verb = "admit",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(device_admit_options),
     .run = karto_cmd_device_admit},
    {.noun = "device",
     .verb = "revoke",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(keep_options),
     .run = karto_cmd_device_revoke},
    {.noun = "device", .verb = "retire", .words_min = 1, .words_max = 1, .run = karto_cmd_device_retire},
    {.noun = "device", .verb = "rename", .words_min = 2, .words_max = 2, .run = karto_cmd_device_rename},
    {.noun = "user", .verb = "list", .run = karto_cmd_user_list},
    {.noun = "user",
     .verb = "disable",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(keep_options),
     .run = karto_cmd_user_disable},
    {.noun = "role", .verb = "list", .run = karto_cmd_role_list},
    {.noun = "role", .verb = "show", .words_min = 1, .words_max = 1, .run = karto_cmd_role_show},
    {.noun = "role", .verb = "check", .words_min = 1, .words_max = 1, .run = karto_cmd_role_check},
    {.noun = "role", .verb = "edit", .words_min = 1, .words_max = 1, .run = karto_cmd_role_edit},
    {.noun = "hub", .verb = "held", .words_max = 2, .run = karto_cmd_hub_held},
    {.noun = "proposal", .verb = "list", .run = karto_cmd_proposal_list},
    {.noun = "proposal", .verb = "show", .words_min = 1, .words_max = 1, .run = karto_cmd_proposal_show},
    {.noun = "proposal", .verb = "accept", .words_min = 1, .words_max = ANY, .run = karto_cmd_proposal_accept},
    {.noun = "proposal",
     .verb = "reject",
     .words_min = 1,
     .words_max = ANY,
     OPTIONS(reason_options),
     .run = karto_cmd_proposal_reject},
    {.noun = "backup", .words_min = 1, .words_max = 1, .run = karto_cmd_backup},
    {.noun = "restore", .words_min = 1, .words_max = 1, .run = karto_cmd_restore},
    {.noun = "check", .run = karto_cmd_check},
    {.noun = "doctor", OPTIONS(doctor_options), .run = karto_cmd_doctor},
    {.noun = "quarantine", .verb = "list", .run = karto_cmd_quarantine_list},
    {.noun = "quarantine",
     .verb = "show",
     .words_min = 1,
     .words_max = 1,
     OPTIONS(quarantine_options),
     .run = karto_cmd_quarantine_show},
    {.noun = "quarantine", .verb = "remove", .words_min = 1, .words_max = 1, .run = karto_cmd_quarantine_remove},
    {.noun = "quarantine", .verb = "retry", .words_max = 1, .run = karto_cmd_quarantine_retry},
    {.noun = "help", .words_max = ANY, .run = karto_cmd_help},
    {.noun = "version", .run = karto_cmd_version},
};

const unsigned karto_command_count = sizeof karto_commands / sizeof *karto_commands;

bool karto_command_begins_noun(unsigned at)
{
    for (unsigned i = 0; i < at; i++)
        if (strcmp(karto_commands[i].noun, karto_commands[at].noun) == 0)
            return false;
    return true;
}
