#include "client/progress.h"

#include "core/base/os_posix.h"

enum { FIRST_MS = 500, EACH_MS = 200 };

void karto_progress_begin(struct karto_progress *progress, struct karto_cli *cli)
{
    *progress = (struct karto_progress){.cli = cli};
    if (cli->err_is_terminal && !cli->settings.quiet)
        progress->next_ms = karto_os_monotonic_ms() + FIRST_MS;
}

void karto_progress_rows(struct karto_progress *progress, uint64_t rows)
{
    if (progress->next_ms == 0)
        return;
    int64_t now = karto_os_monotonic_ms();
    if (now < progress->next_ms)
        return;
    struct karto_buf line = KARTO_BUF_EMPTY;
    KARTO_SAY(&line, progress->cli->lang, KARTO_M_PROGRESS_ROWS, karto_arg_int("n", (int64_t)rows));
    fprintf(progress->cli->err, "\r%.*s\033[K", (int)line.size, (const char *)line.data);
    fflush(progress->cli->err);
    karto_buf_fini(&line);
    progress->shown = true;
    progress->next_ms = now + EACH_MS;
}

void karto_progress_end(struct karto_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", progress->cli->err);
    progress->shown = false;
    progress->next_ms = 0;
}
