#include "tests/crash/program.h"

#include "core/base/os_posix.h"
#include "tests/check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNNING_MAX = 64, LOG_END = 3000, PORT_FIRST = 15000, PORT_COUNT = 15000, POLL_MS = 2 };

static pid_t running[RUNNING_MAX];

static void kill_all(void)
{
    for (int i = 0; i < RUNNING_MAX; i++)
        if (running[i])
            kill(-running[i], SIGKILL);
}

/* Puts now where was stood. */
static void note(pid_t was, pid_t now)
{
    static bool registered;
    int i = 0;
    while (i < RUNNING_MAX && running[i] != was)
        i++;
    CHECK(i < RUNNING_MAX);
    running[i] = now;
    if (!registered)
        CHECK(atexit(kill_all) == 0);
    registered = true;
}

static void become(const char *log, const char *const *words)
{
    char *argv[PROGRAM_WORDS_MAX + 1];
    int count = 0, file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600), null = open("/dev/null", O_RDONLY);
    while (words[count] && count < PROGRAM_WORDS_MAX) {
        argv[count] = (char *)(uintptr_t)words[count]; /* execv takes char *const[] and changes nothing */
        count++;
    }
    argv[count] = NULL;
    if (file >= 0 && null >= 0 && dup2(null, 0) >= 0 && dup2(file, 1) >= 0 && dup2(file, 2) >= 0)
        execv(argv[0], argv);
    _exit(127);
}

void program_start(struct program *program, const char *log, const char *const *words)
{
    CHECK_INT(program->pid, 0);
    program->pid = fork();
    CHECK(program->pid >= 0);
    setpgid(program->pid, program->pid); /* here and there, as either may come first */
    if (program->pid == 0)
        become(log, words);
    note(0, program->pid);
}

static void ended(struct program *program, int status)
{
    note(program->pid, 0);
    program->pid = 0;
    program->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool program_runs(struct program *program)
{
    int status;
    if (!program->pid)
        return false;
    pid_t found = waitpid(program->pid, &status, WNOHANG);
    CHECK(found >= 0);
    if (found)
        ended(program, status);
    return !found;
}

bool program_kill(struct program *program)
{
    int status;
    if (!program->pid)
        return false;
    kill(-program->pid, SIGKILL);
    CHECK_INT(waitpid(program->pid, &status, 0), program->pid);
    ended(program, status);
    return program->code == 128 + SIGKILL;
}

void program_stop(struct program *program)
{
    if (program->pid)
        kill(program->pid, SIGTERM);
}

int program_wait(struct program *program, int64_t timeout_ms)
{
    int64_t until = karto_os_monotonic_ms() + timeout_ms;
    while (program_runs(program)) {
        CHECK(karto_os_monotonic_ms() < until);
        pause_ms(POLL_MS);
    }
    return program->code;
}

int program_run(const char *log, int64_t timeout_ms, const char *const *words)
{
    struct program program = {0, 0};
    program_start(&program, log, words);
    return program_wait(&program, timeout_ms);
}

void program_show(const char *log)
{
    char text[LOG_END + 1];
    FILE *file = fopen(log, "r");
    if (!file)
        return;
    if (fseek(file, -LOG_END, SEEK_END) != 0)
        rewind(file);
    size_t size = fread(text, 1, LOG_END, file);
    fprintf(stderr, "--- the end of %s\n%.*s\n---\n", log, (int)size, text);
    fclose(file);
}

void pause_ms(uint32_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000}, NULL);
}

static bool is_free(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool fine = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return fine;
}

uint16_t free_port(void)
{
    unsigned first = (unsigned)getpid() * 37u;
    for (unsigned i = 0; i < PORT_COUNT; i++) {
        uint16_t port = (uint16_t)(PORT_FIRST + (first + i) % PORT_COUNT);
        if (is_free(port))
            return port;
    }
    CHECK(!"no free port");
    return 0;
}
