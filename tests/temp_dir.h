/* temp_dir.h - a new directory for a test, and its end with the files in it. */
#ifndef KARTO_TESTS_TEMP_DIR_H
#define KARTO_TESTS_TEMP_DIR_H

#include "tests/check.h"

#include <dirent.h>
#include <unistd.h>

struct temp_dir {
    char path[256];
};

static inline struct temp_dir temp_dir_make(void)
{
    struct temp_dir dir;
    const char *parent = getenv("TMPDIR");
    snprintf(dir.path, sizeof dir.path, "%s/karto-test-XXXXXX", parent ? parent : "/tmp");
    CHECK(mkdtemp(dir.path) != NULL);
    return dir;
}

/* The path of a file in dir; good until the next call. */
static inline const char *temp_dir_file(const struct temp_dir *dir, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", dir->path, name);
    return path;
}

/* Files only: what has directories in it removes them first. */
static inline void temp_dir_remove(const struct temp_dir *dir)
{
    DIR *list = opendir(dir->path);
    CHECK(list != NULL);
    for (struct dirent *entry; (entry = readdir(list)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            CHECK_INT(unlink(temp_dir_file(dir, entry->d_name)), 0);
    closedir(list);
    CHECK_INT(rmdir(dir->path), 0);
}

#endif
