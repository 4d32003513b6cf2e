/* tool-manual SOURCE OUT: writes the pages of the manual, OUT/man/[LANG/]manN/NAME.N, and what completes command lines
 * in bash, zsh and fish, OUT/completion/. It runs while Kartoteka is built, so that pages and programs are of one
 * state. */
#include "client/commands.h"
#include "core/base/os_posix.h"
#include "tools/completion.h"
#include "tools/manual_page.h"
#include "tools/roff.h"
#include "tools/roff_markdown.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DOCUMENT_SIZE_MAX = 1024 * 1024 };

/* ---- files ---- */

static void give_up(const char *path)
{
    fprintf(stderr, "tool-manual: %s: %s\n", path, strerror(errno));
    exit(1);
}

static void must(enum karto_err err, const char *path)
{
    if (err == KARTO_OK)
        return;
    fprintf(stderr, "tool-manual: %s: %s\n", path, karto_err_text(KARTO_LANG_EN, err));
    exit(1);
}

static void read_file(const char *path, struct karto_buf *text)
{
    must(karto_os_read_file(path, DOCUMENT_SIZE_MAX, text), path);
}

/* Makes the directories above path. */
static void make_way(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            give_up(path);
        *slash = '/';
    }
}

/* Writes text, and empties it. */
static void write_file(char *path, struct karto_buf *text)
{
    make_way(path);
    must(karto_os_write_file(path, karto_buf_slice(text), 0644), path);
    karto_buf_fini(text);
}

static void path_of(char path[4096], const char *dir, const char *name)
{
    if (snprintf(path, 4096, "%s/%s", dir, name) >= 4096) {
        errno = ENAMETOOLONG;
        give_up(dir);
    }
}

/* ---- the manual ---- */

/* Pages that are documents. */
static const struct document {
    const char *page;
    char section;
    enum karto_message summary;
    const char *file[KARTO_LANG_COUNT];
} documents[] = {
    {"query", '7', KARTO_M_MAN_QUERY, {"docs/QUERY.uk.md", "docs/QUERY.md"}},
    {"json", '5', KARTO_M_MAN_JSON, {"docs/JSON.uk.md", "docs/JSON.md"}},
    {"security", '7', KARTO_M_MAN_SECURITY, {"docs/SECURITY.uk.md", "docs/SECURITY.md"}},
    {"syncd", '8', KARTO_M_MAN_SYNCD, {"docs/SYNCD.uk.md", "docs/SYNCD.md"}},
};

static void write_page(const char *out, enum karto_lang lang, const char *name, char section, struct karto_buf *page)
{
    char path[4096], file[256];
    snprintf(file, sizeof file, "man/%sman%c/karto%s%s.%c", lang == KARTO_LANG_UK ? "uk/" : "", section,
             *name ? "-" : "", name, section);
    path_of(path, out, file);
    write_file(path, page);
}

/* What the tables tell of. */
static void write_manual(const char *out, enum karto_lang lang)
{
    struct karto_buf page = KARTO_BUF_EMPTY;
    karto_manual_karto(&page, lang);
    write_page(out, lang, "", '1', &page);
    for (unsigned i = 0; i < karto_command_count; i++)
        if (karto_command_begins_noun(i)) {
            karto_manual_noun(&page, lang, karto_commands[i].noun);
            write_page(out, lang, karto_commands[i].noun, '1', &page);
        }
    for (unsigned i = 0; i < karto_help_count; i++) {
        char section = karto_manual_topic_section(&karto_help_table[i]);
        if (section) {
            karto_manual_topic(&page, lang, &karto_help_table[i]);
            write_page(out, lang, karto_help_table[i].topic, section, &page);
        }
    }
}

/* A document says more than the topic of the same name, and takes its place. */
static void write_document(const char *source, const char *out, enum karto_lang lang, const struct document *document)
{
    char path[4096], name[64];
    struct karto_buf page = KARTO_BUF_EMPTY, text = KARTO_BUF_EMPTY;
    path_of(path, source, document->file[lang]);
    read_file(path, &text);
    snprintf(name, sizeof name, "karto-%s", document->page);
    karto_roff_page(&page, name, document->section, karto_message_text(lang, KARTO_M_MAN_NAME),
                    karto_message_text(lang, document->summary));
    karto_roff_section(&page, karto_slice_str(karto_message_text(lang, KARTO_M_MAN_DESCRIPTION)));
    karto_roff_markdown(&page, karto_buf_slice(&text));
    karto_manual_see_also(&page, lang);
    write_page(out, lang, document->page, document->section, &page);
    karto_buf_fini(&text);
}

/* ---- completion ---- */

/* What a shell knows of karto, and behind it the script that asks it, of which the first line says what it is. */
static void write_completion(const char *source, const char *out, const char *script, const char *name,
                             void (*table)(struct karto_buf *out))
{
    char path[4096];
    struct karto_buf text = KARTO_BUF_EMPTY, all = KARTO_BUF_EMPTY;
    path_of(path, source, script);
    read_file(path, &text);
    const uint8_t *end = text.size ? memchr(text.data, '\n', text.size) : NULL;
    size_t first = end ? (size_t)(end - text.data) + 1 : 0;
    karto_buf_add(&all, text.data, first);
    table(&all);
    karto_buf_add(&all, text.data + first, text.size - first);
    path_of(path, out, name);
    write_file(path, &all);
    karto_buf_fini(&text);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("tool-manual SOURCE OUT\n", stderr);
        return 2;
    }
    for (unsigned lang = 0; lang < KARTO_LANG_COUNT; lang++) {
        write_manual(argv[2], (enum karto_lang)lang);
        for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
            write_document(argv[1], argv[2], (enum karto_lang)lang, &documents[i]);
    }
    write_completion(argv[1], argv[2], "tools/completion.bash", "completion/karto", karto_completion_sh);
    write_completion(argv[1], argv[2], "tools/completion.zsh", "completion/_karto", karto_completion_sh);
    write_completion(argv[1], argv[2], "tools/completion.fish", "completion/karto.fish", karto_completion_fish);
    return 0;
}
