#define _GNU_SOURCE
#include "core/base/os_port.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int try_to_bind(const struct addrinfo *place)
{
    int fd = socket(place->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* what connections left behind is in nobody's way */
    int failed = bind(fd, place->ai_addr, place->ai_addrlen) == 0 ? 0 : errno;
    close(fd);
    return failed;
}

enum karto_err karto_os_port(const char *host, uint16_t port)
{
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found = NULL;
    char number[8];
    snprintf(number, sizeof number, "%u", (unsigned)port);
    if (getaddrinfo(host, number, &hints, &found) != 0)
        return KARTO_E_NOT_FOUND;
    int failed = try_to_bind(found);
    freeaddrinfo(found);
    switch (failed) {
    case 0: return KARTO_OK;
    case EADDRINUSE: return KARTO_E_BUSY;
    case EADDRNOTAVAIL: return KARTO_E_NOT_FOUND;
    case EACCES:
    case EPERM: return KARTO_E_NOT_PERMITTED;
    default: return KARTO_E_IO;
    }
}
