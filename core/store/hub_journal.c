#include "core/store/hub_journal.h"

#include "core/base/limits.h"
#include "core/base/os_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE_MAX = 80 };

#define REVOKED "revoked"
#define RETIRED "retired"

static const char *const data_words[] = {
    [KARTO_JOURNAL_WIPE] = "wipe", [KARTO_JOURNAL_KEEP] = "keep", [KARTO_JOURNAL_WIPED] = "wiped"};

enum { DATA_WORDS = sizeof data_words / sizeof *data_words };

static struct karto_buf path_of(const char *dir)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s/%s", dir, KARTO_HUB_JOURNAL);
    karto_buf_add_byte(&path, 0);
    return path;
}

static enum karto_err read_text(const char *dir, struct karto_buf *text)
{
    struct karto_buf path = path_of(dir);
    enum karto_err err = karto_os_read_file((const char *)path.data, KARTO_HUB_JOURNAL_SIZE_MAX, text);
    karto_buf_fini(&path);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* The next whole line, as a string without its end; false: there is none. */
static bool next_line(struct karto_slice *rest, char line[LINE_SIZE_MAX])
{
    const uint8_t *end;
    while (rest->size && (end = memchr(rest->data, '\n', rest->size))) {
        size_t size = (size_t)(end - rest->data);
        struct karto_slice found = karto_slice(rest->data, size);
        *rest = karto_slice(end + 1, rest->size - size - 1);
        if (size >= LINE_SIZE_MAX)
            continue; /* none of this version's */
        memcpy(line, found.data, size);
        line[size] = 0;
        return true;
    }
    return false;
}

static bool read_epoch(const char *line, struct karto_epoch *epoch)
{
    return sscanf(line, "epoch %" SCNd64 " %16" SCNx64, &epoch->ms, &epoch->node.v) == 2;
}

static bool read_device(const char *line, const char *word, struct karto_rid *device)
{
    size_t size = strlen(word);
    char hex[33];
    if (strncmp(line, word, size) != 0 || sscanf(line + size, " %32[0-9a-f]", hex) != 1 || strlen(hex) != 32)
        return false;
    for (int i = 0; i < 16; i++)
        if (sscanf(hex + 2 * i, "%2hhx", &device->b[i]) != 1)
            return false;
    return true;
}

static bool read_data(const char *line, struct karto_journal_line *data)
{
    char word[8], id[33];
    if (sscanf(line, "%7[a-z] %32[0-9a-f] %" SCNd64, word, id, &data->ms) != 3 || data->ms <= 0)
        return false;
    for (int i = 0; i < DATA_WORDS; i++)
        if (strcmp(word, data_words[i]) == 0) {
            data->word = (enum karto_journal_word)i;
            return read_device(line, word, &data->device);
        }
    return false;
}

/* ---- reading ---- */

static size_t count_lines(const struct karto_buf *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->size; i++)
        lines += text->data[i] == '\n';
    return lines;
}

enum karto_err karto_hub_journal_read(struct karto_arena *arena, const char *dir, struct karto_hub_journal *journal)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    char line[LINE_SIZE_MAX];
    enum karto_err err = read_text(dir, &text);
    struct karto_slice rest = karto_buf_slice(&text);
    struct karto_epoch *epochs = karto_arena_array(arena, count_lines(&text) + 1, sizeof *epochs);
    struct karto_rid *revoked = karto_arena_array(arena, count_lines(&text) + 1, sizeof *revoked);
    struct karto_rid *retired = karto_arena_array(arena, count_lines(&text) + 1, sizeof *retired);
    struct karto_journal_line *data = karto_arena_array(arena, count_lines(&text) + 1, sizeof *data);
    *journal = (struct karto_hub_journal){.epochs = epochs, .revoked = revoked, .retired = retired, .data = data};
    while (err == KARTO_OK && next_line(&rest, line)) {
        if (read_epoch(line, &epochs[journal->epoch_count]))
            journal->epoch_count++;
        else if (read_device(line, REVOKED, &revoked[journal->revoked_count]))
            journal->revoked_count++;
        else if (read_device(line, RETIRED, &retired[journal->retired_count]))
            journal->retired_count++;
        else if (read_data(line, &data[journal->data_count]))
            journal->data_count++;
    }
    karto_buf_fini(&text);
    return err;
}

/* ---- adding ---- */

static enum karto_err write_line(int file, const char *line, bool cut)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_buf_printf(&bytes, "%s%s\n", cut ? "\n" : "", line); /* what was cut stays a line of its own */
    ssize_t wrote = write(file, bytes.data, bytes.size);
    enum karto_err err = wrote == (ssize_t)bytes.size ? KARTO_OK : wrote < 0 ? karto_os_error(errno) : KARTO_E_FULL;
    karto_buf_fini(&bytes);
    if (err == KARTO_OK && fsync(file) != 0)
        err = karto_os_error(errno);
    return err;
}

static enum karto_err append(const char *dir, const char *line, bool cut)
{
    struct karto_buf path = path_of(dir);
    int file = open((const char *)path.data, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    karto_buf_fini(&path);
    if (file < 0)
        return karto_os_error(errno);
    enum karto_err err = write_line(file, line, cut);
    if (close(file) != 0 && err == KARTO_OK)
        err = karto_os_error(errno);
    return err == KARTO_OK ? karto_os_sync_dir(dir) : err;
}

static enum karto_err add(const char *dir, const char *line)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    char there[LINE_SIZE_MAX];
    bool known = false;
    enum karto_err err = read_text(dir, &text);
    struct karto_slice rest = karto_buf_slice(&text);
    while (!known && next_line(&rest, there))
        known = strcmp(there, line) == 0;
    bool cut = text.size > 0 && text.data[text.size - 1] != '\n';
    karto_buf_fini(&text);
    return err == KARTO_OK && !known ? append(dir, line, cut) : err;
}

enum karto_err karto_hub_journal_epoch(const char *dir, struct karto_epoch epoch)
{
    char line[LINE_SIZE_MAX], node[KARTO_NODE_TEXT];
    karto_node_print(epoch.node, node);
    snprintf(line, sizeof line, "epoch %" PRId64 " %s", epoch.ms, node);
    return add(dir, line);
}

static enum karto_err add_device(const char *dir, const char *word, struct karto_rid device)
{
    char line[LINE_SIZE_MAX], id[KARTO_RID_TEXT];
    karto_rid_print(device, id);
    snprintf(line, sizeof line, "%s %s", word, id);
    return add(dir, line);
}

enum karto_err karto_hub_journal_revoked(const char *dir, struct karto_rid device)
{
    return add_device(dir, REVOKED, device);
}

/* The first line is for programs that do not know the second: to them it is out all the same. */
enum karto_err karto_hub_journal_retired(const char *dir, struct karto_rid device)
{
    enum karto_err err = add_device(dir, REVOKED, device);
    return err == KARTO_OK ? add_device(dir, RETIRED, device) : err;
}

enum karto_err karto_hub_journal_data(const char *dir, const struct karto_journal_line *data)
{
    char line[LINE_SIZE_MAX], id[KARTO_RID_TEXT];
    karto_rid_print(data->device, id);
    snprintf(line, sizeof line, "%s %s %" PRId64, data_words[data->word], id, data->ms);
    return add(dir, line);
}

enum karto_err karto_hub_journal_join(const char *from, const char *dir)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    char line[LINE_SIZE_MAX];
    enum karto_err err = read_text(from, &text);
    struct karto_slice rest = karto_buf_slice(&text);
    while (err == KARTO_OK && next_line(&rest, line))
        err = add(dir, line);
    karto_buf_fini(&text);
    return err;
}
