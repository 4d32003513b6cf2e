/* files.h - the keys and certificates beside a store's database. All 0600 in a directory 0700.
 *
 *   hub      authority.key  authority.crt  hub.key  hub.crt
 *   device   device.key     device.crt     authority.crt
 */
#ifndef KARTO_PROTO_FILES_H
#define KARTO_PROTO_FILES_H

#include "proto/authority.h"

/* What one side of TLS needs, read from the directory of a store, a hub's or a device's. KARTO_E_CERTIFICATE: a file is
 * missing; KARTO_E_EXPOSED: others may read a key. */
struct karto_files {
    struct karto_buf key, certificate, authority;
};

KARTO_CHECKED enum karto_err karto_files_load(const char *dir, bool hub, struct karto_files *files);
void karto_files_fini(struct karto_files *files);
struct karto_credentials karto_files_credentials(const struct karto_files *files); /* as long as files */

/* dir/name, in memory of the caller. */
void karto_files_path(const char *dir, const char *name, struct karto_buf *path);

KARTO_CHECKED enum karto_err karto_files_read(const char *dir, const char *name, struct karto_buf *out);
KARTO_CHECKED enum karto_err karto_files_write(const char *dir, const char *name, struct karto_slice bytes);

#endif
