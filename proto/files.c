#include "proto/files.h"

#include "core/base/os_posix.h"

void karto_files_path(const char *dir, const char *name, struct karto_buf *path)
{
    karto_buf_clear(path);
    karto_buf_printf(path, "%s/%s", dir, name);
    karto_buf_add_byte(path, 0);
}

enum karto_err karto_files_read(const char *dir, const char *name, struct karto_buf *out)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_files_path(dir, name, &path);
    enum karto_err err = karto_os_exposed((const char *)path.data) ? KARTO_E_EXPOSED : KARTO_OK;
    if (err == KARTO_OK)
        err = karto_os_read_file((const char *)path.data, KARTO_PEM_SIZE_MAX, out);
    karto_buf_fini(&path);
    return err;
}

enum karto_err karto_files_write(const char *dir, const char *name, struct karto_slice bytes)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_files_path(dir, name, &path);
    enum karto_err err = karto_os_write_file((const char *)path.data, bytes, 0600);
    karto_buf_fini(&path);
    return err;
}

enum karto_err karto_files_load(const char *dir, bool hub, struct karto_files *files)
{
    *files = (struct karto_files){KARTO_BUF_EMPTY, KARTO_BUF_EMPTY, KARTO_BUF_EMPTY};
    enum karto_err err = karto_files_read(dir, hub ? "hub.key" : "device.key", &files->key);
    if (err == KARTO_OK)
        err = karto_files_read(dir, hub ? "hub.crt" : "device.crt", &files->certificate);
    if (err == KARTO_OK)
        err = karto_files_read(dir, "authority.crt", &files->authority);
    if (err != KARTO_OK)
        karto_files_fini(files);
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CERTIFICATE : err;
}

void karto_files_fini(struct karto_files *files)
{
    karto_forget(&files->key);
    karto_buf_fini(&files->certificate);
    karto_buf_fini(&files->authority);
}

struct karto_credentials karto_files_credentials(const struct karto_files *files)
{
    return (struct karto_credentials){karto_buf_slice(&files->key), karto_buf_slice(&files->certificate),
                                      karto_buf_slice(&files->authority)};
}
