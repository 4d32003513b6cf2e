/* volume_rule.h - whether a laptop's store may be made where its disk is not encrypted (docs/SECURITY.md). */
#ifndef KARTO_CLIENT_VOLUME_RULE_H
#define KARTO_CLIENT_VOLUME_RULE_H

#include "client/cli.h"

/* Looks at the disk on which dir is, or would be, and asks the person where there is one to ask; --unencrypted and
 * require_encryption count. *unencrypted: it may be made, and is to be noted as unencrypted. KARTO_E_UNENCRYPTED: it
 * may not; in problem. */
KARTO_CHECKED enum karto_err karto_volume_rule(struct karto_cli *cli, const char *dir, bool *unencrypted);

#endif
