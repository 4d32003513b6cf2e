/* attempts: knocks at a hub as nobody may come in, COUNT times in all, eight ways at once, and fails unless each time
 * it is refused in the way that is meant: attempts COUNT PID DIR PORT REVOKED INVITATION. PID is the hub's process, DIR
 * its store; REVOKED the store of a device that was revoked, INVITATION a file with one that was used. */
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "proto/authority.h"
#include "proto/enrolment.h"
#include "proto/files.h"
#include "proto/frame.h"
#include "proto/invitation.h"
#include "proto/messages.h"
#include "syncd/enrol.h"
#include "syncd/tls.h"
#include "tests/check.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_S = 40, YEAR_DAYS = 365, SILENT_MAX = 4096, NOBODY = 65534 };

#define DAY_MS INT64_C(86400000)

/* nng's greeting, and a message of 5 bytes behind it: a request with its number, as a device begins. */
static const uint8_t question[] = {0, 'S', 'P', 0, 0, 0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x80, 0, 0, 1, 'P'};
enum { GREETING = 8 };

static uint16_t port, inner_port;
static unsigned each; /* attempts of each kind */
static struct karto_tls *foreign, *expired, *anonymous, *revoked;
static struct karto_invitation invitation;
static struct karto_buf enrolment;

/* ---- sockets ---- */

static int dial(uint16_t to_port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(to_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

/* Silence in place of an end fails the test. */
static void read_to_the_end(int fd)
{
    uint8_t bytes[4096];
    ssize_t got;
    while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
        ;
    CHECK(got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK));
}

static enum karto_io receive(void *context, void *data, size_t size, size_t *moved)
{
    ssize_t got = recv(*(int *)context, data, size, 0);
    CHECK(got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK));
    *moved = got > 0 ? (size_t)got : 0;
    return got > 0 ? KARTO_IO_FINE : got == 0 ? KARTO_IO_END : KARTO_IO_BROKEN;
}

static enum karto_io send_some(void *context, const void *data, size_t size, size_t *moved)
{
    ssize_t sent = send(*(int *)context, data, size, MSG_NOSIGNAL);
    *moved = sent > 0 ? (size_t)sent : 0;
    return sent > 0 ? KARTO_IO_FINE : KARTO_IO_BROKEN;
}

/* ---- certificates ---- */

/* The handshake ends on this side before the hub has judged: the first byte that is read would mean that it lets us in.
 */
static void is_refused(struct karto_tls *tls, enum karto_link why)
{
    uint8_t byte;
    size_t moved;
    int fd = dial(port);
    struct karto_tls_stream *stream = karto_tls_stream_new(tls, (struct karto_tls_io){&fd, receive, send_some});
    CHECK_INT(karto_tls_handshake(stream), KARTO_TLS_FINE);
    if (karto_tls_write(stream, question, GREETING, &moved) == KARTO_TLS_FINE)
        CHECK_INT(karto_tls_read(stream, &byte, 1, &moved), KARTO_TLS_FAILED);
    CHECK_INT(karto_tls_stream_failure(stream), why);
    karto_tls_stream_free(stream);
    close(fd);
}

static void be_foreign(unsigned number)
{
    (void)number;
    is_refused(foreign, KARTO_LINK_UNKNOWN_AUTHORITY);
}

static void be_expired(unsigned number)
{
    (void)number;
    is_refused(expired, KARTO_LINK_EXPIRED);
}

static void show_none(unsigned number)
{
    (void)number;
    is_refused(anonymous, KARTO_LINK_NO_CERTIFICATE);
}

static void write_all(struct karto_tls_stream *stream, struct karto_slice bytes)
{
    for (size_t at = 0, moved; at < bytes.size; at += moved)
        CHECK_INT(karto_tls_write(stream, bytes.data + at, bytes.size - at, &moved), KARTO_TLS_FINE);
}

static void read_all(struct karto_tls_stream *stream, uint8_t *bytes, size_t size)
{
    for (size_t at = 0, moved; at < size; at += moved)
        CHECK_INT(karto_tls_read(stream, bytes + at, size - at, &moved), KARTO_TLS_FINE);
}

static void encode_hello(struct karto_buf *out)
{
    struct karto_hello_node node = {.node = {1}};
    struct karto_request request = {.type = KARTO_HELLO,
                                    .of.hello = {.version_least = 1,
                                                 .version_most = KARTO_PROTOCOL_MOST,
                                                 .nodes = &node,
                                                 .node_count = 1,
                                                 .name = karto_slice_str("laptop"),
                                                 .program = karto_slice_str("attempts")}};
    CHECK_INT(karto_request_encode(&request, out), KARTO_OK);
}

/* Its certificate is of the authority, and has not expired: it gets an answer, which says that and nothing else. */
static void be_revoked(unsigned number)
{
    (void)number;
    enum { AROUND = GREETING + 8 + 4, ANSWER_MAX = 1000 };
    struct karto_buf frame = KARTO_BUF_EMPTY, all = KARTO_BUF_EMPTY;
    struct karto_arena arena;
    struct karto_answer answer;
    uint8_t bytes[AROUND + ANSWER_MAX];
    int fd = dial(port);
    struct karto_tls_stream *stream = karto_tls_stream_new(revoked, (struct karto_tls_io){&fd, receive, send_some});
    CHECK_INT(karto_tls_handshake(stream), KARTO_TLS_FINE);
    encode_hello(&frame);
    karto_buf_add(&all, question, GREETING);
    karto_buf_add_be64(&all, 4 + frame.size);
    karto_buf_add_be32(&all, UINT32_C(0x80000001));
    karto_buf_add_slice(&all, karto_buf_slice(&frame));
    write_all(stream, karto_buf_slice(&all));
    read_all(stream, bytes, AROUND);
    uint64_t size = karto_be64(bytes + GREETING) - 4;
    CHECK(size > 0 && size <= ANSWER_MAX);
    read_all(stream, bytes + AROUND, size);
    karto_arena_init(&arena);
    CHECK_INT(karto_answer_decode(&arena, karto_slice(bytes + AROUND, size), &answer), KARTO_OK);
    CHECK_INT(answer.error, KARTO_E_REVOKED);
    karto_arena_fini(&arena);
    karto_tls_stream_free(stream);
    close(fd);
    karto_buf_fini(&frame);
    karto_buf_fini(&all);
}

/* ---- others ---- */

static void use_invitation(unsigned number)
{
    (void)number;
    struct karto_buf answer = KARTO_BUF_EMPTY, authority = KARTO_BUF_EMPTY;
    struct karto_enrolment_answer out;
    struct karto_arena arena;
    CHECK_INT(karto_enrol_call(&invitation.hub, invitation.authority, karto_buf_slice(&enrolment), PATIENCE_S * 1000,
                               &answer, &authority),
              KARTO_OK);
    karto_arena_init(&arena);
    CHECK_INT(karto_enrolment_answer_decode(&arena, karto_buf_slice(&answer), &out), KARTO_OK);
    CHECK_INT(out.error, KARTO_E_INVITATION);
    karto_arena_fini(&arena);
    karto_buf_fini(&answer);
    karto_buf_fini(&authority);
}

static void send_garbage(unsigned number)
{
    static const char *const begins[] = {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x04\xff", "\x80\x9e\x01\x03\x01",
                                         "\x17\x03\x03\x01\x00", "SSH-2.0-OpenSSH_9.2\r\n"};
    uint8_t bytes[2000]; /* more than any of these announces: the hub must not wait for the rest */
    const char *begin = begins[number % (sizeof begins / sizeof *begins)];
    karto_sys_random(karto_os_sys(), bytes, sizeof bytes);
    memcpy(bytes, begin, strlen(begin));
    int fd = dial(port);
    (void)!send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
    read_to_the_end(fd);
    close(fd);
}

static int silent[SILENT_MAX];
static unsigned silent_count;

/* Whether the hub ends them is looked at when all are there. */
static void say_nothing(unsigned number)
{
    (void)number;
    CHECK(silent_count < SILENT_MAX);
    silent[silent_count++] = dial(port);
}

/* As another user where we can become one; system calls only, for the other threads are not in the child. */
static void dial_inside(unsigned number)
{
    (void)number;
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct sockaddr_in to = {
            .sin_family = AF_INET, .sin_port = htons(inner_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        uint8_t answer[64];
        size_t size = 0;
        ssize_t got;
        if (geteuid() == 0 && setuid(NOBODY) != 0)
            _exit(2);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
            _exit(3);
        (void)!send(fd, question, sizeof question, MSG_NOSIGNAL);
        while (size < sizeof answer && (got = recv(fd, answer + size, sizeof answer - size, 0)) > 0)
            size += (size_t)got;
        _exit(size <= GREETING ? 0 : 4); /* nng's own greeting at most */
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 0);
}

/* ---- what is needed for it ---- */

/* The inodes of the hub's sockets are in its directory of descriptors. */
static bool is_of_process(const char *pid, unsigned long inode)
{
    char path[300], target[64], want[64];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
    snprintf(want, sizeof want, "socket:[%lu]", inode);
    DIR *dir = opendir(path);
    CHECK(dir);
    for (struct dirent *entry; !found && (entry = readdir(dir));) {
        snprintf(path, sizeof path, "/proc/%.20s/fd/%.200s", pid, entry->d_name);
        ssize_t size = readlink(path, target, sizeof target - 1);
        target[size > 0 ? size : 0] = 0;
        found = strcmp(target, want) == 0;
    }
    closedir(dir);
    return found;
}

/* The other port at which the hub's process listens. */
static uint16_t find_inner_port(const char *pid)
{
    char line[512];
    uint16_t found = 0;
    FILE *table = fopen("/proc/net/tcp", "re");
    CHECK(table);
    while (fgets(line, sizeof line, table)) {
        unsigned at, state;
        unsigned long inode;
        if (sscanf(line, " %*u: %*x:%x %*x:%*x %x %*x:%*x %*x:%*x %*x %*u %*u %lu", &at, &state, &inode) == 3 &&
            state == 0x0a && at != port && is_of_process(pid, inode))
            found = (uint16_t)at;
    }
    fclose(table);
    CHECK(found);
    return found;
}

static struct karto_tls *tls_of(struct karto_slice key, struct karto_slice certificate, struct karto_slice authority)
{
    struct karto_tls *tls;
    const struct karto_credentials credentials = {key, certificate, authority};
    CHECK_INT(karto_tls_device(&credentials, &tls), KARTO_OK);
    return tls;
}

/* Of a certificate that an authority made now_ms ago. It trusts the hub, whoever that is. */
static struct karto_tls *signed_by(const struct karto_authority *authority, int64_t when_ms, struct karto_slice hubs)
{
    struct karto_buf request = KARTO_BUF_EMPTY, pem = KARTO_BUF_EMPTY, key_pem = KARTO_BUF_EMPTY;
    struct karto_key *key = karto_key_new();
    karto_csr_make(key, &request);
    CHECK_INT(karto_authority_sign_device(authority, karto_buf_slice(&request), "0123456789abcdef0123456789abcdef",
                                          when_ms, &pem),
              KARTO_OK);
    karto_key_print(key, &key_pem);
    struct karto_tls *tls = tls_of(karto_buf_slice(&key_pem), karto_buf_slice(&pem), hubs);
    karto_forget(&key_pem);
    karto_buf_fini(&request);
    karto_buf_fini(&pem);
    karto_key_free(key);
    return tls;
}

static void make_certificates(const char *dir, const char *revoked_dir)
{
    struct karto_files hub, device;
    struct karto_buf path = KARTO_BUF_EMPTY, other_pem = KARTO_BUF_EMPTY;
    struct karto_key *key, *other = karto_key_new();
    int64_t now = karto_sys_now_ms(karto_os_sys());
    CHECK_INT(karto_files_load(dir, true, &hub), KARTO_OK);
    CHECK_INT(karto_files_load(revoked_dir, false, &device), KARTO_OK);
    karto_files_path(dir, "authority.key", &path);
    CHECK_INT(karto_key_load((const char *)path.data, &key), KARTO_OK);
    CHECK_INT(karto_authority_make(other, karto_slice_str("Romashka"), now, &other_pem), KARTO_OK);
    struct karto_slice hubs = karto_buf_slice(&hub.authority), none = karto_slice(NULL, 0);
    const struct karto_authority own = {key, hubs}, strange = {other, karto_buf_slice(&other_pem)};
    foreign = signed_by(&strange, now, hubs);
    expired = signed_by(&own, now - 2 * YEAR_DAYS * DAY_MS, hubs);
    anonymous = tls_of(none, none, hubs);
    revoked = tls_of(karto_buf_slice(&device.key), karto_buf_slice(&device.certificate), hubs);
    karto_files_fini(&hub);
    karto_files_fini(&device);
    karto_key_free(key);
    karto_key_free(other);
    karto_buf_fini(&path);
    karto_buf_fini(&other_pem);
}

static void make_enrolment(const char *file)
{
    struct karto_buf text = KARTO_BUF_EMPTY, request = KARTO_BUF_EMPTY;
    struct karto_enrolment out = {.name = karto_slice_str("laptop")};
    struct karto_key *key = karto_key_new();
    CHECK_INT(karto_os_read_file(file, 1000, &text), KARTO_OK);
    CHECK_INT(karto_invitation_parse(karto_buf_slice(&text), &invitation), KARTO_OK);
    memcpy(out.token, invitation.token, sizeof out.token);
    karto_csr_make(key, &request);
    out.request = karto_buf_slice(&request);
    karto_enrolment_encode(&out, &enrolment);
    karto_key_free(key);
    karto_buf_fini(&text);
    karto_buf_fini(&request);
}

/* ---- all at once ---- */

typedef void attempt(unsigned number);

static attempt *const kinds[] = {be_foreign,     be_expired,   show_none,   be_revoked,
                                 use_invitation, send_garbage, say_nothing, dial_inside};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* One of each kind at a time: five hundred silent ones in a moment would push others out before they are judged, and
 * what is asked here is for what each was refused. */
static pthread_barrier_t round_begins;

static void *work(void *argument)
{
    attempt *const *kind = argument;
    for (unsigned i = 0; i < each; i++) {
        pthread_barrier_wait(&round_begins);
        (*kind)(i);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[KINDS];
    struct rlimit files;
    CHECK_INT(argc, 7);
    each = (unsigned)strtoul(argv[1], NULL, 10) / KINDS;
    port = (uint16_t)strtoul(argv[4], NULL, 10);
    CHECK(each > 0 && each <= SILENT_MAX && port);
    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = files.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
    inner_port = find_inner_port(argv[2]);
    make_certificates(argv[3], argv[5]);
    make_enrolment(argv[6]);
    CHECK(pthread_barrier_init(&round_begins, NULL, KINDS) == 0);
    for (unsigned i = 0; i < KINDS; i++)
        CHECK(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)&kinds[i]) == 0);
    for (unsigned i = 0; i < KINDS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (unsigned i = 0; i < silent_count; i++) {
        read_to_the_end(silent[i]);
        close(silent[i]);
    }
    struct karto_tls *const all[] = {foreign, expired, anonymous, revoked};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        karto_tls_free(all[i]);
    karto_buf_fini(&enrolment);
    printf("%u of each kind, and each refused\n", each);
    return 0;
}
