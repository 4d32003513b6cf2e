/* That an event in the journal is one line with level and id, and commands no terminal, whatever a peer put into it;
 * and so are the last words of a daemon. */
#include "core/base/fatal.h"
#include "syncd/log.h"
#include "tests/check.h"

#include <sys/wait.h>
#include <unistd.h>

/* What action says on standard error, in a process of its own: one line, good until the next call. */
static const char *said(void (*action)(void))
{
    static char line[4096];
    FILE *journal = tmpfile();
    CHECK(journal != NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (dup2(fileno(journal), STDERR_FILENO) < 0)
            _exit(2);
        action();
        _exit(0);
    }
    CHECK(waitpid(child, NULL, 0) == child);
    rewind(journal);
    CHECK(fgets(line, sizeof line, journal) != NULL);
    char more[16];
    CHECK(fgets(more, sizeof more, journal) == NULL);
    fclose(journal);
    return line;
}

static void log_what_a_peer_says(void)
{
    karto_log(KARTO_LOG_WARNING, "D-OFFLINE", "%s",
              "hub\033[2J \xc2\x9b"
              "31m\u202eolleh\nD-FAKE");
}

static void end_as_a_daemon(void)
{
    karto_fatal_begins("<3>error D-FATAL ");
    karto_fatal("no thread");
}

static void end_as_a_command(void)
{
    karto_fatal("out of memory");
}

int main(void)
{
    const char *line = said(log_what_a_peer_says);
    CHECK(strncmp(line, "<4>warning ", 11) == 0);
    CHECK(strstr(line, " D-OFFLINE hub\uFFFD[2J \uFFFD31m\uFFFDolleh?D-FAKE\n") != NULL);
    CHECK_STR(said(end_as_a_daemon), "<3>error D-FATAL no thread\n");
    CHECK_STR(said(end_as_a_command), "kartoteka: out of memory\n");
    return 0;
}
