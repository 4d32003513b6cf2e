/* cmd.h - the commands: one file a noun. Each works on what karto_run has set up, prints its answer or its problem, and
 * returns the exit code. */
#ifndef KARTO_CLIENT_CMD_H
#define KARTO_CLIENT_CMD_H

#include "client/exit.h"

struct karto_cli;

enum karto_exit karto_cmd_init(struct karto_cli *cli);
/* Of any kind that has a noun (noun.h): the command's noun says which. */
enum karto_exit karto_cmd_record_add(struct karto_cli *cli);
enum karto_exit karto_cmd_record_set(struct karto_cli *cli);
enum karto_exit karto_cmd_record_show(struct karto_cli *cli);
enum karto_exit karto_cmd_record_list(struct karto_cli *cli);
enum karto_exit karto_cmd_record_hide(struct karto_cli *cli);
enum karto_exit karto_cmd_record_restore(struct karto_cli *cli);

enum karto_exit karto_cmd_find(struct karto_cli *cli);
enum karto_exit karto_cmd_status(struct karto_cli *cli);
enum karto_exit karto_cmd_backup(struct karto_cli *cli);
enum karto_exit karto_cmd_restore(struct karto_cli *cli);
enum karto_exit karto_cmd_check(struct karto_cli *cli);
enum karto_exit karto_cmd_doctor(struct karto_cli *cli);
enum karto_exit karto_cmd_hub_init(struct karto_cli *cli);
enum karto_exit karto_cmd_hub_invite(struct karto_cli *cli);
enum karto_exit karto_cmd_hub_restored(struct karto_cli *cli);
enum karto_exit karto_cmd_hub_recovered(struct karto_cli *cli);
enum karto_exit karto_cmd_device_list(struct karto_cli *cli);
enum karto_exit karto_cmd_device_admit(struct karto_cli *cli);
enum karto_exit karto_cmd_device_revoke(struct karto_cli *cli);
enum karto_exit karto_cmd_device_rename(struct karto_cli *cli);
enum karto_exit karto_cmd_device_retire(struct karto_cli *cli);
enum karto_exit karto_cmd_user_list(struct karto_cli *cli);
enum karto_exit karto_cmd_user_disable(struct karto_cli *cli);
enum karto_exit karto_cmd_role_list(struct karto_cli *cli);
enum karto_exit karto_cmd_role_show(struct karto_cli *cli);
enum karto_exit karto_cmd_role_check(struct karto_cli *cli);
enum karto_exit karto_cmd_role_edit(struct karto_cli *cli);
enum karto_exit karto_cmd_hub_held(struct karto_cli *cli);
enum karto_exit karto_cmd_join(struct karto_cli *cli);
enum karto_exit karto_cmd_sync(struct karto_cli *cli);
enum karto_exit karto_cmd_import(struct karto_cli *cli);
enum karto_exit karto_cmd_export(struct karto_cli *cli);
enum karto_exit karto_cmd_conflict_list(struct karto_cli *cli);
enum karto_exit karto_cmd_conflict_show(struct karto_cli *cli);
enum karto_exit karto_cmd_conflict_resolve(struct karto_cli *cli);
enum karto_exit karto_cmd_quarantine_list(struct karto_cli *cli);
enum karto_exit karto_cmd_quarantine_show(struct karto_cli *cli);
enum karto_exit karto_cmd_quarantine_remove(struct karto_cli *cli);
enum karto_exit karto_cmd_quarantine_retry(struct karto_cli *cli);
enum karto_exit karto_cmd_refused_list(struct karto_cli *cli);
enum karto_exit karto_cmd_refused_dismiss(struct karto_cli *cli);
enum karto_exit karto_cmd_proposal_list(struct karto_cli *cli);
enum karto_exit karto_cmd_proposal_show(struct karto_cli *cli);
enum karto_exit karto_cmd_proposal_accept(struct karto_cli *cli);
enum karto_exit karto_cmd_proposal_reject(struct karto_cli *cli);
enum karto_exit karto_cmd_log(struct karto_cli *cli);
enum karto_exit karto_cmd_undo(struct karto_cli *cli);
enum karto_exit karto_cmd_assign(struct karto_cli *cli); /* of a field of a client: the command's verb says which */

#endif
