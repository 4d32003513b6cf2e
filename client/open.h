/* open.h - the store that a command works on. */
#ifndef KARTO_CLIENT_OPEN_H
#define KARTO_CLIENT_OPEN_H

#include "client/cli.h"
#include "core/store/store.h"

/* Opens the store of karto_cli_db. An error of karto_store_open is in cli->problem, with the directory. */
KARTO_CHECKED enum karto_err karto_cli_open(struct karto_cli *cli, bool read_only, struct karto_store **store);

/* Puts err into cli->problem together with the directory that it is about; returns err. */
enum karto_err karto_cli_db_problem(struct karto_cli *cli, enum karto_err err, const char *dir);

/* Whether head office is, or should be, in dir: for a hub's command, or where one is by default. */
bool karto_cli_is_hubs_place(const struct karto_cli *cli, const char *dir);

/* Appends what can be done about there being no store in dir. */
void karto_cli_no_store(const struct karto_cli *cli, const char *dir, struct karto_buf *out);

/* Says in cli->problem that there is a store in dir already: KARTO_E_EXISTS. */
void karto_cli_store_exists(struct karto_cli *cli, const char *dir);

/* One transaction on the store of this run, which is opened for it and closed behind it. After a write the daemon of
 * the store is told. An error that work has put into cli->problem stays there; of any other problem tells the code.
 * With --dry-run all of the work is done, and nothing of it is kept. */
KARTO_CHECKED enum karto_err karto_cli_read(struct karto_cli *cli, karto_work *work, void *context);
KARTO_CHECKED enum karto_err karto_cli_write(struct karto_cli *cli, karto_work *work, void *context);

#endif
