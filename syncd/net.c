#define _GNU_SOURCE
#include "syncd/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,
    USER_TIMEOUT_MS = 60 * 1000, /* what was sent and not acknowledged for so long ends a connection */
};

void karto_net_allow_many(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files); /* what it has must do otherwise */
}

static bool lookup(const struct karto_address *address, int flags, struct karto_places *out)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags}, *found = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)address->port);
    out->count = 0;
    if (getaddrinfo(address->host, port, &hints, &found) != 0)
        return false;
    for (struct addrinfo *at = found; at && out->count < sizeof out->at / sizeof *out->at; at = at->ai_next)
        if (at->ai_addrlen <= sizeof *out->at)
            memcpy(&out->at[out->count++], at->ai_addr, at->ai_addrlen);
    freeaddrinfo(found);
    return out->count > 0;
}

bool karto_net_lookup(const struct karto_address *address, struct karto_places *out)
{
    return lookup(address, AI_NUMERICSERV | AI_ADDRCONFIG, out);
}

bool karto_net_numeric(const struct karto_address *address, struct karto_places *out)
{
    return lookup(address, AI_NUMERICSERV | AI_NUMERICHOST, out);
}

static socklen_t size_of(const struct sockaddr_storage *place)
{
    return place->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* No waiting for more to send; a peer that acknowledges nothing is noticed. Not having them is no reason to fail. */
static void tune(int fd)
{
    int on = 1, timeout = USER_TIMEOUT_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static int new_socket(int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        tune(fd);
    return fd;
}

static int fail(int fd)
{
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof at;
    if (getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        return 0;
    in_port_t port =
        at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port : ((struct sockaddr_in *)&at)->sin_port;
    return ntohs(port);
}

static int listen_at(const struct sockaddr_storage *place)
{
    int fd = new_socket(place->ss_family), on = 1;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)place, size_of(place)) != 0 || listen(fd, BACKLOG) != 0)
        return fail(fd);
    return fd;
}

enum karto_err karto_net_listen(const struct karto_address *address, int *out, uint16_t *port)
{
    struct karto_places places;
    if (!lookup(address, AI_NUMERICSERV | AI_PASSIVE, &places))
        return KARTO_E_NOT_FOUND;
    int fd = listen_at(&places.at[0]);
    if (fd < 0)
        return errno == EADDRINUSE                 ? KARTO_E_BUSY
               : errno == EADDRNOTAVAIL            ? KARTO_E_NOT_FOUND
               : errno == EACCES || errno == EPERM ? KARTO_E_NOT_PERMITTED
                                                   : KARTO_E_IO;
    *out = fd;
    *port = port_of(fd);
    return KARTO_OK;
}

int karto_net_dial(const struct sockaddr_storage *place)
{
    int fd = new_socket(place->ss_family);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)place, size_of(place)) != 0 && errno != EINPROGRESS)
        return fail(fd);
    return fd;
}

int karto_net_connected(int fd)
{
    int why = 0;
    socklen_t size = sizeof why;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) == 0 ? why : errno;
}

static struct sockaddr_in loopback(uint32_t host, uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(host)};
}

int karto_net_bind_inner(uint32_t from, uint16_t *port)
{
    struct sockaddr_in at = loopback(from, 0);
    int fd = new_socket(AF_INET);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
        return fail(fd);
    *port = port_of(fd);
    return fd;
}

bool karto_net_dial_inner(int fd, uint16_t to_port)
{
    struct sockaddr_in to = loopback(INADDR_LOOPBACK, to_port);
    return connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS;
}

/* An IPv4 address that came to an IPv6 socket is written as what it is. */
static void print_from(const struct sockaddr_storage *at, char from[KARTO_FROM_SIZE])
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)at;
    from[0] = 0;
    if (at->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)at)->sin_addr, from, KARTO_FROM_SIZE);
    else if (at->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], from, KARTO_FROM_SIZE);
    else if (at->ss_family == AF_INET6)
        inet_ntop(AF_INET6, &six->sin6_addr, from, KARTO_FROM_SIZE);
}

int karto_net_accept(int listener, char from[KARTO_FROM_SIZE])
{
    struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof at;
    int fd = accept4(listener, (struct sockaddr *)&at, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    print_from(&at, from);
    if (fd >= 0)
        tune(fd);
    return fd;
}

/* One line of /proc/net/tcp: "  sl: local remote st tx:rx tr:when retrnsmt uid ...", addresses as the kernel stores
 * them and ports, in hexadecimal. */
static bool owner_in_line(const char *line, const struct sockaddr_in *from, const struct sockaddr_in *to, long *uid)
{
    unsigned from_host, from_port, to_host, to_port, owner;
    if (sscanf(line, " %*u: %x:%x %x:%x %*x %*x:%*x %*x:%*x %*x %u", &from_host, &from_port, &to_host, &to_port,
               &owner) != 5)
        return false;
    if (from_host != from->sin_addr.s_addr || from_port != ntohs(from->sin_port) || to_host != to->sin_addr.s_addr ||
        to_port != ntohs(to->sin_port))
        return false;
    *uid = (long)owner;
    return true;
}

bool karto_net_peer_is_ours(int fd)
{
    struct sockaddr_in here, there;
    socklen_t here_size = sizeof here, there_size = sizeof there;
    if (getsockname(fd, (struct sockaddr *)&here, &here_size) != 0 || here.sin_family != AF_INET ||
        getpeername(fd, (struct sockaddr *)&there, &there_size) != 0 || there.sin_family != AF_INET)
        return false;
    FILE *table = fopen("/proc/net/tcp", "re");
    if (!table)
        return false;
    char line[512];
    long uid = -1;
    while (fgets(line, sizeof line, table))
        if (owner_in_line(line, &there, &here, &uid))
            break;
    fclose(table);
    return uid >= 0 && (uid_t)uid == geteuid();
}

static enum karto_io result(ssize_t moved)
{
    if (moved > 0)
        return KARTO_IO_FINE;
    return errno == EAGAIN || errno == EINTR ? KARTO_IO_AGAIN : KARTO_IO_BROKEN;
}

enum karto_io karto_net_receive(int fd, void *data, size_t size, size_t *moved)
{
    ssize_t got = recv(fd, data, size, 0);
    *moved = got > 0 ? (size_t)got : 0;
    return got == 0 ? KARTO_IO_END : result(got);
}

enum karto_io karto_net_send(int fd, const void *data, size_t size, size_t *moved)
{
    ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    *moved = sent > 0 ? (size_t)sent : 0;
    return result(sent);
}
